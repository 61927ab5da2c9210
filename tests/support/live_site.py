"""A real HTTP server on loopback that says what a test tells it to, and a run of the real fetcher against it."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from models.records import Format, KnownPage, Page, PageFailure, Source, Terms
from scrapers.archive import Archive, known_page
from scrapers.client import FetchLimits
from scrapers.fetch import HttpFetcher
from scrapers.run_fetch import RunFetch
from scrapers.scraper import PageFailed, SourceBlocked
from scrapers.vouching import Vouching

HOST = "www.tu.example"
BASE = f"https://{HOST}"
STARTED = datetime(2026, 11, 23, 9, 0, 0, tzinfo=UTC)


@dataclass
class Reply:
    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    delay: float = 0.0
    pieces: Sequence[bytes] | None = None


@dataclass
class Asked:
    host: str
    path: str
    headers: dict[str, str]
    at: float
    method: str = "GET"
    body: bytes = b""


Answering = Reply | Callable[[Asked], Reply] | list[Reply]


class Site:
    """The hosts of a test. A list of replies is given one by one, the last again and again."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.asked: list[Asked] = []
        self.most_at_once = 0
        self._at_once = 0
        self.otherwise: Callable[[Asked], Reply] | None = None
        """Answers what no path was named for, as a whole imitated host does."""
        self._replies: dict[tuple[str, str], Answering] = {}

    def on(self, path: str, reply: Answering | bytes, host: str = HOST, **facts: Any) -> None:
        """Say what ``path`` answers; bytes are a body, with ``facts`` of ``Reply``."""
        self._replies[host, path] = Reply(reply, **facts) if isinstance(reply, bytes) else reply

    @staticmethod
    def reply(body: bytes = b"", **facts: Any) -> Reply:
        return Reply(body, **facts)

    def paths(self, *, robots: bool = False) -> list[str]:
        return [asked.path for asked in self.asked if robots or asked.path != "/robots.txt"]

    def times(self, path: str) -> int:
        return self.paths(robots=True).count(path)

    async def answer(self, asked: Asked) -> Reply:
        self.asked.append(asked)
        self._at_once += 1
        self.most_at_once = max(self.most_at_once, self._at_once)
        try:
            reply = self._reply(asked)
            await asyncio.sleep(reply.delay)
            return reply
        finally:
            self._at_once -= 1

    def _reply(self, asked: Asked) -> Reply:
        found = self._replies.get((asked.host, asked.path))
        if found is None and self.otherwise is not None:
            return self.otherwise(asked)
        if found is None:
            return Reply(b"no such page", status=404, headers={"content-type": "text/plain"})
        if isinstance(found, list):
            return found.pop(0) if len(found) > 1 else found[0]
        return found if isinstance(found, Reply) else found(asked)


class _Server:
    def __init__(self) -> None:
        self.site: Site | None = None
        config = uvicorn.Config(
            self._app,
            host="127.0.0.1",
            port=0,
            log_level="critical",
            lifespan="off",
            ws="none",
            http="h11",
            interface="asgi3",
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)

    def start(self) -> int:
        self._thread.start()
        while not self._server.started:
            time.sleep(0.005)
        return int(self._server.servers[0].sockets[0].getsockname()[1])

    def stop(self) -> None:
        self._server.should_exit = True
        self._server.force_exit = True
        self._thread.join(10)

    async def _app(self, scope: Any, receive: Any, send: Any) -> None:
        assert scope["type"] == "http"
        body = (await receive()).get("body", b"") if scope["method"] == "POST" else b""
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        path = scope["raw_path"].decode() + (f"?{scope['query_string'].decode()}" if scope["query_string"] else "")
        assert self.site is not None
        reply = await self.site.answer(Asked(headers["host"], path, headers, time.monotonic(), scope["method"], body))
        sent = {"content-type": "text/html; charset=utf-8", **reply.headers}
        if reply.pieces is None and reply.status != 304:
            sent["content-length"] = str(len(reply.body))
        raw = [(name.encode(), value.encode("latin-1")) for name, value in sent.items() if value]
        await send({"type": "http.response.start", "status": reply.status, "headers": raw})
        for piece in reply.pieces or ():
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": reply.body})


@pytest.fixture(scope="session")
def _server() -> Iterator[tuple[_Server, int]]:
    server = _Server()
    yield server, server.start()
    server.stop()


@pytest.fixture
def site(_server: tuple[_Server, int]) -> Site:
    server, port = _server
    server.site = Site(port)
    return server.site


def source_of(*hosts: str, start: str = f"{BASE}/courses", pace_seconds: float = 1.0, concurrency: int = 1) -> Source:
    return Source(
        slug="tu_example",
        name="TU Example",
        kind="institution",
        country="NL",
        language="en",
        formats=(Format(platform=None, start=(start,)),),
        cadence="weekly",
        complete=True,
        terms=Terms(url=f"{BASE}/terms", checked=date(2026, 11, 23), note="invented"),
        evidence="assumed",
        hosts=hosts,
        pace_seconds=pace_seconds,
        concurrency=concurrency,
    )


Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class Clock:
    """Gives a time one second later whenever asked."""

    def __init__(self, start: datetime = STARTED) -> None:
        self.now = start

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


@dataclass
class Ran:
    result: Any
    fetch: RunFetch
    file: str
    told: list[Page | PageFailure]


@asynccontextmanager
async def raw_server(
    talk: Talk,
) -> AsyncIterator[int]:
    """Serve one connection after another with ``talk`` after reading the head of a request; robots.txt is 404."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            if head.startswith(b"GET /robots.txt "):
                writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            else:
                await talk(reader, writer)
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        await server.wait_closed()


class Observed:
    """An archive in a temporary folder, and runs against a server on loopback that write to it."""

    def __init__(self, root: Path, port: int) -> None:
        self.archive = Archive(root)
        self.port = port

    source = staticmethod(source_of)

    def run(self, walk: Callable[[RunFetch], Awaitable[Any]], **facts: Any) -> Ran:
        """Walk with ``arun`` in an event loop of its own."""
        return asyncio.run(self.arun(walk, **facts))

    def get(self, url: str, *, accept: str | None = None, **facts: Any) -> Ran:
        """Run a walk that asks for one page."""
        return self.run(lambda fetch: fetch.get(url, accept=accept), **facts)

    def failing(self, url: str, *, accept: str | None = None, **facts: Any) -> Ran:
        """Run a walk over one page that cannot be had; the result is the message."""

        async def walk(fetch: RunFetch) -> str:
            with pytest.raises(PageFailed) as failed:
                await fetch.get(url, accept=accept)
            return str(failed.value)

        return self.run(walk, **facts)

    def blocked(self, url: str, **facts: Any) -> Ran:
        """Run a walk over one page of a host that refuses; the result is the message."""

        async def walk(fetch: RunFetch) -> str:
            with pytest.raises(SourceBlocked) as blocked:
                await fetch.get(url)
            return str(blocked.value)

        return self.run(walk, **facts)

    def raw(self, talk: Talk, walk: Callable[[RunFetch], Awaitable[Any]], **facts: Any) -> Ran:
        """Walk while a server serves every connection with ``talk``."""

        async def both() -> Ran:
            async with raw_server(talk) as port:
                return await self.arun(walk, ports=port, **facts)

        return asyncio.run(both())

    def kept(self, file: str) -> list[tuple[str, str, int, bytes]]:
        """Purpose, URL, status and body of every answer in a file, but for robots.txt."""
        captures = self.archive.read_run(file)
        return [(c.purpose, c.url, c.status, c.body()) for c in captures if c.purpose != "robots"]

    async def arun(
        self,
        walk: Callable[[RunFetch], Awaitable[Any]],
        *,
        source: Source | None = None,
        known: Sequence[Page | KnownPage] = (),
        limits: FetchLimits | None = None,
        paced: bool = False,
        ports: int | Mapping[str, int] | None = None,
        secret: str | None = None,
        key: str = "0123456789abcdef",
        started: datetime = STARTED,
        vouching: Vouching | None = None,
    ) -> Ran:
        told: list[Page | PageFailure] = []
        source = source or source_of()
        remembered = [k for p in known if (k := p if isinstance(p, KnownPage) else known_page(p))]
        fetcher = HttpFetcher(
            contact="https://observatory.example/about",
            clock=Clock(started),
            limits=limits or FetchLimits(),
            loopback_port=self.port if ports is None else ports,
            paced=paced,
        )
        async with fetcher:
            with self.archive.run_writer(source.slug, key, started, secret=secret) as writer:
                known_by_url = {k.url: k for k in remembered}
                fetch = fetcher.run(
                    source, writer=writer, archive=self.archive, known=known_by_url, on_page=told.append, secret=secret,
                    vouching=vouching,
                )  # fmt: skip
                async with fetch:
                    result = await walk(fetch)
                writer.close(fetch.summary())
        return Ran(result, fetch, writer.file, told)


@pytest.fixture
def observed(tmp_path: Path, site: Site) -> Observed:
    return Observed(tmp_path / "archive", site.port)


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The waits asked for, while none takes place."""
    waits: list[float] = []

    async def note(seconds: float) -> None:
        waits.append(seconds)
        loop = asyncio.get_running_loop()
        skipped = loop.time() + seconds
        monkeypatch.setattr(loop, "time", lambda: skipped)
        await asyncio.sleep(0)

    monkeypatch.setattr("scrapers.pace.sleep", note)
    return waits
