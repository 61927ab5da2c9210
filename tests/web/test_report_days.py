"""Which stored snapshots a report is made of."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from web.report_days import DAYS_MOST, NotMeasured, report_days
from web.series import Snapshot


def a_snapshot(day: str, since: str, *, known: str | None = None, number: str = "") -> Snapshot:
    return Snapshot(
        id=f"{day}{since}{known}{number}", as_of=date.fromisoformat(day), known_at=date.fromisoformat(known or day),
        period_start=date.fromisoformat(since), definition="eu_2022", method="2",
    )  # fmt: skip


def test_a_report_is_of_one_series():
    quarters = [
        a_snapshot("2024-03-31", "2023-12-31"), a_snapshot("2024-06-30", "2024-03-31"),
        a_snapshot("2024-09-30", "2024-06-30"),
    ]  # fmt: skip
    year, revised = a_snapshot("2024-09-30", "2023-09-30"), a_snapshot("2024-06-30", "2024-03-31", known="2024-09-30")
    every = [*quarters, year, revised]
    found = report_days(every, definition="eu_2022")
    assert found.days == tuple(quarters)
    assert (found.latest, found.before, found.year) == (quarters[2], quarters[1], year)
    earlier = report_days(every, definition="eu_2022", as_of=date(2024, 6, 30))
    assert (earlier.days, earlier.year) == (tuple(quarters[:2]), None)
    again = report_days(every, definition="eu_2022", as_of=date(2024, 6, 30), known_at=date(2024, 9, 30))
    assert (again.latest, again.days, again.before) == (revised, (revised,), None)
    with pytest.raises(NotMeasured, match=r"microcred snapshot --as-of 2024-06-29 --definition eu_2022"):
        report_days(every, definition="eu_2022", as_of=date(2024, 6, 29))
    with pytest.raises(NotMeasured, match=r"microcred snapshot --as-of DATE --definition oecd_2021"):
        report_days(every, definition="oecd_2021")


def test_long_series_are_thinned_with_their_ends():
    march = [date(2024, 3, number) for number in range(1, 32)]
    days = [a_snapshot(str(day), str(day - timedelta(days=91))) for day in march]
    found = report_days(days, definition="eu_2022")
    assert len(found.days) == len(set(found.days)) == DAYS_MOST
    assert (found.first, found.days[-1], found.left_out) == (days[0], days[-1], 31 - DAYS_MOST)
