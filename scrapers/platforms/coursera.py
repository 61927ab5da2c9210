"""Coursera's catalogue API: courses, specialisations and the partners they are joined with, in pages of 100.

``{"elements": [...], "paging": {"next": "100", "total": 3767}, "linked": {}}``: ``next`` is the ``start`` of the next
page. The start addresses of the source say which lists are read; a list is known by the end of its path.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from urllib.parse import urlsplit

from models.records import Listing, OrganisationName, Page, Problem, Quantity
from scrapers.decode import json_value, plain
from scrapers.fields import Record, each, names_by_id, stated, without_reference
from scrapers.paging import Part, follow, with_query
from scrapers.scraper import Fetch, References, Scraper

PAGE_ENTRIES = 100
_SITE = "https://www.coursera.org"
_COURSES, _SPECIALIZATIONS, _PARTNERS = "courses.v1", "onDemandSpecializations.v1", "partners.v1"
_FIELDS = {
    _COURSES: "courseStatus,description,primaryLanguages,workload,certificates,categories,domainTypes,partnerIds",
    _SPECIALIZATIONS: "description,tagline,courseIds,partnerIds,primaryLanguages",
    _PARTNERS: "name,shortName",
}


class Catalogue(Scraper):
    """The lists of one format of the catalogue."""

    async def pages(self, fetch: Fetch) -> AsyncIterator[Page]:
        """Yield all pages of all lists."""
        for start in self.format.start:
            url = with_query(start, start=0, limit=PAGE_ENTRIES, fields=_FIELDS[_list(start)])
            async for page in follow(fetch, url, _part, accept="application/json"):
                yield page

    def references(self, page: Page) -> References:
        """Return the names of partners by id, from their own list or those linked to a page of courses."""
        envelope = _envelope(page)
        linked = envelope.record("linked")
        own = envelope.entries("elements") if _list(page.url) == _PARTNERS else ()
        return {"partner": names_by_id([*own, *(linked.entries(_PARTNERS) if linked else ())])}

    def listings(self, page: Page, references: References) -> Iterable[Listing | Problem]:
        """Yield the courses or specialisations of a page."""
        read = {_COURSES: _course, _SPECIALIZATIONS: _specialization}.get(_list(page.url))
        if read is None:
            return
        partners = references.get("partner", {})
        for entry in each(_envelope(page).entries("elements"), page, lambda record: [read(record, partners)]):
            yield entry
            if isinstance(entry, Listing):
                yield from _unknown_partners(entry, partners, page)


def _list(url: str) -> str:
    return urlsplit(url).path.rpartition("/")[2]


def _envelope(page: Page) -> Record:
    return Record(json_value(page), "the answer")


def _part(page: Page) -> Part:
    envelope = _envelope(page)
    paging = envelope.record("paging")
    following = paging.text("next") if paging else None
    return Part(
        entries=len(envelope.entries("elements")),
        next_url=with_query(page.url, start=following) if following else None,
        total=paging.whole("total") if paging else None,
    )


def _course(record: Record, partners: Mapping[str, str]) -> Listing:
    slug = record.text("slug")
    workload = record.text("workload")
    return Listing(
        ref=record.required("id"),
        kind="course",
        kind_as_published=record.text("courseType"),
        title=record.text("name"),
        url=f"{_SITE}/learn/{slug}" if slug else None,
        description=plain(record.text("description")),
        languages=record.texts("primaryLanguages"),
        organisations=_organisations(record, partners),
        workload=Quantity(text=workload) if workload else None,
        offer_state=record.text("courseStatus"),
        subjects=_subjects(record),
        statements=stated({"certificate": ", ".join(record.texts("certificates")) or None}),
        verbatim=_partner_ids(record),
    )


def _specialization(record: Record, partners: Mapping[str, str]) -> Listing:
    slug = record.text("slug")
    return Listing(
        ref=record.required("id"),
        kind="program",
        kind_as_published=record.text("productVariant") or "Specialization",
        title=record.text("name"),
        url=f"{_SITE}/specializations/{slug}" if slug else None,
        description=plain(record.text("description") or record.text("tagline")),
        languages=record.texts("primaryLanguages"),
        organisations=_organisations(record, partners),
        statements=stated({"course_units": ", ".join(record.texts("courseIds")) or None}),
        verbatim=_partner_ids(record),
    )


def _organisations(record: Record, partners: Mapping[str, str]) -> tuple[OrganisationName, ...]:
    """Return the partners, who offer the content, and the platform; who awards the certificate is not stated."""
    offering = [
        OrganisationName(role="taught_by", name=partners[code], ref=code)
        for code in record.texts("partnerIds")
        if code in partners
    ]
    return (*offering, OrganisationName(role="listed_on", name="Coursera", kind="platform", country="US"))


def _partner_ids(record: Record) -> dict[str, str]:
    return stated({"partnerIds": ",".join(record.texts("partnerIds")) or None})


def _unknown_partners(listing: Listing, partners: Mapping[str, str], page: Page) -> Iterator[Problem]:
    codes = listing.verbatim.get("partnerIds")
    for code in codes.split(",") if codes else ():
        if code not in partners:
            yield without_reference("partner", code, listing.ref, page)


def _subjects(record: Record) -> tuple[str, ...]:
    domains = [entry.text("domainId") for entry in record.records("domainTypes")]
    return tuple(dict.fromkeys([*record.texts("categories"), *(domain for domain in domains if domain)]))
