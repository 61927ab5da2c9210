"""Writing one run as a WARC 1.1 file: what was asked and what was answered, kept before anyone parses it.

Layout of a file, every record a gzip member of its own, so that each can be read by its offset alone:

1. ``warcinfo``: software, source, run key, that robots.txt is obeyed, who we say we are.
2. For every fetch a ``response`` (or a ``revisit`` that points at an earlier response) and its ``request``. That of a
   304 is left out: it asked for the address of the revisit, with the validators of the answer before (0033).
3. ``metadata``: JSON of what the run met (``scrapers.run_record``). Missing if the run broke off.

Bodies are stored decoded from their content and transfer coding, so the payload digest of a record is the digest
of the page. Cookies, authorisation and the key of a source are never written.

While a run goes on, its file carries the suffix ``.open``. An answer and its request are built in memory, appended in
one write and flushed: after a crash of the program the file holds whole members, and at worst one cut member at its
end, which a reader reports as damaged after having given all records before it. ``close`` forces the file to disk and
takes the suffix away, so a name without suffix is a file whose writer has finished. If the archive is elsewhere (object
storage), all this happens in a local folder, and the closed file is brought there whole (``scrapers.spool``).

Standard: ISO 28500:2017 (WARC 1.1). Fields beyond it: ``WARC-Refers-To-Filename`` and ``WARC-Refers-To-File-Offset``
(the IIPC proposal for revisit records), and three of our own, which other readers ignore: ``Observatory-Purpose``,
``Observatory-Asked-For`` (the address before redirects) and ``Observatory-Refers-To-Length``.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Literal, Protocol, Self
from urllib.parse import quote

from models.records import ArchivePlace, Page
from scrapers.private import private_file, private_folder
from scrapers.secret import Secret
from scrapers.warc_records import (
    HTTP_REQUEST,
    HTTP_RESPONSE,
    Headers,
    one_line,
    packed_record,
    record_id,
    request_head,
    response_head,
)

Purpose = Literal["page", "robots", "redirect", "failed"]
"""Why a response is in the archive: a page given to the scraper, a robots.txt, a redirect, or a page not accepted."""

PURPOSE_FIELD = "Observatory-Purpose"
ASKED_FOR_FIELD = "Observatory-Asked-For"
REFERS_TO_LENGTH_FIELD = "Observatory-Refers-To-Length"
OPEN_SUFFIX = ".open"
NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
SAME_DIGEST = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"

_JSON = json.JSONEncoder(sort_keys=True)
_NEVER_KEPT = frozenset({"cookie", "set-cookie", "set-cookie2", "authorization", "proxy-authorization"})
_CODING = frozenset({"content-encoding", "transfer-encoding", "content-length", "connection", "keep-alive"})
_NOT_OF_CONTENT = _NEVER_KEPT | _CODING
_URL_SAFE = ":/?#[]@!$&'()*+,;=%~-._"
_URL_ENCODED = re.compile(r"[A-Za-z0-9:/?#\[\]@!$&'()*+,;=%~\-._]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One request and its answer, ready to be kept.

    ``asked_for`` is the address before redirects, ``url`` the one that answered, ``at`` aware and in UTC.
    ``body`` is free of content and transfer coding. ``truncated`` is the word of the WARC standard
    (``length``, ``time``, ``disconnect``, ``unspecified``) if the body is not whole. ``sent`` is the body of a POST.
    ``digest`` is that of the body (``sha256``), if it is known.
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
    digest: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Original:
    """The archived response that a revisit record refers to."""

    url: str
    date: str
    digest: str
    place: ArchivePlace


def encoded_url(url: str) -> str:
    """Return ``url`` in ASCII: everything a URI may not hold is percent-encoded, what is encoded stays so."""
    return url if _URL_ENCODED.fullmatch(url) else quote(url, safe=_URL_SAFE)


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
    return (*of_content(headers), ("content-length", str(length)))


def of_content(headers: Iterable[tuple[str, str]]) -> Headers:
    """Return the headers of an answer that speak of its content, without its length or coding, and without cookies."""
    return tuple((name, value) for name, value in headers if name.lower() not in _NOT_OF_CONTENT)


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
        fields, packed = self._response(exchange)
        return self._append(packed, self._request(exchange, fields))

    def revisit(self, exchange: Exchange, original: Original, *, not_modified: bool) -> ArchivePlace:
        """Keep the fact that a page is what it was; return the place of the revisit record.

        ``not_modified`` chooses the profile ``server-not-modified`` (a 304), else ``identical-payload-digest``, which
        came whole: its request is kept as that of any answer.
        """
        fields = self._fields("revisit", exchange) | {
            "WARC-Profile": NOT_MODIFIED if not_modified else SAME_DIGEST,
            "WARC-Refers-To-Target-URI": original.url,
            "WARC-Refers-To-Date": original.date,
            "WARC-Refers-To-Filename": original.place.file,
            "WARC-Refers-To-File-Offset": str(original.place.offset),
            REFERS_TO_LENGTH_FIELD: str(original.place.length),
            "WARC-Payload-Digest": original.digest,
        }
        head = self._head(exchange, of_content(exchange.headers))
        record = packed_record(fields, HTTP_RESPONSE, head)
        return self._append(record) if not_modified else self._append(record, self._request(exchange, fields))

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
        _, packed = self._response(exchange)
        place = self._append(packed)
        return replace(page, place=place, record=place)

    def close(self, summary: Mapping[str, Any]) -> None:
        """Write ``summary`` (JSON values) as the metadata record, force the file to disk, give it its final name.

        The date of that record is the time at which the run was over, by the clock of this machine.
        """
        # In ASCII: words of strangers may hold what no encoding can.
        payload = _in_json(self._redacted(summary)).encode("ascii")
        fields = {
            "WARC-Type": "metadata",
            "WARC-Record-ID": record_id(),
            "WARC-Target-URI": f"urn:run:{self.file}",
            "WARC-Date": warc_date(datetime.now(UTC)),
            "WARC-Warcinfo-ID": self._info_id,
        }
        self._append(packed_record(fields, "application/json", payload))
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
        self._info_id = record_id()
        fields = {
            "WARC-Type": "warcinfo",
            "WARC-Record-ID": self._info_id,
            "WARC-Filename": self._final.name,
            "WARC-Date": warc_date(started),
        }
        words = "".join(f"{name}: {value}\r\n" for name, value in lines.items() if value)
        self._append(packed_record(fields, "application/warc-fields", words.encode("utf-8")))

    def _response(self, exchange: Exchange) -> tuple[Mapping[str, str], bytes]:
        """Return the fields of the record of an answer, and the record, packed."""
        fields = self._fields("response", exchange) | {"WARC-Payload-Digest": exchange.digest or sha256(exchange.body)}
        if exchange.truncated:
            fields["WARC-Truncated"] = exchange.truncated
        head = self._head(exchange, kept_headers(exchange.headers, len(exchange.body)))
        return fields, packed_record(fields, HTTP_RESPONSE, head + exchange.body)

    def _request(self, exchange: Exchange, answer: Mapping[str, str]) -> bytes:
        """Return the record, packed, of the request whose answer has these fields."""
        url = answer["WARC-Target-URI"]
        path = "/" + url.partition("://")[2].partition("#")[0].partition("/")[2]
        headers = [
            (name, self.redact(value)) for name, value in exchange.request_headers if name.lower() not in _NEVER_KEPT
        ]
        fields = {
            "WARC-Type": "request",
            "WARC-Record-ID": record_id(),
            "WARC-Target-URI": url,
            "WARC-Date": answer["WARC-Date"],
            "WARC-Concurrent-To": answer["WARC-Record-ID"],
            "WARC-Warcinfo-ID": self._info_id,
        }
        head = request_head("GET" if exchange.sent is None else "POST", path, headers)
        return packed_record(fields, HTTP_REQUEST, head + (exchange.sent or b""))

    def _fields(self, kind: str, exchange: Exchange) -> dict[str, str]:
        url = encoded_url(self.redact(exchange.url))
        fields = {
            "WARC-Type": kind,
            "WARC-Record-ID": record_id(),
            "WARC-Target-URI": url,
            "WARC-Date": warc_date(exchange.at),
            "WARC-Warcinfo-ID": self._info_id,
            PURPOSE_FIELD: exchange.purpose,
        }
        asked_for = one_line(self.redact(exchange.asked_for))
        if asked_for != url:
            fields[ASKED_FOR_FIELD] = asked_for
        if exchange.protocol == "HTTP/2":
            # Readers of WARC know only HTTP/1 status lines, so the protocol stands in a field of its own.
            fields["WARC-Protocol"] = "h2"
        return fields

    def _head(self, exchange: Exchange, headers: Headers) -> bytes:
        return response_head(exchange.status, exchange.reason, [(name, self.redact(value)) for name, value in headers])

    def _append(self, record: bytes, *more: bytes) -> ArchivePlace:
        """Write records, packed, in one go; return the place of the first."""
        if self._lost is not None:
            raise self._lost
        members = b"".join((record, *more))
        try:
            self._handle.write(members)
            self._handle.flush()
        except OSError as error:
            raise self._given_up(error) from error
        place = ArchivePlace(file=self.file, offset=self._offset, length=len(record))
        self._offset += len(members)
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


def _in_json(summary: Mapping[str, Any]) -> str:
    """Return JSON, encoded entry by entry: as a whole, that of thousands of pages would hold up every other thread."""
    members = (f"{_JSON.encode(name)}: {_entries(value)}" for name, value in sorted(summary.items()))
    return f"{{{', '.join(members)}}}"


def _entries(value: Any) -> str:
    return f"[{', '.join(map(_JSON.encode, value))}]" if isinstance(value, list) else _JSON.encode(value)


def sha256(body: bytes) -> str:
    """Return the digest of a body as pages carry it: ``sha256:<hex>``."""
    return f"sha256:{hashlib.sha256(body).hexdigest()}"
