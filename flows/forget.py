"""Forgetting a source on request: its pages, and everything that was read from them (docs/decisions/0032).

What is to go is decided first, on disk in the archive; from then on nothing brings the source back. Each step may be
done twice, so whoever is ended in the middle begins again and comes to the same end.
"""

from __future__ import annotations

import getpass
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flows.decisions import ALLOW, FORGET, FORGOTTEN, Decisions
from flows.forgotten import Forgotten, forgotten
from flows.linking_up import link_listings
from flows.observatory import Observatory
from flows.sharding import host_groups, hosts_of, runs_of
from models.forgetting import rows_of_source
from models.locks import all_held
from scrapers.archive import Archive
from scrapers.source import discover

NOT_REACHED = (
    "exports and reports that were made, also those in the data directory",
    "backups and copies of the database or the archive, and earlier versions that a bucket keeps",
    "Prefect's database: names of sources and counts of their runs",
)
"""Where the source may still be found: what is told to whoever has it forgotten."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What there is of a source.

    ``rows`` by table; ``files`` of pages by name, in bytes; ``made`` are files and folders that were made of the
    database and can be made again; ``others`` are databases in the data directory that are not reached.
    """

    source: str
    rows: dict[str, int]
    files: dict[str, int]
    made: tuple[Path, ...]
    others: tuple[Path, ...]

    @property
    def counts(self) -> dict[str, int]:
        """How many rows and files, and the bytes of the files."""
        return {"rows": sum(self.rows.values()), "files": len(self.files), "bytes": sum(self.files.values())}

    def as_json(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {
            "source": self.source,
            **self.counts,
            "rows_by_table": self.rows,
            "made": [str(path) for path in self.made],
            "not_reached": [*NOT_REACHED, *(str(path) for path in self.others)],
        }


def held_of(observatory: Observatory, slug: str) -> Held:
    """Return what there is of a source; nothing is changed."""
    data, in_use = observatory.settings.data_dir, observatory.engine.url.database
    databases = sorted((*data.glob("*.sqlite"), *data.glob("reread-*/*.sqlite")))
    return Held(
        source=slug,
        rows=rows_of_source(observatory.engine, slug),
        files={
            f"{archive}/{name}": size
            for archive in _archives(observatory)
            for name, size in archive.held_of(slug).items()
        },
        made=tuple(path for path in _made(observatory, slug) if path.exists()),
        others=tuple(path for path in databases if path.resolve() != Path(in_use or "").resolve()),
    )


def forget(observatory: Observatory, slug: str, reason: str) -> Held:
    """Remove everything of a source, and return what there was.

    Args:
        observatory: where it lies.
        slug: the source.
        reason: why, kept with the decision; that of a forgetting which was broken off stays.

    Raises:
        InUse: if the source is being harvested, backfilled or rebuilt.
        StorageFailed: if object storage does not do it; begun again, it goes on there.
        StillInTheFile: if the database is read by another process; all rows are removed then.
    """
    with all_held(observatory.engine, _held_by(slug), f"forgetting {slug}"):
        held = held_of(observatory, slug)
        known = forgotten(observatory.decisions).get(slug)
        if known is None or known.is_done:
            _decide(observatory, FORGET, slug, reason=reason, found=held.counts)
        observatory.decisions.drop_lines_about(slug)
        _on_this_machine(observatory).drop_lines_about(slug)
        observatory.store.forget_source(slug)
        for archive in _archives(observatory):
            archive.remove_all_of(slug)
        for path in _made(observatory, slug):
            _remove(path)
        if held.rows.get("programme_credential") or (known is not None and not known.is_done):
            # A credential is named after its first listing, which may be one that has gone.
            link_listings(observatory)
        observatory.store.overwrite_freed()
        _decide(observatory, FORGOTTEN, slug)
    return held


def allow(observatory: Observatory, slug: str, reason: str) -> Forgotten:
    """Allow that a forgotten source is harvested again, and return what was decided of it before.

    Raises:
        ValueError: if it is not forgotten, or not everything of it has gone.
    """
    known = forgotten(observatory.decisions).get(slug)
    if known is None:
        raise ValueError(f"{slug} is not forgotten: `microcred forget` lists the sources that are")
    if not known.is_done:
        raise ValueError(f"{slug} has not gone yet: `microcred forget {slug} --yes` goes on with it")
    _decide(observatory, ALLOW, slug, reason=reason)
    return known


def _archives(observatory: Observatory) -> tuple[Archive, ...]:
    """Return the archive, and those of pages that were asked for to try a source (``microcred sources``)."""
    return (observatory.archive, *map(Archive, observatory.settings.trial_dirs))


def _decide(observatory: Observatory, kind: str, slug: str, **facts: Any) -> None:
    """Keep a decision in the archive; if that is elsewhere here too, for when it cannot be asked."""
    now = datetime.now(UTC)
    observatory.decisions.add(kind, now, source=slug, by=_user(), **facts)
    if observatory.archive.bucket is not None:
        _on_this_machine(observatory).add(kind, now, source=slug, by=_user(), **facts)


def _on_this_machine(observatory: Observatory) -> Decisions:
    return Decisions(observatory.archive.root)


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container whose user has no name
        return "unknown"


def _held_by(slug: str) -> set[str]:
    """Return what whoever harvests, brings in the past of, or rebuilds a source holds (``models.locks``)."""
    groups = host_groups(discover().values())
    return {runs_of(slug), f"past of {slug}", *([hosts_of(groups[slug])] if slug in groups else [])}


def _made(observatory: Observatory, slug: str) -> list[Path]:
    """Return what this machine keeps of the source, or of all sources, to be faster; it is made again when needed."""
    settings = observatory.settings
    readings = settings.readings_dir
    kept = [readings / f"{slug}.sqlite{ending}" for ending in ("", "-journal", "-wal", "-shm")]
    return [*kept, settings.data_dir / "extracts", settings.data_dir / "export" / "console"]


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    path.unlink(missing_ok=True)
