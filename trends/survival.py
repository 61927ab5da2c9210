"""How long what is listed stays listed: survival since it was first seen, half-life, and their bounds.

Nobody sees a listing appear or vanish, only looks that did and did not list it. So a lifetime is known to lie in an
interval (interval censoring), or to last longer than was watched (right censoring). What was born and died between two
looks was never seen at all, and what was seen had lived for some unknown time before: it enters observation late (left
truncation). Turnbull's estimator (1976, Journal of the Royal Statistical Society B 38) is the non-parametric maximum
likelihood for both; ``surpyval`` computes it.

The birth lies between the look before and the first look with it. Three readings bracket what follows: born at the
first sight (lifetimes as short as they can be, nothing truncated), born right after the look before (as long as they
can be, entered late by the whole gap), and born midway, which gives the value.

What the first complete look at a catalogue found has an unknown age and is no part of this: it is followed as a cohort
of its own, from that look on. Its survival is that of a stock, which over-represents the long-lived, and is not to be
compared with the survival of what was seen to appear (Cox 1969, on length-biased sampling).
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import numpy as np
import pandas as pd

from trends.categories import Numbers
from trends.knowledge import Flags
from trends.units import Units

COHORTS = ("appeared", "baseline")
AGES_DAYS = (90, 365)
MEASURES = (*(f"survival_{days}_days" for days in AGES_DAYS), "half_life_days", "half_life_weibull_days")
FEWEST_ENDS = 10
"""With fewer ends seen no curve is drawn: it would be the story of a few listings."""
READINGS = {"first_sight": 0.0, "midway": 0.5, "look_before": 1.0}
"""How far before the first sight the birth is taken to be, as a share of the gap between looks."""
_DECIMALS = 6


@dataclass(frozen=True, slots=True)
class Lifetimes:
    """Lifetimes in days: ended after ``low`` and by ``high`` (infinite: no end was seen), watched from ``entry`` on."""

    low: Numbers
    high: Numbers
    entry: Numbers

    @property
    def ends(self) -> int:
        """How many were seen to end."""
        return int(np.isfinite(self.high).sum())


@dataclass(frozen=True, slots=True)
class Curve:
    """A survival function: after ``days`` the share ``surviving`` is left; between two of them it is not known.

    The first day is 0, with all; beyond the last nothing was watched. ``half_life_weibull_days`` is that of a Weibull
    distribution fitted to the same lifetimes, which may lie beyond what was watched; NaN if the fit fails.
    """

    days: Numbers
    surviving: Numbers
    half_life_weibull_days: float


def lifetimes(units: Units, is_chosen: Flags, reading: str) -> Lifetimes:
    """Return the lifetimes of the first windows of chosen units.

    Args:
        units: the windows of a unit. Only first windows are followed: a return is a second life.
        is_chosen: which windows.
        reading: one of ``READINGS``.
    """
    windows = units.windows[is_chosen & units.windows["is_first"].to_numpy()]
    gap = _days(windows["opened_at"] - windows["not_before"])
    before = READINGS[reading] * np.where(np.isnan(gap), 0.0, gap)
    seen = _days(windows["last_seen_at"] - windows["opened_at"])
    missed = _days(windows["missed_at"] - windows["opened_at"])
    # An absence that is not confirmed, and a catalogue that was retired, say nothing about the end of the listing.
    is_end = windows["withdrawn_at"].notna().to_numpy()
    high = np.where(is_end, before + missed, np.inf)
    low = before + seen
    was_watched = np.isfinite(high) | (low > before)
    return Lifetimes(low=low[was_watched], high=high[was_watched], entry=before[was_watched])


def fitted(lives: Lifetimes) -> Curve | None:
    """Return the survival function of lifetimes, or ``None`` if too few ends were seen or there is no estimate.

    There is none where early ends, seen before most had entered, leave the likelihood without a maximum.
    """
    if lives.ends < FEWEST_ENDS:
        return None
    surpyval: Any = import_module("surpyval")  # takes a second and a half; its types hide what it exports
    rows, counts = np.unique(np.column_stack([lives.low, lives.high, lives.entry]), axis=0, return_counts=True)
    data: dict[str, Any] = {"xl": rows[:, 0], "xr": rows[:, 1], "tl": rows[:, 2], "n": counts}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of what is asked here: whether there is an estimate at all
        model = surpyval.Turnbull.fit(**data, turnbull_estimator="Kaplan-Meier")
        half_life = _weibull_half_life(surpyval.Weibull, data)
    if model.npmle == "does not exist":
        return None
    days, surviving = np.asarray(model.x, dtype=float), np.clip(np.asarray(model.R, dtype=float), 0.0, 1.0)
    return Curve(np.append(0.0, days[days > 0]), np.append(1.0, surviving[days > 0]), half_life)


def _weibull_half_life(weibull: Any, data: dict[str, Any]) -> float:
    try:
        return float(weibull.fit(**data).qf(0.5))
    except (ValueError, FloatingPointError):
        return np.nan


def survival_at(curve: Curve, days: float) -> tuple[float, float, float]:
    """Return the share that survives ``days``: interpolated, and its bounds; NaN beyond what was watched."""
    if days > curve.days[-1]:
        return np.nan, np.nan, np.nan
    before = int(np.searchsorted(curve.days, days, side="right")) - 1
    after = before if curve.days[before] == days else before + 1
    value = float(np.interp(days, curve.days, curve.surviving))
    return value, float(curve.surviving[after]), float(curve.surviving[before])


def half_life(curve: Curve) -> tuple[float, float, float]:
    """Return after how many days half is left: interpolated, and its bounds.

    If more than half is left at the end, it is longer than was watched: (NaN, the last day, NaN).
    """
    below = np.flatnonzero(curve.surviving <= 0.5)
    if not len(below):
        return np.nan, float(curve.days[-1]), np.nan
    after = int(below[0])
    low, high = float(curve.days[after - 1]), float(curve.days[after])
    share = (curve.surviving[after - 1] - 0.5) / (curve.surviving[after - 1] - curve.surviving[after])
    return low + float(share) * (high - low), low, high


def survival(units: Units, is_chosen: Flags, cohort: str) -> pd.DataFrame:
    """Return the survival figures of a cohort of a unit.

    Args:
        units: the windows of a unit.
        is_chosen: for each window whether it is of the population.
        cohort: ``appeared``: what was first seen after the first complete look at its source, since it was first seen;
            ``baseline``: what that look found, since that look.

    Returns:
        One row a measure of ``MEASURES``: ``measure``, ``value`` (share or days; from the reading ``midway``), ``low``
        and ``high`` (over all readings, and over where in its interval each end lies; NaN: no bound is known) and
        ``n`` (lifetimes followed). All NaN if there is no curve.
    """
    appeared = units.windows["is_after_baseline"].to_numpy()
    chosen = is_chosen & (appeared if cohort == COHORTS[0] else ~appeared)
    readings = READINGS if cohort == COHORTS[0] else ("first_sight",)
    lives = {reading: lifetimes(units, chosen, reading) for reading in readings}
    curves = [fitted(of) for of in lives.values()]
    known = [curve for curve in curves if curve is not None]
    middle = curves[len(curves) // 2]
    figures = {f"survival_{days}_days": [survival_at(curve, days) for curve in known] for days in AGES_DAYS}
    figures["half_life_days"] = [half_life(curve) for curve in known]
    figures["half_life_weibull_days"] = [(curve.half_life_weibull_days,) * 3 for curve in known]
    place = [curve is middle for curve in known].index(True) if middle is not None else None
    n = len(next(iter(lives.values())).low)
    return pd.DataFrame([{"measure": name, **_bracketed(of, place), "n": n} for name, of in figures.items()])


def _bracketed(figures: Sequence[tuple[float, float, float]], place: int | None) -> dict[str, float]:
    """Return the value of the reading at ``place`` and the widest bounds of all; unknown if one of them is."""
    if place is None:
        return dict.fromkeys(("value", "low", "high"), np.nan)
    values, lows, highs = (np.array(of) for of in zip(*figures, strict=True))
    value, low, high = float(values[place]), float(np.min(lows)), float(np.max(highs))
    return {"value": round(value, _DECIMALS), "low": round(low, _DECIMALS), "high": round(high, _DECIMALS)}


def _days(spans: pd.Series[Any]) -> Numbers:
    return np.asarray(spans.dt.total_seconds() / 86400, dtype=float)
