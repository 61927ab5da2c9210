"""What is sent, what comes back, what is followed, and what stops a run."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from models.records import Page, PageFailure, Stage
from scrapers.client import FetchLimits
from scrapers.fetch import HttpFetcher
from scrapers.scraper import PageFailed, SourceBlocked

if TYPE_CHECKING:
    from live_site import Observed, Site

    from scrapers.run_fetch import RunFetch

COURSES = "https://www.tu.example/courses"


def test_a_page_comes_with_everything_known_of_it(site: Site, observed: Observed) -> None:
    site.on("/courses", b"<h1>Courses</h1>", headers={"etag": '"a1"', "set-cookie": "session=1"})
    ran = observed.get(COURSES)
    page = ran.result
    assert (page.url, page.final_url, page.status) == (COURSES, COURSES, 200)
    assert page.body == b"<h1>Courses</h1>"
    assert page.digest == "sha256:90de2f48458491d1fbec02b5f5555bc7ee51343aba5ca53493a73744fb97d786"
    assert page.content_type == "text/html; charset=utf-8"
    assert page.headers["etag"] == '"a1"'
    assert "set-cookie" not in page.headers
    assert page.at.tzinfo is UTC
    assert page.at > datetime(2026, 11, 23, 9, 0, 0, tzinfo=UTC)
    assert not page.unchanged
    assert observed.archive.body(page.place) == b"<h1>Courses</h1>"
    assert ran.told == [page]
    assert [(p.url, p.body) for p in ran.fetch.pages] == [(COURSES, b"")]


def test_the_agent_says_who_we_are_and_how_to_reach_us(site: Site, observed: Observed) -> None:
    site.on("/courses", b"ok")
    observed.get(COURSES, accept="application/json")
    request = site.asked[-1]
    assert request.headers["user-agent"] == "MicrocredObservatory/0.1.0 (+https://observatory.example/about)"
    assert request.headers["accept"] == "application/json"
    assert request.headers["accept-encoding"] == "gzip"
    assert request.host == "www.tu.example"


def test_cookies_are_not_sent_back(site: Site, observed: Observed) -> None:
    site.on("/courses", b"ok", headers={"set-cookie": "session=1; Path=/"})

    async def twice(fetch: RunFetch) -> None:
        await fetch.get(COURSES)
        await fetch.get(COURSES)

    observed.run(twice)
    assert site.times("/courses") == 2
    assert all("cookie" not in asked.headers for asked in site.asked)


def test_gzip_is_undone(site: Site, observed: Observed) -> None:
    packed = gzip.compress(b"first ") + gzip.compress(b"second") + b"\0\0\0"
    site.on("/courses", packed, headers={"content-encoding": "gzip"})
    page = observed.get(COURSES).result
    assert page.body == b"first second"
    assert "content-encoding" not in page.headers
    assert page.headers["content-length"] == "12"


@pytest.mark.parametrize("status", [404, 410, 400, 204])
def test_a_page_that_is_not_there_is_a_failure_and_archived(site: Site, observed: Observed, status: int) -> None:
    body = b"" if status == 204 else b"gone"
    site.on("/courses", body, status=status)
    ran = observed.failing(COURSES)
    [failure] = ran.fetch.failures
    assert (failure.url, failure.status) == (COURSES, status)
    assert failure.reason.startswith(str(status))
    assert ran.told == [failure]
    assert observed.kept(ran.file) == [("failed", COURSES, status, body)]
    assert ran.fetch.blocked is None
    assert site.times("/courses") == 1


@pytest.mark.parametrize("status", [401, 403, 451])
def test_a_refusal_stops_the_run(site: Site, observed: Observed, status: int) -> None:
    site.on("/courses", b"no", status=status)

    async def walk(fetch: RunFetch) -> None:
        for _ in range(2):
            with pytest.raises(SourceBlocked):
                await fetch.get(COURSES)

    ran = observed.run(walk)
    assert ran.fetch.blocked is not None
    assert ran.fetch.blocked.startswith(f"www.tu.example: {status}")
    [problem] = ran.fetch.problems
    assert (problem.stage, problem.code, problem.url) == (Stage.FETCH, "host_refused", COURSES)
    assert site.times("/courses") == 1
    assert observed.kept(ran.file) == [("failed", COURSES, status, b"no")]


def test_a_challenge_under_status_200_stops_the_run(site: Site, observed: Observed) -> None:
    site.on("/courses", b"<html><title>Just a moment...</title><script>window._cf_chl_opt={}</script></html>")
    ran = observed.blocked(COURSES)
    assert ran.result == "www.tu.example: Cloudflare challenge"
    assert ran.fetch.pages == []


def test_a_challenge_under_status_503_is_not_asked_again(site: Site, observed: Observed) -> None:
    site.on("/courses", b"<html><script>window._cf_chl_opt={}</script></html>", status=503)
    assert "Cloudflare challenge" in observed.blocked(COURSES).result
    assert site.times("/courses") == 1


def test_html_where_json_was_asked_for_is_a_failure(site: Site, observed: Observed) -> None:
    site.on("/courses", b"<!doctype html><p>Welcome</p>")
    ran = observed.failing(COURSES, accept="application/json")
    assert ran.fetch.failures[0].reason == "HTML where JSON was asked for"
    assert observed.get(COURSES).result.body == b"<!doctype html><p>Welcome</p>"


# ---- redirects ----------------------------------------------------------------------------


def moved(site: Site, to: str, status: int = 302) -> object:
    return site.reply(status=status, headers={"location": to})


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_followed_and_both_addresses_are_kept(site: Site, observed: Observed, status: int) -> None:
    site.on("/courses", moved(site, "/catalogue?page=1", status))
    site.on("/catalogue?page=1", b"here")
    ran = observed.get(COURSES)
    assert ran.result.url == COURSES
    assert ran.result.final_url == "https://www.tu.example/catalogue?page=1"
    assert observed.kept(ran.file) == [("redirect", COURSES, status, b""), ("page", COURSES, 200, b"here")]


def test_a_redirect_from_http_to_https_is_followed_but_not_back(site: Site, observed: Observed) -> None:
    hops = [moved(site, COURSES), site.reply(b"here")]
    site.on("/courses", hops)
    assert observed.get("http://www.tu.example/courses").result.final_url == COURSES
    site.on("/courses", moved(site, "http://www.tu.example/courses"))
    assert "redirect from https to http" in observed.failing(COURSES).result


def test_a_redirect_to_another_host_is_not_followed(site: Site, observed: Observed) -> None:
    site.on("/courses", moved(site, "https://elsewhere.example/courses"))
    ran = observed.failing(COURSES)
    [problem] = ran.fetch.problems
    assert (problem.code, problem.url) == ("off_host_link", "https://elsewhere.example/courses")
    assert {asked.host for asked in site.asked} == {"www.tu.example"}


def test_redirects_end(site: Site, observed: Observed) -> None:
    site.on("/courses", moved(site, "/courses"))
    ran = observed.failing(COURSES)
    assert ran.fetch.failures[0].reason == "more than 5 redirects"
    assert site.times("/courses") == 6


# ---- addresses ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("https://elsewhere.example/", "elsewhere.example is not a host this source declares"),
        ("https://www.tu.example:8443/courses", "www.tu.example:8443 is not a host this source declares"),
        ("ftp://www.tu.example/courses", "not an absolute http or https address"),
        ("/courses", "not an absolute http or https address"),
        ("file:///etc/passwd", "not an absolute http or https address"),
        ("https://user@www.tu.example/", "an address with a user name"),
        ("http://[::1", "not an address"),
        ("https://www.tu.example/\x00", "not an address"),
        ("", "not an absolute http or https address"),
    ],
)
def test_only_declared_hosts_are_asked(site: Site, observed: Observed, url: str, reason: str) -> None:
    ran = observed.failing(url)
    assert reason in ran.result
    assert [failure.url for failure in ran.fetch.failures] == [url]
    assert site.asked == []


def test_every_declared_host_may_be_asked(site: Site, observed: Observed) -> None:
    site.on("/v1", b"{}", host="api.tu.example")
    page = observed.get("https://API.tu.example:443/v1", source=observed.source("api.tu.example")).result
    assert page.body == b"{}"


@pytest.mark.parametrize("host", ["127.0.0.1", "10.0.0.7", "169.254.169.254", "[::1]", "localhost", "127.1", "0x7f.1"])
def test_a_private_host_is_not_asked_even_if_declared(site: Site, observed: Observed, host: str) -> None:
    url = f"http://{host}/courses"
    ran = observed.failing(url, source=observed.source(start=url), ports={"www.tu.example": site.port})
    assert "is not a public host" in ran.result or "not an address" in ran.result
    assert site.asked == []


def test_a_host_that_is_not_mapped_is_not_asked(site: Site, observed: Observed) -> None:
    ran = observed.blocked("https://api.tu.example/", source=observed.source("api.tu.example"), ports={"x": site.port})
    assert "api.tu.example is not mapped to loopback" in ran.result


def test_live_hosts_need_a_contact_and_a_pace() -> None:
    with pytest.raises(ValueError, match="MICROCRED_CONTACT"):
        HttpFetcher(contact=None)
    with pytest.raises(ValueError, match="loopback"):
        HttpFetcher(contact="https://observatory.example", paced=False)
    with pytest.raises(ValueError, match="one line"):
        HttpFetcher(contact="a\r\nX-Evil: 1")


# ---- bodies -------------------------------------------------------------------------------

SMALL = FetchLimits(body_bytes=1000, error_body_bytes=100)


def test_a_body_at_the_bound_is_taken_and_one_beyond_is_not(site: Site, observed: Observed) -> None:
    site.on("/courses", b"x" * 1000)
    assert len(observed.get(COURSES, limits=SMALL).result.body) == 1000
    site.on("/courses", b"x" * 1001)
    ran = observed.failing(COURSES, limits=SMALL)
    assert ran.fetch.failures[0].reason == "body larger than 1000 bytes"
    assert observed.kept(ran.file) == [("failed", COURSES, 200, b"x" * 100)]
    assert site.times("/courses") == 2


def test_a_body_is_bounded_while_it_comes_in(site: Site, observed: Observed) -> None:
    site.on("/courses", b"", pieces=[b"x" * 100_000] * 2000)
    ran = observed.failing(COURSES, limits=FetchLimits(body_bytes=1_000_000))
    assert ran.fetch.failures[0].reason == "body larger than 1000000 bytes"


def test_a_gzip_bomb_is_bounded(site: Site, observed: Observed) -> None:
    bomb = gzip.compress(bytes(200 * 1024 * 1024), 9)
    site.on("/courses", bomb, headers={"content-encoding": "gzip"})
    ran = observed.failing(COURSES)
    assert ran.fetch.failures[0].reason == "body larger than 67108864 bytes"
    assert site.times("/courses") == 1


def test_an_error_page_is_kept_up_to_its_bound(site: Site, observed: Observed) -> None:
    site.on("/courses", b"e" * 500, status=404)
    ran = observed.failing(COURSES, limits=SMALL)
    assert ran.fetch.failures[0].reason == "404 Not Found"
    assert observed.kept(ran.file) == [("failed", COURSES, 404, b"e" * 100)]


def test_a_coding_that_was_not_asked_for_is_a_failure(site: Site, observed: Observed) -> None:
    site.on("/courses", b"\x0b\x02\x80", headers={"content-encoding": "br"})
    assert "content-encoding 'br' was not asked for" in observed.failing(COURSES).result


# ---- the record of a run ------------------------------------------------------------------


def test_the_key_of_a_source_is_nowhere_in_the_record(site: Site, observed: Observed) -> None:
    key = "s3cr3t/+key"
    site.on("/courses?key=s3cr3t%2F%2Bkey", b"{}", headers={"link": f"<{COURSES}?key={key}&page=2>; rel=next"})

    async def walk(fetch: RunFetch) -> Page:
        with pytest.raises(PageFailed) as failed:
            await fetch.get(f"{COURSES}?page=9&key=s3cr3t%2F%2Bkey")
        assert "s3cr3t" not in str(failed.value)
        return await fetch.get(f"{COURSES}?key=s3cr3t%2F%2Bkey")

    ran = observed.run(walk, secret=key)
    assert ran.result.url == ran.result.final_url == f"{COURSES}?key=REDACTED"
    assert "s3cr3t" not in repr(ran.fetch.failures) + repr(ran.result) + repr(ran.fetch.summary())
    assert b"s3cr3t" not in gzip.decompress((observed.archive.root / ran.file).read_bytes())


def test_the_summary_closes_the_archive_file(site: Site, observed: Observed) -> None:
    site.on("/courses", b"ok")

    async def walk(fetch: RunFetch) -> None:
        await fetch.get(COURSES)
        with pytest.raises(PageFailed):
            await fetch.get(f"{COURSES}/1")
        fetch.incomplete("the list stops at 1")

    ran = observed.run(walk)
    [failure] = ran.told[1:]
    assert isinstance(failure, PageFailure)
    ending = observed.archive.ending(ran.file)
    assert ending is not None
    assert ending.summary == {
        "pages": 1,
        "unchanged": 0,
        "walk": [{"offset": ran.fetch.pages[0].record.offset, "url": COURSES}],
        "failures": [{"url": f"{COURSES}/1", "at": failure.at.isoformat(), "status": 404, "reason": "404 Not Found"}],
        "problems": [],
        "robots": {"www.tu.example": "allowed: no robots.txt (404)"},
        "incomplete": ["the list stops at 1"],
        "blocked": None,
        "vouched": 0,
        "signals": {},
    }
