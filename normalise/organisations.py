"""Types organisations: the role, the name as printed, and kind and country where the source says them."""

from __future__ import annotations

from models.records import OrganisationName, OrganisationRole
from models.vocab import vocabulary
from normalise.countries import country_code
from normalise.people import without_contacts
from normalise.place import money_country
from normalise.reading import Trouble
from normalise.record import RecordReader
from normalise.text import NAME_MOST, bounded, one_line, reference
from normalise.urls import canonical_url
from normalise.words import lookup

ORGANISATIONS_MOST = 300
# What kind of organisation runs a catalogue, where the kind of the source says so.
_RUNS = {
    "institution": "institution",
    "government_platform": "platform",
    "commercial_platform": "platform",
    "employer": "employer",
    "consortium": "consortium",
}


def typed_organisations(printed: tuple[OrganisationName, ...], record: RecordReader) -> tuple[OrganisationRole, ...]:
    """Return the organisations in printed order, each once in a role; the first mention counts."""
    kept: dict[tuple[str, str], OrganisationRole] = {}
    for organisation in printed[:ORGANISATIONS_MOST]:
        name = bounded(without_contacts(one_line(organisation.name)), NAME_MOST)
        if not name:
            continue
        if organisation.role not in vocabulary("role"):
            record.note("organisations", organisation.role, Trouble("unknown_word", "no role has that name"))
            continue
        kept.setdefault((organisation.role, name.casefold()), _typed(organisation, name, record))
    return tuple(kept.values())


def _typed(organisation: OrganisationName, name: str, record: RecordReader) -> OrganisationRole:
    kind, country = _kind(organisation, record), _country(organisation, record)
    if organisation.role == "listed_on":
        kind = kind or (None if organisation.kind else _RUNS.get(record.source.kind))
        country = country or (None if organisation.country else money_country(record.source))
    return OrganisationRole(
        role=organisation.role,
        name=name,
        kind=kind,
        country=country,
        ref=reference(organisation.ref) if organisation.ref else None,
        url=_url(organisation, record),
    )


def _kind(organisation: OrganisationName, record: RecordReader) -> str | None:
    if not organisation.kind:
        return None
    reading = lookup("organisation_kind", organisation.kind, record.source.lookups.get("organisation_kind", {}))
    if reading.value == organisation.kind:
        return reading.value
    return record.value("organisations.kind", organisation.kind, reading)


def _country(organisation: OrganisationName, record: RecordReader) -> str | None:
    if not organisation.country:
        return None
    reading = country_code(organisation.country)
    if reading.value == organisation.country:
        return reading.value
    return record.value("organisations.country", organisation.country, reading)


def _url(organisation: OrganisationName, record: RecordReader) -> str | None:
    if not organisation.url or not organisation.url.strip():
        return None
    reading = canonical_url(organisation.url)
    if reading.value == organisation.url:
        return reading.value
    return record.value("organisations.url", organisation.url, reading)
