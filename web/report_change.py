"""The change of a period taken apart by parts that add up to it exactly, and that of every period of the series."""

from __future__ import annotations

from collections.abc import Mapping

from web import pictures
from web.measures import PARTS, UNITS
from web.report_cuts import CATEGORIES_MOST
from web.report_parts import ByCategory, Figures, Line, Table, basis, between, signed, signed_share
from web.trendpage import category
from web.words import UNKNOWN, is_missing, number

ENDS = ("stock_start", *PARTS, "stock")
NAMES = {"change_within": "Within", "change_reclassified": "Reclassified", "change_stale": "Stale",
         "change_exit": "Went", "change_entry": "Came in"}  # fmt: skip
"""Part -> its heading in a table; ``web.measures.PARTS`` says what each is."""
REVISION = "Known since"


class DoesNotAddUp(ValueError):
    """Stored figures contradict each other: a report of them must not be written."""


def period_table(figures: Figures) -> Table | None:
    """Return the parts of the change of the latest period, for the total and by kind of catalogue and development.

    Where the day on which the period starts was measured too, the first column is the stock as it was published then,
    and the second what became known, linked or classified otherwise since (``trends.differences``).

    Raises:
        DoesNotAddUp: if in a row the parts do not add up to the change exactly.
    """
    days = figures.days
    total = ByCategory(figures.rows("total", ENDS))
    row = _parts(total, figures, "all")
    if row is None:
        return None
    before = ByCategory(figures.rows("total", ["stock"], snapshots=(days.before,))) if days.before else None
    lines = [_line("All", row, None if before is None else _published(before, figures, "all"), is_total=True)]
    for cut, of in (("source_kind", "Catalogue"), ("development", "Developed")):
        found = ByCategory(figures.rows(cut, ENDS))
        earlier = ByCategory(figures.rows(cut, ["stock"], snapshots=(days.before,))) if days.before else None
        there = set(found.rows["cut_value"]) | (set(earlier.rows["cut_value"]) if earlier is not None else set())
        order = sorted(there, key=lambda word: (word == UNKNOWN, -(found.value(days.latest, word, "stock") or 0), word))
        for word in order[:CATEGORIES_MOST]:
            parts = _parts(found, figures, word) or dict.fromkeys(ENDS, 0.0)
            published = None if earlier is None else _published(earlier, figures, word)
            if any(parts.values()) or published:
                lines.append(_line(f"{of}: {category(cut, word).lower()}", parts, published))
    start = ["Listed at the start"] if before is None else ["Published then", REVISION]
    values = [(name, row[part]) for part, name in NAMES.items()]
    if before is not None:
        values.insert(0, (REVISION, row["stock_start"] - _published(before, figures, "all")))
    said = ", ".join(f"{name} {signed(value)}" for name, value in values)
    return Table(
        id="parts",
        title=f"What the change from {days.latest.period_start} to {days.latest.as_of} is the sum of",
        columns=[*start, *NAMES.values(), "Listed at the end"],
        lines=lines,
        first_column="Of which",
        basis=basis(total.row(days.latest, "all", "change_within")),
        notes=[
            "In every row the first column and the parts add up exactly to the last.",
            "Each credential counts in one kind of catalogue, and in one way of development.",
        ],
        picture=pictures.parts(
            values, name="parts", title="The parts of the change, all sources", unit=UNITS["credential"],
            description=f"{said}. The table below has every figure.",
        ),
    )  # fmt: skip


def _parts(found: ByCategory, figures: Figures, word: str) -> Mapping[str, float] | None:
    """Return the stock at both ends and the parts between, ``None`` if they were not measured."""
    values = {name: found.value(figures.days.latest, word, name) for name in ENDS}
    if any(value is None for value in values.values()):
        return None
    row = {name: value for name, value in values.items() if value is not None}
    if row["stock_start"] + sum(row[part] for part in PARTS) != row["stock"]:
        raise DoesNotAddUp(
            f"snapshot {figures.days.latest.id}: the parts of {word!r} do not add up; take it again with "
            f"`microcred snapshot --as-of {figures.days.latest.as_of}`, and report it if that does not help"
        )
    return row


def _published(before: ByCategory, figures: Figures, word: str) -> float:
    assert figures.days.before is not None
    return before.value(figures.days.before, word, "stock") or 0.0


def _line(name: str, row: Mapping[str, float], published: float | None, *, is_total: bool = False) -> Line:
    start = (
        [number(row["stock_start"])]
        if published is None
        else [number(published), signed(row["stock_start"] - published)]
    )
    return Line(name, [*start, *(signed(row[part]) for part in PARTS), number(row["stock"])], is_total=is_total)


def growth_table(figures: Figures) -> Table | None:
    """Return growth and the parts of the change of every period of the series, ``None`` if none was measured."""
    days = figures.days.days
    found = ByCategory(figures.rows("total", ENDS, snapshots=days))
    growth = ByCategory(figures.rows("total", ["growth"], snapshots=days, panel="matched"))
    lines = []
    drawn = []
    for day in days:
        if found.value(day, "all", "stock_start") is None:
            continue
        row = growth.row(day, "all", "growth")
        lines.append(
            Line(
                f"{day.period_start} to {day.as_of}",
                [
                    signed_share(row.get("value")),
                    between(row.get("low"), row.get("high"), signed_share),
                    number(row.get("sources_ok")),
                    number(found.value(day, "all", "stock_start")),
                    *(signed(found.value(day, "all", part)) for part in PARTS),
                    number(found.value(day, "all", "stock")),
                ],
            )
        )
        ends = {end: growth.value(day, "all", "growth", end) for end in ("value", "low", "high")}
        drawn.append({"as_of": day.as_of, "category": "Growth", **ends})
    if not lines:
        return None
    latest = growth.row(days[-1], "all", "growth")
    known = [row for row in drawn if not is_missing(row["value"])]
    return Table(
        id="growth",
        title="Growth of each period, and its change taken apart",
        columns=["Growth", "Bounds", "Sources matched", "At the start", *NAMES.values(), "At the end"],
        lines=lines,
        first_column="Period",
        names_are_days=True,
        basis=basis(latest, "matched") if latest else "Growth: not measured; no source was matched.",
        picture=pictures.lines(
            known, name="growth", title="Growth over each period in matched sources; the band shows the bounds",
            unit="Growth in the period", as_share=True,
            description=f"{len(known)} of {len(lines)} periods have a figure. The table below has every figure.",
        ) if len(known) > 1 else None,
    )  # fmt: skip
