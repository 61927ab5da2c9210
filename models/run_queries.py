"""What the runs of a source left behind, as records: what a harvest asks before it writes.

A part of ``models.queries`` that needs no frames, so that a harvest starts without loading them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, Row, func, or_, select

from models.records import ArchivePlace, KnownPage, Outcome, PageFailure, PreviousLook, RunRecord
from models.run_rows import run_record_of, stored_run_row
from models.units import table

_COMPLETE = tuple(outcome.value for outcome in Outcome if outcome.counts_absences)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredCapture:
    """A page of a stored run and where its body lies."""

    url: str
    final_url: str
    at: datetime
    status: int
    content_type: str
    digest: str
    place: ArchivePlace


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRun:
    """What a stored run fetched, in the order of the walk: enough to read its pages again from the archive."""

    captures: tuple[StoredCapture, ...]
    failures: tuple[PageFailure, ...]
    robots: Mapping[str, str]
    incomplete: tuple[str, ...]


def previous_look(engine: Engine, slug: str, before: datetime) -> PreviousLook | None:
    """Return the last complete look at a source strictly before a time, or ``None``."""
    run, capture, span, programme = (table(name) for name in ("run", "capture", "programme_span", "programme"))
    with engine.connect() as connection:
        look = connection.execute(
            select(run.c.id, run.c.as_of, run.c.code_version)
            .where(run.c.source == slug, run.c.outcome.in_(_COMPLETE), run.c.as_of < before)
            .order_by(run.c.as_of.desc())
            .limit(1)
        ).one_or_none()
        if look is None:
            return None
        refs = connection.execute(
            select(programme.c.ref)
            .join(span, span.c.programme_id == programme.c.id)
            .where(programme.c.source == slug, span.c.seen_from <= look.as_of)
            .where(or_(span.c.seen_until.is_(None), span.c.seen_until >= look.as_of))
        ).scalars()
        pages = connection.execute(select(capture.c.url, capture.c.digest).where(capture.c.run_id == look.id))
        return PreviousLook(
            as_of=look.as_of,
            refs=frozenset(refs),
            page_digests={page.url: page.digest for page in pages},
            code_version=look.code_version,
        )


def known_pages(engine: Engine, slug: str) -> dict[str, KnownPage]:
    """Return the last archived capture of each URL of a source, whatever became of its run."""
    run, capture = table("run"), table("capture")
    latest = func.row_number().over(partition_by=capture.c.url, order_by=(capture.c.at.desc(), capture.c.id.desc()))
    ranked = (
        select(capture, latest.label("place_in_time"))
        .join(run, run.c.id == capture.c.run_id)
        .where(run.c.source == slug, capture.c.warc_file.is_not(None))
        .subquery()
    )
    with engine.connect() as connection:
        rows = connection.execute(select(ranked).where(ranked.c.place_in_time == 1)).all()
    return {
        row.url: KnownPage(
            url=row.url,
            at=row.at,
            digest=row.digest,
            place=_place(row),
            content_type=row.content_type,
            etag=row.etag,
            last_modified=row.last_modified,
        )
        for row in rows
    }


def last_good_looks(engine: Engine) -> dict[str, datetime]:
    """Return the time of the last look of each source that has a good one.

    A complete look; of a source that cannot list everything, and so never has one, the last partial look.
    """
    run, source = table("run"), table("source")
    partial_is_best = source.c.lists_everything.is_(False) & (run.c.outcome == Outcome.PARTIAL.value)
    with engine.connect() as connection:
        rows = connection.execute(
            select(run.c.source, func.max(run.c.as_of))
            .join(source, source.c.slug == run.c.source)
            .where(or_(run.c.outcome.in_(_COMPLETE), partial_is_best))
            .group_by(run.c.source)
        )
        return {row[0]: row[1] for row in rows}


def run_record(engine: Engine, slug: str, as_of: datetime) -> RunRecord | None:
    """Return the record of the run of a source at a time, or ``None``."""
    with engine.connect() as connection:
        row = stored_run_row(connection, slug, as_of)
    return None if row is None else run_record_of(row)


def stored_run(engine: Engine, slug: str, as_of: datetime) -> StoredRun:
    """Return what the run of a source at a time fetched.

    Raises:
        LookupError: if there is no such run, or a page of it was not archived.
    """
    capture, failure = table("capture"), table("page_failure")
    with engine.connect() as connection:
        run = stored_run_row(connection, slug, as_of)
        if run is None:
            raise LookupError(f"no run of {slug} at {as_of:%Y-%m-%dT%H:%M:%SZ}")
        pages = connection.execute(
            select(capture).where(capture.c.run_id == run["id"]).order_by(capture.c.position)
        ).all()
        failed = connection.execute(select(failure).where(failure.c.run_id == run["id"]).order_by(failure.c.id)).all()
    return StoredRun(
        captures=tuple(
            StoredCapture(
                url=page.url,
                final_url=page.final_url,
                at=page.at,
                status=page.status,
                content_type=page.content_type,
                digest=page.digest,
                place=_place(page),
            )
            for page in pages
        ),
        failures=tuple(PageFailure(url=f.url, at=f.at, reason=f.reason, status=f.status) for f in failed),
        robots=dict(run["robots"]),
        incomplete=tuple(run["incomplete"]),
    )


def _place(row: Row[tuple[object, ...]]) -> ArchivePlace:
    if row.warc_file is None or row.warc_offset is None or row.warc_length is None:
        raise LookupError(f"{row.url}: the page was not archived")
    return ArchivePlace(file=row.warc_file, offset=row.warc_offset, length=row.warc_length)


def suspect_runs(engine: Engine, slug: str) -> tuple[datetime, ...]:
    """Return the times of the runs of a source that wait to be accepted, oldest first."""
    run = table("run")
    waiting = select(run.c.as_of).where(run.c.source == slug, run.c.outcome == Outcome.SUSPECT.value)
    with engine.connect() as connection:
        return tuple(connection.execute(waiting.order_by(run.c.as_of)).scalars())
