"""Killed at any moment (kill -9) and started again, a command leaves what it would have left undisturbed.

What "the same" means stands in ``killed_world``: of databases in ``assert_databases_equal``, of archives in
``assert_archive_is_complete``.
"""

from __future__ import annotations

from dataclasses import replace

import pytest
from killed_runs import Second, Undisturbed, moments
from killed_world import (
    HARVEST,
    SECOND,
    assert_archive_is_complete,
    assert_databases_equal,
    assert_no_half_source,
    bodies_in,
    url_of,
)
from killing import Place

KILLS = 50
COMMAND = (*HARVEST, SECOND)
STORING = "models.store:Store.record_run"
STAGES_OF_A_HARVEST = (
    Place("flows.left_behind:left_behind", 1),
    Place("scrapers.run_fetch:RunFetch._page", 40),
    Place("scrapers.run_fetch:RunFetch._accepted", 30),
    Place("torn", 30),
    Place("scrapers.warc:RunWriter._append", 50, "after"),
    Place("scrapers.warc:RunWriter.close"),
    Place("scrapers.warc:os.fsync"),
    Place("scrapers.warc:RunWriter._finish", 1, "after"),
    Place("flows.kept_readings:KeptReadings._opened", 1, "after"),
    Place("flows.kept_readings:KeptReadings._flush", 1, "after"),
    Place(STORING),
    Place("models.store:load_facts"),
    Place("models.store:load_history"),
    Place("models.store:load_words"),
    Place(STORING, 1, "after"),
    Place(STORING, 2),
    Place(STORING, 2, "after"),
)


def assert_as_undisturbed(second: Second, undisturbed: Undisturbed) -> None:
    assert_databases_equal(second.url, url_of(undisturbed.second))
    assert_archive_is_complete(second.data, undisturbed.bodies, second.url)


def go_on(second: Second, undisturbed: Undisturbed) -> None:
    """After a kill: nothing is half there, and the same command brings what is missing."""
    second.commands.assert_none_left()
    assert_no_half_source(second.url, url_of(undisturbed.first), url_of(undisturbed.second))
    bodies_in(second.data / "archive")
    done = second.commands.run_prepared(*COMMAND)
    assert done.returncode == 0, done.stderr
    assert_as_undisturbed(second, undisturbed)


@pytest.mark.faults
def test_a_harvest_killed_again_and_again_ends_as_one_that_was_not(second: Second, undisturbed: Undisturbed) -> None:
    """Each kill comes later than the one before, so that each start finds what another stage left."""
    for place in (
        Place("torn", 30),
        Place("scrapers.warc:RunWriter._finish", 1, "after"),
        Place("models.store:load_history", 3),
    ):
        second.commands.killed_at(place, *COMMAND, prepared=True)
        second.commands.assert_none_left()
        assert_no_half_source(second.url, url_of(undisturbed.first), url_of(undisturbed.second))
    go_on(second, undisturbed)


@pytest.mark.faults
@pytest.mark.parametrize("place", STAGES_OF_A_HARVEST, ids=str)
def test_a_harvest_killed_at_a_stage(second: Second, undisturbed: Undisturbed, place: Place) -> None:
    second.commands.killed_at(place, *COMMAND)
    go_on(second, undisturbed)


@pytest.mark.faults
@pytest.mark.parametrize("share", moments(KILLS, "harvest"))
def test_a_harvest_killed_at_any_moment(second: Second, undisturbed: Undisturbed, share: float) -> None:
    whole_group = share * 1000 % 2 < 1  # else what it began must end by itself
    second.commands.killed_after(share * undisturbed.seconds, *COMMAND, whole_group=whole_group)
    go_on(second, undisturbed)


@pytest.mark.faults
@pytest.mark.parametrize(
    "place", [Place("scrapers.run_fetch:RunFetch._accepted", 45), Place(STORING), Place(STORING, 1, "after")], ids=str
)
def test_the_process_that_reads_beside_ends_with_the_harvest(
    second: Second, undisturbed: Undisturbed, place: Place
) -> None:
    beside = replace(second.commands, environment={**second.commands.environment, "READS_BESIDE": "1"})
    with beside.stopped_at(place, *COMMAND) as running:
        assert len(beside.left_running()) >= 2
        running.kill()
        beside.assert_none_left()
    go_on(second, undisturbed)
