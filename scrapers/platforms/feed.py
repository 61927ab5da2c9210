"""Course feeds in RSS (0.9x, 1.0, 2.0) or Atom: every item is an entry.

Options: ``[options.fields]`` names further elements of an item by their local names (``level = "level"``), or with
``element``, ``split`` and ``pattern``; what ``scrapers.declared.Rules`` reads. The ref is the item's id (``guid``,
``atom:id``, ``rdf:about``), else its link with its query, since many systems tell courses apart there.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import AsyncIterator, Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

from lxml import etree

from models.records import Format, Listing, Page, Problem, Source, Stage
from scrapers.declared import OptionsInvalid, Rules, Treatment, Words, listing_names
from scrapers.decode import Decoded, PageUnreadable, local_name, xml_tree
from scrapers.fields import RecordInvalid, absolute, each_of
from scrapers.paging import Part, follow
from scrapers.scraper import Fetch, References, Scraper

_ACCEPT = "application/rss+xml, application/atom+xml, application/xml"
_ROOTS = frozenset({"rss", "RDF", "feed"})
_ABOUT = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"
_OWN = {"title": ("title",), "description": ("description", "summary", "encoded", "content"), "subjects": ("category",)}


class FeedCatalogue(Scraper):
    """A base for feeds: pages are followed by ``link rel="next"`` (RFC 5005), every item is read by ``item``."""

    async def pages(self, fetch: Fetch) -> AsyncIterator[Page]:
        """Yield the pages of all feeds."""
        for start in self.format.start:
            async for page in follow(fetch, start, _part, accept=_ACCEPT):
                yield page

    def listings(self, page: Page, references: References) -> Iterable[Listing | Problem]:
        """Yield the items; a feed that breaks off is a problem."""
        del references
        decoded = _feed(page)
        yield from decoded.problems
        if decoded.truncated:
            message = "the feed breaks off before its end: items are missing"
            yield Problem(stage=Stage.PARSE, code="total_mismatch", message=message, url=page.url)
        yield from each_of(_items(decoded.tree), page, lambda item: [self.item(item, page)])

    @abstractmethod
    def item(self, item: etree._Element, page: Page) -> Listing:
        """Return the entry that an item is."""


class Catalogue(FeedCatalogue):
    """The items of one feed or several."""

    def __init__(self, source: Source, form: Format) -> None:
        super().__init__(source, form)
        self.rules = Rules.of(form.options)
        specs: Mapping[str, Any] = form.options.get("fields", {})
        unknown = set(specs) - listing_names()
        if unknown:
            raise OptionsInvalid(f"[options.fields]: unknown field {', '.join(sorted(unknown))}")
        tables = {name: {"element": spec} if isinstance(spec, str) else spec for name, spec in specs.items()}
        self._further = {
            name: (table["element"], Treatment.of(table, f"[options.fields] {name}")) for name, table in tables.items()
        }

    def item(self, item: etree._Element, page: Page) -> Listing:
        """Return the entry that an item is, by the elements every feed has and those the declaration names."""
        address = _link(item)
        url = absolute(page.final_url, address) if address else None
        ref = next(iter(_texts(item, ("guid", "id"))), None) or item.get(_ABOUT) or (_steady(url) if url else None)
        if ref is None:
            raise RecordInvalid("an item without an id and without a link")
        return self.rules.listing(self._words(item), ref=ref, url=url)

    def _words(self, item: etree._Element) -> Words:
        # Of several forms of a text (summary, content) the first that is there counts.
        own = {name: _first_of(item, names) for name, names in _OWN.items()}
        further = {name: treat(_texts(item, (element,))) for name, (element, treat) in self._further.items()}
        return own | {name: words for name, words in further.items() if words}


def _feed(page: Page) -> Decoded:
    decoded = xml_tree(page)
    name = local_name(decoded.tree)
    if name not in _ROOTS:
        raise PageUnreadable(f"expected an RSS or Atom feed, found <{name}>")
    return decoded


def _items(tree: etree._Element) -> list[etree._Element]:
    return [*tree.iter("{*}item"), *tree.iter("{*}entry")]


def _part(page: Page) -> Part:
    tree = _feed(page).tree
    channel = tree.find("{*}channel")
    holder = tree if channel is None else channel
    following = [link.get("href") for link in holder.iterfind("{*}link") if link.get("rel") == "next"]
    return Part(entries=len(_items(tree)), next_url=next((url for url in following if url), None))


def _first_of(item: etree._Element, names: tuple[str, ...]) -> list[str]:
    return next((found for name in names if (found := _texts(item, (name,)))), [])


def _texts(item: etree._Element, names: tuple[str, ...]) -> list[str]:
    found: list[str] = []
    for child in item.iterchildren(etree.Element):
        if local_name(child) in names:
            words = "".join(str(part) for part in child.itertext()).strip() or (child.get("term") or "").strip()
            found.extend([words] if words else [])
    return found


def _link(item: etree._Element) -> str | None:
    for child in item.iterchildren("{*}link"):
        if child.get("rel", "alternate") == "alternate":
            address = (child.get("href") or child.text or "").strip()
            if address:
                return address
    return None


def _steady(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
