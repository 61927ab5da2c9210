"""The snapshot as a Prefect flow, deployed by ``prefect.yaml`` under ``flows.snapshot.snapshot``."""

from __future__ import annotations

from datetime import date

from prefect import flow
from prefect.artifacts import acreate_table_artifact

from flows.console import records
from flows.measuring import take_snapshot, yesterday
from flows.observatory import open_observatory

ARTIFACT_KEY = "trend-snapshot"


@flow(name="snapshot")
async def snapshot(as_of: date | None = None, period_start: date | None = None) -> str:
    """Take the trend snapshot of a day (yesterday if left out) and return its id.

    Raises:
        ValueError: if the period does not end after it starts.
    """
    day = as_of or yesterday()
    with open_observatory() as observatory:
        snapshot_id, rows = take_snapshot(observatory, day, period_start)
    totals = rows[(rows["cut"] == "total") & (rows["unit"] == "programme")]
    await acreate_table_artifact(
        key=ARTIFACT_KEY,
        table=records(totals[["measure", "value", "n", "missing_share"]]),
        description=f"Snapshot {snapshot_id} as of {day}: programmes, all sources",
    )
    return snapshot_id
