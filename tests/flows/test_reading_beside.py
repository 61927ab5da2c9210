"""A process that reads beside the one that fetches gives what this one alone would give, and nothing hangs on it."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from flows import reading_beside
from flows.db_diff import differences
from flows.live import harvest_source, open_fetcher, simulated_clock
from flows.observatory import Observatory, open_observatory
from flows.packed import CLASSIFICATIONS, digest_of
from flows.reading_beside import PagesBeside, Reader, processors
from flows.settings import Settings
from models.classification import Classification
from models.records import Outcome, Page, PageFailure, Programme, RunRecord
from sandbox.server import Site, serve
from sandbox.world import World
from scrapers.source import discover

DAY = date(2024, 1, 1)
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


@pytest.fixture
def beside(site: Site, tmp_path: Path) -> Iterator[Observatory]:
    with open_observatory(settings(site, tmp_path / "beside")) as observatory:
        reader = Reader(worth_pages=1)
        yield replace(observatory, reader=reader)
        reader.close()


def settings(site: Site, folder: Path) -> Settings:
    return Settings(data_dir=folder, loopback_port=site.port, _env_file=None)


def unequal(one: Observatory, other: Observatory) -> list[object]:
    """Return in what two databases differ, but for where pages lie and when they were answered."""
    found = [each for each in differences(one.engine, other.engine) if each.table != "capture"]
    assert found
    return [each for each in found if not each.is_equal]


def test_what_is_stored_is_the_same(alone: Observatory, beside: Observatory) -> None:
    for slug in CATALOGUES:
        assert look(alone, slug).outcome is Outcome.OK
        assert look(beside, slug).outcome is Outcome.OK
    assert beside.reader._pool is not None
    assert unequal(alone, beside) == []


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
    pages = PagesBeside(reader, "nova_academy", DAY, readings=tmp_path / "readings.sqlite", code_version="1")
    assert asyncio.run(pages.all_made([programme])) == {}  # no process has begun: it is classified here
    url, body = "https://www.example.ac/soil", b"<html></html>"
    page = Page(
        url=url, final_url=url, at=datetime(2024, 1, 1, tzinfo=UTC), status=200, content_type="text/html", body=body,
        digest="sha256:1",
    )  # fmt: skip
    assert pages.take(page)

    async def made() -> Mapping[bytes, bytes]:
        await pages.all_read()
        return await pages.all_made([programme])

    try:
        found = asyncio.run(made())
    finally:
        reader.close()
    assert [type(CLASSIFICATIONS.record(packed)) for packed in found.values()] == [Classification]
    assert list(found) == [digest_of(programme)]
