"""``microcred report``: one HTML file about what was measured, fit to be sent."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flows import console
from flows.cli_days import day_of


def report(
    as_of: Annotated[
        str | None,
        typer.Option(help="Day of the snapshot to report; the last one measured if left out.", metavar="DATE"),
    ] = None,
    known_at: Annotated[
        str | None,
        typer.Option(
            help="Report revised figures: snapshots taken with the same --known-at. Without it: as known then.",
            metavar="DATE",
        ),
    ] = None,
    definition: Annotated[
        str | None, typer.Option(help="Under which definition; eu_2022 if left out.", metavar="NAME")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            help="The HTML file; else reports/microcred-report-DATE.html in the data directory.", metavar="FILE"
        ),
    ] = None,
    pdf: Annotated[
        bool, typer.Option("--pdf", help="Print it as PDF too, beside it, with the Chromium of this machine.")
    ] = False,
    title: Annotated[str | None, typer.Option(help="Title of the report.")] = None,
    author: Annotated[str | None, typer.Option(help="Who publishes it, for the citation.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """Write a report of the stored figures: one HTML file without scripts, which asks nothing of any host.

    It says how many micro-credentials are listed, how they grow in sources that can be compared, how they are
    developed, who publishes them, why the figures changed, how far to trust them, and how to cite it. Take the
    snapshots first: `microcred snapshot --as-of 2026-10-31`; one more with `--period-start 2025-10-31` lets the report
    speak of a year. The same figures give the same bytes. The database is read only.

    Example: `microcred report --as-of 2026-10-31 --pdf --author "Agency for Quality"`
    """
    from flows.report import Wanted, write_report
    from flows.settings import Settings

    written = write_report(
        Settings(),
        Wanted(
            as_of=day_of(as_of, "--as-of") if as_of else None,
            known_at=day_of(known_at, "--known-at") if known_at else None,
            definition=definition, title=title, author=author, out=out, with_pdf=pdf,
        ),
    )  # fmt: skip
    if as_json:
        console.print_json(written)
        return
    console.print_table(written["files"], ("path", "bytes", "sha256"))
    console.say(f"as of {written['as_of']}, known at {written['known_at']}, {len(written['snapshots'])} snapshots")
    console.say(f"cite: {written['citation']}")
