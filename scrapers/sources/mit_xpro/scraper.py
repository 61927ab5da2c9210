"""MIT xPRO: courses with their runs, and programs made of them, each list one JSON answer."""

from __future__ import annotations

from collections.abc import Iterable

from models.records import Listing, OfferingListing, Page, Price, Problem, Quantity
from scrapers.declared import organisations
from scrapers.decode import plain
from scrapers.fields import Record, each, stated
from scrapers.platforms.drf import DrfCatalogue, results
from scrapers.scraper import References


class Catalogue(DrfCatalogue):
    """Both lists."""

    def listings(self, page: Page, references: References) -> Iterable[Listing | Problem]:
        """Yield courses or programs."""
        del references
        kind = "program" if "/programs/" in page.url else "course"
        return each(results(page), page, lambda record: [self._listing(record, kind)])

    def _listing(self, record: Record, kind: str) -> Listing:
        duration, commitment, units = (record.text(n) for n in ("duration", "time_commitment", "credits"))
        runs = tuple(_run(run) for run in record.records("courseruns"))
        price = record.text("current_price")
        prices = (Price(text=price, currency="USD"),) if price else ()
        return Listing(
            ref=record.required("readable_id"),
            kind=kind,
            title=record.text("title"),
            url=record.text("url") or record.text("external_marketing_url"),
            description=plain(record.text("description")),
            organisations=organisations(self.format.options),
            delivery=record.text("format"),
            duration=Quantity(text=duration) if duration else None,
            effort=Quantity(text=commitment) if commitment else None,
            # The API fills "credits" from the CEUs of the certificate page (serialisers of mitodl/mitxpro).
            credits=Quantity(text=units, unit="ceu") if units else None,
            prices=prices or _price_of_runs(runs),
            subjects=record.names("topics"),
            statements=stated({"course_units": "\n".join(record.names("courses", "title")) or None}),
            verbatim=stated({"availability": record.text("availability"), "platform": record.text("platform")}),
            offerings=runs,
        )


def _run(run: Record) -> OfferingListing:
    price = run.text("current_price")
    return OfferingListing(
        ref=run.required("courseware_id"),
        start=run.text("start_date"),
        end=run.text("end_date"),
        enrolment_start=run.text("enrollment_start"),
        enrolment_end=run.text("enrollment_end"),
        prices=(Price(text=price, currency="USD"),) if price else (),
    )


def _price_of_runs(runs: tuple[OfferingListing, ...]) -> tuple[Price, ...]:
    """Return the price all runs share; where they differ, a course has no one price."""
    prices = {run.prices for run in runs if run.prices}
    return next(iter(prices)) if len(prices) == 1 else ()
