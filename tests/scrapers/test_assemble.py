"""From pages to listings: parts put together, refs made unique, and one bad page that costs no other."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from dataclasses import replace

import pytest
from pages import page_of

from models.records import ArchivePlace, Listing, Page, Problem
from scrapers.assemble import PageGone, Parsed, Reading, parse
from scrapers.decode import PageUnreadable
from scrapers.html import SelectorMissing
from scrapers.scraper import Fetch, References, Scraper
from scrapers.source import discover

SUMMARY = Listing(ref="1", kind="course", title="Soil", part="summary", detail_url="https://a.example/1", level="easy")
DETAIL = Listing(ref="1", kind="course", title="Soil, at length", part="detail", url="https://a.example/1")
LIST, ONE = "https://a.example/list", "https://a.example/1"


class Told(Scraper):
    """Gives for each page what the test says."""

    def __init__(self, entries: dict[str, list[Listing | Problem] | Exception]) -> None:
        source = discover()["opensap"]
        super().__init__(source, source.formats[0])
        self.entries = entries

    async def pages(self, fetch: Fetch) -> AsyncIterator[Page]:
        for url in self.entries:
            yield await fetch.get(url)

    def listings(self, page: Page, references: References) -> Iterable[Listing | Problem]:
        del references
        told = self.entries[page.url]
        if isinstance(told, Exception):
            yield Listing(ref="before", kind="course", title="Read before the page broke")
            raise told
        yield from told


def parsed(entries: dict[str, list[Listing | Problem] | Exception]) -> Parsed:
    return parse(Told(entries), [page_of("x", url=url) for url in entries])


def test_summary_and_detail_become_one_and_the_detail_is_right() -> None:
    result = parsed({LIST: [SUMMARY], ONE: [DETAIL]})
    assert len(result.listings) == 1
    listing = result.listings[0]
    assert (listing.title, listing.level, listing.part, listing.complete) == ("Soil, at length", "easy", "whole", True)


def test_order_of_pages_does_not_matter() -> None:
    forwards = parsed({LIST: [SUMMARY], ONE: [DETAIL]}).listings
    backwards = parsed({ONE: [DETAIL], LIST: [SUMMARY]}).listings
    assert [replace(e, page_url=None) for e in forwards] == [replace(e, page_url=None) for e in backwards]


def test_a_summary_whose_detail_failed_is_incomplete() -> None:
    result = parsed({LIST: [SUMMARY]})
    assert [(e.title, e.complete) for e in result.listings] == [("Soil", False)]
    assert [p.code for p in result.problems] == ["detail_missing"]


def test_a_summary_without_a_detail_page_is_complete() -> None:
    result = parsed({LIST: [replace(SUMMARY, detail_url=None)]})
    assert [e.complete for e in result.listings] == [True]
    assert result.problems == ()


def test_the_same_words_twice_are_counted() -> None:
    whole = replace(SUMMARY, part="whole", detail_url=None)
    result = parsed({LIST: [whole, whole], ONE: [whole]})
    assert (len(result.listings), result.duplicates, result.problems) == (1, 2, ())


def test_other_words_under_one_ref_are_a_problem_and_the_first_is_kept() -> None:
    whole = replace(SUMMARY, part="whole", detail_url=None)
    result = parsed({LIST: [whole, replace(whole, title="Another")]})
    assert [e.title for e in result.listings] == ["Soil"]
    assert [p.code for p in result.problems] == ["duplicate_ref"]


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (PageUnreadable("no JSON"), "page_unreadable"),
        (SelectorMissing("'h1' finds nothing"), "selector_missing"),
        (KeyError("unexpected"), "page_unreadable"),
        (RecursionError("deep"), "page_unreadable"),
    ],
)
def test_one_bad_page_costs_no_other(error: Exception, code: str) -> None:
    result = parsed({LIST: error, ONE: [DETAIL]})
    assert [e.ref for e in result.listings] == ["before", "1"]
    assert [f.url for f in result.failures] == [LIST]
    assert [p.code for p in result.problems] == [code]


def test_rejected_entries_are_counted() -> None:
    problem = Problem(stage="parse", code="record_invalid", message="an entry without a ref")  # type: ignore[arg-type] # the word of the stage
    result = parsed({LIST: [problem, DETAIL]})
    assert (result.rejected, len(result.listings)) == (1, 1)
    assert result.problems[0].url == LIST


class Bodies:
    """Tells what the test says of pages that were let go, and notes who asked."""

    def __init__(self, bodies: dict[str, bytes]) -> None:
        self.bodies = bodies
        self.asked: list[str] = []

    def __call__(self, page: Page) -> bytes:
        self.asked.append(page.url)
        if page.url not in self.bodies:
            raise PageGone("damaged in the archive")
        return self.bodies[page.url]


PLACE = ArchivePlace(file="x.warc.gz", offset=0, length=1)


def kept(url: str, *, unchanged: bool) -> Page:
    return replace(page_of("x", url=url), unchanged=unchanged, place=PLACE)


def test_a_page_is_let_go_as_soon_as_it_is_read() -> None:
    reading = Reading(Told({LIST: [SUMMARY], ONE: [DETAIL]}))
    assert [reading.take(kept(url, unchanged=False)).body for url in (LIST, ONE)] == [b"", b""]
    assert [listing.title for listing in reading.parsed().listings] == ["Soil, at length"]


def test_a_page_that_is_what_it_was_is_read_only_if_the_listings_are_wanted() -> None:
    bodies = Bodies({LIST: b"x"})
    reading = Reading(Told({LIST: [SUMMARY], ONE: [DETAIL]}), bodies)
    for url, unchanged in ((LIST, True), (ONE, False)):
        reading.take(kept(url, unchanged=unchanged))
    assert bodies.asked == []
    together = reading.parsed()
    assert bodies.asked == [LIST]
    assert together == parsed({LIST: [SUMMARY], ONE: [DETAIL]})


def test_a_page_that_can_no_longer_be_had_is_a_failed_page() -> None:
    reading = Reading(Told({LIST: [SUMMARY], ONE: [DETAIL]}), Bodies({}))
    for url, unchanged in ((LIST, False), (ONE, True)):
        reading.take(kept(url, unchanged=unchanged))
    found = reading.parsed()
    assert [(failure.url, failure.reason) for failure in found.failures] == [
        (ONE, "not readable: damaged in the archive")
    ]
    assert [listing.complete for listing in found.listings] == [False]


def test_what_is_handed_over_is_taken_from_what_is_kept_or_read_again() -> None:
    bodies = Bodies({LIST: b"x", ONE: b"x"})
    told: dict[str, list[Listing | Problem] | Exception] = {LIST: [SUMMARY], ONE: [DETAIL]}
    reading = Reading(Told(told), bodies)
    for url in (LIST, ONE):
        reading.take(kept(url, unchanged=False))
    assert [(page.url, page.body, [*entries]) for page, entries in reading.hand_over()] == [
        (LIST, b"", [SUMMARY]), (ONE, b"", [DETAIL]),
    ]  # fmt: skip
    assert [*reading.hand_over()] == []
    there = Kept({LIST: [SUMMARY]})
    assert reading.parsed(there) == parsed(told)
    assert bodies.asked == [ONE]
    assert there.kept == {ONE: [DETAIL]}


def test_a_page_that_broke_off_or_cannot_be_had_again_is_not_handed_over() -> None:
    broken = Reading(Told({ONE: PageUnreadable("no title")}), Bodies({}))
    broken.take(kept(ONE, unchanged=False))
    nowhere = Reading(Told({ONE: [DETAIL]}), Bodies({}))
    nowhere.take(page_of("x", url=ONE))
    assert [[*reading.hand_over()] for reading in (broken, nowhere)] == [[], []]
    assert [len(reading.parsed().failures) for reading in (broken, nowhere)] == [1, 0]


class Kept:
    """What was read before."""

    def __init__(self, known: dict[str, list[Listing]]) -> None:
        self.known = known
        self.kept: dict[str, list[Listing | Problem]] = {}

    def entries(self, page: Page) -> list[Listing] | None:
        return self.known.get(page.url)

    def keep_entries(self, page: Page, entries: Iterable[Listing | Problem]) -> None:
        self.kept[page.url] = [*entries]
