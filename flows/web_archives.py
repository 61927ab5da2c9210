"""Opening web archives: hosts under the settings of this installation, or files."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from flows.settings import Settings
from models.records import Origin, Source
from scrapers.fetch import HttpFetcher
from scrapers.webarchives.asking import ARCHIVE_LIMITS, loopback_port_of
from scrapers.webarchives.commoncrawl import CommonCrawl
from scrapers.webarchives.holdings import FileHoldings, Holdings, HostHoldings
from scrapers.webarchives.wayback import WAYBACK, Wayback

Via = Literal["wayback", "common-crawl"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveChoice:
    """Which archive to ask: ``files`` if there are any, else the host that ``via`` names.

    ``base`` is where a Wayback Machine or a pywb of one's own is, if not at ``https://web.archive.org``.
    """

    via: Via = "wayback"
    base: str = WAYBACK
    files: tuple[Path, ...] = ()


@asynccontextmanager
async def open_holdings(settings: Settings, choice: ArchiveChoice, source: Source) -> AsyncIterator[Holdings]:
    """Open an archive that is to be asked about ``source``.

    Raises:
        ValueError: if it is a host and there is no contact (``MICROCRED_CONTACT``).
    """
    if choice.files:
        with FileHoldings(choice.files, source) as files:
            yield files
        return
    async with HttpFetcher(
        contact=settings.contact,
        limits=ARCHIVE_LIMITS,
        loopback_port=settings.loopback_port or loopback_port_of(choice.base),
    ) as fetcher:
        if choice.via == "common-crawl":
            yield HostHoldings(CommonCrawl.opened(fetcher), Origin.COMMON_CRAWL)
        else:
            yield HostHoldings(Wayback.opened(fetcher, base=choice.base), Origin.WAYBACK)


def warc_files(paths: Sequence[Path]) -> tuple[Path, ...]:
    """Return the files that are named, and of folders the WARC and WACZ files within, by name.

    Raises:
        ValueError: if a path leads nowhere, or a folder holds none.
    """
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            within = sorted(file for file in path.rglob("*") if file.name.endswith((".warc", ".warc.gz", ".wacz")))
            if not within:
                raise ValueError(f"{path}: there is no WARC or WACZ file in it")
            found += within
        elif path.is_file():
            found.append(path)
        else:
            raise ValueError(f"{path}: there is no such file")
    return tuple(dict.fromkeys(found))
