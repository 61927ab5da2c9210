"""A small Common Crawl: a list of crawls, their indexes in pages, and WARC files read by range.

The WARC files are written by our own archive, the answers after https://index.commoncrawl.org and
https://commoncrawl.org/cdxj-index.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from live_site import Asked, Reply

from scrapers.archive import Archive
from scrapers.warc import Exchange, RunWriter

INDEX_HOST, DATA_HOST = "index.commoncrawl.org", "data.commoncrawl.org"
NO_CAPTURES = Reply(b'{"message": "No Captures found for: x"}', status=404)


def exchange(url: str, at: datetime, body: bytes, *, status: int = 200, truncated: str | None = None) -> Exchange:
    content_type = "application/json" if body.startswith((b"{", b"[")) else "text/html; charset=utf-8"
    return Exchange(
        asked_for=url,
        url=url,
        at=at,
        purpose="page",
        request_headers=(("user-agent", "example"),),
        protocol="HTTP/1.1",
        status=status,
        reason="OK" if status == 200 else "",
        headers=(("content-type", content_type), ("x-own", "yes")),
        body=body,
        truncated=truncated,
    )


@dataclass
class CrawlSite:
    """``site.otherwise = crawl.answer`` serves it. A crawl is named by the week it was written in."""

    root: Path
    page_size: int = 2
    rows: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    index: Callable[[str, dict[str, list[str]]], Reply] | None = None
    data: Callable[[Asked], Reply] | None = None
    list: Reply | None = None

    def crawl(self, at: datetime, exchanges: list[Exchange]) -> str:
        """Write one crawl and return its name."""
        name = f"CC-MAIN-{at:%G-%V}"
        with Archive(self.root).run_writer(name.lower(), "0123456789abcdef", at) as writer:
            rows = [self._row(writer, one) for one in exchanges]
            writer.close({})
        self.rows[name] = sorted(rows, key=lambda row: (row["urlkey"], row["timestamp"]))
        return name

    def _row(self, writer: RunWriter, one: Exchange) -> dict[str, str]:
        place = writer.response(one)
        mime = dict(one.headers)["content-type"].partition(";")[0]
        row = {
            "urlkey": one.url,
            "timestamp": f"{one.at:%Y%m%d%H%M%S}",
            "url": one.url,
            "mime": mime,
            "mime-detected": mime,
            "status": str(one.status),
            "digest": "B2LTWWPUOYAH7UIPQ7ZUPQ4VMBSVC36A",
            "length": str(place.length),
            "offset": str(place.offset),
            "filename": f"crawl-data/{place.file}",
        }
        return row | ({"truncated": one.truncated} if one.truncated else {})

    def answer(self, asked: Asked) -> Reply:
        path, _, query = asked.path.partition("?")
        if path == "/robots.txt":
            return Reply(b"", status=404)
        if asked.host == DATA_HOST:
            return self.data(asked) if self.data else self._data(path, asked.headers.get("range", ""))
        if path == "/collinfo.json":
            return self.list or Reply(json.dumps(self._list()).encode(), headers={"content-type": "application/json"})
        name = path.removeprefix("/").removesuffix("-index")
        values = parse_qs(query, keep_blank_values=True)
        return self.index(name, values) if self.index else self._index(name, values)

    def _list(self) -> list[dict[str, str]]:
        def one(name: str) -> dict[str, str]:
            end = datetime.fromisocalendar(int(name[8:12]), int(name[13:]), 7)
            return {
                "id": name,
                "name": name,
                "cdx-api": f"https://{INDEX_HOST}/{name}-index",
                "from": (end - timedelta(days=13)).isoformat(),
                "to": end.isoformat(),
            }

        return [one(name) for name in sorted(self.rows, reverse=True)]

    def _index(self, name: str, values: dict[str, list[str]]) -> Reply:
        url, match = values["url"][0], values.get("matchType", ["exact"])[0]
        inverted = [words.removeprefix("!~status:") for words in values.get("filter", [])]
        rows = [
            row
            for row in self.rows.get(name, [])
            if _is_matched(row["url"], url, match) and not any(re.fullmatch(one, row["status"]) for one in inverted)
        ]
        since, until = values.get("from", [""])[0], values.get("to", ["9"])[0]
        rows = [row for row in rows if since <= row["timestamp"] <= until.ljust(14, "9")]
        pages = [rows[at : at + self.page_size] for at in range(0, len(rows), self.page_size)]
        if "showNumPages" in values:
            return Reply(json.dumps({"pages": len(pages) or 1, "pageSize": 5, "blocks": 1}).encode())
        number = int(values.get("page", ["0"])[0])
        if number >= len(pages):
            return NO_CAPTURES
        return Reply("".join(json.dumps(row) + "\n" for row in pages[number]).encode())

    def _data(self, path: str, span: str) -> Reply:
        file = self.root / path.removeprefix("/crawl-data/")
        if not file.is_file():
            return Reply(b"<Error>NoSuchKey</Error>", status=404)
        found = re.fullmatch(r"bytes=(\d+)-(\d+)", span)
        if found is None:
            return Reply(file.read_bytes())
        first, last = int(found.group(1)), int(found.group(2))
        part = file.read_bytes()[first : last + 1]
        headers = {
            "content-range": f"bytes {first}-{first + len(part) - 1}/{file.stat().st_size}",
            "content-type": "application/octet-stream",
        }
        return Reply(part, status=206, headers=headers)


def _is_matched(url: str, wanted: str, match: str) -> bool:
    if match == "prefix":
        return url.startswith(wanted)
    if match in {"host", "domain"}:
        return urlsplit(url).hostname == (urlsplit(wanted).hostname or wanted)
    return url == wanted
