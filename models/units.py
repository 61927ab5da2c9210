"""The two units that have a history, programme and offering, and the tables of each: one code serves both."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import count, islice
from typing import Any, TypeVar

from sqlalchemy import Column, Connection, FromClause, Select, Table, func, select

from models.schema import METADATA

Id = TypeVar("Id", int, str)

CHUNK = 500
"""How many ids one statement names: SQLite and PostgreSQL both bound the number of parameters."""


def table(name: str) -> Table:
    """Return the table ``name``."""
    return METADATA.tables[name]


@dataclass(frozen=True, slots=True)
class Unit:
    """What is counted, and its tables. ``owner`` is the column of the other tables that names the item."""

    name: str

    @property
    def owner(self) -> str:
        """The column that names the item."""
        return f"{self.name}_id"

    @property
    def item(self) -> Table:
        """The table of identities."""
        return table(self.name)

    def table(self, kind: str) -> Table:
        """Return the table of ``facts``, ``span``, ``sighting``, ``window`` or ``version``."""
        return table(f"{self.name}_{kind}")

    def owner_of(self, of: Table) -> Column[Any]:
        """Return the column of ``of`` that names the item."""
        return of.c[self.owner]

    def of_source(self, of: Table, slug: str) -> Select[Any]:
        """Return a select of all rows of ``of`` that belong to items of one source."""
        programme = table("programme")
        if of is programme:
            return select(of).where(programme.c.source == slug)
        joined: FromClause = of
        if of is not self.item:
            joined = of.join(self.item, self.item.c.id == self.owner_of(of))
        if self.item is not programme:
            joined = joined.join(programme, programme.c.id == self.item.c.programme_id)
        return select(of).select_from(joined).where(programme.c.source == slug)


PROGRAMME = Unit("programme")
OFFERING = Unit("offering")


def new_ids(connection: Connection, of: Table) -> Iterator[int]:
    """Yield unused ids of a table. Only the one writer makes rows, so counting on from the greatest is safe."""
    greatest = connection.execute(select(func.max(of.c.id))).scalar_one()
    return count((greatest or 0) + 1)


def columns_of(record: Any) -> dict[str, Any]:
    """Return the fields of a flat dataclass with slots by name; ``asdict`` would copy every value, slowly."""
    return {name: getattr(record, name) for name in record.__slots__}


def chunks(ids: Iterable[Id]) -> Iterator[list[Id]]:
    """Yield ``ids`` in pieces that fit into one statement, in order."""
    rest = iter(sorted(ids))
    while chunk := list(islice(rest, CHUNK)):
        yield chunk
