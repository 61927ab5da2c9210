"""``microcred export``: the database as files that others open."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from flows import completing, console


class Form(StrEnum):
    """The formats of ``flows.publish``."""

    CSV = "csv"
    PARQUET = "parquet"
    EXCEL = "excel"
    PACKAGE = "package"
    JSONLD = "jsonld"
    ELM = "elm"
    SQLITE = "sqlite"


def export(
    form: Annotated[Form, typer.Option("--format", help="Which kind of file; see above.")],
    view: Annotated[
        list[str] | None,
        typer.Option(
            help="Only this public view; may be given several times. All if left out.",
            metavar="NAME",
            autocompletion=completing.one_of(completing.VIEWS),
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(help="Folder for the files; else export/FORMAT in the data directory.", metavar="DIR"),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the manifest instead of a table.")] = False,
) -> None:
    """Write the public views as files that other programs open, and a manifest beside them.

    csv: one file a view, safe to open in a spreadsheet. parquet: the same with types. excel: one workbook.
    package: CSV with a schema (Frictionless). sqlite: one file for SQL and Datasette, with full-text search.
    jsonld: listings as schema.org courses and programs. elm: listings as learning opportunities of the European
    Learning Model (docs/elm.md says what it cannot hold).

    The files appear when all are whole; those of the same name are replaced. Example:
    `microcred export --format csv --view programme_current --view trend --out figures`
    """
    from flows.observatory import open_observatory
    from flows.publish import publish

    with open_observatory() as observatory, console.progress(f"export {form}", "rows") as advance:
        manifest = publish(observatory, form, views=view or (), out=out, tell=lambda name, rows: advance(rows, name))
    if as_json:
        console.print_json(manifest)
        return
    rows = [file | {"rows": sum(file["rows"].values())} for file in manifest["files"]]
    console.print_table(rows, ("name", "rows", "bytes", "sha256"), least=("sha256",))
    for note in (note for file in manifest["files"] for note in file["notes"]):
        console.say(note, style="yellow")
    console.say(f"written: {manifest['folder']}; manifest-{form}.json says what the files are and how to cite them")
