"""Where a host may send us: never in circles, never off what the source declares, never inside."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from live_site import BASE, Observed, source_of
from raw_server import Asked, RawServer, Script, answer

from scrapers.addresses import is_private, parsed, redirected
from scrapers.client import FetchLimits
from scrapers.run_fetch import RunFetch
from scrapers.scraper import PageFailed

ODD = f"{BASE}/odd"
LIMITS = FetchLimits(attempts=2, read_seconds=1, deadline_seconds=2)
NOT_DECLARED = "is not a host this source declares"
NO_ADDRESS = "not an absolute http or https address"

_INSIDE = """
127.0.0.1 127.1 127.255.255.254 0.0.0.0 10.0.0.7 172.16.0.1 172.31.255.255 192.168.1.1 169.254.169.254 100.64.0.1
198.18.0.1 192.0.2.1 240.0.0.1 255.255.255.255 224.0.0.1 [::1] [::] [::ffff:127.0.0.1] [::ffff:10.0.0.7]
[::ffff:a9fe:a9fe] [::127.0.0.1] [fe80::1] [fc00::1] [fd12:3456::1] [fec0::1] [ff02::1] [64:ff9b::127.0.0.1]
[64:ff9b::a00:7] [64:ff9b:1::1] [2002:7f00:1::] [2002:c0a8:101::1] [2001:0:7f00:1::] [2001:db8::1] 0x7f.1 0x7f000001
2130706433 017700000001 0177.0.0.1 1 127.0.0.1. localhost LOCALHOST. a.localhost
"""
_OUTSIDE = """
93.184.215.14 8.8.8.8 172.15.255.255 172.32.0.1 [2606:4700::1] [::ffff:8.8.8.8] [64:ff9b::808:808] [2002:808:808::]
www.tu.example 10.example localhost.example 127.0.0.1.example 0x7f.example
"""
INSIDE, OUTSIDE = _INSIDE.split(), _OUTSIDE.split()


@pytest.fixture(scope="module")
def inside() -> Iterator[RawServer]:
    """A host inside, which nobody out there may make us ask."""
    with RawServer() as inside:
        yield inside


def moved(*lines: str, status: str = "302 Found") -> Script:
    return answer(b"elsewhere", status=status, headers=lines)


@pytest.mark.parametrize("host", INSIDE)
def test_addresses_that_are_not_of_the_internet(host: str) -> None:
    assert is_private(host)


@pytest.mark.parametrize("host", OUTSIDE)
def test_addresses_that_are(host: str) -> None:
    assert not is_private(host)


def test_no_redirect_leads_inside(server: RawServer, inside: RawServer, tmp_path: Path) -> None:
    server.forget()
    there = [*(f"//{host}:{inside.port}" for host in INSIDE), *(f"https://{host}" for host in INSIDE)]
    places = [f"{host}/latest/meta-data/" for host in there]
    for number, place in enumerate(places):
        server.on(f"/{number}", _sent(place))

    async def walk(fetch: RunFetch) -> None:
        for number in range(len(places)):
            with pytest.raises(PageFailed):
                await fetch.get(f"{BASE}/{number}")

    # Not declared, and declared: neither is asked.
    for hosts in ([], [host for host in INSIDE if _is_an_address(host)]):
        source = source_of(*hosts)
        ports = {"www.tu.example": server.port}
        ran = Observed(tmp_path / f"archive-{len(hosts)}", server.port).run(walk, source=source, ports=ports)
        assert len(ran.fetch.failures) == len(places)
        assert all("not followed: " in f.reason or "not an address" in f.reason for f in ran.fetch.failures)
    assert {asked.host for asked in server.asked} == {"www.tu.example"}
    assert inside.asked == []


@pytest.mark.parametrize(
    ("location", "words"),
    [
        ("//inside.example/", NOT_DECLARED),
        ("https://www.tu.example.inside.example/", NOT_DECLARED),
        ("https://www.tu.example./odd", NOT_DECLARED),
        ("https://www.tu.example:8443/odd", NOT_DECLARED),
        ("https://www.tu.example:0/odd", NOT_DECLARED),
        ("https://www.tu.example@inside.example/", "an address with a user name"),
        ("https://user:word@www.tu.example/odd", "an address with a user name"),
        ("https://inside.example\\@www.tu.example/", "an address with a user name"),
        ("https:\\\\inside.example/", "404 Not Found"),
        ("http://www.tu.example/odd", "a redirect from https to http"),
        ("HTTP://www.tu.example/odd", "a redirect from https to http"),
        ("\thttp://www.tu.example/odd", "a redirect from https to http"),
        ("file:///etc/passwd", NO_ADDRESS),
        ("ftp://www.tu.example/odd", NO_ADDRESS),
        ("javascript:alert(1)", NO_ADDRESS),
        ("data:text/html,courses", NO_ADDRESS),
        ("gopher://www.tu.example/1", NO_ADDRESS),
        ("ws://www.tu.example/odd", NO_ADDRESS),
        ("https://", "more than 5 redirects"),
        ("https:///odd", "more than 5 redirects"),
        ("https://[::1/", "not followed"),
        ("https://www.tu.example:99999/", "not"),
        ("https://www.tu.example:port/", "not an address"),
        ("https://xn--\u00e9.example/", "not"),
        ("https://\u2460\u2461\u2466.0.0.1/", "not"),
        (f"https://{'a' * 5000}.example/", "not followed: aaaa"),
        ("", "302 Found"),
        ("   ", "302 Found"),
        ("/b" + "b" * 60_000, "404 Not Found"),
        ("/b" + "b" * 70_000, "RemoteProtocolError"),
    ],
    ids=lambda words: words[:40],
)  # fmt: skip
def test_a_redirect_that_is_not_followed(
    server: RawServer, inside: RawServer, tmp_path: Path, location: str, words: str
) -> None:
    server.forget()
    to = location.replace("127.0.0.1/", f"127.0.0.1:{inside.port}/")
    server.on("/odd", _sent(to))
    ran = Observed(tmp_path / "archive", server.port).failing(ODD, ports={"www.tu.example": server.port}, limits=LIMITS)
    [failure] = ran.fetch.failures
    assert failure.url == ODD
    assert words in failure.reason
    assert len(failure.reason) < 500
    assert all(problem.code == "off_host_link" and len(problem.url or "") < 2100 for problem in ran.fetch.problems)
    assert {asked.host for asked in server.asked} == {"www.tu.example"}
    assert inside.asked == []
    assert ran.fetch.blocked is None


def _is_an_address(host: str) -> bool:
    try:
        parsed(f"https://{host}/")
    except ValueError:
        return False
    return True


def _sent(location: str) -> Script:
    """A redirect whose Location is in UTF-8, as some hosts send it."""
    text = f"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: {location}\r\n\r\n"
    return (text.encode(),)


def test_a_redirect_without_a_location_is_none(server: RawServer, tmp_path: Path) -> None:
    server.forget()
    server.on("/odd", moved())
    ran = Observed(tmp_path / "archive", server.port).failing(ODD, limits=LIMITS)
    assert ran.fetch.failures[0].reason == "302 Found"
    assert server.times("/odd") == 1


@pytest.mark.parametrize("location", ["/caf\u00e9?q=\u00fc", "/caf%C3%A9?q=%C3%BC", "caf\u00e9?q=\u00fc", "?\u00fc"])
def test_a_location_in_letters_of_its_own_is_followed(server: RawServer, tmp_path: Path, location: str) -> None:
    server.forget()
    server.on("/odd", _sent(location))
    server.otherwise = lambda asked: answer(asked.path)
    page = Observed(tmp_path / "archive", server.port).get(ODD, limits=LIMITS).result
    assert page.body in {b"/caf%C3%A9?q=%C3%BC", b"/odd?%C3%BC"}


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"])
@pytest.mark.parametrize(
    ("name", "follow"),
    [
        ("itself", lambda asked: asked.path),
        ("a pair", lambda asked: "/pair" if asked.path == "/odd" else "/odd"),
        ("a growing query", lambda asked: f"{asked.path}{'&' if '?' in asked.path else '?'}n=1"),
        ("a growing path", lambda asked: f"{asked.path}/deeper"),
    ],
)
def test_redirects_in_circles_end(server: RawServer, tmp_path: Path, name: str, follow: object, status: str) -> None:
    del name
    server.forget()

    def everywhere(asked: Asked) -> Script:
        assert callable(follow)
        return moved(f"Location: {follow(asked)}", status=status)

    server.on("/robots.txt", answer(b"", status="404 Not Found"))
    server.otherwise = everywhere
    ran = Observed(tmp_path / "archive", server.port).failing(ODD, limits=LIMITS)
    assert [failure.reason for failure in ran.fetch.failures] == ["more than 5 redirects"]
    assert len(server.paths()) == 6


@given(st.text())
@example("http://[::1")
@example("https://www.tu.example:99999999999999999999/")
@example("https://\u3002/")
@example("//\x00")
@example("https://xn--a/")
@example("https://a" + "." * 300)
def test_no_location_is_more_than_an_error_of_its_own(location: str) -> None:
    """Whatever a Location says, an address comes of it or a ``ValueError``, which becomes a failed page."""
    try:
        address = parsed(redirected(parsed(ODD), location))
    except ValueError:
        return
    assert address.scheme == "https"
