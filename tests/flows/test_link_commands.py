"""``microcred links``: what a person sees, asks and decides."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from archive_story import opened
from command_line import Run, in_a_process, in_this_process
from linked_worlds import HOME, PORTAL, SHOP, a_course
from small_runs import Told

HOSTILE = "Ice \x1b[31m[bold]and\x1b[0m Snow in the Alps"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Run]:
    """Runs the command line over a database in which one pair counts once and two wait for a person."""
    with opened(tmp_path) as observatory:
        Told(observatory.engine, HOME).run(
            "2024-01-01", a_course("1"), a_course("2", HOSTILE, languages=("nl",)),
            a_course("3/x", "Rivers of Ice and Stone", languages=("nl",)),
        )  # fmt: skip
        Told(observatory.engine, SHOP).run(
            "2024-01-08", a_course("a"), a_course("b", HOSTILE, languages=("en",), ects=3.0),
            a_course("c", "Rivers of Ice and Stone", languages=("en",)),
        )  # fmt: skip
        Told(observatory.engine, PORTAL).run("2024-01-08", a_course("p", "Rain", by="Weather School"))
    with in_this_process(tmp_path, monkeypatch, capsys, MICROCRED_DATA_DIR=str(tmp_path)) as command:
        yield partial(command, "links")


def test_it_is_a_command(run: Run, tmp_path: Path) -> None:
    assert run().returncode == 0
    shown = in_a_process(tmp_path, "links", "show", "home/1", "--json", MICROCRED_DATA_DIR=str(tmp_path))
    assert [row["listing"] for row in json.loads(shown.stdout)["listings"]] == ["home/1", "shop/a"]


def test_counts_and_overlap(run: Run) -> None:
    done = run()
    assert done.returncode == 0, done.said
    rows = [line.split() for line in done.stdout.splitlines()]
    assert ["institution", "3", "3", "3", "0"] in rows
    assert ["all", "7", "7", "6", "1"] in rows
    assert ["commercial_platform", "institution", "1", "3", "3"] in rows
    assert "1 links count once, 0 were cut, 2 wait for a person" in done.said
    told = json.loads(run("--json").stdout)
    assert told["now"] == told["ever"] == {"listings": 7, "programmes": 7, "credentials": 6, "shared": 1}
    assert told["by_kind"]["government_platform"]["listings"] == 1
    assert (told["counts_once"], told["review"], told["changed"]) == (1, 2, False)
    assert {"kind": "commercial_platform", "other_kind": "institution", "both": 1, "of_kind": 3, "of_other": 3} in told[
        "overlap"
    ]


def test_a_decision_and_what_is_shown_of_it(run: Run, tmp_path: Path) -> None:
    done = run("decide", "home/3/x", "portal/p", "--same", "--reason", "read both")
    assert (done.returncode, done.stdout) == (0, ""), done.said
    assert "decided: home/3/x and portal/p are the same" in done.said
    assert run("decide", "shop/a", "home/1", "--not-same", "--reason", "two levels").returncode == 0
    lines = (tmp_path / "archive" / "decisions.jsonl").read_text(encoding="utf-8").splitlines()
    assert [(json.loads(line)["ref"], json.loads(line)["same"]) for line in lines] == [("3/x", True), ("1", False)]

    shown = json.loads(run("show", "portal/p", "--json").stdout)
    assert shown["credential_id"] == "home/3/x"
    assert [row["listing"] for row in shown["listings"]] == ["home/3/x", "portal/p"]
    by_state = {link["state"]: link for link in shown["links"]}
    assert by_state["followed"]["reasons"][0].endswith(": the same: read both")
    assert by_state["review"]["other"]["listing"] == "shop/c"
    page = run("show", "home/1")
    assert page.returncode == 0
    assert page.stdout.startswith("credential home/1\n")
    assert "not the same: two levels" in " ".join(page.stdout.split())


def test_review_is_listed_and_asked(run: Run, tmp_path: Path) -> None:
    listed = json.loads(run("--review", "--json").stdout)
    assert {(link["one"]["listing"], link["other"]["listing"]) for link in listed} == {
        ("home/2", "shop/b"), ("home/3/x", "shop/c"),
    }  # fmt: skip
    assert all(link["state"] == "review" for link in listed)
    first = listed[0]["one"]["listing"]

    asked = run("--review", answers="what\ns\nthey say so\nq\n")
    assert asked.returncode == 0, asked.said
    assert "1 decided, 1 wait" in asked.said
    assert "taught in nl and in en: a person has to look" in " ".join(asked.stdout.split())
    assert "\x1b" not in asked.stdout
    assert "[bold]and" in asked.stdout
    [line] = (tmp_path / "archive" / "decisions.jsonl").read_text(encoding="utf-8").splitlines()
    decided = json.loads(line)
    assert (f"{decided['source']}/{decided['ref']}", decided["same"], decided["reason"]) == (first, True, "they say so")

    skipped = run("--review", answers="k\n")
    assert (skipped.returncode, "0 decided, 1 wait" in skipped.said) == (0, True)
    ended = run("--review")  # there is nobody to ask
    assert (ended.returncode, "0 decided, 1 wait" in ended.said) == (0, True)
    run("--review", answers="n\n\n")
    assert json.loads(run("--review", "--json").stdout) == []


def test_wrong_usage_is_told_apart(run: Run, tmp_path: Path) -> None:
    for arguments, said in [
        (("decide", "home/1", "shop/zzz", "--same", "--reason", "x"), "there is no listing shop/zzz"),
        (("decide", "home/1", "shop/a", "--reason", "x"), "--same"),
        (("decide", "home/1", "shop/a", "--same"), "--reason"),
        (("decide", "home", "shop/a", "--same", "--reason", "x"), "names no listing"),
        (("show", "home/zzz"), "there is no listing home/zzz"),
        (("--json", "show", "home/1"), "stand behind it"),
    ]:
        done = run(*arguments)
        assert (done.returncode, done.stdout) == (2, "")
        assert said in done.said
    assert not (tmp_path / "archive" / "decisions.jsonl").exists()


def test_a_listing_that_came_in_since_and_a_line_that_cannot_be_read(run: Run, tmp_path: Path) -> None:
    done = run("show", "home/1")
    assert done.returncode == 0
    assert "came in since links were last brought up to date" in done.said
    folder = tmp_path / "archive"
    folder.mkdir(exist_ok=True)
    (folder / "decisions.jsonl").write_text('{"kind": "link", "source": "home"}\n', encoding="utf-8")
    done = run()
    assert done.returncode == 0
    assert "line 1: a link without all of" in done.said
