"""Listings as learning opportunities of the European Learning Model, version 3, in JSON-LD.

A programme is a ``LearningAchievementSpecification``, each of its offerings a ``LearningOpportunity``; a programme
without offerings is one opportunity without dates. Names of classes and properties, and what is mandatory, are those of
the SHACL shapes of the application profile for learning opportunities and qualifications (LOQ 1.1.0 of May 2023,
github.com/european-commission-empl/European-Learning-Model, CC BY 4.0). ``docs/elm.md`` says what cannot be said.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from publishing import elm_words
from publishing.elm_words import Concept
from publishing.graphs import Facts, Listing, Node, iso_duration, known, single, stable_id, write_graph
from publishing.tables import Written

NAME = "learning-opportunities.jsonld"
NOTES = (
    "European Learning Model, version 3, application profile LOQ: one JSON-LD graph, one node a line.",
    "Listings that lack what the profile demands are left out and counted in the notes of the file.",
    "docs/elm.md says what the model cannot say.",
)
CONTEXT: Mapping[str, str] = {
    "elm": "http://data.europa.eu/snb/model/elm/",
    "dc": "http://purl.org/dc/terms/",
    "adms": "http://www.w3.org/ns/adms#",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "rov": "http://www.w3.org/ns/regorg#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
_WEB = ("http://", "https://")


def write_elm(folder: Path, listings: Iterable[Listing], languages: Mapping[str, str]) -> Written:
    """Write listings as ``learning-opportunities.jsonld`` into a folder.

    Args:
        folder: where the file is put.
        listings: programmes with their offerings and organisations.
        languages: main language of each source as a BCP 47 tag; titles and descriptions are taken to be in it.
    """
    left_out: Counter[str] = Counter()
    written: Counter[str] = Counter()
    nodes = _nodes(listings, languages, written, left_out)
    write_graph(folder / NAME, CONTEXT, nodes)
    notes = [f"left out, {reason}: {count:,} programmes" for reason, count in sorted(left_out.items())]
    notes.append(f"learning opportunities: {written['opportunities']:,}")
    return Written(name=NAME, rows={"programme_current": written["programmes"]}, notes=tuple(notes))


def _nodes(
    listings: Iterable[Listing], languages: Mapping[str, str], written: Counter[str], left_out: Counter[str]
) -> Iterator[Node]:
    described: set[str] = set()  # an organisation told twice would have two locations
    for listing in listings:
        language = languages.get(listing.programme["source"], "und")
        missing = lacking(listing, language)
        if missing is not None:
            left_out[missing] += 1
            continue
        opportunities = _opportunities(listing, language)
        written.update(programmes=1, opportunities=len(opportunities))
        yield from (node for node in _organisations(listing, language) if node["@id"] not in described)
        described.update(node["@id"] for node in _organisations(listing, language))
        yield _specification(listing, language)
        yield from opportunities


def lacking(listing: Listing, language: str) -> str | None:
    """Return what the profile demands and a listing does not tell, ``None`` if it tells all."""
    if not (listing.programme["title"] or "").strip():
        return "no title"
    if elm_words.language(language) is None:
        return "no language of the catalogue"
    if not any(_has_country(one) for one in listing.organisations("taught_by")):
        return "no teaching organisation whose country is known"
    if not _is_web(listing.programme["url"]) and not _all_on_the_web(listing.offerings):
        return "no web address"
    return None


def _all_on_the_web(offerings: Sequence[Facts]) -> bool:
    return bool(offerings) and all(_is_web(offering["url"]) for offering in offerings)


def _opportunities(listing: Listing, language: str) -> list[Node]:
    """Return the opportunities of a listing that lacks nothing: its offerings, or itself if it has none."""
    identity = (listing.programme["source"], listing.programme["ref"])
    if not listing.offerings:
        return [_opportunity(listing, listing.programme, identity, language)]
    return [_opportunity(listing, one, (*identity, one["ref"]), language) for one in listing.offerings]


def _number(facts: Facts) -> str:
    return stable_id("specification", facts["source"], facts["ref"])


def _specification(listing: Listing, language: str) -> Node:
    facts = listing.programme
    statements = facts["statements"] or {}
    languages = [elm_words.language(tag) for tag in facts["languages"] or ()]
    return {"@id": _number(facts), "@type": "elm:LearningAchievementSpecification"} | _named(
        {
            "adms:identifier": _identifier(facts["ref"], facts["source"]),
            "dc:title": _words(facts["title"], language),
            "dc:description": _words(facts["description"], language),
            "elm:category": _words(facts["credential_label"], language),
            "elm:ISCEDFCode": _concept(elm_words.field(facts["isced_narrow"] or facts["isced_broad"])),
            "elm:learningOutcomeSummary": _note(statements.get("learning_outcomes"), language),
            "elm:entryRequirement": _note(statements.get("prerequisites"), language),
            "elm:volumeOfLearning": _typed(iso_duration(hours=single(facts, "workload_hours")), "xsd:duration"),
            "elm:creditPoint": _credit_point(facts["ects"]),
            "dc:language": [_concept(one) for one in languages if one is not None],
            "elm:mode": _concept(elm_words.mode(facts["delivery"])),
            "elm:awardingOpportunity": _awarding(listing),
        }
    )


def _opportunity(listing: Listing, facts: Facts, identity: tuple[str, ...], language: str) -> Node:
    """Return the opportunity that ``facts`` describe: an offering, or the programme itself."""
    programme = listing.programme
    page = facts["url"] if _is_web(facts["url"]) else programme["url"]
    return {"@id": stable_id("opportunity", *identity), "@type": "elm:LearningOpportunity"} | _named(
        {
            "adms:identifier": _identifier(facts["ref"], facts["source"]),
            "dc:title": _words(programme["title"], language),
            "dc:description": _words(programme["description"], language),
            "dc:type": _concept(elm_words.opportunity_type(programme["kind"])),
            "foaf:homepage": {"@type": "elm:WebResource", "elm:contentUrl": _typed(page, "xsd:anyURI")},
            "dc:temporal": _period(facts.get("start_date"), facts.get("end_date")),
            "elm:duration": _typed(iso_duration(weeks=single(facts, "duration_weeks")), "xsd:duration"),
            "elm:mode": _concept(elm_words.mode(facts["delivery"])),
            "elm:learningSchedule": _concept(elm_words.schedule(facts["mode_of_study"])),
            "elm:applicationDeadline": _moment(facts.get("enrolment_end_date"), "23:59:59"),
            "elm:priceDetail": list(_prices(facts)) or list(_prices(programme)),
            "elm:providedBy": _references(listing, "taught_by"),
            "elm:learningAchievementSpecification": {"@id": _number(programme)},
            "elm:defaultLanguage": _concept(elm_words.language(language)),
        }
    )


def _awarding(listing: Listing) -> Node | None:
    bodies = _references(listing, "awarded_by")
    if not bodies:
        return None
    return {"@type": "elm:AwardingOpportunity"} | _named(
        {"elm:awardingBody": bodies, "elm:learningAchievementSpecification": {"@id": _number(listing.programme)}}
    )


def _references(listing: Listing, role: str) -> list[Node]:
    return [{"@id": _organisation_id(one)} for one in listing.organisations(role) if _has_country(one)]


def _organisations(listing: Listing, language: str) -> list[Node]:
    """Return the organisations that are referred to, each once."""
    found = {
        _organisation_id(one): one
        for role in ("taught_by", "awarded_by")
        for one in listing.organisations(role)
        if _has_country(one)
    }
    return [_organisation(one, language) for one in found.values()]


def _organisation_id(facts: Facts) -> str:
    return stable_id("organisation", facts["organisation_id"])


def _has_country(facts: Facts) -> bool:
    return elm_words.country(facts["country"]) is not None


def _organisation(facts: Facts, language: str) -> Node:
    name, country = facts["name"] or facts["name_as_printed"], elm_words.country(facts["country"])
    return {"@id": _organisation_id(facts), "@type": "elm:Organisation"} | _named(
        {
            "rov:legalName": _words(name, "und" if facts["name"] else language),
            "adms:identifier": _identifier(facts["ror"], "ROR") if facts["ror"] else None,
            "elm:location": {
                "@type": "dc:Location",
                "elm:address": {"@type": "elm:Address", "elm:countryCode": _concept(country)},
            },
        }
    )


def _prices(facts: Facts) -> Iterator[Node]:
    """Yield the printed prices: one, or the two ends of a range; the kind of price where there is no amount."""
    low, high, kind = facts["price_amount"], facts["price_amount_max"], facts["price_type"]
    period = f" per {facts['price_period']}" if facts["price_period"] else ""
    if low is not None and high not in {None, low}:
        yield _price(f"lowest price{period}", low, facts["price_currency"])
        yield _price(f"highest price{period}", high, facts["price_currency"])
    elif low is not None:
        yield _price(f"{'price from' if facts['price_is_from'] else 'price'}{period}", low, facts["price_currency"])
    elif kind is not None:
        yield _price(kind.replace("_", " "), None, None)
    if facts["certificate_price_amount"] is not None:
        yield _price("price of the certificate", facts["certificate_price_amount"], facts["price_currency"])


def _price(label: str, amount: float | None, currency: str | None) -> Node:
    unit = elm_words.currency(currency)
    value = None if amount is None or unit is None else _typed(f"{amount:.15g}", "xsd:decimal")
    return {"@type": "elm:PriceDetail"} | _named(
        {
            "skos:prefLabel": _words(label, "en"),
            "elm:amount": value and {"@type": "elm:Amount", "elm:unit": _concept(unit), "rdf:value": value},
        }
    )


def _credit_point(ects: float | None) -> Node | None:
    if ects is None:
        return None
    return {
        "@type": "elm:CreditPoint",
        "elm:framework": _concept(elm_words.ECTS),
        "elm:point": _typed(f"{ects:g}", "xsd:string"),
    }


def _period(start: date | None, end: date | None) -> Node | None:
    if start is None and end is None:
        return None
    return {"@type": "dc:PeriodOfTime"} | _named(
        {"elm:startDate": _moment(start, "00:00:00"), "elm:endDate": _moment(end, "23:59:59")}
    )


def _moment(day: date | None, time: str) -> Node | None:
    """Return a day as the model wants it: with a time, which is the day's first or last second, and no zone."""
    return None if day is None else _typed(f"{day.isoformat()}T{time}", "xsd:dateTime")


def _identifier(notation: str, scheme: str) -> Node:
    return {"@type": "elm:Identifier", "skos:notation": notation, "elm:schemeName": scheme}


def _note(text: str | None, language: str) -> Node | None:
    return {"@type": "elm:Note", "elm:noteLiteral": _words(text, language)} if text else None


def _concept(concept: Concept | None) -> Node | None:
    if concept is None:
        return None
    iri, scheme = concept
    return {"@id": iri, "@type": "skos:Concept", "skos:inScheme": {"@id": scheme, "@type": "skos:ConceptScheme"}}


def _words(text: str | None, language: str) -> Node | None:
    return {"@value": text, "@language": language} if text else None


def _typed(value: str | None, kind: str) -> Node | None:
    return None if value is None else {"@value": value, "@type": kind}


def _named(values: Mapping[str, Any]) -> Node:
    return known(**values)


def _is_web(address: str | None) -> bool:
    return address is not None and address.lower().startswith(_WEB)
