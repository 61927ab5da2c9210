"""NZQA: the register of micro-credentials on the New Zealand Qualifications and Credentials Framework."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from urllib.parse import parse_qs, urlsplit

from bs4.element import Tag

from models.records import Listing, OrganisationName, Page, Problem, Quantity
from scrapers.declared import organisations
from scrapers.fields import each_of, stated
from scrapers.html import attribute, link, links, maybe, one, some, soup, table, text
from scrapers.paging import Part, list_and_details, same_page
from scrapers.scraper import Fetch, References, Scraper

_COLUMNS = ("Number", "Title", "Level", "Credits", "Status")


class Catalogue(Scraper):
    """The list and the entry of each micro-credential."""

    async def pages(self, fetch: Fetch) -> AsyncIterator[Page]:
        """Yield the list pages, then all entries."""
        async for page in list_and_details(fetch, self.format.start[0], _part, accept="text/html"):
            yield page

    def listings(self, page: Page, references: References) -> Iterable[Listing | Problem]:
        """Yield the rows of a list page, or the one entry of its own page."""
        del references
        if same_page(page.url, self.format.start[0]):
            yield from each_of(_rows(soup(page)), page, lambda row: [self._summary(row, page)])
        else:
            yield self._entry(page)

    def _summary(self, row: Mapping[str, Tag], page: Page) -> Listing:
        address = link(one(row["Title"], "a"), page)
        return Listing(
            ref=text(row["Number"]) or _number(address),
            kind="microcredential",
            title=text(one(row["Title"], "a")),
            url=address,
            part="summary",
            detail_url=address,
            organisations=organisations(self.format.options),
            level=text(row["Level"]),
            credits=_credits(text(row["Credits"])),
            offer_state=text(row["Status"]),
        )

    def _entry(self, page: Page) -> Listing:
        tree = soup(page)
        facts = _facts(one(tree, "table.details"))
        return Listing(
            ref=text(facts.get("Number")) or _number(page.url),
            kind="microcredential",
            title=text(one(tree, "h1")),
            url=page.url,
            part="detail",
            organisations=(*_bodies(facts), *organisations(self.format.options)),
            level=text(facts.get("Level")),
            credits=_credits(text(facts.get("Credits"))),
            offer_state=text(facts.get("Status")),
            subjects=tuple(words for words in [text(facts.get("NZSCED"))] if words),
            statements=stated(
                {
                    "purpose": text(facts.get("Purpose")),
                    "learning_outcomes": text(facts.get("Outcomes")),
                    "review_period": text(facts.get("Review period")),
                }
            ),
        )


def _part(page: Page) -> Part:
    tree = soup(page)
    rows = _rows(tree)
    summary = (text(maybe(tree, ".search-summary")) or "").split(" of ")[-1].split(" ")[0].replace(",", "")
    following = maybe(tree, "a.next")
    return Part(
        entries=len(rows),
        next_url=attribute(following, "href") if following else None,
        total=int(summary) if summary.isdecimal() else None,
        details=links(rows, page, lambda row: one(row["Title"], "a")),
    )


def _rows(tree: Tag) -> list[Mapping[str, Tag]]:
    return table(one(tree, "table.results"), _COLUMNS)


def _facts(details: Tag) -> dict[str, Tag]:
    """Return the cells of the entry by the heading before them; headings without a cell are left out."""
    pairs = [(maybe(row, ":scope > th"), maybe(row, ":scope > td")) for row in some(details, "tr")]
    return {text(heading) or "": cell for heading, cell in pairs if heading is not None and cell is not None}


def _bodies(facts: dict[str, Tag]) -> Iterator[OrganisationName]:
    developer = text(facts.get("Developer"))
    if developer:
        yield OrganisationName(role="developed_by", name=developer)
    providers = facts.get("Providers")
    for name in (text(item) for item in providers.select("li")) if providers else ():
        if name:
            yield OrganisationName(role="taught_by", name=name)


def _number(address: str) -> str:
    """Return the register's number from the address of an entry, which always bears it."""
    return parse_qs(urlsplit(address).query)["selectedItemKey"][0]


def _credits(words: str | None) -> Quantity | None:
    return Quantity(text=words, unit="nz_credit") if words else None
