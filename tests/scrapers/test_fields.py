"""Strict reading of JSON entries: what is mandatory is demanded, and one bad entry costs no other."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from pages import page_of

from models.records import Listing, Problem
from scrapers.fields import Record, RecordInvalid, each, each_of, names_by_id

RECORD = Record(
    {
        "name": " Soil ", "empty": " ", "none": None, "hours": 4, "price": 900.0, "share": 0.5, "yes": True,
        "tags": ["a", "", None, "b"], "one": "x", "page": {"url": "/"}, "runs": [{"id": "1"}],
        "topics": [{"name": "P"}, "Q"],
    }
)  # fmt: skip


def test_texts_are_as_printed_and_nothing_is_never_an_empty_text() -> None:
    assert RECORD.text("name") == " Soil "
    assert [RECORD.text(name) for name in ("empty", "none", "absent", "yes")] == [None] * 4
    assert [RECORD.text(name) for name in ("hours", "price", "share")] == ["4", "900", "0.5"]


def test_lists_and_objects() -> None:
    assert RECORD.texts("tags") == ("a", "b")
    assert RECORD.texts("one") == ("x",)
    assert RECORD.texts("absent") == ()
    assert RECORD.names("topics") == ("P", "Q")
    assert [run.required("id") for run in RECORD.records("runs")] == ["1"]
    assert RECORD.record("absent") is None
    assert RECORD.flag("yes") is True
    assert RECORD.flag("none") is None
    assert [RECORD.whole(name) for name in ("hours", "price", "none")] == [4, 900, None]


@pytest.mark.parametrize(
    ("ask", "complaint"),
    [
        (lambda: RECORD.required("empty"), "without 'empty'"),
        (lambda: RECORD.text("page"), "'page' is an object, not a text"),
        (lambda: RECORD.texts("runs"), "'runs' is an object"),
        (lambda: RECORD.flag("hours"), "'hours' is a number"),
        (lambda: RECORD.record("name"), "'name' is a text, not an object"),
        (lambda: RECORD.records("tags"), "an entry of 'tags' is a text"),
        (lambda: RECORD.entries("name"), "'name' is a text, not a list"),
        (lambda: RECORD.whole("share"), "'share' is '0.5', not a whole number"),
        (lambda: RECORD.whole("one"), "'one' is 'x', not a whole number"),
        (lambda: Record([]), "the entry is a list, not an object"),
    ],
)
def test_what_is_of_a_wrong_kind_is_named(ask: Any, complaint: str) -> None:
    with pytest.raises(RecordInvalid, match=complaint):
        ask()


def test_one_bad_entry_costs_no_other() -> None:
    def read(record: Record) -> Iterable[Listing | Problem]:
        yield Listing(ref=record.required("id"), kind="course", title=record.text("name"))

    found = list(each([{"id": 1}, "words", {"name": "no id"}, {"id": "2"}], page_of("x"), read))
    assert [entry.ref for entry in found if isinstance(entry, Listing)] == ["1", "2"]
    assert [entry.message for entry in found if isinstance(entry, Problem)] == [
        "entry 2: the entry is a text, not an object",
        "entry 3: an entry without 'id'",
    ]


def test_an_entry_that_makes_a_scraper_crash_costs_no_other() -> None:
    found = list(each_of(["1", "", "3"], page_of("x"), lambda word: [Listing(ref=word[0], kind="course", title=None)]))
    assert [entry.ref for entry in found if isinstance(entry, Listing)] == ["1", "3"]
    assert [entry.message for entry in found if isinstance(entry, Problem)] == [
        "entry 2: IndexError: string index out of range"
    ]


def test_one_bad_reference_costs_no_other() -> None:
    assert names_by_id([{"id": 1, "name": "A"}, [], {"id": [2], "name": "B"}, {"name": "C"}, {"id": "4"}]) == {"1": "A"}
