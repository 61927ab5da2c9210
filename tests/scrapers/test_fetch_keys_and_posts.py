"""Keys that go where a declaration says and nowhere else, headers a host asks for, and bodies that are posted."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from pathlib import Path

from live_site import BASE, Asked, Observed, Reply, Site, source_of
from warcio.archiveiterator import ArchiveIterator

from models.records import KeyPlace
from scrapers.posting import posted

KEY = "s3cret/key=="
JSON = {"content-type": "application/json"}


def records(observed: Observed, file: str) -> list[tuple[str, str, bytes]]:
    """Type, first line of HTTP and body of every record, read by a stock reader."""
    found = []
    with (observed.archive.root / file).open("rb") as handle:
        for record in ArchiveIterator(handle):
            head = record.http_headers
            line = f"{head.protocol} {head.statusline}" if head else ""
            found.append((record.rec_type, line, record.content_stream().read()))
    return found


def everything(root: Path, file: str) -> bytes:
    """All bytes of a file of the archive, unpacked."""
    return gzip.decompress((root / file).read_bytes())


def test_a_key_in_the_query_is_sent_and_never_kept(observed: Observed, site: Site) -> None:
    site.on("/courses?page=1&serviceKey=s3cret%2Fkey%3D%3D", Reply(b'{"items": []}', headers=JSON))
    source = replace(source_of("www.tu.example"), key=KeyPlace(how="ask", query="serviceKey"), needs_key="tu")
    ran = observed.get(f"{BASE}/courses?page=1", source=source, secret=KEY, accept="application/json")
    assert ran.result.url == f"{BASE}/courses?page=1"
    assert "serviceKey=s3cret%2Fkey%3D%3D" in site.asked[-1].path
    assert KEY.encode() not in everything(observed.archive.root, ran.file)
    assert b"s3cret" not in everything(observed.archive.root, ran.file)


def test_a_key_in_a_header_is_sent_with_its_prefix_and_never_kept(observed: Observed, site: Site) -> None:
    site.on("/courses", Reply(b"[]", headers=JSON))
    source = replace(
        source_of("www.tu.example"), key=KeyPlace(how="ask", header="X-Api-Key", prefix="Token "), needs_key="tu"
    )
    ran = observed.get(f"{BASE}/courses", source=source, secret=KEY, accept="application/json")
    assert site.asked[-1].headers["x-api-key"] == f"Token {KEY}"
    assert b"s3cret" not in everything(observed.archive.root, ran.file)


def test_robots_txt_is_asked_for_without_the_key(observed: Observed, site: Site) -> None:
    site.on("/courses?k=s3cret%2Fkey%3D%3D", Reply(b"[]", headers=JSON))
    source = replace(source_of("www.tu.example"), key=KeyPlace(how="ask", query="k"), needs_key="tu")
    observed.get(f"{BASE}/courses", source=source, secret=KEY)
    assert site.paths(robots=True)[0] == "/robots.txt"


def test_headers_a_host_asks_for_are_sent_beside_our_own(observed: Observed, site: Site) -> None:
    site.on("/courses", b"<p>x</p>")
    source = replace(source_of("www.tu.example"), headers={"Caller-Id": "observatory", "User-Agent": "a browser"})
    observed.get(f"{BASE}/courses", source=source)
    assert site.asked[-1].headers["caller-id"] == "observatory"
    assert "a browser" not in site.asked[-1].headers["user-agent"]


def echoed(asked: Asked) -> Reply:
    return Reply(json.dumps({"method": asked.method, "got": json.loads(asked.body)}).encode(), headers=JSON)


def test_a_body_is_posted_and_kept_with_its_answer(observed: Observed, site: Site) -> None:
    site.on("/search", echoed)
    value = {"Query": {"@type": "x"}, "Skip": 0}
    ran = observed.get(posted(f"{BASE}/search", value), source=source_of("www.tu.example"), accept="application/json")
    assert json.loads(ran.result.body) == {"method": "POST", "got": value}
    assert ran.result.url == posted(f"{BASE}/search", value)
    kept = records(observed, ran.file)
    [(_, line, body)] = [record for record in kept if record[0] == "request" and "POST" in record[1]]
    assert (line, json.loads(body)) == ("POST /search HTTP/1.1", value)


def test_the_same_answer_to_the_same_body_is_kept_once(observed: Observed, site: Site) -> None:
    site.on("/search", echoed)
    url = posted(f"{BASE}/search", {"Skip": 0})
    first = observed.get(url, source=source_of("www.tu.example"))
    again = observed.get(url, source=source_of("www.tu.example"), known=[first.result], key="fedcba9876543210")
    assert again.result.unchanged
    assert again.result.place == first.result.place
    other = observed.get(
        posted(f"{BASE}/search", {"Skip": 100}),
        source=source_of("www.tu.example"),
        known=[first.result],
        key="00ff00ff",
    )
    assert not other.result.unchanged


def test_a_redirect_of_what_was_posted_is_not_followed(observed: Observed, site: Site) -> None:
    site.on("/search", Reply(status=307, headers={"location": "/elsewhere"}))
    site.on("/elsewhere", echoed)
    ran = observed.failing(posted(f"{BASE}/search", {}), source=source_of("www.tu.example"))
    assert "a redirect of what was posted" in ran.result
    assert site.paths() == ["/search"]
