"""Readings that are kept say what reading anew would say, or they are not used."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pages import page_of

from flows.db_diff import differences
from flows.kept_readings import KeptReadings
from flows.live import due_sources, harvest_sources
from flows.observatory import Observatory, open_observatory
from flows.settings import Settings
from models.records import (
    ArchivePlace,
    Listing,
    Offering,
    OfferingListing,
    OrganisationRole,
    PriceFacts,
    Problem,
    Programme,
    Quantity,
    RunRecord,
    Stage,
)
from sandbox.all_catalogues import KEYS
from sandbox.server import Site, serve
from sandbox.world import World
from scrapers.archive import Archive

FIRST, SECOND = date(2024, 1, 1), date(2024, 2, 1)
CATALOGUES = ("nova_academy", "cornwall_college", "edx", "futurelearn", "opensap", "udacity", "fun_mooc")
DAY = date(2026, 3, 2)
LISTING = Listing(
    ref="a/1",
    kind="course",
    title="Soil – أرض – 土",
    duration=Quantity(text="6", unit="weeks"),
    statements={"assessment": "one exam"},
    offerings=(OfferingListing(ref="spring", start="1 May"),),
)
PROGRAMME = Programme(
    ref="a/1",
    kind="course",
    title="Soil",
    organisations=(OrganisationRole(role="provider", name="Uni"),),
    price=PriceFacts(price_amount=120.5, price_currency="EUR", price_is_from=False),
    offerings=(Offering(ref="spring", start_date=date(2026, 5, 1)),),
)
PROBLEM = Problem(stage=Stage.NORMALISE, code="unparsed", message="no rule", words="six")
PAGE = page_of("<p>Soil</p>")


def readings(file: Path, *, code: str = "1", form: object = "today's", on: date = DAY) -> KeptReadings:
    return KeptReadings(file, code_version=code, form=form, on=on)


def fill(file: Path) -> None:
    with readings(file) as kept:
        kept.keep_entries(PAGE, [LISTING, PROBLEM])
        kept.keep_programme(LISTING, PROGRAMME, [PROBLEM])


def test_what_is_kept_comes_back_as_it_was(tmp_path: Path) -> None:
    fill(tmp_path / "a.sqlite")
    with readings(tmp_path / "a.sqlite") as kept:
        assert kept.entries(PAGE) == [LISTING, PROBLEM]
        assert kept.programme(LISTING) == (PROGRAMME, (PROBLEM,))


@pytest.mark.parametrize(
    "other",
    [replace(PAGE, digest="sha256:other"), replace(PAGE, url="https://a.example/other")],
    ids=["bytes", "address"],
)
def test_another_page_is_not_what_is_kept(tmp_path: Path, other: object) -> None:
    fill(tmp_path / "a.sqlite")
    with readings(tmp_path / "a.sqlite") as kept:
        assert kept.entries(other) is None  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "other",
    [
        replace(LISTING, title="Soils"),
        replace(LISTING, page_url="https://a.example/x"),
        replace(LISTING, complete=False),
    ],
    ids=["words", "page", "completeness"],
)
def test_another_listing_is_not_what_is_kept(tmp_path: Path, other: Listing) -> None:
    fill(tmp_path / "a.sqlite")
    with readings(tmp_path / "a.sqlite") as kept:
        assert kept.programme(other) is None


@pytest.mark.parametrize(
    "changed",
    [{"code": "2"}, {"form": "last year's"}, {"on": date(1999, 1, 1)}],
    ids=["code", "format", "tables in force"],
)
def test_other_code_reads_everything_anew(tmp_path: Path, changed: dict[str, object]) -> None:
    fill(tmp_path / "a.sqlite")
    with readings(tmp_path / "a.sqlite", **changed) as kept:  # type: ignore[arg-type]
        assert kept.entries(PAGE) is None
        assert kept.programme(LISTING) is None
    with readings(tmp_path / "a.sqlite") as kept:
        assert kept.entries(PAGE) is None


def _garbage(file: Path) -> None:
    file.write_bytes(b"not a database" * 100)


def _no_tables(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript("drop table page; drop table programme;")


def _other_bytes(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("update page set entries = x'789c00'")
        connection.execute("update programme set reading = x'00'")


def _a_folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


@pytest.mark.parametrize("spoil", [_garbage, _no_tables, _other_bytes, _a_folder])
def test_a_spoilt_file_costs_a_reading_and_nothing_else(tmp_path: Path, spoil: Callable[[Path], None]) -> None:
    fill(tmp_path / "a.sqlite")
    spoil(tmp_path / "a.sqlite")
    with readings(tmp_path / "a.sqlite") as kept:
        assert kept.entries(PAGE) is None
        assert kept.programme(LISTING) is None
        kept.keep_entries(PAGE, [LISTING])


TEXT = st.text(st.characters(), max_size=12)  # lone surrogates among them
AMOUNT = st.one_of(st.none(), st.integers(0, 10), st.floats(allow_nan=False))


@given(
    listings=st.lists(
        st.builds(
            Listing,
            ref=TEXT,
            kind=st.just("course"),
            title=st.none() | TEXT,
            subjects=st.lists(TEXT, max_size=3).map(tuple),
            verbatim=st.dictionaries(TEXT, TEXT, max_size=3),
        ),
        max_size=3,
    ),
    programme=st.builds(
        Programme, ref=TEXT, kind=st.just("course"), title=TEXT, ects=AMOUNT, workload_hours_min=AMOUNT
    ),
)
def test_nothing_comes_back_as_something_else(
    tmp_path_factory: pytest.TempPathFactory, listings: list[Listing], programme: Programme
) -> None:
    file = tmp_path_factory.mktemp("kept") / "a.sqlite"
    for _ in range(2):
        with readings(file) as kept:
            assert kept.entries(PAGE) in (None, listings)
            back = kept.programme(LISTING)
            # 5 and 5.0 are equal, and not the same when a digest is made of them.
            assert back is None or repr(back[0]) == repr(programme)
            kept.keep_entries(PAGE, listings)
            kept.keep_programme(LISTING, programme, [])


# ---- a second look ----------------------------------------------------------------------


@pytest.fixture
def site() -> Iterator[Site]:
    with serve(World(seed=3), day=FIRST) as served:
        yield served


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in KEYS:
        monkeypatch.setenv(f"MICROCRED_KEY_{name.upper()}", "sandbox")


def look(observatory: Observatory, site: Site, day: date, slugs: tuple[str, ...]) -> list[RunRecord]:
    site.set_day(day)
    moment = datetime(day.year, day.month, day.day, tzinfo=UTC)
    sources = due_sources(observatory, slugs, moment, retired=True)
    return asyncio.run(harvest_sources(observatory, sources, as_of=moment))


def test_a_look_with_kept_readings_stores_what_one_without_would(site: Site, tmp_path: Path) -> None:
    with open_observatory(Settings(data_dir=tmp_path / "with", loopback_port=site.port, _env_file=None)) as with_kept:
        look(with_kept, site, FIRST, CATALOGUES)
        shutil.copytree(tmp_path / "with", tmp_path / "without")
        again = look(with_kept, site, SECOND, CATALOGUES)
        assert {run.source for run in again if run.changed}  # so that there is something to get wrong
        with open_observatory(
            Settings(data_dir=tmp_path / "without", loopback_port=site.port, _env_file=None)
        ) as without:
            shutil.rmtree(tmp_path / "without" / "readings")
            look(without, site, SECOND, CATALOGUES)
            # Where a page lies and when it was answered differs between any two harvests.
            found = [one for one in differences(with_kept.engine, without.engine) if one.table != "capture"]
            assert found
            assert [one for one in found if not one.is_equal] == []


def test_pages_that_are_what_they_were_are_not_read_again(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slug = "nova_academy"  # a list page and a page for each programme
    with open_observatory(Settings(data_dir=tmp_path, loopback_port=site.port, _env_file=None)) as observatory:
        look(observatory, site, FIRST, (slug,))
        bodies: list[object] = []
        read_body = type(observatory.archive).body

        def told(archive: Archive, place: ArchivePlace) -> bytes:
            bodies.append(place)
            return read_body(archive, place)

        monkeypatch.setattr(type(observatory.archive), "body", told)
        [second] = look(observatory, site, SECOND, (slug,))
    assert second.changed + second.new > 0
    assert bodies == []
