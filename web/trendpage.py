"""The trends: one measure over time by a cut, and the exact parts that a change is the sum of."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd
from starlette.datastructures import QueryParams

from models.queries import DEFAULT_DEFINITION, trend_rows
from web import pictures
from web.asked import NotUnderstood, address, day, one
from web.explore import csv_text
from web.frontpage import coverage_words, drawn_words
from web.measures import PARTS, UNITS, is_share, name_of, shown
from web.memory import Memory
from web.reach import Reach
from web.series import KNOWN, THEN, Snapshot, all_snapshots, definitions, figures_of, periods, series
from web.words import UNKNOWN, country_of, is_missing, label, languages_of, number, share, titled

DAYS_SHOWN = 6
CATEGORIES_SHOWN = 60
DEFAULTS = {"unit": "credential", "population": "all", "panel": "all", "cut": "total", "measure": "stock"}
KEY = ("unit", "population", "panel", "cut", "measure")
TITLES = {
    "unit": "What is counted", "population": "Which of them", "panel": "Sources (panel)", "cut": "Divided by",
    "measure": "Measure", "definition": "Definition", "months": "Length of period", "known": "As known",
}  # fmt: skip
KNOWN_NAMES = {"then": "on the day itself", "latest": "with all looks since"}
CSV_COLUMNS = (
    "as_of", "known_at", "period_start", "definition", "population", "unit", "panel", "cut", "cut_value", "measure",
    "value", "low", "high", "n", "missing_share", "sources_ok", "sources_stale", "sources_missing", "method_version",
    "snapshot_id",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Choice:
    """A parameter to choose: its values and their names, and the one in force."""

    name: str
    title: str
    values: Sequence[tuple[str, str]]
    chosen: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks for, and the days it asks it of."""

    chosen: Mapping[str, str]
    days: Sequence[Snapshot]
    choices: Sequence[Choice]
    since: date | None
    until: date | None

    def parameters(self, **others: str) -> dict[str, str]:
        """Return the parameters of an address that asks for this."""
        dates = {"from": str(self.since or ""), "to": str(self.until or "")}
        return {**self.chosen, **dates, **others}


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a table: its name, and its cells as shown."""

    name: str
    cells: Sequence[str]


@dataclass(frozen=True, slots=True)
class Parts:
    """The change of a period taken apart: by category of the cut, and drawn for the total."""

    snapshot: Snapshot
    picture: pictures.Picture | None
    columns: Sequence[str]
    lines: Sequence[Line]
    adds_up: bool
    days: Sequence[date]


@dataclass(frozen=True, slots=True)
class TrendPage:
    """What the page of trends shows."""

    asked: Asked
    title: str
    measure: str
    picture: pictures.Picture | None
    days: Sequence[str]
    by_day: Sequence[Line]
    latest: Sequence[Line]
    latest_day: str
    left_out: int
    parts: Parts | None
    csv: str


def asked_of(reach: Reach, memory: Memory, parameters: QueryParams) -> Asked | None:
    """Return what an address asks of the trends, ``None`` if no snapshot was taken.

    Raises:
        NotUnderstood: if a parameter has a value that there is not.
    """
    snapshots = all_snapshots(reach, memory)
    if not snapshots:
        return None
    known = definitions(snapshots)
    definition = one(parameters, "definition", known, DEFAULT_DEFINITION if DEFAULT_DEFINITION in known else known[0])
    lengths = periods([each for each in snapshots if each.definition == definition])
    months = one(parameters, "months", [str(length) for length in lengths], str(lengths[0]))
    when = one(parameters, "known", KNOWN, THEN)
    since, until = day(parameters, "from"), day(parameters, "to")
    days = [
        each
        for each in series(snapshots, definition=definition, months=int(months), known=when)
        if (since is None or each.as_of >= since) and (until is None or each.as_of <= until)
    ]
    if not days:
        raise NotUnderstood(f"no snapshot lies in these days; there are {len(snapshots)}, the last of "
                            f"{snapshots[-1].as_of}")  # fmt: skip
    chosen, choices = _narrowed(figures_of(reach, memory, days[-1]), parameters)
    chosen |= {"definition": definition, "months": months, "known": when}
    choices += [
        Choice("definition", TITLES["definition"], [(name, label("definition", name)) for name in known], definition),
        Choice("months", TITLES["months"], [(str(n), f"{n} months" if n > 1 else "1 month") for n in lengths], months),
        Choice("known", TITLES["known"], list(KNOWN_NAMES.items()), when),
    ]
    return Asked(chosen=chosen, days=days, choices=choices, since=since, until=until)


def _narrowed(figures: pd.DataFrame, parameters: QueryParams) -> tuple[dict[str, str], list[Choice]]:
    """Return the choice of each of ``KEY`` in turn, among the figures that the choices before it have left.

    A value that others have ruled out gives way to the first that is there: a form without scripts cannot know it.

    Raises:
        NotUnderstood: if no figure has a value that is asked for.
    """
    chosen: dict[str, str] = {}
    choices = []
    left = figures
    for name in KEY:
        everywhere = sorted(set(figures[name]))
        wanted = one(parameters, name, everywhere, DEFAULTS[name] if DEFAULTS[name] in everywhere else everywhere[0])
        there = sorted(set(left[name]))
        value = wanted if wanted in there else DEFAULTS[name] if DEFAULTS[name] in there else there[0]
        chosen[name] = value
        names = sorted(((word, choice_name(name, word)) for word in there), key=lambda pair: pair[1])
        choices.append(Choice(name, TITLES[name], names, value))
        left = left[left[name] == value]
    return chosen, choices


def choice_name(name: str, word: str) -> str:
    """Return the name of a value of a parameter for people."""
    if name == "unit":
        return UNITS.get(word, word)
    if name == "measure":
        return name_of(word)
    if name == "cut":
        return "Nothing: the total" if word == "total" else titled(word)
    if name == "panel":
        return "All sources" if word == "all" else label(name, word)
    return label(name, word)


def category(cut: str, word: str) -> str:
    """Return the name of a category of a cut for people."""
    if cut in {"country", "awarder_country"} and word != UNKNOWN:
        return country_of(word)
    if cut == "language" and word not in {UNKNOWN, "mul"}:
        return languages_of(word)
    return label(cut, word)


def rows_asked_for(reach: Reach, asked: Asked) -> pd.DataFrame:
    """Return the rows of the view ``trend`` that are asked for, oldest first."""
    chosen = asked.chosen
    return trend_rows(
        reach.engine, [each.id for each in asked.days], unit=chosen["unit"], population=chosen["population"],
        cut=chosen["cut"], definition=chosen["definition"], panel=chosen["panel"], measures=[chosen["measure"]],
    )  # fmt: skip


def csv_lines(reach: Reach, asked: Asked) -> Iterator[str]:
    """Yield the rows asked for as CSV, with the columns of the view ``trend``."""
    yield csv_text([CSV_COLUMNS])
    yield csv_text(rows_asked_for(reach, asked)[list(CSV_COLUMNS)].itertuples(index=False, name=None))


def trend_page(reach: Reach, asked: Asked, at: date | None) -> TrendPage:
    """Return what is shown; ``at`` is the day whose change is taken apart, the last one by default.

    Raises:
        NotUnderstood: if there is no snapshot of that day among those asked for.
    """
    rows = rows_asked_for(reach, asked)
    chosen, measure = asked.chosen, asked.chosen["measure"]
    order = _by_size(rows)
    title = _title(chosen)
    latest = rows[rows["as_of"] == rows["as_of"].max()] if len(rows) else rows
    days = sorted(set(rows["as_of"]))[-DAYS_SHOWN:]
    return TrendPage(
        asked=asked,
        title=title,
        measure=measure,
        picture=_picture(rows, order, chosen, title),
        days=[str(each) for each in days],
        by_day=[_by_day(word, rows, days, chosen) for word in order[:CATEGORIES_SHOWN]],
        latest=[_detail(word, latest, chosen) for word in order[:CATEGORIES_SHOWN]],
        latest_day=str(days[-1]) if days else "",
        left_out=max(0, len(order) - CATEGORIES_SHOWN),
        parts=_parts(reach, asked, at),
        csv=address("/trends.csv", asked.parameters()),
    )


def _title(chosen: Mapping[str, str]) -> str:
    cut = "" if chosen["cut"] == "total" else f", by {titled(chosen['cut']).lower()}"
    population = "" if chosen["population"] == "all" else f" ({label('population', chosen['population']).lower()})"
    return f"{UNITS.get(chosen['unit'], chosen['unit'])}{population}: {name_of(chosen['measure']).lower()}{cut}"


def _by_size(rows: pd.DataFrame) -> list[str]:
    latest = rows.sort_values("as_of").groupby("cut_value")["value"].last().fillna(float("-inf"))
    ordered = sorted(latest.index, key=lambda word: (word == UNKNOWN, -latest[word], word))
    return [str(word) for word in ordered]


def _picture(
    rows: pd.DataFrame, order: Sequence[str], chosen: Mapping[str, str], title: str
) -> pictures.Picture | None:
    drawn = [
        {"as_of": row["as_of"], "category": category(chosen["cut"], word), **_numbers(row, "value", "low", "high")}
        for word in drawn_words(order) for row in rows[rows["cut_value"] == word].to_dict(orient="records")
    ]  # fmt: skip
    more = f" The {len(order) - pictures.SERIES_MOST} smallest are in the table only." * (
        len(order) > pictures.SERIES_MOST
    )
    has_bounds = len(order) == 1 and any(row["low"] is not None for row in drawn)
    title += " (the band shows its bounds)" if has_bounds else ""
    text = f"{len(set(rows['as_of']))} days, {len(order)} categories; the tables below have the figures.{more}"
    return pictures.lines(
        drawn, name="trend", title=title, description=text, unit=name_of(chosen["measure"]),
        as_share=is_share(chosen["measure"]),
    )  # fmt: skip


def _numbers(row: Mapping[Any, Any], *names: str) -> dict[str, float | None]:
    return {name: None if is_missing(row[name]) else float(row[name]) for name in names}


def _by_day(word: str, rows: pd.DataFrame, days: Sequence[date], chosen: Mapping[str, str]) -> Line:
    of_word = rows[rows["cut_value"] == word].set_index("as_of")["value"]
    return Line(category(chosen["cut"], word), [shown(chosen["measure"], of_word.get(each)) for each in days])


DETAILS = ("value", "lower bound", "upper bound", "over (n)", "unknown", "sources")


def _detail(word: str, latest: pd.DataFrame, chosen: Mapping[str, str]) -> Line:
    found = latest[latest["cut_value"] == word].to_dict(orient="records")
    if not found:
        return Line(category(chosen["cut"], word), ["–"] * len(DETAILS))
    row, measure = found[0], chosen["measure"]
    cells = [*(shown(measure, row[name]) for name in ("value", "low", "high")), number(row["n"])]
    return Line(
        category(chosen["cut"], word), [*cells, share(row["missing_share"]), coverage_words(chosen["panel"], row)]
    )


def _parts(reach: Reach, asked: Asked, at: date | None) -> Parts | None:
    by_day = {each.as_of: each for each in asked.days}
    if at is not None and at not in by_day:
        raise NotUnderstood(f"there is no snapshot of {at} here; there are: {', '.join(str(d) for d in by_day)}")
    snapshot = by_day[at or max(by_day)]
    wanted = ("stock_start", *PARTS, "stock")
    query: Callable[[str], pd.DataFrame] = lambda cut: trend_rows(  # noqa: E731
        reach.engine, [snapshot.id], unit=asked.chosen["unit"], population=asked.chosen["population"], cut=cut,
        definition=asked.chosen["definition"], panel="all", measures=wanted,
    ).pivot_table(index="cut_value", columns="measure", values="value", aggfunc="first")  # fmt: skip
    total, table = query("total"), query(asked.chosen["cut"])
    if total.empty or not set(wanted) <= set(total.columns) or not set(wanted) <= set(table.columns):
        return None
    row = total.iloc[0]
    sums = table["stock_start"] + sum(table[part] for part in PARTS)
    order = sorted(table.index, key=lambda word: (word == UNKNOWN, -table.loc[word, "stock"], word))
    return Parts(
        snapshot=snapshot,
        picture=pictures.parts(
            [(PARTS[part][0], float(row[part])) for part in PARTS],
            name="parts",
            title=f"What the change from {snapshot.period_start} to {snapshot.as_of} is the sum of, all categories",
            description=", ".join(f"{PARTS[part][0]} {row[part]:+,.0f}" for part in PARTS),
            unit=UNITS.get(asked.chosen["unit"], ""),
        ),
        columns=[name_of(name) for name in wanted],
        lines=[
            Line(category(asked.chosen["cut"], str(word)), [_signed(name, table.loc[word, name]) for name in wanted])
            for word in order[:CATEGORIES_SHOWN]
        ],
        adds_up=bool((sums == table["stock"]).all()),
        days=list(by_day),
    )


def _signed(name: str, value: Any) -> str:
    return f"{value:+,.0f}" if name in PARTS and value else number(value)
