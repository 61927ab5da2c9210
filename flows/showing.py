"""Rows for the commands that show: the health of the sources, and the trend series."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from flows.observatory import open_observatory
from models.queries import source_health, trend_frame
from scrapers.source import discover

STATUS_COLUMNS = (
    "source", "last_outcome", "last_run_at", "last_good_look_at", "age_days", "live", "missing", "problems", "reason",
)  # fmt: skip


NEVER = "never harvested"
"""Stands for the outcome of a source that has no run yet."""


def health() -> list[dict[str, Any]]:
    """Return one row a source: declared sources never harvested included, with their last run as unknown."""
    with open_observatory() as observatory:
        known = {row["source"]: row for row in source_health(observatory.engine).to_dict(orient="records")}
    now = datetime.now(UTC)
    rows = []
    for slug in sorted({*known, *discover()}):
        row = {str(k): v for k, v in known.get(slug, {"source": slug, "last_outcome": NEVER}).items()}
        seen = row.get("last_good_look_at")
        row["age_days"] = None if seen is None or pd.isna(seen) else (now - seen).days
        rows.append(row)
    return rows


def trend_series(*, unit: str, cut: str, measure: str | None) -> pd.DataFrame:
    """Return the rows of all snapshots for one unit and cut, oldest first.

    Raises:
        ValueError: if no snapshot has such rows.
    """
    with open_observatory() as observatory:
        rows = trend_frame(observatory.engine)
    chosen = rows[(rows["unit"] == unit) & (rows["cut"] == cut)]
    if measure is not None:
        chosen = chosen[chosen["measure"] == measure]
    if chosen.empty:
        raise ValueError(
            f"no snapshot holds unit {unit!r} by {cut!r}"
            + (f", measure {measure!r}" if measure else "")
            + "; take one with `microcred snapshot --as-of DATE`"
        )
    return chosen.sort_values(["as_of", "cut_value", "measure"])


def draw_trend(series: pd.DataFrame, *, unit: str, cut: str, path: Path) -> None:
    """Draw the stock of a trend series into ``path`` (``.png`` or ``.svg``).

    Raises:
        ValueError: if the suffix is another one, or the series holds no stock.
    """
    from trends.pictures import save, stock_picture  # drawing takes a second to import; most commands draw nothing

    save(stock_picture(series, unit=unit, cut=cut), path)
