"""How a table fits a terminal: the least important columns are left out, or each row becomes a record of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from rich.cells import cell_len
from rich.table import Table
from rich.text import Text

GAP = 2
"""Blanks after each column."""
WORD_MAX = 24
"""A longer word (an address, a digest) may be broken over two lines."""
PROSE_MIN = 14
"""Text of several words is not squeezed into fewer columns than this."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """What of a table is shown in a width: its columns, those left out, and whether each row is a record."""

    columns: tuple[str, ...]
    left_out: tuple[str, ...] = ()
    as_records: bool = False


def fitted(rows: Sequence[Mapping[str, str]], columns: Sequence[str], least: Sequence[str], width: int) -> Fitted:
    """Return how a table is shown in ``width`` columns of a terminal.

    Args:
        rows: its cells as they are printed.
        columns: their names in order.
        least: columns that may be left out, the least important first. If the others do not fit either, every row
            is shown as a record, with all its columns.
        width: how many characters stand in a line.
    """
    needed = {column: _width_needed(column, [row[column] for row in rows]) for column in columns}
    shown = list(columns)
    for column in (None, *least):
        if column in shown:
            shown.remove(column)
        if sum(needed[name] for name in shown) + GAP * len(shown) <= width:
            return Fitted(tuple(shown), tuple(name for name in columns if name not in shown))
    return Fitted(tuple(columns), as_records=True)


def _width_needed(column: str, cells: Sequence[str]) -> int:
    words = [word for cell in (heading(column), *cells) for word in cell.split()]
    longest = max(map(cell_len, words), default=1)
    whole = max(map(cell_len, cells), default=0)
    if all(" " not in cell for cell in cells):
        return min(max(longest, whole), max(WORD_MAX, cell_len(heading(column))))
    return max(min(longest, WORD_MAX), min(whole, PROSE_MIN))


def as_table(
    rows: Sequence[Mapping[str, str]], columns: Sequence[str], numeric: frozenset[str], title: str | None, width: int
) -> Table:
    """Return rows as a table; what does not fit a cell goes on in its next line, and no letter is lost.

    The table is wider than ``width`` only where the least widths of its columns are.
    """
    cells = {column: [row[column] for row in rows] for column in columns}
    needed = {column: _width_needed(column, cells[column]) for column in columns}
    wanted = {column: max(map(cell_len, (heading(column), *cells[column]))) for column in columns}
    widths = _shared_out(needed, wanted, width - GAP * len(columns))
    table = Table(title=title, title_justify="left", box=None, padding=(0, GAP, 0, 0), header_style="bold")
    for column in columns:
        justify: Literal["right", "left"] = "right" if column in numeric else "left"
        # Left to choose, rich makes columns too wide for the line together, and cuts off what stands last.
        table.add_column(heading(column), justify=justify, overflow="fold", width=widths[column])
    for row in rows:
        table.add_row(*(Text(row[column]) for column in columns))
    return table


def total_width(table: Table) -> int:
    """Return how many characters a line of a table made by ``as_table`` has."""
    return sum((column.width or 0) + GAP for column in table.columns)


def _shared_out(needed: Mapping[str, int], wanted: Mapping[str, int], width: int) -> dict[str, int]:
    """Return the width of each column: what it needs, and of what is left as much as it wants, the narrowest first."""
    widths = {column: min(needed[column], wanted[column]) for column in needed}
    left = width - sum(widths.values())
    while left > 0:
        growing = [column for column in widths if widths[column] < wanted[column]]
        if not growing:
            break
        column = min(growing, key=lambda name: widths[name])
        widths[column] += 1
        left -= 1
    return widths


def as_records(rows: Sequence[Mapping[str, str]], columns: Sequence[str], title: str | None) -> list[Table | str]:
    """Return each row as lines of name and value, with an empty line between two rows."""
    shown: list[Table | str] = [] if title is None else [title]
    for number, row in enumerate(rows):
        record = Table(box=None, pad_edge=False, show_header=False)
        record.add_column(style="bold", no_wrap=True)
        record.add_column(overflow="fold")
        for column in columns:
            record.add_row(Text(heading(column)), Text(row[column]))
        shown += [record] if number == 0 else ["", record]
    return shown


def heading(column: str) -> str:
    """Return the name of a column as people read it."""
    return "".join(c if c.isprintable() else " " for c in column).replace("_", " ")


def cell(value: Any) -> str:
    """Return a value as it is printed: unknown as a dash, thousands apart, no terminal control codes."""
    if value is None or value != value:  # noqa: PLR0124 - not-a-number is the only value unequal to itself
        return "-"
    if isinstance(value, float):
        return f"{value:,.0f}" if value.is_integer() else f"{value:,.2f}"
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    if isinstance(value, Mapping):
        value = ", ".join(f"{k} {v}" for k, v in value.items()) or "-"
    return "".join(c if c.isprintable() else " " for c in str(value))
