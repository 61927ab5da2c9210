"""What a person sees: data on stdout (table or JSON), progress and logs on stderr."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.logging import RichHandler
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    import pandas as pd

WIDTH_OF_PIPES = 200
"""Columns of a table that is piped into a file, where no terminal says how wide it is."""

out = Console(highlight=False, width=None if sys.stdout.isatty() else WIDTH_OF_PIPES)
err = Console(stderr=True, highlight=False)


def print_json(value: object) -> None:
    """Print ``value`` as JSON; dates as RFC 3339, not-a-number as null."""
    sys.stdout.write(json.dumps(_plain(value), ensure_ascii=False, indent=2, allow_nan=False) + "\n")


def print_table(rows: Iterable[Mapping[str, Any]], columns: Sequence[str], *, title: str | None = None) -> None:
    """Print rows as a table with ``columns``; numbers to the right; scraped text without terminal control codes."""
    rows = list(rows)
    table = Table(title=title, title_justify="left", box=None, pad_edge=False, header_style="bold")
    for column in columns:
        numeric = any(isinstance(r.get(column), int | float) for r in rows)
        table.add_column(column.replace("_", " "), justify="right" if numeric else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text(_cell(row.get(column))) for column in columns))
    out.print(table)


def plain(words: str) -> Text:
    """Return text of strangers as it may be shown: lines kept, no markup, no terminal control codes."""
    return Text("".join(c if c.isprintable() or c == "\n" else " " for c in words))


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a frame as mappings by column name."""
    return [{str(name): value for name, value in row.items()} for row in frame.to_dict(orient="records")]


def say(message: str, style: str | None = None) -> None:
    """Say something to a person, on stderr."""
    err.print(Text(message, style=style or ""))


def set_up_logging(*, verbose: bool) -> None:
    """Send logs to stderr: warnings and worse, or everything of ours with ``verbose``."""
    handler = RichHandler(console=err, show_path=False, show_time=False, markup=False)
    logging.basicConfig(level=logging.WARNING, format="%(message)s", handlers=[handler], force=True)
    if verbose:
        for room in ("flows", "scrapers", "models", "normalise", "trends", "sandbox"):
            logging.getLogger(room).setLevel(logging.INFO)


def _cell(value: Any) -> str:
    if value is None or value != value:  # noqa: PLR0124 - not-a-number is the only value unequal to itself
        return "-"
    if isinstance(value, float):
        return f"{value:,.0f}" if value.is_integer() else f"{value:,.2f}"
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    if isinstance(value, Mapping):
        return ", ".join(f"{k} {v}" for k, v in value.items()) or "-"
    return "".join(c if c.isprintable() else " " for c in str(value))


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
