"""Reading pages in a process beside the one that fetches them: what runs there (see ``flows.reading_beside``).

It knows no database and no HTTP client: it has the memory of its rules and word lists, and of one page at a time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from functools import cache

from classify.money import comparable_price
from classify.programme import classify
from flows.kept_readings import KeptReadings
from flows.packed import CLASSIFICATIONS, PRICES, Priced, digest_of
from flows.to_read import Made, ToClassify, ToRead
from models.records import Listing, Programme, Source
from normalise.programme import normalise
from scrapers.assemble import entries_of
from scrapers.scraper import Scraper
from scrapers.source import discover, scraper_for


def read_pages(work: ToRead) -> Made:
    """Read pages and keep what they say, and return what the rules make of it.

    What cannot be read is left out: the process that asks will find it out, and record it. So is what words that were
    kept before were made into: their facts are stored, and classified.
    """
    source, scraper = _scraper(work.slug, work.on)
    made: dict[bytes, bytes] = {}
    is_all = True
    with KeptReadings(work.readings, code_version=work.code_version, form=scraper.format, on=work.on) as kept:
        for page, known in work.pages:
            entries = entries_of(scraper, page) if known is None else known
            if entries is None:
                continue
            kept.keep_entries(page, entries)
            listings = [replace(entry, page_url=page.url) for entry in entries if isinstance(entry, Listing)]
            whole = [listing for listing in listings if listing.part == "whole"]
            is_all = is_all and len(whole) == len(listings)  # what other pages say of a part is not known here
            for listing in whole:
                made.update(_new(listing, source, work.on, kept))
    return Made(made, is_all)


def _new(listing: Listing, source: Source, on: date, kept: KeptReadings) -> Iterator[tuple[bytes, bytes]]:
    if kept.programme(listing) is not None:
        return  # other bytes, and the words that were there before
    programme, problems = normalise(listing, source, on)
    kept.keep_programme(listing, programme, problems)
    yield from made_of(programme, source, on)


def made_of_all(work: ToClassify) -> Made:
    """Return what the rules make of programmes."""
    source, _ = _scraper(work.slug, work.on)
    made = {key: made for programme in work.programmes for key, made in made_of(programme, source, work.on)}
    return Made(made, is_all=True)


@cache
def _scraper(slug: str, on: date) -> tuple[Source, Scraper]:
    source = discover()[slug]
    return source, scraper_for(source, on)


def made_of(programme: Programme, source: Source, on: date) -> Iterator[tuple[bytes, bytes]]:
    """Yield what the rules of classification make of a programme and its offerings, packed, by the digest of each."""
    classified = CLASSIFICATIONS.packed(classify(programme, source, on))
    key = digest_of(programme)
    if key is not None and classified is not None:
        yield key, classified
    for offering in programme.offerings:
        priced = PRICES.packed(Priced(*comparable_price(offering, on)))
        key = digest_of(offering)
        if key is not None and priced is not None:
            yield key, priced
