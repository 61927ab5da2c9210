"""Markup without what no reader of a page sees."""

from __future__ import annotations

import re

_START = re.compile(r"<(?:(script|style)\b[^<>]{0,2000}>|!--)", re.IGNORECASE)
_END = {
    "": re.compile("-->"),
    "script": re.compile(r"</script\s*>", re.IGNORECASE),
    "style": re.compile(r"</style\s*>", re.IGNORECASE),
}
"""Where a comment, a script and a style end."""


def without_hidden(fragment: str) -> str:
    """Return markup without its scripts, styles and comments; one that never ends stays as it is.

    One pass, linear in the length: where one has no end, no later one of its kind is looked for.
    """
    kept: list[str] = []
    at = 0
    endless: set[str] = set()
    for start in _START.finditer(fragment):
        kind = (start[1] or "").lower()
        if start.start() < at or kind in endless:
            continue
        end = _END[kind].search(fragment, start.end())
        if end is None:
            endless.add(kind)
            continue
        kept += [fragment[at : start.start()], " " if kind else ""]
        at = end.end()
    return "".join((*kept, fragment[at:])) if at else fragment
