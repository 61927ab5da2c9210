"""Processes that read for this one, killed at any moment: what they read is read again, and nothing waits for ever."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, CancelledError, wait
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import dying_work
import pytest
from dying_work import doubled, half_an_answer, killed, refused, slowly_doubled, unsendable
from killed_runs import SEED, moments

import flows
from flows import engines
from flows.db_diff import differences
from flows.live import harvest_source, harvest_sources, open_fetcher, simulated_clock
from flows.observatory import Observatory, open_observatory
from flows.processes import Processes
from flows.reading_beside import Reader, processors
from flows.rebuild import archived_sources, plan_of, rebuild
from flows.settings import Settings
from models.records import Outcome, Page, PageFailure, RunRecord
from models.store import Store, open_database
from sandbox.server import Site, serve
from sandbox.world import World
from scrapers.source import discover

pytestmark = pytest.mark.skipif(processors() < 2, reason="there is no second processor to read on")

WITHIN_SECONDS = 60
"""Far more than any of this takes; what waits for ever is found by it."""
CATALOGUES = ("cornwall_college", "opensap")
DAYS = tuple(datetime(2024, month, 1, tzinfo=UTC) for month in (1, 4, 7))


# --------------------------------------------------------------------------------------
# The processes themselves
# --------------------------------------------------------------------------------------


def test_work_is_done_by_as_many_processes_as_there_is_work_for() -> None:
    with Processes(2) as pool:
        assert pool.submit(doubled, 4).result(WITHIN_SECONDS) == 8
        assert pool.submit(doubled, 5).result(WITHIN_SECONDS) == 10
        assert len(pool.processes) == 1
        futures = [pool.submit(doubled, number) for number in range(20)]
        assert [future.result(WITHIN_SECONDS) for future in futures] == [2 * number for number in range(20)]
        assert len(pool.processes) == 2
        with pytest.raises(ValueError, match="not today"):
            pool.submit(refused, "not today").result(WITHIN_SECONDS)
        with pytest.raises(TypeError, match="cannot be sent"):
            pool.submit(unsendable).result(WITHIN_SECONDS)
        with pytest.raises(Exception, match="pickle"):
            pool.submit(unsendable()).result(WITHIN_SECONDS)
        assert pool.submit(doubled, 6).result(WITHIN_SECONDS) == 12
    assert [process.returncode for process in pool.processes] == [0, 0]
    with pytest.raises(RuntimeError, match="told to end"):
        pool.submit(doubled, 7)


@pytest.mark.parametrize("death", [killed, half_an_answer])
def test_a_process_that_is_killed_fails_what_it_did_and_what_waits(death: Callable[[], object]) -> None:
    with Processes(1) as pool:
        first = pool.submit(doubled, 1)
        dying = pool.submit(death)
        waiting = [pool.submit(doubled, number) for number in range(3)]
        done, late = wait([dying, *waiting], WITHIN_SECONDS)
        assert late == set()
        assert first.result() == 2
        assert all(isinstance(future.exception(), BrokenExecutor) for future in done)
        with pytest.raises(BrokenExecutor, match="exit code -9"):
            pool.submit(doubled, 1)


def test_what_another_process_is_at_comes_to_its_end() -> None:
    with Processes(2) as pool:
        slow = pool.submit(slowly_doubled, 3, 3.0)
        pool.submit(killed)
        assert slow.result(WITHIN_SECONDS) == 6


def test_what_has_not_begun_can_be_given_up() -> None:
    pool = Processes(1)
    began = pool.submit(slowly_doubled, 1, 0.5)
    while not began.running():
        time.sleep(0.01)
    waiting = pool.submit(doubled, 1)
    pool.shutdown(cancel_futures=True)
    assert began.result() == 2
    with pytest.raises(CancelledError):
        waiting.result()


def test_the_program_that_runs_is_not_loaded_again(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(
        """\
import sys
from dying_work import doubled
from flows.processes import Processes
print("loaded", file=sys.stderr)
if __name__ == "__main__":
    with Processes(2) as pool:
        print(pool.submit(doubled, 4).result(60), sys.modules["__main__"].__file__ == __file__)
""",
        encoding="utf-8",
    )
    path = os.pathsep.join([str(Path(dying_work.__file__).parent), str(Path(flows.__file__).parent.parent)])
    ran = subprocess.run(
        [sys.executable, str(program)],
        env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True, check=True, timeout=WITHIN_SECONDS,
    )  # fmt: skip
    assert (ran.stdout, ran.stderr) == ("8 True\n", "loaded\n")


# --------------------------------------------------------------------------------------
# Reading beside a harvest
# --------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with serve(World(seed=3), day=DAYS[0].date()) as served:
        yield served


@contextmanager
def opened(site: Site, folder: Path) -> Iterator[Observatory]:
    with open_observatory(Settings(data_dir=folder, loopback_port=site.port, _env_file=None)) as observatory:
        yield observatory


def look(observatory: Observatory, slug: str, on_page: Callable[[], object] = lambda: None) -> RunRecord:
    def page(_: Page | PageFailure) -> None:
        on_page()

    async def harvest() -> RunRecord:
        async with open_fetcher(observatory.settings, simulated_clock(observatory.settings, DAYS[0])) as fetcher:
            return await harvest_source(observatory, discover()[slug], fetcher, as_of=DAYS[0], on_page=page)

    return asyncio.run(harvest())


@pytest.fixture(scope="module")
def alone(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Observatory]:
    site.set_day(DAYS[0].date())
    with opened(site, tmp_path_factory.mktemp("alone")) as observatory:
        here = replace(observatory, reader=Reader(allowed=False))
        assert look(here, "nova_academy").outcome is Outcome.OK
        yield here


@dataclass
class Killer:
    """Kills a process of a reader so many pages, or seconds, after it has begun."""

    reader: Reader
    after_pages: int
    after_seconds: float = 0.0
    pages: int = 0
    struck: bool = False

    def __call__(self) -> None:
        self.pages += 1
        if self.pages == self.after_pages and self.reader._pool is not None:
            threading.Timer(self.after_seconds, self._strike, [self.reader._pool.processes[0].pid]).start()

    def _strike(self, process: int) -> None:
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
            self.struck = True


def killed_beside(site: Site, folder: Path, alone: Observatory, killer_of: Callable[[Reader], Killer]) -> None:
    site.set_day(DAYS[0].date())
    with opened(site, folder) as observatory:
        reader = Reader(worth_pages=1)
        here, killer = replace(observatory, reader=reader), killer_of(reader)
        run = look(here, "nova_academy", killer)
        reader.close()
        assert run.outcome is Outcome.OK
        assert reader._pool is None
        found = [one for one in differences(alone.engine, here.engine) if one.table != "capture"]
        assert len(found) > 10
        assert [one for one in found if not one.is_equal] == []


@pytest.mark.faults  # tests/flows/test_reading_beside.py has one that is quicker
def test_a_reader_killed_beside_a_harvest_costs_nothing(site: Site, tmp_path: Path, alone: Observatory) -> None:
    killed_beside(site, tmp_path, alone, lambda reader: Killer(reader, after_pages=25))


@pytest.mark.faults
@pytest.mark.parametrize("share", moments(20, "a reader beside"))
def test_a_reader_killed_beside_a_harvest_at_any_moment_costs_nothing(
    site: Site, tmp_path: Path, alone: Observatory, share: float
) -> None:
    killed_beside(site, tmp_path, alone, lambda reader: Killer(reader, after_pages=20, after_seconds=4 * share))


# --------------------------------------------------------------------------------------
# Reading for a rebuild
# --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Archived:
    """An archive of three looks, the database that one process makes of it, and how long two take."""

    observatory: Observatory
    alone: Observatory
    seconds: float


@pytest.fixture(scope="module")
def archived(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archived]:
    folder = tmp_path_factory.mktemp("archived")
    with opened(site, folder) as observatory:
        for day in DAYS:
            site.set_day(day.date())
            runs = asyncio.run(harvest_sources(observatory, [discover()[slug] for slug in CATALOGUES], as_of=day))
            assert all(run.outcome in {Outcome.OK, Outcome.UNCHANGED} for run in runs)
        alone = rebuilt(observatory, folder / "alone.sqlite", jobs=1)
        began = time.monotonic()
        rebuilt(observatory, folder / "two.sqlite", jobs=2).engine.dispose()
        yield Archived(observatory, alone, time.monotonic() - began)
        alone.engine.dispose()


def rebuilt(observatory: Observatory, file: Path, jobs: int) -> Observatory:
    engine = open_database(f"sqlite:///{file}")
    into = replace(observatory, engine=engine, store=Store(engine))
    plans = [plan_of(into.archive, slug, ()) for slug in archived_sources(into.archive)]
    assert [done.failed for done in rebuild(into, plans, jobs=jobs)] == [[]] * len(CATALOGUES)
    return into


def killed_in_a_rebuild(
    archived: Archived, file: Path, monkeypatch: pytest.MonkeyPatch, seconds: float, which: int
) -> bool:
    """Rebuild with two processes and kill one of them so many seconds after the first was begun."""
    pools: list[Processes] = []

    def pool(size: int) -> Processes:
        pools.append(Processes(size))
        return pools[-1]

    struck = threading.Event()

    def strike() -> None:
        processes = [process for made in pools for process in made.processes if process.poll() is None]
        if processes:
            struck.set()
            processes[which % len(processes)].kill()

    monkeypatch.setattr(engines, "Processes", pool)
    timer = threading.Timer(seconds, strike)
    timer.start()
    into = rebuilt(archived.observatory, file, jobs=2)
    timer.cancel()
    timer.join()
    found = list(differences(archived.alone.engine, into.engine))
    into.engine.dispose()
    assert len(found) > 10 * len(CATALOGUES)
    assert [one for one in found if not one.is_equal] == []
    return struck.is_set()


@pytest.mark.faults  # tests/flows/test_engines.py has one that is quicker
def test_a_reader_killed_in_a_rebuild_costs_what_it_was_reading(
    archived: Archived, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert killed_in_a_rebuild(archived, tmp_path / "again.sqlite", monkeypatch, 0.5 * archived.seconds, 0)


@pytest.mark.faults
@pytest.mark.parametrize("share", moments(20, "a reader of a rebuild"))
def test_a_reader_killed_in_a_rebuild_at_any_moment_costs_what_it_was_reading(
    archived: Archived, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, share: float
) -> None:
    which = random.Random(f"{SEED} {share}").randrange(2)
    killed_in_a_rebuild(archived, tmp_path / "again.sqlite", monkeypatch, share * archived.seconds, which)
