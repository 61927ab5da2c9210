"""An imitated Wayback Machine: its index in its own format, and raw captures. Written after its README, not our client.

See "Wayback CDX Server API" in https://github.com/internetarchive/wayback. It answers as the real one does where that
matters: filters are Java-like and match whole fields, ``collapse`` compares neighbours after filtering and without
regard to addresses, the key to resume with follows an empty row, an index has a cap, and a capture that does not
exist redirects to the nearest one in time.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from urllib.parse import parse_qs, quote_plus, unquote, unquote_plus, urlsplit

from live_site import Asked, Reply

HEADER = ["urlkey", "timestamp", "original", "mimetype", "statuscode", "digest", "length"]
NOT_FOUND = Reply(b"<html><body>Not in the archive</body></html>", status=404)
ERROR_PAGE = Reply(b"<!DOCTYPE html><html><title>Internet Archive: Error</title><p>Sorry</p></html>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """One capture that the archive holds; ``revisit`` rows print neither status nor type."""

    url: str
    timestamp: str
    body: bytes = b"<html></html>"
    status: int = 200
    mime: str = "text/html"
    revisit: bool = False
    headers: tuple[tuple[str, str], ...] = ()

    def row(self) -> list[str]:
        digest = base64.b32encode(hashlib.sha1(self.body).digest()).decode()
        mime, status = ("warc/revisit", "-") if self.revisit else (self.mime, str(self.status))
        return [surt(self.url), self.timestamp, self.url, mime, status, digest, str(len(self.body) + 300)]


def surt(url: str) -> str:
    parts = urlsplit(url)
    host = ",".join(reversed(re.sub(r"^www\d*\.", "", parts.hostname or "").split(".")))
    query = f"?{parts.query}" if parts.query else ""
    return f"{host}){parts.path.rstrip('/') or '/'}{query}".lower()


@dataclass
class WaybackSite:
    """``site.otherwise = wayback.answer`` serves it; ``trouble`` is answered first, one reply a request."""

    held: Sequence[Held] = ()
    cap: int = 150_000
    gzipped: bool = False
    trouble: list[Reply] = field(default_factory=list)
    index: Callable[[dict[str, list[str]]], Reply] | None = None
    """Answers in place of the index, for hostile answers."""
    play: Callable[[str, str], Reply] | None = None

    def answer(self, asked: Asked) -> Reply:
        path, _, query = asked.path.partition("?")
        if path == "/robots.txt":
            return Reply(b"", status=404)
        if self.trouble:
            return self.trouble.pop(0)
        if path == "/cdx/search/cdx":
            values = parse_qs(query, keep_blank_values=True)
            return self.index(values) if self.index else self._index(values)
        found = re.fullmatch(r"/web/(\d{1,14})id_/(.+)", asked.path)
        if found is None:
            return NOT_FOUND
        return (self.play or self._play)(found.group(1), found.group(2))

    # ---- the index -----------------------------------------------------------------------

    def _index(self, values: dict[str, list[str]]) -> Reply:
        def value(name: str, default: str = "") -> str:
            return values.get(name, [default])[0]

        rows = self._matching(value("url"), value("matchType", "exact"))
        rows = [row for row in rows if _within(row[1], value("from"), value("to"))]
        rows = [row for row in rows if all(_passes(row, words) for words in values.get("filter", []))]
        for words in values.get("collapse", []):
            rows = _neighbours(rows, words)
        if value("showNumPages"):
            return self._reply(json.dumps(len(rows) // 3 + 1).encode())
        numbered = list(enumerate(rows))
        if value("resumeKey"):
            # It decodes the key once more than the form it came in, as the real one does.
            after = int(unquote_plus(value("resumeKey")).rpartition("!")[2])
            numbered = [(number, row) for number, row in numbered if number > after]
        limit = min(int(value("limit", str(self.cap))), self.cap)
        printed: list[list[str]] = [row for _, row in numbered[:limit]]
        if not printed:
            return self._reply(b"[]")
        answer: list[list[str]] = [HEADER, *printed]
        if value("showResumeKey") == "true" and len(numbered) > limit:
            number, row = numbered[limit - 1]
            answer += [[], [quote_plus(f"{row[0]} {row[1]}!{number}")]]
        return self._reply(b"[" + b",\n ".join(json.dumps(row).encode() for row in answer) + b"]\n")

    def _matching(self, url: str, match: str) -> list[list[str]]:
        if url.endswith("/*"):
            url, match = url[:-1], "prefix"
        if url.startswith("*."):
            url, match = url[2:], "domain"
        key = surt(url if "://" in url else f"http://{url}")
        # The canonical form of an address has no empty query, which makes "path?" a prefix of "path2" too.
        host = key.partition(")")[0]
        tests: dict[str, Callable[[str], bool]] = {
            "exact": lambda k: k == key,
            "prefix": lambda k: k.startswith(key if not url.endswith("/") or key.endswith("/") else f"{key}/"),
            "host": lambda k: k.startswith(f"{host})"),
            "domain": lambda k: k.startswith((f"{host})", f"{host},")),
        }
        return sorted((held.row() for held in self.held if tests[match](surt(held.url))), key=lambda row: row[:2])

    def _reply(self, body: bytes) -> Reply:
        headers = {"content-type": "application/json"}
        if self.gzipped:
            return Reply(gzip.compress(body), headers={**headers, "content-encoding": "gzip"})
        return Reply(body, headers=headers)

    # ---- raw captures --------------------------------------------------------------------

    def _play(self, timestamp: str, url: str) -> Reply:
        same = [held for held in self.held if surt(unquote(held.url)) == surt(unquote(url))]
        if not same:
            return NOT_FOUND
        exact = next((held for held in same if held.timestamp == timestamp), None)
        if exact is None:
            near = min(same, key=lambda held: abs(_time(held.timestamp) - _time(timestamp)))
            return Reply(status=302, headers={"location": f"/web/{near.timestamp}id_/{near.url}"})
        return memento(exact)


def memento(held: Held, **headers: str) -> Reply:
    own = {f"x-archive-orig-{name}": value for name, value in held.headers}
    return Reply(
        held.body,
        status=held.status,
        headers={
            "content-type": held.mime,
            "memento-datetime": format_datetime(_time(held.timestamp), usegmt=True),
            "link": f'<{held.url}>; rel="original", <http://web.archive.org/web/{held.url}>; rel="timegate"',
            "x-archive-src": "example-2020.warc.gz",
            **own,
            **headers,
        },
    )


def _time(timestamp: str) -> datetime:
    return datetime.strptime(timestamp, "%Y%m%d%H%M%S").replace(tzinfo=UTC)


def _within(timestamp: str, since: str, until: str) -> bool:
    return (not since or timestamp >= since.ljust(14, "0")) and (not until or timestamp <= until.ljust(14, "9"))


def _passes(row: list[str], words: str) -> bool:
    inverted = words.startswith("!")
    name, _, pattern = words.removeprefix("!").partition(":")
    return (re.fullmatch(pattern, row[HEADER.index(name)]) is not None) != inverted


def _neighbours(rows: Iterable[list[str]], words: str) -> list[list[str]]:
    name, _, count = words.partition(":")
    kept: list[list[str]] = []
    last: str | None = None
    for row in rows:
        value = row[HEADER.index(name)][: int(count) if count else None]
        if value != last:
            kept.append(row)
        last = value
    return kept
