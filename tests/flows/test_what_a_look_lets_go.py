"""A harvest of many sources holds nothing of those that are over: no page, no open file."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime
from pathlib import Path

import psutil

from flows.live import harvest_source, open_fetcher, simulated_clock
from flows.observatory import Observatory, open_observatory
from flows.settings import Settings
from models.records import Outcome
from sandbox.server import serve
from sandbox.world import World
from scrapers.source import discover

SLUG = "nova_academy"
DAYS = (date(2024, 1, 1), date(2024, 1, 8))


async def look(observatory: Observatory, day: date) -> tuple[Outcome, int, list[str]]:
    """Return how a look ended, and what is held when it is over: runs, and files of the archive."""
    as_of = datetime(day.year, day.month, day.day, tzinfo=UTC)
    async with open_fetcher(observatory.settings, simulated_clock(observatory.settings, as_of)) as fetcher:
        run = await harvest_source(observatory, discover()[SLUG], fetcher, as_of=as_of)
        held = [file.path for file in psutil.Process().open_files() if ".warc.gz" in file.path]
        return run.outcome, len(fetcher._runs), held


def test_a_run_that_is_over_is_let_go(tmp_path: Path) -> None:
    with serve(World(seed=3), day=DAYS[0]) as site:
        settings = Settings(data_dir=tmp_path, loopback_port=site.port, _env_file=None)
        with open_observatory(settings) as observatory:
            first, again = (asyncio.run(look(observatory, day)) for day in DAYS)
            archive = observatory.archive
            answers = [capture.status for capture in archive.read_run(archive.files(SLUG)[1])]
    assert (first, again) == ((Outcome.OK, 0, []), (Outcome.UNCHANGED, 0, []))
    assert answers.count(304) > 10  # for each of these the file of the first look was read
