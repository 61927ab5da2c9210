"""A copy of the whole database while it is in use, and whether a database is whole."""

from __future__ import annotations

import os
import shlex
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import URL, Connection, func, inspect, make_url, select
from sqlalchemy.exc import DatabaseError

from models.database import shown_url
from models.patience import is_gone
from models.read_only import NotReadable, open_to_read
from models.schema import METADATA

BUSY_S = 60
"""How long a copy waits for a lock, in seconds."""


class BackupFailed(OSError):
    """A copy could not be made, or is not whole. The message says why; nothing is left of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What a check found: ``wrong`` (empty if the database is whole), and the rows of each table that can be read."""

    wrong: tuple[str, ...]
    rows: dict[str, int]


def back_up(url: str, into: Path) -> None:
    """Copy a database to a new file, as it stood at one moment; whoever writes meanwhile neither waits nor shows in it.

    SQLite: the online backup API in one step (https://www.sqlite.org/backup.html), then checked, a file without
    companions. PostgreSQL: ``pg_dump`` in its custom format, then its contents listed.

    Raises:
        BackupFailed: if ``into`` exists, ``pg_dump`` is missing or fails, or the copy is not whole.
        NotReadable: if there is no such SQLite file.
        ValueError: if it is a URL of another kind of database.
    """
    if into.exists():
        raise BackupFailed(f"{into} is there already: a backup never replaces a file")
    into.parent.mkdir(parents=True, exist_ok=True)
    part = into.with_name(f"{into.name}.part")
    part.unlink(missing_ok=True)
    parsed = make_url(url)
    try:
        if parsed.get_backend_name() == "postgresql":
            _dump(parsed, part)
        elif parsed.get_backend_name() == "sqlite":
            _copy(Path(parsed.database or ""), part)
        else:
            raise ValueError(f"{shown_url(parsed)}: neither sqlite:///FILE nor postgresql://...")
        with part.open("rb") as written:
            os.fsync(written.fileno())
        part.rename(into)
    finally:
        part.unlink(missing_ok=True)


def check(url: str) -> Checked:
    """Read a database and say whether it is whole; nothing is written.

    SQLite: ``integrity_check`` and ``foreign_key_check`` (https://www.sqlite.org/pragma.html). On both: the schema is
    the newest, every table is there, and its rows are counted. PostgreSQL itself keeps references whole.

    Raises:
        NotReadable: if there is no database, or its schema is not the newest.
    """
    engine = open_to_read(url)
    wrong: list[str] = []
    rows: dict[str, int] = {}
    try:
        with engine.connect() as connection:
            if engine.dialect.name == "sqlite":
                wrong += _wrong_in_sqlite(connection)
            there = set(inspect(connection).get_table_names())
            tables = sorted(METADATA.tables.values(), key=lambda table: table.name)
            wrong += [f"the table {table.name} is missing" for table in tables if table.name not in there]
            for table in tables:
                if table.name in there:
                    rows[table.name] = int(connection.execute(select(func.count()).select_from(table)).scalar_one())
    except DatabaseError as error:
        if is_gone(error):
            raise
        wrong.append(str(error.orig))
    finally:
        engine.dispose()
    return Checked(wrong=tuple(wrong), rows=rows)


def _wrong_in_sqlite(connection: Connection) -> Iterator[str]:
    for (said,) in connection.exec_driver_sql("PRAGMA integrity_check"):
        if said != "ok":
            yield str(said)
    for row in connection.exec_driver_sql("PRAGMA foreign_key_check"):
        yield f"a row of {row[0]} refers to a row of {row[2]} that is not there"


def dump_command(url: URL, into: Path) -> list[str]:
    """Return the command line that copies a PostgreSQL database; the password is left to the environment."""
    plainly = ("--format=custom", "--no-owner", "--no-privileges")
    return ["pg_dump", *plainly, f"--file={into}", f"--dbname={_without_password(url)}"]


def _without_password(url: URL) -> str:
    options = {name: value for name, value in url.query.items() if name != "password"}
    place = URL.create("postgresql", url.username, None, url.host, url.port, url.database, options)
    return place.render_as_string(hide_password=False)


def _copy(file: Path, part: Path) -> None:
    if not file.is_file():
        raise NotReadable(f"there is no database {file}")
    address = f"file:{quote(str(file.absolute()))}?mode=ro"
    try:
        with (
            closing(sqlite3.connect(address, uri=True, timeout=BUSY_S)) as source,
            closing(sqlite3.connect(part)) as target,
        ):
            # In one step: it then reads one moment, and never begins anew because somebody wrote.
            source.backup(target)
            # One file, that opens where nothing can be written; whoever opens it to write sets its own mode.
            target.execute("PRAGMA journal_mode = DELETE")
            said = [str(row[0]) for row in target.execute("PRAGMA integrity_check")]
    except sqlite3.Error as error:
        raise BackupFailed(f"{file} could not be copied: {error}") from error
    if said != ["ok"]:
        raise BackupFailed(f"the copy of {file} is not whole: {'; '.join(said[:3])}")


def _dump(url: URL, part: Path) -> None:
    command = dump_command(url, part)
    if shutil.which(command[0]) is None:
        raise BackupFailed(f"{command[0]} is not on the PATH; where it is: {shlex.join(command)}")
    said = url.password or url.query.get("password")
    password = {"PGPASSWORD": said} if isinstance(said, str) else {}
    for step in (command, ["pg_restore", "--list", str(part)]):
        done = subprocess.run(step, env=os.environ | password, capture_output=True, text=True, check=False)  # noqa: S603 - our words and the user's own URL
        if done.returncode:
            raise BackupFailed(f"{step[0]} failed: {done.stderr.strip()}")
