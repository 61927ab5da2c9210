"""Price levels and the index of matched models, worked out by hand."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from trend_frames import every_week, gone, history, later, looks, version, views_of

from trends.categories import categorise
from trends.knowledge import known_by
from trends.prices import jevons, price_index, price_levels
from trends.views import chain_views

BASE = "2024-01-01"
SEEN = looks(*every_week("alpha", BASE, "2024-06-24"), *every_week("beta", BASE, "2024-06-24"))
QUARTER = ("2024-03-31", "2024-06-30")


def priced(item: int, amount: float | None, *, eur: float | None = None, **others: object) -> dict[str, object]:
    facts = {"price_amount": amount, "price_currency": "EUR", "price_eur": amount if eur is None else eur}
    return version(item, BASE, **(facts | others))


def then(item: int, amount: float | None, **others: object) -> dict[str, object]:
    """Return the version of May of an item."""
    return priced(item, amount, **later("2024-05-06", **others))


def levels(*rows: dict[str, object]) -> pd.DataFrame:
    views, categories = views_of(history(*rows), SEEN, QUARTER)
    return price_levels(views["entry"], categories, "total", "all").set_index("level")


def test_quartiles_are_of_whole_prices_above_zero():
    rows = levels(
        *(priced(number, amount) for number, amount in enumerate([100, 200, 300, 400, 500])),
        priced(10, 0, price_type="free"),
        priced(11, 20, price_type="subscription"),
        priced(12, 30, price_period="month"),
        priced(13, None),
        priced(14, None, price_type=None),
    )
    price = rows.loc["price_eur"]
    assert (price["n"], price["q1"], price["median"], price["q3"]) == (5, 200, 300, 400)
    # Of 8 that are or may be paid for, three have no price for the whole in euro.
    assert price["missing_share"] == 3 / 8


def test_prices_per_credit_and_per_hour_divide_by_what_is_stated():
    rows = levels(
        priced(1, 100, ects=5, workload_hours=50), priced(2, 300, ects=3), priced(3, 500), priced(4, 500, ects=0)
    )
    assert rows.loc["price_eur_per_ects", ["n", "median", "missing_share"]].tolist() == [2, 60, 0.5]
    assert rows.loc["price_eur_per_hour", ["n", "median", "missing_share"]].tolist() == [1, 2, 0.75]


def test_no_price_has_no_level():
    assert np.isnan(levels(priced(1, None)).loc["price_eur", "median"])
    assert np.isnan(levels().loc["price_eur", "missing_share"])


def moved(*rows: dict[str, object]) -> pd.Series:
    views, categories = views_of(history(*rows), SEEN, QUARTER)
    return jevons(views["matched"], categories, "total", "all").iloc[0]


def test_the_index_is_the_geometric_mean_of_price_relatives():
    row = moved(priced(1, 100), then(1, 200), priced(2, 80), then(2, 40), priced(3, 50), priced(4, 10), then(4, 80))
    # 2, 1/2, 1 and 8: the fourth root of 8.
    assert row["price_relative"] == pytest.approx(8**0.25)
    assert (row["n"], row["changed_share"], row["missing_share"]) == (4, 0.75, 0)


def test_rates_of_exchange_do_not_move_it():
    row = moved(
        priced(1, 100, price_currency="USD", eur=90), then(1, 110, price_currency="USD", eur=121),
    )  # fmt: skip
    assert row["price_relative"] == pytest.approx(1.1)


@pytest.mark.parametrize(
    "after",
    [
        {"price_currency": "USD"},
        {"price_type": "subscription"},
        {"price_period": "month"},
        {"ects": 12.0},
    ],
)
def test_what_is_priced_otherwise_or_is_of_another_size_is_not_matched(after: dict[str, object]):
    before = {"ects": 6.0, "price_period": None}
    row = moved(priced(1, 100, **before), then(1, 200, **(before | after)), priced(2, 100, **before))
    assert (row["n"], row["price_relative"], row["missing_share"]) == (1, 1, 0.5)


def test_a_size_stated_only_now_is_no_other_size():
    row = moved(priced(1, 100), then(1, 200, ects=6))
    assert row["price_relative"] == pytest.approx(2)


def test_what_comes_and_goes_moves_nothing():
    row = moved(
        priced(1, 100),
        priced(2, 900, **gone("2024-04-29", "2024-05-06", "2024-05-13")),
        version(3, "2024-05-06", seen_not_before="2024-04-29", price_amount=5, price_currency="EUR"),
    )
    assert (row["price_relative"], row["n"], row["missing_share"]) == (1, 1, 0.5)


def test_what_becomes_free_is_counted_beside_the_index():
    free = {"price_type": "free"}
    row = moved(priced(1, 100), then(1, 0, **free), priced(2, 0, **free), then(2, 50), priced(3, 10))
    assert (row["became_free"], row["became_paid"], row["n"]) == (1, 1, 1)


def test_the_chain_of_the_index_leaves_no_trace_of_a_price_that_comes_back():
    frame = history(
        priced(1, 100),
        then(1, 200),
        priced(1, 100, **later("2024-06-10")),
        priced(2, 100),
        priced(3, 300),
        then(3, 330),
    )
    known = known_by(frame, SEEN, as_of=date(2024, 6, 30), known_at=date(2024, 6, 30))
    days = [date(2024, 4, 30), date(2024, 5, 31), date(2024, 6, 30)]
    categories = categorise(known.versions)
    got = price_index(chain_views(known, categories, "listing", days), categories, days)
    assert got["index"].tolist() == pytest.approx([100, 100 * (2 * 1.1) ** (1 / 3), 100 * 1.1 ** (1 / 3)])
    assert got["n"].tolist() == [0, 3, 3]
