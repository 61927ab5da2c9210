"""Sitemaps (https://www.sitemaps.org/protocol.html): the addresses a host lists of its own pages, nested or not."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import AsyncIterator, Iterator, Mapping, MutableMapping
from dataclasses import dataclass, field, replace

from lxml import etree

from models.records import Page
from scrapers.decode import TEXT_BYTES_MAX, PageUnreadable, local_name, xml_tree
from scrapers.scraper import Fetch, PageFailed
from scrapers.signals import Signal, lastmod

ADDRESSES_MAX = 50_000
"""The protocol's own bound for one sitemap; more than that is not walked in one run."""

SITEMAPS_MAX = 200
_ACCEPT = "application/xml"


@dataclass(frozen=True, slots=True)
class Sitemap:
    """One document: addresses of pages, or (in an index) of further sitemaps.

    ``truncated`` is true if the end of the document is missing, and addresses with it. ``signals`` are the words of
    ``<lastmod>`` by the address of the page, where they are printed.
    """

    pages: tuple[str, ...]
    sitemaps: tuple[str, ...]
    truncated: bool = False
    signals: Mapping[str, Signal] = field(default_factory=dict)


def sitemap(page: Page) -> Sitemap:
    """Return what a sitemap document lists.

    A document that breaks off is read as far as it goes. Entities are never expanded.

    Raises:
        PageUnreadable: if it is no sitemap.
    """
    decoded = xml_tree(_unpacked(page))
    tree = decoded.tree
    name = local_name(tree)
    if name not in {"urlset", "sitemapindex"}:
        raise PageUnreadable(f"expected a sitemap, found <{name}>")
    listed = list(_entries(tree, "url"))
    return Sitemap(
        pages=tuple(address for address, _ in listed),
        sitemaps=tuple(address for address, _ in _entries(tree, "sitemap")),
        truncated=decoded.truncated,
        signals={address: signal for address, words in listed if (signal := lastmod(words)) is not None},
    )


async def walk_sitemaps(fetch: Fetch, start: str, found: MutableMapping[str, Signal | None]) -> AsyncIterator[Page]:
    """Yield the sitemaps from ``start`` on, each once; the addresses of pages they list are added to ``found``.

    With each address stands what the sitemap says of when the page last changed. If two say something else of one page,
    that counts as nothing said. A sitemap that cannot be had or read makes the walk incomplete and costs no other.

    Raises:
        SourceBlocked: if the host refuses us.
    """
    waiting, seen = {start: None}, set[str]()
    while waiting:
        url = next(iter(waiting))
        del waiting[url]
        seen.add(url)
        if len(seen) > SITEMAPS_MAX or len(found) > ADDRESSES_MAX:
            fetch.incomplete(f"more than {SITEMAPS_MAX} sitemaps or {ADDRESSES_MAX:,} addresses: the rest is not read")
            return
        try:
            page = await fetch.get(url, accept=None if url.endswith(".gz") else _ACCEPT)
        except PageFailed:
            continue
        yield page
        try:
            # A sitemap may hold 50,000 addresses: the requests of other sources go on meanwhile.
            listed = await asyncio.to_thread(sitemap, page)
        except PageUnreadable as error:
            fetch.incomplete(f"{url}: {error}")
            continue
        if listed.truncated:
            fetch.incomplete(f"{url} breaks off before its end: addresses are missing")
        for address in listed.pages:
            signal = listed.signals.get(address)
            found[address] = signal if found.get(address, signal) == signal else None
        for address in listed.sitemaps:
            if len(seen) + len(waiting) > SITEMAPS_MAX:
                break  # one more than is read, which is enough to be told so
            if address not in seen:
                waiting[address] = None


def listed_pages(fetch: Fetch, found: Mapping[str, Signal | None], *, accept: str) -> AsyncIterator[Page]:
    """Yield the pages that sitemaps list (``walk_sitemaps``), with what these say of them.

    Raises:
        SourceBlocked: if the host refuses us.
    """
    signals = {address: signal for address, signal in found.items() if signal is not None}
    return fetch.many(found, accept=accept, signals=signals)


def _unpacked(page: Page) -> Page:
    """Return a sitemap that is published as a gzip file with its text as the body."""
    if not page.body.startswith(b"\x1f\x8b"):
        return page
    unpacker = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    try:
        body = unpacker.decompress(page.body, TEXT_BYTES_MAX + 1)
    except zlib.error as error:
        raise PageUnreadable(f"a damaged gzip file: {error}") from error
    if len(body) > TEXT_BYTES_MAX:
        raise PageUnreadable(f"more than {TEXT_BYTES_MAX:,} bytes when unpacked")
    return replace(page, body=body)


def _entries(tree: etree._Element, name: str) -> Iterator[tuple[str, str | None]]:
    """Yield the addresses of a sitemap's entries, with the words of their ``<lastmod>``."""
    for entry in tree.iterchildren(f"{{*}}{name}"):
        words = entry.findtext("{*}loc")
        if words and words.strip():
            yield words.strip(), entry.findtext("{*}lastmod")
