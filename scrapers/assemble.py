"""From the pages of one walk to its listings: references joined, summaries and details put together, refs made unique.

Pure, and the only place that calls a scraper's ``references`` and ``listings``, so that a live harvest, a replay and a
later reading of the archive give the same.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any

from models.records import Listing, Page, PageFailure, Problem, Stage, listing_digest
from scrapers.decode import PageUnreadable
from scrapers.fields import EntryInvalid
from scrapers.html import SelectorAmbiguous, SelectorError
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
    digests: dict[tuple[str, str], str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    failures: list[PageFailure] = field(default_factory=list)
    incomplete: list[str] = field(default_factory=list)
    duplicates: int = 0
    rejected: int = 0


def parse(scraper: Scraper, pages: Sequence[Page]) -> Parsed:
    """Return the listings of all ``pages`` of one walk, each ref once, in the order of their first mention."""
    work = _Work()
    unread: set[str] = set()
    references = _references(scraper, pages, work, unread)
    for page in pages:
        if page.url not in unread:
            _read(scraper, page, references, work)
    read_pages = {page.url for page in pages} - {failure.url for failure in work.failures}
    listings = tuple(_together(parts, read_pages, work) for parts in work.parts.values())
    return Parsed(
        listings=listings,
        problems=tuple(work.problems),
        failures=tuple(work.failures),
        duplicates=work.duplicates,
        rejected=work.rejected,
        incomplete=tuple(dict.fromkeys(work.incomplete)),
    )


def _references(scraper: Scraper, pages: Sequence[Page], work: _Work, unread: set[str]) -> References:
    tables: dict[str, dict[str, str]] = defaultdict(dict)
    for page in pages:
        try:
            found = scraper.references(page)
        except Exception as error:  # noqa: BLE001 - recorded by name, as a failed page
            _unreadable(scraper, page, error, work)
            unread.add(page.url)
            continue
        for name, rows in found.items():
            tables[name].update(rows)
    return tables


def _read(scraper: Scraper, page: Page, references: References, work: _Work) -> None:
    """Read one page; what it gave before it broke is kept, and the page counts as failed."""
    try:
        for entry in scraper.listings(page, references):
            if isinstance(entry, Problem):
                _note(entry, page, work)
            else:
                _add(replace(entry, page_url=page.url), work)
    except Exception as error:  # noqa: BLE001 - recorded by name, as a failed page
        _unreadable(scraper, page, error, work)


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


def _add(listing: Listing, work: _Work) -> None:
    digest = listing_digest(listing)
    key = (listing.ref, listing.part)
    known = work.digests.setdefault(key, digest)
    if listing.part not in work.parts[listing.ref]:
        work.parts[listing.ref][listing.part] = listing
    elif known == digest:
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
