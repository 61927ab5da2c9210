"""What a person asks first of a database: how much waits in it, how big it is, what was measured last."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, func, select, text

from models.units import table

_SIZE_ON_POSTGRESQL = text("select pg_database_size(current_database())")
_OPEN_PROBLEMS = text("select source, count(*) from open_problem group by source order by source")


@dataclass(frozen=True, slots=True, kw_only=True)
class LastSnapshot:
    """The snapshot that was taken last: of which day, under which definition, and when."""

    as_of: date
    definition: str
    taken_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class InStore:
    """What a database holds that somebody may have to look at, and its size in bytes.

    ``open_problems`` counts the rows of the view ``open_problem`` by source; ``links_to_review`` counts the links that
    wait for a person.
    """

    open_problems: Mapping[str, int]
    links_to_review: int
    last_snapshot: LastSnapshot | None
    database_bytes: int


def in_store(engine: Engine) -> InStore:
    """Return what a database holds that somebody may have to look at, and its size."""
    link, snapshot = table("credential_link"), table("snapshot")
    newest = select(snapshot.c.as_of, snapshot.c.definition, snapshot.c.taken_at).order_by(snapshot.c.taken_at.desc())
    with engine.connect() as connection:
        last = connection.execute(newest.limit(1)).mappings().one_or_none()
        return InStore(
            open_problems={str(source): int(count) for source, count in connection.execute(_OPEN_PROBLEMS)},
            links_to_review=connection.execute(select(func.count()).where(link.c.review)).scalar_one(),
            last_snapshot=None if last is None else LastSnapshot(**last),
            database_bytes=_size(connection),
        )


def _size(connection: Connection) -> int:
    """Return the size of the database; on SQLite with the files beside it that hold what is not yet written into it."""
    if connection.dialect.name == "postgresql":
        return int(connection.execute(_SIZE_ON_POSTGRESQL).scalar_one())
    main = next(row.file for row in connection.exec_driver_sql("PRAGMA database_list") if row.name == "main")
    files = (Path(f"{main}{end}") for end in ("", "-wal", "-shm"))
    return sum(file.stat().st_size for file in files if file.is_file())
