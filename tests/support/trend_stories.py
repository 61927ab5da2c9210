"""Half a year of weekly looks at three catalogues, told to a database: much comes, goes, changes, and looks fail."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from small_runs import a_page, a_programme, a_source, harvest_of, in_euro

from flows.classifying import Rules
from flows.observatory import Observatory
from models.records import Judgement, Offering, OrganisationRole, Outcome, Programme, Source

FIRST = datetime(2024, 1, 1, 2, tzinfo=UTC)
WEEKS = 26
ITEMS = 9
SOURCES = {
    "alpha": a_source(slug="alpha", country="NL"),
    "beta": a_source(slug="beta", kind="commercial_platform", country="US"),
    "gamma": a_source(slug="gamma", kind="register", country="BE"),
}
FIRST_WEEK = {"alpha": 0, "beta": 0, "gamma": 6}
"""A catalogue that comes in later."""
LAST_WEEK = {"alpha": WEEKS, "beta": WEEKS, "gamma": 18}
"""A catalogue that nobody looks at any more."""


@dataclass(frozen=True)
class Told:
    """A look: at which catalogue, when, what it listed, and how it ended."""

    source: Source
    at: datetime
    programmes: tuple[Programme, ...]
    outcome: Outcome


def looks_of_half_a_year(seed: int) -> list[Told]:
    """Return the looks in the order of time; the same seed gives the same."""
    dice = random.Random(seed)
    told = []
    for slug, source in SOURCES.items():
        prices = {n: 100.0 * n for n in range(ITEMS)}
        listed = {n: dice.random() < 0.6 for n in prices}
        for week in range(FIRST_WEEK[slug], LAST_WEEK[slug]):
            for n, is_listed in listed.items():
                # What is there tends to stay, what is not to stay away; now and then a look overlooks something.
                listed[n] = dice.random() < (0.93 if is_listed else 0.1)
                prices[n] *= 1.1 if dice.random() < 0.05 else 1.0
            seen = [n for n in listed if listed[n] and dice.random() < 0.94]
            outcome = dice.choices([Outcome.OK, Outcome.PARTIAL, Outcome.FAILED], [8, 1, 1])[0]
            moment = FIRST + timedelta(weeks=week, hours=len(slug))
            programmes = tuple(_programme(n, prices[n], week) for n in seen)
            told.append(Told(source, moment, programmes if outcome is not Outcome.FAILED else (), outcome))
    return sorted(told, key=lambda look: look.at)


def _programme(number: int, price: float, week: int) -> Programme:
    awarder = OrganisationRole(role="awarded_by", name=f"University of {number % 3}", kind="institution", country="NL")
    maker = OrganisationRole(role="developed_by", name=f"University of {number % 3}", kind="institution", country="NL")
    run = Offering(ref=f"run {week // 8}", delivery="online" if number % 2 else None)
    return a_programme(
        f"course-{number}", in_euro(round(price, 2)), title=f"Course number {number}", kind="microcredential",
        organisations=(maker, awarder), ects=float(number), languages=("en",) if number % 3 else (),
        credential_label="Microcredential" if number % 2 else None, offerings=(run,),
    )  # fmt: skip


def tell(observatory: Observatory, looks: list[Told]) -> None:
    """Store looks in the order given, classified by today's rules."""
    for look in looks:
        observatory.store.record_run(
            look.source,
            look.at,
            harvest_of(look.at, look.programmes, pages=(a_page("https://alpha.example/", f"{look}", look.at),)),
            Judgement(outcome=look.outcome),
            started_at=look.at,
            finished_at=look.at,
            code_version="1",
            classifier=Rules(look.source),
        )
