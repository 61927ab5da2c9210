"""What a process holds, and what lies on the disk. Linux: figures of processes are read from ``/proc`` (man 5 proc)."""

from __future__ import annotations

import ctypes
import os
import resource
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from sqlalchemy import make_url, text

from models.database import make_engine


@dataclass(frozen=True, slots=True)
class Held:
    """What a process holds at a moment: resident memory in bytes, open file descriptors, threads."""

    resident_bytes: int
    descriptors: int
    threads: int


@dataclass(frozen=True, slots=True)
class Stored:
    """What lies on the disk, in bytes: the database, the archive (and its files), and the readings kept."""

    database_bytes: int
    archive_bytes: int
    archive_files: int
    readings_bytes: int


def held(process: int | None = None) -> Held:
    """Return what a process holds, this one if none is named."""
    folder = Path(f"/proc/{process or 'self'}")
    pages = int((folder / "statm").read_text(encoding="ascii").split()[1])
    return Held(
        resident_bytes=pages * os.sysconf("SC_PAGE_SIZE"),
        descriptors=sum(1 for _ in (folder / "fd").iterdir()),
        threads=sum(1 for _ in (folder / "task").iterdir()),
    )


def released() -> tuple[int, int]:
    """Return the resident bytes of this process before and after the C library gives back what it keeps unused.

    What that frees was no leak: glibc keeps freed memory in its arenas (man 3 malloc_trim). Without it nothing changes.
    """
    before = held().resident_bytes
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
    return before, held().resident_bytes


def cpu_seconds() -> float:
    """Return the processor seconds of this process and of those of its children that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def stored(data: Path, database_url: str) -> Stored:
    """Return what lies on the disk; the database must not be open in this process, or its write-ahead log counts."""
    archived = list(_sizes(data / "archive", "*.warc.gz"))
    return Stored(
        database_bytes=_database_bytes(database_url),
        archive_bytes=sum(archived),
        archive_files=len(archived),
        readings_bytes=sum(_sizes(data / "readings", "*")),
    )


def difference(before: Stored, after: Stored) -> Stored:
    """Return by how much everything grew."""
    was = asdict(before)
    return Stored(**{name: size - was[name] for name, size in asdict(after).items()})


def _sizes(folder: Path, pattern: str) -> Iterator[int]:
    return (file.stat().st_size for file in folder.rglob(pattern) if file.is_file())


def _database_bytes(database_url: str) -> int:
    url = make_url(database_url)
    if url.get_backend_name() == "sqlite":
        assert url.database is not None
        file = Path(url.database)
        return sum(_sizes(file.parent, f"{file.name}*"))
    engine = make_engine(url)
    with engine.connect() as connection:
        found: int = connection.execute(text("select pg_database_size(current_database())")).scalar_one()
    engine.dispose()
    return found
