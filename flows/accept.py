"""Accepting a run that a gate held back: its archived pages are read again and loaded, with the reason on record."""

from __future__ import annotations

from datetime import UTC, datetime

from flows.archived import walked_again, whole_run
from flows.decisions import Acceptance
from flows.look import conclude, read
from flows.observatory import Observatory
from models.records import RunRecord
from models.run_queries import suspect_runs
from scrapers.archive import ArchiveDamaged
from scrapers.source import discover, scraper_for


class NothingToAccept(ValueError):
    """There is no suspect run of that source at that time. The message lists those there are."""


def accept(observatory: Observatory, slug: str, *, reason: str, as_of: datetime | None = None) -> RunRecord:
    """Load a suspect run after all and return its record.

    Args:
        observatory: where it waits.
        slug: the source.
        reason: why the run is right although a gate failed; kept beside the run and in the archive.
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
    run = whole_run(observatory.archive, slug, moment)
    if run is None:
        raise ArchiveDamaged(f"the archive holds no run of {slug} at {moment:%Y-%m-%dT%H:%M:%SZ}")
    source = discover()[slug]
    walked = walked_again(observatory.archive, run, strict=True)
    harvested = read(scraper_for(source, moment.date()), walked, moment.date())
    accepted = Acceptance(source=slug, as_of=moment, reason=reason, decided_at=datetime.now(UTC))
    observatory.decisions.accept(accepted)
    return conclude(
        observatory, source, harvested, as_of=moment, started_at=accepted.decided_at, accepted_reason=reason
    )
