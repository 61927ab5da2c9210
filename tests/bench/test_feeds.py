"""The listings of a feed that are measured are those that its world lists on the day."""

from __future__ import annotations

import pytest

from bench.feeds import FEEDS, Measured, measured, together, walked
from bench.two_years.living import keys
from bench.two_years.world import FIRST, world_of


def test_what_is_measured_is_what_the_feeds_list(monkeypatch: pytest.MonkeyPatch):
    for name, key in keys().items():
        monkeypatch.setenv(name, key)
    sizes = dict.fromkeys(FEEDS, 30)
    found = [measured(*one) for one in walked(sizes)]
    world = world_of(sizes)
    assert {one.feed: one.listings for one in found} == {
        slug: len(world.with_aside(slug, FIRST.date())) for slug in FEEDS
    }
    assert all(min(one.mebibytes, one.parse_seconds, one.least_seconds, one.normalise_seconds) > 0 for one in found)


def test_feeds_are_counted_together():
    all_of_them = together([Measured("a", 1.0, 10, 7, 2.0, 0.5, 3.0), Measured("b", 2.0, 20, 8, 1.0, 1.0, 2.0)])
    assert all_of_them == Measured("all", 3.0, 30, 15, 3.0, 1.5, 5.0)
    row = all_of_them.row()
    assert (row["parsed_per_second"], row["at_most_per_second"], row["normalised_per_second"]) == (10, 20, 6)
