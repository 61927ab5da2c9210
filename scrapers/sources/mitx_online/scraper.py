"""MITx Online: courses with their runs, and programs, in pages of the Django REST framework."""

from __future__ import annotations

from collections.abc import Iterable

from models.records import Listing, OfferingListing, Page, Price, Problem, Quantity
from scrapers.declared import organisations
from scrapers.decode import plain
from scrapers.fields import Record, absolute, each, stated
from scrapers.platforms.drf import DrfCatalogue, results
from scrapers.scraper import References

_SELF_PACED = {True: "self-paced", False: "instructor-paced"}


class Catalogue(DrfCatalogue):
    """Both lists."""

    def listings(self, page: Page, references: References) -> Iterable[Listing | Problem]:
        """Yield courses or programs."""
        del references
        kind = "program" if "/programs/" in page.url else "course"
        return each(results(page), page, lambda record: [self._listing(record, kind, page)])

    def _listing(self, record: Record, kind: str, page: Page) -> Listing:
        about = record.record("page") or Record({})
        duration = record.text("duration") or about.text("length")
        commitment = record.text("time_commitment") or about.text("effort")
        address = about.text("page_url")
        return Listing(
            ref=record.required("readable_id"),
            kind=kind,
            kind_as_published=record.text("program_type"),
            title=record.text("title"),
            url=absolute(page.final_url, address) if address else None,
            description=plain(about.text("description")),
            organisations=organisations(self.format.options),
            credential_label=record.text("certificate_type"),
            duration=Quantity(text=duration) if duration else None,
            effort=Quantity(text=commitment) if commitment else None,
            prices=tuple(_prices(record, about)),
            subjects=tuple(dict.fromkeys([*record.names("topics"), *record.names("departments")])),
            verbatim=stated({"availability": record.text("availability")}),
            offerings=tuple(_run(run) for run in record.records("courseruns")),
        )


def _prices(record: Record, about: Record) -> Iterable[Price]:
    """Yield the price, of the certificate unless the only way to enrol is the one that costs; auditing is free."""
    modes = {mode.text("mode_slug") for entry in (record, *record.records("courseruns")) for mode in _modes(entry)}
    if "audit" in modes:
        yield Price(text="", kind="free")
    certificate = modes != {"verified"}
    printed = about.text("price") or about.text("current_price")
    low, high = record.text("min_price"), record.text("max_price")
    if low and high and low != high:
        yield Price(text=f"{low} - {high}", currency="USD", certificate=certificate)
    elif words := printed or low or high:
        yield Price(text=words, currency="USD", certificate=certificate)


def _modes(entry: Record) -> Iterable[Record]:
    """Return the ways to enrol that a course run, or a programme, states."""
    return entry.records("enrollment_modes")


def _run(run: Record) -> OfferingListing:
    self_paced, enrollable = run.flag("is_self_paced"), run.flag("is_enrollable")
    prices = [product.text("price") for product in run.records("products") if product.flag("is_active")]
    return OfferingListing(
        ref=run.required("courseware_id"),
        start=run.text("start_date"),
        end=run.text("end_date"),
        enrolment_start=run.text("enrollment_start"),
        enrolment_end=run.text("enrollment_end"),
        offer_state=None if enrollable is None else ("enrollable" if enrollable else "not enrollable"),
        pacing=None if self_paced is None else _SELF_PACED[self_paced],
        prices=tuple(Price(text=price, currency="USD", certificate=True) for price in prices if price),
    )
