"""Stocks by cumulative sums, counted on one's fingers."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from trends.stocks import (
    EPOCH,
    NEVER,
    STOCK_COLUMNS,
    Cut,
    Episodes,
    Shown,
    corrected,
    daily_changes,
    month_ends,
    stock_table,
    with_retirements,
)

KIND = Cut("kind", size=3, shift=0, bits=2)
SOURCE = Cut("source", size=2, shift=2, bits=4)
WORDS = ("course", "badge", "unknown")
SHOWN = [Shown("total", "source", ["all", "all"]), Shown("kind", "kind", WORDS)]


def episodes(*rows: tuple[int, int, int | None, int, int]) -> Episodes:
    """Rows of listing, first day, day of the end, code of the kind, code of the source."""
    columns = list(zip(*rows, strict=True)) or [(), (), (), (), ()]
    return Episodes(
        np.array(columns[0], dtype=np.int32),
        np.array(columns[1], dtype=np.int32),
        np.array([NEVER if end is None else end for end in columns[2]], dtype=np.int32),
        np.array([k + (s << 2) for k, s in zip(columns[3], columns[4], strict=True)], dtype=np.int64),
    )


def said(table: pd.DataFrame) -> list[tuple[int, str, str, int]]:
    assert list(table.columns) == list(STOCK_COLUMNS)
    return [((day - EPOCH).days, *others) for day, *others in table.itertuples(index=False, name=None)]


def days(*numbers: int) -> list[date]:
    return [EPOCH + timedelta(days=number) for number in numbers]


HISTORY = episodes(
    (1, 10, 20, 0, 0),  # a course that becomes a badge on day 20 and goes on
    (1, 20, None, 1, 0),
    (2, 15, 15, 0, 0),  # two looks on one day: the first of its versions lasts no day
    (2, 15, 30, 2, 1),
)


def test_an_episode_counts_from_the_day_it_begins_until_the_day_before_it_ends() -> None:
    table = stock_table(daily_changes(HISTORY, [KIND, SOURCE]), SHOWN, days(9, 10, 15, 20, 29, 30, 99))
    assert said(table) == [
        (10, "total", "all", 1), (10, "kind", "course", 1),
        (15, "total", "all", 2), (15, "kind", "course", 1), (15, "kind", "unknown", 1),
        (20, "total", "all", 2), (20, "kind", "badge", 1), (20, "kind", "unknown", 1),
        (29, "total", "all", 2), (29, "kind", "badge", 1), (29, "kind", "unknown", 1),
        (30, "total", "all", 1), (30, "kind", "badge", 1),
        (99, "total", "all", 1), (99, "kind", "badge", 1),
    ]  # fmt: skip


def test_days_stand_in_the_order_they_are_asked_for() -> None:
    table = stock_table(daily_changes(HISTORY, [KIND, SOURCE]), SHOWN[:1], days(30, 15, 30))
    assert said(table) == [(30, "total", "all", 1), (15, "total", "all", 2), (30, "total", "all", 1)]


def test_without_episodes_or_cuts_the_table_is_empty() -> None:
    nothing = daily_changes(episodes(), [KIND, SOURCE])
    assert said(stock_table(nothing, SHOWN, days(1, 2))) == []
    assert said(stock_table(nothing, [], days(1, 2))) == []
    assert said(stock_table(corrected(nothing, nothing, nothing), SHOWN, days(1))) == []


def test_a_retired_catalogue_lists_nothing_from_its_day_on() -> None:
    retired = with_retirements(HISTORY, SOURCE, {1: 25})
    table = stock_table(daily_changes(retired, [KIND, SOURCE]), SHOWN[:1], days(24, 25))
    assert said(table) == [(24, "total", "all", 2), (25, "total", "all", 1)]


ROWS = st.lists(
    st.tuples(
        st.integers(1, 6), st.integers(0, 9), st.none() | st.integers(0, 12), st.integers(0, 2), st.integers(0, 1)
    ).filter(lambda row: row[2] is None or row[2] >= row[1]),
    max_size=12,
)


@given(before=ROWS, after=ROWS, changed=st.sets(st.integers(1, 6)))
def test_corrected_is_what_counting_everything_anew_gives(
    before: list[tuple[int, int, int | None, int, int]],
    after: list[tuple[int, int, int | None, int, int]],
    changed: set[int],
) -> None:
    kept = episodes(*before).by_listing()
    fresh = [row for row in after if row[0] in changed]
    now = [row for row in before if row[0] not in changed] + fresh
    less = kept.of(kept.places_of(changed))
    assert sorted(less.listing.tolist()) == sorted(row[0] for row in before if row[0] in changed)
    cuts = [KIND, SOURCE]
    found = corrected(daily_changes(kept, cuts), daily_changes(less, cuts), daily_changes(episodes(*fresh), cuts))
    of_days = days(*range(13))
    expected = [
        (day, name, word, count)
        for day in range(13)
        for name, words, code in (("total", ("all", "all"), 4), ("kind", WORDS, 3))
        for word in sorted(set(words))
        if (count := sum(r[1] <= day and (r[2] is None or r[2] > day) and words[r[code]] == word for r in now))
    ]
    assert said(stock_table(found, SHOWN, of_days)) == expected


def test_month_ends() -> None:
    assert month_ends(date(2024, 1, 31), date(2024, 4, 15)) == [
        date(2024, 1, 31), date(2024, 2, 29), date(2024, 3, 31), date(2024, 4, 15),
    ]  # fmt: skip
    assert month_ends(date(2024, 1, 5), date(2024, 1, 5)) == [date(2024, 1, 5)]
    assert month_ends(date(2023, 12, 1), date(2023, 12, 31)) == [date(2023, 12, 31)]
