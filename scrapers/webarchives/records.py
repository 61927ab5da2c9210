"""One record of a WARC file that somebody else may have written: what it says, or by name what is wrong with it.

warcio takes a record apart. It does so on a record that lies in memory and is bounded, never on a file: one damaged
record of a file must not cost the others, and a compressed one may be a bomb.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

from warcio.archiveiterator import WARCIterator
from warcio.bufferedreaders import ChunkedDataReader
from warcio.exceptions import ArchiveLoadFailed
from warcio.statusandheaders import StatusAndHeaders, StatusAndHeadersParser, StatusAndHeadersParserException

from models.records import EMPTY
from scrapers.warc import NOT_MODIFIED
from scrapers.webarchives.coding import BODY_BYTES_MAX, BodyUnreadable, decoded

_DATE = re.compile(r"(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})?")
_HTTP = ("http://", "https://")


_OF_DAMAGE = (
    ArchiveLoadFailed, StatusAndHeadersParserException, StopIteration, EOFError, ValueError, OverflowError,
)  # fmt: skip
"""What the library raises for a record that cannot be read."""


class RecordDamaged(ValueError):
    """A record cannot be read. The message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WarcRecord:
    """A record and, of responses and revisits, the HTTP answer in it.

    ``kind`` is the WARC type, ``fields`` the WARC fields and ``headers`` those of HTTP, by lower-case name. ``url`` is
    empty and ``at`` ``None`` where the record does not say them; ``status`` is 0 without an HTTP answer. ``method`` is
    that of a request. ``payload`` is free of transfer coding, not of content coding.
    """

    kind: str
    url: str
    at: datetime | None
    fields: Mapping[str, str]
    status: int = 0
    method: str = ""
    headers: Mapping[str, str]
    payload: bytes

    @property
    def truncated(self) -> str | None:
        """The word of the WARC standard for why the body is not whole, if it is not."""
        return self.fields.get("warc-truncated") or None

    @property
    def is_not_modified(self) -> bool:
        """Whether this is a revisit because the server said 304."""
        # The profile's name differs between versions of the standard only before its last part.
        profile = self.fields.get("warc-profile", "")
        return self.kind == "revisit" and profile.rpartition("/")[2] == NOT_MODIFIED.rpartition("/")[2]

    def body(self, *, most: int = BODY_BYTES_MAX) -> bytes:
        """Return the body without its content coding.

        Raises:
            RecordDamaged: if it cannot be read, or is larger than ``most`` bytes.
        """
        try:
            return decoded(self.payload, self.headers.get("content-encoding", ""), most=most)
        except BodyUnreadable as error:
            raise RecordDamaged(str(error)) from error


def read_record(plain: bytes) -> WarcRecord:
    """Return the record that unpacked bytes begin with.

    Raises:
        RecordDamaged: if there is none, or it cannot be read.
    """
    if not plain.startswith(b"WARC/"):
        raise RecordDamaged("not a WARC record")
    try:
        # Without the HTTP part: warcio crashes on that of a record without an address.
        record = next(WARCIterator(io.BytesIO(plain), no_record_parse=True))
        block = record.raw_stream.read()
    except (
        ArchiveLoadFailed,
        StatusAndHeadersParserException,
        StopIteration,
        EOFError,
        ValueError,
        OverflowError,
    ) as error:
        raise RecordDamaged(f"a damaged WARC record: {error}") from error
    fields = _by_name(record.rec_headers)
    kind = fields.get("warc-type", "")
    if not kind:
        raise RecordDamaged("a WARC record without a type")
    length = fields.get("content-length", "")
    if not (length.isascii() and length.isdecimal()) or len(block) != int(length[:18]):
        raise RecordDamaged(f"a WARC record of {len(block)} bytes that states {length[:20]!r}")
    url = fields.get("warc-target-uri", "").strip("<>")
    message = _http(kind, url, block, _media_type(fields))
    return WarcRecord(
        kind=kind,
        url=url,
        at=warc_time(fields.get("warc-date", "")),
        fields=fields,
        status=message.status,
        method=message.method,
        headers=message.headers,
        payload=message.payload,
    )


class _Message(NamedTuple):
    payload: bytes
    headers: Mapping[str, str] = EMPTY
    status: int = 0
    method: str = ""


def _http(kind: str, url: str, block: bytes, media_type: str) -> _Message:
    """Return the HTTP message in a block, or the bare block if it holds none."""
    is_http = kind in {"response", "revisit", "request"} and url.lower().startswith(_HTTP)
    if not is_http or not block or media_type not in {"", "application/http"}:
        return _Message(block)
    stream = io.BytesIO(block)
    names = ["HTTP/1.0", "HTTP/1.1", "HTTP/2.0", "HTTP/2"] if kind != "request" else []
    try:
        message = StatusAndHeadersParser(names, verify=kind != "request").parse(stream)
    except (StatusAndHeadersParserException, EOFError, ValueError) as error:
        raise RecordDamaged(f"a {kind} without an HTTP message: {error}") from error
    headers = _by_name(message)
    if kind == "request":
        return _Message(stream.read(), headers, method=message.protocol)
    status = message.get_statuscode()
    if not re.fullmatch("[1-9][0-9]{2}", status):
        raise RecordDamaged(f"a {kind} without a status: {message.statusline[:40]!r}")
    is_chunked = "chunked" in headers.get("transfer-encoding", "").lower()
    # Many crawlers keep the header of a transfer coding that they have taken away: the reader notices.
    payload = ChunkedDataReader(stream, decomp_type=None).read() if is_chunked else stream.read()
    return _Message(payload, headers, status=int(status))


def _by_name(found: StatusAndHeaders) -> dict[str, str]:
    headers: dict[str, str] = {}
    for name, value in found.headers:
        key = name.strip().lower()
        headers[key] = f"{headers[key]}, {value}" if key in headers else value.strip()
    return headers


def _media_type(fields: Mapping[str, str]) -> str:
    return fields.get("content-type", "").partition(";")[0].strip().lower()


def warc_time(text: str) -> datetime | None:
    """Return the time that a WARC field holds, in UTC and to the second; ``None`` if it holds none."""
    found = _DATE.fullmatch(text)
    if found is None:
        return None
    try:
        # Fractions are left out: captures are told apart by their second, as in the indexes.
        return datetime.fromisoformat(found.group(1) + (found.group(3) or "+00:00")).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
