"""Listings as schema.org types: only what is known, in terms of https://schema.org/Course and the types beside it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from models.vocab import vocabulary
from publishing.graphs import Facts, Listing, Node, iso_duration, known, single, stable_id, write_graph
from publishing.tables import Written

NAME = "programmes.jsonld"
NOTES = (
    "One JSON-LD graph, one node a line; only what is known is stated.",
    "A program or degree is an EducationalOccupationalProgram, of whose offerings the prices alone are given.",
    "A badge or qualification is an EducationalOccupationalCredential; likewise.",
    "Everything else is a Course with a CourseInstance for each offering.",
    "schema.org has no words for how and by whom a programme was developed, its class, and its history.",
)
CONTEXT = "https://schema.org"
_PROGRAMS = frozenset({"program", "degree"})
_CREDENTIALS = frozenset({"badge", "qualification"})


def write_schema_org(folder: Path, listings: Iterable[Listing]) -> Written:
    """Write listings as ``programmes.jsonld`` into a folder."""
    count = write_graph(folder / NAME, CONTEXT, (node_of(listing) for listing in listings))
    return Written(name=NAME, rows={"programme_current": count})


def node_of(listing: Listing) -> Node:
    """Return the node of one listing."""
    facts = listing.programme
    if facts["kind"] in _PROGRAMS:
        return _common(listing, "EducationalOccupationalProgram") | _program(listing)
    if facts["kind"] in _CREDENTIALS:
        return _common(listing, "EducationalOccupationalCredential") | _credential(listing)
    return _common(listing, "Course") | _course(listing)


def _common(listing: Listing, kind: str) -> Node:
    facts = listing.programme
    return {"@type": kind, "@id": stable_id(facts["source"], facts["ref"])} | known(
        name=facts["title"],
        description=facts["description"],
        url=facts["url"],
        identifier={"@type": "PropertyValue", "propertyID": facts["source"], "value": facts["ref"]},
        offers=_offers_of_course(listing) if kind == "Course" else _offers_of_all(listing),
    )


def _course(listing: Listing) -> Node:
    facts = listing.programme
    statements = facts["statements"] or {}
    return known(
        **_creative(facts),
        provider=_organisations(listing, "taught_by"),
        teaches=statements.get("learning_outcomes"),
        coursePrerequisites=statements.get("prerequisites"),
        numberOfCredits=_credits(facts),
        educationalCredentialAwarded=_awarded(listing),
        isAccessibleForFree=True if facts["price_type"] == "free" else None,
        hasCourseInstance=list(_instances(listing)),
    )


def _program(listing: Listing) -> Node:
    facts = listing.programme
    return known(
        provider=_organisations(listing, "taught_by"),
        programPrerequisites=(facts["statements"] or {}).get("prerequisites"),
        numberOfCredits=_credits(facts),
        educationalCredentialAwarded=_awarded(listing),
        educationalProgramMode=facts["delivery"],
        timeToComplete=iso_duration(weeks=single(facts, "duration_weeks")),
    )


def _credential(listing: Listing) -> Node:
    facts = listing.programme
    return known(
        **_creative(facts),
        credentialCategory=facts["kind"],
        recognizedBy=_organisations(listing, "awarded_by"),
    )


def _creative(facts: Facts) -> Node:
    """Return what schema.org states of a CreativeWork, which a program is not."""
    return known(
        inLanguage=facts["languages"],
        keywords=facts["subjects"],
        about=_field(facts),
        educationalLevel=_levels(facts),
    )


def _field(facts: Facts) -> Node | None:
    for column in ("isced_narrow", "isced_broad"):
        if (code := facts[column]) is not None:
            return {
                "@type": "DefinedTerm",
                "termCode": code,
                "name": vocabulary(column).words.get(code, code),
                "inDefinedTermSet": "ISCED-F 2013",
            }
    return None


def _levels(facts: Facts) -> list[Any]:
    eqf = facts["eqf_level"]
    qualified = {"@type": "DefinedTerm", "termCode": str(eqf), "inDefinedTermSet": "European Qualifications Framework"}
    return [level for level in (facts["platform_level"], qualified if eqf is not None else None) if level is not None]


def _credits(facts: Facts) -> Node | None:
    if facts["ects"] is not None:
        return {"@type": "QuantitativeValue", "value": facts["ects"], "unitText": "ECTS"}
    if facts["credits_value"] is None:
        return None
    return {"@type": "QuantitativeValue"} | known(value=facts["credits_value"], unitText=facts["credits_unit"])


def _awarded(listing: Listing) -> Node | None:
    label, bodies = listing.programme["credential_label"], _organisations(listing, "awarded_by")
    if not label and not bodies:
        return None
    return {"@type": "EducationalOccupationalCredential"} | known(name=label, recognizedBy=bodies)


def _organisations(listing: Listing, role: str) -> list[Node]:
    return [
        {"@type": "Organization"} | known(name=one["name"] or one["name_as_printed"], sameAs=_ror(one))
        for one in listing.organisations(role)
    ]


def _ror(organisation: Facts) -> str | None:
    ror = organisation["ror"]
    return ror if ror is None or "://" in ror else f"https://ror.org/{ror}"


def _instances(listing: Listing) -> Iterator[Node]:
    if not listing.offerings and (about := _instance_facts(listing.programme)):
        yield {"@type": "CourseInstance"} | about
    for offering in listing.offerings:
        place = offering["location"]
        yield {"@type": "CourseInstance", "@id": _offering_id(listing, offering)} | known(
            url=offering["url"],
            startDate=_day(offering["start_date"]),
            endDate=_day(offering["end_date"]),
            inLanguage=offering["language"],
            location={"@type": "Place", "name": place} if place else None,
            offers=_offers(offering),
            **_instance_facts(offering),
        )


def _offering_id(listing: Listing, offering: Facts) -> str:
    return stable_id(listing.programme["source"], listing.programme["ref"], offering["ref"])


def _instance_facts(facts: Facts) -> Node:
    return known(courseMode=facts["delivery"], courseWorkload=_workload(facts))


def _workload(facts: Facts) -> str | None:
    low, high = facts["workload_hours_min"], facts["workload_hours_max"]
    if low is None or high is None:
        return None
    return f"{low:g} hours" if low == high else f"{low:g}-{high:g} hours"


def _day(day: Any) -> str | None:
    return None if day is None else str(day.isoformat())


def _offers_of_course(listing: Listing) -> list[Node]:
    """Return the offers of a course itself; where its offerings state prices, these stand with them."""
    return [] if any(_offers(offering) for offering in listing.offerings) else _offers(listing.programme)


def _offers_of_all(listing: Listing) -> list[Node]:
    offers = _offers(listing.programme)
    for offering in listing.offerings:
        offers += [offer for offer in _offers(offering) if offer not in offers]
    return offers


def _offers(facts: Facts) -> list[Node]:
    whole = _price(facts["price_amount"], facts["price_amount_max"], facts["price_currency"], facts["price_period"])
    certificate = _price(
        facts["certificate_price_amount"], facts["certificate_price_amount_max"], facts["price_currency"], None
    )
    offers = []
    if whole or facts["price_type"] is not None:
        offers.append({"@type": "Offer"} | known(category=facts["price_type"]) | whole)
    if certificate:
        offers.append({"@type": "Offer", "name": "Certificate"} | certificate)
    return offers


def _price(low: float | None, high: float | None, currency: str | None, period: str | None) -> Node:
    if low is None:
        return {}
    if period is not None:
        kind, unit = "UnitPriceSpecification", period
    elif high is not None and high != low:
        kind, unit = "PriceSpecification", None
    else:
        return known(price=low, priceCurrency=currency)
    ends = {"price": low} if high in {None, low} else {"minPrice": low, "maxPrice": high}
    return {"priceSpecification": {"@type": kind} | ends | known(priceCurrency=currency, unitText=unit)}
