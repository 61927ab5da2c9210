"""``microcred stock``: how many listings were listed on each of many days, without snapshots."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated

import typer

from flows import console
from flows.cli_days import day_of

EVERY = ("day", "week", "month")


def stock(
    since: Annotated[str, typer.Option("--from", help="First day.", metavar="DATE")],
    until: Annotated[str | None, typer.Option("--to", help="Last day; yesterday if left out.", metavar="DATE")] = None,
    every: Annotated[
        str, typer.Option(help="day, week (from the first day on), or month (its last day).", metavar="SPAN")
    ] = "month",
    cut: Annotated[
        list[str] | None,
        typer.Option(
            help="Divided by: source, source_kind, country, kind, mc_class, delivery, price_type, isced_broad, "
            "eqf_level, platform_level; may be given several times. The total if left out.",
            metavar="CUT",
        ),
    ] = None,
    definition: Annotated[
        str | None, typer.Option(help="Under which definition classes are meant; eu_2022 if left out.", metavar="NAME")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """Count the listings of all sources at the end of many days (UTC): a long series in a moment.

    It is the `stock` of the unit `listing` that a snapshot of each day would give, without bounds and without the
    rest. The history is read once; then only what has changed since (`extracts/` in the data directory, which may be
    deleted).

    Examples: `microcred stock --from 2024-01-31`, `microcred stock --from 2026-01-01 --every week --cut kind --json`.
    """
    from flows.measuring import yesterday
    from flows.observatory import open_observatory
    from flows.stocks import stocks
    from models.classification_tables import DEFAULT_DEFINITION

    first, last = day_of(since, "--from"), day_of(until, "--to") if until else yesterday()
    if first > last:
        raise typer.BadParameter(f"--from: {first} is after {last}")
    if every not in EVERY:
        raise typer.BadParameter(f"--every: {every!r} is none of {', '.join(EVERY)}")
    with open_observatory() as observatory:
        found = stocks(
            observatory, _days(first, last, every), cut or ["total"],
            definition=definition or DEFAULT_DEFINITION, say=console.say,
        )  # fmt: skip
    rows = console.records(found.table)
    if as_json:
        console.print_json(rows)
        return
    console.print_table(rows, tuple(found.table.columns))


def _days(first: date, last: date, every: str) -> list[date]:
    from trends.stocks import month_ends

    if every == "month":
        return month_ends(first, last)
    step = 1 if every == "day" else 7
    return [first + timedelta(days=number) for number in range(0, (last - first).days + 1, step)]
