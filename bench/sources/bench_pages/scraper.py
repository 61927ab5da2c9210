"""JSON-LD where a page embeds it, strict selectors where it does not."""

from __future__ import annotations

from collections.abc import Iterable

from models.records import Listing, OrganisationName, Page, Price, Problem, Quantity
from scrapers.html import attribute, one, part, text
from scrapers.platforms import jsonld_sitemap
from scrapers.schemaorg import listings
from scrapers.scraper import References


class Catalogue(jsonld_sitemap.Catalogue):
    def listings(self, page: Page, references: References) -> Iterable[Listing | Problem]:
        del references
        if not self._is_entry(page.url):
            return
        found = list(listings(page))
        yield from found or [_printed(page)]


def _printed(page: Page) -> Listing:
    main = part(page, "main#course")
    return Listing(
        ref=attribute(main, "data-code"),
        kind="course",
        title=text(one(main, "h1")) or "",
        url=page.final_url,
        description=text(one(main, ".description")),
        languages=("en",),
        organisations=(OrganisationName(role="taught_by", name=text(one(main, ".provider")) or ""),),
        workload=Quantity(text=text(one(main, ".workload")) or ""),
        prices=(Price(text=text(one(main, ".price")) or ""),),
    )
