"""Shares and concentration, with the bounds that the unknown leaves."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from trend_frames import history, looks, version, views_of

from trends.composition import (
    Bounded,
    category_shares,
    concentration,
    cross_border_share,
    partnership_share,
    share_of,
)

BASE = "2024-01-01"
SEEN = looks(("alpha", BASE, "ok"), ("beta", BASE, "ok"))
DAY = ("2023-12-31", BASE)


def test_a_share_of_the_known_lies_between_all_unknown_being_no_and_yes():
    assert share_of(3, 1, 4) == Bounded(0.75, 3 / 8, 7 / 8, 8, 0.5)
    assert share_of(3, 1, 0) == Bounded(0.75, 0.75, 0.75, 4, 0.0)


def test_a_share_of_nothing_known_is_unknown():
    nothing_known, nothing = share_of(0, 0, 2), share_of(0, 0, 0)
    assert np.isnan(nothing_known.value)
    assert (nothing_known.low, nothing_known.high) == (0.0, 1.0)
    assert np.isnan([nothing.value, nothing.low, nothing.high, nothing.missing_share]).all()


def test_the_shares_of_categories_have_the_unknown_among_them():
    shares = category_shares(pd.Series({"online": 5, "blended": 3, "unknown": 2}), 10, 2)
    assert shares.loc["online"].tolist() == [0.5, 0.5, 0.7]
    assert shares.loc["unknown"].tolist() == [0.2, 0.0, 0.2]
    assert category_shares(pd.Series({"unknown": 0}), 0, 0).isna().all(axis=None)


def test_partnerships_and_borders_are_shares_of_what_is_known():
    frame = history(
        version(1, BASE, development_modes=("own_unbundled",), awarder_country="BE"),
        version(2, BASE, development_modes=("own_unbundled", "partner_employer"), awarder_country="FR"),
        version(3, BASE, development_modes=("partner_employer",)),
        version(4, BASE, development_modes=("non_hei",), mc_class="degree"),
        version(5, BASE),
    )
    views, categories = views_of(frame, SEEN, DAY)
    assert partnership_share(views["entry"], categories, "all") == Bounded(0.5, 0.4, 0.6, 5, 0.2)
    assert cross_border_share(views["entry"], categories, "all") == Bounded(0.5, 0.2, 0.8, 5, 0.6)
    assert partnership_share(views["entry"], categories, "core") == Bounded(2 / 3, 0.5, 0.75, 4, 0.25)


def test_concentration_over_awarders():
    """Shares of 6/8, 1/8 and 1/8 of what is known, and two of ten unknown."""
    awarders = ["a"] * 6 + ["b", "c", None, None]
    frame = history(*(version(number, BASE, awarder_id=one) for number, one in enumerate(awarders)))
    views, categories = views_of(frame, SEEN, DAY)
    got = concentration(views["entry"], categories, "awarder_id", "all")
    index = got["herfindahl_hirschman"]
    assert index.value == pytest.approx((36 + 1 + 1) / 64)
    assert index.low == pytest.approx((36 + 1 + 1) / 100)
    assert index.high == pytest.approx((64 + 1 + 1) / 100)
    assert (index.n, index.missing_share) == (10, 0.2)
    largest = got["share_of_largest_1"]
    assert (largest.value, largest.low, largest.high) == pytest.approx((0.75, 0.6, 0.8))
    assert (got["share_of_largest_5"].value, got["share_of_largest_5"].high) == pytest.approx((1.0, 1.0))


def test_concentration_over_sources_has_nothing_unknown():
    frame = history(version(1, BASE), version(2, BASE), version(3, BASE), version(4, BASE, source="beta"))
    views, categories = views_of(frame, SEEN, DAY)
    index = concentration(views["entry"], categories, "source", "all")["herfindahl_hirschman"]
    assert (index.value, index.low, index.high) == (0.625, 0.625, 0.625)


def test_concentration_of_nothing_is_unknown():
    views, categories = views_of(history(), looks(), DAY)
    figures = concentration(views["entry"], categories, "source", "all").values()
    assert all(np.isnan(figure.value) and figure.n == 0 for figure in figures)
