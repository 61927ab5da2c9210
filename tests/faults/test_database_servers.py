"""A PostgreSQL server that is stopped, and the file of a SQLite database that is taken away, in mid-run."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import failing_databases as failing
import pytest
from command_line import COMMAND, in_this_process, without_ours
from databases import administer
from harvest_places import (
    AS_OF,
    LONG_SECONDS,
    SOURCES,
    Place,
    look,
    on_postgresql,
    on_sqlite,
    outcomes,
    place,
    site,
    undisturbed,
)
from sqlalchemy import Engine, text

from models.database import DatabaseMoved, open_database, writing
from models.patience import PATIENCE_SECONDS
from models.records import Outcome, RunRecord
from sandbox.server import Site

__all__ = ["on_postgresql", "on_sqlite", "place", "site", "undisturbed"]

# --------------------------------------------------------------------------------------
# The server stopped
# --------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def server() -> Iterator[failing.Server]:
    with failing.server_of_its_own() as running:
        yield running


@pytest.fixture
def on_own_server(server: failing.Server, site: Site, tmp_path: Path) -> Iterator[Place]:
    name = "observatory"
    administer(server.url, f"create database {name}")
    url = server.url.set(database=name).render_as_string(hide_password=False)
    open_database(url).dispose()
    yield Place(site, tmp_path, url)
    if not server.is_running():
        server.start()
    administer(server.url, f"drop database {name} with (force)")


def stopped_at(
    place: Place, server: failing.Server, at: int, *, mode: str, seconds: float, patience: float
) -> dict[str, RunRecord]:
    """Harvest, and have the server stopped at a moment of the load and started again after a while."""
    starter = threading.Timer(seconds, server.start)

    def stop() -> None:
        server.stop(mode)
        starter.start()

    runs = place.harvest(patience, failing.Moments(at, stop))
    starter.join()
    return runs


@pytest.mark.parametrize("mode", ["fast", "immediate"])
@pytest.mark.faults
def test_a_server_that_is_restarted_in_mid_load_is_waited_for(
    on_own_server: Place, server: failing.Server, undisturbed: Engine, mode: str
) -> None:
    runs = stopped_at(on_own_server, server, 12, mode=mode, seconds=1, patience=LONG_SECONDS)
    assert outcomes(runs) == [Outcome.OK, Outcome.OK]
    on_own_server.assert_right(undisturbed)


@pytest.mark.faults
@pytest.mark.parametrize("mode", ["fast", "immediate"])
@pytest.mark.parametrize("at", [3, 30])
def test_a_server_gone_for_a_minute_is_waited_for_with_the_patience_that_is_set_by_default(
    on_own_server: Place, server: failing.Server, undisturbed: Engine, mode: str, at: int
) -> None:
    runs = stopped_at(on_own_server, server, at, mode=mode, seconds=60, patience=PATIENCE_SECONDS)
    assert outcomes(runs) == [Outcome.OK, Outcome.OK]
    on_own_server.assert_right(undisturbed)


@pytest.mark.faults
def test_a_server_that_stays_away_is_given_up_once_for_all_sources(
    on_own_server: Place, server: failing.Server, undisturbed: Engine
) -> None:
    began: list[float] = []

    def stop() -> None:
        server.stop("fast")
        began.append(time.monotonic())

    with on_own_server.opened(3) as observatory:
        failing.Moments(12, stop).on(observatory.engine)
        runs = look(observatory)
    took = time.monotonic() - began[0]
    assert outcomes(runs) == [Outcome.FAILED, Outcome.FAILED]
    assert all("start it, or mend MICROCRED_DATABASE_URL" in run.reason for run in runs.values())
    assert 3 <= took < 3 + 3, "the second source waited anew"
    server.start()
    assert outcomes(on_own_server.harvest(0)) == [Outcome.OK, Outcome.OK]
    on_own_server.assert_right(undisturbed)


@pytest.mark.parametrize("mode", ["fast", "immediate"])
def test_a_question_that_is_cut_off_is_told_of_as_such(on_own_server: Place, server: failing.Server, mode: str) -> None:
    asking = subprocess.Popen(
        [str(COMMAND), "query", "--sql", "select pg_sleep(60)"], text=True, stderr=subprocess.PIPE,
        cwd=on_own_server.folder, env=without_ours() | {"MICROCRED_DATABASE_URL": on_own_server.url},
    )  # fmt: skip
    wait_until_asked(on_own_server.url, "pg_sleep(60)")
    server.stop(mode)
    server.start()
    _, said = asking.communicate(timeout=60)
    assert asking.returncode == 1
    assert "does not understand" not in said
    assert "start it, or mend MICROCRED_DATABASE_URL" in " ".join(said.split())
    assert "Traceback" not in said


def wait_until_asked(url: str, words: str) -> None:
    engine = open_database(url)
    asked = text("select count(*) from pg_stat_activity where query like :words and pid <> pg_backend_pid()")
    until = time.monotonic() + 30
    with engine.connect() as connection:
        while not connection.execute(asked, {"words": f"%{words}%"}).scalar_one():
            assert time.monotonic() < until
            connection.rollback()
            time.sleep(0.05)
    engine.dispose()


@pytest.mark.parametrize(
    "arguments", [pytest.param(("status",), marks=pytest.mark.faults), ("query", "--sql", "select * from run_log")]
)
def test_a_command_that_only_reads_says_what_is_locked_and_what_is_gone(
    on_own_server: Place,
    server: failing.Server,
    arguments: tuple[str, ...],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    environment = {"MICROCRED_DATABASE_URL": on_own_server.url, "MICROCRED_DATABASE_PATIENCE_SECONDS": "0.2"}
    with in_this_process(on_own_server.folder, monkeypatch, capsys, **environment) as run:
        with failing.table_locked(on_own_server.url, "run"):
            done = run(*arguments)
        assert done.returncode == 1
        assert "another command writes: wait until that has ended" in done.said
        server.stop("immediate")
        done = run(*arguments)
        server.start()
        assert done.returncode == 1
        assert "start it, or mend MICROCRED_DATABASE_URL" in done.said
        assert run(*arguments).returncode == 0


# --------------------------------------------------------------------------------------
# The file of SQLite taken away
# --------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["removed", pytest.param("replaced", marks=pytest.mark.faults)])
def test_a_file_that_is_taken_away_in_mid_load_is_missed(on_sqlite: Place, undisturbed: Engine, how: str) -> None:
    file, aside = on_sqlite.folder / "observatory.sqlite", on_sqlite.folder / "aside.sqlite"

    def take_away() -> None:
        file.rename(aside)
        if how == "replaced":
            file.write_bytes(b"")

    runs = on_sqlite.harvest(LONG_SECONDS, failing.Moments(12, take_away))
    assert outcomes(runs) == [Outcome.FAILED, Outcome.FAILED]
    what = "was removed" if how == "removed" else "was replaced by another"
    assert all(f"{file} {what} while it was in use" in run.reason for run in runs.values())
    assert file.exists() == (how == "replaced")
    aside.replace(file)
    assert outcomes(on_sqlite.harvest(0)) == [Outcome.OK, Outcome.OK]
    on_sqlite.assert_right(undisturbed)


def test_what_is_written_to_a_file_that_was_taken_away_is_not_taken_for_stored(tmp_path: Path) -> None:
    file = tmp_path / "observatory.sqlite"
    engine = open_database(f"sqlite:///{file}")

    def written_after_it_was_removed() -> None:
        with writing(engine) as connection:
            connection.execute(text("select 1"))
            file.unlink()

    with pytest.raises(DatabaseMoved, match="was removed"):
        written_after_it_was_removed()
    with pytest.raises(DatabaseMoved, match="was removed"), engine.connect() as connection:
        connection.execute(text("select 1"))
    engine.dispose()
    assert not file.exists()


WITHOUT_THE_RIGHTS_OF_ROOT = """\
import ctypes, os, sys
ctypes.CDLL(None).prctl(24, 1, 0, 0, 0)  # no CAP_DAC_OVERRIDE after the next exec
os.execv(sys.argv[1], sys.argv[1:])
"""


def test_a_file_that_cannot_be_written_is_said_with_what_to_do(on_sqlite: Place) -> None:
    folder = on_sqlite.folder / "shared"
    folder.mkdir()
    file = (on_sqlite.folder / "observatory.sqlite").rename(folder / "observatory.sqlite")
    file.chmod(0o444)
    folder.chmod(0o555)
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_THE_RIGHTS_OF_ROOT, str(COMMAND), "harvest", *SOURCES, *AS_OF], text=True,
        capture_output=True, check=False, timeout=120, cwd=on_sqlite.folder,
        env=without_ours() | {
            "MICROCRED_DATABASE_URL": f"sqlite:///{file}", "MICROCRED_LOOPBACK_PORT": str(on_sqlite.site.port)
        },
    )  # fmt: skip
    folder.chmod(0o755)
    assert done.returncode == 1, done.stderr
    assert "give yourself the right to" in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr
