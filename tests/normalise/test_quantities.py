"""What duration, effort, workload and credits of a listing mean together, and on which basis."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from models.records import Quantity
from normalise.quantities import Volume, volume
from normalise.reading import Span

ON = date(2026, 11, 23)
Ends = tuple[float | None, float | None] | None


def read(*, country: str | None = None, on: date = ON, **fields: str | Quantity) -> Volume:
    quantities = {name: Quantity(text=words) if isinstance(words, str) else words for name, words in fields.items()}
    return volume(
        quantities.get("duration"),
        quantities.get("effort"),
        quantities.get("workload"),
        quantities.get("credit"),
        country=country,
        on=on,
    )


@pytest.mark.parametrize(
    ("fields", "hours", "basis"),
    [
        ({"workload": "PT15H10M"}, (15.1667, 15.1667), "stated"),
        ({"workload": "30 hours"}, (30, 30), "stated"),
        ({"effort": "PT10H"}, (10, 10), "stated"),
        ({"effort": "12 hours in total"}, (12, 12), "stated"),
        ({"duration": "6 weeks", "effort": "4-8 hours/week"}, (24, 48), "hours_per_week_x_weeks"),
        ({"workload": "5 周课程, 2-4 小时/周"}, (10, 20), "hours_per_week_x_weeks"),
        ({"duration": "3-4 weeks", "effort": "2-3 hours/week"}, (6, 12), "hours_per_week_x_weeks"),
        ({"duration": "5 days", "effort": "8 hours/day"}, (40, 40), "hours_per_day_x_days"),
        ({"workload": "6 modules, 2-3 hours/module"}, (12, 18), "hours_per_part_x_parts"),
        ({"credit": "6 ECTS"}, (150, 180), "converted"),
        ({"credit": "6 ECTS", "country": "EE"}, (156, 156), "converted"),
        ({"credit": "6 ECTS", "country": "NL"}, (168, 168), "converted"),
        ({"credit": "10 credits", "country": "NZ"}, (100, 100), "converted"),
        ({"credit": Quantity(text="20", unit="uk_credit")}, (200, 200), "converted"),
        ({"credit": "6 ECTS", "workload": "140 hours"}, (140, 140), "stated"),
        ({"credit": "20 credits"}, None, None),
        ({"credit": "2 CEUs"}, None, None),
        ({"duration": "6 weeks"}, None, None),
        ({"duration": "6 weeks", "effort": "at least 4 hours/week"}, (24, None), "hours_per_week_x_weeks"),
    ],
)
def test_workload_says_its_basis(fields: dict[str, Any], hours: Ends, basis: str | None):
    size = read(**fields)
    assert (size.hours, size.workload_basis) == (None if hours is None else Span(*hours), basis)


@pytest.mark.parametrize(
    ("credit", "country", "credits_read", "ects"),
    [
        ("7.5 ECTS", None, (7.5, "ects"), (7.5, "stated")),
        ("7,5 hp", "SE", (7.5, "ects"), (7.5, "stated")),
        ("20 SCQF credits", "GB", (20, "uk_credit"), (10, "converted")),
        ("15", "NZ", (15, "nz_credit"), (None, None)),
        ("15", "US", (15, "credit"), (None, None)),
        ("2.6 CEUs", "US", (2.6, "ceu"), (None, None)),
    ],
)
def test_credits_are_ects_only_where_a_rule_says_so(
    credit: str, country: str | None, credits_read: tuple[float, str], ects: tuple[float | None, str | None]
):
    size = read(credit=credit, country=country)
    assert (size.credits_value, size.credits_unit) == credits_read
    assert (size.ects, size.ects_basis) == ects


def test_a_conversion_holds_only_from_its_first_day():
    assert read(credit="6 ECTS", on=date(2009, 2, 5)).hours is None
    assert read(credit="6 ECTS", on=date(2009, 2, 6)).hours == Span(150, 180)


@pytest.mark.parametrize(
    ("fields", "field", "code"),
    [
        ({"effort": "7 hours"}, "effort", "ambiguous"),
        ({"effort": "8 hours/day"}, "effort", "ambiguous"),
        ({"effort": "200 hours/week"}, "effort", "out_of_range"),
        ({"duration": "900 weeks"}, "duration", "out_of_range"),
        ({"duration": Quantity(text="0", unit="week")}, "duration", "out_of_range"),
        ({"workload": "50000 hours"}, "workload", "out_of_range"),
        ({"credit": "5-10 ECTS"}, "credits", "ambiguous"),
        ({"credit": "5000 ECTS"}, "credits", "out_of_range"),
        ({"duration": Quantity(text="6", unit="moons")}, "duration", "unknown_word"),
        ({"duration": "soon"}, "duration", "unparsed"),
    ],
)
def test_what_is_implausible_or_unclear_is_null_with_trouble(fields: dict[str, Any], field: str, code: str):
    size = read(**fields)
    assert (size.weeks, size.hours_per_week, size.hours, size.credits_value) == (None, None, None, None)
    assert (field, code) in {(name, trouble.code) for name, trouble in size.troubles}


@pytest.mark.parametrize("words", ["", "  ", "n/a", "do not publish", "Not specified"])
def test_words_that_state_nothing_are_no_trouble(words: str):
    size = read(duration=words)
    assert (size.weeks, size.troubles) == (None, ())


def test_a_unit_named_in_words_is_understood():
    assert read(duration=Quantity(text="6", unit="Weeks")).weeks == Span(6, 6)
    assert read(duration=Quantity(text="2", unit="months")).weeks == Span(8.6964, 8.6964)
