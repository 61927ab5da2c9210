"""What the runs of a source left behind, as records: what a harvest asks before it writes.

A part of ``models.queries`` that needs no frames, so that a harvest starts without loading them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, Connection, Engine, Row, Select, Table, func, or_, select, true

from models.bulk import AT_ONCE, let_others_run
from models.columns import storable
from models.history import Readings
from models.look_before import said_at, some_of, words_at
from models.records import ArchivePlace, Harvested, KnownPage, Origin, Outcome, PreviousLook, RunRecord
from models.run_rows import run_record_of, stored_run_row
from models.units import OFFERING, PROGRAMME, Unit, table

_COMPLETE = tuple(outcome.value for outcome in Outcome if outcome.counts_absences)
_FAILING = tuple(o.value for o in Outcome if not (o.writes_versions or o.counts_absences))
_OUR_OWN = (Origin.LIVE.value, Origin.REPLAY.value)
"""Looks at the host or at a recording of it: captures of others say nothing of how a source is now."""
EARLIER_LOOKS = 3
"""Complete looks before the last one whose pages are known again if a host gives them once more."""
_RECENT_MOST = 4
"""Looks of which all answers are read, if none of them is complete."""
_OF_ANSWERS = (
    "url", "at", "digest", "warc_file", "warc_offset", "warc_length", "content_type", "etag", "last_modified",
    "final_url", "status", "signal",
)  # fmt: skip
SIGNAL_LOOKS_MAX = 400
"""Runs whose signals count: more than a year of daily looks."""


def previous_look(
    engine: Engine, slug: str, before: datetime, harvested: Harvested | None = None
) -> PreviousLook | None:
    """Return the last complete look at a source strictly before a time, or ``None``.

    Args:
        engine: where it is stored.
        slug: the source.
        before: aware time.
        harvested: what the run to be judged brought home; without it only the look itself is told.
    """
    run, capture = table("run"), table("capture")
    with engine.connect() as connection:
        looks = connection.execute(
            select(run.c.id, run.c.as_of, run.c.code_version, run.c.duplicates)
            .where(run.c.source == slug, run.c.outcome.in_(_COMPLETE), run.c.as_of < before)
            .order_by(run.c.as_of.desc())
            .limit(1 + EARLIER_LOOKS)
        ).all()
        if not looks:
            return None
        look, earlier = looks[0], {each.id: each.as_of for each in looks[1:]}
        words = words_at(connection, slug, look.as_of)
        pages = connection.execute(select(capture.c.url, capture.c.digest).where(capture.c.run_id == look.id))
        previous = PreviousLook(
            as_of=look.as_of,
            refs=frozenset(words),
            page_digests={page.url: page.digest for page in pages},
            code_version=look.code_version,
            duplicates=look.duplicates,
        )
        if harvested is None:
            return previous
        now = {storable(programme.ref): programme.listing_digest for programme in harvested.programmes}
        reworded = frozenset(ref for ref, one in words.items() if now.get(ref, one.digest) != one.digest)
        asked = some_of(reworded, words) | some_of(words.keys() - now.keys(), words)
        return replace(
            previous,
            reworded=reworded,
            said=said_at(connection, look.as_of, asked),
            older=_older(connection, earlier, previous, harvested),
        )


def _older(
    connection: Connection, earlier: Mapping[int, datetime], previous: PreviousLook, harvested: Harvested
) -> dict[str, datetime]:
    """Return the pages that are not what they were, and are what an earlier look got: the time of that look."""
    changed = {page.url: page.digest for page in harvested.pages if previous.page_digests.get(page.url) != page.digest}
    if not changed or not earlier:
        return {}
    capture = table("capture")
    rows = connection.execute(
        select(capture.c.url, capture.c.digest, capture.c.run_id).where(capture.c.run_id.in_(earlier))
    )
    found: dict[str, datetime] = {}
    for url, digest, run_id in rows:
        if changed.get(url) == digest:
            found[url] = max(earlier[run_id], found.get(url, earlier[run_id]))
    return found


def known_pages(engine: Engine, slug: str) -> dict[str, KnownPage]:
    """Return the last archived answer of a host to each URL of a source, whatever became of its run.

    Recordings and captures of others are left out: a host that says "not modified" must mean what it gave us. So are
    pages that failed at the last look: if what is archived of one cannot be read, only a whole answer mends that.

    Of looks before the last complete one, only answers with a new body are read, so that a source is asked as soon
    after years of looks as after two. Of a page that no look has met since, it is then the first answer with that body
    that is told, and not the last.
    """
    run, capture, failure = table("run"), table("capture"), table("page_failure")
    answers = (
        select(*(capture.c[name] for name in _OF_ANSWERS))
        .join(run, run.c.id == capture.c.run_id)
        .where(run.c.source == slug, run.c.origin == Origin.LIVE.value, capture.c.warc_file.is_not(None))
        .order_by(capture.c.at, capture.c.id)
    )
    with engine.connect() as connection:
        recent = _recent_looks(connection, slug)
        if not recent:
            return {}
        since = recent[-1].as_of
        known = {row.url: _known_page(row) for row in _read(connection, answers.where(run.c.as_of >= since))}
        new_bodies = _read(connection, answers.where(run.c.as_of < since, ~capture.c.unchanged))
        before = {row.url: _known_page(row) for row in new_bodies if row.url not in known}
        failed = set(connection.scalars(select(failure.c.url).where(failure.c.run_id == recent[0].id)))
    return {url: page for url, page in (before | known).items() if url not in failed}


def _read(connection: Connection, asked: Select[Any]) -> Iterator[Row[Any]]:
    for part in connection.execution_options(yield_per=AT_ONCE).execute(asked).partitions():
        yield from part
        let_others_run()


def _recent_looks(connection: Connection, slug: str) -> Sequence[Row[Any, Any, Any]]:
    """Return the live runs of a source back to its last complete one, or a few, the latest first."""
    run = table("run")
    looks = connection.execute(
        select(run.c.id, run.c.as_of, run.c.outcome)
        .where(run.c.source == slug, run.c.origin == Origin.LIVE.value)
        .order_by(run.c.as_of.desc())
        .limit(_RECENT_MOST)
    ).all()
    complete = next((number for number, look in enumerate(looks, 1) if look.outcome in _COMPLETE), len(looks))
    return looks[:complete]


def _known_page(row: Sequence[Any]) -> KnownPage:
    url, at, digest, file, offset, length, content_type, etag, last_modified, final_url, status, signal = row
    return KnownPage(
        url=url,
        at=at,
        digest=digest,
        place=ArchivePlace(file=file, offset=offset, length=length),
        content_type=content_type,
        etag=etag,
        last_modified=last_modified,
        final_url=final_url if final_url != url else None,
        status=status,
        signal=signal,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalLook:
    """What the signals of one run of a source said, by kind, and how often they were right (``run.signals``)."""

    as_of: datetime
    signals: Mapping[str, Mapping[str, int]]


def signal_looks(engine: Engine, slug: str, before: datetime) -> tuple[SignalLook, ...]:
    """Return what signals said in the live runs of a source before a time, whatever came of them, the latest first."""
    run = table("run")
    statement = (
        select(run.c.as_of, run.c.signals)
        .where(run.c.source == slug, run.c.origin == Origin.LIVE.value, run.c.as_of < before)
        .order_by(run.c.as_of.desc())
        .limit(SIGNAL_LOOKS_MAX)
    )
    with engine.connect() as connection:
        return tuple(SignalLook(as_of=at, signals=signals) for at, signals in connection.execute(statement))


def last_good_looks(engine: Engine, until: datetime | None = None) -> dict[str, datetime]:
    """Return the time of the last look of each source that has a good one.

    A complete look; of a source that cannot list everything, and so never has one, the last partial look.

    Args:
        engine: where they are stored.
        until: aware time; later looks do not count. A clock that was once ahead leaves looks that are yet to come.
    """
    run, source = table("run"), table("source")
    partial_is_best = source.c.lists_everything.is_(False) & (run.c.outcome == Outcome.PARTIAL.value)
    in_time = true() if until is None else run.c.as_of <= until
    with engine.connect() as connection:
        rows = connection.execute(
            select(run.c.source, func.max(run.c.as_of))
            .join(source, source.c.slug == run.c.source)
            .where(or_(run.c.outcome.in_(_COMPLETE), partial_is_best), in_time)
            .group_by(run.c.source)
        )
        return {row[0]: row[1] for row in rows}


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """A source whose last look failed, was blocked or is suspect: ``as_of`` of the first and the last such in a row."""

    since: datetime
    last: datetime


def sources_in_trouble(engine: Engine) -> dict[str, Trouble]:
    """Return the sources whose last look failed, was blocked or is suspect, and since when without a break.

    Looks made of captures of web archives do not count: they neither end trouble nor begin it.
    """
    run, well = table("run"), table("run").alias("well")
    last_well = (
        select(func.max(well.c.as_of))
        .where(well.c.source == run.c.source, well.c.origin.in_(_OUR_OWN), well.c.outcome.not_in(_FAILING))
        .scalar_subquery()
    )
    statement = (
        select(run.c.source, func.min(run.c.as_of), func.max(run.c.as_of))
        .where(
            run.c.origin.in_(_OUR_OWN), run.c.outcome.in_(_FAILING), or_(last_well.is_(None), run.c.as_of > last_well)
        )
        .group_by(run.c.source)
    )
    with engine.connect() as connection:
        return {slug: Trouble(since=since, last=last) for slug, since, last in connection.execute(statement)}


def run_record(engine: Engine, slug: str, as_of: datetime) -> RunRecord | None:
    """Return the record of the run of a source at a time, or ``None``."""
    with engine.connect() as connection:
        row = stored_run_row(connection, slug, as_of)
    return None if row is None else run_record_of(row)


def suspect_runs(engine: Engine, slug: str) -> tuple[datetime, ...]:
    """Return the times of the runs of a source that wait to be accepted, oldest first."""
    run = table("run")
    waiting = select(run.c.as_of).where(run.c.source == slug, run.c.outcome == Outcome.SUSPECT.value)
    with engine.connect() as connection:
        return tuple(connection.execute(waiting.order_by(run.c.as_of)).scalars())


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRun:
    """How a stored run ended, and by which code it was read."""

    outcome: Outcome
    code_version: str


def stored_runs(engine: Engine, slug: str) -> dict[datetime, StoredRun]:
    """Return the stored runs of a source by their times."""
    run = table("run")
    with engine.connect() as connection:
        rows = connection.execute(select(run.c.as_of, run.c.outcome, run.c.code_version).where(run.c.source == slug))
        return {row.as_of: StoredRun(outcome=Outcome(row.outcome), code_version=row.code_version) for row in rows}


def readings_at(engine: Engine, slug: str, as_of: datetime) -> Readings | None:
    """Return what the run of a source at a time had read of each item, ``None`` if there is no such run."""
    with engine.connect() as connection:
        if stored_run_row(connection, slug, as_of) is None:
            return None
        found: dict[tuple[str, ...], tuple[str, bool]] = {}
        for unit in (PROGRAMME, OFFERING):
            for row in connection.execute(_readings(unit, slug, as_of)):
                key = (row.programme_ref,) if unit is PROGRAMME else (row.programme_ref, row.ref)
                found[key] = (row.facts_digest, row.reread)
    return found


def _readings(unit: Unit, slug: str, as_of: datetime) -> CompoundSelect[tuple[str, str, str, bool]]:
    """Return a select of what a look read, by spans that hold it (complete) or sightings at it (partial)."""
    programme, item, facts = table("programme"), unit.item, unit.table("facts")
    span, sighting = unit.table("span"), unit.table("sighting")
    in_force = (span.c.seen_from <= as_of) & (span.c.seen_until.is_(None) | (span.c.seen_until >= as_of))

    def read(evidence: Table, holds: ColumnElement[bool]) -> Select[tuple[str, str, str, bool]]:
        refs = (programme.c.ref.label("programme_ref"), item.c.ref, facts.c.facts_digest, evidence.c.reread)
        return (
            unit.of_source(evidence, slug)
            .join(facts, facts.c.id == evidence.c.facts_id)
            .where(holds)
            .with_only_columns(*refs, maintain_column_froms=True)
        )

    return read(span, in_force).union_all(read(sighting, sighting.c.at == as_of))
