"""What hosts forbid, and pages that say 200 and are none."""

from __future__ import annotations

import pytest
from live_site import BASE, HOST, Observed, Site
from pages import AT, page_of

from scrapers.robots import Rules
from scrapers.run_fetch import RunFetch
from scrapers.sniff import challenge, sniff

COURSES = f"{BASE}/courses"


def test_robots_are_asked_once_and_the_decision_is_recorded(site: Site, observed: Observed) -> None:
    site.on("/robots.txt", b"User-agent: *\nDisallow: /private\n")
    site.on("/courses", b"Soil")
    site.on("/courses/1", b"Sand")

    async def walk(fetch: RunFetch) -> None:
        await fetch.get(COURSES)
        await fetch.get(f"{COURSES}/1")

    ran = observed.run(walk)
    assert site.times("/robots.txt") == 1
    assert ran.fetch.robots == {HOST: "allowed: rules of robots.txt"}


@pytest.mark.parametrize(
    "rules",
    [
        b"User-agent: *\nDisallow: /courses\n",
        b"User-agent: MicrocredObservatory\nDisallow: /\nUser-agent: *\nAllow: /\n",
        b"\xef\xbb\xbfUser-agent: *\nDisallow: /c*s$\n",
    ],
)
def test_what_robots_forbid_stops_the_source(site: Site, observed: Observed, rules: bytes) -> None:
    site.on("/robots.txt", rules)
    site.on("/courses", b"Soil")
    ran = observed.blocked(COURSES)
    assert "forbids /courses" in ran.result
    assert site.times("/courses") == 0
    assert ran.fetch.robots == {HOST: "forbidden: /courses"}


@pytest.mark.parametrize("status", [500, 503])
def test_robots_out_of_reach_forbid_everything(site: Site, observed: Observed, status: int) -> None:
    site.on("/robots.txt", b"", status=status)
    ran = observed.blocked(COURSES)
    assert "out of reach" in ran.result
    assert site.times("/courses") == 0


@pytest.mark.parametrize("status", [404, 410])
def test_no_robots_allow_everything(site: Site, observed: Observed, status: int) -> None:
    site.on("/robots.txt", b"", status=status)
    site.on("/courses", b"Soil")
    ran = observed.get(COURSES)
    assert ran.fetch.robots == {HOST: f"allowed: no robots.txt ({status})"}


@pytest.mark.parametrize(
    ("text", "delay"),
    [
        ("User-agent: *\nCrawl-delay: 7\n", 7.0),
        ("User-agent: *\nRequest-rate: 1/10\n", 10.0),
        ("User-agent: *\nCrawl-delay: soon\n", 0.0),
        ("User-agent: OtherBot\nCrawl-delay: 9\n", 0.0),
    ],
)
def test_crawl_delay(text: str, delay: float) -> None:
    assert Rules.of(text.encode(), AT).delay == delay


CHALLENGES = [
    "<html><head><title>Just a moment...</title></head><body><script>window._cf_chl_opt={};</script></body></html>",
    "<html><head><title>Attention Required! | Cloudflare</title></head><body>Sorry</body></html>",
    "<html><body><iframe id='main-iframe' src='/_Incapsula_Resource?x'></iframe></body></html>",
    "<html><body><script src='https://geo.captcha-delivery.com/captcha/'></script></body></html>",
]


@pytest.mark.parametrize("document", CHALLENGES)
def test_challenges_are_told(document: str) -> None:
    assert challenge(page_of(document))


@pytest.mark.parametrize(
    "document",
    [
        "<html><head><title>CAPTCHA design: a course</title></head><body><h1>How CAPTCHAs work</h1></body></html>",
        "<html><head><title>Courses</title><script src='/cdn-cgi/challenge-platform/scripts/jsd/main.js'></script>"
        "</head><body>" + "<p>Soil basics, six weeks</p>" * 50 + "</body></html>",
        '{"title": "Just a moment..."}',
    ],
)
def test_ordinary_pages_are_not_taken_for_challenges(document: str) -> None:
    kind = "application/json" if document.startswith("{") else "text/html"
    assert challenge(page_of(document, kind)) is None


def test_html_where_data_was_asked_for_is_told() -> None:
    assert sniff(page_of("<!doctype html><html><body>Log in</body></html>"), "json")
    assert sniff(page_of('{"a": 1}', "application/json"), "json") is None
