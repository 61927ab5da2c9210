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
    cli_database,
    cli_export,
    cli_forget,
    cli_links,
    cli_rebuild,
    cli_reference,
    cli_report,
    cli_search,
    cli_serve,
    cli_sources,
    cli_status,
    cli_stock,
    cli_trends,
    completing,
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
    # Plain help: to load what draws frames around it takes longer than all the rest of a command's start.
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120},
)
db_app = typer.Typer(help="The database: where it is, upgrades, comparisons, copies.", no_args_is_help=True)
app.add_typer(cli_sources.app, name="sources")
app.add_typer(cli_links.app, name="links")
app.add_typer(db_app, name="db")
for command in (
    cli_backfill.backfill, cli_classify.classify, cli_classify.explain, cli_classify.problems, cli_export.export,
    cli_forget.forget,
    cli_rebuild.rebuild, cli_rebuild.reread, cli_reference.reference, cli_report.report, cli_search.search,
    cli_serve.serve, cli_status.status, cli_stock.stock, cli_trends.snapshot, cli_trends.trends,
):  # fmt: skip
    app.command()(command)
cli_sources.app.command()(cli_classify.lookup)
db_app.command("diff")(cli_rebuild.db_diff)
db_app.command("copy")(cli_rebuild.db_copy)
db_app.command("backup")(cli_database.backup)
db_app.command("check")(cli_database.check)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]

RUN_COLUMNS = (
    "source", "as_of", "outcome", "listings", "offerings", "new", "changed", "missing", "withdrawn", "problems",
    "reason",
)  # fmt: skip
FIRST_TO_GO = ("offerings", "withdrawn", "missing", "problems", "as_of", "changed")
"""Columns of runs that a narrow terminal does without, in this order."""


def main() -> None:
    """Run the command line; turn known errors into one clear line and an exit code."""
    try:
        app()
    except Exception as error:
        from flows import errors

        if not isinstance(error, errors.expected_errors()):
            raise
        console.say(f"error: {errors.told(error)}", style="bold red")
        sys.exit(errors.exit_code(error))


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
    console.print_table([r.as_json() for r in runs], RUN_COLUMNS, least=FIRST_TO_GO)


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
    sources: Annotated[
        list[str] | None,
        typer.Argument(help="Slugs of sources; all that are due if none.", autocompletion=completing.sources),
    ] = None,
    as_of: Annotated[
        str | None, typer.Option(help="Time the looks speak for, RFC 3339; now if left out.", metavar="TIME")
    ] = None,
    prefect: Annotated[
        bool, typer.Option("--prefect", help="Run as a Prefect flow (also if PREFECT_API_URL is set).")
    ] = False,
    include_retired: Annotated[
        bool, typer.Option(help="Allow retired sources to be named: their hosts answer only in the sandbox.")
    ] = False,
    shard: Annotated[
        str | None,
        typer.Option(
            help="Only this part of the sources, for several machines: 2/8; no host is in two.", metavar="I/N"
        ),
    ] = None,
    whole: Annotated[
        bool,
        typer.Option("--whole", help="Ask for every page this once, also where a trusted signal says it is the same."),
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what would be asked and why; no request, nothing written.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Read catalogues now: fetch politely, archive every page, judge each run, and load what changed.

    Exits with 1 if a source failed, was blocked, or is suspect; all others are stored all the same.
    """
    moment = moment_of(as_of, "--as-of") if as_of else datetime.now(UTC)
    if dry_run:
        _show_preview(sources or [], moment, include_retired=include_retired, shard=shard, as_json=as_json)
        return
    from flows.live import FAILING
    from flows.observatory import prefect_is_asked_for
    from flows.settings import open_to_others

    if warning := open_to_others():
        console.say(warning, style="yellow")
    if prefect or prefect_is_asked_for():
        from flows.as_flow import harvest_as_flow

        if not harvest_as_flow(
            sources or [], moment, include_retired=include_retired, shard=shard, as_json=as_json, whole=whole
        ):
            raise typer.Exit(1)
        return
    from flows.plainly import harvest_plainly

    runs = harvest_plainly(sources or [], moment, include_retired=include_retired, shard=shard, whole=whole)
    _show_runs(runs, as_json)
    if any(r.outcome in FAILING for r in runs):
        raise typer.Exit(1)


def _show_preview(
    slugs: list[str], moment: datetime, *, include_retired: bool, shard: str | None, as_json: bool
) -> None:
    from flows import preview
    from flows.settings import Settings

    rows = preview.preview(Settings(), slugs, moment, retired=include_retired, shard=shard)
    if as_json:
        console.print_json(rows)
        return
    console.print_table([preview.shown(row) for row in rows], preview.COLUMNS, least=preview.LEAST)
    if rows:
        console.say(f"pages would go to {Path(rows[0]['archive']).parent}, facts to {rows[0]['database']}")
    console.say(f"{len(rows)} sources; nothing was asked, nothing was written (without --dry-run it is done)")


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
    source: Annotated[str, typer.Argument(help="Slug of the source.", autocompletion=completing.sources)],
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
    """Ask the database in SQL, read-only. Example: `microcred query --sql "select * from run_log"`.

    A terminal too narrow for the columns shows each row as a record of lines; a pipe always gets the table.
    """
    from flows.asking import asked, write_csv
    from flows.settings import Settings

    names, rows = asked(sql, Settings())
    if csv:
        write_csv(sys.stdout, names, rows)
        return
    records = [dict(zip(names, row, strict=True)) for row in rows]
    if as_json:
        console.print_json(records)
    else:
        console.print_table(records, list(dict.fromkeys(names)))


@db_app.command("upgrade")
def db_upgrade(
    search: Annotated[bool, typer.Option("--search", help="Make the full-text index anew too.")] = False,
    as_json: AsJson = False,
) -> None:
    """Make the database if there is none, and migrate it to the newest schema; a migration makes the search anew."""
    from flows.observatory import open_observatory
    from models.database import newest_revision, shown_url

    with open_observatory() as observatory:
        url = shown_url(observatory.engine.url)
        if search:
            console.say(f"{observatory.store.rebuild_search():,} programmes can be searched")
    if as_json:
        console.print_json({"database": url, "schema": newest_revision()})
        return
    console.say(f"up to date: {url}")


@db_app.command("url")
def db_url(as_json: AsJson = False) -> None:
    """Print where the database is (its password hidden)."""
    from flows.settings import Settings
    from models.database import shown_url

    url = shown_url(Settings().database)
    if as_json:
        console.print_json({"database": url})
    else:
        sys.stdout.write(url + "\n")


if __name__ == "__main__":
    main()
