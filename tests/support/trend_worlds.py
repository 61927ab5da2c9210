"""Random worlds of looks, and what follows from them, worked out one look after the other in plain Python.

A look lists some items of its source with a fact each. ``follow`` applies the rules of history; ``history_frame``,
``looks_frame`` and ``absences_frame`` give what the store would hand over.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pandas as pd
from hypothesis import strategies as st
from trend_frames import COUNTRIES, KINDS, history, version

from trends.frames import ABSENCE_COLUMNS, LOOK_COLUMNS

FIRST_DAY = date(2024, 1, 1)
DAYS = 24
NUMBERS = (1, 2, 3)
FACTS = ("online", "blended", None)


@dataclass
class Look:
    source: str
    at: datetime
    complete: bool
    seen: dict[int, str | None]
    """Number of an item -> what it states about its delivery."""


@dataclass
class Window:
    source: str
    number: int
    window: int
    opened: datetime
    not_before: datetime | None
    last_seen: datetime
    missed: datetime | None = None
    withdrawn: datetime | None = None
    versions: list[tuple[datetime, str | None]] = field(default_factory=list)
    absences: list[tuple[datetime, datetime, datetime]] = field(default_factory=list)

    @property
    def item(self) -> int:
        return list(KINDS).index(self.source) * 10 + self.number


def follow(looks: list[Look]) -> list[Window]:
    windows: list[Window] = []
    complete: dict[str, datetime] = {}
    for look in looks:
        mine = {w.number: w for w in windows if w.source == look.source}
        for number, fact in look.seen.items():
            window = mine.get(number)
            if window is None or window.withdrawn is not None:
                count = 1 if window is None else window.window + 1
                before = complete.get(look.source)
                windows.append(Window(look.source, number, count, look.at, before, look.at, versions=[(look.at, fact)]))
                continue
            if window.missed is not None:
                window.absences.append((window.last_seen, window.missed, look.at))
            window.missed, window.last_seen = None, look.at
            if window.versions[-1][1] != fact:
                window.versions.append((look.at, fact))
        if look.complete:
            complete[look.source] = look.at
            for number, window in mine.items():
                if number not in look.seen and window.withdrawn is None:
                    _miss(window, look.at)
    return windows


def _miss(window: Window, at: datetime) -> None:
    if window.missed is None:
        window.missed = at
    elif window.missed.date() != at.date():
        window.withdrawn = at


def history_frame(windows: list[Window], **others: Any) -> pd.DataFrame:
    """Return the versions; items of one number are one credential, and number 1 and 2 of a source one programme."""
    rows = []
    for w in windows:
        for place, (since, fact) in enumerate(w.versions):
            facts = {
                "source": w.source, "window_number": w.window, "opened_at": w.opened, "seen_not_before": w.not_before,
                "last_seen_at": w.last_seen, "missed_at": w.missed, "withdrawn_at": w.withdrawn, "valid_from": since,
                "is_first_version_of_window": place == 0, "delivery": fact, "credential_id": f"c{w.number}",
                "programme_key": f"p{max(w.number, 2)}", "mc_class": "core" if fact == "online" else "course_only",
                "development_modes": ("own_unbundled", "partner_employer") if fact == "online" else ("unknown",),
            }  # fmt: skip
            rows.append(version(w.item, "2024-01-01", **(facts | others)))
    return history(*rows)


def absences_frame(windows: list[Window]) -> pd.DataFrame:
    rows = [(w.item, w.window, *times) for w in windows for times in w.absences]
    frame = pd.DataFrame(rows, columns=list(ABSENCE_COLUMNS))
    return frame.assign(**{name: pd.to_datetime(frame[name], utc=True) for name in ABSENCE_COLUMNS[2:]})


def looks_frame(looks: list[Look], cadence: str = "weekly") -> pd.DataFrame:
    rows = []
    for look in looks:
        outcome = "ok" if look.complete else "partial"
        source = (look.source, KINDS[look.source], COUNTRIES[look.source])
        rows.append((*source, cadence, look.at, outcome, look.complete, None))
    frame = pd.DataFrame(rows, columns=list(LOOK_COLUMNS))
    return frame.assign(as_of=pd.to_datetime(frame["as_of"], utc=True))


def end_of(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(days=1)


def day(number: int) -> date:
    return FIRST_DAY + timedelta(days=number)


@st.composite
def worlds(draw: st.DrawFn, sources: tuple[str, ...] = ("alpha", "beta")) -> list[Look]:
    """Return looks at each source, in order of time; some partial, some on one day, items that come, go and change."""
    looks = []
    for source in sources:
        hours = draw(st.sets(st.integers(0, DAYS * 4 - 1), min_size=5, max_size=12))
        for hour in hours:
            facts = draw(st.lists(st.sampled_from([*FACTS, FACTS[0], "absent"]), min_size=3, max_size=3))
            looks.append(
                Look(
                    source=source,
                    at=datetime(2024, 1, 1, tzinfo=UTC) + timedelta(hours=6 * hour),
                    complete=draw(st.sampled_from([True, True, True, True, False])),
                    seen={number: fact for number, fact in zip(NUMBERS, facts, strict=True) if fact != "absent"},
                )
            )
    return sorted(looks, key=lambda look: look.at)


@st.composite
def periods(draw: st.DrawFn) -> tuple[date, date, date]:
    """Return the day a period starts after, the day it ends with, and the day up to which is known."""
    start = draw(st.integers(-1, DAYS // 2))
    end = start + draw(st.integers(1, DAYS // 2))
    return day(start), day(end), day(end + draw(st.sampled_from([0, 0, 3, 30])))
