"""Rows for the command that lists the sources; quick to import, since it needs no database."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flows.nearest import none_called
from scrapers.source import discover

FIRST_TO_GO = ("retired", "evidence", "formats", "cadence", "language")
"""Columns that a narrow terminal does without, in this order."""
SOURCE_COLUMNS = ("source", "name", "kind", "country", "language", "cadence", "formats", "evidence", "retired")


def named(slugs: Iterable[str]) -> list[str]:
    """Return the slugs, all of which are declared.

    Raises:
        ValueError: if one is not; the message says which it may have been.
    """
    sources, asked_for = discover(), list(dict.fromkeys(slugs))
    unknown = [slug for slug in asked_for if slug not in sources]
    if unknown:
        there_are = f"`microcred sources list` shows the {len(sources)} there are"
        raise ValueError(f"{none_called('source', unknown, sources)}; {there_are}")
    return asked_for


def source_rows() -> list[dict[str, Any]]:
    """Return one row a source, as declared in its ``source.toml``."""
    return [
        {
            "source": s.slug,
            "name": s.name,
            "kind": s.kind,
            "country": s.country,
            "language": s.language,
            "cadence": s.cadence,
            "complete": s.complete,
            "formats": ", ".join(f.platform or "own scraper" for f in s.formats),
            "evidence": s.evidence,
            "needs_key": s.needs_key or None,
            "retired": s.retired,
        }
        for s in discover().values()
    ]
