"""Reading single records back from a WARC file of ours, every one a gzip member of its own."""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed
from warcio.statusandheaders import StatusAndHeadersParserException

from models.records import ArchivePlace

RECORD_BYTES_MAX = 512 * 1024 * 1024
"""No record of ours comes near; more is damage or an attack, not a page."""

_READ_BYTES = 64 * 1024
_HEAD_BYTES, _LONG_HEAD_BYTES, _HEAD_PACKED_BYTES = 1024, 4 * 1024, 2 * 1024
"""So much is unpacked at first of fields and headers, so much more if they are longer, from so much of the file; a
record whose own are larger is read whole."""

_HEAD_END = b"\r\n\r\n"
_GZIP_MEMBER = b"\x1f\x8b\x08"
_STATUS = re.compile(r"[0-9]{1,9}")
_STATUS_LINE = re.compile(r"HTTP/1\.1 ([0-9]{1,9})(?: [^\r\n]*)?")
_DUE = frozenset({"warc-target-uri", "warc-date", "warc-payload-digest"})
_OF_DAMAGE = (
    ArchiveLoadFailed, StatusAndHeadersParserException, StopIteration, EOFError, ValueError,
    AttributeError,  # of a record without an address
    OverflowError,  # of a length beyond any
)  # fmt: skip
"""What the library raises for a record that cannot be read."""


class ArchiveDamaged(Exception):
    """A record cannot be read back. The message names the file, the offset and what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Record:
    """A parsed record: WARC type and fields, HTTP status and headers (lower case), block or body."""

    place: ArchivePlace
    kind: str
    fields: Mapping[str, str]
    status: int
    headers: Mapping[str, str]
    body: bytes


def record_at(handle: BinaryIO, file: str, offset: int) -> Record:
    """Return the record at an offset in bytes.

    Raises:
        ArchiveDamaged: if there is none that can be read whole.
    """
    plain, length = _inflated(handle, file, offset)
    return _parsed(plain, ArchivePlace(file=file, offset=offset, length=length))


def head_at(handle: BinaryIO, file: str, offset: int) -> Record:
    """Return the record at an offset in bytes without its body (``b""``), of which nothing is read or checked.

    Raises:
        ArchiveDamaged: if there is none whose fields and headers can be read.
    """
    place = ArchivePlace(file=file, offset=offset, length=0)
    handle.seek(offset)
    unpacker = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        plain = unpacker.decompress(handle.read(_HEAD_PACKED_BYTES), _HEAD_BYTES)
        if plain.count(_HEAD_END) < 2:
            plain += unpacker.decompress(unpacker.unconsumed_tail, _LONG_HEAD_BYTES)
    except zlib.error as error:
        raise ArchiveDamaged(f"{file}: offset {offset}: damaged gzip: {error}") from error
    fields, end, after = plain.partition(_HEAD_END)
    headers, more_end, _ = after.partition(_HEAD_END)
    if not (end and more_end):
        plain, _ = _inflated(handle, file, offset)
        return _parsed(plain, place, head_only=True)
    return _plain_head(fields, headers, place) or _parsed(plain, place, head_only=True)


def records_in(handle: BinaryIO, file: str) -> Iterator[Record]:
    """Yield the records of a file in the order written.

    Raises:
        ArchiveDamaged: at the first that cannot be read; all before it have been yielded.
    """
    end = handle.seek(0, io.SEEK_END)
    offset = 0
    while offset < end:
        record = record_at(handle, file, offset)
        yield record
        offset += record.place.length


def last_record(handle: BinaryIO, file: str) -> Record | None:
    """Return the record that a file ends with, whatever came before it; ``None`` if it ends with none that is whole.

    It is looked for from the end, where a member can begin: a long file need not be read for it, and damage before it
    does not matter.
    """
    end = handle.seek(0, io.SEEK_END)
    read = 0
    while read < end:
        read = min(end, max(4 * read, _READ_BYTES))
        handle.seek(end - read)
        tail = handle.read(read)
        at = tail.rfind(_GZIP_MEMBER)
        while at >= 0:
            try:
                record = record_at(handle, file, end - read + at)
            except ArchiveDamaged:
                at = tail.rfind(_GZIP_MEMBER, 0, at)
                continue
            return record if record.place.offset + record.place.length == end else None
    return None


def _inflated(handle: BinaryIO, file: str, offset: int) -> tuple[bytes, int]:
    """Return the content of the gzip member at ``offset`` and its packed length in bytes."""
    handle.seek(offset)
    unpacker = zlib.decompressobj(zlib.MAX_WBITS | 16)
    parts: list[bytes] = []
    room = RECORD_BYTES_MAX
    try:
        while not unpacker.eof:
            chunk = handle.read(_READ_BYTES)
            if not chunk:
                raise ArchiveDamaged(f"{file}: offset {offset}: the gzip member ends early")
            parts.append(unpacker.decompress(chunk, room))
            room -= len(parts[-1])
            if room <= 0:
                raise ArchiveDamaged(f"{file}: offset {offset}: a record larger than {RECORD_BYTES_MAX} bytes")
    except zlib.error as error:
        raise ArchiveDamaged(f"{file}: offset {offset}: damaged gzip: {error}") from error
    return b"".join(parts), handle.tell() - offset - len(unpacker.unused_data)


def _parsed(plain: bytes, place: ArchivePlace, *, head_only: bool = False) -> Record:
    where = f"{place.file}: offset {place.offset}"
    if not plain.startswith(b"WARC/1."):
        raise ArchiveDamaged(f"{where}: not a WARC record")
    try:
        record = next(ArchiveIterator(io.BytesIO(plain), check_digests=not head_only))
        body = b"" if head_only else record.content_stream().read()
    except _OF_DAMAGE as error:
        raise ArchiveDamaged(f"{where}: damaged WARC record: {error}") from error
    if not head_only and record.digest_checker.passed is False:
        raise ArchiveDamaged(f"{where}: {'; '.join(record.digest_checker.problems)}")
    fields = {name.lower(): value for name, value in record.rec_headers.headers}
    if record.rec_type in {"response", "revisit"} and not _is_capture(record.http_headers, fields):
        raise ArchiveDamaged(f"{where}: a {record.rec_type} record without status, date, address or digest")
    http = record.http_headers
    headers = _joined(http.headers if http else ())
    status = int(http.get_statuscode()) if http and record.rec_type != "request" else 0
    return Record(place, record.rec_type, fields, status, headers, body)


def _plain_head(fields: bytes, headers: bytes, place: ArchivePlace) -> Record | None:
    """Return the head of a response whose every line is as we write it, or ``None``: then it takes the library.

    Every page that is what it was has its head read (``Archive.head``): in half of the time, this way.
    """
    if not (fields.startswith(b"WARC/1.1\r\n") and fields.isascii() and headers.isascii()):
        return None
    named = _pairs(fields.decode("ascii").split("\r\n")[1:])
    status_line, *lines = headers.decode("ascii").split("\r\n")
    said, status = _pairs(lines), _STATUS_LINE.fullmatch(status_line)
    if named is None or said is None or status is None:
        return None
    about = {name.lower(): value for name, value in named}
    if len(about) < len(named) or about.get("warc-type") != "response" or not about.keys() >= _DUE:
        return None
    length = about.get("content-length", "")
    if not length.isdigit() or int(length) < len(headers) + len(_HEAD_END):
        return None
    return Record(place, "response", about, int(status[1]), _joined(said), b"")


def _pairs(lines: Iterable[str]) -> list[tuple[str, str]] | None:
    """Return names and values of header lines, ``None`` if any is not simply one."""
    pairs = []
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon or line[0] in " \t" or "\n" in line or "\r" in line:
            return None
        pairs.append((name.rstrip(" \t"), value.strip()))
    return pairs


def _joined(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return headers by name in lower case; what a name says several times, with commas (RFC 9110, 5.3)."""
    headers: dict[str, str] = {}
    for name, value in pairs:
        key = name.lower()
        headers[key] = f"{headers[key]}, {value}" if key in headers else value
    return headers


def _is_capture(http: Any, fields: Mapping[str, str]) -> bool:
    return http is not None and _STATUS.fullmatch(http.get_statuscode()) is not None and fields.keys() >= _DUE
