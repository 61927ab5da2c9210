"""How a web archive is asked: as a polite guest, like any source, under the rules of ``scrapers.door``.

The figures are what is known of the hosts' own limits. The Wayback Machine answers 429 to more than some 24 questions
a minute to its index, without saying when to come back, and shuts out for an hour and longer who asks on regardless
(release notes of https://github.com/edgi-govdata-archiving/wayback and issue 153 there); Common Crawl asks not to
overload its one index server and refuses parallel requests (https://github.com/commoncrawl/cc-index-server issue 15).
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from datetime import date

import httpx

from models.records import EMPTY, Format, Source, Terms
from scrapers.client import Answer, FetchLimits
from scrapers.door import Door
from scrapers.hosts import page_of
from scrapers.scraper import PageFailed
from scrapers.sniff import challenge
from scrapers.webarchives.errors import ArchiveUnavailable, CaptureExcluded, CaptureUnreadable, IndexTooLarge

ARCHIVE_LIMITS = FetchLimits(backoff_seconds=30.0, read_seconds=120.0, deadline_seconds=600.0)
"""For an ``HttpFetcher`` that asks archives: their indexes take minutes, and a 429 wants a wait of minutes (s)."""

PACE_SECONDS = 2.5
INDEX_BYTES_MAX = 48 * 1024 * 1024
"""One answer of an index: 150,000 rows, the most the Wayback Machine gives, are about 30 MB."""

_REFUSALS = frozenset({401, 403, 451})
_EXCLUSIONS = (b"AccessControlException", b"has been excluded from the Wayback Machine", b"Blocked Site Error")
_LOOKED_AT_BYTES = 64 * 1024


def archive_source(name: str, *bases: str, pace_seconds: float = PACE_SECONDS) -> Source:
    """Return a web archive as a source that may be asked at the hosts of ``bases``, one request at a time."""
    return Source(
        slug=name,
        name=name,
        kind="register",
        country="US",
        language="en",
        formats=(Format(platform=None, start=bases),),
        cadence="monthly",
        complete=False,
        terms=Terms(url="", checked=date(2026, 11, 26), note="a web archive, asked for captures of other sources"),
        evidence="documented",
        pace_seconds=pace_seconds,
    )


def loopback_port_of(base: str) -> Mapping[str, int] | None:
    """Return what an ``HttpFetcher`` must be told to ask an archive on this machine (a pywb of one's own).

    ``None`` if ``base`` is not on this machine: hosts that are not public are otherwise refused.
    """
    address = httpx.URL(base)
    host = address.host
    try:
        is_here = ipaddress.ip_address(host).is_loopback
    except ValueError:
        is_here = host == "localhost" or host.endswith(".localhost")
    return {host: address.port or 80} if is_here else None


class Asker:
    """Asks an archive through a door and says by name what is wrong with an answer.

    ``door`` keeps the record: failures, problems, robots decisions, and whether the archive has refused us.
    """

    def __init__(self, door: Door) -> None:
        self.door = door

    async def index(self, url: str) -> Answer:
        """Return an answer of an index: its status is 200, or 404 or 400, which some give for "no captures".

        Raises:
            ArchiveUnavailable: if there was none.
            IndexTooLarge: if it is larger than ``INDEX_BYTES_MAX``.
            CaptureExcluded: if the archive does not show the address.
            SourceBlocked: if the archive refuses us.
        """
        answer = await self.raw(url, accept="application/json, */*;q=0.1", body_bytes=INDEX_BYTES_MAX)
        refusal = challenge(page_of(answer, url))
        if refusal:
            raise self.door.refused(refusal, url)
        if is_exclusion(answer):
            raise CaptureExcluded("the archive does not show this address", url)
        if answer.truncated == "length" and answer.status < 400:
            raise IndexTooLarge(f"an answer of more than {INDEX_BYTES_MAX:,} bytes", url)
        if answer.damage:
            raise ArchiveUnavailable(answer.damage, url)
        if answer.status not in {200, 400, 404}:
            raise ArchiveUnavailable(answer.status_words(), url)
        return answer

    async def raw(
        self, url: str, *, accept: str | None = None, headers: Mapping[str, str] = EMPTY, body_bytes: int | None = None
    ) -> Answer:
        """Return an answer that is not a refusal, whatever else it is; captures of refusals are none.

        Raises:
            ArchiveUnavailable: if there was none.
            CaptureExcluded: if the archive does not show the address.
            SourceBlocked: if the archive refuses us.
        """
        try:
            answer = await self.door.ask(url, accept=accept, headers=headers, body_bytes=body_bytes)
        except PageFailed as error:
            raise ArchiveUnavailable(str(error).removeprefix(f"{url}: "), url) from error
        if answer.header("memento-datetime") is not None or answer.status not in _REFUSALS:
            return answer
        if is_exclusion(answer):
            raise CaptureExcluded("the archive does not show this address", url)
        raise self.door.refused(f"the archive answered {answer.status_words()}", url)


def is_exclusion(answer: Answer) -> bool:
    """Whether the Wayback Machine says that it shows an address to nobody (which is no refusal of us)."""
    said = (answer.header("x-archive-wayback-runtime-error") or "").encode("utf-8", "replace")
    if answer.header("memento-datetime") is not None:
        return False
    text = answer.body[:_LOOKED_AT_BYTES] if answer.status >= 400 or not answer.body.startswith((b"[", b"{")) else b""
    return any(words in said or words in text for words in _EXCLUSIONS)


def whole(answer: Answer, url: str) -> Answer:
    """Return an answer whose body is all that was sent.

    Raises:
        CaptureUnreadable: if it is not.
    """
    if answer.damage:
        raise CaptureUnreadable(answer.damage, url)
    return answer
