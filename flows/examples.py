"""Examples of sources: a recording and, in ``expected.json``, what a person has read that it must give."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

from flows.look import RecordingFetch, walk
from models.records import Problem, Programme, facts_of
from normalise.programme import normalise
from scrapers.assemble import parse
from scrapers.replay import RecordedFetch, RecordedRun, Recording, load_recording
from scrapers.sampling import SampledFetch
from scrapers.source import discover, scraper_for

EXPECTED = "expected.json"


def replayed(folder: Path) -> list[dict[str, Any]]:
    """Return what the example in ``folder`` gives, one entry a run: programmes, problems and failures as JSON values.

    Raises:
        RecordingInvalid: if the recording cannot be read.
        KeyError: if its source does not exist.
        CassetteMiss: if the source asks for an address that the recording does not hold.
    """
    recording = load_recording(folder)
    return [_replayed(recording, run) for run in recording.runs]


def _replayed(recording: Recording, run: RecordedRun) -> dict[str, Any]:
    source, day = discover()[recording.source], run.as_of.date()
    scraper = scraper_for(source, day)
    recorded = RecordedFetch(run, source, strict=True)
    fetch: RecordingFetch = recorded
    if recording.sample_pages is not None:
        fetch = SampledFetch(recorded, recording.sample_pages)
    walked = asyncio.run(walk(scraper, fetch))
    parsed = parse(scraper, walked.pages)
    typed = [normalise(listing, source, day) for listing in parsed.listings]
    problems = [*walked.problems, *parsed.problems, *(problem for _, found in typed for problem in found)]
    return {
        "day": day.isoformat(),
        "programmes": [stated(programme) for programme, _ in typed],
        "problems": [named(problem) for problem in problems],
        "failed_pages": [failure.url for failure in (*walked.failures, *parsed.failures)],
        "duplicates": parsed.duplicates,
        "incomplete": [*walked.incomplete, *parsed.incomplete],
    }


def write_expected(folder: Path, runs: list[dict[str, Any]]) -> None:
    """Write what an example gives, marked as not reviewed: nobody has compared it with the pages yet."""
    text = json.dumps({"reviewed": False, "runs": runs}, indent=1, ensure_ascii=False)
    (folder / EXPECTED).write_text(f"{text}\n", encoding="utf-8")


def complaint(folder: Path) -> str | None:
    """Return why the example in ``folder`` does not hold, in words that say what to do; ``None`` if it does.

    Raises:
        RecordingInvalid: if the recording cannot be read.
    """
    file = folder / EXPECTED
    found = replayed(folder)
    if not file.exists():
        write_expected(folder, found)
        return f"{file} was missing and has been written: compare it with the pages, then set reviewed to true"
    expected = json.loads(file.read_text(encoding="utf-8"))
    if expected.get("reviewed") is not True:
        return f"nobody has compared {file} with the pages yet: read it, then set reviewed to true"
    return None if found == expected["runs"] else _difference(file, expected["runs"], found)


def stated(programme: Programme) -> dict[str, Any]:
    """Return everything that is known of a programme; what is not stated is left out."""
    values = facts_of(programme) | {"offerings": [_known(facts_of(o)) for o in programme.offerings]}
    return _known(values) | ({} if programme.complete else {"complete": False})


def named(problem: Problem) -> dict[str, str]:
    """Return a problem by what it is about, without its message."""
    values = {"code": problem.code, "field": problem.field, "ref": problem.ref, "words": problem.words}
    return {name: value for name, value in values.items() if value is not None}


def _known(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value not in (None, "", [], {})}


def _difference(file: Path, expected: list[dict[str, Any]], found: list[dict[str, Any]]) -> str:
    if len(expected) != len(found):
        return f"{file}: {len(expected)} runs are expected, {len(found)} were found"
    for one, other in zip(expected, found, strict=True):
        for key, value in other.items():
            if one.get(key) != value:
                return f"{file}: {one['day']}, {key}: expected {_first(one.get(key), value)}"
    return f"{file}: differs"


def _first(expected: Any, found: Any) -> str:
    """Return the first entry in which two lists differ, both sides shortened."""
    if isinstance(expected, list) and isinstance(found, list):
        for number in range(max(len(expected), len(found))):
            one = expected[number] if number < len(expected) else "nothing"
            other = found[number] if number < len(found) else "nothing"
            if one != other:
                return f"{str(one)[:400]}, found {str(other)[:400]}"
    return f"{str(expected)[:400]}, found {str(found)[:400]}"
