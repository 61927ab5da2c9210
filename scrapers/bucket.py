"""Object storage through fsspec: objects that are written once, read in blocks, and never written over.

fsspec and the package for the kind of store are imported when the first object is asked for. Keys, endpoint and region
come from where that package looks for them (for ``s3://``: ``AWS_ACCESS_KEY_ID``, ``AWS_ENDPOINT_URL`` and so on, or
``FSSPEC_S3_...``); nothing of them is kept, logged or part of a message.
"""

from __future__ import annotations

import hashlib
import io
import re
from collections import OrderedDict, defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cache, partial
from pathlib import Path
from threading import Lock
from typing import Any, BinaryIO, cast

from scrapers.ranges import RangeFile

BLOCK_BYTES = 1024 * 1024
"""What one request brings at least: a store takes about as long to begin an answer as to send this much."""
BLOCKS_AHEAD = 4
"""What one request brings when the block before was read too: whoever reads on wants the rest."""
BLOCKS_KEPT = 32
"""Blocks kept in memory, of all objects together. Pages that a host calls not modified lie one behind the other."""

INSTALL = "pip install 'microcred-observatory[object-storage]'"
_OPTIONS: Mapping[str, Mapping[str, Any]] = {
    # One part of an upload in memory at a time, and no question for the size before an object is read.
    "s3": {"max_concurrency": 1, "config_kwargs": {"connect_timeout": 10, "read_timeout": 60}},
}
_CREDENTIALS = re.compile(r"://([^/@\s]*)@")
_QUERY = re.compile(r"\?[^\s\"'>]*")


class StorageFailed(OSError):
    """The store did not do what was asked, or cannot be reached. The message has no credentials in it."""


def redacted(text: str) -> str:
    """Return a text without user, password and query in its addresses."""
    return _QUERY.sub("", _CREDENTIALS.sub("://", text))


def _redacted_of(url: str, text: str) -> str:
    """Return a text without what an address says of user and password, wherever that is repeated."""
    for said in _CREDENTIALS.findall(url):
        for part in (said, *said.split(":")):
            text = text.replace(part, "") if part else text
    return redacted(text)


@cache
def bucket_at(url: str) -> Bucket:
    """Return the one ``Bucket`` of this process for an address, so that all share its connections and its blocks."""
    return Bucket(url)


class Bucket:
    """The objects under an fsspec URL (``s3://bucket/prefix``), named relative to it. Threads may share it.

    Pickled it is its address: another process connects by itself, with the credentials it finds.
    """

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        self._place: tuple[Any, str] | None = None
        self._sizes: dict[str, int] = {}
        self._blocks: OrderedDict[tuple[str, int], bytes] = OrderedDict()
        self._lock = Lock()
        self._reading: defaultdict[str, Lock] = defaultdict(Lock)

    def __reduce__(self) -> tuple[Any, ...]:
        return bucket_at, (self.url,)

    def __str__(self) -> str:
        return redacted(self.url)

    def __repr__(self) -> str:
        return f"Bucket({str(self)!r})"

    def require(self) -> None:
        """Make sure that what serves such addresses is installed; nothing is asked.

        Raises:
            ValueError: if it is not, with the command that installs it.
        """
        self._connected()

    def sizes(self, folder: str = "") -> dict[str, int]:
        """Return the objects under a folder and their sizes in bytes, in the order of their names.

        Raises:
            StorageFailed: if they cannot be listed, or there is no such bucket.
        """
        files, root = self._connected()
        with self._asking("cannot be listed"):
            found = files.find(f"{root}/{folder}".rstrip("/"), detail=True)
        sizes = {name.removeprefix(f"{root}/"): int(about["size"]) for name, about in sorted(found.items())}
        with self._lock:
            self._sizes |= sizes
        return sizes

    def size(self, name: str) -> int | None:
        """Return the size of an object in bytes, ``None`` if there is none. An object that was there does not change.

        Raises:
            StorageFailed: if the store does not say.
        """
        known = self._sizes.get(name)
        if known is not None:
            return known
        about = self._about(name)
        if about is not None:
            self._sizes[name] = int(about["size"])
        return self._sizes.get(name)

    def open(self, name: str) -> BinaryIO | None:
        """Open an object to read, ``None`` if there is none.

        Raises:
            StorageFailed: if the store does not say; also when reading later.
        """
        size = self.size(name)
        return None if size is None else cast(BinaryIO, RangeFile(size, partial(self.read, name)))

    def read(self, name: str, start: int, end: int) -> bytes:
        """Return the bytes of an object from ``start`` up to ``end``, which is not beyond its end.

        Raises:
            StorageFailed: if they cannot be had.
        """
        parts: list[bytes] = []
        while start < end:
            number, within = divmod(start, BLOCK_BYTES)
            part = self._block(name, number)[within : within + end - start]
            if not part:
                raise StorageFailed(f"{self}: {name} ends early; was it replaced? Start the command again")
            parts.append(part)
            start += len(part)
        return b"".join(parts)

    def contents(self, folder: str) -> dict[str, bytes]:
        """Return all objects under a folder, whole, in the order of their names; for small ones.

        Raises:
            StorageFailed: if they cannot be had.
        """
        files, root = self._connected()
        names = list(self.sizes(folder))
        if not names:
            return {}
        with self._asking("cannot be read"):
            found = files.cat([f"{root}/{name}" for name in names])
        return {name: bytes(found[f"{root}/{name}"]) for name in names}

    def add(self, name: str, content: bytes) -> None:
        """Make a small object; one that is there already with this content is left.

        Raises:
            FileExistsError: if there is another of this name.
            StorageFailed: if it could not be made.
        """
        self._make(name, io.BytesIO(content), lambda files, path: files.pipe_file(path, content, mode="create"))

    def remove(self, name: str) -> None:
        """Remove an object; nothing is done if there is none. What a store keeps of earlier versions is not reached.

        Raises:
            StorageFailed: if it could not be removed.
        """
        files, root = self._connected()
        with self._asking(f"did not remove {name}"), suppress(FileNotFoundError):
            files.rm_file(f"{root}/{name}")
        with self._lock:
            self._sizes.pop(name, None)
            for key in [key for key in self._blocks if key[0] == name]:
                del self._blocks[key]

    def upload(self, file: Path, name: str) -> None:
        """Make an object of a file, and make sure that it is what the file is; one that is there already is left.

        The size is compared, and the MD5 where the store tells it; where it does not, the object is read back.

        Raises:
            FileExistsError: if there is another of this name.
            StorageFailed: if it could not be made.
        """
        with file.open("rb") as handle:
            self._make(name, handle, lambda files, path: files.put_file(str(file), path, mode="create"))

    def _make(self, name: str, content: io.BufferedReader | io.BytesIO, send: Any) -> None:
        files, root = self._connected()
        path = f"{root}/{name}"
        failed: StorageFailed | None = None
        try:
            with self._asking(f"did not take {name}"):
                send(files, path)
        except StorageFailed as error:
            # It may be there all the same: from before, from another process, or because the answer was lost.
            failed = error
        try:
            about = self._about(name)
        except StorageFailed as error:
            raise (failed or error) from None
        if about is None:
            raise failed or StorageFailed(f"{self}: {name} was sent, and is not there")
        if self._is_same(path, about, content):
            self._sizes[name] = int(about["size"])
            return
        if failed is not None:
            raise FileExistsError(f"{self}: {name} is there already, and is another")
        with self._asking(f"keeps {name}, which is not what was sent: remove it"):
            files.rm_file(path)
        raise StorageFailed(f"{self}: {name} arrived otherwise than it was sent, and was taken away again")

    def _is_same(self, path: str, about: Mapping[str, Any], content: io.BufferedReader | io.BytesIO) -> bool:
        if int(about["size"]) != content.seek(0, io.SEEK_END):
            return False
        content.seek(0)
        told = str(about.get("ETag", "")).strip('"')
        if told == hashlib.file_digest(content, lambda: hashlib.md5(usedforsecurity=False)).hexdigest():
            return True
        # Not every store has such a tag, and that of an object in parts or encrypted is another.
        content.seek(0)
        files, _ = self._connected()
        with self._asking("cannot be read"):
            for start in range(0, int(about["size"]), BLOCKS_AHEAD * BLOCK_BYTES):
                sent = content.read(BLOCKS_AHEAD * BLOCK_BYTES)
                if files.cat_file(path, start=start, end=start + len(sent)) != sent:
                    return False
        return True

    def _about(self, name: str) -> Mapping[str, Any] | None:
        files, root = self._connected()
        with self._asking(f"does not say whether it has {name}"):
            try:
                about: Mapping[str, Any] = files.info(f"{root}/{name}")
            except FileNotFoundError:
                return None
        return about if about["type"] == "file" else None

    def _block(self, name: str, number: int) -> bytes:
        block = self._kept(name, number)
        if block is None:
            with self._lock:
                reading = self._reading[name]
            # Whoever wants the same waits for it, and does not ask for it too.
            with reading:
                block = self._kept(name, number)
                if block is None:
                    block = self._fetched(name, number)
        return block

    def _kept(self, name: str, number: int) -> bytes | None:
        with self._lock:
            block = self._blocks.get((name, number))
            if block is not None:
                self._blocks.move_to_end((name, number))
            return block

    def _fetched(self, name: str, number: int) -> bytes:
        files, root = self._connected()
        start, ahead = number * BLOCK_BYTES, BLOCKS_AHEAD if (name, number - 1) in self._blocks else 1
        end = min(self.size(name) or 0, start + ahead * BLOCK_BYTES)
        with self._asking(f"cannot be read at {name}"):
            found = bytes(files.cat_file(f"{root}/{name}", start=start, end=end))
        with self._lock:
            for at in range(0, max(1, len(found)), BLOCK_BYTES):
                self._blocks[name, number + at // BLOCK_BYTES] = found[at : at + BLOCK_BYTES]
            while len(self._blocks) > BLOCKS_KEPT:
                self._blocks.popitem(last=False)
        return found[:BLOCK_BYTES]

    def _connected(self) -> tuple[Any, str]:
        with self._lock:
            if self._place is None:
                self._place = _connect(self.url)
            return self._place

    @contextmanager
    def _asking(self, trouble: str) -> Iterator[None]:
        """Tell every trouble of the many implementations as one kind; without its cause, which may hold credentials."""
        try:
            yield
        except Exception as error:  # noqa: BLE001 - each implementation has errors of its own, not all of them OSError
            why = _redacted_of(self.url, f"{type(error).__name__}: {error}")
            raise StorageFailed(f"{self} {trouble}: {why}") from None


def _connect(url: str) -> tuple[Any, str]:
    """Return the file system of an address and the path in it.

    Raises:
        ValueError: if what serves such addresses is not installed, or nothing does.
    """
    kind = url.partition("://")[0]
    try:
        from fsspec.config import conf
        from fsspec.core import url_to_fs

        # Listings are never answered from memory: other processes write here too.
        options = {**_OPTIONS.get(kind, {}), **conf.get(kind, {}), "use_listings_cache": False}
        files, root = url_to_fs(url, **options)
    except ImportError as missing:
        needed = INSTALL if kind == "s3" else f"{INSTALL}, and the package of fsspec for {kind}:// ({missing})"
        raise ValueError(f"an archive at {redacted(url)} needs a package that is not installed: {needed}") from None
    except ValueError as error:
        raise ValueError(f"MICROCRED_ARCHIVE_URL: {redacted(url)}: {_redacted_of(url, str(error))}") from None
    return files, str(root).rstrip("/")
