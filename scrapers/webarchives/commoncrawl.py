"""Common Crawl (https://commoncrawl.org): crawls of the web, each with an index, and ranged reads of its WARC files.

``collinfo.json`` lists the crawls, newest first, with the address of their index, which speaks the ``pywb`` dialect
and is divided into pages; it answers 404 with a JSON message where it has no captures. A capture names a WARC file
with offset and length, where one gzip member holds one record (https://commoncrawl.org/cdxj-index). Bodies are cut
at a bound of the crawl (``truncated``).
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Self
from urllib.parse import urlsplit

from models.records import Problem, Stage
from scrapers.client import Answer
from scrapers.door import Door
from scrapers.fetch import HttpFetcher
from scrapers.webarchives.asking import PACE_SECONDS, Asker, archive_source, whole
from scrapers.webarchives.captures import ArchivedCapture, BodyPlace, PastPage, address_key
from scrapers.webarchives.cdx import CdxQuery, Row, capture_of, read_count, read_index
from scrapers.webarchives.crawls import Crawl, crawls_between, read_crawls
from scrapers.webarchives.errors import (
    ArchiveUnavailable,
    CaptureUnreadable,
    IndexTooLarge,
    IndexUnreadable,
    NotArchived,
)
from scrapers.webarchives.members import MemberDamaged, inflated
from scrapers.webarchives.mementos import page_of_past
from scrapers.webarchives.records import RecordDamaged, WarcRecord, read_record
from scrapers.webarchives.wayback import DEFAULT_BOUNDS, Bounds, unseen

INDEX = "https://index.commoncrawl.org"
DATA = "https://data.commoncrawl.org/"
RECORD_BYTES_MAX = 64 * 1024 * 1024
"""Of a packed record; Common Crawl cuts bodies at 1 MiB (5 MiB since 2025), before they are packed."""

_FILE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._=+-]*(?:/[A-Za-z0-9][A-Za-z0-9._=+-]*)*\.warc\.gz")


class CommonCrawl:
    """The crawls of Common Crawl, or of a stand-in.

    Args:
        door: a way to the hosts of ``index`` and ``data``.
        index: scheme and host of the list of crawls; the indexes themselves must be on a host of the door.
        data: the address that the names of files follow.
        bounds: what one question to one crawl may cost.
    """

    name = "commoncrawl"

    def __init__(self, door: Door, *, index: str = INDEX, data: str = DATA, bounds: Bounds = DEFAULT_BOUNDS) -> None:
        self.door = door
        self._list = f"{index.rstrip('/')}/collinfo.json"
        self._data = f"{data.rstrip('/')}/"
        self._asker = Asker(door)
        self._bounds = bounds
        self._crawls: tuple[Crawl, ...] | None = None

    @classmethod
    def opened(
        cls,
        fetcher: HttpFetcher,
        *,
        index: str = INDEX,
        data: str = DATA,
        bounds: Bounds = DEFAULT_BOUNDS,
        pace_seconds: float = PACE_SECONDS,
    ) -> Self:
        """Return Common Crawl, asked through the clients and paces of ``fetcher``."""
        source = archive_source(cls.name, index, data, pace_seconds=pace_seconds)
        return cls(fetcher.door(source), index=index, data=data, bounds=bounds)

    async def crawls(self) -> tuple[Crawl, ...]:
        """Return all crawls, oldest first; the list is asked for once, as Common Crawl wishes.

        Raises:
            IndexUnreadable: if it is no such list.
            ArchiveUnavailable: if there is no answer.
            SourceBlocked: if it refuses us.
        """
        if self._crawls is None:
            answer = await self._asker.index(self._list)
            if answer.status != 200:
                raise ArchiveUnavailable(answer.status_words(), self._list)
            self._crawls = read_crawls(answer.body, self._list)
        return self._crawls

    async def captures(self, query: CdxQuery, crawl: Crawl | None = None) -> AsyncIterator[ArchivedCapture]:
        """Yield the captures of one crawl, or of all crawls of the days that ``query`` names, oldest crawl first.

        ``CdxQuery.collapse`` and ``limit`` mean nothing here. A row that names no capture is a problem of the door.

        Raises:
            IndexUnreadable: if an answer is no index, or pages repeat themselves.
            IndexTooLarge: at the bounds, for each crawl; what was yielded before is good.
            ArchiveUnavailable: if there is no answer.
            SourceBlocked: if it refuses us.
        """
        chosen = [crawl] if crawl else crawls_between(await self.crawls(), query.since, query.until)
        for one in chosen:
            async for capture in self._of_crawl(one, query):
                yield capture

    async def fetch(self, capture: ArchivedCapture) -> PastPage:
        """Return a capture with its body, read from its WARC file.

        Raises:
            NotArchived: if the file is not there.
            CaptureUnreadable: if there is another record, or none that can be read.
            ArchiveUnavailable: if there is no answer.
            SourceBlocked: if it refuses us.
        """
        place = capture.place
        offset, length = place.offset, place.length
        if offset is None or not length or length > RECORD_BYTES_MAX:
            raise CaptureUnreadable(f"a record at offset {offset} of {length} bytes is not asked for", place.address)
        wanted = {"Range": f"bytes={offset}-{offset + length - 1}", "Accept-Encoding": "identity"}
        answer = await self._asker.raw(place.address, headers=wanted, body_bytes=length)
        return past_page(_ranged(answer, offset, length), capture)

    async def _of_crawl(self, crawl: Crawl, query: CdxQuery) -> AsyncIterator[ArchivedCapture]:
        seen: set[int] = set()
        pages = [query.page] if query.page is not None else range(await self._page_count(crawl, query))
        for page in pages:
            if page >= self._bounds.requests and query.page is None:
                raise IndexTooLarge(f"more than {self._bounds.requests} pages about {query.url}", crawl.index)
            url = _question(crawl, replace(query, page=page))
            answer = await self._asker.index(url)
            if _is_empty(answer, url):
                return
            found = read_index(answer.body, url)
            fresh = unseen(found, seen, url)
            if found.rows and not fresh:
                raise IndexUnreadable("a page of the index repeats what came before", url)
            for row in fresh:
                capture = self._capture(row, url)
                if capture is not None:
                    yield capture
            if len(seen) > self._bounds.captures:
                raise IndexTooLarge(f"more than {self._bounds.captures:,} captures of {query.url}", crawl.index)

    async def _page_count(self, crawl: Crawl, query: CdxQuery) -> int:
        url = f"{crawl.index}?{query.parameters(dialect='pywb', count=True)}"
        answer = await self._asker.index(url)
        return 0 if _is_empty(answer, url) else read_count(answer.body, url)

    def _capture(self, row: Row, url: str) -> ArchivedCapture | None:
        try:
            return capture_of(row, _place(row, self._data))
        except ValueError as error:
            message = f"a row that names no capture: {error}"[:500]
            self.door.problem(Problem(stage=Stage.FETCH, code="record_invalid", message=message, url=url))
            return None


def past_page(packed: bytes, capture: ArchivedCapture) -> PastPage:
    """Return the capture that one packed record holds.

    Raises:
        CaptureUnreadable: if it is another one, or cannot be read.
    """
    where = capture.place.address
    try:
        record = read_record(inflated(io.BytesIO(packed), 0).plain)
        body = record.body()
    except (MemberDamaged, RecordDamaged) as error:
        raise CaptureUnreadable(f"offset {capture.place.offset}: {error}", where) from error
    wrong = _difference(record, capture)
    if wrong:
        raise CaptureUnreadable(f"offset {capture.place.offset}: {wrong}", where)
    assert record.at is not None
    # Common Crawl keeps coding headers of the original under other names, and prints only what holds of the record.
    page = page_of_past(capture.url, record.at, record.status, record.headers, body)
    return PastPage(page=page, capture=capture, truncated=record.truncated or capture.truncated)


def _difference(record: WarcRecord, capture: ArchivedCapture) -> str | None:
    if record.kind != "response" or not record.status:
        return f"a {record.kind} record, no response"
    if address_key(record.url) != address_key(capture.url):
        return f"a capture of {record.url[:200]}, not of {capture.url}"
    if record.at is None or record.at != capture.at:
        return f"a capture of {record.at}, not of {capture.at}"
    if capture.status is not None and record.status != capture.status:
        return f"the index says {capture.status}, the record {record.status}"
    return None


def _question(crawl: Crawl, query: CdxQuery) -> str:
    return f"{crawl.index}?{query.parameters(dialect='pywb')}"


def _is_empty(answer: Answer, url: str) -> bool:
    """Whether an index says that it has no captures: 404 with a JSON message.

    Raises:
        IndexUnreadable: if it says something else that is no index.
    """
    if answer.status == 200:
        return False
    try:
        said = json.loads(answer.body)
    except (ValueError, RecursionError):
        said = None
    words = str(said.get("message") or said.get("error") or "") if isinstance(said, dict) else ""
    if "no captures" in words.lower():
        return True
    raise IndexUnreadable(f"{answer.status_words()}: {words[:200] or answer.body[:100]!r}", url)


def _place(row: Row, data: str) -> BodyPlace:
    """Return where the record of a row lies.

    Raises:
        ValueError: if the row does not say, or says a file that is not below ``data``.
    """
    file, offset, length = row.get("filename", ""), row.get("offset", ""), row.get("length", "")
    if len(file) > 1024 or not _FILE.fullmatch(file) or ".." in file:
        raise ValueError(f"not the name of a WARC file: {file[:200]!r}")
    if not (re.fullmatch("[0-9]{1,15}", offset) and re.fullmatch("[0-9]{1,12}", length)):
        raise ValueError(f"not a place in a file: offset {offset[:40]!r}, length {length[:40]!r}")
    address = f"{data}{file}"
    if urlsplit(address).netloc != urlsplit(data).netloc:
        raise ValueError(f"not a file of the archive: {file[:200]!r}")
    return BodyPlace(archive=CommonCrawl.name, address=address, offset=int(offset), length=int(length))


def _ranged(answer: Answer, offset: int, length: int) -> bytes:
    """Return the bytes that were asked for.

    Raises:
        NotArchived, ArchiveUnavailable, CaptureUnreadable: if the answer does not hold them.
    """
    if answer.status == 404:
        raise NotArchived("there is no such file", answer.url)
    if answer.status >= 500 or answer.status == 429:
        raise ArchiveUnavailable(answer.status_words(), answer.url)
    if answer.status != 206:
        raise CaptureUnreadable(f"{answer.status_words()} where a part of the file was asked for", answer.url)
    said = re.match(r"bytes (\d{1,15})-", answer.header("content-range") or "")
    if said is None or int(said.group(1)) != offset:
        raise CaptureUnreadable(f"another part of the file: {answer.header('content-range')!r}", answer.url)
    whole(answer, answer.url)
    if len(answer.body) != length:
        raise CaptureUnreadable(f"{len(answer.body)} bytes, {length} were asked for", answer.url)
    return answer.body
