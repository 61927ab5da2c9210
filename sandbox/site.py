"""What the server answers: the format of the host asked, robots.txt and sitemaps, validators, faults and counts."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from email.utils import format_datetime, parsedate_to_datetime
from typing import Any
from xml.sax.saxutils import escape

from starlette.requests import Request as HttpRequest
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from sandbox import formats
from sandbox.all_catalogues import CATALOGUES, HOSTS
from sandbox.faults import Fault, spoilt
from sandbox.formats import nova_academy, nzqa, tartu
from sandbox.formats.shared import Answer, Request
from sandbox.lies import KINDS as LIES
from sandbox.lies import told
from sandbox.pretences import asked_instead, pretended
from sandbox.world import World

_BODY_MAX = 64 * 1024
_KEYS = ("authorization", "x-api-key")
_ROBOTS = "User-agent: *\nAllow: /\n"
_ROBOTS_OF = {"www.fun-mooc.fr": "User-agent: *\nCrawl-delay: 0.01\nDisallow: /admin/\n"}
_SITEMAPS = {
    "www.nova-academy.be": nova_academy.addresses,
    "ut.ee": tartu.addresses,
    "www.nzqa.govt.nz": nzqa.addresses,
}


class Broken(Exception):
    """Thrown after half of a body: the server closes the connection."""


@dataclass(frozen=True, slots=True)
class _Made:
    answer: Answer
    etag: str


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What is asked for, the lies that are told about it, and the day it is given for."""

    request: Request
    lies: tuple[str, ...]
    day: date


class Site:
    """Every catalogue of a world on one day, as an ASGI application that goes by the Host header.

    Days, faults and counts may be changed from another thread while it serves.
    """

    def __init__(self, world: World, day: date) -> None:
        self.port = 0
        self._world = world
        self._nothing = world.emptied()
        self._day = day
        self._faults: dict[str, list[Fault]] = {}
        self._requests: Counter[str] = Counter()
        self._made: dict[_Wanted, _Made] = {}
        self._lock = threading.Lock()

    @property
    def day(self) -> date:
        """The day that the catalogues show."""
        return self._day

    @property
    def requests(self) -> Mapping[str, int]:
        """How many requests each host had, ``/robots.txt`` included."""
        with self._lock:
            return dict(self._requests)

    def set_day(self, day: date) -> None:
        """Let all catalogues show ``day``."""
        with self._lock:
            self._day = day
            self._made.clear()

    def fault(self, host: str, kind: str, **options: Any) -> None:
        """Let ``host`` fail; see ``sandbox.faults`` for kinds and options. Several faults add up.

        Raises:
            KeyError: if no catalogue answers for ``host``.
            ValueError: if there is no such kind.
            TypeError: if there is no such option.
        """
        if host not in HOSTS:
            raise KeyError(f"no catalogue answers for {host!r}")
        fault = Fault(kind=kind, **options)
        with self._lock:
            self._faults.setdefault(host, []).append(fault)

    def clear_faults(self) -> None:
        """Let every host answer as it should."""
        with self._lock:
            self._faults.clear()

    @staticmethod
    def hosts(slug: str) -> tuple[str, ...]:
        """Return the hosts that answer for the catalogue ``slug``."""
        return CATALOGUES[slug].hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request (ASGI)."""
        if scope["type"] != "http":
            raise ValueError(f"only HTTP is served, not {scope['type']}")
        http = HttpRequest(scope, receive)
        body = (await http.body())[:_BODY_MAX] if http.method == "POST" else b""
        key = next((http.headers[name] for name in _KEYS if name in http.headers), "")
        host = http.headers.get("host", "").partition(":")[0]
        request = Request(host, http.url.path, http.url.query, body, key)
        faults = self._struck(request)
        for fault in faults:
            if fault.kind == "slow":
                await asyncio.sleep(fault.seconds)
        response = self._respond(http, request, faults)
        if any(fault.kind == "reset" for fault in faults):
            await _send_half(response, send)
        await response(scope, receive, send)

    def _struck(self, request: Request) -> list[Fault]:
        address = f"{request.path}?{request.query}" if request.query else request.path
        with self._lock:
            self._requests[request.host] += 1
            struck = [fault for fault in self._faults.get(request.host, ()) if fault.concerns(address)]
            for fault in struck:
                fault.count()
        return struck

    def _respond(self, http: HttpRequest, request: Request, faults: list[Fault]) -> Response:
        if http.method not in {"GET", "HEAD", "POST"}:
            return Response("method not allowed", 405)
        if request.host not in HOSTS:
            return Response(f"no catalogue answers for {request.host!r}", 421)
        made = self._make(request, faults)
        answer = made.answer
        for fault in faults:
            answer = pretended(fault.kind, request, spoilt(fault, answer), self._day)
        headers = {"Date": self._moment(12), "Content-Type": answer.content_type}
        if answer.location:
            headers["Location"] = answer.location
        if any(fault.kind == "not_modified" for fault in faults) and "if-none-match" in http.headers:
            return Response(None, 304, {"Date": headers["Date"], "ETag": http.headers["if-none-match"]})
        waits = [fault.retry_after for fault in faults if fault.kind == "status" and fault.retry_after is not None]
        if waits:
            headers["Retry-After"] = str(max(waits))
        if answer.status != 200 or answer is not made.answer or http.method == "POST":
            return Response(answer.body, answer.status, headers)
        return self._validated(http, made, headers)

    def _validated(self, http: HttpRequest, made: _Made, headers: dict[str, str]) -> Response:
        """Return the whole answer with its validators, packed if asked for, or a 304 for one that is known."""
        body, etag = made.answer.body, made.etag
        headers |= {"Last-Modified": self._moment(0), "Vary": "Accept-Encoding"}
        if "gzip" in http.headers.get("accept-encoding", ""):
            # A strong validator stands for the very bytes, and the packed ones are others (RFC 9110, 8.8.3).
            body, etag = gzip.compress(body, compresslevel=6, mtime=0), f"{etag}-gzip"
            headers["Content-Encoding"] = "gzip"
        headers["ETag"] = f'"{etag}"'
        if self._is_known(http, headers["ETag"]):
            del headers["Content-Type"]
            headers.pop("Content-Encoding", None)
            return Response(None, 304, headers)
        return Response(body, 200, headers)

    def _is_known(self, http: HttpRequest, etag: str) -> bool:
        """Whether the asker holds the answer. If-None-Match goes before If-Modified-Since (RFC 9110, 13.2.2)."""
        held = http.headers.get("if-none-match")
        if held is not None:
            return held.strip() == "*" or etag in {one.strip().removeprefix("W/") for one in held.split(",")}
        since = http.headers.get("if-modified-since")
        if since is None:
            return False
        try:
            return parsedate_to_datetime(since).date() >= self._day
        except ValueError:
            return False

    def _make(self, request: Request, faults: list[Fault]) -> _Made:
        for fault in faults:
            request = asked_instead(fault.kind, request)
        lies = tuple(fault.kind for fault in faults if fault.kind == "empty" or fault.kind in LIES)
        with self._lock:
            day = next((fault.day for fault in faults if fault.day is not None), self._day)
            wanted = _Wanted(request, lies, day)
            made = self._made.get(wanted)
        if made is not None:
            return made
        answer = _answer(self._world_of(wanted), day, request)
        made = _Made(answer, hashlib.sha256(answer.body).hexdigest()[:32])
        with self._lock:
            self._made[wanted] = made
        return made

    def _world_of(self, wanted: _Wanted) -> World:
        """Return the world as the lies have it."""
        if "empty" in wanted.lies:
            return self._nothing
        world, page = self._world, wanted.request.number("page", 1)
        for kind in wanted.lies:
            world = world.retold(told(kind, page))
        return world

    def _moment(self, hour: int) -> str:
        """Return the day at ``hour`` as HTTP writes it: the hosts live on that day, whatever the clock says."""
        return format_datetime(datetime.combine(self._day, time(hour), tzinfo=UTC), usegmt=True)


async def _send_half(response: Response, send: Send) -> None:
    """Send half of a body under the Content-Length of the whole.

    Raises:
        Broken: always, so that the server closes the connection.
    """
    body = bytes(response.body)
    await send({"type": "http.response.start", "status": response.status_code, "headers": response.raw_headers})
    await send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
    raise Broken


def _answer(world: World, day: date, request: Request) -> Answer:
    if request.path == "/robots.txt":
        return Answer(_robots(request.host).encode(), "text/plain; charset=utf-8")
    if request.path == "/sitemap.xml" and request.host in _SITEMAPS:
        return _sitemap(request.host, _SITEMAPS[request.host](world, day))
    answer = formats.answer(world, day, request)
    return answer or Answer(b"<html><body><h1>Not Found</h1></body></html>", "text/html; charset=utf-8", 404)


def _robots(host: str) -> str:
    rules = _ROBOTS_OF.get(host, _ROBOTS)
    return f"{rules}Sitemap: https://{host}/sitemap.xml\n" if host in _SITEMAPS else rules


def _sitemap(host: str, addresses: list[str]) -> Answer:
    urls = "".join(f"<url><loc>{escape(f'https://{host}{address}')}</loc></url>\n" for address in addresses)
    head = '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
    return Answer(f"{head}{urls}</urlset>\n".encode(), "application/xml")
