"""``Programme`` and ``Offering``: typed values beside the verbatim words, and the digests that tell them apart."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from models.canonical import canonical
from models.records.listings import Listing, OfferingListing


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationRole:
    """An organisation in a role: name as printed, kind and country where known (``None`` otherwise)."""

    role: str
    name: str
    kind: str | None = None
    country: str | None = None
    ref: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceFacts:
    """A price, typed.

    ``price_type`` is a word of the vocabulary ``price_type``. Amounts are in units of ``price_currency`` (ISO 4217),
    not cents; ``price_amount_max`` is the upper end of a range, equal to ``price_amount`` for a single price.
    ``price_period`` (vocabulary ``price_period``) is set for prices that recur. ``price_is_from`` marks "from 300 €".
    """

    price_type: str | None = None
    price_amount: float | None = None
    price_amount_max: float | None = None
    price_currency: str | None = None
    price_period: str | None = None
    price_is_from: bool | None = None
    certificate_price_amount: float | None = None
    certificate_price_amount_max: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Offering:
    """One run of a programme, typed. Dates are calendar days as printed, in whatever zone they are printed.

    ``start_is_unscheduled`` is true if the source says that no date is set (a far-future sentinel counts as such).
    """

    ref: str
    url: str | None = None
    start_date: date | None = None
    start_is_unscheduled: bool | None = None
    end_date: date | None = None
    enrolment_start_date: date | None = None
    enrolment_end_date: date | None = None
    offer_state: str | None = None
    pacing: str | None = None
    delivery: str | None = None
    mode_of_study: str | None = None
    location: str | None = None
    language: str | None = None
    duration_weeks_min: float | None = None
    duration_weeks_max: float | None = None
    effort_hours_per_week_min: float | None = None
    effort_hours_per_week_max: float | None = None
    workload_hours_min: float | None = None
    workload_hours_max: float | None = None
    workload_basis: str | None = None
    price: PriceFacts = PriceFacts()
    verbatim: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Programme:
    """One programme as one source lists it, typed. ``None`` always means: not stated, or not understood (see problems).

    ``verbatim`` keeps the printed words under the names of the typed fields they became.
    ``workload_basis`` and ``ects_basis`` are words of the vocabulary ``basis``.
    ``listing_digest`` is the digest of the words as printed; ``complete`` is false if a page was missing.
    """

    ref: str
    kind: str
    title: str | None
    url: str | None = None
    kind_as_published: str | None = None
    description: str | None = None
    languages: tuple[str, ...] = ()
    organisations: tuple[OrganisationRole, ...] = ()
    credential_label: str | None = None
    level_as_published: str | None = None
    platform_level: str | None = None
    eqf_level: int | None = None
    delivery: str | None = None
    pacing: str | None = None
    mode_of_study: str | None = None
    duration_weeks_min: float | None = None
    duration_weeks_max: float | None = None
    effort_hours_per_week_min: float | None = None
    effort_hours_per_week_max: float | None = None
    workload_hours_min: float | None = None
    workload_hours_max: float | None = None
    workload_basis: str | None = None
    credits_value: float | None = None
    credits_unit: str | None = None
    ects: float | None = None
    ects_basis: str | None = None
    price: PriceFacts = PriceFacts()
    offer_state: str | None = None
    subjects: tuple[str, ...] = ()
    statements: Mapping[str, str] = field(default_factory=dict)
    verbatim: Mapping[str, str] = field(default_factory=dict)
    offerings: tuple[Offering, ...] = ()
    page_url: str | None = None
    listing_digest: str = ""
    complete: bool = True


_NOT_FACTS = frozenset({"verbatim", "offerings", "page_url", "listing_digest", "complete"})
"""What may differ between two looks without anything having changed: provenance, and words whose value is the same."""
_NOT_WORDS = frozenset({"page_url", "complete"})


def facts_of(record: Programme | Offering) -> dict[str, Any]:
    """Return the facts of a record as plain values: what a version is made of, and nothing about the look."""
    facts: dict[str, Any] = json.loads(canonical(record, _NOT_FACTS, unstated=True))
    return facts


def facts_digest(record: Programme | Offering) -> str:
    """Return the ``sha256`` hex digest of the facts: equal if and only if no fact differs."""
    return _digest(canonical(record, _NOT_FACTS, unstated=True))


def listing_digest(listing: Listing | OfferingListing) -> str:
    """Return the ``sha256`` hex digest of a listing's words as printed (its page and completeness left out)."""
    return _digest(canonical(listing, _NOT_WORDS, unstated=False))


def _digest(words: str) -> str:
    return hashlib.sha256(words.encode("utf-8", "surrogatepass")).hexdigest()
