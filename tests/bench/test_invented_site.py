"""The invented site of the benchmarks, harvested for real: what changed is found, other bytes are no other facts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.__main__ import FIRST, MIXED, OURS, SCRAPY, WEEK_LATER, Site, ours, served, summary

PAGES = 30


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with served(PAGES, json_ld_share=0.8) as site:
        yield site


def test_a_look_costs_one_request_a_page_and_finds_everything(site: Site, tmp_path: Path) -> None:
    site.stand()
    first = ours("bench_pages", site, tmp_path, FIRST)
    assert (first["outcome"], first["new"], first["problems"]) == ("ok", PAGES, 0)
    assert site.asked() == PAGES + 1


@pytest.mark.parametrize(
    ("state", "outcome", "changes"),
    [({}, "unchanged", 0), ({"changed": 1.0}, "ok", PAGES), ({"noise": "token"}, "ok", 0)],
    ids=["nothing", "every price", "every byte and no fact"],
)
def test_what_changed_is_found(
    site: Site, tmp_path: Path, state: dict[str, object], outcome: str, changes: int
) -> None:
    site.stand()
    ours("bench_pages", site, tmp_path, FIRST)
    site.stand(**state)
    later = ours("bench_pages", site, tmp_path, WEEK_LATER)
    assert (later["outcome"], later["changed"], later["new"]) == (outcome, changes, 0)


def test_a_speed_is_told_in_multiples_of_what_scrapy_took_right_before():
    def row(contest: str, who: str, seconds: float) -> dict[str, object]:
        cost = {"seconds": seconds, "cpu_seconds": 1.0, "peak_mebibytes": 100.0}
        return {"contest": contest, "who": who, "keeps": "", "pages": 100} | cost

    slow_and_quick = [row(MIXED, SCRAPY, 20), row(MIXED, OURS, 10), row(MIXED, SCRAPY, 4), row(MIXED, OURS, 1)]
    found = summary([*slow_and_quick, row(MIXED, SCRAPY, 6), row(MIXED, OURS, 2), *(row("later", OURS, 1),) * 3])
    times = {(each["contest"], each["who"]): each["times_scrapy"] for each in found}
    assert times == {(MIXED, SCRAPY): 1, (MIXED, OURS): 3, ("later", OURS): 6}
    assert next(each["pages_per_second"] for each in found if each["who"] == OURS) == 50
