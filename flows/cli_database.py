"""``microcred db backup | check``: a copy of the database while it is in use, and whether one is whole."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from flows import console

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]


def backup(
    path: Annotated[
        Path, typer.Argument(help="The file to make, or a directory for one named by the time.", metavar="PATH")
    ],
    as_json: AsJson = False,
) -> None:
    """Copy the database in use to a new file, as it stands at this moment; a harvest may write meanwhile.

    A SQLite database gives a SQLite file, checked. A PostgreSQL database gives an archive for `pg_restore`, made by
    `pg_dump`, which must be on the PATH and no older than the server. Never replaces a file. Copy the archive
    directory after it, not before: then the copy holds every page that the database refers to. Prints the file.
    """
    from sqlalchemy import make_url

    from flows.settings import Settings
    from flows.status_artifact import size
    from models.backup import back_up
    from models.database import shown_url

    url = Settings().database
    if path.is_dir():
        ending = "sqlite" if make_url(url).get_backend_name() == "sqlite" else "dump"
        path /= f"observatory-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.{ending}"
    back_up(url, path)
    if as_json:
        console.print_json({"file": str(path), "bytes": path.stat().st_size})
        return
    console.say(f"{size(path.stat().st_size)} of {shown_url(url)}")
    console.out.print(console.plain(str(path)), soft_wrap=True)


def check(
    database: Annotated[
        str | None,
        typer.Argument(help="SQLite file or database URL; the one in use if left out.", metavar="DATABASE"),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Read a database, say whether it is whole, and count its rows. Nothing is written.

    Use it on a restored backup; `microcred db diff` then says what it lacks. Exits with 1 if something is wrong.
    """
    from flows.settings import Settings
    from models.backup import check as check_database

    named = database or Settings().database
    found = check_database(named if "://" in named else f"sqlite:///{named}")
    if as_json:
        console.print_json({"whole": not found.wrong, "wrong": found.wrong, "rows": found.rows})
    else:
        console.print_table([{"table": name, "rows": rows} for name, rows in found.rows.items()], ("table", "rows"))
    for words in found.wrong:
        console.say(words, style="bold red")
    if found.wrong:
        raise typer.Exit(1)
    console.say("whole")
