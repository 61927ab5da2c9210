"""Stored figures: snapshots, their rows, and the series they make. A part of ``models.queries``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pandas as pd
from sqlalchemy import Engine, select, text

from models.frames import frame_of
from models.units import table

NUMBERS = ("value", "low", "high", "missing_share")
_ORDER = "as_of, known_at, period_start, definition, population, unit, panel, cut, cut_value, measure"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredSnapshot:
    """A snapshot as stored, without its rows.

    ``coverage`` has one mapping a source (``trends.method.coverage``), in method 2 with its ``status`` in the period.
    """

    id: str
    as_of: date
    known_at: date
    period_start: date
    definition: str
    method_version: str
    code_version: str
    taken_at: datetime
    coverage: tuple[Mapping[str, Any], ...]


def stored_snapshots(engine: Engine) -> tuple[StoredSnapshot, ...]:
    """Return all snapshots, also those that a later one has taken the place of, in the order they were taken."""
    snapshot = table("snapshot")
    with engine.connect() as connection:
        rows = connection.execute(select(snapshot).order_by(snapshot.c.taken_at)).mappings().all()
    return tuple(StoredSnapshot(**{**row, "coverage": tuple(row["coverage"])}) for row in rows)


def snapshot_rows(engine: Engine, snapshot_id: str) -> pd.DataFrame:
    """Return the figures of one snapshot with its days and its definition; numbers are float64, NaN where none is."""
    return _figures(
        engine,
        "select n.as_of, n.known_at, n.period_start, n.definition, t.* "
        "from trend_row t join snapshot n on n.id = t.snapshot_id where n.id = :snapshot_id",
        {"snapshot_id": snapshot_id},
    )


def trend_frame(engine: Engine, **only: str | date | None) -> pd.DataFrame:
    """Return the view ``trend``, oldest first; numbers are float64, NaN where there is none.

    Args:
        engine: the database.
        only: the value that a column of the view must have; ``None`` for any.
    """
    values = {name: str(value) for name, value in only.items() if value is not None}
    where = " where " + " and ".join(f"{name} = :{name}" for name in values) if values else ""
    return _figures(engine, f"select * from trend{where} order by {_ORDER}", values)  # noqa: S608 - our words; values are bound


def _figures(engine: Engine, sql: str, values: Mapping[str, str]) -> pd.DataFrame:
    with engine.connect() as connection:
        result = connection.execute(text(sql), values)
        rows = frame_of(list(result.keys()), result.all())
    return rows.assign(**{name: pd.to_numeric(rows[name]).astype("float64") for name in NUMBERS})
