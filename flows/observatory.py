"""One installation of the observatory: its settings, database, archive and code version, opened once a command."""

from __future__ import annotations

import hashlib
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from threading import Lock

from sqlalchemy import Engine

from flows.decisions import Decisions
from flows.forgotten import Forgotten, forgotten_here
from flows.reading_beside import Reader
from flows.settings import Settings
from models.locks import IN_USE, waited_for
from models.patience import Patience
from models.records import Origin
from models.store import Store, open_database
from scrapers.archive import Archive
from scrapers.bucket import bucket_at
from scrapers.private import private_folder
from scrapers.source import own_directory
from scrapers.warc import RunWriter

log = logging.getLogger(__name__)

ROOMS_THAT_READ = ("scrapers", "normalise", "models.vocab")
"""The packages whose code and data decide what a page is read as."""


@dataclass(frozen=True, slots=True)
class Observatory:
    """What every flow works with.

    ``writing`` lets one run at a time into the database of this process; ``reader`` may read pages beside it, and
    whoever allows it that closes it in the end (``open_observatory``); ``patience`` waits for a database that goes away
    meanwhile.
    """

    settings: Settings
    engine: Engine
    store: Store
    archive: Archive
    writing: Lock = field(default_factory=Lock)
    reader: Reader = field(default_factory=lambda: Reader(allowed=False))
    patience: Patience = field(default_factory=Patience)

    @property
    def decisions(self) -> Decisions:
        """What people decided, kept in the archive."""
        return Decisions(self.archive.root, self.archive.bucket)

    def forgotten(self) -> dict[str, Forgotten]:
        """Return the sources that were forgotten on request, by slug."""
        return forgotten_here(self.decisions, Decisions(self.archive.root))

    def run_writer(
        self, slug: str, as_of: datetime, *, secret: str | None = None, origin: Origin = Origin.LIVE, agent: str = ""
    ) -> RunWriter:
        """Open the archive file of one run; ``secret`` (the key of the source) is kept out of it.

        ``agent`` is who asks, in the words that hosts are told.
        """
        run_key = hashlib.sha256(f"{slug} {as_of.isoformat()}".encode()).hexdigest()
        info = {"code-version": code_version(), "origin": origin.value, "http-header-user-agent": agent}
        return self.archive.run_writer(slug, run_key, as_of, secret=secret, info=info)


@contextmanager
def open_observatory(settings: Settings | None = None) -> Iterator[Observatory]:
    """Open the database (made and migrated if need be) and the archive; close the database on exit.

    Files of runs that wait to be brought to an archive elsewhere are brought there now; if that fails, they wait on.

    Raises:
        ValueError: if the archive lies where nothing that is installed can reach.
    """
    settings = settings or Settings()
    private_folder(settings.data_dir)
    archive = open_archive(settings)
    engine = open_database(settings.database, settings.database_patience_seconds)
    reader = Reader(allowed=settings.reader_process)
    try:
        _make_ready(archive)
        # Until this is over nobody changes the schema.
        with waited_for(engine, IN_USE, shared=True):
            yield Observatory(
                settings=settings, engine=engine, store=Store(engine), archive=archive, reader=reader,
                patience=Patience(settings.database_patience_seconds),
            )  # fmt: skip
    finally:
        reader.close()
        engine.dispose()


def open_archive(settings: Settings) -> Archive:
    """Return the archive that the settings name; nothing is read or asked yet."""
    url = settings.archive_bucket
    return Archive(settings.archive_dir, None if url is None else bucket_at(url))


def _make_ready(archive: Archive) -> None:
    if archive.spool is None:
        return
    archive.spool.bucket.require()
    try:
        delivered = archive.spool.deliver_left()
    except OSError as error:
        log.warning("%s; %d files wait in %s", error, len(archive.spool.waiting()), archive.root)
        return
    for name in delivered:
        log.info("%s was left behind and is in %s now", name, archive)


def code_version() -> str:
    """Return the package version and a digest of all code and word lists that read pages.

    Two runs with equal versions read the same bytes the same way; only then can equal pages mean "unchanged".
    """
    return f"{_package_version()}+{digest_of_rooms(ROOMS_THAT_READ)}"


@cache
def _package_version() -> str:
    return version("microcred-observatory")


def digest_of_rooms(rooms: tuple[str, ...]) -> str:
    """Return twelve hex digits that differ as soon as a file of the rooms, or of one's own sources, does."""
    return digest_of_files(rooms, own_directory())


@cache
def digest_of_files(rooms: tuple[str, ...], own: Path | None) -> str:
    """Return the digest of rooms and of a directory of one's own sources, as they are when it is first asked for."""
    digest = hashlib.sha256()
    for room in rooms:
        for name, content in sorted(_sources_of(files(room))):
            digest.update(f"{room}/{name}\0".encode())
            digest.update(content)
    for name, content in sorted(_sources_of(own)) if own is not None else ():
        digest.update(f"own/{name}\0".encode())
        digest.update(content)
    return digest.hexdigest()[:12]


def _sources_of(folder: Traversable, prefix: str = "") -> Iterator[tuple[str, bytes]]:
    for entry in folder.iterdir():
        if entry.is_dir() and entry.name != "__pycache__":
            yield from _sources_of(entry, f"{prefix}{entry.name}/")
        elif entry.name.endswith((".py", ".toml", ".csv")):
            yield f"{prefix}{entry.name}", entry.read_bytes()


def prefect_is_asked_for() -> bool:
    """Whether the environment names a Prefect server, so that a plain command should run as a flow."""
    return bool(os.environ.get("PREFECT_API_URL"))
