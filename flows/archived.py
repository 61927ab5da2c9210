"""Runs as they lie in the archive: what closes their file, and a walk made of a file again, without a network.

The pages of a run, the order of its walk and all it met are in its WARC file (``scrapers.run_record``), but for pages
that a signal vouched for: their bodies lie in the files of earlier runs, which the record names. Added here is
what only ``flows`` knows: the time the look speaks for, when the work began, and where the pages come from. Files that
were written before these were kept tell less: then the time in their name is that of the look, the work began when it
ended, and the walk is all pages of the file in the order fetched, among them those no scraper reads.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from flows.look import Walked
from models.records import Origin, Page, PageFailure
from scrapers.archive import Archive, ArchiveDamaged, Ending
from scrapers.run_record import WalkedPage, closing_record, failures_in, pages_in, problems_in
from scrapers.vouching import vouched_page

BROKE_OFF = "the run broke off before its end"
FAILURES_UNTOLD = "the file of the run does not tell which pages failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivedRun:
    """A run whose pages lie in ``file``. Times are aware.

    ``as_of`` is what the look speaks for. ``closed_at`` is when the walk was over by the clock of the machine; runs
    enter the database in the order of these times. ``is_whole`` is false if the run broke off: it was never stored.
    """

    source: str
    file: str
    as_of: datetime
    origin: Origin
    started_at: datetime
    closed_at: datetime
    is_whole: bool


def closing(walked: Walked, *, as_of: datetime, started_at: datetime) -> dict[str, Any]:
    """Return what closes the file of a run: everything about it that is not on its pages, as JSON values."""
    return closing_record(
        pages=walked.pages,
        failures=walked.failures,
        problems=walked.problems,
        robots=walked.robots,
        incomplete=walked.incomplete,
        blocked=walked.blocked,
        signals=walked.signals,
    ) | {"as_of": as_of.isoformat(), "started_at": started_at.isoformat(), "origin": walked.origin.value}


def archived_run(archive: Archive, source: str, file: str) -> ArchivedRun:
    """Return what a file says of its run.

    Raises:
        ArchiveDamaged: if it does not say of which time it is.
    """
    ending = archive.ending(file)
    told = ending.summary if ending else {}
    info: Mapping[str, str] = {}
    if "as_of" not in told:
        info = archive.info(file)
    try:
        as_of = datetime.fromisoformat(told.get("as_of") or info["started"])
    except (KeyError, ValueError) as error:
        raise ArchiveDamaged(f"{file}: it does not say of which time the run is: {error}") from error
    closed_at = ending.at if ending else as_of
    return ArchivedRun(
        source=source,
        file=file,
        as_of=as_of,
        origin=_origin(told, info),
        started_at=datetime.fromisoformat(told["started_at"]) if "started_at" in told else closed_at,
        closed_at=closed_at,
        is_whole=ending is not None,
    )


def whole_run(archive: Archive, source: str, as_of: datetime) -> ArchivedRun | None:
    """Return the run of a source at a time that came to its end, the first of several, or ``None``."""
    runs = (archived_run(archive, source, file) for file in _files_of(archive, source, as_of))
    found = [run for run in runs if run.is_whole and run.as_of == as_of]
    return min(found, key=lambda run: run.closed_at, default=None)


def pages_kept(archive: Archive, source: str, as_of: datetime) -> dict[tuple[str, datetime], Callable[[], Page]] | None:
    """Return the pages in files of a run that broke off, by the address asked for and the time they were answered.

    ``None`` if there is no such file. What follows a damaged record is left out: it can be asked for again.
    """
    files = [file for file in _files_of(archive, source, as_of) if archive.ending(file) is None]
    if not files:
        return None
    kept: dict[tuple[str, datetime], Callable[[], Page]] = {}
    for file in files:
        try:
            for capture in archive.read_run(file):
                if capture.purpose == "page":
                    kept[capture.url, capture.at] = capture.page
        except ArchiveDamaged:
            continue
    return kept


def walked_again(archive: Archive, run: ArchivedRun, *, strict: bool = False) -> Walked:
    """Return the walk of an archived run; a page that is damaged in the archive is a failed page.

    Raises:
        ArchiveDamaged: if there is such a page and ``strict`` is true, or the file is gone.
    """
    pages: list[Page] = []
    damaged: list[PageFailure] = []
    ending = archive.ending(run.file)
    told = ending.summary if ending else {}
    for page in _pages(archive, run, ending):
        if isinstance(page, Page):
            pages.append(page)
        elif strict:
            raise ArchiveDamaged(f"{page.url}: {page.reason}")
        else:
            damaged.append(page)
    return Walked(
        pages=tuple(pages),
        failures=(*failures_in(told), *damaged),
        problems=problems_in(told),
        blocked=told.get("blocked"),
        incomplete=(*told.get("incomplete", ()), *_untold(run, told)),
        robots=dict(told.get("robots", {})),
        origin=run.origin,
        signals=dict(told.get("signals", {})),
    )


def _files_of(archive: Archive, source: str, as_of: datetime) -> list[str]:
    stem = f"{source}-{as_of.astimezone(UTC):%Y%m%dT%H%M%SZ}-"
    return [file for file in archive.files(source) if stem in file]


def _pages(archive: Archive, run: ArchivedRun, ending: Ending | None) -> Iterator[Page | PageFailure]:
    walk = pages_in(ending.summary) if ending else None
    if walk is None:
        yield from _all_pages(archive, run)
        return
    for page in walk:
        try:
            yield _page(archive, run.file, page)
        except ArchiveDamaged as error:
            yield _damaged(run, page.url, error)


def _page(archive: Archive, file: str, told: WalkedPage) -> Page:
    if told.vouched is not None:
        # Its body lies where the last real answer was kept, and must be the one that was vouched for.
        _, body = archive.same(told.vouched.place, told.vouched.digest)
        return replace(vouched_page(told.vouched), body=body)
    if told.offset is None:
        raise ArchiveDamaged(f"{file}: the page was not archived")
    page = archive.capture(file, told.offset).page()
    return replace(page, url=told.url, final_url=told.final_url, unchanged=told.unchanged, signal=told.signal)


def _all_pages(archive: Archive, run: ArchivedRun) -> Iterator[Page | PageFailure]:
    """Yield the pages of a file that does not tell its walk, up to the first record that cannot be read."""
    try:
        for capture in archive.read_run(run.file):
            if capture.purpose != "page":
                continue
            try:
                yield capture.page()
            except ArchiveDamaged as error:
                yield _damaged(run, capture.url, error)
    except ArchiveDamaged as error:
        yield _damaged(run, f"urn:run:{run.file}", error)


def _untold(run: ArchivedRun, told: Mapping[str, Any]) -> tuple[str, ...]:
    """Return why a walk may lack pages that its file says nothing of: such a run must never show an absence."""
    if not run.is_whole:
        return (BROKE_OFF,)
    return () if "failures" in told else (FAILURES_UNTOLD,)


def _damaged(run: ArchivedRun, url: str, error: ArchiveDamaged) -> PageFailure:
    return PageFailure(url=url, at=run.as_of, reason=f"damaged in the archive: {error}")


def _origin(told: Mapping[str, Any], info: Mapping[str, str]) -> Origin:
    if told.get("replayed"):
        return Origin.REPLAY
    return Origin(told.get("origin") or info.get("origin") or Origin.LIVE)
