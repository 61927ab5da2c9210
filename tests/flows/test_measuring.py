"""Snapshots: the same history gives the same, also of a past day; why two differ adds up to the last unit."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, date, datetime
from pathlib import Path

import pandas as pd
import pytest
from archive_story import opened
from databases import QUICKLY
from sqlalchemy import text
from trend_stories import looks_of_half_a_year, tell

from flows.measuring import take_snapshot, take_snapshots, take_snapshots_of_days
from flows.observatory import Observatory
from flows.trending import explain
from models.queries import snapshot_rows, stored_snapshots
from scrapers.source import discover
from trends.differences import PARTS
from trends.method import METHOD_VERSION, ROW_KEY, TREND_COLUMNS

START, DAY, LATER = date(2024, 2, 29), date(2024, 4, 30), date(2024, 6, 25)
END_OF_DAY = datetime(2024, 5, 1, tzinfo=UTC)
LOOKS = looks_of_half_a_year(seed=11)


@pytest.fixture
def observatory(tmp_path: Path, database_url: str) -> Iterator[Observatory]:
    with opened(tmp_path, database_url) as found:
        yield found


@QUICKLY
def test_the_snapshot_of_a_past_day_is_the_one_that_was_taken_then(observatory: Observatory, tmp_path: Path) -> None:
    """A database that knows more, told in another order, on SQLite or PostgreSQL, beside one that ended that day."""
    known_then = [look for look in LOOKS if look.at < END_OF_DAY]
    assert len(known_then) < len(LOOKS) - 10
    shuffled = list(LOOKS)
    random.Random(3).shuffle(shuffled)
    tell(observatory, shuffled)
    with ExitStack() as stack:
        then = stack.enter_context(opened(tmp_path / "then", f"sqlite:///{tmp_path / 'then.sqlite'}"))
        tell(then, known_then)
        first, rows_then = take_snapshot(then, DAY, START)
        again, rows_now = take_snapshot(observatory, DAY, START)
        pd.testing.assert_frame_equal(rows_now, rows_then)
        assert again == first
        stored, stored_then = (snapshot_rows(of.engine, first) for of in (observatory, then))
        order = list(ROW_KEY)
        pd.testing.assert_frame_equal(
            stored.sort_values(order, ignore_index=True), stored_then.sort_values(order, ignore_index=True)
        )
    assert list(rows_now.columns) == list(TREND_COLUMNS)
    # Known later, the same day is another one: what was missed then has come back or not.
    revised, rows_revised = take_snapshot(observatory, DAY, START, known_at=LATER)
    assert revised != first
    assert missing_of(rows_revised) != missing_of(rows_now)
    assert [one.known_at for one in stored_snapshots(observatory.engine)] == [DAY, LATER]


def missing_of(rows: pd.DataFrame) -> float:
    of = (rows["unit"] == "listing") & (rows["population"] == "all") & (rows["panel"] == "all")
    return float(rows[of & (rows["cut"] == "total") & (rows["measure"] == "missing")]["value"].iloc[0])


def test_why_two_snapshots_differ_adds_up_and_names_the_sources(tmp_path: Path) -> None:
    with opened(tmp_path, f"sqlite:///{tmp_path / 'o.sqlite'}") as observatory:
        tell(observatory, LOOKS)
        before, _ = take_snapshot(observatory, START, date(2024, 1, 15))
        after, _ = take_snapshot(observatory, LATER, START)
        found = explain(observatory, START.isoformat(), LATER.isoformat())
        assert (found.before.id, found.after.id, found.is_computed_again) == (before, after, True)
        rows = found.rows
        assert (rows["before"] + rows[list(PARTS)].sum(axis="columns") == rows["after"]).all()
        assert (rows["links_and_rules"] == 0).all()
        # Nobody has looked at gamma since early May: it is stale, and what it had then still counts.
        assert found.sources[["source", "before", "after", "in_the_period"]].to_numpy().tolist() == [
            ["gamma", "ok", "stale", "stale"]
        ]
        totals = rows[(rows["cut"] == "total") & (rows["unit"] == "listing") & (rows["population"] == "all")]
        assert totals["within"].iloc[0] != 0

        _refuse_what_does_not_follow(observatory, before, after)
        # Rules that call everything a degree, after the first snapshot and before the second is taken again.
        with observatory.engine.begin() as connection:
            connection.execute(text("update programme_classification set mc_class_eu_2022 = 'degree'"))
        stale = explain(observatory, before, after)
        assert not stale.is_computed_again
        assert (stale.rows["difference"] == stale.rows[list(PARTS)].sum(axis="columns")).all()
        take_snapshot(observatory, LATER, START)
        told = explain(observatory, START.isoformat(), LATER.isoformat()).rows
        classes = told[(told["cut"] == "mc_class") & (told["unit"] == "listing") & (told["population"] == "all")]
        degrees = classes[classes["cut_value"] == "degree"].iloc[0]
        assert degrees["links_and_rules"] == totals["before"].iloc[0]
        assert (told["difference"] == told[list(PARTS)].sum(axis="columns")).all()


def _refuse_what_does_not_follow(observatory: Observatory, before: str, after: str) -> None:
    take = "take it with `microcred snapshot --as-of 2024-04-30 --period-start 2024-02-29 --definition eu_2022`"
    with pytest.raises(ValueError, match=take):
        explain(observatory, START.isoformat(), DAY.isoformat())
    with pytest.raises(ValueError, match="does not begin where"):
        explain(observatory, after, before)
    with pytest.raises(ValueError, match="no snapshot has an id that begins with 'nothing'"):
        explain(observatory, "nothing", after)
    with pytest.raises(ValueError, match="no such snapshot as of 2024-02-29 under spain_2023"):
        explain(observatory, START.isoformat(), LATER.isoformat(), definition="spain_2023")


def test_several_definitions_are_several_snapshots_and_an_unknown_one_stores_none(tmp_path: Path) -> None:
    with opened(tmp_path, f"sqlite:///{tmp_path / 'o.sqlite'}") as observatory:
        _take_under_two_definitions(observatory)


def _take_under_two_definitions(observatory: Observatory) -> None:
    tell(observatory, LOOKS[:6])
    with pytest.raises(ValueError, match=r"no definition mars_2024 .*; there are: eu_2022, oecd_2021"):
        take_snapshots(observatory, DAY, definitions=["eu_2022", "mars_2024"])
    with pytest.raises(ValueError, match="must start before it ends"):
        take_snapshot(observatory, DAY, DAY)
    with pytest.raises(ValueError, match="cannot be known at 2024-02-29 already"):
        take_snapshot(observatory, DAY, known_at=START)
    assert stored_snapshots(observatory.engine) == ()
    taken = take_snapshots(observatory, DAY, definitions=["eu_2022", "spain_2023"])
    stored = stored_snapshots(observatory.engine)
    assert [(one.id, one.definition, one.method_version) for one in stored] == [
        (taken[0][0], "eu_2022", METHOD_VERSION), (taken[1][0], "spain_2023", METHOD_VERSION),
    ]  # fmt: skip
    assert [(one["source"], one["state"], one["status"]) for one in stored[0].coverage] == [
        ("alpha", "stale", "stale"), ("beta", "stale", "stale"),
    ]  # fmt: skip


def test_a_catalogue_that_its_declaration_retires_leaves_although_no_run_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    folder = tmp_path / "own" / "alpha"
    folder.mkdir(parents=True)
    (folder / "source.toml").write_text(RETIRED, encoding="utf-8")
    monkeypatch.setenv("MICROCRED_SOURCES_DIR", str(tmp_path / "own"))
    discover.cache_clear()
    request.addfinalizer(discover.cache_clear)
    with opened(tmp_path, f"sqlite:///{tmp_path / 'o.sqlite'}") as observatory:
        tell(observatory, [look for look in LOOKS if look.at < datetime(2024, 3, 1, tzinfo=UTC)])
        take_snapshot(observatory, DAY, START)
        (taken,) = stored_snapshots(observatory.engine)
        exits = {str(one["source"]): (one["state"], one["status"]) for one in taken.coverage}
        assert exits["alpha"] == ("retired", "exit")
        rows = snapshot_rows(observatory.engine, taken.id)
        of = (rows["unit"] == "listing") & (rows["population"] == "all") & (rows["cut"] == "source")
        alpha = rows[of & (rows["panel"] == "all") & (rows["cut_value"] == "alpha")].set_index("measure")["value"]
        assert alpha["stock"] == 0
        assert alpha["change_exit"] == -alpha["stock_start"] < 0


RETIRED = """\
name = "Alpha College"
kind = "institution"
country = "NL"
language = "en"
platform = "udacity"
start = ["https://alpha.example/"]
cadence = "weekly"
complete = true
retired = 2024-03-10
evidence = "assumed"
evidence_note = "invented"
terms = { url = "https://alpha.example/terms", checked = 2024-01-01, note = "invented" }
"""


@QUICKLY
def test_several_days_are_measured_as_each_by_itself(observatory: Observatory, tmp_path: Path) -> None:
    """One reading of the history gives the ids and rows that a reading for each day gives."""
    tell(observatory, LOOKS[:20])
    days = [date(2024, 2, 10), date(2024, 1, 20)]
    said: list[str] = []
    taken = take_snapshots_of_days(observatory, days, on_measured=said.append)
    assert said == ["2024-02-10", "2024-01-20"]
    assert {one.id for one in stored_snapshots(observatory.engine)} == {snapshot_id for snapshot_id, _ in taken}
    with opened(tmp_path / "other", f"sqlite:///{tmp_path / 'other.sqlite'}") as other:
        tell(other, LOOKS[:20])
        for day, (snapshot_id, measured) in zip(days, taken, strict=True):
            by_itself, rows = take_snapshot(other, day)
            assert by_itself == snapshot_id
            pd.testing.assert_frame_equal(rows, measured.rows)
