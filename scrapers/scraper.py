"""The contract of a scraper: one door to the network, then pure parsing.

A source whose catalogue engine is known needs no Python of its own: its ``source.toml`` names a base of
``scrapers.platforms``. Otherwise ``scrapers/sources/<slug>/scraper.py`` holds one subclass of ``Scraper``.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Iterable, Mapping
from typing import Protocol

from models.records import EMPTY, Format, Listing, Page, Problem, Source
from scrapers.signals import Signal

References = Mapping[str, Mapping[str, str]]
"""Tables found on auxiliary pages, by name: ``{"partner": {"45": "The Chinese University of Hong Kong"}}``."""


class PageFailed(Exception):
    """A page that was due could not be had. The failure is already recorded in the run, which is partial at best."""


class SourceBlocked(Exception):
    """The host refuses us (403, a challenge page, robots.txt). The run ends; nobody climbs over it."""


class Fetch(Protocol):
    """The one door to the network, as a scraper sees it. A page is archived before it is returned.

    Relative URLs are not accepted. Hosts the source does not declare are refused (recorded, ``PageFailed``).
    """

    async def get(self, url: str, *, accept: str | None = None) -> Page:
        """Return the page at ``url``.

        Raises:
            PageFailed: if it could not be had (recorded in the run).
            SourceBlocked: if the host refuses us.
        """
        ...

    def many(
        self, urls: Iterable[str], *, accept: str | None = None, signals: Mapping[str, Signal] = EMPTY
    ) -> AsyncIterator[Page]:
        """Yield the pages at ``urls`` in the order asked, several in flight; failed ones are recorded and left out.

        A page that is what it was at the last look may come without its body: it is for ``listings``, which gets it.
        ``signals`` are what cheaper documents of this walk say of pages, by address: a page whose signal stands still
        may not be asked for at all, once signals of that kind have earned trust (docs/decisions/0023).

        Raises:
            SourceBlocked: if the host refuses us.
        """
        ...

    def problem(self, problem: Problem) -> None:
        """Record a problem met while walking (a paging loop, a total that does not add up)."""
        ...

    def incomplete(self, reason: str) -> None:
        """Say that this walk cannot list everything although no page failed; the run is partial at best."""
        ...


class Scraper(ABC):
    """Reads one source in one of its formats. Instances keep no state between pages."""

    def __init__(self, source: Source, form: Format) -> None:
        self.source = source
        self.format = form

    @abstractmethod
    def pages(self, fetch: Fetch) -> AsyncIterator[Page]:
        """Walk the catalogue; yield every page that ``listings`` or ``references`` can read, list pages first."""

    def references(self, page: Page) -> References:
        """Return the tables that an auxiliary page holds, names by id (empty for every other page). Pure."""
        del page
        return {}

    @abstractmethod
    def listings(self, page: Page, references: References) -> Iterable[Listing | Problem]:
        """Yield the listings of one page, words as printed. Pure: no network, no clock, no database.

        What cannot be read yields a ``Problem``; one bad entry never costs the others.

        Raises:
            PageUnreadable: if the page as a whole cannot be read (see ``scrapers.decode``).
        """
