"""A database that is locked, or whose connections are cut, while a run is stored: waited for, told of, made right."""

from __future__ import annotations

import threading
import time

import failing_databases as failing
import pytest
from command_line import in_this_process
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
from killed_runs import moments
from sqlalchemy import URL, Engine, text
from sqlalchemy.exc import OperationalError

from flows.settings import Settings
from models.patience import PATIENCE_SECONDS, Patience
from models.records import Outcome, RunRecord
from models.run_queries import stored_runs
from sandbox.server import Site

__all__ = ["on_postgresql", "on_sqlite", "place", "site", "undisturbed"]

# --------------------------------------------------------------------------------------
# Locked
# --------------------------------------------------------------------------------------


def test_the_setting_and_the_store_have_the_same_patience() -> None:
    assert Settings(_env_file=None).database_patience_seconds == PATIENCE_SECONDS
    assert PATIENCE_SECONDS > 60


def harvested_under_a_lock(
    place: Place, lock_seconds: float, patience_seconds: float
) -> tuple[dict[str, RunRecord], float]:
    """Harvest while somebody else holds a lock, and return the runs and how long it took."""
    release = threading.Event()
    is_locked = threading.Event()

    def hold() -> None:
        with failing.locked(place.url):
            is_locked.set()
            release.wait(timeout=lock_seconds)

    holder = threading.Thread(target=hold)
    holder.start()
    assert is_locked.wait(timeout=20)
    began = time.monotonic()
    runs = place.harvest(patience_seconds)
    took = time.monotonic() - began
    holder.join()
    return runs, took


def test_a_lock_that_ends_is_waited_for(place: Place, undisturbed: Engine) -> None:
    runs, took = harvested_under_a_lock(place, 1.5, LONG_SECONDS)
    assert outcomes(runs) == [Outcome.OK, Outcome.OK]
    assert took >= 1.5
    place.assert_right(undisturbed)


@pytest.mark.faults
def test_a_lock_of_more_than_a_minute_is_waited_for_with_the_patience_that_is_set_by_default(
    place: Place, undisturbed: Engine
) -> None:
    runs, took = harvested_under_a_lock(place, 70, PATIENCE_SECONDS)
    assert outcomes(runs) == [Outcome.OK, Outcome.OK]
    assert took >= 70
    place.assert_right(undisturbed)


def test_a_lock_that_stays_is_told_of_and_the_next_harvest_takes_in_what_was_read(
    place: Place, undisturbed: Engine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    environment = {
        "MICROCRED_DATABASE_URL": place.url,
        "MICROCRED_LOOPBACK_PORT": str(place.site.port),
        "MICROCRED_DATABASE_PATIENCE_SECONDS": "0.3",
    }
    with in_this_process(place.folder, monkeypatch, capsys, **environment) as run:
        with failing.locked(place.url):
            done = run("harvest", *SOURCES, *AS_OF)
        assert done.returncode == 1
        assert done.said.count("another command writes: wait until that has ended; then `microcred harvest") >= 2
        assert "Traceback" not in done.stderr
        done = run("harvest", *SOURCES, *AS_OF)
        assert done.returncode == 0, done.stderr
        assert done.said.count("the run of 2024-06-01 00:00 was archived and not stored: it is now") == 2
    place.assert_right(undisturbed)


# --------------------------------------------------------------------------------------
# Connections cut
# --------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def moments_of_a_load(
    site: Site, postgresql_server: URL, migrated_postgresql: str, tmp_path_factory: pytest.TempPathFactory
) -> int:
    """How many statements and commits it takes on PostgreSQL to store both sources."""
    name = "moments_of_a_load"
    administer(postgresql_server, f"create database {name} template {migrated_postgresql}")
    url = postgresql_server.set(database=name).render_as_string(hide_password=False)
    counted = failing.Moments()
    Place(site, tmp_path_factory.mktemp("moments"), url).harvest(0, counted)
    administer(postgresql_server, f"drop database {name} with (force)")
    assert counted.seen > 40
    return counted.seen


def cut_at(place: Place, at: int, *, unheard: bool = False) -> None:
    cuts: list[int] = []
    fault = failing.Moments(at, lambda: cuts.append(failing.cut(place.url)), unheard=unheard)
    runs = place.harvest(LONG_SECONDS, fault)
    assert sum(cuts) > 0, "nothing was cut"
    assert outcomes(runs) == [Outcome.OK, Outcome.OK]


@pytest.mark.parametrize(
    "share", [pytest.param(0.0, marks=pytest.mark.faults), 0.6, pytest.param(1.0, marks=pytest.mark.faults)]
)
def test_a_load_whose_connection_is_cut_is_done_again(
    on_postgresql: Place, undisturbed: Engine, moments_of_a_load: int, share: float
) -> None:
    cut_at(on_postgresql, max(1, round(share * moments_of_a_load)))
    on_postgresql.assert_right(undisturbed)


def test_a_load_that_was_committed_unheard_is_not_stored_twice(on_postgresql: Place, undisturbed: Engine) -> None:
    cut_at(on_postgresql, 0, unheard=True)
    on_postgresql.assert_right(undisturbed)


@pytest.mark.faults
@pytest.mark.parametrize("share", moments(20, "connections cut"))
def test_a_load_whose_connection_is_cut_at_any_moment_is_done_again(
    on_postgresql: Place, undisturbed: Engine, moments_of_a_load: int, share: float
) -> None:
    cut_at(on_postgresql, max(1, round(share * moments_of_a_load)))
    on_postgresql.assert_right(undisturbed)


@pytest.mark.faults
def test_connections_cut_between_two_sources_are_opened_again(on_postgresql: Place, undisturbed: Engine) -> None:
    with on_postgresql.opened(0) as observatory:
        first = look(observatory, SOURCES[:1])
        assert failing.cut(on_postgresql.url) > 0
        second = look(observatory, SOURCES[1:])
    assert outcomes(first | second) == [Outcome.OK, Outcome.OK]
    on_postgresql.assert_right(undisturbed)


def test_without_patience_one_source_is_lost_and_the_other_is_not(
    on_postgresql: Place, undisturbed: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    with on_postgresql.opened(0) as observatory:
        failing.Moments(8, lambda: failing.cut(on_postgresql.url)).on(observatory.engine)
        runs = look(observatory)
        ended = sorted(runs.values(), key=lambda run: run.outcome)
        assert [run.outcome for run in ended] == [Outcome.FAILED, Outcome.OK]
        lost = ended[0]
        assert lost.reason.startswith("not stored: ")
        assert lost.reason.endswith(
            "start it, or mend MICROCRED_DATABASE_URL; `microcred db url` prints where it is; "
            f"then `microcred harvest {lost.source}` takes in what is in the archive of it"
        )
        assert "Traceback" not in caplog.text
        assert stored_runs(observatory.engine, lost.source) == {}
        assert rows_of(observatory.engine, lost.source) == 0
    assert on_postgresql.harvest(0)[lost.source].outcome is Outcome.OK
    on_postgresql.assert_right(undisturbed)


def rows_of(engine: Engine, slug: str) -> int:
    with engine.connect() as connection:
        return int(
            connection.execute(text("select count(*) from programme where source = :slug"), {"slug": slug}).scalar_one()
        )


# --------------------------------------------------------------------------------------
# Patience
# --------------------------------------------------------------------------------------


def test_what_does_not_pass_by_itself_is_not_tried_again(engine: Engine) -> None:
    tried: list[int] = []

    def wrong() -> None:
        tried.append(1)
        with engine.connect() as connection:
            connection.execute(text("select * from no_such_table"))

    with pytest.raises(Exception, match="no_such_table"):
        Patience(LONG_SECONDS).repeated(wrong)
    assert tried == [1]


def test_patience_is_counted_from_the_first_failure_of_a_row_and_anew_after_a_success() -> None:
    patience = Patience(0.6)
    failures = 0

    def gone() -> None:
        nonlocal failures
        failures += 1
        raise OperationalError(None, None, Exception("gone"), connection_invalidated=True)

    began = time.monotonic()
    with pytest.raises(OperationalError):
        patience.repeated(gone)
    assert 0.6 <= time.monotonic() - began < 2
    assert failures > 2
    began, failures = time.monotonic(), 0
    with pytest.raises(OperationalError):
        patience.repeated(gone)
    assert time.monotonic() - began < 0.3
    assert failures == 1
    assert patience.repeated(lambda: "there") == "there"
    with pytest.raises(OperationalError):
        patience.repeated(gone)
    assert failures > 2


def test_a_database_that_another_source_finds_again_at_that_very_moment_is_tried_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Several sources share one patience, each in a thread of its own."""
    patience = Patience(LONG_SECONDS)
    tries = iter((OperationalError(None, None, Exception("gone"), connection_invalidated=True), None))

    def once_gone() -> str:
        if (error := next(tries)) is not None:
            raise error
        return "there"

    def told(*_: object) -> None:
        other = threading.Thread(target=patience.repeated, args=(lambda: None,))
        other.start()
        other.join()

    monkeypatch.setattr("models.patience.log.warning", told)
    assert patience.repeated(once_gone) == "there"
