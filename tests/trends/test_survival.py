"""Survival and half-life: against lifetimes that are known, and against figures worked out by hand."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from trend_frames import gone, history, looks, version, views_of

from trends.survival import FEWEST_ENDS, Curve, Lifetimes, fitted, half_life, lifetimes, survival, survival_at

BASE = date(2022, 1, 3)
LAST = date(2024, 12, 30)
PERIOD = ("2024-09-30", "2024-12-31")
HALF_LIFE_DAYS = 180.0


def lives(low: list[float], high: list[float], entry: list[float] | None = None) -> Lifetimes:
    return Lifetimes(np.array(low), np.array(high), np.array(entry or [0.0] * len(low)))


def test_the_estimate_is_the_share_that_is_left_after_each_look():
    """Forty of one birthday, looked at every ten days: a quarter goes by the first look, a quarter by the second."""
    curve = fitted(lives([0.0] * 10 + [10.0] * 10 + [20.0] * 20, [10.0] * 10 + [20.0] * 10 + [np.inf] * 20))
    assert curve is not None
    assert curve.days.tolist()[:3] == [0, 10, 20]
    assert curve.surviving[:3] == pytest.approx([1, 0.75, 0.5])
    assert survival_at(curve, 5) == pytest.approx((0.875, 0.75, 1))
    assert survival_at(curve, 10) == pytest.approx((0.75, 0.75, 0.75))
    assert np.isnan(survival_at(curve, 90)).all()
    assert half_life(curve) == pytest.approx((20, 10, 20), abs=1e-3)


def test_late_entry_counts_in_the_risk_set_only_from_then_on():
    """Twenty from birth, ten of which go by day 10; twenty more enter at day 10, and all of these go by day 20."""
    low = [0.0] * 10 + [20.0] * 10 + [10.0] * 20
    high = [10.0] * 10 + [np.inf] * 10 + [20.0] * 20
    curve = fitted(lives(low, high, entry=[0.0] * 20 + [10.0] * 20))
    assert curve is not None
    assert survival_at(curve, 10)[0] == pytest.approx(0.5)
    # At day 10 ten of the first are left and twenty enter; twenty of thirty go.
    assert survival_at(curve, 20)[0] == pytest.approx(0.5 / 3, abs=1e-6)


def test_too_few_ends_make_no_curve():
    assert fitted(lives([0.0] * 50, [10.0] * (FEWEST_ENDS - 1) + [np.inf] * (51 - FEWEST_ENDS))) is None


def test_ends_before_the_others_entered_make_no_curve():
    assert fitted(lives([0.0] * 10 + [50.0] * 10, [10.0] * 10 + [60.0] * 10, [0.0] * 10 + [40.0] * 10)) is None


def test_a_half_life_longer_than_was_watched_has_no_value_and_a_lower_bound():
    value, low, high = half_life(Curve(np.array([0.0, 10.0, 30.0]), np.array([1.0, 0.9, 0.8]), 400.0))
    assert np.isnan(value)
    assert np.isnan(high)
    assert low == 30


def a_world(seed: int, gap_days: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return a catalogue of exponential lifetimes, half gone after ``HALF_LIFE_DAYS``, looked at every ``gap_days``."""
    rng = np.random.default_rng(seed)
    days = [BASE + timedelta(days=day) for day in range(0, (LAST - BASE).days + 1, gap_days)]
    born = rng.uniform(-300, (LAST - BASE).days, 900)
    died = born + rng.exponential(HALF_LIFE_DAYS / np.log(2), len(born))
    rows = []
    for item, (birth, death) in enumerate(zip(born, died, strict=True)):
        seen = [day for day in days if birth <= (day - BASE).days < death]
        if not seen:
            continue
        missed = [str(day) for day in days if day > seen[-1]]
        before = [str(day) for day in days if day < seen[0]]
        ended = gone(str(seen[-1]), *missed[:2]) if missed else {}
        rows.append(version(item, str(seen[0]), seen_not_before=before[-1] if before else None, **ended))
    return history(*rows), looks(*(("alpha", str(day), "ok") for day in days))


@pytest.mark.parametrize("gap_days", [7, 91])
def test_the_half_life_of_a_known_world_is_found_within_its_bounds(gap_days: int):
    frame, seen = a_world(3, gap_days)
    views, _ = views_of(frame, seen, PERIOD)
    units = views["entry"].units
    everything = np.ones(len(units.windows), dtype=bool)
    for cohort in ("appeared", "baseline"):
        rows = survival(units, everything, cohort).set_index("measure")
        row = rows.loc["half_life_days"]
        assert row["low"] <= row["value"] <= row["high"]
        # What is drawn is a sample: a tolerance of three standard errors of a half-life of some 600 or 200 lifetimes.
        tolerance = 3 * HALF_LIFE_DAYS / np.sqrt(row["n"] / 2)
        assert row["low"] - tolerance <= HALF_LIFE_DAYS <= row["high"] + tolerance
        weibull = rows.loc["half_life_weibull_days", "value"]
        assert weibull == pytest.approx(HALF_LIFE_DAYS, abs=tolerance)


def test_wider_gaps_between_looks_make_wider_bounds():
    widths = []
    for gap_days in (7, 28, 91):
        frame, seen = a_world(5, gap_days)
        views, _ = views_of(frame, seen, PERIOD)
        units = views["entry"].units
        rows = survival(units, np.ones(len(units.windows), dtype=bool), "appeared").set_index("measure")
        widths.append(rows.loc["half_life_days", "high"] - rows.loc["half_life_days", "low"])
    assert widths == sorted(widths)


def test_the_baseline_is_followed_from_its_first_look_and_apart():
    frame = history(
        version(1, "2024-01-01", **gone("2024-01-08", "2024-01-15", "2024-01-22")),
        version(2, "2024-01-15", seen_not_before="2024-01-08", **gone("2024-01-22", "2024-01-29", "2024-02-05")),
        version(3, "2024-01-15", seen_not_before="2024-01-08"),
    )
    seen = looks(*(("alpha", f"2024-01-{day:02}", "ok") for day in (1, 8, 15, 22, 29)), ("alpha", "2024-02-05", "ok"))
    views, _ = views_of(frame, seen, ("2024-01-10", "2024-02-10"))
    units = views["entry"].units
    is_new = units.windows["is_after_baseline"].to_numpy()
    baseline = lifetimes(units, ~is_new, "first_sight")
    assert (baseline.low.tolist(), baseline.high.tolist(), baseline.entry.tolist()) == ([7], [14], [0])
    appeared = lifetimes(units, is_new, "look_before")
    assert (appeared.low.tolist(), appeared.high.tolist(), appeared.entry.tolist()) == ([14, 28], [21, np.inf], [7, 7])


def test_a_miss_that_is_not_confirmed_ends_no_lifetime():
    frame = history(version(1, "2024-01-01", **gone("2024-01-08", "2024-01-15")))
    seen = looks(*(("alpha", f"2024-01-{day:02}", "ok") for day in (1, 8, 15)))
    views, _ = views_of(frame, seen, ("2024-01-10", "2024-01-16"))
    found = lifetimes(views["entry"].units, np.ones(1, dtype=bool), "first_sight")
    assert (found.low.tolist(), found.high.tolist()) == ([7], [np.inf])
