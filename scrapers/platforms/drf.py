"""Lists of the Django REST framework: ``{"count", "next", "previous", "results"}``, or all entries as one bare list."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any

from models.records import Page
from scrapers.decode import json_value
from scrapers.fields import Record
from scrapers.paging import Part, follow
from scrapers.scraper import Fetch, Scraper


class DrfCatalogue(Scraper):
    """A base for catalogues that are one or more such lists, read to their ends."""

    async def pages(self, fetch: Fetch) -> AsyncIterator[Page]:
        """Yield all pages of all lists."""
        for start in self.format.start:
            async for page in follow(fetch, start, _part, accept="application/json"):
                yield page


def results(page: Page) -> Sequence[Any]:
    """Return the entries of a page.

    Raises:
        PageUnreadable: if the page is not JSON.
        RecordInvalid: if it is neither a list nor the envelope of one.
    """
    answer = json_value(page)
    return answer if isinstance(answer, list) else _listed(Record(answer, "the answer"))


def _listed(envelope: Record) -> Sequence[Any]:
    envelope.required("count")
    return envelope.entries("results")


def _part(page: Page) -> Part:
    answer = json_value(page)
    if isinstance(answer, list):
        return Part(entries=len(answer))
    envelope = Record(answer, "the answer")
    return Part(entries=len(_listed(envelope)), next_url=envelope.text("next"), total=envelope.whole("count"))
