"""``microcred harvest`` without Prefect: it starts at once, and shows a person how far it is."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING

from flows import console
from flows.live import harvest_sources
from flows.observatory import open_observatory
from flows.sharding import sources_to_harvest
from flows.watching import LoggedPages
from models.records import Page, PageFailure, RunRecord

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

    from flows.watching import Watcher

SOURCES_SHOWN = 8
"""So many sources have a line of their own at once; the others count in the first line."""
WAIT_SHOWN_SECONDS = 3.0
"""A longer wait for a host is worth a word: otherwise it is its ordinary pace."""


def harvest_plainly(
    slugs: Sequence[str], as_of: datetime, *, include_retired: bool, shard: str | None, whole: bool = False
) -> list[RunRecord]:
    """Harvest the named or due sources of a shard and return their run records; progress on stderr if a terminal.

    Raises:
        InUse: if another process is at work with all of them.
    """
    with (
        open_observatory() as observatory,
        sources_to_harvest(observatory, slugs, as_of, retired=include_retired, shard=shard, refuses=True) as chosen,
    ):
        if not chosen:
            console.say("nothing is due; name a source to harvest it anyway (`microcred sources list`)")
            return []
        with _watcher(len(chosen)) as watcher:
            return asyncio.run(harvest_sources(observatory, chosen, as_of=as_of, watcher=watcher, whole=whole))


@contextmanager
def _watcher(sources: int) -> Iterator[Watcher]:
    if not console.err.is_terminal:
        yield Reasons()
        return
    from flows.progress import progress_on

    with progress_on(console.err.console) as lines:
        yield Lines(lines, sources)


class Reasons:
    """Says why a run is not simply good, and nothing else but to the log: for a pipe."""

    def __init__(self) -> None:
        self._logs: dict[str, LoggedPages] = {}

    def begun(self, slug: str, pages_expected: int | None) -> None:
        """Begin to count."""
        del pages_expected
        self._logs[slug] = LoggedPages(slug)

    def page(self, slug: str, page: Page | PageFailure) -> None:
        """Tell the log, which is shown with ``--verbose``."""
        self._logs[slug](page)

    def waits(self, slug: str, host: str, seconds: float) -> None:
        """Say nothing."""

    def ended(self, record: RunRecord) -> None:
        """Say how a run ended, if there is a reason."""
        if record.reason:
            console.say(f"{record.source}: {record.outcome}: {record.reason}")


class Lines:
    """A line for all sources, and one for each that is asked: pages, rate, time left after the last look, waits."""

    def __init__(self, lines: Progress, sources: int) -> None:
        self._lines = lines
        self._all = lines.add_task("harvest", total=sources, unit="sources")
        self._tasks: dict[str, TaskID] = {}
        self._pages: Counter[str] = Counter()
        self._listings = 0

    def begun(self, slug: str, pages_expected: int | None) -> None:
        """Add the line of a source; the time left rests on the number of pages of its last complete look."""
        visible = len(self._tasks) < SOURCES_SHOWN
        self._tasks[slug] = self._lines.add_task(slug, total=pages_expected, unit="pages", visible=visible)

    def page(self, slug: str, page: Page | PageFailure) -> None:
        """Count a page; a catalogue that has grown has no known end any more."""
        self._pages[slug] += 1
        task = self._lines.tasks[self._lines.task_ids.index(self._tasks[slug])]
        if task.total is not None and self._pages[slug] > task.total:
            task.total = None
        failed = " (a page failed)" if isinstance(page, PageFailure) else ""
        self._lines.update(self._tasks[slug], advance=1, description=f"{slug}{failed}")
        self._say_all()

    def waits(self, slug: str, host: str, seconds: float) -> None:
        """Say that a source waits, if it is long."""
        if seconds >= WAIT_SHOWN_SECONDS:
            self._lines.update(self._tasks[slug], description=f"{slug}: waits {seconds:.0f} s for {host}")

    def ended(self, record: RunRecord) -> None:
        """Take away the line of a source, say how its run ended, and give its place to one that waits for a line."""
        self._lines.remove_task(self._tasks.pop(record.source))
        self._listings += record.listings
        self._lines.advance(self._all)
        self._say_all()
        for task in [task for task in self._lines.tasks if not task.visible][:1]:
            self._lines.update(task.id, visible=True)
        reason = f": {record.reason}" if record.reason else ""
        console.say(
            f"{record.source}: {record.outcome}, {record.listings:,} listings from "
            f"{self._pages[record.source]:,} pages{reason}"
        )

    def _say_all(self) -> None:
        words = f"harvest: {self._pages.total():,} pages, {self._listings:,} listings"
        self._lines.update(self._all, description=words)
