"""Richie (https://richie.education), the catalogue software of FUN and others: a search API over an index.

``/api/v1.0/courses/?scope=objects&limit=&offset=`` answers ``{"meta": {"count", "offset", "total_count"}, "objects"}``;
``/api/v1.0/organizations/`` answers the same for the ids that courses refer to. The index gives no more than the first
10,000 entries (the window of Elasticsearch). Options: ``organisations``.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from urllib.parse import urlsplit

from models.records import Listing, OfferingListing, OrganisationName, Page, Price, Problem, Quantity
from scrapers.declared import organisations
from scrapers.decode import json_value, plain
from scrapers.fields import Record, absolute, each, names_by_id, stated, without_reference
from scrapers.paging import Part, follow, with_query
from scrapers.scraper import Fetch, References, Scraper

PAGE_ENTRIES = 100
_STATES = {
    "0": "enrolment open",
    "1": "enrolment open",
    "2": "enrolment open",
    "3": "enrolment not yet open",
    "4": "enrolment closed",
    "5": "enrolment closed",
    "6": "archived",
    "7": "enrolment not yet open",
}
"""What the codes of Richie's course states say about enrolment: ongoing, future and archived but open; future not yet
open; future and ongoing but closed; archived; to be scheduled (``CourseState`` of openfun/richie)."""


class Catalogue(Scraper):
    """The courses of one site, joined with its organisations and categories."""

    async def pages(self, fetch: Fetch) -> AsyncIterator[Page]:
        """Yield all pages of all lists."""
        for start in self.format.start:
            url = with_query(start, scope="objects", limit=PAGE_ENTRIES, offset=0)
            async for page in follow(fetch, url, _part, accept="application/json"):
                yield page

    def references(self, page: Page) -> References:
        """Return titles by id, in a table named like the list (``organizations``, ``subjects``)."""
        name = _list(page.url)
        if name == "courses":
            return {}
        return {name: names_by_id(_answer(page).entries("objects"), "title")}

    def listings(self, page: Page, references: References) -> Iterable[Listing | Problem]:
        """Yield the courses of a page."""
        if _list(page.url) != "courses":
            return ()
        return each(_answer(page).entries("objects"), page, lambda record: self._course(record, references, page))

    def _course(self, record: Record, references: References, page: Page) -> Iterator[Listing | Problem]:
        ref = record.required("id")
        url = record.text("absolute_url")
        state = record.record("state")
        duration, effort = record.text("duration"), record.text("effort")
        known = references.get("organizations", {})
        codes = record.texts("organizations")
        yield Listing(
            ref=ref,
            kind="course",
            title=record.text("title"),
            url=absolute(page.final_url, url) if url else None,
            description=plain(record.text("description") or record.text("introduction")),
            organisations=(*_taught_by(record, codes, known), *organisations(self.format.options)),
            duration=Quantity(text=duration) if duration else None,
            effort=Quantity(text=effort) if effort else None,
            offer_state=_state(state),
            subjects=_subjects(record, references),
            verbatim=stated({"code": record.text("code"), "state": state.text("text") if state else None}),
            offerings=_runs(record, page),
        )
        for code in codes if known else ():
            if code not in known:
                yield without_reference("organisation", code, ref, page)


def _list(url: str) -> str:
    return urlsplit(url).path.strip("/").rpartition("/")[2]


def _answer(page: Page) -> Record:
    return Record(json_value(page), "the answer")


def _part(page: Page) -> Part:
    answer = _answer(page)
    meta = answer.record("meta")
    entries = len(answer.entries("objects"))
    total = meta.whole("total_count") if meta else None
    offset = (meta.whole("offset") if meta else None) or 0
    more = total is not None and entries > 0 and offset + entries < total
    return Part(entries=entries, next_url=with_query(page.url, offset=offset + entries) if more else None, total=total)


def _taught_by(record: Record, codes: Iterable[str], known: Mapping[str, str]) -> Iterator[OrganisationName]:
    named = [OrganisationName(role="taught_by", name=known[code], ref=code) for code in codes if code in known]
    highlighted = record.text("organization_highlighted")
    if not named and highlighted:
        named = [OrganisationName(role="taught_by", name=highlighted)]
    yield from named


def _subjects(record: Record, references: References) -> tuple[str, ...]:
    tables = [table for name, table in references.items() if name != "organizations"]
    found = [table[code] for code in record.texts("categories") for table in tables if code in table]
    return tuple(dict.fromkeys(found))


def _state(state: Record | None) -> str | None:
    priority = state.text("priority") if state else None
    return _STATES.get(priority, priority) if priority else None


def _runs(record: Record, page: Page) -> tuple[OfferingListing, ...]:
    """Return the runs; the index gives most of them no id, so they are numbered from the oldest, which stay listed."""
    runs = sorted(record.records("course_runs"), key=lambda run: run.text("start") or "9999")
    return tuple(_run(run, number, page) for number, run in enumerate(runs, start=1))


def _run(run: Record, number: int, page: Page) -> OfferingListing:
    resource = run.text("resource_link")
    return OfferingListing(
        ref=run.text("id") or resource or f"run {number}",
        url=absolute(page.final_url, resource) if resource else None,
        start=run.text("start"),
        end=run.text("end"),
        enrolment_start=run.text("enrollment_start"),
        enrolment_end=run.text("enrollment_end"),
        language=next(iter(run.texts("languages")), None),
        prices=tuple(_prices(run)),
    )


def _prices(run: Record) -> Iterator[Price]:
    offer, amount, currency = run.text("offer"), run.text("price"), run.text("price_currency")
    if offer or amount:
        yield Price(text=amount or "", currency=currency, kind=offer)
    certificate = run.text("certificate_price")
    if certificate:
        yield Price(text=certificate, currency=currency, kind=run.text("certificate_offer"), certificate=True)
