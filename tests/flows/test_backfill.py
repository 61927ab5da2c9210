"""Backfilled looks: the source's own scraper over captures of an imitated Wayback Machine, archived, judged, stored."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest
from archive_story import opened, unequal
from live_site import _server, site
from past_catalogue import (
    BASE,
    COURSES,
    HELD,
    IN_MAY,
    JUNE,
    LIST,
    MARCH,
    MAY,
    OF_A,
    PROGRAMMES,
    SECOND,
    SLUG,
    Past,
    detail,
    listed,
    past,
    table,
)
from sqlalchemy import text
from wayback_site import Held

from flows.accept import accept
from flows.backfill_plan import addresses_of
from flows.look import Walked, conclude, read
from flows.rebuild import plan_of, rebuild
from flows.reread import reread
from models.queries import known_pages, run_log
from models.records import ArchivedAddresses, Outcome, Page
from scrapers.source import scraper_for
from scrapers.warc import sha256

if TYPE_CHECKING:
    from pathlib import Path

    from flows.backfill_plan import BackfillPlan
    from scrapers.webarchives.looks import Every

NAMELESS = (("X1", "", ""), ("X2", "", ""))
__all__ = ["_server", "past", "site"]


def days(plan: BackfillPlan) -> list[str]:
    return [f"{look.as_of:%Y-%m-%d}" for look in plan.looks]


def with_archive(past: Past, whole_days: int | None) -> None:
    form = replace(past.source.formats[0], archive=ArchivedAddresses(whole_days=whole_days))
    past.source = replace(past.source, formats=(form, *past.source.formats[1:]))


# ---- the plan ------------------------------------------------------------------------------


def test_a_plan_says_what_there_is_and_reads_nothing(past: Past) -> None:
    plan = past.planned()
    assert days(plan) == ["2019-03-05", "2019-06-10", "2021-05-02", "2021-08-01"]
    assert plan.left_out == ("2017-01-01 to 2017-12-31: no format of tu_past is known",)
    assert [(row["url"], row["captures"], row["days"]) for row in addresses_of(plan)] == [
        (COURSES, 3, 3),
        (PROGRAMMES, 2, 2),
        (f"{PROGRAMMES}/A1", 1, 1),
        (f"{PROGRAMMES}?page=2", 2, 2),
    ]
    assert past.captures_read() == []
    assert len(plan.looks[2].captures) == 3
    assert (plan.looks[2].first.day, plan.looks[2].last.day) == (30, 4)


@pytest.mark.parametrize(
    ("every", "expected"),
    [
        ("day", ["2019-03-05", "2019-03-20", "2019-06-10", "2021-05-02", "2021-08-01"]),
        ("week", ["2019-03-05", "2019-03-20", "2019-06-10", "2021-05-02", "2021-08-01"]),
        ("quarter", ["2019-03-05", "2019-06-10", "2021-05-02", "2021-08-01"]),
    ],
)
def test_a_period_gives_one_look(past: Past, every: Every, expected: list[str]) -> None:
    assert days(past.planned(every=every)) == expected


def test_days_in_the_wrong_order_are_refused(past: Past) -> None:
    with pytest.raises(ValueError, match="must not be after"):
        past.planned(since=date(2023, 1, 1))
    assert past.site.paths() == []


def test_what_is_posted_is_left_out(past: Past) -> None:
    form = past.source.formats[0]
    past.source = replace(past.source, formats=(replace(form, options={**form.options, "post": True}),))
    plan = past.planned()
    assert plan.looks == ()
    assert "what was posted" in plan.left_out[0]
    assert past.site.paths() == []


# ---- the looks -----------------------------------------------------------------------------


def test_looks_are_read_by_the_format_of_their_day_and_are_partial(past: Past) -> None:
    done = past.backfilled()
    assert [(run.outcome, run.listings, run.new) for run in done.runs] == [
        (Outcome.PARTIAL, 2, 2),
        (Outcome.PARTIAL, 2, 1),
        (Outcome.PARTIAL, 3, 1),
        (Outcome.PARTIAL, 1, 0),
    ]
    assert (done.already, done.unfinished, done.ended) == (0, (), None)
    assert all("never what was missing" in run.reason for run in done.runs)
    assert list(run_log(past.observatory.engine)["origin"]) == ["wayback"] * 4
    # Price and address of the table, then credits and address of the page of 2021. In August the page of A1 is missing:
    # that it states less is no change.
    assert past.rows(
        "select ref, valid_from, price_amount, ects, title, url from programme_history order by ref, valid_from"
    ) == [
        ("A1", MARCH, 100.0, None, "Algebra", f"{COURSES}/A1"),
        ("A1", JUNE, 120.0, None, "Algebra", f"{COURSES}/A1"),
        ("A1", MAY, None, 5.0, "Algebra", f"{PROGRAMMES}/A1"),
        ("B2", MARCH, 50.0, None, "Botany", f"{COURSES}/B2"),
        ("B2", MAY, None, None, "Botany", f"{PROGRAMMES}/B2"),
        ("C3", JUNE, 9.0, None, "Chemistry", f"{COURSES}/C3"),
        ("D4", MAY, None, None, "Drawing", f"{PROGRAMMES}/D4"),
    ]
    assert past.rows("select count(*) from programme_window where missed_at is not null") == [(0,)]


def test_pages_that_no_archive_has_are_failed_pages(past: Past) -> None:
    past.backfilled()
    failed = past.rows(
        "select f.url, f.reason, r.as_of from page_failure f join run r on r.id = f.run_id order by r.as_of, f.url"
    )
    assert [url for url, _, _ in failed] == [
        f"{PROGRAMMES}/B2",
        f"{PROGRAMMES}/D4",
        f"{PROGRAMMES}/A1",
        f"{PROGRAMMES}?page=2",
    ]
    assert failed[0][1:] == ("not archived within 7 days of 2021-05-02", MAY)


def test_the_second_time_nothing_is_read_and_nothing_changes(past: Past) -> None:
    first = past.backfilled()
    files, read = past.observatory.archive.files(SLUG), past.captures_read()
    again = past.backfilled()
    assert (again.runs, again.already) == (first.runs, 4)
    assert (past.observatory.archive.files(SLUG), past.captures_read()) == (files, read)


def test_pages_enter_our_archive_at_the_time_of_their_capture(past: Past) -> None:
    past.backfilled(*IN_MAY)
    archive = past.observatory.archive
    [file] = archive.files(SLUG)
    assert [(one.url, f"{one.at:%Y-%m-%d}", one.body()) for one in archive.read_run(file)] == [
        (PROGRAMMES, "2021-05-02", LIST.body),
        (f"{PROGRAMMES}?page=2", "2021-05-04", SECOND.body),
        (f"{PROGRAMMES}/A1", "2021-04-30", OF_A.body),
    ]
    ending = archive.ending(file)
    assert ending is not None
    assert (ending.summary["origin"], ending.summary["as_of"]) == ("wayback", "2021-05-02T10:00:00+00:00")
    assert [one["place"] for one in ending.summary["taken_from"]] == [
        f"https://web.archive.org/web/20210502100000id_/{PROGRAMMES}",
        f"https://web.archive.org/web/20210504100000id_/{PROGRAMMES}?page=2",
        f"https://web.archive.org/web/20210430100000id_/{PROGRAMMES}/A1",
    ]


def test_a_rebuilt_database_says_the_same(past: Past, tmp_path: Path) -> None:
    past.backfilled()
    with opened(tmp_path / "data", f"sqlite:///{tmp_path / 'rebuilt.sqlite'}") as rebuilt:
        plan = plan_of(rebuilt.archive, SLUG, ())
        assert (plan.runs, plan.left_out) == (4, ())
        [done] = rebuild(rebuilt, [plan])
        assert done.failed == []
        assert unequal(past.observatory, rebuilt) == []
        assert list(run_log(rebuilt.engine)["origin"]) == ["wayback"] * 4


def test_a_look_held_back_by_a_gate_can_be_accepted_and_stays_partial(past: Past, tmp_path: Path) -> None:
    """Two rows without a name: titles are filled in one of three."""
    past.hold(Held(url=COURSES, timestamp="20190305100000", body=table(("A1", "Algebra", ""), *NAMELESS)))
    [run] = past.backfilled().runs
    assert (run.outcome, run.listings) == (Outcome.SUSPECT, 3)
    assert past.rows("select count(*) from programme_current") == [(0,)]
    accepted = accept(past.observatory, SLUG, reason="the page was like that")
    assert accepted.outcome is Outcome.PARTIAL
    assert past.rows("select ref from programme_current order by ref") == [("A1",), ("X1",), ("X2",)]
    with opened(tmp_path / "data", f"sqlite:///{tmp_path / 'rebuilt.sqlite'}") as rebuilt:
        rebuild(rebuilt, [plan_of(rebuilt.archive, SLUG, rebuilt.decisions.acceptances())])
        assert unequal(past.observatory, rebuilt) == []


def test_reading_again_changes_nothing(past: Past) -> None:
    past.backfilled()
    with past.observatory.engine.execution_options(microcred_writes=True).begin() as connection:
        connection.execute(text("update run set code_version = 'older'"))
    [done] = reread(past.observatory, [SLUG])
    assert (done.failed, done.runs, done.changed) == (None, 4, ())
    assert past.rows("select distinct origin, code_version = 'older' from run") == [("wayback", 0)]


def test_a_host_is_never_asked_whether_a_capture_of_others_still_holds(past: Past) -> None:
    past.backfilled()
    assert past.rows("select count(*) from capture") == [(6,)]
    assert known_pages(past.observatory.engine, SLUG) == {}


# ---- what a look may say -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("whole_days", "outcome", "words"),
    [
        (None, Outcome.PARTIAL, "never what was missing"),
        (3, Outcome.PARTIAL, "more than 3 days apart"),
        (4, Outcome.OK, ""),
    ],
)
def test_only_captures_within_a_declared_window_make_a_complete_look(
    past: Past, whole_days: int | None, outcome: Outcome, words: str
) -> None:
    past.hold(
        *HELD,
        Held(url=f"{PROGRAMMES}/B2", timestamp="20210502110000", body=detail("B2", "Botany", "3 ECTS")),
        Held(url=f"{PROGRAMMES}/D4", timestamp="20210502110000", body=detail("D4", "Drawing", "3 ECTS")),
    )
    with_archive(past, whole_days)
    [run] = past.backfilled(*IN_MAY).runs
    assert (run.outcome, run.listings) == (outcome, 3)
    assert words in run.reason


def test_a_missing_page_outweighs_what_is_declared(past: Past) -> None:
    with_archive(past, 30)
    [run] = past.backfilled(date(2021, 8, 1), date(2021, 8, 31)).runs
    assert run.outcome is Outcome.PARTIAL


def test_a_link_to_another_host_is_not_followed(past: Past) -> None:
    past.hold(
        replace(LIST, body=listed(("A1", "A"), following="https://evil.example/x")),
        Held(url="https://evil.example/x", timestamp="20210502100000", body=listed(("E5", "Evil"))),
    )
    [run] = past.backfilled().runs
    assert (run.outcome, run.listings) == (Outcome.PARTIAL, 1)
    assert {asked.host for asked in past.site.asked} == {"web.archive.org"}
    assert not [path for path in past.site.paths() if "evil" in path]


def test_an_address_nobody_expected_is_looked_up(past: Past) -> None:
    """Pages of entries that lie elsewhere than a declaration lets expect."""
    past.hold(
        replace(LIST, body=listed(("A1", "Algebra")).replace(b"/programmes/A1", b"/modules/A1")),
        Held(url=f"{BASE}/modules/A1", timestamp="20210503100000", body=detail("A1", "Algebra", "5 ECTS")),
        Held(url=f"{BASE}/modules/A1", timestamp="20211103100000", body=detail("A1", "Algebra", "7 ECTS")),
    )
    [run] = past.backfilled().runs
    assert run.listings == 1
    assert past.rows("select ref, ects from programme_current") == [("A1", 5.0)]
    assert past.captures_read()[1:] == [f"20210503100000id_/{BASE}/modules/A1"]


# ---- beside the present --------------------------------------------------------------------


def test_the_past_that_comes_in_later_withdraws_nothing(past: Past) -> None:
    """B2 is not on the captures of June 2019 and August 2021, A1 and C3 are in none of the two looks of 2022."""
    form = past.source.formats[0]
    summaries = {name: value for name, value in form.options.items() if name != "detail"}
    live = replace(past.source, formats=(replace(form, options=summaries),))
    first, second = datetime(2022, 1, 3, tzinfo=UTC), datetime(2022, 1, 10, tzinfo=UTC)
    body = listed(("B2", "Botany"), ("D4", "Drawing"))
    for at in (first, second):
        page = Page(
            url=PROGRAMMES, final_url=PROGRAMMES, at=at, status=200, content_type="text/html", body=body,
            digest=sha256(body),
        )  # fmt: skip
        harvested = read(scraper_for(live, at.date()), Walked(pages=(page,)), at.date())
        assert conclude(past.observatory, live, harvested, as_of=at, started_at=at).outcome.counts_absences
    past.backfilled()
    assert past.rows(
        "select p.ref, w.opened_at, w.missed_at, w.withdrawn_at from programme_window w "
        "join programme p on p.id = w.programme_id order by 1, 2"
    ) == [("A1", MARCH, first, second), ("B2", MARCH, None, None), ("C3", JUNE, first, second), ("D4", MAY, None, None)]
