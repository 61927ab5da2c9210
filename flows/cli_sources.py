"""``microcred sources``: list them, check them on the internet, try one, record one, add one."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows import completing, console

if TYPE_CHECKING:
    from flows.sourcing import Tried

app = typer.Typer(
    help="The catalogues that can be harvested: list, check, try, record and add them.", no_args_is_help=True
)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]
Slug = Annotated[str, typer.Argument(help="Slug of the source (its folder's name).", autocompletion=completing.sources)]
Pages = Annotated[int, typer.Option(min=1, max=50, help="How many pages to ask for at most.")]
Into = Annotated[
    Path,
    typer.Option("--into", help="Directory with `scrapers/sources` and `tests/sources`: your clone.", metavar="DIR"),
]
IncludeRetired = Annotated[
    bool, typer.Option(help="Allow retired sources to be named: their hosts answer only in the sandbox.")
]


@app.command("list")
def list_sources(as_json: AsJson = False) -> None:
    """List every source with its kind, country, formats and evidence."""
    from flows.declared import FIRST_TO_GO, SOURCE_COLUMNS, source_rows

    rows = source_rows()
    if as_json:
        console.print_json(rows)
        return
    console.print_table(rows, SOURCE_COLUMNS, least=FIRST_TO_GO)


@app.command()
def check(
    sources: Annotated[
        list[str] | None, typer.Argument(help="Slugs of sources; all if none.", autocompletion=completing.sources)
    ] = None,
    note: Annotated[
        Path | None, typer.Option(help="Add the results to this file, such as docs/live-checks.toml.", metavar="FILE")
    ] = None,
    include_retired: IncludeRetired = False,
    as_json: AsJson = False,
) -> None:
    """Ask each source for its first page and say whether it is what we read: run this first on the open internet.

    One request a source (and its robots.txt), politely. Exits with 1 if a source fails; those that need a key are
    skipped until it is set.
    """
    from flows.contract import COLUMNS, FIRST_TO_GO, Checked, check_sources, note_checks
    from flows.declared import named
    from flows.settings import Settings
    from scrapers.source import discover

    settings = Settings()
    if note is not None and settings.loopback_port is not None:
        raise typer.BadParameter("a check of the sandbox is none of live hosts and is not noted")
    chosen = named(sources or ())
    with console.progress("check", "sources", len(chosen or discover())) as advance:

        def told(result: Checked) -> None:
            advance(1, result.source)
            console.say(f"{result.source}: {result.result}")

        results = check_sources(chosen, settings, retired=include_retired, on_result=told)
    if note is not None:
        command = " ".join(["microcred sources check", *(sources or [])])
        console.say(f"{note_checks(note, results, command)} results noted in {note}; `make docs` shows them")
    if as_json:
        console.print_json([r.as_json() for r in results])
    else:
        console.print_table([r.as_json() for r in results], COLUMNS, least=FIRST_TO_GO)
    if any(r.result == "failed" for r in results):
        raise typer.Exit(1)


@app.command()
def signals(
    sources: Annotated[
        list[str] | None, typer.Argument(help="Slugs of sources; all if none.", autocompletion=completing.sources)
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show which sitemaps and lists have proved that they announce changes, so that a look may skip pages.

    A signal is trusted after 300 pages on which it was right that nothing changed and 5 changes that it announced,
    counted since it was last wrong. Only sources are shown whose walks met a signal. Nothing is written.
    """
    from flows.declared import named
    from flows.settings import Settings
    from flows.vouching import FIRST_TO_GO, SIGNAL_COLUMNS, signal_rows
    from models.read_only import open_to_read
    from scrapers.source import discover

    settings, declared = Settings(), discover()
    chosen = [declared[slug] for slug in named(sources or declared)]
    engine = open_to_read(settings.database, settings.database_patience_seconds)
    try:
        rows = signal_rows(engine, settings, chosen, datetime.now(UTC))
    finally:
        engine.dispose()
    if as_json:
        console.print_json(rows)
    else:
        console.print_table(rows, SIGNAL_COLUMNS, least=FIRST_TO_GO)


@app.command("try")
def try_one(
    slug: Slug,
    pages: Pages = 6,
    limit: Annotated[int, typer.Option(min=1, help="How many listings to show.")] = 20,
    include_retired: IncludeRetired = False,
    as_json: AsJson = False,
) -> None:
    """Read a few pages of a source and show its first listings with their problems. Nothing enters the database."""
    from flows.settings import Settings
    from flows.sourcing import try_source

    tried = try_source(slug, Settings(), pages=pages, retired=include_retired)
    _show(tried, limit, as_json=as_json)
    if tried.blocked or not tried.programmes:
        raise typer.Exit(1)


@app.command()
def record(
    slug: Slug, pages: Pages = 6, into: Into = Path(), include_retired: IncludeRetired = False, as_json: AsJson = False
) -> None:
    """Record a few pages of a source as its test example. What they give must then be read and marked by a person.

    Read the pages before you commit them: no names of persons, and nothing you may not pass on.
    """
    from flows.settings import Settings
    from flows.sourcing import find_sources_below, record_source

    find_sources_below(into)
    folder, tried = record_source(slug, Settings(), into, pages=pages, retired=include_retired)
    _show(tried, 10, as_json=as_json)
    _next_steps(slug, folder)


@app.command()
def new(
    slug: Annotated[str, typer.Argument(help="Name of the new source: lower case, digits, underscores.")],
    url: Annotated[str, typer.Argument(help="Address of its catalogue, data feed or home page.")],
    *,
    name: Annotated[str | None, typer.Option(help="Its name for people; read from the page if left out.")] = None,
    kind: Annotated[
        str | None, typer.Option(help="A word of the vocabulary source_kind; institution if left out.")
    ] = None,
    country: Annotated[str | None, typer.Option(help="ISO 3166-1 code; read from the host if left out.")] = None,
    language: Annotated[str | None, typer.Option(help="BCP 47 tag; read from the page if left out.")] = None,
    pages: Pages = 6,
    into: Into = Path(),
    as_json: AsJson = False,
) -> None:
    """Look at a site, say what it is, and write a source with a test example. Most need no Python.

    Looks for data interfaces, feeds, embedded schema.org data and lists of links, politely, with few requests.
    """
    from flows.settings import Settings
    from flows.sourcing import find_sources_below, look_at, record_source, write_source

    if not slug.isidentifier() or slug != slug.lower():
        raise typer.BadParameter(f"{slug!r}: lower-case letters, digits and underscores, a letter first")
    settings = Settings()
    with console.progress("survey", "findings") as advance:

        def told(words: str) -> None:
            advance()
            console.say(f"  {words}")

        found = look_at(slug, url, settings, told)
    proposal = found.proposals[0]
    facts = {"name": name, "kind": kind, "country": country, "language": language}
    folder = write_source(slug, found, proposal, into, {key: value for key, value in facts.items() if value})
    console.say(f"{proposal.why}: written as {proposal.platform} to {folder / 'source.toml'}")
    missing = find_sources_below(into)
    if missing is not None:
        console.say(f"To let other commands find it: {missing}")
    example, tried = record_source(slug, settings, into, pages=pages, retired=False)
    _show(tried, 10, as_json=as_json)
    _next_steps(slug, example)


@app.command("test")
def replay_examples(
    slugs: Annotated[
        list[str] | None,
        typer.Argument(help="Slugs of sources; all that have an example if none.", autocompletion=completing.sources),
    ] = None,
    into: Into = Path(),
    as_json: AsJson = False,
) -> None:
    """Replay the test examples of sources and compare them with what a person has read. Nothing is fetched."""
    from flows.examples import complaint
    from flows.sourcing import EXAMPLES, example_folder, find_sources_below

    find_sources_below(into)
    chosen = slugs or sorted(file.parent.name for file in (into / EXAMPLES).glob("*/recording.toml"))
    complaints: dict[str, str] = {}
    with console.progress("replay", "examples", len(chosen)) as advance:
        for slug in chosen:
            words = complaint(example_folder(slug, into))
            advance(1, slug)
            if words:
                complaints[slug] = words
                console.say(words, style="yellow")
    if as_json:
        console.print_json([{"source": slug, "holds": slug not in complaints, "complaint": complaints.get(slug)}
                            for slug in chosen])  # fmt: skip
    else:
        sys.stdout.write(f"{len(chosen) - len(complaints)} of {len(chosen)} examples hold\n")
    if complaints:
        raise typer.Exit(1)


def _next_steps(slug: str, folder: Path) -> None:
    console.say(
        f"Recorded in {folder}. Now compare {folder / 'expected.json'} with the pages beside it, mend the source until "
        f"it says what they say, set reviewed to true; `microcred sources test {slug}` then holds."
    )


def _show(tried: Tried, limit: int, *, as_json: bool) -> None:
    from flows.sourcing import FIRST_TO_GO, LISTING_COLUMNS

    rows = tried.rows()
    if as_json:
        problems = [{"code": p.code, "field": p.field, "words": p.words, "ref": p.ref} for p in tried.problems]
        console.print_json({"listings": rows[:limit], "problems": problems, "failures": list(tried.failures)})
        return
    console.print_table(rows[:limit], LISTING_COLUMNS, least=FIRST_TO_GO)
    console.say(f"{len(rows)} listings from {len(tried.pages)} pages, {len(tried.problems)} problems")
    for problem in [p for p in tried.problems if p.ref is None][:limit]:
        console.say(f"problem: {problem.code}: {problem.message}")
    for failure in tried.failures[:limit]:
        console.say(f"page failed: {failure}")
    if tried.blocked:
        console.say(f"the host refuses us: {tried.blocked}", style="bold red")
