"""One Excel workbook: a sheet a view, the column texts, and what was done to fit the limits of the format."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from publishing.cells import CELL_MAX, cut, xml_text
from publishing.tables import Column, Filled, Row, Table, Written

NAME = "observatory.xlsx"
ROWS_MAX = 1_048_576
"""Most rows of a sheet, the header among them (Excel specifications and limits)."""
NOTES = (
    "Cells of text are text: none is a formula or a link. Times are in UTC. Lists and objects are JSON text.",
    f"A cell holds {CELL_MAX:,} characters; longer texts are cut, and the notes of the file count them.",
    f"A sheet holds {ROWS_MAX:,} rows; what is beyond goes on in a sheet of the same name with a number.",
    "Control characters that the format cannot hold are U+FFFD.",
)
_TEXTS = Table(
    "columns",
    "What the columns mean",
    tuple(Column(name, "text", "") for name in ("sheet", "column", "type", "vocabulary", "meaning")),
)
_ABOUT = Table("about", "What this is", (Column("about", "text", ""), Column("text", "text", "")))
_WHOLE_MAX = 2**53
"""Above this a spreadsheet, which knows only floating point, cannot tell whole numbers apart."""
_FIRST_YEAR = 1900
"""Excel has no day before it."""


def write_excel(
    folder: Path, filled: Iterable[Filled], about: Mapping[str, str], *, rows_max: int = ROWS_MAX
) -> Written:
    """Write all tables into one workbook, row by row, so that memory does not grow with the rows.

    Args:
        folder: where the workbook is put, and temporary files while it is made.
        filled: the tables; each becomes a sheet.
        about: what the first sheet says, by heading.
        rows_max: most rows of a sheet; smaller only in tests.
    """
    options = {
        "constant_memory": True, "tmpdir": str(folder), "strings_to_formulas": False, "strings_to_urls": False,
        "strings_to_numbers": False,
    }  # fmt: skip
    with Workbook(str(folder / NAME), options) as book:
        sheets = _Sheets(book, rows_max)
        sheets.write(Filled(_ABOUT, about.items()))
        texts: list[Row] = []
        counts: dict[str, int] = {}
        for one in filled:
            counts[one.table.name] = sheets.write(one)
            texts += [(one.table.name, c.name, c.kind, c.vocabulary, c.meaning) for c in one.table.columns]
        sheets.write(Filled(_TEXTS, texts))
    return Written(name=NAME, rows=counts, notes=sheets.notes())


class _Sheets:
    """The sheets of a workbook being written, and the cells that had to be changed to fit it."""

    def __init__(self, book: Workbook, rows_max: int) -> None:
        self._book = book
        self._rows_max = rows_max
        self._head: Format = book.add_format({"bold": True})
        self._day: Format = book.add_format({"num_format": "yyyy-mm-dd"})
        self._moment: Format = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        self._changed: Counter[str] = Counter()

    def write(self, filled: Filled) -> int:
        """Write a table on as many sheets as it needs, and return how many rows there were."""
        sheet, line, number, count = self._sheet(filled.table, 1), 1, 1, 0
        for row in filled.rows:
            if line == self._rows_max:
                number += 1
                sheet, line = self._sheet(filled.table, number), 1
            for place, (column, value) in enumerate(zip(filled.table.columns, row, strict=True)):
                if value is not None:
                    self._cell(sheet, line, place, value, f"{filled.table.name}.{column.name}")
            line += 1
            count += 1
        return count

    def notes(self) -> tuple[str, ...]:
        """Say what was changed."""
        return tuple(f"{place}: {count:,} cells" for place, count in sorted(self._changed.items()))

    def _sheet(self, table: Table, number: int) -> Worksheet:
        sheet = self._book.add_worksheet(table.name if number == 1 else f"{table.name} {number}")
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(table.columns) - 1, 18)
        for place, column in enumerate(table.columns):
            sheet.write_string(0, place, column.name, self._head)
        return sheet

    def _cell(self, sheet: Worksheet, line: int, place: int, value: Any, where: str) -> None:
        if isinstance(value, bool):
            sheet.write_boolean(line, place, value)
        elif isinstance(value, int | float) and abs(value) <= _WHOLE_MAX:
            sheet.write_number(line, place, value)
        elif isinstance(value, datetime) and value.year >= _FIRST_YEAR:
            sheet.write_datetime(line, place, value.astimezone(UTC).replace(tzinfo=None), self._moment)
        elif isinstance(value, date) and not isinstance(value, datetime) and value.year >= _FIRST_YEAR:
            sheet.write_datetime(line, place, value, self._day)
        else:
            sheet.write_string(line, place, self._fitting(_text(value), where))

    def _fitting(self, text: str, where: str) -> str:
        clean = xml_text(text)
        fitting = cut(clean)
        self._changed.update(
            [f"{where}: control characters replaced"] * (clean != text) + [f"{where}: cut"] * (fitting != clean)
        )
        return fitting


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, date):
        return value.isoformat()
    return json.dumps(value, ensure_ascii=False)
