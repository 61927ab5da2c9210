"""One look at one source, from the first page to the last row. Plain functions: no Prefect here.

``walk`` brings pages home (each is archived before it is seen here), ``read`` makes typed programmes of them,
``conclude`` judges the run and hands it to the store.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Protocol

from flows import collecting
from flows.classifying import Rules
from flows.kept_readings import KeptReadings
from flows.observatory import Observatory, code_version
from flows.reading_beside import PagesBeside
from models.history import Readings
from models.judge import judge
from models.records import Harvested, Listing, Origin, Page, PageFailure, Problem, Programme, RunRecord, Source
from models.run_queries import previous_look
from normalise.conversions import in_force_alike
from normalise.people import impersonal, without_contacts
from normalise.programme import normalise
from scrapers.assemble import Reading, parse
from scrapers.scraper import Fetch, PageFailed, Scraper, SourceBlocked
from scrapers.warc import ArchiveNotWritten

log = logging.getLogger(__name__)

READ_AT_ONCE_BYTES = 128 * 1024
"""Pages up to this size are read between two requests; a thread for each would cost more than most take."""


class RecordingFetch(Fetch, Protocol):
    """A ``Fetch`` that also tells where its pages come from and, after the walk, what happened during it."""

    origin: Origin
    failures: list[PageFailure]
    problems: list[Problem]
    incomplete_reasons: list[str]
    robots: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Walked:
    """What a walk over a catalogue brought home: pages, and why there are no more.

    ``incomplete`` holds the reasons why the walk cannot have seen everything, apart from failed pages.
    ``origin`` says where the pages come from. ``reading`` holds what was read on the way, of pages that were let go.
    """

    pages: tuple[Page, ...]
    failures: tuple[PageFailure, ...] = ()
    problems: tuple[Problem, ...] = ()
    blocked: str | None = None
    incomplete: tuple[str, ...] = ()
    robots: Mapping[str, str] = field(default_factory=dict)
    origin: Origin = Origin.LIVE
    reading: Reading | None = None
    signals: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


async def walk(
    scraper: Scraper, fetch: RecordingFetch, reading: Reading | None = None, beside: PagesBeside | None = None
) -> Walked:
    """Walk the catalogue to its end or to where it breaks off. Never raises for anything the source does.

    Args:
        scraper: knows the way.
        fetch: brings the pages.
        reading: takes in each page as it comes; then the pages of the walk are returned without their bodies.
        beside: may have pages read elsewhere meanwhile.

    Raises:
        ArchiveNotWritten: if what came could not be archived, which is no fault of the source.
    """
    pages: list[Page] = []
    blocked: str | None = None
    broken_off: list[str] = []
    try:
        async for page in scraper.pages(fetch):
            kept = page if reading is None else await _taken_in(reading, page, beside)
            pages.append(kept)
    except SourceBlocked as error:
        blocked = str(error)
    except PageFailed:
        # The page is among the failures already; this says that what comes after it was never asked for.
        broken_off.append("the walk broke off at a failed page")
    except ArchiveNotWritten:
        raise
    except Exception as error:
        # Whatever a page makes a scraper do must cost this source only, and be told apart from the host's refusal.
        log.warning("%s: the walk crashed", scraper.source.slug, exc_info=True)
        broken_off.append(f"the walk crashed: {type(error).__name__}: {error}")
    return Walked(
        pages=tuple(pages),
        failures=tuple(fetch.failures),
        problems=tuple(fetch.problems),
        blocked=blocked,
        incomplete=(*broken_off, *fetch.incomplete_reasons),
        robots=dict(fetch.robots),
        origin=fetch.origin,
        reading=reading,
    )


async def _taken_in(reading: Reading, page: Page, beside: PagesBeside | None) -> Page:
    """Read a page now, unless another process does; a large one in a thread, so that other sources' requests go on."""
    if beside is not None:
        beside.pages += 1
    if beside is not None and not page.unchanged and reading.can_wait(page) and beside.take(page):
        bare = reading.take(page, later=True)
    elif len(page.body) > READ_AT_ONCE_BYTES:
        bare = await asyncio.to_thread(reading.take, page)
    else:
        bare = reading.take(page)
    if beside is not None and beside.has_taken:
        for read_here, entries in reading.hand_over():
            beside.take_read(read_here, entries)
    return bare


def read(scraper: Scraper, walked: Walked, on: date, kept: KeptReadings | None = None) -> Harvested:
    """Parse and normalise the pages of a walk. Pure, but for what is kept of it.

    Args:
        scraper: reads the pages.
        walked: the walk.
        on: picks the rows of dated conversion tables.
        kept: what the same code has read before on such a day; what is read now is added.
    """
    parsed = parse(scraper, walked.pages) if walked.reading is None else walked.reading.parsed(kept)
    programmes: list[Programme] = []
    problems = [impersonal(problem) for problem in (*walked.problems, *parsed.problems)]
    # A listing is let go as soon as its programme is made: a run would hold both of its whole catalogue.
    listings = deque(parsed.listings)
    parsed = replace(parsed, listings=())
    while listings:
        programme, found = _normalised(scraper, listings.popleft(), on, kept)
        programmes.append(programme)
        problems.extend(found)
    return Harvested(
        pages=walked.pages,
        failures=(*walked.failures, *parsed.failures),
        programmes=tuple(programmes),
        problems=tuple(problems),
        duplicates=parsed.duplicates,
        rejected=parsed.rejected,
        blocked=walked.blocked,
        crashed=without_contacts("; ".join((*walked.incomplete, *parsed.incomplete))) or None,
        robots=walked.robots,
        origin=walked.origin,
        signals=walked.signals,
    )


def _normalised(
    scraper: Scraper, listing: Listing, on: date, kept: KeptReadings | None
) -> tuple[Programme, Sequence[Problem]]:
    known = kept.programme(listing) if kept is not None else None
    if known is not None:
        return known
    programme, problems = normalise(listing, scraper.source, on)
    if kept is not None:
        kept.keep_programme(listing, programme, problems)
    return programme, problems


def conclude(
    observatory: Observatory,
    source: Source,
    harvested: Harvested,
    *,
    as_of: datetime,
    started_at: datetime,
    finished_at: datetime | None = None,
    accepted_reason: str | None = None,
    corrected: Readings | None = None,
    made: Mapping[bytes, bytes] | None = None,
) -> RunRecord:
    """Judge a run against the last complete look before it and store it in one transaction.

    That is done again if the database was gone meanwhile; a run that did arrive is found, and not stored twice.

    Args:
        observatory: where it is stored.
        source: the declaration.
        harvested: what the run brought home.
        as_of: aware time the look speaks for.
        started_at: when the work began.
        finished_at: when it ended; now if left out.
        accepted_reason: why a person vouches for the run although a gate holds it back.
        corrected: what the same look had read before, if its pages were read again.
        made: what the rules of classification made elsewhere of what was brought home (``flows.classifying.Rules``).

    Raises:
        RunExists: if a run with other pages is stored at that time.
        DBAPIError: if the database cannot be written, or is gone for longer than there is patience.
    """

    def store() -> RunRecord:
        with observatory.writing:
            before = previous_look(observatory.engine, source.slug, as_of, harvested)
            judgement = judge(source, harvested, before, code_version=code_version())
            return observatory.store.record_run(
                source,
                as_of,
                harvested,
                judgement,
                started_at=started_at,
                finished_at=finished_at or datetime.now(UTC),
                code_version=code_version(),
                accepted_reason=accepted_reason,
                classifier=Rules(source, made),
                corrected=corrected,
                reads_alike=_reading_as_on(source, as_of),
            )

    return observatory.patience.repeated(store)


def _reading_as_on(source: Source, as_of: datetime) -> Callable[[datetime], bool]:
    """Return the question whether today's code reads words of another time as it does those of ``as_of``."""

    def reads_alike(then: datetime) -> bool:
        before, now = then.date(), as_of.date()
        return source.format_on(before) == source.format_on(now) and in_force_alike(before, now)

    return reads_alike


def _nothing_new(
    observatory: Observatory, source: Source, walked: Walked, *, as_of: datetime, started_at: datetime
) -> RunRecord | None:
    """Store a walk on whose pages nothing is new without reading them; ``None`` if they must be read."""
    if not source.complete or walked.blocked or walked.failures or walked.incomplete or not walked.pages:
        return None

    harvested = Harvested(
        pages=walked.pages, problems=walked.problems, robots=walked.robots, origin=walked.origin, signals=walked.signals
    )

    def store() -> RunRecord | None:
        with observatory.writing:
            return observatory.store.record_unchanged(
                source, as_of, harvested,
                reads_alike=_reading_as_on(source, as_of), started_at=started_at, code_version=code_version(),
            )  # fmt: skip

    return observatory.patience.repeated(store)


def pages_beside(observatory: Observatory, source: Source, on: date) -> PagesBeside:
    """Return what may have pages of a walk read in another process."""
    return PagesBeside(
        observatory.reader, source.slug, on, readings=_readings_file(observatory, source), code_version=code_version()
    )


def _kept_readings(observatory: Observatory, scraper: Scraper, on: date) -> KeptReadings:
    file = _readings_file(observatory, scraper.source)
    return KeptReadings(file, code_version=code_version(), form=scraper.format, on=on)


def _readings_file(observatory: Observatory, source: Source) -> Path:
    return observatory.settings.readings_dir / f"{source.slug}.sqlite"


async def finish(
    observatory: Observatory,
    scraper: Scraper,
    walked: Walked,
    *,
    as_of: datetime,
    started_at: datetime,
    beside: PagesBeside | None = None,
) -> RunRecord:
    """Read, judge and store what a walk brought home; in a thread, so that other sources' requests go on meanwhile.

    Of a walk that was read on its way, readings are kept for the next look; those made ``beside`` it are used.
    """
    if beside is not None:
        await beside.all_read()
    unchanged = partial(_nothing_new, observatory, scraper.source, walked, as_of=as_of, started_at=started_at)
    record = await asyncio.to_thread(unchanged)
    if record is not None:
        return record
    harvested, read_now = await asyncio.to_thread(_read_with_kept, observatory, scraper, walked, as_of.date())
    made = None
    if beside is not None:
        made = await beside.all_made(read_now)
        beside.let_go()
    storing = partial(conclude, observatory, scraper.source, harvested, as_of=as_of, started_at=started_at, made=made)
    return await asyncio.to_thread(storing)


def _read_with_kept(
    observatory: Observatory, scraper: Scraper, walked: Walked, on: date
) -> tuple[Harvested, Sequence[Programme]]:
    """Return what a walk brought home, and the programmes that no earlier look, nor another process, had read."""
    if walked.reading is None:
        return read(scraper, walked, on), ()
    with _kept_readings(observatory, scraper, on) as kept:
        harvested = read(scraper, walked, on, kept)
    collecting.pass_over_what_is_there()
    return harvested, kept.added
