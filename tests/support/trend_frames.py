"""Small frames for the tests of trends, written by hand: versions of listings, and looks."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pandas as pd

from trends.categories import categorise
from trends.frames import CHANGE_COLUMNS, HISTORY_COLUMNS, LOOK_COLUMNS, Period
from trends.knowledge import known_by
from trends.tallies import FLOWS
from trends.views import View, nested_views, table

RECORD = ("stock_start", "stock", "missing", "stock_low", "stock_high")
KINDS = {"alpha": "institution", "beta": "commercial_platform", "gamma": "register"}
COUNTRIES = {"alpha": "BE", "beta": "US", "gamma": "NZ"}


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def version(item: int, opened: str, **others: Any) -> dict[str, Any]:
    """Return a version of a listing of ``alpha``; times may be given as text."""
    source = others.get("source", "alpha")
    row: dict[str, Any] = dict.fromkeys(HISTORY_COLUMNS) | {
        "item_id": item,
        "programme_key": f"p{item}",
        "credential_id": f"c{item}",
        "source": source,
        "source_kind": KINDS.get(source, "institution"),
        "country": COUNTRIES.get(source, "BE"),
        "ref": f"r{item}",
        "window_number": 1,
        "opened_at": opened,
        "valid_from": opened,
        "cause": "look",
        "is_first_version_of_window": True,
        "kind": "course",
        "delivery": "online",
        "price_type": "paid",
        "mc_class": "core",
        "development_modes": ("unknown",),
    }
    row |= others
    times = ("seen_not_before", "opened_at", "last_seen_at", "missed_at", "withdrawn_at", "valid_from")
    return row | {name: at(row[name]) if isinstance(row[name], str) else row[name] for name in times}


def gone(last_seen: str, missed: str, withdrawn: str | None = None) -> dict[str, Any]:
    """Return the times of a window that ended, or that one look has missed."""
    return {"last_seen_at": last_seen, "missed_at": missed, "withdrawn_at": withdrawn}


def later(valid_from: str, **others: Any) -> dict[str, Any]:
    """Return what makes a version a later one of its window."""
    return {"valid_from": valid_from, "is_first_version_of_window": False, **others}


def history(*rows: dict[str, Any]) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=[*HISTORY_COLUMNS, *({"price_period"} & {k for r in rows for k in r})])


def looks(*rows: tuple[str, str, str], cadence: str = "weekly", retired: dict[str, date] | None = None) -> pd.DataFrame:
    """Return looks: (source, time, outcome)."""
    return pd.DataFrame(
        [
            (
                s,
                KINDS.get(s, "institution"),
                COUNTRIES.get(s, "BE"),
                cadence,
                at(when),
                o,
                o in {"ok", "unchanged"},
                (retired or {}).get(s),
            )
            for s, when, o in rows
        ],
        columns=list(LOOK_COLUMNS),
    )


def every_week(source: str, first: str, last: str) -> list[tuple[str, str, str]]:
    """Return complete looks at a source, one a week."""
    return [(source, str(day), "ok") for day in pd.date_range(first, last, freq="7D")]


def no_changes() -> pd.DataFrame:
    return pd.DataFrame(columns=list(CHANGE_COLUMNS)).assign(at=pd.to_datetime([], utc=True))


def views_of(
    frame: pd.DataFrame,
    seen: pd.DataFrame,
    period: tuple[str, str],
    *,
    unit: str = "listing",
    known_at: str | None = None,
    absences: pd.DataFrame | None = None,
) -> tuple[dict[str, View], Any]:
    """Return the nested views of a unit over a period (day, day), and the categories."""
    start, end = (date.fromisoformat(day) for day in period)
    known = known_by(
        frame, seen, as_of=end, known_at=date.fromisoformat(known_at) if known_at else end, absences=absences
    )
    categories = categorise(known.versions)
    return dict(nested_views(known, categories, unit, Period(start, end))), categories


def counts(
    frame: pd.DataFrame,
    seen: pd.DataFrame,
    period: tuple[str, str],
    *,
    cut: str = "total",
    population: str = "all",
    panel: str = "entry",
    **others: Any,
) -> pd.DataFrame:
    """Return the counts by category on a nested panel: ``entry`` has all sources, ``matched`` the matched ones."""
    views, categories = views_of(frame, seen, period, **others)
    return table(views[panel], categories, cut, population)


def total(frame: pd.DataFrame, seen: pd.DataFrame, period: tuple[str, str], **others: Any) -> dict[str, int]:
    """Return the counts of the record and its bounds, of the total, that are not 0."""
    row = counts(frame, seen, period, **others).iloc[0]
    return {name: int(row[name]) for name in (*RECORD, *FLOWS) if row[name]}
