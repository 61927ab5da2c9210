"""Sites whose pages embed schema.org data (JSON-LD, microdata or RDFa), found through their sitemaps.

Options: ``match`` (a regular expression that finds the addresses of entries in the sitemaps), ``kind`` and ``kinds`` as
in ``scrapers.declared.Rules``, ``organisations``. Start addresses are sitemaps; one that ``match`` finds is an entry.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterable
from dataclasses import replace

from models.records import Format, Listing, Page, Problem, Source, Stage
from scrapers.declared import Rules
from scrapers.schemaorg import listings
from scrapers.scraper import Fetch, References, Scraper
from scrapers.signals import Signal
from scrapers.sitemaps import listed_pages, walk_sitemaps

_ACCEPT = "text/html"


class Catalogue(Scraper):
    """The pages that the sitemaps list and ``match`` finds."""

    def __init__(self, source: Source, form: Format) -> None:
        super().__init__(source, form)
        self.rules = Rules.of(form.options)
        self._match = re.compile(form.options.get("match", ""))

    async def pages(self, fetch: Fetch) -> AsyncIterator[Page]:
        """Yield the sitemaps, then the pages of entries."""
        found: dict[str, Signal | None] = {}
        for start in self.format.start:
            if self._is_entry(start):
                found[start] = None
                continue
            async for page in walk_sitemaps(fetch, start, found):
                yield page
        entries = {url: signal for url, signal in found.items() if self._is_entry(url)}
        async for page in listed_pages(fetch, entries, accept=_ACCEPT):
            yield page

    def listings(self, page: Page, references: References) -> Iterable[Listing | Problem]:
        """Yield what a page embeds; a page of an entry that embeds nothing is a problem."""
        del references
        if not self._is_entry(page.url):
            return
        empty = True
        for found in listings(page):
            empty = False
            yield self._declared(found) if isinstance(found, Listing) else found
        if empty:
            message = "the page of an entry embeds no course, programme or credential"
            yield Problem(stage=Stage.PARSE, code="record_invalid", message=message, url=page.url)

    def _is_entry(self, url: str) -> bool:
        return not url.endswith((".xml", ".xml.gz")) and bool(self._match.search(url))

    def _declared(self, listing: Listing) -> Listing:
        published = (listing.kind_as_published or listing.credential_label or "").strip().lower()
        default = self.rules.kind if "kind" in self.format.options else listing.kind
        return replace(
            listing,
            kind=self.rules.kinds.get(published, default),
            organisations=(*listing.organisations, *self.rules.organisations),
        )
