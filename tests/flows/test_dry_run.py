"""A dry run of a harvest: it says what would be asked and why, asks nothing, and writes nothing."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from command_line import Run, at_a_terminal, in_this_process

from flows.watching import PAGES_A_LINE, LoggedPages
from models.records import PageFailure
from sandbox.server import Site, serve
from sandbox.world import World

FIRST = date(2024, 1, 1)


@pytest.fixture
def site() -> Iterator[Site]:
    with serve(World(seed=3), day=FIRST) as served:
        yield served


@pytest.fixture
def run(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Run]:
    with in_this_process(tmp_path, monkeypatch, capsys, MICROCRED_LOOPBACK_PORT=str(site.port)) as command:
        yield command


def bytes_below(folder: Path) -> dict[str, str]:
    files = [file for file in folder.rglob("*") if file.is_file() and not file.name.endswith(("-wal", "-shm"))]
    return {str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


def test_nothing_is_asked_and_nothing_written(run: Run, site: Site, tmp_path: Path) -> None:
    done = run("harvest", "opensap", "--include-retired", "--dry-run", "--json", "--as-of", "2024-01-01")
    assert done.returncode == 0, done.stderr
    [row] = json.loads(done.stdout)
    assert (row["source"], row["would"], row["why"]) == ("opensap", "harvest", "named (due): no complete look yet")
    assert row["start"] == ["https://open.sap.com/api/v2/courses"]
    assert row["robots"] == {"open.sap.com": "not known: asked first"}
    assert (row["cadence"], row["pace_seconds"], row["key"], row["key_is_set"]) == ("weekly", 1.0, None, None)
    assert site.requests == {}
    assert not (tmp_path / "data").exists()

    harvested = run("harvest", "opensap", "--include-retired", "--json", "--as-of", "2024-01-01")
    assert harvested.returncode == 0, harvested.stderr
    [record] = json.loads(harvested.stdout)
    asked, before = site.requests, bytes_below(tmp_path)
    assert asked["open.sap.com"] > 1

    [row] = json.loads(run("harvest", "opensap", "--dry-run", "--json", "--as-of", "2024-01-04").stdout)
    assert row["why"] == "named (not due): last complete look 3 days ago, cadence weekly"
    assert (row["last_outcome"], row["listings_last"]) == ("ok", record["listings"])
    assert row["pages_last"] > 0
    assert row["robots"]["open.sap.com"].startswith("allowed")
    due = json.loads(run("harvest", "--dry-run", "--json", "--as-of", "2024-01-04").stdout)
    assert "opensap" not in {one["source"] for one in due}
    due = json.loads(run("harvest", "--dry-run", "--json", "--as-of", "2024-01-09").stdout)
    [why] = [one["why"] for one in due if one["source"] == "opensap"]
    assert why == "due: last complete look 8 days ago, cadence weekly"
    table = run("harvest", "opensap", "--dry-run")
    assert "open.sap.com: allowed" in table.stdout
    assert "nothing was asked, nothing was written" in table.said
    assert site.requests == asked
    assert bytes_below(tmp_path) == before


def test_a_key_that_is_needed_is_named(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    [row] = json.loads(run("harvest", "kmooc", "--dry-run", "--json").stdout)
    variable = row["key"]
    assert (row["would"], row["key_is_set"]) == (f"not: set {variable}", False)
    monkeypatch.setenv(variable, "sandbox")
    done = run("harvest", "kmooc", "--dry-run", "--json")
    assert json.loads(done.stdout)[0]["key_is_set"] is True
    assert "sandbox" not in done.stdout
    assert run("harvest", "kmoc", "--dry-run").returncode == 2


def test_a_person_sees_how_far_it_is_and_the_data_stay_clean(site: Site, tmp_path: Path) -> None:
    done = at_a_terminal(
        tmp_path, 100, "harvest", "opensap", "--as-of", "2024-01-01", "--json", MICROCRED_LOOPBACK_PORT=str(site.port)
    )
    assert done.returncode == 0, done.stderr
    [record] = json.loads(done.stdout)
    assert f"opensap: ok, {record['listings']} listings from" in done.said
    assert "harvest: " in done.said
    assert "1/1 sources" in done.said


def test_without_a_terminal_the_log_says_it_now_and_then(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "flows")
    told = LoggedPages("alpha")
    failure = PageFailure(url="https://alpha.example/", at=datetime(2024, 1, 1, tzinfo=UTC), reason="503", status=503)
    for _ in range(PAGES_A_LINE * 2 + 1):
        told(failure)
    assert len(caplog.messages) == 2
    assert caplog.messages[1].startswith("alpha: 200 pages in")
    assert caplog.messages[1].endswith("200 failed")
