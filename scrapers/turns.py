"""Pages in the order they were asked for, several of them under way; and pages that came before their turn."""

from __future__ import annotations

import asyncio
import time
import zlib
from collections import deque
from collections.abc import AsyncGenerator, Callable, Collection, Iterable
from dataclasses import dataclass, replace

from models.records import Page
from scrapers.scraper import PageFailed

READY_MAX = 256
"""So many pages that need not be asked for are taken up before those asked for have come."""
TURN_SECONDS = 0.005
"""So long pages are taken up and yielded one after the other; then other work of the event loop has its turn.

How many that are depends on what is done with them: one is passed over in a tenth of a millisecond, one read in twenty.
"""


async def in_turn(
    steps: Iterable[str | Page],
    ask: Callable[[str], asyncio.Task[Page]],
    *,
    at_once: int,
    is_stopped: Callable[[], bool],
) -> AsyncGenerator[Page]:
    """Yield pages in their order; failed ones are left out.

    Args:
        steps: pages that are there, and addresses to ask for; taken only as pages are wanted.
        ask: begins to ask for an address.
        at_once: how many are asked for at once.
        is_stopped: whether no more steps are to be taken.

    Raises:
        SourceBlocked: if the host refuses us; requests under way are given up.
    """
    ahead: deque[asyncio.Task[Page] | Page] = deque()
    waiting = iter(steps)
    asked = 0
    others = _Others()
    try:
        while True:
            while asked < at_once and len(ahead) < at_once + READY_MAX and not is_stopped():
                step = next(waiting, None)
                if step is None:
                    break
                ahead.append(step if isinstance(step, Page) else ask(step))
                asked += isinstance(step, str)
                await others.have_their_turn()
            if not ahead:
                return
            # It stays in the queue while it is waited for, so that it is ended with the others.
            page = await _page(ahead[0])
            asked -= not isinstance(ahead.popleft(), Page)
            await others.have_their_turn()  # a page that has come is no more waited for than one that was there
            if page is not None:
                yield page
    finally:
        await end([step for step in ahead if not isinstance(step, Page)])


class _Others:
    """The other work of the event loop: requests of this source and of others."""

    def __init__(self) -> None:
        self._had_turn_at = time.monotonic()

    async def have_their_turn(self) -> None:
        """Let the event loop go round, unless that was a moment ago."""
        if time.monotonic() - self._had_turn_at > TURN_SECONDS:
            await asyncio.sleep(0)
            self._had_turn_at = time.monotonic()


async def _page(step: asyncio.Task[Page] | Page) -> Page | None:
    try:
        return step if isinstance(step, Page) else await step
    except PageFailed:
        return None


async def end(tasks: Collection[asyncio.Task[Page]]) -> None:
    """Cancel ``tasks`` and wait until they have ended, whatever they end with."""
    ended = list(tasks)
    for task in ended:
        task.cancel()
    await asyncio.gather(*ended, return_exceptions=True)


@dataclass(frozen=True, slots=True)
class HeldPage:
    """A page that came before its turn: its body is packed, or left in the archive if it is what it was."""

    bare: Page
    packed: bytes

    @classmethod
    def of(cls, page: Page) -> HeldPage:
        """Pack a page; fast rather than small, since most are held for a moment."""
        return cls(replace(page, body=b""), b"" if page.unchanged else zlib.compress(page.body, level=1))

    def page(self) -> Page:
        """Return the page, without its body if it is what it was."""
        return replace(self.bare, body=zlib.decompress(self.packed)) if self.packed else self.bare
