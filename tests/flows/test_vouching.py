"""Re-harvests by signals that have earned trust, through the whole pipeline: HTTP, archive, database and back."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from archive_story import opened, unequal
from databases import QUICKLY
from lastmod_catalogue import FIRST, PAGES, Looks, Shop, declare
from live_site import Site, _Server, _server

from flows.rebuild import plan_of, rebuild
from flows.vouching import SIGNAL_COLUMNS, evidence_of, signal_rows
from models.queries import read_sql
from models.records import Outcome
from models.run_queries import signal_looks
from scrapers.signals import Evidence
from scrapers.source import DIRECTORY_VARIABLE, discover, load_source

__all__ = ["_server"]

SAMPLED = 30


@pytest.fixture
def site(_server: tuple[_Server, int]) -> Site:
    server, port = _server
    server.site = Site(port)
    return server.site


@pytest.fixture
def shop(site: Site) -> Shop:
    return Shop(site)


@pytest.fixture(scope="module", autouse=True)
def _declared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    folder = tmp_path_factory.mktemp("sources")
    declare(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(DIRECTORY_VARIABLE, str(folder))
        discover.cache_clear()
        yield
    discover.cache_clear()


def earn(looks: Looks, shop: Shop) -> None:
    """Let the signal earn its trust: it announces six changes, and is right of 334 other pages."""
    looks.look(days=0)
    shop.change(range(6), "2024-01-05")
    assert looks.look().changed == 6
    assert sorted(shop.asked()) == sorted([*range(PAGES), *range(PAGES)])


@pytest.fixture(scope="module")
def earned(_server: tuple[_Server, int], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory of two looks after which the signal is trusted."""
    server, port = _server
    server.site = Site(port)
    data = tmp_path_factory.mktemp("earned")
    with opened(data, port=port) as observatory:
        earn(Looks(observatory, discover()["tu_example"]), Shop(server.site))
    return data


@pytest.fixture
def looks(earned: Path, shop: Shop, tmp_path: Path) -> Iterator[Looks]:
    """The looks that follow, and the catalogue as it was left."""
    shop.change(range(6), "2024-01-05")
    shutil.copytree(earned, tmp_path / "data")
    with opened(tmp_path / "data", port=shop.site.port) as observatory:
        yield Looks(observatory, discover()["tu_example"], at=FIRST + timedelta(days=7))


def signals(looks: Looks) -> dict[str, int]:
    """What the last run counted, but for noughts."""
    last = signal_looks(looks.observatory.engine, "tu_example", looks.at + timedelta(days=1))[0]
    return {name: count for name, count in last.signals["sitemap_lastmod"].items() if count}


def shown(looks: Looks) -> list[Any]:
    """What a person is shown of the signal: trust, checked, announced, missed, pages and skipped."""
    settings, later = looks.observatory.settings, looks.at + timedelta(days=1)
    [row] = signal_rows(looks.observatory.engine, settings, [looks.source], later)
    return [row[name] for name in SIGNAL_COLUMNS if name not in {"source", "signal"}]


@QUICKLY
def test_a_trusted_look_costs_a_sample_and_a_rebuild_gives_the_same(
    shop: Shop, tmp_path: Path, database_url: str
) -> None:
    with opened(tmp_path / "data", database_url, port=shop.site.port) as observatory:
        looks = Looks(observatory, discover()["tu_example"])
        earn(looks, shop)
        unchanged = looks.look()
        assert (unchanged.outcome, unchanged.vouched) == (Outcome.UNCHANGED, PAGES - SAMPLED)
        assert unchanged.reason == (
            "nothing changed on 341 pages since 2024-01-08; signals vouched for 310 of them, which were not asked for"
        )
        assert len(shop.asked()) == SAMPLED
        assert signals(looks) == {"known": PAGES, "said_same": PAGES, "vouched": 310, "checked": 30}
        assert shown(looks) == ["trusted", 334 + 30, 5, 0, PAGES, 310]  # it announced six, of which five are counted

        shop.change((7, 200, 339), "2024-01-17")
        shop.price[340], shop.lastmod[340] = 50, "2024-01-17"
        del shop.price[10]
        changed = looks.look()
        assert (changed.outcome, changed.changed, changed.new, changed.missing) == (Outcome.OK, 3, 1, 1)
        asked = shop.asked()
        assert {7, 200, 339, 340} <= set(asked)
        assert len(asked) == 4 + SAMPLED
        assert changed.vouched == PAGES - 4 - SAMPLED

        looks.look()
        rows = read_sql(
            observatory.engine,
            "select c.at, c.signal, c.etag, c.unchanged, r.as_of "
            "from capture c join run r on r.id = c.run_id where c.vouched",
        )
        assert len(rows) == unchanged.vouched + changed.vouched + 310
        assert set(rows["unchanged"].astype(bool)) == {True}
        assert (rows["at"].astype(str).str[:10] < rows["as_of"].astype(str).str[:10]).all()
        assert rows["etag"].notna().all()

        with opened(tmp_path / "data", f"sqlite:///{tmp_path / 'again.sqlite'}") as again:
            [done] = rebuild(again, [plan_of(again.archive, "tu_example", ())])
            assert (done.failed, done.stored) == ([], 5)
            assert unequal(observatory, again) == []


def test_a_lie_is_found_by_the_sample_and_ends_all_trust(looks: Looks, shop: Shop) -> None:
    shop.change(range(PAGES))
    run = looks.look()
    assert (run.outcome, run.changed, run.vouched) == (Outcome.OK, PAGES, 0)
    assert sorted(shop.asked()) == list(range(PAGES))
    assert signals(looks) == {"known": PAGES, "said_same": PAGES, "checked": PAGES, "missed": PAGES}
    problems = read_sql(looks.observatory.engine, "select stage, code, message from problem")
    assert problems[["stage", "code"]].values.tolist() == [["fetch", "signal_missed"]]
    [message] = problems["message"]
    assert message == (
        "the facts of 30 of 30 pages checked had changed although sitemap_lastmod stood still: "
        "it vouches for no page until it has earned trust anew"
    )
    assert evidence_of(looks.observatory.engine, looks.source, looks.at + timedelta(days=1)) == {
        "sitemap_lastmod": Evidence(missed=PAGES)
    }
    assert shown(looks) == ["lost", 0, 0, PAGES, PAGES, 0]
    looks.look()
    assert len(shop.asked()) == PAGES
    # It earns trust anew.
    shop.change(range(5), "2024-01-25")
    looks.look()
    assert len(shop.asked()) == PAGES
    looks.look()
    assert len(shop.asked()) == SAMPLED


def test_other_bytes_are_no_lie(looks: Looks, shop: Shop) -> None:
    shop.noise = "<!-- a token -->"
    run = looks.look()
    assert (run.outcome, run.changed, run.vouched) == (Outcome.OK, 0, PAGES - SAMPLED)
    assert signals(looks) == {"known": PAGES, "said_same": PAGES, "vouched": 310, "checked": 30}


def test_a_page_that_cannot_be_read_any_more_is_a_miss(looks: Looks, shop: Shop) -> None:
    shop.noise = "</main><main></main>"  # two where one is due
    run = looks.look()
    assert run.outcome is not Outcome.UNCHANGED
    assert signals(looks)["missed"] == PAGES
    assert len(shop.asked()) == PAGES


def test_pages_that_failed_are_asked_for_again(looks: Looks, shop: Shop) -> None:
    shop.change(range(100, 120), "2024-01-10")
    shop.status = dict.fromkeys(range(100, 120), 500)
    assert looks.look().outcome is Outcome.PARTIAL
    shop.asked()
    shop.status = {}
    run = looks.look()
    assert (run.outcome, run.changed) == (Outcome.OK, 20)
    asked = shop.asked()
    assert set(range(100, 120)) <= set(asked)
    assert len(asked) == 20 + SAMPLED


def test_no_answer_is_older_than_ninety_days(looks: Looks, shop: Shop) -> None:
    looks.look()
    assert len(shop.asked()) == SAMPLED
    looks.look(days=68)  # 75 days after most answers: half of the thirty within which ages are spread
    assert 130 < len(shop.asked()) < 220
    run = looks.look(days=16)
    assert run.outcome is Outcome.UNCHANGED
    oldest = (
        "select min(c.at) as at from capture c join run r on r.id = c.run_id "
        "where r.as_of = (select max(as_of) from run)"
    )
    [at] = read_sql(looks.observatory.engine, oldest)["at"]
    assert str(at)[:10] == "2024-01-15"


def test_a_day_that_was_not_over_vouches_for_nothing(looks: Looks, shop: Shop) -> None:
    """A page that is changed twice on the day of a look says of both the same."""
    shop.change(range(50, 60), "2024-01-15")  # the day of the look
    assert looks.look().changed == 10
    shop.asked()
    shop.change(range(50, 60))
    assert looks.look().changed == 10
    assert set(range(50, 60)) <= set(shop.asked())
    assert "missed" not in signals(looks)


@pytest.mark.parametrize("way", ["whole", "setting", "source"])
def test_it_can_be_switched_off(looks: Looks, shop: Shop, way: str, tmp_path: Path) -> None:
    if way == "setting":
        settings = looks.observatory.settings.model_copy(update={"trust_signals": False})
        looks.observatory = replace(looks.observatory, settings=settings)
    if way == "source":
        declare(tmp_path / "sources", further="trust_signals = false")
        looks.source = load_source(tmp_path / "sources" / "tu_example")
        assert looks.source.trust_signals is False
    run = looks.look(whole=way == "whole")
    assert (len(shop.asked()), run.vouched) == (PAGES, 0)
    assert signals(looks) == {"known": PAGES, "said_same": PAGES, "checked": PAGES}
    assert shown(looks)[0] == ("trusted" if way == "whole" else "off")


def test_nothing_is_vouched_for_whose_page_the_archive_has_lost(looks: Looks, shop: Shop) -> None:
    archive = looks.observatory.archive
    (archive.root / archive.files("tu_example")[0]).unlink()
    run = looks.look()
    # The six pages that had changed lie in another file: of them the sample asks for all.
    assert (run.outcome, run.vouched) == (Outcome.UNCHANGED, 0)
    assert set(shop.asked()) == set(range(PAGES))
    assert looks.look().vouched == PAGES - SAMPLED


def test_entries_of_a_list_earn_trust_too(shop: Shop, tmp_path: Path) -> None:
    declare(tmp_path / "sources", by="list")
    source = load_source(tmp_path / "sources" / "tu_example")
    with opened(tmp_path / "data", port=shop.site.port) as observatory:
        looks = Looks(observatory, source)
        looks.look(days=0)
        shop.change(range(6), "2024-01-08")  # words of an entry need not be a day that is over
        looks.look()
        shop.asked()
        assert looks.look().vouched == PAGES - SAMPLED
        shop.change((3, 300), "2024-01-22")
        run = looks.look()
        assert (run.changed, run.vouched) == (2, PAGES - 2 - SAMPLED)
