"""``python -m bench.feeds``: how many listings of feeds are parsed and normalised a second.

Feeds of the sandbox in the formats of real ones (JSON, and the RSS of edX), with thousands of programmes each, are
fetched over loopback first; then each is parsed, and its listings are normalised, by what a harvest calls, in one
process. Rules and word lists are loaded before, by small feeds, and garbage is collected as seldom as in a harvest.
What loading takes is for ``python -m bench.store``.

Beside it stands what no reader of these pages can save: their JSON (XML) decoded, and the listings with their offerings
made of values that are ready.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from lxml import etree

from bench.stages import timed, walk_all
from bench.two_years.living import keys
from bench.two_years.world import FIRST, world_of
from flows import collecting, console
from flows.live import due_sources
from flows.look import Walked
from flows.observatory import open_observatory
from flows.settings import Settings
from models.records import Listing, Page, Source
from models.units import columns_of
from normalise.programme import normalise
from sandbox.server import serve
from scrapers.assemble import parse
from scrapers.source import scraper_for

FEEDS = ("coursera", "edx", "mit_learn", "open_hpi", "mitx_online")
SMALL = 60


def walked(sizes: Mapping[str, int]) -> list[tuple[Source, Walked]]:
    """Serve feeds with so many programmes each, and return them with what a walk over them brought home."""
    with serve(world_of(sizes), day=FIRST.date()) as site, tempfile.TemporaryDirectory() as name:
        settings = Settings(data_dir=Path(name), database_url=None, archive_url=None, loopback_port=site.port)
        with open_observatory(settings) as observatory:
            sources = due_sources(observatory, tuple(sizes), FIRST, retired=True)
            walks = asyncio.run(walk_all(observatory, sources, FIRST))
    return [(source, walks[source.slug]) for source in sources]


@dataclass(frozen=True, slots=True)
class Measured:
    """What the listings of a feed took; a listing is read with its offerings, each as many fields again.

    ``least_seconds`` are those of ``at_the_least``.
    """

    feed: str
    mebibytes: float
    listings: int
    offerings: int
    parse_seconds: float
    least_seconds: float
    normalise_seconds: float

    def row(self) -> dict[str, object]:
        """Return it with how many listings that are a second."""
        return asdict(self) | {
            "parsed_per_second": self.listings / self.parse_seconds,
            "at_most_per_second": self.listings / self.least_seconds,
            "normalised_per_second": self.listings / self.normalise_seconds,
        }


def measured(source: Source, walk: Walked) -> Measured:
    """Parse the pages of a walk and normalise what they list."""
    day = FIRST.date()
    scraper = scraper_for(source, day)
    parsed, parsing = timed(lambda: parse(scraper, walk.pages))
    normalised, normalising = timed(lambda: [normalise(listing, source, day) for listing in parsed.listings])
    size = sum(len(page.body) for page in walk.pages) / 2**20
    return Measured(
        feed=source.slug,
        mebibytes=size,
        listings=len(normalised),
        offerings=sum(len(programme.offerings) for programme, _ in normalised),
        parse_seconds=parsing,
        least_seconds=at_the_least(walk.pages, parsed.listings),
        normalise_seconds=normalising,
    )


def at_the_least(pages: Sequence[Page], listings: Sequence[Listing]) -> float:
    """Return the seconds to decode pages and to make the listings on them of values that are ready, nothing read."""
    parts = ready(listings)
    _, decoding = timed(lambda: [_decoded(page) for page in pages])
    _, making = timed(lambda: [made(**values) for made, values in parts])
    return decoding + making


def ready(listings: Sequence[Listing]) -> list[tuple[Callable[..., object], dict[str, Any]]]:
    """Return what makes each listing, and each of its offerings after it, and the values it is made of."""
    return [(type(part), columns_of(part)) for listing in listings for part in (listing, *listing.offerings)]


def _decoded(page: Page) -> object:
    return etree.fromstring(page.body) if page.body.lstrip().startswith(b"<") else json.loads(page.body)


def together(found: Sequence[Measured]) -> Measured:
    """Return what the listings of all feeds took."""
    counted = [field.name for field in fields(Measured) if field.name != "feed"]
    return Measured(feed="all", **{name: sum(getattr(one, name) for one in found) for name in counted})


def main() -> None:
    """Measure, and print a table or JSON."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--programmes", type=int, default=4000, help="of each feed, over all years of its world")
    arguments.add_argument("--json", action="store_true", help="print JSON")
    asked = arguments.parse_args()
    os.environ |= keys()
    for source, walk in walked(dict.fromkeys(FEEDS, SMALL)):
        measured(source, walk)
    with collecting.seldom():
        found = [measured(*one) for one in walked(dict.fromkeys(FEEDS, asked.programmes))]
    rows = [one.row() for one in (*found, together(found))]
    if asked.json:
        console.print_json(rows)
    else:
        console.print_table(rows, tuple(rows[0]))


if __name__ == "__main__":
    main()
