"""Replaying a recording: the same walk, reading, judging and loading as a live harvest, with files for a network."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flows.archived import closing
from flows.decisions import Acceptance
from flows.forgotten import refuse_forgotten
from flows.look import conclude, read, walk
from flows.observatory import Observatory
from models.records import Origin, Outcome, RunRecord, Source
from models.run_queries import run_record
from scrapers.replay import RecordedFetch, RecordedRun, Recording, load_recording
from scrapers.source import discover, scraper_for

ACCEPTED_BY_REPLAY = "accepted by replay --accept"


@dataclass(frozen=True, slots=True)
class Replayed:
    """The runs of a recording, and where they differ from the figures the recording expects."""

    runs: tuple[RunRecord, ...]
    surprises: tuple[str, ...]

    @property
    def failed(self) -> bool:
        """Whether a run could not be read at all, or a figure came out other than expected."""
        unread = any(run.outcome in {Outcome.FAILED, Outcome.BLOCKED} for run in self.runs)
        return unread or bool(self.surprises)


def replay(observatory: Observatory, directory: Path, *, accept: bool = False) -> Replayed:
    """Harvest from the recording in ``directory``; a date is a run. A second time changes nothing.

    Args:
        accept: accept runs that a gate holds back, with a reason that says so.

    Raises:
        RecordingInvalid: if the recording cannot be read; nothing was stored.
        RunExists: if another run of the source is stored at the very time of a recorded one.
    """
    return replay_runs(observatory, load_recording(directory), accept=accept)


def replay_runs(observatory: Observatory, recording: Recording, *, accept: bool = False) -> Replayed:
    """Harvest from the runs of a recording that is read already (see ``replay``).

    Raises:
        ValueError: if there is no such source, or it was forgotten on request.
        RunExists: as ``replay``.
    """
    source = discover().get(recording.source)
    if source is None:
        there_are = "`microcred sources list` shows those there are"
        raise ValueError(f"the recording is of {recording.source!r}, and there is no such source; {there_are}")
    refuse_forgotten([source.slug], observatory.forgotten())
    runs = tuple(asyncio.run(_replay_run(observatory, source, run, accept=accept)) for run in recording.runs)
    return Replayed(runs=runs, surprises=tuple(surprises(recording, runs)))


async def _replay_run(observatory: Observatory, source: Source, run: RecordedRun, *, accept: bool) -> RunRecord:
    started_at = datetime.now(UTC)
    stored = run_record(observatory.engine, source.slug, run.as_of)
    scraper = scraper_for(source, run.as_of.date())
    if stored is None:
        with observatory.run_writer(source.slug, run.as_of, origin=Origin.REPLAY) as writer:
            fetch = RecordedFetch(run, source, archive=writer.page)
            walked = await walk(scraper, fetch)
            writer.close(closing(walked, as_of=run.as_of, started_at=started_at))
    else:
        # The run is in the archive already: a second replay must not store its pages twice.
        walked = await walk(scraper, RecordedFetch(run, source))
    harvested = read(scraper, walked, run.as_of.date())

    def store(accepted_reason: str | None = None) -> RunRecord:
        return conclude(
            observatory, source, harvested, as_of=run.as_of, started_at=started_at, accepted_reason=accepted_reason
        )

    record = store()
    if accept and record.outcome is Outcome.SUSPECT:
        observatory.decisions.accept(
            Acceptance(source=source.slug, as_of=run.as_of, reason=ACCEPTED_BY_REPLAY, decided_at=datetime.now(UTC))
        )
        return store(ACCEPTED_BY_REPLAY)
    return record


def surprises(recording: Recording, runs: Sequence[RunRecord]) -> list[str]:
    """Return where ``runs`` differ from the recording's ``[expect]`` table, in words.

    Keys are those of a run record, or the plural of a listing kind (``courses``); each holds one value a run.
    """
    found = []
    for key, values in recording.expect.items():
        if len(values) != len(runs):
            found.append(f"{key}: {len(values)} values are expected, and there are {len(runs)} runs")
        for run, wanted in zip(runs, values, strict=False):
            figure = _figure(run, key)
            if figure != wanted:
                found.append(f"{run.as_of:%Y-%m-%d}: {key} is {figure}, expected {wanted}")
    return found


def _figure(run: RunRecord, key: str) -> Any:
    values: Mapping[str, Any] = run.as_json()
    if key in values:
        return values[key]
    return run.by_kind.get(key.removesuffix("s"), 0)
