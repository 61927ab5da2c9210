"""The rules of history, each by name, on both databases."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest
from small_runs import Told, a_programme, at, digest

from models.queries import trend_frames
from models.records import Offering, Outcome, PageFailure, PriceFacts


def test_rule_1_the_first_complete_look_is_a_baseline(told: Told):
    told.run("2024-01-01", "a", outcome=Outcome.PARTIAL)
    first = told.run("2024-01-08", "a", "b")
    told.run("2024-01-15", "a", "b", "c")
    assert first.new == 1
    frames = trend_frames(told.engine, definition="eu_2022")
    assert frames.looks["counts_absences"].tolist() == [False, True, True]
    assert frames.listings["opened_at"].tolist() == [at("2024-01-01"), at("2024-01-08"), at("2024-01-15")]
    # Only of what the baseline did not find is it known when it was not there yet.
    assert [None if moment is pd.NaT else moment for moment in frames.listings["seen_not_before"]] == [
        None, None, at("2024-01-08"),
    ]  # fmt: skip


@pytest.mark.parametrize("outcome", [Outcome.OK, Outcome.UNCHANGED])
def test_rule_2_the_same_content_adds_no_version_and_no_evidence(told: Told, outcome: Outcome):
    told.run("2024-01-01", "a", "b")
    again = told.run("2024-01-08", "a", "b", outcome=outcome)
    assert (again.new, again.changed, again.missing, again.withdrawn) == (0, 0, 0, 0)
    assert told.versions("a") == [(100.0, 1, "01-01", None, "look")]
    assert told.rows("select count(*) from programme_span") == [(2,)]
    assert told.rows("select last_seen_at from programme_current") == [("01-08",), ("01-08",)]


@pytest.mark.parametrize("outcome", [Outcome.SUSPECT, Outcome.BLOCKED, Outcome.FAILED])
def test_rules_3_and_4_a_run_that_is_not_believed_changes_nothing(told: Told, outcome: Outcome):
    told.run("2024-01-01", "a", "b")
    for day in ("2024-01-08", "2024-01-15"):
        told.run(day, a_programme("a", 1), outcome=outcome, reason="listed 1 programme")
    assert told.state() == {"a": "live", "b": "live"}
    assert told.versions("a") == [(100.0, 1, "01-01", None, "look")]
    assert told.rows("select last_seen_at from programme_current") == [("01-01",), ("01-01",)]


def test_rule_5_a_partial_run_updates_and_withdraws_nothing(told: Told):
    told.run("2024-01-01", "a", "b")
    for day in ("2024-01-08", "2024-01-15", "2024-01-22"):
        told.run(day, a_programme("a", 120), outcome=Outcome.PARTIAL)
    assert told.state() == {"a": "live", "b": "live"}
    assert told.versions("a") == [(100.0, 1, "01-01", "01-08", "look"), (120.0, 1, "01-08", None, "look")]
    assert told.rows("select ref, last_seen_at from programme_current order by ref") == [("a", "01-22"), ("b", "01-01")]


def test_rule_6_one_complete_miss_is_still_live(told: Told):
    told.run("2024-01-01", "a", "b")
    missed = told.run("2024-01-08", "a")
    assert (missed.missing, missed.withdrawn) == (1, 0)
    assert told.state() == {"a": "live", "b": "missing"}
    assert told.versions("b") == [(100.0, 1, "01-01", None, "look")]
    back = told.run("2024-01-15", "a", "b")
    assert (back.new, back.changed) == (0, 0)
    assert told.windows("b") == [(1, "01-01", None, None, None)]


def test_rule_6_two_misses_on_one_day_are_one(told: Told):
    told.run("2024-01-01", "a", "b")
    told.run("2024-01-08T01:00", "a")
    told.run("2024-01-08T23:00", "a")
    assert told.state() == {"a": "live", "b": "missing"}
    confirmed = told.run("2024-01-09", "a")
    assert (confirmed.missing, confirmed.withdrawn) == (0, 1)
    assert told.windows("b") == [(1, "01-01", "01-01", "01-08 01:00", "01-09")]


def test_rule_6_a_sighting_between_two_misses_keeps_it(told: Told):
    told.run("2024-01-01", "a", "b")
    told.run("2024-01-08", "a")
    told.run("2024-01-10", "b", outcome=Outcome.PARTIAL)
    told.run("2024-01-15", "a")
    assert told.state() == {"a": "live", "b": "missing"}
    assert told.windows("b") == [(1, "01-01", "01-10", "01-15", None)]


def test_rule_7_two_complete_misses_on_different_days_withdraw_and_both_ends_are_kept(told: Told):
    told.run("2024-01-01", "a", "b")
    told.run("2024-01-08", "a")
    gone = told.run("2024-01-15", "a")
    assert (gone.missing, gone.withdrawn) == (0, 1)
    assert told.state() == {"a": "live"}
    assert told.versions("b") == [(100.0, 1, "01-01", "01-15", "look")]
    assert told.windows("b") == [(1, "01-01", "01-01", "01-08", "01-15")]
    assert told.rows("select listing_state from programme_history where ref = 'b'") == [("withdrawn",)]


def test_rule_8_a_return_reopens_the_same_id_in_a_new_window(told: Told):
    for day, refs in {"01": "ab", "08": "a", "15": "a", "22": "ab"}.items():
        last = told.run(f"2024-01-{day}", *refs)
    assert (last.new, last.changed) == (0, 0)
    assert told.versions("b") == [(100.0, 1, "01-01", "01-15", "look"), (100.0, 2, "01-22", None, "look")]
    assert told.windows("b") == [(1, "01-01", "01-01", "01-08", "01-15"), (2, "01-22", None, None, None)]
    assert told.rows("select count(*) from programme") == [(2,)]
    assert told.rows("select count(*) from programme_facts") == [(2,)]


def test_rule_9_a_price_change_is_one_version_each(told: Told):
    told.run("2024-01-01", a_programme("a", 100), "b")
    changed = told.run("2024-01-08", a_programme("a", 120), "b")
    told.run("2024-01-15", a_programme("a", 100), "b")
    assert changed.changed == 1
    assert told.versions("a") == [
        (100.0, 1, "01-01", "01-08", "look"), (120.0, 1, "01-08", "01-15", "look"), (100.0, 1, "01-15", None, "look"),
    ]  # fmt: skip
    assert told.versions("b") == [(100.0, 1, "01-01", None, "look")]


def test_rule_10_the_same_words_read_by_other_code_are_a_version_but_no_change(told: Told):
    told.run("2024-01-01", a_programme("a", 100, words="EUR 100 or so"))
    reread = told.run("2024-01-08", a_programme("a", None, words="EUR 100 or so"))
    assert reread.changed == 0
    assert told.versions("a") == [(100.0, 1, "01-01", "01-08", "look"), (None, 1, "01-08", None, "reparse")]


def test_rule_10_words_that_changed_before_without_a_change_of_facts_are_the_ones_compared(told: Told):
    told.run("2024-01-01", a_programme("a", 100, words="100 EUR"))
    told.run("2024-01-08", a_programme("a", 100, words="EUR 100"))
    told.run("2024-01-15", a_programme("a", None, words="EUR 100"))
    assert told.versions("a") == [(100.0, 1, "01-01", "01-15", "look"), (None, 1, "01-15", None, "reparse")]


def test_a_page_that_could_be_had_at_last_completes_and_changes_nothing(told: Told):
    summary = a_programme("a", 100, complete=False, words="summary", languages=("en",))
    told.run("2024-01-01", summary, outcome=Outcome.PARTIAL)
    detail = replace(
        summary, complete=True, description="At length", languages=("en", "nl"), listing_digest=digest("x")
    )
    completed = told.run("2024-01-08", detail)
    assert completed.changed == 0
    assert told.versions("a") == [(100.0, 1, "01-01", "01-08", "look"), (100.0, 1, "01-08", None, "completion")]


def test_a_page_that_fails_later_takes_nothing_away(told: Told):
    detail = a_programme("a", 100, description="At length")
    told.run("2024-01-01", detail)
    summary = replace(detail, complete=False, description=None, listing_digest=digest("summary"))
    told.run("2024-01-08", summary, outcome=Outcome.PARTIAL)
    told.run("2024-01-15", detail)
    assert told.versions("a") == [(100.0, 1, "01-01", None, "look")]
    dearer = replace(summary, price=PriceFacts(price_type="paid", price_amount=130.0))
    told.run("2024-01-22", dearer, outcome=Outcome.PARTIAL)
    assert [row[0] for row in told.versions("a")] == [100.0, 130.0]


def test_rule_11_closed_for_enrolment_is_not_withdrawn(told: Told):
    told.run("2024-01-01", a_programme("a", offer_state="open"))
    told.run("2024-01-08", a_programme("a", offer_state="closed", words="closed"))
    assert told.rows("select offer_state, listing_state from programme_current") == [("closed", "live")]


def test_rule_12_captures_of_an_archive_add_sightings_at_their_time_and_never_a_withdrawal(told: Told):
    told.run("2024-03-01", "a", "b")
    early = told.run("2023-06-01", a_programme("a", 80), "z", outcome=Outcome.PARTIAL)
    told.run("2023-09-01", a_programme("a", 90), outcome=Outcome.PARTIAL)
    assert early.new == 2
    assert told.versions("a") == [
        (80.0, 1, "06-01", "09-01", "look"), (90.0, 1, "09-01", "03-01", "look"), (100.0, 1, "03-01", None, "look"),
    ]  # fmt: skip
    assert told.state() == {"a": "live", "b": "live", "z": "missing"}


STORY: dict[str, tuple[Outcome, dict[str, float]]] = {
    "2024-01-01": (Outcome.OK, {"a": 1, "b": 1}),
    "2024-01-08": (Outcome.OK, {"a": 2}),
    "2024-01-10": (Outcome.PARTIAL, {"a": 3}),
    "2024-01-15": (Outcome.OK, {"a": 2, "c": 1}),
    "2024-01-22": (Outcome.UNCHANGED, {"a": 2, "c": 1}),
    "2024-01-29": (Outcome.OK, {"b": 1, "c": 1}),
}


@pytest.mark.parametrize("order", ["012345", "543210", "304152", "251034", "103254"])
def test_rule_13_runs_in_any_order_leave_the_same_history(told: Told, order: str):
    days = list(STORY)
    for number in order:
        outcome, listed = STORY[days[int(number)]]
        told.run(days[int(number)], *(a_programme(ref, price) for ref, price in listed.items()), outcome=outcome)
    assert told.versions("a") == [
        (1.0, 1, "01-01", "01-08", "look"), (2.0, 1, "01-08", "01-10", "look"), (3.0, 1, "01-10", "01-15", "look"),
        (2.0, 1, "01-15", None, "look"),
    ]  # fmt: skip
    assert told.versions("b") == [(1.0, 1, "01-01", "01-15", "look"), (1.0, 2, "01-29", None, "look")]
    assert told.versions("c") == [(1.0, 1, "01-15", None, "look")]
    assert told.windows("a") == [(1, "01-01", "01-22", "01-29", None)]
    assert told.windows("b") == [(1, "01-01", "01-01", "01-08", "01-15"), (2, "01-29", None, None, None)]
    assert told.windows("c") == [(1, "01-15", None, None, None)]
    assert told.rows("select count(*) from programme_span") == [(5,)]


def test_offerings_have_a_history_of_their_own(told: Told):
    spring = Offering(ref="spring", offer_state="open", delivery="online")
    autumn = Offering(ref="autumn", offer_state="upcoming")
    told.run("2024-01-01", a_programme("a", offerings=(spring,), words="1", delivery="blended"))
    told.run("2024-01-08", a_programme("a", offerings=(spring, autumn), words="2", delivery="blended"))
    closed = replace(autumn, offer_state="closed")
    told.run("2024-01-15", a_programme("a", offerings=(closed,), words="3", delivery="blended"))
    told.run("2024-01-22", a_programme("a", offerings=(replace(closed, location="Utrecht"),), words="3"))
    assert told.rows(
        "select o.ref, v.valid_from, v.valid_to, v.cause from offering_version v "
        "join offering o on o.id = v.offering_id order by o.ref, v.version_number"
    ) == [
        ("autumn", "01-08", "01-15", "look"),
        ("autumn", "01-15", "01-22", "look"),
        ("autumn", "01-22", None, "reparse"),
        ("spring", "01-01", "01-22", "look"),
    ]  # fmt: skip
    assert told.rows("select ref, programme_ref, listing_state, location from offering_current") == [
        ("autumn", "a", "live", "Utrecht")
    ]
    frame = trend_frames(told.engine, definition="eu_2022").offerings
    assert frame["ref"].tolist() == ["autumn", "autumn", "autumn", "spring"]
    assert frame["delivery"].tolist() == ["blended", "blended", None, "online"]
    assert frame["kind"].tolist() == ["course"] * 4


def test_a_failed_page_is_kept_with_the_run(told: Told):
    failure = PageFailure(url="https://alpha.example/2", at=at("2024-01-01"), reason="timed out")
    told.run("2024-01-01", "a", outcome=Outcome.PARTIAL, failures=(failure,))
    assert told.rows("select url, reason, status from page_failure") == [("https://alpha.example/2", "timed out", None)]
