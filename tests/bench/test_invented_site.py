"""The invented site of the benchmarks, harvested for real: what changed is found, other bytes are no other facts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.__main__ import FIRST, WEEK_LATER, Site, ours, served

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
