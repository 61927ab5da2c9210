from __future__ import annotations

from datetime import date

import pytest

from sandbox.organisations import ORGANISATIONS
from sandbox.programme import Dated, Entry, Offering, Price, Programme, Span, Title
from sandbox.world import World

DAYS = (date(2024, 1, 1), date(2024, 4, 1), date(2024, 7, 1), date(2024, 10, 1), date(2025, 1, 1), date(2025, 4, 1))
OLD = date(2023, 5, 1)


def entry(source: str, number: int, *spans: Span, **more: object) -> Entry:
    return Entry(source, f"{source}-{number}", number, f"slug-{number}", spans, **more)  # type: ignore[arg-type]


def programme(key: str, *entries: Entry, **more: object) -> Programme:
    facts: dict[str, object] = {
        "organisation": ORGANISATIONS["UTARTU"],
        "titles": (Dated(OLD, Title(f"Title of {key}")),),
        "weeks": 6,
        "hours": (2, 3),
        "subjects": ("Health",),
    }
    return Programme(key=key, entries=entries, **(facts | more))  # type: ignore[arg-type]


@pytest.fixture
def tiny() -> World:
    """A world whose truth can be counted by hand over DAYS (looks a quarter apart).

    nova_academy:
        stays     always listed; renamed on 2024-05-05; price up on 2024-08-01 and back to the old one on 2024-09-01
        goes      leaves on 2024-05-01, for good
        returns   gone from 2024-05-01 to 2025-02-01 (missed on three days), dearer when it is back
        blinks    gone from 2024-05-01 to 2024-08-01 (missed on one day)
        mayfly    born 2024-04-10, gone on 2024-05-10: between two looks
        born      born 2024-08-15; closed for enrolment from 2024-11-01 to 2025-03-01
        last      leaves on 2025-02-01: missed on the last day only
    edx: ``goes`` is listed there too, from 2024-06-01 on; renamings of ``lonely`` on edx only, with a run.
    """
    fees = (
        Dated(OLD, Price(450, "EUR")),
        Dated(date(2024, 8, 1), Price(500, "EUR")),
        Dated(date(2024, 9, 1), Price(450, "EUR")),
    )
    back_fees = (Dated(OLD, Price(100, "EUR")), Dated(date(2025, 1, 15), Price(120, "EUR")))
    gone = date(2024, 5, 1)
    nova = "nova_academy"
    return World(
        programmes=(
            programme(
                "stays",
                entry(nova, 1, Span(OLD), prices=fees),
                titles=(Dated(OLD, Title("Wound Care")), Dated(date(2024, 5, 5), Title("Wound Care & Repair"))),
            ),
            programme("goes", entry(nova, 2, Span(OLD, gone)), entry("edx", 2, Span(date(2024, 6, 1)))),
            programme("returns", entry(nova, 3, Span(OLD, gone), Span(date(2025, 2, 1)), prices=back_fees)),
            programme("blinks", entry(nova, 4, Span(OLD, gone), Span(date(2024, 8, 1)))),
            programme("mayfly", entry(nova, 5, Span(date(2024, 4, 10), date(2024, 5, 10)))),
            programme(
                "born",
                entry(nova, 6, Span(date(2024, 8, 15)), closed=(Span(date(2024, 11, 1), date(2025, 3, 1)),)),
                titles=(Dated(date(2024, 8, 15), Title("Peatland Restoration")),),
            ),
            programme("last", entry(nova, 7, Span(OLD, date(2025, 2, 1)))),
            programme(
                "lonely",
                entry("edx", 8, Span(OLD), prices=(Dated(OLD, Price(1, "USD")), Dated(gone, Price(2, "USD")))),
                offerings=(
                    Offering("a", OLD, date(2023, 6, 1), date(2023, 7, 13), OLD, None),
                    Offering("b", date(2024, 12, 1), date(2025, 1, 8), date(2025, 2, 19), date(2024, 12, 1), None),
                ),
            ),
        )
    )


@pytest.fixture
def days() -> tuple[date, ...]:
    return DAYS


@pytest.fixture(scope="session")
def world() -> World:
    return World(11)
