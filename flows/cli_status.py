"""``microcred status``: how the sources are, and what waits for a person."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from flows import console

if TYPE_CHECKING:
    from flows.showing import Status

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")]

SOURCE_COLUMNS = ("source", "state", "outcome", "last_good", "due", "live", "missing", "problems")
FIRST_TO_GO = ("missing", "outcome", "live")
"""Columns that a narrow terminal does without, in this order."""
NOW = "now"


def status(
    check: Annotated[
        bool, typer.Option("--check", help="Exit with 1 if a source is held back, failing, or stale: for monitoring.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Show how the sources are: what fails since when, what is due next, and what waits for you with its command.

    States: held back (the last look is suspect: accept it or leave it), failing (the last look failed or was
    blocked), stale (no good look for longer than trends take: 7 days daily, 14 weekly, 45 monthly, 100
    quarterly), ok, retired, never harvested, no key. Nothing is written; `--json` has every figure.
    Exits with 0, whatever the state of the sources, unless `--check` is given.
    """
    from flows.settings import Settings, open_to_others
    from flows.showing import status_of
    from models.read_only import open_to_read

    settings = Settings()
    if warning := open_to_others():
        console.say(warning, style="yellow")
    engine = open_to_read(settings.database, settings.database_patience_seconds)
    try:
        found = status_of(engine, settings, datetime.now(UTC))
    finally:
        engine.dispose()
    if as_json:
        console.print_json(found.as_json())
    else:
        _show(found)
    if check and found.in_need:
        raise typer.Exit(1)


def _show(found: Status) -> None:
    from rich.text import Text

    from flows.status_artifact import footing

    harvested = [_shown(row, found.at) for row in found.sources if row["last_run_at"] is not None]
    if harvested:
        console.print_table(harvested, SOURCE_COLUMNS, least=FIRST_TO_GO)
    if found.waiting:
        rows = {row["source"]: row for row in found.sources}
        console.out.print()
        console.out.print(Text("Waits for you", style="bold"))
        for row in found.waiting:
            console.out.print(console.plain(_words(row, rows.get(row["source"]))))
            console.out.print(console.plain(f"  {row['command']}"), soft_wrap=True)
    counts = ", ".join(f"{count} {state}" for state, count in found.counts().items())
    console.out.print()
    console.out.print(console.plain(f"Sources: {counts}. {footing(found)}"))


def _words(waiting: dict[str, Any], source: dict[str, Any] | None) -> str:
    if source is None:
        return str(waiting["what"])
    since = f" since {source['since']:%Y-%m-%d}" if source["since"] else ""
    return f"{source['source']}: {source['state']}{since}: {waiting['what']}"


def _shown(row: dict[str, Any], at: datetime) -> dict[str, Any]:
    """Return a row with days for times: what a person wants to know is the day."""
    due = row["next_due_at"]
    return row | {
        "outcome": row["last_outcome"],
        "problems": row["open_problems"],
        "last_good": row["last_good_look_at"] and row["last_good_look_at"].date(),
        "due": None if due is None else NOW if due <= at else due.date(),
    }
