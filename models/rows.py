"""What one question in SQL gives, without frames: names and typed values, the same on SQLite and PostgreSQL."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import OperationalError

_TROUBLE = ("08", "53", "55P03", "57", "58", "XX")
"""How states of PostgreSQL begin that say nothing of the question: connection, resources, locks, operators, system
(https://www.postgresql.org/docs/current/errcodes-appendix.html)."""
_SQLITE_TROUBLE = frozenset({
    sqlite3.SQLITE_BUSY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_NOTADB,
})  # fmt: skip
_READS = re.compile(r"(?:\s|--[^\n]*(?:\n|$)|/\*.*?\*/)*(select|with|values|explain)\b", re.IGNORECASE | re.DOTALL)


class QueryRefused(ValueError):
    """The database was asked to do something other than read, or the question has a mistake. The message says which."""


def query_rows(engine: Engine, sql: str) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Ask one question in SQL and return the names of the columns and the rows; nothing can be written.

    Times are aware and in UTC, days are ``date``, true and false are such, unknown is ``None``.

    Raises:
        QueryRefused: if it is no single select, tries to write, or has a mistake.
    """
    with engine.connect() as connection:
        names, rows = raw_rows(connection, sql)
    columns = [typed(name, column) for name, column in zip(names, zip(*rows, strict=True), strict=False)]
    return names, list(zip(*columns, strict=True))


def raw_rows(connection: Connection, sql: str) -> tuple[list[str], list[Sequence[Any]]]:
    """Run one statement that can only read, and return the names of its columns and its rows as the driver gives them.

    Raises:
        QueryRefused: if it is no single select, tries to write, or has a mistake.
        OperationalError: if the database went away, or something else is wrong with it and not with the question.
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
        return [column[0] for column in cursor.description or ()], cursor.fetchall()
    except errors as error:
        if not _is_mistake(error):
            is_lost = connection.dialect.is_disconnect(error, driver, cursor)
            if is_lost:
                connection.invalidate(error)  # else giving it back fails, and is logged with lines of code
            raise OperationalError(None, None, error, connection_invalidated=is_lost) from error
        raise QueryRefused(_explained(str(error))) from None
    finally:
        if not postgresql:
            cursor.execute("PRAGMA query_only = OFF")
        cursor.close()


def _is_mistake(error: Exception) -> bool:
    """Whether the question is wrong, and not the database that is asked."""
    if isinstance(error, sqlite3.Error):
        return getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF not in _SQLITE_TROUBLE
    state = getattr(error, "sqlstate", None)
    return state is not None and not state.startswith(_TROUBLE)


def _explained(words: str) -> str:
    first = words.strip().splitlines()[0] if words.strip() else "the database gave no reason"
    if "read-only transaction" in words or "readonly database" in words:
        return f"a query can only read: {first}"
    if "multiple commands" in words or "one statement at a time" in words:
        return f"ask one statement at a time: {first}"
    return f"the database does not understand the query: {first}"


TIMES = frozenset({
    "as_of", "at", "decided_at", "declared_at", "finished_at", "first_seen_at", "last_good_look_at", "last_run_at",
    "last_seen_at", "missed_at", "opened_at", "read_at", "seen_from", "seen_until", "started_at", "taken_at",
    "valid_from", "valid_to", "withdrawn_at",
})  # fmt: skip
DAYS = frozenset({
    "as_of", "end_date", "enrolment_end_date", "enrolment_start_date", "eur_rate_date", "known_at", "period_start",
    "retired", "start_date", "terms_checked",
})  # fmt: skip
TRUTHS = frozenset({
    "complete", "counts_absences", "counts_once", "is_current", "is_first_of_window", "is_first_version_of_window",
    "lists_everything", "price_is_from", "reread", "review", "same", "start_is_unscheduled", "states_assessment",
    "states_prerequisites", "states_quality_assurance", "states_recognition", "states_stackability",
    "states_supervision", "unchanged", "vouched",
})  # fmt: skip
"""Columns are known by the names they have in tables and views; SQLite gives text and numbers for all of them.

Written out, because a question in SQL is asked sooner than the tables are loaded; a test holds them against the tables.
"""


def typed(name: str, column: Sequence[Any]) -> Sequence[Any]:
    """Return the values of a column by what its name means in tables and views."""
    said = [value for value in column if value is not None]
    if name in TIMES and said and all(is_time(value) for value in said):
        return [None if value is None else _time(value) for value in column]
    if name in DAYS and all(isinstance(value, str) for value in said):
        return [None if value is None else date.fromisoformat(value) for value in column]
    if name in TRUTHS and all(value in {0, 1} for value in said):
        return [None if value is None else bool(value) for value in column]
    if any(isinstance(value, Decimal) for value in said):
        return [float(value) if isinstance(value, Decimal) else value for value in column]
    return column


def is_time(value: Any) -> bool:
    """Whether a value is a time, or text as long as one."""
    return isinstance(value, datetime) or (isinstance(value, str) and len(value) > len("2026-11-24"))


def _time(value: datetime | str) -> datetime:
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
