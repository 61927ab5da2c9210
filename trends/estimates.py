"""Expected flows (see ``trends.chances``), and their bounds. The expected stock is counted in ``trends.tallies``.

The bounds speak of what was ever seen, and take it as listed between two sights of one window.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from trends.chances import expected
from trends.frames import Period
from trends.knowledge import Flags
from trends.views import View


@dataclass(frozen=True, slots=True)
class Estimate:
    """An expected count between the least and the most that it can be."""

    value: float
    low: int
    high: int


def estimated_flows(view: View, is_counted: Flags, period: Period) -> Mapping[str, Estimate]:
    """Return the expected numbers of new and withdrawn in a period.

    Args:
        view: a unit over the period.
        is_counted: for each window whether it is counted.
        period: the period of the view.

    Returns:
        ``new_estimate`` and ``withdrawn_estimate``, each between the windows whose whole interval lies in the period
        and those whose interval touches it. A miss that is not confirmed may be an end.
    """
    windows = view.units.windows
    (begun_before, ended_before), (begun, ended) = (expected(view.units, at) for at in (period.start, period.end))
    is_new = is_counted & (windows["is_first"] & windows["is_after_baseline"]).to_numpy()
    may_end = is_counted & ~windows["is_source_exit"].to_numpy()
    is_confirmed = may_end & windows["withdrawn_at"].notna().to_numpy()
    surely_born, maybe_born = _in_period(windows["not_before"], windows["opened_at"], period)
    surely_died, maybe_died = _in_period(windows["last_seen_at"], windows["missed_at"], period)
    begins, ends = (begun - begun_before)[is_new], (ended - ended_before)[may_end]
    return {
        "new_estimate": Estimate(
            float(begins.sum()), int((surely_born & is_new).sum()), int((maybe_born & is_new).sum())
        ),
        "withdrawn_estimate": Estimate(
            float(ends.sum()), int((surely_died & is_confirmed).sum()), int((maybe_died & may_end).sum())
        ),
    }


def _in_period(after: pd.Series[Any], until: pd.Series[Any], period: Period) -> tuple[Flags, Flags]:
    """Return whether times in (``after``, ``until``] surely lie in a period, and whether they may."""
    earliest = after.where(after.notna(), until)
    surely = (earliest >= period.start) & (until <= period.end)
    maybe = (earliest < period.end) & (until >= period.start)
    return surely.to_numpy(), maybe.to_numpy()
