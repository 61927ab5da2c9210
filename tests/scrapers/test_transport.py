"""The way to a host, over real sockets: what is sent, what is kept of a connection, and where a name may lead."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable

import httpx
import pytest

from scrapers.transport import AiohttpTransport, PublicResolver

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n"
Client = Callable[[httpx.AsyncClient], Awaitable[None]]


async def talked(client: Client, *answers: bytes, close: bool = False) -> list[bytes]:
    """Let ``client`` ask a server that gives ``answers`` in turn; return the heads of the requests it got."""
    heads: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while len(heads) < len(answers):
                head = await reader.readuntil(b"\r\n\r\n")
                heads.append(head)
                writer.write(answers[len(heads) - 1])
                await writer.drain()
                if close:
                    break
        except asyncio.IncompleteReadError:
            pass
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        transport = AiohttpTransport(tls=None, loopback={"www.tu.example": port})
        async with httpx.AsyncClient(transport=transport, headers={"User-Agent": "us"}) as http:
            await client(http)
    return heads


def test_only_our_own_headers_are_sent() -> None:
    async def ask(http: httpx.AsyncClient) -> None:
        await http.get("https://www.tu.example/a", headers={"Accept": "text/html"})

    (head,) = asyncio.run(talked(ask, OK + b"\r\n{}"))
    lines = dict(line.split(b": ", 1) for line in head.split(b"\r\n")[1:] if line)
    assert {name.lower(): value for name, value in lines.items()} == {
        b"host": b"www.tu.example",
        b"user-agent": b"us",
        b"accept": b"text/html",
        b"accept-encoding": b"gzip, deflate",
        b"connection": b"keep-alive",
    }


def test_nothing_is_added_to_a_request_that_says_little() -> None:
    async def ask(http: httpx.AsyncClient) -> None:
        await http.send(httpx.Request("POST", "https://www.tu.example/a", content=b"{}"))

    (head,) = asyncio.run(talked(ask, OK + b"\r\n{}"))
    assert sorted(head.strip().lower().split(b"\r\n")[1:]) == [b"content-length: 2", b"host: www.tu.example"]


def test_an_address_is_asked_for_as_it_is_written() -> None:
    async def ask(http: httpx.AsyncClient) -> None:
        await http.get("https://www.tu.example/a%7Eb/%c3%a9?x=%2B+%20&y=%2f")

    (head,) = asyncio.run(talked(ask, OK + b"\r\n{}"))
    assert head.startswith(b"GET /a%7Eb/%c3%a9?x=%2B+%20&y=%2f HTTP/1.1\r\n")


def test_a_cookie_is_never_sent_back() -> None:
    async def ask(http: httpx.AsyncClient) -> None:
        await http.get("https://www.tu.example/a")
        http.cookies.clear()
        await http.get("https://www.tu.example/b")

    heads = asyncio.run(talked(ask, OK + b"Set-Cookie: who=you\r\n\r\n{}", OK + b"\r\n{}"))
    assert len(heads) == 2
    assert b"cookie" not in heads[1].lower()


def test_a_connection_that_the_host_closed_meanwhile_costs_no_page() -> None:
    async def ask(http: httpx.AsyncClient) -> None:
        for path in ("a", "b", "c"):
            answer = await http.get(f"https://www.tu.example/{path}")
            assert answer.content == b"{}"

    heads = asyncio.run(talked(ask, *[OK + b"\r\n{}"] * 3, close=True))
    assert [head.split(b" ")[1] for head in heads] == [b"/a", b"/b", b"/c"]


def test_a_body_is_given_in_the_coding_it_came_in() -> None:
    async def ask(http: httpx.AsyncClient) -> None:
        async with http.stream("GET", "https://www.tu.example/a") as answer:
            assert [piece async for piece in answer.aiter_raw()] == [b"\x1f\x8b"]

    asyncio.run(talked(ask, OK + b"Content-Encoding: gzip\r\n\r\n\x1f\x8b"))


def test_an_answer_that_is_no_http_is_an_error_of_the_host() -> None:
    async def ask(http: httpx.AsyncClient) -> None:
        with pytest.raises(httpx.RemoteProtocolError):
            await http.get("https://www.tu.example/a")

    assert len(asyncio.run(talked(ask, b"220 mail.tu.example ESMTP\r\n\r\n", close=True))) == 1


def test_a_host_that_is_not_mapped_is_never_asked() -> None:
    async def ask(http: httpx.AsyncClient) -> None:
        with pytest.raises(httpx.UnsupportedProtocol, match="not mapped"):
            await http.get("https://elsewhere.example/")

    assert asyncio.run(talked(ask)) == []


def test_a_name_that_leads_to_this_machine_is_refused() -> None:
    async def look_up() -> None:
        await PublicResolver().resolve("localhost", 80, socket.AF_UNSPEC)

    with pytest.raises(OSError, match="not a public address"):
        asyncio.run(look_up())


@pytest.mark.parametrize("proxy", ["http://localhost:3128", "localhost:3128"])
def test_a_proxy_of_the_environment_may_be_inside(monkeypatch: pytest.MonkeyPatch, proxy: str) -> None:
    async def look_up() -> list[str]:
        found = await PublicResolver().resolve("localhost", 3128, socket.AF_INET)
        return [address["host"] for address in found]

    monkeypatch.setenv("https_proxy", proxy)
    monkeypatch.setenv("no_proxy", "::1,.internal")
    assert asyncio.run(look_up()) == ["127.0.0.1"]


def test_a_client_of_live_hosts_never_asks_this_machine_under_another_name() -> None:
    async def ask() -> None:
        transport = AiohttpTransport(tls=httpx.create_ssl_context())
        async with httpx.AsyncClient(transport=transport) as http:
            await http.get("http://localhost:9/")

    with pytest.raises(httpx.ConnectError, match="not a public address"):
        asyncio.run(ask())
