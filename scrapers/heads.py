"""Heads of archived responses, for pages that are what they were: the body is neither read nor checked."""

from __future__ import annotations

from collections.abc import Mapping
from io import SEEK_END
from types import TracebackType
from typing import BinaryIO, Self

from models.records import ArchivePlace
from scrapers.archive import Archive, ArchiveDamaged
from scrapers.warc import Original
from scrapers.warc_reading import head_at


class Heads:
    """Reads heads one after the other; not to be shared between threads.

    The file of the last one stays open: most pages of a look lie in one, and opening it took a third of the time.
    """

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._file: str | None = None
        self._handle: BinaryIO | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Close the file that is open; the next head opens one again."""
        if self._handle is not None:
            self._handle.close()
        self._file = self._handle = None

    def of(self, place: ArchivePlace) -> tuple[Original, Mapping[str, str]]:
        """Return what a revisit record needs to refer to the response at ``place``, with its headers.

        Of the body is seen only whether the file is long enough to hold it; the digest is the one written with it.

        Raises:
            ArchiveDamaged: if its beginning cannot be read, its end is missing, or it is no response.
        """
        handle = self._opened(place.file)
        if handle.seek(0, SEEK_END) < place.offset + place.length:
            raise ArchiveDamaged(f"{place.file}: offset {place.offset}: the file ends before the record does")
        record = head_at(handle, place.file, place.offset)
        fields = record.fields
        if record.kind != "response" or "warc-truncated" in fields:
            raise ArchiveDamaged(f"{place.file}: offset {place.offset}: no whole response")
        original = Original(
            url=fields["warc-target-uri"], date=fields["warc-date"], digest=fields["warc-payload-digest"], place=place
        )
        return original, record.headers

    def _opened(self, file: str) -> BinaryIO:
        if self._handle is None or file != self._file:
            self.close()
            self._handle = self._archive.opened(file)
            self._file = file
        return self._handle
