"""Bodies packed with gzip (RFC 1952), unpacked piece by piece: bounded, and damage told from padding."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

MEMBERS_MAX = 10_000
"""A body is one member; some servers write one each 64 KB. Millions of empty ones give nothing and cost hours."""

_STEP_BYTES = 64 * 1024
"""How much is given at once, so that a bomb is met a little at a time; also how much is taken in at once, since what
is left of it is copied for each member."""
_BEGIN = 0x1F
_NO_MEMBER = "incorrect header check"
"""How zlib says that bytes do not begin as a member does; of one that begins so it says something else."""


class GzipDamaged(Exception):
    """A body that is no gzip, or whose members are damaged or too many. The message says which."""


class Gunzip:
    """Unpacks one body. What follows a whole member and does not begin as another one is padding and left out."""

    def __init__(self) -> None:
        self._member = zlib.decompressobj(zlib.MAX_WBITS | 16)
        self._whole_members = 0
        self._is_padding = False

    @property
    def is_whole(self) -> bool:
        """Whether the body may end here."""
        return self._is_padding or self._member.eof

    def pieces(self, packed: bytes) -> Iterator[bytes]:
        """Yield what ``packed``, the next bytes of the body, holds: at most 64 KB at a time.

        Raises:
            GzipDamaged: if it cannot be unpacked, or a checksum is wrong.
        """
        for at in range(0, len(packed), _STEP_BYTES):
            yield from self._unpacked(packed[at : at + _STEP_BYTES])

    def _unpacked(self, packed: bytes) -> Iterator[bytes]:
        while packed and not self._is_padding:
            if self._member.eof:
                self._is_padding = packed[0] != _BEGIN
                self._member = zlib.decompressobj(zlib.MAX_WBITS | 16)
                continue
            try:
                yield self._member.decompress(packed, _STEP_BYTES)
            except zlib.error as error:
                self._is_padding = self._whole_members > 0 and _NO_MEMBER in str(error)
                if not self._is_padding:
                    raise GzipDamaged(str(error)) from error
            packed = self._rest()

    def _rest(self) -> bytes:
        if not self._member.eof:
            return self._member.unconsumed_tail
        self._whole_members += 1
        if self._whole_members > MEMBERS_MAX:
            raise GzipDamaged(f"more than {MEMBERS_MAX:,} members")
        return self._member.unused_data
