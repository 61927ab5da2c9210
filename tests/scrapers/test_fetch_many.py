"""Many pages: order, bounds, the end of endless paging, and a clean stop."""

from __future__ import annotations

import asyncio
import itertools
from typing import TYPE_CHECKING

import pytest

from models.records import Problem, Stage
from scrapers.client import FetchLimits
from scrapers.scraper import PageFailed, SourceBlocked

if TYPE_CHECKING:
    from collections.abc import Iterator

    from live_site import Observed, Site

    from scrapers.run_fetch import RunFetch

COURSES = "https://www.tu.example/courses"


def test_pages_come_in_the_order_asked_and_failed_ones_are_left_out(site: Site, observed: Observed) -> None:
    for number in range(12):
        if number != 5:
            site.on(f"/courses/{number}", str(number).encode(), delay=0.05 if number % 3 == 0 else 0)

    async def walk(fetch: RunFetch) -> list[bytes]:
        return [page.body async for page in fetch.many(f"{COURSES}/{number}" for number in range(12))]

    ran = observed.run(walk, source=observed.source(concurrency=4))
    assert ran.result == [b"0", b"1", b"2", b"3", b"4", b"6", b"7", b"8", b"9", b"10", b"11"]
    assert [failure.url for failure in ran.fetch.failures] == [f"{COURSES}/5"]
    assert site.times("/robots.txt") == 1


@pytest.mark.parametrize(("concurrency", "at_once"), [(1, 1), (4, 4), (50, 8)])
def test_in_flight_is_bounded(site: Site, observed: Observed, concurrency: int, at_once: int) -> None:
    for number in range(30):
        site.on(f"/courses/{number}", b"x", delay=0.03)

    async def walk(fetch: RunFetch) -> int:
        return len([page async for page in fetch.many(f"{COURSES}/{number}" for number in range(30))])

    assert observed.run(walk, source=observed.source(concurrency=concurrency)).result == 30
    assert site.most_at_once == at_once


def test_hosts_do_not_wait_for_each_other(site: Site, observed: Observed) -> None:
    for host in ("www.tu.example", "api.tu.example", "img.tu.example"):
        site.on("/courses", b"x", host=host, delay=0.2)

    async def walk(fetch: RunFetch) -> int:
        urls = (COURSES, "https://api.tu.example/courses", "https://img.tu.example/courses")
        return len(await asyncio.gather(*(fetch.get(url) for url in urls)))

    assert observed.run(walk, source=observed.source("api.tu.example", "img.tu.example")).result == 3
    assert site.most_at_once == 3


def test_addresses_are_taken_only_as_pages_are_wanted(site: Site, observed: Observed) -> None:
    taken = 0

    def urls() -> Iterator[str]:
        nonlocal taken
        for number in range(100):
            taken += 1
            yield f"{COURSES}/{number}"

    for number in range(100):
        site.on(f"/courses/{number}", b"x")

    async def walk(fetch: RunFetch) -> None:
        async for _ in fetch.many(urls()):
            break

    observed.run(walk, source=observed.source(concurrency=3))
    assert taken == 3
    assert len(site.paths()) <= 3


def test_a_refusal_ends_it_and_gives_up_the_rest(site: Site, observed: Observed) -> None:
    for number in range(30):
        site.on(f"/courses/{number}", b"x", delay=0.02)
    site.on("/courses/4", b"no", status=403)

    async def walk(fetch: RunFetch) -> list[str]:
        seen: list[str] = []

        async def take() -> None:
            async for page in fetch.many(f"{COURSES}/{number}" for number in range(30)):
                seen.append(page.url)  # noqa: PERF401 - what came before the refusal matters

        with pytest.raises(SourceBlocked):
            await take()
        return seen

    ran = observed.run(walk, source=observed.source(concurrency=2))
    assert ran.result == [f"{COURSES}/{number}" for number in range(4)]
    assert len(site.paths()) <= 6
    assert [problem.code for problem in ran.fetch.problems] == ["host_refused"]


def test_endless_paging_is_cut_off(site: Site, observed: Observed) -> None:
    for number in range(60):
        site.on(f"/courses/{number}", b"x")

    async def walk(fetch: RunFetch) -> int:
        got = len([page async for page in fetch.many(f"{COURSES}/{number}" for number in itertools.count())])
        with pytest.raises(PageFailed, match="more than 20 pages"):
            await fetch.get(COURSES)
        return got

    ran = observed.run(walk, limits=FetchLimits(pages=20), source=observed.source(concurrency=4))
    assert ran.result == 20
    assert ran.fetch.incomplete_reasons == ["more than 20 pages"]
    assert [problem.code for problem in ran.fetch.problems] == ["paging_stopped"]
    assert len(site.paths()) == 20


def test_what_a_scraper_says_is_recorded(observed: Observed) -> None:
    problem = Problem(stage=Stage.FETCH, code="total_mismatch", message="12 of 13")

    async def walk(fetch: RunFetch) -> None:
        fetch.problem(problem)
        fetch.incomplete("12 of 13")
        await asyncio.sleep(0)

    ran = observed.run(walk)
    assert ran.fetch.problems == [problem]
    assert ran.fetch.incomplete_reasons == ["12 of 13"]
