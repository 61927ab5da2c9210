"""``microcred classify | explain | problems`` and ``microcred sources lookup``: what a listing is, and why."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flows import completing, console

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]


def classify(
    sources: Annotated[
        list[str] | None, typer.Argument(help="Slugs of sources; all if none.", autocompletion=completing.sources)
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Apply today's rules to stored facts that other rules, or none, have classified.

    Each harvest classifies what is new to it; run this after an update of the rules or of a lookup. What is done stays
    done if it is broken off.
    """
    from flows.classifying import reclassify
    from flows.observatory import open_observatory

    with open_observatory() as observatory, console.progress("classify", "rows of facts") as advance:
        done = reclassify(observatory, sources, on_batch=lambda slug, count: advance(count, slug))
    rows = [{"source": slug, "classified": count} for slug, count in done.items()]
    if as_json:
        console.print_json(rows)
        return
    if not rows:
        console.say("all facts are classified by today's rules")
        return
    console.print_table(rows, ("source", "classified"))


def explain(
    programme: Annotated[
        str, typer.Argument(help="SOURCE/REF, the number of the programme, its address, or a part of its title.")
    ],
    as_json: AsJson = False,
) -> None:
    """Say what a programme is and why: class, how it was developed, organisations, field, size, price, statements.

    Each value stands beside the printed words it rests on, the field they stand in, and the rule.
    """
    from flows import explaining
    from flows.observatory import open_observatory
    from models.fact_queries import offerings_summary

    with open_observatory() as observatory:
        found, made = explaining.explained(observatory, programme)
        offerings = offerings_summary(observatory.engine, found.programme_id)
    if as_json:
        console.print_json(explaining.as_json(found, made))
        return
    console.out.print(console.plain(explaining.heading(found)))
    console.out.print()
    console.print_table(list(explaining.reasons(found.programme, made, offerings)), explaining.REASON_COLUMNS)


def problems(
    source: Annotated[
        str | None, typer.Argument(help="Slug of a source; all if none.", autocompletion=completing.sources)
    ] = None,
    group: Annotated[
        bool, typer.Option("--group", help="Count equal words, and say how to teach each to its source.")
    ] = False,
    code: Annotated[
        str | None,
        typer.Option(help="Only this kind, such as unknown_word or no_rate.", autocompletion=completing.problem_codes),
    ] = None,
    most: Annotated[int, typer.Option(min=1, help="How many rows to print; JSON has all.")] = 50,
    as_json: AsJson = False,
) -> None:
    """List what is not understood now: problems of the last runs, and words that no rule of classification knows."""
    from flows.declared import named
    from flows.observatory import open_observatory
    from flows.problems import FIRST_TO_GO, GROUP_COLUMNS, PROBLEM_COLUMNS, listed

    named([source] if source else [])
    with open_observatory() as observatory:
        rows = listed(observatory, source, code, grouped=group)
    if as_json:
        console.print_json(rows)
        return
    console.print_table(rows[:most], GROUP_COLUMNS if group else PROBLEM_COLUMNS, least=FIRST_TO_GO)
    if len(rows) > most:
        console.say(f"{len(rows) - most:,} more rows: --most {len(rows)}, or --json")


def lookup(
    slug: Annotated[str, typer.Argument(help="Slug of the source.", autocompletion=completing.sources)],
    field: Annotated[
        str,
        typer.Argument(
            help="The field as `microcred problems --group` names it: delivery, level, field ...",
            autocompletion=completing.one_of(completing.LOOKUPS),
        ),
    ],
    words: Annotated[str, typer.Argument(help="The words as printed.")],
    value: Annotated[str, typer.Argument(help="What they mean: a word of the vocabulary, an ISCED-F code ...")],
    into: Annotated[
        Path,
        typer.Option("--into", help="Directory with `scrapers/sources`: your clone.", metavar="DIR"),
    ] = Path(),
) -> None:
    """Teach a source one of its words. The next run, or `microcred classify`, understands it."""
    from flows.problems import add_lookup
    from flows.sourcing import SOURCES

    declaration = into / SOURCES / slug / "source.toml"
    if not declaration.is_file():
        raise typer.BadParameter(f"there is no {declaration}; run it in your clone, or name it with --into")
    add_lookup(declaration, field, words, value)
    console.say(f"{declaration}: {field}: {words!r} is {value}")
