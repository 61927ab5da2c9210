"""The listings of a feed that are measured are those that its world lists on the day."""

from __future__ import annotations

import pytest

from bench.feeds import FEEDS, Measured, measured, ready, together, walked
from bench.two_years.living import keys
from bench.two_years.world import FIRST, world_of
from models.records import Listing, OfferingListing
from scrapers.assemble import parse
from scrapers.source import scraper_for


@pytest.fixture(autouse=True)
def _keys_of_the_sandbox(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, key in keys().items():
        monkeypatch.setenv(name, key)


def test_what_is_measured_is_what_the_feeds_list():
    sizes = dict.fromkeys(FEEDS, 30)
    walks = walked(sizes)
    found = [measured(*one) for one in walks]
    world = world_of(sizes)
    assert {one.feed: one.listings for one in found} == {
        slug: len(world.with_aside(slug, FIRST.date())) for slug in FEEDS
    }
    assert [one.mebibytes * 2**20 for one in found] == [sum(len(page.body) for page in walk.pages) for _, walk in walks]


def test_the_least_is_to_make_every_listing_and_offering_once():
    for source, walk in walked(dict.fromkeys(FEEDS, 30)):
        listings = parse(scraper_for(source, FIRST.date()), walk.pages).listings
        made = [make(**values) for make, values in ready(listings)]
        assert [one for one in made if isinstance(one, Listing)] == list(listings)
        assert [one for one in made if isinstance(one, OfferingListing)] == [
            run for listing in listings for run in listing.offerings
        ]


def test_feeds_are_counted_together():
    all_of_them = together([Measured("a", 1.0, 10, 7, 2.0, 0.5, 3.0), Measured("b", 2.0, 20, 8, 1.0, 1.0, 2.0)])
    assert all_of_them == Measured("all", 3.0, 30, 15, 3.0, 1.5, 5.0)
    row = all_of_them.row()
    assert (row["parsed_per_second"], row["at_most_per_second"], row["normalised_per_second"]) == (10, 20, 6)
