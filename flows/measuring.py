"""Taking a snapshot: history as of a day becomes rows of the trend table; the same twice changes nothing."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pandas as pd

from flows.observatory import Observatory, code_version
from models.queries import history_frame, looks_frame
from trends.measures import METHOD_VERSION, coverage, measure

UNITS = ("programme", "offering")
MONTHS_OF_A_QUARTER = 3


def quarter_before(day: date) -> date:
    """Return the day three calendar months before ``day`` (clipped to the end of a shorter month)."""
    return (pd.Timestamp(day) - pd.DateOffset(months=MONTHS_OF_A_QUARTER)).date()


def yesterday(now: datetime | None = None) -> date:
    """Return the last day that is wholly past in UTC: a snapshot of a day that still runs could not be repeated."""
    return ((now or datetime.now(UTC)) - timedelta(days=1)).date()


def take_snapshot(observatory: Observatory, as_of: date, period_start: date | None = None) -> tuple[str, pd.DataFrame]:
    """Measure the history as of the end of ``as_of`` (UTC), store the snapshot and return its id and its rows.

    Args:
        as_of: the day; only looks up to its end count.
        period_start: flows (new, withdrawn ...) are counted after the end of this day; default three months before.

    Raises:
        ValueError: if the period does not end after it starts.
    """
    start = period_start or quarter_before(as_of)
    if start >= as_of:
        raise ValueError(f"the period must start before it ends: {start} is not before {as_of}")
    looks = looks_frame(observatory.engine)
    rows = pd.concat(
        [
            measure(history_frame(observatory.engine, unit=unit), looks, as_of=as_of, period_start=start, unit=unit)
            for unit in UNITS
        ],
        ignore_index=True,
    )
    snapshot_id = observatory.store.save_snapshot(
        as_of=as_of,
        period_start=start,
        rows=rows,
        coverage=coverage(looks, as_of),
        method_version=METHOD_VERSION,
        code_version=code_version(),
    )
    return snapshot_id, rows
