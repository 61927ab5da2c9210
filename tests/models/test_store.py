"""Storing runs and snapshots: once, whole, and never over another."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pandas as pd
import pytest
from small_runs import Told, a_page, a_programme, a_source, at, harvest_of
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError

from models.queries import (
    known_pages,
    previous_look,
    run_record,
    snapshot_rows,
    stored_snapshots,
    suspect_runs,
    trend_frame,
)
from models.records import (
    Harvested,
    Judgement,
    Offering,
    OrganisationRole,
    Origin,
    Outcome,
    PageFailure,
    Problem,
    RunRecord,
    Stage,
)
from models.store import RunExists, Store

TABLES = (
    "run",
    "capture",
    "problem",
    "page_failure",
    "programme",
    "programme_facts",
    "programme_span",
    "programme_role",
)


def counts(engine: Engine) -> dict[str, int]:
    with engine.connect() as connection:
        return {name: connection.execute(text(f"select count(*) from {name}")).scalar_one() for name in TABLES}


def test_the_record_of_a_run_counts_what_was_read_and_what_it_changed(told: Told):
    record = told.run("2024-01-01", "a", a_programme("b", kind="degree"), "c", reason="")
    assert record == RunRecord(
        source="alpha", as_of=at("2024-01-01"), outcome=Outcome.OK, listings=3, programmes=3, offerings=0, new=3,
        by_kind={"course": 2, "degree": 1},
    )  # fmt: skip
    assert run_record(told.engine, "alpha", at("2024-01-01")) == record
    assert run_record(told.engine, "alpha", at("2024-01-02")) is None


def test_the_same_run_again_is_answered_from_the_database_and_writes_nothing(told: Told):
    problem = Problem(stage=Stage.PARSE, code="unparsed", message="no rule", words="\0 six weeks \ud800")
    role = OrganisationRole(role="taught_by", name="Uni \0")
    first = told.run("2024-01-01", a_programme("a\0", organisations=(role, role)), problems=(problem,))
    before = counts(told.engine)
    assert told.run("2024-01-01", a_programme("a\0", organisations=(role, role)), problems=(problem,)) == first
    assert counts(told.engine) == before
    told.run("2024-01-08", a_programme("a\0", organisations=(role, role)))
    assert counts(told.engine) == before | {"run": 2, "capture": 2}
    assert told.rows("select words from problem") == [("\ufffd six weeks \ufffd",)]


def test_another_run_at_the_same_time_is_refused_and_changes_nothing(told: Told):
    told.run("2024-01-01", "a")
    before = counts(told.engine)
    with pytest.raises(RunExists, match="a run of alpha at 2024-01-01T00:00:00Z is stored with other pages"):
        told.run("2024-01-01", "b")
    assert counts(told.engine) == before


def test_a_run_that_cannot_be_stored_leaves_nothing_behind(told: Told):
    told.run("2024-01-01", "a")
    before = counts(told.engine)
    with pytest.raises(IntegrityError):
        told.run("2024-01-08", "a", a_programme("b", kind="no such kind"))
    assert counts(told.engine) == before


def test_a_suspect_run_waits_until_a_person_accepts_it(told: Told):
    told.run("2024-01-01", "a", "b")
    told.run("2024-01-08", "a", outcome=Outcome.SUSPECT, reason="half of it gone")
    assert suspect_runs(told.engine, "alpha") == (at("2024-01-08"),)
    assert told.state() == {"a": "live", "b": "live"}
    accepted = told.run(
        "2024-01-08", "a", outcome=Outcome.SUSPECT, reason="half of it gone", accepted_reason="they closed a faculty"
    )
    assert accepted.outcome is Outcome.OK
    assert accepted.reason == "accepted: they closed a faculty; was suspect: half of it gone"
    assert accepted.missing == 1
    assert told.state() == {"a": "live", "b": "missing"}
    assert suspect_runs(told.engine, "alpha") == ()
    again = told.run("2024-01-08", "a", outcome=Outcome.SUSPECT, reason="?", accepted_reason="once more")
    assert again == accepted


def test_an_accepted_run_with_failed_pages_is_partial(told: Told):
    failure = PageFailure(url="https://alpha.example/2", at=at("2024-01-08"), reason="timed out", status=500)
    told.run("2024-01-01", "a", "b")
    facts: dict[str, Any] = {"outcome": Outcome.SUSPECT, "reason": "untitled", "failures": (failure,)}
    told.run("2024-01-08", "a", **facts)
    accepted = told.run("2024-01-08", "a", accepted_reason="titles are optional now", **facts)
    assert accepted.outcome is Outcome.PARTIAL
    assert told.state() == {"a": "live", "b": "live"}
    assert told.rows("select url, status from page_failure") == [("https://alpha.example/2", 500)]


def test_reading_again_on_acceptance_replaces_the_problems_of_reading_and_keeps_those_of_the_walk(told: Told):
    fetch = Problem(stage=Stage.FETCH, code="off_host_link", message="not followed")
    parse = Problem(stage=Stage.PARSE, code="unparsed", message="no rule")
    told.run("2024-01-01", "a", outcome=Outcome.SUSPECT, problems=(fetch, parse))
    other = Problem(stage=Stage.NORMALISE, code="unknown_word", message="never heard")
    accepted = told.run("2024-01-01", "a", outcome=Outcome.SUSPECT, problems=(other,), accepted_reason="fine")
    assert accepted.problems == 2
    assert told.rows("select code from problem order by code") == [("off_host_link",), ("unknown_word",)]


def test_the_previous_look_is_the_last_complete_one_before(told: Told):
    assert previous_look(told.engine, "alpha", at("2024-01-01")) is None
    told.run("2024-01-01", "a", "b")
    told.run("2024-01-08", "a", "c")
    told.run("2024-01-15", "z", outcome=Outcome.PARTIAL)
    told.run("2024-01-22", outcome=Outcome.SUSPECT)
    look = previous_look(told.engine, "alpha", at("2024-01-29"))
    assert look is not None
    assert (look.as_of, look.refs, look.code_version) == (at("2024-01-08"), {"a", "c"}, "1")
    assert list(look.page_digests) == ["https://alpha.example/"]
    earlier = previous_look(told.engine, "alpha", at("2024-01-08"))
    assert earlier is not None
    assert earlier.refs == {"a", "b"}
    assert previous_look(told.engine, "alpha", at("2024-01-01")) is None


def test_the_previous_look_tells_what_those_said_that_say_something_else_now_or_are_gone(told: Told):
    run = Offering(ref="r1", start_date=date(2024, 9, 1))
    old = a_programme("a", title="Old", languages=("en",), offerings=(run,), price=10)
    told.run("2024-01-01", old, "b", "c")
    now = (a_programme("a", title="New", price=11), a_programme("b"), a_programme("d"))
    look = previous_look(told.engine, "alpha", at("2024-01-08"), harvest_of(at("2024-01-08"), now))
    assert look is not None
    assert look.reworded == {"a"}
    assert look.said.keys() == {"a", "c"}
    said = look.said["a"]
    assert (said.title, said.languages, said.price.price_amount) == ("Old", ("en",), 10)
    assert [(one.ref, one.start_date) for one in said.offerings] == [("r1", date(2024, 9, 1))]
    assert look.older == {}


def test_pages_that_an_earlier_look_got_are_known_again(told: Told):
    first = told.run("2024-01-01", "a")
    told.run("2024-01-08", "a", "b")
    page = replace(harvest_of(first.as_of, (a_programme("a"),)).pages[0], at=at("2024-01-15"))
    copy = Harvested(pages=(page,), programmes=(a_programme("a"),))
    look = previous_look(told.engine, "alpha", at("2024-01-15"), copy)
    assert look is not None
    assert look.older == {"https://alpha.example/": at("2024-01-01")}


def test_known_pages_are_the_last_archived_captures_of_each_url(told: Told):
    url = "https://alpha.example/"
    old = a_page(url, "old", at("2024-01-01"), headers={"ETag": '"1"'})
    new = a_page(url, "new", at("2024-01-08"), headers={"ETag": '"2"', "Last-Modified": "Mon"})
    lost = a_page(url, "lost", at("2024-01-15"), place=None)
    told.run("2024-01-08", pages=(new,), outcome=Outcome.SUSPECT)
    told.run("2024-01-01", "a", pages=(old, a_page(f"{url}2", "two", at("2024-01-01"))))
    told.run("2024-01-15", "a", pages=(lost,))
    known = known_pages(told.engine, "alpha")
    assert sorted(known) == [url, f"{url}2"]
    assert (known[url].digest, known[url].etag, known[url].last_modified) == (new.digest, '"2"', "Mon")
    assert known[url].place == new.place


def test_pages_that_no_recent_look_met_are_known_by_the_first_answer_with_their_body(told: Told):
    here, gone = "https://alpha.example/here", "https://alpha.example/gone"
    for day, words in (("2024-01-01", "one"), ("2024-01-08", "two"), ("2024-01-15", "two")):
        met = a_page(gone, words, at(day), headers={"ETag": f'"{day}"'}, unchanged=day == "2024-01-15")
        told.run(day, "a", pages=(a_page(here, day, at(day)), met))
    for day in ("2024-01-22", "2024-01-29", "2024-02-05"):
        told.run(day, "a", pages=(a_page(here, "now", at(day), unchanged=day != "2024-01-22"),))
    told.run("2024-02-12", pages=(a_page(f"{here}2", "new", at("2024-02-12")),), outcome=Outcome.SUSPECT)
    known = known_pages(told.engine, "alpha")
    assert sorted(known) == [gone, here, f"{here}2"]
    assert (known[gone].etag, known[gone].at) == ('"2024-01-08"', at("2024-01-08"))
    assert known[here].at == at("2024-02-05")
    assert known_pages(told.engine, "beta") == {}


def test_a_run_keeps_its_pages_in_the_order_of_the_walk_and_where_they_come_from(told: Told):
    pages = tuple(a_page(f"https://alpha.example/{n}", str(n), at("2024-01-01")) for n in (3, 1, 2))
    told.run("2024-01-01", "a", pages=pages, origin=Origin.WAYBACK)
    told.run("2024-01-08", "a")
    assert told.rows("select url, warc_file, warc_offset from capture where run_id = 1 order by position") == [
        (page.url, page.place.file, page.place.offset) for page in pages if page.place
    ]
    assert told.rows("select origin from run_log order by as_of") == [("wayback",), ("live",)]


def test_pages_that_can_be_read_on_acceptance_are_failed_no_more(told: Told):
    failure = PageFailure(url="https://alpha.example/2", at=at("2024-01-08"), reason="not readable: no h1")
    pages = (a_page("https://alpha.example/2", "Soil", at("2024-01-08")),)
    told.run("2024-01-08", outcome=Outcome.SUSPECT, pages=pages, failures=(failure,))
    accepted = told.run("2024-01-08", "a", outcome=Outcome.SUSPECT, pages=pages, accepted_reason="a mended parser")
    assert accepted.outcome is Outcome.OK
    assert told.rows("select url from page_failure") == []


def test_two_sources_do_not_touch_each_other(told: Told):
    told.run("2024-01-01", "a", "b")
    other = Told(told.engine, a_source(slug="beta"))
    other.run("2024-01-08", "a")
    other.run("2024-01-15", "a")
    assert told.rows("select source, ref, listing_state from programme_current order by source, ref") == [
        ("alpha", "a", "live"), ("alpha", "b", "live"), ("beta", "a", "live"),
    ]  # fmt: skip


def test_the_words_kept_beside_facts_are_those_of_the_earliest_look(told: Told):
    told.run("2024-01-08", a_programme("a", verbatim={"price": "100 EUR"}, words="late"))
    told.run("2024-01-01", a_programme("a", verbatim={"price": "EUR 100"}, words="early"))
    assert told.rows("select verbatim from programme_current") == [('{"price": "EUR 100"}',)]
    assert told.rows("select count(*) from programme_facts") == [(1,)]


def figures(value: float) -> pd.DataFrame:
    row = {
        "population": "all", "unit": "listing", "panel": "all", "cut": "total", "cut_value": "all", "measure": "stock",
        "value": value, "low": 5.0, "high": float("nan"), "n": 7, "missing_share": float("nan"), "sources_ok": 1,
        "sources_stale": 0, "sources_missing": 2,
    }  # fmt: skip
    return pd.DataFrame([row])


def snapshot(engine: Engine, value: float, **others: Any) -> str:
    looked_at = pd.DataFrame({"source": ["alpha"], "last_complete_look": [pd.NaT], "age_days": [pd.NA]})
    days = {"as_of": date(2024, 3, 31), "known_at": date(2024, 3, 31), "period_start": date(2023, 12, 31)}
    facts: dict[str, Any] = {**days, "definition": "eu_2022", "method_version": "2", "code_version": "1"} | others
    return Store(engine).save_snapshot(rows=figures(value), coverage=looked_at, **facts)


def test_the_same_snapshot_twice_changes_nothing_and_the_latest_of_a_series_is_shown(engine: Engine):
    first = snapshot(engine, 7)
    assert snapshot(engine, 7) == first
    shown = trend_frame(engine).iloc[0]
    assert shown[["snapshot_id", "as_of", "known_at", "definition", "population", "value", "low", "n"]].tolist() == [
        first, date(2024, 3, 31), date(2024, 3, 31), "eu_2022", "all", 7.0, 5.0, 7,
    ]  # fmt: skip
    assert pd.isna(shown["high"])
    assert pd.isna(shown["missing_share"])
    assert shown[["sources_ok", "sources_stale", "sources_missing"]].tolist() == [1, 0, 2]
    second = snapshot(engine, 8)
    assert second != first
    assert trend_frame(engine)["value"].tolist() == [8.0]
    assert snapshot(engine, 7) == first
    assert trend_frame(engine)["value"].tolist() == [7.0]
    assert [one.id for one in stored_snapshots(engine)] == [second, first]


def test_another_day_of_knowledge_or_definition_is_another_series_and_another_method_takes_the_place(engine: Engine):
    old = snapshot(engine, 7, method_version="1")
    snapshot(engine, 8, known_at=date(2024, 6, 30))
    snapshot(engine, 9, definition="spain_2023")
    assert sorted(trend_frame(engine)["value"]) == [7.0, 8.0, 9.0]
    snapshot(engine, 10)
    assert sorted(trend_frame(engine)["value"]) == [8.0, 9.0, 10.0]
    assert trend_frame(engine, definition="spain_2023", as_of=date(2024, 3, 31))["value"].tolist() == [9.0]
    assert trend_frame(engine, measure="new").empty
    assert snapshot_rows(engine, old)["value"].tolist() == [7.0]


def test_a_figure_that_cannot_be_measured_is_stored_as_unknown(engine: Engine):
    snapshot(engine, float("nan"))
    assert trend_frame(engine)["value"].isna().tolist() == [True]
    with engine.connect() as connection:
        assert connection.execute(text("select value from trend")).all() == [(None,)]


def test_a_naive_time_is_refused(engine: Engine):
    naive = at("2024-01-01").replace(tzinfo=None)
    with pytest.raises(Exception, match="a naive timestamp cannot be stored"):
        Store(engine).record_run(
            a_source(), naive, harvest_of(naive, ()), Judgement(outcome=Outcome.FAILED), started_at=naive,
            finished_at=naive, code_version="1",
        )  # fmt: skip


@pytest.mark.parametrize(
    ("code", "alike", "prices"),
    [("1", True, [100.0]), ("1", False, [100.0, 150.0]), ("2", True, [100.0, 150.0])],
)
def test_words_that_were_read_just_so_before_are_not_compared_again(
    told: Told, code: str, alike: bool, prices: list[float]
):
    told.run("2024-01-01", a_programme("a", 100, words="w"), "b")
    moment = at("2024-01-08")
    listed = (a_programme("a", 150, words="w"), a_programme("b"), a_programme("c"))
    record = Store(told.engine).record_run(
        told.source, moment, harvest_of(moment, listed), Judgement(outcome=Outcome.OK), started_at=moment,
        finished_at=moment, code_version=code, reads_alike=lambda then: alike and then == at("2024-01-01"),
    )  # fmt: skip
    assert (record.new, record.changed) == (1, 0)
    versions = told.rows("select price_amount from programme_history where ref = 'a' order by version_number")
    assert [price for (price,) in versions] == prices


def test_what_is_listed_now_stands_in_narrow_rows(told: Told):
    listed = "select ref, version_number, missed_at is null, kind, mc_class from programme_listed order by ref"
    told.run("2024-01-01", "a", "b", "c")
    told.run("2024-01-08", a_programme("a", 150), "b")
    assert told.rows(listed) == [
        ("a", 2, True, "course", None), ("b", 1, True, "course", None), ("c", 1, False, "course", None),
    ]  # fmt: skip
    told.run("2024-01-15", "b")
    assert told.rows(listed) == [("a", 2, False, "course", None), ("b", 1, True, "course", None)]
