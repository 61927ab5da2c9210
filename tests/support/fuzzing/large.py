"""Pages too large or too deep to be kept, made and read in a process of their own: ``python -m fuzzing.large NAME``."""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable, Mapping

from pages import page_of

from models.records import Page
from scrapers import decode, html, structured
from scrapers.decode import PageUnreadable
from scrapers.sitemaps import sitemap

MB = 1_000_000
JSON, XML = "application/json", "application/xml"


def _html(page: Page) -> str:
    return f"{len(list(html.soup(page).find_all(limit=10)))} elements or more"


def _tree(page: Page) -> str:
    return decode.html_tree(page).tag


def _nodes(page: Page) -> str:
    found, problems = structured.nodes(page)
    return f"{len(found)} nodes, {[problem.message[:80] for problem in problems]}"


def _json(page: Page) -> str:
    return type(decode.json_value(page)).__name__


def _xml(page: Page) -> str:
    decoded = decode.xml_tree(page)
    return f"<{decoded.tree.tag}> {[problem.message[:80] for problem in decoded.problems]}"


def _plain(page: Page) -> str:
    return f"{len(decode.plain(decode.text(page)) or ''):,} characters"


def _times(piece: str, megabytes: float) -> str:
    return piece * int(megabytes * MB / len(piece))


def _ld(value: str) -> str:
    return f'<html><script type="application/ld+json">{value}</script><h1>Ropes</h1></html>'


def _attributes(count: int) -> str:
    return "<html><body><p " + " ".join(f"a{n}=x" for n in range(count)) + ">Ropes</p></body></html>"


def _gzip(megabytes: float) -> bytes:
    import gzip

    return gzip.compress(b" " * int(megabytes * MB), 1)


LARGE: Mapping[str, tuple[Callable[[], str | bytes], str, Callable[[Page], str]]] = {
    "html of 100 MB": (lambda: "<html>" + _times("<p>Ropes</p>", 100), "text/html", _html),
    "html of 60 MB of tags": (lambda: "<html>" + _times("<p>Ropes</p>", 60), "text/html", _tree),
    "html of 60 MB of text": (lambda: "<html><p>" + _times("Ropes ", 60), "text/html", _html),
    "html of just the tags that are read": (lambda: "<html>" + "<p>Ropes</p>" * 999_000, "text/html", _tree),
    "html of depth 100,000": (lambda: "<div>" * 100_000, "text/html", _html),
    "html of depth 100,000, closed": (lambda: "<div>" * 100_000 + "</div>" * 100_000, "text/html", _html),
    "a million attributes": (lambda: _attributes(1_000_000), "text/html", _html),
    "a comment of 20 MB without an end": (lambda: "<p>a</p><!--" + _times("x ", 20), "text/html", _html),
    "20 MB of comments without an end": (lambda: _times("<!--", 20), "text/html", _html),
    "a script of 20 MB": (lambda: "<script>" + _times("a<b; ", 7) + "x" * 13 * MB + "</script>", "text/html", _html),
    "JSON-LD of 20 MB": (lambda: _ld('{"@type":"Course","name":"' + "x" * 20 * MB + '"}'), "text/html", _nodes),
    "JSON-LD of 20 MB, damaged": (lambda: _ld('{"@type":"Course","a":[' + _times("{'b:", 20)), "text/html", _nodes),
    "20 MB of JSON-LD without an end": (
        lambda: _times('<script type="application/ld+json">{"@type":', 20), "text/html", _nodes,
    ),
    "20 MB of microdata": (
        lambda: _times("<div itemscope itemtype=c><p itemprop=a>x</p></div>", 20), "text/html", _nodes,
    ),
    "20 MB of RDFa": (lambda: _times("<div typeof=c><p property=a>x</p></div>", 20), "text/html", _nodes),
    "20 MB of scripts in a text": (lambda: _times("<script>", 20), "text/html", _plain),
    "20 MB of comments in a text": (lambda: _times("<!--", 20), "text/html", _plain),
    "20 MB of blanks in a text": (lambda: "<p>a\n" + _times("\u3000", 20 / 3) + "b", "text/html", _plain),
    "JSON of depth 100,000": (lambda: "[" * 100_000, JSON, _json),
    "JSON of 60 MB of brackets": (lambda: "[" + _times("[],", 60) + "[]]", JSON, _json),
    "JSON of 20 MB of quotes": (lambda: "[" * 201 + '"' + _times('\\"', 20), JSON, _json),
    "a number of 20 million digits": (lambda: "[" + "9" * 20 * MB + "]", JSON, _json),
    "XML of 60 MB of tags": (lambda: "<c>" + _times("<a/>", 60) + "</c>", XML, _xml),
    "XML with a text of 11 MB": (lambda: "<c><d/><e>" + "x" * 11 * MB + "</e></c>", XML, _xml),
    "XML of depth 100,000": (lambda: "<a>" * 100_000, XML, _xml),
    "20 MB of roots": (lambda: _times("<a", 20), XML, _xml),
    "20 MB of ampersands": (lambda: "<c><d/>" + _times("& ", 20) + "</c>", XML, _xml),
    "a gzip file of 1 GB of blanks": (lambda: _gzip(1_000), XML, lambda page: str(sitemap(page))),
}  # fmt: skip


def main() -> None:
    """Read one page and print what came of it, in how many seconds of processor time, and with how much memory."""
    made, content_type, read = LARGE[sys.argv[1]]
    document = made()
    page = page_of(document.encode() if isinstance(document, str) else document, content_type)
    del document
    before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    try:
        outcome = read(page)
    except PageUnreadable as error:
        outcome = f"PageUnreadable: {error}"
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    facts = {"page": sys.argv[1], "mb": round(len(page.body) / MB, 1), "outcome": outcome[:200]}
    facts |= {"seconds": round(time.process_time() - began, 2), "peak_mb": peak // 1024, "before_mb": before // 1024}
    sys.stdout.write(json.dumps(facts) + "\n")


if __name__ == "__main__":
    main()
