"""Expected stock and flows where births and ends lie between two looks."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from trend_frames import at, gone, history, looks, version, views_of

from trends.estimates import Estimate, estimated_flows
from trends.frames import ABSENCE_COLUMNS, Period
from trends.views import table

LOOKS = looks(
    ("alpha", "2024-01-01", "ok"), ("alpha", "2024-01-11", "ok"), ("alpha", "2024-01-21", "ok"),
    ("alpha", "2024-01-31", "ok"),
)  # fmt: skip


def estimated(frame: pd.DataFrame, period: tuple[str, str], known_at: str) -> dict[str, Estimate]:
    return estimated_of(frame, LOOKS, period, known_at)


def estimated_of(
    frame: pd.DataFrame, seen: pd.DataFrame, period: tuple[str, str], known_at: str | None = None
) -> dict[str, Estimate]:
    views, categories = views_of(frame, seen, period, known_at=known_at)
    view = views["entry"]
    days = Period(*(date.fromisoformat(day) for day in period))
    row = table(view, categories, "total", "all").iloc[0]
    stock = Estimate(row["stock_estimate"], row["stock_low"], row["stock_high"])
    return {"stock_estimate": stock, **estimated_flows(view, np.ones(len(view.units.windows), dtype=bool), days)}


def test_a_birth_between_two_looks_counts_with_the_part_of_the_time_that_is_past():
    """Born between the 1st and the 11th; by the end of the 4th (three of ten days are left after the 8th) 40 % are."""
    frame = history(version(1, "2024-01-11", seen_not_before="2024-01-01"))
    got = estimated(frame, ("2023-12-31", "2024-01-04"), "2024-01-31")
    assert got["stock_estimate"] == Estimate(pytest.approx(0.4), 0, 1)
    assert got["new_estimate"] == Estimate(pytest.approx(0.4), 0, 1)


def test_an_end_between_two_looks_counts_likewise():
    frame = history(version(1, "2024-01-01", **gone("2024-01-11", "2024-01-21", "2024-01-31")))
    got = estimated(frame, ("2024-01-12", "2024-01-17"), "2024-01-31")
    # 7 of 10 days are past at the end, 2 at the start.
    assert got["stock_estimate"] == Estimate(pytest.approx(0.3), 0, 1)
    assert got["withdrawn_estimate"] == Estimate(pytest.approx(0.5), 0, 1)


def test_what_lies_wholly_in_the_period_is_sure():
    frame = history(
        version(1, "2024-01-01", **gone("2024-01-11", "2024-01-21", "2024-01-31")),
        version(2, "2024-01-11", seen_not_before="2024-01-01"),
    )
    got = estimated(frame, ("2023-12-31", "2024-01-30"), "2024-01-31")
    assert got["withdrawn_estimate"] == Estimate(pytest.approx(1.0), 1, 1)
    assert got["new_estimate"] == Estimate(pytest.approx(1.0), 1, 1)
    assert got["stock_estimate"] == Estimate(pytest.approx(1.0), 1, 1)


def test_the_first_misses_of_a_source_are_not_expected_to_be_ends_and_may_be():
    frame = history(version(1, "2024-01-01", **gone("2024-01-11", "2024-01-21")))
    got = estimated(frame, ("2024-01-05", "2024-01-25"), "2024-01-25")
    assert got["stock_estimate"] == Estimate(1.0, 0, 1)
    assert got["withdrawn_estimate"] == Estimate(0.0, 0, 1)


def test_later_misses_are_believed_as_far_as_earlier_ones_were_confirmed():
    """Two were confirmed, of one look, and one was taken back: (2 + 1) / (3 + 2) of the one that is open."""
    ended = gone("2024-01-01", "2024-01-11", "2024-01-21")
    frame = history(
        *(version(number, "2024-01-01", **ended) for number in (1, 2)),
        version(3, "2024-01-01"),
        version(4, "2024-01-01", **gone("2024-01-21", "2024-01-31")),
    )
    absences = pd.DataFrame(
        [(3, 1, at("2024-01-01"), at("2024-01-11"), at("2024-01-21"))], columns=list(ABSENCE_COLUMNS)
    )
    days = ("2024-01-12", "2024-01-31")
    views, categories = views_of(frame, LOOKS, days, absences=absences)
    row = table(views["entry"], categories, "total", "all").iloc[0]
    assert row["stock_estimate"] == pytest.approx(1 + 2 / 5)
    assert (row["stock"], row["stock_low"], row["stock_high"]) == (2, 1, 2)


def test_one_look_that_misses_much_makes_no_wave():
    """One was ever confirmed of a look, with the chance of (1 + 1) / (1 + 2); of ten at once no more than one is."""
    frame = history(
        version(1, "2024-01-01", **gone("2024-01-01", "2024-01-11", "2024-01-21")),
        *(version(number, "2024-01-01", **gone("2024-01-21", "2024-01-31")) for number in range(10, 20)),
    )
    got = estimated(frame, ("2024-01-12", "2024-01-31"), "2024-01-31")
    assert got["stock_estimate"] == Estimate(pytest.approx(10 - 2 / 3), 0, 10)


def test_nothing_is_said_of_the_time_before_the_baseline():
    frame = history(version(1, "2024-01-01"))
    got = estimated(frame, ("2023-12-01", "2023-12-31"), "2024-01-31")
    assert got["stock_estimate"] == Estimate(0.0, 0, 0)


def test_a_retired_catalogue_ends_on_its_day():
    seen = LOOKS.assign(retired=date(2024, 2, 3))
    frame = history(version(1, "2024-01-01"))
    assert estimated_of(frame, seen, ("2024-01-31", "2024-02-02"))["stock_estimate"].value == 1
    after = estimated_of(frame, seen, ("2024-01-31", "2024-02-03"))
    assert after["stock_estimate"] == Estimate(0.0, 0, 0)
    assert after["withdrawn_estimate"].value == 0
