"""Counting the windows of a unit by category: stock at both ends of a period, and what moved between them.

Everything here follows from four facts about a window: when it opened, when it left the record, and its category just
before either end. So for every category

    stock_end = stock_start + baseline_entered + new + relisted - withdrawn - source_exited + reclassified

exactly. Each window adds 1 at ``opened_at`` and -1 at ``left_at``, so the stocks of many days are cumulative sums.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from trends.categories import Numbers
from trends.chances import expected
from trends.frames import Period
from trends.knowledge import Flags, Integers
from trends.units import Units

STOCKS = ("stock_start", "stock", "missing", "stock_low", "stock_high", "stock_estimate")
FLOWS = ("baseline_entered", "new", "relisted", "withdrawn", "source_exited", "reclassified")
BEFORE = ("stock_before", "low_before", "high_before", "estimate_before")


@dataclass(frozen=True, slots=True)
class Moment:
    """Where each window of a unit stands just before a moment, one element a window.

    ``is_in``: in the record. ``is_missing``: of these, missed by a complete look since the last sight. ``is_surely``:
    seen at the moment or after it, or not missed so far. ``may_be``: in the record, or opened later and perhaps listed
    before. ``chance``: the probability that it was listed (``trends.chances``).
    """

    is_in: Flags
    is_missing: Flags
    is_surely: Flags
    may_be: Flags
    chance: Numbers


@dataclass(frozen=True, slots=True)
class Standing:
    """Where each window of a unit stands at both ends of a period, and what it did in between (see ``FLOWS``)."""

    start: Moment
    end: Moment
    baseline_entered: Flags
    new: Flags
    relisted: Flags
    withdrawn: Flags
    source_exited: Flags


def standing_of(units: Units, period: Period) -> Standing:
    """Return where the windows of a unit stand at the beginning and the end of a period."""
    windows, start, end = units.windows, period.start, period.end
    opened, left = windows["opened_at"], windows["left_at"]
    entered = (opened >= start) & (opened < end)
    exited = (left >= start) & (left < end)
    is_first, is_new, is_exit = windows["is_first"], windows["is_after_baseline"], windows["is_source_exit"]
    return Standing(
        start=_moment(units, start),
        end=_moment(units, end),
        baseline_entered=_flags(entered & is_first & ~is_new),
        new=_flags(entered & is_first & is_new),
        relisted=_flags(entered & ~is_first),
        withdrawn=_flags(exited & ~is_exit),
        source_exited=_flags(exited & is_exit),
    )


def _moment(units: Units, at: pd.Timestamp) -> Moment:
    windows = units.windows
    opened, missed = windows["opened_at"], windows["missed_at"]
    is_in = (opened < at) & ~(windows["left_at"] < at)
    begun, ended = expected(units, at)
    return Moment(
        is_in=_flags(is_in),
        is_missing=_flags(is_in & (missed < at)),
        is_surely=_flags(is_in & ~(missed.notna() & (windows["last_seen_at"] < at))),
        may_be=_flags(is_in | ((opened >= at) & (windows["not_before"] < at))),
        chance=begun - ended,
    )


def _flags(column: pd.Series[bool]) -> Flags:
    return column.to_numpy(dtype=bool)


def tally(standing: Standing, at_start: Integers, at_end: Integers, size: int) -> pd.DataFrame:
    """Count by category.

    Args:
        standing: where each window stands.
        at_start: the category of each window just before the start, 0 to ``size`` - 1; -1 for what is not counted.
        at_end: the same just before the end. What entered and what left counts in this one.
        size: how many categories there are.

    Returns:
        One row a category, in order. ``STOCKS``: in the record at the start and at the end; of the latter not seen in
        the last complete look; surely, perhaps, and expected to be listed at the end. ``FLOWS``: what moved;
        ``reclassified`` is what came from other categories less what went to them. ``BEFORE``: the stock at the start,
        its bounds and its expectation, under the categories of the end. All int64, expectations float64.
    """

    def count(flags: Flags, categories: Integers) -> Integers:
        return np.bincount(categories[flags & (categories >= 0)], minlength=size).astype(np.int64)

    def expect(chance: Numbers) -> Numbers:
        is_counted = (at_end >= 0) & (chance > 0)
        return np.bincount(at_end[is_counted], weights=chance[is_counted], minlength=size).astype(np.float64)

    start, end = standing.start, standing.end
    stock_start, stock_before = count(start.is_in, at_start), count(start.is_in, at_end)
    return pd.DataFrame(
        {
            "stock_start": stock_start,
            "stock": count(end.is_in, at_end),
            "missing": count(end.is_missing, at_end),
            "stock_low": count(end.is_surely, at_end),
            "stock_high": count(end.may_be, at_end),
            "stock_estimate": expect(end.chance),
            **{name: count(getattr(standing, name), at_end) for name in FLOWS[:-1]},
            "reclassified": stock_before - stock_start,
            "stock_before": stock_before,
            "low_before": count(start.is_surely, at_end),
            "high_before": count(start.may_be, at_end),
            "estimate_before": expect(start.chance),
        }
    )
