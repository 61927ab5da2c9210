"""Six weeks of an observatory in small: an unchanged look costs next to nothing, and nothing is left open."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from databases import QUICKLY

from bench.two_years.living import Life, settings_for
from bench.two_years.remaking import different_when_remade
from bench.two_years.serving import Served, served
from bench.two_years.world import SLUGS, incident_of, moment_of, sizes_of, world_of
from sandbox.all_catalogues import CATALOGUES, KEYS

SIZES = {"coursera": 60, "cornwall_college": 20, "credly_ibm": 20, "taltech": 20}
WEEKS = 6
DOWN = 5  # the week in which a host is down
MORE_LOOKS = 3
DATABASE_MOST, ARCHIVE_MOST = 8 * 1024, 10 * 1024
"""Bytes that one look adds at most when nothing has changed, of some seven requests each: a row of the run and one of
each answer; a record of each answer without its body. The first look adds more than 50 KiB to the database."""


@pytest.fixture(scope="module")
def world() -> Iterator[Served]:
    with served(SIZES) as world:
        yield world


@pytest.fixture
def life(world: Served, tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Life:
    for name in KEYS:
        monkeypatch.setenv(f"MICROCRED_KEY_{name.upper()}", "sandbox")
    return Life(settings_for(tmp_path, database_url, world), tuple(SIZES), world)


@QUICKLY
def test_weeks_pass_and_leave_what_they_found_and_nothing_open(life: Life, tmp_path: Path) -> None:
    weeks = list(life.weeks(WEEKS))
    assert [week.looked.looks for week in weeks] == [4] * WEEKS
    assert [week.week for week in weeks if week.looked.failed] == [DOWN]
    assert sum(week.looked.touched for week in weeks[1:]) > 0
    assert [week.stored.archive_files for week in weeks] == [4, 8, 12, 16, 20, 24]
    assert weeks[-1].held.descriptors <= weeks[1].held.descriptors
    assert weeks[-1].held.threads <= weeks[1].held.threads

    again = [life.again(WEEKS, hours) for hours in range(1, MORE_LOOKS + 1)]
    assert [looked.unchanged for looked, _ in again] == [4] * MORE_LOOKS
    assert sum(grown.database_bytes for _, grown in again) <= 4 * MORE_LOOKS * DATABASE_MOST
    assert sum(grown.archive_bytes for _, grown in again) <= 4 * MORE_LOOKS * ARCHIVE_MOST
    assert [grown.readings_bytes for _, grown in again] == [0] * MORE_LOOKS

    assert different_when_remade(life.settings, tmp_path / "remade.sqlite") == []


def test_a_world_is_the_same_for_the_same_sizes_and_as_large_as_was_asked_for() -> None:
    assert sizes_of(4, 100) == {"coursera": 100, "edx": 50, "futurelearn": 33, "mit_learn": 25}
    assert set(sizes_of(45, 300).values()) >= {300, 150, 20}
    one, other = world_of({"edx": 30, "nzqa": 20}), world_of({"edx": 30, "nzqa": 20})
    assert one.programmes == other.programmes
    assert [sum(p.entries[0].source == slug for p in one.programmes) for slug in ("edx", "nzqa")] == [30, 20]


def test_there_are_45_catalogues_and_each_is_one_of_the_sandbox() -> None:
    assert len(SLUGS) == len(set(SLUGS)) == 45
    assert set(SLUGS) <= CATALOGUES.keys()
    with pytest.raises(ValueError, match="1 to 45"):
        sizes_of(46, 100)


def test_hosts_are_down_every_eighth_week_and_a_catalogue_is_empty_twice_a_year() -> None:
    incidents = {week: incident_of(week, SLUGS) for week in range(1, 53)}
    kinds = {week: one.fault["kind"] for week, one in incidents.items() if one is not None}
    assert kinds == {
        5: "status", 13: "status", 20: "empty", 21: "status", 29: "status", 37: "status", 45: "status", 46: "empty",
    }  # fmt: skip
    assert moment_of(53).date().isoformat() == "2024-12-30"
