"""Each kind of file, written from rows alone and opened by tools that are not ours."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pandas as pd
import pyarrow.parquet as pq
import pytest
from frictionless import Package
from hostile import TEXTS, read_csv, without_guard
from hypothesis import given
from hypothesis import strategies as st

from publishing.cells import cut, guarded, xml_text
from publishing.csv_files import write_csv
from publishing.data_packages import write_package
from publishing.excel_files import write_excel
from publishing.folders import digest_of, filled_at_once
from publishing.parquet_files import write_parquet
from publishing.sqlite_files import write_sqlite
from publishing.tables import Column, Filled, Row, Table

KINDS = Table(
    "thing_current",
    "One row a thing",
    (
        Column("thing_id", "integer", "Number of the thing"),
        Column("title", "text", "Title as printed"),
        Column("change", "number", "What changed; may be negative"),
        Column("is_new", "boolean", "Whether it is new"),
        Column("day", "date", "A day"),
        Column("seen_at", "datetime", "A time (UTC)"),
        Column("languages", "list", "Languages (JSON list)"),
        Column("statements", "object", "Statements (JSON object)"),
        Column("price_type", "text", "Free, paid ... (vocabulary price_type)", "price_type"),
    ),
)
CET = timezone(timedelta(hours=1))
FULL: Row = (
    1, "Reading Ice", -5.25, True, date(2024, 2, 29), datetime(2024, 3, 1, 0, 30, tzinfo=CET), ["nl", "en"],
    {"assessment": "schriftlich – 100 %"}, "paid",
)  # fmt: skip
EMPTY: Row = (2, *[None] * 8)
ABOUT = {"citation": "Somebody, something", "exported": "2024-03-02T00:00:00Z"}


def of(*rows: Row) -> Filled:
    return Filled(KINDS, iter(rows))


def hostile_rows() -> Iterator[Row]:
    for number, text in enumerate(TEXTS, 1):
        yield (number, text, -1.0, None, None, None, [text], {text: text}, None)


def rows_of(path: Path, sql: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as file:
        return file.execute(sql).fetchall()


# --------------------------------------------------------------------------------------
# CSV
# --------------------------------------------------------------------------------------


def test_a_csv_file_to_the_byte(tmp_path: Path):
    written = write_csv(tmp_path, of(FULL, EMPTY))
    assert (tmp_path / "thing_current.csv").read_bytes().decode() == (
        "thing_id,title,change,is_new,day,seen_at,languages,statements,price_type\r\n"
        '1,Reading Ice,-5.25,true,2024-02-29,2024-02-29T23:30:00Z,"[""nl"", ""en""]",'
        '"{""assessment"": ""schriftlich – 100 %""}",paid\r\n'
        "2,,,,,,,,\r\n"
    )
    assert (written.name, written.rows) == ("thing_current.csv", {"thing_current": 2})


def test_texts_in_csv_never_begin_a_formula_and_can_be_had_back(tmp_path: Path):
    write_csv(tmp_path, of(*hostile_rows()))
    cells = read_csv(tmp_path / "thing_current.csv")
    assert [cell["title"] for cell in cells if cell["title"][0] in "=+-@\t\r\n＝＋－＠"] == []
    assert tuple(without_guard(cell["title"]) for cell in cells) == TEXTS
    assert [json.loads(cell["languages"]) for cell in cells] == [[text] for text in TEXTS]
    assert {cell["change"] for cell in cells} == {"-1.0"}


def test_pandas_and_duckdb_read_the_csv_file(tmp_path: Path):
    write_csv(tmp_path, of(FULL, *(row for row in hostile_rows() if row[0] != 1)))
    frame = pd.read_csv(tmp_path / "thing_current.csv", parse_dates=["seen_at"])
    assert len(frame) == len(TEXTS)
    assert frame["change"].tolist()[:2] == [-5.25, -1.0]
    assert frame["seen_at"].tolist()[0] == pd.Timestamp("2024-02-29 23:30", tz="UTC")
    with duckdb.connect() as database:
        found = database.execute(
            "select count(*), min(change) from read_csv(?, max_line_size = 4000000)",
            [str(tmp_path / "thing_current.csv")],
        ).fetchone()
    assert found == (len(TEXTS), -5.25)


@given(st.text())
def test_a_guarded_text_is_no_formula_and_comes_back(text: str):
    cell = guarded(text)
    assert cell[:1] not in {"=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"}
    assert without_guard(cell) == text


# --------------------------------------------------------------------------------------
# Excel
# --------------------------------------------------------------------------------------


def cells_of(path: Path, sheet: str) -> list[tuple[Any, ...]]:
    book = openpyxl.load_workbook(path)
    return list(book[sheet].iter_rows(values_only=True))


def test_an_excel_file_has_typed_cells_and_the_meanings(tmp_path: Path):
    written = write_excel(tmp_path, [of(FULL, EMPTY)], ABOUT)
    assert (written.rows, written.notes) == ({"thing_current": 2}, ())
    assert cells_of(tmp_path / "observatory.xlsx", "thing_current")[1:] == [
        (1, "Reading Ice", -5.25, True, pd.Timestamp("2024-02-29"), pd.Timestamp("2024-02-29 23:30"), '["nl", "en"]',
         '{"assessment": "schriftlich – 100 %"}', "paid"),
        (2, *[None] * 8),
    ]  # fmt: skip
    texts = cells_of(tmp_path / "observatory.xlsx", "columns")
    assert texts[0] == ("sheet", "column", "type", "vocabulary", "meaning")
    assert texts[-1] == (
        "thing_current", "price_type", "text", "price_type", "Free, paid ... (vocabulary price_type)",
    )  # fmt: skip
    assert ("citation", "Somebody, something") in cells_of(tmp_path / "observatory.xlsx", "about")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["observatory.xlsx"]


def test_nothing_in_an_excel_file_is_a_formula_or_a_link(tmp_path: Path):
    write_excel(tmp_path, [of(*hostile_rows())], ABOUT)
    sheet = openpyxl.load_workbook(tmp_path / "observatory.xlsx")["thing_current"]
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s", "n"}
    assert [cell for cell in cells if cell.hyperlink] == []
    titles = [row[1].value for row in sheet.iter_rows(min_row=2)]
    for text, title in zip(TEXTS, titles, strict=True):
        # The reader does not undo the escapes of Office Open XML for a carriage return and for a text like an escape.
        shown = title.replace("_x000D_", "\r").replace("_x005F_", "_")
        readable = text.replace("\x01", "\ufffd").replace("\x1b", "\ufffd")
        assert shown == readable or (len(text) >= 20_000 and readable.startswith(shown)), text


def test_what_excel_cannot_hold_is_cut_and_said(tmp_path: Path):
    written = write_excel(tmp_path, [of(*hostile_rows())], ABOUT)
    titles = [row[1] for row in cells_of(tmp_path / "observatory.xlsx", "thing_current")[1:]]
    assert titles[TEXTS.index("x" * 40_000)] == "x" * 32_767
    assert titles[TEXTS.index("🎓" * 20_000)] == "🎓" * 16_383  # two units each; half a sign is left out
    assert "thing_current.title: cut: 2 cells" in written.notes
    assert "thing_current.title: control characters replaced: 1 cells" in written.notes


def test_more_rows_than_a_sheet_holds_go_on_in_the_next(tmp_path: Path):
    rows = [(number, *EMPTY[1:]) for number in range(1, 6)]
    written = write_excel(tmp_path, [of(*rows)], {}, rows_max=3)
    book = openpyxl.load_workbook(tmp_path / "observatory.xlsx")
    found = {name: [row[0] for row in book[name].iter_rows(values_only=True)] for name in book.sheetnames}
    assert found["thing_current"] == ["thing_id", 1, 2]
    assert found["thing_current 2"] == ["thing_id", 3, 4]
    assert found["thing_current 3"] == ["thing_id", 5]
    assert written.rows == {"thing_current": 5}


def test_days_before_excel_and_numbers_beyond_it_are_text(tmp_path: Path):
    row: Row = (2**60, None, None, None, date(1888, 1, 1), datetime(1888, 1, 1, tzinfo=UTC), None, None, None)
    write_excel(tmp_path, [of(row)], {})
    assert cells_of(tmp_path / "observatory.xlsx", "thing_current")[1][:6] == (
        "1152921504606846976", None, None, None, "1888-01-01", "1888-01-01T00:00:00+00:00",
    )  # fmt: skip


@given(st.text())
def test_texts_for_excel_hold_no_sign_that_xml_lacks(text: str):
    clean = xml_text(text)
    assert len(clean) == len(text)
    assert not any(ord(sign) < 32 and sign not in "\t\n\r" for sign in clean)
    assert not any(0xD800 <= ord(sign) < 0xE000 or sign in "\ufffe\uffff" for sign in clean)


@given(st.integers(0, 3), st.integers(32_760, 32_770))
def test_a_cut_text_fits_and_is_the_beginning(wide: int, narrow: int):
    text = "🎓" * wide + "x" * narrow
    shorter = cut(text)
    assert text.startswith(shorter)
    assert len(shorter.encode("utf-16-le")) // 2 == min(32_767, 2 * wide + narrow)


# --------------------------------------------------------------------------------------
# Parquet
# --------------------------------------------------------------------------------------


def test_a_parquet_file_has_types_and_texts(tmp_path: Path):
    write_parquet(tmp_path, of(FULL, EMPTY))
    table = pq.read_table(tmp_path / "thing_current.parquet")
    assert [str(field.type) for field in table.schema] == [
        "int64", "string", "double", "bool", "date32[day]", "timestamp[us, tz=UTC]", "list<element: string>", "string",
        "string",
    ]  # fmt: skip
    texts = table.schema.field("price_type").metadata
    assert texts[b"description"] == b"Free, paid ... (vocabulary price_type)"
    assert texts[b"vocabulary"] == b"price_type"
    assert table.schema.metadata[b"description"] == b"One row a thing"
    assert table.to_pylist()[0] == {
        "thing_id": 1, "title": "Reading Ice", "change": -5.25, "is_new": True, "day": date(2024, 2, 29),
        "seen_at": datetime(2024, 2, 29, 23, 30, tzinfo=UTC), "languages": ["nl", "en"],
        "statements": '{"assessment": "schriftlich – 100 %"}', "price_type": "paid",
    }  # fmt: skip
    with duckdb.connect() as database:
        found = database.execute(
            "select title, languages[1], change from read_parquet(?) where is_new",
            [str(tmp_path / "thing_current.parquet")],
        ).fetchall()
    assert found == [("Reading Ice", "nl", -5.25)]


def test_parquet_keeps_every_text(tmp_path: Path):
    write_parquet(tmp_path, of(*hostile_rows()))
    assert tuple(pd.read_parquet(tmp_path / "thing_current.parquet")["title"]) == TEXTS


# --------------------------------------------------------------------------------------
# SQLite and the data package
# --------------------------------------------------------------------------------------


def test_a_sqlite_file_has_tables_texts_indexes_and_search(tmp_path: Path):
    write_sqlite(tmp_path, [of(FULL, EMPTY, (3, "Ça va, l’éthique?", *EMPTY[2:]))], ABOUT)
    path = tmp_path / "observatory-public.sqlite"
    assert rows_of(path, "pragma integrity_check") == [("ok",)]
    assert rows_of(path, "select * from thing_current where thing_id = 1") == [
        (1, "Reading Ice", -5.25, 1, "2024-02-29", "2024-02-29T23:30:00Z", '["nl", "en"]',
         '{"assessment": "schriftlich – 100 %"}', "paid"),
    ]  # fmt: skip
    found = "select t.thing_id from thing_current t join thing_current_fts f on f.rowid = t.rowid"
    assert rows_of(path, f"{found} where thing_current_fts match 'ethique'") == [(3,)]
    assert rows_of(path, "select meaning from column_text where column_name = 'day'") == [("A day",)]
    assert rows_of(path, "select name from sqlite_master where type = 'index' and name like '%price_type'") == [
        ("thing_current_price_type",)
    ]
    tables = rows_of(path, "select name from sqlite_master where type = 'table' and name not like '%_fts%'")
    assert {name for (name,) in tables} == {"thing_current", "column_text", "about"}
    texts = json.loads((tmp_path / "observatory-public-metadata.json").read_text(encoding="utf-8"))
    shown = texts["databases"]["observatory-public"]["tables"]["thing_current"]
    assert (shown["description"], shown["columns"]["day"]) == ("One row a thing", "A day")


def test_sqlite_keeps_every_text(tmp_path: Path):
    write_sqlite(tmp_path, [of(*hostile_rows())], ABOUT)
    kept = rows_of(tmp_path / "observatory-public.sqlite", "select title from thing_current order by thing_id")
    assert tuple(text for (text,) in kept) == TEXTS


def test_frictionless_accepts_the_package_and_its_constraints_bite(tmp_path: Path):
    sources = [{"name": "Alpha", "terms_url": "https://alpha.example/terms", "terms_note": "not read"}]
    write_package(tmp_path, [of(FULL, *(row for row in hostile_rows() if row[0] != 1))], ABOUT, sources)
    report = Package(str(tmp_path / "datapackage.json")).validate()
    assert report.valid, report.to_summary()
    schema = json.loads((tmp_path / "datapackage.json").read_text())["resources"][0]["schema"]
    assert schema["primaryKey"] == "thing_id"
    assert schema["fields"][8] == {
        "name": "price_type", "type": "string", "description": "Free, paid ... (vocabulary price_type)",
        "constraints": {"enum": ["free", "paid", "subscription", "free_with_paid_certificate", "partly_free"]},
    }  # fmt: skip
    wrong = (*FULL[:-1], "bartered")
    write_csv(tmp_path, of(wrong), name="data/thing_current.csv")
    assert not Package(str(tmp_path / "datapackage.json")).validate().valid


# --------------------------------------------------------------------------------------
# Folders
# --------------------------------------------------------------------------------------


def break_off(folder: Path) -> None:
    with filled_at_once(folder) as partial:
        (partial / "data").mkdir()
        (partial / "data" / "a.csv").write_text("new")
        (partial / "data").mkdir()


def test_a_folder_gets_all_its_files_or_none(tmp_path: Path):
    folder = tmp_path / "out"
    with filled_at_once(folder) as partial:
        (partial / "data").mkdir()
        (partial / "data" / "a.csv").write_text("old")
        assert [path.name for path in folder.iterdir()] == [partial.name]
    with pytest.raises(FileExistsError):
        break_off(folder)
    assert [path.name for path in folder.iterdir()] == ["data"]
    assert (folder / "data" / "a.csv").read_text() == "old"
    assert digest_of(folder / "data" / "a.csv") == "cba06b5736faf67e54b07b561eae94395e774c517a7d910a54369e1263ccfbd4"
