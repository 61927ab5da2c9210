"""Harvesting from live hosts (or the sandbox): plain functions that the command line and the Prefect flow share."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

from flows.archived import closing
from flows.look import finish, walk
from flows.observatory import Observatory
from flows.settings import KEY_PREFIX, Settings, key
from models.records import Outcome, Page, PageFailure, RunRecord, Source
from models.run_queries import known_pages, last_good_looks
from scrapers.fetch import HttpFetcher
from scrapers.source import discover, scraper_for

log = logging.getLogger(__name__)

CADENCE: Mapping[str, timedelta] = {
    "daily": timedelta(days=1),
    "weekly": timedelta(days=7),
    "monthly": timedelta(days=28),
    "quarterly": timedelta(days=91),
}
SLACK = timedelta(hours=12)
"""A schedule that fires a little early must not wait a whole cadence more."""

FAILING = frozenset({Outcome.FAILED, Outcome.BLOCKED, Outcome.SUSPECT})
"""Outcomes that somebody has to look at: a command that meets one exits with 1."""


class UnknownSource(ValueError):
    """A source was named that does not exist or cannot be harvested now. The message says what can be done."""


def select(slugs: Sequence[str], last_looks: Mapping[str, datetime], now: datetime, *, retired: bool) -> list[Source]:
    """Return the named sources, or all that are due at ``now`` if none is named.

    Args:
        slugs: sources asked for by name; empty for all that are due.
        last_looks: time of the last complete look of each source that has one.
        now: aware time that decides what is due.
        retired: whether retired sources may be named too (their hosts answer no more; the sandbox does).

    Raises:
        UnknownSource: if a name is unknown, retired, or lacks its key.
    """
    sources = discover()
    if not slugs:
        return [s for s in sources.values() if s.retired is None and _has_key(s) and _is_due(s, last_looks, now)]
    return [_named(sources, slug, retired=retired) for slug in slugs]


def _named(sources: Mapping[str, Source], slug: str, *, retired: bool) -> Source:
    source = sources.get(slug)
    if source is None:
        raise UnknownSource(f"no source {slug!r}; `microcred sources list` shows the {len(sources)} there are")
    if source.retired is not None and not retired:
        raise UnknownSource(
            f"{slug} was retired on {source.retired}: its catalogue is no longer served. "
            f"Its history can be read from recordings: `microcred replay DIR`"
        )
    if not _has_key(source):
        how = source.key.how if source.key else ""
        raise UnknownSource(f"{slug} needs a key: set {KEY_PREFIX}{source.needs_key.upper()}. {how}".rstrip())
    return source


def _has_key(source: Source) -> bool:
    return not source.needs_key or key(source.needs_key) is not None


def _is_due(source: Source, last_looks: Mapping[str, datetime], now: datetime) -> bool:
    last = last_looks.get(source.slug)
    return last is None or now - last >= CADENCE[source.cadence] - SLACK


def due_sources(
    observatory: Observatory, slugs: Sequence[str], now: datetime, *, retired: bool = False
) -> list[Source]:
    """Return the sources to harvest at ``now`` (see ``select``), judged by the runs in the database."""
    return select(slugs, last_good_looks(observatory.engine), now, retired=retired)


@asynccontextmanager
async def open_fetcher(settings: Settings, clock: Callable[[], datetime] | None = None) -> AsyncIterator[HttpFetcher]:
    """Open the one HTTP client of this process: paces and robots decisions are kept per host across sources."""
    async with HttpFetcher(
        contact=settings.contact,
        clock=clock or (lambda: datetime.now(UTC)),
        loopback_port=settings.loopback_port,
    ) as fetcher:
        yield fetcher


async def harvest_source(
    observatory: Observatory,
    source: Source,
    fetcher: HttpFetcher,
    *,
    as_of: datetime,
    on_page: Callable[[Page | PageFailure], None] | None = None,
) -> RunRecord:
    """Harvest one source now and return the record of the run, whatever its outcome.

    Raises:
        Exception: only if the archive or the database cannot be written; nothing of the run is stored then.
    """
    started_at = datetime.now(UTC)
    scraper = scraper_for(source, as_of.date())
    known = known_pages(observatory.engine, source.slug)
    secret = key(source.needs_key) if source.needs_key else None
    with observatory.run_writer(source.slug, as_of, secret=secret) as writer:
        fetch = fetcher.run(
            source, writer=writer, archive=observatory.archive, known=known, on_page=on_page, secret=secret
        )
        walked = await walk(scraper, fetch)
        # The file is whole and on disk before anything of the run enters the database.
        writer.close(closing(walked, as_of=as_of, started_at=started_at))
    return await finish(observatory, scraper, walked, as_of=as_of, started_at=started_at)


async def harvest_sources(
    observatory: Observatory,
    sources: Iterable[Source],
    *,
    as_of: datetime,
    on_page: Callable[[str, Page | PageFailure], None] | None = None,
    on_record: Callable[[RunRecord], None] | None = None,
) -> list[RunRecord]:
    """Harvest several sources at once, each host at its own pace; one bad source never costs the rest."""

    async def one(source: Source) -> RunRecord:
        def told(page: Page | PageFailure) -> None:
            if on_page is not None:
                on_page(source.slug, page)

        try:
            record = await harvest_source(observatory, source, fetcher, as_of=as_of, on_page=told)
        except Exception as error:
            log.exception("%s: the run could not be stored", source.slug)
            record = unstored(source, as_of, error)
        if on_record is not None:
            on_record(record)
        return record

    async with open_fetcher(observatory.settings, clock=simulated_clock(observatory.settings, as_of)) as fetcher:
        return list(await asyncio.gather(*(one(source) for source in sources)))


def simulated_clock(settings: Settings, as_of: datetime) -> Callable[[], datetime] | None:
    """Return a clock that stands at ``as_of`` if the pages come from a sandbox, whose days are not ours."""
    return (lambda: as_of) if settings.loopback_port is not None else None


def unstored(source: Source, as_of: datetime, error: Exception) -> RunRecord:
    """Return the record of a run that the database does not know because storing it failed."""
    reason = f"not stored: {type(error).__name__}: {error}"
    return RunRecord(source=source.slug, as_of=as_of, outcome=Outcome.FAILED, reason=reason)
