"""Stocks from an extract: after every kind of change they are those of the database, whatever was kept before."""

from __future__ import annotations

import json
import os
import resource
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from archive_story import opened
from command_line import Run, in_this_process
from linked_worlds import classified
from small_runs import Told, a_page, a_programme, at, harvest_of
from sqlalchemy import text
from trend_stories import SOURCES, looks_of_half_a_year, tell

from flows.extracts import Counted, Keeping, kept_extract
from flows.measuring import measure
from flows.observatory import Observatory
from flows.stocks import cut_names, stocks
from models import stock_queries
from models.change_log import CHANGES, Mark
from models.database import migrate
from models.linking import Decision
from models.queries import read_sql
from models.records import Judgement, Outcome
from models.run_queries import readings_at
from trends.stocks import NO_EPISODES, Cut, Episodes, daily_changes, month_ends

LOOKS = looks_of_half_a_year(seed=4)[:12]
DAYS = [*month_ends(date(2023, 12, 15), date(2024, 7, 20)), date(2024, 2, 7)]
ROOT = Path(__file__).parents[2]
CUTS = ("total", "source", "source_kind", "kind", "mc_class", "delivery", "price_type")
ALPHA = SOURCES["alpha"]


@pytest.fixture
def observatory(tmp_path: Path, database_url: str) -> Iterator[Observatory]:
    with opened(tmp_path, database_url) as found:
        tell(found, LOOKS)
        yield found


def counted(observatory: Observatory, cuts: tuple[str, ...] = CUTS) -> pd.DataFrame:
    """The same table, made of the public view by one mask a day and one count a cut."""
    history = read_sql(observatory.engine, "select * from programme_history").assign(total="all")
    rows = []
    for day in DAYS:
        midnight = pd.Timestamp(day + timedelta(days=1), tz="UTC")
        until = pd.to_datetime(history["valid_to"], utc=True)
        listed = history[(history["valid_from"] < midnight) & ~(until < midnight)]
        for cut in cuts:
            counts = listed[cut].fillna("unknown").value_counts().sort_index()
            rows += [(day, cut, str(word), int(count)) for word, count in counts.items()]
    return pd.DataFrame(rows, columns=["as_of", "cut", "cut_value", "stock"])


def agrees(observatory: Observatory) -> tuple[str, int]:
    """Check that stocks are those of the database, and return what was read for them."""
    found = stocks(observatory, DAYS, CUTS)
    assert found.table.to_csv() == counted(observatory).to_csv()
    return found.read, found.programmes_read


def test_an_extract_is_read_and_not_the_history(observatory: Observatory) -> None:
    assert len(counted(observatory)) > 50
    assert agrees(observatory) == ("everything", 0)
    assert agrees(observatory) == ("changes", 0)


def test_programmes_are_read_range_by_range(observatory: Observatory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stock_queries, "PROGRAMMES_AT_ONCE", 2)
    with observatory.engine.connect() as connection:
        assert connection.execute(text("select max(id) from programme")).scalar_one() > 4
    assert agrees(observatory) == ("everything", 0)


def test_stocks_are_the_stock_of_listings_in_the_snapshots(observatory: Observatory) -> None:
    stated = ("total", "source", "country", "kind", "mc_class", "isced_broad", "eqf_level", "platform_level")
    day = date(2024, 2, 1)
    rows = measure(observatory, day).rows
    mine = rows[(rows["unit"] == "listing") & (rows["population"] == "all") & (rows["panel"] == "all")]
    mine = mine[(mine["measure"] == "stock") & mine["cut"].isin(stated) & (mine["value"] > 0)]
    table = stocks(observatory, [day], stated).table
    assert len(mine) == len(table) > 9
    expected = {(cut, word): value for cut, word, value in mine[["cut", "cut_value", "value"]].to_numpy()}
    assert {(cut, word): stock for _, cut, word, stock in table.to_numpy()} == expected


def a_look(observatory: Observatory) -> None:
    """The next look: one price changes, one listing is new, all others are missed."""
    Told(observatory.engine, ALPHA).run("2024-07-08", a_programme("course-1", 7), "quite new")


def two_looks(observatory: Observatory) -> None:
    """The second look that misses confirms that they are gone."""
    for day in ("2024-07-08", "2024-07-15"):
        Told(observatory.engine, ALPHA).run(day, "course-1", "quite new")


def a_new_source(observatory: Observatory) -> None:
    source = replace(ALPHA, slug="zeta", country="EE")
    Told(observatory.engine, source).run("2024-02-01", "of a new source", "and another")


def the_past(observatory: Observatory) -> None:
    """A partial look of last year, as a web archive gives it."""
    Told(observatory.engine, ALPHA).run("2023-12-20", "of the past", "course-2", outcome=Outcome.PARTIAL)


def a_complete_look_between(observatory: Observatory) -> None:
    Told(observatory.engine, ALPHA).run("2024-03-01T11:00", "course-2", "course-3")


def other_rules(observatory: Observatory) -> None:
    """What another hand had changed is judged again as it was at first."""
    with observatory.engine.begin() as connection:
        connection.execute(text("update programme_classification set rules_version = 'of yesterday'"))
        connection.execute(text("update programme_classification set mc_class_eu_2022 = 'degree'"))
    classified(observatory, ALPHA, SOURCES["beta"])


def no_judgement(observatory: Observatory) -> None:
    with observatory.engine.begin() as connection:
        connection.execute(text("delete from programme_classification where facts_id % 3 = 0"))


def typed_by_hand(observatory: Observatory) -> None:
    with observatory.engine.begin() as connection:
        connection.execute(text("update programme_version set valid_to = valid_from where version_number = 2"))
        connection.execute(text("update programme_facts set kind = 'badge' where id % 4 = 0"))


def a_programme_removed(observatory: Observatory) -> None:
    with observatory.engine.begin() as connection:
        connection.execute(text("delete from programme_version where programme_id = 3"))


def a_decision(observatory: Observatory) -> None:
    decision = Decision(
        source="alpha", ref="course-1", other_source="beta", other_ref="course-1",
        decided_at=datetime(2024, 7, 1, tzinfo=UTC), same=True, reason="the same",
    )  # fmt: skip
    observatory.store.save_link_decision(decision)


def a_look_read_again(observatory: Observatory) -> None:
    """A database that today's code made of the same pages takes the place of what this one says of a source."""
    folder = observatory.settings.data_dir
    with opened(folder / "again", f"sqlite:///{folder}/again.sqlite") as other:
        for look in LOOKS:
            if look.source is not ALPHA:
                continue
            read = readings_at(observatory.engine, "alpha", look.at)
            anew = tuple(a_programme(p.ref, 1, kind="course", listing_digest=p.listing_digest) for p in look.programmes)
            page = a_page("https://alpha.example/", f"{look}", look.at)
            other.store.record_run(
                ALPHA, look.at, harvest_of(look.at, anew, pages=(page,)), Judgement(outcome=look.outcome),
                started_at=look.at, finished_at=look.at, code_version="2", corrected=read,
            )  # fmt: skip
        observatory.store.replace_source("alpha", other.engine)


def a_source_copied(observatory: Observatory) -> None:
    folder = observatory.settings.data_dir
    with opened(folder / "other", f"sqlite:///{folder}/other.sqlite") as other:
        a_new_source(other)
        observatory.store.copy_source("zeta", other.engine)


CHANGES_OF_ALL_KINDS = (
    a_look, two_looks, a_new_source, the_past, a_complete_look_between, other_rules, no_judgement, typed_by_hand,
    a_programme_removed, a_decision, a_look_read_again, a_source_copied,
)  # fmt: skip


@pytest.mark.parametrize("change", CHANGES_OF_ALL_KINDS, ids=lambda change: change.__name__)
def test_after_a_change_stocks_are_those_of_the_database(
    observatory: Observatory, change: Callable[[Observatory], None]
) -> None:
    agrees(observatory)
    before = counted(observatory)
    change(observatory)
    read, programmes = agrees(observatory)
    assert read == "changes"
    if change is a_decision:
        assert programmes == 0
    else:
        assert programmes > 0
        assert (counted(observatory).to_csv() == before.to_csv()) is (change is other_rules)
    assert agrees(observatory)[0] == "changes"


def test_after_a_look_only_what_it_changed_is_read(observatory: Observatory) -> None:
    programmes = read_sql(observatory.engine, "select count(*) as n from programme")["n"].iloc[0]
    agrees(observatory)
    Told(observatory.engine, SOURCES["beta"]).run("2024-07-09", a_programme("course-1", 7), "quite new")
    read, number = agrees(observatory)
    assert (read, number <= 2 + 9, number < programmes) == ("changes", True, True)
    # More than a fiftieth of all programmes: the extract was made anew, and nothing is read next time.
    assert agrees(observatory) == ("changes", 0)


def test_a_retired_catalogue_leaves_on_its_day(observatory: Observatory) -> None:
    agrees(observatory)
    with observatory.engine.begin() as connection:
        connection.execute(text("update source set retired = '2024-06-01' where slug = 'beta'"))
    days = [date(2024, 5, 31), date(2024, 6, 1)]
    table = stocks(observatory, days, ["source"]).table
    of_beta = table[table["cut_value"] == "beta"]
    assert of_beta["as_of"].tolist() == days[:1]
    assert set(table["cut_value"]) == {"alpha", "beta"}


def changed_outside(observatory: Observatory, statements: str) -> None:
    with observatory.engine.begin() as connection:
        for statement in statements.split(";"):
            connection.execute(text(statement))


@pytest.mark.parametrize(
    "statements",
    [
        f"delete from {CHANGES} where number > 5",
        f"delete from {CHANGES}",
        f"update {CHANGES} set token = token + 1",
        f"insert into {CHANGES} (token, programme_id) values (1, null)",
        f"drop table {CHANGES} cascade",
    ],
)
def test_with_another_log_everything_is_read_again(observatory: Observatory, statements: str) -> None:
    agrees(observatory)
    if observatory.engine.dialect.name == "sqlite":
        statements = statements.replace(" cascade", "")
    changed_outside(observatory, statements)
    assert agrees(observatory)[0] == "everything"


def test_without_triggers_nothing_is_kept(observatory: Observatory) -> None:
    agrees(observatory)
    name = f"{CHANGES}_programme_version_delete"
    of = " on programme_version" if observatory.engine.dialect.name == "postgresql" else ""
    changed_outside(observatory, f"drop trigger {name}{of};delete from programme_version where programme_id = 3")
    assert [agrees(observatory)[0] for _ in range(2)] == ["everything", "everything"]


def test_a_database_put_back_from_a_copy_is_not_taken_for_the_one_before(tmp_path: Path) -> None:
    file = tmp_path / "observatory.sqlite"
    with opened(tmp_path) as observatory:
        tell(observatory, LOOKS)
        agrees(observatory)
        observatory.engine.dispose()
        shutil.copy(file, tmp_path / "copy.sqlite")
        a_look(observatory)
        assert agrees(observatory)[0] == "changes"
    shutil.copy(tmp_path / "copy.sqlite", file)
    with opened(tmp_path) as observatory:
        Told(observatory.engine, ALPHA).run("2024-07-08", a_programme("course-2", 7), "another that is new")
        two_looks_at_beta = Told(observatory.engine, SOURCES["beta"])
        for day in ("2024-07-08", "2024-07-15", "2024-07-22"):
            two_looks_at_beta.run(day, "course-5")
        assert agrees(observatory)[0] == "everything"


def test_an_extract_goes_with_a_copy_of_its_database(tmp_path: Path) -> None:
    with opened(tmp_path) as observatory:
        tell(observatory, LOOKS)
        agrees(observatory)
    file = shutil.copy(tmp_path / "observatory.sqlite", tmp_path / "copy.sqlite")
    with opened(tmp_path, f"sqlite:///{file}") as copy:
        assert agrees(copy) == ("changes", 0)
        a_look(copy)
        assert agrees(copy)[0] == "changes"


def test_what_is_damaged_or_cannot_be_kept_costs_time_only(tmp_path: Path) -> None:
    with opened(tmp_path) as observatory:
        tell(observatory, LOOKS)
        agrees(observatory)
        folder = tmp_path / "extracts" / "stocks-eu_2022"
        for name in ("extract.json", "*-daily.npy", "*-ends.npy"):
            (file,) = folder.glob(name)
            file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
            assert agrees(observatory)[0] == "everything"
        shutil.rmtree(folder)
        folder.write_text("in the way")
        said: list[str] = []
        assert stocks(observatory, DAYS, CUTS, say=said.append).read == "everything"
        assert len(said) == 1
        assert "cannot be kept" in said[0]


def counted_of(listings: int) -> Counted:
    daily = daily_changes(NO_EPISODES, [Cut("source", 1, 0, 1)])
    return Counted(mark=Mark(1, 2, 3), layout="", slugs=("a",), retired={}, listings=listings, daily=daily)


def test_a_full_disk_leaves_the_extract_before_as_it_was(tmp_path: Path) -> None:
    days = np.arange(100_000, dtype=np.int32)
    episodes = Episodes(days, days, days, days.astype(np.int64))
    counted = counted_of(5)
    with Keeping(tmp_path, 5) as keeping:
        keeping.add(episodes.of(slice(0, 2)))
        keeping.add(episodes.of(slice(2, 5)))
        keeping.finish(counted)
    files = sorted(tmp_path.iterdir())
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    for most in (20_000, 799_900):  # while parts come, and only when the last of their files is closed
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, hard))
        try:
            with Keeping(tmp_path, len(episodes.listing)) as keeping:
                for first in range(0, 100_000, 33_300):
                    keeping.add(episodes.of(slice(first, first + 33_300)))
                with pytest.raises(OSError, match="File too large"):
                    keeping.finish(replace(counted, listings=6))
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    kept = kept_extract(tmp_path, "")
    assert kept is not None
    assert kept.counted.listings == 5
    assert kept.episodes.packed.tolist() == [0, 1, 2, 3, 4]
    assert sorted(tmp_path.iterdir()) == files


def test_of_two_extracts_made_at_once_the_last_is_kept(tmp_path: Path) -> None:
    days = np.arange(3, dtype=np.int32)
    episodes = Episodes(days, days, days, days.astype(np.int64))
    counted = counted_of(3)
    with Keeping(tmp_path, 3) as slow:
        with Keeping(tmp_path, 3) as quick:
            quick.add(episodes)
            quick.finish(counted)
        slow.add(episodes)
        slow.finish(replace(counted, listings=4))
    kept = kept_extract(tmp_path, "")
    assert kept is not None
    assert kept.counted.listings == 4
    assert len(list(tmp_path.iterdir())) == 6


def test_what_a_killed_process_left_of_an_extract_is_removed_a_day_later(tmp_path: Path) -> None:
    counted = counted_of(0)
    for name, hours in (("killed", 25), ("at-work", 1)):
        part = tmp_path / f"{name}-begins.part"
        part.write_bytes(b"half")
        os.utime(part, (time.time() - 3600 * hours,) * 2)
    with Keeping(tmp_path, 0) as keeping:
        keeping.finish(counted)
    assert [file.name for file in tmp_path.glob("*.part")] == ["at-work-begins.part"]


def test_what_is_not_known_is_refused(observatory: Observatory) -> None:
    with pytest.raises(ValueError, match=r"there is no cut colour.*; there are: total, source, source_kind"):
        stocks(observatory, DAYS, ["kind", "colour"])
    with pytest.raises(ValueError, match="there is no definition mars_2024"):
        stocks(observatory, DAYS, definition="mars_2024")
    assert set(CUTS) < set(cut_names())


def test_an_empty_database_has_no_stocks(tmp_path: Path, database_url: str) -> None:
    with opened(tmp_path, database_url) as observatory:
        assert stocks(observatory, DAYS, CUTS).table.empty
        assert stocks(observatory, DAYS, CUTS).table.empty
        migrate(observatory.engine)
        a_new_source(observatory)
        assert stocks(observatory, [date(2024, 2, 1)]).table["stock"].tolist() == [2]
        assert at("2024-02-01").date() == date(2024, 2, 1)


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Run]:
    with in_this_process(tmp_path, monkeypatch, capsys) as command:
        yield command


def test_the_command_prints_days_and_categories(run: Run) -> None:
    # Two listings, seen once on 10 January 2025.
    assert run("replay", str(ROOT / "tests" / "sources" / "mit_xpro")).returncode == 0
    asked = ("stock", "--from", "2024-12-31", "--to", "2025-02-10")
    monthly = run(*asked, "--cut", "source", "--json")
    assert monthly.returncode == 0, monthly.stderr
    assert json.loads(monthly.stdout) == [
        {"as_of": day, "cut": "source", "cut_value": "mit_xpro", "stock": 2} for day in ("2025-01-31", "2025-02-10")
    ]
    weekly = json.loads(run(*asked, "--every", "week", "--json").stdout)
    assert [row["as_of"] for row in weekly] == ["2025-01-14", "2025-01-21", "2025-01-28", "2025-02-04"]
    daily = json.loads(run(*asked, "--every", "day", "--json").stdout)
    assert (daily[0]["as_of"], len(daily)) == ("2025-01-10", 32)
    assert run(*asked).stdout.splitlines()[1].split() == ["2025-01-31", "total", "all", "2"]
    for wrong in (("--every", "year"), ("--from", "2025-03-01"), ("--cut", "colour")):
        refused = run(*asked, *wrong)
        assert (refused.returncode, refused.stdout) == (2, "")
