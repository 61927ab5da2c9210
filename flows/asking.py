"""``microcred query``: one question in SQL, and what is said when it has a mistake."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from typing import Any, TextIO

from flows.nearest import did_you_mean, nearest
from flows.settings import Settings
from models.read_only import open_to_read
from models.rows import QueryRefused, query_rows

DICTIONARY = "docs/data-dictionary.md says what every column means"
EXAMPLE = 'Ask such as "select * from run_log"'
_NO_TABLE = re.compile(r'no such table: ([\w.]+)|relation "([\w.]+)" does not exist')
_NO_COLUMN = re.compile(r"no such column: \"?([\w.]+)|column \"?([\w.]+)\"? does not exist")


def asked(sql: str, settings: Settings) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Return the names of the columns and the rows that a question gives. The database is only read.

    Raises:
        NotReadable: if there is no database, or one of another schema.
        QueryRefused: if the question is no single select or has a mistake; the message says what may be meant.
    """
    engine = open_to_read(settings.database, settings.database_patience_seconds)
    try:
        return query_rows(engine, sql)
    except QueryRefused as refused:
        raise QueryRefused(f"{refused}. {_hint(str(refused))}") from None
    finally:
        engine.dispose()


def write_csv(file: TextIO, names: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Write rows as CSV with a heading; unknown is empty."""
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(names)
    writer.writerows(rows)


def _hint(words: str) -> str:
    from models.views import VIEWS

    if found := _NO_TABLE.search(words):
        name = (found[1] or found[2]).rpartition(".")[2]
        return f"The views are: {', '.join(VIEWS)}{did_you_mean(name, VIEWS)}; {DICTIONARY}"
    if found := _NO_COLUMN.search(words):
        name = (found[1] or found[2]).rpartition(".")[2]
        columns = sorted({column for view in VIEWS.values() for column in view.columns})
        meant = [f"{one} (in {', '.join(v.name for v in VIEWS.values() if one in v.columns)})"
                 for one in nearest(name, columns)]  # fmt: skip
        return f"Did you mean {' or '.join(meant)}? {DICTIONARY}" if meant else f"Columns: {DICTIONARY}"
    return f"{EXAMPLE}; {DICTIONARY}"
