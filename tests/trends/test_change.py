"""The change between two days taken apart, growth on the matched panel, and chains: worked out by hand."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from trend_frames import every_week, gone, history, later, looks, version, views_of

from trends.categories import categorise
from trends.change import chained, changes, growth, stock_index
from trends.knowledge import known_by
from trends.views import chain_views, table

BASE = "2024-01-01"
QUARTER = ("2024-03-31", "2024-06-30")


def parts(frame: pd.DataFrame, seen: pd.DataFrame, *, cut: str = "total", **others: object) -> pd.DataFrame:
    views, categories = views_of(frame, seen, QUARTER, **others)
    return changes({status: table(view, categories, cut, "all") for status, view in views.items()})


def a_story() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Alpha is looked at weekly, beta came in May, gamma was retired in June."""
    seen = looks(
        *every_week("alpha", BASE, "2024-06-24"),
        *every_week("beta", "2024-05-06", "2024-06-24"),
        *every_week("gamma", BASE, "2024-05-27"),
        retired={"gamma": date(2024, 6, 1)},
    )
    frame = history(
        *(version(number, BASE) for number in range(10)),
        version(20, BASE, **gone("2024-04-29", "2024-05-06", "2024-05-13")),
        version(21, "2024-04-15", seen_not_before="2024-04-08"),
        version(22, "2024-05-20", seen_not_before="2024-05-13"),
        *(version(number, "2024-05-06", source="beta") for number in range(30, 37)),
        *(version(number, BASE, source="gamma") for number in range(40, 44)),
    )
    return frame, seen


def test_the_change_is_growth_within_sources_their_entry_and_their_exit():
    frame, seen = a_story()
    row = parts(frame, seen).iloc[0]
    # 11 + 4 were listed; 12 + 7 are.
    assert row.to_dict() == {
        "change": 4, "change_within": 1, "change_reclassified": 0, "change_stale": 0, "change_exit": -4,
        "change_entry": 7,
    }  # fmt: skip


def growth_of(frame: pd.DataFrame, seen: pd.DataFrame, **others: object) -> pd.Series:
    views, categories = views_of(frame, seen, QUARTER, **others)
    return growth(table(views["matched"], categories, "total", "all")).iloc[0]


def test_growth_is_that_of_the_matched_sources_only():
    """Of alpha's 11 one went and two came, all well within the period, so both figures of growth are the same."""
    frame, seen = a_story()
    row = growth_of(frame, seen)
    assert row["growth_of_record"] == row["growth"] == pytest.approx(1 / 11)
    assert row["entry_rate"] == pytest.approx(2 / 11)
    assert row["exit_rate"] == pytest.approx(1 / 11)
    assert row["churn_rate"] == pytest.approx(3 / 11)
    assert row["growth_low"] == row["growth_high"] == row["growth"]


def test_what_was_missed_once_bounds_the_growth():
    """Of 10, one was missed before the period and confirmed in it; two are missed at its end.

    What is confirmed had gone before the period, so 9 were listed at its start. One was ever missed rightly of a look:
    of the two open ones no more than one is believed, with the chance of (1 + 1) / (1 + 2).
    """
    seen = looks(*every_week("alpha", BASE, "2024-06-24"))
    frame = history(
        *(version(number, BASE) for number in range(7)),
        version(20, BASE, **gone("2024-03-18", "2024-03-25", "2024-04-01")),
        *(version(number, BASE, **gone("2024-06-17", "2024-06-24")) for number in (21, 22)),
    )
    row = growth_of(frame, seen)
    assert row["growth_of_record"] == pytest.approx(9 / 10 - 1)
    assert row["growth"] == pytest.approx((9 - 2 / 3) / 9 - 1)
    assert row["growth_low"] == pytest.approx(7 / 10 - 1)
    assert row["growth_high"] == pytest.approx(9 / 9 - 1)


def test_a_birth_between_the_looks_around_the_start_counts_with_the_time_that_is_past():
    """Born between 25 March and 8 April: half of these two weeks are past at the end of 31 March."""
    seen = looks(*every_week("alpha", BASE, "2024-06-24"))
    early = version(9, "2024-04-08", seen_not_before="2024-03-25")
    frame = history(*(version(number, BASE) for number in range(4)), early)
    assert growth_of(frame, seen)["growth"] == pytest.approx(5 / 4.5 - 1)


def test_a_source_that_nobody_looked_at_for_a_while_is_its_own_part():
    seen = looks(*every_week("alpha", BASE, "2024-06-24"), ("beta", BASE, "ok"), ("beta", "2024-06-24", "ok"))
    frame = history(
        version(1, BASE),
        *(version(number, "2024-06-24", source="beta", seen_not_before=BASE) for number in (2, 3)),
        version(4, BASE, source="beta"),
    )
    row = parts(frame, seen).iloc[0]
    assert (row["change"], row["change_within"], row["change_stale"]) == (2, 0, 2)


def test_a_move_between_categories_is_a_part_of_its_own_and_no_growth():
    seen = looks(*every_week("alpha", BASE, "2024-06-24"))
    frame = history(
        version(1, BASE, delivery="online"),
        version(1, BASE, **later("2024-05-06", delivery="blended")),
        version(2, BASE, delivery="online"),
        version(3, "2024-05-06", delivery="blended", seen_not_before="2024-04-29"),
    )
    rows = parts(frame, seen, cut="delivery")
    assert rows.loc["blended", ["change", "change_within", "change_reclassified"]].tolist() == [2, 1, 1]
    assert rows.loc["online", ["change", "change_within", "change_reclassified"]].tolist() == [-1, 0, -1]


def test_a_new_catalogue_adds_only_the_credentials_that_no_other_listed():
    seen = looks(*every_week("alpha", BASE, "2024-06-24"), *every_week("beta", "2024-05-06", "2024-06-24"))
    frame = history(
        version(1, BASE, credential_id="x"),
        version(2, "2024-05-06", source="beta", credential_id="x"),
        version(3, "2024-05-06", source="beta", credential_id="y"),
    )
    assert parts(frame, seen).iloc[0]["change_entry"] == 2
    row = parts(frame, seen, unit="credential").iloc[0]
    assert (row["change"], row["change_within"], row["change_entry"]) == (1, 0, 1)


def test_nothing_listed_at_the_start_has_no_growth():
    views, categories = views_of(history(), looks(), QUARTER)
    assert growth(table(views["matched"], categories, "total", "all")).isna().all(axis=None)


def test_a_chain_starts_at_100_and_ends_at_an_unknown_link():
    assert chained([1.1, 0.5]) == pytest.approx([100, 110, 55])
    assert chained([]) == [100]
    assert np.isnan(chained([1.1, np.nan, 1.2])[2:]).all()


def test_the_index_of_stock_follows_each_pair_of_days_on_its_own_panel():
    frame, seen = a_story()
    known = known_by(frame, seen, as_of=date(2024, 6, 30), known_at=date(2024, 6, 30))
    days = [date(2024, 1, 31), date(2024, 4, 30), date(2024, 5, 31), date(2024, 6, 30)]
    categories = categorise(known.versions)
    got = stock_index(chain_views(known, categories, "listing", days), categories, days)
    # January to April: alpha 11 and gamma 4 become one more (item 21), less 2/7 of item 20, which was gone between
    # 29 April and 6 May. April to May: that is gone, and item 22 came. May to June: alpha 12 and beta 7, nothing moves.
    april = (16 - 2 / 7) / 15
    assert got["n"].tolist() == [0, 15, 16, 19]
    assert got["index"].tolist() == pytest.approx([100, 100 * april, 100 * april * 16 / (16 - 2 / 7), 100 * 16 / 15])
