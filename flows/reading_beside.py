"""A process that reads pages beside the one that asks for them, when pages come faster than polite pace lets them.

It fills the readings that are kept (``flows.kept_readings``) and hands back what the rules of classification make of
them. Nothing depends on it: a page that it did not read, for whatever reason, is read from the archive when the walk is
over, and what the rules did not say is asked of them again.
"""

from __future__ import annotations

import asyncio
import logging
import os
import time
from collections import deque
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Self

from flows.processes import Processes
from flows.to_read import Made, ToClassify, ToRead, done
from models.records import Listing, Page, Problem, Programme

log = logging.getLogger(__name__)

WORTH_PAGES, WORTH_SECONDS = 15, 0.5
"""So many pages within so short a time are worth a process: hosts that are asked once a second never bring them."""
BATCH_PAGES, BATCH_BYTES = 16, 1024 * 1024
PROGRAMMES_AT_ONCE = 200
LARGE_PAGES = 1_000
"""A run of so many pages, read or not, takes more memory to be stored than the process that reads has."""
BATCHES_MAX = 8
"""Batches under way: enough that the other process does not wait, and a few megabytes of pages in memory."""


def processors() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Reader:
    """The process that reads, begun when it is worth it; one for all sources of this process.

    Args:
        allowed: whether there may be one.
        worth_pages: how many pages within ``WORTH_SECONDS`` make it worth it.
    """

    def __init__(self, *, allowed: bool = True, worth_pages: int = WORTH_PAGES) -> None:
        self._allowed = allowed and processors() > 1
        self._met: deque[float] = deque(maxlen=worth_pages)
        self._pool: Processes | None = None
        self._ending: Processes | None = None
        self._under_way: list[Future[Made]] = []
        self._users: set[int] = set()

    def is_worth_it(self) -> bool:
        """Whether the page that has come now should be read elsewhere."""
        if not self._allowed:
            return False
        if self._pool is None:
            self._met.append(time.monotonic())
            if len(self._met) < (self._met.maxlen or 0) or self._met[-1] - self._met[0] > WORTH_SECONDS:
                return False
        self._under_way = [coming for coming in self._under_way if not coming.done()]
        return len(self._under_way) < BATCHES_MAX

    def has_begun(self) -> bool:
        """Whether there is a process, with the rules of classification in its memory."""
        return self._allowed and self._pool is not None

    def needed_by(self, user: object) -> None:
        """Have the process, once it has begun, stay until ``user`` is done with it."""
        self._users.add(id(user))

    def submit(self, work: ToRead | ToClassify) -> Future[Made] | None:
        """Give work to the process; ``None`` if there is none any more."""
        try:
            if self._pool is None:
                self._pool = Processes(1)
            coming = self._pool.submit(done, work)
        except (RuntimeError, OSError) as error:  # a broken pool is a RuntimeError
            self._lost(error)
            return None
        self._under_way.append(coming)
        return coming

    def done_with(self, user: object, *, is_large: bool) -> None:
        """Tell that ``user`` has no more work; if nobody else has, the process ends after a large walk.

        Then its memory is free while the run is stored, which takes most. After a small one it stays for the next
        source: to begin it takes as long as reading hundreds of pages.
        """
        self._users.discard(id(user))
        if is_large and self._pool is not None and not self._users:
            self._pool.shutdown(wait=False)
            self._ending, self._pool = self._pool, None
            self._met.clear()

    def close(self) -> None:
        """End the process, and wait until it has."""
        self._allowed = False
        for pool in (self._ending, self._pool):
            if pool is not None:
                pool.shutdown(wait=True, cancel_futures=True)
        self._ending = self._pool = None

    def _lost(self, error: Exception) -> None:
        log.warning("the process that reads pages is gone, and they are read here: %s", error)
        self._allowed = False


@dataclass(slots=True)
class PagesBeside:
    """The pages of one walk that another process reads. Belongs to one event loop; a context, whose end lets it go."""

    reader: Reader
    slug: str
    on: date
    readings: Path
    code_version: str
    pages: int = 0
    """How many the walk has met so far, wherever they were read, and those that were not."""
    _taken: int = 0
    _made: dict[bytes, bytes] = field(default_factory=dict)
    _is_all_made: bool = True
    _batch: list[tuple[Page, Sequence[Listing | Problem] | None]] = field(default_factory=list)
    _batch_bytes: int = 0
    _coming: list[Future[Made]] = field(default_factory=list)

    @property
    def has_taken(self) -> bool:
        """Whether a page of the walk is read elsewhere; what was read here is then made there as well."""
        return self._taken > 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.let_go()

    def let_go(self) -> None:
        """Have no more work for the other process."""
        self.reader.done_with(self, is_large=self.pages >= LARGE_PAGES)

    def take(self, page: Page) -> bool:
        """Have a page read elsewhere; ``False`` if it must be read here."""
        if not self.reader.is_worth_it():
            return False
        self._add(page, None)
        return True

    def take_read(self, page: Page, entries: Sequence[Listing | Problem]) -> None:
        """Have what a page holds that was read here, for want of room there, normalised, classified and kept there."""
        self._add(page, entries)

    def _add(self, page: Page, entries: Sequence[Listing | Problem] | None) -> None:
        self._taken += 1
        self.reader.needed_by(self)
        self._batch.append((page, entries))
        self._batch_bytes += len(page.body)
        # The first page goes alone: to begin, the process takes as long as many pages take to come.
        if not self.reader.has_begun() or len(self._batch) >= BATCH_PAGES or self._batch_bytes >= BATCH_BYTES:
            self._submit()

    async def all_read(self) -> None:
        """Wait until all pages taken have been read, as far as they could be; let the process go if that was all."""
        self._submit()
        await self._all_come()
        if self._is_all_made:
            self.let_go()

    async def all_made(self, programmes: Sequence[Programme]) -> Mapping[bytes, bytes]:
        """Have programmes that were read here classified where the rules are loaded, if they are.

        Returns:
            What the rules made of them and of all that was read there, packed, by the digest of it (``flows.packed``).
        """
        if self.reader.has_begun():
            for some in range(0, len(programmes), PROGRAMMES_AT_ONCE):
                batch = tuple(programmes[some : some + PROGRAMMES_AT_ONCE])
                self._await(ToClassify(slug=self.slug, on=self.on, programmes=batch))
            await self._all_come()
        return self._made

    async def _all_come(self) -> None:
        for result in await asyncio.gather(*map(asyncio.wrap_future, self._coming), return_exceptions=True):
            if isinstance(result, BaseException):
                log.warning("%s: pages are read here: %s: %s", self.slug, type(result).__name__, result)
                self._is_all_made = False
            else:
                self._made.update(result.classified)
                self._is_all_made = self._is_all_made and result.is_all
        self._coming.clear()

    def _submit(self) -> None:
        if not self._batch:
            return
        work = ToRead(
            slug=self.slug,
            on=self.on,
            readings=self.readings,
            code_version=self.code_version,
            pages=tuple(self._batch),
        )
        self._batch, self._batch_bytes = [], 0
        self._await(work)

    def _await(self, work: ToRead | ToClassify) -> None:
        self.reader.needed_by(self)
        coming = self.reader.submit(work)
        if coming is not None:
            self._coming.append(coming)
