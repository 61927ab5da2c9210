"""Every platform base and every scraper of a source's own, found by looking: a new family is attacked as well."""

from __future__ import annotations

import asyncio
import pkgutil
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from pages import page_of

import scrapers.platforms
from fuzzing.documents import HTML, JSON
from fuzzing.files import XML
from models.records import Format, Listing, Page, Problem, Source, Terms, listing_digest
from models.vocab import vocabulary
from normalise.programme import normalise
from scrapers.decode import PageUnreadable
from scrapers.fields import EntryInvalid
from scrapers.replay import load_recording
from scrapers.scraper import PageFailed, Scraper, SourceBlocked
from scrapers.source import discover, scraper_for

REFUSES = (PageUnreadable, EntryInvalid)
EXAMPLES = Path(__file__).parents[2] / "sources"
ON = date(2026, 3, 2)
PAGES_ASKED_MAX = 3

WITHOUT_A_SOURCE: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "drupal_jsonapi": (
        JSON,
        {"fields": {"ref": "id", "title": "attributes.title", "subjects": "related.field_topics[].attributes.name"}},
    ),
}  # fmt: skip
"""Media type and options of families that no declared source uses."""


@dataclass(frozen=True, slots=True)
class Family:
    """A family and the addresses it knows: the first byte of an input says which of them the rest is the page of."""

    name: str
    scraper: Scraper
    captures: tuple[tuple[str, str, Path | None], ...]

    @property
    def media(self) -> str:
        """The media type of most of its pages."""
        kinds = [content_type for _, content_type, _ in self.captures]
        return max((HTML, JSON, XML), key=lambda media: sum(media in kind or _feeds(media, kind) for kind in kinds))

    def pages(self) -> list[bytes]:
        """The example pages of its source, each behind the byte that stands for its address."""
        files = [(number, file) for number, (_, _, file) in enumerate(self.captures) if file is not None]
        return [bytes([number]) + file.read_bytes() for number, file in files]

    def read(self, data: bytes) -> None:
        """Walk from the page, read it and normalise what it lists."""
        url, content_type, _ = self.captures[(data[0] if data else 0) % len(self.captures)]
        page = page_of(data[1:], content_type, url)
        _loop().run_until_complete(self._walked(page))
        references = self.scraper.references(page)
        for entry in self.scraper.listings(page, references):
            if isinstance(entry, Problem):
                assert entry.code in vocabulary("problem_code").words
            else:
                self._typed(entry)

    def _typed(self, listing: Listing) -> None:
        listing_digest(listing)
        _, problems = normalise(listing, self.scraper.source, ON)
        assert {problem.code for problem in problems} <= set(vocabulary("problem_code").words)

    async def _walked(self, page: Page) -> None:
        try:
            async for _ in self.scraper.pages(OnePage(page)):
                pass
        except (PageFailed, SourceBlocked, *REFUSES):
            return


def _feeds(media: str, content_type: str) -> bool:
    return media == XML and ("rss" in content_type or "atom" in content_type)


@dataclass(slots=True)
class OnePage:
    """A network with one page, whatever address is asked for."""

    page: Page
    asked: int = 0
    problems: list[Problem] = field(default_factory=list)

    async def get(self, url: str, *, accept: str | None = None) -> Page:
        """Return the page a few times."""
        del url, accept
        self.asked += 1
        if self.asked > PAGES_ASKED_MAX:
            raise PageFailed("there are no more pages")
        return self.page

    async def many(
        self, urls: Iterable[str], *, accept: str | None = None, signals: object = None
    ) -> AsyncIterator[Page]:
        """Yield the page for the first addresses."""
        del accept, signals
        for url in list(urls)[:PAGES_ASKED_MAX]:
            assert isinstance(url, str)
            yield self.page

    def problem(self, problem: Problem) -> None:
        """Take a problem."""
        self.problems.append(problem)

    def incomplete(self, reason: str) -> None:
        """Take a reason."""
        assert isinstance(reason, str)


@cache
def _loop() -> asyncio.AbstractEventLoop:
    return asyncio.new_event_loop()


@cache
def families() -> tuple[Family, ...]:
    """All families: those of ``scrapers.platforms`` with a ``Catalogue``, and sources with a scraper of their own."""
    declared = [(slug, form) for slug, source in discover().items() for form in source.formats]
    own = [(slug, form) for slug, form in declared if form.platform is None]
    return (*(_of_platform(name, declared) for name in _platforms()), *(_of_source(slug, slug, f) for slug, f in own))


def _platforms() -> Iterator[str]:
    for module in pkgutil.iter_modules(scrapers.platforms.__path__):
        if hasattr(import_module(f"scrapers.platforms.{module.name}"), "Catalogue"):
            yield module.name


def _of_platform(name: str, declared: Sequence[tuple[str, Format]]) -> Family:
    for slug, form in declared:
        if form.platform == name and (found := _of_source(name, slug, form)).captures:
            return found
    assert name in WITHOUT_A_SOURCE, f"{name}: give it options in WITHOUT_A_SOURCE, since no source uses it"
    media, options = WITHOUT_A_SOURCE[name]
    start = "https://a.example/x"
    source = Source(
        slug="example", name="Example", kind="institution", country="NL", language="en", cadence="weekly",
        complete=True, formats=(Format(platform=name, start=(start,), options=options),), evidence="assumed",
        terms=Terms(url="", checked=ON, note="invented"),
    )  # fmt: skip
    return Family(name, scraper_for(source, ON), ((start, f"application/{media}", None),))


def _of_source(name: str, slug: str, form: Format) -> Family:
    source = discover()[slug]
    runs = [run for run in load_recording(EXAMPLES / slug).runs if source.format_on(run.as_of.date()) == form]
    captures = {
        capture.url: (capture.url, capture.content_type, capture.file) for run in runs for capture in run.captures
    }
    day = runs[-1].as_of.date() if runs else ON
    return Family(name, scraper_for(source, day), tuple(captures.values())[:200])
