"""Texts of strangers that a file format, a spreadsheet or a terminal could take for more than text."""

from __future__ import annotations

import csv
from pathlib import Path

TEXTS = (
    '=HYPERLINK("http://evil.example/","click")',
    "+1+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(A1:A9)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "＝1＋1",
    "'quoted",
    "''=twice",
    'a "quoted", comma;\r\nand a line',
    "control \x01 and \x1b[31mred",
    "_x0041_ is no A",
    "한국어 – é 🎓 \u202eright to left",
    "</script><script>alert(1)</script>",
    "http://evil.example/ mailto:x@y.example",
    "x" * 40_000,
    "🎓" * 20_000,
    "%s {0} $(rm) `ls` \\N null",
)


def read_csv(path: Path) -> list[dict[str, str]]:
    """The cells of a CSV file as they stand there."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def without_guard(cell: str) -> str:
    """What the notes of an export tell a reader to do, in the reader's own words."""
    return cell[1:] if cell[:1] == "'" else cell
