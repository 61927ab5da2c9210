"""The archive of pages: a folder of WARC files, one per run, read back by place or run by run.

Files lie at ``<source>/<YYYY>/<source>-<YYYYMMDDTHHMMSSZ>-<key>.warc.gz`` under the root and are named relative to it
everywhere, so that the archive can be moved. How they are written, and what a crash leaves, stands in
``scrapers.warc``; a file still carrying the suffix ``.open`` is read like any other.
"""

from __future__ import annotations

import io
import json
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO, cast

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed
from warcio.statusandheaders import StatusAndHeadersParserException

from models.records import ArchivePlace, KnownPage, Page
from scrapers.warc import (
    ASKED_FOR_FIELD,
    OPEN_SUFFIX,
    PURPOSE_FIELD,
    REFERS_TO_LENGTH_FIELD,
    Original,
    Purpose,
    RunWriter,
    sha256,
)

RECORD_BYTES_MAX = 512 * 1024 * 1024
"""No record of ours comes near; more is damage or an attack, not a page."""

_READ_BYTES = 64 * 1024


class ArchiveDamaged(Exception):
    """A record cannot be read back. The message names the file, the offset and what is wrong with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """One archived answer. ``place`` is its own record, ``original`` the record with the body if it is a revisit.

    ``url`` is the address asked for, ``final_url`` the one that answered, ``at`` aware and in UTC. ``status`` and
    ``headers`` are those of this answer (a 304 for a page not modified), ``digest`` is that of the body.
    """

    url: str
    final_url: str
    at: datetime
    status: int
    content_type: str
    headers: Mapping[str, str]
    purpose: Purpose
    digest: str
    place: ArchivePlace
    original: ArchivePlace | None = None
    truncated: str | None = None
    _load: Callable[[], tuple[Mapping[str, str], bytes]] = field(repr=False, compare=False)

    def body(self) -> bytes:
        """Return the body, read from the original if this is a revisit.

        Raises:
            ArchiveDamaged: if the original is missing, damaged, or no longer has the digest recorded here.
        """
        return self._load()[1]

    def page(self) -> Page:
        """Return the page as the scraper got it in the run (status 200 for a page not modified).

        Raises:
            ArchiveDamaged: as ``body``.
        """
        stored_headers, body = self._load()
        headers = {**stored_headers, **self.headers} if self.original else self.headers
        return Page(
            url=self.url,
            final_url=self.final_url,
            at=self.at,
            status=200 if self.status == 304 else self.status,
            content_type=headers.get("content-type", ""),
            body=body,
            digest=self.digest,
            headers=headers,
            unchanged=self.original is not None,
            place=self.original or self.place,
        )


def known_page(page: Page) -> KnownPage | None:
    """Return what the next run must know of ``page`` to ask conditionally, or ``None`` if it was not archived."""
    if page.place is None:
        return None
    return KnownPage(
        url=page.url,
        at=page.at,
        digest=page.digest,
        place=page.place,
        content_type=page.content_type,
        etag=page.headers.get("etag"),
        last_modified=page.headers.get("last-modified"),
    )


@dataclass(frozen=True, slots=True)
class _Record:
    """A parsed record: WARC type and fields, HTTP status and headers (lower case), block or body."""

    place: ArchivePlace
    kind: str
    fields: Mapping[str, str]
    status: int
    headers: Mapping[str, str]
    body: bytes

    def capture(self, archive: Archive) -> Capture:
        target = self.fields["warc-target-uri"]
        digest = self.fields["warc-payload-digest"]
        original = archive.referred(self) if self.kind == "revisit" else None
        return Capture(
            url=self.fields.get(ASKED_FOR_FIELD.lower(), target),
            final_url=target,
            at=datetime.fromisoformat(self.fields["warc-date"]),
            status=self.status,
            content_type=self.headers.get("content-type", ""),
            headers=self.headers,
            purpose=cast(Purpose, self.fields.get(PURPOSE_FIELD.lower(), "page")),
            digest=digest,
            place=self.place,
            original=original,
            truncated=self.fields.get("warc-truncated"),
            _load=(lambda: archive.same(original, digest)) if original else (lambda: (self.headers, self.body)),
        )


class Archive:
    """All WARC files under ``root`` (made when first written to)."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def run_writer(
        self,
        source: str,
        run_key: str,
        started: datetime,
        *,
        secret: str | None = None,
        info: Mapping[str, str] | None = None,
    ) -> RunWriter:
        """Open the file of one run of ``source``; a run written twice gets a file of its own each time.

        ``started`` is aware and gives the file its name; ``info`` adds lines to the warcinfo record.

        Raises:
            ValueError: if ``started`` has no time zone, or ``source`` or ``run_key`` cannot be part of a file name.
        """
        if started.tzinfo is None:
            raise ValueError(f"the start of a run needs a time zone: {started!r}")
        key = run_key[:8]
        if not all(part and part.replace("-", "").replace("_", "").isalnum() for part in (source, key)):
            raise ValueError(f"not fit for a file name: source {source!r}, run key {run_key!r}")
        begun = started.astimezone(UTC)
        stem = f"{source}/{begun:%Y}/{source}-{begun:%Y%m%dT%H%M%SZ}-{key}"
        lines = {"source": source, "run-key": run_key, "started": begun.isoformat(), **(info or {})}
        return RunWriter(self.root, self._free_name(stem), info=lines, started=begun, secret=secret)

    def files(self, source: str | None = None) -> list[str]:
        """Return the files of the archive (of one source), relative to the root, by source and time of start."""
        found = self.root.glob(f"{source or '*'}/*/*.warc.gz*")
        names = (path.relative_to(self.root).as_posix().removesuffix(OPEN_SUFFIX) for path in found)
        return sorted(set(names))

    def body(self, place: ArchivePlace) -> bytes:
        """Return the body of the response at ``place``; a revisit is followed to its original.

        Raises:
            ArchiveDamaged: if it cannot be read back whole.
        """
        return self.page(place)[1]

    def page(self, place: ArchivePlace) -> tuple[Mapping[str, str], bytes]:
        """Return headers (names in lower case) and body of the response at ``place``; a revisit is followed.

        Raises:
            ArchiveDamaged: if it cannot be read back whole.
        """
        record = self._record(place)
        if record.kind == "revisit":
            headers, body = self.same(self.referred(record), record.fields["warc-payload-digest"])
            return {**headers, **record.headers}, body
        if record.kind != "response":
            raise ArchiveDamaged(f"{place.file}: offset {place.offset}: a {record.kind} record, no response")
        return record.headers, record.body

    def original(self, place: ArchivePlace) -> tuple[Original, Mapping[str, str], bytes]:
        """Return what a revisit record needs to refer to the response at ``place``, with its headers and body.

        Raises:
            ArchiveDamaged: if it cannot be read back whole, or is no response.
        """
        record = self._record(place)
        if record.kind != "response" or "warc-truncated" in record.fields:
            raise ArchiveDamaged(f"{place.file}: offset {place.offset}: no whole response")
        fields = record.fields
        original = Original(
            url=fields["warc-target-uri"], date=fields["warc-date"], digest=sha256(record.body), place=record.place
        )
        return original, record.headers, record.body

    def read_run(self, file: str) -> Iterator[Capture]:
        """Yield every archived answer of one file in the order written, with bodies of revisits read when asked for.

        Raises:
            ArchiveDamaged: at the first record that cannot be read; all before it have been yielded.
        """
        for record in self._records(file):
            if record.kind in {"response", "revisit"}:
                yield record.capture(self)

    def info(self, file: str) -> Mapping[str, str]:
        """Return the lines of the warcinfo record, names in lower case.

        Raises:
            ArchiveDamaged: if the file cannot be read or does not begin with one.
        """
        record = next(self._records(file), None)
        if record is None or record.kind != "warcinfo":
            raise ArchiveDamaged(f"{file}: offset 0: no warcinfo record")
        lines = (line.partition(":") for line in record.body.decode("utf-8", "replace").splitlines())
        return {name.strip().lower(): value.strip() for name, _, value in lines}

    def summary(self, file: str) -> Mapping[str, Any] | None:
        """Return what the run wrote at its end, or ``None`` if it broke off before.

        Raises:
            ArchiveDamaged: if a record on the way cannot be read.
        """
        for record in self._records(file):
            if record.kind == "metadata":
                return cast(Mapping[str, Any], json.loads(record.body))
        return None

    def same(self, place: ArchivePlace, digest: str) -> tuple[Mapping[str, str], bytes]:
        """Return headers and body at ``place`` if the body has ``digest``.

        Raises:
            ArchiveDamaged: if it has not, or cannot be read.
        """
        original, headers, body = self.original(place)
        if original.digest != digest:
            raise ArchiveDamaged(f"{place.file}: offset {place.offset}: not the body that was referred to")
        return headers, body

    def referred(self, revisit: _Record) -> ArchivePlace:
        """Return the place a revisit record of ours refers to, without looking there.

        Raises:
            ArchiveDamaged: if the record does not say where its original lies.
        """
        file = revisit.fields.get("warc-refers-to-filename", "")
        offset = revisit.fields.get("warc-refers-to-file-offset", "")
        length = revisit.fields.get(REFERS_TO_LENGTH_FIELD.lower(), "")
        if not (file and offset.isdigit() and length.isdigit()):
            at = revisit.place
            raise ArchiveDamaged(f"{at.file}: offset {at.offset}: a revisit that does not say where its original lies")
        return ArchivePlace(file=file, offset=int(offset), length=int(length))

    def _free_name(self, stem: str) -> str:
        names = (f"{stem}{'' if number == 1 else f'-{number}'}.warc.gz" for number in range(1, 1000))
        for name in names:
            path = self.root / name
            if not path.exists() and not path.with_name(path.name + OPEN_SUFFIX).exists():
                return name
        raise FileExistsError(f"{stem}.warc.gz and 998 more of the same run exist")

    def _open(self, file: str) -> BinaryIO:
        relative = PurePosixPath(file)
        if relative.is_absolute() or ".." in relative.parts:
            raise ArchiveDamaged(f"{file}: not a file of the archive")
        for path in (self.root / file, self.root / (file + OPEN_SUFFIX)):
            try:
                return path.open("rb")
            except FileNotFoundError:
                continue
            except OSError as error:
                raise ArchiveDamaged(f"{file}: cannot be opened: {error.strerror}") from error
        raise ArchiveDamaged(f"{file}: no such file in the archive")

    def _record(self, place: ArchivePlace) -> _Record:
        with self._open(place.file) as handle:
            plain, length = _inflated(handle, place.file, place.offset)
        if length != place.length:
            raise ArchiveDamaged(f"{place.file}: offset {place.offset}: {length} bytes, {place.length} were written")
        return _parsed(plain, place)

    def _records(self, file: str) -> Iterator[_Record]:
        with self._open(file) as handle:
            end = handle.seek(0, io.SEEK_END)
            offset = 0
            while offset < end:
                plain, length = _inflated(handle, file, offset)
                yield _parsed(plain, ArchivePlace(file=file, offset=offset, length=length))
                offset += length


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


def _parsed(plain: bytes, place: ArchivePlace) -> _Record:
    where = f"{place.file}: offset {place.offset}"
    if not plain.startswith(b"WARC/1."):
        raise ArchiveDamaged(f"{where}: not a WARC record")
    try:
        record = next(ArchiveIterator(io.BytesIO(plain), check_digests=True))
        body = record.content_stream().read()
    except (ArchiveLoadFailed, StatusAndHeadersParserException, StopIteration, ValueError) as error:
        raise ArchiveDamaged(f"{where}: damaged WARC record: {error}") from error
    if record.digest_checker.passed is False:
        raise ArchiveDamaged(f"{where}: {'; '.join(record.digest_checker.problems)}")
    fields = {name.lower(): value for name, value in record.rec_headers.headers}
    if record.rec_type in {"response", "revisit"} and not _is_capture(record.http_headers, fields):
        raise ArchiveDamaged(f"{where}: a {record.rec_type} record without status, date, address or digest")
    http = record.http_headers
    headers: dict[str, str] = {}
    for name, value in http.headers if http else ():
        key = name.lower()
        headers[key] = f"{headers[key]}, {value}" if key in headers else value
    status = int(http.get_statuscode()) if http and record.rec_type != "request" else 0
    return _Record(place, record.rec_type, fields, status, headers, body)


def _is_capture(http: Any, fields: Mapping[str, str]) -> bool:
    due = {"warc-target-uri", "warc-date", "warc-payload-digest"}
    return http is not None and http.get_statuscode().isdigit() and due <= fields.keys()
