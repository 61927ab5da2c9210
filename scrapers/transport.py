"""How httpx reaches a host here: over aiohttp's connections, which cost a quarter of httpcore's time.

httpcore took 1.0 ms of processor time a page of 60 KB with four in flight, aiohttp behind the same client 0.25 ms. It
speaks HTTP/1.1 only; at the pace of a polite guest HTTP/2 has nothing to give. Everything above sees httpx alone.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any
from urllib.request import getproxies, proxy_bypass

import aiohttp
import httpx
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.client_proto import ResponseHandler
from aiohttp.http import RawResponseMessage
from aiohttp.resolver import ThreadedResolver
from yarl import URL

from scrapers.addresses import is_private

CONNECTIONS_MAX = 8
"""Connections to one host at once."""

ANSWER_BYTES_MAX = 130 * 1024 * 1024
"""Bytes of one answer on the wire, with its headers, what comes before them, and how its body is cut into chunks."""

_HEADER_BYTES_MAX = 64 * 1024
_KEPT_ALIVE_SECONDS = 30.0
_AUTOMATIC = frozenset({"user-agent", "accept", "accept-encoding"})
"""Headers that aiohttp would add, ``content-type`` to a body: what is sent is what the archive says was sent."""

_INTERIM = frozenset(range(100, 200)) - {101}
"""Statuses of answers that another one follows."""
_NO_ANSWER = (aiohttp.ClientError, aiohttp.http_exceptions.HttpProcessingError, TimeoutError)


class AiohttpTransport(httpx.AsyncBaseTransport):
    """Sends the requests of one client. Belongs to one event loop.

    Args:
        tls: whom to trust; ``None`` only with ``loopback``, which is plain HTTP.
        loopback: one port of 127.0.0.1 for all hosts, or a port for each mapped host. The server gets plain HTTP with
            the Host header of the request; everything above still sees the scheme and host that were asked for.
        names: looks names up instead of this machine; ``PublicResolver`` judges what it finds.
        answer_bytes: the most that is taken from the wire for one answer.
    """

    def __init__(
        self,
        *,
        tls: ssl.SSLContext | None,
        loopback: int | Mapping[str, int] | None = None,
        names: AbstractResolver | None = None,
        answer_bytes: int = ANSWER_BYTES_MAX,
    ) -> None:
        self._tls = tls
        self._loopback = loopback
        self._names = names
        self._answer_bytes = answer_bytes
        self._session: aiohttp.ClientSession | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send ``request`` and return the answer, its body still to be read.

        Raises:
            httpx.TransportError: if no answer came, as httpx's own transport says it.
        """
        may_repeat = request.method == "GET"
        while True:
            connection = _Connection()
            _CONNECTION.set(connection)
            try:
                response = await self._sent(request)
            except (aiohttp.ServerDisconnectedError, aiohttp.ClientOSError) as error:
                if connection.is_used and may_repeat:
                    # The host had closed a connection that was kept (RFC 9110, 9.2.2): nothing was answered there.
                    may_repeat = False
                    continue
                raise _as_httpx(error) from error
            except _NO_ANSWER as error:
                raise _as_httpx(error) from error
            reason = (response.reason or "").encode("utf-8", "replace")
            return httpx.Response(
                response.status,
                headers=response.raw_headers,
                stream=_Body(response),
                extensions={"http_version": b"HTTP/1.1", "reason_phrase": reason},
            )

    async def _sent(self, request: httpx.Request) -> aiohttp.ClientResponse:
        times = request.extensions.get("timeout", {})
        headers, content = request.headers.multi_items(), request.content
        return await self._opened().request(
            request.method,
            self._address(request),
            headers=headers,
            data=content or None,
            allow_redirects=False,
            timeout=_timeout(times.get("connect"), times.get("read")),
            proxy=self._proxy(request.url),
            skip_auto_headers=_not_to_be_added(headers, has_body=bool(content)),
        )

    async def aclose(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()

    def _address(self, request: httpx.Request) -> URL:
        url = request.url
        if self._loopback is not None:
            port = self._loopback if isinstance(self._loopback, int) else self._loopback.get(url.host)
            if port is None:
                raise httpx.UnsupportedProtocol(f"{url.host} is not mapped to loopback", request=request)
            return URL(f"http://127.0.0.1:{port}{url.raw_path.decode('ascii')}", encoded=True)
        if is_private(url.host):
            # aiohttp looks up no name that is an address.
            raise httpx.ConnectError(f"{url.host} is not a public address", request=request)
        return URL(str(url), encoded=True)

    def _proxy(self, url: httpx.URL) -> str | None:
        if self._loopback is not None or proxy_bypass(url.host):
            return None
        return _proxies().get(url.scheme)

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            loopback = self._loopback is not None
            connector = aiohttp.TCPConnector(
                ssl=True if self._tls is None else self._tls,
                limit=CONNECTIONS_MAX,
                keepalive_timeout=_KEPT_ALIVE_SECONDS,
                resolver=None if loopback else PublicResolver(self._names),
            )
            # There is no option for either of what is set below on what is aiohttp's own; tests would miss them.
            wire: Any = partial(_Wire, asyncio.get_running_loop(), self._answer_bytes)
            connector._factory = wire  # noqa: SLF001
            self._session = aiohttp.ClientSession(
                connector=connector,
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
                max_line_size=_HEADER_BYTES_MAX,
                max_field_size=_HEADER_BYTES_MAX,
            )
            # It would ask once more by itself when a connection is reset, past the pace.
            self._session._retry_connection = False  # noqa: SLF001
        return self._session


class PublicResolver(AbstractResolver):
    """Looks names up, and refuses those that lead to an address that is not public: a page may not send us inside.

    The connection is then made to the very addresses that were judged: the name is not looked up again between, so that
    a name server gains nothing by answering one thing now and another a moment later. The proxies that the environment
    names may be anywhere: whoever runs us has chosen them.

    Args:
        names: looks names up; this machine if left out.
    """

    def __init__(self, names: AbstractResolver | None = None) -> None:
        self._names = names or ThreadedResolver()
        self._chosen = {URL(proxy).host for proxy in _proxies().values()}

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Return the addresses of ``host``.

        Raises:
            OSError: if the name is unknown, or one of its addresses is private.
        """
        found = await self._names.resolve(host, port, family)
        if host in self._chosen:
            return found
        private = next((one["host"] for one in found if is_private(one["host"])), None)
        if private is not None:
            raise OSError(f"{host} resolves to {private}, which is not a public address")
        return found

    async def close(self) -> None:
        """Release what looking names up holds."""
        await self._names.close()


def _proxies() -> dict[str, str]:
    """Return the proxies that the environment names for each scheme; one named without a scheme speaks HTTP."""
    named = {scheme: proxy for scheme, proxy in getproxies().items() if scheme in {"http", "https"}}
    return {scheme: proxy if "://" in proxy else f"http://{proxy}" for scheme, proxy in named.items()}


@dataclass(slots=True)
class _Connection:
    """What is known of the connection that a request goes over: whether another request has gone over it before."""

    is_used: bool = False


_CONNECTION: ContextVar[_Connection] = ContextVar("_CONNECTION")
"""That of the request which is under way in a task: whoever asked learns over which kind of connection it went."""


class _Wire(ResponseHandler):
    """A connection whose answers are bounded, and over which none is taken that came before it was asked for.

    aiohttp bounds a header and their number, and hands a body on in pieces. What it passes over by itself (interim
    answers, what stands beside the sizes of chunks) could go on for as long as a request may take.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, answer_bytes: int) -> None:
        super().__init__(loop)
        self._answer_bytes = self._room = answer_bytes
        self._is_awaited = False
        self._is_used = False

    def set_response_params(self, **params: Any) -> None:
        _CONNECTION.get().is_used = self._is_used
        self._is_used = True
        self._room = self._answer_bytes
        self._is_awaited = True
        super().set_response_params(**params)

    def feed_data(self, data: tuple[RawResponseMessage, aiohttp.StreamReader], size: int = 0) -> None:
        if self._is_awaited:
            self._is_awaited = data[0].code in _INTERIM
            super().feed_data(data, size)
        elif self.transport is not None:
            self.transport.close()

    def data_received(self, data: bytes) -> None:
        self._room -= len(data)
        if self._room >= 0:
            super().data_received(data)
            return
        error = aiohttp.ClientPayloadError(f"more than {self._answer_bytes:,} bytes came for one answer")
        self.set_exception(error)
        self._break_off(error)
        if self.transport is not None:
            self.transport.abort()

    def set_exception(self, exc: BaseException, *cause: BaseException) -> None:
        super().set_exception(exc, *cause)
        if isinstance(exc, aiohttp.http_exceptions.HttpProcessingError):
            # It tells whoever waits for a head. A body whose head had come would be waited for until the deadline.
            self._break_off(exc)

    def connection_lost(self, exc: BaseException | None) -> None:
        if exc is not None:
            # A body without a length ends with its connection: one that was reset is not whole.
            self._break_off(aiohttp.ClientPayloadError(str(exc)))
        super().connection_lost(exc)

    def _break_off(self, error: Exception) -> None:
        if self._payload is not None and not self._payload.is_eof():
            self._payload.set_exception(error)


@lru_cache(maxsize=64)
def _timeout(connect_seconds: float | None, read_seconds: float | None) -> aiohttp.ClientTimeout:
    return aiohttp.ClientTimeout(sock_connect=connect_seconds, sock_read=read_seconds)


def _not_to_be_added(headers: list[tuple[str, str]], *, has_body: bool) -> frozenset[str] | None:
    """Return what aiohttp must be told not to add; nothing, as a rule: it takes its time over what it is told."""
    missing = _AUTOMATIC.difference(name for name, _ in headers)
    return (missing | {"content-type"} if has_body else missing) or None


class _Body(httpx.AsyncByteStream):
    """The body as it comes, in the coding it was sent in."""

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self._response = response

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for piece in self._response.content.iter_any():
                yield piece
        except _NO_ANSWER as error:
            raise _as_httpx(error) from error

    async def aclose(self) -> None:
        # What has not been read is not wanted: the connection goes with it, else it is free for the next request.
        if self._response.content.is_eof():
            self._response.release()
        else:
            self._response.close()


def _as_httpx(error: Exception) -> httpx.TransportError:
    words = str(error)
    if isinstance(error, aiohttp.ConnectionTimeoutError):
        return httpx.ConnectTimeout(words)
    if isinstance(error, TimeoutError):
        return httpx.ReadTimeout(words)
    if isinstance(error, aiohttp.ClientConnectorError):
        return httpx.ConnectError(str(error.os_error) or words)
    if isinstance(error, aiohttp.InvalidURL):
        return httpx.UnsupportedProtocol(words)
    if isinstance(error, aiohttp.ClientPayloadError | aiohttp.ClientOSError):
        return httpx.ReadError(words)
    return httpx.RemoteProtocolError(words)
