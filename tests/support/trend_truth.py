"""Catalogues with known lives, looks that fail or overlook, and how near the measured growth comes to the true one.

``table()`` computes the table of docs/methodology.md ("How near to the truth"), which takes some minutes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
import pandas as pd
from trend_frames import at, history, looks, version

from trends.categories import categorise
from trends.change import growth
from trends.frames import ABSENCE_COLUMNS, Period
from trends.knowledge import known_by
from trends.panels import MATCHED, source_statuses
from trends.views import matched_view
from trends.views import table as counted

FIRST_DAY = date(2023, 1, 1)
DAYS = 760
QUARTER_DAYS = 91
GAP_DAYS = {"weekly": 7, "monthly": 30, "quarterly": 91}
CATALOGUES = tuple(f"s{number}" for number in range(8))
OVERLOOKED = 0.01
"""Share of what is listed that a look overlooks."""


@dataclass(frozen=True)
class Catalogues:
    """Invented catalogues: when each item was born and died (days after ``FIRST_DAY``), and what looks made of it."""

    born: np.ndarray
    died: np.ndarray
    source: np.ndarray
    versions: pd.DataFrame
    looks: pd.DataFrame
    absences: pd.DataFrame

    def listed(self, day: date, sources: Sequence[str]) -> int:
        """How many items the sources truly list at the end of a day."""
        moment = (day - FIRST_DAY).days + 1
        return int(((self.born <= moment) & (self.died > moment) & np.isin(self.source, sources)).sum())


def invent(
    seed: int, cadence: str, *, mean_life_days: float, failing: float, items: int = 2100, wave: int | None = None
) -> Catalogues:
    """Return catalogues whose items are born at a steady rate and live exponentially long.

    Args:
        failing: share of the looks that fail and are not there.
        wave: number of a look that overlooks a third of what each catalogue lists, as if nothing were wrong.
    """
    rng = np.random.default_rng(seed)
    born = rng.uniform(-400, DAYS, items)
    died = born + rng.exponential(mean_life_days, items)
    source = rng.choice(CATALOGUES, items)
    gap = GAP_DAYS[cadence]
    days = {
        name: [d for d in range(int(rng.integers(0, min(gap, 20))), DAYS, gap) if rng.random() > failing]
        for name in CATALOGUES
    }
    rows: list[dict[str, object]] = []
    absences: list[tuple[int, int, datetime, datetime, datetime]] = []
    for item in range(items):
        shares = [1 / 3 if place == wave else OVERLOOKED for place in range(len(days[source[item]]))]
        missed = rng.random(len(shares)) < shares
        seen = [
            born[item] <= day < died[item] and not overlooked
            for day, overlooked in zip(days[source[item]], missed, strict=True)
        ]
        rows += list(_windows(item, str(source[item]), days[source[item]], seen, absences))
    runs = [(name, str(_day(d)), "ok") for name in CATALOGUES for d in days[name]]
    return Catalogues(born, died, source, history(*rows), looks(*runs, cadence=cadence), _frame(absences))


def _day(number: int) -> date:
    return FIRST_DAY + timedelta(days=int(number))


def _frame(absences: list[tuple[int, int, datetime, datetime, datetime]]) -> pd.DataFrame:
    frame = pd.DataFrame(absences, columns=list(ABSENCE_COLUMNS))
    return frame.assign(**{name: pd.to_datetime(frame[name], utc=True) for name in ABSENCE_COLUMNS[2:]})


def _windows(
    item: int,
    source: str,
    days: list[int],
    seen: list[bool],
    absences: list[tuple[int, int, datetime, datetime, datetime]],
) -> Iterator[dict[str, object]]:
    """Yield the windows of an item, withdrawn by two looks in a row without it; note absences of a single look."""
    number, place = 0, 0
    while True in seen[place:]:
        number, opened = number + 1, seen.index(True, place)
        last = opened
        for place in range(opened + 1, len(days)):
            if seen[place]:
                if place - last == 2:
                    absences.append((item, number, *(at(str(_day(days[p]))) for p in (last, last + 1, place))))
                last = place
            elif place - last == 2:
                break
        gone = [str(_day(d)) for d in days[last + 1 : last + 3]]
        yield version(
            item,
            str(_day(days[opened])),
            source=source,
            window_number=number,
            seen_not_before=str(_day(days[opened - 1])) if opened else None,
            last_seen_at=str(_day(days[last])),
            missed_at=gone[0] if gone else None,
            withdrawn_at=gone[1] if len(gone) > 1 else None,
        )
        if len(gone) < 2:
            return
        place = last + 3


def errors(catalogues: Catalogues, lag_days: int) -> pd.DataFrame:
    """Return one row a quarter: ``error`` of the growth (shares), and whether the truth is within its bounds."""
    rows = []
    for quarter in range(2, 7):
        period = Period(_day(QUARTER_DAYS * quarter), _day(QUARTER_DAYS * (quarter + 1)))
        statuses = source_statuses(catalogues.looks, period)
        matched = list(statuses.loc[statuses["status"] == MATCHED, "source"])
        if not matched:
            continue
        known = known_by(
            catalogues.versions,
            catalogues.looks,
            as_of=period.as_of,
            known_at=period.as_of + timedelta(days=lag_days),
            absences=catalogues.absences,
        )
        categories = categorise(known.versions)
        view = matched_view(known, categories, "listing", period)
        total = counted(view, categories, "total", "all")
        rates = growth(total).iloc[0]
        true = catalogues.listed(period.as_of, matched) / catalogues.listed(period.period_start, matched) - 1
        rows.append(
            {
                "error": rates["growth"] - true,
                "is_bounded": rates["growth_low"] <= true <= rates["growth_high"],
                "withdrawn_rate": rates["exit_rate"],
            }
        )
    return pd.DataFrame(rows)


def table(seeds: int = 6) -> pd.DataFrame:
    """Return the table of the methodology: shares of quarters within a point, and the 95 % quantile of the error."""
    rows = []
    for cadence, life, failing in (
        ("weekly", 1200, 0.03), ("weekly", 350, 0.1), ("monthly", 1200, 0.03), ("monthly", 350, 0.1),
        ("quarterly", 1200, 0.03),
    ):  # fmt: skip
        worlds = [invent(seed, cadence, mean_life_days=life, failing=failing) for seed in range(seeds)]
        for lag_days in (0, 100):
            found = pd.concat([errors(world, lag_days) for world in worlds])
            size = found["error"].abs()
            rows.append(
                {
                    "cadence": cadence,
                    "gone": 1 - np.exp(-QUARTER_DAYS / life),
                    "failing": failing,
                    "lag": lag_days,
                    "within": (size < 0.01).mean(),
                    "quantile": 100 * size.quantile(0.95),
                    "mean": 100 * found["error"].mean(),
                    "bounded": found["is_bounded"].mean(),
                    "quarters": len(found),
                }
            )
    return pd.DataFrame(rows)
