"""The same past from every kind of archive: pywb, Common Crawl, WARC and WACZ files, real samples, recordings."""

from __future__ import annotations

import asyncio
import json
import zipfile
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from archive_story import opened
from crawl_site import CrawlSite, exchange
from live_site import Reply, _server, site
from past_catalogue import BASE, HELD, LIST, MARCH, SINCE, UNTIL, Past, detail, listed, past
from pywb_server import PywbServer, pywb

from flows.backfill import Backfilled, backfill
from flows.backfill_plan import plan_backfill
from flows.settings import Settings
from flows.web_archives import ArchiveChoice, open_holdings, warc_files
from models.queries import run_log
from models.records import Expectations, Format, Outcome
from scrapers.archive import Archive

if TYPE_CHECKING:
    from live_site import Asked

__all__ = ["_server", "past", "pywb", "site"]

LOOKS = [("2019-03-05", 2), ("2019-06-10", 2), ("2021-05-02", 3), ("2021-08-01", 1)]


def made(
    past: Past, choice: ArchiveChoice, *, port: int | None = None, since: date = SINCE, until: date = UNTIL
) -> Backfilled:
    async def ask() -> Backfilled:
        settings = Settings(loopback_port=port, _env_file=None)
        async with open_holdings(settings, choice, past.source) as holdings:
            plan = await plan_backfill(past.source, holdings, since=since, until=until, every="month")
            return await backfill(past.observatory, past.source, holdings, plan)

    return asyncio.run(ask())


def looks(done: Backfilled) -> list[tuple[str, int]]:
    assert {run.outcome for run in done.runs} == {Outcome.PARTIAL}
    return [(f"{run.as_of:%Y-%m-%d}", run.listings) for run in done.runs]


def origins(past: Past) -> set[str]:
    return set(run_log(past.observatory.engine)["origin"])


def a_warc(folder: Path) -> Path:
    """What the imitated Wayback Machine holds, written as one WARC file by our own archive."""
    archive = Archive(folder)
    with archive.run_writer("held", "0123456789abcdef", MARCH) as writer:
        for held in HELD:
            at = datetime.strptime(held.timestamp, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
            writer.response(exchange(held.url, at, held.body, status=held.status))
        writer.close({})
    return folder / writer.file


def test_a_warc_file(past: Past, tmp_path: Path) -> None:
    file = a_warc(tmp_path / "warc")
    done = made(past, ArchiveChoice(files=warc_files([tmp_path / "warc"])))
    assert looks(done) == LOOKS
    assert origins(past) == {"warc"}
    [first, *_] = past.observatory.archive.files("tu_past")
    ending = past.observatory.archive.ending(first)
    assert ending is not None
    assert ending.summary["taken_from"][0]["place"].startswith(f"{file.name}#")


def test_a_wacz_file(past: Past, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "past.wacz", "w") as wacz:
        wacz.write(a_warc(tmp_path / "warc"), "archive/data.warc.gz")
    assert looks(made(past, ArchiveChoice(files=(tmp_path / "past.wacz",)))) == LOOKS


def test_pages_of_a_file_that_lie_elsewhere_are_found(past: Past, tmp_path: Path) -> None:
    elsewhere = listed(("A1", "Algebra"), ("B2", "Botany")).replace(b"/programmes/", b"/modules/")
    at = datetime(2021, 5, 2, 10, tzinfo=UTC)
    with Archive(tmp_path / "warc").run_writer("held", "0123456789abcdef", at) as writer:
        writer.response(exchange(LIST.url, at, elsewhere))
        writer.response(exchange(f"{BASE}/modules/A1", at, detail("A1", "Algebra", "5 ECTS")))
        writer.close({})
    [run] = made(past, ArchiveChoice(files=warc_files([tmp_path / "warc"]))).runs
    assert (run.outcome, run.listings) == (Outcome.PARTIAL, 2)
    assert past.rows("select ref, ects from programme_current order by ref") == [("A1", 5.0), ("B2", None)]


def test_a_damaged_file_costs_only_what_is_damaged(past: Past, tmp_path: Path) -> None:
    file = a_warc(tmp_path / "warc")
    file.write_bytes(file.read_bytes()[:-1500])
    source = past.source

    async def ask() -> tuple[Backfilled, int]:
        choice = ArchiveChoice(files=(file,))
        async with open_holdings(Settings(_env_file=None), choice, source) as holdings:
            plan = await plan_backfill(source, holdings, since=SINCE, until=UNTIL, every="month")
            return await backfill(past.observatory, source, holdings, plan), len(holdings.problems)

    done, problems = asyncio.run(ask())
    assert problems == 1
    assert looks(done)[:3] == LOOKS[:3]


def test_files_that_are_not_there_are_told(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no such file"):
        warc_files([tmp_path / "nothing.warc"])
    with pytest.raises(ValueError, match="no WARC or WACZ file"):
        warc_files([tmp_path])


def test_a_real_pywb(past: Past, pywb: PywbServer, tmp_path: Path) -> None:
    base = pywb.collection("past", [a_warc(tmp_path / "warc")])
    done = made(past, ArchiveChoice(base=base))
    assert looks(done) == LOOKS
    assert origins(past) == {"wayback"}


@pytest.fixture
def crawl(past: Past, tmp_path: Path) -> CrawlSite:
    crawl = CrawlSite(tmp_path / "crawl")
    past.site.otherwise = crawl.answer
    return crawl


def test_common_crawl(past: Past, crawl: CrawlSite) -> None:
    by_week: dict[str, list[tuple[datetime, int]]] = {}
    for number, held in enumerate(HELD):
        at = datetime.strptime(held.timestamp, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
        by_week.setdefault(f"{at:%G-%V}", []).append((at, number))
    for week in by_week.values():
        crawl.crawl(week[0][0], [exchange(HELD[n].url, at, HELD[n].body, status=HELD[n].status) for at, n in week])
    done = made(past, ArchiveChoice(via="common-crawl"), port=past.site.port)
    assert looks(done) == LOOKS
    assert origins(past) == {"common_crawl"}


def test_a_body_that_the_crawl_cut_is_a_failed_page(past: Past, crawl: CrawlSite) -> None:
    at = datetime(2021, 5, 2, 10, tzinfo=UTC)
    crawl.crawl(at, [exchange(LIST.url, at, LIST.body[:-60], truncated="length")])
    [run] = made(past, ArchiveChoice(via="common-crawl"), port=past.site.port).runs
    assert run.outcome is Outcome.FAILED
    assert "cut off in the archive (length)" in run.reason


def test_the_recorded_list_of_crawls_leads_to_the_one_crawl_of_the_days(
    past: Past, crawl: CrawlSite, recordings: Path
) -> None:
    """The list as index.commoncrawl.org gave it in 2025, with an index and a WARC file of our own behind it."""
    line = (recordings / "warc" / "cdx_toolkit_test_get_cc_endpoints.jsonl").read_text(encoding="utf-8")
    at = datetime(2025, 8, 12, 9, tzinfo=UTC)
    assert crawl.crawl(at, [exchange(LIST.url, at, listed(("A1", "Algebra")))]) == "CC-MAIN-2025-33"
    crawl.list = Reply(json.loads(line)["response_text"].encode(), headers={"content-type": "application/json"})
    done = made(
        past, ArchiveChoice(via="common-crawl"), port=past.site.port, since=date(2025, 8, 10), until=date(2025, 8, 14)
    )
    assert looks(done) == [("2025-08-12", 1)]
    asked = [path.partition("?")[0] for path in past.site.paths()]
    assert {path for path in asked if path.endswith("-index")} == {"/CC-MAIN-2025-33-index"}


def test_a_refusal_of_the_data_host_ends_it(past: Past, crawl: CrawlSite) -> None:
    at = datetime(2021, 5, 2, 10, tzinfo=UTC)
    crawl.crawl(at, [exchange(LIST.url, at, LIST.body)])

    def refuse(_: Asked) -> Reply:
        return Reply(b"no", status=403)

    crawl.data = refuse
    done = made(past, ArchiveChoice(via="common-crawl"), port=past.site.port)
    assert done.runs == ()
    assert done.ended is not None
    assert "403" in done.ended


def test_a_real_sample_archive(past: Past, recordings: Path) -> None:
    """Of the files that pywb comes with: a page captured twice on one day in 2014, the second time as a revisit."""
    options = {"items": "body > div", "link": "a", "item": {"title": "h1"}}
    form = Format(platform="html_catalogue", start=("https://example.com/?example=1",), options=options)
    past.source = replace(past.source, formats=(form,), hosts=("example.com",), expect=Expectations())
    file = recordings / "warc" / "pywb_example.warc.gz"
    done = made(past, ArchiveChoice(files=(file,)), since=date(2014, 1, 1), until=date(2014, 12, 31))
    assert [(f"{run.as_of:%Y-%m-%d %H:%M:%S}", run.listings) for run in done.runs] == [("2014-01-03 03:03:21", 1)]
    assert past.rows("select ref, title from programme_current") == [("/domains/example", "Example Domain")]


def test_origins_do_not_matter_to_what_was_there(past: Past, tmp_path: Path) -> None:
    """The same days from two archives: the second finds the looks stored and asks for nothing."""
    past.backfilled()
    done = made(past, ArchiveChoice(files=(a_warc(tmp_path / "warc"),)))
    assert (looks(done), done.already) == (LOOKS, 4)
    with opened(tmp_path / "other") as other:
        past.observatory = other
        assert looks(made(past, ArchiveChoice(files=(a_warc(tmp_path / "again"),)))) == LOOKS
