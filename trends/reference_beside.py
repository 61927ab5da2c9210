"""Our figure of the nearest snapshot beside each published count; they are set side by side, never added or joined."""

from __future__ import annotations

from typing import Any

import pandas as pd

from trends.categories import ALL
from trends.reference import OurFigure

OURS_BESIDE_COLUMNS = ("our_as_of", "our_value", "our_low", "our_high", "days_apart", "why_blank")
NO_DATE = "no date"
NO_SNAPSHOT = "no snapshot"


def our_stock(rows: pd.DataFrame, figure: OurFigure) -> pd.DataFrame:
    """Return our stock on each day of a snapshot, for one of our figures: of all sources as they are that day.

    Args:
        rows: the view ``trend``: ``as_of``, ``period_start``, ``unit``, ``panel``, ``cut``, ``cut_value``, ``measure``,
            ``value``. Where it has no column ``population``, everything is counted, which is the population ``all``.
            Where it has ``known_at``, the latest knowledge counts; where it has ``method_version``, the newest method,
            because figures of two methods are not one series.

    Returns:
        One row a day, in order: ``as_of`` (``datetime64``, UTC days without a zone), ``value``, ``low`` and ``high``
        (float64; the latter NaN where the view has no bounds).
    """
    wanted = {"unit": figure.unit, "panel": ALL, "cut": figure.cut, "cut_value": figure.cut_value, "measure": "stock"}
    if "population" in rows:
        wanted["population"] = figure.population
    elif figure.population != ALL:
        rows = rows.iloc[:0]
    for column, word in wanted.items():
        rows = rows[rows[column] == word]
    if "method_version" in rows and not rows.empty:
        newest = max(rows["method_version"].unique(), key=lambda version: (len(version), version))
        rows = rows[rows["method_version"] == newest]
    newest_last = [name for name in ("as_of", "known_at", "period_start") if name in rows]
    days = rows.sort_values(newest_last).drop_duplicates("as_of", keep="last")
    stock = pd.DataFrame({"as_of": pd.to_datetime(days["as_of"])})
    for name in ("value", "low", "high"):
        stock[name] = days[name].astype("float64") if name in days else float("nan")
    return stock.reset_index(drop=True)


def beside_ours(reference: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """Return the published counts, with our figure of the nearest snapshot beside each.

    The nearest is the one with the fewest days between it and the time of the count; of several within that time, and
    of two equally near, the later. However far it is, it is shown with its day: the two need not speak of one time.

    Args:
        reference: see ``trends.reference.reference_frame``.
        rows: see ``our_stock``; may be empty.

    Returns:
        ``reference`` with ``OURS_BESIDE_COLUMNS``: ``our_as_of`` (``datetime64``), ``our_value``, ``our_low``,
        ``our_high`` (float64) and ``days_apart`` (float64; 0 within the time of the count), all empty where there is no
        such figure; then ``why_blank`` says why (``NO_DATE``, ``NO_SNAPSHOT``, or the series' ``no_figure``), else "".
    """
    found = [_beside(row, rows) for row in reference.to_dict(orient="records")]
    beside = pd.DataFrame(found, columns=list(OURS_BESIDE_COLUMNS), index=reference.index)
    numbers = dict.fromkeys(OURS_BESIDE_COLUMNS[1:5], "float64")
    beside = beside.assign(our_as_of=pd.to_datetime(beside["our_as_of"])).astype(numbers)
    return pd.concat([reference, beside], axis="columns")


def _beside(point: dict[Any, Any], rows: pd.DataFrame) -> dict[str, Any]:
    if point["no_figure"]:
        return {"why_blank": point["no_figure"]}
    if pd.isna(point["date_from"]):
        return {"why_blank": NO_DATE}
    parts = {name: str(point[f"our_{name}"]) for name in ("unit", "population", "cut", "cut_value")}
    figure = OurFigure(**parts, differs=str(point["differs"]))
    stock = our_stock(rows, figure)
    if stock.empty:
        return {"why_blank": NO_SNAPSHOT}
    before = (point["date_from"] - stock["as_of"]).dt.days.clip(lower=0)
    after = (stock["as_of"] - point["date_to"]).dt.days.clip(lower=0)
    apart = before + after
    nearest = stock.loc[apart[::-1].idxmin()]
    return {
        "our_as_of": nearest["as_of"],
        **{f"our_{name}": nearest[name] for name in ("value", "low", "high")},
        "days_apart": apart.min(),
        "why_blank": "",
    }
