"""What closes the file of a run gives back what was met on the walk."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from models.records import ArchivePlace, Page, PageFailure, Problem, Stage
from scrapers.run_record import WalkedPage, closing_record, failures_in, pages_in, problems_in

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


def test_a_record_of_before_tells_less() -> None:
    old = {"problems": [{"code": "host_refused", "message": "403", "url": URL}], "incomplete": []}
    assert pages_in(old) is None
    assert failures_in(old) == ()
    assert problems_in(old) == (Problem(stage=Stage.FETCH, code="host_refused", message="403", url=URL),)
