"""The command line as a person and a program use it: exit codes, data on stdout, words on stderr."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from command_line import Done, Run, in_this_process

ROOT = Path(__file__).parents[2]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Run]:
    with in_this_process(tmp_path, monkeypatch, capsys) as command:
        yield command


def replay_example(run: Run, slug: str = "mit_xpro") -> Done:
    return run("replay", str(ROOT / "tests" / "sources" / slug), "--json")


def test_replay_prints_run_records_and_the_views_can_be_asked(run: Run) -> None:
    done = replay_example(run)
    assert done.returncode == 0, done.stderr
    [record] = json.loads(done.stdout)
    assert set(record) == {
        "source", "as_of", "outcome", "listings", "programmes", "offerings", "new", "changed", "missing", "withdrawn",
        "problems", "reason", "by_kind", "vouched",
    }  # fmt: skip
    assert (record["source"], record["as_of"], record["outcome"]) == ("mit_xpro", "2025-01-10T00:00:00Z", "ok")
    assert (record["listings"], record["offerings"], record["by_kind"]) == (2, 2, {"course": 1, "program": 1})

    asked = run("query", "--sql", "select ref, title from programme_current order by ref", "--json")
    assert json.loads(asked.stdout)[0] == {"ref": "course-v1:xPRO+LABx", "title": "Leading a Laboratory"}
    assert "Leading a Laboratory" in run("query", "--sql", "select title from programme_current").stdout
    assert run("query", "--sql", "select ref from programme_current", "--csv").stdout.splitlines()[0] == "ref"

    health = json.loads(run("status", "--json").stdout)["sources"]
    assert {row["source"] for row in health} >= {"mit_xpro", "coursera"}
    assert next(row for row in health if row["source"] == "mit_xpro")["last_outcome"] == "ok"


def test_a_figure_other_than_expected_is_told_and_fails(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "recording"
    shutil.copytree(ROOT / "tests" / "sources" / "mit_xpro", folder)
    with (folder / "recording.toml").open("a", encoding="utf-8") as file:
        file.write("[expect]\nlistings = [3]\ncourses = [1, 1]\nprograms = [1]\n")
    done = run("replay", str(folder))
    assert done.returncode == 1
    words = " ".join(done.stderr.split())
    assert "listings is 2, expected 3" in words
    assert "courses: 2 values are expected, and there are 1 runs" in words
    assert "programs" not in words


def test_queries_cannot_write(run: Run) -> None:
    replay_example(run)
    done = run("query", "--sql", "delete from programme")
    assert done.returncode in {1, 2}
    assert "error: " in done.stderr
    assert "Traceback" not in done.stderr
    assert json.loads(run("query", "--sql", "select count(*) as n from programme_current", "--json").stdout) == [
        {"n": 2}
    ]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("harvest", "no_such_source"), "no source 'no_such_source'"),
        (("harvest", "udacity"), "retired on"),
        (("harvest", "opensap"), "MICROCRED_CONTACT"),
        (("replay", "no/such/folder"), "a recording is a folder with a recording.toml"),
        (("accept", "opensap", "--reason", "x"), "no suspect run of opensap"),
        (("trends",), "microcred snapshot --as-of DATE"),
        (("snapshot", "--as-of", "yesterday"), "write 2026-11-24"),
        (("snapshot", "--definition", "mars_2024"), "there are: eu_2022, oecd_2021"),
        (("trends", "--explain", "2026-07-31", "2026-10-31"), "no such snapshot as of 2026-07-31 under eu_2022"),
        (("demo", "--sources", "nowhere"), "the sandbox does not serve nowhere"),
        (("query", "--sql", "select * from nowhere"), "there is no database"),
    ],
)
def test_wrong_usage_is_one_clear_line(run: Run, arguments: tuple[str, ...], words: str) -> None:
    done = run(*arguments)
    assert done.returncode in {1, 2}
    assert words in " ".join(done.stderr.replace("│", " ").split())
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_help_names_every_command(run: Run) -> None:
    words = run("--help").stdout
    for command in ("demo", "harvest", "replay", "accept", "snapshot", "trends", "query", "status", "sources", "db"):
        assert command in words


def test_sources_are_listed_without_a_database(run: Run, tmp_path: Path) -> None:
    rows = json.loads(run("sources", "list", "--json").stdout)
    assert len(rows) >= 12
    assert not (tmp_path / "data").exists()
