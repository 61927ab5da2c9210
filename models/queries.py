"""The queries: the only reader of the database. Frames have aware UTC times; see ``models.views`` for their columns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
from sqlalchemy import Engine, text

from models.fact_queries import Found, find_programmes
from models.frames import QueryRefused, frame_of, read_only
from models.run_queries import (
    known_pages,
    last_good_looks,
    previous_look,
    run_record,
    suspect_runs,
)  # fmt: skip

__all__ = [
    "Found", "QueryRefused", "find_programmes", "history_frame", "known_pages",
    "last_good_looks", "looks_frame", "open_problems", "previous_look", "problem_groups", "read_sql", "run_log",
    "run_record", "source_health", "suspect_runs", "trend_frame",
]  # fmt: skip


def run_log(engine: Engine) -> pd.DataFrame:
    """Return the view ``run_log``, by source and time."""
    return read_sql(engine, "select * from run_log order by source, as_of")


def source_health(engine: Engine) -> pd.DataFrame:
    """Return the view ``source_health``, by source."""
    return read_sql(engine, "select * from source_health order by source")


def open_problems(engine: Engine, *, source: str | None = None, code: str | None = None) -> pd.DataFrame:
    """Return the view ``open_problem``, by source, field and words; only those of a source or a code if named."""
    where, values = _where(source=source, code=code)
    sql = f"select * from open_problem{where} order by source, stage, field, words, ref"  # noqa: S608 - our words
    return _asked(engine, sql, values)


def problem_groups(engine: Engine, *, source: str | None = None, code: str | None = None) -> pd.DataFrame:
    """Return the words behind open problems: one row a source, field and word, most frequent first.

    Returns:
        Columns ``source, stage, code, field, words, listings`` (how many entries meet it) and ``example`` (a ref).
    """
    where, values = _where(source=source, code=code)
    sql = f"""\
select source, stage, code, field, words, count(distinct ref) as listings, min(ref) as example
from open_problem{where}
group by source, stage, code, field, words
order by listings desc, source, field, words"""  # noqa: S608 - our words; values are bound
    return _asked(engine, sql, values)


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


def _where(**wanted: str | None) -> tuple[str, dict[str, str]]:
    values = {name: value for name, value in wanted.items() if value is not None}
    return (" where " + " and ".join(f"{name} = :{name}" for name in values) if values else ""), values


def _asked(engine: Engine, sql: str, values: Mapping[str, Any]) -> pd.DataFrame:
    """Return the rows of a select of ours with values bound into it."""
    with engine.connect() as connection:
        result = connection.execute(text(sql), values)
        return frame_of(list(result.keys()), result.all())
