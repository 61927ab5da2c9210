"""Backfill as a Prefect flow, to be triggered by hand; deployed by ``prefect.yaml``. All work: ``flows.backfill``."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from prefect import flow, task
from prefect.artifacts import create_table_artifact
from prefect.cache_policies import NO_CACHE

from flows.backfill import backfill as make_looks
from flows.backfill_plan import plan_backfill
from flows.declared import named
from flows.live import FAILING
from flows.observatory import open_observatory
from flows.settings import Settings
from flows.spreading import spread
from flows.web_archives import ArchiveChoice, Via, open_holdings, warc_files
from scrapers.source import discover
from scrapers.webarchives.looks import Every

ARTIFACT_KEY = "backfill-looks"
ARTIFACT_COLUMNS = ("source", "as_of", "outcome", "listings", "new", "changed", "problems", "reason")


class BackfillFailed(Exception):
    """A look failed, is suspect or could not be finished, or the archive refused; the message says which and why."""


@flow(name="backfill")
def backfill(
    sources: list[str],
    since: date,
    until: date | None = None,
    *,
    via: Via = "wayback",
    every: Every = "month",
    files: list[str] | None = None,
    jobs: int = 1,
) -> list[dict[str, Any]]:
    """Bring in the past of sources from a web archive.

    Captures in files are read by workers, a source each. An archive on the internet is asked for one source after
    another: all of them are one host to it.

    Args:
        sources: slugs.
        since: the first day to look at (UTC).
        until: the last one; today if left out.
        via: which archive to ask.
        every: of which period there is one look at most.
        files: WARC or WACZ files, or folders of them, on the machines of the workers, instead of an archive.
        jobs: how many processes read files, unless there is a Dask cluster to join.

    Returns:
        One run record a look, as JSON values.

    Raises:
        ValueError: if there is no such source.
        BackfillFailed: at the end, if something needs attention. All other looks are stored by then.
    """
    named(sources)
    last = until or datetime.now(UTC).date()
    asked = {"since": since, "until": last, "via": via, "every": every, "files": files or []}
    pieces = {slug: {"slug": slug, **asked} for slug in sources}
    settings = Settings()
    if files and (jobs > 1 or settings.engine == "dask"):
        made = spread(settings, jobs, backfill_source, pieces)
    else:
        made = {
            slug: backfill_source(**piece, return_state=True).result(raise_on_failure=False)
            for slug, piece in pieces.items()
        }
    rows = [row for one in made.values() if isinstance(one, Looked) for row in one.rows]
    create_table_artifact(
        key=ARTIFACT_KEY,
        table=[{column: row[column] for column in ARTIFACT_COLUMNS} for row in rows],
        description=f"{', '.join(sources)}: looks of {since} to {last} from captures",
    )
    wrong = [f"{slug}: {words}" for slug, one in made.items() for words in _wrong(one)]
    if wrong:
        raise BackfillFailed("; ".join(wrong))
    return rows


@dataclass(frozen=True, slots=True)
class Looked:
    """The looks of a source: their run records as JSON values, and in words what needs attention."""

    rows: list[dict[str, Any]]
    wrong: list[str]


@task(task_run_name="backfill-{slug}", cache_policy=NO_CACHE, persist_result=False)
def backfill_source(slug: str, *, since: date, until: date, via: Via, every: Every, files: list[str]) -> Looked:
    """Make and store the looks of one source, on whichever machine this is; those that are stored are left alone."""
    return asyncio.run(
        _looked(slug, since, until, every, ArchiveChoice(via=via, files=warc_files(tuple(map(Path, files)))))
    )


async def _looked(slug: str, since: date, until: date, every: Every, choice: ArchiveChoice) -> Looked:
    source = discover()[slug]
    with open_observatory() as observatory:
        async with open_holdings(observatory.settings, choice, source) as holdings:
            plan = await plan_backfill(source, holdings, since=since, until=until, every=every)
            done = await make_looks(observatory, source, holdings, plan)
    wrong = [f"{run.as_of:%Y-%m-%d}: {run.outcome}: {run.reason}" for run in done.runs if run.outcome in FAILING]
    wrong += [f"{as_of:%Y-%m-%d}: unfinished: {reason}" for as_of, reason in done.unfinished]
    wrong += [done.ended] if done.ended else []
    return Looked([run.as_json() for run in done.runs], wrong)


def _wrong(one: Looked | Exception) -> list[str]:
    return one.wrong if isinstance(one, Looked) else [f"{type(one).__name__}: {one}"]
