"""What the families read beyond the examples of their sources: every shape a format allows has one test here."""

from __future__ import annotations

import asyncio
import base64
import gzip
import json
from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
from pages import page_of

from models.records import Format, Listing, Page, Problem, Quantity, Source, Terms
from scrapers.declared import OptionsInvalid
from scrapers.decode import PageUnreadable
from scrapers.posting import posted, split, value_posted
from scrapers.sitemaps import sitemap
from scrapers.source import discover, scraper_for

HTML, XML, JSON = "text/html; charset=utf-8", "application/xml", "application/json"


def source(platform: str, start: str, **options: Any) -> Source:
    return Source(
        slug="example",
        name="Example",
        kind="institution",
        country="BE",
        language="en",
        formats=(Format(platform=platform, start=(start,), options=options),),
        cadence="weekly",
        complete=True,
        terms=Terms(url="", checked=date(2026, 3, 2), note="an example"),
        evidence="assumed",
    )


def read(
    platform: str, body: str | bytes, content_type: str, start: str = "https://a.example/x", **options: Any
) -> list[Any]:
    scraper = scraper_for(source(platform, start, **options), date(2026, 3, 2))
    return list(scraper.listings(page_of(body, content_type, start), {}))


def one(found: list[Any]) -> Listing:
    [listing] = [entry for entry in found if isinstance(entry, Listing)]
    return listing


# ---- every source ----------------------------------------------------------------------


@pytest.mark.parametrize("slug", sorted(discover()))
def test_every_format_of_a_source_can_be_read(slug: str) -> None:
    """The options of every format, past ones included, are such as its platform can use."""
    declared = discover()[slug]
    for form in declared.formats:
        day = date(2026, 11, 24) if form.until is None else date.fromordinal(form.until.toordinal() - 1)
        assert scraper_for(declared, day).format == form


def test_there_are_as_many_sources_and_countries_as_the_mission_names() -> None:
    sources = discover().values()
    assert len(sources) >= 45
    assert len({s.country for s in sources}) >= 25


# ---- bodies in addresses ---------------------------------------------------------------


def test_an_address_carries_what_is_posted() -> None:
    value = {"Query": {"@type": "ceterms:MicroCredential"}, "Skip": 0, "words": "Zürich & ümläut"}
    address = posted("https://a.example/search?x=1", value)
    assert split(address)[0] == "https://a.example/search?x=1"
    assert value_posted(address) == value
    assert posted("https://a.example/search?x=1", dict(reversed(value.items()))) == address


def test_an_address_without_a_body_is_left_alone() -> None:
    assert split("https://a.example/?a=1&b=2") == ("https://a.example/?a=1&b=2", None)
    assert value_posted("https://a.example/") is None


def test_a_body_that_is_no_base64_is_refused() -> None:
    with pytest.raises(ValueError, match="cannot be read"):
        split("https://a.example/?__wb_method=POST&__wb_post_data=%%%")


# ---- sitemaps --------------------------------------------------------------------------


def test_a_sitemap_lists_pages_and_an_index_lists_sitemaps() -> None:
    namespace = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
    pages = f"<urlset {namespace}><url><loc> https://a.example/1 </loc></url><url><loc/></url></urlset>"
    index = f"<sitemapindex {namespace}><sitemap><loc>https://a.example/s.xml</loc></sitemap></sitemapindex>"
    assert sitemap(page_of(pages, XML)).pages == ("https://a.example/1",)
    assert sitemap(page_of(index, XML)).sitemaps == ("https://a.example/s.xml",)


def test_a_sitemap_may_be_packed_and_may_lack_its_namespace() -> None:
    body = gzip.compress(b"<urlset><url><loc>https://a.example/1</loc></url></urlset>")
    assert sitemap(page_of(body, "application/gzip")).pages == ("https://a.example/1",)


@pytest.mark.parametrize("packed", [False, True])
def test_a_sitemap_that_breaks_off_is_read_as_far_as_it_goes_and_says_so(packed: bool) -> None:
    entries = "".join(f"<url><loc>https://a.example/{number}</loc></url>" for number in range(9))
    whole = f"<urlset>{entries}</urlset>".encode()
    cut = whole[: len(whole) // 2]
    listed = sitemap(page_of(gzip.compress(cut) if packed else cut, XML))
    assert listed.truncated
    assert listed.pages[:3] == ("https://a.example/0", "https://a.example/1", "https://a.example/2")
    assert not sitemap(page_of(whole, XML)).truncated


@pytest.mark.parametrize(
    "body",
    [
        b"<html></html>",
        b"\x1f\x8bbroken",
        gzip.compress(b" " * (65 * 1024 * 1024)),
        b'<!DOCTYPE x [<!ENTITY a "b">]><urlset/>',
    ],
    ids=["another root", "damaged gzip", "a bomb", "entities"],
)
def test_what_is_no_sitemap_is_refused(body: bytes) -> None:
    with pytest.raises(PageUnreadable):
        sitemap(page_of(body, XML))


# ---- feeds -----------------------------------------------------------------------------


def test_atom_has_entries_with_links_by_relation() -> None:
    found = one(
        read(
            "feed",
            """<feed xmlns="http://www.w3.org/2005/Atom" xmlns:c="urn:courses"><title>Courses</title>
            <entry><id>urn:course:7</id><title>Soils</title><link rel="edit" href="/edit/7"/><link href="/courses/7"/>
            <summary>Short.</summary><content type="html">&lt;p&gt;Long.&lt;/p&gt;</content>
            <category term="Ecology"/><c:ects>3</c:ects><author><name>Nobody To Keep</name></author></entry></feed>""",
            XML,
            fields={"credits": "ects"},
            units={"credits": "ects"},
        )
    )
    assert (found.ref, found.title, found.url) == ("urn:course:7", "Soils", "https://a.example/courses/7")
    assert (found.description, found.subjects) == ("Short.", ("Ecology",))
    assert found.credits == Quantity(text="3", unit="ects")
    assert "Nobody" not in repr(found)


def test_rss_1_names_its_items_in_rdf() -> None:
    found = one(
        read(
            "feed",
            """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">
            <channel rdf:about="https://a.example/"><title>Courses</title></channel>
            <item rdf:about="https://a.example/c/1"><title>Maps</title><link>https://a.example/c/1</link></item></rdf:RDF>""",
            XML,
        )
    )
    assert (found.ref, found.title) == ("https://a.example/c/1", "Maps")


def test_a_feed_that_breaks_off_says_so() -> None:
    items = "".join(f"<item><title>{n}</title><guid>{n}</guid></item>" for n in (1, 2))
    whole = f"<rss><channel>{items}</channel></rss>"
    found = read("feed", whole[: whole.index("<guid>2")], XML)
    assert [entry.ref for entry in found if isinstance(entry, Listing)] == ["1"]
    assert "total_mismatch" in {entry.code for entry in found if isinstance(entry, Problem)}


# ---- Drupal ----------------------------------------------------------------------------

DRUPAL = {
    "fields": {
        "ref": "id",
        "title": "attributes.title",
        "url": "attributes.path.alias",
        "description": "attributes.body.processed",
        "subjects": "related.field_topics[].attributes.name",
        "start": "attributes.field_dates[].value",
        "end": "attributes.field_dates[].end_value",
    }
}


def test_drupal_resources_with_what_they_refer_to() -> None:
    answer = {
        "jsonapi": {"version": "1.0"},
        "data": [
            {
                "type": "node--short_course",
                "id": "n-1",
                "attributes": {
                    "status": True,
                    "title": "Bees",
                    "path": {"alias": "/bees"},
                    "body": {"processed": "<p>Hives &amp; honey</p>"},
                    "field_dates": [{"value": "2026-05-01", "end_value": "2026-05-03"}, {"value": "2026-09-01"}],
                },
                "relationships": {
                    "field_topics": {"data": [{"type": "t", "id": "t1"}, {"type": "t", "id": "missing"}]}
                },
            },
            {"type": "node--short_course", "id": "n-2", "attributes": {"status": False, "title": "A draft"}},
        ],
        "included": [{"type": "t", "id": "t1", "attributes": {"name": "Biology"}}],
    }
    found = one(read("drupal_jsonapi", json.dumps(answer), JSON, **DRUPAL))
    assert (found.ref, found.url, found.description) == ("n-1", "https://a.example/bees", "Hives & honey")
    assert found.subjects == ("Biology",)
    assert [(run.start, run.end) for run in found.offerings] == [("2026-05-01", "2026-05-03"), ("2026-09-01", None)]


def test_drupal_without_status_relationships_or_included() -> None:
    answer = {"data": [{"type": "node--course", "id": "n-3", "attributes": {"title": "Wax"}}], "links": {"next": None}}
    assert one(read("drupal_jsonapi", json.dumps(answer), JSON, **DRUPAL)).title == "Wax"


# ---- embedded data ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "markup",
    [
        """<div itemscope itemtype="https://schema.org/Course"><h1 itemprop="name">Clay</h1>
        <span itemprop="courseCode">CL-1</span>
        <div itemprop="provider" itemscope itemtype="https://schema.org/Organization">
        <span itemprop="name">Pottery School</span></div></div>""",
        """<div vocab="https://schema.org/" typeof="Course"><h1 property="name">Clay</h1>
        <span property="courseCode">CL-1</span>
        <div property="provider" typeof="Organization"><span property="name">Pottery School</span></div></div>""",
        """<script type="application/ld+json">{"@context":"https://schema.org","@graph":[{"@type":"Course","name":"Clay",
        "courseCode":"CL-1","provider":{"@id":"#p"}},
        {"@id":"#p","@type":"Organization","name":"Pottery School"}]}</script>""",
    ],
    ids=["microdata", "RDFa", "JSON-LD"],
)
def test_the_three_ways_of_embedding_say_the_same(markup: str) -> None:
    page = f"<!DOCTYPE html><html><body>{markup}</body></html>"
    found = one(read("jsonld_sitemap", page, HTML, "https://a.example/c/clay", match="/c/", kind="microcredential"))
    assert (found.ref, found.title, found.kind) == ("CL-1", "Clay", "microcredential")
    assert [(o.role, o.name) for o in found.organisations] == [("taught_by", "Pottery School")]


# ---- CTDL ------------------------------------------------------------------------------

GRAPH = {
    "@graph": [
        {
            "@id": "https://r.example/ce-1",
            "@type": "ceterms:Certificate",
            "ceterms:ctid": "ce-1",
            "ceterms:name": {"fr": "Soudage", "en-us": "Welding"},
            "ceterms:ownedBy": ["https://r.example/ce-org"],
        },
        {
            "@id": "https://r.example/ce-org",
            "@type": "ceterms:CredentialOrganization",
            "ceterms:name": {"en": "A Guild"},
        },
    ]
}


def token(value: Mapping[str, Any]) -> str:
    packed = base64.urlsafe_b64encode(json.dumps(value).encode("utf-8-sig")).decode().rstrip("=")
    return f"e30.{packed}.c2lnbmF0dXJl"


@pytest.mark.parametrize(
    "document",
    [GRAPH, {"envelope_id": "e", "resource": token(GRAPH)}, {"decoded_resource": GRAPH}, [GRAPH], {"data": [GRAPH]}],
    ids=["graph", "envelope", "decoded envelope", "list", "search"],
)
def test_ctdl_comes_in_graphs_and_envelopes(document: Any) -> None:
    found = one(read("ctdl", json.dumps(document), JSON))
    assert (found.ref, found.kind, found.title) == ("ce-1", "qualification", "Welding")
    assert [(o.role, o.name) for o in found.organisations] == [("awarded_by", "A Guild")]


@pytest.mark.parametrize(
    "document",
    [{"resource": "no.token"}, {"resource": "a.!!!.c"}, {"x": 1}, {"valid": False, "status": "bad query"}],
    ids=["two parts", "no base64", "something else", "a refused query"],
)
def test_what_is_no_ctdl_is_refused(document: Any) -> None:
    with pytest.raises(PageUnreadable):
        read("ctdl", json.dumps(document), JSON)


# ---- Open edX --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "left_out"),
    [
        ("[delete] Old", True),
        ("Old (deleted)", True),
        ("Test", True),
        ("Test Course 3", True),
        ("Demo", True),
        ("Please do not enrol", True),
        ("Testing of Materials", False),
        ("Software Test Engineering", False),
        ("Democracy and Law", False),
        ("How to Delete Data Safely", False),
    ],
)
def test_open_edx_leaves_out_what_is_no_offer_and_nothing_else(name: str, left_out: bool) -> None:
    row = {"course_id": "course-v1:A+B+C", "name": name, "org": "A"}
    [found] = read("open_edx", json.dumps({"results": [row], "pagination": {"next": None}}), JSON)
    assert isinstance(found, Problem) == left_out
    if isinstance(found, Problem):
        assert (found.code, found.words, found.ref) == ("left_out", name, "course-v1:A+B+C")


# ---- declarations ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("platform", "options", "complaint"),
    [
        ("json_catalogue", {"fields": {"titel": "x"}}, "unknown field titel"),
        ("json_catalogue", {"entries": "a["}, "no JMESPath"),
        ("json_catalogue", {"fields": {"title": {"path": "a", "pattern": "("}}}, "no regular expression"),
        ("json_catalogue", {"kind": "seminar"}, "not a word of the vocabulary listing_kind"),
        ("json_catalogue", {"units": {"credits": "ECTS"}}, "not a word of the vocabulary quantity_unit"),
        ("html_catalogue", {}, "a selector of the list's entries"),
        ("html_catalogue", {"items": "li", "item": {"title": {}}}, "one of css, label, section"),
        ("html_catalogue", {"items": "li", "detail": {"price_eur": "b"}}, "unknown field price_eur"),
        ("feed", {"fields": {"foo": "bar"}}, "unknown field foo"),
    ],
)
def test_options_that_cannot_be_used_say_what_is_wrong(platform: str, options: dict[str, Any], complaint: str) -> None:
    with pytest.raises(OptionsInvalid, match=complaint):
        scraper_for(source(platform, "https://a.example/", **options), date(2026, 3, 2))


def test_json_fields_find_texts_numbers_and_lists() -> None:
    rows = [
        {"id": 7, "t": " A ", "tags": ["x", "x", None], "fee": 12.5, "open": False, "runs": {"from": "2026-05-01"}},
        {"id": 8, "t": {"not": "a text"}},
        "no object",
    ]
    found = read(
        "json_catalogue",
        json.dumps({"list": rows}),
        JSON,
        entries="list",
        currency="EUR",
        fields={"ref": "id", "title": "t", "subjects": "tags", "price": "fee", "offer_state": "open"},
        offerings={"each": "runs", "start": "from"},
    )
    first = found[0]
    assert (first.ref, first.title, first.subjects, first.offer_state) == ("7", "A", ("x",), "false")
    assert [(p.text, p.currency) for p in first.prices] == [("12.5", "EUR")]
    assert [run.start for run in first.offerings] == ["2026-05-01"]
    assert [entry.code for entry in found[1:]] == ["record_invalid", "record_invalid"]


PAGE = """<!DOCTYPE html><html><body><main><h1>Cheese</h1>{facts}</main></body></html>"""


@pytest.mark.parametrize(
    "facts",
    [
        "<dl><dt>Fee:</dt><dd>90 €</dd><dt>Start</dt><dd>May</dd><dd>June</dd></dl>",
        "<table><tr><th>Fee</th><td>90 €</td></tr><tr><td>START :</td><td>May</td><td>June</td></tr></table>",
        "<p><strong>Fee</strong>: 90 €</p><p><b>Start:</b> May</p><p><b>Start:</b> June</p>",
        "<p><b>Fee: </b>90 €<br/><b>Start: </b>May<br/><b>Start: </b>June</p>",
        "<p><span>Fee</span><span>90 €</span></p><p><span>Start</span> <span>May</span></p><p><em>Start</em>: June</p>",
        "<div><div>Fee</div><div>90 €</div></div><h4>Start</h4><p>May</p><h4>Start</h4><p>June</p>",
        "<ul><li>Fee: 90 €</li><li>Start: May</li><li>Start: June</li></ul>",
    ],
    ids=["dl", "table", "strong", "breaks", "spans", "divs and headings", "lines"],
)
def test_facts_are_found_by_their_printed_labels(facts: str) -> None:
    scraper = scraper_for(
        source(
            "html_catalogue",
            "https://a.example/list",
            items="li",
            detail={"within": "main", "title": "h1", "price": {"label": ["Fee"]}, "start": {"label": "start"}},
        ),
        date(2026, 3, 2),
    )
    page = page_of(PAGE.format(facts=facts), HTML, "https://a.example/cheese?id=3&utm_source=x")
    found = one(list(scraper.listings(page, {})))
    assert (found.ref, found.title) == ("/cheese?id=3", "Cheese")
    assert [p.text for p in found.prices] == ["90 €"]
    assert [run.start for run in found.offerings] == ["May", "June"]


class Recorded:
    """A ``Fetch`` of pages in memory."""

    def __init__(self, pages: Mapping[str, Page]) -> None:
        self.pages, self.asked, self.reasons = pages, list[str](), list[str]()

    async def get(self, url: str, *, accept: str | None = None) -> Page:
        del accept
        self.asked.append(url)
        return self.pages[url]

    async def many(self, urls: Any, *, accept: str | None = None, signals: Any = None) -> Any:
        del signals
        for url in urls:
            yield await self.get(url, accept=accept)

    def problem(self, problem: Problem) -> None:
        self.reasons.append(problem.message)

    def incomplete(self, reason: str) -> None:
        self.reasons.append(reason)


def walked(platform: str, start: str, bodies: Mapping[str, str], kind: str, **options: Any) -> Recorded:
    fetch = Recorded({url: page_of(body, kind, url) for url, body in bodies.items()})
    scraper = scraper_for(source(platform, start, **options), date(2026, 3, 2))

    async def walk() -> None:
        async for _ in scraper.pages(fetch):  # type: ignore[arg-type]  # a protocol with an async generator
            pass

    asyncio.run(walk())
    return fetch


def test_pages_counted_up_end_at_the_empty_one_or_at_the_count_of_pages() -> None:
    full, second, empty = (json.dumps({"n": n, "pages": 2}) for n in ([{"id": 1}], [{"id": 2}], []))
    base, fields = "https://a.example/api", {"ref": "id"}
    until_empty = walked(
        "json_catalogue", base, {base: full, f"{base}?p=2": second, f"{base}?p=3": empty}, JSON,
        entries="n", page={"query": "p"}, fields=fields,
    )  # fmt: skip
    assert until_empty.asked == [base, f"{base}?p=2", f"{base}?p=3"]
    counted = walked(
        "json_catalogue", base, {base: full, f"{base}?p=2": second}, JSON,
        entries="n", page={"query": "p", "pages": "pages"}, fields=fields,
    )  # fmt: skip
    assert counted.asked == [base, f"{base}?p=2"]
    by_offset = walked(
        "json_catalogue", base, {base: full, f"{base}?skip=1": second, f"{base}?skip=2": empty}, JSON,
        entries="n", offset={"query": "skip"}, fields=fields,
    )  # fmt: skip
    assert by_offset.asked == [base, f"{base}?skip=1", f"{base}?skip=2"]


def test_html_lists_are_followed_and_their_total_is_held_against_them() -> None:
    base = "https://a.example/list"
    item = '<p class="n">1 - 1 of 1,002</p><li><a href="/1">A</a></li>'
    first = f'<html><body>{item}<a rel="next" href="?p=2">next</a></body></html>'
    second = '<html><body><li><a href="/2">B</a></li></body></html>'
    fetch = walked(
        "html_catalogue", base, {base: first, f"{base}?p=2": second}, HTML,
        items="li", link="a", next="a[rel=next]", total=".n",
    )  # fmt: skip
    assert fetch.asked == [base, f"{base}?p=2"]
    assert "the source states 1002 entries, 2 were listed" in fetch.reasons
