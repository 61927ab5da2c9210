"""The archive of pages: a folder of WARC files, one per run, read back by place or run by run.

Files lie at ``<source>/<YYYY>/<source>-<YYYYMMDDTHHMMSSZ>-<key>.warc.gz`` under the root and are named relative to it
everywhere, so that the archive can be moved. How they are written, and what a crash leaves, stands in
``scrapers.warc``; a file still carrying the suffix ``.open`` is read like any other.

The archive may lie in object storage (``scrapers.bucket``): then files are written, and lie until they are brought
there, in a local folder (``scrapers.spool``), and are read from either.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from functools import lru_cache
from io import SEEK_END
from pathlib import Path, PurePosixPath
from typing import BinaryIO, cast

from models.records import ArchivePlace
from scrapers.bucket import Bucket
from scrapers.capture import Capture, Ending, known_page
from scrapers.spool import Spool
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
from scrapers.warc_reading import ArchiveDamaged, Record, last_record, record_at, records_in

__all__ = ["Archive", "ArchiveDamaged", "Capture", "Ending", "known_page"]

NAMES_MOST = 1000
"""Fewer files than this may be of one run."""


class Archive:
    """All WARC files under ``root`` (made when first written to), or in ``bucket``, written under ``root`` at first.

    It can be pickled. Whoever reads from a bucket may meet ``scrapers.bucket.StorageFailed``: nothing is known then.
    """

    def __init__(self, root: Path, bucket: Bucket | None = None) -> None:
        self.root = root
        self.bucket = bucket
        self.spool = None if bucket is None else Spool(root, bucket)

    def __str__(self) -> str:
        """Return where the archive lies, without credentials."""
        return str(self.root if self.bucket is None else self.bucket)

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
            FileExistsError: if every name is taken.
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
        for name in (f"{stem}{'' if number == 1 else f'-{number}'}.warc.gz" for number in range(1, NAMES_MOST)):
            if (self.root / name).exists():
                continue
            try:
                writer = RunWriter(self.root, name, info=lines, started=begun, secret=secret, delivery=self.spool)
            except FileExistsError:
                continue
            # Whoever is given the name after this finds the file; whoever had it before shows only now.
            try:
                is_taken = self._is_closed(name)
            except BaseException:
                writer.discard()
                raise
            if not is_taken:
                return writer
            writer.discard()
        raise FileExistsError(f"{stem}.warc.gz and {NAMES_MOST - 2} more of the same run exist")

    def _is_closed(self, name: str) -> bool:
        if (self.root / name).exists():
            return True
        there = {} if self.bucket is None else self.bucket.sizes(str(PurePosixPath(name).parent))
        return name in there or name + OPEN_SUFFIX in there

    def files(self, source: str | None = None) -> list[str]:
        """Return the files of the archive (of one source), relative to the root, by source and time of start."""
        found = self.root.glob(f"{source or '*'}/*/*.warc.gz*")
        # First what is here: a file that is brought away meanwhile is there then.
        names = [path.relative_to(self.root).as_posix() for path in found]
        if self.bucket is not None:
            names += [name for name in self.bucket.sizes(source or "") if _is_run(name)]
        return sorted({name.removesuffix(OPEN_SUFFIX) for name in names})

    def sizes(self) -> list[int]:
        """Return the sizes of all files of the archive in bytes, those among them that are not of runs."""
        here = [file.stat().st_size for file in self.root.rglob("*") if file.is_file()]
        return here if self.bucket is None else [*here, *self.bucket.sizes().values()]

    def held_of(self, source: str) -> dict[str, int]:
        """Return every file of one source, here and in the bucket, those that broke off too, and its size in bytes."""
        folder = self.root / _folder_of(source)
        held = {path.relative_to(self.root).as_posix(): path.stat().st_size for path in _files_in(folder)}
        if self.bucket is not None:
            held |= {name: size for name, size in self.bucket.sizes(source).items() if name.startswith(f"{source}/")}
        return held

    def remove_all_of(self, source: str) -> None:
        """Remove every file of one source, here and in the bucket; whoever calls it keeps others from writing one.

        Raises:
            StorageFailed: if the bucket did not do it.
        """
        for name in self.held_of(source):
            if self.bucket is not None:
                self.bucket.remove(name)
            (self.root / name).unlink(missing_ok=True)
        folder = self.root / _folder_of(source)
        if folder.is_dir():
            shutil.rmtree(folder)

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

    def opened(self, file: str) -> BinaryIO:
        """Open a file to read, wherever it lies and whether or not its run has ended.

        Raises:
            ArchiveDamaged: if there is no such file.
        """
        if not _is_within(file):
            raise ArchiveDamaged(f"{file}: not a file of the archive")
        ways = (file, file + OPEN_SUFFIX)
        for way in ways:
            try:
                return open(f"{self.root}/{way}", "rb")  # noqa: PTH123 - of every page: a path costs as much again
            except FileNotFoundError:
                continue
            except OSError as error:
                raise ArchiveDamaged(f"{file}: cannot be opened: {error.strerror}") from error
        if self.bucket is not None:
            for way in ways:
                handle = self.bucket.open(way)
                if handle is not None:
                    return handle
        raise ArchiveDamaged(f"{file}: no such file in the archive")

    def size(self, file: str) -> int:
        """Return how many bytes a file has.

        Raises:
            ArchiveDamaged: if there is no such file.
        """
        with self.opened(file) as handle:
            return handle.seek(0, SEEK_END)

    def bring(self, place: ArchivePlace) -> None:
        """Read the record at ``place`` into memory if it lies in a bucket, so that looking at it waits for nobody.

        What is wrong with it shows when it is looked at.
        """
        if self.bucket is None:
            return
        with suppress(ArchiveDamaged), self.opened(place.file) as handle:
            handle.seek(place.offset)
            handle.read(place.length)

    def read_run(self, file: str) -> Iterator[Capture]:
        """Yield every archived answer of one file in the order written, with bodies of revisits read when asked for.

        Raises:
            ArchiveDamaged: at the first record that cannot be read; all before it have been yielded.
        """
        with self.opened(file) as handle:
            for record in records_in(handle, file):
                if record.kind in {"response", "revisit"}:
                    yield self._capture(record)

    def capture(self, file: str, offset: int) -> Capture:
        """Return the archived answer whose own record lies at an offset of a file, whatever lies before it.

        Raises:
            ArchiveDamaged: if it cannot be read, or is none.
        """
        with self.opened(file) as handle:
            record = record_at(handle, file, offset)
        if record.kind not in {"response", "revisit"}:
            raise ArchiveDamaged(f"{file}: offset {offset}: a {record.kind} record, no answer")
        return self._capture(record)

    def info(self, file: str) -> Mapping[str, str]:
        """Return the lines of the warcinfo record, names in lower case.

        Raises:
            ArchiveDamaged: if the file cannot be read or does not begin with one.
        """
        with self.opened(file) as handle:
            record = next(records_in(handle, file), None)
        if record is None or record.kind != "warcinfo":
            raise ArchiveDamaged(f"{file}: offset 0: no warcinfo record")
        lines = (line.partition(":") for line in record.body.decode("utf-8", "replace").splitlines())
        return {name.strip().lower(): value.strip() for name, _, value in lines}

    def ending(self, file: str) -> Ending | None:
        """Return what the run wrote at its end, or ``None`` if it broke off before; what lies before is not read.

        Raises:
            ArchiveDamaged: if there is no such file.
        """
        with self.opened(file) as handle:
            record = last_record(handle, file)
        if record is None or record.kind != "metadata":
            return None
        return Ending(at=datetime.fromisoformat(record.fields["warc-date"]), summary=json.loads(record.body))

    def same(self, place: ArchivePlace, digest: str) -> tuple[Mapping[str, str], bytes]:
        """Return headers and body at ``place`` if the body has ``digest``.

        Raises:
            ArchiveDamaged: if it has not, or cannot be read.
        """
        original, headers, body = self.original(place)
        if original.digest != digest:
            raise ArchiveDamaged(f"{place.file}: offset {place.offset}: not the body that was referred to")
        return headers, body

    def referred(self, revisit: Record) -> ArchivePlace:
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

    def _record(self, place: ArchivePlace) -> Record:
        with self.opened(place.file) as handle:
            record = record_at(handle, place.file, place.offset)
        if record.place.length != place.length:
            raise ArchiveDamaged(
                f"{place.file}: offset {place.offset}: {record.place.length} bytes, {place.length} were written"
            )
        return record

    def _capture(self, record: Record) -> Capture:
        target = record.fields["warc-target-uri"]
        digest = record.fields["warc-payload-digest"]
        original = self.referred(record) if record.kind == "revisit" else None
        return Capture(
            url=record.fields.get(ASKED_FOR_FIELD.lower(), target),
            final_url=target,
            at=datetime.fromisoformat(record.fields["warc-date"]),
            status=record.status,
            content_type=record.headers.get("content-type", ""),
            headers=record.headers,
            purpose=cast(Purpose, record.fields.get(PURPOSE_FIELD.lower(), "page")),
            digest=digest,
            place=record.place,
            original=original,
            truncated=record.fields.get("warc-truncated"),
            _load=(lambda: self.same(original, digest)) if original else (lambda: (record.headers, record.body)),
        )


@lru_cache(maxsize=64)
def _is_within(file: str) -> bool:
    relative = PurePosixPath(file)
    return not relative.is_absolute() and ".." not in relative.parts


def _folder_of(source: str) -> str:
    if not source.replace("-", "").replace("_", "").isalnum():
        raise ValueError(f"not the name of a source: {source!r}")
    return source


def _files_in(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if not path.is_dir())


def _is_run(name: str) -> bool:
    return name.count("/") == 2 and name.endswith((".warc.gz", f".warc.gz{OPEN_SUFFIX}"))
