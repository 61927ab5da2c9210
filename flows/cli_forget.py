"""``microcred forget``: a source is removed, pages and rows, because somebody who may asked for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from flows import completing, console

if TYPE_CHECKING:
    from flows.forget import Held
    from flows.observatory import Observatory

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")]

FORGOTTEN_COLUMNS = ("source", "at", "by", "is_done", "reason")


def forget(
    source: Annotated[
        str | None,
        typer.Argument(help="Slug of the source; without it, those forgotten.", autocompletion=completing.sources),
    ] = None,
    reason: Annotated[
        str, typer.Option(help="Who asked for it and why, in your words; it is kept.", metavar="WORDS")
    ] = "",
    yes: Annotated[bool, typer.Option("--yes", help="Do it. Without this it only says what would go.")] = False,
    undo: Annotated[
        bool, typer.Option("--undo", help="Allow a forgotten source to be harvested again; nothing comes back by that.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Remove everything of a source: its pages in the archive, all that was read from them, decisions on its listings.

    Without `--yes` nothing is changed. With it the decision is written first, with your name and reason: from then on
    no harvest, replay, backfill or rebuild brings the source back. Broken off, start it again. Snapshots in which the
    source was counted are removed; `microcred snapshot --as-of DAY` measures such a day again, without it. Exports,
    backups and copies are not reached: the command names them.
    """
    from flows.observatory import open_observatory

    if source is None and (yes or undo or reason):
        raise typer.BadParameter("name the source that is meant")
    with open_observatory() as observatory:
        if source is None:
            _show_forgotten(observatory, as_json)
        elif undo:
            _undo(observatory, source, reason, as_json)
        else:
            _forget(observatory, source, reason, yes=yes, as_json=as_json)


def _show_forgotten(observatory: Observatory, as_json: bool) -> None:
    from flows.forgotten import forgotten

    rows = [one.as_json() for one in forgotten(observatory.decisions).values()]
    if as_json:
        console.print_json(rows)
    elif rows:
        console.print_table(rows, FORGOTTEN_COLUMNS)
    else:
        console.say("no source is forgotten")


def _undo(observatory: Observatory, slug: str, reason: str, as_json: bool) -> None:
    from flows.forget import allow

    _require(reason)
    before = allow(observatory, slug, reason)
    if as_json:
        console.print_json(before.as_json())
    console.say(f"{slug} may be harvested again; {before.words()}")


def _forget(observatory: Observatory, slug: str, reason: str, *, yes: bool, as_json: bool) -> None:
    from flows.forget import NOT_REACHED, forget, held_of
    from flows.forgotten import forgotten

    known = forgotten(observatory.decisions).get(slug)
    held = held_of(observatory, slug)
    _refuse_unknown(slug, held, is_known=known is not None)
    is_begun = known is not None and not known.is_done
    if yes:
        if not is_begun:
            _require(reason)
        held = forget(observatory, slug, reason)
    if as_json:
        console.print_json(held.as_json() | {"done": yes})
    else:
        console.print_table([{"table": name, "rows": rows} for name, rows in held.rows.items()], ("table", "rows"))
    for words in (*NOT_REACHED, *(str(path) for path in held.others)):
        console.say(f"not reached: {words}", style="yellow")
    counts = held.counts
    found = f"{counts['rows']:,} rows, {counts['files']:,} files of the archive ({counts['bytes']:,} bytes)"
    if yes:
        console.say(f"{slug} is forgotten: {found} are gone")
    else:
        console.say(f"{slug}: {found} would go; nothing was changed (with --yes it is done)")


def _require(reason: str) -> None:
    if not reason.strip():
        raise typer.BadParameter('say who asked for it and why: --reason "..."')


def _refuse_unknown(slug: str, held: Held, *, is_known: bool) -> None:
    from flows.nearest import none_called
    from scrapers.source import discover

    declared = discover()
    if slug not in declared and not held.rows and not held.files and not is_known:
        raise typer.BadParameter(f"there is {none_called('source', [slug], declared)}; nothing is held of it")
