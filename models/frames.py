"""Rows of the database as DataFrames that do not tell which database they came from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pandas as pd
from sqlalchemy import Boolean, Connection, Date

from models.columns import UtcDateTime
from models.schema import METADATA

_READS = re.compile(r"(?:\s|--[^\n]*(?:\n|$)|/\*.*?\*/)*(select|with|values|explain)\b", re.IGNORECASE | re.DOTALL)


class QueryRefused(ValueError):
    """The database was asked to do something other than read, or the question has a mistake. The message says which."""


def frame_of(names: Sequence[str], rows: Iterable[Sequence[Any]]) -> pd.DataFrame:
    """Return rows as a frame: times aware and in UTC, days as ``date``, true and false as such, unknown as ``None``.

    Columns are known by the names they have in tables and views; SQLite gives text and numbers for all of them.
    """
    frame = pd.DataFrame(list(rows), columns=list(names), dtype="object")
    for name in dict.fromkeys(names):
        if isinstance(frame[name], pd.Series):
            frame[name] = _typed(name, frame[name])
    return frame


def _names_of(kind: type[Any]) -> frozenset[str]:
    columns = (column for table in METADATA.tables.values() for column in table.columns)
    return frozenset(column.name for column in columns if isinstance(column.type, kind))


_TIMES = _names_of(UtcDateTime) | {"first_seen_at", "last_run_at", "last_good_look_at"}
_DAYS = _names_of(Date)
_TRUTHS = _names_of(Boolean) | {
    "is_first_of_window", "is_first_version_of_window", "counts_absences", "is_current",
}  # fmt: skip


def _typed(name: str, column: pd.Series[Any]) -> pd.Series[Any]:
    said = [value for value in column if value is not None]
    if name in _TIMES and (said or name not in _DAYS) and all(_is_time(value) for value in said):
        return pd.to_datetime(column, utc=True, format="ISO8601")
    if name in _DAYS and all(isinstance(value, str) for value in said):
        return _each(column, date.fromisoformat)
    if name in _TRUTHS and all(value in {0, 1} for value in said):
        column = _each(column, bool)
    elif any(isinstance(value, Decimal) for value in said):
        column = _each(column, lambda value: float(value) if isinstance(value, Decimal) else value)
    return column if len(said) < len(column) or not said else column.infer_objects()


def _each(column: pd.Series[Any], convert: Any) -> pd.Series[Any]:
    values = [None if value is None else convert(value) for value in column]
    return pd.Series(values, index=column.index, dtype="object")


def _is_time(value: Any) -> bool:
    return isinstance(value, datetime) or (isinstance(value, str) and len(value) > len("2026-11-24"))


def read_only(connection: Connection, sql: str) -> pd.DataFrame:
    """Run one statement that can only read, and return its rows.

    Raises:
        QueryRefused: if it is no single select, tries to write, or has a mistake.
    """
    if not _READS.match(sql):
        raise QueryRefused("only one SELECT (or WITH, VALUES, EXPLAIN) can be asked; a query can only read")
    postgresql = connection.dialect.name == "postgresql"
    driver = connection.connection.driver_connection
    assert driver is not None
    cursor = driver.cursor()
    errors = connection.dialect.loaded_dbapi.Error
    try:
        cursor.execute("set transaction read only" if postgresql else "PRAGMA query_only = ON")
        # A prepared statement can only be one; the other driver takes only one anyway.
        cursor.execute(sql, prepare=True) if postgresql else cursor.execute(sql)
        names = [column[0] for column in cursor.description or ()]
        return frame_of(names, cursor.fetchall())
    except errors as error:
        raise QueryRefused(_explained(str(error))) from None
    finally:
        if not postgresql:
            cursor.execute("PRAGMA query_only = OFF")
        cursor.close()


def _explained(words: str) -> str:
    first = words.strip().splitlines()[0] if words.strip() else "the database gave no reason"
    if "read-only transaction" in words or "readonly database" in words:
        return f"a query can only read: {first}"
    if "multiple commands" in words or "one statement at a time" in words:
        return f"ask one statement at a time: {first}"
    return f"the database does not understand the query: {first}"
