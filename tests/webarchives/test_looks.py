"""Which captures make one look, by hand, and as properties that hold of any captures."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.records import Page
from scrapers.webarchives.captures import ArchivedCapture, BodyPlace
from scrapers.webarchives.looks import Every, PlannedLook, period_of, planned_looks
from scrapers.webarchives.walking import whole_within
from scrapers.webarchives.wanted import Wanted

START = "https://www.tu.example/courses"
FIRST = datetime(2020, 1, 1, tzinfo=UTC)
WEEK = timedelta(days=7)


def capture(path: str, days: float, *, truncated: str | None = None) -> ArchivedCapture:
    return ArchivedCapture(
        url=f"https://www.tu.example{path}",
        at=FIRST + timedelta(days=days),
        status=200,
        content_type="text/html",
        digest="",
        length=None,
        place=BodyPlace(archive="files", address="x"),
        truncated=truncated,
    )


def planned(*captures: ArchivedCapture, every: Every = "month", near: timedelta = WEEK) -> tuple[PlannedLook, ...]:
    return planned_looks(
        captures,
        Wanted(urls=(START,)),
        [START],
        since=date(2020, 1, 1),
        until=date(2020, 12, 31),
        every=every,
        near=near,
    )


def days(looks: tuple[PlannedLook, ...]) -> list[int]:
    return [(look.as_of - FIRST).days for look in looks]


def test_the_capture_with_most_around_it_speaks_for_its_month() -> None:
    looks = planned(
        capture("/courses", 2), capture("/courses", 20), capture("/courses/a", 18), capture("/courses/b", 26)
    )
    assert days(looks) == [20]
    assert sorted(looks[0].captures) == ["tu.example/courses", "tu.example/courses/a", "tu.example/courses/b"]
    assert (looks[0].first, looks[0].last) == (FIRST + timedelta(days=18), FIRST + timedelta(days=26))


def test_of_equals_the_earliest() -> None:
    assert days(planned(capture("/courses", 20), capture("/courses", 2))) == [2]


def test_without_a_start_page_there_is_no_look() -> None:
    assert planned(capture("/courses/a", 1), capture("/courses/b", 2)) == ()


def test_start_pages_of_other_days_are_only_read() -> None:
    """A start page captured before the first day asked for makes no look, and may be read by one."""
    looks = planned(
        capture("/courses", -1), capture("/courses", 1), capture("/courses/a", -2), capture("/courses/a", 8)
    )
    assert days(looks) == [1]
    assert [one.at.day for one in looks[0].captures["tu.example/courses/a"]] == [30, 9]


def test_the_nearest_is_tried_first_and_cut_ones_last() -> None:
    [look] = planned(
        capture("/courses", 10),
        capture("/courses/a", 4),
        capture("/courses/a", 11, truncated="length"),
        capture("/courses/a", 12),
        capture("/courses/a", 18),
    )
    assert [(one.at - FIRST).days for one in look.captures["tu.example/courses/a"]] == [12, 4, 11]


@pytest.mark.parametrize(
    ("every", "expected"),
    [("day", [0, 1, 5, 32, 100]), ("week", [0, 5, 32, 100]), ("month", [0, 32, 100]), ("quarter", [0, 100])],
)
def test_periods(every: Every, expected: list[int]) -> None:
    """2020-01-01 was a Wednesday; day 100 is 10 April."""
    assert days(planned(*(capture("/courses", day) for day in (0, 1, 5, 32, 100)), every=every)) == expected


def test_periods_of_different_years_differ() -> None:
    for every in ("day", "week", "month", "quarter"):
        assert period_of(date(2020, 5, 5), every) != period_of(date(2021, 5, 5), every)
    assert period_of(date(2019, 12, 30), "week") == period_of(date(2020, 1, 1), "week")


CAPTURES = st.lists(
    st.builds(capture, st.sampled_from(["/courses", "/courses?p=2", "/courses/a"]), st.integers(-10, 380)), max_size=30
)


@given(CAPTURES, st.sampled_from(["day", "week", "month", "quarter"]), st.integers(0, 20), st.randoms())
def test_looks_keep_their_word(captures: list[ArchivedCapture], every: Every, near_days: int, shuffle: object) -> None:
    near = timedelta(days=near_days)
    looks = planned(*captures, every=every, near=near)
    starts = {one.at for one in captures if one.url == START and one.at.year == 2020}
    assert {look.as_of for look in looks} <= starts
    assert len({period_of(look.as_of.date(), every) for look in looks}) == len(looks)
    assert {period_of(at.date(), every) for at in starts} == {period_of(look.as_of.date(), every) for look in looks}
    for look in looks:
        assert all(abs(one.at - look.as_of) <= near for found in look.captures.values() for one in found)
        there = {one.url for one in captures if abs(one.at - look.as_of) <= near}
        assert len(look.captures) == len(there)
        # No other start page of the period has more around it.
        others = [at for at in starts if period_of(at.date(), every) == period_of(look.as_of.date(), every)]
        assert len(there) == max(len({one.url for one in captures if abs(one.at - at) <= near}) for at in others)
    repeated = [*captures, *captures[:3]]
    shuffle.shuffle(repeated)  # type: ignore[attr-defined]  # a random.Random
    assert [look.as_of for look in planned(*repeated, every=every, near=near)] == [look.as_of for look in looks]


def pages(*days: float) -> list[Page]:
    def page(day: float) -> Page:
        at = FIRST + timedelta(days=day)
        return Page(url=START, final_url=START, at=at, status=200, content_type="", body=b"", digest="")

    return [page(day) for day in days]


def test_only_a_declared_window_makes_captures_whole() -> None:
    assert "never what was missing" in str(whole_within(pages(0), None))
    assert "never what was missing" in str(whole_within([], 5))
    assert whole_within(pages(0, 1), 1) is None
    assert "2020-01-01 to 2020-01-02, more than 1 days apart" in str(whole_within(pages(0, 1.5), 1))
    assert whole_within(pages(0), 0) is None
