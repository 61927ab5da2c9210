"""Stored trends for the commands: the headline, series of figures, and why two snapshots differ."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from flows.measuring import History, history_of, measured_of
from flows.observatory import Observatory
from models.classification_tables import DEFAULT_DEFINITION
from models.queries import StoredSnapshot, snapshot_rows, stored_snapshots, trend_frame
from trends.differences import differences
from trends.method import CHANGES, METHOD_VERSION, ROW_KEY

UNIT = "credential"
"""What is counted unless something else is asked for: listings count twice what is listed twice."""
POPULATION = "all"
ALL, MATCHED, TOTAL = "all", "matched", "total"
DAYS = ("as_of", "known_at", "period_start")
SOURCES = ("sources_ok", "sources_stale", "sources_missing")
HEADLINE_COLUMNS = (
    *DAYS, "stock", "stock_low", "stock_high", "growth", "growth_low", "growth_high", *CHANGES, *SOURCES,
)  # fmt: skip
SOURCE_COLUMNS = ("source", "source_kind", "before", "after", "in_the_period")


@dataclass(frozen=True, slots=True)
class Explained:
    """Why the stocks of two snapshots differ.

    ``rows`` are those of ``trends.differences.differences``; ``sources`` has one row a source that was not simply
    covered: its state in both snapshots, and what it was in the period of the later one. ``is_computed_again`` says
    whether the earlier one could be computed again by what the later one was made with, so that links and rules are
    told apart from what became known later.
    """

    before: StoredSnapshot
    after: StoredSnapshot
    rows: pd.DataFrame
    sources: pd.DataFrame
    is_computed_again: bool


def headline(rows: pd.DataFrame, *, unit: str = UNIT, population: str = POPULATION) -> pd.DataFrame:
    """Return the figures to read first, one row a snapshot: stock with bounds, growth, and the change taken apart.

    Args:
        rows: figures of snapshots (the view ``trend``, or ``trends.method.TREND_COLUMNS``).
        unit: what is counted.
        population: of which classes.

    Returns:
        Columns ``HEADLINE_COLUMNS``. ``growth`` is a share, on the matched panel; the change is that of all sources,
        and so are the counts of sources.
    """
    total = rows[(rows["unit"] == unit) & (rows["population"] == population) & (rows["cut"] == TOTAL)]
    everything, matched = total[total["panel"] == ALL], total[total["panel"] == MATCHED]
    stock = everything[everything["measure"] == "stock"].set_index(list(DAYS))
    growth = matched[matched["measure"] == "growth"].set_index(list(DAYS))
    changes = everything[everything["measure"].isin(CHANGES)]
    found = pd.DataFrame(
        {
            **{f"stock{end}": stock[of] for end, of in _BOUNDS.items()},
            **{f"growth{end}": growth[of].reindex(stock.index) for end, of in _BOUNDS.items()},
            **{name: changes[changes["measure"] == name].set_index(list(DAYS))["value"] for name in CHANGES},
            **{name: stock[name] for name in SOURCES},
        }
    )
    return found.reset_index()[list(HEADLINE_COLUMNS)]


_BOUNDS = {"": "value", "_low": "low", "_high": "high"}


def stored_series(observatory: Observatory, **only: str | date | None) -> pd.DataFrame:
    """Return stored figures of today's method, oldest first.

    Args:
        observatory: where they are stored.
        only: the value that a column of the view ``trend`` must have; ``None`` for any.

    Raises:
        ValueError: if there are none; the message says how to get them.
    """
    rows = trend_frame(observatory.engine, method_version=METHOD_VERSION, **only)
    if rows.empty:
        wanted = ", ".join(f"{name} {value}" for name, value in only.items() if value is not None)
        raise ValueError(f"no stored snapshot has figures of {wanted}; {_known(stored_snapshots(observatory.engine))}")
    return rows


def _known(snapshots: Sequence[StoredSnapshot]) -> str:
    """Say which snapshots there are, or how to take one."""
    of_today = [one for one in snapshots if one.method_version == METHOD_VERSION]
    if not of_today:
        older = f" ({len(snapshots)} of an older method are left out)" if snapshots else ""
        return f"there is no snapshot{older}: `microcred snapshot --as-of DATE` takes one"
    days = ", ".join(sorted({f"{one.as_of} under {one.definition}" for one in of_today}))
    return f"there are snapshots as of {days}; `microcred snapshot --as-of DATE` takes others"


# --------------------------------------------------------------------------------------
# Why two snapshots differ
# --------------------------------------------------------------------------------------


def explain(observatory: Observatory, before: str, after: str, *, definition: str = DEFAULT_DEFINITION) -> Explained:
    """Explain every stock of a snapshot by that of an earlier one, without a remainder.

    Args:
        observatory: where both are stored.
        before: id of a snapshot (or its beginning), or its day.
        after: the same of one that begins where the earlier one ended, or of one of the same day known later.
        definition: which snapshots are meant if days are given.

    Raises:
        ValueError: if one is not found, or they do not follow each other; the message says which to take.
    """
    stored = stored_snapshots(observatory.engine)
    earlier = _found(stored, before, definition)
    later = _found(stored, after, definition, follows=earlier)
    _refuse_unlike(earlier, later)
    earlier_rows, later_rows = (snapshot_rows(observatory.engine, one.id) for one in (earlier, later))
    # Only what the later one was made with tells what links and rules have changed since the earlier one.
    history = history_of(observatory, definition=later.definition)
    holds = _same_figures(_again(history, later), later_rows)
    again = _again(history, earlier) if holds else None
    return Explained(
        before=earlier,
        after=later,
        rows=differences(earlier_rows, later_rows, again=again),
        sources=_sources(earlier, later),
        is_computed_again=holds,
    )


def _found(
    stored: Sequence[StoredSnapshot], words: str, definition: str, *, follows: StoredSnapshot | None = None
) -> StoredSnapshot:
    """Return the snapshot that words name.

    Of several of one day it is the one that follows; then one as known then; then the one taken last.
    """
    try:
        day = date.fromisoformat(words)
    except ValueError:
        return _by_id(stored, words)
    of_day = [one for one in stored if one.as_of == day and one.definition == definition]
    if follows is not None:
        of_day = [one for one in of_day if _follows(follows, one)]
    if not of_day:
        since = f" --period-start {follows.as_of}" if follows is not None else ""
        raise ValueError(
            f"there is no such snapshot as of {day} under {definition}: take it with "
            f"`microcred snapshot --as-of {day}{since} --definition {definition}`"
        )
    as_known_then = [one for one in of_day if one.known_at == one.as_of]
    return (as_known_then or of_day)[-1]


def _by_id(stored: Iterable[StoredSnapshot], words: str) -> StoredSnapshot:
    found = [one for one in stored if one.id.startswith(words)]
    if len(found) != 1:
        number = "no snapshot has" if not found else f"{len(found)} snapshots have"
        raise ValueError(f"{number} an id that begins with {words!r}; name an id, or a day as 2026-10-31")
    return found[0]


def _follows(before: StoredSnapshot, after: StoredSnapshot) -> bool:
    if after.as_of == before.as_of:
        return after.known_at > before.known_at
    return after.period_start == before.as_of


def _refuse_unlike(before: StoredSnapshot, after: StoredSnapshot) -> None:
    if not _follows(before, after):
        raise ValueError(
            f"{after.id} does not begin where {before.id} ended ({before.as_of}), but on {after.period_start}: take "
            f"`microcred snapshot --as-of {after.as_of} --period-start {before.as_of} --definition {before.definition}`"
        )
    if before.definition != after.definition:
        raise ValueError(f"the two are under different definitions: {before.definition} and {after.definition}")
    for one in (before, after):
        if one.method_version != METHOD_VERSION:
            raise ValueError(f"{one.id} is of method {one.method_version}, whose figures are another series")


def _again(history: History, taken: StoredSnapshot) -> pd.DataFrame:
    return measured_of(history, taken.as_of, taken.period_start, known_at=taken.known_at).rows


def _same_figures(one: pd.DataFrame, other: pd.DataFrame) -> bool:
    left, right = (of.set_index(list(ROW_KEY))["value"].sort_index() for of in (one, other))
    return left.index.tolist() == right.index.tolist() and np.array_equal(left, right, equal_nan=True)


def _sources(before: StoredSnapshot, after: StoredSnapshot) -> pd.DataFrame:
    """Return the sources that were not simply covered: matched in the period, and ok at its end."""
    was: Mapping[str, str] = {str(one["source"]): str(one["state"]) for one in before.coverage}
    rows = [
        {
            "source": one["source"],
            "source_kind": one["source_kind"],
            "before": was.get(str(one["source"])),
            "after": one["state"],
            "in_the_period": one.get("status"),
        }
        for one in after.coverage
        if (one.get("status"), one["state"]) != ("matched", "ok")
    ]
    return pd.DataFrame(rows, columns=list(SOURCE_COLUMNS))
