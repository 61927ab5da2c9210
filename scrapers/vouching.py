"""Which pages of a run a trusted signal vouches for, and how often signals were right in it (docs/decisions/0023).

A signal that has earned trust spares a page the request if it says what it said at the last real answer. Each time a
random part of such pages is asked for first. If the facts of one of them are others, the signal vouches for none.
"""

from __future__ import annotations

import asyncio
import hashlib
import heapq
import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import Enum, auto

from models.records import KnownPage, Page
from scrapers.archive import Archive, ArchiveDamaged
from scrapers.signals import Signal, is_settled, kind_of

SAMPLE_MIN, SAMPLE_SHARE = 30, 0.05
"""The pages checked in every run: so many, and this share of those that could be skipped, whichever is more."""
AGE_MAX, AGE_SPREAD = timedelta(days=90), timedelta(days=30)
"""No answer vouched for is older. When within the spread before that it is asked for again depends on the address."""
COMPARED_MAX = 1_000
"""Pages with other bytes whose facts are compared in one run while a kind has no trust: about so many of those on which
it said the same, drawn at random, and at most so many of those on which it moved."""
ANNOUNCED_ENOUGH = 5
"""After so many changes that a kind announced in one run, no more of its announcements are looked into."""
COUNTS = ("known", "said_same", "vouched", "checked", "missed", "moved", "announced")
"""What is counted of each kind: pages it spoke of; those on which it said what it said at the last real answer; of
these, those skipped, those whose facts were compared, and those whose facts were others; pages on which it said
something else than then; and of these, those whose facts were found to be others (at least that many)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Vouching:
    """What a run may skip.

    Attributes:
        seed: draws the random parts; the same seed draws the same.
        as_of: aware time the look speaks for.
        trusted: kinds of signals that have earned trust.
        same_facts: whether two answers of one address say the same; told apart only if their bytes differ.
    """

    seed: str
    as_of: datetime
    trusted: frozenset[str]
    same_facts: Callable[[Page, Page], bool]


class Said(Enum):
    """What a signal says of a page."""

    NOTHING = auto()
    SAME = auto()
    MOVED = auto()


@dataclass(frozen=True, slots=True)
class Plan:
    """Addresses to ask for before all others, and those that are vouched for if these pages are what they were."""

    first: frozenset[str]
    vouched: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Miss:
    """A trusted kind of signal was wrong: on how many pages, of how many checked, and one of them.

    ``skipped`` is how many pages it had vouched for in the run before that was found.
    """

    kind: str
    missed: int
    checked: int
    url: str
    skipped: int

    def words(self) -> str:
        """Say what happened, for a person."""
        return (
            f"the facts of {self.missed} of {self.checked} pages checked had changed although {self.kind} stood still: "
            "it vouches for no page until it has earned trust anew"
        )


class ArchivedBodies:
    """The bodies of pages of earlier runs, in ``archive``."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._sizes: dict[str, int] = {}

    def read(self, known: KnownPage) -> bytes | None:
        """Return the body of a page, ``None`` if it can no longer be had."""
        try:
            return self._archive.original(known.place)[2]
        except ArchiveDamaged:
            return None

    def are_there(self, known: KnownPage) -> bool:
        """Whether the file that holds a page is there and long enough; each file is looked at once."""
        place = known.place
        if place.file not in self._sizes:
            try:
                self._sizes[place.file] = self._archive.size(place.file)
            except ArchiveDamaged:
                self._sizes[place.file] = 0
        return self._sizes[place.file] >= place.offset + place.length


@dataclass(slots=True)
class SignalWatch:
    """Watches the signals of one run. ``counts`` by kind are those of ``COUNTS``."""

    vouching: Vouching
    known: Mapping[str, KnownPage]
    bodies: ArchivedBodies
    counts: dict[str, dict[str, int]] = field(default_factory=dict)
    _trusted: set[str] = field(init=False)
    _first: set[str] = field(default_factory=set)
    _share: float = 1.0
    _looked_into: int = 0
    _missed: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Begin with the trust there is."""
        self._trusted = set(self.vouching.trusted)

    # ---- before pages are asked for ------------------------------------------------------

    def plan(self, addresses: Sequence[tuple[str, str]], signals: Mapping[str, Signal]) -> Plan:
        """Return what to ask for first, and what is vouched for.

        Args:
            addresses: as given, and as recorded (without a key).
            signals: by the addresses as given.
        """
        self._share = min(1.0, COMPARED_MAX / len(signals)) if signals else 1.0
        same: dict[str, list[str]] = {}
        for url, asked_for in addresses:
            signal = signals.get(url)
            if signal is None or kind_of(signal) not in self._trusted:
                continue
            if self._said(asked_for, signal) is Said.SAME and self.bodies.are_there(self.known[asked_for]):
                same.setdefault(kind_of(signal), []).append(url)
        recorded = dict(addresses)
        first = {url for found in same.values() for url in self._sample(found)}
        first |= {url for found in same.values() for url in found if self._is_old(recorded[url])}
        self._first.update(recorded[url] for url in first)
        return Plan(frozenset(first), frozenset(url for found in same.values() for url in found) - first)

    def vouched(self, asked_for: str, signal: Signal) -> Page | None:
        """Return a page that the plan has vouched for, and count it; ``None`` if its signal was found wrong since."""
        if kind_of(signal) not in self._trusted:
            return None
        self._count(signal, "known", "said_same", "vouched")
        return vouched_page(self.known[asked_for])

    def misses(self) -> list[Miss]:
        """Return the kinds whose trust is gone and of which this has not been told yet."""
        found = []
        for kind, url in self._missed.items():
            counts = self.counts[kind]
            found.append(
                Miss(kind=kind, missed=counts["missed"], checked=counts["checked"], url=url, skipped=counts["vouched"])
            )
        self._missed.clear()
        return found

    # ---- when they have come -------------------------------------------------------------

    def told(self, asked_for: str, signal: Signal) -> Said:
        """Count what a signal says of a page that is asked for, and return it."""
        said = self._said(asked_for, signal)
        self._count(signal, "known", *_COUNTED[said])
        return said

    async def met(self, page: Page, said: Said) -> None:
        """Note whether a signal was right about a page that has come, with its body unless it is unchanged."""
        assert page.signal is not None
        if said is Said.SAME:
            same = await self._is_same(page, always=page.url in self._first)
            if same is not None:
                self._checked(page.signal, page.url, is_same=same)
        elif said is Said.MOVED and await self._announces(page):
            self._count(page.signal, "announced")

    def gone(self, asked_for: str, signal: Signal, said: Said) -> None:
        """Note that a page is there no more, about which its signal said nothing."""
        if said is Said.SAME:
            self._checked(signal, asked_for, is_same=False)

    async def _announces(self, page: Page) -> bool:
        """Whether the facts of a page whose signal moved are known to be others."""
        counts = self._of(page.signal or "")
        if counts["announced"] >= ANNOUNCED_ENOUGH or page.unchanged or self._looked_into >= COMPARED_MAX:
            return False
        self._looked_into += 1
        is_other = await self._is_same(page, always=True) is False
        # Other pages were compared meanwhile: how many are counted must not depend on which was ready first.
        return is_other and counts["announced"] < ANNOUNCED_ENOUGH

    async def _is_same(self, page: Page, *, always: bool) -> bool | None:
        """Whether the facts of a page are what they were; ``None`` if they are not compared or cannot be."""
        if page.unchanged:
            return True
        known = self.known[page.url]
        if not always and _chance(self.vouching.seed, "compare", page.url) >= self._share:
            return None
        body = self.bodies.read(known)
        if body is None:
            return None
        # Reading takes as long as several requests: those of other pages go on meanwhile.
        return await asyncio.to_thread(self.vouching.same_facts, replace(vouched_page(known), body=body), page)

    def _checked(self, signal: Signal, url: str, *, is_same: bool) -> None:
        kind = kind_of(signal)
        self._count(signal, "checked", *(() if is_same else ("missed",)))
        if not is_same and kind in self._trusted:
            self._trusted.discard(kind)
            self._missed[kind] = url

    # ---- what is known -------------------------------------------------------------------

    def _said(self, asked_for: str, signal: Signal) -> Said:
        known = self.known.get(asked_for)
        if known is None or known.signal is None or kind_of(known.signal) != kind_of(signal):
            return Said.NOTHING
        if known.signal != signal:
            return Said.MOVED
        return Said.SAME if is_settled(signal, known.at) else Said.NOTHING

    def _sample(self, urls: Collection[str]) -> list[str]:
        size = max(SAMPLE_MIN, math.ceil(SAMPLE_SHARE * len(urls)))
        return heapq.nsmallest(size, urls, key=lambda url: _chance(self.vouching.seed, "sample", url))

    def _is_old(self, asked_for: str) -> bool:
        age = self.vouching.as_of - self.known[asked_for].at
        return age >= AGE_MAX - _chance("", "age", asked_for) * AGE_SPREAD

    def _of(self, signal: Signal) -> dict[str, int]:
        return self.counts.setdefault(kind_of(signal), dict.fromkeys(COUNTS, 0))

    def _count(self, signal: Signal, *names: str) -> None:
        counts = self._of(signal)
        for name in names:
            counts[name] += 1


_COUNTED = {Said.NOTHING: (), Said.SAME: ("said_same",), Said.MOVED: ("moved",)}


def vouched_page(known: KnownPage) -> Page:
    """Return a page as its last real answer was, without its body, which lies in the archive."""
    headers = {"content-type": known.content_type, "etag": known.etag, "last-modified": known.last_modified}
    return Page(
        url=known.url,
        final_url=known.final_url or known.url,
        at=known.at,
        status=known.status,
        content_type=known.content_type,
        body=b"",
        digest=known.digest,
        headers={name: value for name, value in headers.items() if value},
        unchanged=True,
        place=known.place,
        signal=known.signal,
        vouched=True,
    )


def _chance(*words: str) -> float:
    """Return a number from 0 up to 1 that depends on the words alone."""
    digest = hashlib.sha256("\0".join(words).encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(digest[:8], "big") / 2**64
