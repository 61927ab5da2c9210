"""Writing many rows at once as each database takes them fastest: COPY and arrays, or one prepared statement."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain, groupby, islice
from typing import Any, TypeVar

from sqlalchemy import JSON, Connection, Table, insert, select
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import DBAPIError
from sqlalchemy.types import TypeEngine

from models.columns import PlainText, UtcDateTime, array_text, json_text, storable_all

Values = tuple[Any, ...]
"""The values of a row in the order of columns that are named apart."""
T = TypeVar("T")

FEW = 50
"""Below this many rows an ordinary statement is as fast."""


AT_ONCE = 1_000
"""So many rows are bound at once, and go through sqlite3 before other threads get a turn."""


ROWS_A_STATEMENT = 50
"""So many rows a statement of SQLite takes. What it holds columns against, such as the words of a vocabulary, is made
anew for each statement; and all values of one may be 32,766 at most (https://www.sqlite.org/limits.html)."""


BREATH_SECONDS = 1e-5
"""How long other threads get a turn at least."""


def let_others_run() -> None:
    """Give other threads a turn.

    sqlite3 lets go of the interpreter for each statement, and takes it again before a thread that waits has woken up:
    an event loop would stand still for as long as many of them take.
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
    """Insert rows that all have the same columns; none at all is fine. Values are bound as the columns' types say.

    Rows are taken while others are written, so making them must not ask the database.
    """
    rest = iter(rows)
    first = next(rest, None)
    if first is not None:
        names = tuple(first)
        insert_values(connection, into, names, (tuple(map(row.__getitem__, names)) for row in chain([first], rest)))


def insert_values(connection: Connection, into: Table, names: Sequence[str], rows: Iterable[Values]) -> None:
    """Do the same with rows that are no mappings: each has the values of the columns ``names``, in this order."""
    rest = iter(rows)
    begin = list(islice(rest, FEW))
    if len(begin) == FEW:
        _insert_many(connection, into, names, chain(begin, rest))
    elif begin:
        connection.execute(insert(into), [dict(zip(names, row, strict=True)) for row in begin])


def _insert_many(connection: Connection, into: Table, names: Sequence[str], rows: Iterable[Values]) -> None:
    quoted = connection.dialect.identifier_preparer.quote
    target = f"{quoted(into.name)} ({', '.join(quoted(name) for name in names)})"
    bound = _bound(connection, into, names, rows)
    if connection.dialect.name == "postgresql":
        copy_rows(connection, target, chain.from_iterable(bound))
        return
    for part in bound:
        for number, alike in groupby(_pieces(part, ROWS_A_STATEMENT), key=len):
            places = ", ".join([f"({', '.join('?' * len(names))})"] * number)
            connection.exec_driver_sql(
                f"insert into {target} values {places}",  # noqa: S608 - our names
                [tuple(chain.from_iterable(some)) for some in alike],
            )
        let_others_run()


def copy_rows(connection: Connection, target: str, rows: Iterable[Values]) -> None:
    """Write bound rows into a table of PostgreSQL, which takes them in while the next ones are made.

    Args:
        connection: a transaction that may write.
        target: the quoted name of the table, with those of the columns unless all are given.
        rows: made without asking the database.

    Raises:
        DBAPIError: as any other statement would, if the database refuses a row or is gone.
    """
    driver = connection.connection
    cursor: Any = driver.cursor()
    statement = f"copy {target} from stdin"
    errors = connection.dialect.loaded_dbapi.Error
    try:
        with cursor, cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(row)
    except errors as error:
        is_lost = connection.dialect.is_disconnect(error, driver, cursor)
        if is_lost:
            connection.invalidate(error)
        raise DBAPIError.instance(
            statement, None, error, errors, connection_invalidated=is_lost, dialect=connection.dialect
        ) from error


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
    values = chain.from_iterable(
        _bound(connection, target, names, (tuple(map(row.__getitem__, names)) for row in rows))
    )
    if connection.dialect.name == "postgresql":
        # One statement for all rows: their columns as arrays, joined to the table.
        kinds = [target.c[name].type.compile(connection.dialect) for name in names]
        arrays = ", ".join(f"cast(%s as {kind}[])" for kind in kinds)
        sets = ", ".join(f"{name_of[name]} = v.{name_of[name]}" for name in names if name not in key)
        this = " and ".join(f"t.{name_of[name]} = v.{name_of[name]}" for name in key)
        connection.exec_driver_sql(
            f"update {quoted(target.name)} t set {sets} "  # noqa: S608 - our names
            f"from unnest({arrays}) as v ({', '.join(name_of.values())}) where {this}",
            tuple(array_text(column) for column in zip(*values, strict=True)),
        )
        return
    order = (*(name for name in names if name not in key), *key)
    sets = ", ".join(f"{name_of[name]} = ?" for name in order if name not in key)
    this = " and ".join(f"{name_of[name]} = ?" for name in key)
    places = [names.index(name) for name in order]
    statement = f"update {quoted(target.name)} set {sets} where {this}"  # noqa: S608 - our names
    for part in _pieces(values, AT_ONCE):
        connection.exec_driver_sql(statement, [tuple(row[place] for place in places) for row in part])
        let_others_run()


def _bound(
    connection: Connection, into: Table, names: Sequence[str], rows: Iterable[Values]
) -> Iterator[Sequence[Values]]:
    """Yield the values of rows as the driver takes them, some rows at a time."""
    binders = [_binder(connection, into.c[name].type) for name in names]
    for part in _pieces(rows, AT_ONCE):
        columns = zip(*part, strict=True)
        yield list(zip(*(bind(values) for bind, values in zip(binders, columns, strict=True)), strict=True))


def _pieces(rows: Iterable[T], at_once: int) -> Iterator[list[T]]:
    rest = iter(rows)
    while part := list(islice(rest, at_once)):
        yield part


def _binder(connection: Connection, kind: TypeEngine[Any]) -> Callable[[Sequence[Any]], Sequence[Any]]:
    """Return what makes of the values of a column those that the driver takes."""
    if isinstance(kind, PlainText):
        return storable_all
    if isinstance(kind, JSON):
        return lambda values: list(map(json_text, values))
    dialect = connection.dialect
    process = kind.dialect_impl(dialect).bind_processor(dialect)
    if process is None:
        return lambda values: values
    is_time = isinstance(kind, UtcDateTime)

    def bind(values: Sequence[Any]) -> Sequence[Any]:
        # A look writes few times, days and truths, each of them many thousand times over.
        bound = {value: process(value) for value in set(values)}
        if is_time:
            # As text, which both drivers make of a time for each row again.
            bound = {value: None if made is None else str(made) for value, made in bound.items()}
        return [bound[value] for value in values]

    return bind
