"""Making worlds: quiet and restless ones, what they list, and what befalls their catalogues. All of it is seeded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bench.truth import titles
from bench.truth.worlds import COUNTRIES, WAVE_SHARE, YEARS, Catalogue, Floats, World

QUARTER_DAYS = 365.25 / 4


@dataclass(frozen=True, slots=True)
class Shape:
    """What a world is like.

    ``sizes`` are listings at the start, by cadence one catalogue each. ``leaving`` is the share of the listings that
    leave in a quarter, ``growing`` the mean growth of a quarter. ``shared`` is the share of the institutions'
    programmes that another catalogue lists too. ``mishaps``: whether anything befalls a catalogue.
    """

    sizes: tuple[tuple[str, int], ...]
    leaving: float
    growing: float
    shared: float = 0.25
    has_wave: bool = False
    mishaps: bool = True
    quarters: int = 4 * YEARS + 2


def shape_of(number: int) -> Shape:
    """Return what world ``number`` is like: quiet and restless ones, growing and shrinking; every second has a wave."""
    rng = np.random.default_rng([2019, number, 1])
    sizes = tuple(
        (cadence, int(np.clip(rng.lognormal(4.9, 0.45), 60, 330)))
        for cadence, count in (("weekly", 6), ("monthly", 4), ("quarterly", 3))
        for _ in range(count)
    )
    return Shape(
        sizes=sizes, leaving=(0.03, 0.05, 0.07, 0.1)[number % 4], growing=float(rng.uniform(-0.01, 0.04)),
        has_wave=number % 2 == 1,
    )  # fmt: skip


def invent(number: int, shape: Shape | None = None) -> World:
    """Return world ``number``; the same number and shape give the same world."""
    shape = shape or shape_of(number)
    rng = np.random.default_rng([2019, number, 2])
    catalogues = _catalogues(number, shape, rng)
    return _Maker(number, shape, catalogues, rng).world()


KINDS = ("institution", "institution", "commercial_platform", "institution", "government_platform", "register")


def _catalogues(number: int, shape: Shape, rng: np.random.Generator) -> tuple[Catalogue, ...]:
    made: list[dict[str, Any]] = [
        {
            "slug": f"{cadence}_{place}",
            "kind": KINDS[place % len(KINDS)],
            "cadence": cadence,
            "country": COUNTRIES[cadence],
            "enters": int(rng.integers(0, 20)),
        }
        for place, (cadence, _) in enumerate(shape.sizes)
    ]
    if shape.mishaps:
        _befall(made, rng)
    if shape.has_wave:
        untouched = [c for c in made if not c.keys() & {"retires", "redesign"} and c["enters"] < 20]
        # The cadences take turns.
        wanted = list(COUNTRIES)[number // 2 % 3]
        chosen = next((c for c in untouched if c["cadence"] == wanted), untouched[0])
        chosen["wave"] = int(rng.integers(500, 1500))
    return tuple(Catalogue(**facts) for facts in made)


def _befall(made: list[dict[str, Any]], rng: np.random.Generator) -> None:
    """Let two catalogues be looked at late, one retire, two be redesigned, and two be unreadable for weeks."""
    order = [int(place) for place in rng.permutation(len(made))]
    for place in order[:2]:
        made[place]["enters"] = int(rng.integers(200, 1400))
    made[order[2]]["retires"] = int(rng.integers(700, 1600))
    for place, how in zip(order[3:5], ("versioned", "renamed"), strict=True):
        made[place] |= {"redesign": int(rng.integers(300, 1600)), "redesigned_as": how}
    for place in order[5:7]:
        since = int(rng.integers(300, 1600))
        made[place]["blind"] = (since, since + int(rng.integers(10, 45)))


class _Maker:
    """Listings while they are made, quarter by quarter."""

    def __init__(self, number: int, shape: Shape, catalogues: Sequence[Catalogue], rng: np.random.Generator) -> None:
        self.number, self.shape, self.catalogues, self.rng = number, shape, tuple(catalogues), rng
        self.rows: list[dict[str, Any]] = []
        self.credentials = 0
        self.drifts = tuple(float(drift) for drift in rng.normal(0.03, 0.02, YEARS + 2))

    def world(self) -> World:
        trends = self._trends()
        for place, (_, size) in enumerate(self.shape.sizes):
            self._fill(place, size, trends)
        self._pass_on()
        rows = self.rows
        died = self._after_waves(np.array([row["died"] for row in rows], dtype=np.float64))
        return World(
            number=self.number,
            catalogues=self.catalogues,
            catalogue=np.array([row["catalogue"] for row in rows], dtype=np.int64),
            credential=np.array([row["credential"] for row in rows], dtype=np.int64),
            born=np.array([row["born"] for row in rows], dtype=np.float64),
            died=died,
            renames=tuple(row["renames"] for row in rows),
            base=np.array([row["base"] for row in rows], dtype=np.float64),
            anniversary=np.array([row["anniversary"] for row in rows], dtype=np.float64),
            drifts=self.drifts,
            ects=np.array([row["ects"] for row in rows], dtype=np.float64),
            organisation=tuple(row["organisation"] for row in rows),
        )

    def _trends(self) -> list[float]:
        """Return the growth of each quarter: it wanders, and autumn brings more."""
        trends, now = [], self.shape.growing
        for quarter in range(self.shape.quarters):
            now += 0.4 * (self.shape.growing - now) + float(self.rng.normal(0, 0.01)) if self.shape.leaving else 0.0
            trends.append(now + (0.015 if quarter % 4 == 2 else -0.005) * bool(self.shape.leaving))
        return trends

    def _fill(self, place: int, size: int, trends: Sequence[float]) -> None:
        deaths = [self._life(-1.0) for _ in range(size)]
        born = [-float(self.rng.uniform(1, 900)) for _ in range(size)]
        for quarter, trend in enumerate(trends):
            start = quarter * QUARTER_DAYS
            alive = sum(b <= start < d for b, d in zip(born, deaths, strict=True))
            count = int(self.rng.poisson(max(0.0, alive * (self.shape.leaving + trend))))
            for time in start + QUARTER_DAYS * self.rng.random(count):
                born.append(float(time))
                deaths.append(self._life(float(time)))
        for begin, end in zip(born, deaths, strict=True):
            self._add(place, begin, end)

    def _life(self, since: float) -> float:
        """Draw until when something lives; lives are exponential, so that each quarter takes the same share."""
        if not self.shape.leaving:
            return float("inf")
        hazard = -np.log(1 - self.shape.leaving) / QUARTER_DAYS
        return since + float(self.rng.exponential(1 / hazard))

    def _add(self, place: int, born: float, died: float) -> None:
        rng, since = self.rng, float(max(born, 0.0))
        names = [(float("-inf"), titles.title(rng))]
        if rng.random() < 0.12 and self.shape.leaving:
            names.append((since + float(rng.uniform(60, 900)), titles.title(rng)))
        self.credentials += 1
        self.rows.append(
            {
                "catalogue": place,
                "credential": self.credentials,
                "born": born,
                "died": died,
                "renames": tuple(names),
                # What comes later is cheaper: a level of prices then falls although nothing became cheaper.
                "base": 0.0 if rng.random() < 0.15 else float(rng.lognormal(5.5, 0.6) * 0.94 ** (since / 365)),
                "anniversary": float(rng.uniform(0, 365)),
                "ects": float(rng.integers(1, 16)),
                "organisation": self._organisation(place),
            }
        )

    def _organisation(self, place: int) -> str:
        """Return who is behind it: the institution whose catalogue it is, or one of a platform's own partners."""
        catalogue = self.catalogues[place]
        if catalogue.kind == "institution":
            return f"university-{catalogue.slug}"
        return f"partner-{catalogue.slug}-{int(self.rng.integers(5))}"

    def _pass_on(self) -> None:
        """Let other catalogues list a part of what institutions do, a little later and until about the same day."""
        passing = [place for place, each in enumerate(self.catalogues) if each.kind != "institution"]
        rng = self.rng
        for row in [row for row in self.rows if self.catalogues[row["catalogue"]].kind == "institution"]:
            if not passing or rng.random() >= self.shape.shared:
                continue
            lag = float(rng.uniform(0, 60))
            copy = row | {
                "catalogue": passing[int(rng.integers(len(passing)))],
                "born": row["born"] + lag,
                "died": max(row["born"] + lag + 10, row["died"] + float(rng.uniform(-30, 30))),
                "renames": tuple(
                    (since + (lag if place else 0.0), titles.as_passed_on(words, rng))
                    for place, (since, words) in enumerate(row["renames"])
                ),
                "anniversary": float(rng.uniform(0, 365)),
            }
            if copy["born"] < row["died"]:
                self.rows.append(copy)

    def _after_waves(self, alone: Floats) -> Floats:
        """Return when listings go, with the waves and what is retired.

        Args:
            alone: when they would have gone without.
        """
        ends = []
        for row, died in zip(self.rows, alone, strict=True):
            catalogue = self.catalogues[row["catalogue"]]
            wave, retires = catalogue.wave, catalogue.retires
            drops = wave is not None and row["born"] < wave < died and self.rng.random() < WAVE_SHARE
            ends.append(min(died, *(day for day in (wave if drops else None, retires) if day is not None), np.inf))
        return np.array(ends, dtype=np.float64)
