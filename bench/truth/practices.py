"""What the usual practice makes of the same looks, in its best honest reading.

A table is filled by each crawl, and nothing judges a crawl: one that brings nothing home is taken for an error and left
out, and so is the second of two equal rows; but half a catalogue is a crawl. Retired catalogues are no longer counted.

* ``rows``: the rows of the last crawl of each catalogue.
* ``ever``: everything that was ever seen.
* ``unpublish``: what a crawl does not bring is unpublished; what comes again is published again.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

import numpy as np

from bench.truth.observer import Crawl, Observed
from bench.truth.worlds import Catalogue, World


@dataclass(frozen=True, slots=True)
class Unpublished:
    """An item that a crawl did not bring although the crawl before had."""

    catalogue: int
    time: float
    listing: int


@dataclass
class Practice:
    """The crawls of a world, catalogue by catalogue, and what a table makes of them."""

    world: World
    crawls: dict[int, list[Crawl]] = field(default_factory=dict)
    first_seen: dict[int, dict[int, float]] = field(default_factory=dict)
    """Catalogue -> item -> when a crawl first brought it."""
    unpublished: list[Unpublished] = field(default_factory=list)

    def rows(self, at: float, catalogues: Collection[int]) -> int:
        """Return the rows of the last crawls before a time."""
        return sum(len(crawl.items) for crawl in self._last(at, catalogues))

    def ever(self, at: float, catalogues: Collection[int]) -> int:
        """Return how many items had ever been seen before a time."""
        return sum(sum(time < at for time in self.first_seen.get(place, {}).values()) for place in catalogues)

    def mean_price(self, at: float, catalogues: Collection[int]) -> float:
        """Return the geometric mean of the prices above zero in the last crawls before a time."""
        prices = [self.world.prices(crawl.time)[crawl.listings] for crawl in self._last(at, catalogues)]
        paid = np.concatenate(prices) if prices else np.zeros(0)
        paid = paid[paid > 0]
        return float(np.exp(np.log(paid).mean())) if len(paid) else float("nan")

    def new(self, start: float, end: float, catalogues: Collection[int]) -> int:
        """Return how many items were first seen in [start, end), those of a catalogue's first crawl left out."""
        count = 0
        for place in catalogues:
            times = self.first_seen.get(place, {}).values()
            count += sum(start <= time < end and time > self.crawls[place][0].time for time in times)
        return count

    def withdrawn(self, start: float, end: float, catalogues: Collection[int]) -> int:
        """Return how many listings were unpublished in [start, end), each once."""
        wanted = set(catalogues)
        return len({u.listing for u in self.unpublished if start <= u.time < end and u.catalogue in wanted})

    def served(self, at: float) -> list[int]:
        """Return the catalogues that had been crawled before a time and were still served."""
        catalogues: tuple[Catalogue, ...] = self.world.catalogues
        return [
            place
            for place, crawls in self.crawls.items()
            if crawls[0].time < at and not (catalogues[place].retires or np.inf) < at
        ]

    def _last(self, at: float, catalogues: Collection[int]) -> Iterator[Crawl]:
        for place in catalogues:
            crawls = self.crawls.get(place, [])
            count = bisect_left([crawl.time for crawl in crawls], at)
            if count:
                yield crawls[count - 1]


def practise(world: World, observed: Observed) -> Practice:
    """Fill a table from the crawls of an observer."""
    practice = Practice(world)
    for crawl in observed.crawls:
        practice.crawls.setdefault(crawl.catalogue, []).append(crawl)
    for place, crawls in practice.crawls.items():
        seen: dict[int, float] = {}
        published: dict[int, int] = {}
        for crawl in crawls:
            now = {int(item): int(listing) for item, listing in zip(crawl.items, crawl.listings, strict=True)}
            gone = [listing for item, listing in published.items() if item not in now]
            practice.unpublished += [Unpublished(place, crawl.time, listing) for listing in gone]
            for item in now:
                seen.setdefault(item, crawl.time)
            published = now
        practice.first_seen[place] = seen
    return practice
