"""The front page: the headline figures, each with what it is over, and the trend by development mode."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from models.queries import DEFAULT_DEFINITION, trend_rows
from web import pictures
from web.asked import address
from web.measures import UNITS, shown
from web.memory import Memory
from web.reach import Reach
from web.series import Snapshot, all_snapshots, definitions, figures_of, periods, series
from web.words import UNKNOWN, is_missing, label, share

POPULATION = "core_and_broad"
UNITS_BY_CHOICE = ("credential", "listing")
"""What is counted on the front page: the first of these that was measured."""
MODES = "development_modes"


@dataclass(frozen=True, slots=True)
class Headline:
    """A figure with all that it must not be read without. Texts are ready to be shown; empty ones are left out."""

    title: str
    value: str
    bounds: str
    over: str
    panel: str
    missing: str
    coverage: str
    link: str


@dataclass(frozen=True, slots=True)
class ModeRow:
    """A development mode: stock on the first and on the last day, and the share of the last stock."""

    mode: str
    first: str
    last: str
    share: str
    explore: str


@dataclass(frozen=True, slots=True)
class FrontPage:
    """What the front page shows."""

    snapshot: Snapshot
    first: Snapshot
    unit: str
    headlines: Sequence[Headline]
    picture: pictures.Picture | None
    modes: Sequence[ModeRow]
    trend_link: str


def front_page(reach: Reach, memory: Memory) -> FrontPage | None:
    """Return what is shown of the latest snapshot, ``None`` if none was taken."""
    snapshots = all_snapshots(reach, memory)
    if not snapshots:
        return None
    known = definitions(snapshots)
    definition = DEFAULT_DEFINITION if DEFAULT_DEFINITION in known else known[0]
    of_definition = [one for one in snapshots if one.definition == definition]
    days = series(of_definition, definition=definition, months=periods(of_definition)[0]) or tuple(of_definition)
    latest = days[-1]
    figures = figures_of(reach, memory, latest)
    unit = next((unit for unit in UNITS_BY_CHOICE if (figures["unit"] == unit).any()), UNITS_BY_CHOICE[-1])
    population = POPULATION if (figures["population"] == POPULATION).any() else "all"
    chosen = {"unit": unit, "population": population, "definition": definition}
    return FrontPage(
        snapshot=latest,
        first=days[0],
        unit=UNITS[unit],
        headlines=_headlines(reach, latest, chosen),
        picture=_picture(reach, days, chosen),
        modes=_modes(reach, days, chosen),
        trend_link=address("/trends", {**chosen, "cut": MODES, "panel": "all", "measure": "stock"}),
    )


_WANTED = (
    ("all", "stock"), ("matched", "growth"), ("all", "new"), ("all", "withdrawn"), ("all", "partnership_share"),
    ("all", "cross_border_share"), ("all", "price_eur_median"), ("all", "price_eur_per_ects_median"),
)  # fmt: skip
_TITLES = {
    "stock": "Micro-credentials listed", "growth": "Growth over the period", "new": "New in the period",
    "withdrawn": "Withdrawn in the period", "partnership_share": "Made in partnership",
    "cross_border_share": "Awarded across a border", "price_eur_median": "Median price, euro",
    "price_eur_per_ects_median": "Median price per ECTS, euro",
}  # fmt: skip


def _headlines(reach: Reach, snapshot: Snapshot, chosen: Mapping[str, str]) -> list[Headline]:
    rows = trend_rows(
        reach.engine, [snapshot.id], cut="total", measures=[measure for _, measure in _WANTED], **_query(chosen)
    )
    found = {(row["panel"], row["measure"]): row for row in rows.to_dict(orient="records")}
    return [
        _headline(panel, measure, found[panel, measure], chosen)
        for panel, measure in _WANTED
        if (panel, measure) in found and not is_missing(found[panel, measure]["value"])
    ]


def _headline(panel: str, measure: str, row: Mapping[Any, Any], chosen: Mapping[str, str]) -> Headline:
    bounded = not is_missing(row["low"]) and not is_missing(row["high"])
    return Headline(
        title=_TITLES[measure],
        value=shown(measure, row["value"]),
        bounds=f"{shown(measure, row['low'])} to {shown(measure, row['high'])}" if bounded else "",
        over=f"{row['n']:,}" if not is_missing(row["n"]) else "",
        panel="all sources" if panel == "all" else "sources looked at near both ends of the period",
        missing="" if is_missing(row["missing_share"]) else share(row["missing_share"]),
        coverage=coverage_words(panel, row),
        link=address("/trends", {**chosen, "panel": panel, "cut": "total", "measure": measure}),
    )


def coverage_words(panel: str, row: Mapping[Any, Any]) -> str:
    """Return how far the sources behind a figure are covered, in words; empty where it was not recorded."""
    if is_missing(row.get("sources_ok")):
        return ""
    ok, stale, missing = (int(row[f"sources_{state}"]) for state in ("ok", "stale", "missing"))
    if panel == "matched":
        return f"{ok} sources matched, {stale} stale, {missing} at one end only"
    return f"{ok} of {ok + stale + missing} sources in time, {stale} stale, {missing} never completely"


def _stock_of_modes(reach: Reach, days: Sequence[Snapshot], chosen: Mapping[str, str]) -> pd.DataFrame:
    rows = trend_rows(
        reach.engine, [one.id for one in days], cut=MODES, panel="all", measures=["stock"], **_query(chosen)
    )
    return rows.sort_values(["as_of", "cut_value"])


def _picture(reach: Reach, days: Sequence[Snapshot], chosen: Mapping[str, str]) -> pictures.Picture | None:
    rows = _stock_of_modes(reach, days, chosen)
    if rows.empty:
        return None
    order = _by_size(rows)
    drawn = [
        {"as_of": row["as_of"], "category": label(MODES, row["cut_value"]), "value": _number(row["value"]),
         "low": None, "high": None}
        for word in drawn_words(order) for row in rows[rows["cut_value"] == word].to_dict(orient="records")
    ]  # fmt: skip
    largest, smallest = (label(MODES, order[place]) for place in (0, -1))
    text = (
        f"{len(days)} days from {days[0].as_of} to {days[-1].as_of}. Largest on the last day: {largest}; smallest: "
        f"{smallest}. The table below has every figure of the first and the last day."
    )
    return pictures.lines(
        drawn, name="modes", title="Micro-credentials listed, by how they were developed", description=text,
        unit=UNITS[chosen["unit"]],
    )  # fmt: skip


def _modes(reach: Reach, days: Sequence[Snapshot], chosen: Mapping[str, str]) -> list[ModeRow]:
    rows = _stock_of_modes(reach, days, chosen)
    first, last = (rows[rows["as_of"] == one.as_of].set_index("cut_value")["value"] for one in (days[0], days[-1]))
    total = trend_rows(
        reach.engine, [days[-1].id], cut="total", panel="all", measures=["stock"], **_query(chosen)
    )["value"]  # fmt: skip
    whole = float(total.iloc[0]) if len(total) else 0.0
    return [
        ModeRow(
            mode=label(MODES, word),
            first=shown("stock", first.get(word)),
            last=shown("stock", last.get(word)),
            share=share(last[word] / whole) if whole and word in last else "",
            explore=address("/explore", {"mode": word, "class": ["core", "broad"]}),
        )
        for word in _by_size(rows)
    ]


def _by_size(rows: pd.DataFrame) -> list[str]:
    """Return the categories by their latest values, the largest first; unknown comes last."""
    latest = rows[rows["as_of"] == rows["as_of"].max()] if len(rows) else rows
    by_size = latest.sort_values(["value", "cut_value"], ascending=[False, True])["cut_value"]
    return sorted(by_size, key=lambda word: word == UNKNOWN)


def drawn_words(order: Sequence[str]) -> list[str]:
    """Return the categories that are drawn, of all in order: the first ones, and the unknown whatever its size."""
    if UNKNOWN not in order or len(order) <= pictures.SERIES_MOST:
        return list(order[: pictures.SERIES_MOST])
    return [*order[: pictures.SERIES_MOST - 1], UNKNOWN]


def _query(chosen: Mapping[str, str]) -> dict[str, Any]:
    return dict(chosen)


def _number(value: Any) -> float | None:
    return None if is_missing(value) else float(value)
