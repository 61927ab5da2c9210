"""What the demo measured, beside the truth of the imitated world: trend figures, classes and development modes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from typing import Any

import pandas as pd

from models.vocab import vocabulary

UNKNOWN = "unknown"
COMPARED = {
    "stock": "believed_live",
    "new": "observable_new",
    "relisted": "confirmable_relisted",
    "withdrawn": "confirmable_left",
    "changed": "observable_changed",
}
"""Our measures of the total, and what the world's truth calls the figure that an observer on these days can know."""


def observable_truth(world: Any, slugs: Sequence[str], days: Sequence[date]) -> pd.DataFrame:
    """Return what an observer on ``days`` can know of the world: columns ``as_of``, ``measure``, ``value``."""
    from sandbox import truth

    stock = truth.stock(world, slugs, days).groupby("day")["believed_live"].sum()
    flows = truth.flows(world, slugs, days).groupby("day").sum(numeric_only=True)
    wide = flows.assign(believed_live=stock)[list(COMPARED.values())].set_axis(list(COMPARED), axis="columns")
    long = wide.rename_axis("as_of").reset_index().melt("as_of", var_name="measure", value_name="value")
    return long.sort_values(["as_of", "measure"], ignore_index=True)


def beside(trend: pd.DataFrame, truth: pd.DataFrame) -> pd.DataFrame:
    """Return our totals beside the truth: one row a day, ``<measure>`` and ``<measure>_true`` for each compared."""
    whole = (trend["unit"] == "listing") & (trend["population"] == "all") & (trend["panel"] == "all")
    totals = trend[whole & (trend["cut"] == "total") & trend["measure"].isin(COMPARED)]
    ours = totals.pivot_table(index="as_of", columns="measure", values="value", aggfunc="sum")
    true = truth.pivot_table(index="as_of", columns="measure", values="value", aggfunc="sum")
    columns = {name: values for m in COMPARED for name, values in ((m, ours[m]), (f"{m}_true", true[m]))}
    frame = pd.DataFrame(columns).rename_axis("as_of").reset_index()
    return frame.astype(dict.fromkeys(columns, "int64"))


def judgements(world: Any, slugs: Sequence[str], day: date, programmes: pd.DataFrame) -> pd.DataFrame:
    """Return what each listing of ``day`` is beside what we say of it, one row a listing.

    Args:
        world: the imitated world.
        slugs: its catalogues that were harvested.
        day: the day of the last harvest.
        programmes: the view ``programme_current``.

    Returns:
        The columns of ``sandbox.truth.classes``, with ``our_class`` and ``our_modes`` (a sorted tuple, empty: unknown).
    """
    from sandbox import truth

    ours = pd.DataFrame(
        {
            "slug": programmes["source"],
            "ref": programmes["ref"],
            "our_class": programmes["mc_class"],
            "our_modes": [tuple(sorted(set(json.loads(m)) - {UNKNOWN})) for m in programmes["development_modes"]],
        }
    )
    return truth.classes(world, slugs, day).merge(ours, on=["slug", "ref"], how="left", validate="one_to_one")


def class_confusion(rows: pd.DataFrame) -> pd.DataFrame:
    """Return how many listings of each true class we give each class; columns ``true``, then ours."""
    return _crossed(rows["mc_class"], rows["our_class"])


def readable_class_confusion(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the same against the class that a careful reader can take from what the catalogue prints."""
    return _crossed(rows["knowable_class"], rows["our_class"])


def _crossed(true: pd.Series[Any], ours: pd.Series[Any]) -> pd.DataFrame:
    order = list(vocabulary("mc_class"))
    counts = pd.crosstab(true, ours)
    counts = counts.reindex(index=[w for w in order if w in counts.index], columns=order, fill_value=0)
    return counts.rename_axis("true", axis="index").rename_axis(None, axis="columns").reset_index()


def mode_figures(rows: pd.DataFrame) -> pd.DataFrame:
    """Return how often we give each development mode rightly, one row a mode.

    Returns:
        Columns ``mode``, ``true`` (listings whose programme was developed so), ``readable`` (those whose catalogue says
        so), ``given`` (by us), ``right`` (given and true), ``precision`` (right of given), ``recall`` (of the readable
        ones those given).
    """
    figures = []
    for mode in vocabulary("development_mode"):
        if mode == UNKNOWN:
            continue
        true, readable, given = (_has(rows[name], mode) for name in ("modes", "knowable_modes", "our_modes"))
        counts = {"true": true.sum(), "readable": readable.sum(), "given": given.sum(), "right": (given & true).sum()}
        figures.append(
            {
                "mode": mode,
                **{name: int(count) for name, count in counts.items()},
                "precision": _share(counts["right"], counts["given"]),
                "recall": _share((given & readable).sum(), counts["readable"]),
            }
        )
    return pd.DataFrame(figures)


def _has(modes: pd.Series[Any], mode: str) -> pd.Series[bool]:
    return modes.map(lambda listed: isinstance(listed, tuple) and mode in listed).astype(bool)


def _share(part: int, whole: int) -> float | None:
    return float(part / whole) if whole else None
