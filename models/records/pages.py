"""``Page``: what a server said, kept before anyone parses it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivePlace:
    """Where a page lies in the archive: WARC file (relative to the archive), byte offset and length of the record."""

    file: str
    offset: int
    length: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One response, body decoded from its transfer coding and never from its charset.

    ``url`` is the address asked for, ``final_url`` the one that answered after redirects.
    ``at`` is aware and in UTC. ``digest`` is ``sha256:<hex>`` of the body. ``unchanged`` is true if the server
    answered 304 or if the body has the digest of the last archived capture of the same URL. ``place`` is the record
    that holds the body, ``record`` that of this very answer: another one if it is a revisit.
    ``signal`` is what a cheaper document said of the page (``scrapers.signals``). A page that is ``vouched`` was not
    asked for because its signal stood still: all it says is that of the last real answer, and it has no ``record``.
    """

    url: str
    final_url: str
    at: datetime
    status: int
    content_type: str
    body: bytes
    digest: str
    headers: Mapping[str, str] = field(default_factory=dict)
    unchanged: bool = False
    place: ArchivePlace | None = None
    record: ArchivePlace | None = None
    signal: str | None = None
    vouched: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PageFailure:
    """A page that was due and could not be had; it makes a run partial at best."""

    url: str
    at: datetime
    reason: str
    status: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownPage:
    """The last archived answer of a URL: what a conditional request, a revisit record and a vouched page need.

    ``place`` points at the record that holds the body, never at a revisit record. ``final_url`` is the address that
    answered, ``None`` if it is ``url``. ``signal`` is what a cheaper document said of the page in the run that asked.
    """

    url: str
    at: datetime
    digest: str
    place: ArchivePlace
    content_type: str = ""
    etag: str | None = None
    last_modified: str | None = None
    final_url: str | None = None
    status: int = 200
    signal: str | None = None
