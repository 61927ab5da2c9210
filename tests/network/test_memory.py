"""What a whole `microcred harvest` may take in memory and time while its host sends more than anybody asked for."""

from __future__ import annotations

import json
import subprocess
import sys
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from archive_story import opened
from command_line import COMMAND, without_ours
from harvest_faults import all_well
from live_site import BASE
from raw_catalogue import COURSES, Looks, catalogue, declare
from raw_server import Answering, Asked, RawServer, Script, answer, head

from models.records import Outcome
from scrapers.source import DIRECTORY_VARIABLE

pytestmark = pytest.mark.faults

MIB = 1024 * 1024
MORE_MIB_MAX = 400
"""Above what a good look takes. Most takes a sitemap of 450,000 addresses; bodies that are too large take 100."""
SECONDS_MAX = 90
SENT_MAX = 12 * 2 * 150 * MIB
MEASURED = """
import json, os, subprocess, sys
begun = subprocess.Popen(sys.argv[2:])
_, _, used = os.wait4(begun.pid, 0)
with open(sys.argv[1], "w") as file:
    json.dump([used.ru_maxrss / 1024, used.ru_utime + used.ru_stime], file)
"""
"""A small process between: a child's peak begins with that of its parent, which is pytest."""


@dataclass(frozen=True)
class Took:
    """What a command took: peak memory in MiB, processor seconds, seconds, and how the run ended."""

    peak_mib: float
    processor_seconds: float
    seconds: float
    outcome: str
    reason: str


@dataclass(frozen=True)
class Case:
    """What is answered at some paths of a source, and how its run ends."""

    name: str
    slug: str
    paths: tuple[str, ...]
    said: Answering
    outcome: Outcome
    words: str


def zeros(times: int) -> bytes:
    """The head of a gzip member and so many blocks of 10 MB of zeros, some 10 kB each; there is no end."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    block = packer.compress(bytes(10_000_000)) + packer.flush(zlib.Z_FULL_FLUSH)
    return b"\x1f\x8b\x08\0\0\0\0\0\0\xff" + block * times


def bomb(_: Asked) -> Script:
    """10 GB of zeros in 10 MB."""
    packed = zeros(1000)
    assert len(packed) < 12_000_000
    return head(f"Content-Length: {len(packed)}", "Content-Encoding: gzip"), packed


def gigabyte(_: Asked) -> Iterator[bytes]:
    yield head(f"Content-Length: {1024 * MIB}")
    yield from (b" " * MIB for _ in range(1024))


def sixty_megabytes(_: Asked) -> Iterator[bytes]:
    yield head(f"Content-Length: {60 * MIB}") + b"<!doctype html>" + b" " * (MIB - 15)
    yield from (b" " * MIB for _ in range(59))


def interim(_: Asked) -> Iterator[bytes]:
    hint = b"HTTP/1.1 103 Early Hints\r\nLink: </" + b"a" * 60_000 + b">\r\n\r\n"
    yield from (hint for _ in range(50_000))


def large_sitemap(_: Asked) -> Iterator[bytes]:
    """25 MB of addresses that are none of courses, and then the courses."""
    yield head(kind="application/xml") + b"<urlset>"
    for number in range(1000):
        yield b"".join(b"<url><loc>%s/news/%d/%d</loc></url>" % (BASE.encode(), number, n) for n in range(450))
    yield b"".join(b"<url><loc>%s/course/%d</loc></url>" % (BASE.encode(), n) for n in COURSES) + b"</urlset>"


def sitemap_bomb(_: Asked) -> Script:
    return answer(zeros(1000), kind="application/gzip")


def harvest(folder: Path, port: int, slug: str, day: str) -> Took:
    """`microcred harvest` in a process of its own, with its limits as they are."""
    used, begun = folder / "used.json", time.monotonic()
    done = subprocess.run(
        [sys.executable, "-S", "-c", MEASURED, used, COMMAND, "harvest", slug, "--json", "--as-of", f"{day}T06:00:00Z"],
        cwd=folder, capture_output=True, text=True, timeout=600, check=False,
        env=without_ours() | {
            "MICROCRED_DATA_DIR": str(folder / "data"), DIRECTORY_VARIABLE: str(folder / "sources"),
            "MICROCRED_LOOPBACK_PORT": str(port),
        },
    )  # fmt: skip
    peak, processor = json.loads(used.read_text())
    [run] = json.loads(done.stdout)
    return Took(peak, processor, time.monotonic() - begun, run["outcome"], run["reason"])


EVERY_COURSE = tuple(f"/course/{n}" for n in COURSES)
TOO_LARGE = "body larger than 67108864 bytes"


CASES = [
    Case("a bomb", "tu_next", ("/course/3",), bomb, Outcome.PARTIAL, TOO_LARGE),
    Case("bombs only", "tu_next", EVERY_COURSE, bomb, Outcome.PARTIAL, "12 pages failed"),
    Case("a bomb for a list", "tu_next", ("/list",), bomb, Outcome.FAILED, TOO_LARGE),
    Case("a gigabyte", "tu_next", ("/course/3",), gigabyte, Outcome.PARTIAL, TOO_LARGE),
    Case("gigabytes only", "tu_next", EVERY_COURSE, gigabyte, Outcome.PARTIAL, "12 pages failed"),
    Case("60 MB that are no JSON", "tu_json", ("/api",), sixty_megabytes, Outcome.FAILED, "HTML where JSON"),
    Case("interim answers", "tu_next", ("/course/3",), interim, Outcome.PARTIAL, "came for one answer"),
    Case("a bomb for robots.txt", "tu_next", ("/robots.txt",), bomb, Outcome.UNCHANGED, ""),
    Case("a large sitemap", "tu_sitemap", ("/sitemap.xml",), large_sitemap, Outcome.OK, ""),
    Case("a bomb in a sitemap", "tu_sitemap", ("/sitemap.xml",), sitemap_bomb, Outcome.FAILED, "when unpacked"),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_memory_and_time_are_bounded(tmp_path: Path, case: Case) -> None:
    (tmp_path / "sources").mkdir()
    declare(tmp_path / "sources")
    with RawServer(otherwise=catalogue) as server:
        good = harvest(tmp_path, server.port, case.slug, "2024-01-08")
        assert good.outcome == Outcome.OK
        with opened(tmp_path / "data") as observatory:
            before = Looks(observatory, server, case.slug).known()
        all_well(server)
        for path in case.paths:
            server.on(path, case.said)
        took = harvest(tmp_path, server.port, case.slug, "2024-01-15")
    more, seconds = took.peak_mib - good.peak_mib, took.processor_seconds - good.processor_seconds
    sent, how = server.sent / MIB, f"{took.outcome}: {took.reason[:120]}"
    sys.stdout.write(
        f"{case.name}: {took.peak_mib:.0f} MiB ({more:+.0f}), {seconds:+.1f} s, {sent:.0f} MiB sent, {how}\n"
    )
    assert (took.outcome, case.words in took.reason) == (case.outcome, True), took
    assert took.peak_mib < good.peak_mib + MORE_MIB_MAX
    assert took.seconds < SECONDS_MAX
    assert server.sent < SENT_MAX
    with opened(tmp_path / "data") as observatory:
        assert Looks(observatory, server, case.slug).known() == before
