"""Each hostile text in each field of a listing, from the page to everything that people open."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import attacked
import openpyxl
import pandas as pd
import pytest
from archive_story import opened
from fuzzing.texts import TEXTS
from hostile import read_csv
from lxml import html
from served import Served, serving

from flows.observatory import Observatory
from flows.publish import FORMS, publish
from flows.report import Wanted, write_report
from models.queries import read_sql

NEVER_SHOWN = set("\x00\x1b\x07\x08\x9b\x9d\u202e\u2066\u2067\u200b\ufeff\u2028\u3164\U000e0041")
"""Signs that no title may hold: NUL, terminal controls, what turns the direction of text, what nobody sees."""
FORMULAS = tuple("=+-@\t\r\n＝＋－＠")
ALLOWED_SCHEMES = {"", "http", "https", "mailto"}


def test_every_listing_is_stored_and_nothing_is_obeyed(beset: Observatory):
    found = read_sql(
        beset.engine, "select ref, title, url, description from programme_current where source = 'attacked'"
    )
    assert len(found) == len(TEXTS)
    titles = dict(zip(found["ref"].str.partition("/")[0], found["title"], strict=True))
    assert set(titles) == set(TEXTS)
    assert [name for name, title in titles.items() if title and NEVER_SHOWN & set(title)] == []
    assert titles["sql"] == TEXTS["sql"]
    assert titles["script"] == TEXTS["script"]
    assert titles["escape_red"] == "[31mred [0m"
    assert titles["bidi_override"] == "Safe gnp.exe course"
    assert titles["zero_width"] == "Microcredential"
    assert titles["tags"] == "Data"
    assert not titles["hangul_filler"]
    assert [url for url in found["url"] if url and urlsplit(url).scheme not in {"http", "https"}] == []
    runs = read_sql(beset.engine, "select outcome, listings from run_log where source = 'attacked'")
    assert runs["outcome"].tolist() == ["ok", "unchanged"]
    assert runs["listings"].tolist() == [len(TEXTS)] * 2
    # The words of the two looks are the same, whatever they hold: nothing has changed.
    assert len(read_sql(beset.engine, "select * from programme_history where source = 'attacked'")) == len(TEXTS)


def test_the_archive_holds_the_page_under_a_name_of_ours(filled: Path):
    names = [path.relative_to(filled / "data").as_posix() for path in (filled / "data").rglob("*") if path.is_file()]
    warcs = [name for name in names if name.endswith(".warc.gz")]
    assert len(warcs) == len(attacked.DAYS)
    assert all(name.startswith("archive/attacked/") for name in warcs)
    assert sorted(path.name for path in filled.iterdir()) == ["data", "recording"]


SLOW = {"excel", "package", "elm"}


@pytest.mark.parametrize(
    "form", [pytest.param(form, marks=pytest.mark.faults) if form in SLOW else form for form in FORMS]
)
def test_an_export_is_whole_and_harmless(filled: Path, form: str, tmp_path: Path):
    with opened(filled / "data") as observatory:
        manifest = publish(observatory, form, out=tmp_path / "out")
    folder = tmp_path / "out"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    for file in manifest["files"]:
        assert (folder / file["name"]).resolve().is_relative_to(folder)
    if form == "csv":
        rows = read_csv(folder / "programme_current.csv")
        assert len(rows) == len(TEXTS)
        texts = ("ref", "title", "url", "description", "verbatim", "kind_as_published", "credential_label")
        assert [c for row in rows for c in (row.get(name, "") for name in texts) if c.startswith(FORMULAS)] == []
    if form == "excel":
        book = openpyxl.load_workbook(folder / "observatory.xlsx")
        cells = [cell for sheet in book for line in sheet.iter_rows() for cell in line if cell.value is not None]
        assert {cell.data_type for cell in cells} <= {"s", "n", "b", "d"}
        assert [cell for cell in cells if cell.hyperlink] == []
    if form == "parquet":
        assert len(pd.read_parquet(folder / "programme_current.parquet")) == len(TEXTS)
    if form == "jsonld":
        json.loads((folder / "programmes.jsonld").read_text(encoding="utf-8"))
    if form == "sqlite":
        with closing(sqlite3.connect(folder / "observatory-public.sqlite")) as file:
            assert file.execute("select count(*) from programme_current").fetchone() == (len(TEXTS),)


@pytest.fixture(scope="module")
def page(filled: Path) -> Iterator[Served]:
    with serving(filled / "data") as served:
        yield served


PATHS = ("/", "/explore?state=any", "/sources", "/sources/attacked", "/trends")


@pytest.mark.parametrize("path", PATHS)
def test_a_page_holds_no_script_and_leads_nowhere_odd(page: Served, path: str):
    answer = page.get(path)
    assert answer.status == 200
    assert "script-src" not in answer.headers["content-security-policy"]
    harmless(answer.text)


FEW = ("script", "attribute", "address_of_a_script", "path", "escape_title", "bidi_override", "cdata_end", "nul")


@pytest.mark.parametrize("names", [FEW, pytest.param(tuple(TEXTS), marks=pytest.mark.faults)], ids=["few", "all"])
def test_the_page_of_a_programme_is_harmless(page: Served, filled: Path, names: tuple[str, ...]):
    with opened(filled / "data") as observatory:
        refs = read_sql(observatory.engine, "select ref from programme_current order by ref")["ref"].tolist()
    chosen = [ref for ref in refs if ref.partition("/")[0] in names]
    assert len(chosen) == len(names)
    for ref in chosen:
        answer = page.get(f"/programme/attacked?{urlencode({'ref': ref})}")
        assert answer.status == 200, ref
        harmless(answer.text)


def harmless(text: str) -> None:
    shown = html.fromstring(text)
    assert (
        shown.xpath("//script | //iframe | //object | //embed | //svg[@onload] | //@*[starts-with(name(), 'on')]") == []
    )
    leads = [str(value) for value in shown.xpath("//@href[. != 'data:,'] | //@src | //@action | //@formaction")]
    assert [value for value in leads if urlsplit(value).scheme not in ALLOWED_SCHEMES] == []
    assert [value for value in leads if value.startswith("//")] == []


def test_a_report_is_harmless(filled: Path):
    with opened(filled / "data") as observatory:
        written = write_report(observatory.settings, Wanted(as_of=pd.Timestamp("2024-01-31").date()))
    harmless(Path(written["files"][0]["path"]).read_text(encoding="utf-8"))
