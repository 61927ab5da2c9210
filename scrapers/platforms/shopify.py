"""Shops on Shopify: ``/products.json``, pages counted up until one is empty.

A product is an entry, its variants are the ways to buy it (a date, a rate): their prices are those of the product, and
where there are several, each is a run. Options: ``shop`` (address of the shop), ``kind``, ``kinds`` by product type,
``keep`` (product types of the catalogue; all if left out), ``currency``, ``organisations``.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from urllib.parse import parse_qs, urljoin, urlsplit

from models.records import Listing, OfferingListing, Page, Price, Problem
from scrapers.declared import Rules
from scrapers.decode import json_value, plain
from scrapers.fields import Record, each, stated
from scrapers.paging import Part, follow, with_query
from scrapers.scraper import Fetch, References, Scraper

_SIZE = 250
_DEFAULT_VARIANT = "Default Title"


class Catalogue(Scraper):
    """The products of one shop."""

    async def pages(self, fetch: Fetch) -> AsyncIterator[Page]:
        """Yield pages until one is empty."""
        for start in self.format.start:
            first = with_query(start, limit=_SIZE, page=1)
            async for page in follow(fetch, first, _part, accept="application/json"):
                yield page

    def listings(self, page: Page, references: References) -> Iterable[Listing | Problem]:
        """Yield the products of a page."""
        del references
        return each(_products(page), page, lambda product: self._product(product, page))

    def _product(self, product: Record, page: Page) -> Iterable[Listing | Problem]:
        rules = Rules.of(self.format.options)
        published = product.text("product_type")
        keep = self.format.options.get("keep")
        if keep and published not in keep:
            return
        # Tags are a list in this feed and a text with commas in others of the same shop.
        tags = [tag.strip() for text in product.texts("tags") for tag in text.split(",") if tag.strip()]
        variants = product.records("variants")
        named = [variant for variant in variants if variant.text("title") not in {None, _DEFAULT_VARIANT}]
        available = [variant.flag("available") for variant in variants]
        yield Listing(
            ref=product.required("id"),
            kind=rules.kinds.get((published or "").lower(), rules.kind),
            kind_as_published=published,
            title=product.text("title"),
            url=urljoin(page.final_url, f"/products/{product.required('handle')}"),
            description=plain(product.text("body_html")),
            organisations=rules.organisations,
            prices=tuple(_price(variant, rules) for variant in variants[:1] if not named and variant.text("price")),
            offer_state=None if None in available or not available else ("available" if any(available) else "sold out"),
            subjects=tuple(tags),
            verbatim=stated({"vendor": product.text("vendor"), "published_at": product.text("published_at")}),
            offerings=tuple(_variant(variant, rules) for variant in named),
        )


def _variant(variant: Record, rules: Rules) -> OfferingListing:
    available = variant.flag("available")
    return OfferingListing(
        ref=variant.required("id"),
        offer_state=None if available is None else ("available" if available else "sold out"),
        prices=(_price(variant, rules),) if variant.text("price") else (),
        verbatim=stated({"title": variant.text("title")}),
    )


def _price(variant: Record, rules: Rules) -> Price:
    return Price(text=variant.text("price") or "", currency=rules.currency)


def _products(page: Page) -> tuple[object, ...]:
    return tuple(Record(json_value(page), "the answer").entries("products"))


def _part(page: Page) -> Part:
    count = len(_products(page))
    number = parse_qs(urlsplit(page.url).query).get("page", ["1"])[0]
    return Part(entries=count, next_url=with_query(page.url, page=int(number) + 1) if count else None)
