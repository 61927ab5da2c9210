"""Raw captures: what the archive gives is the capture that was asked for, or it is said what else."""

from __future__ import annotations

import gzip
import hashlib
import zlib
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from asking import asked
from hypothesis import given
from hypothesis import strategies as st
from live_site import Reply
from wayback_site import Held, WaybackSite, memento

from scrapers.client import FetchLimits
from scrapers.scraper import SourceBlocked
from scrapers.webarchives.asking import loopback_port_of
from scrapers.webarchives.captures import ArchivedCapture, BodyPlace
from scrapers.webarchives.coding import BodyUnreadable, decoded
from scrapers.webarchives.errors import (
    ArchiveUnavailable,
    CaptureExcluded,
    CaptureUnreadable,
    NotArchived,
)
from scrapers.webarchives.wayback import Wayback

if TYPE_CHECKING:
    from live_site import Site

    from scrapers.fetch import HttpFetcher
    from scrapers.webarchives.captures import PastPage

COURSES = "https://www.tu.example/courses"
AT = datetime(2019, 1, 5, 10, 11, 12, tzinfo=UTC)
BODY = "<html>Kurser på språk</html>".encode("iso-8859-1")
HELD = Held(
    url=COURSES,
    timestamp="20190105101112",
    body=BODY,
    headers=(
        ("content-type", "text/html; charset=iso-8859-1"),
        ("etag", '"1"'),
        ("set-cookie", "session=secret"),
        ("transfer-encoding", "chunked"),
    ),
)


def capture(url: str = COURSES, at: datetime = AT, status: int | None = 200) -> ArchivedCapture:
    return ArchivedCapture(
        url=url,
        at=at,
        status=status,
        content_type="text/html",
        digest="",
        length=None,
        place=BodyPlace(archive="wayback", address=""),
    )


def fetched(site: Site, wanted: ArchivedCapture | None = None, limits: FetchLimits | None = None) -> PastPage:
    async def ask(fetcher: HttpFetcher) -> PastPage:
        return await Wayback.opened(fetcher).fetch(wanted or capture())

    return asked(site.port, ask, limits=limits)


def failing(site: Site, kind: type[Exception], wanted: ArchivedCapture | None = None) -> str:
    with pytest.raises(kind) as error:
        fetched(site, wanted)
    return str(error.value)


@pytest.fixture
def wayback(site: Site) -> WaybackSite:
    wayback = WaybackSite(held=[HELD])
    site.otherwise = wayback.answer
    return wayback


@pytest.mark.usefixtures("wayback")
def test_a_capture_becomes_a_page_of_its_time(site: Site) -> None:
    past = fetched(site)
    page = past.page
    assert (page.url, page.final_url, page.at, page.status) == (COURSES, COURSES, AT, 200)
    assert (page.body, page.content_type) == (BODY, "text/html; charset=iso-8859-1")
    assert page.digest == f"sha256:{hashlib.sha256(BODY).hexdigest()}"
    assert page.headers == {
        "content-type": "text/html; charset=iso-8859-1",
        "etag": '"1"',
        "content-length": str(len(BODY)),
    }
    assert (past.is_other_time, past.truncated, page.place) == (False, None, None)
    assert site.paths() == [f"/web/20190105101112id_/{COURSES}"]


@pytest.mark.usefixtures("wayback")
def test_the_nearest_capture_is_recorded_as_of_its_own_time(site: Site) -> None:
    past = fetched(site, capture(at=AT + timedelta(days=90)))
    assert past.is_other_time
    assert past.page.at == AT
    assert past.page.body == BODY
    assert len(site.paths()) == 2


def test_an_archive_that_gives_the_nearest_without_a_redirect(site: Site, wayback: WaybackSite) -> None:
    wayback.play = lambda _, __: memento(HELD)
    past = fetched(site, capture(at=AT + timedelta(seconds=1)))
    assert (past.is_other_time, past.page.at) == (True, AT)


def test_addresses_that_need_escapes(site: Site, wayback: WaybackSite) -> None:
    url = "https://www.tu.example/kurs/åland?q=ø&x=a b"
    wayback.held = [Held(url=url, timestamp="20190105101112", body=b"x")]
    wayback.play = lambda *_: memento(HELD, link="")
    assert fetched(site, capture(url)).page.url == url
    assert site.paths() == ["/web/20190105101112id_/https://www.tu.example/kurs/%C3%A5land?q=%C3%B8&x=a%20b"]


@pytest.mark.parametrize(
    ("location", "words"),
    [
        ("https://www.tu.example/courses", "away from the archive's captures"),
        ("https://web.archive.org/details/courses", "away from the archive's captures"),
        ("https://evil.example/web/20190105101112id_/https://www.tu.example/courses", "away from the archive's"),
        ("//evil.example/web/20190105101112id_/https://www.tu.example/courses", "away from the archive's captures"),
        ("/web/20190105101112id_/https://www.tu.example/login", "a capture of another address"),
        (f"/web/20200101000000id_/{COURSES}", "in a circle, or too many"),
    ],
)
def test_redirects_that_lead_elsewhere(site: Site, wayback: WaybackSite, location: str, words: str) -> None:
    wayback.play = lambda _, __: Reply(status=302, headers={"location": location})
    assert words in failing(site, CaptureUnreadable)
    assert {asked.host for asked in site.asked} == {"web.archive.org"}
    assert len(site.paths()) <= 3


def test_redirects_without_end(site: Site, wayback: WaybackSite) -> None:
    wayback.play = lambda timestamp, url: Reply(
        status=302, headers={"location": f"http://web.archive.org/web/{int(timestamp) + 1}/{url}"}
    )
    assert "too many" in failing(site, CaptureUnreadable)
    assert len(site.paths()) == 4
    assert site.paths()[1] == f"/web/20190105101113id_/{COURSES}"


@pytest.mark.parametrize(
    ("reply", "kind", "words"),
    [
        (Reply(b"not here", status=404), NotArchived, "404 Not Found"),
        (Reply(b"<html>Sorry</html>"), CaptureUnreadable, "no Memento-Datetime: not a capture"),
        (Reply(b"forbidden", status=403), SourceBlocked, "the archive answered 403 Forbidden"),
        (
            Reply(status=403, headers={"x-archive-wayback-runtime-error": "AdministrativeAccessControlException: x"}),
            CaptureExcluded,
            "does not show this address",
        ),
        (Reply(b"x URL has been excluded from the Wayback Machine.", status=403), CaptureExcluded, "does not show"),
        (Reply(b"busy", status=503), ArchiveUnavailable, "503 Service Unavailable, 4 attempts"),
        (memento(HELD, **{"memento-datetime": "yesterday"}), CaptureUnreadable, "Memento-Datetime is no time"),
        (memento(HELD, link='<https://www.tu.example/login>; rel="original"'), CaptureUnreadable, "a capture of https"),
        (memento(HELD, **{"content-encoding": "br"}), CaptureUnreadable, "content-encoding 'br'"),
        (
            memento(Held(url=COURSES, timestamp="20190105101112", status=301, headers=(("location", "/x"),))),
            CaptureUnreadable,
            "the index says 200, the capture is 301",
        ),
    ],
)
def test_what_is_not_the_capture(
    site: Site, wayback: WaybackSite, reply: Reply, kind: type[Exception], words: str
) -> None:
    wayback.play = lambda _, __: reply
    assert words in failing(site, kind)


def test_a_capture_of_trouble_is_not_trouble(site: Site, wayback: WaybackSite) -> None:
    """A capture of a 503 stays one however often it is asked for; one of a 403 is no refusal of us."""
    for status in (503, 403):
        held = Held(url=COURSES, timestamp="20190105101112", body=b"closed", status=status)
        wayback.held = [held]
        past = fetched(site, capture(status=status))
        assert (past.page.status, past.page.body) == (status, b"closed")
    assert len(site.paths()) == 2


def test_bodies_that_are_still_packed(site: Site, wayback: WaybackSite) -> None:
    """The raw bytes of the original may come without the header that says how they are coded."""
    packed = Held(
        url=COURSES,
        timestamp="20190105101112",
        body=gzip.compress(BODY),
        headers=(("content-encoding", "gzip"), ("content-length", "5")),
    )
    wayback.held = [packed]
    past = fetched(site)
    assert past.page.body == BODY
    assert "content-encoding" not in past.page.headers
    wayback.play = lambda _, __: memento(packed, **{"content-encoding": "gzip"})
    assert fetched(site).page.body == BODY


def test_a_body_that_is_shorter_than_it_was_is_flagged(site: Site, wayback: WaybackSite) -> None:
    wayback.held = [Held(url=COURSES, timestamp="20190105101112", body=BODY, headers=(("content-length", "9000"),))]
    assert fetched(site).truncated == "unspecified"


def test_a_body_without_end(site: Site, wayback: WaybackSite) -> None:
    wayback.play = lambda _, __: memento(Held(url=COURSES, timestamp="20190105101112", body=b"x" * 200_000))
    with pytest.raises(CaptureUnreadable, match="larger than 100000 bytes"):
        fetched(site, limits=FetchLimits(body_bytes=100_000))


# ---- content coding ------------------------------------------------------------------------


@given(body=st.binary(max_size=300), times=st.integers(0, 2))
def test_codings_are_taken_away(body: bytes, times: int) -> None:
    packed = body
    for _ in range(times):
        packed = gzip.compress(packed)
    assert decoded(packed, ", ".join(["gzip"] * times)) == body
    assert decoded(zlib.compress(body), "deflate") == body
    raw = zlib.compressobj(wbits=-15)
    bare = raw.compress(body) + raw.flush()
    is_like_zlib = len(bare) > 1 and bare[0] & 0x0F == 8 and (bare[0] << 8 | bare[1]) % 31 == 0
    assert is_like_zlib or decoded(bare, "deflate") == body


@pytest.mark.parametrize(
    ("body", "coding", "words"),
    [
        (b"x", "br", "content-encoding 'br' cannot be read"),
        (b"x", "aws-chunked", "cannot be read"),
        (gzip.compress(b"whole" * 100, mtime=0)[:-9], "gzip", "ends early"),
        (b"\x1f\x8b\x08\x00damaged", "gzip", "damaged|ends early"),
        (gzip.compress(bytes(2_000_000), mtime=0), "gzip", "larger than 1,000,000 bytes when unpacked"),
        (
            gzip.compress(gzip.compress(bytes(2_000_000), mtime=0), mtime=0),
            "gzip, gzip",
            "larger than 1,000,000 bytes when unpacked",
        ),
        (bytes(1_000_001), "", "larger than 1,000,000 bytes"),
    ],
)
def test_bodies_that_cannot_be_read(body: bytes, coding: str, words: str) -> None:
    with pytest.raises(BodyUnreadable, match=words):
        decoded(body, coding, most=1_000_000)


def test_padding_after_a_gzip_body_does_no_harm() -> None:
    assert decoded(gzip.compress(b"a") + gzip.compress(b"b") + b"\0\0", "gzip") == b"ab"


@pytest.mark.parametrize(
    ("base", "ports"),
    [
        ("http://localhost:8080/tu", {"localhost": 8080}),
        ("http://127.0.0.1/tu", {"127.0.0.1": 80}),
        ("http://[::1]:8080/tu", {"::1": 8080}),
        ("https://web.archive.org", None),
        ("http://10.0.0.1:8080/tu", None),
    ],
)
def test_an_archive_on_this_machine(base: str, ports: dict[str, int] | None) -> None:
    assert loopback_port_of(base) == ports
