"""WARC and WACZ files of one's own, or of others: captures in them, with bodies.

Read are answers to GET: ``response`` records, and ``revisit`` records with the body of what they repeat, which must be
in the files that are read together. ``resource``, ``metadata``, ``conversion`` and other records are no answers of a
server and are left out, and so are answers to what was posted. Damage is a problem and costs nothing but itself.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Self

from models.records import Problem, Stage
from scrapers.webarchives.captures import ArchivedCapture, BodyPlace, PastPage, address_key, without_default_port
from scrapers.webarchives.containers import Container, ContainerDamaged
from scrapers.webarchives.errors import CaptureUnreadable
from scrapers.webarchives.members import Damage, Member, MemberDamaged, inflated, members, records_in
from scrapers.webarchives.mementos import page_of_past
from scrapers.webarchives.records import RecordDamaged, WarcRecord, read_record, warc_time

NAME = "files"
ORIGINALS_MAX = 2_000_000
"""Responses that revisits can be resolved with: some 500 MB of memory. Beyond, revisits stay unresolved."""

_OF_THE_BODY = frozenset({"content-length", "content-encoding", "transfer-encoding"})


@dataclass(slots=True)
class _Contents:
    """What was found in the files: captures by the number of their record, and where bodies lie."""

    captures: list[tuple[ArchivedCapture, str, str]] = field(default_factory=list)
    referred: dict[BodyPlace, tuple[str, datetime | None, str]] = field(default_factory=dict)
    by_time: dict[tuple[str, datetime], BodyPlace] = field(default_factory=dict)
    by_digest: dict[str, BodyPlace] = field(default_factory=dict)
    posted: set[str] = field(default_factory=set)
    """Ids of requests that were no GET, and of the records they say they belong to."""


class WarcFiles:
    """Some WARC and WACZ files, read together. Close it, or use it with ``with``.

    Args:
        paths: the files.
        wanted: says whether an address is wanted; all are if it is missing.
        on_problem: told of what could not be read (codes ``page_unreadable`` and ``reference_missing``).
    """

    def __init__(
        self,
        paths: Sequence[Path],
        *,
        wanted: Callable[[str], bool] = lambda _: True,
        on_problem: Callable[[Problem], None] = lambda _: None,
    ) -> None:
        self._containers = {str(path): Container(path) for path in paths}
        self._wanted = wanted
        self._on_problem = on_problem
        self._contents: _Contents | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Throw away what was unpacked for reading."""
        for container in self._containers.values():
            container.close()

    def captures(self) -> list[ArchivedCapture]:
        """Return the wanted captures in the order of the files; the files are read through once."""
        contents = self._read()
        posted = contents.posted
        return [
            capture
            for capture, own, other in contents.captures
            if own not in posted and (not other or other not in posted)
        ]

    def pages(self) -> Iterator[PastPage]:
        """Yield the wanted captures with their bodies; one that cannot be read is a problem."""
        for capture in self.captures():
            try:
                yield self.fetch(capture)
            except CaptureUnreadable as error:
                code = "reference_missing" if capture.revisit else "page_unreadable"
                self._problem(code, error.reason, error.url, capture.url)

    def fetch(self, capture: ArchivedCapture) -> PastPage:
        """Return a capture of these files with its body.

        Raises:
            CaptureUnreadable: if it cannot be read, or is a revisit whose original is not in the files.
        """
        record = self._record(capture.place)
        if record.kind != "revisit":
            return _past_page(record, record, capture)
        place = self._original(capture)
        original = self._record(place) if place else None
        if original is None or original.kind == "revisit":
            raise CaptureUnreadable("a revisit of what is not in these files", _where(capture.place))
        return _past_page(record, original, capture)

    def _original(self, revisit: ArchivedCapture) -> BodyPlace | None:
        contents = self._read()
        url, at, digest = contents.referred.get(revisit.place, ("", None, ""))
        by_time = contents.by_time.get((address_key(url), at)) if url and at else None
        return by_time or contents.by_digest.get(digest)

    def _record(self, place: BodyPlace) -> WarcRecord:
        container = self._containers.get(place.address)
        if container is None or place.offset is None or place.length is None:
            raise CaptureUnreadable("not a record of these files", _where(place))
        try:
            with container.open(place.member) as handle:
                handle.seek(place.offset)
                start = handle.read(2)
                if start == b"\x1f\x8b":
                    member = inflated(handle, place.offset)
                else:
                    handle.seek(place.offset)
                    member = Member(place.offset, place.length, handle.read(place.length))
            for number, plain in enumerate(records_in(member)):
                if number == place.number:
                    return read_record(plain)
        except (ContainerDamaged, MemberDamaged, RecordDamaged, OSError) as error:
            raise CaptureUnreadable(str(error), _where(place)) from error
        raise CaptureUnreadable("the record is gone: the file has changed", _where(place))

    # ---- reading through -----------------------------------------------------------------

    def _read(self) -> _Contents:
        if self._contents is None:
            self._contents = _Contents()
            for name, container in self._containers.items():
                self._read_container(name, container, self._contents)
        return self._contents

    def _read_container(self, name: str, container: Container, contents: _Contents) -> None:
        try:
            for member, wrong in container.members():
                if wrong is not None:
                    self._problem("page_unreadable", str(wrong), f"{name}!{member}")
                    continue
                try:
                    with container.open(member) as handle:
                        for found in members(handle):
                            self._read_member(found, BodyPlace(archive=NAME, address=name, member=member), contents)
                except (ContainerDamaged, OSError) as error:
                    self._problem("page_unreadable", str(error), f"{name}!{member}" if member else name)
        except (ContainerDamaged, OSError) as error:
            self._problem("page_unreadable", str(error), name)

    def _read_member(self, found: Member | Damage, file: BodyPlace, contents: _Contents) -> None:
        where = f"{file.address}!{file.member}" if file.member else file.address
        if isinstance(found, Damage):
            self._problem("page_unreadable", f"offset {found.offset}: {found.reason}", where)
            return
        for number, plain in enumerate(records_in(found)):
            try:
                record = read_record(plain)
            except RecordDamaged as error:
                self._problem("page_unreadable", f"offset {found.offset}: {error}", where)
                continue
            place = BodyPlace(
                archive=NAME,
                address=file.address,
                member=file.member,
                offset=found.offset,
                length=found.length,
                number=number,
            )
            self._note(record, place, contents)

    def _note(self, record: WarcRecord, place: BodyPlace, contents: _Contents) -> None:
        if record.kind == "request" and record.method not in {"", "GET", "HEAD"}:
            contents.posted |= {record.fields.get("warc-record-id", ""), record.fields.get("warc-concurrent-to", "")}
            contents.posted.discard("")
        if record.kind not in {"response", "revisit"} or not record.url.lower().startswith(("http://", "https://")):
            return
        if record.at is None or (record.kind == "response" and not record.status):
            self._problem(
                "page_unreadable", f"offset {place.offset}: a {record.kind} without time or status", _where(place)
            )
            return
        digest = record.fields.get("warc-payload-digest") or _sha1(record.payload)
        if record.kind == "response" and len(contents.by_digest) < ORIGINALS_MAX:
            contents.by_digest.setdefault(_comparable(digest), place)
            contents.by_time.setdefault((address_key(record.url), record.at), place)
        if not self._wanted(record.url):
            return
        capture = _capture(record, record.at, digest, place)
        contents.captures.append(
            (capture, record.fields.get("warc-record-id", ""), record.fields.get("warc-concurrent-to", ""))
        )
        if record.kind == "revisit":
            contents.referred[place] = _referred(record, digest)

    def _problem(self, code: str, message: str, where: str, url: str | None = None) -> None:
        self._on_problem(Problem(stage=Stage.FETCH, code=code, message=f"{where}: {message}"[:500], url=url))


def _capture(record: WarcRecord, at: datetime, digest: str, place: BodyPlace) -> ArchivedCapture:
    is_revisit = record.kind == "revisit"
    status = record.status or None
    return ArchivedCapture(
        url=without_default_port(record.url),
        at=at,
        # A 304 is what the server said, and means: the page is as it was.
        status=None if is_revisit and (record.is_not_modified or status == 304) else status,
        content_type=record.headers.get("content-type", "").partition(";")[0].strip(),
        digest=digest,
        length=place.length,
        place=place,
        revisit=is_revisit,
        truncated=record.truncated,
    )


def _referred(record: WarcRecord, digest: str) -> tuple[str, datetime | None, str]:
    fields = record.fields
    at = warc_time(fields.get("warc-refers-to-date", ""))
    return fields.get("warc-refers-to-target-uri", "").strip("<>"), at, _comparable(digest)


def _past_page(record: WarcRecord, original: WarcRecord, capture: ArchivedCapture) -> PastPage:
    try:
        body = original.body()
    except RecordDamaged as error:
        raise CaptureUnreadable(str(error), _where(capture.place)) from error
    own = {name: value for name, value in record.headers.items() if name not in _OF_THE_BODY}
    status = capture.status or original.status
    page = page_of_past(capture.url, capture.at, status, {**original.headers, **own}, body)
    return PastPage(page=page, capture=capture, truncated=original.truncated)


def _where(place: BodyPlace) -> str:
    member = f"!{place.member}" if place.member else ""
    return f"{place.address}{member}: offset {place.offset}"


def _sha1(payload: bytes) -> str:
    # The digest that nearly all WARC files carry; it finds what is the same and keeps no secret.
    return f"sha1:{base64.b32encode(hashlib.sha1(payload, usedforsecurity=False).digest()).decode('ascii')}"


def _comparable(digest: str) -> str:
    algorithm, _, value = digest.partition(":")
    return f"{algorithm.lower()}:{value}"
