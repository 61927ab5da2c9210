"""Holding something against all other processes that work with the same database (docs/decisions/0029).

On PostgreSQL by advisory locks of a session of their own
(https://www.postgresql.org/docs/current/explicit-locking.html#ADVISORY-LOCKS). On SQLite by files in a folder beside
the database, one a name (flock(2)): they stay, and mean nothing unless a process holds them. Either way a lock is free
as soon as its holder is gone, however that ended.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import SQLAlchemyError

FOLDER_SUFFIX = "-locks"
"""What the folder of the locks of a SQLite file has at the end of its name, as SQLite's own companions do."""
IN_USE = "use of this database"
"""Held, shared, by all that are at work with a database; alone by who changes its schema."""

_HOLDERS = text(
    "select pid, client_addr, backend_start from pg_locks join pg_stat_activity using (pid) "
    "where locktype = 'advisory' and granted and objsubid = 1 "
    "and pg_locks.database = (select oid from pg_database where datname = current_database()) "
    "and ((classid::bigint << 32) | objid::bigint) = :key"
)


class InUse(OSError):
    """Another process holds what is needed. The message says what, who, and what to do."""


@contextmanager
def held(engine: Engine, names: Iterable[str]) -> Iterator[frozenset[str]]:
    """Hold names as far as nobody else does, and yield those that are held; none is waited for."""
    wanted = sorted(set(names))
    if not wanted:
        yield frozenset()
        return
    with ExitStack() as open_ones:
        if engine.dialect.name == "postgresql":
            connection = open_ones.enter_context(_session(engine))
            asked = text("select pg_try_advisory_lock(:key)")
            yield frozenset(name for name in wanted if connection.execute(asked, {"key": lock_key(name)}).scalar_one())
            return
        files = {name: open_ones.enter_context(_file(engine, name)) for name in wanted}
        yield frozenset(name for name, file in files.items() if _is_taken(file))


@contextmanager
def all_held(engine: Engine, names: Iterable[str], doing: str) -> Iterator[None]:
    """Hold names against all others, or none of them.

    Args:
        engine: the database.
        names: what is to be held.
        doing: what for, in words that begin a sentence.

    Raises:
        InUse: if another process holds one of them.
    """
    wanted = frozenset(names)
    with held(engine, wanted) as ours:
        missed = sorted(wanted - ours)
        if missed:
            raise InUse(
                f"{doing} must wait: {missed[0]} {is_held(engine, missed[0])}; start this again when it has ended"
            )
        yield


@contextmanager
def waited_for(engine: Engine, name: str, *, shared: bool = False) -> Iterator[None]:
    """Hold a name, alone or together with others that share it, as soon as nobody is in the way."""
    if engine.dialect.name == "postgresql":
        with _session(engine) as connection:
            connection.execute(
                text(f"select pg_advisory_lock{'_shared' if shared else ''}(:key)"), {"key": lock_key(name)}
            )
            yield
        return
    with _file(engine, name) as file:
        fcntl.flock(file, fcntl.LOCK_SH if shared else fcntl.LOCK_EX)
        yield


def is_held(engine: Engine, name: str) -> str:
    """Return in words that a name is held by another process, and by which as far as that can be told."""
    return f"is held by another process{_holder(engine, name)}"


def lock_key(name: str) -> int:
    """Return the key of the advisory lock of PostgreSQL that stands for a name."""
    digest = hashlib.sha256(f"microcred {name}".encode()).digest()
    return int.from_bytes(digest[:8], signed=True)


def _holder(engine: Engine, name: str) -> str:
    if engine.dialect.name != "postgresql":
        with suppress(OSError):
            told = _path(engine, name).read_text(encoding="ascii").strip()
            return f" ({told})" if told else ""
        return ""
    with engine.connect() as connection:
        row = connection.execute(_HOLDERS, {"key": lock_key(name)}).first()
    if row is None:
        return ""
    where = f" from {row.client_addr}" if row.client_addr else ""
    return f" (session {row.pid}{where}, since {row.backend_start.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC)"


@contextmanager
def _session(engine: Engine) -> Iterator[Connection]:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        try:
            # Ours wait for each other as long as it takes; the engine's patience is for locks of others.
            connection.exec_driver_sql("set lock_timeout = 0")
            yield connection
        finally:
            with suppress(SQLAlchemyError):  # free at once: a server ends a session that was closed a moment later
                connection.exec_driver_sql("select pg_advisory_unlock_all()")
            connection.invalidate()  # closed, not given back: a session that goes on would hold them


def _path(engine: Engine, name: str) -> Path:
    return Path(f"{engine.url.database}{FOLDER_SUFFIX}") / re.sub(r"[^a-z0-9_]+", "-", name.lower())


@contextmanager
def _file(engine: Engine, name: str) -> Iterator[BinaryIO]:
    path = _path(engine, name)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with path.open("ab") as file:
        yield file


def _is_taken(file: BinaryIO) -> bool:
    """Take a file if nobody holds it, and say in it who does."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    with suppress(OSError):  # a full disk must not keep anybody from being told so by what matters
        file.truncate(0)
        os.write(file.fileno(), f"process {os.getpid()}, since {datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC".encode())
    return True
