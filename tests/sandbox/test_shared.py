"""Programmes that several catalogues list, and such as only look as if they were."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from itertools import combinations
from urllib.parse import urlsplit

import pytest

from sandbox import formats, truth
from sandbox.addresses import page_address
from sandbox.formats.shared import Request
from sandbox.habits import HABITS
from sandbox.invent_shared import NUMBER_LEAST
from sandbox.organisations import ORGANISATIONS
from sandbox.programme import Dated, Entry, Offering, Programme, Shown, Span, Title, listed_on
from sandbox.refs import PAGES
from sandbox.world import SOURCES, World

DAY = date(2024, 4, 1)
OLD = date(2022, 1, 1)


def test_a_platform_may_print_everything_otherwise_and_the_home_prints_what_it_did():
    run = Offering("p-1", OLD, date(2024, 5, 1), None, OLD, date(2024, 5, 1))
    shown = Shown(titles=(Dated(OLD, Title("Wondzorg")),), language="nl", weeks=3, hours=(4, 5), offerings=(run,))
    both = Programme(
        key="a",
        organisation=ORGANISATIONS["UGENT"],
        titles=(Dated(OLD, Title("Wound Care")),),
        weeks=6,
        hours=(2, 3),
        entries=(
            Entry("nova_academy", "h", 1, "s", (Span(OLD),)),
            Entry("edx", "p", 2, "s", (Span(OLD),), shown=shown),
        ),
    )
    home, platform = listed_on(both, "nova_academy", DAY), listed_on(both, "edx", DAY)
    assert home is not None
    assert platform is not None
    assert (home.title.text, home.programme.language, home.programme.weeks, home.offerings) == (
        "Wound Care",
        "en",
        6,
        (),
    )
    assert (platform.title.text, platform.programme.language, platform.programme.weeks) == ("Wondzorg", "nl", 3)
    assert (platform.programme.hours, platform.offerings) == ((4, 5), (run,))
    assert home.programme.key == platform.programme.key
    world = World(programmes=[both])
    assert truth.links(world, SOURCES, [DAY]) == {frozenset({("nova_academy", "h"), ("edx", "p")})}


def test_a_run_of_its_own_on_a_platform_changes_nothing_at_home():
    announced = date(2024, 3, 1)
    run = Offering("p-1", announced, date(2024, 5, 1), None, announced, date(2024, 5, 1))
    both = Programme(
        key="a",
        organisation=ORGANISATIONS["UGENT"],
        titles=(Dated(OLD, Title("Wound Care")),),
        entries=(
            Entry("nova_academy", "h", 1, "s", (Span(OLD),)),
            Entry("edx", "p", 2, "s", (Span(OLD),), shown=Shown(offerings=(run,))),
        ),
    )
    frame = truth.flows(World(programmes=[both]), ["nova_academy", "edx"], [date(2024, 1, 1), DAY])
    assert list(frame[frame["day"] == DAY]["changed"]) == [0, 1]


def test_many_are_shared_and_printed_differently(world: World):
    pairs = truth.links(world, SOURCES, [DAY])
    assert len(pairs) >= 120
    shared = [one for one in world.programmes if len(one.entries) > 1]
    shown = [entry.shown for one in shared for entry in one.entries[1:] if entry.shown is not None]
    for name in ("titles", "language", "organisation", "weeks", "hours", "offerings"):
        assert sum(getattr(each, name) is not None for each in shown) >= 3, name
    printed = [each.organisation for each in shown if each.organisation is not None]
    assert all(brand.name != ORGANISATIONS[brand.code].name for brand in printed)


def test_twins_are_none_of_those_they_look_like(world: World):
    titles: dict[str, set[str]] = defaultdict(set)
    for one in world.programmes:
        for dated in one.titles:
            titles[dated.value.text].add(one.organisation.code)
    added = [one for one in world.programmes if len(one.entries) == 1 and one.entries[0].number >= NUMBER_LEAST]
    assert len(added) == 25  # five of each kind
    endings = [one.titles[0].value.text for one in added]
    assert sum(title.endswith(" II") for title in endings) >= 5
    assert sum(one.kind == "program" for one in added) == 5
    assert any(len(titles[title]) > 1 for title in endings)  # at another institution


def test_an_institution_calls_no_two_programmes_the_same_unless_its_catalogues_are_its_own(world: World):
    named: dict[tuple[str, str], list[Programme]] = defaultdict(list)
    for one in world.programmes:
        if one.entries[0].number < NUMBER_LEAST:
            for dated in one.titles:
                named[one.organisation.code, dated.value.text].append(one)
    for group in named.values():
        for one, other in combinations({each.key: each for each in group}.values(), 2):
            sources = {one.entries[0].source, other.entries[0].source}
            assert len(sources) == 1 or any(HABITS[source].lead == "own" for source in sources) or _is_alone(one)


def _is_alone(one: Programme) -> bool:
    """Whether there is no other invented organisation of its kind in its country."""
    alike = (one.organisation.kind, one.organisation.country)
    return sum((each.kind, each.country) == alike for each in ORGANISATIONS.values() if ".example/" in each.url) < 3


@pytest.mark.parametrize("slug", sorted({*PAGES, "nova_academy"}))
def test_addresses_that_are_named_are_served(world: World, slug: str):
    for one in world.listed(slug, DAY)[:3]:
        parts = urlsplit(page_address(one.entry) or "")
        assert formats.answer(world, DAY, Request(parts.netloc, parts.path, parts.query)) is not None


def test_catalogues_name_codes_and_each_other(world: World):
    entries = [entry for one in world.programmes for entry in one.entries]
    assert sum(bool(entry.names) for entry in entries) >= 100
    assert sum(bool(entry.code) for entry in entries) >= 100
    pages = {page_address(entry) for entry in entries}
    assert {entry.names for entry in entries} - {""} <= pages
