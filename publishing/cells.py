"""Texts of strangers in cells: what a spreadsheet would take for a formula, and what its file cannot hold."""

from __future__ import annotations

import re

FORMULA_STARTS = "=+-@\t\r\n＝＋－＠"
"""What makes a spreadsheet read a text cell of a CSV file as a formula (OWASP, CSV Injection), wide forms included."""
GUARD = "'"
GUARD_NOTE = (
    "A cell of text that begins with = + - @, a tab, a line break, the wide form of one of these signs, or ', has one "
    "' put before it, so that no spreadsheet runs it as a formula. To have the text as it was, take away one leading ' "
    "wherever there is one. Cells of numbers and dates are as they are."
)
CELL_MAX = 32_767
"""Most characters an Excel cell holds, in UTF-16 units (Excel specifications and limits)."""
_GUARDED = frozenset(FORMULA_STARTS + GUARD)
_NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def guarded(text: str) -> str:
    """Return a text as it may stand in a CSV cell; ``GUARD_NOTE`` says what that is and how to undo it."""
    return GUARD + text if text and text[0] in _GUARDED else text


def xml_text(text: str) -> str:
    """Return a text with U+FFFD for what XML 1.0 has no sign for: most control characters."""
    return text if text.isprintable() else _NOT_XML.sub("\ufffd", text)


def cut(text: str) -> str:
    """Return a text cut to what an Excel cell holds."""
    if len(text) <= CELL_MAX // 2:
        return text
    units = text.encode("utf-16-le")[: CELL_MAX * 2]
    return units.decode("utf-16-le", errors="ignore")
