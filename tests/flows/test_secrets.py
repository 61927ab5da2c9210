"""A host that says the key back in every way, in success and in failure: it is in nothing that stays or is shown."""

from __future__ import annotations

import base64
import gzip
import html
import json
import socket
import threading
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from command_line import Done, Run, in_a_process
from databases import QUICKLY
from sqlalchemy import Engine, inspect, text

from flows.settings import Settings
from models.store import open_database
from scrapers.source import DIRECTORY_VARIABLE, discover

KEY = "Tr0ub4dor/&3+kEy=="
IN_BASE64 = [base64.b64encode(before + KEY.encode()) for before in (b"", b":", b"u:", b"user:")]
FRAGMENTS = [
    b"Tr0ub4dor",  # every way of writing it that leaves letters as they are
    "Tr0ub4dor".encode("utf-16-le"),
    *(words[6:-6] for words in IN_BASE64),
]
SOURCE = """
name = "Echo"
kind = "commercial_platform"
country = "NL"
language = "en"
platform = "json_catalogue"
start = ["https://{host}/api/courses"]
cadence = "daily"
complete = true
needs_key = "echo"
key = {{ {place}, how = "ask them" }}
evidence = "assumed"
evidence_note = "invented"
terms = {{ url = "https://{host}/terms", checked = 2026-11-24, note = "invented" }}

[options]
entries = "items"
next = "next"
[options.fields]
ref = "id"
title = "name"
url = "url"
description = "about"
price = "price"
delivery = "delivery"
start = "start"
"""
PLACES = {
    "query": 'query = "serviceKey"',
    "header": 'header = "X-Api-Key", prefix = "Token "',
}
WAYS = (
    "good", "moved", "moved_away", "moved_in_circles", "moved_to_nowhere", "gone", "forbidden", "broken", "busy",
    "torn", "bad_gzip", "no_json", "half_json", "odd_entries", "not_modified", "reset", "garbage", "challenge",
    "robots",
)  # fmt: skip


def all_ways_to_write_it() -> str:
    percent = quote(KEY, safe="")
    ways = [
        KEY, percent, percent.lower(), quote(percent, safe=""), html.escape(KEY), KEY.replace("&", "\\u0026"),
        KEY.replace("/", "\\/"), "".join(f"&#{ord(sign)};" for sign in KEY), *(one.decode() for one in IN_BASE64),
        *(base64.urlsafe_b64encode(before + KEY.encode()).decode() for before in (b"", b"a", b"ab")),
    ]  # fmt: skip
    return " ".join(ways)


@dataclass
class Echo:
    """The server, which does what the first label of the host says, and how often each was sent the key."""

    keys: Counter[str] = field(default_factory=Counter)
    port: int = 0


def handler_of(echo: Echo) -> type[BaseHTTPRequestHandler]:  # noqa: C901 - one branch a way to fail
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            pass

        def say(self, status: int, body: bytes, reason: str = f"Said {KEY}", **headers: str) -> None:
            said = {
                "Content-Type": "application/json", "Content-Length": str(len(body)), "ETag": f'"{KEY}"',
                "Set-Cookie": f"token={quote(KEY, safe='')}; Path=/", "X-Echo": f"{KEY} {IN_BASE64[3].decode()}",
                "WWW-Authenticate": f'Basic realm="{KEY}"',
            }  # fmt: skip
            self.send_response(status, reason)
            for name, value in {**said, **{name.replace("_", "-"): value for name, value in headers.items()}}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def do_GET(self) -> None:
            self.host = self.headers["Host"].partition(":")[0]
            way = self.host.partition(".")[0]
            if self.path == "/robots.txt":
                rules = f"# {KEY}\nUser-agent: *\nDisallow: /closed/{KEY}".encode()
                self.say(500 if way == "robots" else 200, rules, Content_Type="text/plain")
                return
            sent = quote(KEY, safe="") in self.path or self.headers.get("X-Api-Key") == f"Token {KEY}"
            echo.keys[self.host] += sent
            getattr(self, way)(all_ways_to_write_it())

        def good(self, words: str) -> None:
            more = "page=2" not in self.path
            address = f"https://{self.host}/c/1?k={quote(KEY, safe='')}"
            items = [{"id": f"c{more:d}", "name": f"Course for {KEY}", "url": address, "about": words}]
            following = f"https://{self.host}/api/courses?page=2&serviceKey={quote(KEY, safe='')}" if more else None
            body = json.dumps({"items": items, "next": following, "echo": words}).encode()
            self.say(200, body)

        def moved(self, words: str) -> None:
            if "moved" in self.path:
                self.good(words)
            else:
                self.say(302, words.encode(), Location=f"/moved?serviceKey={quote(KEY, safe='')}&page=2")

        def moved_away(self, words: str) -> None:
            self.say(302, words.encode(), Location=f"https://elsewhere.example/{quote(KEY, safe='')}")

        def moved_in_circles(self, words: str) -> None:
            self.say(302, words.encode(), Location=f"/{quote(KEY, safe='')}/{echo.keys.total()}")

        def moved_to_nowhere(self, words: str) -> None:
            self.say(302, words.encode(), Location=f"/closed/{KEY}")

        def gone(self, words: str) -> None:
            self.say(404, words.encode())

        def forbidden(self, words: str) -> None:
            self.say(403, words.encode())

        def broken(self, words: str) -> None:
            self.say(500, words.encode())

        def busy(self, words: str) -> None:
            self.say(429, words.encode(), Retry_After="100000")

        def torn(self, words: str) -> None:
            body = f'{{"items": [{{"id": "1", "name": "{words} {KEY[:-2]}'.encode()
            self.say(200, body, Content_Length=str(len(body) + 1000))
            self.close_connection = True

        def bad_gzip(self, words: str) -> None:
            packed = gzip.compress(words.encode() * 50)
            self.say(200, packed[: len(packed) // 2] + zlib.compress(KEY.encode()), Content_Encoding="gzip")

        def no_json(self, words: str) -> None:
            self.say(200, f"<html><p>wrong key: {words}</p></html>".encode(), Content_Type="text/html")

        def half_json(self, words: str) -> None:
            self.say(200, b'{"items": [{"id": "1", "name": ' + json.dumps(words).encode())

        def odd_entries(self, words: str) -> None:
            odd = [
                {"id": KEY, "name": None},
                {"id": 2, "name": KEY, "price": words, "delivery": KEY, "start": KEY},
                KEY,
            ]
            self.say(200, json.dumps({"items": odd, "next": KEY}).encode())

        def not_modified(self, _: str) -> None:
            self.say(304, b"")

        def reset(self, _: str) -> None:
            self.connection.shutdown(socket.SHUT_RDWR)
            self.close_connection = True

        def garbage(self, words: str) -> None:
            self.wfile.write(f"HTTP/1.1 2x0 {words}\r\nX: {KEY}\r\n\r\n".encode())
            self.close_connection = True

        def challenge(self, words: str) -> None:
            page = f"<html><title>Just a moment...</title><div id='cf-challenge'>{words}</div></html>"
            self.say(503, page.encode(), Content_Type="text/html", Server="cloudflare", cf_mitigated="challenge")

    return Handler


@contextmanager
def echoing(echo: Echo) -> Iterator[Echo]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler_of(echo))
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    echo.port = server.server_address[1]
    yield echo
    server.shutdown()
    server.server_close()


def declared(folder: Path) -> None:
    """A directory of sources of one's own: a catalogue for each way, with the key in either place."""
    for way in WAYS:
        for place, key in PLACES.items():
            (folder / f"{way}_{place}").mkdir(parents=True)
            toml = SOURCE.format(place=key, host=f"{way}.{place}.example")
            (folder / f"{way}_{place}" / "source.toml").write_text(toml, encoding="utf-8")


@pytest.fixture
def echo(tmp_path: Path) -> Iterator[Echo]:
    declared(tmp_path / "sources")
    discover.cache_clear()
    with echoing(Echo()) as echo:
        yield echo
    discover.cache_clear()


def leaks(words: bytes) -> list[bytes]:
    return [fragment for fragment in FRAGMENTS if fragment in words]


def unpacked(content: bytes) -> bytes:
    """All gzip members of a file, one after another; what is no gzip as it is."""
    found = b""
    while content.startswith(b"\x1f\x8b"):
        member = zlib.decompressobj(zlib.MAX_WBITS | 16)
        found += member.decompress(content)
        content = member.unused_data
    return found + content


def files_with_the_key(folder: Path) -> dict[str, list[bytes]]:
    """Every byte of every file, packed and unpacked."""
    found = {}
    for file in folder.rglob("*"):
        if file.is_file():
            content = file.read_bytes()
            found[str(file.relative_to(folder))] = leaks(content) + leaks(unpacked(content))
    assert len(found) > 3
    return {name: leaked for name, leaked in found.items() if leaked}


def lines_with_the_key(done: Done) -> list[str]:
    return [line for line in (done.stdout + done.stderr).splitlines() if leaks(line.encode())]


def rows_with_the_key(engine: Engine) -> list[str]:
    unread = {"search_words"} if engine.dialect.name == "sqlite" else set()
    with engine.connect() as connection:
        found = []
        for table in set(inspect(engine).get_table_names()) - unread:
            for row in connection.execute(text(f"select * from {table}")):
                found += [f"{table}: {row}" for value in row if leaks(str(value).encode("utf-8", "replace"))]
    return found


@QUICKLY
def test_a_key_that_is_said_back_is_nowhere(
    tmp_path: Path, run_here: Run, database_url: str, echo: Echo, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {
        DIRECTORY_VARIABLE: str(tmp_path / "sources"), "MICROCRED_LOOPBACK_PORT": str(echo.port),
        "MICROCRED_KEY_ECHO": KEY,
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)  # the command line of a test begins without them
    sources = [f"{way}_{place}" for way in WAYS for place in PLACES]
    first = run_here("-v", "harvest", *sources, "--as-of", "2026-01-01T06:00:00Z", "--json")
    outcomes = {run["source"]: run["outcome"] for run in json.loads(first.stdout)}
    some = [f"{way}_{place}" for way in ("good", "moved", "odd_entries") for place in PLACES]
    shown = {"first": first}
    for command in (
        ("-v", "harvest", *some, "--as-of", "2026-02-01T06:00:00Z", "--json"),
        ("status", "--json"), ("status",), ("problems", "--json"), ("sources", "check", *some, "--json"),
        ("query", "--sql", "select * from run_log"), ("query", "--sql", "select * from open_problem"),
        ("harvest", *some, "--dry-run", "--json"),
    ):  # fmt: skip
        shown[" ".join(command)] = run_here(*command)

    asked = [f"{way}.{place}.example" for way in WAYS for place in PLACES if way != "robots"]
    assert {host for host in asked if not echo.keys[host]} == set()  # the key was really sent, in both places
    assert {outcomes[f"good_{place}"] for place in PLACES} <= {"ok", "partial"}
    assert {outcomes[f"{way}_query"] for way in ("gone", "broken", "torn", "reset", "garbage")} <= {"failed", "partial"}
    assert {outcomes[f"{way}_query"] for way in ("forbidden", "challenge", "robots")} == {"blocked"}
    assert [(way, leaked) for way, done in shown.items() if (leaked := lines_with_the_key(done))] == []
    assert files_with_the_key(tmp_path / "data") == {}
    engine = open_database(database_url)
    assert rows_with_the_key(engine) == []
    with engine.connect() as connection:
        titles = list(connection.execute(text("select title from programme_current")).scalars())
    engine.dispose()
    assert "Course for REDACTED" in titles
    if database_url.startswith("sqlite"):
        assert leaks((tmp_path / "observatory.sqlite").read_bytes()) == []


@pytest.mark.faults
def test_prefect_keeps_no_key(tmp_path: Path, echo: Echo) -> None:
    """A flow with its own server: what Prefect keeps of parameters, logs, results and artifacts, byte by byte."""
    home = tmp_path / "prefect"
    environment: dict[str, Any] = {
        "PREFECT_HOME": str(home), "PREFECT_SERVER_ANALYTICS_ENABLED": "false", "DO_NOT_TRACK": "1",
        "PREFECT_LOGGING_EXTRA_LOGGERS": "flows", "PREFECT_SERVER_ALLOW_EPHEMERAL_MODE": "true",
        DIRECTORY_VARIABLE: str(tmp_path / "sources"), "MICROCRED_LOOPBACK_PORT": str(echo.port),
        "MICROCRED_KEY_ECHO": KEY,
    }  # fmt: skip
    some = [f"{way}_{place}" for way in ("good", "broken", "moved_to_nowhere") for place in PLACES]
    done = in_a_process(tmp_path, "harvest", *some, "--prefect", "--as-of", "2026-01-01T06:00:00Z", **environment)
    assert lines_with_the_key(done) == []
    assert (home / "prefect.db").stat().st_size > 100_000
    assert files_with_the_key(home) == {}
    assert files_with_the_key(tmp_path / "data") == {}
    assert echo.keys.total() >= 6


PASSWORD = "gehe1mes-Wort"
URLS = (
    f"postgresql://reader:{PASSWORD}@127.0.0.1:1/observatory",
    f"postgresql://reader@127.0.0.1:1/observatory?password={PASSWORD}",
    f"postgresql://reader:{PASSWORD}@127.0.0.1:no/observatory",
    f"mysql://reader:{PASSWORD}@127.0.0.1/observatory",
)


@pytest.mark.parametrize("url", URLS)
def test_a_password_is_in_no_error_and_in_no_status(run_here: Run, monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("MICROCRED_DATABASE_URL", url)
    for command in (
        ("status",), ("status", "--json"), ("db", "url"), ("db", "url", "--json"), ("db", "check"),
        ("db", "backup", "copy.dump"), ("query", "--sql", "select 1"), ("harvest", "opensap", "--dry-run", "--json"),
        ("-v", "harvest", "opensap"), ("rebuild", "--dry-run"),
    ):  # fmt: skip
        done = run_here(*command)
        assert PASSWORD not in done.stdout + done.stderr, command
        assert "Traceback" not in done.stderr, command


def test_settings_show_no_password(monkeypatch: pytest.MonkeyPatch) -> None:
    for url in URLS:
        shown = Settings(database_url=url, archive_url=f"s3://id:{PASSWORD}@bucket/x", _env_file=None)
        assert PASSWORD not in repr(shown) + str(shown)
    monkeypatch.setenv("MICROCRED_LOOPBACK_PORT", PASSWORD)
    with pytest.raises(ValueError, match="loopback_port") as refused:
        Settings(_env_file=None)
    assert PASSWORD not in str(refused.value)
