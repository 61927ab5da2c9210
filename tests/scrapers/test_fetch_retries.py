"""Trouble on the way: what is tried again, how long we wait, and when a host is left alone."""

from __future__ import annotations

import asyncio
import gzip
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from scrapers.client import Answer, FetchLimits
from scrapers.hosts import retry_after
from scrapers.scraper import PageFailed

if TYPE_CHECKING:
    from live_site import Observed, Site

    from scrapers.run_fetch import RunFetch

COURSES = "https://www.tu.example/courses"


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_host_in_trouble_is_asked_again(site: Site, observed: Observed, status: int) -> None:
    site.on("/courses", [site.reply(status=status)] * 3 + [site.reply(b"ok")])
    ran = observed.get(COURSES)
    assert ran.result.body == b"ok"
    assert ran.fetch.failures == []
    assert site.times("/courses") == 4
    assert observed.kept(ran.file) == [("page", COURSES, 200, b"ok")]


def test_four_attempts_are_enough(site: Site, observed: Observed) -> None:
    site.on("/courses", b"broken", status=500)
    ran = observed.failing(COURSES)
    [failure] = ran.fetch.failures
    assert (failure.reason, failure.status) == ("500 Internal Server Error, 4 attempts", 500)
    assert site.times("/courses") == 4
    assert observed.kept(ran.file) == [("failed", COURSES, 500, b"broken")]
    assert ran.fetch.blocked is None


def test_waits_grow_and_are_jittered(site: Site, observed: Observed, slept: list[float]) -> None:
    site.on("/courses", b"", status=500)
    observed.failing(COURSES, paced=True, source=observed.source(pace_seconds=0))
    assert len(slept) == 3
    for wait, least, most in zip(slept, (0.5, 1.0, 2.0), (1.5, 3.0, 6.0), strict=True):
        # A little of the wait may have gone by before it begins.
        assert least - 0.1 <= wait <= most


def test_retry_after_is_honoured(site: Site, observed: Observed, slept: list[float]) -> None:
    site.on("/courses", [site.reply(status=429, headers={"retry-after": "120"}), site.reply(b"ok")])
    assert observed.get(COURSES, paced=True, source=observed.source(pace_seconds=0)).result.body == b"ok"
    assert slept == [pytest.approx(120, abs=0.5)]


def test_a_host_that_wants_a_long_rest_gets_it(site: Site, observed: Observed) -> None:
    site.on("/courses", b"later", status=503, headers={"retry-after": "900"})

    async def walk(fetch: RunFetch) -> None:
        for url in (COURSES, f"{COURSES}/1"):
            with pytest.raises(PageFailed):
                await fetch.get(url)

    ran = observed.run(walk, paced=True, source=observed.source(pace_seconds=0))
    first, second = ran.fetch.failures
    assert first.reason == "503 Service Unavailable, Retry-After 900 s is more than we wait (300 s)"
    assert second.reason == "not asked: www.tu.example wants to be left alone for 900 s"
    assert site.paths() == ["/courses"]
    assert observed.kept(ran.file) == [("failed", COURSES, 503, b"later")]


@pytest.mark.parametrize(
    ("retry", "date", "seconds"),
    [
        ("120", None, 120),
        (" 7 ", None, 7),
        ("Mon, 23 Nov 2026 09:02:00 GMT", "Mon, 23 Nov 2026 09:00:30 GMT", 90),
        ("Mon, 23 Nov 2026 09:02:00 GMT", None, 120),
        ("Mon, 23 Nov 2026 08:00:00 GMT", None, 0),
        ("soon", None, None),
        ("-5", None, None),
        ("²", None, None),
        ("", None, None),
    ],
)
def test_retry_after_is_seconds_or_a_date(retry: str, date: str | None, seconds: float | None) -> None:
    headers = (("retry-after", retry), *((("date", date),) if date else ()))
    answer = Answer(
        url=COURSES,
        at=datetime(2026, 11, 23, 9, 0, 0, tzinfo=UTC),
        request_headers=(),
        protocol="HTTP/1.1",
        status=429,
        reason="",
        headers=headers,
        body=b"",
    )
    assert retry_after(answer) == seconds


def test_a_silent_host_is_given_up_bit_by_bit(site: Site, observed: Observed) -> None:
    for number in range(40):
        site.on(f"/courses/{number}", b"", status=502)

    async def walk(fetch: RunFetch) -> None:
        async for _ in fetch.many(f"{COURSES}/{number}" for number in range(40)):
            raise AssertionError("no page was to be had")

    ran = observed.run(walk)
    assert len(ran.fetch.failures) == 40
    assert ran.fetch.failures[39].reason == "not asked: www.tu.example had no answer to the last 25 pages"
    assert len(site.paths()) == 5 * 4 + 20


# ---- connections that break ----------------------------------------------------------------

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


def talks(*scripts: bytes | None) -> tuple[object, list[int]]:
    """A server that sends one script per connection, the last again and again; ``None`` resets the connection."""
    left = list(scripts)
    served: list[int] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        del reader
        script = left.pop(0) if len(left) > 1 else left[0]
        served.append(1)
        if script is None:
            writer.transport.abort()
            return
        writer.write(script)

    return talk, served


async def get(fetch: RunFetch) -> object:
    return await fetch.get(COURSES)


async def fail(fetch: RunFetch) -> str:
    with pytest.raises(PageFailed) as failed:
        await fetch.get(COURSES)
    return str(failed.value)


def test_a_reset_is_tried_again(observed: Observed) -> None:
    talk, served = talks(None, None, HEAD + b"Content-Length: 2\r\nConnection: close\r\n\r\n{}")
    assert observed.raw(talk, get).result.body == b"{}"
    assert len(served) == 3


def test_a_host_that_only_resets_is_a_failure(observed: Observed) -> None:
    talk, served = talks(None)
    ran = observed.raw(talk, fail)
    assert "4 attempts" in ran.result
    assert ran.fetch.failures[0].status is None
    assert len(served) == 4


def test_a_body_shorter_than_announced_is_a_failure_and_kept(observed: Observed) -> None:
    talk, served = talks(HEAD + b'Content-Length: 5000\r\n\r\n{"elements":')
    ran = observed.raw(talk, fail)
    assert "the body broke off" in ran.result
    assert len(served) == 4
    assert observed.kept(ran.file) == [("failed", COURSES, 200, b'{"elements":')]
    assert [c.truncated for c in observed.archive.read_run(ran.file) if c.purpose == "failed"] == ["disconnect"]


def test_a_broken_off_chunked_body_is_tried_again(observed: Observed) -> None:
    chunked = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
    talk, served = talks(chunked + b'5\r\n{"ele', chunked + b"2\r\n{}\r\n0\r\n\r\n")
    ran = observed.raw(talk, get)
    assert ran.result.body == b"{}"
    assert "transfer-encoding" not in ran.result.headers
    assert len(served) == 2


def test_a_truncated_gzip_body_is_a_failure(observed: Observed) -> None:
    packed = gzip.compress(b'{"elements": [1, 2, 3]}' * 500)[:-30]
    talk, served = talks(HEAD + f"Content-Encoding: gzip\r\nContent-Length: {len(packed)}\r\n\r\n".encode() + packed)
    ran = observed.raw(talk, fail)
    assert "the gzip body ends early" in ran.result
    assert len(served) == 4


def test_a_second_gzip_member_may_not_be_cut_either(observed: Observed) -> None:
    packed = gzip.compress(b"whole") + gzip.compress(b"cut" * 1000)[:-5]
    talk, _ = talks(HEAD + f"Content-Encoding: gzip\r\nContent-Length: {len(packed)}\r\n\r\n".encode() + packed)
    assert "the gzip body ends early" in observed.raw(talk, fail).result


def test_a_body_that_only_claims_to_be_gzip_is_a_failure(observed: Observed) -> None:
    talk, _ = talks(HEAD + b"Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}")
    assert "damaged gzip body" in observed.raw(talk, fail).result


def test_what_is_no_http_is_a_failure(observed: Observed) -> None:
    talk, served = talks(b"220 smtp.tu.example ESMTP\r\n")
    assert "RemoteProtocolError" in observed.raw(talk, fail).result
    assert len(served) == 4


async def stall(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(HEAD + b"Content-Length: 100\r\n\r\n{")
    await writer.drain()
    await reader.read()


async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    del reader
    writer.write(HEAD + b"Content-Length: 100000\r\n\r\n")
    while True:
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(0.02)


def test_a_stalled_body_is_a_failure(observed: Observed) -> None:
    ran = observed.raw(stall, fail, limits=FetchLimits(read_seconds=0.1, attempts=2))
    assert "ReadTimeout" in ran.result
    assert observed.kept(ran.file) == [("failed", COURSES, 200, b"{")]


def test_a_dripping_body_meets_the_deadline(observed: Observed) -> None:
    ran = observed.raw(drip, fail, limits=FetchLimits(deadline_seconds=0.3, attempts=2))
    assert "no whole answer within 0.3 s, 2 attempts" in ran.result


def test_a_closed_port_is_a_failure_of_robots(observed: Observed) -> None:
    ran = observed.blocked(COURSES, ports=1)
    assert "robots.txt of www.tu.example is out of reach: ConnectError" in ran.result
