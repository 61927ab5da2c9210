"""Backfill as a Prefect flow, to be triggered by hand; deployed by ``prefect.yaml``. All work: ``flows.backfill``."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from prefect import flow
from prefect.artifacts import acreate_table_artifact

from flows.backfill import backfill as make_looks
from flows.backfill_plan import plan_backfill
from flows.live import FAILING
from flows.observatory import open_observatory
from flows.web_archives import ArchiveChoice, Via, open_holdings, warc_files
from scrapers.source import discover
from scrapers.webarchives.looks import Every

ARTIFACT_KEY = "backfill-looks"
ARTIFACT_COLUMNS = ("source", "as_of", "outcome", "listings", "new", "changed", "problems", "reason")


class BackfillFailed(Exception):
    """A look failed, is suspect or could not be finished, or the archive refused; the message says which and why."""


@flow(name="backfill")
async def backfill(
    source: str,
    since: date,
    until: date | None = None,
    *,
    via: Via = "wayback",
    every: Every = "month",
    files: list[str] | None = None,
) -> list[dict[str, Any]]:
    """Bring in the past of a source from a web archive.

    Args:
        source: slug.
        since: the first day to look at (UTC).
        until: the last one; today if left out.
        via: which archive to ask.
        every: of which period there is one look at most.
        files: WARC or WACZ files, or folders of them, on the machine of the worker, instead of an archive.

    Returns:
        One run record a look, as JSON values.

    Raises:
        ValueError: if there is no such source.
        BackfillFailed: at the end, if something needs attention. All other looks are stored by then.
    """
    declared = discover().get(source)
    if declared is None:
        raise ValueError(f"no source {source!r}")
    choice = ArchiveChoice(via=via, files=warc_files([Path(file) for file in files or ()]))
    with open_observatory() as observatory:
        async with open_holdings(observatory.settings, choice, declared) as holdings:
            last = until or datetime.now(UTC).date()
            plan = await plan_backfill(declared, holdings, since=since, until=last, every=every)
            done = await make_looks(observatory, declared, holdings, plan)
    rows = [run.as_json() for run in done.runs]
    await acreate_table_artifact(
        key=ARTIFACT_KEY,
        table=[{column: row[column] for column in ARTIFACT_COLUMNS} for row in rows],
        description=f"{source}: looks of {since} to {last} from captures",
    )
    wrong = [f"{run.as_of:%Y-%m-%d}: {run.outcome}: {run.reason}" for run in done.runs if run.outcome in FAILING]
    wrong += [f"{as_of:%Y-%m-%d}: unfinished: {reason}" for as_of, reason in done.unfinished]
    wrong += [done.ended] if done.ended else []
    if wrong:
        raise BackfillFailed("; ".join(wrong))
    return rows
