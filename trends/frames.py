"""The frames that the measures are made from: their columns, and what makes them acceptable.

``history`` has one row a version of an item, ``looks`` one row a run of a source, ``changes`` one row a field that a
version changed. Times are aware; a naive time is refused, because a database that dropped the zone would shift days.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pandas as pd

UNKNOWN = "unknown"

WINDOW_KEY = ("item_id", "window_number")
IDENTITY = ("programme_key", "credential_id", "source", "source_kind", "country", "ref")
WINDOW_TIMES = ("seen_not_before", "opened_at", "last_seen_at", "missed_at", "withdrawn_at")
STATED = (
    "kind", "delivery", "price_type", "price_amount", "price_currency", "price_eur", "mc_class", "development_modes",
    "isced_broad", "eqf_level", "platform_level", "language", "ects", "workload_hours", "awarder_id", "awarder_kind",
    "awarder_country",
)  # fmt: skip
"""What a version states or is classified as; ``None`` where nothing tells."""
HISTORY_COLUMNS = (
    *WINDOW_KEY, *IDENTITY, *WINDOW_TIMES, "valid_from", "cause", "is_first_version_of_window", *STATED,
)  # fmt: skip
OPTIONAL_HISTORY_COLUMNS = ("price_period",)
"""The time a recurring price is for; without the column all prices are taken to be for the same."""
LOOK_COLUMNS = ("source", "source_kind", "country", "cadence", "as_of", "outcome", "counts_absences", "retired")
CHANGE_COLUMNS = ("item_id", "at", "field")
ABSENCE_COLUMNS = ("item_id", "window_number", "last_seen_at", "missed_at", "seen_again_at")

NUMBERS = ("price_amount", "price_eur", "ects", "workload_hours")


def end_of(day: date) -> pd.Timestamp:
    """Return the midnight (UTC) that ends a day; what happens at it belongs to the next day."""
    return pd.Timestamp(datetime.combine(day + timedelta(days=1), time(), UTC))


@dataclass(frozen=True, slots=True)
class Period:
    """The time after the end of the day ``period_start`` until the end of the day ``as_of`` (UTC).

    Raises:
        ValueError: if it does not end after it starts.
    """

    period_start: date
    as_of: date

    def __post_init__(self) -> None:
        if self.period_start >= self.as_of:
            raise ValueError(f"the period must start before it ends: {self.period_start} is not before {self.as_of}")

    @property
    def start(self) -> pd.Timestamp:
        """The midnight that it begins with."""
        return end_of(self.period_start)

    @property
    def end(self) -> pd.Timestamp:
        """The midnight before which it ends."""
        return end_of(self.as_of)


def checked_history(history: pd.DataFrame) -> pd.DataFrame:
    """Return the versions once each, times in UTC, by item, window and time.

    ``seen_not_before`` is the last complete look of the source without the item, NaT for the baseline; the item came
    after it and no later than ``opened_at``. ``last_seen_at`` is NaT while the latest complete look saw it.
    ``missed_at`` is the first complete look without it since, ``withdrawn_at`` the next on another UTC day.

    Raises:
        ValueError: if a column is absent, a time is naive, or the history contradicts itself (two versions of a window
            begin at once, the versions of a window disagree on it, an item has two open windows).
    """
    require(history, HISTORY_COLUMNS, "history")
    times = [*WINDOW_TIMES, "valid_from"]
    optional = {name: history.get(name) for name in OPTIONAL_HISTORY_COLUMNS}
    numbers = {name: pd.to_numeric(history[name]).astype("float64") for name in NUMBERS}
    versions = history[list(HISTORY_COLUMNS)].assign(
        **{name: in_utc(history[name], name) for name in times}, **numbers, **optional
    )
    key = [*WINDOW_KEY, "valid_from"]
    if versions.duplicated(key).any():
        versions = versions.drop_duplicates()
    versions = versions.sort_values(key, ignore_index=True)
    twice = versions.duplicated(key)
    if twice.any():
        raise ValueError(f"two versions of one window begin at once: item {versions.loc[twice, 'item_id'].iloc[0]!r}")
    _refuse_contradictions(versions)
    return versions


def _refuse_contradictions(versions: pd.DataFrame) -> None:
    same = ~_starts(versions, WINDOW_KEY)
    facts = versions[["source", *WINDOW_TIMES]]
    before = facts.shift()
    differ = ((facts != before) & (facts.notna() | before.notna())).any(axis="columns") & same
    if differ.any():
        raise ValueError(f"the versions of one window disagree on it: item {versions.loc[differ, 'item_id'].iloc[0]!r}")
    windows = versions[~same]
    open_twice = windows.loc[windows["withdrawn_at"].isna(), "item_id"].duplicated()
    if open_twice.any():
        raise ValueError(f"an item has two open windows: {windows.loc[open_twice[open_twice].index[0], 'item_id']!r}")


def _starts(frame: pd.DataFrame, key: Sequence[str]) -> pd.Series[Any]:
    """Return whether each row of a sorted frame has another key than the row before."""
    columns = frame[list(key)]
    return (columns != columns.shift()).any(axis="columns")


def checked_looks(looks: pd.DataFrame, until: pd.Timestamp) -> pd.DataFrame:
    """Return the looks before ``until``, by source and time; ``retired`` as the midnight (UTC) that begins the day.

    Raises:
        ValueError: if a column is absent or a time is naive.
    """
    require(looks, LOOK_COLUMNS, "looks")
    retired = pd.to_datetime(looks["retired"], utc=True).astype("datetime64[us, UTC]")
    known = looks.assign(
        as_of=in_utc(looks["as_of"], "as_of"), counts_absences=looks["counts_absences"].astype(bool), retired=retired
    )
    return known[known["as_of"] < until].sort_values(["source", "as_of"], kind="stable", ignore_index=True)


def require(frame: pd.DataFrame, columns: Sequence[str], what: str) -> None:
    """Refuse a frame without one of the columns.

    Raises:
        ValueError: naming those that are absent.
    """
    absent = [name for name in columns if name not in frame.columns]
    if absent:
        raise ValueError(f"{what}: no column {', '.join(absent)}")


def in_utc(column: pd.Series[Any], name: str) -> pd.Series[Any]:
    """Return aware times in UTC, to the microsecond.

    Raises:
        ValueError: if one is naive.
    """
    if column.dtype == "object":
        naive = any(value.tzinfo is None for value in column.dropna())
    else:
        naive = bool(column.notna().any()) and getattr(column.dt, "tz", None) is None
    if naive:
        raise ValueError(f"{name}: times without a time zone")
    return pd.to_datetime(column, utc=True).astype("datetime64[us, UTC]")
