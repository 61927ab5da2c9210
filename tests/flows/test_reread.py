"""A mended lookup or parser corrects the history that it had spoilt, and is no change at the source."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

SOURCE = """\
name = "Beta College"
kind = "institution"
country = "AT"
language = "de"
platform = "json_catalogue"
start = ["https://beta.example/courses"]
cadence = "weekly"
complete = true
evidence = "assumed"
evidence_note = "invented"
terms = { url = "https://beta.example/terms", checked = 2026-11-24, note = "invented" }

[options]
entries = "courses"

[options.fields]
ref = "id"
title = "TITLE"
url = "link"
delivery = "mode"

[lookups.delivery]
"Vor Ort" = "VALUE"
"""
DAYS: dict[str, dict[str, str]] = {
    "2024-01-01": {"a": "Vor Ort", "b": "nach Absprache"},
    "2024-01-08": {"a": "Vor Ort", "b": "Vor Ort"},
    "2024-01-15": {"a": "Vor Ort", "b": "Vor Ort", "c": "Vor Ort"},
}
HISTORY = "select ref, delivery, cause, valid_from from programme_history order by ref, version_number"


class House:
    """A data directory with a source of its own, and the command line over it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.declare()

    def declare(self, *, title: str = "name", value: str = "online") -> None:
        file = self.folder / "sources" / "beta_college" / "source.toml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(SOURCE.replace("TITLE", title).replace("VALUE", value), encoding="utf-8")

    def look(self, days: dict[str, dict[str, str]]) -> list[int]:
        """Looks at the catalogue: refs and their words for the delivery, by day. How many changed in each."""
        folder = self.folder / "recording"
        folder.mkdir(exist_ok=True)
        recording = ['source = "beta_college"']
        for day, listed in days.items():
            courses = [
                {"id": ref, "name": f"Kurs {ref}", "part": "I", "link": f"https://beta.example/{ref}", "mode": mode}
                for ref, mode in listed.items()
            ]
            (folder / f"{day}.json").write_text(json.dumps({"courses": courses}), encoding="utf-8")
            recording.append(
                f'[[capture]]\nurl = "https://beta.example/courses"\nat = "{day}T00:00:00Z"\nfile = "{day}.json"\n'
                'content_type = "application/json"\nstatus = 200'
            )
        (folder / "recording.toml").write_text("\n".join(recording), encoding="utf-8")
        runs = json.loads(self.run("replay", str(folder), "--json").stdout)
        assert {run["outcome"] for run in runs} <= {"ok", "unchanged"}
        return [run["changed"] for run in runs]

    def run(self, *arguments: str, code: int = 0) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [Path(sys.executable).parent / "microcred", *arguments],
            env=os.environ
            | {"MICROCRED_DATA_DIR": str(self.folder), "MICROCRED_SOURCES_DIR": str(self.folder / "sources")},
            capture_output=True,
            text=True,
            check=False,
            cwd=self.folder,
        )
        assert done.returncode == code, done.stderr
        return done

    def rows(self, sql: str) -> list[list[Any]]:
        return [list(row.values()) for row in json.loads(self.run("query", "--json", "--sql", sql).stdout)]

    def history(self) -> list[list[Any]]:
        return [[ref, delivery, cause, day[:10]] for ref, delivery, cause, day in self.rows(HISTORY)]


@pytest.fixture
def house(tmp_path: Path) -> House:
    """A house that reads "Vor Ort" (on site) as online, and has three looks."""
    house = House(tmp_path / "house")
    house.look(DAYS)
    return house


def test_a_mended_lookup_gives_corrected_history_and_the_comparison_names_it(house: House) -> None:
    assert house.history() == [
        ["a", "online", "look", "2024-01-01"],
        ["b", None, "look", "2024-01-01"],
        ["b", "online", "look", "2024-01-08"],
        ["c", "online", "look", "2024-01-15"],
    ]
    house.declare(value="presential")
    rebuilt = json.loads(house.run("rebuild", "--compare", "--json").stdout)
    assert [(row["source"], row["stored"], row["failed"]) for row in rebuilt["sources"]] == [("beta_college", 3, [])]
    [delivery] = [
        row
        for row in rebuilt["compared"]["fields"]
        if (row["table"], row["field"]) == ("programme_version", "delivery")
    ]
    assert (delivery["rows"], delivery["left"], delivery["right"]) == (3, "online", "presential")
    assert delivery["example"].startswith("listing ")

    house.run("reread")
    assert house.history() == [
        ["a", "presential", "reparse", "2024-01-01"],
        ["b", None, "look", "2024-01-01"],
        ["b", "presential", "look", "2024-01-08"],
        ["c", "presential", "reparse", "2024-01-15"],
    ]
    # What was corrected in place is what the archive alone gives, but for the mark.
    differ = json.loads(
        house.run("db", "diff", "observatory.sqlite", "observatory-rebuilt.sqlite", "--json", code=1).stdout
    )
    unequal = [row for row in differ["tables"] if row["only_left"] or row["only_right"] or row["different"]]
    assert {row["table"] for row in unequal} == {"programme_span", "programme_version"}
    fields = {(row["table"], row["field"], row["left"], row["right"]) for row in differ["fields"]}
    assert ("programme_version", "cause", "reparse", "look") in fields
    assert {field for _, field, *_ in fields} == {"cause", "reread"}


def test_reading_again_with_the_same_code_changes_nothing(house: House) -> None:
    told = json.loads(house.run("reread", "--json").stdout)
    assert told == {
        "sources": [{"source": "beta_college", "runs": 3, "failed": None}],
        "changed": {"equal": True, "tables": [], "fields": []},
    }


def test_a_mended_parser_is_no_change_at_the_source_if_it_reads_the_past_again(house: House, tmp_path: Path) -> None:
    shutil.copytree(house.folder, tmp_path / "other")
    other = House(tmp_path / "other")
    for one in (house, other):
        one.declare(title="join(' ', [name, part])")
    latest = {"2024-01-22": DAYS["2024-01-15"]}
    # The words themselves are read otherwise, so nothing in the new look alone tells that the page is the same.
    assert other.look(latest) == [3]
    told = json.loads(house.run("reread", "--json").stdout)
    assert {row["field"] for row in told["changed"]["fields"] if row["table"] == "programme_version"} >= {"title"}
    assert house.look(latest) == [0]
    # Late is not too late.
    other.run("reread")
    assert other.rows("select count(*) from programme_history where cause = 'look' and valid_from >= '2024-01-16'") == [
        [0]
    ]


def test_a_source_is_left_as_it_was_if_the_archive_does_not_hold_all_its_runs(house: House) -> None:
    [first, *_] = sorted((house.folder / "archive").rglob("*.warc.gz"))
    first.unlink()
    house.declare(value="presential")
    before = house.history()
    failed = house.run("reread", code=1)
    assert "the archive does not hold all its runs" in " ".join(failed.stderr.split())
    assert "2024-01-01T00:00:00Z" in failed.stderr
    assert house.history() == before
