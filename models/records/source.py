"""``Source``: the declaration of a source, a folder of facts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

COMPARED_FACTS = ("title", "url", "languages", "organisations", "currency", "amount", "offer_state", "start")
"""What a look is compared with the look before by, programme by programme (``models.comparing``)."""


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
    ``max_growth`` is how many refs may be new at once, as a share of those of the last complete look (1: as many).
    ``may_change`` names facts (``COMPARED_FACTS``) that may be other ones in most programmes at once.
    """

    programmes_min: int = 1
    programmes_max: int | None = None
    max_drop: float = 0.20
    max_duplicates: float = 0.20
    max_growth: float = 1.0
    may_change: frozenset[str] = frozenset()
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
