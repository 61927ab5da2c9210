"""MIT Learn's API (``mitodl/mit-learn``, openapi/specs/v1.yaml): courses and programmes of MIT's units in DRF pages.

Options: ``organisations``, ``units`` (codes of ``offered_by`` that are read; all if left out). Instructors are never
read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from models.records import Listing, OfferingListing, OrganisationName, Page, Price, Problem
from scrapers.declared import organisations
from scrapers.decode import plain
from scrapers.fields import Record, each
from scrapers.platforms.drf import DrfCatalogue, results
from scrapers.scraper import References

_KINDS = {"course": "course", "program": "program"}


class Catalogue(DrfCatalogue):
    """Both lists."""

    def listings(self, page: Page, references: References) -> Iterable[Listing | Problem]:
        """Yield courses or programmes, unpublished ones left out."""
        del references
        return each(results(page), page, self._listings)

    def _listings(self, record: Record) -> Iterable[Listing | Problem]:
        unit = record.record("offered_by")
        units = self.format.options.get("units")
        if record.flag("published") is False or (units and (unit is None or unit.text("code") not in units)):
            return
        yield self._listing(record)

    def _listing(self, record: Record) -> Listing:
        certificate = record.record("certification_type")
        return Listing(
            ref=record.text("readable_id") or record.required("id"),
            kind=_KINDS.get(record.text("resource_type") or "", "course"),
            title=record.text("title"),
            url=record.text("url"),
            description=plain(record.text("description")),
            organisations=(*_bodies(record), *organisations(self.format.options)),
            credential_label=certificate.text("name") if certificate else None,
            delivery=", ".join(record.names("delivery")) or None,
            pacing=", ".join(record.names("pace")) or None,
            duration=record.quantity("duration"),
            effort=record.quantity("time_commitment"),
            credits=record.quantity("continuing_ed_credits", "ceu"),
            prices=tuple(_prices(record)),
            subjects=record.names("topics"),
            offerings=tuple(_run(run) for run in record.records("runs")),
        )


def _bodies(record: Record) -> Iterator[OrganisationName]:
    for name, role in (("offered_by", "awarded_by"), ("platform", "listed_on")):
        body = record.record(name)
        title = body.text("name") if body else None
        if body is not None and title:
            yield OrganisationName(role=role, name=title, ref=body.text("code"), country="US")


def _prices(record: Record) -> Iterator[Price]:
    if record.flag("free"):
        yield Price(text="", kind="free")
    dearer = [offer for offer in record.records("resource_prices") if offer.text("amount") not in {None, "0.00", "0"}]
    for offer in dearer:
        yield Price(
            text=offer.text("amount") or "", currency=offer.text("currency"), certificate=bool(record.flag("free"))
        )
    if not dearer:
        for price in record.texts("prices"):
            yield Price(
                text=price, currency="USD", certificate=bool(record.flag("free")) and price not in {"0.00", "0"}
            )


def _run(run: Record) -> OfferingListing:
    return OfferingListing(
        ref=run.text("run_id") or run.required("id"),
        url=run.text("url"),
        start=run.text("start_date"),
        end=run.text("end_date"),
        enrolment_start=run.text("enrollment_start"),
        enrolment_end=run.text("enrollment_end"),
        location=run.text("location"),
        delivery=", ".join(run.names("delivery")) or None,
        language=next(iter(run.texts("languages")), None),
        duration=run.quantity("duration"),
        effort=run.quantity("time_commitment"),
        prices=tuple(Price(text=price, currency="USD") for price in run.texts("prices")),
    )
