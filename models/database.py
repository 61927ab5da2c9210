"""Opening the database: one engine for SQLite and PostgreSQL that behaves the same, migrated to the newest schema."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from importlib.resources import files
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text

from models.columns import json_text
from models.locks import IN_USE, InUse, held, lock_key, waited_for
from models.patience import PATIENCE_SECONDS

VERSION_TABLE = "microcred_alembic_version"
"""Where the schema's revision stands; not Alembic's default, so that a database can be shared with Prefect."""
WRITER_LOCK = 0x6D6963726F637265
"""Key of the PostgreSQL advisory lock of all that is stored ("microcre"): shared by writers of one source each."""
_IS_THERE = {
    "postgresql": f"select to_regclass('{VERSION_TABLE}') is not null",
    "sqlite": f"select count(*) from sqlite_master where type = 'table' and name = '{VERSION_TABLE}'",  # noqa: S608 - our name
}
"""Whether there is the table of the version. SQLAlchemy's inspector is not asked: a cache of its dialect of PostgreSQL
(``PGDialect._has_multi_table_query``) would keep every engine of this process, up to 128."""
_ASTRAY = "PRAGMA foreign_key_check"
_PRAGMAS = ("journal_mode = WAL", "synchronous = NORMAL", "foreign_keys = ON")
"""How every SQLite connection is set up: readers never wait for a writer."""
_CACHE_KIB, _CACHE_KIB_WRITING = 2_000, 64 * 1024
"""What SQLite keeps of a file in memory (its own default), and what of one that is written: with less, pages of a large
source are written out and read again, several times over."""


class SchemaTooNew(ValueError):
    """The database was migrated by a newer version of this program."""


class DatabaseMoved(OSError):
    """The file of a SQLite database is not the one that was opened: what is written now would be lost."""


def open_database(url: str, patience_seconds: float = PATIENCE_SECONDS) -> Engine:
    """Open the database at ``url``, made if need be and migrated to the newest schema.

    Args:
        url: SQLAlchemy URL: ``sqlite:///FILE``, ``postgresql://...`` or ``postgresql+psycopg://...``.
        patience_seconds: how long a statement waits for a lock that others hold, before it fails.

    Raises:
        ValueError: if it is a URL of another database, or the schema is newer than this code.
    """
    engine = make_engine(make_url(url), patience_seconds)
    try:
        migrate(engine)
    except BaseException:
        engine.dispose()
        raise
    return engine


def shown_url(url: URL | str) -> str:
    """Return a database URL for people and logs: neither its password nor one among its options is in it."""
    made = make_url(url)
    hidden = {name: "***" for name in made.query if "pass" in name.lower()}
    return made.update_query_dict(hidden).render_as_string(hide_password=True)


def make_engine(url: URL, patience_seconds: float = PATIENCE_SECONDS) -> Engine:
    """Return the engine for ``url`` without touching its schema; a SQLite file and its folder are made if need be."""
    if url.get_backend_name() == "postgresql":
        return create_engine(
            url.set(drivername="postgresql+psycopg"),
            json_serializer=json_text,
            connect_args={"options": f"-c timezone=UTC -c lock_timeout={milliseconds(patience_seconds)}"},
            pool_pre_ping=True,
        )
    if url.get_backend_name() != "sqlite" or not url.database or url.database == ":memory:":
        raise ValueError(f"{shown_url(url)}: not a SQLite file (sqlite:///FILE) and not PostgreSQL (postgresql://...)")
    file = Path(url.database)
    _make_private(file)
    engine = create_engine(url.set(drivername="sqlite"), json_serializer=json_text)
    same_file = _SameFile(file)

    def set_up(connection: Any, record: object) -> None:
        del record
        # The driver begins transactions late and never before a select; ours begin where we say so.
        connection.isolation_level = None
        for pragma in (f"busy_timeout = {milliseconds(patience_seconds)}", *_PRAGMAS):
            connection.execute(f"PRAGMA {pragma}")
        same_file.require()

    event.listen(engine, "do_connect", same_file.require)
    event.listen(engine, "connect", set_up)
    event.listen(engine, "begin", same_file.require)
    event.listen(engine, "begin", _begin_sqlite)
    event.listen(engine, "commit", same_file.require)
    return engine


def _make_private(file: Path) -> None:
    """Make the file, empty, for this user alone, and its folder; SQLite gives its companions the same rights."""
    if not file.parent.is_dir():
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.close(os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))


def milliseconds(seconds: float) -> int:
    """Return seconds as both databases want them; at least one: none would mean for ever, or not at all."""
    return max(1, round(seconds * 1000))


class _SameFile:
    """Holds a path to the file that lay there when it was first opened.

    A connection goes on with a file that was removed or replaced: what it writes is gone with it, and nothing fails.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._known: tuple[int, int] | None = None

    def require(self, *_: object) -> None:
        """Raise ``DatabaseMoved`` if another file lies there now, or none."""
        try:
            found = self._file.stat()
        except FileNotFoundError:
            found = None
        there = None if found is None else (found.st_dev, found.st_ino)
        if self._known is None:
            self._known = there
        elif there != self._known:
            what = "was removed" if there is None else "was replaced by another"
            raise DatabaseMoved(
                f"{self._file} {what} while it was in use, and nothing is stored there: put it back, or make it anew "
                "from the archive with `microcred rebuild`"
            )


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

    On PostgreSQL writers of different sources may write at once, and the others wait; on SQLite one writes at a time,
    and ours wait for each other however long a large run takes to store (docs/decisions/0029). A lock of somebody else
    is waited for as long as the engine was opened with patience for.

    Args:
        engine: the database.
        source: the slug of the one source that is written of, with what it shares with others; none for all else.
    """
    turn = waited_for(engine, "writing") if engine.dialect.name == "sqlite" else nullcontext()
    with turn, engine.execution_options(microcred_writes=True).begin() as connection:
        if connection.dialect.name == "postgresql":
            _take_turn(connection, source)
            yield connection
            return
        connection.exec_driver_sql(f"PRAGMA cache_size = -{_CACHE_KIB_WRITING}")
        yield connection
        connection.exec_driver_sql(f"PRAGMA cache_size = -{_CACHE_KIB}")


def _take_turn(connection: Connection, source: str | None) -> None:
    """Wait until a PostgreSQL transaction may write."""
    mode = "" if source is None else "_shared"
    connection.exec_driver_sql("set local lock_timeout = 0")  # a first look at a large source takes minutes
    connection.execute(text(f"select pg_advisory_xact_lock{mode}(:key)"), {"key": WRITER_LOCK})
    if source is not None:
        connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": lock_key(f"rows of {source}")})
    connection.exec_driver_sql("set local lock_timeout to default")


def migrate(engine: Engine) -> None:
    """Bring the schema to the newest revision in one transaction; nothing is done if it is there already.

    Raises:
        SchemaTooNew: if the schema has a revision that this code does not know.
        InUse: if it is not the newest, and another process is at work with it.
        ValueError: if rows refer to rows that are not there; nothing is changed then.
    """
    if _revision(engine) == newest_revision():
        return
    with waited_for(engine, "migration"):
        found = _revision(engine)
        if found == newest_revision():
            return  # whoever was first has done it
        with held(engine, [IN_USE]) as free:
            # A newer schema is refused whether anybody uses it or not.
            if not free and (found is None or found < newest_revision()):
                raise InUse(
                    f"the database has schema {found or 'none'} and needs {newest_revision()}, but another process is "
                    "at work with it: let that end, then `microcred db upgrade`"
                )
            _upgrade(engine)


def _revision(engine: Engine) -> str | None:
    with engine.connect() as connection:
        return revision(connection)


def _upgrade(engine: Engine) -> None:
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
    if not connection.exec_driver_sql(_IS_THERE[connection.dialect.name]).scalar():
        return None
    found: str | None = connection.exec_driver_sql(f"select version_num from {VERSION_TABLE}").scalar()  # noqa: S608 - our name
    return found
