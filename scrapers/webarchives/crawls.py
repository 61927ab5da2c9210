"""The list of Common Crawl's crawls (``collinfo.json``), and which of them to ask for some days. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urljoin

from scrapers.webarchives.errors import IndexUnreadable

_CRAWLS_MAX = 2000
_WEEK = re.compile(r"CC-MAIN-(\d{4})-(\d{2})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Crawl:
    """One crawl: the address of its index, and the days of its first and last captures (UTC), as far as known."""

    name: str
    index: str
    since: date
    until: date


def read_crawls(body: bytes, url: str) -> tuple[Crawl, ...]:
    """Return the crawls that ``collinfo.json`` lists, oldest first; entries that cannot be read are left out.

    Raises:
        IndexUnreadable: if there is none.
    """
    try:
        value = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise IndexUnreadable(f"damaged JSON: {str(error)[:200]}", url) from error
    entries = value if isinstance(value, list) else []
    found = [crawl for entry in entries[:_CRAWLS_MAX] if (crawl := _crawl(entry, url)) is not None]
    if not found:
        raise IndexUnreadable("no list of crawls", url)
    return tuple(sorted(found, key=lambda crawl: (crawl.since, crawl.name)))


def crawls_between(crawls: Iterable[Crawl], since: date | None, until: date | None) -> list[Crawl]:
    """Return the crawls with captures between two days, both included; without a day there is no bound."""
    return [
        crawl for crawl in crawls if (since is None or crawl.until >= since) and (until is None or crawl.since <= until)
    ]


def _crawl(entry: Any, url: str) -> Crawl | None:
    if not isinstance(entry, dict):
        return None
    name, index = entry.get("id"), entry.get("cdx-api")
    if not isinstance(name, str) or not isinstance(index, str):
        return None
    since, until = _day(entry.get("from")), _day(entry.get("to"))
    week = _WEEK.fullmatch(name)
    if week and (since is None or until is None):
        # Before 2024 the list gave no days. A crawl is named for the week it ends in and takes a few of them.
        try:
            monday = date.fromisocalendar(int(week.group(1)), int(week.group(2)), 1)
        except ValueError:
            return None
        since, until = since or monday - timedelta(days=35), until or monday + timedelta(days=14)
    if since is None or until is None:
        return None
    return Crawl(name=name, index=urljoin(url, index), since=since, until=until)


def _day(value: Any) -> date | None:
    try:
        at = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return at.date() if at else None
