"""What every ``Fetch`` shares that answers from pages which are there already, and asks no host of the source."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Iterable, Mapping
from datetime import datetime
from urllib.parse import urlsplit

from models.records import EMPTY, Page, PageFailure, Problem, Source, Stage
from scrapers.scraper import PageFailed
from scrapers.signals import Signal


class GivenPages(ABC):
    """Keeps the record of a walk over given pages; only hosts that the source declares may be asked for.

    Args:
        source: whose pages they are.
        as_of: the aware time that failures are dated at.
        robots: what stands in place of a decision of robots.txt, for each host.
    """

    def __init__(self, source: Source, as_of: datetime, *, robots: str) -> None:
        self.failures: list[PageFailure] = []
        self.problems: list[Problem] = []
        self.incomplete_reasons: list[str] = []
        self.robots: dict[str, str] = {}
        self._source = source
        self._as_of = as_of
        self._robots = robots

    @abstractmethod
    async def get(self, url: str, *, accept: str | None = None) -> Page:
        """Return the page at ``url`` (see ``scrapers.scraper.Fetch``)."""

    async def many(
        self, urls: Iterable[str], *, accept: str | None = None, signals: Mapping[str, Signal] = EMPTY
    ) -> AsyncIterator[Page]:
        """Yield the pages at ``urls``; failed ones are recorded and left out. No request is spared by ``signals``.

        Raises:
            SourceBlocked: if the walk may not go on.
        """
        del signals
        for url in urls:
            try:
                page = await self.get(url, accept=accept)
            except PageFailed:
                continue
            yield page

    def problem(self, problem: Problem) -> None:
        """Record a problem met while walking."""
        self.problems.append(problem)

    def incomplete(self, reason: str) -> None:
        """Record that this walk cannot list everything although no page failed."""
        self.incomplete_reasons.append(reason)

    def _check_host(self, url: str) -> None:
        """Refuse an address on a host that the source does not declare.

        Raises:
            PageFailed: if it is one (recorded).
        """
        try:
            host = urlsplit(url).netloc.lower()
        except ValueError as error:
            raise self._failed(url, f"not an address: {error}") from error
        if host not in self._source.hosts:
            message = f"{host or url} is not a host this source declares"
            self.problems.append(Problem(stage=Stage.FETCH, code="off_host_link", message=message, url=url))
            raise self._failed(url, f"not followed: {message}")
        self.robots[host] = self._robots

    def _failed(self, url: str, reason: str, status: int | None = None) -> PageFailed:
        self.failures.append(PageFailure(url=url, at=self._as_of, reason=reason, status=status))
        return PageFailed(f"{url}: {reason}")
