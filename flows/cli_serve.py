"""``microcred serve``: the page people look at."""

from __future__ import annotations

from contextlib import ExitStack, nullcontext
from typing import Annotated

import typer

from flows import console


def serve(
    host: Annotated[
        str, typer.Option(help="Address to listen on. Anything but this machine's own lets others read the database.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")] = 8000,
    sql: Annotated[
        bool, typer.Option("--sql", help="Also a read-only SQL console over the public views, at /sql/ (Datasette).")
    ] = False,
) -> None:
    """Serve the page: figures, search, every programme with its history and its archived page, trends, sources.

    Reads the database of the settings and cannot write to it; works offline and without scripts. Look at the demo with
    `MICROCRED_DATA_DIR=data/demo microcred serve`. Stop it with Ctrl-C. There is no login: put a server that asks for
    one in front of it before others can reach it.

    With `--sql` a file of the public views is written to `export/console` in the data directory, unless it is there and
    nothing has changed since; the console reads that file only.
    """
    from flows.serve import is_this_machine, opened_reach
    from flows.serve import serve as serve_page
    from flows.settings import Settings

    if not is_this_machine(host):
        console.say(f"warning: {host} can be reached from other machines, and whoever reaches it can read everything",
                    style="yellow")  # fmt: skip
    with ExitStack() as open_while_served:
        with console.progress("export for the SQL console", "rows") if sql else nullcontext() as advance:
            tell = None if advance is None else lambda view, rows: advance(rows, view)
            reach = open_while_served.enter_context(opened_reach(Settings(), sql=sql, tell=tell))
        shown = f"[{host}]" if ":" in host else host
        console.say(f"reading the catalogue; then http://{shown}:{port}/ (Ctrl-C stops it)")
        if sql:
            console.say(f"the SQL console: http://{shown}:{port}/sql/, over the database as it is now")
        serve_page(reach, host=host, port=port)
