"""Making the database anew from the archive alone (docs/decisions/0011).

What entered the database once, a run or a person's word that a run is right, enters it again in the same order: a run
is judged against what was known when it was stored, so the verdicts are those of then. Reading pages is the work, and
is done by several processes if asked for; storing is done by this one, run by run, and can be broken off and resumed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Engine

from flows.archived import ArchivedRun, archived_run
from flows.decisions import Acceptance
from flows.linking_up import follow_decisions
from flows.look import conclude
from flows.nearest import none_called
from flows.observatory import Observatory, code_version
from flows.reading_ahead import Brought, read_ahead
from flows.sharding import in_shard, runs_of
from models.database import shown_url
from models.locks import all_held
from models.records import Outcome
from models.run_queries import StoredRun, readings_at, stored_runs
from scrapers.archive import Archive, ArchiveDamaged
from scrapers.bucket import StorageFailed
from scrapers.source import discover


class OtherCode(ValueError):
    """A database that was begun by other code cannot be gone on with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that entered the database: a run, or that a person accepted it. ``at`` is when (aware)."""

    at: datetime
    run: ArchivedRun
    accepted: Acceptance | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What the archive holds of a source: events in the order in which they were stored, in words what is no run."""

    source: str
    events: tuple[Event, ...]
    left_out: tuple[str, ...] = ()

    @property
    def runs(self) -> int:
        """How many runs there are."""
        return sum(event.accepted is None for event in self.events)


@dataclass(slots=True, kw_only=True)
class Rebuilt:
    """What became of a plan: events stored now, those that were stored already, and in words what failed."""

    source: str
    runs: int
    stored: int = 0
    already: int = 0
    left_out: tuple[str, ...] = ()
    failed: list[str] = field(default_factory=list)
    outcomes: Counter[str] = field(default_factory=Counter)


# --------------------------------------------------------------------------------------
# What there is
# --------------------------------------------------------------------------------------


def archived_sources(archive: Archive, slugs: Sequence[str] = (), shard: str | None = None) -> list[str]:
    """Return the sources that the archive holds files of, or those of ``slugs``, as far as they are in a shard.

    Raises:
        ValueError: if the archive holds nothing, or nothing of a source that is named.
    """
    there = sorted({file.partition("/")[0] for file in archive.files()})
    if not there:
        raise ValueError(
            f"there is no archive in {archive}: `microcred harvest` makes one; MICROCRED_DATA_DIR or "
            "MICROCRED_ARCHIVE_URL names it"
        )
    unknown = sorted(set(slugs) - set(there))
    if unknown:
        there_are = "`microcred rebuild --dry-run` shows what it holds"
        raise ValueError(f"the archive in {archive} holds {none_called('source', unknown, there)}; {there_are}")
    return [slug for slug in slugs or there if in_shard(slug, shard)]


def plan_of(archive: Archive, slug: str, acceptances: Iterable[Acceptance], *, broken_off: bool = False) -> Plan:
    """Return what of a source is to be stored, and in which order.

    Args:
        archive: where the files are.
        slug: the source.
        acceptances: what people decided, in the order in which they did.
        broken_off: whether runs that broke off count too, as partial looks; nothing of them was stored at the time.
    """
    runs: dict[datetime, ArchivedRun] = {}
    left_out: list[str] = []
    if slug not in discover():
        return Plan(source=slug, events=(), left_out=(f"{slug}: no source of that name is declared",))
    for run in _in_order(_readable(archive, slug, left_out)):
        if not run.is_whole and (not broken_off or run.as_of in runs):
            left_out.append(f"{run.file}: the run broke off or is under way; nothing of it is stored")
        elif run.as_of in runs:
            left_out.append(f"{run.file}: {runs[run.as_of].file} is of the same time and was closed before")
        else:
            runs[run.as_of] = run
    # Of two decisions on a run the later one was followed: the first can only have failed to reach the database.
    accepted = {one.as_of: one for one in acceptances if one.source == slug}
    left_out += [f"{slug}: the run of {at} was accepted, and is not there" for at in sorted(accepted.keys() - runs)]
    events = [Event(at=run.closed_at, run=run) for run in runs.values()]
    events += [
        Event(at=max(one.decided_at, runs[at].closed_at), run=runs[at], accepted=one)
        for at, one in accepted.items()
        if at in runs
    ]
    events.sort(key=lambda event: (event.at, event.accepted is not None, event.run.as_of))
    return Plan(source=slug, events=tuple(events), left_out=tuple(left_out))


def _readable(archive: Archive, slug: str, left_out: list[str]) -> Iterator[ArchivedRun]:
    for file in archive.files(slug):
        try:
            yield archived_run(archive, slug, file)
        except ArchiveDamaged as error:
            left_out.append(str(error))


def _in_order(runs: Iterable[ArchivedRun]) -> list[ArchivedRun]:
    """Return runs as they were stored, those that broke off last: they count only where there is no other."""
    return sorted(runs, key=lambda run: (not run.is_whole, run.closed_at, run.file))


# --------------------------------------------------------------------------------------
# Storing it again
# --------------------------------------------------------------------------------------


def rebuild(
    into: Observatory,
    plans: Iterable[Plan],
    *,
    jobs: int = 1,
    corrects: Engine | None = None,
    on_event: Callable[[Event], None] | None = None,
) -> list[Rebuilt]:
    """Store what the plans name into a database; what is there already is left as it is.

    What people decided of listings is stored too, whichever sources the plans name.

    Args:
        into: the database to write to, and the archive.
        plans: what to store.
        jobs: how many processes read pages; 1 for this one alone.
        corrects: a database that holds the same runs as other code read them: readings that differ are marked.
        on_event: told of every event, also of those that were stored already.

    Returns:
        What became of each plan.

    Raises:
        OtherCode: if the database holds runs that other code read.
        InUse: if another process is storing runs of one of the sources in it; nothing is stored then.
        StorageFailed: if object storage does not give a run; started again, it goes on there.
    """
    done: dict[str, Rebuilt] = {}

    def tell(event: Event) -> None:
        if on_event is not None:
            on_event(event)

    gone = into.forgotten()

    def due() -> Iterator[Event]:
        for plan in plans:
            if plan.source in gone:
                done[plan.source] = Rebuilt(source=plan.source, runs=0, left_out=(gone[plan.source].words(),))
                continue
            rebuilt = done[plan.source] = Rebuilt(source=plan.source, runs=plan.runs, left_out=plan.left_out)
            stored = _stored_by_this_code(into.engine, plan.source)
            for event in plan.events:
                if _is_done(event, stored):
                    rebuilt.already += 1
                    tell(event)
                else:
                    yield event

    plans = list(plans)
    with all_held(into.engine, (runs_of(plan.source) for plan in plans), "rebuilding these sources"):
        for event, brought in read_ahead(into.archive, due(), jobs, into.settings):
            _store(into, event, brought, done[event.run.source], corrects)
            tell(event)
        follow_decisions(into)
    for rebuilt in done.values():
        rebuilt.outcomes.update(run.outcome for run in stored_runs(into.engine, rebuilt.source).values())
    return list(done.values())


def _store(
    into: Observatory, event: Event, brought: Brought | Exception, rebuilt: Rebuilt, corrects: Engine | None
) -> None:
    run, accepted = event.run, event.accepted
    if isinstance(brought, StorageFailed):
        # Whatever is stored now would be judged without the runs that cannot be read just now.
        raise brought
    if isinstance(brought, Exception):
        rebuilt.failed.append(f"{run.file}: {type(brought).__name__}: {brought}")
        return
    conclude(
        into,
        discover()[run.source],
        brought.harvested,
        as_of=run.as_of,
        started_at=accepted.decided_at if accepted else run.started_at,
        finished_at=event.at,
        accepted_reason=accepted.reason if accepted else None,
        corrected=readings_at(corrects, run.source, run.as_of) if corrects is not None else None,
        made=brought.made,
    )
    rebuilt.stored += 1


def _stored_by_this_code(engine: Engine, slug: str) -> Mapping[datetime, StoredRun]:
    stored = stored_runs(engine, slug)
    others = {run.code_version for run in stored.values()} - {code_version()}
    if others:
        raise OtherCode(
            f"{shown_url(engine.url)} was begun by other code ({', '.join(sorted(others))}; this is "
            f"{code_version()}), and a history is read by one: remove it, or name another with --into"
        )
    return stored


def _is_done(event: Event, stored: Mapping[datetime, StoredRun]) -> bool:
    run = stored.get(event.run.as_of)
    if run is None:
        return False
    return event.accepted is None or run.outcome != Outcome.SUSPECT


# --------------------------------------------------------------------------------------
# For people
# --------------------------------------------------------------------------------------

PLAN_COLUMNS = ("source", "runs", "accepted", "first", "last", "left_out")
REBUILT_COLUMNS = ("source", "runs", "stored", "already", "outcomes", "left_out", "failed")


def plan_row(plan: Plan) -> dict[str, Any]:
    """Return a plan as a row to print."""
    times = sorted(event.run.as_of for event in plan.events)
    return {
        "source": plan.source,
        "runs": plan.runs,
        "accepted": len(plan.events) - plan.runs,
        "first": times[0] if times else None,
        "last": times[-1] if times else None,
        "left_out": len(plan.left_out),
    }


def rebuilt_row(rebuilt: Rebuilt) -> dict[str, Any]:
    """Return what became of a plan as a row to print."""
    return {
        "source": rebuilt.source,
        "runs": rebuilt.runs,
        "stored": rebuilt.stored,
        "already": rebuilt.already,
        "outcomes": dict(sorted(rebuilt.outcomes.items())),
        "left_out": len(rebuilt.left_out),
        "failed": len(rebuilt.failed),
    }
