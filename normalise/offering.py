"""Types one run of a programme. An offering inherits nothing: what it does not print stays unknown."""

from __future__ import annotations

from datetime import date

from models.records import Offering, OfferingListing, Source
from normalise.findings import Findings
from normalise.languages import language_tag
from normalise.place import volume_country
from normalise.record import RecordReader
from normalise.text import NAME_MOST, reference


def typed_offering(
    listing: OfferingListing, source: Source, page_url: str | None, findings: Findings, on: date
) -> Offering:
    """Return the typed offering; troubles go to ``findings`` under ``offering.<field>``. Never raises."""
    record = RecordReader(source, findings, "offering.")
    start = record.day("start_date", listing.start)
    size = record.volume(
        {"duration": listing.duration, "effort": listing.effort}, country=volume_country(source), on=on
    )
    weeks, rate, hours = size.weeks, size.hours_per_week, size.hours
    return Offering(
        ref=reference(listing.ref),
        url=record.url(listing.url, page_url),
        start_date=start.day,
        start_is_unscheduled=True if start.unscheduled else False if start.day else None,
        end_date=record.day("end_date", listing.end).day,
        enrolment_start_date=record.day("enrolment_start_date", listing.enrolment_start).day,
        enrolment_end_date=record.day("enrolment_end_date", listing.enrolment_end).day,
        offer_state=record.word("offer_state", listing.offer_state),
        pacing=record.word("pacing", listing.pacing),
        delivery=record.word("delivery", listing.delivery),
        mode_of_study=record.word("mode_of_study", listing.mode_of_study),
        location=record.line("location", listing.location, NAME_MOST),
        language=_language(listing.language, record),
        duration_weeks_min=weeks.low if weeks else None,
        duration_weeks_max=weeks.high if weeks else None,
        effort_hours_per_week_min=rate.low if rate else None,
        effort_hours_per_week_max=rate.high if rate else None,
        workload_hours_min=hours.low if hours else None,
        workload_hours_max=hours.high if hours else None,
        workload_basis=size.workload_basis,
        price=record.price(listing.prices),
        verbatim=record.words.with_entries(listing.verbatim),
    )


def _language(printed: str | None, record: RecordReader) -> str | None:
    return None if printed is None else record.value("language", printed, language_tag(printed))
