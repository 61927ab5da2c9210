"""What an archive holds of a source, asked the same way whether it is a host or some files."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Protocol, Self

from models.records import Origin, Problem, Source, Stage
from scrapers.door import Door
from scrapers.webarchives.captures import ArchivedCapture, PastPage, address_key, deduplicated, resolved, selected
from scrapers.webarchives.cdx import CdxQuery
from scrapers.webarchives.errors import CaptureExcluded, IndexTooLarge
from scrapers.webarchives.files import WarcFiles
from scrapers.webarchives.wanted import Wanted

ROWS_AN_ANSWER = 10_000
"""Of an index: fewer questions, of answers of some 2 MB."""

LOOKUPS_MAX = 500
"""Questions to the index of a host in one look about addresses that its source did not say it would ask for."""


class Holdings(Protocol):
    """An archive of captures.

    ``origin`` is what its looks are of, ``lookups_max`` how many single addresses may be looked up for one look.
    """

    origin: Origin
    lookups_max: int

    @property
    def problems(self) -> list[Problem]:
        """What of the archive could not be read, so far."""
        ...

    async def about(self, wanted: Wanted, since: date, until: date) -> list[ArchivedCapture]:
        """Return captures of pages, each once, between two days (UTC, both included), in the order of time.

        Raises:
            ArchiveFailed: if the archive cannot say.
            SourceBlocked: if it refuses us.
        """
        ...

    async def lookup(self, url: str, since: date, until: date) -> list[ArchivedCapture]:
        """Return captures of a single address (see ``about``)."""
        ...

    async def fetch(self, capture: ArchivedCapture) -> PastPage:
        """Return a capture with its body, or another one of the address if the archive gives that.

        Raises:
            ArchiveFailed: if it cannot be had.
            SourceBlocked: if the archive refuses us.
        """
        ...


class Asked(Protocol):
    """The clients of archives that are hosts: ``Wayback`` and ``CommonCrawl``."""

    door: Door

    def captures(self, query: CdxQuery) -> AsyncIterator[ArchivedCapture]:
        """Yield what the index names."""
        ...

    async def fetch(self, capture: ArchivedCapture) -> PastPage:
        """Return a capture with its body."""
        ...


class HostHoldings:
    """An archive that is a host. Its index is asked for one capture a day of each address where it can tell."""

    lookups_max = LOOKUPS_MAX

    def __init__(self, archive: Asked, origin: Origin) -> None:
        self.origin = origin
        self._archive = archive

    @property
    def problems(self) -> list[Problem]:
        """Rows of the index that name no capture, addresses that are not shown, answers that were too long."""
        return self._archive.door.problems

    async def about(self, wanted: Wanted, since: date, until: date) -> list[ArchivedCapture]:
        """Return what the index names (see ``Holdings.about``); an address that is not shown costs no other."""
        found: list[ArchivedCapture] = []
        for query in wanted.queries(since=since, until=until, collapse="timestamp:8", limit=ROWS_AN_ANSWER):
            try:
                async for capture in self._archive.captures(query):
                    found.append(capture)  # noqa: PERF401 - what came before a break is good
            except (CaptureExcluded, IndexTooLarge) as error:
                self._archive.door.problem(
                    Problem(stage=Stage.FETCH, code="page_unreadable", message=str(error)[:500], url=query.url)
                )
        return of_pages(found, wanted, since, until)

    async def lookup(self, url: str, since: date, until: date) -> list[ArchivedCapture]:
        """Return what the index names of one address (see ``Holdings.about``)."""
        return await self.about(Wanted(urls=(url,)), since, until)

    async def fetch(self, capture: ArchivedCapture) -> PastPage:
        """Return a capture with its body (see ``Holdings.fetch``)."""
        return await self._archive.fetch(capture)


class FileHoldings:
    """WARC and WACZ files of one's own, or of others. Close it, or use it with ``with``."""

    origin = Origin.WARC
    lookups_max = 1_000_000

    def __init__(self, paths: Sequence[Path], source: Source) -> None:
        self._problems: list[Problem] = []
        self._by_address: dict[str, list[ArchivedCapture]] | None = None
        hosts = {address_key(f"https://{host}/") for host in source.hosts}
        self._files = WarcFiles(
            paths,
            wanted=lambda url: f"{address_key(url).partition('/')[0]}/" in hosts,
            on_problem=self._problems.append,
        )

    @property
    def problems(self) -> list[Problem]:
        """Damage in the files that was met while they were read through."""
        return self._problems

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._files.close()

    async def about(self, wanted: Wanted, since: date, until: date) -> list[ArchivedCapture]:
        """Return what is in the files (see ``Holdings.about``), which are read through once."""
        return of_pages(self._files.captures(), wanted, since, until)

    async def lookup(self, url: str, since: date, until: date) -> list[ArchivedCapture]:
        """Return what is in the files of one address (see ``Holdings.about``)."""
        if self._by_address is None:
            self._by_address = {}
            for capture in self._files.captures():
                self._by_address.setdefault(address_key(capture.url), []).append(capture)
        return of_pages(self._by_address.get(address_key(url), ()), Wanted(urls=(url,)), since, until)

    async def fetch(self, capture: ArchivedCapture) -> PastPage:
        """Return a capture with its body (see ``Holdings.fetch``)."""
        return self._files.fetch(capture)


def of_pages(found: Iterable[ArchivedCapture], wanted: Wanted, since: date, until: date) -> list[ArchivedCapture]:
    """Return the captures of pages that are wanted, each once, in the order of time."""
    return selected(resolved(deduplicated(found)), since=since, until=until, wanted=wanted.matches)
