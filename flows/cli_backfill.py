"""``microcred backfill``: the past of a source from web archives, WARC files or a recording."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from flows import completing, console
from flows.cli_days import day_of

if TYPE_CHECKING:
    from flows.backfill import Backfilled
    from flows.backfill_plan import BackfillPlan
    from flows.observatory import Observatory
    from flows.progress import Advance
    from flows.web_archives import ArchiveChoice
    from models.records import Page, PageFailure, RunRecord, Source
    from scrapers.webarchives.looks import Every

RUN_COLUMNS = ("source", "as_of", "outcome", "listings", "offerings", "new", "changed", "problems", "reason")
FIRST_TO_GO = ("offerings", "source", "problems", "changed")
"""Columns of runs that a narrow terminal does without, in this order."""
LOOK_COLUMNS = ("as_of", "addresses", "first", "last", "stored")
ADDRESS_COLUMNS = ("url", "captures", "days", "first", "last")
ADDRESSES_SHOWN = 40
EVERY = ("day", "week", "month", "quarter")
VIA = ("wayback", "common-crawl")


def backfill(
    source: Annotated[str, typer.Argument(help="Slug of the source.", autocompletion=completing.sources)],
    since: Annotated[str, typer.Option("--from", help="First day to look at.", metavar="DAY")],
    until: Annotated[
        str | None, typer.Option("--to", help="Last day to look at; today if left out.", metavar="DAY")
    ] = None,
    via: Annotated[
        str, typer.Option(help="Which archive to ask: wayback or common-crawl.", autocompletion=completing.one_of(VIA))
    ] = "wayback",
    files: Annotated[
        list[Path] | None,
        typer.Option(help="A WARC or WACZ file, or a folder of them, instead; may be given several times."),
    ] = None,
    recording: Annotated[
        Path | None, typer.Option(help="A folder with a recording.toml instead: each recorded date is one look.")
    ] = None,
    every: Annotated[
        str,
        typer.Option(help="One look a day, week, month or quarter at most.", autocompletion=completing.one_of(EVERY)),
    ] = "month",
    base: Annotated[
        str | None, typer.Option(help="Address of another Wayback Machine, or of a collection of pywb.", metavar="URL")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say which captures there are and which looks they would make.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """Bring in the past of a source: its own scraper walks over pages that an archive captured at the time.

    Captures show what was there, not what was missing, so such looks are partial: they add programmes and versions at
    their own time and never a withdrawal. Looks that are stored already are skipped; broken off, it goes on when it is
    started again. An archive is asked slowly, and no more once it refuses.

    Example: `microcred backfill udacity --from 2016-01-01 --to 2019-12-31 --every quarter --dry-run`

    Exits with 1 if a look failed, is suspect, or could not be finished; with a recording, as `microcred replay` does.
    """
    first, last = day_of(since, "--from"), day_of(until, "--to") if until else datetime.now(UTC).date()
    if first > last:
        raise typer.BadParameter(f"--from {first} is after --to {last}")
    if sum(map(bool, (files, recording, base))) > 1:
        raise typer.BadParameter("--files, --recording and --base exclude each other")
    declared = _source(source)
    if recording is not None:
        _from_recording(declared, recording, first, last, dry_run=dry_run, as_json=as_json)
        return
    import asyncio

    choice = _choice(via, base, files)
    period: Any = _one_of("--every", every, EVERY)
    plan, done = asyncio.run(_from_archive(declared, choice, first, last, period, dry_run=dry_run, as_json=as_json))
    for words in plan.left_out:
        console.say(f"left out: {words}", style="yellow")
    if done is not None:
        _show(done, as_json)


async def _from_archive(
    source: Source, choice: ArchiveChoice, first: date, last: date, every: Every, *, dry_run: bool, as_json: bool
) -> tuple[BackfillPlan, Backfilled | None]:
    from flows.backfill import backfill as make_looks
    from flows.backfill_plan import plan_backfill
    from flows.observatory import open_observatory
    from flows.web_archives import open_holdings

    with open_observatory() as observatory:
        async with open_holdings(observatory.settings, choice, source) as holdings:
            console.say(f"{source.slug}: asking what is archived of {first} to {last}")
            plan = await plan_backfill(source, holdings, since=first, until=last, every=every)
            days = len({capture.at.date() for capture in plan.captures})
            console.say(f"{len(plan.captures):,} captures on {days:,} days give {len(plan.looks):,} looks")
            done = None
            if dry_run:
                _show_plan(observatory, plan, as_json)
            else:
                with console.progress("backfill", "looks", len(plan.looks)) as advance:
                    told = _Told(advance, len(plan.looks))
                    done = await make_looks(
                        observatory, source, holdings, plan, on_page=told.page, on_record=told.record
                    )
            for problem in holdings.problems:
                console.say(f"{problem.code}: {problem.message}", style="yellow")
    return plan, done


def _from_recording(source: Source, directory: Path, first: date, last: date, *, dry_run: bool, as_json: bool) -> None:
    from flows.observatory import open_observatory
    from flows.replay import replay_runs
    from scrapers.replay import between, load_recording

    recording = between(load_recording(directory), first, last)
    if recording.source != source.slug:
        raise typer.BadParameter(f"{directory} is a recording of {recording.source}, not of {source.slug}")
    if dry_run:
        rows = [{"as_of": run.as_of, "captures": len(run.captures)} for run in recording.runs]
        console.print_json(rows) if as_json else console.print_table(rows, ("as_of", "captures"))
        return
    with open_observatory() as observatory:
        replayed = replay_runs(observatory, recording)
    _show_runs(replayed.runs, as_json)
    for surprise in replayed.surprises:
        console.say(f"not as expected: {surprise}", style="yellow")
    if replayed.failed:
        raise typer.Exit(1)


# --------------------------------------------------------------------------------------
# What is said
# --------------------------------------------------------------------------------------


def _show_plan(observatory: Observatory, plan: BackfillPlan, as_json: bool) -> None:
    from flows.backfill_plan import addresses_of
    from models.run_queries import stored_runs

    stored = stored_runs(observatory.engine, plan.source)
    addresses = addresses_of(plan)
    looks = [
        {
            "as_of": look.as_of,
            "addresses": len(look.captures),
            "first": look.first,
            "last": look.last,
            "stored": look.as_of in stored,
        }
        for look in plan.looks
    ]
    if as_json:
        console.print_json({"looks": looks, "addresses": addresses})
        return
    console.print_table(addresses[:ADDRESSES_SHOWN], ADDRESS_COLUMNS, title="Archived pages")
    if len(addresses) > ADDRESSES_SHOWN:
        console.say(f"{len(addresses) - ADDRESSES_SHOWN:,} more addresses: --json has all")
    console.print_table(looks, LOOK_COLUMNS, title="Looks they would make")


def _show(done: Backfilled, as_json: bool) -> None:
    from flows.live import FAILING

    _show_runs(done.runs, as_json)
    console.say(f"{len(done.runs) - done.already} looks stored, {done.already} were stored before")
    for as_of, reason in done.unfinished:
        console.say(f"{as_of:%Y-%m-%d}: unfinished, start it again to go on: {reason}", style="yellow")
    if done.ended:
        console.say(f"broken off, start it again another day to go on: {done.ended}", style="bold red")
    if done.ended or done.unfinished or any(run.outcome in FAILING for run in done.runs):
        raise typer.Exit(1)


def _show_runs(runs: tuple[RunRecord, ...], as_json: bool) -> None:
    rows = [run.as_json() for run in runs]
    if as_json:
        console.print_json(rows)
    else:
        console.print_table(rows, RUN_COLUMNS, least=FIRST_TO_GO)


class _Told:
    """How far it is and how fast, on stderr: pages as they come, and a line for each look."""

    def __init__(self, advance: Advance, looks: int) -> None:
        self._advance = advance
        self._looks = looks
        self._done = self._pages = self._pages_before = 0
        self._look_began = time.monotonic()

    def page(self, _: Page | PageFailure) -> None:
        self._pages += 1
        self._advance(0, f"{self._pages:,} pages")

    def record(self, run: RunRecord) -> None:
        now = time.monotonic()
        self._done += 1
        self._advance()
        pages, seconds = self._pages - self._pages_before, now - self._look_began
        self._pages_before, self._look_began = self._pages, now
        console.say(
            f"{run.as_of:%Y-%m-%d}: {run.outcome}, {run.listings:,} listings; {_rate(pages, seconds)} "
            f"({self._done} of {self._looks})"
        )


def _rate(pages: int, seconds: float) -> str:
    return f"{pages:,} pages in {seconds:.0f} s, {60 * pages / max(seconds, 0.001):,.0f} a minute"


# --------------------------------------------------------------------------------------
# What is asked for
# --------------------------------------------------------------------------------------


def _source(slug: str) -> Source:
    from flows.declared import named
    from scrapers.source import discover

    return discover()[named([slug])[0]]


def _choice(via: str, base: str | None, files: list[Path] | None) -> ArchiveChoice:
    from flows.web_archives import ArchiveChoice, warc_files

    name: Any = _one_of("--via", via, VIA)
    if base is not None and name != "wayback":
        raise typer.BadParameter("--base is the address of a Wayback Machine: leave out --via")
    chosen = ArchiveChoice(via=name, files=warc_files(files or ()))
    return chosen if base is None else ArchiveChoice(base=base)


def _one_of(option: str, value: str, words: tuple[str, ...]) -> str:
    if value not in words:
        raise typer.BadParameter(f"{option} is one of {', '.join(words)}: {value!r}")
    return value
