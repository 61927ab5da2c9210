"""A catalogue that changed its page in 2021 (a table of courses, then a paged list), and what archives hold of it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pandas as pd
import pytest
from archive_story import opened
from asking import asked
from live_site import Reply, Site
from wayback_site import Held, WaybackSite

from flows.backfill import Backfilled, OnPage, backfill
from flows.backfill_plan import BackfillPlan, plan_backfill
from flows.observatory import Observatory, digest_of_files
from models.queries import read_sql
from models.records import Origin, Source
from scrapers.client import FetchLimits
from scrapers.fetch import HttpFetcher
from scrapers.source import DIRECTORY_VARIABLE, discover
from scrapers.webarchives.holdings import HostHoldings
from scrapers.webarchives.looks import Every
from scrapers.webarchives.wayback import Wayback

SLUG = "tu_past"
BASE = "https://www.tu.example"
DECLARATION = """
name = "TU Past"
kind = "institution"
country = "NL"
language = "en"
platform = "html_catalogue"
start = ["https://www.tu.example/programmes"]
cadence = "weekly"
complete = true
evidence = "assumed"
evidence_note = "invented"
terms = { url = "https://www.tu.example/terms", checked = 2026-11-23, note = "invented" }

[options]
items = "li.programme"
link = "h2 a"
next = "a[rel=next]"
[options.item]
ref = ".code"
title = "h2"
[options.detail]
within = "main"
ref = ".code"
title = "h1"
credits = { label = "Credits" }

[[earlier]]
since = 2018-01-01
until = 2021-01-01
platform = "html_catalogue"
start = ["https://www.tu.example/courses"]
[earlier.options]
items = "tr.course"
link = ".name a"
[earlier.options.item]
ref = ".code"
title = ".name"
price = ".price"
[earlier.archive]
near_days = 2
"""


def table(*courses: tuple[str, str, str]) -> bytes:
    """The page of courses until 2021: code, name, price."""
    rows = "".join(
        f'<tr class="course"><td class="code">{code}</td><td class="name"><a href="/courses/{code}">{name}</a></td>'
        f'<td class="price">{price}</td></tr>'
        for code, name, price in courses
    )
    return f"<html><body><table>{rows}</table></body></html>".encode()


def listed(*programmes: tuple[str, str], following: str = "") -> bytes:
    """A page of the list since 2021: code and title."""
    items = "".join(
        f'<li class="programme"><span class="code">{code}</span><h2><a href="/programmes/{code}">{title}</a></h2></li>'
        for code, title in programmes
    )
    more = f'<a rel="next" href="{following}">more</a>' if following else ""
    return f"<html><body><ul>{items}</ul>{more}</body></html>".encode()


def detail(code: str, title: str, credit: str) -> bytes:
    """The page of one programme since 2021."""
    return (
        f'<html><body><main><h1>{title}</h1><p class="code">{code}</p><dl><dt>Credits</dt><dd>{credit}</dd></dl>'
        "</main></body></html>"
    ).encode()


COURSES, PROGRAMMES = f"{BASE}/courses", f"{BASE}/programmes"
MARCH, JUNE, MAY = (datetime(*day, 10, tzinfo=UTC) for day in ((2019, 3, 5), (2019, 6, 10), (2021, 5, 2)))
"""When the first three looks were captured."""

A, B, C = ("A1", "Algebra", "100 EUR"), ("B2", "Botany", "50 EUR"), ("C3", "Chemistry", "9 EUR")
HELD = (
    # Before any format is known.
    Held(url=COURSES, timestamp="20170305100000", body=table(("Z9", "Too early", "1 EUR"))),
    # Two captures of one month, the second under another spelling of the address; a redirect of the same days.
    Held(url=COURSES, timestamp="20190305100000", body=table(A, B)),
    Held(url="http://tu.example/courses/", timestamp="20190320100000", body=table(A)),
    Held(url=COURSES, timestamp="20190306100000", status=301, body=b"moved"),
    Held(url=COURSES, timestamp="20190610100000", body=table(("A1", "Algebra", "120 EUR"), C)),
    # A new page: a list of two pages captured two days apart, with one of its three programmes.
    Held(url=PROGRAMMES, timestamp="20210502100000", body=listed(A[:2], B[:2], following="?page=2")),
    Held(url=f"{PROGRAMMES}?page=2", timestamp="20210504100000", body=listed(("D4", "Drawing"))),
    Held(url=f"{PROGRAMMES}/A1", timestamp="20210430100000", body=detail("A1", "Algebra", "5 ECTS")),
    # Here the second page is missing: the nearest capture is seven weeks away.
    Held(url=PROGRAMMES, timestamp="20210801100000", body=listed(A[:2], following="?page=2")),
    Held(url=f"{PROGRAMMES}?page=2", timestamp="20210920100000", body=listed(("D4", "Drawing"))),
)
LIST, SECOND, OF_A = HELD[5:8]
SINCE, UNTIL = date(2017, 1, 1), date(2022, 12, 31)
IN_MAY = (date(2021, 5, 1), date(2021, 5, 31))
QUICK = FetchLimits(attempts=1, backoff_seconds=0.01)


@dataclass
class Past:
    """The source, an imitated Wayback Machine that holds its past, and an observatory that is told of it."""

    source: Source
    observatory: Observatory
    site: Site
    wayback: WaybackSite

    def planned(self, *, every: Every = "month", since: date = SINCE) -> BackfillPlan:
        async def ask(fetcher: HttpFetcher) -> BackfillPlan:
            holdings = HostHoldings(Wayback.opened(fetcher), Origin.WAYBACK)
            return await plan_backfill(self.source, holdings, since=since, until=UNTIL, every=every)

        return asked(self.site.port, ask, limits=QUICK)

    def backfilled(
        self,
        since: date = SINCE,
        until: date = UNTIL,
        *,
        into: Observatory | None = None,
        on_page: OnPage | None = None,
    ) -> Backfilled:
        async def ask(fetcher: HttpFetcher) -> Backfilled:
            holdings = HostHoldings(Wayback.opened(fetcher), Origin.WAYBACK)
            plan = await plan_backfill(self.source, holdings, since=since, until=until, every="month")
            return await backfill(into or self.observatory, self.source, holdings, plan, on_page=on_page)

        return asked(self.site.port, ask, limits=QUICK)

    def hold(self, *held: Held) -> None:
        self.wayback.held = held

    def trouble(self, part: str, reply: Reply) -> None:
        """Answer so for captures whose path holds ``part``."""
        self.wayback.play = lambda timestamp, url: (
            reply if part in f"{timestamp}id_/{url}" else self.wayback._play(timestamp, url)
        )

    def captures_read(self) -> list[str]:
        return [path.removeprefix("/web/") for path in self.site.paths() if path.startswith("/web/")]

    def rows(self, sql: str) -> list[tuple[object, ...]]:
        found = read_sql(self.observatory.engine, sql).itertuples(index=False, name=None)
        return [tuple(None if pd.isna(value) else value for value in row) for row in found]


@pytest.fixture
def past(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, migrated_sqlite: Path, site: Site) -> Iterator[Past]:
    """The catalogue and its past, on SQLite, with nothing stored."""
    (tmp_path / "data").mkdir()
    shutil.copy(migrated_sqlite, tmp_path / "data" / "observatory.sqlite")
    wayback = WaybackSite(held=HELD)
    site.otherwise = wayback.answer
    with declared(tmp_path / "sources", monkeypatch) as source, opened(tmp_path / "data") as observatory:
        yield Past(source, observatory, site, wayback)


@contextmanager
def declared(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Source]:
    """Declare the source in a directory of one's own, for this process and those it starts."""
    (folder / SLUG).mkdir(parents=True)
    (folder / SLUG / "source.toml").write_text(DECLARATION, encoding="utf-8")
    caches = (discover, digest_of_files)
    monkeypatch.setenv(DIRECTORY_VARIABLE, str(folder))
    for cached in caches:
        cached.cache_clear()
    yield discover()[SLUG]
    monkeypatch.delenv(DIRECTORY_VARIABLE)
    for cached in caches:
        cached.cache_clear()
