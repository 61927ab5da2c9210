"""The client of the Wayback Machine's index against an imitated one that speaks its own format."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from asking import asked, gathered
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from live_site import Reply
from wayback_site import ERROR_PAGE, HEADER, Held, WaybackSite

from scrapers.client import FetchLimits
from scrapers.robots import AGENT
from scrapers.scraper import SourceBlocked
from scrapers.webarchives.cdx import CdxQuery
from scrapers.webarchives.errors import (
    ArchiveFailed,
    ArchiveUnavailable,
    CaptureExcluded,
    IndexTooLarge,
    IndexUnreadable,
)
from scrapers.webarchives.wayback import Bounds, Wayback

if TYPE_CHECKING:
    from live_site import Site

    from models.records import Problem
    from scrapers.fetch import HttpFetcher
    from scrapers.webarchives.captures import ArchivedCapture

COURSES = "https://www.tu.example/courses"
HELD = [
    Held(url=COURSES, timestamp="20190105101112", body=b"one"),
    Held(url="http://tu.example:80/courses/", timestamp="20190120000000", body=b"one", revisit=True),
    Held(url=COURSES, timestamp="20190203000000", body=b"two"),
    Held(url=COURSES, timestamp="20190204000000", body=b"", status=301),
    Held(url=COURSES, timestamp="20200101000000", body=b"two"),
    Held(url=f"{COURSES}?page=2", timestamp="20190105101113", body=b"page", mime="application/json"),
    Held(url=f"{COURSES}/1", timestamp="20190105101114", body=b"detail"),
    Held(url="https://other.tu.example/courses", timestamp="20190105101115", body=b"other"),
]


def found(
    site: Site,
    query: CdxQuery,
    *,
    bounds: Bounds | None = None,
    limits: FetchLimits | None = None,
    problems: list[Problem] | None = None,
) -> list[ArchivedCapture]:
    async def ask(fetcher: HttpFetcher) -> list[ArchivedCapture]:
        archive = Wayback.opened(fetcher, bounds=bounds or Bounds())
        captures = await gathered(archive.captures(query))
        if problems is not None:
            problems.extend(archive.door.problems)
        return captures

    return asked(site.port, ask, limits=limits)


def failing(site: Site, query: CdxQuery, kind: type[Exception], **facts: object) -> str:
    with pytest.raises(kind) as error:
        found(site, query, **facts)  # type: ignore[arg-type]
    return str(error.value)


def times(captures: list[ArchivedCapture]) -> list[str]:
    return [f"{capture.at:%Y-%m-%d}" for capture in captures]


@pytest.fixture
def wayback(site: Site) -> WaybackSite:
    wayback = WaybackSite(held=HELD)
    site.otherwise = wayback.answer
    return wayback


@pytest.mark.usefixtures("wayback")
def test_captures_of_one_address(site: Site) -> None:
    captures = found(site, CdxQuery(url=COURSES))
    assert times(captures) == ["2019-01-05", "2019-01-20", "2019-02-03", "2020-01-01"]
    first, revisit = captures[:2]
    assert (first.url, first.at) == (COURSES, datetime(2019, 1, 5, 10, 11, 12, tzinfo=UTC))
    assert (first.status, first.content_type, first.length, first.revisit) == (200, "text/html", 303, False)
    assert first.place.address == f"https://web.archive.org/web/20190105101112id_/{COURSES}"
    assert (revisit.url, revisit.status, revisit.revisit) == ("http://tu.example/courses/", None, True)
    assert revisit.digest == first.digest


@pytest.mark.usefixtures("wayback")
def test_who_asks_and_what(site: Site) -> None:
    found(site, CdxQuery(url=f"{COURSES}?a=1&b=ø", since=date(2019, 1, 6), until=date(2019, 12, 31)))
    robots, question = site.asked
    assert robots.path == "/robots.txt"
    assert question.headers["user-agent"].startswith(AGENT)
    assert "https://observatory.example/about" in question.headers["user-agent"]
    assert question.host == "web.archive.org"
    assert question.path == (
        "/cdx/search/cdx?url=https%3A%2F%2Fwww.tu.example%2Fcourses%3Fa%3D1%26b%3D%C3%B8&matchType=exact&output=json"
        "&from=20190106&to=20191231&filter=%21statuscode%3A%5B345%5D..&limit=1000&showResumeKey=true"
    )


@pytest.mark.usefixtures("wayback")
@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (CdxQuery(url=COURSES, since=date(2019, 1, 20), until=date(2019, 2, 3)), ["2019-01-20", "2019-02-03"]),
        (CdxQuery(url=COURSES, errors=True, since=date(2019, 2, 4)), ["2019-02-04", "2020-01-01"]),
        (CdxQuery(url=COURSES, collapse="timestamp:6"), ["2019-01-05", "2019-02-03", "2020-01-01"]),
        (CdxQuery(url=COURSES, collapse="timestamp:4"), ["2019-01-05", "2020-01-01"]),
        (CdxQuery(url=COURSES, collapse="digest"), ["2019-01-05", "2019-02-03"]),
        (CdxQuery(url=COURSES, filters=("mimetype:application/json",)), []),
        (CdxQuery(url="https://www.tu.example/nothing"), []),
    ],
)
def test_what_is_asked_for(site: Site, query: CdxQuery, expected: list[str]) -> None:
    assert times(found(site, query)) == expected


@pytest.mark.usefixtures("wayback")
@pytest.mark.parametrize(
    ("url", "match", "count"),
    [
        (COURSES, "prefix", 6),
        (f"{COURSES}/", "prefix", 1),
        (f"{COURSES}/*", "exact", 1),
        (f"{COURSES}*", "exact", 6),
        ("www.tu.example", "host", 6),
        ("tu.example", "domain", 7),
        ("*.tu.example", "exact", 7),
    ],
)
def test_scopes(site: Site, url: str, match: str, count: int) -> None:
    assert len(found(site, CdxQuery(url=url, match=match))) == count  # type: ignore[arg-type]


@pytest.mark.usefixtures("wayback")
def test_collapsing_never_joins_two_addresses(site: Site) -> None:
    """The index itself compares neighbours whatever their address, and would lose all but the first of a month."""
    captures = found(site, CdxQuery(url=COURSES, match="prefix", collapse="timestamp:6"))
    assert len({capture.url for capture in captures}) == 3
    assert len(captures) == 5
    assert "collapse" not in site.asked[-1].path


@given(
    limit=st.integers(1, 9), collapse=st.sampled_from(["", "timestamp:6", "digest", "urlkey"]), cap=st.integers(1, 9)
)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_paging_gives_what_one_answer_gives(site: Site, limit: int, collapse: str, cap: int) -> None:
    wayback = WaybackSite(held=HELD)
    site.otherwise = wayback.answer
    query = {"url": COURSES, "match": "prefix" if limit % 2 else "exact", "collapse": collapse, "errors": True}
    whole = found(site, CdxQuery(**query))  # type: ignore[arg-type]
    wayback.cap = cap
    assert found(site, CdxQuery(**query, limit=limit)) == whole  # type: ignore[arg-type]


def test_resuming_takes_as_many_answers_as_needed(site: Site, wayback: WaybackSite) -> None:
    wayback.gzipped = True
    assert len(found(site, CdxQuery(url=COURSES, limit=2))) == 4
    questions = [asked.path for asked in site.asked if "cdx" in asked.path]
    assert len(questions) == 2
    assert "resumeKey=example%252Ctu" in questions[1]


def test_pages_of_a_divided_index(site: Site, wayback: WaybackSite) -> None:
    del wayback

    async def ask(fetcher: HttpFetcher) -> int:
        return await Wayback.opened(fetcher).page_count(CdxQuery(url=COURSES, match="prefix"))

    assert asked(site.port, ask) == 3
    assert "showNumPages=true" in site.asked[-1].path


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"limit": 0}, "limit is at least 1"),
        ({"page": -1}, "page at least 0"),
        ({"collapse": "colour"}, "collapse is a field"),
        ({"url": "*"}, "needs an address"),
    ],
)
def test_questions_without_a_meaning(values: dict[str, object], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        CdxQuery(**{"url": COURSES, **values})  # type: ignore[arg-type]


@pytest.mark.usefixtures("wayback")
def test_the_archive_is_asked_at_its_pace(site: Site) -> None:
    async def ask(fetcher: HttpFetcher) -> None:
        archive = Wayback.opened(fetcher, pace_seconds=0.15)
        await gathered(archive.captures(CdxQuery(url=COURSES, limit=2)))

    asked(site.port, ask, paced=True)
    times_asked = [question.at for question in site.asked]
    assert len(times_asked) == 3
    assert all(later - earlier > 0.14 for earlier, later in pairwise(times_asked))
    assert site.most_at_once == 1


# ---- trouble -------------------------------------------------------------------------------


def test_bursts_of_trouble_are_waited_out(site: Site, wayback: WaybackSite) -> None:
    wayback.trouble = [
        Reply(b"slow down", status=429, headers={"retry-after": "0"}),
        Reply(b"busy", status=503),
        Reply(b"late", status=504),
    ]
    assert len(found(site, CdxQuery(url=COURSES))) == 4


def test_trouble_that_does_not_pass_has_a_name(site: Site, wayback: WaybackSite) -> None:
    wayback.trouble = [Reply(b"slow down", status=429)] * 4
    assert "429 Too Many Requests, 4 attempts" in failing(site, CdxQuery(url=COURSES), ArchiveUnavailable)
    assert len(site.asked) == 5


def test_a_long_retry_after_is_obeyed(site: Site, wayback: WaybackSite) -> None:
    wayback.trouble = [Reply(b"slow down", status=429, headers={"retry-after": "3600"})] * 2
    words = failing(site, CdxQuery(url=COURSES), ArchiveUnavailable)
    assert "Retry-After 3600 s is more than we wait" in words
    assert len(site.asked) == 2


def test_a_page_of_html_once_is_asked_for_again(site: Site, wayback: WaybackSite) -> None:
    wayback.trouble = [ERROR_PAGE]
    assert len(found(site, CdxQuery(url=COURSES))) == 4


def test_a_page_of_html_under_200_is_no_index(site: Site, wayback: WaybackSite) -> None:
    wayback.index = lambda _: ERROR_PAGE
    assert "a page of HTML where an index was asked for" in failing(site, CdxQuery(url=COURSES), IndexUnreadable)
    assert len(site.asked) == 3


def test_a_refusal_ends_it_all(site: Site, wayback: WaybackSite) -> None:
    wayback.index = lambda _: Reply(b"Forbidden", status=403)

    async def ask(fetcher: HttpFetcher) -> tuple[str | None, list[str]]:
        archive = Wayback.opened(fetcher)
        for _ in range(2):
            with pytest.raises(SourceBlocked, match="403 Forbidden"):
                await gathered(archive.captures(CdxQuery(url=COURSES)))
        return archive.door.blocked, [problem.code for problem in archive.door.problems]

    assert asked(site.port, ask) == ("the archive answered 403 Forbidden", ["host_refused"])
    assert len(site.asked) == 2


def test_robots_of_the_archive_are_obeyed(site: Site) -> None:
    site.on("/robots.txt", b"User-agent: *\nDisallow: /cdx/\n", host="web.archive.org")
    assert "forbids /cdx/search/cdx" in failing(site, CdxQuery(url=COURSES), SourceBlocked)
    assert site.paths() == []


@pytest.mark.parametrize(
    "reply",
    [
        Reply(b"AdministrativeAccessControlException: Blocked Site Error", status=403),
        Reply(b"org.archive.wayback.exception.RobotAccessControlException: Blocked", status=200),
        Reply(b"", status=403, headers={"x-archive-wayback-runtime-error": "AdministrativeAccessControlException: x"}),
    ],
)
def test_an_address_that_is_shown_to_nobody_is_no_refusal(site: Site, wayback: WaybackSite, reply: Reply) -> None:
    wayback.index = lambda _: reply
    failing(site, CdxQuery(url=COURSES), CaptureExcluded)


def test_a_redirect_is_not_followed(site: Site, wayback: WaybackSite) -> None:
    wayback.index = lambda _: Reply(status=302, headers={"location": "https://evil.example/cdx"})
    failing(site, CdxQuery(url=COURSES), ArchiveUnavailable)
    assert {asked.host for asked in site.asked} == {"web.archive.org"}


# ---- hostile answers -----------------------------------------------------------------------


def _json(value: object) -> Reply:
    return Reply(json.dumps(value).encode(), headers={"content-type": "application/json"})


ROW = Held(url=COURSES, timestamp="20190105101112").row()


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (Reply(b'[["urlkey","timestamp","original"],["a","2019'), "damaged or cut JSON"),
        (Reply(b"[" * 200_000), "damaged or cut JSON"),
        (Reply(b"captures: many"), "neither JSON nor lines of JSON"),
        (_json([1, 2, 3]), "an index is a list of rows"),
        (_json([HEADER, {"timestamp": "20190101000000"}]), "an index is a list of rows"),
        (_json([["a", "b"], ["1", "2"]]), "the first row is no header"),
        (_json([HEADER, [*ROW[:4], {"a": 1}, *ROW[5:]]]), "a cell is a text, not dict"),
        (_json([HEADER, [*ROW[:4], 2.5, *ROW[5:]]]), "a cell is a text, not float"),
        (_json([HEADER, [*ROW[:4], True, *ROW[5:]]]), "a cell is a text, not bool"),
        (_json([HEADER, [*ROW[:2], "https://tu.example/" + "a" * 10_000_000, *ROW[3:]]]), "a cell of 10,000,019 char"),
        (_json([HEADER, ROW, [], ["key", "key"]]), "holds no key"),
        (_json([HEADER, ROW[:3]]), "not one whole row"),
        (_json([HEADER, *[ROW] * 200_001]), "more than the 200,000 that are read"),
        (Reply(b'{"timestamp": "20190101000000"}\n[1, 2]'), "a line is no object"),
        (Reply(b'{"message": "Internal trouble"}'), "the index says: Internal trouble"),
        (Reply(b'{"url": "https://tu.example/"}'), "a line without a time"),
        (Reply(b"Bad request", status=400), "400 Bad Request"),
    ],
)
def test_what_is_no_index(site: Site, wayback: WaybackSite, reply: Reply, words: str) -> None:
    wayback.index = lambda _: reply
    assert words in failing(site, CdxQuery(url=COURSES), IndexUnreadable)
    assert len(site.asked) <= 3


def test_rows_that_name_no_capture_cost_no_others(site: Site, wayback: WaybackSite) -> None:
    rows = [
        ROW,
        [ROW[0], "20190230000000", *ROW[2:]],
        [ROW[0], "2019", *ROW[2:]],
        [*ROW[:2], "ftp://tu.example/", *ROW[3:]],
        [*ROW[:2], "https://tu.example/" + "a" * 9000, *ROW[3:]],
        ROW[:3],
        [*ROW[:6], "-"],
        [*ROW[:4], None, *ROW[5:]],
    ]
    wayback.index = lambda _: _json([HEADER, *rows])
    problems: list[Problem] = []
    captures = found(site, CdxQuery(url=COURSES), problems=problems)
    assert [(capture.status, capture.length) for capture in captures] == [(200, 313), (200, None), (None, 313)]
    assert [problem.code for problem in problems] == ["record_invalid"] * 5


def test_a_key_that_comes_again_is_a_circle(site: Site, wayback: WaybackSite) -> None:
    wayback.index = lambda _: _json([HEADER, ROW, [], ["again"]])
    assert "again and again" in failing(site, CdxQuery(url=COURSES), IndexUnreadable)
    wayback.index = lambda _: _json([HEADER, [], ["again"]])
    assert "leads back" in failing(site, CdxQuery(url=COURSES), IndexUnreadable)
    assert len(site.asked) <= 6


def test_new_keys_for_the_same_captures_are_a_circle(site: Site, wayback: WaybackSite) -> None:
    wayback.index = lambda _: _json([HEADER, ROW, [], [f"key {len(site.asked)}"]])
    assert "again and again" in failing(site, CdxQuery(url=COURSES), IndexUnreadable)
    assert len(site.asked) == 3


def test_an_index_without_end_is_bounded(site: Site, wayback: WaybackSite) -> None:
    def endless(_: object) -> Reply:
        number = len(site.asked)
        row = Held(url=f"{COURSES}/{number}", timestamp="20190105101112").row()
        return _json([HEADER, row, [], [f"key {number}"]])

    wayback.index = endless
    assert "more than 5 captures" in failing(site, CdxQuery(url=COURSES), IndexTooLarge, bounds=Bounds(captures=5))
    assert "more than 7 answers" in failing(site, CdxQuery(url=COURSES), IndexTooLarge, bounds=Bounds(requests=7))
    wayback.index = lambda _: _json([HEADER, [], [f"key {len(site.asked)}"]])
    assert "more than 7 answers" in failing(site, CdxQuery(url=COURSES), IndexTooLarge, bounds=Bounds(requests=7))


def test_an_answer_without_end_is_bounded(site: Site, wayback: WaybackSite) -> None:
    wayback.index = lambda _: Reply(b"[" + b" " * 200_000)
    limits = FetchLimits(body_bytes=100_000)
    failing(site, CdxQuery(url=COURSES), IndexTooLarge, limits=limits)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=12,
)


@given(
    body=st.binary(max_size=60)
    | json_values.map(lambda value: json.dumps(value).encode())
    | st.lists(json_values, max_size=4).map(lambda rows: json.dumps([HEADER, ROW, *rows]).encode())
)
@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_it_answers_it_ends_by_name(site: Site, body: bytes) -> None:
    site.otherwise = WaybackSite(index=lambda _: Reply(body)).answer
    try:
        captures = found(site, CdxQuery(url=COURSES), bounds=Bounds(requests=5))
    except ArchiveFailed:
        return
    assert len(captures) <= 3
