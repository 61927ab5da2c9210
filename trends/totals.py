"""Figures of a whole as rows: estimates, concentration, overlap, survival, prices, indices; one function a kind."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
import pandas as pd

from trends.categories import ALL, Categories
from trends.change import stock_index
from trends.composition import concentration, cross_border_share, overlap, partnership_share
from trends.estimates import estimated_flows
from trends.frames import Period
from trends.knowledge import Known
from trends.panels import MATCHED
from trends.prices import QUARTILES, jevons, price_index, price_levels
from trends.rows import FIGURE_COLUMNS
from trends.survival import COHORTS, survival
from trends.updates import changed_fields
from trends.views import View, is_member

CONCENTRATED_BY = ("awarder_id", "source")
LEVEL_CUTS = ("total", "source_kind", "country", "isced_broad")
INDEX_CUTS = ("total", "source_kind", "country")


def estimate_rows(view: View, categories: Categories, population: str, period: Period) -> pd.DataFrame:
    """Return the expected flows (see ``trends.estimates``)."""
    inside = is_member(view.end, categories, population)
    n = int((view.standing.end.is_in & inside).sum())
    found = estimated_flows(view, inside, period)
    rows = [
        {"measure": name, "value": of.value, "low": of.low, "high": of.high, "n": n, "missing_share": 0.0}
        for name, of in found.items()
    ]
    return _figures(pd.DataFrame(rows))


def structure_rows(view: View, categories: Categories, population: str) -> pd.DataFrame:
    """Return the shares across borders and in partnership, and the concentration over awarders and sources."""
    whole = {
        "cross_border_share": cross_border_share(view, categories, population),
        "partnership_share": partnership_share(view, categories, population),
    }
    rows = [{"cut": "total", "cut_value": ALL, "measure": name, "figure": of} for name, of in whole.items()]
    for by in CONCENTRATED_BY:
        found = concentration(view, categories, by, population)
        rows += [{"cut": "concentration", "cut_value": by, "measure": name, "figure": of} for name, of in found.items()]
    frame = pd.DataFrame(rows)
    for name in ("value", "low", "high", "n", "missing_share"):
        frame[name] = [getattr(figure, name) for figure in frame["figure"]]
    return _figures(frame)


def overlap_rows(view: View, known: Known, categories: Categories, population: str, at: pd.Timestamp) -> pd.DataFrame:
    """Return how many units are listed by one, two or more catalogues, and by which kinds of them together.

    ``listings`` of the total counts what they are on the catalogues: the count before linking.
    """
    inside = is_member(view.end, categories, population) & view.standing.end.is_in
    by_number, by_kinds = overlap(view, known, at, inside)
    n = int(inside.sum())
    windows = known.windows.iloc[view.units.members]
    is_listed = ((windows["opened_at"] < at) & ~(windows["left_at"] < at)).to_numpy()
    listings = int((is_listed & inside[view.units.place]).sum())
    rows = [{"cut": "total", "cut_value": ALL, "measure": "listings", "value": listings}]
    for cut, counts in (("catalogues", by_number), ("catalogue_kinds", by_kinds)):
        rows += [
            {"cut": cut, "cut_value": str(name), "measure": "stock", "value": int(count)}
            for name, count in counts.items()
        ]
    return _figures(pd.DataFrame(rows).assign(n=n, missing_share=0.0))


def survival_rows(view: View, categories: Categories, population: str) -> pd.DataFrame:
    """Return survival and half-life of both cohorts (see ``trends.survival``)."""
    inside = is_member(view.end, categories, population)
    found = [survival(view.units, inside, cohort).assign(cut="cohort", cut_value=cohort) for cohort in COHORTS]
    return _figures(pd.concat(found, ignore_index=True).assign(missing_share=0.0))


def price_rows(
    everything: View,
    matched: View,
    categories: Categories,
    population: str,
    *,
    level_cuts: Sequence[str] = LEVEL_CUTS,
    with_index: bool,
) -> pd.DataFrame:
    """Return price levels, and with the index how prices of the same items moved on the matched panel."""
    found = [_level_rows(everything, categories, cut, population) for cut in level_cuts]
    if with_index:
        found += [_relative_rows(matched, categories, cut, population) for cut in INDEX_CUTS]
    return pd.concat(found, ignore_index=True)


def _level_rows(view: View, categories: Categories, cut: str, population: str) -> pd.DataFrame:
    levels = price_levels(view, categories, cut, population)
    shown = list(QUARTILES) if cut == "total" else ["median"]
    rows = levels.melt(["category", "level", "n", "missing_share"], shown, var_name="quartile")
    measure = rows["level"] + "_" + rows["quartile"]
    return _figures(rows.assign(cut=cut, cut_value=rows["category"], measure=measure))


def _relative_rows(view: View, categories: Categories, cut: str, population: str) -> pd.DataFrame:
    moved = jevons(view, categories, cut, population)
    measures = {
        "price_relative": "price_relative", "changed_share": "price_changed_share", "became_free": "became_free",
        "became_paid": "became_paid",
    }  # fmt: skip
    rows = moved.melt(["category", "n", "missing_share"], list(measures), var_name="figure")
    return _figures(
        rows.assign(cut=cut, cut_value=rows["category"], measure=rows["figure"].map(measures)), panel=MATCHED
    )


def field_rows(changes: pd.DataFrame, period: Period) -> pd.DataFrame:
    """Return how often each field changed at the source, and of how many items."""
    counts = changed_fields(changes, period)
    rows = counts.melt("field", ["changed", "changed_items"], var_name="measure")
    n = rows["measure"].map(counts[["changed", "changed_items"]].sum()).astype("int64")
    return _figures(rows.assign(cut="field", cut_value=rows["field"], n=n, missing_share=0.0))


def index_rows(
    links: Sequence[View], categories: Categories, days: Sequence[date], population: str, *, with_prices: bool
) -> pd.DataFrame:
    """Return the chain indices on the last of some days: 100 on the first."""
    found = {"stock_index": stock_index(links, categories, days, population)}
    if with_prices:
        found["price_index"] = price_index(links, categories, days, population)
    rows = [
        {"measure": name, "value": of["index"].iloc[-1], "n": of["n"].iloc[-1], "missing_share": 0.0}
        for name, of in found.items()
    ]
    return _figures(pd.DataFrame(rows), panel=MATCHED)


def _figures(rows: pd.DataFrame, panel: str = ALL) -> pd.DataFrame:
    """Return rows with all columns of a figure: of the total, and without bounds, where they say nothing else."""
    whole: dict[str, str | float] = {"panel": panel, "cut": "total", "cut_value": ALL, "low": np.nan, "high": np.nan}
    filled = rows.reset_index(drop=True).assign(**{name: of for name, of in whole.items() if name not in rows})
    numbers = dict.fromkeys(("value", "low", "high", "missing_share"), "float64")
    return filled[list(FIGURE_COLUMNS)].astype({**numbers, "n": "int64"})
