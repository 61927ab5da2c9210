"""Tables and pictures of a report: how many, how developed, who, where, what, and at what price."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import pandas as pd

from models.queries import ROLES, organisations_listed
from web import pictures
from web.frontpage import POPULATION, drawn_words
from web.measures import UNIT_MEANINGS, UNITS
from web.report_parts import TOO_FEW, ByCategory, Figures, Line, Table, basis, count_of
from web.trendpage import category
from web.words import NOTHING, country_of, is_missing, label, number, plain, share

ORGANISATIONS_MOST = 12
ROLE_NAMES = {"developed_by": "Developed", "taught_by": "Taught", "awarded_by": "Awarded"}


def stock_table(figures: Figures, *, name: str, title: str, unit: str, population: str, with_core: bool) -> Table:
    """Return how many were listed at the end of each day, with bounds, and its picture."""
    days = figures.days.days
    asked: dict[str, Any] = {"snapshots": days, "unit": unit}
    rows = ByCategory(figures.rows("total", ["stock", "stock_estimate"], population=population, **asked))
    core = ByCategory(figures.rows("total", ["stock"], population="core", **asked)) if with_core else None
    lines = []
    drawn = []
    for day in days:
        of_day = rows.row(day, "all", "stock")
        numbers = {end: rows.value(day, "all", "stock", end) for end in ("value", "low", "high")}
        cells = [number(value) for value in numbers.values()]
        cells.append(number(rows.value(day, "all", "stock_estimate"), 0))
        cells += [number(core.value(day, "all", "stock"))] if core is not None else []
        lines.append(Line(str(day.as_of), [*cells, _sources(of_day)]))
        drawn.append({"as_of": day.as_of, "category": title, **numbers})
    columns = ["Listed", "At least", "At most", "Estimate", *(["Of these core"] if with_core else []), SOURCES]
    left_out = figures.days.left_out
    return Table(
        id=name,
        title=title,
        columns=columns,
        lines=lines,
        first_column="End of day",
        basis=basis(rows.row(days[-1], "all", "stock")),
        notes=[f"{count_of(left_out, 'day', 'days')} between are in the database but not here."] if left_out else (),
        picture=pictures.lines(
            drawn, name=name, title=f"{title}; the band shows the bounds", unit=UNITS[unit],
            description=f"{count_of(len(days), 'day', 'days')}, from {lines[0].cells[0]} on {days[0].as_of} to "
            f"{lines[-1].cells[0]} on {days[-1].as_of}. The table below has every figure.",
        ),
        names_are_days=True,
    )  # fmt: skip


SOURCES = "Sources in time / stale / never"


def _sources(row: Mapping[Any, Any]) -> str:
    counts = [row.get(f"sources_{state}") for state in ("ok", "stale", "missing")]
    return NOTHING if is_missing(counts[0]) else " / ".join(number(count) for count in counts)


_COUNTED = (
    ("credential", "core", "Credentials: core micro-credentials"),
    ("credential", "core_and_broad", "Credentials: micro-credentials, core and broad"),
    ("credential", "all", "Credentials of any kind"), ("programme", "all", "Programmes of any kind"),
    ("listing", "all", "Listings of any kind"), ("offering", "all", "Offerings of any kind"),
)  # fmt: skip


def units_table(figures: Figures) -> Table:
    """Return what was listed on the latest day, counted in every unit."""
    lines = []
    of_all = None
    for unit, population, name in _COUNTED:
        row = figures.one("stock", unit=unit, population=population)
        if row is None:
            continue
        of_all = row if (unit, population) == ("credential", "all") else of_all or row
        ends = [number(row[end]) for end in ("value", "low", "high")]
        lines.append(Line(name, [*ends, UNIT_MEANINGS[unit]]))
    return Table(
        id="units", title=f"The same day counted in each unit, {figures.days.latest.as_of}",
        columns=["Listed", "At least", "At most", "What one is"], lines=lines, first_column="Unit",
        basis=basis(of_all), words=frozenset({3}),
    )  # fmt: skip


def over_time(figures: Figures, cut: str, *, name: str, title: str) -> Table | None:
    """Return the shares of the categories of a cut on each day, ``None`` if there is no figure."""
    days = figures.days.days
    found = ByCategory(figures.rows(cut, ["share", "stock"], snapshots=days))
    order = found.order(days[-1])
    if not order:
        return None
    shown = drawn_words(order)
    drawn = [
        {"as_of": day.as_of, "category": category(cut, word), "value": found.value(day, word, "share"), "low": None,
         "high": None}
        for word in shown for day in days
    ]  # fmt: skip
    lines = [Line(str(day.as_of), [share(found.value(day, word, "share")) for word in shown]) for day in days]
    return Table(
        id=name, title=title, columns=[category(cut, word) for word in shown], lines=lines, first_column="End of day",
        basis=basis(found.row(days[-1], order[0], "share")),
        picture=pictures.lines(
            drawn, name=name, title=title, unit="Share", as_share=True,
            description=f"{count_of(len(days), 'day', 'days')}, {count_of(len(shown), 'category', 'categories')}. On "
            f"{days[-1].as_of}: {_said(lines[-1], shown, cut)}. The table below has every figure.",
        ),
        names_are_days=True,
    )  # fmt: skip


def _said(line: Line, words: Sequence[str], cut: str) -> str:
    return ", ".join(f"{category(cut, word)} {cell}" for word, cell in zip(words, line.cells, strict=True))


def organisations_table(figures: Figures) -> Table:
    """Return the organisations that most credentials name, and how many name none."""
    last = figures.days.latest
    at = pd.Timestamp(last.as_of, tz="UTC") + timedelta(days=1)
    classes = tuple(POPULATION.split("_and_")) if figures.population == POPULATION else ()
    found = organisations_listed(
        figures.reach.engine, at.to_pydatetime(), definition=last.definition, classes=classes, most=ORGANISATIONS_MOST
    )
    lines = [
        Line(
            plain(str(row["name"])),
            [
                label("awarder_kind", str(row["kind"])) if not is_missing(row["kind"]) else "Unknown",
                country_of(str(row["country"])) if not is_missing(row["country"]) else "Unknown",
                *(number(row[role]) for role in ROLES),
                number(row["credentials"]),
            ],
        )
        for row in found.rows.to_dict(orient="records")
    ]
    nobody = [number(found.credentials - found.named[role]) for role in ROLES]
    lines.append(Line("Nobody is named in this role", ["", "", *nobody, ""], is_total=True))
    return Table(
        id="organisations", title=f"Organisations that most {figures.counted} name, {last.as_of}",
        columns=["Kind", "Country", *ROLE_NAMES.values(), "In any role"], lines=lines, first_column="Organisation",
        basis=f"Panel: all sources; over {number(found.credentials)} listed at the end of the day as the database has "
        f"them now, which looks since may have changed; {number(found.organisations)} organisations in all.",
        notes=[
            "One credential counts for every organisation it names. The catalogue that lists it is not one of them.",
            "A name that no table knows counts as printed.",
        ],
        words=frozenset({0, 1}),
    )  # fmt: skip


_PRICES = (
    ("price_eur", "Price in euro"), ("price_eur_per_ects", "Price per ECTS credit, euro"),
    ("price_eur_per_hour", "Price per hour of learning, euro"),
)  # fmt: skip
_QUARTILES = ("q1", "median", "q3")


def price_table(figures: Figures) -> Table | None:
    """Return quartiles of prices, and medians by kind of catalogue; refused below ``TOO_FEW`` prices."""
    rows = figures.rows("total", [f"{name}_{end}" for name, _ in _PRICES for end in _QUARTILES])
    if rows.empty:
        return None
    last = figures.days.latest
    total = ByCategory(rows)
    lines = [
        _price_line(words, [total.row(last, "all", f"{name}_{end}") for end in _QUARTILES]) for name, words in _PRICES
    ]
    by_kind = ByCategory(figures.rows("source_kind", ["price_eur_median"]))
    for word in by_kind.order(last, "price_eur_median"):
        row = by_kind.row(last, word, "price_eur_median")
        lines.append(_price_line(f"Price in euro: {label('source_kind', word).lower()}", [{}, row, {}]))
    return Table(
        id="prices", title=f"Prices of what is paid for, {last.as_of}",
        columns=["Lower quartile", "Median", "Upper quartile", "Over", "Unknown"], lines=lines, first_column="Price",
        basis=basis(total.row(last, "all", "price_eur_median")),
        notes=[
            "Prices as printed, in euro at the European Central Bank’s rate of the day they were first read.",
            "Unknown is over what is paid for or may be.",
            "A level moves when what is listed changes: it is no measure of inflation.",
            f"Below {TOO_FEW} prices nothing is said.",
        ],
    )  # fmt: skip


def _price_line(name: str, rows: Sequence[Mapping[Any, Any]]) -> Line:
    middle = rows[1]
    over = 0 if is_missing(middle.get("n")) else int(middle["n"])
    if over < TOO_FEW:
        return Line(name, [NOTHING, "too few", NOTHING, number(over), share(middle.get("missing_share"))])
    cells = [number(row.get("value"), 2) for row in rows]
    return Line(name, [*cells, number(over), share(middle.get("missing_share"))])


_ATTRIBUTES = (
    ("development", "How it was developed"), ("isced_broad", "Field of education"), ("eqf_level", "Level (EQF)"),
    ("ects_band", "Size in ECTS"), ("hours_band", "Size in hours"), ("price_type", "Free or paid"),
    ("delivery", "Delivery"), ("language", "Language"), ("awarder_country", "Country of who awards it"),
    ("awarder_kind", "Kind of who awards it"),
)  # fmt: skip


def unknown_table(figures: Figures) -> Table:
    """Return how much is unknown of each attribute, on the first and the last day."""
    first, last = figures.days.first, figures.days.latest
    lines = []
    for cut, name in _ATTRIBUTES:
        found = ByCategory(figures.rows(cut, ["stock"], snapshots=(first, last)))
        words = found.order(last)
        if not words:
            continue
        row = found.row(last, words[0], "stock")
        cells = [share(found.value(day, words[0], "stock", "missing_share")) for day in (first, last)]
        lines.append(Line(name, [*cells, number(row.get("n"))]))
    return Table(
        id="unknown", title="What is not known of what is listed", first_column="Attribute",
        columns=[f"Unknown, {first.as_of}", f"Unknown, {last.as_of}", "Over"], lines=lines,
        basis=basis(figures.one("stock")),
        notes=["Unknown means that no rule could tell it from the printed words. It is never filled with a guess."],
    )  # fmt: skip


def overlap_table(figures: Figures) -> Table | None:
    """Return how many credentials are listed by one catalogue, by two, by more; ``None`` if it was not measured."""
    last = figures.days.latest
    found = ByCategory(figures.rows("catalogues", ["stock"]))
    words = sorted(word for word in set(found.rows["cut_value"]))
    stock, listings = figures.one("stock"), figures.one("listings")
    if not words or stock is None:
        return None
    whole = float(stock["value"])
    lines = [
        Line(
            f"{word} catalogue{'' if word == '1' else 's'}",
            [number(found.value(last, word, "stock")),
             share((found.value(last, word, "stock") or 0.0) / whole if whole else None)],
        )
        for word in words
    ]  # fmt: skip
    if listings is not None:
        lines.append(Line("Listings behind them", [number(listings["value"]), ""], is_total=True))
    return Table(
        id="overlap", title=f"Listed by how many catalogues, {last.as_of}", columns=["Credentials", "Share"],
        lines=lines, first_column="Listed by", basis=basis(stock),
        notes=[
            "Listings that are linked as one credential count once.",
            "Links may be incomplete: where two listings of one credential were not recognised, it counts twice.",
        ],
    )  # fmt: skip
