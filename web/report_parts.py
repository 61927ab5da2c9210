"""What a report is made of: statements, tables with pictures, and what each figure must not be read without."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd
from markupsafe import Markup, escape

from models.queries import trend_rows
from web.frontpage import coverage_words
from web.pictures import Picture
from web.reach import Reach
from web.report_days import ReportDays
from web.series import Snapshot
from web.words import MINUS, NOTHING, UNKNOWN, is_missing, number, share

TOO_FEW = 10
"""Below this many, the report speaks of no share, rate or median: one more or less would change what it says."""
UNIT = "credential"
PANELS = {"all": "all sources", "matched": "sources looked at near both ends of the period"}


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a table: its name, and its cells as shown. ``is_total`` sets it apart."""

    name: str
    cells: Sequence[str]
    is_total: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table, and the picture of its figures if there is one.

    ``basis`` says what the figures are over; ``notes`` what a reader must know besides. ``words`` are the columns (from
    0, without the first) that hold words, not numbers; ``names_are_days`` whether its rows are days or periods.
    """

    id: str
    title: str
    columns: Sequence[str]
    lines: Sequence[Line]
    basis: str
    notes: Sequence[str] = ()
    picture: Picture | None = None
    first_column: str = "Category"
    words: frozenset[int] = frozenset()
    names_are_days: bool = False


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence or two that the figures say, and what they are over."""

    words: str
    basis: str


@dataclass(frozen=True, slots=True)
class Figures:
    """Stored figures of the snapshots of a report, under one definition."""

    reach: Reach
    days: ReportDays
    population: str

    def rows(
        self,
        cut: str,
        measures: Sequence[str],
        *,
        snapshots: Sequence[Snapshot] = (),
        panel: str = "all",
        unit: str = UNIT,
        population: str | None = None,
    ) -> pd.DataFrame:
        """Return rows of the view ``trend``, oldest first; of the latest snapshot unless others are named."""
        return trend_rows(
            self.reach.engine, [one.id for one in snapshots or (self.days.latest,)], unit=unit,
            population=population or self.population, cut=cut, definition=self.days.latest.definition, panel=panel,
            measures=measures,
        )  # fmt: skip

    def one(self, measure: str, *, of: Snapshot | None = None, **where: str) -> Mapping[Any, Any] | None:
        """Return the row of a measure of the total, ``None`` if it has no value; of the latest snapshot by default."""
        found = self.rows("total", [measure], snapshots=(of or self.days.latest,), **where)
        rows = [row for row in found.to_dict(orient="records") if not is_missing(row["value"])]
        return rows[0] if rows else None

    @property
    def counted(self) -> str:
        """What is counted, for sentences."""
        return "micro-credentials" if self.population != "all" else "credentials of any kind"


@dataclass(frozen=True)
class ByCategory:
    """Rows of one cut and panel by category, with what is asked of them. Categories are in order, unknown last."""

    rows: pd.DataFrame

    @cached_property
    def _found(self) -> Mapping[tuple[str, str, str], Mapping[Any, Any]]:
        return {
            (str(row["snapshot_id"]), str(row["cut_value"]), str(row["measure"])): row
            for row in self.rows.to_dict(orient="records")
        }

    def row(self, snapshot: Snapshot, category: str, measure: str) -> Mapping[Any, Any]:
        """Return a row, empty if there is none."""
        return self._found.get((snapshot.id, category, measure), {})

    def value(self, snapshot: Snapshot, category: str, measure: str, name: str = "value") -> float | None:
        """Return a number of a row, ``None`` if there is none."""
        found: Any = self.row(snapshot, category, measure).get(name)
        return None if is_missing(found) else float(found)

    def order(self, snapshot: Snapshot, measure: str = "stock") -> list[str]:
        """Return the categories by a measure in a snapshot, the largest first; those at 0 throughout are left out."""
        there = self.rows[(self.rows["measure"] == measure) & (self.rows["value"].fillna(0) > 0)]
        size = {word: self.value(snapshot, word, measure) or 0.0 for word in set(there["cut_value"])}
        return sorted(size, key=lambda word: (word == UNKNOWN, -size[word], word))


def basis(row: Mapping[Any, Any] | None, panel: str = "all") -> str:
    """Return what a figure must not be read without: panel, coverage, what it is over, how much of that is unknown."""
    if not row:
        return "Not measured."
    said = [f"Panel: {PANELS[panel]}"]
    coverage = coverage_words(panel, row)
    said += [f"coverage: {coverage}"] if coverage else []
    said += [f"over {number(row['n'])}"] if not is_missing(row.get("n")) else []
    said.append(f"unknown: {NOTHING if is_missing(row.get('missing_share')) else share(row['missing_share'])}")
    return "; ".join(said) + "."


def signed_share(value: Any) -> str:
    """Return a change as a percentage with its sign."""
    if is_missing(value):
        return NOTHING
    shown = share(value)
    return shown if shown.startswith(MINUS) or float(value) <= 0 else f"+{shown}"


def signed(value: Any) -> str:
    """Return a change in numbers with its sign."""
    return number(value) if is_missing(value) or float(value) <= 0 else f"+{number(value)}"


def between(low: Any, high: Any, words: Any) -> str:
    """Return bounds, a dash if either is missing."""
    return NOTHING if is_missing(low) or is_missing(high) else f"{words(low)} to {words(high)}"


_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def unbroken(words: str) -> Markup:
    """Return words escaped, in which no line ends within a day or before a percent sign."""
    return Markup(_DAY.sub(r'<span class="day">\g<0></span>', str(escape(words.replace(" %", "\u00a0%")))))  # noqa: S704 - escaped


def count_of(value: Any, one: str, many: str) -> str:
    """Return a number and its noun."""
    return f"{number(value)} {one if value == 1 else many}"
