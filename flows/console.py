"""What a person sees: data on stdout (table or JSON), progress and logs on stderr.

rich is imported when something is first shown: a command that prints JSON, or its help, starts without it.
"""

from __future__ import annotations

import json
import logging
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import Console
    from rich.text import Text

    from flows.progress import Advance

WIDTH_OF_PIPES = 200
"""Columns of a table that is piped into a file, where no terminal says how wide it is."""


_CONTROLS = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""What JSON may hold as it is although terminals obey it (C1 controls), or show text otherwise than it stands there."""


class Stream:
    """stdout or stderr, as a person sees it."""

    def __init__(self, *, stderr: bool = False) -> None:
        self._stderr = stderr

    @cached_property
    def console(self) -> Console:
        """The console of rich."""
        from rich.console import Console

        width = None if self._stderr or self.is_terminal else WIDTH_OF_PIPES
        return Console(stderr=self._stderr, highlight=False, width=width)

    @property
    def is_terminal(self) -> bool:
        """Whether somebody looks at it: it is neither a file nor a pipe."""
        return (sys.stderr if self._stderr else sys.stdout).isatty()

    def print(self, *things: object, **how: Any) -> None:
        """Print as rich does."""
        self.console.print(*things, **how)


out = Stream()
err = Stream(stderr=True)


def print_json(value: object) -> None:
    """Print ``value`` as JSON; dates as RFC 3339, not-a-number as null."""
    written = json.dumps(_plain(value), ensure_ascii=False, indent=2, allow_nan=False)
    sys.stdout.write(_CONTROLS.sub(lambda found: f"\\u{ord(found[0]):04x}", written) + "\n")


def print_table(
    rows: Iterable[Mapping[str, Any]], columns: Sequence[str], *, title: str | None = None, least: Sequence[str] = ()
) -> None:
    """Print rows as a table with ``columns``; numbers to the right; scraped text without terminal control codes.

    In a terminal too narrow for them, columns named in ``least`` are left out, the first of them first, and stderr says
    which; if that is not enough, every row becomes a record of lines. A pipe gets all columns.
    """
    from flows import tables

    rows = list(rows)
    numeric = frozenset(name for name in columns if any(isinstance(row.get(name), int | float) for row in rows))
    cells = [{name: tables.cell(row.get(name)) for name in columns} for row in rows]
    fit = tables.Fitted(tuple(columns))
    if out.is_terminal:
        fit = tables.fitted(cells, columns, least, out.console.width)
    if fit.as_records:
        for part in tables.as_records(cells, columns, title):
            out.print(part)
        return
    table = tables.as_table(cells, fit.columns, numeric, title, out.console.width)
    out.print(table, width=max(out.console.width, tables.total_width(table)), crop=False)
    if fit.left_out:
        names = ", ".join(name.replace("_", " ") for name in fit.left_out)
        say(f"left out, the terminal is too narrow: {names} (--json has all)")


def plain(words: str) -> Text:
    """Return text of strangers as it may be shown: lines kept, no markup, no terminal control codes."""
    from rich.text import Text

    return Text(cleaned(words))


def cleaned(words: str) -> str:
    """Return text of strangers with its lines kept and a space for every sign that is not printed."""
    return "".join(c if c.isprintable() or c == "\n" else " " for c in words)


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a frame as mappings by column name."""
    return [{str(name): value for name, value in row.items()} for row in frame.to_dict(orient="records")]


def say(message: str, style: str | None = None) -> None:
    """Say something to a person, on stderr; words of strangers in it lose their terminal control codes."""
    words = plain(message)
    words.stylize(style or "")
    err.print(words)


@contextmanager
def progress(what: str, unit: str, total: int | None = None) -> Iterator[Advance]:
    """Show on stderr how far long work is, its rate, and the time left if ``total`` is known; nothing in a pipe.

    Args:
        what: the work, such as ``rebuild``.
        unit: what is counted, in the plural.
        total: how many there are, if that is known.

    Yields:
        What is called as work is done: ``advance(how_many, what_it_is_at)``.
    """
    if not err.is_terminal:
        yield lambda _count=1, _at="": None
        return
    from flows.progress import shown

    with shown(err.console, what, unit, total) as advance:
        yield advance


def set_up_logging(*, verbose: bool) -> None:
    """Send logs to stderr: warnings and worse, or everything of ours with ``verbose``."""
    logging.basicConfig(level=logging.WARNING, format="%(message)s", handlers=[_Shown()], force=True)
    if verbose:
        for room in ("flows", "scrapers", "models", "normalise", "trends", "sandbox"):
            logging.getLogger(room).setLevel(logging.INFO)


class _Shown(logging.Handler):
    """Shows records with rich, which is loaded with the first of them: most commands log nothing."""

    @cached_property
    def _shows(self) -> logging.Handler:
        from rich.logging import RichHandler

        handler = RichHandler(console=err.console, show_path=False, show_time=False, markup=False)
        handler.setFormatter(_Cleaned("%(message)s"))
        return handler

    def emit(self, record: logging.LogRecord) -> None:
        """Show one record, which may hold words of strangers."""
        self._shows.emit(record)


class _Cleaned(logging.Formatter):
    """Writes a record, with its traceback if there is one, without terminal control codes."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the words of a record."""
        return cleaned(super().format(record))


def _plain(value: Any) -> Any:  # noqa: PLR0911 - one return a type reads best
    if value is None or value != value:  # noqa: PLR0124
        return None
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    if hasattr(value, "item"):
        return _plain(value.item())
    return value
