"""The harvest as a Prefect flow: one task a source, a failed source never stops another, and the flow ends failed.

Deployed by ``prefect.yaml`` under the module path ``flows.harvest.harvest``. All work is done by ``flows.live``.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

from prefect import flow, task
from prefect.artifacts import acreate_table_artifact
from prefect.cache_policies import NO_CACHE

from flows.live import FAILING, due_sources, harvest_source, open_fetcher, simulated_clock
from flows.observatory import open_observatory
from models.records import RunRecord

if TYPE_CHECKING:
    from prefect.client.schemas.objects import State

ARTIFACT_KEY = "harvest-runs"
ARTIFACT_COLUMNS = ("source", "outcome", "listings", "new", "changed", "missing", "withdrawn", "problems", "reason")


class LookFailed(Exception):
    """A source ended failed, blocked or suspect; the message is the reason of its run."""


class HarvestFailed(Exception):
    """At least one source of a harvest needs somebody's attention; the message names each, ``rows`` holds all runs."""

    def __init__(self, message: str, rows: list[dict[str, Any]]) -> None:
        super().__init__(message)
        self.rows = rows


@task(task_run_name="look-{slug}", cache_policy=NO_CACHE, persist_result=False)
async def look_at_source(slug: str, harvest_one: Callable[[str], Awaitable[RunRecord]]) -> None:
    """Harvest one source; end failed if the run did.

    Raises:
        LookFailed: if the outcome needs somebody's attention.
    """
    record = await harvest_one(slug)
    if record.outcome in FAILING:
        raise LookFailed(f"{record.outcome}: {record.reason}")


@flow(name="harvest")
async def harvest(
    sources: list[str] | None = None, as_of: datetime | None = None, include_retired: bool = False
) -> list[dict[str, Any]]:
    """Harvest the named sources, or all that are due.

    Args:
        sources: slugs; none for all that are due.
        as_of: aware time the looks speak for; now if left out. Set it only for a sandbox or a repeated run.
        include_retired: whether retired sources may be named (the sandbox still serves them).

    Returns:
        One run record a source, as JSON values.

    Raises:
        HarvestFailed: at the end, if a source failed, was blocked or is suspect. All others are stored by then.
        UnknownSource: if a named source does not exist.
    """
    moment = as_of or datetime.now(UTC)
    records: dict[str, RunRecord] = {}
    with open_observatory() as observatory:
        chosen = {s.slug: s for s in due_sources(observatory, sources or [], moment, retired=include_retired)}
        async with open_fetcher(observatory.settings, simulated_clock(observatory.settings, moment)) as fetcher:

            async def harvest_one(slug: str) -> RunRecord:
                records[slug] = await harvest_source(observatory, chosen[slug], fetcher, as_of=moment)
                return records[slug]

            looks = (look_at_source(slug, harvest_one, return_state=True) for slug in chosen)
            # Prefect's types say that a task called for its state gives the state; an async one gives it to be awaited.
            states = await asyncio.gather(*(cast("Awaitable[State[None]]", look) for look in looks))

    rows = [records[slug].as_json() for slug in chosen if slug in records]
    await acreate_table_artifact(
        key=ARTIFACT_KEY,
        table=[{column: row[column] for column in ARTIFACT_COLUMNS} for row in rows],
        description=f"Looks of {moment:%Y-%m-%d %H:%M} UTC",
    )
    failed = {slug: state.message for slug, state in zip(chosen, states, strict=True) if not state.is_completed()}
    if failed:
        raise HarvestFailed("; ".join(f"{slug}: {message}" for slug, message in failed.items()), rows)
    return rows
