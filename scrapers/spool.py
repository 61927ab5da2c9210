"""Where runs are written whose archive is elsewhere: a local folder, from which closed files are brought there.

A file here is locked (``flock``) as long as a living process writes it or brings it away, so a file that nobody holds
was left behind: by a process that was killed, or because the store could not be reached. Whoever opens the archive
next brings it away, a run that broke off under its name with the suffix ``.open``. Locks end with their process.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from scrapers.bucket import Bucket, StorageFailed
from scrapers.private import private_file
from scrapers.warc import OPEN_SUFFIX

NEXT_STEP = "see that the store answers, then `microcred harvest`, which brings first what waits"
_SUFFIXES = (f".warc.gz{OPEN_SUFFIX}", ".warc.gz")


class Spool:
    """The files under ``root`` on their way to ``bucket``, where they have the same names."""

    def __init__(self, root: Path, bucket: Bucket) -> None:
        self.root = root
        self.bucket = bucket

    def create(self, path: Path) -> BinaryIO:
        """Make a file and hold it until it is closed.

        Raises:
            FileExistsError: if there is one.
        """
        while True:
            handle = private_file(path)
            fcntl.flock(handle, fcntl.LOCK_EX)
            if _is_at(path, handle):
                return handle
            # Somebody took the empty file for one left behind.
            handle.close()

    def deliver(self, name: str) -> None:
        """Bring a closed file to the bucket and remove it here; nothing is done if another process has.

        Raises:
            StorageFailed: if it could not be brought; it is still here then.
        """
        path = self.root / name
        try:
            with _held(path, wait=True) as is_here:
                if is_here:
                    self.bucket.upload(path, name)
                    path.unlink()
                    return
            is_there = self.bucket.size(name) is not None
        except OSError as error:
            raise StorageFailed(f"{error}; {name} waits in {self.root}: {NEXT_STEP}") from None
        if not is_there:
            raise StorageFailed(f"{name} is gone from {self.root}, and is not in {self.bucket}")

    def waiting(self) -> list[Path]:
        """Return the files that are here, those being written among them."""
        return sorted(self.root.glob("*/*/*.warc.gz*"))

    def deliver_left(self) -> list[str]:
        """Bring to the bucket what was left behind; return the names there. A name that is taken gets a number.

        Raises:
            StorageFailed: if one could not be brought; it and those after it are still here then.
        """
        delivered = []
        for path in self.waiting():
            with _held(path, wait=False) as is_left:
                if not is_left:
                    continue
                if path.stat().st_size:
                    delivered.append(self._upload(path))
                path.unlink()
        return delivered

    def _upload(self, path: Path) -> str:
        name = path.relative_to(self.root).as_posix()
        suffix = next(suffix for suffix in _SUFFIXES if name.endswith(suffix))
        stem = name.removesuffix(suffix)
        for number in range(1, 1000):
            free = f"{stem}{'' if number == 1 else f'-{number}'}{suffix}"
            try:
                self.bucket.upload(path, free)
            except FileExistsError:
                continue
            return free
        raise StorageFailed(f"{self.bucket}: {name} and 998 more of the same run exist")


@contextmanager
def _held(path: Path, *, wait: bool) -> Iterator[bool]:
    """Hold a file; the value is whether it is there, and held by nobody else (who is waited for if asked)."""
    try:
        handle = path.open("rb")
    except FileNotFoundError:
        yield False
        return
    with handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield _is_at(path, handle)


def _is_at(path: Path, handle: BinaryIO) -> bool:
    """Whether an open file still has this name; it may have been removed or renamed before it was held."""
    try:
        return os.path.samestat(path.stat(), os.fstat(handle.fileno()))
    except FileNotFoundError:
        return False
