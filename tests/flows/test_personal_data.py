"""What the database may not hold of people: no e-mail address, and no name from the fields that list teachers."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from sqlalchemy import Engine, inspect, text

from flows.observatory import Observatory
from flows.replay import replay
from flows.settings import Settings
from models.store import Store
from scrapers.archive import Archive

E_MAIL = re.compile(r"[\w.+-]+@[\w-]+\.[a-z]{2,}", re.IGNORECASE)


def teachers(recordings: Path) -> set[str]:
    """The names in the fields for teachers of two recordings."""
    courses = json.loads((recordings / "openhpi" / "opensap_courses_v2.json").read_text(encoding="utf-8"))["data"]
    names = {name for course in courses for name in (course["attributes"]["teachers"] or "").split(",")}
    for course in json.loads((recordings / "mit" / "xpro_courses.json").read_text(encoding="utf-8")):
        names |= {person["name"] for run in course["courseruns"] for person in run["instructors"]}
    return {name.strip() for name in names if name.strip()}


@pytest.mark.parametrize("slug", ["opensap", "mit_xpro", "cornwall_college"])
def test_neither_teachers_nor_addresses_enter_the_database(
    engine: Engine, recordings: Path, tmp_path: Path, slug: str
) -> None:
    settings = Settings(data_dir=tmp_path)
    observatory = Observatory(
        settings=settings, engine=engine, store=Store(engine), archive=Archive(tmp_path / "archive")
    )
    replay(observatory, recordings / "replay" / slug)
    names = teachers(recordings)
    assert len(names) > 10
    words = list(words_in(engine))
    assert len(words) > 100
    assert [word for word in words if E_MAIL.search(word)] == []
    assert [word for word in words if any(name in word for name in names)] == []


def words_in(engine: Engine) -> list[str]:
    """Every text of every row of every table.

    The full-text index of SQLite keeps no texts, only single words of those in the other tables, and cannot be read.
    """
    found = []
    unread = {"search_words"} if engine.dialect.name == "sqlite" else set()
    with engine.connect() as connection:
        for table in set(inspect(engine).get_table_names()) - unread:
            rows = connection.execute(text(f"select * from {table}"))
            found += [str(value) for row in rows for value in row if isinstance(value, str | dict | list)]
    return found
