"""What a host may say to one request, over real sockets: each fault has a name, an end, and costs no other page."""

from __future__ import annotations

import asyncio
import gzip
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from live_site import BASE, Observed, source_of
from raw_server import CLOSE, KEEP, RESET, STALL, Answering, End, RawServer, Step, answer, forever, head

from scrapers.client import FetchLimits
from scrapers.posting import posted
from scrapers.run_fetch import RunFetch
from scrapers.scraper import PageFailed

LIMITS = FetchLimits(
    attempts=2, connect_seconds=1, read_seconds=0.4, deadline_seconds=0.9, body_bytes=400_000, error_body_bytes=10_000
)
ON_THE_WIRE_MAX = 32 * 1024 * 1024
"""What any fault here may make us take, both attempts and what the system holds in its buffers included."""
SECONDS_MAX = 4.0
ODD, GOOD = f"{BASE}/odd", f"{BASE}/good"
PLAIN = b'{"courses": ["Glacier ice"]}' * 40
PACKED = gzip.compress(PLAIN)
GZIP = "Content-Encoding: gzip"
CHUNKED = "Transfer-Encoding: chunked"
EARLY_HINT = b"HTTP/1.1 103 Early Hints\r\nLink: </" + b"a" * 2000 + b">\r\n\r\n"
EMPTY_MEMBER = gzip.compress(b"")


@dataclass(frozen=True)
class Fault:
    """One fault: what is answered, and the words of the failure, or the body if it does no harm."""

    name: str
    said: Answering
    outcome: str | bytes
    times: int = 2
    """How often it is asked for: a third time if the connection was kept from robots.txt and nothing came over it."""

    @property
    def is_slow(self) -> bool:
        """Whether it is time that ends it."""
        return isinstance(self.outcome, str) and ("Timeout" in self.outcome or "within" in self.outcome)


def length(body: bytes, *lines: str) -> bytes:
    return head(f"Content-Length: {len(body)}", *lines) + body


def bad_sum(packed: bytes) -> bytes:
    """A gzip member whose checksum is wrong."""
    return packed[:-8] + bytes([packed[-8] ^ 1]) + packed[-7:]


def packs(packed: bytes) -> tuple[Step, ...]:
    return length(packed, GZIP), KEEP


def bomb(times: int) -> bytes:
    """Zeros packed as tightly as gzip can, ``times`` times one inside the other, about 100 MB in the innermost."""
    packer = zlib.compressobj(9, wbits=zlib.MAX_WBITS | 16)
    packed = b"".join([*(packer.compress(bytes(1_000_000)) for _ in range(100)), packer.flush()])
    return packed if times == 1 else gzip.compress(packed)


def chunks(*said: Step) -> tuple[Step, ...]:
    return (head(CHUNKED), *said, CLOSE)


def endlessly(first: bytes, *again: Step) -> Answering:
    def script(_: object) -> Iterator[Step]:
        yield first
        yield from forever(*again)

    return script


BROKEN_OFF = [
    Fault("reset before the head", (RESET,), "Connection reset by peer", 3),
    Fault("closed before the head", (CLOSE,), "Server disconnected", 3),
    Fault("reset in the head", (b"HTTP/1.1 200 OK\r\nContent-Le", 0.02, RESET), "Connection reset by peer", 3),
    Fault("closed in the head", (b"HTTP/1.1 200 OK\r\nContent-Le", CLOSE), "RemoteProtocolError", 3),
    Fault("reset in the body", (head("Content-Length: 999") + PLAIN[:500], 0.02, RESET), "the body broke off"),
    Fault("closed in the body", (head("Content-Length: 999") + PLAIN[:500], CLOSE), "the body broke off"),
    Fault("reset in a body without a length", (head() + PLAIN[:500], 0.02, RESET), "the body broke off"),
    Fault("closed in a chunk", chunks(b"64\r\n" + PLAIN[:50]), "the body broke off"),
    Fault("closed between two chunks", chunks(b"32\r\n" + PLAIN[:50] + b"\r\n"), "the body broke off"),
    Fault("closed in the trailers", chunks(b"32\r\n" + PLAIN[:50] + b"\r\n0\r\nA: b\r\n"), "the body broke off"),
]
STALLED = [
    Fault("stalled before the head", (STALL,), "ReadTimeout"),
    Fault("stalled in the head", (b"HTTP/1.1 200 OK\r\nContent-Le", STALL), "ReadTimeout"),
    Fault("stalled in the body", (head("Content-Length: 999") + PLAIN[:500], STALL), "ReadTimeout"),
    Fault("stalled in a chunk", (head(CHUNKED) + b"64\r\n" + PLAIN[:50], STALL), "ReadTimeout"),
    Fault("stalled in a gzip body", (head(f"Content-Length: {len(PACKED)}", GZIP) + PACKED[:20], STALL), "ReadTimeout"),
    Fault("trickling status line", endlessly(b"HTTP/1.1 200 ", b"O", 0.05), "no whole answer within 0.9 s"),
    Fault("trickling head", endlessly(b"HTTP/1.1 200 OK\r\n", b"A: b\r\n", 0.05), "no whole answer within 0.9 s"),
    Fault("trickling body", endlessly(head("Content-Length: 90000"), b" ", 0.05), "no whole answer within 0.9 s"),
    Fault("trickling body without a length", endlessly(head(), b" ", 0.05), "no whole answer within 0.9 s"),
    Fault("trickling chunks", endlessly(head(CHUNKED), b"1\r\n \r\n", 0.05), "no whole answer within 0.9 s"),
    Fault("trickling interim answers", endlessly(b"", b"HTTP/1.1 102 P\r\n\r\n", 0.05), "no whole answer within 0.9 s"),
]
LENGTHS = [
    Fault("length too long", (head("Content-Length: 2000") + PLAIN, CLOSE), "the body broke off"),
    Fault("length too short", (head("Content-Length: 28") + PLAIN, KEEP), "RemoteProtocolError"),
    Fault("length too short, rest later", (head("Content-Length: 28") + PLAIN[:28], 0.05, PLAIN, KEEP), PLAIN[:28], 1),
    Fault("two lengths", (head("Content-Length: 28", "Content-Length: 1120") + PLAIN, KEEP), "RemoteProtocolError"),
    Fault("one length twice", (head("Content-Length: 28", "Content-Length: 28") + PLAIN[:28], KEEP), "RemoteProtocolE"),
    Fault("two lengths in one", (head("Content-Length: 28, 1120") + PLAIN, KEEP), "RemoteProtocolError"),
    Fault("negative length", (head("Content-Length: -1") + PLAIN, KEEP), "RemoteProtocolError"),
    Fault("length with a sign", (head("Content-Length: +28") + PLAIN, KEEP), "RemoteProtocolError"),
    Fault("hexadecimal length", (head("Content-Length: 0x1c") + PLAIN, KEEP), "RemoteProtocolError"),
    Fault("length of words", (head("Content-Length: some") + PLAIN, KEEP), "RemoteProtocolError"),
    Fault("length beyond 64 bits", (head("Content-Length: 9" + "0" * 20) + PLAIN, KEEP), "RemoteProtocolError"),
    Fault("length of 9 exabytes", (head("Content-Length: 9" + "0" * 18) + PLAIN, CLOSE), "the body broke off"),
    Fault("length and chunks", (head("Content-Length: 5", CHUNKED) + b"0\r\n\r\n", KEEP), "RemoteProtocolError"),
    Fault("chunks and length", (head(CHUNKED, "Content-Length: 5") + b"0\r\n\r\n", KEEP), "RemoteProtocolError"),
]
CHUNKS = [
    Fault("size that is none", chunks(b"zz\r\n" + PLAIN), "RemoteProtocolError"),
    Fault("negative size", chunks(b"-5\r\n" + PLAIN), "RemoteProtocolError"),
    Fault("negative size after a while", chunks(0.1, b"-5\r\n" + PLAIN), "RemoteProtocolError"),
    Fault("no end of a chunk after a while", chunks(0.1, b"5\r\nabcdefgh\r\n0\r\n\r\n"), "RemoteProtocolError"),
    Fault("size beyond 64 bits", chunks(b"f" * 17 + b"\r\n" + PLAIN), "RemoteProtocolError"),
    Fault("size of 2^63", chunks(b"8" + b"0" * 15 + b"\r\n" + PLAIN), "the body broke off"),
    Fault("endless digits of a size", endlessly(head(CHUNKED), b"0" * 65536), "came for one answer"),
    Fault("no end of a chunk", chunks(b"5\r\nabcdefgh\r\n0\r\n\r\n"), "RemoteProtocolError"),
    Fault("endless extension", endlessly(head(CHUNKED) + b"5;", b"a" * 65536), "came for one answer"),
    Fault(
        "endless extensions",
        endlessly(head(CHUNKED), b"1;a=b;c=d;e=" + b"f" * 500 + b"\r\n \r\n"),
        "came for one answer",
    ),
    Fault("endless trailers", endlessly(head(CHUNKED) + b"0\r\n", b"A: b\r\n" * 1000), "Too many headers"),
    Fault("endless small chunks", endlessly(head(CHUNKED), b"8\r\n        \r\n" * 1000), "larger than 400000 bytes", 1),
]
HEADS = [
    Fault("100,000 headers", (head(*(f"X-{n}: {n}" for n in range(100_000))), CLOSE), "RemoteProtocolError"),
    Fault("endless headers", endlessly(b"HTTP/1.1 200 OK\r\n", b"A: b\r\n" * 1000), "RemoteProtocolError"),
    Fault("endless header", endlessly(b"HTTP/1.1 200 OK\r\nA: ", b"b" * 65536), "RemoteProtocolError"),
    Fault("endless name of a header", endlessly(b"HTTP/1.1 200 OK\r\n", b"b" * 65536), "RemoteProtocolError"),
    Fault("endless status line", endlessly(b"HTTP/1.1 200 ", b"b" * 65536), "RemoteProtocolError"),
    Fault("endless folded header", endlessly(b"HTTP/1.1 200 OK\r\nA: b\r\n", b" c\r\n" * 9000), "RemoteProtocolError"),
    Fault("NUL in a header", (head("ETag: a\0b", "Content-Length: 2") + b"{}", KEEP), "RemoteProtocolError"),
    Fault("NUL in a name", (head("ET\0ag: a", "Content-Length: 2") + b"{}", KEEP), "RemoteProtocolError"),
    Fault("header without a colon", (head("nonsense", "Content-Length: 2") + b"{}", KEEP), "RemoteProtocolError"),
    Fault("interim answers without end", endlessly(b"", EARLY_HINT * 100), "came for one answer"),
    Fault("only an interim answer", (b"HTTP/1.1 100 Continue\r\n\r\n", CLOSE), "Server disconnected", 3),
]
STATUSES = [
    Fault("letters for a status", (b"HTTP/1.1 abc OK\r\n\r\n", CLOSE), "RemoteProtocolError"),
    Fault("status of two digits", (b"HTTP/1.1 20 OK\r\n\r\n", CLOSE), "RemoteProtocolError"),
    Fault("status of four digits", (b"HTTP/1.1 2000 OK\r\n\r\n", CLOSE), "RemoteProtocolError"),
    Fault("status 000", answer(PLAIN, status="000 Nothing"), "0 Nothing", 1),
    Fault("status 999", answer(PLAIN, status="999 Denied"), "999 Denied", 1),
    Fault("version of another time", (b"HTTP/9.9 200 OK\r\nContent-Length: 2\r\n\r\n{}", CLOSE), "RemoteProtocolError"),
    Fault("another protocol", (b"220 smtp.tu.example ESMTP\r\n", CLOSE), "RemoteProtocolError"),
    Fault("a line of TLS", (b"\x15\x03\x01\x00\x02\x02\x16", CLOSE), "RemoteProtocolError"),
    Fault("HTTP/0.9", (b"<html><body>Courses</body></html>\r\n", CLOSE), "RemoteProtocolError"),
    Fault("nothing but line ends", endlessly(b"", b"\r\n" * 30_000), "came for one answer"),
    Fault(
        "switching protocols", (head("Upgrade: h2c", "Connection: Upgrade", status="101 Switching"), STALL), "101", 1
    ),
    Fault("not modified, unasked", (b"HTTP/1.1 304 Not Modified\r\n\r\n", KEEP), "304 to a request without", 1),
    Fault("not modified, with a body", (head("Content-Length: 1120", status="304 N") + PLAIN, KEEP), "RemoteProtocol"),
    Fault("no content", (b"HTTP/1.1 204 No Content\r\n\r\n", KEEP), "204 No Content", 1),
    Fault("part of a page", answer(PLAIN, status="206 Partial Content"), "206 Partial Content", 1),
    Fault("reason of 60 kB", answer(PLAIN, status="404 " + "a" * 60_000), "404 " + "a" * 296 + "...", 1),
    Fault("reason in letters of its own", answer(PLAIN, status="404 Не найдено\x1b[2J"), "404", 1),
]
CODINGS = [
    Fault("deflate", (length(zlib.compress(PLAIN), "Content-Encoding: deflate"), KEEP), "'deflate' was not asked", 1),
    Fault("br", (length(b"\x0b\x02\x80", "Content-Encoding: br"), KEEP), "'br' was not asked", 1),
    Fault("zstd", (length(b"\x28\xb5\x2f\xfd", "Content-Encoding: zstd"), KEEP), "'zstd' was not asked", 1),
    Fault("gzip twice", (length(gzip.compress(PACKED), f"{GZIP}, gzip"), KEEP), "'gzip, gzip' was not asked", 1),
    Fault("coding of 60 kB", (length(PLAIN, f"{GZIP}{'p' * 60_000}"), KEEP), "ppp...' was not asked", 1),
    Fault("truncated gzip", packs(PACKED[:-30]), "the gzip body ends early"),
    Fault("gzip without its checksum", packs(PACKED[:-8]), "the gzip body ends early"),
    Fault("wrong checksum", packs(bad_sum(PACKED)), "damaged gzip body"),
    Fault("wrong length in gzip", packs(PACKED[:-1] + b"\x09"), "damaged gzip body"),
    Fault("no gzip at all", packs(PLAIN), "damaged gzip body"),
    Fault("wrong checksum of the second member", packs(PACKED + bad_sum(PACKED)), "damaged gzip body"),
    Fault("second member cut", packs(PACKED + PACKED[:-9]), "the gzip body ends early"),
    Fault("bomb", packs(bomb(1)), "larger than 400000 bytes", 1),
    Fault("bomb in an error", (head(GZIP, status="404 N") + bomb(1), CLOSE), "404 N", 1),
    Fault("endless empty members", endlessly(head(GZIP), EMPTY_MEMBER * 500), "more than 10,000 members"),
    Fault("endless padding", endlessly(head(GZIP) + PACKED, b"\0" * 65536), "larger than 400000 bytes", 1),
    Fault("endless name in gzip", endlessly(head(GZIP) + b"\x1f\x8b\x08\x08" + b"\0" * 6, b"n" * 65536), "larger", 1),
    Fault("endless body", endlessly(head(), b" " * 65536), "larger than 400000 bytes", 1),
    Fault("endless error", endlessly(head(status="500 E"), b" " * 65536), "500 E, 2 attempts"),
]
HARMLESS = [
    Fault("no reason", (b"HTTP/1.1 200\r\nContent-Length: 1120\r\n\r\n" + PLAIN, KEEP), PLAIN, 1),
    Fault("HTTP/1.0", (b"HTTP/1.0 200 OK\r\n\r\n" + PLAIN, CLOSE), PLAIN, 1),
    Fault("folded header", (head("ETag: a\r\n b", "Content-Length: 1120") + PLAIN, KEEP), PLAIN, 1),
    Fault("line ends of one byte", (b"HTTP/1.1 200 OK\nContent-Length: 1120\n\n" + PLAIN, KEEP), PLAIN, 1),
    Fault("early hints", (b"HTTP/1.1 103 E\r\nLink: </a>\r\n\r\n" * 5 + length(PLAIN), KEEP), PLAIN, 1),
    Fault("x-gzip", (length(PACKED, "Content-Encoding: x-gzip"), KEEP), PLAIN, 1),
    Fault("gzip and one byte more", packs(PACKED + b"\0"), PLAIN, 1),
    Fault("gzip and garbage", packs(PACKED + b"garbage" * 99), PLAIN, 1),
    Fault("gzip in members", packs(gzip.compress(PLAIN[:99]) + gzip.compress(PLAIN[99:])), PLAIN, 1),
    Fault("gzip of nothing", packs(b""), b"", 1),
    Fault("bytes one by one", (head("Content-Length: 1120"), *(bytes([b]) for b in PLAIN), KEEP), PLAIN, 1),
    Fault("chunked twice", (head("Transfer-Encoding: chunked, chunked") + b"2\r\n{}\r\n0\r\n\r\n", CLOSE), b"{}", 1),
]
ONCE = replace(LIMITS, attempts=1)
PATIENT = replace(LIMITS, read_seconds=2, deadline_seconds=3)
"""For faults that time has no part in: on a busy machine an answer may take a while."""
"""What takes its time is tried once."""
FAULTS = [
    *BROKEN_OFF,
    *(replace(fault, times=1) for fault in STALLED),
    *LENGTHS,
    *CHUNKS,
    *HEADS,
    *STATUSES,
    *CODINGS,
    *HARMLESS,
]


async def odd_and_good(fetch: RunFetch) -> str | bytes:
    """Ask for the odd page and then for a good one, which comes over the same connection if that can be kept."""
    said: str | bytes
    try:
        said = (await fetch.get(ODD)).body
    except PageFailed as failed:
        said = str(failed)
    assert (await fetch.get(GOOD)).body == b"good"
    return said


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_fault_has_a_name_and_an_end(server: RawServer, tmp_path: Path, fault: Fault) -> None:
    server.forget()
    server.on("/odd", fault.said)
    server.on("/good", answer(b"good"))
    begun = time.monotonic()
    limits = ONCE if any(fault.name == one.name for one in STALLED) else LIMITS if fault.is_slow else PATIENT
    ran = Observed(tmp_path / "archive", server.port).run(odd_and_good, limits=limits)
    assert time.monotonic() - begun < SECONDS_MAX
    assert server.sent < ON_THE_WIRE_MAX
    assert server.times("/odd") == fault.times
    assert (ran.fetch.blocked, ran.fetch.problems, ran.fetch.incomplete_reasons) == (None, [], [])
    if isinstance(fault.outcome, bytes):
        assert ran.result == fault.outcome
        assert ran.fetch.failures == []
        return
    [failure] = ran.fetch.failures
    assert failure.url == ODD
    assert fault.outcome in failure.reason
    assert len(failure.reason) < 500
    assert failure.reason.isprintable()


def test_an_answer_that_nobody_asked_for_is_not_taken(server: RawServer, tmp_path: Path) -> None:
    """It came over a connection that was kept, between two requests; the second is asked over another connection."""
    server.forget()
    server.on("/odd", (length(b"odd"), 0.02, length(b"stale"), KEEP))
    server.on("/good", answer(b"good"))

    async def walk(fetch: RunFetch) -> bytes:
        await fetch.get(ODD)
        await asyncio.sleep(0.2)
        return (await fetch.get(GOOD)).body

    ran = Observed(tmp_path / "archive", server.port).run(walk, limits=LIMITS)
    assert ran.result == b"good"
    odd, good = (next(asked for asked in server.asked if asked.path == path) for path in ("/odd", "/good"))
    assert odd.connection != good.connection


@pytest.mark.parametrize("how", [RESET, CLOSE], ids=["reset", "closed"])
@pytest.mark.parametrize("url", [ODD, posted(ODD, {"page": 1})], ids=["GET", "POST"])
def test_a_kept_connection_that_was_closed(server: RawServer, tmp_path: Path, url: str, how: End) -> None:
    """The host closes it just as we ask. A GET is asked once more at once; a POST has lost one of its attempts."""
    server.forget()
    server.on("/good", answer(b"good"))
    server.on("/odd", lambda asked: (how,) if asked.before else answer(b"odd"))

    async def walk(fetch: RunFetch) -> bytes:
        await fetch.get(GOOD)
        return (await fetch.get(url)).body

    observed = Observed(tmp_path / "archive", server.port)
    assert observed.run(walk, limits=LIMITS).result == b"odd"
    assert server.times("/odd") == 2
    if url == ODD:
        assert observed.run(walk, limits=ONCE, key="1" * 16).result == b"odd"
        return
    with pytest.raises(PageFailed, match="1 attempt"):
        observed.run(walk, limits=ONCE, key="1" * 16)


def test_a_request_is_repeated_once_however_many_connections_are_kept(server: RawServer, tmp_path: Path) -> None:
    server.forget()
    for path in ("/good", "/good?", "/good?a"):
        server.on(path, (0.1, *answer(b"good")))
    server.on("/odd", (RESET,))

    async def walk(fetch: RunFetch) -> None:
        good = [page.body async for page in fetch.many([GOOD, f"{GOOD}?", f"{GOOD}?a"]) if page.body == b"good"]
        assert good
        with pytest.raises(PageFailed, match="1 attempt"):
            await fetch.get(ODD)

    limits = replace(LIMITS, attempts=1, read_seconds=2, deadline_seconds=5)
    Observed(tmp_path / "archive", server.port).run(walk, source=source_of(concurrency=3), limits=limits)
    assert len({asked.connection for asked in server.asked if asked.path.startswith("/good")}) == 3
    assert [asked.before > 0 for asked in server.asked if asked.path == "/odd"] == [True, True]
