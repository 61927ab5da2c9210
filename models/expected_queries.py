"""What a harvest may expect of a source before it asks its host: how large the last look was, what robots.txt said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, func, select

from models.records import Origin, Outcome
from models.units import table

_COMPLETE = tuple(outcome.value for outcome in Outcome if outcome.counts_absences)


@dataclass(frozen=True, slots=True, kw_only=True)
class LastRun:
    """The last live run of a source: ``robots`` is the decision for each host, in words."""

    as_of: datetime
    outcome: str
    reason: str
    listings: int
    robots: Mapping[str, str]


def last_live_runs(engine: Engine) -> dict[str, LastRun]:
    """Return the last live run of each source that has one."""
    run = table("run")
    place = func.row_number().over(partition_by=run.c.source, order_by=run.c.as_of.desc())
    ranked = select(run, place.label("place")).where(run.c.origin == Origin.LIVE.value).subquery()
    with engine.connect() as connection:
        rows = connection.execute(select(ranked).where(ranked.c.place == 1)).all()
    return {
        row.source: LastRun(
            as_of=row.as_of, outcome=row.outcome, reason=row.reason, listings=row.listings, robots=dict(row.robots)
        )
        for row in rows
    }


def pages_of_last_looks(engine: Engine) -> dict[str, int]:
    """Return how many pages the last complete look of each source had that has one."""
    run, capture = table("run"), table("capture")
    last = (
        select(run.c.source, func.max(run.c.as_of).label("as_of"))
        .where(run.c.outcome.in_(_COMPLETE))
        .group_by(run.c.source)
        .subquery()
    )
    pages = (
        select(run.c.source, func.count(capture.c.id))
        .join(last, (last.c.source == run.c.source) & (last.c.as_of == run.c.as_of))
        .join(capture, capture.c.run_id == run.c.id)
        .group_by(run.c.source)
    )
    with engine.connect() as connection:
        return {row[0]: row[1] for row in connection.execute(pages)}
