"""JSON:API (https://jsonapi.org/format/1.1/): envelope, paging by ``links.next``, and resources."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import AsyncIterator, Iterable

from models.records import Listing, Page, Problem
from scrapers.decode import PageUnreadable, json_value
from scrapers.fields import Record, RecordInvalid, each
from scrapers.paging import Part, follow
from scrapers.scraper import Fetch, References, Scraper
from scrapers.signals import entry

MEDIA_TYPE = "application/vnd.api+json"


class JsonApi(Scraper):
    """A base for catalogues that are lists of resources."""

    async def pages(self, fetch: Fetch) -> AsyncIterator[Page]:
        """Yield all pages of all lists."""
        for start in self.format.start:
            async for page in follow(fetch, start, part, accept=MEDIA_TYPE):
                yield page

    def listings(self, page: Page, references: References) -> Iterable[Listing | Problem]:
        """Yield the listing of each resource."""
        del references
        return each(_document(page).entries("data"), page, self.resource)

    @abstractmethod
    def resource(self, resource: Record) -> Iterable[Listing | Problem]:
        """Yield what one resource object holds: one listing, or nothing if it is not of the catalogue."""


def _document(page: Page) -> Record:
    document = Record(json_value(page), "the answer")
    errors = document.records("errors")
    if errors:
        raise PageUnreadable(f"the answer is an error: {errors[0].text('title') or errors[0].text('detail')}")
    return document


def part(page: Page) -> Part:
    """Return how long a page of resources is, where the next one is, and the total if it is stated."""
    document = _document(page)
    links, meta = document.record("links"), document.record("meta")
    total = next((value for name in ("total", "count", "total_count") if meta and (value := meta.whole(name))), None)
    resources = document.entries("data")
    following = _next(links) if links else None
    return Part(
        entries=len(resources),
        next_url=following,
        total=total,
        said=entry(map(repr, resources)) if following else None,
    )


def _next(links: Record) -> str | None:
    """Return ``links.next``, which is an address or an object with ``href``."""
    try:
        return links.text("next")
    except RecordInvalid:
        following = links.record("next")
        return following.text("href") if following else None
