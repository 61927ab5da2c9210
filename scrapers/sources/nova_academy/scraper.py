"""Nova Academy (Antwerp, Brussels, Ghent): list pages of micro-credentials, and a page for each."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator
from urllib.parse import urlsplit

from bs4.element import Tag

from models.records import Listing, OfferingListing, OrganisationName, Page, Price, Problem, Quantity
from scrapers.declared import organisations
from scrapers.fields import each_of, stated
from scrapers.html import attribute, definitions, link, links, maybe, one, some, soup, text
from scrapers.paging import Part, list_and_details, same_page
from scrapers.scraper import Fetch, References, Scraper

_CARDS = "ul.programmes > li.programme"


class Catalogue(Scraper):
    """The list and its programmes."""

    async def pages(self, fetch: Fetch) -> AsyncIterator[Page]:
        """Yield the list pages, then the page of each programme."""
        async for page in list_and_details(fetch, self.format.start[0], _part, accept="text/html"):
            yield page

    def listings(self, page: Page, references: References) -> Iterable[Listing | Problem]:
        """Yield the summaries of a list page, or the one programme of a detail page."""
        del references
        if same_page(page.url, self.format.start[0]):
            yield from each_of(_cards(soup(page)), page, lambda card: [self._summary(card, page)])
        else:
            yield self._detail(page)

    def _summary(self, card: Tag, page: Page) -> Listing:
        address = link(one(card, "h2 a"), page)
        return Listing(
            ref=urlsplit(address).path,
            kind="microcredential",
            kind_as_published=text(maybe(card, ".type")),
            title=text(one(card, "h2 a")),
            url=address,
            part="summary",
            detail_url=address,
            organisations=tuple(self._organisations(card.select(".university"))),
        )

    def _detail(self, page: Page) -> Listing:
        main = one(soup(page), "main")
        facts = definitions(one(main, "dl.facts"))
        return Listing(
            ref=urlsplit(page.url).path,
            kind="microcredential",
            kind_as_published=_fact(facts, "Type"),
            title=text(one(main, "h1")),
            url=page.url,
            part="detail",
            description=text(maybe(main, "div.intro")),
            languages=tuple(_facts(facts, "Language")),
            organisations=tuple(self._organisations(facts.get("University", []))),
            delivery=_fact(facts, "Form"),
            credits=_quantity(facts, "Study load"),
            prices=tuple(Price(text=words) for words in _facts(facts, "Fee")),
            offer_state=_fact(facts, "Enrolment"),
            subjects=tuple(_facts(facts, "Field")),
            statements=stated(
                {
                    "admission": text(maybe(main, "section.admission p")),
                    "course_units": "\n".join(u for e in main.select("ul.course-units > li") if (u := text(e))) or None,
                }
            ),
            offerings=tuple(_offerings(facts)),
        )

    def _organisations(self, elements: Iterable[Tag]) -> Iterator[OrganisationName]:
        for name in (text(element) for element in elements):
            if name:
                yield OrganisationName(role="taught_by", name=name, kind="institution", country="BE")
        yield from organisations(self.format.options)


def _part(page: Page) -> Part:
    tree = soup(page)
    cards = _cards(tree)
    count = (text(maybe(tree, ".result-count")) or "").split(" ")[0]
    following = maybe(tree, "nav.pager a[rel=next]")
    return Part(
        entries=len(cards),
        next_url=attribute(following, "href") if following else None,
        total=int(count) if count.isdecimal() else None,
        details=links(cards, page, lambda card: one(card, "h2 a")),
    )


def _cards(tree: Tag) -> list[Tag]:
    return [] if maybe(tree, ".no-results") else some(tree, _CARDS)


def _facts(facts: dict[str, list[Tag]], name: str) -> Iterator[str]:
    yield from (words for element in facts.get(name, []) if (words := text(element)))


def _fact(facts: dict[str, list[Tag]], name: str) -> str | None:
    return next(_facts(facts, name), None)


def _quantity(facts: dict[str, list[Tag]], name: str) -> Quantity | None:
    words = _fact(facts, name)
    return Quantity(text=words) if words else None


def _offerings(facts: dict[str, list[Tag]]) -> Iterator[OfferingListing]:
    """Yield the announced starts; the page gives them no codes, so they are numbered."""
    for number, start in enumerate(_facts(facts, "Start"), start=1):
        yield OfferingListing(ref=f"start {number}", start=start, location=_fact(facts, "Campus"))
