"""Embedded data: JSON-LD as pages really print it, microdata and RDFa, and what becomes a listing."""

from __future__ import annotations

import json

import pytest
from pages import page_of

from models.records import Listing, Problem
from scrapers.schemaorg import listings
from scrapers.structured import nodes

COURSE = {"@context": "https://schema.org", "@type": "Course", "name": "Soil", "identifier": "S1"}


def script(body: str, kind: str = "application/ld+json") -> str:
    return f'<html><head><script type="{kind}">{body}</script></head><body></body></html>'


def read(document: str) -> tuple[list[Listing], list[Problem]]:
    found = list(listings(page_of(document)))
    return [e for e in found if isinstance(e, Listing)], [e for e in found if isinstance(e, Problem)]


@pytest.mark.parametrize(
    "document",
    [
        script(json.dumps(COURSE)),
        script(json.dumps([COURSE])),
        script(json.dumps({"@context": "https://schema.org", "@graph": [{"@type": "WebSite"}, COURSE]})),
        script(json.dumps(COURSE), "application/ld+json; charset=utf-8"),
        script(json.dumps(COURSE)).replace("<script type", "<SCRIPT async TYPE"),
        script(f"<!--{json.dumps(COURSE)}-->"),
        script(f"//<![CDATA[\n{json.dumps(COURSE)}\n//]]>"),
        script(f"\ufeff{json.dumps(COURSE)};"),
        script(json.dumps(COURSE).replace('"', "&quot;")),
        script(json.dumps({"@type": "WebSite"}) + json.dumps(COURSE)),
        script(json.dumps(COURSE).replace("Course", "http://schema.org/Course")),
        script("{ broken") + script(json.dumps(COURSE)),
        script(json.dumps(COURSE | {"description": "two\nlines"}).replace("\\n", "\n")),
    ],
)
def test_json_ld_however_it_is_printed(document: str) -> None:
    found, _ = read(document)
    assert [(listing.ref, listing.title, listing.kind) for listing in found] == [("S1", "Soil", "course")]


def test_broken_json_ld_is_repaired_and_reported() -> None:
    found, problems = read(script('{"@type": "Course", "name": "Soil", "identifier": "S1",, }'))
    assert [listing.title for listing in found] == ["Soil"]
    assert [problem.code for problem in problems] == ["page_damaged"]


def test_prose_in_a_script_is_not_repaired_into_data() -> None:
    found, problems = read(script("see {here} for our courses"))
    assert found == []
    assert [problem.code for problem in problems] == ["page_damaged"]


def test_references_within_a_graph_are_put_in_place() -> None:
    graph = [
        COURSE | {"provider": {"@id": "#u"}, "hasCourseInstance": {"@id": "#i"}},
        {"@id": "#u", "@type": "Organization", "name": "University of Example"},
        {"@id": "#i", "@type": "CourseInstance", "startDate": "2026-09-01", "courseMode": "online"},
    ]
    found, _ = read(script(json.dumps({"@graph": graph})))
    assert [(o.role, o.name) for o in found[0].organisations] == [("taught_by", "University of Example")]
    assert [(o.start, o.delivery) for o in found[0].offerings] == [("2026-09-01", "online")]


def test_circular_references_end() -> None:
    graph = [
        {"@id": "#a", "@type": "Course", "name": "A", "hasPart": {"@id": "#b"}},
        {"@id": "#b", "@type": "Course", "name": "B", "isPartOf": {"@id": "#a"}},
    ]
    found, _ = read(script(json.dumps({"@graph": graph})))
    assert found[0].title in {"A", "B"}


def test_all_fields_of_a_credential_and_its_offer() -> None:
    credential = {
        "@type": "EducationalOccupationalProgram",
        "name": "Soil Keeper",
        "url": "/programmes/soil",
        "description": "<p>All about soil.</p>",
        "provider": [{"@type": "CollegeOrUniversity", "name": "U", "address": {"addressCountry": "NL"}}],
        "author": {"@type": "Person", "name": "Invented Person"},
        "numberOfCredits": {"@type": "StructuredValue", "value": 6, "creditType": "ECTS"},
        "offers": {"@type": "Offer", "price": "450.00", "priceCurrency": "EUR", "category": "Paid"},
        "timeToComplete": "P10W",
        "educationalCredentialAwarded": {"@type": "EducationalOccupationalCredential", "name": "Certificate"},
        "programPrerequisites": "A shovel.",
        "educationalProgramMode": "blended",
    }
    found, _ = read(script(json.dumps(credential)))
    assert len(found) == 1
    listing = found[0]
    assert (listing.kind, listing.ref) == ("program", "/programmes/soil")
    assert listing.url == "https://a.example/programmes/soil"
    assert [(o.name, o.role, o.country) for o in listing.organisations] == [("U", "taught_by", "NL")]
    assert listing.credits is not None
    assert listing.credits.text == "6 ECTS"
    assert [(p.text, p.currency, p.kind) for p in listing.prices] == [("450.00", "EUR", "Paid")]
    assert listing.duration is not None
    assert listing.duration.text == "P10W"
    assert listing.credential_label == "Certificate"
    assert listing.statements == {"prerequisites": "A shovel."}
    assert listing.delivery == "blended"


MICRODATA = """<div itemscope itemtype="https://schema.org/Course"><h1 itemprop="name">Soil</h1>
<a itemprop="url" href="/soil">s</a><div itemprop="provider" itemscope itemtype="https://schema.org/Organization">
<span itemprop="name">U</span></div><div itemprop="hasCourseInstance" itemscope itemtype="https://schema.org/CourseInstance">
<time itemprop="startDate" datetime="2026-09-01">1 Sept</time></div></div>"""


@pytest.mark.parametrize(
    "document",
    [
        MICRODATA,
        MICRODATA.replace("itemscope itemtype=", "typeof=")
        .replace("itemprop=", "property=")
        .replace("https://schema.org/", "")
        .replace("<div typeof", '<div vocab="https://schema.org/" typeof', 1),
    ],
    ids=["microdata", "rdfa"],
)
def test_microdata_and_rdfa_give_the_same(document: str) -> None:
    found, problems = read(f"<html><body>{document}</body></html>")
    assert problems == []
    assert [(e.ref, e.title, e.url) for e in found] == [("/soil", "Soil", "https://a.example/soil")]
    assert [o.name for o in found[0].organisations] == ["U"]
    assert [o.start for o in found[0].offerings] == ["2026-09-01"]


def test_a_course_without_a_name_is_a_problem() -> None:
    found, problems = read(script('{"@type": "Course", "url": "/x"}'))
    assert found == []
    assert [problem.code for problem in problems] == ["record_invalid"]


def test_page_without_data_has_no_nodes() -> None:
    assert nodes(page_of("<html><body>nothing</body></html>")) == ([], [])
