"""CSV after RFC 4180: UTF-8 without a byte order mark, CRLF, a header line, cells that never run as formulas."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from publishing.cells import GUARD_NOTE, guarded
from publishing.tables import Filled, Kind, Written, printed_time

NOTES = (
    GUARD_NOTE,
    "What is not known is an empty cell, and so is an empty text.",
    "Times are RFC 3339 in UTC, days ISO 8601, truth values true and false, lists and objects JSON.",
)


def write_csv(folder: Path, filled: Filled, *, name: str | None = None) -> Written:
    """Write a table as ``<view>.csv`` into a folder, or under another name within it."""
    name = name or f"{filled.table.name}.csv"
    encoders = [_ENCODERS.get(column.kind) for column in filled.table.columns]
    count = 0
    with (folder / name).open("w", encoding="utf-8", errors="backslashreplace", newline="") as file:
        out = csv.writer(file, lineterminator="\r\n")
        out.writerow([column.name for column in filled.table.columns])
        for count, row in enumerate(filled.rows, 1):  # noqa: B007 - the last number is how many there were
            out.writerow(
                [
                    value if value is None or encode is None else encode(value)
                    for value, encode in zip(row, encoders, strict=True)
                ]
            )
    return Written(name=name, rows={filled.table.name: count})


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


_ENCODERS: Mapping[Kind, Callable[[Any], str]] = {
    "text": guarded,
    "boolean": lambda value: "true" if value else "false",
    "date": date.isoformat,
    "datetime": printed_time,
    "list": _json,
    "object": _json,
}
