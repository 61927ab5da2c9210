"""Invented worlds whose truth is known at every moment: which catalogue lists what, and at which price.

Time is days after the midnight (UTC) that begins ``FIRST_DAY``; the end of a day is the number of the next.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import numpy as np
import numpy.typing as npt

FIRST_DAY = date(2019, 1, 1)
YEARS = 5
DAYS = (date(FIRST_DAY.year + YEARS, 1, 1) - FIRST_DAY).days
AFTERWARDS_DAYS = 110
"""The world goes on after the last quarter, so that it can be revised."""
QUARTER_ENDS = tuple(
    date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
    for year in range(FIRST_DAY.year, FIRST_DAY.year + YEARS)
    for month in (3, 6, 9, 12)
)
WAVE_SHARE = 0.4
"""What a catalogue drops on one day in a real wave of withdrawals."""

COUNTRIES = {"weekly": "NL", "monthly": "IE", "quarterly": "NZ"}
"""The catalogues of one cadence are in one country, so that the cut by country measures each cadence."""

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Places = npt.NDArray[np.int64]


def end_of(day: date) -> float:
    """Return the end of a day as a time of the world."""
    return float((day - FIRST_DAY).days + 1)


def moment(time: float) -> datetime:
    """Return a time of the world in UTC."""
    return datetime.combine(FIRST_DAY, datetime.min.time(), UTC) + timedelta(days=time)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """A catalogue: what it is, how often it is looked at, and what befalls it (days; ``None``: never).

    ``enters``: from when it is looked at. ``retires``: when it is no longer served. ``wave``: when it truly drops
    ``WAVE_SHARE`` of what it lists. ``redesign`` and ``redesigned_as``: from when its codes are others: ``versioned``
    (they hold the old ones, so that a pattern can tell) or ``renamed`` (nothing can). ``blind``: from when until when
    nothing on its pages can be read.
    """

    slug: str
    kind: str
    cadence: str
    country: str
    enters: int = 0
    retires: int | None = None
    wave: int | None = None
    redesign: int | None = None
    redesigned_as: str = ""
    blind: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class World:
    """Listings, one element each; of what a credential is on several catalogues, ``credential`` is the same.

    ``renames`` are the titles of a listing in time: (from when, title). A price is ``base`` times what it became dearer
    by: ``1 + drifts[k]`` on the day ``anniversary + 365 k``; a base of 0 is free.
    """

    number: int
    catalogues: tuple[Catalogue, ...]
    catalogue: Places
    credential: Places
    born: Floats
    died: Floats
    renames: tuple[tuple[tuple[float, str], ...], ...]
    base: Floats
    anniversary: Floats
    drifts: tuple[float, ...]
    ects: Floats
    organisation: tuple[str, ...]

    def listed(self, at: float, catalogues: Collection[int] | None = None) -> Flags:
        """Return which listings are listed just before a time, in all or in some catalogues.

        Just before, as in ``trends.frames.end_of``: what happens at the midnight that ends a day belongs to the next.
        """
        there = (self.born < at) & (self.died >= at)
        return there if catalogues is None else there & np.isin(self.catalogue, list(catalogues))

    def count(self, at: float, catalogues: Collection[int], unit: str) -> int:
        """Return how many of a unit some catalogues list at a time; here each programme of one is one listing."""
        there = self.listed(at, catalogues)
        return len(np.unique(self.credential[there])) if unit == "credential" else int(there.sum())

    def prices(self, at: float) -> Floats:
        """Return the price of each listing at a time."""
        factor = np.ones(len(self.base))
        for year, drift in enumerate(self.drifts):
            factor = np.where(self.anniversary + 365 * year <= at, factor * (1 + drift), factor)
        return self.base * factor

    def price_relative(self, start: float, end: float, catalogues: Collection[int]) -> float:
        """Return the geometric mean of what the prices of the same listings became, free ones left out."""
        both = self.listed(start, catalogues) & self.listed(end, catalogues) & (self.base > 0)
        if not both.any():
            return float("nan")
        return float(np.exp(np.log(self.prices(end)[both] / self.prices(start)[both]).mean()))

    def flows(self, start: float, end: float, covered: dict[int, float], unit: str) -> tuple[int, int]:
        """Return how many truly appeared and truly went in [start, end) in the covered catalogues.

        Args:
            covered: catalogue -> when it was first looked at; what it listed then appeared to nobody.
            unit: ``listing``, ``programme`` or ``credential``; the last appears with its first listing and goes with
                its last.
        """
        since = np.array([covered.get(place, np.inf) for place in range(len(self.catalogues))])[self.catalogue]
        retires = np.array([np.inf if c.retires is None else c.retires for c in self.catalogues])[self.catalogue]
        known = self.died > np.maximum(since, self.born)
        began = np.maximum(self.born, since)
        key = self.credential if unit == "credential" else np.arange(len(self.born))
        order = np.lexsort((began, key))
        order = order[known[order]]
        first = np.ones(len(order), dtype=bool)
        first[1:] = key[order][1:] != key[order][:-1]
        starts = np.flatnonzero(first)
        founders = order[starts]
        is_new = self.born[founders] > since[founders]
        appeared = int((is_new & (began[founders] >= start) & (began[founders] < end)).sum())
        ends = np.maximum.reduceat(self.died[order], starts) if len(order) else np.zeros(0)
        by_exit = (
            np.maximum.reduceat(np.where(self.died == retires, self.died, 0)[order], starts) if len(order) else ends
        )
        went = int(((ends >= start) & (ends < end) & (by_exit < ends)).sum())
        return appeared, went

    def title(self, listing: int, at: float) -> str:
        """Return the title of a listing at a time."""
        return [words for since, words in self.renames[listing] if since <= at][-1]


def quarters(ends: Sequence[date] = QUARTER_ENDS) -> list[tuple[date, date]]:
    """Return the quarters that have a day to be compared with: (end of the quarter before, end)."""
    return list(pairwise(ends))
