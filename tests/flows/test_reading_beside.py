"""A process that reads beside the one that fetches gives what this one alone would give, and nothing hangs on it."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from flows import reading_beside
from flows.db_diff import differences
from flows.live import harvest_source, open_fetcher, simulated_clock
from flows.observatory import Observatory, open_observatory
from flows.packed import CLASSIFICATIONS, digest_of
from flows.reading_beside import PagesBeside, Reader, processors
from flows.settings import Settings
from flows.to_read import Made, ToClassify, ToRead
from models.classification import Classification
from models.records import Outcome, Page, PageFailure, Programme, RunRecord
from sandbox.server import Site, serve
from sandbox.world import World
from scrapers.source import discover

DAY = date(2024, 1, 1)
PAGE = Page(
    url="https://www.example.ac/soil", final_url="https://www.example.ac/soil", at=datetime(2024, 1, 1, tzinfo=UTC),
    status=200, content_type="text/html", body=b"<html></html>", digest="sha256:1",
)  # fmt: skip
CATALOGUES = ("nova_academy", "mitx_online", "cornwall_college")

pytestmark = pytest.mark.skipif(processors() < 2, reason="there is no second processor to read on")


@pytest.fixture
def site() -> Iterator[Site]:
    with serve(World(seed=3), day=DAY) as served:
        yield served


def look(observatory: Observatory, slug: str, *, ending_after: int | None = None) -> RunRecord:
    moment = datetime(DAY.year, DAY.month, DAY.day, tzinfo=UTC)
    met: list[Page | PageFailure] = []

    def on_page(page: Page | PageFailure) -> None:
        met.append(page)
        if len(met) == ending_after:
            [process] = observatory.reader._pool.processes  # type: ignore[union-attr]
            os.kill(process.pid, signal.SIGKILL)

    async def harvest() -> RunRecord:
        async with open_fetcher(observatory.settings, simulated_clock(observatory.settings, moment)) as fetcher:
            return await harvest_source(observatory, discover()[slug], fetcher, as_of=moment, on_page=on_page)

    return asyncio.run(harvest())


@pytest.fixture
def alone(site: Site, tmp_path: Path) -> Iterator[Observatory]:
    with open_observatory(settings(site, tmp_path / "alone")) as observatory:
        yield replace(observatory, reader=Reader(allowed=False))


class Noting(Reader):
    """A reader that remembers what it was given, and its processes."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.given: list[ToRead | ToClassify] = []
        self.processes: list[subprocess.Popen[bytes]] = []

    def submit(self, work: ToRead | ToClassify) -> Future[Made] | None:
        coming = super().submit(work)
        self.given.append(work)
        self.processes.extend(p for p in self._pool.processes if p not in self.processes)  # type: ignore[union-attr]
        return coming

    def pages(self, *, read_here: bool) -> int:
        """How many of the pages given had been read by the process that fetched them, or had not."""
        held = [entries for work in self.given if isinstance(work, ToRead) for _, entries in work.pages]
        return sum((entries is not None) is read_here for entries in held)


@pytest.fixture
def beside(site: Site, tmp_path: Path) -> Iterator[Observatory]:
    with open_observatory(settings(site, tmp_path / "beside")) as observatory:
        reader = Noting(worth_pages=1)
        yield replace(observatory, reader=reader)
        reader.close()


def settings(site: Site, folder: Path) -> Settings:
    return Settings(data_dir=folder, loopback_port=site.port, _env_file=None)


def pages_beside(reader: Reader, folder: Path, *, pages: int = 0) -> PagesBeside:
    file = folder / "readings.sqlite"
    return PagesBeside(reader, "nova_academy", DAY, readings=file, code_version="1", pages=pages)


def unequal(one: Observatory, other: Observatory) -> list[object]:
    """Return in what two databases differ, but for where pages lie and when they were answered."""
    found = [each for each in differences(one.engine, other.engine) if each.table != "capture"]
    assert found
    return [each for each in found if not each.is_equal]


def test_what_is_stored_is_the_same(alone: Observatory, beside: Observatory) -> None:
    for slug in CATALOGUES:
        assert look(alone, slug).outcome is Outcome.OK
        assert look(beside, slug).outcome is Outcome.OK
    assert reader_of(beside).pages(read_here=False) > 30
    assert unequal(alone, beside) == []


def test_what_is_read_here_for_want_of_room_there_is_made_there(
    alone: Observatory, beside: Observatory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading_beside, "BATCHES_MAX", 1)
    monkeypatch.setattr(reading_beside, "BATCH_PAGES", 3)
    reader = Noting(worth_pages=9)
    beside = replace(beside, reader=reader)
    for slug in CATALOGUES:
        look(alone, slug)
        look(beside, slug)
    first, second = [work for work in reader.given if isinstance(work, ToRead)][:2]
    assert [entries is None for _, entries in first.pages] == [True]  # the ninth page, at once: the process begins
    assert [entries is None for _, entries in second.pages] == [False] * 3  # of those before it
    assert reader.pages(read_here=True) > 20
    assert unequal(alone, beside) == []
    reader.close()


def test_after_a_large_walk_a_process_that_nobody_has_use_for_ends(
    beside: Observatory, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = reader_of(beside)
    look(beside, "cornwall_college")
    assert [process.poll() for process in reader.processes] == [None]
    monkeypatch.setattr(reading_beside, "LARGE_PAGES", 1)
    look(beside, "nova_academy")
    assert [process.wait(60) for process in reader.processes] == [0]
    look(beside, "mitx_online")
    assert [process.wait(60) for process in reader.processes] == [0, 0]


def test_it_ends_as_well_after_a_large_walk_of_which_nothing_is_read_there(
    beside: Observatory, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = reader_of(beside)
    look(beside, "nova_academy")
    given = len(reader.given)
    assert [process.poll() for process in reader.processes] == [None]
    monkeypatch.setattr(reading_beside, "LARGE_PAGES", 20)
    assert look_again(beside).outcome is Outcome.UNCHANGED
    assert len(reader.given) == given
    assert [process.wait(60) for process in reader.processes] == [0]


def test_a_process_stays_while_another_source_has_use_for_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading_beside, "LARGE_PAGES", 1)
    reader = Noting(worth_pages=1)
    one, other = (pages_beside(reader, tmp_path / name, pages=1) for name in ("one", "other"))
    assert one.take(PAGE)
    assert other.take(PAGE)
    asyncio.run(one.all_read())
    assert reader.has_begun()
    asyncio.run(other.all_read())
    assert not reader.has_begun()
    assert [process.wait(60) for process in reader.processes] == [0]
    reader.close()


def reader_of(observatory: Observatory) -> Noting:
    assert isinstance(observatory.reader, Noting)
    return observatory.reader


def test_when_the_process_is_killed_its_pages_are_read_here(alone: Observatory, beside: Observatory) -> None:
    run = look(beside, "nova_academy", ending_after=25)
    assert (run.outcome, run.problems) == (Outcome.OK, look(alone, "nova_academy").problems)
    assert unequal(alone, beside) == []
    assert look_again(beside).outcome is Outcome.UNCHANGED


def look_again(observatory: Observatory) -> RunRecord:
    later = datetime(2024, 1, 8, tzinfo=UTC)

    async def harvest() -> RunRecord:
        async with open_fetcher(observatory.settings, simulated_clock(observatory.settings, later)) as fetcher:
            return await harvest_source(observatory, discover()["nova_academy"], fetcher, as_of=later)

    return asyncio.run(harvest())


def test_a_process_is_begun_only_while_many_pages_come_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    quick = Reader(worth_pages=3)
    assert [quick.is_worth_it() for _ in range(4)] == [False, False, True, True]
    monkeypatch.setattr(reading_beside, "WORTH_SECONDS", -1)  # any time at all is too long
    slow = Reader(worth_pages=3)
    assert [slow.is_worth_it() for _ in range(4)] == [False] * 4


def test_it_can_be_forbidden(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MICROCRED_READER_PROCESS", "false")
    with open_observatory(settings(site, tmp_path)) as observatory:
        assert [observatory.reader.is_worth_it() for _ in range(reading_beside.WORTH_PAGES + 1)][-1] is False


def test_what_was_read_here_is_classified_where_the_rules_are_loaded(tmp_path: Path) -> None:
    programme = Programme(ref="soil", kind="course", title="Soil", url="https://www.example.ac/soil")
    reader = Reader(worth_pages=1)
    pages = pages_beside(reader, tmp_path)
    assert asyncio.run(pages.all_made([programme])) == {}  # no process has begun: it is classified here
    another = pages_beside(reader, tmp_path / "another")
    assert another.take(PAGE)
    assert pages.take(PAGE)

    async def made() -> Mapping[bytes, bytes]:
        await pages.all_read()
        return await pages.all_made([programme])

    try:
        found = asyncio.run(made())
    finally:
        reader.close()
    assert [type(CLASSIFICATIONS.record(packed)) for packed in found.values()] == [Classification]
    assert list(found) == [digest_of(programme)]
