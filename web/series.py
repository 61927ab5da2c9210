"""Which snapshots make a series, and which figures there are to choose from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

from models.queries import snapshots_frame, trend_categories
from web.memory import Memory
from web.reach import Reach

DAYS_OF_A_MONTH = 30.44
THEN, LATEST = "then", "latest"
KNOWN = (THEN, LATEST)
"""As known on the day itself, or with all looks since."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A snapshot of a series. ``months`` is the length of its period, rounded."""

    id: str
    as_of: date
    known_at: date
    period_start: date
    definition: str
    method: str

    @property
    def months(self) -> int:
        """The length of the period in months, at least 1."""
        return max(1, round((self.as_of - self.period_start).days / DAYS_OF_A_MONTH))


def all_snapshots(reach: Reach, memory: Memory) -> tuple[Snapshot, ...]:
    """Return all snapshots, the oldest day first."""

    def read() -> tuple[Snapshot, ...]:
        rows = snapshots_frame(reach.engine).itertuples(index=False, name=None)
        return tuple(Snapshot(*row) for row in rows)

    return memory.answer("snapshots", read)


def definitions(snapshots: Sequence[Snapshot]) -> tuple[str, ...]:
    """Return the definitions that there are snapshots of."""
    return tuple(sorted({one.definition for one in snapshots}))


def periods(snapshots: Sequence[Snapshot]) -> tuple[int, ...]:
    """Return the lengths of period in months that there are snapshots of; the most frequent first."""
    found = Counter(one.months for one in snapshots)
    return tuple(sorted(found, key=lambda months: (-found[months], months)))


def series(snapshots: Sequence[Snapshot], *, definition: str, months: int, known: str = THEN) -> tuple[Snapshot, ...]:
    """Return one snapshot a day, oldest first, of one definition, length of period and method: the newest method.

    With ``known`` as ``then`` only looks up to the day count in each, with ``latest`` all looks up to the last day
    that it was measured again with.
    """
    fitting = [one for one in snapshots if one.definition == definition and one.months == months]
    newest = max((one.method for one in fitting), default="")
    by_day: dict[date, Snapshot] = {}
    for one in sorted(fitting, key=lambda each: (each.as_of, each.known_at, each.period_start)):
        if one.method == newest and (known == LATEST or one.known_at == one.as_of):
            by_day[one.as_of] = one
    return tuple(by_day[day] for day in sorted(by_day))


def figures_of(reach: Reach, memory: Memory, snapshot: Snapshot) -> pd.DataFrame:
    """Return which figures a snapshot holds (``models.queries.trend_categories``)."""
    return memory.answer(("figures", snapshot.id), lambda: trend_categories(reach.engine, snapshot.id))
