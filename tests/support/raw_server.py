"""A server of bytes on loopback: it says what a script tells it to, well-formed or not, as slowly as the script likes.

A script is what one request is answered with: ``bytes`` are sent, a number of seconds is waited, and ``RESET``,
``CLOSE``, ``STALL`` and ``KEEP`` say what becomes of the connection. Without one of them it is closed at the end.
"""

from __future__ import annotations

import asyncio
import itertools
import socket
import struct
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from enum import Enum
from types import TracebackType
from typing import Self


class End(Enum):
    """What becomes of a connection."""

    RESET = "reset"
    CLOSE = "close"
    STALL = "stall"
    KEEP = "keep"


RESET, CLOSE, STALL, KEEP = End.RESET, End.CLOSE, End.STALL, End.KEEP
Step = bytes | float | End
Script = Iterable[Step]


@dataclass(frozen=True)
class Asked:
    """A request: on which connection (counted from 1), and how many had come over it before."""

    method: str
    path: str
    host: str
    headers: dict[str, str]
    body: bytes
    connection: int
    before: int


Answering = Script | Callable[[Asked], Script]


def answer(
    body: bytes | str = b"",
    *,
    status: str = "200 OK",
    kind: str = "text/html; charset=utf-8",
    headers: Iterable[str] = (),
    end: End = KEEP,
) -> tuple[Step, ...]:
    """A well-formed answer with its length, and with further ``headers`` as lines."""
    content = body.encode() if isinstance(body, str) else body
    lines = (f"HTTP/1.1 {status}", f"Content-Type: {kind}", f"Content-Length: {len(content)}", *headers)
    return "\r\n".join((*lines, "", "")).encode() + content, end


def head(*lines: str, status: str = "200 OK", kind: str = "text/html; charset=utf-8") -> bytes:
    """The head of an answer, whose lines say what they like of the body."""
    return "\r\n".join((f"HTTP/1.1 {status}", f"Content-Type: {kind}", *lines, "", "")).encode()


def forever(*steps: Step) -> Iterator[Step]:
    """The steps again and again."""
    return itertools.cycle(steps)


@dataclass
class RawServer:
    """Begins with ``with``; answers in a thread of its own. A path that no script was named for is 404.

    ``on`` takes one script a request, the last again and again; those that can be gone through only once (generators)
    are given as functions. ``sent`` counts the bytes that were handed to the system.
    """

    asked: list[Asked] = field(default_factory=list)
    sent: int = 0
    port: int = 0
    host: str = "127.0.0.1"
    otherwise: Callable[[Asked], Script] | None = None
    """Answers what no path was named for, as a whole imitated host does."""

    def __post_init__(self) -> None:
        self._scripts: dict[str, list[Answering]] = {}
        self._connections = 0
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._tasks: set[asyncio.Task[None]] = set()

    def on(self, path: str, *answers: Answering) -> None:
        """Say what the requests for ``path`` are answered with, in turn."""
        self._scripts[path] = list(answers)

    def forget(self) -> None:
        """Take back everything that was said of paths, and forget what was asked."""
        self._scripts.clear()
        self.otherwise = None
        self.asked.clear()
        self.sent = 0

    def times(self, path: str) -> int:
        """How often ``path`` was asked for."""
        return sum(asked.path == path for asked in self.asked)

    def paths(self) -> list[str]:
        """What was asked for, but for robots.txt."""
        return [asked.path for asked in self.asked if asked.path != "/robots.txt"]

    def __enter__(self) -> Self:
        self._thread.start()
        self._server = asyncio.run_coroutine_threadsafe(
            asyncio.start_server(self._begin, self.host, self.port, limit=2**20), self._loop
        ).result(10)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    async def _end(self) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _begin(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._connections += 1
        task = self._loop.create_task(self._serve(reader, writer, self._connections))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, number: int) -> None:
        try:
            for before in itertools.count():
                asked = await _request(reader, number, before)
                self.asked.append(asked)
                if await self._play(self._script(asked), reader, writer) is not KEEP:
                    break
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    def _script(self, asked: Asked) -> Script:
        answers = self._scripts.get(asked.path)
        if answers is None:
            missing = answer(b"no such page", status="404 Not Found", kind="text/plain")
            return self.otherwise(asked) if self.otherwise else missing
        said = answers.pop(0) if len(answers) > 1 else answers[0]
        return said(asked) if callable(said) else said

    async def _play(self, script: Script, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> End:
        for step in script:
            if isinstance(step, bytes):
                writer.write(step)
                await writer.drain()
                self.sent += len(step)
                await asyncio.sleep(0)
            elif isinstance(step, End):
                return await _ended(step, reader, writer)
            else:
                await asyncio.sleep(step)
        return CLOSE


async def _request(reader: asyncio.StreamReader, connection: int, before: int) -> Asked:
    lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    method, path, _ = lines[0].split(" ")
    named = (line.partition(":") for line in lines[1:] if line)
    headers = {name.lower(): value.strip() for name, _, value in named}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Asked(method, path, headers.get("host", ""), headers, body, connection, before)


async def _ended(end: End, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> End:
    if end is RESET:
        # Nothing lingers: what is left is thrown away and the other side is told so (RST).
        taken: socket.socket = writer.get_extra_info("socket")
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()
    elif end is STALL:
        while await reader.read(65536):
            pass
    return end
