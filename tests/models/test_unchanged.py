"""A complete look on whose pages nothing is new is stored without their being read, just as if they had been."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from small_runs import Told, a_page, a_programme, at

from models.queries import run_record
from models.records import Harvested, Outcome, Page, Problem, RunRecord, Stage
from models.store import Store

LIST, ONE = "https://alpha.example/", "https://alpha.example/1"
ODD = Problem(stage=Stage.NORMALISE, code="unknown_word", message="unknown", ref="a", words="blended-ish")
SLOW = Problem(stage=Stage.FETCH, code="archive_damaged", message="asked for anew")


def pages(when: str, one: str = "one") -> tuple[Page, ...]:
    return (a_page(LIST, "list", at(when)), a_page(ONE, one, at(when)))


def repeated(told: Told, when: str, *, code: str = "1", alike: bool = True, **others: Any) -> RunRecord | None:
    """Offer a look with the pages of the first run, unless told otherwise."""
    facts: dict[str, Any] = {"pages": pages(when)}
    return Store(told.engine).record_unchanged(
        told.source,
        at(when),
        Harvested(**(facts | others)),
        reads_alike=lambda then: alike and then < at(when),
        started_at=at(when),
        code_version=code,
    )


def first(told: Told, when: str = "2024-01-01", *refs: str) -> None:
    told.run(when, *(refs or ("a", "b")), pages=pages(when), problems=(ODD, SLOW))


def test_it_counts_what_the_run_before_counted(told: Told):
    first(told)
    record = repeated(told, "2024-01-08")
    assert record == RunRecord(
        source="alpha", as_of=at("2024-01-08"), outcome=Outcome.UNCHANGED, listings=2, programmes=2, offerings=0,
        problems=1, reason="nothing changed on 2 pages since 2024-01-01", by_kind={"course": 2},
    )  # fmt: skip
    assert run_record(told.engine, "alpha", at("2024-01-08")) == record
    assert told.rows("select code from problem order by run_id, code") == [
        ("archive_damaged",),
        ("unknown_word",),
        ("unknown_word",),
    ]
    assert told.rows("select count(*) from capture") == [(4,)]


def test_it_writes_no_version_and_shows_that_everything_is_still_there(told: Told):
    first(told)
    repeated(told, "2024-01-08")
    told.run("2024-01-15", "a")
    assert told.versions("b") == [(100, 1, "01-01", None, "look")]
    assert told.windows("b") == [(1, "01-01", "01-08", "01-15", None)]


def test_what_was_missing_is_missing_again_and_so_withdrawn(told: Told):
    told.run("2023-12-25", "a", "b", "c")
    first(told)
    record = repeated(told, "2024-01-08")
    assert record is not None
    assert record.withdrawn == 1
    assert told.state() == {"a": "live", "b": "live"}
    assert told.windows("c") == [(1, "12-25", "12-25", "01-01", "01-08")]


def test_what_a_partial_look_saw_in_between_is_in_force_no_more(told: Told):
    first(told)
    told.run("2024-01-05", a_programme("a", 150), outcome=Outcome.PARTIAL)
    repeated(told, "2024-01-08")
    assert [row[0] for row in told.versions("a")] == [100, 150, 100]


@pytest.mark.parametrize(
    "others",
    [
        {"code": "2"},
        {"alike": False},
        {"pages": pages("2024-01-08", "another")},
        {"pages": pages("2024-01-08")[:1]},
        {"pages": (*pages("2024-01-08"), replace(pages("2024-01-08")[0], url="https://alpha.example/2"))},
    ],
    ids=["other code", "other tables of that day", "another body", "a page less", "a page more"],
)
def test_what_may_be_new_must_be_read(told: Told, others: dict[str, Any]):
    first(told)
    assert repeated(told, "2024-01-08", **others) is None
    assert told.rows("select count(*) from run") == [(1,)]


def test_only_the_latest_look_can_repeat_another(told: Told):
    assert repeated(told, "2024-01-08") is None
    first(told)
    told.run("2024-01-15", "a")
    assert repeated(told, "2024-01-08") is None
    assert repeated(told, "2024-01-01") is None
    assert repeated(told, "2024-01-22") is None  # the look before it had other pages
