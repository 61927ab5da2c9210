"""The same client against a real pywb that serves what our own archive has written."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from asking import asked, gathered
from crawl_site import exchange
from pywb_server import PywbServer

from scrapers.archive import Archive
from scrapers.webarchives.asking import loopback_port_of
from scrapers.webarchives.captures import selected
from scrapers.webarchives.cdx import CdxQuery
from scrapers.webarchives.errors import CaptureUnreadable, IndexUnreadable, NotArchived
from scrapers.webarchives.files import WarcFiles
from scrapers.webarchives.wayback import Bounds, Wayback

if TYPE_CHECKING:
    from pathlib import Path

    from scrapers.fetch import HttpFetcher
    from scrapers.webarchives.captures import ArchivedCapture, PastPage

COURSES = "https://www.tu.example/courses"
API = "https://www.tu.example/api/courses"
AWKWARD = "https://www.tu.example/kurs/åland?q=ø&x=a b"
AT = datetime(2023, 1, 2, 3, 4, 5, tzinfo=UTC)
BODY = b"<html>\xe5 \x00\xff</html>"


@pytest.fixture(scope="module")
def warcs(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Two runs: in the first everything, in the second revisits and a change."""
    root = tmp_path_factory.mktemp("archive")
    archive = Archive(root)
    with archive.run_writer("tu_example", "0123456789abcdef", AT) as writer:
        place = writer.response(exchange(COURSES, AT, BODY))
        for page in range(5):
            writer.response(exchange(f"{API}?page={page}&b=2", AT + timedelta(minutes=page), b'{"page": %d}' % page))
        writer.response(exchange(f"{API}2", AT, b"{}"))
        writer.response(exchange(AWKWARD, AT, b"<p>awkward</p>"))
        writer.response(exchange(f"{COURSES}/gone", AT, b"gone", status=404))
        writer.response(exchange(f"{COURSES}/1", AT, b"<html>" + b"detail" * 50_000))
        writer.close({})
    later = AT + timedelta(days=30)
    with archive.run_writer("tu_example", "1123456789abcdef", later) as writer:
        original, _, _ = archive.original(place)
        writer.revisit(exchange(COURSES, later, b""), original, not_modified=False)
        writer.response(exchange(COURSES, later + timedelta(days=30), b"<html>changed</html>"))
        unchanged = exchange(COURSES, later + timedelta(days=60), b"", status=304)
        writer.revisit(unchanged, original, not_modified=True)
        writer.close({})
    return [root / file for file in archive.files()]


@pytest.fixture(scope="module")
def base(pywb: PywbServer, warcs: list[Path]) -> str:
    return pywb.collection("tu", warcs)


def found(pywb: PywbServer, base: str, query: CdxQuery, bounds: Bounds | None = None) -> list[ArchivedCapture]:
    async def ask(fetcher: HttpFetcher) -> list[ArchivedCapture]:
        archive = Wayback.opened(fetcher, base=base, bounds=bounds or Bounds())
        captures = await gathered(archive.captures(query))
        assert archive.dialect in {"pywb", None}
        assert archive.door.problems == []
        return captures

    return asked(pywb.ports, ask)


def fetched(pywb: PywbServer, base: str, capture: ArchivedCapture) -> PastPage:
    async def ask(fetcher: HttpFetcher) -> PastPage:
        return await Wayback.opened(fetcher, base=base).fetch(capture)

    return asked(pywb.ports, ask)


def days(captures: list[ArchivedCapture]) -> list[str]:
    return [f"{capture.at:%m-%d}" for capture in captures]


def test_captures_in_its_dialect(pywb: PywbServer, base: str) -> None:
    captures = found(pywb, base, CdxQuery(url=COURSES))
    assert days(captures) == ["01-02", "02-01", "03-03", "04-02"]
    assert [capture.status for capture in captures] == [200, None, 200, None]
    assert [capture.revisit for capture in captures] == [False, True, False, True]
    assert captures[0].digest == captures[1].digest
    assert captures[0].at == AT
    assert captures[0].url == COURSES


def test_ranges_and_collapsing(pywb: PywbServer, base: str) -> None:
    query = CdxQuery(url=COURSES, since=date(2023, 2, 1), until=date(2023, 3, 3))
    assert days(found(pywb, base, query)) == ["02-01", "03-03"]
    assert days(found(pywb, base, CdxQuery(url=COURSES, collapse="timestamp:4"))) == ["01-02"]
    assert days(found(pywb, base, CdxQuery(url=COURSES, collapse="digest"))) == ["01-02", "03-03", "04-02"]


@pytest.mark.parametrize(
    ("url", "match", "count"),
    [
        (f"{COURSES}/", "prefix", 1),
        (f"{COURSES}/*", "exact", 1),
        (f"{API}*", "prefix", 6),
        ("www.tu.example", "host", 12),
        ("*.tu.example", "exact", 12),
        ("https://www.tu.example/nothing", "exact", 0),
    ],
)
def test_scopes(pywb: PywbServer, base: str, url: str, match: str, count: int) -> None:
    assert len(found(pywb, base, CdxQuery(url=url, match=match))) == count  # type: ignore[arg-type]


def test_variants_by_query(pywb: PywbServer, base: str) -> None:
    captures = found(pywb, base, CdxQuery(url=f"{API}?", match="prefix"))
    assert {f"{API}?page={page}&b=2" for page in range(5)} <= {capture.url for capture in captures}


@pytest.mark.parametrize("limit", [1, 2, 3, 7])
def test_no_limit_loses_captures(pywb: PywbServer, base: str, limit: int) -> None:
    """pywb cuts its answer at a limit and has no key to go on with."""
    query = CdxQuery(url=API, match="prefix")
    assert found(pywb, base, replace(query, limit=limit)) == found(pywb, base, query)


def test_errors_and_redirects_if_asked_for(pywb: PywbServer, base: str) -> None:
    assert found(pywb, base, CdxQuery(url=f"{COURSES}/gone")) == []
    [gone] = found(pywb, base, CdxQuery(url=f"{COURSES}/gone", errors=True))
    past = fetched(pywb, base, gone)
    assert (past.page.status, past.page.body) == (404, b"gone")


def test_a_known_dialect_is_spoken(pywb: PywbServer, base: str) -> None:
    """Once it is known, what is to be left out is left out by the archive."""

    async def ask(fetcher: HttpFetcher) -> list[int]:
        archive = Wayback.opened(fetcher, base=base)
        query = CdxQuery(url="www.tu.example", match="host", limit=12)
        return [len(await gathered(archive.captures(one))) for one in (query, replace(query, limit=13))]

    assert asked(pywb.ports, ask) == [12, 12]


def test_bodies_are_equal_byte_by_byte(pywb: PywbServer, base: str, warcs: list[Path]) -> None:
    with WarcFiles(warcs) as files:
        originals = {(past.page.url, past.page.at): past.page.body for past in files.pages()}
    query = CdxQuery(url="www.tu.example", match="host", until=date(2023, 3, 31))

    async def ask(fetcher: HttpFetcher) -> list[PastPage]:
        archive = Wayback.opened(fetcher, base=base)
        return [await archive.fetch(capture) for capture in await gathered(archive.captures(query))]

    pages = asked(pywb.ports, ask)
    assert len(pages) == 11
    for past in pages:
        capture = past.capture
        assert past.page.body == originals[past.page.url, past.page.at]
        assert (past.page.url, past.page.at, past.page.status) == (capture.url, capture.at, 200)
        assert not past.is_other_time


def test_a_revisit_is_resolved(pywb: PywbServer, base: str) -> None:
    _, revisit, _, not_modified = found(pywb, base, CdxQuery(url=COURSES))
    past = fetched(pywb, base, revisit)
    assert (past.page.body, past.page.status, past.page.at) == (BODY, 200, AT + timedelta(days=30))
    assert past.page.content_type == "text/html; charset=utf-8"
    with pytest.raises(CaptureUnreadable, match="says only: not modified"):
        fetched(pywb, base, not_modified)


def test_the_nearest_capture_is_told(pywb: PywbServer, base: str) -> None:
    first, *_ = found(pywb, base, CdxQuery(url=COURSES))
    past = fetched(pywb, base, replace(first, at=AT + timedelta(days=3)))
    assert (past.is_other_time, past.page.at, past.page.body) == (True, AT, BODY)


def test_what_it_does_not_hold(pywb: PywbServer, base: str) -> None:
    first, *_ = found(pywb, base, CdxQuery(url=COURSES))
    with pytest.raises(NotArchived):
        fetched(pywb, base, replace(first, url="https://www.tu.example/never"))
    with pytest.raises(IndexUnreadable, match="404 Not Found"):
        found(pywb, base.removesuffix("/tu"), CdxQuery(url=COURSES))


def test_its_list_of_original_captures_is_ours(pywb: PywbServer, base: str, warcs: list[Path]) -> None:
    with WarcFiles(warcs) as files:
        ours = {(capture.url, capture.at) for capture in selected(files.captures())}
    captures = found(pywb, base, CdxQuery(url="www.tu.example", match="host"))
    assert {(capture.url, capture.at) for capture in captures} == ours


def test_where_it_is(base: str, pywb: PywbServer) -> None:
    assert loopback_port_of(base) == pywb.ports
