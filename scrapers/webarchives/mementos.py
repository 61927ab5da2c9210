"""Raw captures as archives replay them: what one answer to ``<root>/<timestamp>id_/<url>`` is. Pure.

RFC 7089 (Memento): the header ``Memento-Datetime`` marks an answer as a capture and states its time; ``Link`` with
``rel="original"`` names the address captured. An answer without it comes from the archive itself: a redirect to its
nearest capture, "not archived", or trouble. The Wayback Machine prints headers of the original with
``x-archive-orig-`` before their names.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urljoin

from models.records import Page
from scrapers.client import Answer
from scrapers.door import REDIRECTS
from scrapers.warc import encoded_url, kept_headers, sha256
from scrapers.webarchives.captures import ArchivedCapture, PastPage, address_key, timestamp
from scrapers.webarchives.coding import BodyUnreadable, decoded
from scrapers.webarchives.errors import ArchiveUnavailable, CaptureExcluded, CaptureUnreadable, NotArchived

_ORIGINAL = "x-archive-orig-"
_REPLAY = re.compile(r"([0-9]{1,14})([a-z]{2}_)?/(.+)", re.DOTALL)
_LINK_TO_ORIGINAL = re.compile(r"<([^<>]{1,8192})>\s{0,9};\s{0,9}rel=\"?original\"?")


def replay_address(root: str, at: datetime, url: str) -> str:
    """Return where an archive gives the raw body of ``url`` as captured at ``at``; ``root`` ends with a slash."""
    return f"{root}{timestamp(at)}id_/{encoded_url(url)}"


def nearest(answer: Answer, root: str, capture: ArchivedCapture) -> str | None:
    """Return the address of the nearest capture that an archive redirects to, ``None`` if this is no such redirect.

    Raises:
        CaptureUnreadable: if it leads away from the archive's replay or to another address than the capture's.
    """
    location = answer.header("location")
    if is_memento(answer) or answer.status not in REDIRECTS or not location:
        return None
    target = urljoin(answer.url, location.strip())
    if root.startswith("https:") and target.startswith("http:"):
        # A server behind a proxy does not know that it is asked over TLS; we go on asking over TLS.
        target = f"https:{target.removeprefix('http:')}"
    found = _REPLAY.fullmatch(target.removeprefix(root)) if target.startswith(root) else None
    if found is None:
        raise CaptureUnreadable(f"a redirect away from the archive's captures: {target[:200]}", answer.url)
    if address_key(found.group(3)) != address_key(capture.url):
        raise CaptureUnreadable(f"a redirect to a capture of another address: {target[:200]}", answer.url)
    return f"{root}{found.group(1)}id_/{found.group(3)}"


def is_memento(answer: Answer) -> bool:
    """Whether an answer is a capture, and not a word of the archive itself."""
    return answer.header("memento-datetime") is not None


def past_page(answer: Answer, capture: ArchivedCapture) -> PastPage:
    """Return the capture that an archive gave.

    Raises:
        NotArchived: if it has none.
        CaptureExcluded: if it shows none to anyone.
        ArchiveUnavailable: if it is in trouble.
        CaptureUnreadable: if it gave something else than the index named, or not the whole of it.
    """
    if not is_memento(answer):
        raise _no_capture(answer)
    if answer.damage:
        raise CaptureUnreadable(answer.damage, answer.url)
    original = _LINK_TO_ORIGINAL.search(answer.header("link") or "")
    if original and address_key(original.group(1)) != address_key(capture.url):
        raise CaptureUnreadable(f"a capture of {original.group(1)[:200]}, not of {capture.url}", answer.url)
    if answer.status == 304:
        # pywb replays what was captured; the body lies with another capture of the same digest.
        raise CaptureUnreadable("a capture that says only: not modified", answer.url)
    if capture.status is not None and answer.status != capture.status:
        reason = f"the index says {capture.status}, the capture is {answer.status_words()}"
        raise CaptureUnreadable(reason, answer.url)
    headers = original_headers(answer)
    try:
        body = decoded(answer.body, headers.get("content-encoding", ""))
    except BodyUnreadable as error:
        raise CaptureUnreadable(str(error), answer.url) from error
    page = page_of_past(capture.url, _time(answer), answer.status, headers, body)
    return PastPage(page=page, capture=capture, truncated=_cut(answer, headers))


def original_headers(answer: Answer) -> Mapping[str, str]:
    """Return the headers of the original answer, as far as the archive gives them, by lower-case name."""
    found: dict[str, str] = {}
    for name, value in answer.headers:
        if name.startswith(_ORIGINAL):
            key = name.removeprefix(_ORIGINAL)
            found[key] = f"{found[key]}, {value}" if key in found else value
    given = answer.header("content-type")
    return found if given is None else {"content-type": given, **found}


def page_of_past(url: str, at: datetime, status: int, headers: Mapping[str, str], body: bytes) -> Page:
    """Return a page as it was answered at ``at``; headers that say how it was sent, and cookies, are left out."""
    kept = dict(kept_headers(headers.items(), len(body)))
    return Page(
        url=url,
        final_url=url,
        at=at,
        status=status,
        content_type=headers.get("content-type", ""),
        body=body,
        digest=sha256(body),
        headers=kept,
    )


def _no_capture(answer: Answer) -> Exception:
    said = answer.header("x-archive-wayback-runtime-error")
    words = f"{answer.status_words()}{f': {said[:200]}' if said else ''}"
    if answer.status == 404:
        return NotArchived(words, answer.url)
    if said and "AccessControl" in said:
        return CaptureExcluded(words, answer.url)
    if answer.status >= 429:
        return ArchiveUnavailable(words, answer.url)
    return CaptureUnreadable(f"{words}, and no Memento-Datetime: not a capture", answer.url)


def _time(answer: Answer) -> datetime:
    text = answer.header("memento-datetime") or ""
    try:
        at = parsedate_to_datetime(text)
    except ValueError as error:
        raise CaptureUnreadable(f"Memento-Datetime is no time: {text[:100]!r}", answer.url) from error
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)


def _cut(answer: Answer, headers: Mapping[str, str]) -> str | None:
    """Return the WARC word for a body that is shorter than its own original header said."""
    length = headers.get("content-length", "")
    is_plain = "content-encoding" not in headers and "transfer-encoding" not in headers
    is_short = length.isascii() and length.isdecimal() and len(answer.body) < int(length[:18])
    return "unspecified" if is_plain and is_short and answer.status == 200 else None
