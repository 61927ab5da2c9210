"""Which sources may be compared between two days, and how far each was covered on one.

A change between two days is measured only where somebody looked near both: on the *matched panel*. The other sources
are told apart by why they are not in it, because each reason is a part of the total change (``trends.change``).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pandas as pd

from trends.frames import Period, checked_looks, end_of
from trends.knowledge import retirements

TOLERANCE_DAYS: Mapping[str, int] = {"daily": 7, "weekly": 14, "monthly": 45, "quarterly": 100}
"""Cadence -> how far a complete look may lie from a day: one cadence, and the time to repeat a failed look."""

MATCHED, STALE, EXIT, ENTRY = "matched", "stale", "exit", "entry"
STATUSES = (MATCHED, STALE, EXIT, ENTRY)
"""In the order in which panels are nested to decompose a change."""

MONTHS_OF_A_QUARTER = 3

COVERAGE_COLUMNS = ("source", "source_kind", "country", "last_complete_look", "age_days", "last_outcome", "state")


def source_statuses(looks: pd.DataFrame, period: Period, *, until: pd.Timestamp | None = None) -> pd.DataFrame:
    """Say of each source whether it is comparable between both ends of a period.

    * ``matched``: two complete looks, one near each end (within ``TOLERANCE_DAYS`` of its cadence, before or after it),
      the later one after the start; what changed between the two looks is what is measured.
    * ``exit``: retired by its end.
    * ``entry``: the first complete look is in the period.
    * ``stale``: anything else; covered at one end only, or at neither.

    Args:
        looks: see ``trends.frames.LOOK_COLUMNS``.
        period: from one day's end to another's.
        until: no look at it or later is used; by default the end of the period ("as known then"). A look soon after an
            end brackets it with the one before, so a source that was not read near an end is lost to neither period.

    Returns:
        One row a source with a look by its end: ``source``, ``source_kind``, ``country`` and ``status``, by source.

    Raises:
        ValueError: if a column is absent, a time is naive, or a cadence is unknown.
    """
    start, end = period.start, period.end
    known = checked_looks(looks, end if until is None else until)
    by_end = known[known["as_of"] < end]
    frame = by_end.drop_duplicates("source", keep="last").set_index("source")
    complete = known[known["counts_absences"] & known["source"].isin(frame.index)]
    tolerance = pd.to_timedelta(_tolerance_days(complete["cadence"]), unit="D")
    is_near_start, is_near_end = ((complete["as_of"] - at).abs() <= tolerance for at in (start, end))

    def times(chosen: pd.Series[Any]) -> Any:
        return complete.loc[chosen, ["source", "as_of"]].groupby("source")["as_of"]

    first = times(complete["as_of"] < end).min().reindex(frame.index)
    one = times(is_near_start).min().reindex(frame.index)
    other = times(is_near_end & (complete["as_of"] >= start)).max().reindex(frame.index)
    status = pd.Series(STALE, index=frame.index, dtype="object")
    status = status.mask((first < start) & (one < other), MATCHED).mask(first >= start, ENTRY)
    status = status.mask(frame.index.isin(retirements(by_end, end).index), EXIT)
    return frame.assign(status=status).reset_index()[["source", "source_kind", "country", "status"]]


def coverage(looks: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """Say how far each source was covered at the end of ``as_of``.

    Args:
        looks: see ``trends.frames.LOOK_COLUMNS``; later looks are left out.
        as_of: the day whose end is meant.

    Returns:
        One row a source with a look by then, by source: ``last_complete_look`` (UTC, NaT if none), ``age_days`` (whole
        days from that look's day to ``as_of``), ``last_outcome`` and ``state``: ``ok``; ``stale`` (the last complete
        look is older than ``TOLERANCE_DAYS`` of its cadence); ``missing`` (there is none: withdrawals cannot be known,
        and what entered is not called new); ``retired`` (the catalogue is no longer served).

    Raises:
        ValueError: if a column is absent, a time is naive, or a cadence is unknown.
    """
    known = checked_looks(looks, end_of(as_of))
    last = known.drop_duplicates("source", keep="last").set_index("source")
    last_complete = known[known["counts_absences"]].groupby("source")["as_of"].max().reindex(last.index)
    age_days = (pd.Timestamp(as_of, tz="UTC") - last_complete.dt.normalize()).dt.days.astype("Int64")
    is_old = (age_days > _tolerance_days(last["cadence"])).fillna(value=False).astype(bool)
    state = pd.Series("ok", index=last.index, dtype="object")
    state = state.mask(is_old, "stale").mask(last_complete.isna(), "missing")
    state = state.mask(last.index.isin(retirements(known, end_of(as_of)).index), "retired")
    frame = last.assign(
        last_complete_look=last_complete, age_days=age_days, last_outcome=last["outcome"], state=state
    ).reset_index()
    return frame[list(COVERAGE_COLUMNS)].sort_values("source", ignore_index=True)


def quarter_days(looks: pd.DataFrame, as_of: date, *, known_at: date | None = None) -> tuple[date, ...]:
    """Return the days before ``as_of`` over which indices are chained to it, in order.

    They are the first days of calendar quarters, so that the chains of all snapshots have the same links: back from
    ``as_of`` as long as a source is matched between each day and the next. The first of them is the base of the chain.
    Looks up to the end of ``known_at`` are used, by default up to that of ``as_of``.

    Raises:
        ValueError: if a column of ``looks`` is absent, a time is naive, or a cadence is unknown.
    """
    days: list[date] = []
    until = end_of(known_at or as_of)
    later, day = as_of, _first_of_quarter(as_of - timedelta(days=1))
    while (source_statuses(looks, Period(day, later), until=until)["status"] == MATCHED).any():
        days.append(day)
        later, day = day, _first_of_quarter(day - timedelta(days=1))
    return tuple(reversed(days))


def _first_of_quarter(day: date) -> date:
    return date(day.year, day.month - (day.month - 1) % MONTHS_OF_A_QUARTER, 1)


def _tolerance_days(cadence: pd.Series[Any]) -> pd.Series[Any]:
    days = cadence.map(TOLERANCE_DAYS)
    if days.isna().any():
        raise ValueError(f"unknown cadence {cadence[days.isna()].iloc[0]!r}; there are: {', '.join(TOLERANCE_DAYS)}")
    return days.astype("int64")
