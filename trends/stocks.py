"""How many listings were listed on each of many days, by category: cumulative sums of what began and ended each day.

An *episode* is a listing with one set of facts, from the day a look first read them until the day a look read others
or confirmed that it is gone: a version. At the end of a day (UTC) are listed those that began on it or before and have
not ended by then. That is the ``stock`` of listings of all sources that ``trends.snapshot`` gives of that day as known
then, for the price of a sum: +1 in its category on the day an episode begins, -1 on the day it ends.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

STOCK_COLUMNS = ("as_of", "cut", "cut_value", "stock")
NEVER = 2**31 - 1
"""The day on which an episode ends that goes on."""
EPOCH = date(1970, 1, 1)
"""Days are numbered from it."""
AT_ONCE = 16_000
"""So many episodes are counted together: counting takes several times their room."""

Days = npt.NDArray[np.int32]
Packed = npt.NDArray[np.int64]
Counts = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Cut:
    """Where the categories of episodes stand: ``bits`` of the packed integer from the bit ``shift`` on.

    ``size`` is how many categories there are, with codes from 0.
    """

    name: str
    size: int
    shift: int
    bits: int

    def codes(self, packed: Packed) -> Packed:
        """Return the code of each episode."""
        return (packed >> self.shift) & ((1 << self.bits) - 1)


@dataclass(frozen=True, slots=True)
class Episodes:
    """Episodes, one element each: number of the listing, first day, day of the end, categories packed together."""

    listing: Days
    begins: Days
    ends: Days
    packed: Packed

    def of(self, chosen: npt.NDArray[Any] | slice) -> Episodes:
        """Return some of the episodes: by flags, by their places, or from one place to another."""
        return Episodes(self.listing[chosen], self.begins[chosen], self.ends[chosen], self.packed[chosen])

    @property
    def listings(self) -> int:
        """How many listings they are of; all episodes are in the order of their listings."""
        return int((self.listing[1:] != self.listing[:-1]).sum()) + min(len(self.listing), 1)

    def by_listing(self) -> Episodes:
        """Return the same episodes in the order of their listings."""
        is_ordered = bool((self.listing[1:] >= self.listing[:-1]).all())
        return self if is_ordered else self.of(np.argsort(self.listing, kind="stable"))

    def places_of(self, listings: Iterable[int]) -> npt.NDArray[np.int64]:
        """Return the places of the episodes of some listings; all episodes are in the order of their listings."""
        wanted = np.array(sorted(listings), dtype=self.listing.dtype)
        first, after = (np.searchsorted(self.listing, wanted, side=side) for side in ("left", "right"))
        counts = after - first
        return np.repeat(first - np.cumsum(counts) + counts, counts) + np.arange(counts.sum())


_DAYS = np.empty(0, dtype=np.int32)
NO_EPISODES = Episodes(_DAYS, _DAYS, _DAYS, np.empty(0, dtype=np.int64))


def together(parts: Iterable[Episodes]) -> Episodes:
    """Return the episodes of several parts in the order of their listings."""
    of = [NO_EPISODES, *parts]
    columns = {name: np.concatenate([getattr(part, name) for part in of]) for name in Episodes.__slots__}
    return Episodes(**columns).by_listing()


@dataclass(frozen=True, slots=True)
class Daily:
    """What began less what ended: of each cut an array of one row a day from ``first`` on, one column a category."""

    first: int
    changes: Mapping[str, Counts]


@dataclass(frozen=True, slots=True)
class Shown:
    """A cut of the table: the categories of the cut ``of`` under other words; those of one word are added up."""

    name: str
    of: str
    words: Sequence[str]


def day_number(day: date) -> int:
    """Return the number of a day."""
    return (day - EPOCH).days


def with_retirements(episodes: Episodes, source: Cut, retired: Mapping[int, int]) -> Episodes:
    """End what a catalogue lists on the day on which it was retired.

    Args:
        source: the cut by source.
        retired: the day of those that are, by code of the source.
    """
    ends = episodes.ends
    for code, day in retired.items():
        ends = np.where(source.codes(episodes.packed) == code, np.minimum(ends, day), ends)
    return Episodes(episodes.listing, episodes.begins, ends, episodes.packed)


def daily_changes(episodes: Episodes, cuts: Sequence[Cut]) -> Daily:
    """Count by day and category what began less what ended."""
    if not len(episodes.begins):
        return Daily(0, {cut.name: np.zeros((0, cut.size), dtype=np.int64) for cut in cuts})
    first = int(episodes.begins.min())
    last_end = episodes.ends.max(where=episodes.ends != NEVER, initial=first)
    days = int(max(episodes.begins.max(), last_end)) - first + 1
    changes = {cut.name: np.zeros(days * cut.size, dtype=np.int64) for cut in cuts}
    for part in _parts(episodes):
        ending = part.ends != NEVER
        begins, ends = part.begins - first, part.ends[ending] - first
        for cut in cuts:
            codes = cut.codes(part.packed)
            changes[cut.name] += np.bincount(begins * cut.size + codes, minlength=days * cut.size)
            changes[cut.name] -= np.bincount(ends * cut.size + codes[ending], minlength=days * cut.size)
    return Daily(first, {cut.name: changes[cut.name].reshape(days, cut.size) for cut in cuts})


def _parts(episodes: Episodes) -> Iterator[Episodes]:
    """Yield the episodes that last a day or longer, some at once."""
    for first in range(0, len(episodes.begins), AT_ONCE):
        part = episodes.of(slice(first, first + AT_ONCE))
        yield part.of(part.ends > part.begins)


def corrected(daily: Daily, less: Daily, more: Daily) -> Daily:
    """Return daily changes without those of some episodes, and with those of others."""
    return _summed(daily, ((-1, less), (1, more)))


def added(daily: Daily, more: Daily) -> Daily:
    """Return daily changes with those of further episodes."""
    return _summed(daily, ((1, more),))


def _summed(daily: Daily, others: Iterable[tuple[int, Daily]]) -> Daily:
    parts = [(sign, of) for sign, of in ((1, daily), *others) if len(next(iter(of.changes.values())))]
    if not parts:
        return daily
    first = min(of.first for _, of in parts)
    changes = {}
    for name, columns in daily.changes.items():
        last = max(of.first + len(of.changes[name]) for _, of in parts)
        total = np.zeros((last - first, columns.shape[1]), dtype=np.int64)
        for sign, of in parts:
            rows = of.changes[name]
            total[of.first - first : of.first - first + len(rows)] += sign * rows
        changes[name] = total
    return Daily(first, changes)


def stock_table(daily: Daily, shown: Iterable[Shown], days: Sequence[date]) -> pd.DataFrame:
    """Return how many were listed at the end of each day (UTC), by category of each cut.

    Args:
        daily: see ``daily_changes``.
        shown: the cuts, in the order of the table.
        days: in the order of the table.

    Returns:
        Columns ``STOCK_COLUMNS``, by day and cut as given, by category in alphabetical order. A category that nothing
        is listed in on a day is left out.
    """
    words, names, parts = [], [], [np.zeros((len(days), 0), dtype=np.int64)]
    for cut in shown:
        known = sorted(set(cut.words))
        parts.append(_stocks(daily, cut, known, days))
        words += known
        names += [cut.name] * len(known)
    stock = np.hstack(parts)
    day, place = np.nonzero(stock)
    said = {"as_of": (days, day), "cut": (names, place), "cut_value": (words, place)}
    columns = {name: pd.Series(np.array(list(of), dtype=object)[at], dtype="object") for name, (of, at) in said.items()}
    return pd.DataFrame({**columns, "stock": stock[day, place]}, columns=list(STOCK_COLUMNS))


def _stocks(daily: Daily, cut: Shown, words: Sequence[str], days: Sequence[date]) -> Counts:
    """Return the stock of each day and word."""
    changes, place = daily.changes[cut.of], {word: number for number, word in enumerate(words)}
    of_words = np.zeros((len(changes) + 1, len(words)), dtype=np.int64)  # before the first day there is nothing
    for code, word in enumerate(cut.words):
        of_words[1:, place[word]] += changes[:, code]
    numbers = np.array([day_number(day) for day in days], dtype=np.int64)
    row = np.clip(numbers - daily.first + 1, 0, len(changes))
    found: Counts = np.cumsum(of_words, axis=0)[row]
    return found


def month_ends(first: date, last: date) -> list[date]:
    """Return the last days of the months from ``first`` to ``last``, and ``last`` itself."""
    days: list[date] = []
    day = first
    while True:
        following = (day.replace(day=1) + timedelta(days=31)).replace(day=1)
        end = following - timedelta(days=1)
        if end >= last:
            return [*days, last]
        days.append(end)
        day = following
