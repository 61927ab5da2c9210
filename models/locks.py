"""Holding something against all other processes that work with the same database."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, text


@contextmanager
def held(engine: Engine, names: Iterable[str]) -> Iterator[frozenset[str]]:
    """Hold names as far as nobody else does, and yield those that are held; none is waited for.

    They are free again at the end, and as soon as the process or its connection ends. Advisory locks of PostgreSQL
    (https://www.postgresql.org/docs/current/explicit-locking.html#ADVISORY-LOCKS), of a session of their own. SQLite
    has none: all names are yielded.
    """
    wanted = sorted(set(names))
    if engine.dialect.name != "postgresql" or not wanted:
        yield frozenset(wanted)
        return
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        asked = text("select pg_try_advisory_lock(:key)")
        ours = frozenset(name for name in wanted if connection.execute(asked, {"key": lock_key(name)}).scalar_one())
        try:
            yield ours
        finally:
            connection.invalidate()  # closed, not given back: a session that goes on would hold them


def lock_key(name: str) -> int:
    """Return the key of the advisory lock of PostgreSQL that stands for a name."""
    digest = hashlib.sha256(f"microcred {name}".encode()).digest()
    return int.from_bytes(digest[:8], signed=True)
