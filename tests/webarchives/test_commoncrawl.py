"""The client of Common Crawl against a small stand-in whose WARC files our own archive has written."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from asking import asked, gathered
from crawl_site import DATA_HOST, INDEX_HOST, NO_CAPTURES, CrawlSite, exchange
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from live_site import Asked, Reply

from scrapers.scraper import SourceBlocked
from scrapers.webarchives.cdx import CdxQuery
from scrapers.webarchives.commoncrawl import CommonCrawl
from scrapers.webarchives.crawls import Crawl, crawls_between, read_crawls
from scrapers.webarchives.errors import (
    ArchiveFailed,
    ArchiveUnavailable,
    CaptureUnreadable,
    IndexTooLarge,
    IndexUnreadable,
    NotArchived,
)
from scrapers.webarchives.wayback import Bounds

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from live_site import Site

    from scrapers.fetch import HttpFetcher
    from scrapers.webarchives.captures import ArchivedCapture, PastPage

COURSES = "https://www.tu.example/courses"
OLD = datetime(2020, 2, 5, 6, 7, 8, tzinfo=UTC)
NEW = datetime(2023, 6, 7, 8, 9, 10, tzinfo=UTC)
PREFIX = CdxQuery(url=COURSES, match="prefix")


@pytest.fixture
def crawl(site: Site, tmp_path: Path) -> CrawlSite:
    crawl = CrawlSite(tmp_path)
    crawl.crawl(OLD, [exchange(COURSES, OLD, b"<html>old</html>")])
    crawl.crawl(
        NEW,
        [
            exchange(COURSES, NEW, "<html>ny språk</html>".encode()),
            exchange(f"{COURSES}?page=2", NEW + timedelta(minutes=1), b'{"a": 1}'),
            exchange(f"{COURSES}/1", NEW + timedelta(minutes=2), b"<html>cut", truncated="length"),
            exchange(f"{COURSES}/2", NEW + timedelta(minutes=3), b"gone", status=404),
            exchange("https://www.tu.example/other", NEW, b"other"),
        ],
    )
    site.otherwise = crawl.answer
    return crawl


def found(site: Site, query: CdxQuery = PREFIX, bounds: Bounds | None = None) -> list[ArchivedCapture]:
    async def ask(fetcher: HttpFetcher) -> list[ArchivedCapture]:
        return await gathered(CommonCrawl.opened(fetcher, bounds=bounds or Bounds()).captures(query))

    return asked(site.port, ask)


def pages(site: Site, query: CdxQuery = PREFIX) -> list[PastPage]:
    async def ask(fetcher: HttpFetcher) -> list[PastPage]:
        archive = CommonCrawl.opened(fetcher)
        return [await archive.fetch(capture) for capture in await gathered(archive.captures(query))]

    return asked(site.port, ask)


def failing(site: Site, kind: type[Exception], ask: Callable[[Site], object] = found) -> str:
    with pytest.raises(kind) as error:
        ask(site)
    return str(error.value)


@pytest.mark.usefixtures("crawl")
def test_captures_over_all_crawls_oldest_first(site: Site) -> None:
    captures = found(site)
    assert [(capture.url, capture.at) for capture in captures] == [
        (COURSES, OLD),
        (COURSES, NEW),
        (f"{COURSES}/1", NEW + timedelta(minutes=2)),
        (f"{COURSES}?page=2", NEW + timedelta(minutes=1)),
    ]
    assert [capture.truncated for capture in captures] == [None, None, "length", None]
    assert site.times("/collinfo.json") == 1
    assert len(found(site, replace(PREFIX, errors=True))) == 5


@pytest.mark.usefixtures("crawl")
def test_only_crawls_of_the_days_asked_for_are_asked(site: Site) -> None:
    assert [c.at for c in found(site, CdxQuery(url=COURSES, since=date(2020, 2, 9), until=date(2020, 12, 1)))] == []
    assert [c.at for c in found(site, CdxQuery(url=COURSES, until=date(2020, 2, 5)))] == [OLD]
    assert all("CC-MAIN-2023" not in path for path in site.paths())


@pytest.mark.usefixtures("crawl")
def test_bodies_are_read_by_range(site: Site) -> None:
    past = pages(site)
    assert [one.page.body for one in past] == [
        b"<html>old</html>",
        "<html>ny språk</html>".encode(),
        b"<html>cut",
        b'{"a": 1}',
    ]
    page = past[1].page
    assert (page.url, page.final_url, page.at, page.status) == (COURSES, COURSES, NEW, 200)
    assert page.content_type == "text/html; charset=utf-8"
    assert page.headers["x-own"] == "yes"
    assert [one.truncated for one in past] == [None, None, "length", None]
    assert not any(one.is_other_time for one in past)
    ranged = [asked for asked in site.asked if asked.host == DATA_HOST and asked.path != "/robots.txt"]
    assert len(ranged) == 4
    assert all(asked.headers["range"].startswith("bytes=") for asked in ranged)
    assert all(asked.headers["accept-encoding"] == "identity" for asked in ranged)


@given(page_size=st.integers(1, 6))
@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_pages_of_any_size_give_the_same(site: Site, crawl: CrawlSite, page_size: int) -> None:
    crawl.page_size = 100
    whole = found(site)
    crawl.page_size = page_size
    assert found(site) == whole


def test_no_captures_are_no_error(site: Site, crawl: CrawlSite) -> None:
    assert found(site, CdxQuery(url="https://www.tu.example/nothing")) == []
    crawl.index = lambda *_: NO_CAPTURES
    assert found(site) == []


@pytest.mark.usefixtures("crawl")
def test_one_page_of_one_crawl(site: Site) -> None:
    async def ask(fetcher: HttpFetcher) -> list[ArchivedCapture]:
        archive = CommonCrawl.opened(fetcher)
        newest = (await archive.crawls())[-1]
        return await gathered(archive.captures(replace(PREFIX, page=1), newest))

    assert [capture.url for capture in asked(site.port, ask)] == [f"{COURSES}?page=2"]


# ---- trouble and hostile answers -----------------------------------------------------------


@pytest.mark.parametrize(
    ("reply", "kind", "words"),
    [
        (Reply(b"not found", status=404), IndexUnreadable, "404 Not Found"),
        (Reply(b'{"message": "Page 9 invalid"}', status=400), IndexUnreadable, "Page 9 invalid"),
        (Reply(b"<html>busy</html>"), IndexUnreadable, "damaged or cut JSON"),
        (Reply(b'{"pages": "many"}'), IndexUnreadable, "no number of pages"),
        (Reply(b'{"pages": -1}'), IndexUnreadable, "no number of pages"),
        (Reply(b'{"pages": true}'), IndexUnreadable, "no number of pages"),
        (Reply(b"slow down", status=503), ArchiveUnavailable, "503 Service Unavailable, 4 attempts"),
        (Reply(b"go away", status=403), SourceBlocked, "403 Forbidden"),
        (Reply(b'{"pages": 999999999}'), IndexUnreadable, "no number|repeats|without a time"),
    ],
)
def test_an_index_in_trouble(site: Site, crawl: CrawlSite, reply: Reply, kind: type[Exception], words: str) -> None:
    crawl.index = lambda *_: reply
    message = failing(site, kind)
    assert any(word in message for word in words.split("|"))
    assert len(site.asked) < 10


def test_pages_that_repeat_themselves_are_a_circle(site: Site, crawl: CrawlSite) -> None:
    row = json.dumps(crawl.rows["CC-MAIN-2020-06"][0]).encode()
    crawl.index = lambda _, values: Reply(b'{"pages": 9999}' if "showNumPages" in values else row)
    assert "repeats what came before" in failing(site, IndexUnreadable)
    assert len(site.asked) == 5


def test_an_index_without_end_is_bounded(site: Site, crawl: CrawlSite) -> None:
    row = crawl.rows["CC-MAIN-2020-06"][0]

    def endless(_: str, values: dict[str, list[str]]) -> Reply:
        if "showNumPages" in values:
            return Reply(b'{"pages": 999999}')
        return Reply(json.dumps({**row, "url": f"{COURSES}/{values['page'][0]}"}).encode())

    crawl.index = endless
    assert "more than 7 pages" in failing(site, IndexTooLarge, lambda site: found(site, bounds=Bounds(requests=7)))
    assert "more than 3 captures" in failing(site, IndexTooLarge, lambda site: found(site, bounds=Bounds(captures=3)))


@pytest.mark.parametrize(
    "change",
    [
        {"filename": "../../etc/passwd.warc.gz"},
        {"filename": "/etc/passwd.warc.gz"},
        {"filename": "//evil.example/x.warc.gz"},
        {"filename": "https://evil.example/x.warc.gz"},
        {"filename": "crawl-data/x.txt"},
        {"filename": "crawl-data/a?x=.warc.gz"},
        {"filename": "a/" * 600 + "x.warc.gz"},
        {"offset": "-1"},
        {"offset": "many"},
        {"length": "9999999999999"},
        {"timestamp": "20201301000000"},
        {"url": "ftp://x.example/"},
    ],
)
def test_rows_that_lead_elsewhere_are_left_out(site: Site, crawl: CrawlSite, change: dict[str, str]) -> None:
    rows = crawl.rows["CC-MAIN-2020-06"]
    rows.append({**rows[0], **change})

    async def ask(fetcher: HttpFetcher) -> tuple[int, list[str]]:
        archive = CommonCrawl.opened(fetcher)
        captures = await gathered(
            archive.captures(CdxQuery(url="www.tu.example", match="host", until=date(2020, 12, 1)))
        )
        return len(captures), [problem.code for problem in archive.door.problems]

    if {"url", "timestamp"} & set(change):
        # Else the stand-in would not find the row.
        crawl.index = lambda _, values: Reply(
            b"1" if "showNumPages" in values else "\n".join(map(json.dumps, rows)).encode()
        )
    assert asked(site.port, ask) == (1, ["record_invalid"])


@pytest.mark.parametrize(
    ("reply", "kind", "words"),
    [
        (Reply(b"<Error/>", status=404), NotArchived, "no such file"),
        (Reply(b"slow down", status=503), ArchiveUnavailable, "503"),
        (Reply(b"forbidden", status=403), SourceBlocked, "403"),
        (Reply(b"x" * 300), CaptureUnreadable, "where a part of the file was asked for"),
        (Reply(b"x", status=206, headers={"content-range": "bytes 9-9/10"}), CaptureUnreadable, "another part"),
        (Reply(b"x", status=206), CaptureUnreadable, "another part"),
        (Reply(status=302, headers={"location": "https://evil.example/"}), CaptureUnreadable, "302 Found"),
    ],
)
def test_data_that_is_not_the_record(
    site: Site, crawl: CrawlSite, reply: Reply, kind: type[Exception], words: str
) -> None:
    crawl.data = lambda _: reply
    assert words in failing(site, kind, pages)
    assert {asked.host for asked in site.asked} == {INDEX_HOST, DATA_HOST}


def test_damaged_data(site: Site, crawl: CrawlSite) -> None:
    def damaged(asked: Asked) -> Reply:
        good = crawl._data(asked.path, asked.headers["range"])
        return Reply(good.body[:40] + b"?" + good.body[41:], status=206, headers=good.headers)

    crawl.data = damaged
    assert "damaged gzip" in failing(site, CaptureUnreadable, pages)


def test_another_record_than_the_index_says(site: Site, crawl: CrawlSite) -> None:
    for change in ({"url": f"{COURSES}?page=9"}, {"timestamp": "20200205060709"}, {"status": "203"}):
        rows = crawl.rows["CC-MAIN-2020-06"]
        crawl.rows["CC-MAIN-2020-06"] = [{**rows[0], **change}]
        failing(site, CaptureUnreadable, pages)
        crawl.rows["CC-MAIN-2020-06"] = rows
    assert len(pages(site)) == 4


def test_a_record_too_large_to_ask_for(site: Site, crawl: CrawlSite) -> None:
    crawl.rows["CC-MAIN-2020-06"][0]["length"] = "999999999"
    assert "is not asked for" in failing(site, CaptureUnreadable, pages)


@given(body=st.binary(max_size=80))
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_the_index_answers_it_ends_by_name(site: Site, crawl: CrawlSite, body: bytes) -> None:
    crawl.index = lambda _, values: Reply(b"2" if "showNumPages" in values else body)
    try:
        assert len(found(site)) <= 1
    except ArchiveFailed:
        return


# ---- the list of crawls --------------------------------------------------------------------


def test_the_real_list_of_crawls(recordings: Path) -> None:
    line = (recordings / "warc" / "cdx_toolkit_test_get_cc_endpoints.jsonl").read_text(encoding="utf-8")
    crawls = read_crawls(json.loads(line)["response_text"].encode(), "https://index.commoncrawl.org/collinfo.json")
    assert len(crawls) == 115
    assert (crawls[0].name, crawls[0].since) == ("CC-MAIN-2008-2009", date(2008, 5, 9))
    assert crawls[-1].index == "https://index.commoncrawl.org/CC-MAIN-2025-33-index"
    spring = crawls_between(crawls, date(2025, 3, 1), date(2025, 4, 30))
    assert [crawl.name for crawl in spring] == ["CC-MAIN-2025-13", "CC-MAIN-2025-18"]
    assert crawls_between(crawls, None, date(2008, 1, 1)) == []
    assert len(crawls_between(crawls, None, None)) == 115


def test_a_list_without_days() -> None:
    entries = [
        {"id": "CC-MAIN-2018-05", "cdx-api": "https://index.commoncrawl.org/CC-MAIN-2018-05-index"},
        {"id": "CC-MAIN-2018-99", "cdx-api": "x"},
        {"id": 3},
        "x",
        {"id": "CC-MAIN-2012", "cdx-api": "https://index.commoncrawl.org/CC-MAIN-2012-index"},
    ]
    assert read_crawls(json.dumps(entries).encode(), "https://index.commoncrawl.org/collinfo.json") == (
        Crawl(
            name="CC-MAIN-2018-05",
            index="https://index.commoncrawl.org/CC-MAIN-2018-05-index",
            since=date(2017, 12, 25),
            until=date(2018, 2, 12),
        ),
    )


@pytest.mark.parametrize("body", [b"", b"<html>", b"{}", b"[]", b"[1]", b"[" * 100_000, b'[{"id": "x"}]'])
def test_what_is_no_list_of_crawls(site: Site, crawl: CrawlSite, body: bytes) -> None:
    crawl.list = Reply(body)
    failing(site, IndexUnreadable)


def test_an_index_on_another_host_is_not_asked(site: Site, crawl: CrawlSite) -> None:
    entry = {"id": "CC-MAIN-2020-06", "cdx-api": "https://evil.example/x-index"}
    crawl.list = Reply(json.dumps([entry]).encode())
    assert "not a host this source declares" in failing(site, ArchiveUnavailable)
    assert {asked.host for asked in site.asked} == {INDEX_HOST}
