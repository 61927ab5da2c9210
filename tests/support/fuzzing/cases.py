"""Kept cases: small hostile documents by media type and name. What fuzzing once found stands at the end of its kind."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Callable, Iterator, Mapping
from html import escape
from typing import Any

from fuzzing.documents import HTML, JSON, PAGES
from fuzzing.files import CSV, FILES, ROBOTS, WARC, WORDS, XML
from fuzzing.texts import TEXTS

DOCUMENTS = {**PAGES, **FILES}


def _encoded(document: str) -> bytes:
    return document.encode("utf-8", "surrogatepass")


# ---- a text in its place ------------------------------------------------------------------


def _json_ld(text: str) -> str:
    course = {
        "@context": "https://schema.org", "@type": "Course", "@id": text, "name": text or "x", "url": text,
        "identifier": text, "description": text, "inLanguage": text,
        "provider": {"@type": "Organization", "name": text},
        "offers": [{"price": text, "priceCurrency": text, "category": text}], "timeRequired": text,
        "hasCourseInstance": [{"@type": "CourseInstance", "startDate": text, "url": text, "courseMode": text}],
    }  # fmt: skip
    return f'<script type="application/ld+json">{json.dumps(course)}</script>'


def _page(text: str) -> bytes:
    words = escape(text)
    return _encoded(
        f"<!doctype html><html><head><title>{words}</title>{_json_ld(text)}</head><body><main><h1>{words}</h1>"
        f'<p><a href="{words}">{words}</a></p><dl><dt>Fee</dt><dd>{words}</dd></dl>{text}</main></body></html>'
    )


def _answer(text: str) -> bytes:
    entry: dict[str, Any] = dict.fromkeys(("id", "name", "title", "url", "type", "price", "start", "level"), text)
    entry |= {text: text, "attributes": {"name": text, "instructor": [text]}, "languages": [text, None, {"a": text}]}
    return json.dumps({"data": [entry], "results": [entry], "next": text, "count": text}).encode()


def _feed(text: str) -> bytes:
    words = escape("".join(c for c in text if c >= " " and not "\ud800" <= c <= "\udfff"))
    return _encoded(
        f'<?xml version="1.0"?><rss version="2.0"><channel><title>{words}</title><item><guid>{words}</guid>'
        f"<title>{words}</title><link>{words}</link><description>{text}</description></item></channel></rss>"
    )


def _sitemap(text: str) -> bytes:
    return _encoded(f"<urlset><url><loc>{escape(text)}</loc><lastmod>{escape(text)}</lastmod></url></urlset>")


def _robots(text: str) -> bytes:
    return _encoded(
        f"User-agent: *\nDisallow: /{text}\nAllow: {text}\nCrawl-delay: {text}\nRequest-rate: {text}\nSitemap: {text}\n"
    )


def _table(text: str) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows([["id", "name", "kind", "country", "ror", "domains", "aliases", "source"], [text] * 8])
    return _encoded(out.getvalue())


def _record(text: str) -> bytes:
    head = f"WARC/1.1\r\nWARC-Type: response\r\nWARC-Target-URI: {text}\r\nWARC-Date: {text}\r\n"
    block = f"HTTP/1.1 {text} OK\r\nContent-Type: {text}\r\n\r\n{text}"
    length = len(_encoded(block))
    return gzip.compress(_encoded(f"{head}Content-Length: {length}\r\n\r\n{block}\r\n\r\n"), mtime=0)


_PLACES: Mapping[str, Mapping[str, Callable[[str], bytes]]] = {
    HTML: {"page": _page},
    JSON: {"answer": _answer},
    XML: {"feed": _feed, "sitemap": _sitemap},
    ROBOTS: {"robots": _robots},
    CSV: {"table": _table},
    WARC: {"record": _record},
    WORDS: {"words": _encoded},
}


def _every() -> Iterator[tuple[str, str, bytes]]:
    for media, places in _PLACES.items():
        for place, made in places.items():
            for name, text in TEXTS.items():
                yield media, f"{place}_{name}", made(text)
        for name, document in DOCUMENTS[media].items():
            yield media, name, _encoded(document) if isinstance(document, str) else document


CASES: Mapping[str, tuple[str, bytes]] = {f"{media}:{name}": (media, body) for media, name, body in _every()}
"""The media type and bytes of each case, by a name that says both."""


def of(media: str) -> list[bytes]:
    """The cases of a media type."""
    return [body for kind, body in CASES.values() if kind == media]
