"""The harvest as a Prefect flow: one task a source, a failed source never stops another; what is news ends it failed.

Deployed by ``prefect.yaml`` under the module path ``flows.harvest.harvest``. All work is done by ``flows.live``.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any, cast

import httpx
from prefect import flow, get_run_logger, task
from prefect.artifacts import acreate_markdown_artifact, acreate_table_artifact
from prefect.cache_policies import NO_CACHE
from prefect.events import emit_event
from prefect.states import Completed
from sqlalchemy.exc import DBAPIError

from flows.errors import told
from flows.live import FAILING, harvest_source, is_of_a_store, open_fetcher, simulated_clock, why_not_stored
from flows.observatory import Observatory, open_observatory
from flows.sharding import sources_to_harvest
from flows.showing import Status, status_of
from flows.status_artifact import status_markdown
from flows.troubles import Verdict, verdict
from models.database import DatabaseMoved
from models.queries import sources_in_trouble
from models.records import RunRecord, Source

if TYPE_CHECKING:
    from prefect.client.schemas.objects import State

log = logging.getLogger(__name__)

ARTIFACT_KEY = "harvest-runs"
ARTIFACT_COLUMNS = ("source", "outcome", "listings", "new", "changed", "missing", "withdrawn", "problems", "reason")
STATUS_KEY = "source-status"
EVENT = "microcred.source"
"""Events are ``microcred.source.failing``, ``.still-failing`` and ``.recovered``; their resource is EVENT.<slug>."""


class LookFailed(Exception):
    """A source ended failed, blocked or suspect; the message is the reason of its run."""


class HarvestFailed(Exception):
    """A harvest has news of trouble (``flows.troubles``); the message names each source, ``rows`` holds all runs."""

    def __init__(self, message: str, rows: list[dict[str, Any]]) -> None:
        super().__init__(message)
        self.rows = rows


@task(task_run_name="look-{slug}", cache_policy=NO_CACHE, persist_result=False)
async def look_at_source(slug: str, harvest_one: Callable[[str], Awaitable[RunRecord]]) -> None:
    """Harvest one source; end failed if the run did.

    Raises:
        LookFailed: if the outcome needs somebody's attention, or the run could not be stored where it belongs.
    """
    try:
        record = await harvest_one(slug)
    except Exception as error:
        if not is_of_a_store(error):
            raise
        raise LookFailed(f"failed: {why_not_stored(slug, error)}") from None
    if record.outcome in FAILING:
        raise LookFailed(f"{record.outcome}: {record.reason}")


@flow(name="harvest")
async def harvest(
    sources: list[str] | None = None,
    as_of: datetime | None = None,
    include_retired: bool = False,
    shard: str | None = None,
    whole: bool = False,
) -> list[dict[str, Any]]:
    """Harvest the named sources, or all that are due.

    Args:
        sources: slugs; none for all that are due.
        as_of: aware time the looks speak for; now if left out. Set it only for a sandbox or a repeated run.
        include_retired: whether retired sources may be named (the sandbox still serves them).
        shard: only this part of the host groups, such as ``2/8`` (``flows.sharding``): several workers, one each.
        whole: ask for every page, whatever signals say of it.

    Returns:
        One run record a source, as JSON values.

    Raises:
        HarvestFailed: at the end, if a source newly fails, is blocked or suspect, if one still is in another week, or
            if a named one is. All others are stored by then.
        UnknownSource: if a named source does not exist.
        InUse: if another process is at work with all that are named.
        ValueError: if that is no shard.
    """
    moment = as_of or datetime.now(UTC)
    records: dict[str, RunRecord] = {}
    with open_observatory() as observatory:
        before = sources_in_trouble(observatory.engine)
        ours = sources_to_harvest(
            observatory, sources or [], moment, retired=include_retired, shard=shard, refuses=bool(sources)
        )
        with ours as due:
            chosen = {source.slug: source for source in due}
            states = await _look_at_all(observatory, chosen, moment, records, whole=whole)
        status = _status(observatory, moment)

    failed = {
        slug: f"{records[slug].outcome}: {records[slug].reason}" if slug in records else str(state.message)
        for slug, state in zip(chosen, states, strict=True)
        if not state.is_completed()
    }
    found = verdict(before, failed, frozenset(records), moment, is_named=bool(sources))
    rows = [records[slug].as_json() for slug in chosen if slug in records]
    _tell(found)
    await _publish(rows, status, moment)
    if found.red:
        raise HarvestFailed("; ".join(f"{slug}: {message}" for slug, message in found.red.items()), rows)
    words = f"sources looked at: {len(chosen)}" + (f" (shard {shard})" if shard else "")
    words += f"; still failing: {', '.join(found.quiet)}" if found.quiet else ""
    return Completed(message=words, data=rows)  # type: ignore[return-value]  # Prefect gives the caller its data


async def _look_at_all(
    observatory: Observatory,
    chosen: Mapping[str, Source],
    moment: datetime,
    records: dict[str, RunRecord],
    *,
    whole: bool,
) -> list[State[None]]:
    """Harvest sources, each as a task, and return the states of these; ``records`` takes in what was stored."""
    async with open_fetcher(observatory.settings, simulated_clock(observatory.settings, moment)) as fetcher:

        async def harvest_one(slug: str) -> RunRecord:
            records[slug] = await harvest_source(observatory, chosen[slug], fetcher, as_of=moment, whole=whole)
            return records[slug]

        looks = (look_at_source(slug, harvest_one, return_state=True) for slug in chosen)
        # Prefect's types say that a task called for its state gives the state; an async one gives it to be awaited.
        return await asyncio.gather(*(cast("Awaitable[State[None]]", look) for look in looks))


def _status(observatory: Observatory, moment: datetime) -> Status | None:
    """Return how the sources are, ``None`` if the database that would tell is gone: what happened is told without."""
    try:
        return observatory.patience.repeated(partial(status_of, observatory.engine, observatory.settings, moment))
    except (DBAPIError, DatabaseMoved) as error:
        log.warning("how the sources are is not published: %s", told(error))
        return None


def _tell(found: Verdict) -> None:
    """Log what is known already and no news, and emit an event for what is."""
    for slug, reason in found.quiet.items():
        get_run_logger().warning("%s: still: %s", slug, reason)
    news = {"failing": found.newly, "still-failing": found.reminded, "recovered": found.recovered}
    for what, sources in news.items():
        for slug, reason in sources.items():
            resource = {"prefect.resource.id": f"{EVENT}.{slug}", "prefect.resource.name": slug}
            emit_event(f"{EVENT}.{what}", resource=resource, payload={"source": slug, "reason": reason})


async def _publish(rows: list[dict[str, Any]], status: Status | None, moment: datetime) -> None:
    day = f"{moment:%Y-%m-%d %H:%M} UTC"
    try:
        await acreate_table_artifact(
            key=ARTIFACT_KEY,
            table=[{column: row[column] for column in ARTIFACT_COLUMNS} for row in rows],
            description=f"Looks of {day}",
        )
        if status is not None:
            words = status_markdown(status)
            await acreate_markdown_artifact(key=STATUS_KEY, markdown=words, description=f"Sources at {day}")
    except httpx.TransportError as error:
        # What was looked at is stored; the end of the flow run, which cannot be told either, says the rest.
        log.warning("Prefect's server is gone (%s): nothing is published there", error)
