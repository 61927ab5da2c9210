"""Opening the database to read: a connection that cannot write, whatever it is asked."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection, Engine, QueuePool, create_engine, event, make_url

from models.columns import json_text
from models.database import milliseconds, newest_revision, revision, shown_url
from models.patience import PATIENCE_SECONDS

_CONNECTIONS_KEPT = 8


class NotReadable(ValueError):
    """There is no database to read, or it has another schema than this code reads. The message says what to do."""


def open_to_read(url: str, patience_seconds: float = PATIENCE_SECONDS) -> Engine:
    """Return an engine on an existing database whose every transaction is read-only. Nothing is made or migrated.

    SQLite opens the file with ``mode=ro`` (https://www.sqlite.org/uri.html); PostgreSQL begins every transaction as
    ``read only``, so a role that may only select is enough.

    Args:
        url: SQLAlchemy URL, as for ``models.database.open_database``.
        patience_seconds: how long a statement waits for a lock that others hold, before it fails.

    Raises:
        NotReadable: if there is no such SQLite file, or the schema is not the newest.
        ValueError: if it is a URL of another kind of database.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() == "postgresql":
        engine = create_engine(
            parsed.set(drivername="postgresql+psycopg"),
            json_serializer=json_text,
            connect_args={
                "options": "-c timezone=UTC -c default_transaction_read_only=on "
                f"-c lock_timeout={milliseconds(patience_seconds)}"
            },
            pool_pre_ping=True,
        )
    elif parsed.get_backend_name() == "sqlite":
        engine = _sqlite(Path(parsed.database or ""), patience_seconds)
    else:
        raise ValueError(f"{shown_url(parsed)}: neither sqlite:///FILE nor postgresql://...")
    try:
        _require_newest(engine)
    except BaseException:
        engine.dispose()
        raise
    return engine


def _sqlite(file: Path, patience_seconds: float) -> Engine:
    if not file.is_file():
        raise NotReadable(f"there is no database {file}: make one with `microcred demo` or `microcred harvest`")
    name = f"file:{quote(str(file.absolute()))}?mode=ro"

    def connect() -> sqlite3.Connection:
        return sqlite3.connect(
            name, timeout=milliseconds(patience_seconds) / 1000, uri=True, check_same_thread=False, isolation_level=None
        )

    engine = create_engine("sqlite://", creator=connect, poolclass=QueuePool, pool_size=_CONNECTIONS_KEPT)
    event.listen(engine, "connect", _set_up)
    event.listen(engine, "begin", _begin)
    return engine


def _set_up(connection: Any, record: object) -> None:
    del record
    connection.execute("PRAGMA query_only = ON")


def _begin(connection: Connection) -> None:
    # One page must not mix what was before a harvest with what is after it.
    connection.exec_driver_sql("BEGIN")


def _require_newest(engine: Engine) -> None:
    with engine.connect() as connection:
        found, newest = revision(connection), newest_revision()
    if found != newest:
        raise NotReadable(
            f"the database has schema {found or 'none'}, this program reads {newest}: run `microcred db upgrade`"
            if found is None or found < newest
            else f"the database has schema {found}, newer than this program, which reads {newest}: update it"
        )
