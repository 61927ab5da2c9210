"""From the figures of many worlds to tables: how near they come to the truth, and whether the aims are met."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import pandas as pd

from bench.truth.limits import PERFECT_CARRIED, PERFECT_LATER, PERFECT_PROJECTED, PERFECT_THEN
from bench.truth.making import shape_of
from bench.truth.measuring import ALL, EVER, LATER, ROWS, THEN, UNPUBLISH, Measured, frame_of
from bench.truth.waves import FOUND_SHARE

METHODS = (
    THEN, LATER, ROWS, EVER, UNPUBLISH, PERFECT_THEN, PERFECT_CARRIED, PERFECT_PROJECTED, PERFECT_LATER,
)  # fmt: skip
GROUPS = (ALL, "weekly", "monthly", "quarterly")
AS_DIFFERENCE = frozenset({"growth", "growth_of_record", "price_relative"})
"""Measures whose error is the difference, in points; the error of flows is in points of the stock at the start."""
FLOWS = frozenset({"new", "withdrawn", "new_estimate", "withdrawn_estimate"})
WITHIN_POINTS = 1.0
AIM_SHARE = 0.95
ERROR_COLUMNS = (
    "measure", "unit", "group", "method", "n", "median_error", "error_95", "bias", "within_1_point", "bounded",
)  # fmt: skip
WAVE_COLUMNS = ("method", "false_waves", "of_catalogue_quarters", "by_cause", "true_waves", "found", "median_days")


def with_errors(figures: pd.DataFrame) -> pd.DataFrame:
    """Return figures with their ``error`` in points: of growth, of the truth (stock, index), of the stock (flows)."""
    difference = figures["value"] - figures["truth"]
    over = np.where(figures["measure"].isin(FLOWS), figures["base"], figures["truth"])
    over = np.where(figures["measure"].isin(AS_DIFFERENCE), 1.0, over)
    has_bounds = figures["low"].notna()
    inside = (figures["low"] <= figures["truth"]) & (figures["truth"] <= figures["high"])
    return figures.assign(
        error=100 * difference / over, bounded=inside.astype("float64").where(has_bounds),
        leaving=figures["world"].map(lambda number: shape_of(number).leaving),
    )  # fmt: skip


def errors(figures: pd.DataFrame, by: Sequence[str] = ("measure", "unit", "group", "method")) -> pd.DataFrame:
    """Return one row a group: how far from the truth its figures are, in points.

    Args:
        figures: as ``with_errors`` returns them.

    Returns:
        The columns of ``by``, ``n`` (figures), ``median_error`` and ``error_95`` (median and 95 % quantile of the size
        of the error), ``bias`` (mean error), ``within_1_point`` and ``bounded`` (shares; the last NaN without bounds).
    """
    known = figures.dropna(subset=["error"])
    size = known.assign(size=known["error"].abs(), within=known["error"].abs() < WITHIN_POINTS).groupby(list(by))
    found = pd.DataFrame(
        {
            "n": size.size(),
            "median_error": size["size"].median(),
            "error_95": size["size"].quantile(0.95),
            "bias": size["error"].mean(),
            "within_1_point": size["within"].mean(),
            "bounded": size["bounded"].mean(),
        }
    ).reset_index()
    places = {name: place for place, name in enumerate((*GROUPS, *METHODS))}
    keys = pd.DataFrame({name: found[name].map(lambda word: places.get(word, word)) for name in by})
    return found.loc[keys.sort_values(list(by)).index].reset_index(drop=True)


def waves(measured: Sequence[Measured]) -> pd.DataFrame:
    """Return one row a method: false waves and what caused them, true waves and how many were found."""
    false = [wave for each in measured for wave in each.false_waves]
    true = [wave for each in measured for wave in each.true_waves]
    quarters = {(f.world, f.quarter) for each in measured for f in each.figures if f.measure == "growth"}
    rows: list[dict[str, Any]] = []
    for method in ("ours, credentials", "ours, listings", UNPUBLISH):
        mine = [wave for wave in false if wave.method == method]
        causes = pd.Series([wave.cause for wave in mine], dtype="object").value_counts()
        waved = [wave for wave in true if method.startswith(wave.method)]
        found = [wave for wave in waved if wave.found_share >= FOUND_SHARE]
        rows.append(
            {
                "method": method,
                "false_waves": len(mine),
                "of_catalogue_quarters": sum(len(shape_of(number).sizes) for number, _ in quarters),
                "by_cause": ", ".join(f"{cause} {count}" for cause, count in causes.items()) or "-",
                "true_waves": len(waved),
                "found": len(found),
                "median_days": float(np.median([wave.after_days for wave in found])) if found else float("nan"),
            }
        )
    return pd.DataFrame(rows)


def share_waves(figures: pd.DataFrame) -> pd.DataFrame:
    """Return in how many quarters of a world the share said to be withdrawn exceeds the true one by 5 points."""
    flows = figures[(figures["measure"] == "withdrawn") & (figures["group"] == ALL)]
    exceeds = flows.assign(exceeds=flows["error"] > 5).groupby(["unit", "method"])["exceeds"]
    return pd.DataFrame({"quarters": exceeds.size(), "exceeding": exceeds.sum()}).reset_index()


@dataclass(frozen=True, slots=True)
class Verdict:
    """One aim, whether it is met, and the figures that say so."""

    aim: str
    met: bool
    said: str


def verdicts(table: pd.DataFrame, found: pd.DataFrame) -> list[Verdict]:
    """Return whether the aims are met.

    Args:
        table: errors by measure, unit, group and method.
        found: the table of waves.
    """
    wanted = [("credential", ALL), *(("programme", group) for group in GROUPS)]
    growth = table[table["measure"] == "growth"]
    keys = zip(growth["unit"], growth["group"], growth["method"], strict=True)
    within = dict(zip(keys, zip(growth["within_1_point"], growth["n"], strict=True), strict=True))
    result = []
    for (unit, group), method in product(wanted, (LATER, THEN)):
        if (unit, group, method) not in within:
            continue
        share, n = within[unit, group, method]
        aim = f"growth within 1 point in 95 % of quarters: {unit}s, {group} looks, {method.removeprefix('ours, ')}"
        result.append(Verdict(aim, share >= AIM_SHARE, f"{share:.1%} of {n}"))
    ours = [row for row in found.to_dict(orient="records") if row["method"].startswith("ours")]
    for row in ours:
        said = f"{row['false_waves']} of {row['of_catalogue_quarters']:,} ({row['by_cause']})"
        result.append(Verdict(f"no false wave of withdrawals: {row['method']}", row["false_waves"] == 0, said))
    waved, known = ours[0]["true_waves"], ours[0]["found"]
    result.append(Verdict("every true wave found", waved == known, f"{known} of {waved}"))
    return result


def all_figures(measured: Iterable[Measured]) -> pd.DataFrame:
    """Return the figures of all worlds with their errors."""
    return with_errors(pd.concat([frame_of(each.figures) for each in measured], ignore_index=True))
