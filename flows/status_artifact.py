"""The status as Markdown, for the artifact that every harvest publishes. Words of strangers are escaped."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from flows.showing import Status

_MARKUP = re.compile(r"([\\`*_{}\[\]<>()#!|~&$:])")
_ATTENTION = ("source", "state", "since", "last_outcome", "last_good_look_at", "reason")
_SOURCES = ("source", "state", "last_outcome", "last_good_look_at", "next_due_at", "live", "missing", "open_problems")


def status_markdown(status: Status) -> str:
    """Return the status as Markdown: counts, what needs attention, what waits and the command for it, all sources."""
    counts = ", ".join(f"{count} {state}" for state, count in status.counts().items())
    parts = [
        f"**{counts}** at {status.at:%Y-%m-%d %H:%M} UTC",
        "### Needs attention",
        _table(status.in_need, _ATTENTION) if status.in_need else "Nothing.",
        "### Waits for a person",
        "\n".join(f"- {_words(row)}: `{row['command']}`" for row in status.waiting) or "Nothing.",
        "### Sources",
        _table([row for row in status.sources if row["last_run_at"] is not None], _SOURCES),
        footing(status),
    ]
    return "\n\n".join(parts) + "\n"


def footing(status: Status) -> str:
    """Return one line: the last snapshot, and the sizes of database and archive."""
    last = status.stored.last_snapshot
    snapshot = "none" if last is None else f"{last.as_of} ({last.definition})"
    archive = "out of reach"
    if status.archive_bytes is not None:
        archive = f"{size(status.archive_bytes)} in {status.archive_files:,} files"
    return f"Last snapshot: {snapshot}. Database: {size(status.stored.database_bytes)}. Archive: {archive}."


def size(number: int) -> str:
    """Return a number of bytes in the largest unit that leaves a whole part: ``12.3 MB`` (powers of 1,000)."""
    value, units = float(number), ["bytes", "kB", "MB", "GB", "TB"]
    while value >= 1000 and len(units) > 1:
        value /= 1000
        units.pop(0)
    return f"{value:.0f} bytes" if units[0] == "bytes" else f"{value:,.1f} {units[0]}"


def _words(row: Mapping[str, Any]) -> str:
    what = _escaped(str(row["what"]))
    return what if row["source"] is None else f"{_escaped(row['source'])}, {what}"


def _table(rows: Iterable[Mapping[str, Any]], columns: Sequence[str]) -> str:
    head = [" | ".join(column.replace("_", " ") for column in columns), " | ".join("---" for _ in columns)]
    body = [" | ".join(_cell(row[column]) for column in columns) for row in rows]
    return "\n".join(f"| {line} |" for line in (*head, *body))


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, date | datetime):
        return f"{value:%Y-%m-%d}"
    return f"{value:,}" if isinstance(value, int) else _escaped(str(value))


def _escaped(words: str) -> str:
    """Return words on one line, every sign that Markdown could read as markup behind a backslash."""
    line = "".join(c if c.isprintable() else " " for c in words)
    return _MARKUP.sub(r"\\\1", line)
