"""Everything that the database holds of a source, counted and removed, whichever tables there are.

No table is named where it can be found: a row belongs to a source if a column says so (``source``, ``other_source``)
or if it refers to a row that does, over however many tables (``models.schema``). A new table is reached without a
word here. Named are only figures, which tell of a source inside of a value, and organisations, which sources share.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from sqlalchemy import ColumnElement, Connection, Engine, Table, delete, false, func, or_, select, text

from models.load_search import rebuild_words
from models.schema import METADATA
from models.search_tables import INDEX, put_words
from models.units import parts, table

SNAPSHOT = "snapshot"
_SHARED = ("programme_role", "organisation_entry"), ("programme_organisation", "organisation_entity")
"""Tables that refer to organisations, and those that hold them."""


class StillInTheFile(OSError):
    """Rows are removed, and their bytes are not overwritten, since somebody reads the database. The message says so."""


def rows_of_source(engine: Engine, slug: str) -> dict[str, int]:
    """Return how many rows each table holds of a source, those without any left out.

    A snapshot counts if the source was among those measured; organisations, which are shared, do not.
    """
    with engine.connect() as connection:
        counts = {}
        for target in METADATA.sorted_tables:
            number = connection.execute(select(func.count()).select_from(target).where(_of(connection, target, slug)))
            counts[target.name] = int(number.scalar_one())
    return {name: number for name, number in counts.items() if number}


def remove_source(connection: Connection, slug: str) -> dict[str, int]:
    """Remove every row of a source, and organisations that nobody names any more; return how many of which table.

    Figures in which it was counted go whole: what is left of them could be compared with what was published.
    """
    indexed = select(table("programme_search").c.search_row).where(_of(connection, table("programme_search"), slug))
    words_gone = list(connection.execute(indexed).scalars())
    removed: dict[str, int] = {}
    for target in reversed(METADATA.sorted_tables):
        removed[target.name] = connection.execute(delete(target).where(_of(connection, target, slug))).rowcount
    for referring, shared in _SHARED:
        removed[shared] = connection.execute(delete(table(shared)).where(_is_unnamed(referring, shared))).rowcount
    if words_gone and connection.dialect.name == "sqlite":
        rebuild_words(connection)  # an index without content cannot be told what to take out
    elif words_gone:
        put_words(connection, {}, words_gone)
    return {name: number for name, number in sorted(removed.items()) if number}


def overwrite_freed(engine: Engine) -> None:
    """Make sure that what was removed is in no file of the database any more.

    SQLite: the file is written anew (``VACUUM``) and the log of changes emptied. PostgreSQL: every table of ours is
    written anew (``VACUUM FULL``); its own log and backups are the business of who runs the server.

    Raises:
        StillInTheFile: if somebody else keeps the log of a SQLite file from being emptied.
    """
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            for name in (*(target.name for target in METADATA.sorted_tables), INDEX):
                connection.execute(text(f"vacuum (full, analyze) {name}"))
        return
    # Not through the engine, whose connections begin a transaction, within which a file cannot be written anew.
    raw = engine.raw_connection()
    try:
        cursor = raw.cursor()
        cursor.execute("VACUUM")
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        told = cursor.fetchone()
    finally:
        raw.close()
    if told is not None and told[0]:  # whether it was kept from emptying the log
        raise StillInTheFile(
            f"{engine.url.database}: the rows are removed, and their bytes still lie in its log, since another "
            "process reads it: end that, then start this command again"
        )


def _of(connection: Connection, target: Table, slug: str) -> ColumnElement[bool]:
    """Return the condition that a row of a table tells of a source."""
    ways = [column == slug for column in target.columns if _names_a_source(column.name)]
    if target.name == "source":
        ways.append(target.c.slug == slug)
    if target.name == SNAPSHOT:
        ways += [target.c.id.in_(part) for part in parts(_measured(connection, slug), 500)]
    for column in target.columns:
        for key in column.foreign_keys:
            parent = key.column.table
            if parent.name != "source" and tells_of_sources(parent.name):
                ways.append(column.in_(select(key.column).where(_of(connection, parent, slug))))
    return or_(false(), *ways)


def _names_a_source(column: str) -> bool:
    return column == "source" or column.endswith("_source")


@cache
def tells_of_sources(name: str) -> bool:
    """Whether rows of a table belong to a source, or to several at once."""
    target = table(name)
    if name in {"source", SNAPSHOT} or any(_names_a_source(column.name) for column in target.columns):
        return True
    return any(tells_of_sources(key.column.table.name) for key in target.foreign_keys)


def _measured(connection: Connection, slug: str) -> Iterator[str]:
    """Yield the snapshots for which a source was looked at."""
    snapshot = table(SNAPSHOT)
    for number, coverage in connection.execute(select(snapshot.c.id, snapshot.c.coverage)):
        if any(isinstance(row, dict) and row.get("source") == slug for row in coverage):
            yield number


def _is_unnamed(referring: str, shared: str) -> ColumnElement[bool]:
    [column] = [c for c in table(referring).columns if any(k.column.table.name == shared for k in c.foreign_keys)]
    return table(shared).c.id.not_in(select(column).where(column.is_not(None)))
