"""What goes wrong when somebody looks at a catalogue, and for how long."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bench.truth.worlds import AFTERWARDS_DAYS, DAYS, Catalogue

OUTAGE, STATED_HALF, SILENT_HALF, HOLE, LONG_HOLE = "outage", "stated_half", "silent_half", "hole", "long_hole"


@dataclass(frozen=True, slots=True)
class Habits:
    """How often (a year, each catalogue) what goes wrong; and shares of what each look gets wrong at random.

    ``outages`` of 1 to 3 days and ``long_outages`` of 10 to 45. Half catalogues of some days (4 in the mean, at times
    weeks), where the source states how many there are (``stated_halves``) and where it does not (``silent_halves``).
    ``holes``: 8 to 18 % are left out silently for a day or two; ``long_holes``: for 10 to 40 days. ``failing`` is the
    share of walks that fail, ``overlooked`` and ``repeated`` those of listings that a walk overlooks or meets twice.
    """

    outages: float = 4.0
    long_outages: float = 0.3
    stated_halves: float = 1.0
    silent_halves: float = 1.0
    holes: float = 1.5
    long_holes: float = 0.03
    failing: float = 0.03
    overlooked: float = 0.003
    repeated: float = 0.02


CAREFUL = Habits()
FLAWLESS = Habits(0, 0, 0, 0, 0, 0, 0, 0, 0)
"""Nothing ever goes wrong."""


@dataclass(frozen=True, slots=True)
class Spell:
    """Days (from, until) on which something goes wrong, and the share of the listings that is left out then."""

    since: int
    until: int
    kind: str
    left_out: float
    salt: int


def spells(number: int, place: int, habits: Habits) -> tuple[Spell, ...]:
    """Return what goes wrong with one catalogue of a world, in order of time."""
    rng = np.random.default_rng([2019, number, 3, place])
    last = DAYS + AFTERWARDS_DAYS
    made: list[Spell] = []
    for kind, rate in (
        (OUTAGE, habits.outages), ("long_outage", habits.long_outages), (STATED_HALF, habits.stated_halves),
        (SILENT_HALF, habits.silent_halves), (HOLE, habits.holes), (LONG_HOLE, habits.long_holes),
    ):  # fmt: skip
        for _ in range(int(rng.poisson(rate * last / 365))):
            since = int(rng.integers(30, last))
            length, left_out = _how_long(kind, rng)
            named = OUTAGE if kind == "long_outage" else kind
            made.append(Spell(since, since + length, named, left_out, int(rng.integers(2**31))))
    return tuple(sorted(made, key=lambda spell: spell.since))


def _how_long(kind: str, rng: np.random.Generator) -> tuple[int, float]:
    """Return for how many days, and which share is left out."""
    if kind == OUTAGE:
        return int(rng.integers(1, 4)), 1.0
    if kind == "long_outage":
        return int(rng.integers(10, 46)), 1.0
    if kind in {STATED_HALF, SILENT_HALF}:
        return int(np.clip(rng.exponential(4), 1, 40)), float(rng.uniform(0.3, 0.7))
    days = (1, 3) if kind == HOLE else (10, 41)
    return int(rng.integers(*days)), float(rng.uniform(0.08, 0.18))


def spell_on(day: int, all_spells: tuple[Spell, ...]) -> Spell | None:
    """Return what goes wrong on a day, the worst if several things do."""
    found = [spell for spell in all_spells if spell.since <= day < spell.until]
    return max(found, key=lambda spell: spell.left_out, default=None)


def is_blind(catalogue: Catalogue, day: int) -> bool:
    """Whether nothing on the pages of a catalogue can be read on a day."""
    return catalogue.blind is not None and catalogue.blind[0] <= day < catalogue.blind[1]
