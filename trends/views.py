"""A unit on a panel over a period: what stands where, and its counts by category and population."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from trends.categories import ALL, Categories
from trends.frames import UNKNOWN, Period
from trends.knowledge import Flags, Integers, Known
from trends.panels import MATCHED, STATUSES, source_statuses
from trends.tallies import Standing, standing_of, tally
from trends.units import Facts, Units, facts_at, units_of

POPULATIONS: Mapping[str, frozenset[str] | None] = {
    "all": None, "core": frozenset({"core"}), "core_and_broad": frozenset({"core", "broad"}),
}  # fmt: skip
"""Population -> the classes that belong to it under the definition that the history was classified with."""
MODES_CUT = "development_modes"


@dataclass(frozen=True, slots=True)
class View:
    """The windows of a unit, where they stand at both ends of a period, and what is known of them there."""

    units: Units
    standing: Standing
    start: Facts
    end: Facts


def view_of(known: Known, categories: Categories, unit: str, period: Period, is_in_panel: Flags) -> View:
    """Return a unit over the listings of a panel, as it stands just before both ends of a period."""
    units = units_of(known, unit, is_in_panel)
    return View(
        units=units,
        standing=standing_of(units, period),
        start=facts_at(units, known, categories, period.start),
        end=facts_at(units, known, categories, period.end),
    )


def nested_views(known: Known, categories: Categories, unit: str, period: Period) -> Mapping[str, View]:
    """Return the views of the nested panels, by the status (``trends.panels.STATUSES``) that each adds.

    The first is the matched panel, the last has all sources.
    """
    statuses = source_statuses(known.looks, period, until=known.until).set_index("source")["status"]
    places = known.windows["source"].map(statuses).map({name: place for place, name in enumerate(STATUSES)})
    # A source that nobody had looked at by its end has no status and no window that opened by then: it comes last.
    rank = places.fillna(len(STATUSES) - 1).to_numpy()
    views: dict[str, View] = {}
    for place, name in enumerate(STATUSES):
        adds_nothing = place > 0 and not (rank == place).any()
        before = STATUSES[place - 1]
        views[name] = views[before] if adds_nothing else view_of(known, categories, unit, period, rank <= place)
    return views


def matched_view(known: Known, categories: Categories, unit: str, period: Period) -> View:
    """Return the view of the matched panel only."""
    return view_of(known, categories, unit, period, _is_matched(known, period))


def _is_matched(known: Known, period: Period) -> Flags:
    """Return for each window whether its source is matched over a period; asked of every unit, found once."""
    if period not in known.matched:
        statuses = source_statuses(known.looks, period, until=known.until)
        matched = set(statuses.loc[statuses["status"] == MATCHED, "source"])
        known.matched[period] = known.windows["source"].isin(matched).to_numpy()
    return known.matched[period]


def chain_views(known: Known, categories: Categories, unit: str, days: Sequence[date]) -> list[View]:
    """Return the matched views between neighbouring days: the links of a chain.

    Args:
        days: in order, each once; none after the day that the history is measured as of.
    """
    return [
        matched_view(known, categories, unit, period) for period in itertools.starmap(Period, itertools.pairwise(days))
    ]


def category_names(categories: Categories, cut: str) -> tuple[str, ...]:
    """Return the names of the categories of a cut, in the order of their places; ``unknown`` is the last."""
    if cut == "total":
        return (ALL,)
    words = categories.mode_words if cut == MODES_CUT else categories.words[cut]
    return (*words, UNKNOWN)


def places(facts: Facts, categories: Categories, cut: str, population: str) -> Integers:
    """Return for each window the place of its category among the names of a cut, -1 if it is not of the population."""
    member = is_member(facts, categories, population)
    if cut == "total":
        return np.where(member, 0, -1)
    codes = facts.codes[cut]
    return np.where(member, np.where(codes < 0, len(categories.words[cut]), codes), -1)


def is_member(facts: Facts, categories: Categories, population: str) -> Flags:
    """Return whether each window belongs to a population by its class at that moment."""
    classes, codes = POPULATIONS[population], facts.codes["mc_class"]
    if classes is None:
        return np.ones(len(codes), dtype=bool)
    wanted = [code for code, word in enumerate(categories.words["mc_class"]) if word in classes]
    return np.isin(codes, wanted)


def table(view: View, categories: Categories, cut: str, population: str) -> pd.DataFrame:
    """Count a view by the categories of a cut (see ``trends.tallies.tally``), one row a category.

    Under the cut ``development_modes`` an item counts in each of its modes.
    """
    names = category_names(categories, cut)
    if cut != MODES_CUT:
        at_start, at_end = (places(facts, categories, cut, population) for facts in (view.start, view.end))
        return tally(view.standing, at_start, at_end, len(names)).set_axis(list(names))
    masks = [mode_masks(facts, categories, population) for facts in (view.start, view.end)]
    rows = [
        tally(view.standing, np.where(at_start, 0, -1), np.where(at_end, 0, -1), 1)
        for at_start, at_end in zip(*masks, strict=True)
    ]
    return pd.concat(rows, ignore_index=True).set_axis(list(names))


def mode_masks(facts: Facts, categories: Categories, population: str) -> list[Flags]:
    """Return for each development mode which windows of a population have it, and last, which have none known."""
    member = is_member(facts, categories, population)
    bits = range(len(categories.mode_words))
    return [*(member & ((facts.modes >> bit) & 1 == 1) for bit in bits), member & (facts.modes == 0)]
