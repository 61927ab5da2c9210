"""The records of WARC files one by one, packed or plain, where a damaged one costs no other.

Standard: ISO 28500, annex D: a packed file is a row of gzip members, one for each record. What is damaged is said and
passed over: reading goes on at the next place that looks like the start of a record and proves to be one.
"""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

RECORD_BYTES_MAX = 256 * 1024 * 1024
"""Of an unpacked record. A larger one is a film or an attack, not a page, and is passed over."""

_READ_BYTES = 64 * 1024
_HEAD_BYTES_MAX = 64 * 1024
_GZIP_START = b"\x1f\x8b\x08"
_WARC_START = b"WARC/"
_LENGTH = re.compile(rb"\r?\ncontent-length[ \t]{0,9}:[ \t]{0,9}(\d{1,15})[ \t]{0,9}\r?\n", re.IGNORECASE)
_HEAD_END = re.compile(rb"\r?\n\r?\n")
_VERSION = re.compile(rb"WARC/[01]\.[0-9]{1,2}\r?\n")
_HEAD_LINE = re.compile(rb"[ \t]|[!#$%&'*+.^_`|~0-9A-Za-z-]{1,200}[ \t]*:")


class MemberDamaged(ValueError):
    """A member cannot be unpacked. The message says why."""


@dataclass(frozen=True, slots=True)
class Member:
    """One record, unpacked: where it begins in the file, how long it is there, and its bytes."""

    offset: int
    length: int
    plain: bytes


@dataclass(frozen=True, slots=True)
class Damage:
    """A place in a file where no record could be read, and why."""

    offset: int
    reason: str


def inflated(handle: BinaryIO, offset: int) -> Member:
    """Return the gzip member at ``offset``.

    Raises:
        MemberDamaged: if there is none, or it is cut, damaged, or unpacks to more than ``RECORD_BYTES_MAX``.
    """
    handle.seek(offset)
    unpacker = zlib.decompressobj(zlib.MAX_WBITS | 16)
    plain, read = bytearray(), 0
    try:
        while not unpacker.eof:
            chunk = handle.read(_READ_BYTES)
            if not chunk:
                raise MemberDamaged("the gzip member ends early")
            read += len(chunk)
            plain += unpacker.decompress(chunk, RECORD_BYTES_MAX + 1 - len(plain))
            if len(plain) > RECORD_BYTES_MAX:
                raise MemberDamaged(f"a record larger than {RECORD_BYTES_MAX:,} bytes when unpacked")
    except zlib.error as error:
        raise MemberDamaged(f"damaged gzip: {error}") from error
    return Member(offset, read - len(unpacker.unused_data), bytes(plain))


def members(handle: BinaryIO) -> Iterator[Member | Damage]:
    """Yield the records of a WARC file in their order, and in between what could not be read.

    ``handle`` can be read and moved. A file that is neither packed nor plain WARC is one damage.
    """
    handle.seek(0)
    start = handle.read(len(_WARC_START))
    if start.startswith(_GZIP_START[:2]):
        yield from _packed(handle)
    elif start == _WARC_START:
        yield from _plain(handle)
    elif start:
        yield Damage(0, "neither gzip nor WARC")


def records_in(member: Member) -> Iterator[bytes]:
    """Yield the records of a member: one, or all of a file that was packed as a whole."""
    plain, start = member.plain, 0
    while plain.startswith(_WARC_START, start):
        end = _end_of_record(plain, start)
        yield plain[start:end]
        start = end
        while plain[start : start + 1] in {b"\r", b"\n"}:
            start += 1


def _packed(handle: BinaryIO) -> Iterator[Member | Damage]:
    end = handle.seek(0, io.SEEK_END)
    offset: int | None = 0
    while offset is not None and offset < end:
        try:
            member = inflated(handle, offset)
        except MemberDamaged as error:
            yield Damage(offset, str(error))
            offset = _next_packed(handle, offset + 1)
            continue
        if member.plain.startswith(_WARC_START):
            yield member
        elif member.plain.strip():
            yield Damage(offset, "not a WARC record")
        offset += member.length


def _next_packed(handle: BinaryIO, offset: int) -> int | None:
    """Return where the next gzip member begins that unpacks to the start of a WARC record."""
    return next((at for at in _finds(handle, offset, _GZIP_START) if _begins_a_record(handle, at)), None)


def _begins_a_record(handle: BinaryIO, offset: int) -> bool:
    handle.seek(offset)
    try:
        start = zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(handle.read(1024), len(_WARC_START))
    except zlib.error:
        return False
    return start == _WARC_START


def _plain(handle: BinaryIO) -> Iterator[Member | Damage]:
    end = handle.seek(0, io.SEEK_END)
    offset: int | None = 0
    while offset is not None and offset < end:
        found = _plain_member(handle, offset, end)
        yield found
        if isinstance(found, Member):
            after = offset + found.length
            handle.seek(after)
            blank = handle.read(_READ_BYTES)
            offset = after + len(blank) - len(blank.lstrip(b"\r\n"))
            handle.seek(offset)
            if offset < end and handle.read(len(_WARC_START)) != _WARC_START:
                yield Damage(offset, "no WARC record where the next one is due")
                offset = _next_plain(handle, offset)
        else:
            offset = _next_plain(handle, offset + 1)


def _plain_member(handle: BinaryIO, offset: int, end: int) -> Member | Damage:
    handle.seek(offset)
    head = handle.read(_HEAD_BYTES_MAX)
    blank = _HEAD_END.search(head)
    stated = _LENGTH.search(head, 0, blank.end()) if blank else None
    if blank is None or stated is None:
        return Damage(offset, "a WARC record without an end of its head, or without a length")
    lines = head[: blank.start()].split(b"\n")
    if not _VERSION.match(head) or not all(_HEAD_LINE.match(line) for line in lines[1:]):
        return Damage(offset, "not the head of a WARC record")
    length = blank.end() + int(stated.group(1))
    if length > RECORD_BYTES_MAX:
        return Damage(offset, f"a record larger than {RECORD_BYTES_MAX:,} bytes")
    if offset + length > end:
        return Damage(offset, "the record ends early")
    handle.seek(offset)
    return Member(offset, length, handle.read(length))


def _next_plain(handle: BinaryIO, offset: int) -> int | None:
    """Return where the next line stands that begins a WARC record."""
    for at in _finds(handle, max(0, offset - 1), b"\n" + _WARC_START):
        handle.seek(at + 1)
        if _VERSION.match(handle.read(16)):
            return at + 1
    return None


def _finds(handle: BinaryIO, offset: int, words: bytes) -> Iterator[int]:
    """Yield the places from ``offset`` on where ``words`` stand."""
    kept = b""
    while True:
        handle.seek(offset + len(kept))
        chunk = handle.read(_READ_BYTES)
        if not chunk:
            return
        window = kept + chunk
        at = window.find(words)
        while at >= 0:
            yield offset + at
            at = window.find(words, at + 1)
        kept = window[1 - len(words) :] if len(words) > 1 else b""
        offset += len(window) - len(kept)


def _end_of_record(plain: bytes, start: int) -> int:
    blank = _HEAD_END.search(plain, start, start + _HEAD_BYTES_MAX)
    stated = _LENGTH.search(plain, start, blank.end()) if blank else None
    if blank is None or stated is None:
        return len(plain)
    return min(len(plain), blank.end() + int(stated.group(1)))
