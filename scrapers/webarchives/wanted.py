"""Which addresses of a source to ask an archive for.

Archives are asked by address, so what a scraper finds on its way must be known beforehand: the start addresses, the
further pages of lists that are told apart by their query, and pages of entries where a declaration says how their
addresses look. What cannot be derived is declared (``archive`` in ``source.toml``). Searches that are posted cannot be
asked for: archives keep what was got.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import product
from math import prod
from typing import Any
from urllib.parse import urlsplit

from models.records import Format, Source
from scrapers.webarchives.captures import address_key
from scrapers.webarchives.cdx import CdxQuery

ONE_DOCUMENT = frozenset({"futurelearn", "udacity", "xcri_cap"})
"""Platforms that publish all in the answers of their start addresses."""

PAGED_BY_QUERY = frozenset(
    {
        "coursera",
        "credly",
        "ctdl",
        "drupal_jsonapi",
        "edx_course_feed",
        "feed",
        "fun_2018",
        "json_catalogue",
        "mit_learn",
        "moochub",
        "ooapi",
        "open_edx",
        "openhpi",
        "richie",
        "shopify",
    }
)
"""Platforms whose lists have further pages at the same path, told apart by query values. So it is assumed of scrapers
of a source's own: to ask for queries that were never captured finds nothing and does no harm."""

_PREFIXES_MAX = 20
_SITEMAPS = r"\.xml(?:\.gz)?(?:$|\?)"
_SITEMAP_END = re.compile(r"(?:[_-]?index)?\.xml(?:\.gz)?$")
_SPECIAL = frozenset(".[](){}*+?|^$\\")
_QUANTIFIERS = frozenset("*?{")
_GROUP = re.compile(r"\(\?:([^\\.\[\](){}*+?^$]*)\)(?![*+?{])")


@dataclass(frozen=True, slots=True)
class Prefix:
    """All addresses that begin like this one; of these, only those that the regular expression ``match`` finds."""

    address: str
    match: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What to ask an archive for: single addresses, and prefixes. ``posted`` are searches that cannot be asked for."""

    urls: tuple[str, ...]
    prefixes: tuple[Prefix, ...] = ()
    posted: tuple[str, ...] = ()

    def queries(self, *, since: date | None = None, until: date | None = None, **facts: Any) -> Iterator[CdxQuery]:
        """Yield the questions to an index; ``facts`` are further ones of ``CdxQuery`` (``collapse``, ``limit``).

        Indexes find more than was asked for (they know neither ``www.`` nor case): see ``matches``.
        """
        for url in self.urls:
            yield CdxQuery(url=url, match="exact", since=since, until=until, **facts)
        for address in dict.fromkeys(prefix.address for prefix in self.prefixes):
            yield CdxQuery(url=address, match="prefix", since=since, until=until, **facts)

    def matches(self, url: str) -> bool:
        """Whether a captured address is one of those."""
        key = address_key(url)
        if any(key == address_key(wanted) for wanted in self.urls):
            return True
        return any(
            key.startswith(_prefix_key(prefix.address)) and re.search(prefix.match, url) is not None
            for prefix in self.prefixes
        )


def wanted(source: Source, day: date) -> Wanted:
    """Return what to ask an archive for about ``source`` in the format that was in force on ``day``."""
    form = source.format_on(day)
    urls, prefixes, posted = list(form.archive.urls), [Prefix(p) for p in form.archive.prefixes], []
    for start in form.start:
        if form.options.get("post") or (form.platform == "ctdl" and form.options.get("query")):
            posted.append(start)
            continue
        urls.append(start)
        prefixes += _further(form, start)
    return Wanted(
        urls=tuple(dict.fromkeys(urls)),
        prefixes=tuple(dict.fromkeys(prefixes)),
        posted=tuple(posted),
    )


def literal_prefixes(pattern: str) -> tuple[str, ...]:
    """Return the texts that whatever ``pattern`` finds begins with: ``/(?:mooc|corsi)/[^/]+`` gives two.

    An empty text where that cannot be told: of alternatives, only plain ones in ``(?:...)`` are read.
    """
    if "|" in _GROUP.sub("", pattern):
        return ("",)
    parts: list[list[str]] = []
    at = 1 if pattern.startswith("^") else 0
    while at < len(pattern):
        group = _GROUP.match(pattern, at)
        if group:
            parts.append(group.group(1).split("|"))
            at = group.end()
            continue
        is_escaped = pattern[at] == "\\" and at + 1 < len(pattern) and not pattern[at + 1].isalnum()
        character, after = (pattern[at + 1], at + 2) if is_escaped else (pattern[at], at + 1)
        if (character in _SPECIAL and not is_escaped) or pattern[after : after + 1] in _QUANTIFIERS:
            break
        parts.append([character])
        at = after
    if prod(map(len, parts)) > _PREFIXES_MAX:
        return ("",)
    return tuple("".join(choice) for choice in product(*parts))


def _further(form: Format, start: str) -> Iterator[Prefix]:
    """Yield where pages lie that the walk from ``start`` leads to."""
    options = form.options
    if form.platform == "jsonld_sitemap" or (form.platform == "html_catalogue" and options.get("details") == "sitemap"):
        yield Prefix(_SITEMAP_END.sub("", start), _SITEMAPS)
        yield from _entries(start, options.get("match", ""))
    elif form.platform == "html_catalogue":
        yield from _lists_of_pages(start, options)
    elif form.platform not in ONE_DOCUMENT:
        yield Prefix(_by_query(start))


def _entries(start: str, match: str) -> Iterator[Prefix]:
    """Yield where the pages lie that ``match`` finds; those below the root of the host, if it begins with a path."""
    root = f"{urlsplit(start).scheme}://{urlsplit(start).netloc}"
    bare = re.sub(r"^\^?https\??://", "https://", match)
    for text in literal_prefixes(bare):
        if text.startswith("https://") and urlsplit(text).netloc and urlsplit(text).path:
            yield Prefix(text, match)
        else:
            yield Prefix(root + text if text.startswith("/") else f"{root}/", match)


def _lists_of_pages(start: str, options: Mapping[str, Any]) -> Iterator[Prefix]:
    """Yield the further pages of a list, and what lies below it: further pages and entries do by custom."""
    if options.get("next") or options.get("page"):
        yield Prefix(_by_query(start))
    parts = urlsplit(start)
    folder = re.sub(r"\.[a-z]{2,5}$", "", parts.path.rstrip("/"))
    if folder and (options.get("next") or options.get("link")):
        yield Prefix(f"{parts.scheme}://{parts.netloc}{folder}/")


def _by_query(start: str) -> str:
    return f"{start.partition('?')[0]}?"


def _prefix_key(address: str) -> str:
    key = address_key(address)
    last = address[-1:]
    return f"{key}{last}" if last in {"/", "?"} and not key.endswith(last) else key
