"""The rows of the tables of history: which are of a source, and how they become the records of ``models.history``."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection, Select, Table, select

from models.history import Reading, Sighting, Span, Version, Window
from models.load_facts import Look
from models.units import Unit, among, parts

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Books:
    """A look, the tables of one unit, and in them the rows of one source."""

    look: Look
    unit: Unit

    @property
    def connection(self) -> Connection:
        """The connection of the look."""
        return self.look.connection

    def rows(self, target: Table) -> Select[Any]:
        """Return a select of all rows of ``target`` that belong to the source."""
        return self.unit.of_source(target, self.look.slug)

    def items(self, rows: Select[Any], target: Table) -> set[int]:
        """Return the items whose rows of ``target`` are selected."""
        owner = self.unit.owner_of(target)
        return set(self.connection.execute(rows.with_only_columns(owner, maintain_column_froms=True)).scalars().all())


def rows_of(of: Books, items: set[int], stored: Stored[T]) -> dict[int, list[T]]:
    """Return the rows of a table that belong to ``items``, by item and in order."""
    target = of.unit.table(stored.table)
    result: dict[int, list[T]] = {}
    for part in parts(items):
        result |= by_item(of, select(target).where(among(of.connection, of.unit.owner_of(target), part)), stored)
    return result


def by_item(of: Books, rows: Select[Any], stored: Stored[T]) -> dict[int, list[T]]:
    """Return the selected rows of a table, by item and in order."""
    target = of.unit.table(stored.table)
    columns = [of.unit.owner_of(target), *(target.c[name] for name in stored.columns)]
    asked = rows.with_only_columns(*columns, maintain_column_froms=True).order_by(target.c[stored.order])
    result: dict[int, list[T]] = defaultdict(list)
    for item, *values in of.connection.execute(asked).all():
        result[item].append(stored.make(*values))
    return dict(result)


@dataclass(frozen=True, slots=True)
class Stored(Generic[T]):
    """How rows of a table become records: the columns that ``make`` takes, and the one they are in the order of.

    ``ends`` are columns that a later look changes when all others stay as they were when the row began.
    """

    table: str
    columns: tuple[str, ...]
    order: str
    make: Callable[..., T]
    ends: tuple[str, ...] = ()


def _span(start: datetime, end: datetime | None, *reading: Any) -> Span:
    return Span(Reading(*reading), start, end)


def _sighting(at: datetime, *reading: Any) -> Sighting:
    return Sighting(Reading(*reading), at)


_READING = tuple(Reading.__slots__)
SPAN = Stored("span", ("seen_from", "seen_until", *_READING), "seen_from", _span)
SIGHTING = Stored("sighting", ("at", *_READING), "at", _sighting)
WINDOW = Stored(
    "window", tuple(Window.__slots__), "window_number", Window, ("last_seen_at", "missed_at", "withdrawn_at")
)
# The cause of a version that is read back is text; it is equal to its word.
VERSION = Stored("version", tuple(Version.__slots__), "version_number", Version, ("valid_to",))
