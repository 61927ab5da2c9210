"""Whole listings through the public door."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date

import pytest

from models.records import (
    OfferingListing,
    OrganisationName,
    OrganisationRole,
    Price,
    Problem,
    Programme,
    Quantity,
    Source,
    facts_digest,
)
from models.vocab import vocabulary

MakeSource = Callable[..., Source]
Typed = Callable[..., tuple[Programme, tuple[Problem, ...]]]


def codes(problems: Iterable[Problem]) -> set[tuple[str | None, str]]:
    return {(problem.field, problem.code) for problem in problems}


def test_a_full_listing(typed: Typed, make_source: MakeSource):
    programme, problems = typed(
        make_source(country="EE", kind="institution"),
        ref="MK-17",
        kind="microcredential",
        title=" Data &amp;  Society ",
        url="HTTP://Courses.Example.ee/mk/17?utm_source=list&lang=en#fees",
        kind_as_published="Mikrokraad",
        languages=("inglise keel", "Eesti"),
        organisations=(OrganisationName(role="awarded_by", name="Tartu  Example", kind="University", country="Eesti"),),
        credential_label="Micro-degree certificate",
        level="EKR 7. tase",
        delivery="veebis",
        pacing="Self-paced",
        mode_of_study="Part time",
        duration=Quantity(text="04 weeks"),
        effort=Quantity(text="4-8 hours/week"),
        credits=Quantity(text="6 EAP"),
        prices=(Price(text="250 €"),),
        offer_state="Registreerimine avatud",
        subjects=("Data", " data ", "Law"),
        statements={"assessment": "An&nbsp;essay", "horoscope": "good"},
        verbatim={"oppekava": "17"},
    )
    assert programme.title == "Data & Society"
    assert programme.url == "https://courses.example.ee/mk/17?lang=en"
    assert programme.languages == ("en", "et")
    assert programme.organisations == (
        OrganisationRole(role="awarded_by", name="Tartu Example", kind="institution", country="EE"),
    )
    assert (programme.level_as_published, programme.platform_level, programme.eqf_level) == ("EKR 7. tase", None, 7)
    assert (programme.delivery, programme.pacing, programme.mode_of_study) == ("online", "self_paced", "part_time")
    assert (programme.duration_weeks_min, programme.duration_weeks_max) == (4, 4)
    assert (programme.effort_hours_per_week_min, programme.effort_hours_per_week_max) == (4, 8)
    assert (programme.workload_hours_min, programme.workload_hours_max, programme.workload_basis) == (
        156,
        156,
        "converted",
    )
    assert (programme.credits_value, programme.credits_unit, programme.ects, programme.ects_basis) == (
        6,
        "ects",
        6,
        "stated",
    )
    assert (programme.price.price_type, programme.price.price_amount, programme.price.price_currency) == (
        "paid",
        250,
        "EUR",
    )
    assert programme.offer_state == "open"
    assert programme.subjects == ("Data", "Law")
    assert programme.statements == {"assessment": "An essay"}
    assert programme.credential_label == "Micro-degree certificate"
    assert programme.verbatim == {
        "oppekava": "17",
        "title": " Data &amp;  Society ",
        "url": "HTTP://Courses.Example.ee/mk/17?utm_source=list&lang=en#fees",
        "languages": "inglise keel | Eesti",
        "organisations.kind": "University",
        "organisations.country": "Eesti",
        "level": "EKR 7. tase",
        "delivery": "veebis",
        "pacing": "Self-paced",
        "mode_of_study": "Part time",
        "duration": "04 weeks",
        "effort": "4-8 hours/week",
        "credits": "6 EAP",
        "price": "250 €",
        "offer_state": "Registreerimine avatud",
    }
    assert codes(problems) == {("statements", "unknown_word")}


def test_a_bare_listing_states_nothing_and_has_no_problem(typed: Typed):
    programme, problems = typed()
    assert problems == ()
    assert programme == Programme(
        ref="c-1", kind="course", title="Data for nurses", listing_digest=programme.listing_digest
    )


@pytest.mark.parametrize("title", [None, "", " \u200b ", "&nbsp;"])
def test_a_missing_title_is_null_and_a_problem(typed: Typed, title: str | None):
    programme, problems = typed(title=title)
    assert programme.title is None
    assert codes(problems) == {("title", "title_missing")}


def test_a_problem_says_what_was_printed_and_where(typed: Typed):
    _, problems = typed(url="https://example.org/c/1", delivery="by owl")
    (problem,) = problems
    assert (problem.stage, problem.code, problem.field) == ("normalise", "unknown_word", "delivery")
    assert (problem.words, problem.ref, problem.url) == ("by owl", "c-1", "https://example.org/c/1")


def test_an_unknown_word_is_kept_as_printed_and_null(typed: Typed):
    programme, problems = typed(delivery="by owl", pacing="brisk", offer_state="maybe", languages=("Elvish",))
    assert (programme.delivery, programme.pacing, programme.offer_state, programme.languages) == (None, None, None, ())
    assert programme.verbatim == {
        "delivery": "by owl",
        "pacing": "brisk",
        "offer_state": "maybe",
        "languages": "Elvish",
    }
    assert codes(problems) == {
        ("delivery", "unknown_word"),
        ("pacing", "unknown_word"),
        ("offer_state", "unknown_word"),
        ("languages", "unknown_word"),
    }


def test_an_offering_is_typed_by_itself(typed: Typed):
    programme, problems = typed(
        offerings=(
            OfferingListing(
                ref="run-1",
                url="/run/1",
                start="2026-09-01T08:00:00Z",
                end="9999-12-31",
                enrolment_start="1 juin 2026",
                enrolment_end="soon",
                offer_state="Enrol now",
                delivery="Online",
                language="French",
                duration=Quantity(text="6", unit="week"),
                effort=Quantity(text="2-3 heures par semaine"),
                prices=(Price(text="49", currency="EUR"),),
            ),
            OfferingListing(ref="run-2", start="Flexible"),
            OfferingListing(ref="run-3"),
        ),
        page_url="https://example.org/c/1",
    )
    first, second, third = programme.offerings
    assert (first.url, first.start_date, first.start_is_unscheduled) == (
        "https://example.org/run/1",
        date(2026, 9, 1),
        False,
    )
    assert (first.end_date, first.enrolment_start_date, first.enrolment_end_date) == (None, date(2026, 6, 1), None)
    assert (first.offer_state, first.delivery, first.language) == ("open", "online", "fr")
    assert (first.duration_weeks_min, first.effort_hours_per_week_max) == (6, 3)
    assert (first.price.price_amount, first.price.price_currency) == (49, "EUR")
    assert first.verbatim["start_date"] == "2026-09-01T08:00:00Z"
    assert (second.start_date, second.start_is_unscheduled) == (None, True)
    assert (third.start_date, third.start_is_unscheduled, third.verbatim) == (None, None, {})
    assert codes(problems) == {("offering.enrolment_end_date", "unparsed")}


def test_who_runs_the_catalogue_follows_the_source_where_it_says_nothing(typed: Typed, make_source: MakeSource):
    source = make_source(country="FR", kind="government_platform")
    programme, _ = typed(source, organisations=(OrganisationName(role="listed_on", name="The catalogue"),))
    assert programme.organisations == (
        OrganisationRole(role="listed_on", name="The catalogue", kind="platform", country="FR"),
    )


def test_an_unknown_country_of_the_catalogue_is_not_replaced(typed: Typed):
    programme, problems = typed(
        organisations=(OrganisationName(role="listed_on", name="The catalogue", country="Atlantis"),)
    )
    assert programme.organisations[0].country is None
    assert codes(problems) == {("organisations.country", "unknown_word")}


def test_the_country_of_the_awarder_decides_what_credits_are_worth(typed: Typed, make_source: MakeSource):
    platform = make_source(country="US", kind="commercial_platform")
    awarder = OrganisationName(role="awarded_by", name="Te Example", country="NZ")
    with_awarder, _ = typed(platform, organisations=(awarder,), credits=Quantity(text="20 credits"))
    without, _ = typed(platform, credits=Quantity(text="20 credits"))
    assert (with_awarder.credits_unit, with_awarder.workload_hours_min) == ("nz_credit", 200)
    assert (without.credits_unit, without.workload_hours_min) == ("credit", None)


def test_lookups_of_the_source_are_used(typed: Typed, make_source: MakeSource):
    source = make_source(lookups={"offer_state": {"launched": "open"}})
    programme, problems = typed(source, offer_state="launched")
    assert (programme.offer_state, problems) == ("open", ())


def test_no_address_of_a_person_is_kept_anywhere(typed: Typed):
    programme, problems = typed(
        title="Ask jo@example.org",
        description="Mail jo@example.org.",
        delivery="call jo@example.org",
        verbatim={"contact": "jo@example.org"},
    )
    assert "jo@" not in repr((programme, problems))


def test_the_words_of_a_tracked_address_are_no_fact(typed: Typed):
    first, _ = typed(url="https://example.org/c/1?utm_source=a")
    second, _ = typed(url="https://example.org/c/1?utm_source=b")
    assert facts_digest(first) == facts_digest(second)
    assert first.listing_digest != second.listing_digest


def test_every_problem_code_is_a_word_of_the_vocabulary(typed: Typed):
    _, problems = typed(
        title=None,
        url="mailto:x",
        kind="course",
        level="EQF 99",
        duration=Quantity(text="one semester"),
        effort=Quantity(text="999 hours/week"),
        prices=(Price(text="see website"),),
    )
    assert {problem.code for problem in problems} == {
        "title_missing",
        "unparsed",
        "out_of_range",
        "ambiguous",
    }
    assert {problem.code for problem in problems} <= set(vocabulary("problem_code").words)
