"""Backfill when the archive refuses, does not answer or gives hostile captures, and when it is broken off."""

from __future__ import annotations

import asyncio
import gzip
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from archive_story import opened, unequal
from live_site import Reply, _server, site
from past_catalogue import BASE, IN_MAY, LIST, PROGRAMMES, SECOND, SLUG, Past, detail, listed, past
from wayback_site import Held, memento

from flows.rebuild import plan_of, rebuild
from models.queries import run_log
from models.records import Outcome
from scrapers.scraper import SourceBlocked
from scrapers.webarchives.holdings import HostHoldings

if TYPE_CHECKING:
    from pathlib import Path

    from models.records import Page, PageFailure

__all__ = ["_server", "past", "site"]

BUSY = Reply(b"busy", status=503)
CHALLENGE = b"<html><head><title>Just a moment...</title></head><body>Checking</body></html>"


def packed(body: bytes) -> Reply:
    return memento(replace(LIST, body=body, headers=(("content-encoding", "gzip"),)))


def test_a_refusal_ends_it_and_what_was_stored_stays(past: Past) -> None:
    past.trouble("202105", Reply(b"go away", status=403))
    done = past.backfilled()
    assert [f"{run.as_of:%Y-%m}" for run in done.runs] == ["2019-03", "2019-06"]
    assert done.ended is not None
    assert "403" in done.ended
    assert len(past.captures_read()) == 3
    assert len(run_log(past.observatory.engine)) == 2

    past.wayback.play = None
    again = past.backfilled()
    assert (len(again.runs), again.already) == (4, 2)


def test_a_look_that_broke_off_goes_on_with_what_it_had(past: Past, tmp_path: Path) -> None:
    past.trouble("page=2", BUSY)
    first = past.backfilled(*IN_MAY)
    assert first.runs == ()
    [(as_of, reason)] = first.unfinished
    assert (f"{as_of:%m-%d}", "page=2" in reason) == ("05-02", True)
    assert len(run_log(past.observatory.engine)) == 0

    past.wayback.play = None
    past.site.asked.clear()
    [run] = past.backfilled(*IN_MAY).runs
    assert run.listings == 3
    # Page 1 and the page of A1 had been read.
    assert past.captures_read() == [f"20210504100000id_/{PROGRAMMES}?page=2"]

    with opened(tmp_path / "data", f"sqlite:///{tmp_path / 'rebuilt.sqlite'}") as rebuilt:
        plan = plan_of(rebuilt.archive, SLUG, ())
        assert (plan.runs, len(plan.left_out)) == (1, 1)
        rebuild(rebuilt, [plan])
        assert unequal(past.observatory, rebuilt) == []


@pytest.mark.parametrize(("part", "outcome"), [("page=2", Outcome.PARTIAL), ("20210502", Outcome.FAILED)])
def test_what_is_not_answered_for_twice_is_a_failed_page(past: Past, part: str, outcome: Outcome) -> None:
    past.trouble(part, BUSY)
    assert past.backfilled(*IN_MAY).runs == ()
    [run] = past.backfilled(*IN_MAY).runs
    assert run.outcome is outcome
    assert "503" in run.reason


def test_an_archive_that_is_down_is_not_asked_on_and_on(past: Past) -> None:
    many = tuple((f"N{n}", f"Number {n}") for n in range(20))
    past.hold(
        replace(LIST, body=listed(*many)),
        *(Held(url=f"{PROGRAMMES}/{code}", timestamp="20210502100000") for code, _ in many),
    )
    past.trouble("/N", BUSY)
    done = past.backfilled()
    assert done.ended is not None
    assert "does not answer" in done.ended
    assert len(past.captures_read()) == 4


def test_storing_that_broke_off_is_made_up_for_from_the_archive(past: Past, tmp_path: Path, database_url: str) -> None:
    """The files of the runs are there and the database is empty, once on SQLite and once on PostgreSQL."""
    past.backfilled()
    read = past.captures_read()
    with opened(tmp_path / "data", database_url) as other:
        assert len(past.backfilled(into=other).runs) == 4
        assert unequal(past.observatory, other) == []
    assert past.captures_read() == read


def test_cancelled_it_leaves_a_file_to_go_on_from(past: Past) -> None:
    def cancel(_: Page | PageFailure) -> None:
        task = asyncio.current_task()
        assert task is not None
        task.cancel()

    with pytest.raises(asyncio.CancelledError):
        past.backfilled(*IN_MAY, on_page=cancel)
    assert len(run_log(past.observatory.engine)) == 0
    past.site.asked.clear()
    [run] = past.backfilled(*IN_MAY).runs
    assert run.listings == 3
    assert f"20210502100000id_/{PROGRAMMES}" not in past.captures_read()


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (Reply(status=302, headers={"location": "https://evil.example/"}), "redirect away from the archive"),
        (Reply(status=302, headers={"location": f"/web/20210502100000id_/{BASE}/x"}), "a capture of another address"),
        (memento(replace(LIST, url="https://evil.example/")), "not of https://www.tu.example/programmes"),
        (packed(gzip.compress(LIST.body)[:-9]), "ends early"),
        (packed(b"\x1f\x8bgarbled"), "damaged compressed"),
        (packed(gzip.compress(bytes(68_000_000), 1)), "larger than"),
        (memento(replace(LIST, body=CHALLENGE)), "challenge"),
        (memento(replace(LIST, timestamp="20170502100000")), "gave a capture of 2017-05-02"),
        (memento(replace(LIST, body=b"\x89PNG\r\n", mime="image/png")), "not readable"),
        (Reply(b"not archived", status=404), "404"),
    ],
)
def test_a_hostile_capture_is_a_failed_page(past: Past, reply: Reply, words: str) -> None:
    past.hold(LIST)
    past.wayback.play = lambda *_: reply
    [run] = past.backfilled().runs
    assert run.outcome is Outcome.FAILED
    assert words in run.reason
    assert {asked.host for asked in past.site.asked} == {"web.archive.org"}


def test_the_next_nearest_capture_stands_in_for_a_bad_one(past: Past) -> None:
    past.hold(
        LIST,
        replace(SECOND, timestamp="20210503110000", body=CHALLENGE),
        SECOND,
        replace(SECOND, timestamp="20210508110000", body=listed(("E5", "Later"))),
    )
    past.backfilled()
    assert past.rows("select ref from programme_current order by ref") == [("A1",), ("B2",), ("D4",)]


@pytest.mark.parametrize(
    ("reply", "words"), [(Reply(b"<html>busy</html>"), "HTML"), (Reply(b"no such thing", status=404), "404")]
)
def test_a_lookup_that_fails_costs_one_page(past: Past, reply: Reply, words: str) -> None:
    """Two pages of entries lie where nobody expected; the index cannot say anything of one of them."""
    elsewhere = replace(LIST, body=listed(("A1", "A"), ("B2", "B")).replace(b"/programmes/", b"/modules/"))
    past.hold(elsewhere, Held(url=f"{BASE}/modules/B2", timestamp="20210502100000", body=detail("B2", "B", "3 ECTS")))
    index = past.wayback._index
    past.wayback.index = lambda values: reply if values["url"] == [f"{BASE}/modules/A1"] else index(values)
    [run] = past.backfilled().runs
    assert (run.outcome, run.listings) == (Outcome.PARTIAL, 2)
    assert words in run.reason
    assert past.rows("select ref, ects from programme_current order by ref") == [("A1", None), ("B2", 3.0)]


def test_more_unexpected_addresses_than_are_looked_up(past: Past, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(HostHoldings, "lookups_max", 1)
    past.hold(replace(LIST, body=listed(("A1", "A"), ("B2", "B")).replace(b"/programmes/", b"/modules/")))
    [run] = past.backfilled().runs
    assert "more than 1 unexpected addresses" in run.reason
    assert len([path for path in past.site.paths() if "modules" in path]) == 1


def test_an_index_that_refuses_is_told(past: Past) -> None:
    past.wayback.index = lambda _: Reply(b"no", status=403)
    with pytest.raises(SourceBlocked, match="403"):
        past.planned()
    assert len(past.site.paths()) == 1


def test_robots_of_the_archive_are_obeyed(past: Past) -> None:
    past.site.otherwise = lambda _: Reply(b"User-agent: *\nDisallow: /cdx/", headers={"content-type": "text/plain"})
    with pytest.raises(SourceBlocked, match=r"robots\.txt"):
        past.planned()
    assert past.site.paths() == []
