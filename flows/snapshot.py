"""The snapshot as a Prefect flow, deployed by ``prefect.yaml`` under ``flows.snapshot.snapshot``."""

from __future__ import annotations

from datetime import date

from prefect import flow
from prefect.artifacts import acreate_table_artifact

from flows.console import records
from flows.measuring import take_snapshot, yesterday
from flows.observatory import open_observatory
from flows.trending import DAYS, headline
from models.classification_tables import DEFAULT_DEFINITION

ARTIFACT_KEY = "trend-snapshot"


@flow(name="snapshot")
async def snapshot(
    as_of: date | None = None,
    period_start: date | None = None,
    known_at: date | None = None,
    definition: str = DEFAULT_DEFINITION,
) -> str:
    """Take the trend snapshot of a day (yesterday if left out) and return its id; see ``flows.measuring``.

    Raises:
        ValueError: if the period does not end after it starts, ``known_at`` is before ``as_of``, or there is no such
            definition.
    """
    day = as_of or yesterday()
    with open_observatory() as observatory:
        snapshot_id, rows = take_snapshot(observatory, day, period_start, known_at=known_at, definition=definition)
    await acreate_table_artifact(
        key=ARTIFACT_KEY,
        table=records(headline(rows).astype(dict.fromkeys(DAYS, "str"))),
        description=f"Snapshot {snapshot_id} as of {day}: credentials, population all, definition {definition}",
    )
    return snapshot_id
