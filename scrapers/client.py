"""One request, one whole answer, its body bounded."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeGuard

import httpx

from scrapers.gunzip import Gunzip, GzipDamaged
from scrapers.secret import Secret
from scrapers.transport import CONNECTIONS_MAX
from scrapers.warc_records import Headers

IN_FLIGHT_MAX = CONNECTIONS_MAX
"""Requests at once per client, each on a connection of its own."""

_GZIP = frozenset({"gzip", "x-gzip"})
_PACKED_MORE_BYTES = 64 * 1024
"""How much larger than its content a packed body may be: what does not pack grows a little."""
WORDS_MAX = 300
_VALIDATOR_MAX = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchLimits:
    """What one fetch may cost.

    Times are in seconds, sizes in bytes after decompression. ``attempts`` counts the first one. The wait before
    attempt n is ``backoff_seconds`` * 2^(n-2), times a random factor between 0.5 and 1.5. ``wait_max_seconds`` bounds
    the Retry-After and the Crawl-delay we follow: a host that wants more is left alone. ``deadline_seconds`` bounds
    one attempt from the first byte sent to the last received, ``walk_seconds`` all requests of a run: what comes after
    is not asked for. ``silent_pages`` is after how many pages in a row
    without an answer a host gets one attempt a page, ``silent_pages_max`` after how many it is not asked any more.
    """

    attempts: int = 4
    backoff_seconds: float = 1.0
    wait_max_seconds: float = 300.0
    connect_seconds: float = 10.0
    read_seconds: float = 30.0
    deadline_seconds: float = 300.0
    walk_seconds: float = 3 * 24 * 3600.0
    body_bytes: int = 64 * 1024 * 1024
    error_body_bytes: int = 1024 * 1024
    redirects: int = 5
    pages: int = 50_000
    silent_pages: int = 5
    silent_pages_max: int = 25


DEFAULT_LIMITS = FetchLimits()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a host said to one request.

    ``body`` is free of content coding. ``damage`` says why it is not the whole of what was sent, ``truncated`` is
    the WARC word for it; ``again`` is true if another attempt may bring the rest. ``sent`` is the body that was posted.
    """

    url: str
    at: datetime
    request_headers: Headers
    protocol: str
    status: int
    reason: str
    headers: Headers
    body: bytes
    damage: str | None = None
    truncated: str | None = None
    again: bool = False
    sent: bytes | None = None

    def header(self, name: str) -> str | None:
        """Return the first header called ``name`` (lower case), if there is one."""
        return next((value for key, value in self.headers if key == name), None)

    def status_words(self) -> str:
        """Return the status as printed: ``404 Not Found``."""
        return shortened(f"{self.status} {self.reason}".rstrip())

    def without(self, secret: Secret) -> Answer:
        """Return the exchange without the key that was sent in it, wherever the host says it back."""
        if not secret:
            return self
        return replace(
            self,
            url=secret.kept_out_of(self.url),
            request_headers=_without(self.request_headers, secret),
            reason=secret.kept_out_of(self.reason),
            headers=_without(self.headers, secret),
            body=secret.kept_out_of_body(self.body, is_cut=self.truncated is not None),
            sent=None if self.sent is None else secret.kept_out_of_body(self.sent),
        )


class NoAnswer(Exception):
    """A host did not answer. The message says how; ``again`` whether another attempt makes sense."""

    def __init__(self, message: str, *, again: bool = True) -> None:
        super().__init__(message)
        self.again = again


async def ask(
    transport: httpx.AsyncBaseTransport,
    url: httpx.URL,
    headers: Mapping[str, str],
    limits: FetchLimits,
    clock: Callable[[], datetime],
    *,
    body: bytes | None = None,
) -> Answer:
    """Send one GET, or post a ``body`` of JSON, and read the answer to its end, or to the bound of its body.

    The transport is asked without a client of httpx around it: cookies, redirects and default headers, which we do not
    want, would cost as much as the rest of a request.

    Raises:
        NoAnswer: if no answer came, or not within the times of ``limits``.
    """
    request = _request(url, headers, limits, body)
    try:
        async with asyncio.timeout(limits.deadline_seconds):
            response = await transport.handle_async_request(request)
            try:
                at = clock()
                received = _Body(response, limits)
                await received.read()
            finally:
                await response.aclose()
    except TimeoutError as error:
        raise NoAnswer(f"no whole answer within {limits.deadline_seconds:g} s") from error
    except (httpx.UnsupportedProtocol, httpx.LocalProtocolError) as error:
        raise NoAnswer(str(error), again=False) from error
    except httpx.TransportError as error:
        raise NoAnswer(_words(error)) from error
    return Answer(
        url=str(url),
        at=at,
        request_headers=tuple(request.headers.multi_items()),
        protocol=response.http_version,
        status=response.status_code,
        reason=response.reason_phrase,
        headers=tuple(response.headers.multi_items()),
        body=received.kept(),
        damage=received.damage,
        truncated=received.truncated,
        again=received.again,
        sent=body,
    )


def _request(url: httpx.URL, headers: Mapping[str, str], limits: FetchLimits, body: bytes | None) -> httpx.Request:
    sent = {"Connection": "keep-alive", **headers}
    if body is not None:
        sent["Content-Type"] = "application/json"
    times = {"connect": limits.connect_seconds, "read": limits.read_seconds}
    method = "GET" if body is None else "POST"
    return httpx.Request(method, url, headers=sent, content=body, extensions={"timeout": times})


def _without(headers: Headers, secret: Secret) -> Headers:
    return tuple((secret.kept_out_of(name), secret.kept_out_of(value)) for name, value in headers)


class _Body:
    """Reads a body piece by piece and unpacks it here, since httpx unpacks without a bound."""

    def __init__(self, response: httpx.Response, limits: FetchLimits) -> None:
        self._response = response
        self._is_error = response.status_code >= 400
        self._bound = limits.error_body_bytes if self._is_error else limits.body_bytes
        self._room = self._bound
        self._kept_room = limits.error_body_bytes
        self._packed_room = self._bound + _PACKED_MORE_BYTES
        self._gunzip: Gunzip | None = None
        self.plain = bytearray()
        self.damage: str | None = None
        self.truncated: str | None = None
        self.again = False

    async def read(self) -> None:
        coding = self._response.headers.get("content-encoding", "").strip().lower()
        if coding in _GZIP:
            self._gunzip = Gunzip()
        elif coding not in {"", "identity"}:
            self._spoilt(f"content-encoding {shortened(coding)!r} was not asked for", "unspecified", again=False)
            return
        came = False
        try:
            assert isinstance(self._response.stream, httpx.AsyncByteStream)
            async for piece in self._response.stream:
                came = came or bool(piece)
                self._take(piece)
                if self.truncated:
                    return
        except httpx.TransportError as error:
            self._spoilt(f"the body broke off: {_words(error)}", "disconnect", again=True)
            return
        if self._gunzip is not None and came and not self._gunzip.is_whole:
            self._spoilt("the gzip body ends early", "disconnect", again=True)

    def kept(self) -> bytes:
        """Return the body; of one that is too large no more than of an error, since nobody will read it."""
        room = self._kept_room if self.truncated == "length" else len(self.plain)
        return bytes(memoryview(self.plain)[:room])

    def _take(self, piece: bytes) -> None:
        if self._gunzip is None:
            self._add(piece)
            return
        self._packed_room -= len(piece)
        if self._packed_room < 0:
            # Padding, or members that hold nothing, would never fill the room for what is unpacked.
            self._too_large()
            return
        try:
            for plain in self._gunzip.pieces(piece):
                self._add(plain)
                if self.truncated:
                    return
        except GzipDamaged as error:
            self._spoilt(f"damaged gzip body: {error}", "unspecified", again=True)

    def _add(self, plain: bytes) -> None:
        self.plain += plain[: self._room]
        self._room -= len(plain)
        if self._room < 0:
            self._too_large()

    def _too_large(self) -> None:
        self.truncated = "length"
        if not self._is_error:
            self.damage = f"body larger than {self._bound} bytes"

    def _spoilt(self, damage: str, truncated: str, *, again: bool) -> None:
        self.damage, self.truncated, self.again = damage, truncated, again


def _words(error: httpx.TransportError) -> str:
    return shortened(f"{type(error).__name__}: {error}".rstrip(": "))


def shortened(words: str, most: int = WORDS_MAX) -> str:
    """Return words that a host chose on one line, printable, cut after ``most`` characters: many records hold them."""
    line = " ".join("".join(sign if sign.isprintable() else " " for sign in words[: 4 * most]).split())
    return line if len(line) <= most else f"{line[:most]}..."


def can_be_sent(validator: str | None) -> TypeGuard[str]:
    """Whether a validator can be said back to its host: one of other letters would end each later look at its page."""
    if not validator or len(validator) > _VALIDATOR_MAX:
        return False
    return validator.isascii() and validator.isprintable()
