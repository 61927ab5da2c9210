"""``microcred``: the command line. Every command is a thin shell; slow imports stand inside the commands.

Exit code 0: done; 1: something failed and says what; 2: wrong usage. Data on stdout, everything else on stderr.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows import (
    cli_backfill,
    cli_classify,
    cli_export,
    cli_links,
    cli_rebuild,
    cli_reference,
    cli_serve,
    cli_sources,
    cli_trends,
    console,
)
from flows.cli_days import moment_of

if TYPE_CHECKING:
    from models.records import RunRecord

app = typer.Typer(
    name="microcred",
    help="Harvest micro-credential catalogues, keep every page, and measure how they change.\n\n"
    "Start with `microcred demo` (offline), then `microcred sources list` and `microcred harvest SOURCE`.",
    no_args_is_help=True,
    add_completion=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
db_app = typer.Typer(help="The database: where it is, upgrades, comparisons, copies.", no_args_is_help=True)
app.add_typer(cli_sources.app, name="sources")
app.add_typer(cli_links.app, name="links")
app.add_typer(db_app, name="db")
for command in (
    cli_backfill.backfill, cli_classify.classify, cli_classify.explain, cli_classify.problems, cli_export.export,
    cli_rebuild.rebuild, cli_rebuild.reread, cli_reference.reference, cli_serve.serve, cli_trends.snapshot,
    cli_trends.trends,
):  # fmt: skip
    app.command()(command)
cli_sources.app.command()(cli_classify.lookup)
db_app.command("diff")(cli_rebuild.db_diff)
db_app.command("copy")(cli_rebuild.db_copy)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]

RUN_COLUMNS = (
    "source", "as_of", "outcome", "listings", "offerings", "new", "changed", "missing", "withdrawn", "problems",
    "reason",
)  # fmt: skip


def main() -> None:
    """Run the command line; turn known errors into one clear line and an exit code."""
    try:
        app()
    except Exception as error:
        from flows.errors import expected_errors

        if not isinstance(error, expected_errors()):
            raise
        console.say(f"error: {error}", style="bold red")
        sys.exit(2 if isinstance(error, ValueError) else 1)


def _version(value: bool) -> None:
    if value:
        from flows.observatory import code_version

        sys.stdout.write(f"microcred {code_version()}\n")
        raise typer.Exit


@app.callback()
def _options(
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Log what is done, on stderr.")] = False,
    _show: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and stop.")
    ] = False,
) -> None:
    console.set_up_logging(verbose=verbose)


def _show_runs(runs: list[RunRecord], as_json: bool) -> None:
    if as_json:
        console.print_json([r.as_json() for r in runs])
        return
    console.print_table([r.as_json() for r in runs], RUN_COLUMNS)


@app.command()
def demo(
    seed: Annotated[int, typer.Option(help="Which imitated world; the same seed gives the same world.")] = 7,
    dates: Annotated[int, typer.Option(min=2, max=60, help="How many harvests, a quarter of a year apart.")] = 8,
    sources: Annotated[
        str | None,
        typer.Option(help="Comma-separated slugs, or `all`; else one a family.", metavar="SLUGS"),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Harvest an imitated world of catalogues over real HTTP on this machine, offline, and draw its trend.

    Runs the Prefect flow once a date, prints every run, then the measured trend beside the world's truth. Leaves
    `data/demo/observatory.sqlite`, the WARC files of every page, and pictures.
    """
    from flows.demo import run_demo

    slugs = [s.strip() for s in sources.split(",") if s.strip()] if sources else None
    if not run_demo(seed=seed, dates=dates, slugs=slugs, as_json=as_json):
        raise typer.Exit(1)


@app.command()
def harvest(
    sources: Annotated[list[str] | None, typer.Argument(help="Slugs of sources; all that are due if none.")] = None,
    as_of: Annotated[
        str | None, typer.Option(help="Time the looks speak for, RFC 3339; now if left out.", metavar="TIME")
    ] = None,
    prefect: Annotated[
        bool, typer.Option("--prefect", help="Run as a Prefect flow (also if PREFECT_API_URL is set).")
    ] = False,
    include_retired: Annotated[
        bool, typer.Option(help="Allow retired sources to be named: their hosts answer only in the sandbox.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Read catalogues now: fetch politely, archive every page, judge each run, and load what changed.

    Exits with 1 if a source failed, was blocked, or is suspect; all others are stored all the same.
    """
    from flows.live import FAILING
    from flows.observatory import prefect_is_asked_for

    moment = moment_of(as_of, "--as-of") if as_of else datetime.now(UTC)
    if prefect or prefect_is_asked_for():
        from flows.as_flow import harvest_as_flow

        if not harvest_as_flow(sources or [], moment, include_retired=include_retired, as_json=as_json):
            raise typer.Exit(1)
        return
    from flows.plainly import harvest_plainly

    runs = harvest_plainly(sources or [], moment, include_retired=include_retired)
    _show_runs(runs, as_json)
    if any(r.outcome in FAILING for r in runs):
        raise typer.Exit(1)


@app.command()
def replay(
    directory: Annotated[Path, typer.Argument(help="A folder with a recording.toml (see docs/recordings.md).")],
    accept: Annotated[bool, typer.Option("--accept", help="Accept runs that a gate holds back.")] = False,
    as_json: AsJson = False,
) -> None:
    """Harvest from recorded responses instead of the network; each recorded date is one run.

    Exits with 1 if a run failed or was blocked, or if a figure differs from the recording's `[expect]`.
    """
    from flows.observatory import open_observatory
    from flows.replay import replay as replay_recording

    with open_observatory() as observatory:
        replayed = replay_recording(observatory, directory, accept=accept)
    _show_runs(list(replayed.runs), as_json)
    for run in replayed.runs:
        if run.reason:
            console.say(f"{run.source} {run.as_of:%Y-%m-%d}: {run.outcome}: {run.reason}")
    for surprise in replayed.surprises:
        console.say(f"not as expected: {surprise}", style="yellow")
    if replayed.failed:
        raise typer.Exit(1)


@app.command()
def accept(
    source: Annotated[str, typer.Argument(help="Slug of the source.")],
    reason: Annotated[str, typer.Option(help="Why the run is right although a gate failed; kept beside it.")],
    as_of: Annotated[
        str | None, typer.Option(help="Time of the run; the latest suspect run if left out.", metavar="TIME")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Load a run that a gate held back. Its archived pages are read again; nothing is fetched."""
    from flows.accept import accept as accept_run
    from flows.observatory import open_observatory

    with open_observatory() as observatory:
        record = accept_run(observatory, source, reason=reason, as_of=moment_of(as_of, "--as-of") if as_of else None)
    _show_runs([record], as_json)


@app.command()
def query(
    sql: Annotated[str, typer.Option(help="One SELECT; the public views are listed in docs/data-dictionary.md.")],
    csv: Annotated[bool, typer.Option("--csv", help="Print CSV.")] = False,
    as_json: AsJson = False,
) -> None:
    """Ask the database in SQL, read-only. Example: `microcred query --sql "select * from run_log"`."""
    from flows.observatory import open_observatory
    from models.queries import read_sql

    with open_observatory() as observatory:
        frame = read_sql(observatory.engine, sql)
    if csv:
        sys.stdout.write(frame.to_csv(index=False))
    elif as_json:
        console.print_json(frame.to_dict(orient="records"))
    else:
        console.print_table(console.records(frame), [str(c) for c in frame.columns])


@app.command()
def status(as_json: AsJson = False) -> None:
    """Show the health of every source: its last run, its last good look, and what waits for a decision."""
    from flows.showing import NEVER, STATUS_COLUMNS, health

    rows = health()
    if as_json:
        console.print_json(rows)
        return
    harvested = [row for row in rows if row["last_outcome"] != NEVER]
    console.print_table(harvested, STATUS_COLUMNS)
    if len(harvested) < len(rows):
        console.say(f"{len(rows) - len(harvested)} further sources were never harvested (`microcred sources list`)")


@db_app.command("upgrade")
def db_upgrade() -> None:
    """Make the database if there is none, and migrate it to the newest schema."""
    from flows.observatory import open_observatory

    with open_observatory() as observatory:
        console.say(f"up to date: {observatory.engine.url.render_as_string(hide_password=True)}")


@db_app.command("url")
def db_url() -> None:
    """Print where the database is (its password hidden)."""
    from sqlalchemy import make_url

    from flows.settings import Settings

    sys.stdout.write(make_url(Settings().database).render_as_string(hide_password=True) + "\n")


if __name__ == "__main__":
    main()
