"""A clock that jumps: waits go by another one, and a look speaks for its time whenever it is stored."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
import time_machine
from hypothesis import given, settings
from hypothesis import strategies as st
from live_site import BASE, STARTED, Observed, observed, slept
from live_site import Site as OneHost
from sqlalchemy import text
from virtual_time import run_virtually

from flows.db_diff import differences
from flows.live import due_sources, harvest_source, harvest_sources, open_fetcher
from flows.observatory import Observatory, open_observatory
from flows.rebuild import archived_sources, plan_of, rebuild
from flows.settings import Settings
from flows.showing import status_of
from models.records import Outcome, Page, PageFailure, RunRecord
from models.store import Store, open_database
from sandbox.server import Site, serve
from sandbox.world import World
from scrapers import hosts
from scrapers.client import FetchLimits
from scrapers.hosts import Hosts
from scrapers.pace import HostPace
from scrapers.robots import ROBOTS_AGE_MAX, Rules
from scrapers.run_fetch import RunFetch
from scrapers.source import discover

__all__ = ["observed", "slept"]

SLUG = "opensap"
DAY = datetime(2024, 6, 1, tzinfo=UTC)
YEAR_SECONDS = 366 * 86400.0
EPSILON = 1e-2

JUMPS = st.floats(-YEAR_SECONDS, YEAR_SECONDS)
DELAYS = st.floats(0.01, 60)


# --------------------------------------------------------------------------------------
# Waits
# --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Turn:
    """A request: how long after the one before it is wanted, its least delay, and a pause begun just before."""

    after: float
    delay: float
    pause: float
    jump: float


TURNS = st.lists(
    st.builds(Turn, after=st.floats(0, 90), delay=DELAYS, pause=st.one_of(st.just(0.0), st.floats(0, 300)), jump=JUMPS),
    min_size=2,
    max_size=12,
)


@settings(max_examples=60)
@given(TURNS)
def test_a_pace_is_kept_and_nobody_waits_longer_however_the_clock_jumps(turns: list[Turn]) -> None:
    async def go(clock: time_machine.Traveller) -> list[tuple[Turn, float, float]]:
        pace, loop = HostPace(), asyncio.get_running_loop()
        gone: list[tuple[Turn, float, float]] = []
        for turn in turns:
            await asyncio.sleep(turn.after)
            clock.shift(turn.jump)
            wanted = loop.time()
            pace.pause(turn.pause)
            await pace.turn(turn.delay)
            gone.append((turn, wanted, loop.time()))
        return gone

    with time_machine.travel(DAY) as clock:
        gone = run_virtually(go(clock))
    longest = 0.0
    for number, (turn, wanted, went) in enumerate(gone):
        longest = max(longest, turn.delay)
        assert went >= wanted + turn.pause - EPSILON
        assert went <= wanted + turn.pause + longest + EPSILON
        if number:
            assert went >= gone[number - 1][2] + longest - EPSILON


@settings(max_examples=60)
@given(st.lists(st.tuples(st.floats(0, 20 * 3600), st.floats(-20 * 3600, 20 * 3600)), min_size=1, max_size=8))
def test_rules_of_a_host_are_never_used_longer_than_a_day_however_the_clock_jumps(
    steps: list[tuple[float, float]],
) -> None:
    day = ROBOTS_AGE_MAX.total_seconds()

    async def go() -> None:
        wall = DAY
        shared = Hosts(limits=FetchLimits(), clock=lambda: wall, loopback_port=1, paced=True, tls=None)
        shared.keep_rules("https://a.example", Rules.none("no robots.txt (404)", wall))
        elapsed = by_wall = 0.0
        for seconds, jump in steps:
            await asyncio.sleep(seconds)
            elapsed += seconds
            by_wall += seconds + jump
            wall = DAY + timedelta(seconds=by_wall)
            is_kept = shared.rules("https://a.example") is not None
            assert is_kept == (elapsed < day and abs(by_wall) < day) or abs(abs(by_wall) - day) < 1
            assert not is_kept or elapsed < day

    run_virtually(go())


def test_rules_are_read_again_in_time_although_the_clock_stands_still(
    site: OneHost, observed: Observed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hosts, "ROBOTS_AGE_MAX", timedelta(seconds=0.2))
    monkeypatch.setattr("live_site.Clock.__call__", lambda clock: clock.now)
    site.on("/a", b"a")
    site.on("/robots.txt", b"User-agent: *\n")

    async def walk(fetch: RunFetch) -> None:
        for wait in (0.0, 0.0, 0.3):
            await asyncio.sleep(wait)
            await fetch.get(f"{BASE}/a")

    observed.run(walk)
    assert site.times("/robots.txt") == 2


@pytest.mark.parametrize("years", [-1, 0, 1])
def test_a_date_to_wait_for_is_read_by_the_clock_of_the_host(
    site: OneHost, observed: Observed, slept: list[float], years: int
) -> None:
    until = format_datetime(datetime.now(UTC) + timedelta(seconds=120), usegmt=True)
    replies = [
        site.reply(status=503, headers={"retry-after": until}),
        site.reply(b"there"),
    ]
    site.on("/a", replies)
    ran = observed.get(
        f"{BASE}/a", paced=True, source=observed.source(pace_seconds=0), started=STARTED + timedelta(days=366 * years)
    )
    assert ran.result.body == b"there"
    assert slept == [pytest.approx(120, abs=3)]


def test_a_date_that_has_gone_by_is_no_leave_to_ask_at_once(
    site: OneHost, observed: Observed, slept: list[float]
) -> None:
    gone_by = format_datetime(datetime(2001, 1, 1, tzinfo=UTC), usegmt=True)
    site.on("/a", b"later", status=503, headers={"retry-after": gone_by})
    observed.failing(f"{BASE}/a", paced=True, source=observed.source(pace_seconds=0))
    assert len(slept) == 3
    assert all(wait > least for wait, least in zip(slept, (0.4, 0.9, 1.9), strict=True))


# --------------------------------------------------------------------------------------
# Looks
# --------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def world() -> Iterator[Site]:
    with serve(World(seed=3), day=DAY.date()) as served:
        yield served


@pytest.fixture
def here(world: Site, tmp_path: Path) -> Iterator[Observatory]:
    with opened(world, tmp_path / "here") as observatory:
        yield observatory


@pytest.fixture
def there(world: Site, tmp_path: Path) -> Iterator[Observatory]:
    with opened(world, tmp_path / "there") as observatory:
        yield observatory


def opened(world: Site, folder: Path) -> AbstractContextManager[Observatory]:
    return open_observatory(Settings(data_dir=folder, loopback_port=world.port, reader_process=False, _env_file=None))


def look(observatory: Observatory, world: Site, moment: datetime) -> RunRecord:
    """Look at the catalogue as it was on the day of a moment, which the clock says it is."""
    world.set_day(moment.date())
    [run] = asyncio.run(harvest_sources(observatory, [discover()[SLUG]], as_of=moment))
    return run


def differing(one: Observatory, other: Observatory, *but: str) -> list[object]:
    found = list(differences(one.engine, other.engine))
    assert len(found) > 10
    return [table for table in found if table.table not in but and not table.is_equal]


def months(*numbers: int) -> list[datetime]:
    return [datetime(2024, number, 1, tzinfo=UTC) for number in numbers]


@pytest.mark.faults
def test_looks_of_a_clock_that_was_set_back_give_the_history_of_looks_in_their_order(
    here: Observatory, there: Observatory, world: Site
) -> None:
    # Each speaks for the time that the clock said, and never takes the place of a later one.
    runs = [look(here, world, moment) for moment in months(6, 4, 5)]
    assert [run.outcome for run in runs] == [Outcome.OK] * 3
    for moment in months(4, 5, 6):
        look(there, world, moment)
    # A run says what it did when it was stored, which depends on what was known; and where its pages lie.
    assert differing(here, there, "run", "capture") == []


def test_a_look_at_a_time_that_was_looked_at_is_the_same_run_or_none(here: Observatory, world: Site) -> None:
    first = look(here, world, DAY)
    world.set_day(date(2024, 6, 1))
    assert look(here, world, DAY) == first
    world.fault("open.sap.com", "empty")
    [again] = asyncio.run(harvest_sources(here, [discover()[SLUG]], as_of=DAY))
    world.clear_faults()
    assert again.outcome is Outcome.FAILED
    assert "a run is never overwritten" in again.reason
    with here.engine.connect() as connection:
        assert connection.execute(text("select count(*) from run")).scalar_one() == 1


def test_a_clock_set_back_in_mid_run_leaves_the_look_whole(here: Observatory, world: Site, tmp_path: Path) -> None:
    world.set_day(DAY.date())

    def harvest(moment: datetime, jump_seconds: float, slug: str = "cornwall_college") -> RunRecord:
        async def go() -> RunRecord:
            with time_machine.travel(moment) as clock:
                pages = itertools.count()

                def on_page(page: Page | PageFailure) -> None:
                    del page
                    if next(pages) == 3:
                        clock.shift(jump_seconds)

                async with open_fetcher(here.settings) as fetcher:
                    return await harvest_source(here, discover()[slug], fetcher, as_of=moment, on_page=on_page)

        return asyncio.run(go())

    first = harvest(DAY, -5 * 86400.0)
    assert (first.outcome, first.listings > 3) == (Outcome.OK, True)
    assert harvest(DAY + timedelta(days=7), 0).outcome is Outcome.UNCHANGED
    assert harvest(DAY + timedelta(days=14), -30 * 86400.0).outcome is Outcome.UNCHANGED
    with opened(world, tmp_path / "here") as again:
        into = open_rebuilt(again, tmp_path / "rebuilt.sqlite")
        assert [
            found for found in differences(here.engine, into.engine) if found.table != "run" and not found.is_equal
        ] == []
        into.engine.dispose()


def open_rebuilt(observatory: Observatory, file: Path) -> Observatory:
    """Make the database again from the archive, in another file."""
    engine = open_database(f"sqlite:///{file}")
    into = replace(observatory, engine=engine, store=Store(engine))
    plans = [plan_of(into.archive, slug, ()) for slug in archived_sources(into.archive)]
    assert [done.failed for done in rebuild(into, plans)] == [[]]
    return into


def test_a_clock_that_was_ahead_once_keeps_nobody_from_looking(
    here: Observatory, world: Site, caplog: pytest.LogCaptureFixture
) -> None:
    ahead = datetime(2036, 1, 1, tzinfo=UTC)
    assert look(here, world, ahead).outcome is Outcome.OK

    def is_due(moment: datetime) -> bool:
        return SLUG in {source.slug for source in due_sources(here, (), moment)}

    assert is_due(DAY)
    assert f"looks later than 2024-06-01 00:00 are stored of {SLUG}: either clock is wrong" in caplog.text
    assert look(here, world, DAY).outcome is Outcome.OK
    assert not is_due(DAY + timedelta(days=1))
    assert is_due(DAY + timedelta(days=8))
    assert not is_due(ahead + timedelta(hours=1))
    row = next(
        row for row in status_of(here.engine, here.settings, DAY + timedelta(days=40)).sources if row["source"] == SLUG
    )
    assert (row["state"], row["age_days"]) == ("stale", 40)
