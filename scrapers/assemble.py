"""From the pages of one walk to its listings: references joined, summaries and details put together, refs made unique.

Pure, and the only place that calls a scraper's ``references`` and ``listings``, so that a live harvest, a replay and a
later reading of the archive give the same.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any, Protocol

from models.records import Listing, Page, PageFailure, Problem, Stage, listing_digest
from scrapers.decode import PageUnreadable
from scrapers.fields import EntryInvalid
from scrapers.html import SelectorAmbiguous, SelectorError
from scrapers.placeholders import is_placeholder
from scrapers.scraper import References, Scraper

log = logging.getLogger(__name__)

_MAPPINGS = ("statements", "verbatim")
_OF_THE_SUMMARY = frozenset({"ref", "part", "detail_url"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """What the pages of one walk hold.

    ``failures`` are pages that could not be read. ``duplicates`` counts entries that repeated a ref word for word,
    ``rejected`` entries that could not be read as listings. ``incomplete`` holds reasons why entries may be missing.
    """

    listings: tuple[Listing, ...]
    problems: tuple[Problem, ...] = ()
    failures: tuple[PageFailure, ...] = ()
    duplicates: int = 0
    rejected: int = 0
    incomplete: tuple[str, ...] = ()


@dataclass(slots=True)
class _Work:
    """What is gathered while the pages are read in their order."""

    parts: dict[str, dict[str, Listing]] = field(default_factory=lambda: defaultdict(dict))
    problems: list[Problem] = field(default_factory=list)
    failures: list[PageFailure] = field(default_factory=list)
    incomplete: list[str] = field(default_factory=list)
    duplicates: int = 0
    rejected: int = 0


class KeptPages(Protocol):
    """What pages were read as before, by the same code in the same format."""

    def entries(self, page: Page) -> Sequence[Listing | Problem] | None:
        """Return what a page with this address and these bytes held, ``None`` if that is not kept."""
        ...

    def keep_entries(self, page: Page, entries: Iterable[Listing | Problem]) -> None:
        """Keep what a page held that was read to its end."""
        ...


class Reading:
    """The pages of one walk, read as they come, and put together when the walk is over.

    A page is let go as soon as it is read, so that a catalogue of any size takes the memory of its listings. Kept are
    the pages of a scraper that joins tables of other pages, which must be read first. A page that is what it was
    (``unchanged``) is read only when the listings are asked for: its body comes from the archive again.

    Args:
        scraper: reads the pages.
        body_of: gives the body of a page that was let go; without it no page waits for being read.
    """

    def __init__(self, scraper: Scraper, body_of: Callable[[Page], bytes] | None = None) -> None:
        self._scraper = scraper
        self._body_of = body_of
        self._joins = type(scraper).references is not Scraper.references
        self._pages: list[Page] = []
        self._found: dict[int, _Found] = {}
        self._whole: list[int] = []

    def can_wait(self, page: Page) -> bool:
        """Whether a page may be read when the walk is over, or elsewhere: its body can be had again then."""
        return self._body_of is not None and page.place is not None and not self._joins

    def take(self, page: Page, *, later: bool = False) -> Page:
        """Take in the next page of the walk and return it without its body.

        ``later``: do not read it now, although it is not what it was; see ``can_wait``.
        """
        waits = self._body_of is not None and (page.unchanged or later) and page.place is not None
        bare = replace(page, body=b"") if page.body else page
        if not waits and not self._joins:
            found = _entries(self._scraper, page, {})
            self._found[len(self._pages)] = found
            if found.error is None and self.can_wait(page):
                self._whole.append(len(self._pages))
        self._pages.append(page if self._joins and not waits else bare)
        return bare

    def hand_over(self) -> Iterator[tuple[Page, Sequence[Listing | Problem]]]:
        """Yield the pages that were read to their end and can wait, with what they hold, which is forgotten here.

        It is taken from what is kept when the listings are asked for; if it is not there, the page is read again.
        """
        for number in self._whole:
            yield self._pages[number], self._found.pop(number).entries
        self._whole.clear()

    def parsed(self, kept: KeptPages | None = None) -> Parsed:
        """Return the listings of all pages taken in, each ref once, in the order of their first mention.

        Args:
            kept: spares the reading of pages that were read before, and keeps what others held. Of no use to a
                scraper that joins tables of other pages: what it reads on a page depends on them too.
        """
        kept = None if self._joins else kept
        work = _Work()
        unread: set[str] = set()
        references = self._references(work, unread) if self._joins else {}
        for number, page in enumerate(self._pages):
            if page.url not in unread:
                found = self._found.get(number) or _kept(page, kept) or self._late(page, references)
                if kept is not None and not found.is_kept and found.error is None:
                    kept.keep_entries(page, found.entries)
                _take_in(found, self._scraper, page, work)
        read_pages = {page.url for page in self._pages} - {failure.url for failure in work.failures}
        together = [_together(parts, read_pages, work) for parts in work.parts.values()]
        listings = tuple(listing for listing in together if not _is_left_out(listing, work))
        return Parsed(
            listings=listings,
            problems=tuple(work.problems),
            failures=tuple(work.failures),
            duplicates=work.duplicates,
            rejected=work.rejected,
            incomplete=tuple(dict.fromkeys(work.incomplete)),
        )

    def _late(self, page: Page, references: References) -> _Found:
        try:
            return _entries(self._scraper, self._with_body(page), references)
        except PageGone as error:
            return _Found(error=error)

    def _with_body(self, page: Page) -> Page:
        if page.body or self._body_of is None:
            return page
        return replace(page, body=self._body_of(page))

    def _references(self, work: _Work, unread: set[str]) -> References:
        tables: dict[str, dict[str, str]] = defaultdict(dict)
        for page in self._pages:
            try:
                found = self._scraper.references(self._with_body(page))
            except Exception as error:  # noqa: BLE001 - recorded by name, as a failed page
                _unreadable(self._scraper, page, error, work)
                unread.add(page.url)
                continue
            for name, rows in found.items():
                tables[name].update(rows)
        return tables


class PageGone(PageUnreadable):
    """The body of a page can no longer be had. The message says why."""


@dataclass(slots=True)
class _Found:
    """What one page held, and what broke off its reading, if anything: what it gave before that is kept."""

    entries: list[Listing | Problem] = field(default_factory=list)
    error: Exception | None = None
    is_kept: bool = False


def entries_of(scraper: Scraper, page: Page) -> list[Listing | Problem] | None:
    """Return what one page holds by itself, ``None`` if it cannot be read to its end."""
    found = _entries(scraper, page, {})
    return found.entries if found.error is None else None


def parse(scraper: Scraper, pages: Sequence[Page]) -> Parsed:
    """Return the listings of all ``pages`` of one walk, each ref once, in the order of their first mention."""
    reading = Reading(scraper)
    for page in pages:
        reading.take(page)
    return reading.parsed()


def _entries(scraper: Scraper, page: Page, references: References) -> _Found:
    found = _Found()
    try:
        for entry in scraper.listings(page, references):
            found.entries.append(entry)
    except Exception as error:  # noqa: BLE001 - recorded by name, as a failed page
        found.error = error
    return found


def _kept(page: Page, kept: KeptPages | None) -> _Found | None:
    entries = kept.entries(page) if kept is not None else None
    return None if entries is None else _Found(entries=[*entries], is_kept=True)


def _take_in(found: _Found, scraper: Scraper, page: Page, work: _Work) -> None:
    for entry in found.entries:
        if isinstance(entry, Problem):
            _note(entry, page, work)
        else:
            _add(replace(entry, page_url=page.url), work)
    if found.error is not None:
        _unreadable(scraper, page, found.error, work)


def _note(problem: Problem, page: Page, work: _Work) -> None:
    work.problems.append(problem if problem.url else replace(problem, url=page.url))
    if problem.code == "record_invalid":
        work.rejected += 1
    if problem.code == "total_mismatch":
        work.incomplete.append(problem.message)


def _unreadable(scraper: Scraper, page: Page, error: Exception, work: _Work) -> None:
    """Record that a page could not be read, whatever it made the parser do: it must not cost the other pages."""
    if isinstance(error, SelectorError):
        code = "selector_ambiguous" if isinstance(error, SelectorAmbiguous) else "selector_missing"
        reason = str(error)
    elif isinstance(error, PageUnreadable | EntryInvalid):
        code, reason = "page_unreadable", str(error)
    else:
        log.warning("%s: reading %s crashed", scraper.source.slug, page.url, exc_info=error)
        code, reason = "page_unreadable", f"{type(error).__name__}: {error}"
    work.problems.append(Problem(stage=Stage.PARSE, code=code, message=reason, url=page.url))
    work.failures.append(PageFailure(url=page.url, at=page.at, reason=f"not readable: {reason}", status=page.status))


def _is_left_out(listing: Listing, work: _Work) -> bool:
    """Whether a listing is a row somebody made to try the catalogue out."""
    if not is_placeholder(listing.title):
        return False
    message, ref, url = "a test or a placeholder, by its title", listing.ref, listing.page_url
    work.problems.append(
        Problem(stage=Stage.PARSE, code="left_out", message=message, words=listing.title, ref=ref, url=url)
    )
    return True


def _add(listing: Listing, work: _Work) -> None:
    first = work.parts[listing.ref].setdefault(listing.part, listing)
    if first is listing:
        return
    if listing_digest(first) == listing_digest(listing):
        work.duplicates += 1
    else:
        message = f"{listing.ref!r} stands twice with different words; the first was kept"
        work.problems.append(
            Problem(stage=Stage.PARSE, code="duplicate_ref", message=message, ref=listing.ref, url=listing.page_url)
        )


def _together(parts: Mapping[str, Listing], read_pages: set[str], work: _Work) -> Listing:
    if "whole" in parts:
        return parts["whole"]
    summary, detail = parts.get("summary"), parts.get("detail")
    if summary is not None and detail is not None:
        return _merged(summary, detail)
    if detail is not None:
        return replace(detail, part="whole")
    if summary is None:
        raise AssertionError("a ref without a part is never added")
    alone = replace(summary, part="whole")
    if summary.detail_url is None or summary.detail_url in read_pages:
        return alone
    work.problems.append(
        Problem(
            stage=Stage.PARSE,
            code="detail_missing",
            message="its detail page could not be had; only the summary is known",
            ref=summary.ref,
            url=summary.detail_url,
        )
    )
    return replace(alone, complete=False)


def _merged(summary: Listing, detail: Listing) -> Listing:
    """Return the listing of both pages: where both say something, the detail page is right."""
    values: dict[str, Any] = {
        f.name: getattr(detail, f.name) or getattr(summary, f.name)
        for f in fields(Listing)
        if f.name not in _OF_THE_SUMMARY and f.name not in _MAPPINGS
    }
    if detail.kind_as_published is None and summary.kind_as_published is not None:
        # The kind follows the word for it, wherever that is printed.
        values["kind"] = summary.kind
    for name in _MAPPINGS:
        values[name] = {**getattr(summary, name), **getattr(detail, name)}
    values["complete"] = summary.complete and detail.complete
    return replace(summary, **values, part="whole")
