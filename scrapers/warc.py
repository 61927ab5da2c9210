"""Writing one run as a WARC 1.1 file: what was asked and what was answered, kept before anyone parses it.

Layout of a file, every record a gzip member of its own, so that each can be read by its offset alone:

1. ``warcinfo``: software, source, run key, that robots.txt is obeyed.
2. For every fetch a ``response`` (or a ``revisit`` that points at an earlier response) and its ``request``.
3. ``metadata``: JSON of what the run met (``scrapers.run_record``). Missing if the run broke off.

Bodies are stored decoded from their content and transfer coding, so the payload digest of a record is the digest
of the page. Cookies, authorisation and the key of a source are never written.

While a run goes on, its file carries the suffix ``.open``. Each record is built in memory, appended in one write and
flushed: after a crash of the program the file holds whole members, and at worst one cut member at its end, which a
reader reports as damaged after having given all records before it. ``close`` forces the file to disk and takes the
suffix away, so a name without suffix is a file whose writer has finished. If the archive is elsewhere (object storage),
all this happens in a local folder, and the closed file is brought there whole (``scrapers.spool``).

Standard: ISO 28500:2017 (WARC 1.1). Fields beyond it: ``WARC-Refers-To-Filename`` and ``WARC-Refers-To-File-Offset``
(the IIPC proposal for revisit records), and three of our own, which other readers ignore: ``Observatory-Purpose``,
``Observatory-Asked-For`` (the address before redirects) and ``Observatory-Refers-To-Length``.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import zlib
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Literal, Protocol, Self
from urllib.parse import quote

from isal import isal_zlib
from warcio.recordloader import ArcWarcRecord
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from models.records import ArchivePlace, Page
from scrapers.private import private_file, private_folder
from scrapers.secret import Secret

Purpose = Literal["page", "robots", "redirect", "failed"]
"""Why a response is in the archive: a page given to the scraper, a robots.txt, a redirect, or a page not accepted."""

PURPOSE_FIELD = "Observatory-Purpose"
ASKED_FOR_FIELD = "Observatory-Asked-For"
REFERS_TO_LENGTH_FIELD = "Observatory-Refers-To-Length"
OPEN_SUFFIX = ".open"
NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"

COMPRESSION_LEVEL = 2
"""Of ISA-L, 0 to 3. Measured on 21 pages of 200 KB on average: 0.25 ms a page, where zlib's level 6 takes 3.0 ms; the
files are 18 % larger."""

_NEVER_KEPT = frozenset({"cookie", "set-cookie", "set-cookie2", "authorization", "proxy-authorization"})
_CODING = frozenset({"content-encoding", "transfer-encoding", "content-length", "connection", "keep-alive"})
_URL_SAFE = ":/?#[]@!$&'()*+,;=%~-._"

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One request and its answer, ready to be kept.

    ``asked_for`` is the address before redirects, ``url`` the one that answered, ``at`` aware and in UTC.
    ``body`` is free of content and transfer coding. ``truncated`` is the word of the WARC standard
    (``length``, ``time``, ``disconnect``, ``unspecified``) if the body is not whole. ``sent`` is the body of a POST.
    """

    asked_for: str
    url: str
    at: datetime
    purpose: Purpose
    request_headers: Headers
    protocol: str
    status: int
    reason: str
    headers: Headers
    body: bytes
    truncated: str | None = None
    sent: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Original:
    """The archived response that a revisit record refers to."""

    url: str
    date: str
    digest: str
    place: ArchivePlace


def encoded_url(url: str) -> str:
    """Return ``url`` in ASCII: everything a URI may not hold is percent-encoded, what is encoded stays so."""
    return quote(url, safe=_URL_SAFE)


def warc_date(at: datetime) -> str:
    """Return an aware time as WARC-Date: UTC, with microseconds only if there are any.

    Raises:
        ValueError: if ``at`` has no time zone.
    """
    if at.tzinfo is None:
        raise ValueError(f"a time in the archive needs a time zone: {at!r}")
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def kept_headers(headers: Iterable[tuple[str, str]], length: int) -> Headers:
    """Return the headers of an answer that belong to a decoded body of ``length`` bytes, without cookies."""
    kept = [(name, value) for name, value in headers if name.lower() not in _NEVER_KEPT | _CODING]
    return (*kept, ("content-length", str(length)))


class ArchiveNotWritten(OSError):
    """The file of a run could not be written on (a full disk, say): it ends as that of a run that broke off."""


class Delivery(Protocol):
    """Brings files that are written here to an archive that is elsewhere."""

    def create(self, path: Path) -> BinaryIO:
        """Make a file to write, which nobody else takes for one that was left behind."""

    def deliver(self, name: str) -> None:
        """Bring a closed file to the archive; an ``OSError`` if that fails."""


class RunWriter:
    """Writes the file of one run. One writer per file; not to be shared between threads.

    ``file`` is the final name relative to the archive. ``secret`` (the key of a source) is replaced by ``REDACTED``
    in every address, header and word about the run; bodies are given without it (``scrapers.run_fetch``), since their
    digests are known before. At the end of its context the file is in the archive, unless an error ended it: a file
    to be delivered is then left for whoever opens the archive next.
    """

    def __init__(
        self,
        root: Path,
        file: str,
        *,
        info: Mapping[str, str],
        started: datetime,
        secret: str | None = None,
        delivery: Delivery | None = None,
    ) -> None:
        self.file = file
        self._delivery = delivery
        self._final = root / file
        self._path = self._final.with_name(self._final.name + OPEN_SUFFIX)
        private_folder(self._path.parent)
        self._secret = Secret(secret)
        self._records = WARCWriter(io.BytesIO(), gzip=False, warc_version="WARC/1.1")
        self._handle: BinaryIO = delivery.create(self._path) if delivery else private_file(self._path)
        self._offset = 0
        self._lost: ArchiveNotWritten | None = None
        self._info_id = ""
        self._write_info(info, started)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        if not self.closed:
            self._finish()
        if error is None:
            self.deliver()

    @property
    def closed(self) -> bool:
        """Whether the file takes no more records: it has its final name, or could not be written on."""
        return self._handle.closed

    def redact(self, text: str) -> str:
        """Return ``text`` with the key of the source, however it is written, replaced by ``REDACTED``."""
        return self._secret.kept_out_of(text)

    def response(self, exchange: Exchange) -> ArchivePlace:
        """Keep a response and its request; return the place of the response."""
        place, record = self._write_response(exchange)
        self._write_request(exchange, record)
        return place

    def revisit(self, exchange: Exchange, original: Original, *, not_modified: bool) -> ArchivePlace:
        """Keep the fact that a page is what it was, and the request; return the place of the revisit record.

        ``not_modified`` chooses the profile ``server-not-modified`` (a 304), else ``identical-payload-digest``.
        """
        headers = tuple(pair for pair in exchange.headers if pair[0].lower() not in _NEVER_KEPT | _CODING)
        fields = self._fields(exchange) | {
            "WARC-Refers-To-Filename": original.place.file,
            "WARC-Refers-To-File-Offset": str(original.place.offset),
            REFERS_TO_LENGTH_FIELD: str(original.place.length),
        }
        record = self._records.create_revisit_record(
            encoded_url(self.redact(exchange.url)),
            original.digest,
            original.url,
            original.date,
            http_headers=self._status(exchange, headers),
            warc_headers_dict=fields,
        )
        if not_modified:
            record.rec_headers.replace_header("WARC-Profile", NOT_MODIFIED)
        place = self._append(record)
        self._write_request(exchange, record)
        return place

    def page(self, page: Page) -> Page:
        """Keep a page that no fetch of ours brought (a recording) and return it with its place; without a request."""
        exchange = Exchange(
            asked_for=page.url,
            url=page.final_url,
            at=page.at,
            purpose="page",
            request_headers=(),
            protocol="HTTP/1.1",
            status=page.status,
            reason="",
            headers=tuple({"content-type": page.content_type, **page.headers}.items()),
            body=page.body,
        )
        place, _ = self._write_response(exchange)
        return replace(page, place=place, record=place)

    def close(self, summary: Mapping[str, Any]) -> None:
        """Write ``summary`` (JSON values) as the metadata record, force the file to disk, give it its final name.

        The date of that record is the time at which the run was over, by the clock of this machine.
        """
        # In ASCII: words of strangers may hold what no encoding can.
        payload = json.dumps(self._redacted(summary), sort_keys=True).encode("ascii")
        record = self._records.create_warc_record(
            f"urn:run:{self.file}",
            "metadata",
            payload=io.BytesIO(payload),
            length=len(payload),
            warc_content_type="application/json",
            warc_headers_dict={"WARC-Warcinfo-ID": self._info_id, "WARC-Date": warc_date(datetime.now(UTC))},
        )
        self._append(record)
        self._finish()

    def discard(self) -> None:
        """Remove the file, in which nothing is kept yet."""
        self._path.unlink(missing_ok=True)
        self._handle.close()

    def deliver(self) -> None:
        """Bring the closed file to the archive if that is elsewhere; a second time does nothing.

        Raises:
            OSError: if it could not be brought: nothing of the run may be stored then.
        """
        delivery, self._delivery = self._delivery, None
        if delivery is not None:
            delivery.deliver(self.file)

    def _redacted(self, value: Any) -> Any:
        if not self._secret:
            return value
        if isinstance(value, str):
            return self.redact(value)
        if isinstance(value, Mapping):
            return {self.redact(name): self._redacted(inner) for name, inner in value.items()}
        return [self._redacted(inner) for inner in value] if isinstance(value, list) else value

    def _write_info(self, info: Mapping[str, str], started: datetime) -> None:
        software = f"MicrocredObservatory/{version('microcred-observatory')} warcio/{version('warcio')}"
        lines = {
            "software": software,
            "format": "WARC File Format 1.1",
            "conformsTo": "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
            "robots": "obey",
            **info,
        }
        record = self._records.create_warcinfo_record(self._final.name, lines)
        record.rec_headers.replace_header("WARC-Date", warc_date(started))
        self._info_id = record.rec_headers.get_header("WARC-Record-ID")
        self._append(record)

    def _write_response(self, exchange: Exchange) -> tuple[ArchivePlace, ArcWarcRecord]:
        fields = self._fields(exchange) | {"WARC-Payload-Digest": sha256(exchange.body)}
        if exchange.truncated:
            fields["WARC-Truncated"] = exchange.truncated
        record = self._records.create_warc_record(
            encoded_url(self.redact(exchange.url)),
            "response",
            payload=io.BytesIO(exchange.body),
            length=len(exchange.body),
            http_headers=self._status(exchange, kept_headers(exchange.headers, len(exchange.body))),
            warc_headers_dict=fields,
        )
        return self._append(record), record

    def _write_request(self, exchange: Exchange, response: ArcWarcRecord) -> None:
        url = encoded_url(self.redact(exchange.url))
        path = "/" + url.partition("://")[2].partition("#")[0].partition("/")[2]
        headers = [
            (name, self.redact(value)) for name, value in exchange.request_headers if name.lower() not in _NEVER_KEPT
        ]
        method = "GET" if exchange.sent is None else "POST"
        sent = exchange.sent or b""
        record = self._records.create_warc_record(
            url,
            "request",
            payload=io.BytesIO(sent),
            length=len(sent),
            http_headers=StatusAndHeaders(f"{method} {path} HTTP/1.1", headers, is_http_request=True),
            warc_headers_dict={
                "WARC-Date": response.rec_headers.get_header("WARC-Date"),
                "WARC-Concurrent-To": response.rec_headers.get_header("WARC-Record-ID"),
                "WARC-Warcinfo-ID": self._info_id,
            },
        )
        self._append(record)

    def _fields(self, exchange: Exchange) -> dict[str, str]:
        fields = {
            "WARC-Date": warc_date(exchange.at),
            "WARC-Warcinfo-ID": self._info_id,
            PURPOSE_FIELD: exchange.purpose,
        }
        asked_for = _one_line(self.redact(exchange.asked_for))
        if asked_for != encoded_url(self.redact(exchange.url)):
            fields[ASKED_FOR_FIELD] = asked_for
        if exchange.protocol == "HTTP/2":
            # Readers of WARC know only HTTP/1 status lines, so the protocol stands in a field of its own.
            fields["WARC-Protocol"] = "h2"
        return fields

    def _status(self, exchange: Exchange, headers: Headers) -> StatusAndHeaders:
        line = f"{exchange.status} {_one_line(exchange.reason)}".rstrip()
        kept = [(name, _one_line(self.redact(value))) for name, value in headers]
        return StatusAndHeaders(line, kept, protocol="HTTP/1.1")

    def _append(self, record: ArcWarcRecord) -> ArchivePlace:
        plain = io.BytesIO()
        self._records.out = plain
        self._records.write_record(record)
        packer = isal_zlib.compressobj(COMPRESSION_LEVEL, isal_zlib.DEFLATED, zlib.MAX_WBITS | 16)
        member = packer.compress(plain.getbuffer()) + packer.flush()
        if self._lost is not None:
            raise self._lost
        try:
            self._handle.write(member)
            self._handle.flush()
        except OSError as error:
            raise self._given_up(error) from error
        place = ArchivePlace(file=self.file, offset=self._offset, length=len(member))
        self._offset += len(member)
        return place

    def _given_up(self, error: OSError) -> ArchiveNotWritten:
        """Leave the file with the records that are whole: where the next would begin is known of these alone."""
        self._lost = ArchiveNotWritten(error.errno, error.strerror, str(self._path))
        with suppress(OSError):
            self._handle.close()  # it tries once more to write what it could not
        with suppress(OSError):
            os.truncate(self._path, self._offset)
        return self._lost

    def _finish(self) -> None:
        try:
            os.fsync(self._handle.fileno())
        except OSError as error:
            # A second attempt would say that all is well (https://wiki.postgresql.org/wiki/Fsync_Errors).
            raise self._given_up(error) from error
        # Renamed before it is closed: what holds an open file keeps it from being taken for one left behind.
        self._path.rename(self._final)
        self._handle.close()
        folder = os.open(self._final.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def sha256(body: bytes) -> str:
    """Return the digest of a body as pages carry it: ``sha256:<hex>``."""
    return f"sha256:{hashlib.sha256(body).hexdigest()}"


def _one_line(text: str) -> str:
    return "".join(quote(char) if ord(char) < 32 or ord(char) == 127 else char for char in text)
