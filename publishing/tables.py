"""What is published: tables with typed columns and their meanings, and the files they became."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

Kind = Literal["text", "integer", "number", "boolean", "date", "datetime", "list", "object"]
"""What the values of a column are in Python: str, int, float, bool, date, aware datetime, list or dict."""
Row = tuple[Any, ...]
"""The values of one row in the order of the columns; ``None`` where nothing is known."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column; ``vocabulary`` names the word list (``models.vocab``) whose words are its values, if there is one."""

    name: str
    kind: Kind
    meaning: str
    vocabulary: str | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its meaning, and its columns in order."""

    name: str
    meaning: str
    columns: tuple[Column, ...]

    @property
    def key(self) -> str | None:
        """The column that names one row: ``programme_id`` of ``programme_current``; ``None`` if there is none."""
        name = f"{self.name.removesuffix('_current')}_id"
        has_key = self.name.endswith("_current") and any(column.name == name for column in self.columns)
        return name if has_key else None


@dataclass(frozen=True, slots=True)
class Filled:
    """A table with its rows, which can be gone through once."""

    table: Table
    rows: Iterable[Row]


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A file that was written.

    Attributes:
        name: path within the folder, with slashes.
        rows: how many rows of each view it holds, by name.
        notes: what a reader must know, such as cells that were cut.
    """

    name: str
    rows: dict[str, int]
    notes: tuple[str, ...] = ()


def printed_time(moment: datetime) -> str:
    """Return a time as RFC 3339 in UTC, with parts of a second only where it has some."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
