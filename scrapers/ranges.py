"""A file to read of whose bytes any range can be had: a part of another file, or an object in a bucket."""

from __future__ import annotations

import io
from collections.abc import Callable


class RangeFile(io.RawIOBase):
    """``size`` bytes as a file; ``read_range`` gives those from one place up to another, not beyond the end."""

    def __init__(self, size: int, read_range: Callable[[int, int], bytes]) -> None:
        super().__init__()
        self._size = size
        self._read_range = read_range
        self._at = 0

    def readable(self) -> bool:
        """Return true."""
        return True

    def seekable(self) -> bool:
        """Return true."""
        return True

    def tell(self) -> int:
        """Return where it is read next."""
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place, never before the beginning, and return it."""
        origin = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = max(0, origin + offset)
        return self._at

    def read(self, size: int | None = -1) -> bytes:
        """Return the next ``size`` bytes, or all that are left."""
        end = self._size if size is None or size < 0 else min(self._size, self._at + size)
        found = self._read_range(self._at, end) if self._at < end else b""
        self._at += len(found)
        return found

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]  # narrower than any buffer
        """Fill a buffer with the next bytes and return how many there were."""
        found = self.read(len(buffer))
        buffer[: len(found)] = found
        return len(found)
