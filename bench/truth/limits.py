"""What an observer without any fault could know: the true counts at the moments of the same complete looks, no more."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime

import numpy as np

from bench.truth.observer import Observed
from bench.truth.worlds import Floats, World, moment

PERFECT_THEN, PERFECT_CARRIED, PERFECT_PROJECTED, PERFECT_LATER = (
    "perfect looks, then", "perfect looks, carried", "perfect looks, projected", "perfect looks, 100 days later",
)  # fmt: skip
YEAR_DAYS = 365.0


class PerfectLooks:
    """The true counts of each catalogue at the moments of its complete looks."""

    def __init__(self, world: World, observed: Observed) -> None:
        self._times: dict[str, Floats] = {}
        by_catalogue: dict[int, list[float]] = defaultdict(list)
        for slug, looks in observed.books.looks.items():
            times = [_time(at) for at in looks]
            self._times[slug] = np.array(times)
            by_catalogue[observed.catalogue_of[slug]] += times
        self._counts: dict[int, tuple[Floats, Floats]] = {
            place: (
                np.array(sorted(times)),
                np.array([world.count(t, [place], "listing") for t in sorted(times)], float),
            )
            for place, times in by_catalogue.items()
        }

    def times(self, slug: str) -> Floats:
        """Return when a source was looked at completely."""
        return self._times.get(slug, np.zeros(0))

    def growths(self, start: float, end: float, later: float, catalogues: Collection[int]) -> Mapping[str, float]:
        """Return the growth that perfect looks give.

        ``then``: the count at the start lies between the looks on both sides, that at the end is carried on from the
        last look; ``carried``: both are carried on, so that it is the growth of a time that ended earlier;
        ``projected``: what is carried on moves as the year before moved; ``later``: both lie between looks.
        """

        def total(at: float, known: float, projected: bool) -> float:
            return sum(self._at(place, at, known, projected=projected) for place in catalogues)

        return {
            PERFECT_THEN: total(end, end, False) / total(start, end, False) - 1,
            PERFECT_CARRIED: total(end, end, False) / total(start, start, False) - 1,
            PERFECT_PROJECTED: total(end, end, True) / total(start, end, True) - 1,
            PERFECT_LATER: total(end, later, False) / total(start, later, False) - 1,
        }

    def _at(self, place: int, at: float, known: float, *, projected: bool) -> float:
        times, counts = self._counts[place]
        is_known = times < known
        times, counts = times[is_known], counts[is_known]
        count = float(np.interp(at, times, counts))
        if not projected or times[-1] >= at:
            return count
        before = max(times[0], times[-1] - YEAR_DAYS)
        if before >= times[-1]:
            return count
        slope = (counts[-1] - float(np.interp(before, times, counts))) / (times[-1] - before)
        return float(count + slope * (at - times[-1]))


def _time(at: datetime) -> float:
    return (at - moment(0.0)).total_seconds() / 86400
