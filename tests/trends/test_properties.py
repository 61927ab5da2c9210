"""Random worlds of looks, an independent account of what follows from them, and the measures beside it.

A look lists some items of its source with a fact each. ``follow`` applies the history rules one look after the other,
in plain Python, and gives the rows that the store would hand over; ``counted`` counts them one by one.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from trends.measures import CUTS, DECLARED_CUTS, measure

FIRST_DAY = date(2024, 1, 1)
DAYS = 12
SOURCES = {"alpha": ("institution", "BE"), "beta": ("register", "NZ")}
COLUMNS = [
    "item_id", "source", "source_kind", "country", "window_number", "opened_at", "last_seen_at", "missed_at",
    "withdrawn_at", "valid_from", "valid_to", "cause", "is_first_version_of_window", "kind", "delivery", "price_type",
]  # fmt: skip


@dataclass
class Look:
    source: str
    at: datetime
    complete: bool
    seen: dict[int, str | None]
    """Item number -> what it states about its delivery."""


@dataclass
class Window:
    item: str
    source: str
    number: int
    opened: datetime
    missed: datetime | None = None
    withdrawn: datetime | None = None
    versions: list[tuple[datetime, str | None]] = field(default_factory=list)


def follow(looks: list[Look]) -> list[Window]:
    windows: list[Window] = []
    for look in looks:
        for number, fact in look.seen.items():
            name = f"{look.source}/{number}"
            mine = [w for w in windows if w.item == name]
            if not mine or mine[-1].withdrawn is not None:
                windows.append(Window(name, look.source, len(mine) + 1, look.at, versions=[(look.at, fact)]))
                continue
            mine[-1].missed = None
            if mine[-1].versions[-1][1] != fact:
                mine[-1].versions.append((look.at, fact))
        if not look.complete:
            continue
        for window in windows:
            listed = int(window.item.split("/")[1]) in look.seen
            if window.source != look.source or window.withdrawn is not None or listed:
                continue
            if window.missed is None:
                window.missed = look.at
            elif window.missed.date() != look.at.date():
                window.withdrawn = look.at
    return windows


def history_frame(windows: list[Window]) -> pd.DataFrame:
    rows: list[dict[str, Any]] = []
    for w in windows:
        kind, country = SOURCES[w.source]
        for index, (since, fact) in enumerate(w.versions):
            until = w.versions[index + 1][0] if index + 1 < len(w.versions) else w.withdrawn
            rows.append(
                {
                    "item_id": w.item,
                    "source": w.source,
                    "source_kind": kind,
                    "country": country,
                    "window_number": w.number,
                    "opened_at": w.opened,
                    "last_seen_at": w.opened,
                    "missed_at": w.missed,
                    "withdrawn_at": w.withdrawn,
                    "valid_from": since,
                    "valid_to": until,
                    "cause": "look",
                    "is_first_version_of_window": index == 0,
                    "kind": "course",
                    "delivery": fact,
                    "price_type": None,
                }
            )
    return pd.DataFrame(rows, columns=COLUMNS)


def looks_frame(looks: list[Look]) -> pd.DataFrame:
    rows = [
        {
            "source": look.source,
            "source_kind": SOURCES[look.source][0],
            "country": SOURCES[look.source][1],
            "as_of": look.at,
            "outcome": "ok" if look.complete else "partial",
            "counts_absences": look.complete,
            "is_first_complete": False,
        }
        for look in looks
    ]
    columns = ["source", "source_kind", "country", "as_of", "outcome", "counts_absences", "is_first_complete"]
    return pd.DataFrame(rows, columns=columns)


def end_of(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(days=1)


Counts = Counter[tuple[str, str, str]]
"""(cut, category, measure) -> how many; only those with something in them."""


def counted(looks: list[Look], as_of: date, start: date) -> Counts:
    """Count, window by window, what followed from the looks taken by the end of ``as_of``."""
    known = [look for look in looks if look.at < end_of(as_of)]
    counts: Counts = Counter()
    last_category: dict[str, str] = {}
    for window in follow(known):
        category = window.versions[-1][1] or "unknown"
        first_complete = min((k.at for k in known if k.complete and k.source == window.source), default=None)
        found = flows_of(window, first_complete, end_of(start), end_of(as_of))
        found["stock"] = int(window.withdrawn is None)
        found["missing"] = int(window.withdrawn is None and window.missed is not None)
        for name, times in found.items():
            counts.update(dict.fromkeys(keys(window.source, category, name), times))
        if found["changed"]:
            last_category[window.item] = category
    for item, category in last_category.items():
        counts.update(dict.fromkeys(keys(item.split("/")[0], category, "changed_items"), 1))
    return +counts


def flows_of(window: Window, first_complete: datetime | None, start: datetime, end: datetime) -> Counter[str]:
    flows = Counter[str]()
    if start <= window.opened < end:
        is_new = first_complete is not None and window.opened > first_complete
        flows["relisted" if window.number > 1 else "new" if is_new else "baseline_entered"] += 1
    if window.withdrawn is not None and start <= window.withdrawn < end:
        flows["withdrawn"] += 1
    flows["changed"] = sum(start <= since < end for since, _ in window.versions[1:])
    return flows


def keys(source: str, category: str, name: str) -> list[tuple[str, str, str]]:
    return [("total", "all", name), ("source", source, name), ("delivery", category, name)]


def measured(looks: list[Look], as_of: date, start: date, *, history: list[Look] | None = None) -> pd.DataFrame:
    windows = follow(looks if history is None else history)
    return measure(history_frame(windows), looks_frame(looks), as_of=as_of, period_start=start, unit="programme")


@st.composite
def worlds(draw: st.DrawFn) -> list[Look]:
    facts = st.sampled_from(["online", "blended", None])
    hours = sorted(draw(st.sets(st.integers(0, DAYS * 24 - 1), min_size=1, max_size=10)))
    return [
        Look(
            source=draw(st.sampled_from(["alpha", "alpha", "beta"])),
            at=datetime(2024, 1, 1, tzinfo=UTC) + timedelta(hours=hour),
            complete=draw(st.sampled_from([True, True, True, False])),
            seen=draw(st.dictionaries(st.integers(1, 3), facts, max_size=3)),
        )
        for hour in hours
    ]


@st.composite
def periods(draw: st.DrawFn) -> tuple[date, date]:
    start, end = sorted(draw(st.sets(st.integers(-1, DAYS + 1), min_size=2, max_size=2)))
    return FIRST_DAY + timedelta(days=start), FIRST_DAY + timedelta(days=end)


@settings(max_examples=60, deadline=None)
@given(worlds(), periods())
def test_the_measures_are_what_one_counts_one_by_one(looks: list[Look], period: tuple[date, date]):
    start, as_of = period
    rows = measured(looks, as_of, start)
    # ``missing`` of a past day forgets the misses that a later look took back; it is compared below.
    mine = rows[rows["cut"].isin(["total", "source", "delivery"]) & (rows["measure"] != "missing")]
    got = {(r.cut, r.cut_value, r.measure): r.value for r in mine.itertuples() if r.value}
    expected = {key: value for key, value in counted(looks, as_of, start).items() if key[2] != "missing"}
    assert got == expected


@settings(max_examples=30, deadline=None)
@given(worlds(), periods())
def test_later_looks_change_no_figure(looks: list[Look], period: tuple[date, date]):
    start, as_of = period
    by_then = [look for look in looks if look.at < end_of(as_of)]
    then = measured(by_then, as_of, start)
    now = measured(looks, as_of, start)
    firm = then["measure"] != "missing"
    pd.testing.assert_frame_equal(now[firm], then[firm])
    # Exact at the time; a later look that lists the item again takes the miss back, so it can only shrink.
    total = then[(then["cut"] == "total") & ~firm]["value"].iloc[0]
    assert total == counted(by_then, as_of, start).get(("total", "all", "missing"), 0)
    assert (now[~firm]["value"].to_numpy() <= then[~firm]["value"].to_numpy()).all()


@settings(max_examples=30, deadline=None)
@given(worlds(), periods())
def test_stock_at_the_end_is_stock_at_the_start_and_the_flows_between(looks: list[Look], period: tuple[date, date]):
    start, as_of = period
    after = measured(looks, as_of, start)
    before = measured(looks, start, start - timedelta(days=1))
    for cut in ("total", *DECLARED_CUTS):
        ends, starts = _by_value(after, cut), _by_value(before, cut)
        for value, now in ends.items():
            then = starts.get(value, {"stock": 0})
            flows = now["baseline_entered"] + now["new"] + now["relisted"] - now["withdrawn"]
            assert now["stock"] == then["stock"] + flows


@settings(max_examples=30, deadline=None)
@given(worlds(), periods())
def test_the_categories_of_a_cut_add_up_to_the_total(looks: list[Look], period: tuple[date, date]):
    start, as_of = period
    rows = measured(looks, as_of, start)
    sums = rows.groupby(["cut", "measure"])["value"].sum()
    for cut in CUTS:
        for name in sums["total"].index:
            assert sums.get((cut, name), 0) == sums["total", name]
    shares = rows["missing_share"].dropna()
    assert ((shares >= 0) & (shares <= 1)).all()


@settings(max_examples=15, deadline=None)
@given(worlds(), periods(), st.randoms(use_true_random=False))
def test_the_order_of_rows_and_rows_given_twice_do_not_matter(
    looks: list[Look],
    period: tuple[date, date],
    random: Any,
):
    start, as_of = period
    history, seen = history_frame(follow(looks)), looks_frame(looks)
    expected = measure(history, seen, as_of=as_of, period_start=start, unit="programme")
    order = [*range(len(history)), *range(len(history))]
    random.shuffle(order)
    shuffled = history.iloc[order].reset_index(drop=True)
    got = measure(shuffled, seen.iloc[::-1], as_of=as_of, period_start=start, unit="programme")
    pd.testing.assert_frame_equal(got, expected)


def _by_value(rows: pd.DataFrame, cut: str) -> dict[str, dict[str, int]]:
    values: dict[str, dict[str, int]] = {}
    for row in rows[rows["cut"] == cut].itertuples():
        values.setdefault(row.cut_value, {})[row.measure] = row.value
    return values
