"""FutureLearn's course feed: the whole catalogue as one JSON list, each course with its runs."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable

from models.records import Listing, OfferingListing, OrganisationName, Page, Problem, Quantity
from scrapers.decode import PageUnreadable, json_value, plain_parts
from scrapers.fields import Record, each
from scrapers.scraper import Fetch, References, Scraper


class Catalogue(Scraper):
    """The feed of all courses."""

    async def pages(self, fetch: Fetch) -> AsyncIterator[Page]:
        """Yield the feeds."""
        for start in self.format.start:
            yield await fetch.get(start, accept="application/json")

    def listings(self, page: Page, references: References) -> Iterable[Listing | Problem]:
        """Yield the courses of the feed."""
        del references
        entries = json_value(page)
        if not isinstance(entries, list):
            raise PageUnreadable(f"expected a list of courses, found {type(entries).__name__}")
        return each(entries, page, lambda record: [_course(record)])


def _course(record: Record) -> Listing:
    hours = record.text("hours_per_week")
    certificates = record.flag("has_certificates")
    return Listing(
        ref=record.required("uuid"),
        kind="course",
        title=record.text("name"),
        url=record.text("url"),
        description=plain_parts(record.text("introduction"), record.text("description")),
        languages=record.texts("language"),
        organisations=tuple(_organisations(record)),
        effort=Quantity(text=hours, unit="hour_per_week") if hours else None,
        subjects=record.texts("categories"),
        verbatim={} if certificates is None else {"has_certificates": str(certificates).lower()},
        offerings=tuple(_run(run) for run in record.records("runs")),
    )


def _organisations(record: Record) -> Iterable[OrganisationName]:
    partner = record.record("organisation")
    name = partner.text("name") if partner else None
    if partner and name:
        yield OrganisationName(role="taught_by", name=name, url=partner.text("url"))
    yield OrganisationName(role="listed_on", name="FutureLearn", kind="platform", country="GB")


def _run(run: Record) -> OfferingListing:
    weeks = run.text("duration_in_weeks")
    return OfferingListing(
        ref=run.required("uuid"),
        start=run.text("start_date"),
        duration=Quantity(text=weeks, unit="week") if weeks else None,
    )
