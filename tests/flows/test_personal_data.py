"""What the database may not hold of people: no address, and nothing from the fields that list teachers or contacts."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from sqlalchemy import Engine, inspect, text

from flows.observatory import Observatory
from flows.replay import replay
from flows.settings import Settings
from models.store import Store, open_database
from scrapers.archive import Archive
from scrapers.replay import load_recording

E_MAIL = re.compile(r"[\w.+-]+@[\w-]+\.[a-z]{2,}", re.IGNORECASE)
TELEPHONE = re.compile(
    r"(?<![\w+])\+[1-9][\d ().-]{8,}\d|\b(?:tel|telephone|phone|fax)\b[.: ]{0,3}\(?0\d[\d ().-]{5,}\d", re.IGNORECASE
)
OF_PEOPLE = re.compile(
    r"teacher|instructor|author|contact|staff|creator|lecturer|professor|tutor|speaker|educator|presenter|facult(?:y|ies)$",
    re.IGNORECASE,
)
FREE_TEXTS = frozenset({"title", "description", "statements", "verbatim"})
"""Columns of sentences: a name in a sentence of the source cannot be told from other words (SECURITY.md)."""
RECORDINGS = (
    "cornwall_college", "coursera", "edx", "fun_mooc", "futurelearn", "mit_xpro", "mitx_online", "opensap", "udacity",
)  # fmt: skip
LARGE = frozenset({"cornwall_college", "coursera"})
"""Recordings of some seconds, in which no field names a person; addresses are looked for."""
WITH_PEOPLE = {"futurelearn": 400, "mit_xpro": 10, "mitx_online": 3, "opensap": 10, "udacity": 100}
"""Recordings with fields of people, and how many names there are at least: a test that finds none shows nothing."""


def people_in(folder: Path) -> set[str]:
    """Every name in the fields of people of a recording, by the names of fields alone, whatever the format."""
    found: set[str] = set()
    for file in {capture.file for run in load_recording(folder).runs for capture in run.captures}:
        content = file.read_bytes()
        is_xml = content.lstrip().startswith(b"<")
        found.update(_in_xml(content) if is_xml else _in_json(json.loads(content), is_of_people=False))
    return {name for name in found if " " in name and not any(sign.isdigit() for sign in name) and len(name) < 60}


def _in_json(value: Any, *, is_of_people: bool) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            is_name = is_of_people and ("name" in key.lower() or "mail" in key.lower())
            yield from _in_json(inner, is_of_people=is_name or bool(OF_PEOPLE.search(key)))
    elif isinstance(value, list):
        for inner in value:
            yield from _in_json(inner, is_of_people=is_of_people)
    elif isinstance(value, str) and is_of_people:
        yield from _names(value)


def _in_xml(content: bytes) -> Iterator[str]:
    for element in etree.fromstring(content, etree.XMLParser(recover=True, huge_tree=True)).iter():
        name = etree.QName(element).localname if isinstance(element.tag, str) else ""
        if OF_PEOPLE.search(name) or OF_PEOPLE.search(str(element.get("itemprop", ""))):
            for words in element.itertext():
                yield from _names(words)


def _names(words: str) -> Iterator[str]:
    for name in re.split(r",|;|&| and ", words):
        if name.strip():
            yield " ".join(name.split())


def test_the_fields_of_people_are_found(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(
        '{"items": [{"title": "Ice", "teachers": "Ada Berg, Bo Dahl", "contact": {"name": "Cy Ek", "role": "x y"}}]}',
        encoding="utf-8",
    )
    (tmp_path / "b.xml").write_text(
        "<c><t>Ice</t><x:author xmlns:x='u'><n>Di Falk</n></x:author></c>", encoding="utf-8"
    )
    (tmp_path / "recording.toml").write_text(
        'source = "opensap"\n'
        + "".join(
            f'[[capture]]\nurl = "https://open.sap.com/{file}"\nat = "2020-01-01T00:00:00Z"\nfile = "{file}"\n'
            f'content_type = "x/y"\n'
            for file in ("a.json", "b.xml")
        ),
        encoding="utf-8",
    )
    assert people_in(tmp_path) == {"Ada Berg", "Bo Dahl", "Cy Ek", "Di Falk"}


@pytest.mark.parametrize(
    "slug", [pytest.param(slug, marks=[pytest.mark.faults] if slug in LARGE else []) for slug in RECORDINGS]
)
def test_nobody_enters_the_database(recordings: Path, tmp_path: Path, migrated_sqlite: Path, slug: str) -> None:
    (tmp_path / "observatory.sqlite").write_bytes(migrated_sqlite.read_bytes())
    engine = open_database(f"sqlite:///{tmp_path / 'observatory.sqlite'}")
    _nobody_is_in(engine, recordings / "replay" / slug, tmp_path)
    engine.dispose()


@pytest.mark.parametrize("slug", ["opensap", "mit_xpro"])
def test_nobody_enters_any_kind_of_database(engine: Engine, recordings: Path, tmp_path: Path, slug: str) -> None:
    _nobody_is_in(engine, recordings / "replay" / slug, tmp_path)


def _nobody_is_in(engine: Engine, recording: Path, data: Path) -> None:
    settings = Settings(data_dir=data, _env_file=None)
    replay(
        Observatory(settings=settings, engine=engine, store=Store(engine), archive=Archive(data / "archive")), recording
    )
    stored = list(words_in(engine))
    assert len(stored) > 50
    assert [(column, words) for column, words in stored if E_MAIL.search(words)] == []
    assert [(column, found[0]) for column, words in stored if (found := TELEPHONE.search(words))] == []
    people = people_in(recording)
    assert len(people) >= WITH_PEOPLE.get(recording.name, 0)
    organisations = {words for column, words in stored if column == "organisation_entry.name"}
    named = re.compile("|".join(map(re.escape, sorted(people - organisations))) or r"(?!)")
    assert [
        (column, found[0])
        for column, words in stored
        if column.partition(".")[2] not in FREE_TEXTS and (found := named.search(words))
    ] == []
    assert [column for column, words in stored if words in people - organisations] == []


def words_in(engine: Engine) -> Iterator[tuple[str, str]]:
    """Every text of every row of every table, with its column.

    The full-text index of SQLite keeps no texts, only single words of those in the other tables, and cannot be read.
    """
    unread = {"search_words"} if engine.dialect.name == "sqlite" else set()
    with engine.connect() as connection:
        for table in sorted(set(inspect(engine).get_table_names()) - unread):
            for row in connection.execute(text(f"select * from {table}")).mappings():
                for column, value in row.items():
                    if isinstance(value, str | dict | list):
                        yield f"{table}.{column}", str(value)
