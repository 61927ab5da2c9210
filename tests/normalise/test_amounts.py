"""Words for amounts of time and credits, read by a person, beside what the rules make of them."""

from __future__ import annotations

import pytest

from normalise.amounts import Amounts, amounts
from normalise.reading import Span

Ends = tuple[float | None, float | None] | None

# words, weeks, hours a week, hours in all
TIMES = [
    ("4-8 hours/week", None, (4, 8), None),
    ("8 - 10 horas por semana", None, (8, 10), None),
    ("5 周课程, 2-4 小时/周", (5, 5), (2, 4), None),
    ("7 hrs/wk", None, (7, 7), None),
    ("5-8 hrs/wk", None, (5, 8), None),
    ("4-6 hrs/wks", None, (4, 6), None),
    ("PT15H10M", None, None, (15.1667, 15.1667)),
    ("P6W", (6, 6), None, None),
    ("P1M", (4.3482, 4.3482), None, None),
    ("P9M", (39.1339, 39.1339), None, None),
    ("P2Y", (104.3571, 104.3571), None, None),
    ("P1DT2H", (0.1429, 0.1429), None, (2, 2)),
    ("04 weeks", (4, 4), None, None),
    ("2-3 heures par semaine", None, (2, 3), None),
    ("10 Stunden", None, None, (10, 10)),
    ("10 Stunden pro Woche", None, (10, 10), None),
    ("3 Tage", (0.4286, 0.4286), None, None),
    ("30 Days", (4.2857, 4.2857), None, None),
    ("12 meses", (52.1786, 52.1786), None, None),
    ("3-4 Weeks", (3, 4), None, None),
    ("4 Hours / Week", None, (4, 4), None),
    ("5-7 Hours per Week", None, (5, 7), None),
    ("4 weeks of study, 2-3 hours/week", (4, 4), (2, 3), None),
    ("4 weeks of study, 5 – 10 hours/week", (4, 4), (5, 10), None),
    ("4 semaines, 2h00 à 2h30 par semaine", (4, 4), (2, 2.5), None),
    ("7 semaines, 4 à 6 heures/semaines, 30 à 40 heures en tout.", (7, 7), (4, 6), (30, 40)),
    ("6 недель обучения, 7-9 часов в неделю", (6, 6), (7, 9), None),
    ("8周学习时间，每周1-3小时", (8, 8), (1, 3), None),
    ("4週間、週に2〜3時間", (4, 4), (2, 3), None),
    ("6주, 주 3시간", (6, 6), (3, 3), None),
    ("2-5 ore/settimana", None, (2, 5), None),
    ("8 tygodni, 3 godziny tygodniowo", (8, 8), (3, 3), None),
    ("six weeks, three to five hours a week", (6, 6), (3, 5), None),
    ("90 minutes per week", None, (1.5, 1.5), None),
    ("1½ hours a week", None, (1.5, 1.5), None),
    ("1 1/2 to 2 hours per week", None, (1.5, 2), None),
    ("1,5 Stunden pro Woche", None, (1.5, 1.5), None),
    ("up to 6 hours per week", None, (None, 6), None),
    ("at least 5 hours a week", None, (5, None), None),
    ("5+ hours/week", None, (5, None), None),
    ("between 2 and 4 hours each week", None, (2, 4), None),
    ("1 200 heures", None, None, (1200, 1200)),
    ("1,200 hours", None, None, (1200, 1200)),
    ("20 hours of videos and quizzes", None, None, (20, 20)),
    ("40 hours in total", None, None, (40, 40)),
    ("7 hours of videos in total, plus a final project requiring about 5 hours", None, None, (12, 12)),
    ("8 weeks of study and 1 week of revision, 5 hours/week", (9, 9), (5, 5), None),
    ("2 hours of lectures per week + 3 hours of practice per week", None, (5, 5), None),
    ("70 hours, 7 weeks 10 uur/week", (7, 7), (10, 10), (70, 70)),
    ("20 hours per month", None, (4.5996, 4.5996), None),
]


@pytest.mark.parametrize(("words", "weeks", "weekly", "hours"), TIMES)
def test_time_is_read(words: str, weeks: Ends, weekly: Ends, hours: Ends):
    read = amounts(words)
    assert (read.weeks, read.hours_per_week, read.hours) == tuple(
        None if span is None else Span(*span) for span in (weeks, weekly, hours)
    )
    assert read.troubles == ()


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("7.5 ECTS", [((7.5, 7.5), "ects")]),
        ("7,5 hp", [((7.5, 7.5), "ects")]),
        ("6 EAP", [((6, 6), "ects")]),
        ("30 högskolepoäng", [((30, 30), "ects")]),
        ("3 ECTS credits", [((3, 3), "ects")]),
        ("2.0 CEUs", [((2, 2), "ceu")]),
        ("20 credits", [((20, 20), "credit")]),
        ("15 NZ credits", [((15, 15), "nz_credit")]),
        ("10 SCQF credit points", [((10, 10), "uk_credit")]),
        ("3 credit hours", [((3, 3), "us_credit")]),
        ("3.125 points", [((3.125, 3.125), "point")]),
        ("2学分", [((2, 2), "credit")]),
    ],
)
def test_credits_are_read_with_their_unit(words: str, expected: list[tuple[tuple[float, float], str]]):
    assert amounts(words).credits == tuple((Span(*span), unit) for span, unit in expected)


@pytest.mark.parametrize(
    ("text", "unit", "expected"),
    [
        ("6", "week", Amounts(weeks=Span(6, 6))),
        ("4-6", "hour_per_week", Amounts(hours_per_week=Span(4, 6))),
        ("about 5", "hour", Amounts(hours=Span(5, 5))),
        ("5+", "hour_per_week", Amounts(hours_per_week=Span(5, None))),
        ("2 months", "week", Amounts(weeks=Span(8.6964, 8.6964))),  # the text's own unit goes before the field's
        ("3 hours", "hour_per_week", Amounts(hours_per_week=Span(3, 3))),
        ("8", "hour_per_day", Amounts(hours_per_day=Span(8, 8))),
    ],
)
def test_a_declared_unit_is_used_for_bare_figures(text: str, unit: str, expected: Amounts):
    assert amounts(text, unit) == expected


@pytest.mark.parametrize(
    ("words", "hours"),
    [
        ("6 modules, 2-3 hours/module", (12, 18)),
        ("5 Modules; 2-3 hours of study per module on average", (10, 15)),
        ("10 sessions of 2 hours", (20, 20)),
        ("5 módulos de 3h", (15, 15)),
        ("Consists of 4 Modules, between 2 and 5 hours of work per module.", (8, 20)),
    ],
)
def test_hours_of_a_part_are_multiplied_by_the_parts(words: str, hours: tuple[float, float]):
    assert amounts(words).hours_of_parts == Span(*hours)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("sssssss", "unparsed"),
        ("6,4", "unparsed"),
        ("Low", "unparsed"),
        ("Variable", "unparsed"),
        ("9 hours per module", "ambiguous"),
        ("one semester", "ambiguous"),
        ("5 weeks - 2/3 hours per week", "ambiguous"),
        ("3-4 hours a week, 5-6 hours a week", "ambiguous"),
        ("4 weeks, 2-3 hours", "ambiguous"),
        ("This course will take up 4 weeks of study or 14 hours.", "ambiguous"),
        ("twenty four hours", "ambiguous"),
        ("2 3 hours", "ambiguous"),
        ("3 x 2 hours", "ambiguous"),
        ("1:30 hours", "unparsed"),
        ("5.000 hours", "unparsed"),
        ("PT0S", "out_of_range"),
        ("x" * 601, "unparsed"),
    ],
)
def test_what_is_not_understood_is_trouble(words: str, code: str):
    assert code in {trouble.code for trouble in amounts(words).troubles}


def test_an_ambiguous_figure_is_left_out_and_the_rest_is_kept():
    read = amounts("4 weeks, 2-3 hours")
    assert (read.weeks, read.hours_per_week, read.hours) == (Span(4, 4), None, None)


def test_figures_that_differ_from_week_to_week_must_not_be_multiplied():
    read = amounts("5 weeks, 2-3 hours/week, honors track 4-6 hours/week")
    assert (read.hours_per_week, read.several) == (Span(2, 6), True)
