"""Migrations and rebuilds that are killed, and harvests on PostgreSQL: started again, nothing is lost nor half there.

What "the same" means stands in ``killed_world``. Of a migration: one transaction, so a database has the old schema and
all rows, or the new one and all rows. Of a rebuild: the archive is not touched, and each run is there whole or not yet.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest
from databases import administer
from killed_runs import Second, Undisturbed, moments
from killed_world import (
    HARVEST,
    SECOND,
    assert_archive_is_complete,
    assert_databases_equal,
    assert_no_half_source,
    assert_say_the_same,
    bodies_in,
    environment,
    url_of,
)
from killing import Commands, Place
from older_schema import copy_to
from sqlalchemy import URL, create_engine, make_url, text

from models.content import sources_in
from models.database import make_engine, newest_revision, open_database, revision
from models.store import Store

KILLS, KILLS_ON_POSTGRESQL = 50, 8
OLD = "0006"
STORING = "models.store:Store.record_run"
WORDS = "select count(*) from run"


@dataclass(frozen=True)
class Migrating:
    """A database of an old schema with rows, the same migrated undisturbed, and how long the command took."""

    old: str
    new: str
    seconds: float
    fresh: Callable[[], str]
    """Gives a copy of the old one."""


def database_environment(folder: Path, url: str) -> dict[str, str]:
    return {"MICROCRED_DATA_DIR": str(folder), "MICROCRED_DATABASE_URL": url}


def migrated(folder: Path, old: str, fresh: Callable[[], str]) -> Migrating:
    new, began = fresh(), time.monotonic()
    done = Commands(folder, database_environment(folder, new)).run_prepared("db", "upgrade")
    assert done.returncode == 0, done.stderr
    return Migrating(old, new, time.monotonic() - began, fresh)


def filled(undisturbed: Undisturbed, url: str) -> None:
    of_today, older = make_engine(make_url(url_of(undisturbed.second))), make_engine(make_url(url))
    copy_to(of_today, older, OLD)
    of_today.dispose()
    older.dispose()


def migration_goes_on(commands: Commands, migrating: Migrating, url: str) -> None:
    """After a kill: old and whole, or new and whole; then the same command ends it."""
    commands.assert_none_left()
    engine, old = make_engine(make_url(url)), make_engine(make_url(migrating.old))
    with engine.connect() as connection, old.connect() as before:
        assert revision(connection) in {OLD, newest_revision()}
        assert connection.execute(text(WORDS)).scalar_one() == before.execute(text(WORDS)).scalar_one() == 4
    engine.dispose()
    old.dispose()
    done = commands.run_prepared("db", "upgrade")
    assert done.returncode == 0, done.stderr
    assert_databases_equal(url, migrating.new)


# ---- migrations, SQLite -----------------------------------------------------------------


@pytest.fixture(scope="session")
def on_sqlite(undisturbed: Undisturbed, tmp_path_factory: pytest.TempPathFactory) -> Migrating:
    folder = tmp_path_factory.mktemp("old")
    filled(undisturbed, f"sqlite:///{folder / 'old.sqlite'}")

    def fresh() -> str:
        file = tmp_path_factory.mktemp("copy") / "copy.sqlite"
        shutil.copy(folder / "old.sqlite", file)
        return f"sqlite:///{file}"

    return migrated(folder, f"sqlite:///{folder / 'old.sqlite'}", fresh)


@pytest.mark.faults
def test_a_migration_killed_between_two_statements_is_undone(on_sqlite: Migrating, tmp_path: Path) -> None:
    url = on_sqlite.fresh()
    commands = Commands(tmp_path, database_environment(tmp_path, url))
    commands.killed_at(Place("statement", 40), "db", "upgrade", prepared=True)
    migration_goes_on(commands, on_sqlite, url)


@pytest.mark.faults
@pytest.mark.parametrize("nth", [1, 3, 10, 20, 30, 60, 100])
def test_a_migration_killed_at_any_statement_is_undone(on_sqlite: Migrating, tmp_path: Path, nth: int) -> None:
    url = on_sqlite.fresh()
    commands = Commands(tmp_path, database_environment(tmp_path, url))
    commands.killed_at(Place("statement", nth), "db", "upgrade")
    migration_goes_on(commands, on_sqlite, url)


@pytest.mark.faults
@pytest.mark.parametrize("share", moments(KILLS, "migration"))
def test_a_migration_killed_at_any_moment_is_undone_or_done(on_sqlite: Migrating, tmp_path: Path, share: float) -> None:
    url = on_sqlite.fresh()
    commands = Commands(tmp_path, database_environment(tmp_path, url))
    commands.killed_after(share * on_sqlite.seconds, "db", "upgrade", whole_group=True)
    migration_goes_on(commands, on_sqlite, url)


# ---- rebuilds ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Rebuilding:
    """What a rebuild makes that nobody disturbs, and how long it takes by the number of its processes."""

    url: str
    seconds: dict[int, float]


def rebuild_command(folder: Path, jobs: int) -> tuple[str, ...]:
    return ("rebuild", "--into", str(folder / "made.sqlite"), "--jobs", str(jobs))


@pytest.fixture(scope="session")
def rebuilt(undisturbed: Undisturbed, tmp_path_factory: pytest.TempPathFactory) -> Rebuilding:
    seconds = {}
    folder = tmp_path_factory.mktemp("rebuilt")
    for jobs in (2, 1):
        (folder / "made.sqlite").unlink(missing_ok=True)
        began = time.monotonic()
        done = Commands(folder, environment(undisturbed.second, undisturbed.sources, 9)).run_prepared(
            *rebuild_command(folder, jobs)
        )
        assert done.returncode == 0, done.stderr
        seconds[jobs] = time.monotonic() - began
    made = f"sqlite:///{folder / 'made.sqlite'}"
    assert_say_the_same(made, url_of(undisturbed.second))
    return Rebuilding(made, seconds)


def rebuild_goes_on(commands: Commands, folder: Path, rebuilt: Rebuilding, undisturbed: Undisturbed, jobs: int) -> None:
    commands.assert_none_left()
    made = f"sqlite:///{folder / 'made.sqlite'}"
    if has_schema(folder / "made.sqlite"):
        assert_no_half_source(made, url_of(undisturbed.first), url_of(undisturbed.second))
    done = commands.run_prepared(*rebuild_command(folder, jobs))
    assert done.returncode == 0, done.stderr
    assert_databases_equal(made, rebuilt.url)
    assert bodies_in(undisturbed.second / "archive") == undisturbed.bodies


def has_schema(file: Path) -> bool:
    if not file.exists():
        return False
    engine = make_engine(make_url(f"sqlite:///{file}"))
    with engine.connect() as connection:
        found = revision(connection)
    engine.dispose()
    return found is not None


@pytest.mark.faults
@pytest.mark.parametrize(
    "place",
    [Place(STORING), Place(STORING, 2), Place("models.store:load_history", 5), Place(STORING, 3, "after"),
     Place("statement", 30), Place("flows.rebuild:follow_decisions"), Place("flows.linking_up:link_listings")],
    ids=str,
)  # fmt: skip
def test_a_rebuild_killed_at_a_stage_goes_on(
    undisturbed: Undisturbed, rebuilt: Rebuilding, tmp_path: Path, place: Place
) -> None:
    commands = Commands(tmp_path, environment(undisturbed.second, undisturbed.sources, 9))
    commands.killed_at(place, *rebuild_command(tmp_path, 1))
    rebuild_goes_on(commands, tmp_path, rebuilt, undisturbed, 1)


@pytest.mark.faults
@pytest.mark.parametrize("share", moments(KILLS, "rebuild"))
def test_a_rebuild_killed_at_any_moment_goes_on(
    undisturbed: Undisturbed, rebuilt: Rebuilding, tmp_path: Path, share: float
) -> None:
    number = int(share * 10_000)
    jobs, whole_group = 1 + number % 2, bool(number // 2 % 2)  # not the whole group: its readers must end by themselves
    commands = Commands(tmp_path, environment(undisturbed.second, undisturbed.sources, 9))
    commands.killed_after(share * rebuilt.seconds[jobs], *rebuild_command(tmp_path, jobs), whole_group=whole_group)
    rebuild_goes_on(commands, tmp_path, rebuilt, undisturbed, jobs)


# ---- PostgreSQL -------------------------------------------------------------------------


@dataclass(frozen=True)
class Server:
    """Databases of a server."""

    url: URL

    def named(self, name: str) -> str:
        return self.url.set(database=name).render_as_string(hide_password=False)

    def copy(self, of: str | None = None) -> str:
        """The URL of a new database, a copy of another if one is given."""
        name = f"killed_{uuid4().hex}"
        administer(self.url, f"create database {name}" + (f" template {make_url(of).database}" if of else ""))
        return self.named(name)

    def drop(self, url: str) -> None:
        administer(self.url, f"drop database {make_url(url).database} with (force)")

    def wait_until_left(self, url: str) -> None:
        """Wait until the server has noticed that a client is gone: it looks when the statement under way has ended."""
        engine = create_engine(self.url)
        asked = text("select count(*) from pg_stat_activity where datname = :name")
        until = time.monotonic() + 30
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            while connection.execute(asked, {"name": make_url(url).database}).scalar_one():
                assert time.monotonic() < until
                time.sleep(0.05)
        engine.dispose()


@pytest.fixture(scope="session")
def server(postgresql_server: URL) -> Server:
    return Server(postgresql_server)


@pytest.fixture(scope="session")
def first_on_postgresql(server: Server, undisturbed: Undisturbed) -> Iterator[str]:
    url = server.copy()
    there, here = make_engine(make_url(url_of(undisturbed.first))), open_database(url)
    with there.connect() as connection:
        for slug in sources_in(connection):
            Store(here).copy_source(slug, there)
    there.dispose()
    here.dispose()
    yield url
    server.drop(url)


@dataclass(frozen=True)
class OnPostgresql:
    """The second look, stored on PostgreSQL."""

    commands: Commands
    url: str
    first: str
    server: Server
    second: Second
    undisturbed: Undisturbed

    def goes_on(self) -> None:
        """After a kill: nothing is half there, and the same command brings what is missing."""
        after = url_of(self.undisturbed.second)
        self.commands.assert_none_left()
        self.server.wait_until_left(self.url)
        assert_no_half_source(self.url, self.first, after)
        done = self.commands.run_prepared(*HARVEST, SECOND)
        assert done.returncode == 0, done.stderr
        assert_databases_equal(self.url, after)
        assert_archive_is_complete(self.second.data, self.undisturbed.bodies, self.url)


@pytest.fixture
def there(second: Second, undisturbed: Undisturbed, server: Server, first_on_postgresql: str) -> Iterator[OnPostgresql]:
    url = server.copy(first_on_postgresql)
    commands = Commands(second.commands.folder, {**second.commands.environment, "MICROCRED_DATABASE_URL": url})
    yield OnPostgresql(commands, url, first_on_postgresql, server, second, undisturbed)
    server.drop(url)


@pytest.mark.faults
@pytest.mark.parametrize(
    "place",
    [Place("torn", 30), Place("scrapers.warc:RunWriter._finish", 1, "after"), Place("models.store:load_history"),
     Place(STORING, 1, "after"), Place(STORING, 2)],
    ids=str,
)  # fmt: skip
def test_a_harvest_on_postgresql_killed_at_a_stage(there: OnPostgresql, place: Place) -> None:
    there.commands.killed_at(place, *HARVEST, SECOND)
    there.goes_on()


@pytest.mark.faults
@pytest.mark.parametrize("share", moments(KILLS_ON_POSTGRESQL, "harvest on PostgreSQL"))
def test_a_harvest_on_postgresql_killed_at_any_moment(there: OnPostgresql, share: float) -> None:
    there.commands.killed_after(share * there.undisturbed.seconds, *HARVEST, SECOND, whole_group=True)
    there.goes_on()


@pytest.fixture(scope="session")
def on_postgresql(
    server: Server, undisturbed: Undisturbed, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Migrating]:
    old = server.copy()
    filled(undisturbed, old)
    made = migrated(tmp_path_factory.mktemp("old"), old, lambda: server.copy(old))
    yield made
    server.drop(made.new)
    server.drop(old)


@pytest.mark.faults
@pytest.mark.parametrize("nth", [1, 10, 40, 100])
def test_a_migration_on_postgresql_killed_at_any_statement(
    on_postgresql: Migrating, server: Server, tmp_path: Path, nth: int
) -> None:
    url = on_postgresql.fresh()
    commands = Commands(tmp_path, database_environment(tmp_path, url))
    commands.killed_at(Place("statement", nth), "db", "upgrade")
    server.wait_until_left(url)
    migration_goes_on(commands, on_postgresql, url)
    server.drop(url)


@pytest.mark.faults
@pytest.mark.parametrize("share", moments(KILLS_ON_POSTGRESQL, "migration on PostgreSQL"))
def test_a_migration_on_postgresql_killed_at_any_moment(
    on_postgresql: Migrating, server: Server, tmp_path: Path, share: float
) -> None:
    url = on_postgresql.fresh()
    commands = Commands(tmp_path, database_environment(tmp_path, url))
    commands.killed_after(share * on_postgresql.seconds, "db", "upgrade", whole_group=True)
    server.wait_until_left(url)
    migration_goes_on(commands, on_postgresql, url)
    server.drop(url)
