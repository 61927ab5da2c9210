"""A catalogue of small pages with a sitemap or a list, served on loopback, and harvests of it by the whole pipeline."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from live_site import BASE, Asked, Reply, Site

from flows.live import harvest_sources
from flows.observatory import Observatory
from models.records import RunRecord, Source

PAGES = 340
FIRST = datetime(2024, 1, 1, 6, tzinfo=UTC)
LONG_AGO = "2023-06-01"
DECLARED = """
name = "TU Example"
kind = "institution"
country = "NL"
language = "en"
platform = "html_catalogue"
start = ["{start}"]
cadence = "weekly"
complete = true
concurrency = 4
evidence = "documented"
evidence_note = "invented"
terms = {{ url = "https://www.tu.example/terms", checked = 2026-11-23, note = "invented" }}
{further}

[options]
kind = "course"
currency = "EUR"
{options}

[options.detail]
within = "main"
title = "h1"
price = ".price"
"""
BY_SITEMAP = 'details = "sitemap"\nmatch = "/course/"'
BY_LIST = 'items = "li"\nlink = "a"\n[options.item]\ntitle = "a"'


def declare(folder: Path, *, by: str = "sitemap", further: str = "") -> None:
    """Write the declaration of the catalogue into a folder of sources."""
    place = folder / "tu_example"
    place.mkdir(parents=True)
    start = f"{BASE}/sitemap.xml" if by == "sitemap" else f"{BASE}/list"
    options = BY_SITEMAP if by == "sitemap" else BY_LIST
    (place / "source.toml").write_text(DECLARED.format(start=start, options=options, further=further))


@dataclass
class Shop:
    """The catalogue. ``lastmod`` is what its sitemap says of each page, ``edition`` what its list says of it."""

    site: Site
    price: dict[int, int] = field(default_factory=lambda: dict.fromkeys(range(PAGES), 100))
    lastmod: dict[int, str] = field(default_factory=lambda: dict.fromkeys(range(PAGES), LONG_AGO))
    status: dict[int, int] = field(default_factory=dict)
    noise: str = ""

    def __post_init__(self) -> None:
        self.site.otherwise = self._answer

    def change(self, numbers: Iterable[int], lastmod: str | None = None) -> None:
        """Let courses cost more, and the sitemap and the list say so if a day is given."""
        for number in numbers:
            self.price[number] += 1
            self.lastmod[number] = lastmod or self.lastmod[number]

    def asked(self) -> list[int]:
        """The courses asked for since the last time."""
        found = [int(path.rpartition("/")[2]) for path in self.site.paths() if path.startswith("/course/")]
        self.site.asked.clear()
        return found

    def _answer(self, asked: Asked) -> Reply:
        if asked.path == "/robots.txt":
            return Reply(status=404)
        if asked.path == "/sitemap.xml":
            rows = "".join(
                f"<url><loc>{BASE}/course/{n}</loc><lastmod>{self.lastmod[n]}</lastmod></url>" for n in self.price
            )
            return Reply(f"<urlset>{rows}</urlset>".encode(), headers={"content-type": "application/xml"})
        if asked.path == "/list":
            rows = "".join(f'<li><a href="/course/{n}">Course {n}</a> {self.lastmod[n]}</li>' for n in self.price)
            return Reply(f"<html><body><ul>{rows}</ul></body></html>".encode())
        number = int(asked.path.rpartition("/")[2])
        body = (
            f"<html><head><title>{number}</title></head><body><main><h1>Course {number}</h1>"
            f'<p class="price">{self.price[number]} EUR</p></main>{self.noise}</body></html>'
        ).encode()
        tag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        if asked.headers.get("if-none-match") == tag and number not in self.status:
            return Reply(status=304, headers={"etag": tag})
        return Reply(body, status=self.status.get(number, 200), headers={"etag": tag})


@dataclass
class Looks:
    """Looks at the catalogue, a week apart unless said otherwise."""

    observatory: Observatory
    source: Source
    at: datetime = FIRST

    def look(self, *, days: float = 7, whole: bool = False) -> RunRecord:
        """Harvest it ``days`` after the last look."""
        self.at += timedelta(days=days)
        return asyncio.run(harvest_sources(self.observatory, [self.source], as_of=self.at, whole=whole))[0]
