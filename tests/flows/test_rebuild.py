"""The database made anew from the archive alone is the database that the runs made."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from archive_story import ROOT, SOURCES, opened, unequal
from databases import runs_in
from sqlalchemy import text

from flows.accept import accept
from flows.look import walk
from flows.observatory import Observatory
from flows.rebuild import OtherCode, Plan, archived_sources, plan_of, rebuild
from flows.replay import replay
from models.queries import read_sql
from models.records import Origin, Outcome
from models.run_queries import stored_runs
from models.store import RunExists, Store, open_database
from scrapers.archive import ArchiveDamaged
from scrapers.replay import RecordedFetch, load_recording
from scrapers.source import discover, scraper_for


@pytest.fixture
def live(told: Path) -> Iterator[Observatory]:
    with opened(told) as observatory:
        yield observatory


def plans(observatory: Observatory, shard: str | None = None) -> list[Plan]:
    slugs = archived_sources(observatory.archive, (), shard)
    return [plan_of(observatory.archive, slug, observatory.decisions.acceptances()) for slug in slugs]


def test_a_rebuilt_database_says_what_the_runs_said(told: Path, live: Observatory, database_url: str) -> None:
    with opened(told, database_url) as rebuilt:
        done = rebuild(rebuilt, plans(rebuilt))
        assert [one.failed for one in done] == [[]] * 5
        assert unequal(live, rebuilt) == []


def test_what_is_no_run_is_left_out_and_said(live: Observatory) -> None:
    left_out = {plan.source: plan.left_out for plan in plans(live) if plan.left_out}
    assert {slug: len(words) for slug, words in left_out.items()} == {"edx": 1, "nova_academy": 1}
    assert left_out["nova_academy"][0].startswith("nova_academy/2024/nova_academy-20240401T060000Z-")
    assert "the run broke off" in left_out["nova_academy"][0]


def test_a_run_that_broke_off_can_be_taken_as_a_partial_look(told: Path, tmp_path: Path) -> None:
    with opened(told, f"sqlite:///{tmp_path / 'other.sqlite'}") as rebuilt:
        plan = plan_of(rebuilt.archive, "nova_academy", (), broken_off=True)
        assert (plan.runs, plan.left_out) == (5, ())
        rebuild(rebuilt, [plan])
        # Of edx a whole run of the same time is there.
        assert plan_of(rebuilt.archive, "edx", (), broken_off=True).left_out != ()
        [run] = [run for at, run in stored_runs(rebuilt.engine, "nova_academy").items() if at.hour == 6]
        assert run.outcome is Outcome.PARTIAL


def test_several_processes_read_what_one_reads(told: Path, live: Observatory, tmp_path: Path) -> None:
    with opened(told, f"sqlite:///{tmp_path / 'other.sqlite'}") as rebuilt:
        rebuild(rebuilt, plans(rebuilt), jobs=2)
        assert unequal(live, rebuilt) == []


def command(told: Path, *arguments: str) -> subprocess.Popen[bytes]:
    """Start the command line over the archive of the story."""
    environment = os.environ | {"MICROCRED_DATA_DIR": str(told)}
    program = Path(sys.executable).parent / "microcred"
    return subprocess.Popen([program, *arguments], env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)


def children_of(process: int) -> set[int]:
    found = Path(f"/proc/{process}/task/{process}/children")
    return set(map(int, found.read_text().split())) if found.exists() else set()


def until(holds: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.02)


@pytest.mark.faults
def test_a_rebuild_that_is_killed_goes_on_where_it_was(told: Path, live: Observatory, tmp_path: Path) -> None:
    file = tmp_path / "other.sqlite"
    running = command(told, "rebuild", "--into", str(file), "--jobs", "2")
    until(lambda: file.exists() and runs_in(file) >= 3)
    helpers = children_of(running.pid)
    running.kill()
    running.communicate()
    before = runs_in(file)
    assert 3 <= before < 25
    until(lambda: not any(Path(f"/proc/{helper}").exists() for helper in helpers))

    done, _ = command(told, "rebuild", "--into", str(file), "--json").communicate()
    rows = json.loads(done)["sources"]
    assert sum(row["already"] for row in rows) >= before
    with opened(told, f"sqlite:///{file}") as rebuilt:
        assert unequal(live, rebuilt) == []


def test_shards_put_together_are_the_whole(told: Path, live: Observatory, database_url: str, tmp_path: Path) -> None:
    whole = open_database(database_url)
    slugs: list[str] = []
    for part in ("1/3", "2/3", "3/3"):
        with opened(told, f"sqlite:///{tmp_path / part[0]}.sqlite") as shard:
            its_plans = plans(shard, part)
            rebuild(shard, its_plans)
            for plan in its_plans:
                Store(whole).copy_source(plan.source, shard.engine)
                with pytest.raises(RunExists, match=f"there are runs of {plan.source} already"):
                    Store(whole).copy_source(plan.source, shard.engine)
            slugs += [plan.source for plan in its_plans]
    assert sorted(slugs) == sorted(SOURCES)
    with opened(told, database_url) as together:
        assert unequal(live, together) == []
    whole.dispose()


def test_shards_may_write_to_one_database_at_once(told: Path, live: Observatory, database_url: str) -> None:
    if not database_url.startswith("postgresql"):
        pytest.skip("SQLite shards write to files of their own")
    parts = [command(told, "rebuild", "--into", database_url, "--shard", f"{n}/2", "--json") for n in (1, 2)]
    for part in parts:
        part.communicate()
        assert part.returncode == 0
    with opened(told, database_url) as together:
        assert unequal(live, together) == []


@pytest.mark.parametrize("shard", ["0/2", "3/2", "1", "a/b", "1/0"])
def test_a_shard_is_written_as_a_fraction(live: Observatory, shard: str) -> None:
    with pytest.raises(ValueError, match="write 2/8 for the second of eight"):
        archived_sources(live.archive, (), shard)


@pytest.fixture
def damaged(told: Path, tmp_path: Path) -> Iterator[Observatory]:
    """A copy of the archive in which the second page of the first look at nova_academy is not what was written."""
    shutil.copytree(told / "archive", tmp_path / "archive")
    with opened(tmp_path) as observatory:
        file = observatory.archive.files("nova_academy")[0]
        ending = observatory.archive.ending(file)
        assert ending is not None
        path = observatory.archive.root / file
        raw = bytearray(path.read_bytes())
        raw[ending.summary["walk"][1]["offset"] + 300] ^= 0xFF
        path.write_bytes(bytes(raw))
        yield observatory


def test_a_damaged_record_is_a_failed_page_wherever_it_is_referred_to(damaged: Observatory) -> None:
    [done] = rebuild(damaged, [plan_of(damaged.archive, "nova_academy", ())])
    assert done.failed == []
    log = read_sql(
        damaged.engine,
        "select r.as_of, r.outcome, count(f.id) as failed, min(f.reason) as reason from run r "
        "left join page_failure f on f.run_id = r.id group by 1, 2 order by 1",
    )
    assert log["outcome"].tolist()[:2] == ["partial", "partial"]
    assert log["failed"].tolist()[:2] == [1, 1]
    assert log["reason"][1].startswith("damaged in the archive: nova_academy/2024/nova_academy-20240101T000000Z-")


def test_a_damaged_page_keeps_a_run_from_being_accepted(told: Path, tmp_path: Path) -> None:
    shutil.copytree(told, tmp_path / "story")
    with opened(tmp_path / "story") as observatory:
        [file] = [name for name in observatory.archive.files("opensap") if "20240222" in name]
        path = observatory.archive.root / file
        ending = observatory.archive.ending(file)
        assert ending is not None
        raw = bytearray(path.read_bytes())
        raw[ending.summary["walk"][0]["offset"] + 40] ^= 0xFF
        path.write_bytes(bytes(raw))
        decided = len(observatory.decisions.acceptances())
        with pytest.raises(ArchiveDamaged, match="damaged in the archive"):
            accept(observatory, "opensap", reason="whatever")
        assert len(observatory.decisions.acceptances()) == decided


def test_a_file_of_before_the_walk_was_kept_is_read_in_the_order_fetched(tmp_path: Path) -> None:
    example = ROOT / "tests" / "sources" / "opensap"
    recording = load_recording(example)
    moment = recording.runs[0].as_of
    with opened(tmp_path) as observatory:
        with observatory.archive.run_writer("opensap", "0123456789abcdef", moment) as writer:
            fetch = RecordedFetch(recording.runs[0], discover()["opensap"], archive=writer.page)
            asyncio.run(walk(scraper_for(discover()["opensap"], moment.date()), fetch))
            writer.close({"replayed": True, "incomplete": []})
        [run] = [event.run for event in plan_of(observatory.archive, "opensap", ()).events]
        assert (run.as_of, run.origin, run.started_at) == (moment, Origin.REPLAY, run.closed_at)
        rebuild(observatory, plans(observatory))
        stored = read_sql(observatory.engine, "select origin, outcome, listings from run_log")
        assert stored.to_dict(orient="records") == [{"origin": "replay", "outcome": "suspect", "listings": 3}]
        [why] = read_sql(observatory.engine, "select incomplete from run")["incomplete"].tolist()
        assert "the file of the run does not tell which pages failed" in why


def test_a_database_of_other_code_is_not_gone_on_with(told: Path, tmp_path: Path) -> None:
    with opened(told, f"sqlite:///{tmp_path / 'other.sqlite'}") as rebuilt:
        [plan] = [plan for plan in plans(rebuilt) if plan.source == "credly_ibm"]
        rebuild(rebuilt, [plan])
        with rebuilt.engine.begin() as connection:
            connection.execute(text("update run set code_version = 'of yesterday'"))
        with pytest.raises(OtherCode, match="begun by other code \\(of yesterday"):
            rebuild(rebuilt, [plan])


def test_the_database_in_use_is_never_written_to(told: Path) -> None:
    refused = command(told, "rebuild", "--into", str(told / "observatory.sqlite"))
    refused.communicate()
    assert refused.returncode == 2


def test_a_run_that_cannot_be_read_costs_no_other(told: Path, tmp_path: Path) -> None:
    shutil.copytree(told / "archive", tmp_path / "archive")
    with opened(tmp_path) as observatory:
        plan = plan_of(observatory.archive, "cornwall_college", ())
        (observatory.archive.root / plan.events[1].run.file).unlink()
        [done] = rebuild(observatory, [plan])
        assert (done.stored, len(done.failed)) == (3, 1)
        assert "no such file in the archive" in done.failed[0]


@pytest.mark.parametrize("slug", ["cornwall_college", "edx", "fun_mooc", "futurelearn", "opensap", "udacity"])
def test_recordings_replayed_and_rebuilt_are_equal(recordings: Path, tmp_path: Path, slug: str) -> None:
    with opened(tmp_path) as replayed, opened(tmp_path, f"sqlite:///{tmp_path / 'other.sqlite'}") as rebuilt:
        replay(replayed, recordings / "replay" / slug, accept=True)
        rebuild(rebuilt, plans(rebuilt))
        assert unequal(replayed, rebuilt) == []
        assert read_sql(rebuilt.engine, "select distinct origin from run_log")["origin"].tolist() == ["replay"]
