"""The whole table of one day and period: which rows there are, and a story that can be read off them."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from trend_frames import at, every_week, gone, history, later, looks, no_changes, version

from trends.method import CUTS, METHOD_VERSION, POPULATIONS, ROW_KEY, TREND_COLUMNS, UNITS, snapshot

BASE = "2024-01-01"
SEEN = looks(
    *every_week("alpha", BASE, "2024-06-24"),
    *every_week("beta", "2024-05-06", "2024-06-24"),
    ("gamma", "2024-02-05", "ok"),
)
DAYS = {"as_of": date(2024, 6, 30), "period_start": date(2024, 3, 31), "definition": "eu"}
MADE = {"development_modes": ("partner_commercial_platform",), "awarder_id": "u", "awarder_country": "BE"}


def a_story() -> pd.DataFrame:
    """Alpha lists 3 of which one goes and one comes; beta came with 2, one of which alpha lists too; gamma is stale."""
    return history(
        version(1, BASE, credential_id="x", price_amount=100.0, price_currency="EUR", price_eur=100.0, **MADE),
        version(
            1, BASE, credential_id="x", **MADE,
            **later("2024-05-06", price_amount=121.0, price_currency="EUR", price_eur=121.0),
        ),
        version(2, BASE, mc_class="course_only"),
        version(3, BASE, **gone("2024-04-29", "2024-05-06", "2024-05-13")),
        version(4, "2024-05-06", seen_not_before="2024-04-29"),
        version(5, "2024-05-06", source="beta", credential_id="x", **MADE),
        version(6, "2024-05-06", source="beta", mc_class=None),
        version(7, "2024-02-05", source="gamma"),
    )  # fmt: skip


def changes() -> pd.DataFrame:
    return pd.DataFrame({"item_id": [1], "at": [at("2024-05-06")], "field": ["price_amount"]})


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    chain = [date(2024, 1, 31), date(2024, 3, 31)]
    return snapshot(a_story(), history(), SEEN, changes(), **DAYS, chain_days=chain)


def figure(rows: pd.DataFrame, measure: str, **key: str) -> pd.Series:
    wanted = {"population": "all", "unit": "listing", "panel": "all", "cut": "total", "cut_value": "all"} | key
    chosen = rows[(rows["measure"] == measure) & (rows[list(wanted)] == pd.Series(wanted)).all(axis="columns")]
    assert len(chosen) == 1, (measure, wanted, len(chosen))
    return chosen.iloc[0]


def test_every_row_is_known_by_its_key_and_the_rows_are_in_its_order(rows: pd.DataFrame):
    assert list(rows.columns) == list(TREND_COLUMNS)
    assert not rows.duplicated(list(ROW_KEY)).any()
    assert rows[list(ROW_KEY)].equals(rows[list(ROW_KEY)].sort_values(list(ROW_KEY), ignore_index=True))
    assert set(rows["unit"]) == set(UNITS)
    assert set(rows["population"]) == set(POPULATIONS)
    assert set(CUTS) <= set(rows["cut"])
    assert rows[["value", "low", "high", "missing_share"]].dtypes.eq("float64").all()
    assert rows[["n", "sources_ok", "sources_stale", "sources_missing"]].dtypes.eq("int64").all()
    assert {*rows["as_of"], *rows["known_at"]} == {date(2024, 6, 30)}
    assert METHOD_VERSION == "2"


def test_the_story_can_be_read_off_the_rows(rows: pd.DataFrame):
    assert [figure(rows, name)["value"] for name in ("stock_start", "stock", "new", "withdrawn")] == [4, 6, 1, 1]
    assert figure(rows, "stock", unit="credential")["value"] == 5
    assert figure(rows, "listings", unit="credential")["value"] == 6
    assert figure(rows, "stock", unit="credential", cut="catalogues", cut_value="2")["value"] == 1
    parts = {name: figure(rows, f"change_{name}")["value"] for name in ("within", "entry", "exit", "stale")}
    assert parts == {"within": 0, "entry": 2, "exit": 0, "stale": 0}
    assert figure(rows, "change_entry", unit="credential")["value"] == 1
    assert figure(rows, "growth", panel="matched")["value"] == 0
    assert figure(rows, "churn_rate", panel="matched")["value"] == pytest.approx(2 / 3)
    assert figure(rows, "changed", cut="field", cut_value="price_amount")["value"] == 1
    assert figure(rows, "changed_items")["value"] == 1
    assert figure(rows, "partnership_share")["value"] == 1
    assert figure(rows, "cross_border_share")["value"] == 0.5
    assert figure(rows, "herfindahl_hirschman", cut="concentration", cut_value="source")["value"] == pytest.approx(
        (9 + 4 + 1) / 36
    )


def test_prices_are_followed_on_the_matched_panel(rows: pd.DataFrame):
    assert figure(rows, "price_eur_median")["value"] == 121
    relative = figure(rows, "price_relative", panel="matched")
    assert (relative["value"], relative["n"]) == (pytest.approx(1.21), 1)
    assert figure(rows, "price_index", panel="matched")["value"] == pytest.approx(121)
    assert figure(rows, "stock_index", panel="matched")["value"] == 100


def test_populations_are_of_the_class_under_the_definition(rows: pd.DataFrame):
    assert figure(rows, "stock", population="core")["value"] == 4
    assert figure(rows, "stock", population="core", unit="credential")["value"] == 3
    assert figure(rows, "stock", cut="mc_class", cut_value="unknown")["missing_share"] == pytest.approx(1 / 6)


def test_every_row_says_how_far_the_sources_were_covered(rows: pd.DataFrame):
    coverage = ["sources_ok", "sources_stale", "sources_missing"]
    assert figure(rows, "stock")[coverage].tolist() == [2, 1, 0]
    assert figure(rows, "stock", cut="country", cut_value="NZ")[coverage].tolist() == [0, 1, 0]
    # Of the matched panel: alpha is in it, gamma is stale, beta came in the period.
    assert figure(rows, "growth", panel="matched")[coverage].tolist() == [1, 1, 1]


def test_shares_have_the_bounds_of_the_unknown(rows: pd.DataFrame):
    share = figure(rows, "share", cut="mc_class", cut_value="core")
    assert (share["value"], share["low"], share["high"]) == (
        pytest.approx(4 / 6), pytest.approx(4 / 6), pytest.approx(5 / 6),
    )  # fmt: skip


def test_survival_is_not_drawn_of_a_few(rows: pd.DataFrame):
    row = figure(rows, "half_life_days", cut="cohort", cut_value="appeared")
    assert np.isnan(row["value"])


def test_the_same_input_gives_the_same_rows_and_its_order_does_not_matter(rows: pd.DataFrame):
    chain = [date(2024, 1, 31), date(2024, 3, 31)]
    shuffled = a_story().iloc[::-1].reset_index(drop=True)
    again = snapshot(shuffled, history(), SEEN.iloc[::-1], changes(), **DAYS, chain_days=chain)
    pd.testing.assert_frame_equal(again, rows)


def test_later_knowledge_is_used_only_where_it_is_asked_for():
    """Missed at the end of June, confirmed in July."""
    ended = history(version(1, BASE, **gone("2024-06-10", "2024-06-24", "2024-07-01")), version(2, BASE))
    seen = looks(*every_week("alpha", BASE, "2024-07-01"))
    then = snapshot(ended, history(), seen, no_changes(), **DAYS)
    revised = snapshot(ended, history(), seen, no_changes(), **DAYS, known_at=date(2024, 7, 31))
    assert figure(then, "stock")[["value", "low", "high"]].tolist() == [2, 1, 2]
    assert figure(revised, "stock")[["value", "low", "high"]].tolist() == [1, 1, 1]
    assert set(revised["known_at"]) == {date(2024, 7, 31)}


def test_no_chain_has_no_index_and_an_empty_history_has_zeros():
    rows = snapshot(history(), history(), looks(), no_changes(), **DAYS)
    assert not rows["measure"].isin(["stock_index", "price_index"]).any()
    counted = rows[rows["measure"].isin(["stock", "new", "withdrawn"])]
    assert (counted["value"] == 0).all()


@pytest.mark.parametrize("days", [[date(2024, 6, 30)], [date(2024, 3, 31), date(2024, 1, 31)]])
def test_days_of_a_chain_that_are_not_in_order_are_refused(days: list[date]):
    with pytest.raises(ValueError, match="chain_days"):
        snapshot(history(), history(), looks(), no_changes(), **DAYS, chain_days=days)
