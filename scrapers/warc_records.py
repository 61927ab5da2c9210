"""One record of a WARC 1.1 file in bytes (ISO 28500:2017), as ``scrapers.warc`` appends it and any reader knows it.

The heads of HTTP messages are warcio's, which knows how letters that a header cannot hold are written. The fields of
the record are all our own and in order already: warcio's writer, which looks each of them up several times, took half
of the time in which a look at pages that are what they were is kept.
"""

from __future__ import annotations

import base64
import hashlib
import re
import uuid
import zlib
from collections.abc import Iterable, Mapping
from urllib.parse import quote

from isal import isal_zlib
from warcio.statusandheaders import StatusAndHeaders

Headers = tuple[tuple[str, str], ...]

COMPRESSION_LEVEL = 2
"""Of ISA-L, 0 to 3. Measured on 21 pages of 200 KB on average: 0.25 ms a page, where zlib's level 6 takes 3.0 ms; the
files are 18 % larger."""

HTTP_RESPONSE = "application/http; msgtype=response"
HTTP_REQUEST = "application/http; msgtype=request"

_GZIP = zlib.MAX_WBITS | 16
_NOT_ASCII = re.compile(r"[^\x00-\x7f]+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def record_id() -> str:
    """Return a WARC-Record-ID that no other record has."""
    return f"<urn:uuid:{uuid.uuid4()}>"


def response_head(status: int, reason: str, headers: Iterable[tuple[str, str]]) -> bytes:
    """Return status line and headers of an answer, with the empty line after them.

    The protocol is always HTTP/1.1, since readers of WARC know no other status line.
    """
    line = f"{status} {_NOT_ASCII.sub(_encoded, one_line(reason))}".rstrip()
    return _head(StatusAndHeaders(line, _of_one_line(headers), protocol="HTTP/1.1"))


def request_head(method: str, path: str, headers: Iterable[tuple[str, str]]) -> bytes:
    """Return request line and headers of a request, with the empty line after them."""
    return _head(StatusAndHeaders(f"{method} {path} HTTP/1.1", _of_one_line(headers), is_http_request=True))


def packed_record(fields: Mapping[str, str], content_type: str, block: bytes) -> bytes:
    """Return a record as a gzip member of its own.

    Args:
        fields: the named fields, without those that follow from the block; each value on one line.
        content_type: of the block.
        block: what the record holds.
    """
    digest = base64.b32encode(hashlib.sha1(block, usedforsecurity=False).digest()).decode("ascii")
    lines = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    of_block = f"WARC-Block-Digest: sha1:{digest}\r\nContent-Type: {content_type}\r\nContent-Length: {len(block)}\r\n"
    plain = b"".join((b"WARC/1.1\r\n", lines.encode("utf-8"), of_block.encode("ascii"), b"\r\n", block, b"\r\n\r\n"))
    return bytes(isal_zlib.compress(plain, COMPRESSION_LEVEL, _GZIP))


def one_line(text: str) -> str:
    """Return ``text`` with signs that would end its line, and other control characters, percent-encoded."""
    return _CONTROL.sub(_encoded, text)


def _encoded(found: re.Match[str]) -> str:
    return quote(found[0])


def _of_one_line(headers: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(name, one_line(value)) for name, value in headers]


def _head(message: StatusAndHeaders) -> bytes:
    return bytes(message.to_ascii_bytes())
