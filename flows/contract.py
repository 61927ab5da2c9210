"""The first request of every source, to see whether it still is what its declaration says: ``sources check``."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import tomli_w

from flows.declared import named
from flows.keys import has_key, key_of, key_variable
from flows.live import open_fetcher
from flows.settings import Settings
from models.records import Listing, Page, Source
from scrapers.archive import Archive
from scrapers.decode import PageUnreadable
from scrapers.fetch import HttpFetcher
from scrapers.sampling import SampledFetch
from scrapers.scraper import PageFailed, Scraper, SourceBlocked
from scrapers.sitemaps import sitemap
from scrapers.source import discover, scraper_for

COLUMNS = ("source", "result", "status", "content_type", "entries", "robots", "cause")
FIRST_TO_GO = ("content_type", "entries", "robots", "status")
"""Columns that a narrow terminal does without, in this order."""

_CAUSES = (
    (r"forbids|robots", "robots.txt forbids it: ask the owner, or look for another address"),
    (r"\b401\b", "the host wants a key, or the key is not valid"),
    (r"\b403\b|challenge|captcha", "the host refuses programs: ask the owner; nobody climbs over this"),
    (r"\b404\b|\b410\b", "the address has moved or is gone: look for the new one"),
    (r"\b429\b|Retry-After", "too many requests: raise pace_seconds, try later"),
    (r"\b5\d\d\b", "the host is out of order: try later"),
    (
        r"where \w+ was asked for|expected .*(?:JSON|XML|HTML)",
        "another type of answer: a login, a consent or a script-drawn page",
    ),
    (r"getaddrinfo|Name or service|nodename|resolve", "the host has no address: it is gone, or you are offline"),
    (r"[Cc]ertificate|SSL|TLS", "the host's certificate is not valid"),
    (r"[Tt]imeout|no whole answer|ConnectError|refused|All connection attempts", "no connection: try later"),
    (r"redirect|not a host", "the address leads to another host: declare it if it is the source's own"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What one contract request found. ``result`` is ``ok``, ``failed`` or ``skipped``; ``cause`` says why.

    ``entries`` are listings, rows of an auxiliary list, or addresses in a sitemap: what the first page must hold.
    """

    source: str
    result: str
    status: int | None = None
    content_type: str = ""
    entries: int | None = None
    robots: str = ""
    url: str = ""
    cause: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return the result as JSON values."""
        return asdict(self)


def check_sources(
    slugs: Sequence[str], settings: Settings, *, retired: bool, on_result: Callable[[Checked], None]
) -> list[Checked]:
    """Make one request to each of the named sources (all if none is named), each host at its own pace.

    Raises:
        ValueError: if a name is unknown.
    """
    sources = discover()
    chosen = [sources[slug] for slug in named(slugs)] if slugs else list(sources.values())

    async def all_of_them() -> list[Checked]:
        async with open_fetcher(settings) as fetcher:
            return list(await asyncio.gather(*(_told(source, fetcher) for source in chosen)))

    async def _told(source: Source, fetcher: HttpFetcher) -> Checked:
        checked = _skipped(source, retired=retired) or await _check(source, fetcher, settings)
        on_result(checked)
        return checked

    return asyncio.run(all_of_them())


def _skipped(source: Source, *, retired: bool) -> Checked | None:
    if source.retired is not None and not retired:
        return Checked(source=source.slug, result="skipped", cause=f"retired on {source.retired}: read from recordings")
    if not has_key(source):
        how = f" {source.key.how}" if source.key else ""
        variable = key_variable(source)
        return Checked(source=source.slug, result="skipped", cause=f"needs a key: set {variable}.{how}")
    return None


async def _check(source: Source, fetcher: HttpFetcher, settings: Settings) -> Checked:
    archive = Archive(settings.trial_dirs[0])
    now = datetime.now(UTC)
    scraper = scraper_for(source, now.date())
    secret = key_of(source)
    with archive.run_writer(source.slug, f"{now.timestamp():.0f}", now, secret=secret) as writer:
        run = fetcher.run(source, writer=writer, archive=archive, secret=secret)
        fetch = SampledFetch(run, 1)
        blocked = await _first_page(scraper, fetch)
        writer.close(run.summary())
    robots = "; ".join(dict.fromkeys(run.robots.values()))
    if blocked or not fetch.pages:
        reason = blocked or "; ".join(failure.reason for failure in run.failures) or "no page was asked for"
        status = next((failure.status for failure in run.failures), None)
        return Checked(source=source.slug, result="failed", status=status, robots=robots, cause=_cause(reason))
    return _judged(scraper, fetch.pages[0], robots)


async def _first_page(scraper: Scraper, fetch: SampledFetch) -> str | None:
    """Walk to the first page; return why the host refused, if it did."""
    try:
        async for _ in scraper.pages(fetch):
            return None
    except SourceBlocked as error:
        return str(error)
    except PageFailed:
        return None
    return None


def _judged(scraper: Scraper, page: Page, robots: str) -> Checked:
    facts: dict[str, Any] = {
        "status": page.status,
        "content_type": page.content_type,
        "robots": robots,
        "url": page.url,
    }
    try:
        entries = _entries(scraper, page)
    except Exception as error:  # noqa: BLE001 - whatever a changed format makes a scraper do is what is looked for
        cause = f"the format has changed: {error}"
        return Checked(source=scraper.source.slug, result="failed", cause=cause, **facts)
    if not entries:
        cause = "no entries: the format has changed, or the list is drawn by a script"
        return Checked(source=scraper.source.slug, result="failed", entries=0, cause=cause, **facts)
    return Checked(source=scraper.source.slug, result="ok", entries=entries, **facts)


def _entries(scraper: Scraper, page: Page) -> int:
    listed = sum(isinstance(entry, Listing) for entry in scraper.listings(page, {}))
    listed += sum(len(rows) for rows in scraper.references(page).values())
    if listed:
        return listed
    try:
        found = sitemap(page)
    except PageUnreadable:
        return 0
    return len(found.pages) + len(found.sitemaps)


def _cause(reason: str) -> str:
    advice = next((advice for pattern, advice in _CAUSES if re.search(pattern, reason)), None)
    return f"{reason}: {advice}" if advice else reason


def note_checks(file: Path, results: Sequence[Checked], command: str) -> int:
    """Add the results of a check of live hosts to ``docs/live-checks.toml``; return how many were noted."""
    today = datetime.now(UTC).date()
    noted = [
        {"source": r.source, "date": today, "command": command, "result": _words(r)}
        for r in results
        if r.result != "skipped"
    ]
    if noted:
        with file.open("a", encoding="utf-8") as handle:
            handle.write("\n" + tomli_w.dumps({"check": noted}))
    return len(noted)


def _words(result: Checked) -> str:
    if result.result == "ok":
        return f"ok: {result.status}, {result.content_type}, {result.entries} entries on the first page"
    return f"failed: {result.cause}"
