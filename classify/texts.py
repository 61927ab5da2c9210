"""The printed words of a programme under the names of their fields, and a way to quote them as evidence."""

from __future__ import annotations

import re
from collections.abc import Iterator

from models.classification import EVIDENCE_MOST
from models.records import Programme

_SINGLE = ("title", "credential_label", "kind_as_published", "level_as_published", "description")


def texts_of(programme: Programme) -> Iterator[tuple[str, str]]:
    """Yield ``(field, words)`` for everything a programme prints, as ``Evidence`` names its fields.

    Titles and labels come first, long texts after them: ``title``, ``credential_label``, ``kind_as_published``,
    ``level_as_published``, ``subjects`` (once each), ``organisations.<role>`` (once each), ``description``,
    ``statements.<name>``, ``verbatim.<name>``.
    """
    for field in _SINGLE[:-1]:
        if words := getattr(programme, field):
            yield field, words
    for subject in programme.subjects:
        yield "subjects", subject
    for organisation in programme.organisations:
        yield f"organisations.{organisation.role}", organisation.name
    if programme.description:
        yield "description", programme.description
    for name, words in programme.statements.items():
        yield f"statements.{name}", words
    for name, words in programme.verbatim.items():
        yield f"verbatim.{name}", words


def quoted(text: str, found: re.Match[str]) -> str:
    """Return the words that were found, as printed, with as much of the text around them as evidence may hold."""
    room = EVIDENCE_MOST - (found.end() - found.start())
    if room <= 0:
        return found[0][:EVIDENCE_MOST]
    if len(text) <= EVIDENCE_MOST:
        return text
    start = max(0, min(found.start() - room // 2, len(text) - EVIDENCE_MOST))
    return text[start : start + EVIDENCE_MOST]
