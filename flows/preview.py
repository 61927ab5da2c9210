"""``microcred harvest --dry-run``: what a harvest would ask, and why; nothing is asked and nothing is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import make_url

from flows.decisions import Decisions
from flows.forgotten import forgotten
from flows.keys import has_key, key_variable
from flows.live import is_due, looks_until, select_named
from flows.observatory import open_archive
from flows.settings import Settings
from flows.sharding import of_shard
from models.database import shown_url
from models.expected_queries import LastRun, last_live_runs, pages_of_last_looks
from models.read_only import open_to_read
from models.records import Source
from scrapers.source import discover

COLUMNS = (
    "source", "would", "why", "last_look", "last_outcome", "pages_last", "listings", "pace", "robots", "key", "start",
)  # fmt: skip
LEAST = ("last_outcome", "listings", "pages_last", "last_look", "robots", "pace", "key", "start")
"""Columns that a narrow terminal does without, in this order."""
UNKNOWN_ROBOTS = "not known: asked first"


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the database knows of sources before a harvest: empty if there is none yet."""

    looks: Mapping[str, datetime] = field(default_factory=dict)
    runs: Mapping[str, LastRun] = field(default_factory=dict)
    pages: Mapping[str, int] = field(default_factory=dict)


def preview(
    settings: Settings, slugs: Sequence[str], now: datetime, *, retired: bool, shard: str | None = None
) -> list[dict[str, Any]]:
    """Return one row for each source that is named, or due at ``now``, also for those that only lack their key.

    With ``shard`` only those of that part of the host groups.

    Keys: ``source``, ``would`` (``harvest`` or what stands against it), ``why``, ``cadence``, ``last_look`` (the last
    complete one), ``last_run`` and ``last_outcome``, ``start`` (addresses asked first), ``hosts``, ``robots`` (by host,
    as the last run met it), ``pace_seconds``, ``pages_last`` and ``listings_last`` (of the last complete look and
    run), ``listings_min`` and ``listings_max`` (what the gates let pass), ``key`` and ``key_is_set``, ``archive`` and
    ``database`` (where it would be stored).

    Raises:
        UnknownSource: if a name is unknown or retired.
        NotReadable: if the database has another schema; the message says what to do.
    """
    known = _known(settings, now)
    if slugs:
        chosen = select_named(slugs, retired=retired)
    else:
        chosen = [s for s in discover().values() if s.retired is None and is_due(s, known.looks, now)]
    gone = forgotten(Decisions(settings.archive_dir))
    rows = [_row(source, known, settings, now, named=bool(slugs)) for source in of_shard(chosen, shard)]
    return [row | ({"would": f"not: {gone[row['source']].words()}"} if row["source"] in gone else {}) for row in rows]


def _known(settings: Settings, now: datetime) -> Known:
    url = make_url(settings.database)
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").is_file():
        return Known()
    engine = open_to_read(settings.database, settings.database_patience_seconds)
    try:
        return Known(looks=looks_until(engine, now), runs=last_live_runs(engine), pages=pages_of_last_looks(engine))
    finally:
        engine.dispose()


def _row(source: Source, known: Known, settings: Settings, now: datetime, *, named: bool) -> dict[str, Any]:
    run, look = known.runs.get(source.slug), known.looks.get(source.slug)
    variable = key_variable(source)
    return {
        "source": source.slug,
        "would": "harvest" if has_key(source) else f"not: set {variable}",
        "why": _why(source, look, now, is_named=named, is_due=is_due(source, known.looks, now)),
        "cadence": source.cadence,
        "last_look": look,
        "last_run": run.as_of if run else None,
        "last_outcome": run.outcome if run else None,
        "start": list(source.format_on(now.date()).start),
        "hosts": list(source.hosts),
        "robots": {host: (run.robots.get(host) if run else None) or UNKNOWN_ROBOTS for host in source.hosts},
        "pace_seconds": source.pace_seconds,
        "pages_last": known.pages.get(source.slug),
        "listings_last": run.listings if run else None,
        "listings_min": source.expect.programmes_min,
        "listings_max": source.expect.programmes_max,
        "key": variable,
        "key_is_set": has_key(source) if variable else None,
        "archive": f"{open_archive(settings)}/{source.slug}",
        "database": shown_url(settings.database),
    }


def _why(source: Source, look: datetime | None, now: datetime, *, is_named: bool, is_due: bool) -> str:
    seen = "no complete look yet"
    if look is not None:
        seen = f"last complete look {(now - look).days} days ago, cadence {source.cadence}"
    due = "due" if is_due else "not due"
    return f"named ({due}): {seen}" if is_named else f"due: {seen}"


def shown(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row for the table ``COLUMNS``."""
    most = row["listings_max"]
    bounds = f"{row['listings_min']:,} to {most:,}" if most is not None else f"{row['listings_min']:,} or more"
    last = f", last {row['listings_last']:,}" if row["listings_last"] is not None else ""
    key = "none" if row["key"] is None else f"{row['key']} {'is set' if row['key_is_set'] else 'is not set'}"
    return {
        **row,
        "listings": f"{bounds}{last}",
        "pace": f"{row['pace_seconds']:g} s",
        "robots": "; ".join(f"{host}: {said}" for host, said in row["robots"].items()),
        "key": key,
        "start": " ".join(row["start"]),
    }
