"""Parquet with real types and the column texts as metadata of the fields."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from publishing.tables import Column, Filled, Row, Table, Written

NOTES = (
    "The metadata of the schema and of each field hold its meaning (`description`) and its word list (`vocabulary`).",
    "Times are in UTC. Lists are lists of text, objects are JSON text.",
)
ROWS_A_GROUP = 5_000


def write_parquet(folder: Path, filled: Filled) -> Written:
    """Write a table as ``<view>.parquet`` into a folder, ``ROWS_A_GROUP`` rows at a time."""
    name = f"{filled.table.name}.parquet"
    schema = _schema(filled.table)
    count = 0
    with pq.ParquetWriter(folder / name, schema, compression="zstd") as writer:
        for rows in _groups(filled):
            columns = zip(filled.table.columns, zip(*rows, strict=True), strict=True)
            arrays = [_array(column, values) for column, values in columns]
            writer.write_batch(pa.RecordBatch.from_arrays(arrays, schema=schema))
            count += len(rows)
    return Written(name=name, rows={filled.table.name: count})


def _groups(filled: Filled) -> Iterator[list[Row]]:
    rows = iter(filled.rows)
    while group := list(islice(rows, ROWS_A_GROUP)):
        yield group


def _schema(table: Table) -> pa.Schema:
    fields = [pa.field(column.name, _TYPES[column.kind], metadata=_texts(column)) for column in table.columns]
    return pa.schema(fields, metadata={"name": table.name, "description": table.meaning})


def _texts(column: Column) -> dict[str, str]:
    texts = {"description": column.meaning}
    return texts if column.vocabulary is None else texts | {"vocabulary": column.vocabulary}


def _array(column: Column, values: tuple[Any, ...]) -> pa.Array:
    if column.kind == "object":
        values = tuple(None if value is None else json.dumps(value, ensure_ascii=False) for value in values)
    if column.kind == "list":
        values = tuple(None if value is None else [_item(item) for item in value] for value in values)
    return pa.array(values, type=_TYPES[column.kind])


def _item(item: Any) -> str | None:
    return item if item is None or isinstance(item, str) else json.dumps(item, ensure_ascii=False)


_TYPES = {
    "text": pa.string(),
    "integer": pa.int64(),
    "number": pa.float64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "datetime": pa.timestamp("us", tz="UTC"),
    "list": pa.list_(pa.string()),
    "object": pa.string(),
}
