"""What a run that was killed left in the archive, and what the next look at the source makes of it.

A file that was closed is a whole look: it is stored as it is, and nothing is asked for again. A file that broke off is
no look, but the bodies in it are archived: the next look refers to them instead of writing them a second time
(docs/decisions/0029). Whoever calls this keeps all others from the source (``flows.sharding``): the file of a run that
is under way looks the same.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from flows.archived import ArchivedRun, archived_run, walked_again
from flows.look import conclude, read
from flows.observatory import Observatory
from models.records import ArchivePlace, Origin, RunRecord, Source
from models.run_queries import stored_runs
from scrapers.archive import Archive, ArchiveDamaged
from scrapers.source import scraper_for

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class LeftBehind:
    """Live runs of a source that the archive holds and the database does not know, later than all it knows.

    ``whole`` are those that came to their end, oldest first. ``bodies`` are where bodies of the others lie, by the
    address that was asked for and the digest.
    """

    whole: tuple[ArchivedRun, ...]
    bodies: Mapping[tuple[str, str], ArchivePlace]


def left_behind(observatory: Observatory, slug: str) -> LeftBehind:
    """Return what was left behind of a source.

    A database that knows no run of a source of which several are in the archive is a new one beside an old archive:
    they are left to ``microcred rebuild``, and the log says so.
    """
    archive = observatory.archive
    last = max(stored_runs(observatory.engine, slug), default=None)
    runs = sorted(_later(archive, slug, last), key=lambda run: run.closed_at)
    whole = tuple(run for run in runs if run.is_whole)
    if last is None and len(whole) > 1:
        log.warning(
            "%s: the archive holds %d runs that this database does not know: `microcred rebuild` takes them in",
            slug, len(whole),
        )  # fmt: skip
        whole = ()
    return LeftBehind(whole, dict(_bodies(archive, (run.file for run in runs if not run.is_whole))))


def take_in(observatory: Observatory, source: Source, run: ArchivedRun) -> RunRecord:
    """Store a run that came to its end and was never stored; nothing is asked of its hosts.

    Raises:
        Exception: if the archive cannot be read or the database not be written; nothing of the run is stored then.
    """
    day = run.as_of.date()
    harvested = read(scraper_for(source, day), walked_again(observatory.archive, run), day)
    pages = tuple(replace(page, body=b"") for page in harvested.pages)
    log.warning("%s: the run of %s was archived and not stored: it is now", source.slug, f"{run.as_of:%Y-%m-%d %H:%M}")
    return conclude(observatory, source, replace(harvested, pages=pages), as_of=run.as_of, started_at=run.started_at)


def _later(archive: Archive, slug: str, last: datetime | None) -> Iterator[ArchivedRun]:
    since = "" if last is None else f"{slug}-{last.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    for file in archive.files(slug):
        if file.rpartition("/")[2] < since:
            continue
        with suppress(ArchiveDamaged):
            run = archived_run(archive, slug, file)
            if run.origin is Origin.LIVE and (last is None or run.as_of > last):
                yield run


def _bodies(archive: Archive, files: Iterable[str]) -> Iterator[tuple[tuple[str, str], ArchivePlace]]:
    for file in files:
        with suppress(ArchiveDamaged):  # all before the record that was cut have been given
            for capture in archive.read_run(file):
                if capture.purpose == "page" and capture.original is None and capture.truncated is None:
                    yield (capture.url, capture.digest), capture.place
