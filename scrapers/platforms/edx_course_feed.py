"""The course feed of edX: RSS 2.0 with elements of its own namespace, in pages linked by ``atom:link rel="next"``.

An item is a course run (``course:id``), so it is a listing with one offering of the same id. Options:
``organisations``.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator

from lxml import etree

from models.records import Listing, OfferingListing, OrganisationName, Page, Problem, Quantity, Stage
from scrapers.declared import organisations
from scrapers.decode import Decoded, PageUnreadable, plain, xml_tree
from scrapers.fields import each_of, rejected, stated
from scrapers.paging import Part, follow
from scrapers.scraper import Fetch, References, Scraper

_PACING = {"0": "instructor-paced", "1": "self-paced"}


class Catalogue(Scraper):
    """The feed from its first page to its last."""

    async def pages(self, fetch: Fetch) -> AsyncIterator[Page]:
        """Yield all pages of the feed."""
        for start in self.format.start:
            async for page in follow(fetch, start, _part, accept="application/rss+xml, application/xml"):
                yield page

    def listings(self, page: Page, references: References) -> Iterable[Listing | Problem]:
        """Yield the items of a page."""
        del references
        decoded = _feed(page)
        yield from decoded.problems
        if decoded.truncated:
            message = "the feed breaks off before its end: items are missing"
            yield Problem(stage=Stage.PARSE, code="total_mismatch", message=message, url=page.url)
        yield from each_of(decoded.tree.iter("item"), page, lambda item: [self._item(item, page)])

    def _item(self, item: etree._Element, page: Page) -> Listing | Problem:
        ref = _text(item, "{*}id") or _text(item, "guid")
        if ref is None:
            return rejected("an item without an id", page, _text(item, "title"))
        length, effort = _text(item, "{*}length"), _text(item, "{*}effort")
        self_paced = _text(item, "{*}self_paced")
        pacing = _PACING.get(self_paced, self_paced) if self_paced else None
        return Listing(
            ref=ref,
            kind="course",
            title=_text(item, "title"),
            url=_text(item, "link"),
            description=plain(_text(item, "description") or _text(item, "{*}subtitle")),
            organisations=(*_schools(item), *organisations(self.format.options)),
            pacing=pacing,
            duration=Quantity(text=length) if length else None,
            effort=Quantity(text=effort) if effort else None,
            subjects=tuple(s.strip() for s in (_text(item, "{*}subject") or "").split(",") if s.strip()),
            statements=stated({"prerequisites": plain(_text(item, "{*}prerequisites"))}),
            verbatim=stated({name: _text(item, f"{{*}}{name}") for name in ("code", "verified", "xseries", "profed")}),
            offerings=(
                OfferingListing(ref=ref, start=_text(item, "{*}start"), end=_text(item, "{*}end"), pacing=pacing),
            ),
        )


def _feed(page: Page) -> Decoded:
    decoded = xml_tree(page)
    if decoded.tree.find("channel") is None:
        raise PageUnreadable(f"expected an RSS feed, found <{etree.QName(decoded.tree).localname}>")
    return decoded


def _part(page: Page) -> Part:
    tree = _feed(page).tree
    links = [link.get("href") for link in tree.iterfind("channel/{*}link") if link.get("rel") == "next"]
    return Part(entries=sum(1 for _ in tree.iter("item")), next_url=next((link for link in links if link), None))


def _text(item: etree._Element, name: str) -> str | None:
    words = item.findtext(name)
    return words.strip() if words and words.strip() else None


def _schools(item: etree._Element) -> Iterator[OrganisationName]:
    """Yield the members of edX that offer the course, by the names of their brands there (``MITx``)."""
    for school in item.iterfind("{*}school"):
        if school.text and school.text.strip():
            yield OrganisationName(role="taught_by", name=school.text.strip())
