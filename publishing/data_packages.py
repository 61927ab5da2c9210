"""A Frictionless data package: CSV files and a ``datapackage.json`` with their schema (Data Package, version 1)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from models.vocab import vocabulary
from publishing.csv_files import NOTES as CSV_NOTES
from publishing.csv_files import write_csv
from publishing.tables import Column, Filled, Kind, Table, Written

NAME = "datapackage.json"
NOTES = (*CSV_NOTES, "Columns whose meaning names a vocabulary hold only its words; the schema lists them.")


def write_package(
    folder: Path, filled: Iterable[Filled], about: Mapping[str, str], sources: Sequence[Mapping[str, Any]]
) -> list[Written]:
    """Write all tables as CSV files under ``data/`` and the descriptor beside that folder.

    Args:
        folder: where the package is put.
        filled: the tables.
        about: what the package is, by heading; ``citation`` becomes its description.
        sources: the catalogues, each with ``name``, ``terms_url`` and ``terms_note``.
    """
    (folder / "data").mkdir()
    files, resources = [], []
    for one in filled:
        file = write_csv(folder, one, name=f"data/{one.table.name}.csv")
        files.append(file)
        resources.append(_resource(one.table, file))
    descriptor = {
        "profile": "tabular-data-package",
        "name": "microcred-observatory",
        "title": "Microcred Observatory",
        "description": "\n\n".join(f"{heading}: {text}" for heading, text in about.items()),
        "created": about["exported"],
        "sources": [
            {"title": f"{source['name']} ({source['terms_note']})", "path": source["terms_url"]} for source in sources
        ],
        "resources": resources,
    }
    (folder / NAME).write_text(json.dumps(descriptor, ensure_ascii=False, indent=1), encoding="utf-8")
    return [*files, Written(name=NAME, rows={})]


def _resource(table: Table, file: Written) -> dict[str, Any]:
    schema: dict[str, Any] = {"fields": [_field(column) for column in table.columns], "missingValues": [""]}
    if table.key is not None:
        schema["primaryKey"] = table.key
    return {
        "profile": "tabular-data-resource",
        "name": table.name.replace("_", "-"),
        "title": table.name,
        "description": table.meaning,
        "path": file.name,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "dialect": {"delimiter": ",", "lineTerminator": "\r\n", "quoteChar": '"', "doubleQuote": True, "header": True},
        "schema": schema,
    }


def _field(column: Column) -> dict[str, Any]:
    field: dict[str, Any] = {"name": column.name, "type": _TYPES[column.kind], "description": column.meaning}
    if column.vocabulary is not None and column.kind == "text":
        field["constraints"] = {"enum": list(vocabulary(column.vocabulary).words)}
    return field


_TYPES: Mapping[Kind, str] = {
    "text": "string", "integer": "integer", "number": "number", "boolean": "boolean", "date": "date",
    "datetime": "datetime", "list": "array", "object": "object",
}  # fmt: skip
