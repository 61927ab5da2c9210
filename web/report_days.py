"""Which stored snapshots a report is made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from web.series import Snapshot, periods

DAYS_MOST = 24
"""How many days a report shows of a series; more are thinned evenly, first and last kept."""
MONTHS_OF_A_YEAR = 12


class NotMeasured(ValueError):
    """No stored snapshot is what a report is asked of. The message says how to take one."""


@dataclass(frozen=True, slots=True)
class ReportDays:
    """The snapshots of a report, all of one definition and method.

    ``latest`` is what it speaks of, ``days`` the series that ends with it, oldest first. ``before`` is the snapshot of
    the day on which the period of ``latest`` starts, ``year`` one of the same day whose period is twelve months; either
    is ``None`` where it was not taken. ``left_out`` counts days between that are not shown.
    """

    latest: Snapshot
    days: tuple[Snapshot, ...]
    before: Snapshot | None
    year: Snapshot | None
    left_out: int

    @property
    def first(self) -> Snapshot:
        """The first day of the series."""
        return self.days[0]

    def used(self) -> tuple[Snapshot, ...]:
        """Return every snapshot that a figure is taken from, each once, oldest first."""
        return tuple(dict.fromkeys([*self.days, *(one for one in (self.before, self.year) if one is not None)]))


def report_days(
    snapshots: Sequence[Snapshot], *, definition: str, as_of: date | None = None, known_at: date | None = None
) -> ReportDays:
    """Return what a report of a day is made of.

    Args:
        snapshots: all that are stored (``web.series.all_snapshots``).
        definition: under which definition.
        as_of: the day; the last one measured if ``None``.
        known_at: the day up to whose end looks count, in every snapshot of the series; if ``None`` each day is as known
            at its own end.

    Raises:
        NotMeasured: if there is no such snapshot.
    """
    there = [one for one in snapshots if one.definition == definition]
    newest = max((one.method for one in there), default="")
    known = [one for one in there if one.method == newest and one.known_at == (known_at or one.as_of)]
    day = as_of or max((one.as_of for one in known), default=None)
    of_day = [one for one in known if one.as_of == day]
    if not of_day:
        raise NotMeasured(_refusal(there, definition, day, known_at))
    lengths = periods(known)
    latest = min(of_day, key=lambda one: (lengths.index(one.months), one.period_start))
    by_day = {one.as_of: one for one in known if one.months == latest.months and one.as_of < latest.as_of}
    by_day[latest.as_of] = latest
    days = [by_day[each] for each in sorted(by_day)]
    kept = _thinned(days)
    starts = [one for one in known if one.as_of == latest.period_start]
    years = [one for one in of_day if one.months == MONTHS_OF_A_YEAR and one != latest]
    return ReportDays(
        latest=latest,
        days=kept,
        before=min(starts, key=lambda one: (lengths.index(one.months), one.period_start)) if starts else None,
        year=years[0] if years else None,
        left_out=len(days) - len(kept),
    )


def _thinned(days: Sequence[Snapshot]) -> tuple[Snapshot, ...]:
    if len(days) <= DAYS_MOST:
        return tuple(days)
    step = (len(days) - 1) / (DAYS_MOST - 1)
    return tuple(days[round(place * step)] for place in range(DAYS_MOST))


def _refusal(there: Sequence[Snapshot], definition: str, day: date | None, known_at: date | None) -> str:
    revised = f" --known-at {known_at}" if known_at else ""
    command = f"`microcred snapshot --as-of {day or 'DATE'}{revised} --definition {definition}` takes it"
    if not there:
        return f"nothing was measured under {definition} yet: {command}"
    days = ", ".join(dict.fromkeys(f"{one.as_of} known at {one.known_at}" for one in there[-6:]))
    known = f" known at {known_at}" if known_at else ""
    return f"no snapshot as of {day or 'any day'}{known} under {definition}: {command}; the last ones: {days}"
