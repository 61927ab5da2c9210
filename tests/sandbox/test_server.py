from __future__ import annotations

import gzip
import json
import threading
import time
from collections.abc import Iterator
from datetime import date
from typing import Any

import httpx
import pytest

from sandbox.server import serve
from sandbox.site import Site
from sandbox.world import World

DAY = date(2024, 4, 1)
EDX = "www.edx.org", "/api/v2/report/course-feed/rss"
FEED = "www.futurelearn.com", "/feeds/courses"
NOVA = "www.nova-academy.be", "/en/programmes"


@pytest.fixture(scope="module")
def running(world: World) -> Iterator[Site]:
    with serve(world, day=DAY) as site:
        yield site


@pytest.fixture
def site(running: Site) -> Iterator[Site]:
    running.set_day(DAY)
    yield running
    running.clear_faults()


@pytest.fixture
def client(site: Site) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"http://127.0.0.1:{site.port}", headers={"Accept-Encoding": "identity"}) as client:
        yield client


def get(client: httpx.Client, where: tuple[str, str], **headers: str) -> httpx.Response:
    return client.get(where[1], headers={"Host": where[0], **headers})


def test_the_host_header_says_which_catalogue_is_asked(client: httpx.Client, world: World):
    feed = get(client, FEED)
    assert feed.status_code == 200
    assert len(feed.json()) == len(world.listed("futurelearn", DAY))
    assert get(client, EDX).headers["content-type"].startswith("application/rss+xml")
    assert get(client, ("unknown.example", "/")).status_code == 421
    assert get(client, (FEED[0], "/nowhere")).status_code == 404


def test_the_day_can_be_set_while_serving(client: httpx.Client, site: Site, world: World):
    before = {one["uuid"] for one in get(client, FEED).json()}
    site.set_day(date(2026, 1, 1))
    after = {one["uuid"] for one in get(client, FEED).json()}
    assert before != after
    assert after == {one.ref for one in world.listed("futurelearn", date(2026, 1, 1))}


def test_a_known_etag_is_answered_304(client: httpx.Client, site: Site):
    first = get(client, FEED)
    assert not first.headers["etag"].startswith("W/")
    again = get(client, FEED, **{"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert get(client, FEED, **{"If-None-Match": '"other"'}).status_code == 200
    site.set_day(date(2026, 1, 1))
    assert get(client, FEED, **{"If-None-Match": first.headers["etag"]}).status_code == 200


def test_a_known_date_is_answered_304(client: httpx.Client, site: Site):
    modified = get(client, FEED).headers["last-modified"]
    assert modified == "Mon, 01 Apr 2024 00:00:00 GMT"
    assert get(client, FEED, **{"If-Modified-Since": modified}).status_code == 304
    assert get(client, FEED, **{"If-Modified-Since": modified, "If-None-Match": '"other"'}).status_code == 200
    assert get(client, FEED, **{"If-Modified-Since": "nonsense"}).status_code == 200
    site.set_day(date(2024, 4, 2))
    assert get(client, FEED, **{"If-Modified-Since": modified}).status_code == 200


def test_gzip_if_accepted_with_an_etag_of_its_own(client: httpx.Client):
    plain = get(client, FEED)
    with client.stream("GET", FEED[1], headers={"Host": FEED[0], "Accept-Encoding": "gzip"}) as packed:
        raw = b"".join(packed.iter_raw())
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(raw) == plain.content
    assert packed.headers["etag"] != plain.headers["etag"]


def test_robots_and_sitemaps(client: httpx.Client, world: World):
    assert "Allow: /" in get(client, ("www.edx.org", "/robots.txt")).text
    assert "Crawl-delay: 0.01" in get(client, ("www.fun-mooc.fr", "/robots.txt")).text
    assert get(client, ("www.edx.org", "/sitemap.xml")).status_code == 404
    sitemap = get(client, ("www.nzqa.govt.nz", "/sitemap.xml")).text
    assert sitemap.count("<loc>https://www.nzqa.govt.nz/") == len(world.listed("nzqa", DAY)) + 1


def test_fault_status(client: httpx.Client, site: Site):
    site.fault(FEED[0], "status", status=429, retry_after=2, times=1)
    struck = get(client, FEED)
    assert (struck.status_code, struck.headers["retry-after"]) == (429, "2")
    assert get(client, FEED).status_code == 200


def test_a_fault_strikes_only_its_host_and_path(client: httpx.Client, site: Site):
    site.fault(NOVA[0], "status", status=404, path="page=2")
    assert get(client, NOVA).status_code == 200
    assert get(client, (NOVA[0], "/en/programmes?page=2")).status_code == 404
    assert get(client, FEED).status_code == 200
    site.fault(FEED[0], "status", status=403)
    assert get(client, FEED).status_code == 403
    assert get(client, (FEED[0], "/robots.txt")).status_code == 200
    site.fault(FEED[0], "status", status=403, path="/robots.txt")
    assert get(client, (FEED[0], "/robots.txt")).status_code == 403


def test_fault_empty_is_a_valid_empty_list(client: httpx.Client, site: Site):
    site.fault(FEED[0], "empty")
    site.fault(NOVA[0], "empty")
    assert get(client, FEED).json() == []
    assert 'class="no-results"' in get(client, NOVA).text


def test_fault_challenge(client: httpx.Client, site: Site):
    site.fault(FEED[0], "challenge")
    answer = get(client, FEED)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")
    assert "<title>Just a moment...</title>" in answer.text


def test_fault_truncate_agrees_with_its_length(client: httpx.Client, site: Site):
    whole = get(client, FEED).content
    site.fault(FEED[0], "truncate")
    half = get(client, FEED)
    assert half.content == whole[: len(whole) // 2]
    assert int(half.headers["content-length"]) == len(half.content)
    with pytest.raises(json.JSONDecodeError):
        half.json()


def test_fault_reset_breaks_off_in_the_body(client: httpx.Client, site: Site):
    site.fault(FEED[0], "reset", times=1)
    with pytest.raises(httpx.RemoteProtocolError):
        get(client, FEED)
    assert get(client, FEED).status_code == 200


def test_fault_lie_names_a_wrong_charset(client: httpx.Client, site: Site):
    site.fault(NOVA[0], "lie")
    answer = get(client, NOVA)
    assert answer.headers["content-type"] == "text/html; charset=utf-16"
    assert "<ul" in answer.content.decode("utf-8")


@pytest.mark.parametrize(
    "where",
    [
        EDX,
        NOVA,
        ("www.nzqa.govt.nz", "/nzqf/search/microcredentials.do"),
        ("mitxonline.mit.edu", "/api/v2/courses/"),
    ],
)
def test_fault_offsite_next_leads_away(client: httpx.Client, site: Site, where: tuple[str, str]):
    assert "mirror.invalid" not in get(client, where).text
    site.fault(where[0], "offsite_next")
    assert get(client, where).text.count("https://mirror.invalid/") == 1


def test_fault_slow(client: httpx.Client, site: Site):
    site.fault(FEED[0], "slow", seconds=0.3)
    begun = time.monotonic()
    assert get(client, FEED).status_code == 200
    assert time.monotonic() - begun >= 0.3


@pytest.mark.parametrize(
    ("host", "kind", "options", "error"),
    [
        ("nowhere.example", "status", {}, KeyError),
        (FEED[0], "flood", {}, ValueError),
        (FEED[0], "status", {"colour": "red"}, TypeError),
    ],
)
def test_impossible_faults_are_refused(
    site: Site, host: str, kind: str, options: dict[str, Any], error: type[Exception]
):
    with pytest.raises(error):
        site.fault(host, kind, **options)


def test_requests_are_counted_by_host(client: httpx.Client, site: Site):
    before = site.requests.get(FEED[0], 0)
    get(client, FEED)
    get(client, (FEED[0], "/robots.txt"))
    assert site.requests[FEED[0]] == before + 2


def test_a_second_server_in_the_same_process(world: World, running: Site):
    with serve(world, day=DAY) as one, serve(world, day=date(2025, 1, 1)) as other:
        assert len({running.port, one.port, other.port}) == 3
        for site in (one, other):
            answer = httpx.get(f"http://127.0.0.1:{site.port}{FEED[1]}", headers={"Host": FEED[0]})
            assert len(answer.json()) == len(world.listed("futurelearn", site.day))
    assert sum(thread.name == "sandbox" for thread in threading.enumerate()) == 1  # the one of this module
