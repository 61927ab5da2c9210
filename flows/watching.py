"""Who is told how far harvests are: a person at a terminal, or the log."""

from __future__ import annotations

import logging
import time
from typing import Protocol

from models.records import Page, PageFailure, RunRecord

log = logging.getLogger(__name__)

PAGES_A_LINE = 100
SECONDS_A_LINE = 60
"""The log says how far a harvest is after so many pages, and no later than so many seconds if pages come in."""


class Watcher(Protocol):
    """Is told how far the harvests of several sources are."""

    def begun(self, slug: str, pages_expected: int | None) -> None:
        """A source is asked from now on; ``pages_expected`` is how many its last complete look had."""

    def page(self, slug: str, page: Page | PageFailure) -> None:
        """A page of a source came, or failed."""

    def waits(self, slug: str, host: str, seconds: float) -> None:
        """A request of a source waits for the pace of its host, or because the host asked to be left alone."""

    def ended(self, record: RunRecord) -> None:
        """The run of a source is over."""


class LoggedPages:
    """Writes a line to the log every hundred pages or every minute, whichever is sooner."""

    def __init__(self, slug: str) -> None:
        self._slug = slug
        self._pages = self._failed = 0
        self._began = self._said = time.monotonic()

    def __call__(self, page: Page | PageFailure) -> None:
        """Count a page."""
        now = time.monotonic()
        self._pages += 1
        self._failed += isinstance(page, PageFailure)
        if self._pages % PAGES_A_LINE and now - self._said < SECONDS_A_LINE:
            return
        self._said = now
        seconds = now - self._began
        rate = 60 * self._pages / max(seconds, 0.001)
        log.info(
            "%s: %d pages in %.0f s, %.0f a minute, %d failed", self._slug, self._pages, seconds, rate, self._failed
        )
