"""Records as bytes that are data and no code: MessagePack with typed fields, and only what comes back as it was."""

from __future__ import annotations

import hashlib
import zlib
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import msgspec
from isal import isal_zlib

from models.classification import Classification, ComparablePrice

UNPACKED_BYTES_MAX = 16 * 1024 * 1024
"""The most that is packed or unpacked of one record."""

Record = TypeVar("Record")
_write = msgspec.msgpack.Encoder().encode


class Packing(Generic[Record]):
    """How records of one type are packed."""

    def __init__(self, kind: Any) -> None:
        self._read = msgspec.msgpack.Decoder(kind).decode

    def packed(self, record: Record) -> bytes | None:
        """Return a record as bytes, ``None`` if it would not come back from them as it is.

        A whole number in a field of fractions would come back equal, and be written otherwise in a digest.
        """
        try:
            words = _write(record)
            if len(words) > UNPACKED_BYTES_MAX or _write(self._read(words)) != words:
                return None
        except (UnicodeEncodeError, msgspec.MsgspecError, TypeError):
            return None
        return isal_zlib.compress(words, 1)

    def record(self, packed: bytes) -> Record | None:
        """Return the record that bytes stand for, ``None`` if they stand for none."""
        try:
            unpacker = zlib.decompressobj()
            words = unpacker.decompress(packed, UNPACKED_BYTES_MAX)
            found: Record | None = self._read(words) if unpacker.eof else None
        except (zlib.error, msgspec.MsgspecError, TypeError):
            return None
        return found


@dataclass(frozen=True, slots=True)
class Priced:
    """A price in euro, and why there is none although one is printed."""

    price: ComparablePrice | None
    problem: str | None


CLASSIFICATIONS: Packing[Classification] = Packing(Classification)
PRICES: Packing[Priced] = Packing(Priced)


def digest_of(record: object) -> bytes | None:
    """Return what tells a record apart from any other of its type; ``None`` if it holds letters that are none."""
    try:
        return hashlib.sha256(_write(record)).digest()
    except UnicodeEncodeError:
        return None
