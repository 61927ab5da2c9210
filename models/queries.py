"""The queries: the only reader of the database. Frames have aware UTC times; see ``models.views`` for their columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import pandas as pd
from sqlalchemy import Engine, Row, func, or_, select

from models.frames import QueryRefused, read_only
from models.records import ArchivePlace, KnownPage, Outcome, PageFailure, PreviousLook, RunRecord
from models.run_rows import run_record_of, stored_run_row
from models.units import table

__all__ = [
    "QueryRefused", "StoredCapture", "StoredRun", "history_frame", "known_pages", "last_good_looks", "looks_frame",
    "previous_look", "read_sql", "run_log", "run_record", "source_health", "stored_run", "suspect_runs", "trend_frame",
]  # fmt: skip

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


def run_log(engine: Engine) -> pd.DataFrame:
    """Return the view ``run_log``, by source and time."""
    return read_sql(engine, "select * from run_log order by source, as_of")


def source_health(engine: Engine) -> pd.DataFrame:
    """Return the view ``source_health``, by source."""
    return read_sql(engine, "select * from source_health order by source")


def trend_frame(engine: Engine) -> pd.DataFrame:
    """Return the view ``trend``: the figures of the latest snapshot of each day and period, oldest first."""
    return read_sql(engine, "select * from trend order by as_of, period_start, unit, panel, cut, cut_value, measure")


def history_frame(engine: Engine, *, unit: str) -> pd.DataFrame:
    """Return every version of every item of a unit, one row each, as ``trends.measures.measure`` wants them.

    Args:
        unit: ``programme`` or ``offering``. The ``kind`` of an offering is that of its programme at that time; so are
            its ``delivery`` and ``price_type`` where it states none itself.

    Raises:
        ValueError: if the unit is unknown.
    """
    if unit not in _HISTORY:
        raise ValueError(f"unknown unit {unit!r}; there are: {', '.join(_HISTORY)}")
    return read_sql(engine, f"{_HISTORY[unit]}\norder by item_id, v.version_number")


_WINDOW = """v.window_number, w.opened_at, w.missed_at, w.withdrawn_at, v.valid_from, v.cause,
  v.valid_from = w.opened_at as is_first_version_of_window"""
_HISTORY = {
    "programme": f"""\
select p.id as item_id, p.source, s.kind as source_kind, s.country, {_WINDOW}, f.kind, f.delivery, f.price_type
from programme_version v
join programme_window w on w.programme_id = v.programme_id and w.window_number = v.window_number
join programme_facts f on f.id = v.facts_id
join programme p on p.id = v.programme_id
join source s on s.slug = p.source""",  # noqa: S608 - our words
    "offering": f"""\
select i.id as item_id, p.source, s.kind as source_kind, s.country, {_WINDOW}, pf.kind,
  coalesce(f.delivery, pf.delivery) as delivery, coalesce(f.price_type, pf.price_type) as price_type
from offering_version v
join offering_window w on w.offering_id = v.offering_id and w.window_number = v.window_number
join offering_facts f on f.id = v.facts_id
join offering i on i.id = v.offering_id
join programme p on p.id = i.programme_id
join source s on s.slug = p.source
join programme_version pv on pv.programme_id = p.id and pv.valid_from <= v.valid_from
  and (pv.valid_to is null or pv.valid_to > v.valid_from)
join programme_facts pf on pf.id = pv.facts_id""",  # noqa: S608 - our words
}


def looks_frame(engine: Engine) -> pd.DataFrame:
    """Return every run of every source as a look, by source and time, as ``trends.measures`` wants them.

    ``counts_absences`` says whether it was a complete look, ``is_first_complete`` whether it was the first such (the
    baseline).
    """
    return read_sql(engine, _LOOKS)


_LOOKS = """\
select r.source, s.kind as source_kind, s.country, r.as_of, r.outcome,
  r.outcome in ('ok', 'unchanged') as counts_absences,
  r.outcome in ('ok', 'unchanged') and not exists (
    select 1 from run e where e.source = r.source and e.as_of < r.as_of and e.outcome in ('ok', 'unchanged')
  ) as is_first_complete
from run r
join source s on s.slug = r.source
order by r.source, r.as_of"""


def read_sql(engine: Engine, sql: str) -> pd.DataFrame:
    """Ask one question in SQL and return its rows; whatever it says, nothing can be written.

    Raises:
        QueryRefused: if it is no single select, tries to write, or has a mistake.
    """
    with engine.connect() as connection:
        return read_only(connection, sql)
