"""Two snapshots explained row by row."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest
from trend_frames import every_week, gone, history, looks, no_changes, version

from trends.differences import PARTS, differences
from trends.snapshot import snapshot

BASE = "2024-01-01"
MARCH, JUNE = date(2024, 3, 31), date(2024, 6, 30)
SEEN = looks(
    *every_week("alpha", BASE, "2024-07-29"),
    *every_week("beta", "2024-05-06", "2024-07-29"),
    *every_week("gamma", BASE, "2024-05-27"),
    retired={"gamma": date(2024, 6, 1)},
)


def the_history(*, linked: bool) -> pd.DataFrame:
    """Two listings of alpha that are one credential, if they are linked."""
    second = {"credential_id": "c1"} if linked else {}
    return history(
        version(1, BASE),
        version(2, BASE, **second),
        version(3, BASE, **gone("2024-03-18", "2024-03-25", "2024-04-01")),
        version(4, "2024-05-06", seen_not_before="2024-04-29"),
        version(5, "2024-05-06", source="beta"),
        version(6, BASE, source="gamma"),
    )


def taken(frame: pd.DataFrame, as_of: date, start: date, **others: date) -> pd.DataFrame:
    return snapshot(frame, history(), SEEN, no_changes(), as_of=as_of, period_start=start, definition="eu", **others)


@pytest.fixture(scope="module")
def stored() -> pd.DataFrame:
    return taken(the_history(linked=False), MARCH, date(2024, 1, 31))


@pytest.fixture(scope="module")
def again() -> pd.DataFrame:
    return taken(the_history(linked=True), MARCH, date(2024, 1, 31))


@pytest.fixture(scope="module")
def after() -> pd.DataFrame:
    return taken(the_history(linked=True), JUNE, MARCH)


def row(rows: pd.DataFrame, unit: str) -> dict[str, float]:
    key = {"unit": unit, "population": "all", "cut": "total"}
    chosen = rows[(rows[list(key)] == pd.Series(key)).all(axis="columns")]
    assert len(chosen) == 1
    figures = chosen[["before", "after", "difference", *PARTS]].iloc[0].to_dict()
    return {name: value for name, value in figures.items() if value}


def test_the_difference_of_two_days_is_linking_growth_entry_and_exit(
    stored: pd.DataFrame, again: pd.DataFrame, after: pd.DataFrame
):
    rows = differences(stored, after, again=again)
    # Listing 3 was missed in March and is withdrawn in April; 4 is new; beta came, gamma went.
    assert row(rows, "listing") == {"before": 4, "after": 4, "entry": 1, "exit": -1}
    assert row(rows, "credential") == {
        "before": 4, "after": 3, "difference": -1, "links_and_rules": -1, "entry": 1, "exit": -1,
    }  # fmt: skip


def test_the_parts_add_up_in_every_row(stored: pd.DataFrame, again: pd.DataFrame, after: pd.DataFrame):
    rows = differences(stored, after, again=again)
    assert len(rows) > 100
    pd.testing.assert_series_equal(rows[list(PARTS)].sum(axis="columns"), rows["difference"], check_names=False)
    assert (rows["difference"] == rows["after"] - rows["before"]).all()


def test_what_links_changed_is_revision_if_nothing_was_computed_again(stored: pd.DataFrame, after: pd.DataFrame):
    assert row(differences(stored, after), "credential")["revision"] == -1


def test_the_difference_of_one_day_known_later_is_revision(again: pd.DataFrame):
    revised = taken(the_history(linked=True), MARCH, date(2024, 1, 31), known_at=date(2024, 4, 30))
    assert row(differences(again, revised), "listing") == {"before": 4, "after": 3, "difference": -1, "revision": -1}


def test_snapshots_that_do_not_follow_each_other_are_refused(stored: pd.DataFrame, after: pd.DataFrame):
    with pytest.raises(ValueError, match="begins at 2024-03-31"):
        differences(stored.assign(as_of=date(2024, 2, 29)), after)
    with pytest.raises(ValueError, match="of another day"):
        differences(stored, after, again=after)
    with pytest.raises(ValueError, match="2 values of as_of"):
        differences(pd.concat([stored, after]), after)
