"""Looks at a site, politely and with few requests, and proposes how it could be declared as a source.

What is tried, in this order: the page itself (JSON, XML, a feed), data interfaces that its markup betrays, embedded
schema.org data on pages of its sitemap, feeds it links to, and at last the structure of its list of links.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Protocol
from urllib.parse import urljoin, urlsplit

import tomli
from bs4.element import Tag

from models.records import Page
from scrapers.decode import PageUnreadable
from scrapers.html import labelled, soup, text
from scrapers.recognise import Proposal, recognise
from scrapers.schemaorg import KINDS
from scrapers.scraper import Fetch, PageFailed
from scrapers.signals import Signal
from scrapers.sitemaps import walk_sitemaps
from scrapers.structured import nodes, types, within

_COURSE_WORDS = re.compile(
    r"micro-?cred|mikro|micro-?degree|cours|curso|corso|kurs|course|programme?s?\b|formation|training|badge|mooc|講座",
    re.IGNORECASE,
)
_INTERFACES = (
    ("Shopify", re.compile(rb"cdn\.shopify\.com|Shopify\.theme"), "/products.json?limit=5"),
    (
        "Open edX",
        re.compile(rb"edx-platform|openedx|/static/[^\"']*lms|edx\.org/edx-theme", re.IGNORECASE),
        "/api/courses/v1/courses/",
    ),
    ("Richie", re.compile(rb"richie-react|richie--|data-richie", re.IGNORECASE), "/api/v1.0/courses/?limit=5"),
    ("openHPI", re.compile(rb"xikolo|openhpi", re.IGNORECASE), "/bridges/moochub/courses"),
)
_SAMPLES_OF_A_GROUP = 2
_GROUPS_TRIED = 3
_LINKS_MIN = 3


class Looking(Fetch, Protocol):
    """A ``Fetch`` that tells which sitemaps the hosts' robots.txt name."""

    sitemaps: dict[str, tuple[str, ...]]


@dataclass(slots=True)
class Survey:
    """What was found: proposals, the best first, facts about the site, and the words said on the way."""

    url: str
    proposals: list[Proposal] = field(default_factory=list)
    name: str | None = None
    language: str | None = None
    said: list[str] = field(default_factory=list)


async def survey(fetch: Looking, url: str, say: Callable[[str], None]) -> Survey:
    """Look at the site behind ``url``; ``say`` is told of every step. At most about a dozen requests.

    Raises:
        PageFailed: if the first page cannot be had.
        SourceBlocked: if the host refuses us.
    """
    found = Survey(url)

    def tell(words: str) -> None:
        found.said.append(words)
        say(words)

    page = await fetch.get(url)
    tell(f"{page.status} {page.content_type or 'no type'}, {len(page.body):,} bytes")
    proposal = recognise(page)
    if proposal is not None:
        tell(f"the page is {proposal.why}")
        found.proposals.append(proposal)
        return found
    try:
        tree = soup(page)
    except PageUnreadable as error:
        tell(f"neither JSON, XML nor HTML: {error}")
        return found
    found.name, found.language = _name(tree), _language(tree)
    for look in (_interfaces, _sitemaps, _feeds):
        found.proposals += [proposal async for proposal in look(fetch, page, tree, tell)]
        if found.proposals:
            return found
    proposal = await _structure(fetch, page, tree, tell)
    if proposal is not None:
        found.proposals.append(proposal)
    return found


# --------------------------------------------------------------------------------------
# Interfaces, feeds, sitemaps
# --------------------------------------------------------------------------------------


async def _interfaces(fetch: Looking, page: Page, _: Tag, tell: Callable[[str], None]) -> AsyncIterator[Proposal]:
    for name, mark, path in _INTERFACES:
        if not mark.search(page.body):
            continue
        tell(f"the markup looks like {name}: asking {path}")
        answer = await _try(fetch, urljoin(page.final_url, path))
        proposal = recognise(answer) if answer else None
        if proposal is not None:
            tell(f"found {proposal.why}")
            yield proposal


async def _feeds(fetch: Looking, page: Page, tree: Tag, tell: Callable[[str], None]) -> AsyncIterator[Proposal]:
    selector = 'link[rel~=alternate][type="application/rss+xml"], link[rel~=alternate][type="application/atom+xml"]'
    for link in tree.select(selector)[:_GROUPS_TRIED]:
        address = urljoin(page.final_url, str(link.get("href") or ""))
        words = f"{link.get('title') or ''} {address}"
        if not _COURSE_WORDS.search(words):
            continue
        answer = await _try(fetch, address)
        proposal = recognise(answer) if answer else None
        if proposal is not None and proposal.entries:
            tell(f"the page links to {proposal.why} with {proposal.entries} entries")
            yield proposal


async def _sitemaps(fetch: Looking, page: Page, _: Tag, tell: Callable[[str], None]) -> AsyncIterator[Proposal]:
    named = fetch.sitemaps.get(urlsplit(page.final_url).netloc, ()) or (urljoin(page.final_url, "/sitemap.xml"),)
    listed: dict[str, Signal | None] = {}
    for start in named[:_GROUPS_TRIED]:
        async for _page in walk_sitemaps(fetch, start, listed):
            pass
    if not listed:
        tell("no sitemap with pages")
        return
    tell(f"the sitemap lists {len(listed):,} pages")
    for pattern, addresses in _groups(listed)[:_GROUPS_TRIED]:
        pages = [await _try(fetch, address) for address in addresses[:_SAMPLES_OF_A_GROUP]]
        read = [found for found in pages if found is not None]
        embedded = [kind for found in read for kind in _embedded(found)]
        tell(f"{len(addresses):,} pages like {pattern}: {', '.join(sorted(set(embedded))) or 'no embedded courses'}")
        if embedded:
            why = f"pages that embed schema.org data ({', '.join(sorted(set(embedded)))}), listed in a sitemap"
            yield Proposal(
                platform="jsonld_sitemap", start=named, why=why, options={"match": pattern}, entries=len(addresses)
            )
            return


def _groups(addresses: Iterable[str]) -> list[tuple[str, list[str]]]:
    """Return the addresses by the path above their last part, those that sound like courses first, then the largest."""
    groups: dict[str, list[str]] = defaultdict(list)
    for address in addresses:
        above, _, last = urlsplit(address).path.rstrip("/").rpartition("/")
        if last:
            groups[f"{re.escape(above)}/[^/]+/?$"].append(address)
    fit = [(pattern, found) for pattern, found in groups.items() if _COURSE_WORDS.search(pattern)]
    return sorted(fit, key=lambda group: len(group[1]), reverse=True)


def _embedded(page: Page) -> Iterator[str]:
    try:
        found, _ = nodes(page)
    except PageUnreadable:
        return
    for node in within(found):
        yield from (name for name in types(node) if name in KINDS)


async def _try(fetch: Looking, url: str) -> Page | None:
    try:
        return await fetch.get(url)
    except PageFailed:
        return None


# --------------------------------------------------------------------------------------
# Lists of links
# --------------------------------------------------------------------------------------


async def _structure(fetch: Looking, page: Page, tree: Tag, tell: Callable[[str], None]) -> Proposal | None:
    """Return a declaration of the largest group of links that look alike, with the labels on one of their pages."""
    body = tree.select_one("main") or tree.select_one("body") or tree
    group = _largest_group(body, page)
    if group is None:
        tell("no list of links found: declare the source by hand (docs/adding-a-source.md)")
        return None
    prefix, anchors = group
    item, link = _item_selector(anchors)
    tell(f"{len(anchors)} links below {prefix}, each in {item!r}")
    options: dict[str, object] = {"items": item, "link": link, **_next_page(tree)}
    options["item"] = {"title": link} if link != ":scope" else {}
    detail = await _try(fetch, urljoin(page.final_url, str(anchors[0]["href"])))
    if detail is not None:
        found = _detail(detail)
        tell(f"labels on {detail.url}: {', '.join(sorted(set(found) - {'within', 'title'})) or 'none that is known'}")
        options["detail"] = found
    return Proposal(
        platform="html_catalogue", start=(page.url,), why="a list of links", options=options, entries=len(anchors)
    )


def _largest_group(body: Tag, page: Page) -> tuple[str, list[Tag]] | None:
    groups: dict[str, dict[str, Tag]] = defaultdict(dict)
    host = urlsplit(page.final_url).netloc
    for anchor in body.select("a[href]"):
        if anchor.find_parent(["nav", "header", "footer"]) is not None or not text(anchor):
            continue
        parts = urlsplit(urljoin(page.final_url, str(anchor["href"])))
        above, _, last = parts.path.rstrip("/").rpartition("/")
        if parts.netloc == host and last:
            groups[f"{above}/"].setdefault(parts._replace(fragment="").geturl(), anchor)
    fit = [(len(found) * (3 if _COURSE_WORDS.search(path) else 1), path) for path, found in groups.items()]
    fit = [(weight, path) for weight, path in fit if len(groups[path]) >= _LINKS_MIN]
    if not fit:
        return None
    _, path = max(fit)
    return path, list(groups[path].values())


def _item_selector(anchors: list[Tag]) -> tuple[str, str]:
    """Return a selector of the element that holds one link each, and that of the link within it."""
    holder = anchors[0]
    others = {id(anchor) for anchor in anchors[1:]}
    while holder.parent is not None and holder.parent.name not in {"main", "body", "html", "[document]"}:
        if any(id(anchor) in others for anchor in holder.parent.select("a[href]")):
            break
        holder = holder.parent
    if holder is anchors[0]:
        return _css(holder), ":scope"
    parent = next((p.name for p in anchors[0].parents if p.name in {"h1", "h2", "h3", "h4", "h5", "h6"}), None)
    return _css(holder), f"{parent} a" if parent else "a"


def _css(element: Tag) -> str:
    named = element.get("class")
    classes = [c for c in named if re.fullmatch(r"[A-Za-z_][\w-]*", c)] if isinstance(named, list) else []
    parent = element.parent.name if element.parent is not None and element.parent.name in {"ul", "ol", "tbody"} else ""
    own = element.name + (f".{classes[0]}" if classes else "")
    return f"{parent} > {own}" if parent and not classes else own


def _next_page(tree: Tag) -> dict[str, object]:
    if tree.select_one("a[rel~=next]") is not None:
        return {"next": "a[rel~=next]"}
    numbers = [m[1] for a in tree.select("a[href*='page=']") if (m := re.search(r"[?&]page=(\d+)", str(a["href"])))]
    return {"page": {"query": "page", "first": 0 if "1" in numbers and "0" not in numbers else 1}} if numbers else {}


def _detail(page: Page) -> dict[str, object]:
    tree = soup(page)
    body = "main" if len(tree.select("main")) == 1 else "body"
    holder = tree.select_one(body) or tree
    found: dict[str, object] = {"within": body, "title": {"css": "h1", "first": True}}
    for name, labels in known_labels().items():
        printed = [label for label in labels if labelled(holder, [label])]
        if printed:
            found[name] = {"label": printed}
    return found


@cache
def known_labels() -> dict[str, list[str]]:
    """Return the printed labels of facts that are known, by the word they stand for."""
    table: dict[str, list[str]] = tomli.loads((files("scrapers") / "labels.toml").read_text(encoding="utf-8"))
    return table


def _name(tree: Tag) -> str | None:
    named = tree.select_one('meta[property="og:site_name"]')
    if named is not None and named.get("content"):
        return str(named["content"]).strip()
    return text(tree.select_one("title"))


def _language(tree: Tag) -> str | None:
    root = tree.select_one("html")
    words = str(root.get("lang") or "").strip() if root is not None else ""
    return words.partition("-")[0].lower() or None
