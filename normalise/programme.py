"""Types one listing: the public door of the room is ``normalise``. Pure: no network, no database, no clock."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from models.records import Listing, OrganisationRole, PriceFacts, Problem, Programme, Source, listing_digest
from models.vocab import vocabulary
from normalise.findings import Findings
from normalise.free_in_text import free_in_text
from normalise.languages import language_tags
from normalise.levels import eqf_level
from normalise.offering import typed_offering
from normalise.organisations import typed_organisations
from normalise.people import without_contacts
from normalise.place import volume_country
from normalise.quantities import FIELDS, Volume
from normalise.reading import Trouble
from normalise.record import RecordReader
from normalise.text import (
    LABEL_MOST,
    TEXT_MOST,
    TITLE_MOST,
    bounded,
    one_line,
    paragraphs,
    reference,
    storable,
)

LIST_MOST = 300  # entries of a list that are kept: languages, subjects, offerings


def normalise(listing: Listing, source: Source, on: date) -> tuple[Programme, tuple[Problem, ...]]:
    """Return the typed programme and what could not be read. Never raises, whatever a listing holds.

    ``on`` is the day of the look; it only chooses the rows of the dated conversion table. What is not stated, and what
    no rule understands, is ``None``; the latter with a ``Problem``. The printed words stay under ``verbatim`` by the
    name of the field; those of a text that was kept as printed stand in the text itself.
    """
    findings = Findings(listing)
    record = RecordReader(source, findings)
    organisations = typed_organisations(listing.organisations, record)
    size = _volume(listing, organisations, record, on)
    weeks, rate, hours = size.weeks, size.hours_per_week, size.hours
    programme = Programme(
        ref=reference(listing.ref),
        kind=_kind(listing.kind, record),
        title=_title(listing.title, record),
        url=record.url(listing.url, listing.page_url),
        kind_as_published=record.line("kind_as_published", listing.kind_as_published, LABEL_MOST),
        description=_long_text("description", listing.description, record),
        languages=_languages(listing.languages, record),
        organisations=organisations,
        credential_label=record.line("credential_label", listing.credential_label, LABEL_MOST),
        level_as_published=record.line("level_as_published", listing.level, LABEL_MOST),
        platform_level=record.word("level", listing.level),
        eqf_level=_eqf_level(listing.level, record, on),
        delivery=record.word("delivery", listing.delivery),
        pacing=record.word("pacing", listing.pacing),
        mode_of_study=record.word("mode_of_study", listing.mode_of_study),
        duration_weeks_min=weeks.low if weeks else None,
        duration_weeks_max=weeks.high if weeks else None,
        effort_hours_per_week_min=rate.low if rate else None,
        effort_hours_per_week_max=rate.high if rate else None,
        workload_hours_min=hours.low if hours else None,
        workload_hours_max=hours.high if hours else None,
        workload_basis=size.workload_basis,
        credits_value=size.credits_value,
        credits_unit=size.credits_unit,
        ects=size.ects,
        ects_basis=size.ects_basis,
        price=_price(listing, record),
        offer_state=record.word("offer_state", listing.offer_state),
        subjects=_labels(listing.subjects),
        statements=_statements(listing, record),
        offerings=tuple(
            typed_offering(o, source, listing.page_url, findings, on) for o in listing.offerings[:LIST_MOST]
        ),
        page_url=storable(listing.page_url) if listing.page_url else None,
        verbatim=record.words.with_entries(listing.verbatim),
        listing_digest=listing_digest(listing),
        complete=listing.complete,
    )
    return programme, findings.problems()


def _kind(kind: str, record: RecordReader) -> str:
    """Return the kind as the scraper gives it; anything but a word of the vocabulary is its mistake and recorded."""
    if kind in vocabulary("listing_kind"):
        return kind
    record.note("kind", kind, Trouble("unknown_word", "no kind of listing has that name"))
    return bounded(storable(kind), LABEL_MOST)


def _title(printed: str | None, record: RecordReader) -> str | None:
    title = record.line("title", printed, TITLE_MOST)
    if title is None:
        record.note("title", printed, Trouble("title_missing", "no title"))
    return title


def _eqf_level(printed: str | None, record: RecordReader, on: date) -> int | None:
    return None if printed is None else record.value("level", printed, eqf_level(printed, on, record.source.framework))


def _languages(printed: tuple[str, ...], record: RecordReader) -> tuple[str, ...]:
    for language in printed[:LIST_MOST]:
        record.words.keep("languages", language)
    tags, troubles = language_tags(printed[:LIST_MOST])
    for language, trouble in troubles:
        record.note("languages", language, trouble)
    return tags


def _volume(listing: Listing, organisations: tuple[OrganisationRole, ...], record: RecordReader, on: date) -> Volume:
    quantities = {field: getattr(listing, field) for field in FIELDS}
    return record.volume(quantities, volume_country(record.source, organisations), on)


def _price(listing: Listing, record: RecordReader) -> PriceFacts:
    """Return the price; where no field has one, what the running text says of programmes that cost nothing."""
    if listing.prices:
        return record.price(listing.prices)
    texts = (listing.title, listing.description, *listing.verbatim.values())
    found = next((words for text in texts if text and (words := free_in_text(text))), None)
    if found is None:
        return PriceFacts()
    record.words.keep("price", without_contacts(one_line(found)))
    return PriceFacts(price_type="free", price_amount=0.0, price_amount_max=0.0, price_is_from=False)


def _labels(printed: Iterable[str]) -> tuple[str, ...]:
    """Return cleaned labels in printed order, each once."""
    labels: dict[str, str] = {}
    for words in tuple(printed)[:LIST_MOST]:
        label = bounded(without_contacts(one_line(words)), LABEL_MOST)
        if label:
            labels.setdefault(label.casefold(), label)
    return tuple(labels.values())


def _long_text(field: str, printed: str | None, record: RecordReader) -> str | None:
    if not printed:
        return None
    text = without_contacts(paragraphs(printed))
    if len(text) > TEXT_MOST:
        record.note(field, text, Trouble("out_of_range", f"longer than {TEXT_MOST} characters; its beginning is kept"))
    return bounded(text, TEXT_MOST) or None


def _statements(listing: Listing, record: RecordReader) -> dict[str, str]:
    kept: dict[str, str] = {}
    for name, printed in listing.statements.items():
        if name not in vocabulary("statement"):
            record.note("statements", name, Trouble("unknown_word", "no statement has that name"))
            continue
        if text := _long_text(f"statements.{name}", printed, record):
            kept[name] = text
    return kept
