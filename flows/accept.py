"""Accepting a run that a gate held back: its archived pages are read again and loaded, with the reason on record."""

from __future__ import annotations

from datetime import UTC, datetime

from flows.look import Walked, conclude, read
from flows.observatory import Observatory
from models.records import Page, RunRecord
from models.run_queries import StoredRun, stored_run, suspect_runs
from scrapers.source import discover, scraper_for


class NothingToAccept(ValueError):
    """There is no suspect run of that source at that time. The message lists those there are."""


def accept(observatory: Observatory, slug: str, *, reason: str, as_of: datetime | None = None) -> RunRecord:
    """Load a suspect run after all and return its record.

    Args:
        slug: the source.
        reason: why the run is right although a gate failed; kept beside the run.
        as_of: aware time of the run; the latest suspect run of the source if left out.

    Raises:
        NothingToAccept: if no such run waits.
        ArchiveDamaged: if its pages cannot be read back; nothing is changed then.
    """
    waiting = suspect_runs(observatory.engine, slug)
    moment = as_of or (max(waiting) if waiting else None)
    if moment is None or moment not in waiting:
        there_are = ", ".join(f"{t:%Y-%m-%dT%H:%M:%SZ}" for t in waiting) or "none"
        raise NothingToAccept(f"no suspect run of {slug} to accept; waiting: {there_are} (`microcred status`)")
    source = discover()[slug]
    run = stored_run(observatory.engine, slug, moment)
    harvested = read(scraper_for(source, moment.date()), walked_again(observatory, run), moment.date())
    return conclude(observatory, source, harvested, as_of=moment, started_at=datetime.now(UTC), accepted_reason=reason)


def walked_again(observatory: Observatory, run: StoredRun) -> Walked:
    """Return the walk of a stored run, its pages from the archive and its failures from the database."""
    pages = tuple(
        Page(
            url=c.url,
            final_url=c.final_url,
            at=c.at,
            status=c.status,
            content_type=c.content_type,
            body=observatory.archive.body(c.place),
            digest=c.digest,
            place=c.place,
        )
        for c in run.captures
    )
    return Walked(pages=pages, failures=run.failures, robots=run.robots, incomplete=run.incomplete)
