"""A walk that ends after a few pages: to try a source, to check it, to record an example of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Iterable, Mapping
from urllib.parse import urlsplit

from models.records import EMPTY, Origin, Page, PageFailure, Problem
from scrapers.scraper import Fetch, PageFailed
from scrapers.signals import Signal

PAGES_OF_A_LIST_MAX = 2
"""How many pages of one list a sample holds: the second shows that paging works."""


class SampledFetch:
    """A ``Fetch`` that asks for at most ``pages_max`` pages of another, and keeps those it got, in order.

    Of one list it asks for two pages, so that there is room for the pages of entries. What is beyond the sample fails
    (``get``) or is left out (``many``); the walk is incomplete, and says so.
    """

    def __init__(self, inner: Fetch, pages_max: int) -> None:
        self.origin: Origin = getattr(inner, "origin", Origin.LIVE)
        self.pages: list[Page] = []
        self.failures: list[PageFailure] = getattr(inner, "failures", [])
        self.problems: list[Problem] = getattr(inner, "problems", [])
        self.robots: dict[str, str] = getattr(inner, "robots", {})
        self.incomplete_reasons: list[str] = getattr(inner, "incomplete_reasons", [])
        self._inner = inner
        self._pages_max = pages_max
        self._asked = 0
        self._lists: Counter[str] = Counter()

    async def get(self, url: str, *, accept: str | None = None) -> Page:
        """Return the page at ``url``.

        Raises:
            PageFailed: if it could not be had, or is beyond the sample.
            SourceBlocked: if the host refuses us.
        """
        path = urlsplit(url)._replace(query="", fragment="").geturl()
        if self._lists[path] >= PAGES_OF_A_LIST_MAX:
            raise self._beyond(url)
        self._lists[path] += 1
        return await self._get(url, accept)

    async def many(
        self, urls: Iterable[str], *, accept: str | None = None, signals: Mapping[str, Signal] = EMPTY
    ) -> AsyncIterator[Page]:
        """Yield the pages at ``urls`` as far as the sample has room; failed ones are left out.

        Raises:
            SourceBlocked: if the host refuses us.
        """
        del signals
        for url in urls:
            try:
                page = await self._get(url, accept)
            except PageFailed:
                continue
            yield page

    async def _get(self, url: str, accept: str | None) -> Page:
        if self._asked >= self._pages_max:
            raise self._beyond(url)
        self._asked += 1
        page = await self._inner.get(url, accept=accept)
        self.pages.append(page)
        return page

    def _beyond(self, url: str) -> PageFailed:
        reason = f"a sample of at most {self._pages_max} pages"
        if reason not in self.incomplete_reasons:
            self._inner.incomplete(reason)
        return PageFailed(f"{url}: beyond the sample")

    def problem(self, problem: Problem) -> None:
        """Record a problem met while walking."""
        self._inner.problem(problem)

    def incomplete(self, reason: str) -> None:
        """Record that this walk cannot list everything."""
        self._inner.incomplete(reason)
