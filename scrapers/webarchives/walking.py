"""Captures given to a scraper in place of a network: its own walk, at a time that is past.

Addresses that the scraper meets are looked up in the archive and nowhere else. An address that was not captured, or
whose captures cannot be read, is a failed page; so is a captured refusal, which tells of the archive's crawler and not
of the host towards us. Only the archive itself can end the walk, by refusing us or not answering.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import PurePath

from models.records import Page, PageFailure, Source
from scrapers.given import GivenPages
from scrapers.posting import split
from scrapers.scraper import PageFailed, SourceBlocked
from scrapers.sniff import challenge, expected_of, sniff
from scrapers.webarchives.captures import ArchivedCapture, PastPage, address_key
from scrapers.webarchives.errors import ArchiveFailed, ArchiveUnavailable, CaptureUnreadable, IndexTooLarge
from scrapers.webarchives.holdings import Holdings
from scrapers.webarchives.looks import PlannedLook, nearest_first

CAPTURES_TRIED = 3
"""Of one address, nearest first."""

SILENT_MAX = 3
"""After so many captures in a row without an answer the archive is taken to be down."""

KeptPages = Mapping[tuple[str, datetime], Callable[[], Page]]
"""Pages that an earlier attempt had fetched, by the address asked for and the time of the capture."""


@dataclass(frozen=True, slots=True)
class TakenFrom:
    """Where a page of a look was had: ``place`` is an address of the archive, or the name of a file and an offset."""

    url: str
    captured_url: str
    at: datetime
    place: str


class CaptureFetch(GivenPages):
    """A ``Fetch`` that answers from the captures of one look.

    ``taken`` says where each page came from, ``unanswered`` which addresses the archive did not answer for, ``ended``
    why the walk had to end before its end.

    Args:
        look: the captures.
        source: whose look it is; only its hosts may be asked for.
        holdings: the archive.
        archive: keeps a page and returns it with its place, before anyone parses it.
        kept: pages that need not be asked for again.
        on_page: told of every page and every failure, for progress.
    """

    def __init__(
        self,
        look: PlannedLook,
        source: Source,
        *,
        holdings: Holdings,
        archive: Callable[[Page], Page],
        kept: KeptPages,
        on_page: Callable[[Page | PageFailure], None] | None = None,
    ) -> None:
        super().__init__(source, look.as_of, robots="not asked: captures of a web archive")
        self.origin = holdings.origin
        self.taken: list[TakenFrom] = []
        self.unanswered: list[str] = []
        self.ended: ArchiveFailed | SourceBlocked | None = None
        self._look = look
        self._holdings = holdings
        self._archive = archive
        self._kept = kept
        self._on_page = on_page
        self._silent = 0
        self._lookups = 0

    async def get(self, url: str, *, accept: str | None = None) -> Page:
        """Return the page at ``url`` as it was captured.

        Raises:
            PageFailed: if no capture near the look can be read (recorded).
            SourceBlocked: if the archive refuses us or is down; the look is then unfinished.
        """
        self._stop_if_ended()
        self._check_host(url)
        errors: list[ArchiveFailed] = []
        for capture in (await self._captures(url, errors))[:CAPTURES_TRIED]:
            try:
                return self._accepted(url, capture, await self._page(capture, url), accept)
            except ArchiveFailed as error:
                self._noted(error, errors)
        if any(isinstance(error, ArchiveUnavailable) for error in errors):
            self.unanswered.append(url)
        reasons = [error.reason for error in errors]
        look = self._look
        raise self._failed(
            url, "; ".join(reasons)[:500] or f"not archived within {look.near.days} days of {look.as_of:%Y-%m-%d}"
        )

    async def _captures(self, url: str, errors: list[ArchiveFailed]) -> tuple[ArchivedCapture, ...]:
        """Return the captures of an address, the best first; what went wrong goes to ``errors``.

        Raises:
            SourceBlocked: if the archive refuses us or is down.
        """
        look = self._look
        known = look.captures.get(address_key(url), ())
        if known or look.wanted.matches(url) or _is_posted(url):
            return known
        if self._lookups >= self._holdings.lookups_max:
            errors.append(IndexTooLarge(f"not looked up: more than {self._lookups} unexpected addresses", url))
            return ()
        self._lookups += 1
        try:
            found = await self._holdings.lookup(url, (look.as_of - look.near).date(), (look.as_of + look.near).date())
        except SourceBlocked as error:
            raise self._end(error) from error
        except ArchiveFailed as error:
            self._noted(error, errors)
            return ()
        return nearest_first((one for one in found if abs(one.at - look.as_of) <= look.near), look.as_of)

    async def _page(self, capture: ArchivedCapture, url: str) -> PastPage:
        kept = self._kept.get((url, capture.at))
        if kept is not None:
            return PastPage(page=kept(), capture=capture, truncated=capture.truncated)
        try:
            past = await self._holdings.fetch(capture)
        except SourceBlocked as error:
            raise self._end(error) from error
        self._silent = 0
        return past

    def _accepted(self, url: str, capture: ArchivedCapture, past: PastPage, accept: str | None) -> Page:
        page = past.page
        if abs(page.at - self._look.as_of) > self._look.near:
            raise CaptureUnreadable(f"the archive gave a capture of {page.at:%Y-%m-%d}", capture.place.address)
        wrong = None if page.status == 200 else f"a capture of an answer {page.status}"
        wrong = wrong or (f"cut off in the archive ({past.truncated})" if past.truncated else None)
        wrong = wrong or challenge(page) or sniff(page, expected_of(accept))
        if wrong:
            raise CaptureUnreadable(wrong, capture.place.address)
        # The address is the one that the source is asked for today: http:// and www. do not make another page.
        page = self._archive(replace(page, url=url, final_url=url))
        self.taken.append(TakenFrom(url, capture.url, page.at, _place(capture)))
        self._tell(page)
        return page

    def _noted(self, error: ArchiveFailed, errors: list[ArchiveFailed]) -> None:
        """Keep an error, and end the walk if the archive has not answered for the last few captures."""
        errors.append(error)
        self._silent = self._silent + 1 if isinstance(error, ArchiveUnavailable) else 0
        if self._silent >= SILENT_MAX:
            raise self._end(error) from error

    def _end(self, error: ArchiveFailed | SourceBlocked) -> SourceBlocked:
        self.ended = error
        return SourceBlocked(str(error))

    def _stop_if_ended(self) -> None:
        if self.ended is not None:
            raise SourceBlocked(str(self.ended))

    def _failed(self, url: str, reason: str, status: int | None = None) -> PageFailed:
        failed = super()._failed(url, reason, status)
        self._tell(self.failures[-1])
        return failed

    def _tell(self, result: Page | PageFailure) -> None:
        if self._on_page is not None:
            self._on_page(result)


def whole_within(pages: Iterable[Page], days: int | None) -> str | None:
    """Return why a look made of captures cannot show that something has gone, ``None`` if a person says it can.

    Args:
        pages: of the walk.
        days: within how many days captures show the whole catalogue, ``None`` if they never do.
    """
    times = [page.at for page in pages]
    if days is None or not times:
        return "captures of a web archive show what was there, never what was missing"
    if (max(times) - min(times)).total_seconds() <= days * 86_400:
        return None
    return f"put together from captures of {min(times):%Y-%m-%d} to {max(times):%Y-%m-%d}, more than {days} days apart"


def _is_posted(url: str) -> bool:
    try:
        return split(url)[1] is not None
    except ValueError:
        return True


def _place(capture: ArchivedCapture) -> str:
    place = capture.place
    if place.offset is None:
        return place.address
    name = place.address if "://" in place.address else PurePath(place.address).name
    return f"{name}{f'!{place.member}' if place.member else ''}#{place.offset}"
