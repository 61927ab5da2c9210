"""``microcred backfill`` as a person and a program use it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from command_line import Run, in_this_process
from live_site import Reply, _server, site
from past_catalogue import COURSES, PROGRAMMES, SLUG, Past, past

from scrapers.source import DIRECTORY_VARIABLE

__all__ = ["_server", "past", "site"]

DAYS = ("--from", "2017-01-01", "--to", "2022-12-31")


@pytest.fixture
def run(
    past: Past, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Run]:
    kept = {DIRECTORY_VARIABLE: os.environ[DIRECTORY_VARIABLE], "MICROCRED_LOOPBACK_PORT": str(past.site.port)}
    with in_this_process(tmp_path, monkeypatch, capsys, **kept) as command:
        yield command


def test_a_dry_run_then_the_looks_then_nothing_more(past: Past, run: Run, tmp_path: Path) -> None:
    dry = run("backfill", SLUG, *DAYS, "--dry-run", "--json")
    assert dry.returncode == 0, dry.stderr
    said = json.loads(dry.stdout)
    assert [(look["as_of"], look["addresses"], look["stored"]) for look in said["looks"]] == [
        ("2019-03-05T10:00:00Z", 1, False),
        ("2019-06-10T10:00:00Z", 1, False),
        ("2021-05-02T10:00:00Z", 3, False),
        ("2021-08-01T10:00:00Z", 1, False),
    ]
    assert said["addresses"][0] == {
        "url": COURSES,
        "captures": 3,
        "days": 3,
        "first": "2019-03-05T10:00:00Z",
        "last": "2019-06-10T10:00:00Z",
    }
    assert "no format of tu_past is known" in dry.stderr
    assert past.captures_read() == []
    assert not (tmp_path / "data" / "archive").exists()
    assert past.rows("select count(*) from run") == [(0,)]

    done = run("backfill", SLUG, *DAYS, "--json")
    assert done.returncode == 0, done.stderr
    assert [(one["outcome"], one["listings"]) for one in json.loads(done.stdout)] == [
        ("partial", 2),
        ("partial", 2),
        ("partial", 3),
        ("partial", 1),
    ]
    assert "4 looks stored, 0 were stored before" in done.stderr
    assert "pages in" in done.stderr
    assert "a minute (4 of 4)" in done.stderr

    read = len(past.captures_read())
    again = run("backfill", SLUG, *DAYS)
    assert again.returncode == 0
    assert "0 looks stored, 4 were stored before" in again.stderr
    assert len(past.captures_read()) == read
    table = run("backfill", SLUG, *DAYS, "--dry-run").stdout
    assert PROGRAMMES in table
    assert "True" in table


def test_a_refusal_fails_and_says_so(past: Past, run: Run) -> None:
    past.trouble("202105", Reply(b"go away", status=403))
    done = run("backfill", SLUG, *DAYS, "--json")
    assert done.returncode == 1
    assert len(json.loads(done.stdout)) == 2
    assert "the archive refuses us" in done.stderr

    past.wayback.index = lambda _: Reply(b"no", status=403)
    refused = run("backfill", SLUG, *DAYS)
    assert refused.returncode == 1
    assert "403" in refused.stderr
    assert "Traceback" not in refused.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("nothing", *DAYS), "no source"),
        ((SLUG,), "--from"),
        ((SLUG, "--from", "yesterday"), "--from: 'yesterday' is no date or time"),
        ((SLUG, "--from", "2022-01-01", "--to", "2021-01-01"), "after"),
        ((SLUG, *DAYS, "--every", "minute"), "day, week, month"),
        ((SLUG, *DAYS, "--via", "google"), "wayback, common-crawl"),
        ((SLUG, *DAYS, "--files", "nothing.warc"), "no such file"),
        ((SLUG, *DAYS, "--files", "x", "--recording", "y"), "exclude each other"),
        ((SLUG, *DAYS, "--via", "common-crawl", "--base", "http://localhost:1/x"), "leave out --via"),
    ],
)
def test_wrong_usage(run: Run, arguments: tuple[str, ...], words: str) -> None:
    done = run("backfill", *arguments)
    assert done.returncode == 2
    assert words in " ".join(done.stderr.replace("│", " ").split())


def test_no_host_is_asked_without_a_contact(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MICROCRED_LOOPBACK_PORT")
    monkeypatch.delenv("MICROCRED_CONTACT", raising=False)
    done = run("backfill", SLUG, *DAYS)
    assert done.returncode == 2
    assert "MICROCRED_CONTACT" in done.stderr


def recorded(run: Run, recordings: Path, slug: str, *more: str) -> tuple[int, list[dict[str, Any]]]:
    done = run(
        "backfill", slug, "--from", "2010-01-01", "--recording", str(recordings / "replay" / slug), "--json", *more
    )
    return done.returncode, json.loads(done.stdout)


def test_udacity_from_its_recording(run: Run, recordings: Path) -> None:
    """Between the two files 16 courses came and 2 went (counted from the files)."""
    code, (first, second) = recorded(run, recordings, "udacity")
    assert code == 0
    assert (first["by_kind"]["course"], second["by_kind"]["course"]) == (143, 157)
    asked = run(
        "query",
        "--json",
        "--sql",
        "select sum(case when w.opened_at >= '2016-12-01' then 1 else 0 end) as came, "
        "sum(case when w.missed_at is not null then 1 else 0 end) as went "
        "from programme_window w join programme p on p.id = w.programme_id join programme_version v "
        "on v.programme_id = p.id and v.version_number = 1 join programme_facts f on f.id = v.facts_id "
        "where p.source = 'udacity' and f.kind = 'course'",
    )
    assert json.loads(asked.stdout) == [{"came": 16, "went": 2}]


def test_cornwall_from_its_recording_is_held_back_by_a_gate(run: Run, recordings: Path) -> None:
    code, (first, second) = recorded(run, recordings, "cornwall_college")
    assert code == 0
    assert (first["outcome"], first["listings"]) == ("ok", 598)
    assert (second["outcome"], second["listings"], second["withdrawn"]) == ("suspect", 448, 0)


def test_only_the_days_asked_for_of_a_recording(run: Run, recordings: Path) -> None:
    code, rows = recorded(run, recordings, "udacity", "--to", "2016-10-01", "--dry-run")
    assert (code, rows) == (0, [{"as_of": "2016-09-01T00:00:00Z", "captures": 1}])
    code, [first] = recorded(run, recordings, "udacity", "--to", "2016-10-01")
    assert (code, first["listings"]) == (0, 158)
    wrong = run("backfill", SLUG, *DAYS, "--recording", str(recordings / "replay" / "udacity"))
    assert wrong.returncode == 2
