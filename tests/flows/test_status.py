"""How the sources are, at a look: states, since when, what is due, what waits; and which troubles are news."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from command_line import at_a_terminal, in_this_process
from small_runs import Told, a_source, at
from sqlalchemy import Engine

from flows.settings import Settings
from flows.showing import State, status_of
from flows.status_artifact import size, status_markdown
from flows.troubles import verdict
from models.queries import Trouble, sources_in_trouble
from models.records import Origin, Outcome, Problem, Stage
from models.store import open_database

NOW = at("2024-03-01")


def told(engine: Engine, slug: str) -> Told:
    return Told(engine, a_source(slug=slug))


def test_trouble_lasts_from_its_first_look_to_the_next_good_one(engine: Engine) -> None:
    one = told(engine, "opensap")
    one.run("2024-01-01", "a")
    assert sources_in_trouble(engine) == {}
    one.run("2024-01-08", outcome=Outcome.BLOCKED, reason="403")
    one.run("2024-01-09", outcome=Outcome.FAILED, reason="timeout")
    one.run("2024-01-10", "b", outcome=Outcome.SUSPECT, reason="only 1")
    assert sources_in_trouble(engine) == {"opensap": Trouble(since=at("2024-01-08"), last=at("2024-01-10"))}
    # A capture of an archive says nothing of how the host is now.
    one.run("2024-01-09T12:00", "a", outcome=Outcome.PARTIAL, origin=Origin.WAYBACK)
    assert sources_in_trouble(engine)["opensap"].since == at("2024-01-08")
    one.run("2024-01-11", "a", outcome=Outcome.PARTIAL)
    assert sources_in_trouble(engine) == {}
    one.run("2024-01-12", outcome=Outcome.FAILED)
    assert sources_in_trouble(engine) == {"opensap": Trouble(since=at("2024-01-12"), last=at("2024-01-12"))}


def a_history(engine: Engine) -> None:
    """One source in each state, on the first of March; all are weekly, so 14 days make stale."""
    told(engine, "coursera").run("2024-02-28", "a", "b")
    told(engine, "futurelearn").run("2024-02-15", "a")
    told(engine, "edx").run("2024-02-20", "a", problems=(Problem(stage=Stage.PARSE, code="unparsed", message="no"),))
    for slug, outcome in (("opensap", Outcome.BLOCKED), ("tartu", Outcome.FAILED), ("taltech", Outcome.SUSPECT)):
        one = told(engine, slug)
        one.run("2024-02-01", "a")
        one.run("2024-02-08", outcome=outcome, reason=f"first {slug}")
        one.run("2024-02-09", outcome=outcome, reason=f"<b>then</b> | {slug}\x1b[31m")
    told(engine, "nzqa").run("2024-02-10", "a")
    told(engine, "deakin").run("2024-02-28", "a", outcome=Outcome.PARTIAL, reason="a page failed")
    told(engine, "udacity").run("2019-01-01", "a")
    told(engine, "no_longer_declared").run("2024-02-28", "a")


def test_every_source_has_one_state_and_what_waits_has_its_command(engine: Engine, tmp_path: Path) -> None:
    a_history(engine)
    (tmp_path / "archive" / "opensap").mkdir(parents=True)
    (tmp_path / "archive" / "opensap" / "a.warc.gz").write_bytes(b"12345")
    status = status_of(engine, Settings(data_dir=tmp_path, _env_file=None), NOW)
    rows = {row["source"]: row for row in status.sources}
    assert {slug: rows[slug]["state"] for slug in rows if rows[slug]["last_run_at"]} == {
        "coursera": State.OK, "edx": State.OK, "futurelearn": State.STALE, "opensap": State.FAILING,
        "tartu": State.FAILING, "taltech": State.HELD_BACK, "nzqa": State.STALE, "deakin": State.STALE,
        "udacity": State.RETIRED, "no_longer_declared": State.RETIRED,
    }  # fmt: skip
    assert {rows[slug]["state"] for slug in ("imoox", "kmooc", "microsoft_learn")} == {
        State.NEVER, State.NO_KEY, State.RETIRED,
    }  # fmt: skip
    failing, stale, good = rows["opensap"], rows["nzqa"], rows["edx"]
    assert (failing["since"], failing["last_good_look_at"], failing["last_outcome"]) == (
        at("2024-02-08"), at("2024-02-01"), "blocked",
    )  # fmt: skip
    assert (stale["since"], stale["age_days"], stale["next_due_at"]) == (
        at("2024-02-10"), 20, at("2024-02-16T12:00"),
    )  # fmt: skip
    assert (rows["deakin"]["last_good_look_at"], rows["deakin"]["next_due_at"]) == (None, NOW)
    assert (rows["udacity"]["next_due_at"], good["open_problems"], good["live"]) == (None, 1, 1)
    commands = {row["source"]: row["command"] for row in status.waiting}
    assert commands == {
        "taltech": 'microcred accept taltech --reason "..."', "opensap": "microcred sources check opensap",
        "tartu": "microcred harvest tartu", "nzqa": "microcred harvest nzqa", "deakin": "microcred harvest deakin",
        "futurelearn": "microcred harvest futurelearn", None: "microcred problems --group",
    }  # fmt: skip
    assert (status.archive_files, status.archive_bytes) == (1, 5)
    assert status.stored.database_bytes > 50_000
    assert status.counts()["failing"] == 2
    assert sum(status.counts().values()) == len(status.sources)


def test_the_artifact_says_it_without_markup_of_strangers(engine: Engine, tmp_path: Path) -> None:
    a_history(engine)
    page = status_markdown(status_of(engine, Settings(data_dir=tmp_path, _env_file=None), NOW))
    assert page.startswith("**1 held back, 2 failing, 3 stale, 2 ok,")
    assert "at 2024-03-01 00:00 UTC" in page
    assert "| opensap | failing | 2024-02-08 | blocked | 2024-02-01 | \\<b\\>then\\</b\\> \\| opensap \\[31m |" in page
    assert '`microcred accept taltech --reason "..."`' in page
    assert "| coursera | ok | ok | 2024-02-28 | 2024-03-05 | 2 | 0 | 0 |" in page
    assert "Last snapshot: none." in page


@pytest.mark.parametrize(
    ("number", "words"),
    [(0, "0 bytes"), (999, "999 bytes"), (1000, "1.0 kB"), (12_345_678, "12.3 MB"), (4e15, "4,000.0 TB")],
)
def test_sizes(number: float, words: str) -> None:
    assert size(int(number)) == words


BEFORE = {"old": Trouble(since=at("2024-02-01"), last=at("2024-02-13"))}
TUESDAY, SATURDAY, MONDAY = at("2024-02-13"), at("2024-02-17"), at("2024-02-19")


def judged(failed: dict[str, str], *stored: str, moment: Any = SATURDAY, is_named: bool = False) -> Any:
    return verdict(BEFORE, failed, frozenset(stored), moment, is_named=is_named)


def test_what_newly_fails_is_red_and_what_still_fails_is_not() -> None:
    found = judged({"old": "blocked: 403", "new": "failed: no"}, "old", "new", "fine")
    assert found.red == {"new": "failed: no"}
    assert found.quiet == {"old": "blocked: 403 (failing since 2024-02-01)"}
    assert found.recovered == {}


def test_what_still_fails_is_red_once_in_each_week() -> None:
    found = judged({"old": "blocked: 403"}, "old", moment=MONDAY)
    assert found.red == found.reminded == {"old": "blocked: 403 (failing since 2024-02-01)"}
    assert found.quiet == {}


def test_a_named_source_is_red_whenever_it_fails() -> None:
    found = judged({"old": "blocked: 403"}, "old", is_named=True)
    assert found.red == {"old": "blocked: 403 (failing since 2024-02-01)"}
    assert (found.newly, found.quiet) == ({}, {})


def test_what_could_not_be_stored_is_always_red() -> None:
    assert judged({"old": "OSError: disk full"}).red == {"old": "OSError: disk full"}


def test_what_is_well_again_is_told_and_not_red() -> None:
    found = judged({}, "old", "fine")
    assert (found.red, found.quiet) == ({}, {})
    assert found.recovered == {"old": "well again; it was failing since 2024-02-01"}
    assert judged({}, "fine").recovered == {}


def test_the_command_shows_and_checks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with in_this_process(tmp_path, monkeypatch, capsys) as run:
        nothing = run("status")
        assert (nothing.returncode, nothing.stdout) == (2, "")
        assert "there is no database" in nothing.said
        assert not (tmp_path / "data").exists()

        engine = open_database(f"sqlite:///{tmp_path / 'data' / 'observatory.sqlite'}")
        a_history(engine)
        engine.dispose()
        shown = run("status")
        assert shown.returncode == 0, shown.said
        assert (
            "opensap: failing since 2024-02-08: <b>then</b> | opensap [31m\n  microcred sources check opensap\n"
            in shown.stdout
        )
        checked = run("status", "--check", "--json")
    assert checked.returncode == 1
    found = json.loads(checked.stdout)
    assert set(found) == {
        "at", "needs_attention", "counts", "sources", "waiting", "open_problems", "links_to_review", "last_snapshot",
        "database", "archive",
    }  # fmt: skip
    assert {"opensap", "taltech"} <= set(found["needs_attention"])
    assert found["database"]["url"].startswith("sqlite:///")
    assert next(row for row in found["sources"] if row["source"] == "opensap")["since"] == "2024-02-08T00:00:00Z"
    narrow = at_a_terminal(tmp_path, 80, "status")
    assert narrow.returncode == 0
    lines = narrow.stdout.splitlines()
    assert max(map(len, lines)) <= 80
    assert " ".join(lines[0].split()) == "source state outcome last good due live problems"
    assert "Waits for you" in lines
