"""Rows for the commands that show: the health of the sources."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pandas as pd

from flows.observatory import open_observatory
from models.queries import source_health
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
