"""``Listing``: words as printed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """Words for an amount, with the unit if the *name* of the source's field says it (``duration_in_weeks: 6``).

    ``text`` is verbatim. ``unit`` is a word of the vocabulary ``quantity_unit`` or ``None`` if the text carries it.
    """

    text: str
    unit: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """Words for a price. ``currency`` and ``period`` are set only if the source gives them in fields of their own.

    ``kind`` holds a word for the type of offer if printed apart ("free", "paid", "subscription").
    ``certificate`` marks the price of the certificate of an otherwise free programme.
    ``minor_units`` is true if the number is in cents or pence.
    """

    text: str
    currency: str | None = None
    kind: str | None = None
    period: str | None = None
    certificate: bool = False
    minor_units: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationName:
    """An organisation as printed, in one of the four roles (vocabulary ``role``).

    ``kind`` (vocabulary ``organisation_kind``) and ``country`` (ISO 3166-1 alpha-2 or words) only if the source or its
    declaration says so. ``ref`` is the source's own code for the organisation.
    """

    role: str
    name: str
    kind: str | None = None
    country: str | None = None
    ref: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferingListing:
    """One run of a programme, words as printed. ``ref`` is the source's own code, unique within the programme."""

    ref: str
    url: str | None = None
    start: str | None = None
    end: str | None = None
    enrolment_start: str | None = None
    enrolment_end: str | None = None
    offer_state: str | None = None
    pacing: str | None = None
    delivery: str | None = None
    mode_of_study: str | None = None
    location: str | None = None
    language: str | None = None
    duration: Quantity | None = None
    effort: Quantity | None = None
    prices: tuple[Price, ...] = ()
    verbatim: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """One entry of a catalogue, words as printed; nothing here is interpreted.

    ``ref`` is the source's own code, else the JSON id, else the canonical URL path; never title, price, date or status.
    ``kind`` is a word of the vocabulary ``listing_kind``; ``kind_as_published`` the source's own word for it.
    ``part``: a ``summary`` (from a list page) and a ``detail`` (from its own page) of one ref are put together;
    a summary whose detail page is ``detail_url`` is incomplete without it. ``whole`` stands alone.
    ``statements`` holds printed texts under the keys of the vocabulary ``statement``.
    ``verbatim`` holds further printed words worth keeping under the source's own field names.
    """

    ref: str
    kind: str
    title: str | None
    url: str | None = None
    part: Literal["whole", "summary", "detail"] = "whole"
    detail_url: str | None = None
    kind_as_published: str | None = None
    description: str | None = None
    languages: tuple[str, ...] = ()
    organisations: tuple[OrganisationName, ...] = ()
    credential_label: str | None = None
    level: str | None = None
    delivery: str | None = None
    pacing: str | None = None
    mode_of_study: str | None = None
    duration: Quantity | None = None
    effort: Quantity | None = None
    workload: Quantity | None = None
    credits: Quantity | None = None
    prices: tuple[Price, ...] = ()
    offer_state: str | None = None
    subjects: tuple[str, ...] = ()
    statements: Mapping[str, str] = field(default_factory=dict)
    verbatim: Mapping[str, str] = field(default_factory=dict)
    offerings: tuple[OfferingListing, ...] = ()
    page_url: str | None = None
    complete: bool = True
