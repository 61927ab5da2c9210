"""Opening the database: one engine for SQLite and PostgreSQL that behaves the same, migrated to the newest schema."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, inspect, make_url, text

from models.columns import json_text
from models.locks import lock_key

VERSION_TABLE = "microcred_alembic_version"
"""Where the schema's revision stands; not Alembic's default, so that a database can be shared with Prefect."""
WRITER_LOCK = 0x6D6963726F637265
"""Key of the PostgreSQL advisory lock of all that is stored ("microcre"): shared by writers of one source each."""
_ASTRAY = "PRAGMA foreign_key_check"
_PRAGMAS = ("busy_timeout = 60000", "journal_mode = WAL", "synchronous = NORMAL", "foreign_keys = ON")
"""How every SQLite connection is set up: a minute's patience with another writer, readers never wait."""


class SchemaTooNew(ValueError):
    """The database was migrated by a newer version of this program."""


def open_database(url: str) -> Engine:
    """Open the database at ``url``, made if need be and migrated to the newest schema.

    Args:
        url: SQLAlchemy URL: ``sqlite:///FILE``, ``postgresql://...`` or ``postgresql+psycopg://...``.

    Raises:
        ValueError: if it is a URL of another database, or the schema is newer than this code.
    """
    engine = make_engine(make_url(url))
    try:
        migrate(engine)
    except BaseException:
        engine.dispose()
        raise
    return engine


def make_engine(url: URL) -> Engine:
    """Return the engine for ``url`` without touching its schema; the folder of a SQLite file is made."""
    if url.get_backend_name() == "postgresql":
        return create_engine(
            url.set(drivername="postgresql+psycopg"),
            json_serializer=json_text,
            connect_args={"options": "-c timezone=UTC"},
        )
    if url.get_backend_name() != "sqlite" or not url.database or url.database == ":memory:":
        raise ValueError(
            f"{url.render_as_string()}: not a SQLite file (sqlite:///FILE) and not PostgreSQL (postgresql://...)"
        )
    Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url.set(drivername="sqlite"), json_serializer=json_text)
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _set_up_sqlite(connection: Any, record: object) -> None:
    del record
    # The driver begins transactions late and never before a select; ours begin where we say so.
    connection.isolation_level = None
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    options = connection.get_execution_options()
    if options.get("microcred_migrates"):
        # SQLite changes a table by copying it, and rows that refer to it would keep it from dropping the old one
        # (https://www.sqlite.org/lang_altertable.html#otheralter); within a transaction the pragma does nothing.
        connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
    # A writer that reads first and writes later would fail at once if another wrote in between.
    connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("microcred_writes") else "BEGIN")


@contextmanager
def writing(engine: Engine, source: str | None = None) -> Iterator[Connection]:
    """Yield a connection in a transaction that may write; rolled back on any error.

    On PostgreSQL writers of different sources may write at once, and the others wait; on SQLite one writes at a time.

    Args:
        engine: the database.
        source: the slug of the one source that is written of, with what it shares with others; none for all else.
    """
    with engine.execution_options(microcred_writes=True).begin() as connection:
        if connection.dialect.name == "postgresql":
            mode = "" if source is None else "_shared"
            connection.execute(text(f"select pg_advisory_xact_lock{mode}(:key)"), {"key": WRITER_LOCK})
            if source is not None:
                connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": lock_key(f"rows of {source}")})
        yield connection


def migrate(engine: Engine) -> None:
    """Bring the schema to the newest revision in one transaction; nothing is done if it is there already.

    Raises:
        SchemaTooNew: if the schema has a revision that this code does not know.
        ValueError: if rows refer to rows that are not there; nothing is changed then.
    """
    with engine.connect() as connection:
        if revision(connection) == newest_revision():
            return
    from models.upgrade import upgrade  # Alembic loads slowly, and nearly every opening finds the schema up to date

    try:
        with writing(engine.execution_options(microcred_migrates=True)) as connection:
            upgrade(connection)
            if engine.dialect.name == "sqlite" and (astray := connection.exec_driver_sql(_ASTRAY).fetchone()):
                raise ValueError(f"the migration was undone: rows refer to rows that are not there: {astray}")
    finally:
        engine.dispose()  # its connection no longer checks references


def newest_revision() -> str:
    """Return the newest revision this code knows; the names of its files begin with it, and are in order."""
    scripts = files("models.migrations.versions").iterdir()
    return max(script.name.partition("_")[0] for script in scripts if script.name[0].isdigit())


def revision(connection: Connection) -> str | None:
    """Return the revision of the schema, ``None`` for a database without ours."""
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    found: str | None = connection.exec_driver_sql(f"select version_num from {VERSION_TABLE}").scalar()  # noqa: S608 - our name
    return found
