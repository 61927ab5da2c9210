"""What the archive gives back: an archived answer, and what a run wrote at its end."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from models.records import ArchivePlace, KnownPage, Page
from scrapers.warc import Purpose


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """One archived answer. ``place`` is its own record, ``original`` the record with the body if it is a revisit.

    ``url`` is the address asked for, ``final_url`` the one that answered, ``at`` aware and in UTC. ``status`` and
    ``headers`` are those of this answer (a 304 for a page not modified), ``digest`` is that of the body.
    """

    url: str
    final_url: str
    at: datetime
    status: int
    content_type: str
    headers: Mapping[str, str]
    purpose: Purpose
    digest: str
    place: ArchivePlace
    original: ArchivePlace | None = None
    truncated: str | None = None
    _load: Callable[[], tuple[Mapping[str, str], bytes]] = field(repr=False, compare=False)

    def body(self) -> bytes:
        """Return the body, read from the original if this is a revisit.

        Raises:
            ArchiveDamaged: if the original is missing, damaged, or no longer has the digest recorded here.
        """
        return self._load()[1]

    def page(self) -> Page:
        """Return the page as the scraper got it in the run (status 200 for a page not modified).

        Raises:
            ArchiveDamaged: as ``body``.
        """
        stored_headers, body = self._load()
        # Only a 304 leaves out headers that still hold (RFC 9110, 15.4.5).
        headers = {**stored_headers, **self.headers} if self.status == 304 else self.headers
        return Page(
            url=self.url,
            final_url=self.final_url,
            at=self.at,
            status=200 if self.status == 304 else self.status,
            content_type=headers.get("content-type", ""),
            body=body,
            digest=self.digest,
            headers=headers,
            unchanged=self.original is not None,
            place=self.original or self.place,
            record=self.place,
        )


def known_page(page: Page) -> KnownPage | None:
    """Return what the next run must know of ``page`` to ask conditionally, or ``None`` if it was not archived."""
    if page.place is None:
        return None
    return KnownPage(
        url=page.url,
        at=page.at,
        digest=page.digest,
        place=page.place,
        content_type=page.content_type,
        etag=page.headers.get("etag"),
        last_modified=page.headers.get("last-modified"),
        final_url=page.final_url if page.final_url != page.url else None,
        status=page.status,
        signal=page.signal,
    )


@dataclass(frozen=True, slots=True)
class Ending:
    """What a run wrote at its end: ``at`` is when (aware, by the clock of the machine), ``summary`` JSON values."""

    at: datetime
    summary: Mapping[str, Any]
