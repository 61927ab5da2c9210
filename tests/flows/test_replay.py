"""Recordings through the whole house, twice, on both databases; figures counted from the files by hand."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from databases import QUICKLY
from sqlalchemy import Engine, text

from flows.accept import NothingToAccept, accept
from flows.observatory import Observatory
from flows.replay import replay
from flows.settings import Settings
from models.queries import read_sql
from models.records import Outcome
from models.store import Store
from scrapers.archive import Archive

RECORDED = [
    "cornwall_college", "coursera", "edx", "fun_mooc", "futurelearn", "mit_xpro", "mitx_online", "opensap", "udacity",
]  # fmt: skip
TABLES_THAT_GROW = (
    "run", "capture", "problem", "programme", "programme_facts", "programme_span", "programme_sighting",
    "programme_version", "offering", "offering_facts", "offering_span", "offering_version",
)  # fmt: skip


@pytest.fixture
def observatory(engine: Engine, tmp_path: Path) -> Observatory:
    settings = Settings(data_dir=tmp_path, _env_file=None)
    return Observatory(settings=settings, engine=engine, store=Store(engine), archive=Archive(tmp_path / "archive"))


def row_counts(engine: Engine) -> dict[str, int]:
    with engine.connect() as connection:
        return {
            table: connection.execute(text(f"select count(*) from {table}")).scalar_one() for table in TABLES_THAT_GROW
        }


@QUICKLY
@pytest.mark.parametrize("slug", RECORDED)
def test_a_recording_yields_the_figures_it_expects_and_replaying_it_twice_changes_nothing(
    observatory: Observatory, recordings: Path, slug: str
) -> None:
    first = replay(observatory, recordings / "replay" / slug)
    assert first.surprises == ()
    assert first.runs
    after_first = row_counts(observatory.engine)
    files = sorted(p.relative_to(observatory.archive.root) for p in observatory.archive.root.rglob("*.warc.gz"))
    assert len(files) == len(first.runs)

    second = replay(observatory, recordings / "replay" / slug)
    assert second == first
    assert row_counts(observatory.engine) == after_first
    assert sorted(p.relative_to(observatory.archive.root) for p in observatory.archive.root.rglob("*.gz")) == files


def test_udacity_gained_and_lost_what_the_two_files_say(observatory: Observatory, recordings: Path) -> None:
    _, later = replay(observatory, recordings / "replay" / "udacity").runs
    assert later.outcome is Outcome.OK
    assert dict(later.by_kind) == {"course": 157, "degree": 18}
    gone = read_sql(
        observatory.engine,
        "select kind, count(*) as n from programme_current where listing_state = 'missing' group by 1",
    )
    assert {row["kind"]: row["n"] for row in gone.to_dict(orient="records")}["course"] == 2


def test_a_gated_drop_leaves_the_good_data_alone_until_it_is_accepted(
    observatory: Observatory, recordings: Path
) -> None:
    first, second = replay(observatory, recordings / "replay" / "cornwall_college").runs
    assert (first.outcome, second.outcome) == (Outcome.OK, Outcome.SUSPECT)
    assert "448" in second.reason
    assert "598" in second.reason
    live = "select listing_state, count(*) as n from programme_current group by 1"
    assert read_sql(observatory.engine, live).to_dict(orient="records") == [{"listing_state": "live", "n": 598}]

    accepted = accept(observatory, "cornwall_college", reason="the 2017 prospectus is shorter")
    assert accepted.outcome is Outcome.OK
    assert accepted.listings == 448
    assert accepted.missing > 0
    assert accepted.withdrawn == 0
    with pytest.raises(NothingToAccept, match="waiting: none"):
        accept(observatory, "cornwall_college", reason="again")


def test_accepting_on_replay_gives_what_accepting_later_gives(observatory: Observatory, recordings: Path) -> None:
    _, second = replay(observatory, recordings / "replay" / "cornwall_college", accept=True).runs
    assert second.outcome is Outcome.OK
    assert "accepted by replay --accept" in second.reason


@pytest.mark.parametrize(
    ("damage", "outcome"),
    [
        pytest.param(lambda body: body[: len(body) // 2], Outcome.FAILED, id="truncated"),
        pytest.param(lambda _: b"", Outcome.FAILED, id="empty body"),
        pytest.param(lambda _: b'{"data": [], "meta": {"total_pages": 1}}', Outcome.SUSPECT, id="empty list"),
        pytest.param(lambda _: b"<html><title>Log in</title></html>", Outcome.FAILED, id="html for json"),
        pytest.param(lambda _: b"<html><title>Just a moment...</title></html>", Outcome.BLOCKED, id="challenge"),
        pytest.param(lambda body: b"\xef\xbb\xbf\n" + body, Outcome.OK, id="byte order mark and newline"),
    ],
)
def test_bad_input_leaves_the_last_good_data_untouched_and_says_what_happened(
    observatory: Observatory, recordings: Path, tmp_path: Path, damage: object, outcome: Outcome
) -> None:
    assert callable(damage)
    replay(observatory, recordings / "replay" / "opensap")
    good = read_sql(observatory.engine, "select ref, title, listing_state from programme_current order by ref")

    folder = tmp_path / "damaged"
    folder.mkdir()
    body = (recordings / "openhpi" / "opensap_courses_v2.json").read_bytes()
    (folder / "page.json").write_bytes(damage(body))
    (folder / "recording.toml").write_text(
        'source = "opensap"\n[[capture]]\nurl = "https://open.sap.com/api/v2/courses"\nat = "2019-06-02T00:00:00Z"\n'
        'file = "page.json"\ncontent_type = "application/vnd.api+json"\nstatus = 200\nmatch = "path"\n',
        encoding="utf-8",
    )
    (run,) = replay(observatory, folder).runs
    assert run.outcome in {outcome, Outcome.UNCHANGED} if outcome is Outcome.OK else run.outcome is outcome
    assert run.reason or outcome is Outcome.OK
    after = read_sql(observatory.engine, "select ref, title, listing_state from programme_current order by ref")
    assert after.equals(good)
    log = read_sql(observatory.engine, "select outcome, reason from run_log where source = 'opensap' order by as_of")
    assert list(log["outcome"])[-1] == run.outcome
    shutil.rmtree(folder)
