"""What closes the file of a run gives back what was met on the walk."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from models.records import ArchivePlace, KnownPage, Page, PageFailure, Problem, Stage
from scrapers.run_record import WalkedPage, closing_record, failures_in, pages_in, problems_in
from scrapers.vouching import vouched_page

AT = datetime(2026, 11, 24, 9, 30, 0, 250, tzinfo=UTC)
URL = "https://www.tu.example/courses"


def page(url: str, offset: int | None, **others: object) -> Page:
    place = None if offset is None else ArchivePlace(file="a.warc.gz", offset=offset, length=9)
    facts = {"final_url": url, "at": AT, "status": 200, "content_type": "", "body": b"", "digest": "", "record": place}
    return Page(url=url, **(facts | others))  # type: ignore[arg-type]  # fields of a page by name


def test_everything_met_on_the_walk_comes_back() -> None:
    failures = (PageFailure(url=URL, at=AT, reason="timed out"), PageFailure(url=URL, at=AT, reason="no", status=404))
    problems = (
        Problem(stage=Stage.FETCH, code="off_host_link", message="not followed", url=URL),
        Problem(stage=Stage.PARSE, code="unparsed", message="no rule", field="price", words="six", ref="a"),
    )
    record = closing_record(
        pages=(page(URL, 700), page(f"{URL}/2", 90, final_url=URL, unchanged=True), page(f"{URL}/3", None)),
        failures=failures,
        problems=problems,
        robots={"www.tu.example": "allowed"},
        incomplete=("the list stops",),
        blocked=None,
    )
    told = json.loads(json.dumps(record))
    assert failures_in(told) == failures
    assert problems_in(told) == problems
    assert pages_in(told) == (
        WalkedPage(offset=700, url=URL, final_url=URL, unchanged=False),
        WalkedPage(offset=90, url=f"{URL}/2", final_url=URL, unchanged=True),
        WalkedPage(offset=None, url=f"{URL}/3", final_url=f"{URL}/3", unchanged=False),
    )
    assert (told["pages"], told["unchanged"], told["robots"]) == (3, 1, {"www.tu.example": "allowed"})


def test_a_page_that_was_vouched_for_is_named_with_the_place_of_its_body() -> None:
    known = KnownPage(
        url=URL,
        at=AT,
        digest="sha256:0",
        place=ArchivePlace(file="tu/2026/first.warc.gz", offset=700, length=90),
        content_type="text/html",
        etag='"a"',
        final_url=f"{URL}/",
        status=203,
        signal="sitemap_lastmod 2026-01-02",
    )
    signals = {"sitemap_lastmod": {"known": 2, "vouched": 1}}
    pages = (vouched_page(known), page(f"{URL}/2", 90, signal="sitemap_lastmod 2026-01-03"))
    record = closing_record(
        pages=pages, failures=(), problems=(), robots={}, incomplete=(), blocked=None, signals=signals
    )
    told = json.loads(json.dumps(record))
    assert (told["pages"], told["unchanged"], told["vouched"], told["signals"]) == (2, 1, 1, signals)
    found = pages_in(told)
    assert found is not None
    assert found[0] == WalkedPage(
        offset=None, url=URL, final_url=f"{URL}/", unchanged=True, signal=known.signal, vouched=known
    )
    assert (found[1].vouched, found[1].signal) == (None, "sitemap_lastmod 2026-01-03")


def test_a_record_of_before_tells_less() -> None:
    old = {"problems": [{"code": "host_refused", "message": "403", "url": URL}], "incomplete": []}
    assert pages_in(old) is None
    assert failures_in(old) == ()
    assert problems_in(old) == (Problem(stage=Stage.FETCH, code="host_refused", message="403", url=URL),)
