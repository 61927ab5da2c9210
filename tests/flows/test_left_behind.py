"""What a killed run left is taken in by the next look; a new database beside an old archive is left to a rebuild."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from archive_story import opened
from lastmod_catalogue import FIRST, Looks, Shop, declare
from live_site import Site, _server, site

from flows.left_behind import left_behind
from models.queries import read_sql
from models.records import ArchivePlace
from scrapers.source import DIRECTORY_VARIABLE, discover

__all__ = ["_server", "site"]

SLUG = "tu_example"


@pytest.fixture
def shop(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    declare(tmp_path / "sources")
    monkeypatch.setenv(DIRECTORY_VARIABLE, str(tmp_path / "sources"))
    discover.cache_clear()
    yield Shop(site, price=dict.fromkeys(range(8), 100))
    discover.cache_clear()


def test_a_look_that_was_closed_and_not_stored_is_taken_in_before_the_next(shop: Shop, tmp_path: Path) -> None:
    with opened(tmp_path, port=shop.site.port) as first:
        Looks(first, discover()[SLUG]).look(days=0)
    shop.asked()
    # The database is as it was before the look; its file is there.
    with opened(tmp_path, f"sqlite:///{tmp_path / 'other.sqlite'}", port=shop.site.port) as observatory:
        [left] = left_behind(observatory, SLUG).whole
        assert left.as_of == FIRST
        shop.change([3])
        looks = Looks(observatory, discover()[SLUG], at=FIRST)
        assert looks.look().changed == 1
        assert read_sql(observatory.engine, "select count(*) as runs from run")["runs"].tolist() == [2]
        assert left_behind(observatory, SLUG).whole == ()


def test_the_look_of_that_very_time_is_not_asked_for_again(shop: Shop, tmp_path: Path) -> None:
    with opened(tmp_path, port=shop.site.port) as first:
        Looks(first, discover()[SLUG]).look(days=0)
    shop.asked()
    with opened(tmp_path, f"sqlite:///{tmp_path / 'other.sqlite'}", port=shop.site.port) as observatory:
        assert Looks(observatory, discover()[SLUG]).look(days=0).new == 8
    assert shop.asked() == []


def test_an_old_archive_beside_a_new_database_is_left_to_a_rebuild(
    shop: Shop, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with opened(tmp_path, port=shop.site.port) as first:
        looks = Looks(first, discover()[SLUG])
        looks.look(days=0)
        looks.look()
    with opened(tmp_path, f"sqlite:///{tmp_path / 'other.sqlite'}", port=shop.site.port) as observatory:
        assert left_behind(observatory, SLUG).whole == ()
        assert "holds 2 runs that this database does not know: `microcred rebuild` takes them in" in caplog.text


def test_bodies_of_a_run_that_broke_off_are_not_archived_again(shop: Shop, tmp_path: Path) -> None:
    with opened(tmp_path, port=shop.site.port) as first:
        Looks(first, discover()[SLUG]).look(days=0)
        [name] = first.archive.files(SLUG)
        whole = [capture for capture in first.archive.read_run(name) if capture.purpose == "page"]
        cut_after(first.archive.root / name, whole[-1].place)
    with opened(tmp_path, f"sqlite:///{tmp_path / 'other.sqlite'}", port=shop.site.port) as observatory:
        assert {url for url, _ in left_behind(observatory, SLUG).bodies} == {capture.url for capture in whole}
        Looks(observatory, discover()[SLUG]).look(days=0)
        [again] = set(observatory.archive.files(SLUG)) - {name}
        pages = [one for one in observatory.archive.read_run(again) if one.purpose == "page"]
        assert {page.original for page in pages} == {capture.place for capture in whole}
        # To the judgement they are new: no stored run knows them.
        assert read_sql(observatory.engine, "select distinct unchanged from capture")["unchanged"].tolist() == [0]


def cut_after(file: Path, last: ArchivePlace) -> None:
    """Leave what a kill after a record leaves."""
    content = file.read_bytes()[: last.offset + last.length]
    file.unlink()
    file.with_name(f"{file.name}.open").write_bytes(content)
