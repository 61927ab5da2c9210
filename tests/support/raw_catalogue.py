"""A catalogue of twelve courses behind a server of bytes, declared in four ways, and looks at it by the pipeline."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from live_site import BASE
from raw_server import Asked, RawServer, Script, answer

from flows.live import harvest_source
from flows.observatory import Observatory
from models.queries import read_sql
from models.records import RunRecord
from scrapers.client import FetchLimits
from scrapers.fetch import HttpFetcher
from scrapers.source import discover

COURSES = range(12)
ON_A_PAGE = 6
FIRST = datetime(2024, 1, 1, 6, tzinfo=UTC)
LIMITS = FetchLimits(
    attempts=2, connect_seconds=1, read_seconds=0.5, deadline_seconds=1, body_bytes=400_000, error_body_bytes=10_000,
    silent_pages=2, silent_pages_max=4, pages=60, wait_max_seconds=3, backoff_seconds=0.01,
)  # fmt: skip

_FACTS = """
name = "TU Example"
kind = "institution"
country = "NL"
language = "en"
platform = "{platform}"
start = ["{start}"]
cadence = "weekly"
complete = true
concurrency = 2
pace_seconds = 0.01
evidence = "documented"
evidence_note = "invented"
terms = {{ url = "https://www.tu.example/terms", checked = 2026-11-23, note = "invented" }}

[options]
kind = "course"
currency = "EUR"
{options}
"""
_DETAIL = '\n[options.detail]\nwithin = "main"\ntitle = "h1"\nprice = ".price"\n'
_LIST = 'items = "li"\nlink = "a"\n{paging}\n[options.item]\ntitle = "a"\n' + _DETAIL
_JSON = 'entries = "courses"\n{paging}\n[options.fields]\nref = "id"\ntitle = "title"\nprice = "price"\nurl = "url"\n'

WAYS: dict[str, tuple[str, str, str]] = {
    "tu_next": ("html_catalogue", "/list", _LIST.format(paging='next = "a[rel=next]"')),
    "tu_numbers": ("html_catalogue", "/list", _LIST.format(paging='page = { query = "page", first = 1 }')),
    "tu_sitemap": ("html_catalogue", "/sitemap.xml", 'details = "sitemap"\nmatch = "/course/"\n' + _DETAIL),
    "tu_json": ("json_catalogue", "/api", _JSON.format(paging='next = "next"\ntotal = "total"')),
}
"""The platform, the path of the start and the options of each source."""


def declare(folder: Path) -> None:
    """Write the four declarations into a folder of sources."""
    for slug, (platform, start, options) in WAYS.items():
        place = folder / slug
        place.mkdir(parents=True)
        facts = _FACTS.format(platform=platform, start=f"{BASE}{start}", options=options)
        (place / "source.toml").write_text(facts)


def course(number: int) -> str:
    """The page of one course."""
    return (
        f"<!doctype html><html><head><title>{number}</title></head><body><main><h1>Course {number}</h1>"
        f'<p class="price">{100 + number} EUR</p></main></body></html>'
    )


def listed(page: int, *, more: str = "") -> str:
    """A page of the list, counted from 1; beyond the end it holds no entry."""
    on_it = [number for number in COURSES if number // ON_A_PAGE == page - 1]
    rows = "".join(f'<li><a href="/course/{n}">Course {n}</a></li>' for n in on_it)
    return f"<!doctype html><html><body><h1>Courses</h1><ul>{rows}</ul>{more}</body></html>"


def entries(page: int, following: str | None) -> str:
    """A page of the list in JSON."""
    on_it = [number for number in COURSES if number // ON_A_PAGE == page - 1]
    rows = [{"id": f"c{n}", "title": f"Course {n}", "price": f"{100 + n} EUR", "url": f"/course/{n}"} for n in on_it]
    return json.dumps({"courses": rows, "next": following, "total": len(COURSES)})


def catalogue(asked: Asked) -> Script:
    """What the host answers when all is well."""
    path, _, query = asked.path.partition("?")
    page = int(query.removeprefix("page=") or "1")
    if path == "/robots.txt":
        return answer("User-agent: *\nDisallow: /private\n", kind="text/plain")
    if path == "/sitemap.xml":
        rows = "".join(f"<url><loc>{BASE}/course/{n}</loc></url>" for n in COURSES)
        return answer(f"<urlset>{rows}</urlset>", kind="application/xml")
    if path == "/list":
        return answer(listed(page, more='<a rel="next" href="/list?page=2">more</a>' if page == 1 else ""))
    if path == "/api":
        return answer(entries(page, f"{BASE}/api?page=2" if page == 1 else None), kind="application/json")
    if path.startswith("/course/"):
        return answer(course(int(path.rpartition("/")[2])))
    return answer(b"no such page", status="404 Not Found", kind="text/plain")


@dataclass
class Looks:
    """Looks at one way of the catalogue, a week apart."""

    observatory: Observatory
    server: RawServer
    slug: str
    at: datetime = FIRST
    limits: FetchLimits = LIMITS

    def look(self, *, paced: bool = False) -> RunRecord:
        """Harvest it a week after the last look."""
        self.at += timedelta(days=7)
        self.server.asked.clear()
        return asyncio.run(self._look(paced=paced))

    def others(self) -> list[str]:
        """What was asked for and does not belong to the catalogue."""
        return [path for path in self.server.paths() if not path.startswith(("/list", "/api", "/course/", "/sitemap"))]

    async def _look(self, *, paced: bool) -> RunRecord:
        async with HttpFetcher(
            contact="https://observatory.example/about", clock=lambda: self.at, limits=self.limits,
            loopback_port=self.server.port, paced=paced,
        ) as fetcher:  # fmt: skip
            return await harvest_source(self.observatory, discover()[self.slug], fetcher, as_of=self.at)

    def known(self) -> list[tuple[Any, ...]]:
        """What the database says is offered: ref, title, price and state of every programme."""
        rows = read_sql(
            self.observatory.engine,
            f"select ref, title, price_amount, listing_state from programme_current where source = '{self.slug}'",
        )
        return sorted(rows.itertuples(index=False, name=None))

    def history(self) -> list[tuple[Any, ...]]:
        """Every version ever written, and when it began and ended."""
        rows = read_sql(self.observatory.engine, f"select * from programme_history where source = '{self.slug}'")
        return sorted(rows[["ref", "title", "valid_from", "valid_to"]].astype(str).itertuples(index=False, name=None))

    def problems(self) -> list[str]:
        """The codes of the problems of the last run."""
        rows = read_sql(
            self.observatory.engine,
            "select p.code from problem p join run r on r.id = p.run_id "
            f"where r.source = '{self.slug}' and r.as_of = (select max(as_of) from run where source = '{self.slug}')",
        )
        return sorted(rows["code"])
