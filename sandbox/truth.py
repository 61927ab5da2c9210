"""What is true of the world over some days, and how much of it an observer could have known.

Everything is computed from the lives of the programmes, never from what a catalogue prints or from our pipeline; but
what is *knowable* of a class or a development mode (``classes``) follows from what a catalogue prints of them.

Three readings stand beside each other, because an observer who looks only on ``days`` cannot see all that is true:

* true: what happened between one day and the next, seen or not. A programme that comes and goes between two days counts
  as new and as left.
* ``observable_``: what differs between the looks themselves. A birth and a death between two looks leave no trace, nor
  does a change that is taken back, or one that the catalogue does not print (``sandbox.catalogues`` says which facts
  each one prints).
* ``confirmable_``: what an observer may say who believes an absence only at the second complete look in a row without
  the programme. ``confirmable_left`` counts it on the day of that second look, ``confirmable_relisted`` counts returns
  after it; until then the programme is still believed live (``believed_live``).

Frames over ``days`` have the columns ``day`` (``datetime.date``) and ``source`` (slug) and one row for each pair of
both; counts are integers. ``days`` must be in order, each once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pandas as pd

from sandbox.all_catalogues import CATALOGUES
from sandbox.catalogues import FACTS
from sandbox.programme import Entry, Listed, Programme
from sandbox.telling import knowable_class, knowable_modes
from sandbox.world import World

Facts = dict[str, Any]


def stock(world: World, slugs: Iterable[str], days: Sequence[date]) -> pd.DataFrame:
    """Return how much each catalogue lists on each day.

    Columns: ``listed`` programmes, of which ``closed`` for enrolment; ``believed_live`` is ``listed`` and those missed
    for the first time, which is the stock an observer holds who needs two looks to confirm a withdrawal.

    Raises:
        ValueError: if ``days`` are not in order, each once.
        KeyError: if a slug is unknown.
    """
    rows = []
    for slug, observer in _watched(world, slugs, days):
        for place, day in enumerate(days):
            listed = world.listed(slug, day)
            rows.append({
                "day": day,
                "source": slug,
                "listed": len(listed),
                "closed": sum(one.closed for one in listed),
                "believed_live": len(listed) + len(observer.missed_once(place)),
            })  # fmt: skip
    return pd.DataFrame(rows, columns=["day", "source", "listed", "closed", "believed_live"])


def flows(world: World, slugs: Iterable[str], days: Sequence[date]) -> pd.DataFrame:
    """Return what happened in each catalogue after the day before in ``days``, up to and including each day.

    The first day is the baseline: all its flows are 0. Columns besides ``listed``:

    * ``new``: listed for the first time ever; ``left``: listings that ended, whether the programme came back or not;
      ``relisted``: listings that began again; ``changed``: programmes of which a title, price, enrolment state or the
      announced runs changed while they were listed.
    * ``observable_new``: listed in no earlier look; ``observable_left``: listed in the look before and not in this one;
      ``observable_relisted``: the other way round, and seen earlier; ``observable_changed``: seen before, and facts of
      the programme differ from when last seen: its title, its price (unless the catalogue prices runs), its enrolment
      state, as far as printed. What comes back different after two missed looks is relisted, not changed.
      ``observable_title``, ``observable_price``, ``observable_enrolment`` and
      ``observable_runs`` count each printed fact by itself, those of runs and of returns included.
    * ``confirmable_left``, ``confirmable_relisted``: see above.

    Raises:
        ValueError: if ``days`` are not in order, each once.
        KeyError: if a slug is unknown.
    """
    rows = []
    for slug, observer in _watched(world, slugs, days):
        for place, day in enumerate(days):
            true = dict.fromkeys(("new", "left", "relisted", "changed"), 0)
            if place:
                true = _happened(world, slug, days[place - 1], day)
            row = {"day": day, "source": slug, "listed": len(world.listed(slug, day)), **true}
            rows.append(row | observer.observable(place) | observer.confirmable(place))
    return pd.DataFrame(rows)


def credentials(world: World, slugs: Iterable[str], days: Sequence[date]) -> pd.DataFrame:
    """Return for each day over all ``slugs`` together: ``listings``, distinct ``credentials``, and ``listed_twice``.

    A programme listed in several of the catalogues is one credential; ``listed_twice`` counts those.

    Raises:
        ValueError: if ``days`` are not in order, each once.
        KeyError: if a slug is unknown.
    """
    _check(days)
    wanted = tuple(slugs)
    rows = []
    for day in days:
        keys = [one.programme.key for slug in wanted for one in world.listed(slug, day)]
        twice = {key for key in keys if keys.count(key) > 1}
        rows.append({"day": day, "listings": len(keys), "credentials": len(set(keys)), "listed_twice": len(twice)})
    return pd.DataFrame(rows, columns=["day", "listings", "credentials", "listed_twice"])


def links(world: World, slugs: Iterable[str], days: Sequence[date]) -> frozenset[frozenset[tuple[str, str]]]:
    """Return which listings are one credential: sets of (slug, ref), of two or more, seen on any of ``days``."""
    wanted = frozenset(slugs)
    found = set()
    for programme in world.programmes:
        seen = frozenset(
            (entry.source, entry.ref)
            for entry in programme.entries
            if entry.source in wanted and any(entry.listed(day) for day in days)
        )
        if len(seen) > 1:
            found.add(seen)
    return frozenset(found)


def classes(world: World, slugs: Iterable[str], day: date) -> pd.DataFrame:
    """Return what each listing of ``day`` is and how it was developed: one row a listing.

    Columns: ``slug`` and ``ref``, by which a listing is known. ``mc_class`` (a word of that vocabulary, never
    ``unknown``) and ``modes`` (a sorted tuple of words of ``development_mode``, never empty in an invented world) are
    true of the programme, whichever catalogue lists it. ``knowable_class`` and ``knowable_modes`` are what a careful
    reader can take from what this catalogue prints: where it is silent, a weaker class or ``unknown``, and some of the
    true modes or none.

    Raises:
        KeyError: if a slug is unknown.
    """
    rows = [
        {
            "slug": slug,
            "ref": one.ref,
            "mc_class": one.programme.mc_class,
            "modes": tuple(sorted(one.programme.modes)),
            "knowable_class": knowable_class(one),
            "knowable_modes": tuple(sorted(knowable_modes(one))),
        }
        for slug in slugs
        for one in world.listed(slug, day)
    ]
    return pd.DataFrame(rows, columns=["slug", "ref", "mc_class", "modes", "knowable_class", "knowable_modes"])


def _check(days: Sequence[date]) -> None:
    if list(days) != sorted(set(days)):
        raise ValueError("days must be in order, each once")


def _watched(world: World, slugs: Iterable[str], days: Sequence[date]) -> Iterable[tuple[str, _Observer]]:
    _check(days)
    for slug in slugs:
        looks = [{one.ref: _facts(one) for one in world.listed(slug, day)} for day in days]
        yield slug, _Observer(looks, _facts_of_programmes(slug))


def _facts_of_programmes(slug: str) -> frozenset[str]:
    """Return which facts a catalogue states of a programme and not of its runs."""
    return frozenset(FACTS) - {"runs"} - ({"price"} if CATALOGUES[slug].prices_on_runs else set())


def _facts(listed: Listed) -> Facts:
    """Return the facts of a listing that its catalogue prints."""
    facts: Facts = {
        "title": (listed.title.text, listed.title.english),
        "price": listed.price,
        "enrolment": listed.closed,
        "runs": tuple(run.ref for run in listed.offerings),
    }
    return {name: facts[name] for name in FACTS if name in CATALOGUES[listed.entry.source].prints}


@dataclass
class _Observer:
    """Looks at one catalogue: ``looks`` holds for each day the printed facts of what was listed, by ref.

    ``of_programmes`` are the facts whose change makes the programme a changed one.
    """

    looks: list[dict[str, Facts]]
    of_programmes: frozenset[str]
    _last_seen: list[dict[str, Facts]] = field(init=False)

    def __post_init__(self) -> None:
        known: dict[str, Facts] = {}
        self._last_seen = []
        for look in self.looks:
            self._last_seen.append(known)
            known = known | look

    def missed_once(self, place: int) -> set[str]:
        """Refs of the look before that this look misses."""
        return self.looks[place - 1].keys() - self.looks[place].keys() if place else set()

    def observable(self, place: int) -> dict[str, int]:
        look, known = self.looks[place], self._last_seen[place]
        before = self.looks[place - 1] if place else {}
        seen = look.keys() & known.keys()
        differ = {name: {ref for ref in seen if look[ref].get(name) != known[ref].get(name)} for name in FACTS}
        return {
            "observable_new": len(look.keys() - known.keys()) if place else 0,
            "observable_left": len(self.missed_once(place)),
            "observable_relisted": len((look.keys() & known.keys()) - before.keys()),
            "observable_changed": len(set().union(*(differ[name] for name in self.of_programmes)) - self._gone(place)),
            **{f"observable_{name}": len(refs) for name, refs in differ.items()},
        }

    def confirmable(self, place: int) -> dict[str, int]:
        return {
            "confirmable_left": len(self.missed_once(place - 1) - self.looks[place].keys()) if place else 0,
            "confirmable_relisted": len(self.looks[place].keys() & self._gone(place)),
        }

    def _gone(self, place: int) -> set[str]:
        """Refs seen before the last two looks and in neither of them."""
        if place < 3:
            return set()
        return self._last_seen[place].keys() - self.looks[place - 1].keys() - self.looks[place - 2].keys()


def _happened(world: World, slug: str, after: date, day: date) -> dict[str, int]:
    counts = dict.fromkeys(("new", "left", "relisted", "changed"), 0)
    for programme in world.programmes:
        entry = programme.entry(slug)
        if entry is None:
            continue
        starts = [span.first for span in entry.spans]
        counts["new"] += after < starts[0] <= day
        counts["relisted"] += sum(after < first <= day for first in starts[1:])
        counts["left"] += sum(span.until is not None and after < span.until <= day for span in entry.spans)
        counts["changed"] += any(after < when <= day and entry.listed(when) for when in _changes(programme, entry))
    return counts


def _changes(programme: Programme, entry: Entry) -> Iterable[date]:
    """Yield the days on which a fact of the listing changed, its first day left out."""
    programme = programme.as_shown(entry)
    for titles in programme.titles[1:]:
        yield titles.since
    for prices in entry.prices[1:]:
        yield prices.since
    for span in entry.closed:
        yield span.first
        if span.until is not None:
            yield span.until
    for run in programme.offerings:
        if run.announced > entry.spans[0].first:
            yield run.announced
