"""``microcred snapshot | trends``: measure the history, print and draw the figures, explain why two differ."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from flows import completing, console
from flows.cli_days import day_of

if TYPE_CHECKING:
    import pandas as pd

    from flows.trending import Explained

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]
AsOf = Annotated[
    list[str] | None,
    typer.Option(
        help="Day to measure, up to its end in UTC; yesterday if left out. May be given several times, which reads "
        "the history once.",
        metavar="DATE",
    ),
]
Definition = Annotated[
    str | None,
    typer.Option(
        help="Under which definition classes are meant; eu_2022 if left out.",
        metavar="NAME",
        autocompletion=completing.definitions,
    ),
]


def snapshot(
    as_of: AsOf = None,
    period_start: Annotated[
        str | None, typer.Option(help="Count flows after this day; three months before if left out.", metavar="DATE")
    ] = None,
    known_at: Annotated[
        str | None,
        typer.Option(
            help="Use looks up to the end of this day: revised figures. Without it: as known at the end of --as-of.",
            metavar="DATE",
        ),
    ] = None,
    definition: Annotated[
        list[str] | None,
        typer.Option(
            help="Under which definition; may be given several times. eu_2022 if left out.",
            metavar="NAME",
            autocompletion=completing.definitions,
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Measure the history as of any past day, and store the figures. The same history gives the same snapshot.

    Links between listings are brought up to date first. What the figures mean is in docs/methodology.md.
    """
    from flows.measuring import take_snapshots, take_snapshots_of_days, yesterday
    from flows.observatory import open_observatory
    from flows.trending import headline
    from models.classification_tables import DEFAULT_DEFINITION

    days = [day_of(one, "--as-of") for one in as_of or ()] or [yesterday()]
    day = max(days)
    if len(days) > 1 and (period_start or known_at):
        raise typer.BadParameter("--period-start and --known-at are for one day: give --as-of once")
    start = day_of(period_start, "--period-start") if period_start else None
    known = day_of(known_at, "--known-at") if known_at else None
    if (known or day) > yesterday():
        console.say(f"{known or day} is not over yet: looks that are still to come will change these figures")
    names = definition or [DEFAULT_DEFINITION]
    whole = len(names) * len(days)
    what = "definitions" if len(days) == 1 else "days"
    with open_observatory() as observatory, console.progress("snapshot", what, whole) as advance:
        if len(days) == 1:
            taken = take_snapshots(
                observatory, day, start, known_at=known, definitions=names, on_measured=lambda one: advance(1, one)
            )
        else:
            taken = take_snapshots_of_days(
                observatory, days, definitions=names, on_measured=lambda one: advance(1, one)
            )
    if as_json:
        console.print_json(
            [
                {
                    "snapshot_id": snapshot_id,
                    "rows": console.records(one.rows),
                    "sources": console.records(one.coverage),
                }
                for snapshot_id, one in taken
            ]
        )
        return
    for snapshot_id, one in taken:
        console.say(f"snapshot {snapshot_id} under {one.definition}: {len(one.rows):,} figures (`microcred trends`)")
        _show_headline(headline(one.rows))


def trends(
    unit: Annotated[
        str | None,
        typer.Option(
            help="listing, programme, credential or offering; credential if left out.",
            metavar="UNIT",
            autocompletion=completing.one_of(completing.UNITS),
        ),
    ] = None,
    panel: Annotated[
        str | None,
        typer.Option(
            help="all, or matched: the sources covered at both ends of the period.",
            metavar="PANEL",
            autocompletion=completing.one_of(completing.PANELS),
        ),
    ] = None,
    population: Annotated[
        str | None,
        typer.Option(
            help="all, core or core_and_broad; all if left out.",
            metavar="POPULATION",
            autocompletion=completing.one_of(completing.POPULATIONS),
        ),
    ] = None,
    cut: Annotated[
        str | None,
        typer.Option(
            help="Divided by: source, source_kind, country, kind, mc_class, development ...",
            metavar="CUT",
            autocompletion=completing.one_of(completing.CUTS),
        ),
    ] = None,
    measure: Annotated[
        str | None,
        typer.Option(
            help="Only this measure: stock, growth, new, share ...",
            metavar="MEASURE",
            autocompletion=completing.one_of(completing.MEASURES),
        ),
    ] = None,
    definition: Definition = None,
    as_of: Annotated[str | None, typer.Option(help="Only figures of this day.", metavar="DATE")] = None,
    explain: Annotated[
        tuple[str, str] | None,
        typer.Option(
            help="Why the figures of two snapshots differ, part by part; each named by its day or its id.",
            metavar="BEFORE AFTER",
        ),
    ] = None,
    png: Annotated[Path | None, typer.Option(help="Draw the figures into this file.", metavar="FILE")] = None,
    svg: Annotated[Path | None, typer.Option(help="The same as SVG.", metavar="FILE")] = None,
    as_json: AsJson = False,
) -> None:
    """Print the stored figures, draw them, or explain why they differ.

    Without further options: the headline of each snapshot, which is the stock with its bounds, growth on the matched
    sources, and the change of all sources taken apart. With `--cut`, `--panel` or `--measure`: every such figure.

    Examples: `microcred trends --cut development --measure share`, `microcred trends --measure growth --png g.png`,
    `microcred trends --explain 2026-07-31 2026-10-31`.
    """
    from flows.observatory import open_observatory
    from flows.trending import POPULATION, TOTAL, UNIT, headline, stored_series
    from flows.trending import explain as explain_difference
    from models.classification_tables import DEFAULT_DEFINITION

    name, whose = definition or DEFAULT_DEFINITION, {"unit": unit or UNIT, "population": population or POPULATION}
    day = day_of(as_of, "--as-of") if as_of else None
    is_headline = cut is None and panel is None and measure is None
    with open_observatory() as observatory:
        if explain is not None:
            only = {"unit": unit, "population": population, "cut": cut or (None if as_json else TOTAL)}
            _show_explained(explain_difference(observatory, *explain, definition=name), only, as_json)
            return
        for file in (png, svg):
            if file is not None:
                drawn = stored_series(observatory, definition=name, as_of=day, **whose)
                _draw(drawn, whose, cut or TOTAL, measure, file)
        if is_headline:
            rows = headline(stored_series(observatory, definition=name, as_of=day, cut=TOTAL, **whose), **whose)
        else:
            rows = stored_series(
                observatory, definition=name, as_of=day, cut=cut or TOTAL, panel=panel, measure=measure, **whose
            )
    if as_json:
        console.print_json(console.records(rows))
    elif is_headline:
        _show_headline(rows)
    else:
        _show_series(rows)


# --------------------------------------------------------------------------------------
# What a person sees
# --------------------------------------------------------------------------------------

HEADLINE = (
    "as_of", "known_at", "since", "stock", "stock_bounds", "growth", "growth_bounds", "change", "within",
    "reclassified", "stale", "exit", "entry", "sources",
)  # fmt: skip
HEADLINE_TO_GO = (
    "exit", "entry", "stale", "reclassified", "within", "sources", "known_at", "since", "growth_bounds", "stock_bounds",
)  # fmt: skip
SERIES_TO_GO = ("sources", "since", "missing", "known_at", "panel", "n", "bounds")
"""Columns that a narrow terminal does without, in this order."""
LEGEND = (
    "growth: on the sources covered at both ends; change = within + reclassified + stale + exit + entry, over all "
    "sources; sources: covered/stale/without a complete look"
)
SERIES = ("as_of", "known_at", "since", "panel", "category", "measure", "value", "bounds", "n", "missing", "sources")


def _show_headline(rows: pd.DataFrame) -> None:
    console.print_table([_headline_row(row) for row in console.records(rows)], HEADLINE, least=HEADLINE_TO_GO)
    console.say(LEGEND)


def _headline_row(row: dict[str, Any]) -> dict[str, Any]:
    parts = {name.removeprefix("change_"): _count(row[name]) for name in row if name.startswith("change")}
    return _days(row) | parts | {
        "stock": _count(row["stock"]),
        "stock_bounds": _bounds(row["stock_low"], row["stock_high"], _count),
        "growth": _percent(row["growth"]),
        "growth_bounds": _bounds(row["growth_low"], row["growth_high"], _percent),
        "sources": _sources(row),
    }  # fmt: skip


def _show_series(rows: pd.DataFrame) -> None:
    shown = [
        _days(row) | {
            "panel": row["panel"],
            "category": row["cut_value"],
            "measure": row["measure"],
            "value": _number(row["value"]),
            "bounds": _bounds(row["low"], row["high"], _number),
            "n": row["n"],
            "missing": _percent(row["missing_share"]),
            "sources": _sources(row),
        }
        for row in console.records(rows)
    ]  # fmt: skip
    console.print_table(shown, SERIES, least=SERIES_TO_GO)


def _days(row: dict[str, Any]) -> dict[str, Any]:
    return {"as_of": row["as_of"], "known_at": row["known_at"], "since": row["period_start"]}


def _sources(row: dict[str, Any]) -> str:
    return "/".join(_count(row[f"sources_{state}"]) for state in ("ok", "stale", "missing"))


def _is_unknown(value: Any) -> bool:
    return value is None or value != value  # noqa: PLR0124 - not-a-number is the only value unequal to itself


def _count(value: Any) -> str:
    return "-" if _is_unknown(value) else f"{value:,.0f}"


def _percent(value: Any) -> str:
    return "-" if _is_unknown(value) else f"{100 * value:,.1f} %"


def _number(value: Any) -> str:
    if _is_unknown(value):
        return "-"
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.3f}" if abs(value) < 10 else f"{value:,.1f}"


def _bounds(low: Any, high: Any, words: Any) -> str:
    return "-" if _is_unknown(low) and _is_unknown(high) else f"{words(low)} to {words(high)}"


def _show_explained(found: Explained, only: dict[str, str | None], as_json: bool) -> None:
    from trends.differences import PARTS

    rows = found.rows
    for name, value in only.items():
        rows = rows if value is None else rows[rows[name] == value]
    if as_json:
        ends = {name: getattr(found, name) for name in ("before", "after")}
        told = {name: {key: getattr(end, key) for key in _SNAPSHOT} for name, end in ends.items()}
        kept = {"links_and_rules_are_apart": found.is_computed_again, "rows": console.records(rows)}
        console.print_json(told | kept | {"sources": console.records(found.sources)})
        return
    before, after = found.before, found.after
    console.out.print(f"{before.as_of} (known {before.known_at}, {before.id}) to ", end="")
    console.out.print(f"{after.as_of} (known {after.known_at}, {after.id}), under {after.definition}\n")
    columns = ["population", "unit", "cut", "cut_value", "before", "after", "difference", *PARTS]
    console.print_table(console.records(rows), columns, title="before + the parts = after")
    if not found.sources.empty:
        console.out.print()
        console.print_table(console.records(found.sources), list(found.sources.columns), title="Sources to know of")
    if not found.is_computed_again:
        console.say(
            "links, rules or looks are other ones now than when the later snapshot was taken: what links and rules "
            "changed is part of the revision; `microcred snapshot` takes the later one again"
        )


_SNAPSHOT = ("id", "as_of", "known_at", "period_start", "definition", "taken_at")


def _draw(rows: pd.DataFrame, whose: dict[str, str], cut: str, measure: str | None, path: Path) -> None:
    # Drawing takes a second to import; most commands draw nothing.
    from trends.pictures import development_picture, growth_picture, save, stock_picture

    if measure == "growth":
        chart = growth_picture(rows, **whose)
    elif cut in {"development", "development_modes"}:
        chart = development_picture(rows, **whose)
    else:
        chart = stock_picture(rows, **whose, cut=cut)
    save(chart, path)
    console.say(f"drawn: {path}")
