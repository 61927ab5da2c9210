"""Writing many rows at once as each database takes them fastest: COPY and arrays, or one prepared statement."""

from __future__ import annotations

import gc
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Table, insert, select
from sqlalchemy.dialects import postgresql
from sqlalchemy.types import TypeEngine

from models.columns import PlainText, UtcDateTime, storable

FEW = 50
"""Below this many rows an ordinary statement is as fast."""


AT_ONCE = 20_000
"""So many rows are bound at once: a first look at a million programmes would fill the memory."""


STEPS_AT_ONCE, BREATH_SECONDS = 1_000, 1e-5
"""So many rows go through sqlite3 before other threads get a turn, and how long that is at least."""


def let_others_run() -> None:
    """Give other threads a turn.

    sqlite3 lets go of the interpreter for each row, and takes it again before a thread that waits has woken up: an
    event loop would stand still for as long as a statement with many rows takes.
    """
    time.sleep(BREATH_SECONDS)


@contextmanager
def garbage_left_alone() -> Iterator[None]:
    """Keep Python from looking for cycles meanwhile.

    A look makes hundreds of thousands of rows that all stay until it is stored; so do the listings that it brings.
    Going through all of them several times, to find nothing, took a fifth of the time of a look.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def insert_rows(connection: Connection, into: Table, rows: Iterable[dict[str, Any]]) -> None:
    """Insert rows that all have the same columns; none at all is fine. Values are bound as the columns' types say."""
    rest = iter(rows)
    while part := list(islice(rest, AT_ONCE)):
        if len(part) < FEW:
            connection.execute(insert(into), part)
        else:
            _insert_many(connection, into, part)


def _insert_many(connection: Connection, into: Table, rows: Sequence[dict[str, Any]]) -> None:
    names = tuple(rows[0])
    quoted = connection.dialect.identifier_preparer.quote
    target = f"{quoted(into.name)} ({', '.join(quoted(name) for name in names)})"
    values = _values(connection, into, names, rows)
    if connection.dialect.name == "postgresql":
        cursor: Any = connection.connection.cursor()
        with cursor.copy(f"copy {target} from stdin") as copy:
            for row in values:
                copy.write_row(row)
        cursor.close()
        return
    places = ", ".join("?" for _ in names)
    _step_by_step(connection, f"insert into {target} values ({places})", values)  # noqa: S608 - our names


def insert_shared(connection: Connection, into: Table, rows: Sequence[dict[str, Any]], key: str) -> dict[Any, int]:
    """Insert rows of a table that all sources share; a row that another writer has made meanwhile is left as it is.

    Args:
        connection: a transaction that may write.
        into: the table; its column ``id`` numbers the rows.
        rows: in the order of ``key``: of two writers that make the same rows one waits for the other, never both.
        key: the column that tells the rows apart.

    Returns:
        The number by key of each row that another had made.
    """
    if connection.dialect.name != "postgresql" or not rows:
        insert_rows(connection, into, rows)
        return {}
    connection.execute(postgresql.insert(into).on_conflict_do_nothing(index_elements=[key]), rows)
    ours = {row[key]: row["id"] for row in rows}
    found = connection.execute(select(into.c[key], into.c.id).where(into.c[key].in_(ours))).all()
    return {row[0]: row[1] for row in found if row[1] != ours[row[0]]}


def update_rows(connection: Connection, target: Table, key: Sequence[str], rows: Sequence[dict[str, Any]]) -> None:
    """Update rows, each found by the columns ``key``; all have the same columns, and those that are no key are set."""
    if not rows:
        return
    names = tuple(rows[0])
    quoted = connection.dialect.identifier_preparer.quote
    name_of = {name: quoted(name) for name in names}
    values = _values(connection, target, names, rows)
    if connection.dialect.name == "postgresql":
        # One statement for all rows: their columns as arrays, joined to the table.
        kinds = [target.c[name].type.compile(connection.dialect) for name in names]
        arrays = ", ".join(f"cast(%s as {kind}[])" for kind in kinds)
        sets = ", ".join(f"{name_of[name]} = v.{name_of[name]}" for name in names if name not in key)
        this = " and ".join(f"t.{name_of[name]} = v.{name_of[name]}" for name in key)
        connection.exec_driver_sql(
            f"update {quoted(target.name)} t set {sets} "  # noqa: S608 - our names
            f"from unnest({arrays}) as v ({', '.join(name_of.values())}) where {this}",
            tuple(list(column) for column in zip(*values, strict=True)),
        )
        return
    order = (*(name for name in names if name not in key), *key)
    sets = ", ".join(f"{name_of[name]} = ?" for name in order if name not in key)
    this = " and ".join(f"{name_of[name]} = ?" for name in key)
    places = [names.index(name) for name in order]
    statement = f"update {quoted(target.name)} set {sets} where {this}"  # noqa: S608 - our names
    _step_by_step(connection, statement, (tuple(row[place] for place in places) for row in values))


def _step_by_step(connection: Connection, statement: str, values: Iterable[tuple[Any, ...]]) -> None:
    rest = iter(values)
    while part := list(islice(rest, STEPS_AT_ONCE)):
        connection.exec_driver_sql(statement, part)
        let_others_run()


def _values(
    connection: Connection, into: Table, names: Sequence[str], rows: Sequence[dict[str, Any]]
) -> Iterator[tuple[Any, ...]]:
    """Return the values of rows as the driver takes them."""
    return zip(*(_bound(connection, into.c[name].type, [row[name] for row in rows]) for name in names), strict=True)


def _bound(connection: Connection, kind: TypeEngine[Any], values: Sequence[Any]) -> Sequence[Any]:
    """Return the values of a column as the driver takes them."""
    if isinstance(kind, PlainText):
        return [None if value is None else storable(value) for value in values]
    process = kind.dialect_impl(connection.dialect).bind_processor(connection.dialect)
    if process is None:
        return values
    if isinstance(kind, UtcDateTime):
        # A look writes few times, each of them many thousand times over.
        moments = {value: process(value) for value in set(values)}
        return [moments[value] for value in values]
    return [process(value) for value in values]
