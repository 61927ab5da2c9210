"""Every source is replayed from its example under ``tests/sources`` and must give what a person has checked.

A folder holds ``recording.toml`` (see ``scrapers.replay``), pages written for the test in the source's format, and
``expected.json``. If that file is missing, it is written from what the code gives, marked as not reviewed, and the test
fails until somebody has compared it with the pages and set ``reviewed`` to true.
"""

from __future__ import annotations

import asyncio
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from flows.look import Walked, walk
from models.records import Problem, Programme, facts_of
from normalise.programme import normalise
from scrapers.assemble import parse
from scrapers.replay import CassetteMiss, RecordedFetch, load_recording
from scrapers.source import discover, scraper_for

EXAMPLES = Path(__file__).parent / "sources"
SLUGS = sorted(discover())
LINES_MAX = 120
PYTHON = Path(__file__).parent.parent / "scrapers" / "sources"


def replayed(folder: Path) -> list[dict[str, Any]]:
    recording = load_recording(folder)
    source = discover()[recording.source]
    runs = []
    for run in recording.runs:
        day = run.as_of.date()
        scraper = scraper_for(source, day)
        walked = asyncio.run(walk(scraper, RecordedFetch(run, source, strict=True)))
        parsed = parse(scraper, walked.pages)
        typed = [normalise(listing, source, day) for listing in parsed.listings]
        problems = [*walked.problems, *parsed.problems, *(problem for _, found in typed for problem in found)]
        runs.append(
            {
                "day": day.isoformat(),
                "programmes": [stated(programme) for programme, _ in typed],
                "problems": [named(problem) for problem in problems],
                "failed_pages": [failure.url for failure in (*walked.failures, *parsed.failures)],
                "duplicates": parsed.duplicates,
                "incomplete": [*walked.incomplete, *parsed.incomplete],
            }
        )
    return runs


def stated(programme: Programme) -> dict[str, Any]:
    """Everything that is known of a programme; what is not stated is left out."""
    values = facts_of(programme) | {"offerings": [_known(facts_of(o)) for o in programme.offerings]}
    return _known(values) | ({} if programme.complete else {"complete": False})


def _known(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value not in (None, "", [], {})}


def named(problem: Problem) -> dict[str, str]:
    values = {"code": problem.code, "field": problem.field, "ref": problem.ref, "words": problem.words}
    return {name: value for name, value in values.items() if value is not None}


@pytest.mark.parametrize("slug", SLUGS)
def test_source_gives_what_its_example_says(slug: str) -> None:
    folder = EXAMPLES / slug
    assert (folder / "recording.toml").is_file(), f"no example: write tests/sources/{slug}/recording.toml and its pages"
    assert load_recording(folder).source == slug
    found = replayed(folder)
    expected_file = folder / "expected.json"
    if not expected_file.exists():
        text = json.dumps({"reviewed": False, "runs": found}, indent=1, ensure_ascii=False)
        expected_file.write_text(f"{text}\n", encoding="utf-8")
        pytest.fail(f"{expected_file} was missing and has been written: compare it with the pages, then set reviewed")
    expected = json.loads(expected_file.read_text(encoding="utf-8"))
    assert expected["reviewed"] is True, f"nobody has compared {expected_file} with the pages yet"
    assert found == expected["runs"]


def test_every_example_is_of_a_source() -> None:
    assert sorted(folder.name for folder in EXAMPLES.iterdir() if folder.is_dir()) == SLUGS


def test_an_address_outside_the_example_fails_loudly() -> None:
    recording = load_recording(EXAMPLES / "opensap")
    source = discover()["opensap"]
    fetch = RecordedFetch(recording.runs[0], source, strict=True)
    with pytest.raises(CassetteMiss, match="holds no answer for"):
        asyncio.run(fetch.get("https://open.sap.com/api/v2/unknown"))


@pytest.mark.parametrize("slug", SLUGS)
def test_a_source_stays_small(slug: str) -> None:
    code = PYTHON / slug / "scraper.py"
    lines = code.read_text(encoding="utf-8").count("\n") if code.exists() else 0
    assert lines <= LINES_MAX, f"{code} has {lines} lines: a platform base or a normaliser is missing"


def test_recordings_give_their_expected_figures(recordings: Path) -> None:
    """The figures each recording states, at the level of parsing (outcomes are tested with the store)."""
    for folder in sorted((recordings / "replay").iterdir()):
        recording = load_recording(folder)
        runs = [_kinds(discover()[recording.source].slug, run.as_of.date(), run) for run in recording.runs]
        for key, wanted in recording.expect.items():
            if key == "outcome":
                continue
            assert [kinds.get(key, 0) for kinds in runs] == list(wanted), f"{folder.name}: {key}"


def _kinds(slug: str, day: date, run: Any) -> dict[str, int]:
    source = discover()[slug]
    scraper = scraper_for(source, day)
    walked: Walked = asyncio.run(walk(scraper, RecordedFetch(run, source)))
    listings = parse(scraper, walked.pages).listings
    kinds = {"listings": len(listings), "offerings": sum(len(listing.offerings) for listing in listings)}
    for listing in listings:
        kinds[f"{listing.kind}s"] = kinds.get(f"{listing.kind}s", 0) + 1
    return kinds
