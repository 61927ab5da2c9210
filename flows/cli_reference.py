"""``microcred reference``: counts that others publish, beside ours."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from flows import console

if TYPE_CHECKING:
    import pandas as pd

    from trends.reference import Series

COLUMNS = ("series", "time", "stated", "ours", "our_day")
NOT_COUNTED = "not counted"
"""Stands in the table for the reason why no figure of ours can stand beside a count."""


def reference(
    series: Annotated[
        list[str] | None, typer.Argument(help="Ids of series, as the table without any prints them; all if none.")
    ] = None,
    picture: Annotated[
        Path | None, typer.Option(help="Draw the dated counts beside our stock into this .png or .svg.", metavar="FILE")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """Print counts that owners of catalogues and reports publish, with our figure of the nearest snapshot beside each.

    The two are never one series: theirs rest on definitions of their own. Name a series to read its definition, and
    what still differs in ours; docs/reference-series.md holds all. `≥` is a lower bound, `≈` about. Where no figure of
    ours stands beside a count, the last column says why: the count has no date, no snapshot holds such a figure, or
    nothing of ours is counted that way.

    Example: `microcred reference suny_microcredentials --picture suny.png`
    """
    from flows.observatory import open_observatory
    from models.queries import trend_frame
    from trends.reference import label_of, reference_frame
    from trends.reference_beside import beside_ours

    chosen = _chosen(series or ())
    with open_observatory() as observatory:
        rows = trend_frame(observatory.engine, measure="stock", panel="all")
    beside = console.records(beside_ours(reference_frame(chosen), rows))
    if picture is not None:
        _draw(chosen, rows, picture)
    if as_json:
        console.print_json([_with_days(row) for row in beside])
        return
    if series:
        _print_definitions(chosen)
    labels = [label_of(point) for one in chosen for point in one.points]
    table = [_row(row, label) for row, label in zip(beside, labels, strict=True)]
    console.print_table(table, COLUMNS)


def _chosen(ids: Sequence[str]) -> Sequence[Series]:
    from flows.nearest import none_called
    from trends.reference import reference_series

    known = {one.id: one for one in reference_series()}
    unknown = sorted(set(ids) - set(known))
    if unknown:
        raise typer.BadParameter(f"{none_called('series', unknown, known)}; there are: {', '.join(known)}")
    return [known[one] for one in dict.fromkeys(ids)] if ids else list(known.values())


def _draw(chosen: Sequence[Series], rows: pd.DataFrame, path: Path) -> None:
    from trends.pictures import save
    from trends.reference_picture import reference_picture

    save(reference_picture(chosen, rows), path)
    console.say(f"drawn: {path}")


def _print_definitions(chosen: Sequence[Series]) -> None:
    for one in chosen:
        ours = f"No figure of ours: {one.no_figure}"
        if one.ours:
            ours = f"Ours, {one.ours.unit}s of {one.ours.cut} {one.ours.cut_value}: {one.ours.differs}"
        console.out.print(console.plain(f"{one.title}\n{one.owner} counts: {one.definition}.\n{ours}.\n"))


def _row(row: dict[str, Any], label: str) -> dict[str, Any]:
    """Return a count as a row of the table; the long reasons are left to the definitions."""
    day = row["our_as_of"]
    return {
        "series": row["series"],
        "time": row["said"] or row["when"] or "no date",
        "stated": label,
        "ours": row["our_value"],
        "our_day": (NOT_COUNTED if row["no_figure"] else row["why_blank"]) or f"{day:%Y-%m-%d}",
    }


def _with_days(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row of the frame with its days as days, and not as midnights."""
    days = {name: row[name] for name in ("date_from", "date_to", "our_as_of")}
    return row | {name: None if _is_empty(day) else day.date() for name, day in days.items()}


def _is_empty(value: Any) -> bool:
    return bool(value != value)  # noqa: PLR0124 - not-a-time is unequal to itself
