"""Figures as rows: what of a view is published for each category of a cut.

A row says over how much it is (``n``) and how much of that is unknown (``missing_share``): for a flow of the flow, for
a rate of the stock at the start that it divides by, for all else of the stock.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from trends.categories import ALL, Categories
from trends.change import CHANGES, changes, growth
from trends.composition import category_shares
from trends.frames import UNKNOWN
from trends.knowledge import Flags, Integers
from trends.panels import MATCHED, STATUSES
from trends.tallies import FLOWS
from trends.views import MODES_CUT, View, category_names, mode_masks, places, table

FIGURE_COLUMNS = ("panel", "cut", "cut_value", "measure", "value", "low", "high", "n", "missing_share")
PANELS = (ALL, MATCHED)
OF_ALL = ("stock", "stock_estimate", "stock_start", "missing", *FLOWS, *CHANGES, "changed", "changed_items")
OF_MATCHED = ("stock", "stock_estimate", "stock_start", "missing")
RATES = ("growth", "growth_of_record", "entry_rate", "exit_rate", "churn_rate")
_OWN_BASE = frozenset({"stock_start", *FLOWS, "changed", "changed_items"} - {"reclassified"})
"""Counts whose ``n`` is their own sum over the categories."""

Changed = tuple[Integers, Flags]
Bounds = tuple[npt.ArrayLike, npt.ArrayLike]


def count_rows(
    views: Mapping[str, View], categories: Categories, cut: str, population: str, changed: Changed
) -> pd.DataFrame:
    """Return the counts, shares and rates of a unit by category of a cut, on all sources and on the matched panel.

    Args:
        views: of the nested panels (``trends.views.nested_views``).
        changed: for each window of the view of all sources its changes, and whether it counts as changed.

    Returns:
        Columns ``FIGURE_COLUMNS``, one row a panel, category and measure. Under the cut ``total`` the shares are left
        out, under the others all rates but ``growth``.
    """
    tables = _tables(views, categories, cut, population)
    totals = tables if cut == "total" else _tables(views, categories, "total", population)
    matched, everything = tables[MATCHED], views[STATUSES[-1]]
    counts = tables[STATUSES[-1]].assign(
        **changes(tables), **_changed(everything, categories, cut, population, changed)
    )
    total = _sums(totals[STATUSES[-1]]) | _sums(counts[["changed", "changed_items"]])
    found = [
        _counts(counts, OF_ALL, total).assign(panel=ALL),
        _counts(matched, OF_MATCHED, _sums(totals[MATCHED])).assign(panel=MATCHED),
        _rates(matched, RATES if cut == "total" else RATES[:1]).assign(panel=MATCHED),
    ]
    if cut != "total":
        found.append(_shares(counts["stock"], total["stock"]).assign(panel=ALL))
    return pd.concat(found, ignore_index=True).assign(cut=cut)[list(FIGURE_COLUMNS)]


def _tables(views: Mapping[str, View], categories: Categories, cut: str, population: str) -> dict[str, pd.DataFrame]:
    """Return the counts of each view; a panel that adds no source is the view before it, and is not counted again."""
    tables: dict[str, pd.DataFrame] = {}
    for status, view in views.items():
        same = next((tables[known] for known in tables if views[known] is view), None)
        tables[status] = table(view, categories, cut, population) if same is None else same
    return tables


def _sums(counts: pd.DataFrame) -> dict[str, int]:
    sums = counts.to_numpy(dtype="float64").sum(axis=0)
    return {str(name): int(value) for name, value in zip(counts.columns, sums, strict=True)}


def _unknown(counts: pd.DataFrame) -> dict[str, int]:
    """Return how many of each count are unknown; none under a cut without that category."""
    return _sums(counts[counts.index == UNKNOWN])


def _counts(counts: pd.DataFrame, measures: Sequence[str], total: Mapping[str, int]) -> pd.DataFrame:
    bases = [measure if measure in _OWN_BASE else "stock" for measure in measures]
    unknown = _unknown(counts)
    return _long(
        counts[list(measures)],
        bounds=dict.fromkeys(("stock", "stock_estimate"), (counts["stock_low"], counts["stock_high"])),
        n=[total[base] for base in bases],
        missing_share=[_ratio(unknown[base], total[base]) for base in bases],
    )


def _rates(matched: pd.DataFrame, measures: Sequence[str]) -> pd.DataFrame:
    rates = growth(matched)
    start = matched["stock_before"]
    return _long(
        rates[list(measures)],
        bounds={"growth": (rates["growth_low"], rates["growth_high"])},
        n=start.to_numpy()[:, None],
        missing_share=_ratio(_unknown(matched)["stock_before"], int(start.sum())),
    )


def _shares(stock: pd.Series[int], n: int) -> pd.DataFrame:
    unknown = int(stock[stock.index == UNKNOWN].sum())
    shares = category_shares(stock, n, unknown)
    return _long(
        shares[["value"]].set_axis(["share"], axis="columns"),
        bounds={"share": (shares["low"], shares["high"])},
        n=n,
        missing_share=_ratio(unknown, n),
    )


def _ratio(part: int, whole: int) -> float:
    return part / whole if whole else np.nan


def _long(
    values: pd.DataFrame, *, bounds: Mapping[str, Bounds], n: npt.ArrayLike, missing_share: npt.ArrayLike
) -> pd.DataFrame:
    """Return one row a category and measure of values (one row a category, one column a measure).

    Args:
        bounds: the bounds of those measures that have them, one element a category.
        n: what a figure is over; one number, one a measure, or one a category (as a column).
        missing_share: likewise.
    """
    size = values.shape
    low, high = np.full(size, np.nan), np.full(size, np.nan)
    for measure, (least, most) in bounds.items():
        place = values.columns.get_loc(measure)
        low[:, place], high[:, place] = least, most
    flat: dict[str, npt.NDArray[Any]] = {
        "cut_value": np.repeat(values.index.to_numpy(), size[1]),
        "measure": np.tile(values.columns.to_numpy(), size[0]),
        "value": values.to_numpy(dtype=float).ravel(),
        "low": low.ravel(),
        "high": high.ravel(),
        "n": np.broadcast_to(np.asarray(n, dtype=np.int64), size).ravel(),
        "missing_share": np.broadcast_to(np.asarray(missing_share, dtype=float), size).ravel(),
    }
    return pd.DataFrame(flat)


def _changed(view: View, categories: Categories, cut: str, population: str, changed: Changed) -> dict[str, Integers]:
    """Return how many changes each category had, and how many units changed."""
    named = dict(zip(("changed", "changed_items"), changed, strict=True))
    if cut == MODES_CUT:
        masks = mode_masks(view.end, categories, population)
        return {name: np.array([of[mask].sum() for mask in masks], dtype=np.int64) for name, of in named.items()}
    place, size = places(view.end, categories, cut, population), len(category_names(categories, cut))
    inside = place >= 0
    return {
        name: np.bincount(place[inside], weights=of[inside], minlength=size).astype(np.int64)
        for name, of in named.items()
    }
