"""An observer of a world: looks on the nights that are due, judged by the real gates, kept by the real history rules.

Fetching and parsing are left out: a look brings home programmes as the normaliser would have made them. A person does
what a person has to do, and knows nothing but the looks: accepts a run held back by a gate when the runs of a fortnight
show the same; declares a pattern where new codes hold the old ones; and where they do not, retires the source and
declares a new one.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

import numpy as np

from bench.truth.books import Books
from bench.truth.incidents import OUTAGE, STATED_HALF, Habits, is_blind, spell_on, spells
from bench.truth.worlds import AFTERWARDS_DAYS, DAYS, FIRST_DAY, Catalogue, Floats, Places, World, moment
from models.judge import accepted_outcome, judge
from models.records import (
    Format,
    Harvested,
    Outcome,
    Page,
    PageFailure,
    PreviousLook,
    Programme,
    Source,
    Terms,
)

CADENCE_DAYS = {"weekly": 7, "monthly": 30, "quarterly": 91}
HOUR = 3 / 24
"""Time of day of a look."""
FORTNIGHT_DAYS = 14
SAME_SHARE = 0.9
"""Two looks show the same if they have this share of all their codes in common."""
VERSIONED = r"(\d+)(?:-v\d+)?"
CODE_VERSION = "1"


@dataclass(frozen=True, slots=True)
class Look:
    """A run as the trends want it: of which source, when, and how it ended."""

    slug: str
    at: datetime
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Crawl:
    """What a walk brought home before anyone judged it: the listings of the world, under the codes of the day.

    ``items`` are the ids that a table without judgement would give them: one for each code of a catalogue.
    """

    catalogue: int
    time: float
    listings: Places
    items: Places


@dataclass
class Observed:
    """All that an observer has of a world."""

    sources: dict[str, Source] = field(default_factory=dict)
    catalogue_of: dict[str, int] = field(default_factory=dict)
    looks: list[Look] = field(default_factory=list)
    crawls: list[Crawl] = field(default_factory=list)
    books: Books = field(default_factory=Books)
    accepted: list[tuple[str, datetime]] = field(default_factory=list)


def observe(world: World, habits: Habits, days: int = DAYS + AFTERWARDS_DAYS) -> Observed:
    """Look at every catalogue of a world for some days and return what is known then."""
    observed = Observed()
    for place in range(len(world.catalogues)):
        _Watch(world, place, habits, observed).run(days)
    return observed


class _Watch:
    """The looks at one catalogue, in order of time."""

    def __init__(self, world: World, place: int, habits: Habits, observed: Observed) -> None:
        self.world, self.place, self.habits, self.observed = world, place, habits, observed
        self.catalogue: Catalogue = world.catalogues[place]
        self.members = np.flatnonzero(world.catalogue == place)
        self.spells = spells(world.number, place, habits)
        self.rng = np.random.default_rng([2019, world.number, 4, place])
        self.source = _source(self.catalogue)
        self.previous: PreviousLook | None = None
        self.last_good: int | None = None
        self.held_back: list[tuple[int, frozenset[str]]] = []
        self.priced_on, self.priced = -1, np.zeros(0)
        self._declare(self.source)

    def run(self, days: int) -> None:
        catalogue = self.catalogue
        for day in range(catalogue.enters, days):
            if catalogue.retires is not None and day >= catalogue.retires:
                # It answers no more; the person who sees that declares it.
                self._declare(replace(self.source, retired=_day(catalogue.retires)))
                return
            if self.last_good is None or day - self.last_good >= CADENCE_DAYS[catalogue.cadence]:
                self._look(day)

    def _declare(self, source: Source) -> None:
        self.source = source
        self.observed.sources[source.slug] = source
        self.observed.catalogue_of[source.slug] = self.place

    def _look(self, day: int) -> None:
        time = day + HOUR
        harvested, found = self._walk(day, time)
        if len(found):
            items = found + len(self.world.born) * self._is_redesigned(day)
            self.observed.crawls.append(Crawl(self.place, time, found, items))
        judgement = judge(self.source, harvested, self.previous, code_version=CODE_VERSION)
        outcome = judgement.outcome
        if outcome is Outcome.SUSPECT and harvested.programmes:
            outcome = self._read_by_a_person(day, harvested, judgement.reason)
        self.observed.looks.append(Look(self.source.slug, moment(time), outcome))
        if outcome.counts_absences or outcome is Outcome.PARTIAL:
            self.observed.books.take_in(
                self.source.slug, moment(time), [int(n) for n in found], harvested.programmes,
                complete=outcome.counts_absences,
            )  # fmt: skip
        if outcome.counts_absences:
            self.last_good, self.held_back = day, []
            self.previous = PreviousLook(
                as_of=moment(time),
                refs=frozenset(p.ref for p in harvested.programmes),
                page_digests={page.url: page.digest for page in harvested.pages},
                code_version=CODE_VERSION,
                duplicates=harvested.duplicates,
            )

    def _walk(self, day: int, time: float) -> tuple[Harvested, Places]:
        """Return what a walk brings home, and which listings of the world that is."""
        spell = spell_on(day, self.spells)
        failure = PageFailure(url=f"https://{self.catalogue.slug}.example/", at=moment(time), reason="timed out")
        if self.rng.random() < self.habits.failing or (spell is not None and spell.kind == OUTAGE):
            return Harvested(failures=(failure,)), self.members[:0]
        if is_blind(self.catalogue, day):
            return Harvested(pages=(_page(failure.url, time, "other"),)), self.members[:0]
        there = self.world.listed(time)[self.members]
        there &= self.rng.random(len(self.members)) >= self.habits.overlooked
        if spell is not None:
            there &= np.random.default_rng(spell.salt).random(len(self.members)) >= spell.left_out
        found = self.members[there]
        programmes = tuple(self._programme(int(n), day, time) for n in found)
        words = repr([(p.ref, p.listing_digest) for p in programmes])
        return Harvested(
            pages=(_page(failure.url, time, words),),
            failures=(failure,) if spell is not None and spell.kind == STATED_HALF else (),
            programmes=programmes,
            duplicates=int(self.rng.binomial(len(found), self.habits.repeated)),
        ), found

    def _is_redesigned(self, day: int) -> bool:
        return self.catalogue.redesign is not None and day >= self.catalogue.redesign

    def _ref(self, listing: int, day: int) -> str:
        if not self._is_redesigned(day):
            return str(listing)
        return f"{listing}-v2" if self.catalogue.redesigned_as == "versioned" else f"new/{listing}"

    def _programme(self, listing: int, day: int, time: float) -> Programme:
        amount = round(float(self._prices(day)[listing]), 2)
        return self.observed.books.programme(
            self.source.slug, self._ref(listing, day), self.world.title(listing, time), amount,
            float(self.world.ects[listing]),
        )  # fmt: skip

    def _prices(self, day: int) -> Floats:
        if self.priced_on != day:
            self.priced_on, self.priced = day, self.world.prices(day + HOUR)
        return self.priced

    def _read_by_a_person(self, day: int, harvested: Harvested, reason: str) -> Outcome:
        """Return as what a run that a gate holds back is taken in."""
        refs = frozenset(p.ref for p in harvested.programmes)
        if "renamed its ids" in reason:
            if self.catalogue.redesigned_as == "versioned":
                self._declare(replace(self.source, programme=VERSIONED))
                return self._accept(day, harvested)
            return self._begin_anew(day)
        self.held_back = [held for held in self.held_back if _are_alike(held[1], refs)] + [(day, refs)]
        if day - self.held_back[0][0] < FORTNIGHT_DAYS:
            return Outcome.SUSPECT
        return self._accept(day, harvested)

    def _accept(self, day: int, harvested: Harvested) -> Outcome:
        self.observed.accepted.append((self.source.slug, moment(day + HOUR)))
        return accepted_outcome(self.source, harvested)

    def _begin_anew(self, day: int) -> Outcome:
        """Retire the source under its old codes and declare another; this look is the first at that."""
        self._declare(replace(self.source, retired=_day(day + 1)))
        self._declare(replace(self.source, slug=f"{self.catalogue.slug}_anew", retired=None))
        self.previous = None
        return Outcome.OK


def _are_alike(one: frozenset[str], other: frozenset[str]) -> bool:
    return len(one & other) >= SAME_SHARE * len(one | other)


def _day(number: int) -> date:
    return FIRST_DAY + timedelta(days=number)


def _page(url: str, time: float, words: str) -> Page:
    digest = hashlib.sha256(words.encode()).hexdigest()
    return Page(
        url=url,
        final_url=url,
        at=moment(time),
        status=200,
        content_type="text/html",
        body=b"",
        digest=f"sha256:{digest}",
    )


def _source(catalogue: Catalogue) -> Source:
    url = f"https://{catalogue.slug}.example/"
    return Source(
        slug=catalogue.slug,
        name=catalogue.slug,
        kind=catalogue.kind,
        country=catalogue.country,
        language="en",
        formats=(Format(platform=None, start=(url,)),),
        cadence=catalogue.cadence,
        complete=True,
        terms=Terms(url=url, checked=FIRST_DAY, note="invented"),
        evidence="assumed",
    )
