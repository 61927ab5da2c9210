from __future__ import annotations

from datetime import date

import pytest

from normalise.dates import read_day


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("2018-02-26T14:00:00Z", date(2018, 2, 26)),
        ("2018-02-26T14:00:00.123456+00:00", date(2018, 2, 26)),
        ("2026-09-01T23:30:00-05:00", date(2026, 9, 1)),  # the day of the place it was printed for
        ("2026-03-09T00:00:00+01:00", date(2026, 3, 9)),
        ("2026-09-01 08:00", date(2026, 9, 1)),
        ("2026-09-01", date(2026, 9, 1)),
        ("2026/9/1", date(2026, 9, 1)),
        ("20260901", date(2026, 9, 1)),
        ("202609011200", date(2026, 9, 1)),
        ("1535760000", date(2018, 9, 1)),
        ("1535760000000", date(2018, 9, 1)),
        ("Tue, 01 Sep 2026 10:00:00 GMT", date(2026, 9, 1)),
        ("01 December 2016", date(2016, 12, 1)),
        ("Monday 7 September 2026", date(2026, 9, 7)),
        ("Sept. 1, 2026", date(2026, 9, 1)),
        ("1st of May 2026", date(2026, 5, 1)),
        ("1er septembre 2026", date(2026, 9, 1)),
        ("5 de octubre de 2026", date(2026, 10, 5)),
        ("5. Oktober 2026", date(2026, 10, 5)),
        ("1. syyskuuta 2026", date(2026, 9, 1)),
        ("1 сентября 2026", date(2026, 9, 1)),
        ("2026年9月1日", date(2026, 9, 1)),
        ("2026년 9월 1일", date(2026, 9, 1)),
        ("令和8年9月1日", date(2026, 9, 1)),
        ("13/04/2026", date(2026, 4, 13)),
        ("04/13/2026", date(2026, 4, 13)),
        ("3.4.2026", date(2026, 4, 3)),
    ],
)
def test_a_day_is_read(words: str, day: date | None):
    reading = read_day(words, "en", "IE")
    assert (reading.day, reading.unscheduled, reading.trouble) == (day, False, None)


@pytest.mark.parametrize(
    ("country", "day"), [("GB", date(2026, 4, 3)), ("US", date(2026, 3, 4)), ("CA", None), (None, None)]
)
def test_the_country_decides_the_order_of_day_and_month(country: str | None, day: date | None):
    assert read_day("03/04/2026", "en", country).day == day


def test_a_month_two_languages_dispute_is_that_of_the_source():
    assert read_day("1 listopad 2026", "pl", "PL").day == date(2026, 11, 1)
    assert read_day("1 listopad 2026", "hr", "HR").day == date(2026, 10, 1)
    assert read_day("1 listopad 2026", "en", "IE").day is None


@pytest.mark.parametrize(
    "words",
    [
        "2030-01-01T00:00:00Z",  # Open edX: not set
        "2050-01-01",
        "2099-12-31T23:59:59Z",
        "9999-12-31",
        "flexible",
        "Self-paced",
        "To be announced",
        "TBA",
        "Start anytime",
        "à tout moment",
        "随时",
    ],
)
def test_no_date_set_is_said_so(words: str):
    reading = read_day(words, "en", "IE")
    assert (reading.day, reading.unscheduled, reading.trouble) == (None, True, None)


@pytest.mark.parametrize("words", ["", " ", "n/a", "-"])
def test_nothing_stated_is_nothing(words: str):
    reading = read_day(words, "en", "IE")
    assert (reading.day, reading.unscheduled, reading.trouble) == (None, False, None)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("2026-02-30", "unparsed"),
        ("September 2026", "ambiguous"),
        ("Autumn 2026", "ambiguous"),
        ("2026-09", "ambiguous"),
        ("2026", "ambiguous"),
        ("1-5 September 2026", "unparsed"),
        ("in six weeks", "unparsed"),
        ("1970-01-01", "out_of_range"),
        ("1" * 61, "unparsed"),
    ],
)
def test_what_is_no_whole_day_is_trouble(words: str, code: str):
    reading = read_day(words, "en", "IE")
    assert (reading.day, reading.unscheduled) == (None, False)
    assert reading.trouble is not None
    assert reading.trouble.code == code
