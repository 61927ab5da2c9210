"""Measured growth beside the true growth of invented catalogues; the whole table is in ``trend_truth``."""

from __future__ import annotations

from datetime import timedelta

import pandas as pd
from trend_truth import CATALOGUES, FIRST_DAY, QUARTER_DAYS, errors, invent

from trends.categories import categorise
from trends.change import growth
from trends.frames import Period
from trends.knowledge import known_by
from trends.views import matched_view, table

POINT = 0.01


def test_weekly_looks_find_the_growth_of_a_quarter_within_one_point():
    worlds = [invent(seed, "weekly", mean_life_days=1200, failing=0.03) for seed in (1, 2)]
    revised = pd.concat([errors(world, 100) for world in worlds])
    then = pd.concat([errors(world, 0) for world in worlds])
    assert (revised["error"].abs() < POINT).all()
    assert (then["error"].abs() < POINT).mean() >= 0.9
    assert revised["is_bounded"].all()
    assert then["is_bounded"].all()


def test_a_look_that_overlooks_a_third_makes_no_wave_of_withdrawals():
    """The 40th look of every catalogue misses a third; measured on that day, when nothing can confirm or deny it."""
    world = invent(3, "weekly", mean_life_days=1200, failing=0.0, wave=40)
    day = FIRST_DAY + timedelta(days=286)  # the catalogues are looked at on days 280 to 286
    known = known_by(world.versions, world.looks, as_of=day, known_at=day, absences=world.absences)
    categories = categorise(known.versions)
    period = Period(day - timedelta(days=QUARTER_DAYS), day)
    total = table(matched_view(known, categories, "listing", period), categories, "total", "all")
    row, rates = total.iloc[0], growth(total).iloc[0]
    assert row["missing"] > 0.3 * row["stock"]
    assert rates["growth_low"] < -0.25
    assert row["withdrawn"] < 0.1 * row["stock_start"]
    true = world.listed(day, CATALOGUES) / world.listed(period.period_start, CATALOGUES) - 1
    assert abs(rates["growth"] - true) < 0.05
    assert abs(rates["growth_of_record"] - true) < 0.03
