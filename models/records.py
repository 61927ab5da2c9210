"""The records that pass between rooms: plain, frozen, without behaviour that needs a network, a clock or a database.

The order of the file is the data's way: ``Source`` -> ``Page`` -> ``Listing`` (words as printed) ->
``Programme`` and ``Offering`` (typed values) -> ``Look`` (what one judged run hands to the store).
Wherever a value cannot be read, a ``Problem`` says so and the value is ``None``: unknown stays unknown.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Literal

from models.canonical import canonical

EMPTY: Mapping[str, Any] = MappingProxyType({})


# --------------------------------------------------------------------------------------
# Source: a folder of facts
# --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """Terms of use of a source, and how far a person has read them."""

    url: str
    checked: date
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectations:
    """What a healthy complete look at a source holds; the gates of a run are judged against it.

    ``fill`` maps a field of ``Programme`` to the least share (0-1) of listings that carry it.
    ``max_drop`` is the largest share (0-1) of the last complete look that may be gone at once.
    ``max_duplicates`` is the largest share (0-1) of listings that may repeat a ref within one run.
    """

    programmes_min: int = 1
    programmes_max: int | None = None
    max_drop: float = 0.20
    max_duplicates: float = 0.20
    fill: Mapping[str, float] = field(default_factory=lambda: {"title": 0.98, "url": 0.98})


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyPlace:
    """Where the key of a source is sent, and how a person gets one.

    ``query`` names a query parameter, ``header`` a header whose value begins with ``prefix``; one of them is set.
    """

    how: str
    query: str = ""
    header: str = ""
    prefix: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivedAddresses:
    """What web archives hold of a source, and what looks made of their captures may say (docs/backfill.md).

    ``urls`` and ``prefixes`` are what to ask for beside what can be derived: single addresses, and beginnings of
    addresses. Captures of one look lie at most ``near_days`` from the capture of its start page. ``whole_days`` is a
    person's word that captures which lie within so many days show the whole catalogue; ``None``: they never do.
    """

    urls: tuple[str, ...] = ()
    prefixes: tuple[str, ...] = ()
    near_days: int = 7
    whole_days: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """One way in which a source has been published; an earlier format ends on ``until``.

    ``platform`` names a module of ``scrapers.platforms``; ``None`` means the source's own module ``scraper``.
    ``options`` are facts only that platform reads. ``since`` is the first day on which the format is known to hold,
    ``None`` if that is not known; ``until`` the first on which it no longer holds, ``None`` for today's format.
    ``archive`` is what web archives may hold of it elsewhere.
    """

    platform: str | None
    start: tuple[str, ...]
    options: Mapping[str, Any] = field(default_factory=dict)
    since: date | None = None
    until: date | None = None
    archive: ArchivedAddresses = ArchivedAddresses()
    scraper: str = "scraper"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """The declaration of one source, read from ``scrapers/sources/<slug>/source.toml``.

    ``kind`` is a word of the vocabulary ``source_kind``, ``country`` ISO 3166-1 alpha-2, ``language`` BCP 47.
    ``complete`` says whether one run lists everything, so that absence can mean withdrawal.
    ``cadence`` is a word of the vocabulary ``cadence``. ``hosts`` are the only hosts the source may be
    read from. ``lookups`` maps a field to dirty words of this source and their values. ``framework`` names the
    framework of qualifications whose levels the source prints as bare numbers ("Level 5"), empty if none is known.
    ``pace_seconds`` is the least time between two requests to one host. ``needs_key`` names the setting that holds a
    key (never the key), ``key`` says where it goes. ``headers`` are further headers that its hosts ask callers for.
    ``programme`` is a regular expression for refs of which several are runs of one course (see ``programme_key``),
    empty if each ref is a programme. ``trust_signals`` is false if every page is to be asked for, whatever cheaper
    documents say of it (docs/decisions/0023).
    """

    slug: str
    name: str
    kind: str
    country: str
    language: str
    formats: tuple[Format, ...]
    cadence: str
    complete: bool
    terms: Terms
    evidence: Literal["documented", "recorded", "third-party", "assumed"]
    evidence_note: str = ""
    needs_key: str = ""
    key: KeyPlace | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    hosts: tuple[str, ...] = ()
    pace_seconds: float = 1.0
    concurrency: int = 1
    retired: date | None = None
    expect: Expectations = field(default_factory=Expectations)
    lookups: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    framework: str = ""
    programme: str = ""
    trust_signals: bool = True

    def format_on(self, day: date) -> Format:
        """Return the format in force on ``day``: the earliest that had not yet ended."""
        dated = [f for f in self.formats if f.until is not None and day < f.until]
        if dated:
            return min(dated, key=lambda f: f.until or date.max)
        return next(f for f in self.formats if f.until is None)


def programme_key(source: Source, ref: str) -> str:
    """Return the code that all runs of one course share at a source; the ref itself where each ref is a programme.

    It consists of the groups of the declared pattern, joined by ``+``, if the whole ref fits it:
    ``course-v1:MITx+6.00x+1T2016`` and ``MITx/6.00x/2T2013`` are both ``MITx+6.00x``.
    """
    found = re.fullmatch(source.programme, ref) if source.programme else None
    return "+".join(part for part in found.groups() if part) if found else ref


# --------------------------------------------------------------------------------------
# Page: what a server said, kept before anyone parses it
# --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivePlace:
    """Where a page lies in the archive: WARC file (relative to the archive), byte offset and length of the record."""

    file: str
    offset: int
    length: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One response, body decoded from its transfer coding and never from its charset.

    ``url`` is the address asked for, ``final_url`` the one that answered after redirects.
    ``at`` is aware and in UTC. ``digest`` is ``sha256:<hex>`` of the body. ``unchanged`` is true if the server
    answered 304 or if the body has the digest of the last archived capture of the same URL. ``place`` is the record
    that holds the body, ``record`` that of this very answer: another one if it is a revisit.
    ``signal`` is what a cheaper document said of the page (``scrapers.signals``). A page that is ``vouched`` was not
    asked for because its signal stood still: all it says is that of the last real answer, and it has no ``record``.
    """

    url: str
    final_url: str
    at: datetime
    status: int
    content_type: str
    body: bytes
    digest: str
    headers: Mapping[str, str] = field(default_factory=dict)
    unchanged: bool = False
    place: ArchivePlace | None = None
    record: ArchivePlace | None = None
    signal: str | None = None
    vouched: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PageFailure:
    """A page that was due and could not be had; it makes a run partial at best."""

    url: str
    at: datetime
    reason: str
    status: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownPage:
    """The last archived answer of a URL: what a conditional request, a revisit record and a vouched page need.

    ``place`` points at the record that holds the body, never at a revisit record. ``final_url`` is the address that
    answered, ``None`` if it is ``url``. ``signal`` is what a cheaper document said of the page in the run that asked.
    """

    url: str
    at: datetime
    digest: str
    place: ArchivePlace
    content_type: str = ""
    etag: str | None = None
    last_modified: str | None = None
    final_url: str | None = None
    status: int = 200
    signal: str | None = None


# --------------------------------------------------------------------------------------
# Problem: nothing is lost silently
# --------------------------------------------------------------------------------------


class Stage(StrEnum):
    """The step of the data's way that met a problem."""

    FETCH = "fetch"
    PARSE = "parse"
    NORMALISE = "normalise"
    JUDGE = "judge"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Something a rule did not understand, with the words as printed.

    ``code`` is a word of the vocabulary ``problem_code``; ``field`` the field of the listing concerned, if any.
    """

    stage: Stage
    code: str
    message: str
    field: str | None = None
    words: str | None = None
    ref: str | None = None
    url: str | None = None


# --------------------------------------------------------------------------------------
# Listing: words as printed
# --------------------------------------------------------------------------------------


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


# --------------------------------------------------------------------------------------
# Programme and Offering: typed values beside the verbatim words
# --------------------------------------------------------------------------------------


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


# --------------------------------------------------------------------------------------
# Run, outcome, look
# --------------------------------------------------------------------------------------


class Outcome(StrEnum):
    """The named end of a run. Only ``ok`` and ``unchanged`` may say that something has gone."""

    OK = "ok"
    UNCHANGED = "unchanged"
    PARTIAL = "partial"
    SUSPECT = "suspect"
    BLOCKED = "blocked"
    FAILED = "failed"

    @property
    def writes_versions(self) -> bool:
        """Whether facts seen in such a run enter the history."""
        return self in {Outcome.OK, Outcome.PARTIAL}

    @property
    def counts_absences(self) -> bool:
        """Whether a programme not seen in such a run counts as missed."""
        return self in {Outcome.OK, Outcome.UNCHANGED}


class Origin(StrEnum):
    """Where the pages of a run come from: the live host, a recording, or a web archive."""

    LIVE = "live"
    REPLAY = "replay"
    WAYBACK = "wayback"
    COMMON_CRAWL = "common_crawl"
    WARC = "warc"


class Cause(StrEnum):
    """Why a version exists. Only ``look`` is a change at the source; trends see nothing else."""

    LOOK = "look"
    COMPLETION = "completion"
    REPARSE = "reparse"


@dataclass(frozen=True, slots=True, kw_only=True)
class Harvested:
    """Everything one run brought home, before it is judged.

    ``duplicates`` counts listings that repeated a ref of the same run word for word and were dropped.
    ``blocked`` holds the reason if the host refused (403, challenge, robots); ``crashed`` the reason if the walk over
    the catalogue broke off. ``robots`` maps a host to the decision taken and why. ``origin`` says where the pages come
    from. ``signals`` counts by kind what signals said of pages, and how often they were right (``scrapers.vouching``).
    """

    pages: tuple[Page, ...] = ()
    failures: tuple[PageFailure, ...] = ()
    programmes: tuple[Programme, ...] = ()
    problems: tuple[Problem, ...] = ()
    duplicates: int = 0
    rejected: int = 0
    blocked: str | None = None
    crashed: str | None = None
    robots: Mapping[str, str] = field(default_factory=dict)
    origin: Origin = Origin.LIVE
    signals: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviousLook:
    """The last complete look at a source before a run: what the gates compare with.

    ``refs`` are the programmes seen in it. ``page_digests`` maps the URL of each page to its digest.
    ``code_version`` is the version of the code that read it: the same bytes read by other code are not unchanged.
    """

    as_of: datetime
    refs: frozenset[str]
    page_digests: Mapping[str, str]
    code_version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """The outcome of a run and, in words a person can act on, why."""

    outcome: Outcome
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRecord:
    """What a run did, as every command prints it. ``as_of`` is the aware UTC time the look speaks for.

    ``new``, ``changed``, ``missing`` and ``withdrawn`` count programmes; ``by_kind`` counts listings by listing kind.
    ``vouched`` counts pages that were not asked for because a trusted signal said that they are what they were.
    """

    source: str
    as_of: datetime
    outcome: Outcome
    listings: int = 0
    programmes: int = 0
    offerings: int = 0
    new: int = 0
    changed: int = 0
    missing: int = 0
    withdrawn: int = 0
    problems: int = 0
    reason: str = ""
    by_kind: Mapping[str, int] = field(default_factory=dict)
    vouched: int = 0

    def as_json(self) -> dict[str, Any]:
        """Return the record as JSON values; ``as_of`` as RFC 3339 in UTC."""
        values = {f.name: getattr(self, f.name) for f in fields(self)}
        return values | {
            "as_of": self.as_of.isoformat().replace("+00:00", "Z"),
            "outcome": self.outcome.value,
            "by_kind": dict(self.by_kind),
        }
