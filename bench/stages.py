"""``python -m bench.stages``: how long each stage of a harvest takes, on the imitated world over loopback.

Prints items, seconds and items a second for each stage, and the process's peak memory at the end. Figures of two
machines, or of one under load, do not compare; compare stages within a run.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TypeVar

from bench.two_years.living import keys
from flows import console
from flows.keys import key_of
from flows.live import due_sources, harvest_source, open_fetcher, simulated_clock
from flows.look import Walked, read, walk
from flows.measuring import take_snapshot
from flows.observatory import Observatory, open_observatory
from flows.settings import Settings
from models.records import RunRecord, Source
from sandbox.server import serve
from sandbox.world import SOURCES, World
from scrapers.assemble import parse
from scrapers.source import scraper_for

DAY = date(2024, 1, 1)
QUICK = ("coursera", "opensap", "nova_academy")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Stage:
    """One measured stage: what was worked on, how much of it, and how long it took."""

    stage: str
    unit: str
    n: int
    seconds: float

    @property
    def per_second(self) -> float:
        """Items a second."""
        return self.n / self.seconds if self.seconds else float("inf")


def timed(work: Callable[[], T]) -> tuple[T, float]:
    """Return what ``work`` returns and the seconds it took."""
    began = time.perf_counter()
    result = work()
    return result, time.perf_counter() - began


async def walk_all(observatory: Observatory, sources: Sequence[Source], as_of: datetime) -> dict[str, Walked]:
    """Fetch and archive every catalogue; parse and store nothing.

    Not in the archive of what is harvested afterwards, which would take in what lies there instead of asking for it.
    """
    walks: dict[str, Walked] = {}

    async def one(source: Source) -> None:
        secret = key_of(source)
        with observatory.run_writer(source.slug, as_of, secret=secret) as writer:
            fetch = fetcher.run(source, writer=writer, archive=observatory.archive, secret=secret)
            walks[source.slug] = await walk(scraper_for(source, as_of.date()), fetch)
            writer.close(fetch.summary())

    async with open_fetcher(observatory.settings, simulated_clock(observatory.settings, as_of)) as fetcher:
        await asyncio.gather(*(one(source) for source in sources))
    return walks


async def harvest_all(observatory: Observatory, sources: Sequence[Source], as_of: datetime) -> list[RunRecord]:
    """Harvest every catalogue from fetch to database."""
    async with open_fetcher(observatory.settings, simulated_clock(observatory.settings, as_of)) as fetcher:
        return await asyncio.gather(*(harvest_source(observatory, s, fetcher, as_of=as_of) for s in sources))


def measure_stages(observatory: Observatory, aside: Observatory, slugs: Sequence[str]) -> list[Stage]:
    """Run and time every stage once; pages are fetched ``aside`` first, for the stages that only read them."""
    first = datetime(DAY.year, DAY.month, DAY.day, tzinfo=UTC)
    sources = due_sources(observatory, slugs, first, retired=True)
    walks, fetching = timed(lambda: asyncio.run(walk_all(aside, sources, first)))
    pages = sum(len(w.pages) for w in walks.values())
    scrapers = {source.slug: scraper_for(source, DAY) for source in sources}
    parsed, parsing = timed(lambda: [parse(scrapers[slug], w.pages) for slug, w in walks.items()])
    listings = sum(len(p.listings) for p in parsed)
    _, reading = timed(lambda: [read(scrapers[slug], w, DAY) for slug, w in walks.items()])
    runs, harvesting = timed(lambda: asyncio.run(harvest_all(observatory, sources, first)))
    again, unchanged = timed(lambda: asyncio.run(harvest_all(observatory, sources, first + timedelta(days=7))))
    (_, rows), measuring = timed(lambda: take_snapshot(observatory, DAY + timedelta(days=7)))
    programmes = sum(run.programmes for run in runs)
    return [
        Stage("fetch and archive", "pages", pages, fetching),
        Stage("parse", "listings", listings, parsing),
        Stage("parse and normalise", "listings", listings, reading),
        Stage("first harvest, whole", "programmes", programmes, harvesting),
        Stage("harvest again, unchanged", "programmes", sum(run.programmes for run in again), unchanged),
        Stage("snapshot", "trend rows", len(rows), measuring),
    ]


def main() -> None:
    """Measure, and print a table or JSON."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--quick", action="store_true", help=f"only {', '.join(QUICK)}")
    arguments.add_argument("--sources", nargs="+", metavar="SLUG", choices=SOURCES, help="only these")
    arguments.add_argument("--json", action="store_true", help="print JSON")
    asked = arguments.parse_args()
    os.environ |= keys()
    with serve(World(seed=7), day=DAY) as site, tempfile.TemporaryDirectory() as folder:
        here, aside = (
            Settings(data_dir=Path(folder) / name, database_url=None, archive_url=None, loopback_port=site.port)
            for name in ("harvested", "aside")
        )
        with open_observatory(here) as observatory, open_observatory(aside) as walked:
            stages = measure_stages(observatory, walked, asked.sources or (QUICK if asked.quick else SOURCES))
    peak_mebibytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    rows = [asdict(stage) | {"per_second": stage.per_second} for stage in stages]
    if asked.json:
        console.print_json({"python": sys.version.split()[0], "peak_mebibytes": peak_mebibytes, "stages": rows})
        return
    console.print_table(rows, ("stage", "unit", "n", "seconds", "per_second"))
    console.out.print(f"\nPeak memory of the process, server included: {peak_mebibytes:,.0f} MiB")


if __name__ == "__main__":
    main()
