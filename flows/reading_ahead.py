"""Reading archived pages in other processes, ahead of the one that stores what they say."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait
from pathlib import Path
from threading import Thread
from typing import Protocol, TypeVar

from flows.archived import ArchivedRun, walked_again
from flows.look import read
from models.records import Harvested
from scrapers.archive import Archive
from scrapers.source import discover, scraper_for

RUNS_AHEAD = 2
"""How many runs each process may be ahead: enough that none waits, and no more in memory."""


class OfRun(Protocol):
    """Something that has to do with an archived run."""

    @property
    def run(self) -> ArchivedRun:
        """The run."""


Work = TypeVar("Work", bound=OfRun)


def read_archived(root: Path, run: ArchivedRun) -> Harvested:
    """Return what a run brought home, read from its archived pages by today's code; pages are without their bodies.

    Raises:
        ArchiveDamaged: if its file is gone.
    """
    day = run.as_of.date()
    harvested = read(scraper_for(discover()[run.source], day), walked_again(Archive(root), run), day)
    return replace(harvested, pages=tuple(replace(page, body=b"") for page in harvested.pages))


def read_ahead(root: Path, work: Iterable[Work], jobs: int) -> Iterator[tuple[Work, Harvested | Exception]]:
    """Yield each piece of work with what its run brought home, or with what went wrong, in the order given.

    Args:
        root: the archive.
        work: what has to do with runs; the next is asked for only when there is room.
        jobs: how many processes read; with 1 it is this one.

    Raises:
        BrokenExecutor: if a process was ended from outside.
    """
    if jobs <= 1:
        for piece in work:
            try:
                yield piece, read_archived(root, piece.run)
            except Exception as error:  # noqa: BLE001 - one bad run never costs the others
                yield piece, error
        return
    # A fork would copy open databases and the threads of a progress bar.
    context = get_context("spawn")
    with ProcessPoolExecutor(jobs, mp_context=context, initializer=_end_with_parent) as pool:
        waiting: deque[tuple[Work, Future[Harvested]]] = deque()
        for piece in work:
            waiting.append((piece, pool.submit(read_archived, root, piece.run)))
            if len(waiting) >= jobs * RUNS_AHEAD:
                yield _come(*waiting.popleft())
        while waiting:
            yield _come(*waiting.popleft())


def _come(piece: Work, coming: Future[Harvested]) -> tuple[Work, Harvested | Exception]:
    try:
        return piece, coming.result()
    except BrokenExecutor:
        raise
    except Exception as error:  # noqa: BLE001 - one bad run never costs the others
        return piece, error


def _end_with_parent() -> None:
    """Let this process end when the one that started it is killed: it would wait for work for ever."""
    parent = parent_process()
    if parent is not None:
        Thread(target=_watch, args=(parent.sentinel,), daemon=True).start()


def _watch(sentinel: int) -> None:
    wait([sentinel])
    os._exit(1)
