"""A catalogue of HTML pages, declared: a list, its paging, and the page of each entry.

Options::

    items = "li.programme"            # one element an entry of the list
    none = ".no-results"              # the element that stands there if the list is empty
    link = "h2 a"                     # the anchor to the entry's own page, within an item; ":scope" if it is the item
    ref_query = "id"                  # the ref is this query value of the address, not its path with its query
    next = "a[rel=next]"              # paging by a link, or by a number that is counted up:
    page = { query = "page", first = 1 }
    total = ".result-count"           # the element with the source's own total
    details = "sitemap"               # the addresses of entries come from sitemaps (start), not from lists ...
    match = "/courses/[^/]+$"         # ... and those that this regular expression finds are entries

    [options.item]                    # words of an entry of the list
    title = "h2"
    [options.detail]                  # words of its own page; without this table, items stand alone
    within = "main"
    credits = { label = ["Study load", "ECTS"] }

A field is a CSS selector (``time@datetime`` for an attribute) or a table: ``css``, ``label`` (the words before it, see
``scrapers.html.labelled``) or ``section`` (the heading above it), with ``first = true``, ``split`` and ``pattern``.
Names are those of ``scrapers.declared``; besides, what its ``Rules`` reads.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qs, urlsplit

from bs4.element import Tag

from models.records import Format, Listing, Page, Problem, Source
from models.vocab import vocabulary
from scrapers.declared import LISTS, OptionsInvalid, Rules, Treatment, Words, listing_names, one
from scrapers.fields import RecordInvalid, each_of
from scrapers.html import (
    SelectorError,
    attribute,
    labelled,
    link,
    maybe,
    part,
    section,
    some,
    soup,
    text,
)
from scrapers.html import one as one_element
from scrapers.paging import Details, Part, follow, same_page, with_query
from scrapers.scraper import Fetch, References, Scraper
from scrapers.selecting import ready, select
from scrapers.signals import Signal, entry
from scrapers.sitemaps import listed_pages, walk_sitemaps

_ACCEPT = "text/html"
_ATTRIBUTE = re.compile(r"^(.*?)@([A-Za-z_:][\w:.-]*)$")
_NUMBER = re.compile(r"\d{1,3}(?:[.,\u00a0\u202f ]\d{3})+|\d+")
_PATH_OF_PAGE = re.compile(r"/page/\d+/?$")
_OF_VISITS = re.compile(r"utm_|fbclid|gclid|(?i:phpsessid|jsessionid)=")
_SESSION_IN_PATH = re.compile(r";jsessionid=[\w.!-]*", re.IGNORECASE)
_TELLING = ("href", "datetime", "content", "title", "alt", "value")
"""Attributes that say something of what an entry of a list links to."""
_MANY = LISTS | {"description"} | frozenset(vocabulary("statement"))


class Field:
    """Where one name's words are found in an element."""

    def __init__(self, name: str, spec: str | Mapping[str, Any], where: str) -> None:
        table = {"css": spec} if isinstance(spec, str) else dict(spec)
        ways = [way for way in ("css", "label", "section") if way in table]
        if len(ways) != 1:
            raise OptionsInvalid(f"[options.{where}] {name}: one of css, label, section says where the words are")
        self._way = ways[0]
        self._selector, self._attribute = _selector(table.get("css", ""))
        self._labels = [table[self._way]] if isinstance(table[self._way], str) else table[self._way]
        self._first = bool(table.get("first", False))
        self._many = name in _MANY
        self._treatment = Treatment.of(table, f"[options.{where}] {name}")

    def texts(self, within: Tag) -> list[str]:
        """Return the words found, treated.

        Raises:
            SelectorAmbiguous: if a selector finds several where there can be one.
        """
        return self._treatment(self._found(within))

    def _found(self, within: Tag) -> list[str]:
        if self._way == "label":
            found = labelled(within, self._labels)
            return found if self._many or not self._first else found[:1]
        if self._way == "section":
            words = section(within, self._labels)
            return [words] if words else []
        return [words for element in self._elements(within) if (words := self._words(element))]

    def _elements(self, within: Tag) -> list[Tag]:
        if self._many or self._first:
            found = select(within, self._selector)
            return found if self._many else found[:1]
        element = maybe(within, self._selector)
        return [] if element is None else [element]

    def _words(self, element: Tag) -> str | None:
        if self._attribute is None:
            return text(element)
        return attribute(element, self._attribute) if element.get(self._attribute) else None


class Catalogue(Scraper):
    """Lists, and the pages of their entries."""

    def __init__(self, source: Source, form: Format) -> None:
        super().__init__(source, form)
        ready()
        options = form.options
        self.rules = Rules.of(options)
        detail = dict(options.get("detail", {}))
        self._within: str = detail.pop("within", "body")
        self._item = _fields(options.get("item", {}), "item")
        self._detail = _fields(detail, "detail")
        self._items: str = options.get("items", "")
        self._link: str = options.get("link", "")
        self._has_links = bool(self._link)
        self._page: Mapping[str, Any] = options.get("page", {})
        self._from_sitemap = options.get("details") == "sitemap"
        self._match = re.compile(options.get("match", ""))
        if not self._from_sitemap and not self._items:
            raise OptionsInvalid("[options] items: a selector of the list's entries is needed")

    async def pages(self, fetch: Fetch) -> AsyncIterator[Page]:
        """Yield the lists, then the page of each entry."""
        walk = self._by_sitemap(fetch) if self._from_sitemap else self._by_lists(fetch)
        async for page in walk:
            yield page

    async def _by_sitemap(self, fetch: Fetch) -> AsyncIterator[Page]:
        found: dict[str, Signal | None] = {}
        for start in self.format.start:
            async for page in walk_sitemaps(fetch, start, found):
                yield page
        if self._detail:
            details = {address: signal for address, signal in found.items() if self._match.search(address)}
            async for page in listed_pages(fetch, details, accept=_ACCEPT):
                yield page

    async def _by_lists(self, fetch: Fetch) -> AsyncIterator[Page]:
        details = Details(self._part)
        for start in self.format.start:
            async for page in follow(fetch, start, details.noted, accept=_ACCEPT):
                yield page
        if self._detail:
            async for page in details.pages(fetch, accept=_ACCEPT):
                yield page

    def listings(self, page: Page, references: References) -> Iterable[Listing | Problem]:
        """Yield the entries of a list, or the one entry of its own page."""
        del references
        if self._is_list(page):
            if not self._from_sitemap:
                yield from each_of(self._elements(soup(page)), page, lambda item: [self._summary(item, page)])
        elif self._match.search(page.url) or not self._from_sitemap:
            yield self._of_its_own(page)

    def _is_list(self, page: Page) -> bool:
        if self._from_sitemap:
            return not self._match.search(page.url)
        bare = _PATH_OF_PAGE.sub("", urlsplit(page.url).path)
        return any(
            same_page(page.url, start)
            or (urlsplit(start).netloc == urlsplit(page.url).netloc and urlsplit(start).path.rstrip("/") == bare)
            for start in self.format.start
        )

    def _summary(self, item: Tag, page: Page) -> Listing:
        words = _words(self._item, item)
        address = link(self._anchor(item), page) if self._has_links else None
        ref = one(words, "ref") or (self._ref(address) if address else None)
        if ref is None:
            raise RecordInvalid("an item without a ref and without a link")
        has_detail = bool(self._detail) and address is not None
        return self.rules.listing(
            words,
            ref=ref,
            url=address,
            part="summary" if has_detail else "whole",
            detail_url=address if has_detail else None,
        )

    def _anchor(self, item: Tag) -> Tag:
        return item if self._link == ":scope" else one_element(item, self._link)

    def _of_its_own(self, page: Page) -> Listing:
        within = part(page, self._within)
        words = _words(self._detail, within)
        return self.rules.listing(words, ref=one(words, "ref") or self._ref(page.url), url=page.url, part="detail")

    def _ref(self, address: str) -> str:
        """Return the code in an address: a query value if one is declared, else the path with its query."""
        parts = urlsplit(address)
        name = self.format.options.get("ref_query")
        if name:
            found = parse_qs(parts.query).get(name)
            if not found:
                raise RecordInvalid(f"an address without {name!r}: {address}")
            return found[0]
        kept = [pair for pair in parts.query.split("&") if pair and not _OF_VISITS.match(pair)]
        path = _SESSION_IN_PATH.sub("", parts.path)
        return f"{path}?{'&'.join(kept)}" if kept else path

    def _part(self, page: Page) -> Part:
        tree = soup(page)
        items = self._elements(tree)
        said = self._said(items, page) if self._has_links else {}
        return Part(
            entries=len(items),
            next_url=self._following(tree, page, len(items)),
            total=self._total(tree),
            details=tuple(said),
            signals={address: entry(words) for address, words in said.items()} if self._detail else {},
        )

    def _said(self, items: Iterable[Tag], page: Page) -> dict[str, list[str]]:
        """Return what the entries of a list say, by the addresses they link to; without those that point nowhere."""
        said: dict[str, list[str]] = {}
        for item in items:
            with suppress(SelectorError):
                said.setdefault(link(self._anchor(item), page), []).extend(_printed(item))
        return said

    def _elements(self, tree: Tag) -> list[Tag]:
        options = self.format.options
        if (options.get("none") and tree.select_one(options["none"])) or self._page:
            return select(tree, self._items)
        return some(tree, self._items)

    def _following(self, tree: Tag, page: Page, count: int) -> str | None:
        following = self.format.options.get("next")
        if following:
            anchor = tree.select_one(following)
            return str(anchor.get("href") or "") or None if anchor is not None else None
        if not self._page or count == 0:
            return None
        name, first = self._page["query"], self._page.get("first", 1)
        number = parse_qs(urlsplit(page.url).query).get(name, [str(first)])[0]
        return with_query(page.url, **{name: int(number) + 1}) if number.isdecimal() else None

    def _total(self, tree: Tag) -> int | None:
        selector = self.format.options.get("total")
        printed = _NUMBER.findall(text(tree.select_one(selector)) or "") if selector else []
        # "1 - 20 of 438": the total is the largest number.
        return max((int(re.sub(r"\D", "", number)) for number in printed), default=None)


def _printed(item: Tag) -> Iterator[str]:
    """Yield what an element says to a reader; its classes and tokens say nothing."""
    yield text(item) or ""
    for element in (item, *item.find_all(True)):
        yield from (f"{name}={element[name]}" for name in _TELLING if element.get(name))


def _words(fields: Mapping[str, Field], element: Tag) -> Words:
    return {name: field.texts(element) for name, field in fields.items()}


def _fields(specs: Mapping[str, Any], where: str) -> dict[str, Field]:
    unknown = set(specs) - listing_names()
    if unknown:
        raise OptionsInvalid(f"[options.{where}]: unknown field {', '.join(sorted(unknown))}")
    return {name: Field(name, spec, where) for name, spec in specs.items()}


def _selector(css: str) -> tuple[str, str | None]:
    match = _ATTRIBUTE.match(css)
    return (match[1].strip(), match[2]) if match else (css, None)
