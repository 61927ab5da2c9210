"""One SQLite file, for Datasette too: the views as tables, with their texts, indexes, and full-text search."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

from publishing.tables import Filled, Kind, Row, Table, Written, printed_time

NAME = "observatory-public.sqlite"
METADATA_NAME = "observatory-public-metadata.json"
NOTES = (
    "The views are tables here; the table column_text holds their meanings, the table about what this file is.",
    "Times are RFC 3339 text in UTC, truth values 0 and 1, lists and objects JSON text.",
    f"`datasette {NAME} -m {METADATA_NAME}` shows it with the texts; <table>_fts is the full-text index.",
)
_INDEXED = frozenset({
    "source", "source_country", "country", "kind", "mc_class", "isced_broad", "delivery", "price_type", "listing_state",
    "mode", "role", "outcome", "as_of", "measure", "cut",
})  # fmt: skip
_SEARCHED = ("title", "description", "subjects")
"""Columns of the full-text index that a table with a key and titles gets, those of them it has."""
_BATCH = 5_000


def write_sqlite(folder: Path, filled: Iterable[Filled], about: Mapping[str, str]) -> list[Written]:
    """Write all tables into one SQLite file, and beside it the texts as Datasette wants them."""
    counts: dict[str, int] = {}
    tables: list[Table] = []
    with closing(sqlite3.connect(folder / NAME, isolation_level=None)) as file:
        # A file that nobody reads until it is whole needs no journal.
        file.execute("pragma journal_mode = off")
        file.execute("pragma synchronous = off")
        file.execute("begin")
        for one in filled:
            counts[one.table.name] = _write(file, one)
            tables.append(one.table)
        _write_texts(file, tables, about)
        file.execute("commit")
        file.execute("pragma optimize")
    (folder / METADATA_NAME).write_text(
        json.dumps(_metadata(tables, about), ensure_ascii=False, indent=1), encoding="utf-8"
    )
    return [Written(name=NAME, rows=counts), Written(name=METADATA_NAME, rows={})]


def _write(file: sqlite3.Connection, filled: Filled) -> int:
    table = filled.table
    columns = ", ".join(
        f'"{c.name}" {_TYPES[c.kind]}{" primary key" if c.name == table.key else ""}' for c in table.columns
    )
    file.execute(f'create table "{table.name}" ({columns})')
    places = ", ".join("?" * len(table.columns))
    count = 0
    for batch in _batches(filled):
        file.executemany(f'insert into "{table.name}" values ({places})', batch)  # noqa: S608 - our names
        count += len(batch)
    for column in _indexed(table):
        file.execute(f'create index "{table.name}_{column}" on "{table.name}" ("{column}")')
    _index_words(file, table)
    return count


def _batches(filled: Filled) -> Iterator[list[Row]]:
    encoders = [_ENCODERS.get(column.kind) for column in filled.table.columns]
    rows = (
        tuple(v if v is None or encode is None else encode(v) for v, encode in zip(row, encoders, strict=True))
        for row in filled.rows
    )
    while batch := list(islice(rows, _BATCH)):
        yield batch


def _indexed(table: Table) -> list[str]:
    names = [column.name for column in table.columns]
    return [name for name in names if name != table.key and (name in _INDEXED or name.endswith("_id"))]


def _index_words(file: sqlite3.Connection, table: Table) -> None:
    names = {column.name for column in table.columns}
    if table.key is None or "title" not in names:
        return
    listed = ", ".join(name for name in _SEARCHED if name in names)
    file.execute(
        f'create virtual table "{table.name}_fts" using fts5({listed}, '
        f"tokenize='unicode61 remove_diacritics 2', content=\"{table.name}\")"
    )
    file.execute(f'insert into "{table.name}_fts" (rowid, {listed}) select rowid, {listed} from "{table.name}"')  # noqa: S608


def _write_texts(file: sqlite3.Connection, tables: Iterable[Table], about: Mapping[str, str]) -> None:
    file.execute(
        "create table column_text (table_name text, column_name text, type text, vocabulary text, meaning text)"
    )
    for table in tables:
        file.execute("insert into column_text values (?, null, null, null, ?)", (table.name, table.meaning))
        texts = [(table.name, c.name, c.kind, c.vocabulary, c.meaning) for c in table.columns]
        file.executemany("insert into column_text values (?, ?, ?, ?, ?)", texts)
    file.execute("create table about (about text primary key, text text)")
    file.executemany("insert into about values (?, ?)", about.items())


def _metadata(tables: Iterable[Table], about: Mapping[str, str]) -> dict[str, Any]:
    """Return the texts in the form of Datasette's metadata (docs.datasette.io, Metadata)."""
    texts = {
        table.name: {"description": table.meaning, "columns": {c.name: c.meaning for c in table.columns}}
        for table in tables
    }
    return {
        "title": "Microcred Observatory",
        "description": about.get("citation", ""),
        "databases": {Path(NAME).stem: {"tables": texts}},
    }


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


_TYPES: Mapping[Kind, str] = {
    "text": "text", "integer": "integer", "number": "real", "boolean": "integer", "date": "text", "datetime": "text",
    "list": "text", "object": "text",
}  # fmt: skip
_ENCODERS: Mapping[Kind, Callable[[Any], Any]] = {
    "boolean": int,
    "date": date.isoformat,
    "datetime": printed_time,
    "list": _json,
    "object": _json,
}
