"""The two units that have a history, programme and offering, and the tables of each: one code serves both."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import count, islice
from typing import Any, TypeVar

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    FromClause,
    Select,
    Table,
    any_,
    func,
    literal,
    select,
    text,
)

from models.columns import ArrayText
from models.schema import METADATA

Id = TypeVar("Id", int, str)

ONE_BY_ONE, NUMBERS_AT_ONCE = 8, 10_000
"""So many numbers are taken from a sequence of PostgreSQL one by one, then ever more: those not used are lost."""
CHUNK = 500
"""How many ids one statement names: SQLite and PostgreSQL both bound the number of parameters."""
MANY = 5_000
"""How many values one parameter holds (``among``)."""


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


def new_ids(connection: Connection, of: Table, column: str = "id") -> Iterator[int]:
    """Yield unused numbers of a table, in ascending order.

    On SQLite only one writes, so counting on from the greatest is safe. On PostgreSQL several do, and none sees what
    another has not committed: numbers come from a sequence, which passes over those that somebody wrote without it.
    """
    greatest: int = connection.execute(select(func.max(of.c[column]))).scalar_one() or 0
    if connection.dialect.name != "postgresql":
        return count(greatest + 1)
    return _from_sequence(connection, f"{of.name}_{column}_seq", greatest)


def _from_sequence(connection: Connection, sequence: str, greatest: int) -> Iterator[int]:
    asked = text("select nextval(cast(:sequence as regclass)) from generate_series(1, :size)")
    for taken in count(1):
        size = 1 if taken <= ONE_BY_ONE else min(NUMBERS_AT_ONCE, 2 ** (taken - ONE_BY_ONE + 3))
        numbers = connection.execute(asked, {"sequence": sequence, "size": size}).scalars().all()
        while numbers[-1] <= greatest:
            behind = {"sequence": sequence, "size": min(NUMBERS_AT_ONCE, greatest - numbers[-1] + size)}
            numbers = connection.execute(asked, behind).scalars().all()
        yield from (number for number in numbers if number > greatest)


def columns_of(record: Any) -> dict[str, Any]:
    """Return the fields of a flat dataclass with slots by name; ``asdict`` would copy every value, slowly."""
    return {name: getattr(record, name) for name in record.__slots__}


def among(connection: Connection, column: Column[Any], values: Iterable[Id]) -> ColumnElement[bool]:
    """Return the condition that a column holds one of many values, which are handed over as one parameter."""
    wanted = sorted(values)
    if connection.dialect.name == "postgresql":
        return column == any_(literal(wanted, ArrayText(column.type)))
    one = func.json_each(json.dumps(wanted)).table_valued("value")
    return column.in_(select(one.c.value))


def parts(ids: Iterable[Id], at_once: int = MANY) -> Iterator[list[Id]]:
    """Yield ``ids`` in pieces for ``among``, in order, so that no answer is larger than the memory."""
    rest = iter(sorted(ids))
    while part := list(islice(rest, at_once)):
        yield part


def chunks(ids: Iterable[Id]) -> Iterator[list[Id]]:
    """Yield ``ids`` in pieces that fit into one statement, in order."""
    return parts(ids, CHUNK)
