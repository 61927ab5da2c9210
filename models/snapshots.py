"""Snapshots as rows: figures of a day, known by a digest of everything they hold."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pandas as pd
from sqlalchemy import Connection, and_, insert, select, update

from models.bulk import insert_rows
from models.units import table

_KEY = ("population", "unit", "panel", "cut", "cut_value", "measure")
_FIGURE = (
    *_KEY, "value", "low", "high", "n", "missing_share", "sources_ok", "sources_stale", "sources_missing",
)  # fmt: skip
_SERIES = ("as_of", "known_at", "period_start", "definition")
"""Of what the snapshot taken last is shown."""
_TICK = timedelta(microseconds=1)
"""So that no two snapshots of a series were taken at once."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A snapshot ready to be stored: its id, the columns of its row, and its figures."""

    id: str
    facts: Mapping[str, Any]
    figures: list[dict[str, Any]]


def snapshot_of(facts: Mapping[str, Any], rows: pd.DataFrame, coverage: pd.DataFrame) -> Snapshot:
    """Return the snapshot of figures; the same figures, coverage and facts give the same id.

    Args:
        facts: ``as_of``, ``known_at``, ``period_start``, ``definition``, ``method_version`` and ``code_version``.
        rows: figures, one row each; the columns of ``trend_row``.
        coverage: how far each source was covered, one row a source.
    """
    figures = sorted(_records(rows[list(_FIGURE)]), key=lambda row: [str(row[name]) for name in _KEY])
    whole = {**facts, "coverage": json.loads(json.dumps(_records(coverage), default=str))}
    content = json.dumps([whole, figures], sort_keys=True, default=str, ensure_ascii=False)
    return Snapshot(hashlib.sha256(content.encode()).hexdigest()[:16], whole, figures)


def store_snapshot(connection: Connection, taken: Snapshot) -> None:
    """Store a snapshot unless it is the latest of its days already; an earlier one that holds again is the latest."""
    snapshot, facts = table("snapshot"), taken.facts
    of_series = and_(*(snapshot.c[name] == facts[name] for name in _SERIES))
    known = {
        row.id: row.taken_at for row in connection.execute(select(snapshot.c.id, snapshot.c.taken_at).where(of_series))
    }
    latest = max(known, key=lambda one: known[one], default=None)
    if latest == taken.id:
        return
    taken_at = max([datetime.now(UTC), *(at + _TICK for at in known.values())])
    if taken.id in known:
        connection.execute(update(snapshot).where(snapshot.c.id == taken.id).values(taken_at=taken_at))
        return
    connection.execute(insert(snapshot).values(id=taken.id, taken_at=taken_at, **facts))
    insert_rows(connection, table("trend_row"), [{"snapshot_id": taken.id, **row} for row in taken.figures])


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a frame as plain values; not-a-number and not-a-time are ``None``."""
    return [{str(name): _plain(value) for name, value in row.items()} for row in frame.to_dict(orient="records")]


def _plain(value: Any) -> Any:
    if pd.isna(value):
        return None
    if isinstance(value, pd.Timestamp):
        return value.isoformat()
    return value.item() if hasattr(value, "item") else value
