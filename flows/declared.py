"""Rows for the command that lists the sources; quick to import, since it needs no database."""

from __future__ import annotations

from typing import Any

from scrapers.source import discover

SOURCE_COLUMNS = ("source", "name", "kind", "country", "language", "cadence", "formats", "evidence", "retired")


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
