"""One world measured: every figure of ours and of the usual practice beside the truth of the world."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np
import pandas as pd

from bench.truth.frames import Frames, frames_of
from bench.truth.incidents import CAREFUL, Habits
from bench.truth.limits import PerfectLooks
from bench.truth.making import Shape, invent
from bench.truth.observer import Observed, observe
from bench.truth.practices import Practice, practise
from bench.truth.waves import (
    FalseWave,
    TrueWave,
    false_waves,
    said_by_practice,
    said_by_us,
    true_waves,
    withdrawals_of_listings,
)
from bench.truth.worlds import COUNTRIES, QUARTER_ENDS, World, end_of, quarters
from trends.frames import Period
from trends.panels import MATCHED, source_statuses
from trends.snapshot import Plan, snapshot

UNITS = ("programme", "credential", "listing")
REVISED_AFTER_DAYS = 100
THEN, LATER = "ours, as known then", "ours, 100 days later"
ROWS, EVER, UNPUBLISH = "rows per crawl", "ever seen", "unpublish on absence"
ALL = "all"
WITHOUT_PRICES = (
    Plan("programme", {ALL: ("total", "country")}, indices_of=(ALL,), level_cuts=("total",)),
    Plan("credential", {ALL: ("total",)}, indices_of=(ALL,), level_cuts=("total",)),
)
WITH_PRICES = (
    *WITHOUT_PRICES,
    Plan("listing", {ALL: ("total",)}, indices_of=(ALL,), with_price_index=True, level_cuts=("total",)),
)
"""What is asked of the snapshot: fewer rows than are published, each as it is published."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure and the truth. ``group`` is a cadence or ``all``; ``base`` is the true stock at the start.

    ``low`` and ``high`` are NaN where there are no bounds.
    """

    world: int
    quarter: date
    group: str
    method: str
    unit: str
    measure: str
    value: float
    truth: float
    base: float
    low: float = float("nan")
    high: float = float("nan")


@dataclass
class Measured:
    """All that was measured of a world; ``looks`` counts the runs by outcome, and those that a person accepted."""

    looks: Counter[str] = field(default_factory=Counter)
    figures: list[Figure] = field(default_factory=list)
    false_waves: list[FalseWave] = field(default_factory=list)
    true_waves: list[TrueWave] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Case:
    """Which figures are taken: of which quarter, catalogues (a cadence or all), method and unit."""

    days: tuple[date, date]
    group: str
    method: str
    unit: str

    @property
    def category(self) -> str:
        """The category of the cut by country, or of the total, that holds these catalogues."""
        return COUNTRIES.get(self.group, ALL)


Rows = Mapping[tuple[str, str, str, str], tuple[float, float, float]]


def measure_world(
    number: int, shape: Shape | None = None, habits: Habits = CAREFUL, ends: Sequence[date] = QUARTER_ENDS
) -> Measured:
    """Invent a world, look at it, and measure the quarters between some days."""
    world = invent(number, shape)
    observed = observe(world, habits, days=int(end_of(ends[-1])) + REVISED_AFTER_DAYS + 1)
    return _Measuring(world, observed, habits, ends).measured()


class _Measuring:
    def __init__(self, world: World, observed: Observed, habits: Habits, ends: Sequence[date]) -> None:
        self.world, self.observed, self.habits, self.ends = world, observed, habits, ends
        self.frames: Frames = frames_of(world, observed)
        self.practice: Practice = practise(world, observed)
        self.perfect = PerfectLooks(world, observed)
        self.latest: Rows = {}
        self.result = Measured(Counter(look.outcome.value for look in observed.looks))
        self.result.looks["accepted"] = len(observed.accepted)

    def measured(self) -> Measured:
        for start, end in quarters(self.ends):
            self._quarter(start, end)
        self._chains()
        self._waves()
        return self.result

    def _add(self, quarter: date, group: str, method: str, unit: str, measure: str, **values: float) -> None:
        self.result.figures.append(Figure(self.world.number, quarter, group, method, unit, measure, **values))

    def _rows(self, start: date, end: date, lag_days: int) -> Rows:
        """Return what a snapshot says; only a revised one follows prices, and only the last one chains."""
        frames, plans = self.frames, WITH_PRICES if lag_days else WITHOUT_PRICES
        chain = self.ends[:-1] if lag_days and end == self.ends[-1] else ()
        rows = snapshot(
            frames.history, frames.history.iloc[:0], frames.looks, frames.changes, as_of=end, period_start=start,
            definition="invented", known_at=end + timedelta(days=lag_days), absences=frames.absences, chain_days=chain,
            plans=plans,
        )  # fmt: skip
        names = zip(rows["unit"], rows["panel"], rows["cut_value"], rows["measure"], strict=True)
        return dict(zip(names, zip(rows["value"], rows["low"], rows["high"], strict=True), strict=True))

    def matched(self, start: date, end: date, lag_days: int) -> list[int]:
        """Return the catalogues of the matched panel, as known ``lag_days`` after the end."""
        until = pd.Timestamp(end + timedelta(days=lag_days + 1), tz="UTC")
        statuses = source_statuses(self.frames.looks, Period(start, end), until=until)
        slugs = statuses.loc[statuses["status"] == MATCHED, "source"]
        return sorted({self.observed.catalogue_of[slug] for slug in slugs})

    def _covered(self, end: float) -> dict[int, float]:
        firsts: dict[int, float] = {}
        for slug, place in self.observed.catalogue_of.items():
            times = self.perfect.times(slug)
            if len(times) and times[0] < end:
                firsts[place] = min(firsts.get(place, np.inf), times[0])
        return firsts

    def _quarter(self, start: date, end: date) -> None:
        matched: list[int] = []
        covered = self._covered(end_of(end))
        for lag_days, method in ((0, THEN), (REVISED_AFTER_DAYS, LATER)):
            rows = self._rows(start, end, lag_days)
            matched = self.matched(start, end, lag_days)
            self.latest = rows
            for group, places in self._groups(matched):
                for unit in self._units(group, lag_days):
                    self._matched_figures(rows, _Case((start, end), group, method, unit), places)
            for group, places in self._groups(covered):
                for unit in self._units(group, lag_days):
                    case = _Case((start, end), group, method, unit)
                    self._figures_of_all(rows, case, {place: covered[place] for place in places})
        for group, places in self._groups(matched):
            self._matched_practices((start, end), group, places)
        for group, places in self._groups(self.practice.served(end_of(end))):
            self._practices_of_all((start, end), group, places, covered)

    def _units(self, group: str, lag_days: int) -> Sequence[str]:
        """Return the units to measure; by cadence only programmes, each of which is of one catalogue."""
        if group != ALL:
            return UNITS[:1]
        return UNITS if lag_days else UNITS[:2]

    def _groups(self, places: Collection[int]) -> Iterator[tuple[str, list[int]]]:
        yield ALL, list(places)
        for cadence in COUNTRIES:
            mine = [place for place in places if self.world.catalogues[place].cadence == cadence]
            if mine:
                yield cadence, mine

    def _matched_figures(self, rows: Rows, case: _Case, places: list[int]) -> None:
        group, method, unit, category = case.group, case.method, case.unit, case.category
        days, (start, end) = case.days, (end_of(day) for day in case.days)
        base = self.world.count(start, places, unit)
        truth = self.world.count(end, places, unit) / base - 1 if base else float("nan")
        value, low, high = rows[unit, MATCHED, category, "growth"]
        self._add(days[1], group, method, unit, "growth", value=value, truth=truth, base=base, low=low, high=high)
        if group == ALL:
            value, _, _ = rows[unit, MATCHED, ALL, "growth_of_record"]
            self._add(days[1], group, method, unit, "growth_of_record", value=value, truth=truth, base=base)
        if unit == "programme" and method == LATER:
            value, _, _ = rows["listing", MATCHED, category, "price_relative"]
            relative = self.world.price_relative(start, end, places)
            self._add(days[1], group, method, "listing", "price_relative", value=value, truth=relative, base=base)

    def _figures_of_all(self, rows: Rows, case: _Case, covered: dict[int, float]) -> None:
        group, method, unit, category = case.group, case.method, case.unit, case.category
        days, (start, end) = case.days, (end_of(day) for day in case.days)
        appeared, went = self.world.flows(start, end, covered, unit)
        base, stock = (self.world.count(at, covered, unit) for at in (start, end))
        truths = {"stock": stock, "stock_estimate": stock, "new": appeared, "withdrawn": went}
        if group == ALL:
            truths |= {"new_estimate": appeared, "withdrawn_estimate": went}
        for measure, truth in truths.items():
            value, low, high = rows[unit, ALL, category, measure]
            self._add(days[1], group, method, unit, measure, value=value, truth=truth, base=base, low=low, high=high)

    def _matched_practices(self, days: tuple[date, date], group: str, places: list[int]) -> None:
        start, end = (end_of(day) for day in days)
        base = self.world.count(start, places, "listing")
        truth = {"truth": self.world.count(end, places, "listing") / base - 1, "base": base}
        growths = {
            ROWS: self.practice.rows(end, places) / self.practice.rows(start, places) - 1,
            EVER: self.practice.ever(end, places) / self.practice.ever(start, places) - 1,
            **self.perfect.growths(start, end, end + REVISED_AFTER_DAYS, places),
        }
        for method, value in growths.items():
            self._add(days[1], group, method, "programme", "growth", value=value, **truth)
        level = self.practice.mean_price(end, places) / self.practice.mean_price(start, places)
        relative = self.world.price_relative(start, end, places)
        self._add(days[1], group, ROWS, "listing", "price_relative", value=level, truth=relative, base=base)

    def _practices_of_all(
        self, days: tuple[date, date], group: str, places: list[int], covered: Mapping[int, float]
    ) -> None:
        start, end = (end_of(day) for day in days)
        mine = {place: covered[place] for place in places if place in covered}
        appeared, went = self.world.flows(start, end, mine, "listing")
        base, stock = (self.world.count(at, places, "listing") for at in (start, end))
        credentials = self.world.count(end, places, "credential")
        said = {
            (ROWS, "programme", "stock"): (self.practice.rows(end, places), stock),
            (EVER, "programme", "stock"): (self.practice.ever(end, places), stock),
            (EVER, "programme", "new"): (self.practice.new(start, end, places), appeared),
            (EVER, "programme", "withdrawn"): (0, went),
            (UNPUBLISH, "programme", "new"): (self.practice.new(start, end, places), appeared),
            (UNPUBLISH, "programme", "withdrawn"): (self.practice.withdrawn(start, end, places), went),
        }
        if group == ALL:
            # Who does not link takes a row for a programme.
            said[ROWS, "credential", "stock"] = (self.practice.rows(end, places), credentials)
            said[EVER, "credential", "stock"] = (self.practice.ever(end, places), credentials)
        for (method, unit, measure), (value, truth) in said.items():
            self._add(days[1], group, method, unit, measure, value=value, truth=truth, base=base)

    def _chains(self) -> None:
        """Add the indices on the last day: 100 on the first."""
        last = self.ends[-1]
        rows = self.latest
        for unit, measure in (("programme", "stock_index"), ("credential", "stock_index"), ("listing", "price_index")):
            link, plus = ("growth", 1.0) if measure == "stock_index" else ("price_relative", 0.0)
            links = [f for f in self.result.figures if (f.group, f.unit, f.measure) == (ALL, unit, link)]
            truth = 100 * float(np.prod([plus + f.truth for f in links if f.method == LATER]))
            value, _, _ = rows[unit, MATCHED, ALL, measure]
            chained = {LATER: value}
            for method in (THEN, ROWS, EVER):
                mine = [plus + f.value for f in links if f.method == method]
                if mine:
                    chained[method] = 100 * float(np.prod(mine))
            for method, index in chained.items():
                self._add(last, ALL, method, unit, measure, value=index, truth=truth, base=100)

    def _waves(self) -> None:
        world, result, between = self.world, self.result, quarters(self.ends)
        for unit in ("listing", "credential"):
            said = said_by_us(world, self.frames, unit, self.ends[-1])
            result.false_waves += false_waves(world, self.habits, f"ours, {unit}s", said, between)
        said = said_by_practice(self.practice)
        result.false_waves += false_waves(world, self.habits, UNPUBLISH, said, between)
        result.true_waves += true_waves(world, "ours", withdrawals_of_listings(self.frames))
        unpublished = [(u.listing, u.time) for u in self.practice.unpublished]
        result.true_waves += true_waves(world, UNPUBLISH, unpublished)


def frame_of(figures: Sequence[Figure]) -> pd.DataFrame:
    """Return figures as a frame."""
    return pd.DataFrame([{name: getattr(figure, name) for name in Figure.__slots__} for figure in figures])
