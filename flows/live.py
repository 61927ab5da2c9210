"""Harvesting from live hosts (or the sandbox): plain functions that the command line and the Prefect flow share."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from flows import collecting
from flows.archived import closing
from flows.errors import told
from flows.forgotten import refuse_forgotten
from flows.keys import has_key, key_of, key_variable
from flows.left_behind import left_behind, take_in
from flows.look import Walked, finish, pages_beside, walk
from flows.nearest import did_you_mean
from flows.observatory import Observatory
from flows.settings import Settings
from flows.vouching import vouching
from flows.watching import LoggedPages, Watcher
from models.expected_queries import pages_of_last_looks
from models.records import Outcome, Page, PageFailure, RunRecord, Source
from models.run_queries import known_pages, last_good_looks
from scrapers.archive import ArchiveDamaged
from scrapers.assemble import PageGone, Reading
from scrapers.fetch import HttpFetcher
from scrapers.hosts import OnWait
from scrapers.source import discover, scraper_for
from scrapers.warc import RunWriter

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
        return [s for s in sources.values() if s.retired is None and has_key(s) and is_due(s, last_looks, now)]
    chosen = select_named(slugs, retired=retired)
    for source in chosen:
        if not has_key(source):
            how = source.key.how if source.key else ""
            raise UnknownSource(f"{source.slug} needs a key: set {key_variable(source)}. {how}".rstrip())
    return chosen


def select_named(slugs: Sequence[str], *, retired: bool) -> list[Source]:
    """Return the named sources, whether or not their keys are set.

    Raises:
        UnknownSource: if a name is unknown, or retired and ``retired`` does not allow that.
    """
    sources = discover()
    return [_named(sources, slug, retired=retired) for slug in slugs]


def _named(sources: Mapping[str, Source], slug: str, *, retired: bool) -> Source:
    source = sources.get(slug)
    if source is None:
        there_are = f"`microcred sources list` shows the {len(sources)} there are"
        raise UnknownSource(f"no source {slug!r}{did_you_mean(slug, sources)}; {there_are}")
    if source.retired is not None and not retired:
        raise UnknownSource(
            f"{slug} was retired on {source.retired}: its catalogue is no longer served. "
            f"Its history can be read from recordings: `microcred replay DIR`"
        )
    return source


def next_due(source: Source, last_look: datetime) -> datetime:
    """Return the time from which a source is due again after its last complete look."""
    return last_look + CADENCE[source.cadence] - SLACK


def is_due(source: Source, last_looks: Mapping[str, datetime], now: datetime) -> bool:
    """Whether it is time for another look at a source."""
    last = last_looks.get(source.slug)
    return last is None or now >= next_due(source, last)


def due_sources(
    observatory: Observatory, slugs: Sequence[str], now: datetime, *, retired: bool = False
) -> list[Source]:
    """Return the sources to harvest at ``now`` (see ``select``), judged by the runs in the database.

    Raises:
        UnknownSource: as ``select``.
        SourceForgotten: if one of those named was forgotten on request.
    """
    gone = observatory.forgotten()
    refuse_forgotten(slugs, gone)
    chosen = select(slugs, looks_until(observatory.engine, now), now, retired=retired)
    return [source for source in chosen if source.slug not in gone]


def looks_until(engine: Engine, now: datetime) -> dict[str, datetime]:
    """Return the last good look of each source as the clock says now.

    Looks of a time that is yet to come are left out, and said in the log: else a clock that was once ahead would keep
    a source from being looked at until that time.
    """
    looks = last_good_looks(engine)
    ahead = sorted(slug for slug, at in looks.items() if at > now + SLACK)
    if not ahead:
        return looks
    log.warning(
        "looks later than %s are stored of %s: either clock is wrong; they do not count for what is due",
        f"{now:%Y-%m-%d %H:%M}", ", ".join(ahead),
    )  # fmt: skip
    return last_good_looks(engine, now + SLACK)


@asynccontextmanager
async def open_fetcher(settings: Settings, clock: Callable[[], datetime] | None = None) -> AsyncIterator[HttpFetcher]:
    """Open the one HTTP client of this process: paces and robots decisions are kept per host across sources."""
    fetcher = HttpFetcher(
        contact=settings.contact,
        clock=clock or (lambda: datetime.now(UTC)),
        loopback_port=settings.loopback_port,
    )
    with collecting.seldom():
        async with fetcher:
            yield fetcher


async def harvest_source(
    observatory: Observatory,
    source: Source,
    fetcher: HttpFetcher,
    *,
    as_of: datetime,
    on_page: Callable[[Page | PageFailure], None] | None = None,
    on_wait: OnWait | None = None,
    whole: bool = False,
) -> RunRecord:
    """Harvest one source now and return the record of the run, whatever its outcome.

    What a run that was killed left in the archive is taken in first; if that was the look of this very time, it is the
    run that is returned, and nothing is asked.

    Args:
        observatory: where it is stored.
        source: the declaration.
        fetcher: asks the hosts.
        as_of: aware time the look speaks for.
        on_page: told of every page and every failure; if left out, the log says now and then how far it is.
        on_wait: told the host and the seconds when a request waits.
        whole: ask for every page, whatever signals say of it.

    Raises:
        Exception: only if the archive or the database cannot be written; nothing of the run is stored then.
    """
    started_at = datetime.now(UTC)
    # Loading a scraper and asking the database would hold up the requests of other sources.
    scraper = await asyncio.to_thread(scraper_for, source, as_of.date())
    patiently = observatory.patience.repeated
    left = await asyncio.to_thread(patiently, partial(left_behind, observatory, source.slug))
    for run in left.whole:
        record = await asyncio.to_thread(take_in, observatory, source, run)
        if record.as_of == as_of:
            return record
    known = await asyncio.to_thread(patiently, partial(known_pages, observatory.engine, source.slug))
    may_skip = await asyncio.to_thread(patiently, partial(vouching, observatory, scraper, as_of, whole=whole))
    secret = key_of(source)
    with pages_beside(observatory, source, as_of.date()) as beside:
        with observatory.run_writer(source.slug, as_of, secret=secret, agent=fetcher.agent) as writer:
            async with fetcher.run(
                source, writer=writer, archive=observatory.archive, known=known, secret=secret,
                on_page=on_page or LoggedPages(source.slug), on_wait=on_wait, vouching=may_skip, left=left.bodies,
            ) as fetch:  # fmt: skip
                walked = await walk(scraper, fetch, Reading(scraper, partial(_body_of, observatory)), beside)
                walked = replace(walked, signals=fetch.signals)
            # The file is whole and on disk, and where the archive is, before anything of the run enters the database.
            await asyncio.to_thread(_close, writer, walked, as_of=as_of, started_at=started_at)
        return await finish(observatory, scraper, walked, as_of=as_of, started_at=started_at, beside=beside)


def _close(writer: RunWriter, walked: Walked, *, as_of: datetime, started_at: datetime) -> None:
    writer.close(closing(walked, as_of=as_of, started_at=started_at))
    writer.deliver()


def _body_of(observatory: Observatory, page: Page) -> bytes:
    assert page.place is not None
    try:
        return observatory.archive.body(page.place)
    except ArchiveDamaged as error:
        raise PageGone(f"damaged in the archive: {error}") from error


async def harvest_sources(
    observatory: Observatory,
    sources: Iterable[Source],
    *,
    as_of: datetime,
    watcher: Watcher | None = None,
    whole: bool = False,
) -> list[RunRecord]:
    """Harvest several sources at once, each host at its own pace; one bad source never costs the rest.

    Args:
        observatory: where they are stored.
        sources: which.
        as_of: aware time the looks speak for.
        watcher: told how far each source is.
        whole: ask for every page, whatever signals say of it.
    """
    expected = pages_of_last_looks(observatory.engine) if watcher is not None else {}

    async def one(source: Source) -> RunRecord:
        slug = source.slug
        if watcher is not None:
            watcher.begun(slug, expected.get(slug))
        on_page = partial(watcher.page, slug) if watcher is not None else None
        on_wait = partial(watcher.waits, slug) if watcher is not None else None
        try:
            record = await harvest_source(
                observatory, source, fetcher, as_of=as_of, on_page=on_page, on_wait=on_wait, whole=whole
            )  # fmt: skip
        except Exception as error:
            # Where a store cannot be reached, lines of code tell nobody anything.
            log.exception("%s: the run could not be stored", slug, exc_info=not is_of_a_store(error))
            record = unstored(source, as_of, error)
        if watcher is not None:
            watcher.ended(record)
        return record

    async with open_fetcher(observatory.settings, clock=simulated_clock(observatory.settings, as_of)) as fetcher:
        return list(await asyncio.gather(*(one(source) for source in sources)))


def simulated_clock(settings: Settings, as_of: datetime) -> Callable[[], datetime] | None:
    """Return a clock that stands at ``as_of`` if the pages come from a sandbox, whose days are not ours."""
    return (lambda: as_of) if settings.loopback_port is not None else None


def unstored(source: Source, as_of: datetime, error: Exception) -> RunRecord:
    """Return the record of a run that the database does not know because storing it failed."""
    return RunRecord(source=source.slug, as_of=as_of, outcome=Outcome.FAILED, reason=why_not_stored(source.slug, error))


def why_not_stored(slug: str, error: Exception) -> str:
    """Return in words why a run is not in the database, and what to do."""
    if not is_of_a_store(error):
        return f"not stored: {type(error).__name__}: {error}"
    return f"not stored: {told(error)}; then `microcred harvest {slug}` takes in what is in the archive of it"


def is_of_a_store(error: Exception) -> bool:
    """Whether the database, or where the archive lies, could not be reached or written."""
    return isinstance(error, OSError | DBAPIError)
