"""Records as they are written, and heads as they are read, beside what warcio makes of them."""

from __future__ import annotations

import gzip
import io
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator

from models.records import ArchivePlace
from scrapers.archive import Archive
from scrapers.warc import Exchange, Original
from scrapers.warc_reading import ArchiveDamaged, head_at

AT = datetime(2026, 3, 2, 8, 0, 0, 125000, tzinfo=UTC)
URL = "https://h.example/soil?a=1"
NAMED = {
    b"WARC-Record-ID": b"<urn:uuid:1>",
    b"WARC-Target-URI": URL.encode(),
    b"WARC-Date": b"2026-03-02T08:00:00Z",
    b"WARC-Payload-Digest": b"sha256:0",
    b"Content-Type": b"application/http; msgtype=response",
}
ODD_LINES = [
    b"Link: </2>; rel=next", b'ETag: W/"1"', b"content-length: 3", b"Vary: a", b"vary:b",
    b" fold", b"\tfold: b", b"a: b\nc: d", b"a: b\rc",
]  # fmt: skip
LINES = st.lists(
    st.text("aB:-_ \t\x0b\x1c\u00e9,;=", max_size=12).map(str.encode) | st.sampled_from(ODD_LINES), max_size=6
)
STATUS_LINES = [b"HTTP/1.1 200 OK", b"HTTP/1.1 404", b"HTTP/1.1 200  Very  OK ", b"HTTP/1.0 200 OK", b"HTTP/1.1 2x0 OK"]


@given(
    kind=st.sampled_from([b"response", b"revisit"]),
    fields=LINES,
    status=st.sampled_from(STATUS_LINES),
    headers=LINES,
    lacks=st.sampled_from([None, b"WARC-Date", b"WARC-Target-URI", b"WARC-Payload-Digest"]),
)
@example(kind=b"response", fields=[], status=b"HTTP/1.1 200 OK", headers=[b"a: b", b" c: d", b"a:e"], lacks=None)
@example(kind=b"response", fields=[b"x: y\nz: a"], status=b"HTTP/1.1 200 OK", headers=[b"a: b\nc: d"], lacks=None)
@example(kind=b"response", fields=[b"content-length: 3"], status=b"HTTP/1.1 200 OK", headers=[b"a: b"], lacks=None)
@example(kind=b"response", fields=[b"\x1c"], status=b"HTTP/1.1 200 OK", headers=[b"a\x0b: \x0bb "], lacks=None)
def test_a_head_is_read_as_the_library_reads_it(
    kind: bytes, fields: list[bytes], status: bytes, headers: list[bytes], lacks: bytes | None
) -> None:
    block = b"\r\n".join([status, *headers]) + b"\r\n\r\nSoil"
    own = {b"WARC-Type": kind} | NAMED | {b"Content-Length": str(len(block)).encode()}
    lines = [b": ".join(pair) for pair in own.items() if pair[0] != lacks]
    plain = b"\r\n".join([b"WARC/1.1", *lines[:2], *fields, *lines[2:]]) + b"\r\n\r\n" + block
    expected = by_library(plain)
    handle = io.BytesIO(gzip.compress(plain))
    if expected is None:
        with pytest.raises(ArchiveDamaged):
            head_at(handle, "f", 0)
        return
    head = head_at(handle, "f", 0)
    assert (head.kind, head.fields, head.status, head.headers) == expected


def by_library(plain: bytes) -> tuple[str, dict[str, str], int, dict[str, str]] | None:
    """Kind, fields, status and headers of a record as warcio has them; ``None`` if it is no answer of a host."""
    try:
        record = next(ArchiveIterator(io.BytesIO(plain)))
        status = int(record.http_headers.get_statuscode())
    except Exception:  # noqa: BLE001 - whatever the library says of what is none
        return None
    fields = {name.lower(): value for name, value in record.rec_headers.headers}
    if not {"warc-date", "warc-target-uri", "warc-payload-digest"} <= fields.keys():
        return None
    several: dict[str, list[str]] = {}
    for name, value in record.http_headers.headers:
        several.setdefault(name.lower(), []).append(value)
    return record.rec_type, fields, status, {name: ", ".join(values) for name, values in several.items()}


def exchange(**changed: object) -> Exchange:
    """A page that was asked for and came."""
    words: dict[str, object] = {
        "asked_for": URL, "url": URL, "at": AT, "purpose": "page", "request_headers": (("user-agent", "Bot"),),
        "protocol": "HTTP/1.1", "status": 200, "reason": "OK", "headers": (("content-type", "text/html"),),
        "body": b"Soil",
    }  # fmt: skip
    return Exchange(**words | changed)  # type: ignore[arg-type]


def written(root: Path, *exchanges: Exchange, original: Original | None = None) -> list[dict[str, str]]:
    """What a stock reader that checks digests has of the records between the first and the last of a run."""
    archive = Archive(root)
    with archive.run_writer("soil", "feedbeef", AT) as writer:
        for one in exchanges:
            if original is None:
                writer.response(one)
            else:
                writer.revisit(one, original, not_modified=True)
        writer.close({})
    read = []
    with (root / writer.file).open("rb") as handle:
        for record in ArchiveIterator(handle, check_digests="raise"):
            head = record.http_headers.to_str() if record.http_headers else ""
            body = record.content_stream().read().decode("latin-1")
            read.append(dict(record.rec_headers.headers) | {"head": head, "body": body})
    return read[1:-1]


def test_the_records_of_a_page(tmp_path: Path) -> None:
    response, request = written(tmp_path, exchange(headers=(("content-type", "text/html"), ("Set-Cookie", "a=b"))))
    assert response["WARC-Type"] == "response"
    assert response["WARC-Target-URI"] == URL
    assert response["WARC-Date"] == "2026-03-02T08:00:00.125000Z"
    assert response["Observatory-Purpose"] == "page"
    # printf Soil | sha256sum
    assert response["WARC-Payload-Digest"] == "sha256:032b5a60d38e3fc05748e9c836789fbe3dbad338ecd16e7330d8b62b048febb1"
    assert (response["head"], response["body"]) == (
        "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 4\r\n", "Soil",
    )  # fmt: skip
    assert (request["WARC-Type"], request["WARC-Concurrent-To"]) == ("request", response["WARC-Record-ID"])
    assert (request["head"], request["body"]) == ("GET /soil?a=1 HTTP/1.1\r\nuser-agent: Bot\r\n", "")
    assert request["WARC-Record-ID"] != response["WARC-Record-ID"]


def test_the_records_of_what_was_posted(tmp_path: Path) -> None:
    _, request = written(tmp_path, exchange(sent=b'{"page": 2}'))
    assert request["head"].startswith("POST /soil?a=1 HTTP/1.1\r\n")
    assert request["body"] == '{"page": 2}'


def test_the_record_of_a_page_that_is_what_it_was(tmp_path: Path) -> None:
    place = ArchivePlace(file="soil/2026/a.warc.gz", offset=12, length=34)
    original = Original(url=URL, date="2026-02-02T08:00:00Z", digest="sha256:0", place=place)
    [revisit] = written(tmp_path, exchange(status=304, reason="Not Modified", body=b""), original=original)
    assert {name: value for name, value in revisit.items() if "Refers" in name or "Profile" in name} == {
        "WARC-Profile": "http://netpreserve.org/warc/1.1/revisit/server-not-modified",
        "WARC-Refers-To-Target-URI": URL,
        "WARC-Refers-To-Date": "2026-02-02T08:00:00Z",
        "WARC-Refers-To-Filename": "soil/2026/a.warc.gz",
        "WARC-Refers-To-File-Offset": "12",
        "Observatory-Refers-To-Length": "34",
    }
    assert (revisit["WARC-Type"], revisit["WARC-Payload-Digest"]) == ("revisit", "sha256:0")
    assert revisit["head"] == "HTTP/1.1 304 Not Modified\r\ncontent-type: text/html\r\n"


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("a\r\nWARC-Type: response", "a%0D%0AWARC-Type: response"),  # nobody begins a line of ours
        ("a\x00\x7f", "a%00%7F"),
        ("Bücher", "B%C3%BCcher"),
    ],
)
def test_what_a_header_cannot_hold(tmp_path: Path, said: str, kept: str) -> None:
    response, _ = written(tmp_path, exchange(headers=(("x-words", said),), reason=said))
    status, words, *_ = response["head"].split("\r\n")
    assert words == f"x-words: {kept}"
    assert status.startswith("HTTP/1.1 200 ")
