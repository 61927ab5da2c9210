"""What web archives hold: captures, the same for every archive, and pure functions to choose among them.

Addresses are compared as the archives themselves compare them: by a key in which scheme, ``www.``, default ports,
fragments, a slash at the end and the order of query values do not matter (compare SURT, the sort-friendly form of
addresses in CDX files: https://github.com/internetarchive/surt). Unlike there, upper and lower case in paths differ.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Literal
from urllib.parse import urlsplit

from models.records import Page
from scrapers.warc import encoded_url

Period = Literal["day", "month", "year"]
_DIGITS: dict[Period, int] = {"day": 8, "month": 6, "year": 4}
"""How much of a timestamp two captures of one period share."""

REVISIT = "warc/revisit"
"""The media type that indexes print for a record that says: the same body as before."""

_TIMESTAMP = re.compile(r"[0-9]{14}")
_WWW = re.compile(r"^www\d{0,3}\.")
_ESCAPE = re.compile(r"%[0-9a-fA-F]{2}")
_DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyPlace:
    """Where the body of a capture can be had.

    ``archive`` is ``wayback``, ``commoncrawl`` or ``files``. ``address`` is a URL (of the raw body, or of the WARC
    file that holds it) or the path of a local file; ``offset`` and ``length`` are those of the packed record there, in
    bytes, ``member`` the name of the WARC file within a WACZ file, ``number`` which of the records it is that were
    packed together.
    """

    archive: str
    address: str
    offset: int | None = None
    length: int | None = None
    member: str = ""
    number: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivedCapture:
    """One capture as an index names it.

    ``url`` is the original address without a default port, ``at`` aware and in UTC, to the second. ``status`` is
    ``None`` where the index does not say it (a revisit). ``content_type`` is the media type the index gives, without
    parameters, empty if unknown; ``digest`` is in the archive's own notation, empty if unknown; ``length`` the size of
    the packed record in bytes. ``truncated`` is the word of the WARC standard if the archive says that the body is not
    whole.
    """

    url: str
    at: datetime
    status: int | None
    content_type: str
    digest: str
    length: int | None
    place: BodyPlace
    revisit: bool = False
    truncated: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PastPage:
    """A capture with its body.

    ``page.at`` is the time of the capture that was given: the archive's nearest one, if ``is_other_time``.
    ``page.url`` and ``page.final_url`` are original addresses, ``page.body`` is free of transfer and content coding.
    ``truncated`` is the word of the WARC standard if the body is not whole.
    """

    page: Page
    capture: ArchivedCapture
    truncated: str | None = None

    @property
    def is_other_time(self) -> bool:
        """Whether the archive gave another capture of the address than the one asked for."""
        return self.page.at != self.capture.at


# --------------------------------------------------------------------------------------
# Times and addresses
# --------------------------------------------------------------------------------------


def timestamp(at: datetime) -> str:
    """Return an aware time as archives print it: ``yyyyMMddhhmmss`` in UTC."""
    return f"{at.astimezone(UTC):%Y%m%d%H%M%S}"


def parsed_timestamp(text: str) -> datetime:
    """Return the time that 14 digits stand for.

    Raises:
        ValueError: if they are no time.
    """
    if not _TIMESTAMP.fullmatch(text):
        raise ValueError(f"not a timestamp of 14 digits: {text[:40]!r}")
    return datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=UTC)


def address_key(url: str) -> str:
    """Return what two addresses of the same page share; an address that cannot be taken apart stands for itself."""
    try:
        parts = urlsplit(encoded_url(url.strip()))
        port = parts.port
    except ValueError:
        return url
    host = _WWW.sub("", (parts.hostname or "").rstrip("."))
    named = "" if port is None or port in _DEFAULT_PORTS.values() else f":{port}"
    path = _ESCAPE.sub(lambda escape: escape.group().upper(), parts.path).rstrip("/")
    query = sorted(_ESCAPE.sub(lambda escape: escape.group().upper(), pair) for pair in parts.query.split("&") if pair)
    return f"{host}{named}{path or '/'}{'?' if query else ''}{'&'.join(query)}"


def without_default_port(url: str) -> str:
    """Return an address as indexes give it without ``:80`` or ``:443`` where the scheme says so already."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return url
    if port is None or port != _DEFAULT_PORTS.get(parts.scheme):
        return url
    return parts._replace(netloc=parts.netloc.removesuffix(f":{port}")).geturl()


# --------------------------------------------------------------------------------------
# Choosing
# --------------------------------------------------------------------------------------


def selected(
    captures: Iterable[ArchivedCapture],
    *,
    statuses: Collection[int] = (200,),
    mime_types: Collection[str] = (),
    since: date | None = None,
    until: date | None = None,
    wanted: Callable[[str], bool] | None = None,
) -> list[ArchivedCapture]:
    """Return the captures that are asked for, in their order.

    A revisit whose status or type the index does not say is kept: its body will tell (see ``resolved``).

    Args:
        captures: what an index gave.
        statuses: HTTP statuses to keep.
        mime_types: media types to keep; all if empty.
        since: the first day (UTC) to keep.
        until: the last day (UTC) to keep, as in the indexes' own ranges.
        wanted: says whether an address is wanted; all are if it is missing.
    """
    types = {name.lower() for name in mime_types}

    def is_selected(capture: ArchivedCapture) -> bool:
        day = capture.at.date()
        is_open = capture.revisit and capture.content_type in {"", REVISIT}
        return (
            (capture.status in statuses or (capture.revisit and capture.status is None))
            and (not types or is_open or capture.content_type.lower() in types)
            and (since is None or day >= since)
            and (until is None or day <= until)
            and (wanted is None or wanted(capture.url))
        )

    return [capture for capture in captures if is_selected(capture)]


def resolved(captures: Sequence[ArchivedCapture]) -> list[ArchivedCapture]:
    """Return the captures with status and type of revisits taken from what they repeat, where that is among them."""
    originals = {
        (address_key(capture.url), capture.digest): capture
        for capture in reversed(captures)
        if not capture.revisit and capture.digest
    }

    def of(capture: ArchivedCapture) -> ArchivedCapture:
        original = originals.get((address_key(capture.url), capture.digest)) if capture.revisit else None
        if original is None:
            return capture
        status = original.status if capture.status is None else capture.status
        return replace(capture, status=status, content_type=original.content_type)

    return [of(capture) for capture in captures]


def ordered(captures: Iterable[ArchivedCapture]) -> list[ArchivedCapture]:
    """Return the captures in the order of time; of one second, in an order that does not depend on how they came."""
    return sorted(captures, key=lambda capture: (capture.at, *_identity(capture)))


def deduplicated(
    captures: Iterable[ArchivedCapture], *, archives: Sequence[str] = ("files", "wayback", "commoncrawl")
) -> list[ArchivedCapture]:
    """Return each capture once, in the order of time, whichever archives hold it and however often.

    Two captures are one if they are of the same address and second, unless both have a digest in the same notation
    and these differ. Of several the whole one counts, then the one whose status is known, then the first of
    ``archives``. Neither order nor repetition of ``captures`` matters.
    """
    ranks = {name: rank for rank, name in enumerate(archives)}

    def preference(capture: ArchivedCapture) -> tuple[object, ...]:
        rank = ranks.get(capture.place.archive, len(ranks))
        return (capture.truncated is not None, capture.status is None, rank, *_identity(capture))

    kept: dict[tuple[str, datetime], list[ArchivedCapture]] = {}
    for capture in sorted(set(captures), key=preference):
        same = kept.setdefault((address_key(capture.url), capture.at), [])
        if not any(_is_one(capture, other) for other in same):
            same.append(capture)
    return ordered(capture for same in kept.values() for capture in same)


def collapsed(
    captures: Iterable[ArchivedCapture], *, period: Period | None = None, digest: bool = False
) -> list[ArchivedCapture]:
    """Return fewer captures of each address, in the order of time.

    Args:
        captures: in any order.
        period: keep the first capture of each day, month or year (UTC).
        digest: leave out what has the digest of the capture before it; one without a digest is kept.
    """
    last_periods: dict[str, str] = {}
    last_digests: dict[str, str] = {}
    kept = []
    for capture in ordered(captures):
        key = address_key(capture.url)
        if period is not None:
            name = timestamp(capture.at)[: _DIGITS[period]]
            if last_periods.get(key) == name:
                continue
            last_periods[key] = name
        if digest and capture.digest and last_digests.get(key) == capture.digest:
            continue
        last_digests[key] = capture.digest
        kept.append(capture)
    return kept


def _is_one(capture: ArchivedCapture, other: ArchivedCapture) -> bool:
    algorithms = [_algorithm(capture.digest), _algorithm(other.digest)]
    return algorithms[0] != algorithms[1] or "" in algorithms or _bare(capture.digest) == _bare(other.digest)


def _algorithm(digest: str) -> str:
    name, mark, _ = digest.partition(":")
    return name.lower() if mark else ("sha1" if digest else "")


def _bare(digest: str) -> str:
    return digest.rpartition(":")[2]


def _identity(capture: ArchivedCapture) -> tuple[object, ...]:
    place = capture.place
    return (
        capture.url,
        capture.digest,
        place.archive,
        place.address,
        place.member,
        place.offset or 0,
        place.length or 0,
        place.number,
        capture.status or 0,
        capture.content_type,
        capture.length or 0,
        capture.revisit,
        capture.truncated or "",
    )
