"""WARC files as they lie about: plain files, and the members of WACZ files, opened so that records can be read there.

A WACZ file (https://specs.webrecorder.net/wacz/1.1.1/) is a zip file with WARC files under ``archive/``, stored without
compression so that they can be read where they lie. Nothing is ever written under a name that a zip file gives.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from tempfile import SpooledTemporaryFile
from typing import IO, BinaryIO, cast

from scrapers.ranges import RangeFile

UNPACKED_BYTES_MAX = 1024 * 1024 * 1024
"""Of one compressed member of a WACZ file; the format wants them stored as they are."""

MEMBERS_MAX = 10_000
_RATIO_MAX = 100
"""Text of WARC files packs to a tenth. What packs to less than a hundredth is a bomb."""

_IN_MEMORY = 8 * 1024 * 1024
_READ_BYTES = 256 * 1024
_ZIP_STARTS = frozenset({b"PK\x03\x04", b"PK\x05\x06"})
_LOCAL_HEADER = struct.Struct("<4s22xHH")


class ContainerDamaged(ValueError):
    """A file, or a member of it, cannot be opened. The message says why."""


class Container:
    """One file with WARC records: a WARC file, or a WACZ file with several. Close it, or use it with ``with``."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._unpacked: dict[str, BinaryIO] = {}

    def close(self) -> None:
        """Throw away what was unpacked."""
        for handle in self._unpacked.values():
            handle.close()
        self._unpacked.clear()

    def members(self) -> Iterator[tuple[str, ContainerDamaged | None]]:
        """Yield the names of the WARC files within, or why one of them is not read; ``""`` is the file itself.

        Raises:
            ContainerDamaged: if the file cannot be opened.
        """
        with self._file() as file:
            # Not ``zipfile.is_zipfile``, which looks at the end of a file: a WARC file may end with an archived zip.
            if file.read(4) not in _ZIP_STARTS:
                yield "", None
                return
            infos = [info for info in _directory(file).infolist() if _is_warc(info.filename)]
        for number, info in enumerate(infos):
            if number >= MEMBERS_MAX:
                yield info.filename[:200], ContainerDamaged(f"more than {MEMBERS_MAX:,} WARC files")
                return
            wrong = _wrong_with(info)
            yield info.filename, ContainerDamaged(wrong) if wrong else None

    @contextmanager
    def open(self, member: str) -> Iterator[BinaryIO]:
        """Open one of the ``members`` for reading and moving about.

        Raises:
            ContainerDamaged: if that is not possible.
        """
        with self._file() as file:
            if not member:
                yield file
                return
            if member in self._unpacked:
                yield self._unpacked[member]
                return
            archive = _directory(file)
            try:
                info = archive.getinfo(member)
            except KeyError as error:
                raise ContainerDamaged(f"there is no {member!r}") from error
            if info.compress_type == zipfile.ZIP_STORED:
                yield cast(BinaryIO, io.BufferedReader(_stored(file, info)))
                return
            self._unpacked[member] = _unpacked(archive, info)
            yield self._unpacked[member]

    @contextmanager
    def _file(self) -> Iterator[BinaryIO]:
        try:
            file = self.path.open("rb")
        except OSError as error:
            raise ContainerDamaged(f"cannot be opened: {error.strerror}") from error
        with file:
            yield file


def _is_warc(name: str) -> bool:
    # WACZ keeps WARC files under archive/; where the name plays tricks, it is said and not read.
    return name.lower().endswith((".warc", ".warc.gz")) and "archive" in name.replace("\\", "/").split("/")


def _wrong_with(info: zipfile.ZipInfo) -> str | None:
    path = PurePosixPath(info.filename)
    if path.is_absolute() or ".." in path.parts or "\\" in info.filename or path.parts[0] != "archive":
        return "a name that leads out of archive/"
    if info.flag_bits & 0x1:
        return "an encrypted member"
    if info.compress_type == zipfile.ZIP_STORED:
        return None
    if info.compress_type != zipfile.ZIP_DEFLATED:
        return f"compression {info.compress_type} is not read"
    return _too_large(info.file_size, info.compress_size)


def _too_large(size: int, packed: int) -> str | None:
    if size > UNPACKED_BYTES_MAX or size > _RATIO_MAX * packed + _IN_MEMORY:
        return f"{size:,} bytes or more out of {packed:,}: not unpacked"
    return None


def _directory(file: BinaryIO) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(file)
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
        raise ContainerDamaged(f"a damaged zip file: {error}") from error


def _stored(file: BinaryIO, info: zipfile.ZipInfo) -> RangeFile:
    """Return a member that lies in the file as it is; the standard library would read on from its start for a seek."""
    file.seek(info.header_offset)
    head = file.read(_LOCAL_HEADER.size)
    if len(head) < _LOCAL_HEADER.size:
        raise ContainerDamaged("the zip file breaks off at the member")
    mark, name, extra = _LOCAL_HEADER.unpack(head)
    if mark not in _ZIP_STARTS:
        raise ContainerDamaged("there is no member where the zip file says")
    begin = info.header_offset + _LOCAL_HEADER.size + name + extra

    def read_range(start: int, end: int) -> bytes:
        file.seek(begin + start)
        return file.read(end - start)

    return RangeFile(info.file_size, read_range)


def _unpacked(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> BinaryIO:
    out = cast(BinaryIO, SpooledTemporaryFile(max_size=_IN_MEMORY))  # noqa: SIM115 - closed by the container
    try:
        with archive.open(info) as packed:
            wrong = _copied(packed, out, info.compress_size)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError) as error:
        wrong = f"a damaged member: {error}"
    if wrong:
        out.close()
        raise ContainerDamaged(wrong)
    return out


def _copied(packed: IO[bytes], out: BinaryIO, packed_size: int) -> str | None:
    """Copy a member until it is clear that it is too large: what the directory says of sizes is not to be trusted."""
    size = 0
    while chunk := packed.read(_READ_BYTES):
        size += len(chunk)
        wrong = _too_large(size, packed_size)
        if wrong:
            return wrong
        out.write(chunk)
    return None
