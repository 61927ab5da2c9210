"""``microcred search``: words in what catalogues print."""

from __future__ import annotations

from typing import Annotated

import typer

from flows import completing, console

COLUMNS = ("source", "ref", "title", "found_in", "snippet", "url")


def search(
    words: Annotated[list[str], typer.Argument(help="What to look for; all of the words must be there.")],
    source: Annotated[
        str | None, typer.Option(help="Only this source.", metavar="SLUG", autocompletion=completing.sources)
    ] = None,
    country: Annotated[
        str | None, typer.Option(help="Only sources of this country, such as NL (ISO 3166-1 alpha-2).")
    ] = None,
    withdrawn: Annotated[bool, typer.Option("--withdrawn", help="Also programmes that are no longer listed.")] = False,
    limit: Annotated[int, typer.Option(min=1, help="Most programmes.")] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """Find programmes by words in title, organisations, subjects, labels, code, description and learning outcomes.

    Looks at what is printed now. Case and accents do not matter, and the beginning of a word is enough: `data cred`
    finds "Micro-credential in Data Science". Of Chinese, Japanese, Korean and Thai any part is found. Nothing is an
    operator. Words in the title count most. Example: `microcred search machine learning --country NL`

    Write `--` before words that begin with a hyphen. `microcred explain SOURCE/REF` says more of one of them.
    """
    from flows.settings import Settings
    from models.queries import search as search_words
    from models.read_only import open_to_read

    settings = Settings()
    engine = open_to_read(settings.database, settings.database_patience_seconds)
    try:
        found = search_words(
            engine, " ".join(words), source=source, country=country and country.upper(), withdrawn=withdrawn,
            limit=limit,
        )  # fmt: skip
    finally:
        engine.dispose()
    if as_json:
        console.print_json(console.records(found))
        return
    if found.empty:
        console.say("nothing found; try fewer words, or the beginnings of them")
        return
    console.print_table(console.records(found), COLUMNS)
    if len(found) == limit:
        console.say(f"the first {limit}; --limit shows more")
