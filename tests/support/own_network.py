"""A network of our own: an internet of one address, a name server that lies, and machines inside that nobody may ask.

Run as a program within namespaces of its own (``unshare --net --mount --map-root-user``), so that addresses of the
internet lie on this machine's loopback and the C library asks our name server. Prints what was met as JSON.
"""

from __future__ import annotations

import asyncio
import json
import socket
import struct
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from live_site import Clock, source_of
from raw_server import CLOSE, Asked, RawServer, Script, answer

from scrapers.archive import Archive
from scrapers.client import FetchLimits
from scrapers.fetch import HttpFetcher
from scrapers.scraper import PageFailed, SourceBlocked

OUTSIDE, OUTSIDE_6, INSIDE = "93.184.215.14", "2606:4700::1234", ("127.0.0.1", "10.0.0.7", "169.254.169.254")
LIMITS = FetchLimits(attempts=1, connect_seconds=3, read_seconds=3, backoff_seconds=0.01)
A, AAAA = 1, 28
Names = Callable[[str, int, int], Sequence[str]]


def addresses(name: str, kind: int, nth: int) -> Sequence[str]:
    """What our name server answers: the name, A or AAAA, and how often that was asked for before."""
    host = name.partition(".")[0]
    answers = {
        "public": ([OUTSIDE], [OUTSIDE_6]),
        "rebind": ([OUTSIDE if nth == 0 else "127.0.0.1"], []),
        "flip": ([OUTSIDE if nth % 2 == 0 else "10.0.0.7"], []),
        "both": ([OUTSIDE, "127.0.0.1"], []),
        "sixth": ([OUTSIDE], ["::1"]),
        "loopback": (["127.0.0.1"], []),
        "ten": (["10.0.0.7"], []),
        "metadata": (["169.254.169.254"], []),
        "mapped": ([], ["::ffff:127.0.0.1"]),
        "translated": ([], ["64:ff9b::a00:7"]),
    }.get(host, ([], []))
    return answers[kind == AAAA]


class NameServer:
    """Answers A and AAAA over UDP (RFC 1035), never to be kept."""

    def __init__(self, names: Names) -> None:
        self.asked: Counter[tuple[str, int]] = Counter()
        self._names = names
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 53))
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            query, sender = self._socket.recvfrom(512)
            end = query.index(0, 12)
            name, at = "", 12
            while at < end:
                name += query[at + 1 : at + 1 + query[at]].decode() + "."
                at += 1 + query[at]
            (kind,) = struct.unpack(">H", query[end + 1 : end + 3])
            found = self._names(name, kind, self.asked[name, kind])
            self.asked[name, kind] += 1
            records = b"".join(_record(address, kind) for address in found)
            head = query[:2] + struct.pack(">HHHHH", 0x8180, 1, len(found), 0, 0)
            self._socket.sendto(head + query[12 : end + 5] + records, sender)


def _record(address: str, kind: int) -> bytes:
    packed = socket.inet_pton(socket.AF_INET6 if kind == AAAA else socket.AF_INET, address)
    return struct.pack(">HHHIH", 0xC00C, kind, 1, 0, len(packed)) + packed


def set_up(folder: Path) -> None:
    """Give this network its addresses, and the C library our name server."""
    for words in ("link set lo up", *(f"addr add {ip}/32 dev lo" for ip in (OUTSIDE, *INSIDE[1:]))):
        subprocess.run(["ip", *words.split()], check=True)
    subprocess.run(["ip", "-6", "addr", "add", f"{OUTSIDE_6}/128", "dev", "lo"], check=False, capture_output=True)
    resolver = folder / "resolv.conf"
    resolver.write_text("nameserver 127.0.0.1\noptions timeout:1 attempts:1\n")
    subprocess.run(["mount", "--bind", resolver, Path("/etc/resolv.conf").resolve()], check=True)


def serve(asked: Asked) -> Script:
    """Courses, or the way inside; each answer on a connection of its own."""
    if asked.path == "/robots.txt":
        return answer(b"", status="404 Not Found", end=CLOSE)
    if asked.path == "/inward":
        return answer(b"", status="302 Found", headers=["Location: http://loopback.tu.example/courses"], end=CLOSE)
    return answer(b"courses", end=CLOSE)


async def met(archive: Archive, host: str, *paths: str) -> list[str]:
    """What a run meets that asks ``host`` for ``paths``."""
    base = f"http://{host}.tu.example"
    source = source_of("loopback.tu.example", start=f"{base}/courses", pace_seconds=0.01)
    source = replace(source, hosts=(*source.hosts, "loopback.tu.example:80"))
    found = []
    async with HttpFetcher(contact="https://observatory.example/", clock=Clock(), limits=LIMITS) as fetcher:
        key = f"{abs(hash((host, paths, len(archive.files('tu_example'))))):016x}"[:16]
        with archive.run_writer("tu_example", key, Clock()()) as writer:
            fetch = fetcher.run(source, writer=writer, archive=archive)
            for path in paths:
                try:
                    found.append((await fetch.get(f"{base}{path}")).body.decode())
                except (PageFailed, SourceBlocked) as error:
                    found.append(str(error))
            writer.close({})
    return found


def main() -> None:
    """Meet every name and print what came of it."""
    with tempfile.TemporaryDirectory() as folder, suppress(KeyboardInterrupt):
        set_up(Path(folder))
        names = NameServer(addresses)
        archive = Archive(Path(folder) / "archive")
        with RawServer(host=OUTSIDE, port=80, otherwise=serve) as outside:
            inside = [RawServer(host=ip, port=80, otherwise=serve).__enter__() for ip in INSIDE]
            hosts = (
                "public",
                "rebind",
                "rebind",
                "both",
                "sixth",
                "loopback",
                "ten",
                "metadata",
                "mapped",
                "translated",
            )
            runs = [(host, asyncio.run(met(archive, host, "/courses"))) for host in hosts]
            runs.append(("inward", asyncio.run(met(archive, "public", "/inward"))))
            runs += [("flip", asyncio.run(met(archive, "flip", "/courses", "/a", "/b"))) for _ in range(4)]
            said = {
                "runs": runs,
                "outside": [asked.host for asked in outside.asked],
                "inside": [asked.host for one in inside for asked in one.asked],
                "lookups": {name: count for (name, kind), count in names.asked.items() if kind == A},
            }
            json.dump(said, sys.stdout)
            sys.stdout.flush()


if __name__ == "__main__":
    main()
