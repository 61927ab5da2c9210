"""Every source is replayed from its example under ``tests/sources`` and must give what a person has checked.

A folder holds ``recording.toml`` (see ``scrapers.replay``), pages written for the test in the source's format, and
``expected.json``. If that file is missing, it is written from what the code gives, marked as not reviewed, and the test
fails until somebody has compared it with the pages and set ``reviewed`` to true.
"""

from __future__ import annotations

import asyncio
import statistics
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from flows.examples import complaint
from flows.look import Walked, walk
from scrapers.assemble import parse
from scrapers.replay import CassetteMiss, RecordedFetch, load_recording
from scrapers.source import discover, scraper_for

EXAMPLES = Path(__file__).parent / "sources"
SLUGS = sorted(discover())
LINES_MAX = 120
LINES_MEDIAN = 40
PYTHON = Path(__file__).parent.parent / "scrapers" / "sources"


@pytest.mark.parametrize("slug", SLUGS)
def test_source_gives_what_its_example_says(slug: str) -> None:
    folder = EXAMPLES / slug
    assert (folder / "recording.toml").is_file(), f"no example: write tests/sources/{slug}/recording.toml and its pages"
    assert load_recording(folder).source == slug
    assert complaint(folder) is None


def test_every_example_is_of_a_source() -> None:
    assert sorted(folder.name for folder in EXAMPLES.iterdir() if folder.is_dir()) == SLUGS


def test_an_address_outside_the_example_fails_loudly() -> None:
    recording = load_recording(EXAMPLES / "opensap")
    source = discover()["opensap"]
    fetch = RecordedFetch(recording.runs[0], source, strict=True)
    with pytest.raises(CassetteMiss, match="holds no answer for"):
        asyncio.run(fetch.get("https://open.sap.com/api/v2/unknown"))


def test_sources_stay_small() -> None:
    """Above the bounds a family or a normaliser is missing."""
    sizes = {slug: sum(lines(file) for file in (PYTHON / slug).glob("*.*")) for slug in SLUGS}
    assert {slug: size for slug, size in sizes.items() if size > LINES_MAX} == {}
    assert statistics.median(sizes.values()) <= LINES_MEDIAN


def lines(file: Path) -> int:
    """Lines of facts and of Python."""
    return file.read_text(encoding="utf-8").count("\n") if file.suffix in {".py", ".toml"} else 0


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
