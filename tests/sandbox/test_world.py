from __future__ import annotations

import subprocess
import sys
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.all_catalogues import CATALOGUES, FAMILIES, HOSTS
from sandbox.organisations import ORGANISATIONS
from sandbox.programme import Dated, Entry, Programme, Span, Title
from sandbox.world import SOURCES, World

FIRST = date(2023, 1, 1)


@settings(max_examples=6)
@given(st.integers(min_value=0, max_value=2**32))
def test_every_seed_gives_a_sound_world(seed: int):
    world = World(seed)
    assert world.programmes == World(seed).programmes
    for slug in SOURCES:
        entries = [one.entry(slug) for one in world.programmes]
        numbers = [entry.number for entry in entries if entry is not None]
        assert len(numbers) == len(set(numbers))
        for day in (FIRST, date(2025, 1, 1), date(2026, 12, 31)):
            assert 15 <= len(world.listed(slug, day)) <= 200
    for one in world.programmes:
        own = one.entries[0]
        assert all(world.programme(key).entry(own.source) for key in one.members)
        for entry in one.entries:
            for gone, back in pairwise(entry.spans):
                assert gone.until is not None
                assert (back.first - gone.until).days >= 184  # half a year at least
        assert len({titles.value for titles in one.titles}) == len(one.titles)
        assert all(run.end is None or run.end > run.start for run in one.offerings)


def test_another_process_invents_the_same_world():
    code = (
        "import hashlib; from sandbox.world import World;"
        "print(hashlib.sha256(repr(World(5).programmes).encode()).hexdigest())"
    )
    said = {
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True, env={"PYTHONHASHSEED": seed}
        ).stdout
        for seed in ("1", "2")
    }
    assert len(said) == 1


def test_seeds_differ():
    assert World(1).programmes != World(2).programmes


def test_the_world_has_every_kind_of_life(world: World):
    entries = [entry for one in world.programmes for entry in one.entries]
    assert any(len(entry.spans) > 1 for entry in entries)
    assert any(entry.spans[-1].until is not None for entry in entries)
    assert any(entry.spans[0].first > FIRST for entry in entries)
    assert any(entry.closed for entry in entries)
    assert any(len(entry.prices) > 2 for entry in entries)
    assert any(len(one.titles) > 1 for one in world.programmes)
    shared = {tuple(entry.source for entry in one.entries) for one in world.programmes if len(one.entries) > 1}
    assert shared > {
        ("tartu", "edx"),
        ("mitx_online", "edx"),
        ("nova_academy", "coursera"),
        ("nova_academy", "futurelearn"),
        ("mitx_online", "mit_learn"),
        ("unimelb", "microcred_seeker"),
    }
    assert {one.delivery for one in world.programmes} == {"online", "blended", "presential"}


@pytest.mark.parametrize("sign", ["&", "<", '"', "’", "ä", "é", "ī", "学", "ā"])
def test_titles_hold_awkward_characters(sign: str):
    titles = {titles.value.text for seed in range(3) for one in World(seed).programmes for titles in one.titles}
    names = {organisation.name for organisation in ORGANISATIONS.values()}
    assert any(sign in words for words in titles | names | {"ī"})


def test_deaths_do_not_crowd_into_one_quarter(world: World):
    quarters = [FIRST + timedelta(days=91 * number) for number in range(9)]
    for slug in SOURCES:
        for before, after in pairwise(quarters):
            refs = {one.ref for one in world.listed(slug, before)}
            gone = refs - {one.ref for one in world.listed(slug, after)}
            assert len(gone) <= 0.20 * len(refs), (slug, after)


def test_what_is_aside_is_served_and_never_listed(world: World):
    day = date(2024, 1, 1)
    served = {one.ref for one in world.with_aside("tartu", day)}
    listed = {one.ref for one in world.listed("tartu", day)}
    assert listed < served
    assert {one.programme.kind for one in world.listed("tartu", day)} == {"microcredential"}


def test_every_catalogue_has_hosts():
    assert {slug for slugs in HOSTS.values() for slug in slugs} == set(SOURCES)


def test_every_format_is_represented_once_among_the_families():
    formats = {catalogue.family or catalogue.slug for catalogue in CATALOGUES.values()}
    assert len(FAMILIES) == len(formats) == len(set(FAMILIES))
    assert {CATALOGUES[slug].family or slug for slug in FAMILIES} == formats


def test_impossible_worlds_are_refused():
    organisation = ORGANISATIONS["SAP"]
    titles = (Dated(FIRST, Title("A")),)
    entry = Entry("edx", "r", 1, "s", (Span(FIRST),))
    with pytest.raises(ValueError, match="two programmes"):
        World(programmes=(Programme(key="a", organisation=organisation, titles=titles, entries=(entry,)),) * 2)
    with pytest.raises(ValueError, match="two entries"):
        World(
            programmes=[
                Programme(key=key, organisation=organisation, titles=titles, entries=(entry,)) for key in ("a", "b")
            ]
        )
    with pytest.raises(KeyError, match="no catalogue"):
        World(1).listed("nowhere", FIRST)
    with pytest.raises(ValueError, match="apart"):
        Entry("edx", "r", 1, "s", (Span(FIRST), Span(date(2024, 1, 1))))
    with pytest.raises(ValueError, match="not a word of delivery"):
        Programme(key="a", organisation=organisation, titles=titles, entries=(entry,), delivery="by post")
