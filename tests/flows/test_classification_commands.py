"""The commands that explain, list what is not understood, and teach a source a word."""

from __future__ import annotations

import json
import shutil
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]


def test_explain_problems_and_classify(run: Any):
    assert run("replay", str(ROOT / "tests" / "sources" / "coursera")).returncode == 0
    refs = json.loads(run("query", "--sql", "select ref from programme_current order by ref", "--json").stdout)
    done = run("explain", f"coursera/{refs[0]['ref']}")
    assert done.returncode == 0, done.stderr
    assert "class (eu_2022)" in done.stdout
    assert "does not state" in done.stdout
    made = json.loads(run("explain", f"coursera/{refs[0]['ref']}", "--json").stdout)
    assert {one["definition"] for one in made["classes"]} >= {"eu_2022", "oecd_2021", "finland_2023"}

    asked = run("explain", "there is no such programme")
    assert (asked.returncode, asked.stdout) == (2, "")
    assert "no programme is called" in asked.stderr

    grouped = run("problems", "--group", "--json")
    assert grouped.returncode == 0
    assert isinstance(json.loads(grouped.stdout), list)
    again = run("classify")
    assert again.returncode == 0
    assert "all facts are classified by today's rules" in again.stderr
    wrong = run("classify", "no_such_source")
    assert wrong.returncode == 2
    assert "no source no_such_source" in wrong.stderr


def test_a_word_is_taught_in_one_line_and_the_file_keeps_its_comments(run: Any, tmp_path: Path):
    folder = tmp_path / "scrapers" / "sources" / "credential_registry"
    shutil.copytree(ROOT / "scrapers" / "sources" / "credential_registry", folder)
    before = (folder / "source.toml").read_text(encoding="utf-8")
    done = run("sources", "lookup", "credential_registry", "delivery", "Évening “classes”", "presential")
    assert done.returncode == 0, done.stderr
    after = (folder / "source.toml").read_text(encoding="utf-8")
    assert tomllib.loads(after)["lookups"]["delivery"]["Évening “classes”"] == "presential"
    assert [line for line in before.splitlines() if line not in after.splitlines()] == []
    assert run("sources", "lookup", "credential_registry", "field", "Insurance", "041").returncode == 0
    assert tomllib.loads((folder / "source.toml").read_text(encoding="utf-8"))["lookups"]["field"] == {
        "Insurance": "041"
    }


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("delivery", "on Tuesdays", "no value of delivery; there are: "),
        ("field", "999", "no value of field"),
        ("organisation", "nobody", "no value of organisation"),
        ("title", "x", "no lookup for 'title'"),
    ],
)
def test_a_value_that_nothing_knows_is_refused_and_nothing_is_written(
    run: Any, tmp_path: Path, field: str, value: str, words: str
):
    folder = tmp_path / "scrapers" / "sources" / "opensap"
    shutil.copytree(ROOT / "scrapers" / "sources" / "opensap", folder)
    before = (folder / "source.toml").read_bytes()
    done = run("sources", "lookup", "opensap", field, "word", value)
    assert done.returncode == 2
    assert words in " ".join(done.stderr.split())
    assert (folder / "source.toml").read_bytes() == before


def test_a_source_that_is_not_here_is_named(run: Any):
    done = run("sources", "lookup", "opensap", "delivery", "word", "online")
    assert done.returncode == 2
    assert "name it with --into" in " ".join(done.stderr.split())
