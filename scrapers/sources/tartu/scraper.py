"""University of Tartu: trainings from the study information system, and the list of micro-credentials on its site."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping

from bs4.element import Tag

from models.records import Listing, OfferingListing, Page, Price, Problem, Quantity
from scrapers.declared import organisations
from scrapers.decode import json_list, plain
from scrapers.fields import Record, each, each_of, stated
from scrapers.html import SelectorMissing, link, one, soup, table, text
from scrapers.paging import Part, follow, same_page, with_query
from scrapers.scraper import Fetch, References, Scraper

PAGE_ENTRIES = 300
_MICRODEGREE = "MICRODEGREE"
_COLUMNS = ("Programme", "Code", "ECTS", "Language")


class Catalogue(Scraper):
    """The list of the site says what is on offer, the trainings of the system give the facts."""

    async def pages(self, fetch: Fetch) -> AsyncIterator[Page]:
        """Yield the list, then all pages of trainings."""
        site, trainings = self.format.start
        yield await fetch.get(site, accept="text/html")
        url = with_query(trainings, start=1, take=PAGE_ENTRIES)
        async for page in follow(fetch, url, _part, accept="application/json"):
            yield page

    def listings(self, page: Page, references: References) -> Iterable[Listing | Problem]:
        """Yield the rows of the list, or the trainings that are micro-credentials."""
        del references
        if same_page(page.url, self.format.start[0]):
            rows = table(one(soup(page), ".view-micro-credentials table"), _COLUMNS)
            return each_of(rows, page, lambda row: [self._row(row, page)])
        return each(json_list(page), page, self._training)

    def _row(self, row: Mapping[str, Tag], page: Page) -> Listing:
        anchor, points, language = one(row["Programme"], "a"), text(row["ECTS"]), text(row["Language"])
        code = text(row["Code"])
        if code is None:
            raise SelectorMissing("a row without a code")
        return Listing(
            ref=code,
            kind="microcredential",
            title=text(anchor),
            url=link(anchor, page),
            part="summary",
            languages=(language,) if language else (),
            organisations=organisations(self.format.options),
            credits=Quantity(text=points, unit="ects") if points else None,
        )

    def _training(self, record: Record) -> Iterable[Listing | Problem]:
        kind = record.record("training_type")
        if kind is None or kind.text("code") != _MICRODEGREE:
            return
        code, title = record.required("code"), record.record("title") or Record({})
        language, form = record.record("language"), record.record("study_form")
        price, about = record.text("price"), record.record("description") or Record({})
        yield Listing(
            ref=code,
            kind="microcredential",
            kind_as_published=kind.text("en") or kind.text("et"),
            title=title.text("en") or title.text("et"),
            description=plain(next((words for tag in ("en", *about.value) if (words := about.text(tag))), None)),
            part="detail",
            languages=language.texts("code") if language else (),
            organisations=organisations(self.format.options),
            delivery=(form.text("en") or form.text("code")) if form else None,
            workload=record.quantity("academic_hours", "hour"),
            credits=record.quantity("credits", "ects"),
            prices=(Price(text=price, currency=record.text("currency")),) if price else (),
            verbatim=stated({"title.et": title.text("et"), "state": record.text("state")}),
            offerings=(
                OfferingListing(
                    ref=record.required("uuid"),
                    start=record.text("start_date"),
                    end=record.text("end_date"),
                    enrolment_end=record.text("registration_end"),
                ),
            ),
        )


def _part(page: Page) -> Part:
    entries = len(json_list(page))
    start = int(page.url.partition("start=")[2].partition("&")[0])
    more = entries == PAGE_ENTRIES
    return Part(entries=entries, next_url=with_query(page.url, start=start + entries) if more else None)
