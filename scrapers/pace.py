"""The pace of one host: how soon the next request may go out, shared by all runs of a process."""

from __future__ import annotations

import asyncio
from asyncio import sleep

from aiolimiter import AsyncLimiter


class HostPace:
    """Lets one request at a time through to a host. Belongs to one event loop.

    The longest delay anybody asked for holds (ours, the host's Crawl-delay, another run's). A pause (Retry-After, or
    the wait before a new attempt) stops every request to the host, not only the one that met it: a host in trouble is
    not helped by being asked for something else meanwhile.
    """

    def __init__(self) -> None:
        self._turn = asyncio.Lock()
        self._limiter: AsyncLimiter | None = None
        self._delay = 0.0
        self._resume_at = 0.0

    async def turn(self, delay: float) -> None:
        """Wait until a request may go out, with at least ``delay`` seconds between this one and the last."""
        async with self._turn:
            while (left := self.pause_left()) > 0:  # noqa: ASYNC110 - a pause may be prolonged while we wait
                await sleep(left)
            if delay > self._delay:
                await self._slow_down(delay)
            if self._limiter is not None:
                await self._limiter.acquire()

    def pause(self, seconds: float) -> None:
        """Let nothing through for ``seconds`` from now, or for longer if that was already so."""
        self._resume_at = max(self._resume_at, asyncio.get_running_loop().time() + seconds)

    def pause_left(self) -> float:
        """Return the seconds left of a pause, 0 if there is none."""
        return max(0.0, self._resume_at - asyncio.get_running_loop().time())

    async def _slow_down(self, delay: float) -> None:
        had_limiter = self._limiter is not None
        self._limiter, self._delay = AsyncLimiter(1, delay), delay
        if had_limiter:
            # The request let through by the limiter before still counts.
            await self._limiter.acquire()
