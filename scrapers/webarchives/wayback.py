"""The Wayback Machine (https://web.archive.org), and a pywb of one's own: captures by index, bodies as they were.

An archive without a path in its base address is laid out like the Wayback Machine (``/cdx/search/cdx`` and ``/web/``),
one with a path is a collection of pywb (``<base>/cdx`` and ``<base>/``). The dialect of its index is told from its
answers.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlsplit

from models.records import Problem, Stage
from scrapers.door import Door
from scrapers.fetch import HttpFetcher
from scrapers.warc import encoded_url
from scrapers.webarchives.asking import PACE_SECONDS, Asker, archive_source
from scrapers.webarchives.captures import ArchivedCapture, BodyPlace, PastPage
from scrapers.webarchives.cdx import (
    CdxQuery,
    Dialect,
    IndexAnswer,
    Neighbours,
    Row,
    capture_of,
    is_error,
    read_count,
    read_index,
)
from scrapers.webarchives.errors import CaptureUnreadable, IndexTooLarge, IndexUnreadable
from scrapers.webarchives.mementos import nearest, past_page, replay_address

log = logging.getLogger(__name__)

WAYBACK = "https://web.archive.org"
REDIRECTS_MAX = 3
"""To the nearest capture, and from there to the spelling of the address that it was captured under."""

_UNREADABLE_ATTEMPTS = 2
"""The Wayback Machine at times sends a page of HTML, or half of its JSON, and the whole of it a moment later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What one question to an index may cost: captures in all, and requests."""

    captures: int = 200_000
    requests: int = 400


DEFAULT_BOUNDS = Bounds()


class Wayback:
    """An archive that is asked by the CDX server API and replays captures.

    ``door`` holds the record of what was asked: failures, problems, robots decisions, refusals. The Wayback Machine
    reads only so much of its index for one answer: where filters leave little of it, it may end early without a word.

    Args:
        door: a way to the host of ``base``.
        base: scheme and host, and for pywb the path of the collection.
        bounds: what one question may cost.
    """

    name = "wayback"

    def __init__(self, door: Door, *, base: str = WAYBACK, bounds: Bounds = DEFAULT_BOUNDS) -> None:
        base = base.rstrip("/")
        is_collection = bool(urlsplit(base).path)
        self.door = door
        self.index_address = f"{base}/cdx" if is_collection else f"{base}/cdx/search/cdx"
        self.replay_root = f"{base}/" if is_collection else f"{base}/web/"
        self.dialect: Dialect | None = "wayback" if base == WAYBACK else None
        self._asker = Asker(door)
        self._bounds = bounds

    @classmethod
    def opened(
        cls,
        fetcher: HttpFetcher,
        *,
        base: str = WAYBACK,
        bounds: Bounds = DEFAULT_BOUNDS,
        pace_seconds: float = PACE_SECONDS,
    ) -> Self:
        """Return the archive at ``base``, asked through the clients and paces of ``fetcher``."""
        source = archive_source(cls.name, base, pace_seconds=pace_seconds)
        return cls(fetcher.door(source), base=base, bounds=bounds)

    async def captures(self, query: CdxQuery) -> AsyncIterator[ArchivedCapture]:
        """Yield the captures that the index names, in its order, each once, over as many answers as it takes.

        A row that names no capture is a problem of the door and costs no other.

        Raises:
            IndexUnreadable: if an answer is no index, or the answers lead in a circle.
            IndexTooLarge: at the bounds; what was yielded before is good.
            ArchiveUnavailable: if the archive does not answer.
            CaptureExcluded: if it does not show the address.
            SourceBlocked: if it refuses us.
        """
        neighbours, seen, keys = Neighbours(query.collapse), set[int](), set[str]()
        key: str | None = None
        for _ in range(self._bounds.requests):
            answer = await self._answer(query, key)
            fresh = unseen(answer, seen, self.index_address)
            # Before its dialect was known, the archive may not have understood what to leave out.
            for row in neighbours(row for row in fresh if query.errors or not is_error(row)):
                capture = self._capture(row)
                if capture is not None:
                    yield capture
            if len(seen) > self._bounds.captures:
                raise IndexTooLarge(f"more than {self._bounds.captures:,} captures of {query.url}", self.index_address)
            key = answer.resume_key
            if key is None:
                return
            if key in keys:
                raise IndexUnreadable(f"the index of {query.url} leads back to where it was", self.index_address)
            keys.add(key)
        raise IndexTooLarge(f"more than {self._bounds.requests} answers about {query.url}", self.index_address)

    async def page_count(self, query: CdxQuery) -> int:
        """Return in how many pages the index divides the captures (``CdxQuery.page``), a measure of how many there are.

        Pages may lack the newest captures. An index that is not divided answers with captures.

        Raises:
            IndexUnreadable: if it states no number.
            ArchiveUnavailable, CaptureExcluded, SourceBlocked: as ``captures``.
        """
        url = f"{self.index_address}?{query.parameters(dialect=self.dialect, count=True)}"
        answer = await self._asker.index(url)
        return read_count(answer.body, url)

    async def fetch(self, capture: ArchivedCapture) -> PastPage:
        """Return a capture with its body, or the nearest one of the same address if the archive says so.

        Raises:
            NotArchived: if there is none.
            CaptureExcluded: if the archive does not show it.
            CaptureUnreadable: if it gives something else, or not the whole of it.
            ArchiveUnavailable: if it does not answer.
            SourceBlocked: if it refuses us.
        """
        address: str | None = replay_address(self.replay_root, capture.at, capture.url)
        asked: set[str] = set()
        while address is not None and address not in asked and len(asked) <= REDIRECTS_MAX:
            asked.add(address)
            answer = await self._asker.raw(address)
            address = nearest(answer, self.replay_root, capture)
            if address is None:
                return past_page(answer, capture)
        raise CaptureUnreadable("redirects in a circle, or too many", replay_address(self.replay_root, capture.at, ""))

    async def _answer(self, query: CdxQuery, key: str | None) -> IndexAnswer:
        answer = await self._read(query.parameters(dialect=self.dialect, resume_key=key))
        self.dialect = self.dialect or answer.dialect
        if self.dialect == "pywb" and query.page is None and len(answer.rows) >= query.limit:
            # It has no key to resume with and does not say that it has cut its answer.
            answer = await self._read(query.parameters(dialect="pywb", limited=False))
        for damage in answer.damaged:
            self._problem(damage)
        return answer

    async def _read(self, parameters: str) -> IndexAnswer:
        url = f"{self.index_address}?{parameters}"
        for attempt in range(1, _UNREADABLE_ATTEMPTS + 1):
            answer = await self._asker.index(url)
            if answer.status != 200:
                raise IndexUnreadable(f"{answer.status_words()}: {answer.body[:100]!r}", url)
            try:
                return read_index(answer.body, url)
            except IndexUnreadable as error:
                if attempt == _UNREADABLE_ATTEMPTS:
                    raise
                log.info("asking again: %s", error)
        raise AssertionError("the last attempt returns or raises")

    def _capture(self, row: Row) -> ArchivedCapture | None:
        address = f"{self.replay_root}{row.get('timestamp', '')}id_/{encoded_url(row.get('original', ''))}"
        try:
            return capture_of(row, BodyPlace(archive=self.name, address=address))
        except ValueError as error:
            self._problem(str(error))
            return None

    def _problem(self, message: str) -> None:
        self.door.problem(
            Problem(stage=Stage.FETCH, code="record_invalid", message=message[:500], url=self.index_address)
        )


def unseen(answer: IndexAnswer, seen: set[int], url: str) -> list[Row]:
    """Return the rows that came for the first time, and remember them.

    Raises:
        IndexUnreadable: if there are rows, and a key for more, but nothing new: the index leads in a circle.
    """
    fresh = []
    for row in answer.rows:
        mark = hash(frozenset(row.items()))
        if mark not in seen:
            seen.add(mark)
            fresh.append(row)
    if answer.rows and not fresh and answer.resume_key is not None:
        raise IndexUnreadable("the index gives the same captures again and again", url)
    return fresh
