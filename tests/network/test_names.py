"""Where a name may lead: addresses are judged when they are found, and those very addresses are connected to."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from aiohttp.abc import AbstractResolver, ResolveResult

from scrapers.transport import PublicResolver

ROOT = Path(__file__).parents[2]
NAMESPACES = ["unshare", "--net", "--mount", "--map-root-user"]
REFUSED = "which is not a public address"


class Names(AbstractResolver):
    """A name server in a few lines: answers in turn, the last again and again."""

    def __init__(self, *answers: Iterable[str]) -> None:
        self.answers = [list(answer) for answer in answers]
        self.asked = 0

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        found = self.answers[min(self.asked, len(self.answers) - 1)]
        self.asked += 1
        return [
            ResolveResult(hostname=host, host=one, port=port, family=family, proto=0, flags=socket.AI_NUMERICHOST)
            for one in found
        ]

    async def close(self) -> None:
        pass


def looked_up(names: Names) -> list[str]:
    found = asyncio.run(PublicResolver(names).resolve("www.tu.example", 443, socket.AF_UNSPEC))
    return [one["host"] for one in found]


@pytest.mark.parametrize(
    "found",
    [
        ["127.0.0.1"], ["93.184.215.14", "10.0.0.7"], ["10.0.0.7", "93.184.215.14"], ["169.254.169.254"], ["::1"],
        ["93.184.215.14", "::1"], ["fe80::1%1"], ["fd00::1"], ["::ffff:192.168.1.1"], ["64:ff9b::7f00:1"], ["0.0.0.0"],
    ],
    ids=",".join,
)  # fmt: skip
def test_a_name_with_one_address_inside_is_refused(found: list[str]) -> None:
    with pytest.raises(OSError, match=REFUSED):
        looked_up(Names(found))


def test_a_name_is_judged_each_time_it_is_looked_up() -> None:
    names = Names(["93.184.215.14"], ["127.0.0.1"])
    assert looked_up(names) == ["93.184.215.14"]
    with pytest.raises(OSError, match=REFUSED):
        looked_up(names)
    assert names.asked == 2


@pytest.fixture(scope="module")
def met() -> dict[str, Any]:
    """What was met in a network of our own, with the resolver of the C library and a name server that lies."""
    if shutil.which("unshare") is None or subprocess.run([*NAMESPACES, "true"], check=False).returncode != 0:
        pytest.skip("no namespaces of our own can be made here (unshare)")
    proxies = {name for name in os.environ if name.lower().endswith("_proxy")}
    environment = {name: value for name, value in os.environ.items() if name not in proxies}
    done = subprocess.run(
        [*NAMESPACES, sys.executable, ROOT / "tests/support/own_network.py"], check=False, capture_output=True,
        text=True, cwd=ROOT, env=environment | {"PYTHONPATH": f"{ROOT}:{ROOT / 'tests/support'}"}, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    said: dict[str, Any] = json.loads(done.stdout)
    return said


def test_nobody_inside_is_ever_asked(met: dict[str, Any]) -> None:
    assert met["inside"] == []
    assert set(met["outside"]) == {"public.tu.example", "rebind.tu.example", "flip.tu.example"}


def test_what_a_name_leads_to_decides(met: dict[str, Any]) -> None:
    first: dict[str, str] = {}
    for host, found in met["runs"]:
        first.setdefault(host, found[0])
    assert first["public"] == "courses"
    assert first["rebind"] == "courses"
    assert REFUSED in first["inward"]
    for host in ("both", "sixth", "loopback", "ten", "metadata", "mapped", "translated"):
        assert REFUSED in first[host], (host, first[host])


def test_a_name_that_changes_its_mind_gains_nothing(met: dict[str, Any]) -> None:
    """Its first address was connected to without asking again; when it is asked again, what it says is judged again."""
    first, second = (found[0] for host, found in met["runs"] if host == "rebind")
    assert first == "courses"
    assert REFUSED in second
    assert met["lookups"]["rebind.tu.example."] == 2
    flips = [found for host, found in met["runs"] if host == "flip"]
    for found in flips:
        assert all(one == "courses" or REFUSED in one for one in found), found
    assert any(one == "courses" for found in flips for one in found)
    assert any(REFUSED in one for found in flips for one in found)
