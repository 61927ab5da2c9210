"""Counts that others publish, as reference series: read and checked, never mixed into figures of ours.

``reference_series.toml`` says what each series counts and which figure of ours comes nearest, ``reference_points.csv``
holds the counts. Both are facts collected from what owners of catalogues and reports state.
"""

from __future__ import annotations

import csv
import re
from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

import pandas as pd
import tomli

from trends.categories import CUTS
from trends.units import UNITS as OUR_UNITS
from trends.views import POPULATIONS

SERIES_FILE = "reference_series.toml"
POINTS_FILE = "reference_points.csv"

STATED_BY = {
    "catalogue_owner": "who runs the catalogue or the programme says it of itself",
    "report": "a report that counts over many catalogues",
    "other": "somebody else, or it is not known who",
}
MEASURES = {"stock": "what there is at the time", "new": "what was new in the time"}
UNITS = {
    "microcredential": "what the owner calls a micro-credential", "micro_degree": "a micro-degree (mikrokraad)",
    "programme": "a programme of any kind", "course": "a course", "credential": "a credential of any kind",
    "badge": "a digital badge", "campus": "a campus", "provider": "a provider", "pilot": "a pilot project",
    "address": "the address of a page",
}  # fmt: skip
BOUNDS = {
    "exact": "stated as this number",
    "about": "stated as about this number, or rounded",
    "at_least": "stated as more than `low`, or as `low` and more: a lower bound",
    "range": "two numbers are stated for the time, `low` and `high`",
}
EVIDENCE = {
    "page_read": "the page that states it, or an excerpt of it, was read",
    "third_party": "taken from public code or words of somebody else; the page was not read",
    "not_marked": "how it was read is not noted",
}
PRECISIONS = {
    "day": "a day", "month": "a month", "months": "several months, the first and the last given", "year": "a year",
}  # fmt: skip

SERIES_COLUMNS = (
    "series", "title", "owner", "stated_by", "unit", "measure", "definition", "scope", "country", "sources",
)  # fmt: skip
POINT_COLUMNS = (
    "when", "said", "date_from", "date_to", "precision", "bound", "value", "low", "high", "published", "evidence",
    "note",
)  # fmt: skip
OURS_COLUMNS = ("our_unit", "our_population", "our_cut", "our_cut_value", "differs", "no_figure")
REFERENCE_COLUMNS = (*SERIES_COLUMNS, *POINT_COLUMNS, *OURS_COLUMNS)

_TEXTS = ("title", "owner", "stated_by", "unit", "measure", "definition", "scope", "country")
_SERIES_KEYS = {"id", *_TEXTS, "sources"}
_POINT_KEYS = ["series", "when", "said", "bound", "value", "low", "high", "published", "evidence", "note"]
_FILLED = {"exact": ("value",), "about": ("value",), "at_least": ("low",), "range": ("low", "high")}
_WHEN = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?")
_NUMBER = re.compile(r"\d+")
_HEADER = re.compile(r"^\s*\[\[series\]\]", re.MULTILINE)


class ReferenceInvalid(ValueError):
    """The reference data cannot be read. The message names file and line."""


@dataclass(frozen=True, slots=True)
class OurFigure:
    """The figure of ours that comes nearest to a series: a stock in the trend table, on the panel of all sources.

    ``unit``, ``population``, ``cut`` and ``cut_value`` are those of ``trends.snapshot.TREND_COLUMNS``; ``differs`` says
    what still differs in what is counted.
    """

    unit: str
    population: str
    cut: str
    cut_value: str
    differs: str


@dataclass(frozen=True, slots=True)
class Span:
    """The days for which a count is stated, both included, and how precisely: a word of ``PRECISIONS``."""

    first: date
    last: date
    precision: str


@dataclass(frozen=True, slots=True)
class Point:
    """One count. Which of ``value``, ``low`` and ``high`` are stated, ``bound`` says (``BOUNDS``).

    ``when`` is as written in the file, ``span`` what it means (``None``: no date is known); ``said`` holds the owner's
    words for the time, where they are no date. ``published`` says where it was stated, "" if that was not noted.
    """

    when: str
    span: Span | None
    said: str
    bound: str
    value: int | None
    low: int | None
    high: int | None
    published: str
    evidence: str
    note: str


@dataclass(frozen=True, slots=True)
class Series:
    """What somebody counts, in our words, and the counts in the order of time, undated ones last.

    ``sources`` are the slugs of those of ours that read the same catalogue; ``country`` is ISO 3166-1, "" for several.
    Either ``ours`` is the figure to stand beside it, or ``no_figure`` says why there is none.
    """

    id: str
    title: str
    owner: str
    stated_by: str
    unit: str
    measure: str
    definition: str
    scope: str
    country: str
    sources: tuple[str, ...]
    ours: OurFigure | None
    no_figure: str
    points: tuple[Point, ...]


def reference_series(folder: Traversable | None = None) -> tuple[Series, ...]:
    """Return all reference series, in the order of the file.

    Args:
        folder: where both files lie; by default those of this package.

    Raises:
        ReferenceInvalid: if a file cannot be read as described here: a field is absent or unknown, a word is in none of
            the lists above, a time or a number is none, a series has no count, or two counts of one time.
    """
    folder = folder or files("trends")
    points = _points((folder / POINTS_FILE).read_text(encoding="utf-8"))
    text = (folder / SERIES_FILE).read_text(encoding="utf-8")
    try:
        entries = tomli.loads(text).get("series", [])
    except tomli.TOMLDecodeError as error:
        raise ReferenceInvalid(f"{SERIES_FILE}: {error}") from None
    lines = [text.count("\n", 0, found.start()) + 1 for found in _HEADER.finditer(text)]
    _require(len(lines) == len(entries), SERIES_FILE, "each series begins with a line [[series]]")
    found: dict[str, Series] = {}
    for line, entry in zip(lines, entries, strict=True):
        where = f"{SERIES_FILE}, line {line}"
        series = _series(entry, points, where)
        _require(series.id not in found, where, f"the series {series.id!r} stands twice")
        found[series.id] = series
    for name, stated in points.items():
        _require(name in found, f"{POINTS_FILE}, line {stated[0][0]}", f"there is no series {name!r}")
    return tuple(found.values())


def reference_frame(series: Sequence[Series] | None = None) -> pd.DataFrame:
    """Return the counts as a frame, one row each, in the order of the series and of time, with ``REFERENCE_COLUMNS``.

    ``date_from`` and ``date_to`` are the first and last day of the time stated (``datetime64``, NaT where no date is
    known), ``precision`` its word. ``value``, ``low`` and ``high`` are float64, NaN where not stated: of ``bound``
    ``exact`` and ``about`` only ``value`` is, of ``at_least`` only ``low``, of ``range`` ``low`` and ``high``.
    ``sources`` is a tuple of slugs. ``our_unit`` to ``differs`` name our figure to be set beside it; they are "" where
    there is none, and then ``no_figure`` says why. All else is as in ``Series`` and ``Point``, "" for what is not
    known.

    Args:
        series: which series; by default all that ship.
    """
    chosen = reference_series() if series is None else series
    frame = pd.DataFrame([_row(one, point) for one in chosen for point in one.points], columns=list(REFERENCE_COLUMNS))
    times = {name: pd.to_datetime(frame[name]) for name in ("date_from", "date_to")}
    return frame.assign(**times).astype(dict.fromkeys(("value", "low", "high"), "float64"))


def label_of(point: Point) -> str:
    """Return a count as it is printed: ``588``, ``≈ 455``, ``≥ 150`` or ``125–128``."""
    if point.bound == "at_least":
        return f"≥ {point.low:,}"
    if point.bound == "range":
        return f"{point.low:,}–{point.high:,}"
    return f"≈ {point.value:,}" if point.bound == "about" else f"{point.value:,}"


def _row(series: Series, point: Point) -> dict[str, Any]:
    ours, span = series.ours, point.span
    stated = {name: getattr(point, name) for name in POINT_COLUMNS if name not in {"date_from", "date_to", "precision"}}
    times = {
        "date_from": span.first if span else None,
        "date_to": span.last if span else None,
        "precision": span.precision if span else "",
    }
    figure = {f"our_{name}": getattr(ours, name, "") for name in ("unit", "population", "cut", "cut_value")}
    return {
        "series": series.id,
        **{name: getattr(series, name) for name in SERIES_COLUMNS[1:]},
        **stated,
        **times,
        **figure,
        "differs": ours.differs if ours else "",
        "no_figure": series.no_figure,
    }


def _points(text: str) -> dict[str, list[tuple[int, Point]]]:
    """Return the counts of each series with the lines they stand in, in the order of time."""
    reader = csv.reader(text.splitlines())
    header = next(reader, [])
    _require(header == _POINT_KEYS, f"{POINTS_FILE}, line 1", f"the columns must be {', '.join(_POINT_KEYS)}")
    found: dict[str, list[tuple[int, Point]]] = {}
    for cells in reader:
        where = f"{POINTS_FILE}, line {reader.line_num}"
        _require(len(cells) == len(header), where, f"{len(header)} cells are expected, there are {len(cells)}")
        name, *rest = cells
        point = _point(dict(zip(header[1:], rest, strict=True)), where)
        known = found.setdefault(name, [])
        is_new = all((point.when, point.said) != (other.when, other.said) for _, other in known)
        _require(is_new, where, f"{name} has two counts for {point.when or point.said or 'no date'}")
        known.append((reader.line_num, point))
    for stated in found.values():
        stated.sort(key=lambda one: one[1].span.last if one[1].span else date.max)
    return found


def _point(cells: Mapping[str, str], where: str) -> Point:
    _in_list(cells["bound"], BOUNDS, "bound", where)
    _in_list(cells["evidence"], EVIDENCE, "evidence", where)
    numbers = {name: _number(cells[name], name, where) for name in ("value", "low", "high")}
    filled = tuple(name for name, number in numbers.items() if number is not None)
    expected = _FILLED[cells["bound"]]
    _require(filled == expected, where, f"{cells['bound']!r} states {' and '.join(expected)}, and nothing else")
    low, high = numbers["low"], numbers["high"]
    _require(low is None or high is None or low < high, where, "low must be less than high")
    return Point(
        when=cells["when"], span=_span(cells["when"], where), said=cells["said"], bound=cells["bound"], **numbers,
        published=cells["published"], evidence=cells["evidence"], note=cells["note"],
    )  # fmt: skip


def _number(cell: str, name: str, where: str) -> int | None:
    if not cell:
        return None
    _require(_NUMBER.fullmatch(cell) is not None, where, f"{name} {cell!r} is no whole number")
    return int(cell)


def _span(when: str, where: str) -> Span | None:
    """Read ``2018``, ``2020-06``, ``2022-08-25`` or, of months, ``2025-01/2025-06``."""
    if not when:
        return None
    ends = [_WHEN.fullmatch(part) for part in when.split("/")]
    complaint = f"{when!r} is no time: write 2018, 2020-06, 2022-08-25 or 2025-01/2025-06"
    try:
        days = [_days(*end.groups()) for end in ends if end]
    except ValueError:
        raise ReferenceInvalid(f"{where}: {complaint}") from None
    _require(len(days) == len(ends) <= 2, where, complaint)
    if len(days) == 1:
        return days[0]
    first, last = days
    _require(first.precision == last.precision == "month" and first.first < last.first, where, complaint)
    return Span(first.first, last.last, "months")


def _days(year: str, month: str | None, day: str | None) -> Span:
    if month is None:
        return Span(date(int(year), 1, 1), date(int(year), 12, 31), "year")
    if day is None:
        last = monthrange(int(year), int(month))[1]
        return Span(date(int(year), int(month), 1), date(int(year), int(month), last), "month")
    return Span(date(int(year), int(month), int(day)), date(int(year), int(month), int(day)), "day")


def _series(entry: Mapping[str, Any], points: Mapping[str, list[tuple[int, Point]]], where: str) -> Series:
    name = entry.get("id")
    _require(isinstance(name, str) and bool(name), where, "a series needs an id")
    where = f"{where}: {name}"
    keys = _SERIES_KEYS | ({"no_figure"} if "no_figure" in entry else {"ours", "differs"})
    wrong = sorted(keys ^ set(entry))
    _require(not wrong, where, f"absent, unknown or too much: {', '.join(wrong)}")
    for key in _TEXTS:
        _require(isinstance(entry[key], str) and (bool(entry[key]) or key == "country"), where, f"{key} must be a text")
    for key, words in (("stated_by", STATED_BY), ("unit", UNITS), ("measure", MEASURES)):
        _in_list(entry[key], words, key, where)
    sources = entry["sources"]
    _require(isinstance(sources, list) and all(isinstance(one, str) for one in sources), where, "sources must be slugs")
    _require(name in points, where, f"{POINTS_FILE} has no count of it")
    return Series(
        id=entry["id"],
        **{key: entry[key] for key in _TEXTS},
        sources=tuple(sources),
        ours=None if "no_figure" in entry else _our_figure(entry["ours"], entry["differs"], where),
        no_figure=entry.get("no_figure", ""),
        points=tuple(point for _, point in points[entry["id"]]),
    )


def _our_figure(figure: Any, differs: Any, where: str) -> OurFigure:
    texts = [*figure.values(), differs] if isinstance(figure, Mapping) else []
    _require(
        bool(texts) and all(isinstance(one, str) and one for one in texts), where, "ours and differs must be texts"
    )
    wrong = sorted({"unit", "population", "cut", "cut_value"} ^ set(figure))
    _require(not wrong, where, f"ours: absent or unknown: {', '.join(wrong)}")
    _in_list(figure["unit"], OUR_UNITS, "unit of ours", where)
    _in_list(figure["population"], POPULATIONS, "population of ours", where)
    _in_list(figure["cut"], CUTS, "cut of ours", where)
    return OurFigure(**figure, differs=differs)


def _in_list(word: str, words: Any, name: str, where: str) -> None:
    _require(word in words, where, f"{name} {word!r} is none of: {', '.join(words)}")


def _require(holds: bool, where: str, complaint: str) -> None:
    if not holds:
        raise ReferenceInvalid(f"{where}: {complaint}")
