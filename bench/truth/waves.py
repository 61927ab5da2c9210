"""Waves of withdrawals: said and false, true and found.

A withdrawal is false if what is said to be withdrawn is truly listed at the moment at which it is said. A *false wave*
is a quarter and a catalogue in which the false withdrawals are more than 5 % of what it truly listed at the start of
the quarter, and more than three.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from bench.truth.frames import Frames
from bench.truth.incidents import Habits, spell_on, spells
from bench.truth.practices import Practice
from bench.truth.worlds import FIRST_DAY, World, end_of
from trends.knowledge import known_by
from trends.units import units_of

FALSE_SHARE = 0.05
FALSE_MORE_THAN = 3
FOUND_SHARE = 0.8
FOUND_WITHIN_DAYS = 200
DAY = pd.Timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Said:
    """What is said to be withdrawn: where, when, first missed when, and whether it is truly still listed."""

    catalogue: int
    time: float
    missed: float
    is_false: bool


@dataclass(frozen=True, slots=True)
class FalseWave:
    """A false wave: ``cause`` is what went wrong with the catalogue when most of it was first missed."""

    world: int
    method: str
    cadence: str
    quarter: date
    false: int
    listed: int
    cause: str


@dataclass(frozen=True, slots=True)
class TrueWave:
    """A true wave, the share of it that was found within ``FOUND_WITHIN_DAYS``, and after how many days (median)."""

    world: int
    method: str
    cadence: str
    dropped: int
    found_share: float
    after_days: float


def said_by_us(world: World, frames: Frames, unit: str, known_at: date) -> list[Said]:
    """Return what the record says was withdrawn, each at the look that confirmed it."""
    known = known_by(frames.history, frames.looks, as_of=known_at, known_at=known_at, absences=frames.absences)
    units = units_of(known, unit, np.ones(len(known.windows), dtype=bool))
    listings = known.windows["item_id"].map(dict(enumerate(frames.listing_of))).to_numpy()[units.members]
    members = np.split(listings, units.starts[1:])
    said = []
    for (_, window), mine in zip(units.windows.iterrows(), members, strict=True):
        if pd.isna(window["left_at"]) or window["is_source_exit"]:
            continue
        time = _time(window["left_at"])
        # What a retired catalogue listed too may have left without a look that missed all of it.
        missed = time if pd.isna(window["missed_at"]) else _time(window["missed_at"])
        said.append(Said(int(world.catalogue[mine[0]]), time, missed, bool(world.listed(time)[mine].any())))
    return said


def said_by_practice(practice: Practice) -> list[Said]:
    """Return what was unpublished, a listing once a quarter."""
    world = practice.world
    first = {(u.listing, _quarter(u.time)): u for u in reversed(practice.unpublished)}
    return [
        Said(u.catalogue, u.time, u.time, bool(world.born[u.listing] <= u.time < world.died[u.listing]))
        for u in first.values()
    ]


def false_waves(
    world: World, habits: Habits, method: str, said: Iterable[Said], quarters: Sequence[tuple[date, date]]
) -> list[FalseWave]:
    """Return the false waves among what was said."""
    found = []
    by_place: dict[int, list[Said]] = defaultdict(list)
    for each in said:
        if each.is_false:
            by_place[each.catalogue].append(each)
    for place, false in by_place.items():
        incidents = spells(world.number, place, habits)
        for start, end in quarters:
            mine = [each for each in false if end_of(start) <= each.time < end_of(end)]
            listed = world.count(end_of(start), [place], "listing")
            if len(mine) <= max(FALSE_MORE_THAN, FALSE_SHARE * listed):
                continue
            causes: Counter[str] = Counter()
            for each in mine:
                spell, redesign = spell_on(int(each.missed), incidents), world.catalogues[place].redesign
                is_redesign = spell is None and redesign is not None and redesign <= each.missed <= redesign + 120
                causes["redesign" if is_redesign else spell.kind if spell else "none"] += 1
            found.append(
                FalseWave(
                    world.number, method, world.catalogues[place].cadence, end, len(mine), listed,
                    causes.most_common(1)[0][0],
                )
            )  # fmt: skip
    return found


def true_waves(world: World, method: str, said: Iterable[tuple[int, float]]) -> list[TrueWave]:
    """Return what became of the true waves.

    Args:
        said: listing of the world, and when it was said to be withdrawn.
    """
    when: dict[int, list[float]] = defaultdict(list)
    for listing, time in said:
        when[listing].append(time)
    waves = []
    for place, catalogue in enumerate(world.catalogues):
        if catalogue.wave is None:
            continue
        dropped = np.flatnonzero((world.catalogue == place) & (world.died == catalogue.wave))
        since = [[time - catalogue.wave for time in when[int(n)] if time >= catalogue.wave] for n in dropped]
        days = [min(each) for each in since if each and min(each) <= FOUND_WITHIN_DAYS]
        share = len(days) / len(dropped)
        waves.append(
            TrueWave(
                world.number, method, catalogue.cadence, len(dropped), share,
                float(np.median(days)) if days else float("nan"),
            )
        )  # fmt: skip
    return waves


def withdrawals_of_listings(frames: Frames) -> list[tuple[int, float]]:
    """Return each listing of the world whose withdrawal was confirmed, and when."""
    windows = frames.history.drop_duplicates(["item_id", "window_number"]).dropna(subset="withdrawn_at")
    return [
        (frames.listing_of[item], _time(pd.Timestamp(at)))
        for item, at in zip(windows["item_id"], windows["withdrawn_at"], strict=True)
    ]


def _time(at: pd.Timestamp) -> float:
    return float((at - pd.Timestamp(FIRST_DAY, tz="UTC")) / DAY)


def _quarter(time: float) -> int:
    day = pd.Timestamp(FIRST_DAY) + int(time) * DAY
    return 4 * day.year + (day.month - 1) // 3
