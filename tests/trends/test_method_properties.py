"""What must hold in every world: random looks, an independent account of what follows, and the measures beside it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st
from trend_worlds import (
    DAYS,
    FIRST_DAY,
    Look,
    Window,
    absences_frame,
    day,
    end_of,
    follow,
    history_frame,
    looks_frame,
    periods,
    worlds,
)

from trends.categories import CUTS, Categories, categorise
from trends.change import changes, growth
from trends.estimates import estimated_flows
from trends.frames import Period
from trends.knowledge import known_by
from trends.tallies import FLOWS
from trends.units import UNITS
from trends.views import View, nested_views, table

Days = tuple[date, date, date]
SOME_CUTS = ("total", "source", "delivery", "development_modes", "development")


def measured(
    looks: list[Look], days: Days, unit: str = "listing", *, history: list[Look] | None = None, **others: Any
) -> tuple[dict[str, View], Categories]:
    """Return the views of a world. ``history``: looks that the history was made of, if others than those known."""
    start, end, known_day = days
    windows = follow(looks if history is None else history)
    known = known_by(
        history_frame(windows, **others), looks_frame(looks), as_of=end, known_at=known_day,
        absences=absences_frame(windows),
    )  # fmt: skip
    categories = categorise(known.versions)
    return dict(nested_views(known, categories, unit, Period(start, end))), categories


def everything(views: dict[str, View], categories: Categories, cut: str = "total", population: str = "all") -> Any:
    return table(views["entry"], categories, cut, population)


def in_record(window: Window, at: datetime, lag: timedelta) -> bool:
    """Whether a window is in the record at a moment, by the words of the definition."""
    left = window.missed is not None and window.missed < at
    confirmed = window.withdrawn is not None and window.withdrawn < at + lag
    return window.opened < at and not (left and confirmed)


@settings(max_examples=25)
@given(worlds(), periods(), st.sampled_from(["listing", "programme", "credential"]))
def test_the_stock_is_what_one_counts_one_by_one(looks: list[Look], days: Days, unit: str):
    start, end, known_day = days
    windows = follow([look for look in looks if look.at < end_of(known_day)])
    keys = {
        "listing": lambda w: w.item,
        "programme": lambda w: (w.source, max(w.number, 2)),
        "credential": lambda w: w.number,
    }
    row = everything(*measured(looks, days, unit)).iloc[0]
    for name, moment in (("stock_start", end_of(start)), ("stock", end_of(end))):
        listed = {keys[unit](w) for w in windows if in_record(w, moment, known_day - end)}
        assert row[name] == len(listed)


@settings(max_examples=25)
@given(worlds(), periods())
def test_flows_without_lag_are_those_that_the_looks_of_the_period_reported(looks: list[Look], days: Days):
    start, end, _ = days
    known = [look for look in looks if look.at < end_of(end)]
    first = {s: min((k.at for k in known if k.complete and k.source == s), default=None) for s in ("alpha", "beta")}
    expected = dict.fromkeys(FLOWS, 0)
    for w in follow(known):
        if end_of(start) <= w.opened:
            baseline = first[w.source] is None or w.opened <= first[w.source]
            expected["relisted" if w.window > 1 else "baseline_entered" if baseline else "new"] += 1
        expected["withdrawn"] += w.withdrawn is not None and w.withdrawn >= end_of(start)
    row = everything(*measured(looks, (start, end, end))).iloc[0]
    assert row[list(FLOWS)].to_dict() == expected


@settings(max_examples=25)
@given(worlds(), periods(), st.sampled_from(UNITS), st.sampled_from(SOME_CUTS), st.sampled_from(["all", "core"]))
def test_the_stock_at_the_end_is_that_at_the_start_and_the_flows_between(
    looks: list[Look], days: Days, unit: str, cut: str, population: str
):
    views, categories = measured(looks, days, unit)
    for view in views.values():
        rows = table(view, categories, cut, population)
        flows = rows["baseline_entered"] + rows["new"] + rows["relisted"] - rows["withdrawn"] - rows["source_exited"]
        assert (rows["stock"] == rows["stock_start"] + flows + rows["reclassified"]).all()


@settings(max_examples=25)
@given(worlds(("alpha", "beta", "gamma")), periods(), st.sampled_from(UNITS), st.sampled_from(SOME_CUTS))
def test_the_parts_of_a_change_add_up_to_it(looks: list[Look], days: Days, unit: str, cut: str):
    views, categories = measured(looks, days, unit)
    tables = {status: table(view, categories, cut, "all") for status, view in views.items()}
    parts = changes(tables)
    assert (parts["change"] == parts.drop(columns="change").sum(axis="columns")).all()
    assert (parts["change"] == tables["entry"]["stock"] - tables["entry"]["stock_start"]).all()
    matched = tables["matched"]
    within = matched["new"] + matched["relisted"] - matched["withdrawn"]
    assert (parts["change_within"] == within).all()


@settings(max_examples=25)
@given(worlds(), periods(), st.sampled_from(["listing", "credential"]))
def test_later_looks_change_no_figure(looks: list[Look], days: Days, unit: str):
    by_then = measured([look for look in looks if look.at < end_of(days[2])], days, unit)
    with_later = measured(looks, days, unit)
    for cut in SOME_CUTS:
        then, now = everything(*by_then, cut), everything(*with_later, cut)
        # A category that only later looks brought has a row of zeros now.
        assert (now.loc[~now.index.isin(then.index)] == 0).all(axis=None)
        pd.testing.assert_frame_equal(now.loc[then.index], then)


@settings(max_examples=25)
@given(worlds(), periods(), st.sampled_from(["listing", "credential"]))
def test_bounds_contain_the_figure(looks: list[Look], days: Days, unit: str):
    views, categories = measured(looks, days, unit)
    view = views["entry"]
    row = everything(views, categories).iloc[0]
    for figure in ("stock", "stock_estimate"):
        assert row["stock_low"] - 1e-9 <= row[figure] <= row["stock_high"] + 1e-9
    inside = np.ones(len(view.units.windows), dtype=bool)
    for estimate in estimated_flows(view, inside, Period(days[0], days[1])).values():
        assert estimate.low - 1e-9 <= estimate.value <= estimate.high + 1e-9
    rates = growth(table(views["matched"], categories, "total", "all")).iloc[0]
    known = rates[["growth_low", "growth", "growth_high"]].dropna().tolist()
    assert known == sorted(known)


@settings(max_examples=25)
@given(worlds(), periods())
def test_expected_stocks_differ_by_the_expected_flows(looks: list[Look], days: Days):
    """Where all is known to be new or withdrawn; what is baseline or relisted has no estimate of its own."""
    start, end, known_day = days
    first = {look.source: look.at for look in reversed(looks) if look.complete}
    kept = [
        window for window in follow(looks)
        if window.window == 1 and window.source in first and window.opened > first[window.source]
    ]  # fmt: skip
    known = known_by(history_frame(kept), looks_frame(looks), as_of=end, known_at=known_day)
    categories = categorise(known.versions)
    stocks = []
    for period in (Period(start - timedelta(days=400), start), Period(start, end)):
        view = nested_views(known, categories, "listing", period)["entry"]
        found = estimated_flows(view, np.ones(len(view.units.windows), dtype=bool), period)
        stocks.append(table(view, categories, "total", "all")["stock_estimate"].iloc[0])
    flows = found["new_estimate"].value - found["withdrawn_estimate"].value
    assert np.isclose(stocks[1] - stocks[0], flows)


@settings(max_examples=30)
@given(st.lists(st.tuples(st.integers(1, 20), st.integers(21, DAYS)), min_size=1, max_size=3), st.data())
def test_more_looks_never_widen_the_bounds(lives: list[tuple[int, int]], data: st.DataObject):
    """Of items that the fewer looks saw too, with two looks after the day that is measured."""
    few = sorted({0, *data.draw(st.sets(st.integers(1, DAYS), min_size=2)), DAYS + 20, DAYS + 21})
    many = sorted({*few, *data.draw(st.sets(st.integers(1, DAYS), max_size=10))})
    seen = [(birth, death) for birth, death in lives if any(birth <= look < death for look in few)]
    measured_day = data.draw(st.integers(1, DAYS))
    widths = []
    for schedule in (few, many):
        looks = [
            Look("alpha", end_of(day(look)) - timedelta(hours=12), complete=True, seen={
                number: None for number, (birth, death) in enumerate(seen) if birth <= look < death
            })
            for look in schedule
        ]  # fmt: skip
        row = everything(*measured(looks, (FIRST_DAY, day(measured_day), day(DAYS + 30)))).iloc[0]
        widths.append(row["stock_high"] - row["stock_low"])
    assert widths[1] <= widths[0]


@settings(max_examples=30)
@given(worlds(), worlds(("gamma",)), periods(), st.sampled_from(["listing", "credential"]))
def test_a_new_source_does_not_move_the_growth_of_the_others(
    looks: list[Look], more: list[Look], days: Days, unit: str
):
    new = [look for look in more if look.at >= end_of(days[0])]
    together = sorted([*looks, *new], key=lambda look: look.at)
    worlds_of = [measured(one, days, unit) for one in (looks, together)]
    for cut in ("total", "delivery"):
        alone, joined = (growth(table(views["matched"], categories, cut, "all")) for views, categories in worlds_of)
        pd.testing.assert_frame_equal(joined.loc[alone.index], alone)


@settings(max_examples=30)
@given(worlds(("alpha",)), periods())
def test_a_catalogue_that_mirrors_another_adds_no_credential(looks: list[Look], days: Days):
    mirrored = [copy for look in looks for copy in (look, Look("gamma", look.at, look.complete, look.seen))]
    one, two = (everything(*measured(of, days, "credential"), "delivery") for of in (looks, mirrored))
    pd.testing.assert_frame_equal(one, two)
    listings, twice = (everything(*measured(of, days)) for of in (looks, mirrored))
    assert twice["stock"].iloc[0] == 2 * listings["stock"].iloc[0]


@settings(max_examples=15)
@given(worlds(), periods(), st.sampled_from(["listing", "credential"]), st.randoms(use_true_random=False))
def test_the_order_of_rows_and_rows_given_twice_do_not_matter(looks: list[Look], days: Days, unit: str, random: Any):
    start, end, known_day = days
    windows = follow(looks)
    history, seen = history_frame(windows), looks_frame(looks)
    order = [*range(len(history)), *range(len(history))]
    random.shuffle(order)
    found = []
    for frame, runs in ((history, seen), (history.iloc[order].reset_index(drop=True), seen.iloc[::-1])):
        known = known_by(frame, runs, as_of=end, known_at=known_day)
        categories = categorise(known.versions)
        views = nested_views(known, categories, unit, Period(start, end))
        found.append(pd.concat([table(views["entry"], categories, cut, "all") for cut in CUTS]))
    pd.testing.assert_frame_equal(*found)


@settings(max_examples=30)
@given(worlds(), periods())
def test_the_categories_of_an_exclusive_cut_add_up_to_the_total(looks: list[Look], days: Days):
    views, categories = measured(looks, days, "credential")
    total = everything(views, categories).iloc[0]
    for cut in CUTS:
        if cut != "development_modes":
            assert (everything(views, categories, cut).sum() == total).all()
