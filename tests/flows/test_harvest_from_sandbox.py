"""Whole harvests over real HTTP from the imitated world: what is served is read, and faults cost nothing good."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from databases import QUICKLY
from sqlalchemy import Engine

from flows.live import due_sources, harvest_sources
from flows.observatory import Observatory
from flows.settings import Settings
from models.queries import read_sql
from models.records import Outcome, RunRecord
from models.store import Store
from sandbox import truth
from sandbox.all_catalogues import FAMILIES, KEYS
from sandbox.server import Site, serve
from sandbox.world import SOURCES, World
from scrapers.archive import Archive
from scrapers.warc_reading import records_in

WORLD = World(seed=3)
FIRST, SECOND, THIRD = date(2024, 1, 1), date(2024, 2, 1), date(2024, 3, 1)


@pytest.fixture
def site() -> Iterator[Site]:
    with serve(WORLD, day=FIRST) as served:
        yield served


@pytest.fixture
def observatory(engine: Engine, site: Site, tmp_path: Path) -> Observatory:
    settings = Settings(data_dir=tmp_path, loopback_port=site.port, _env_file=None)
    return Observatory(settings=settings, engine=engine, store=Store(engine), archive=Archive(tmp_path / "archive"))


def harvest(observatory: Observatory, site: Site, day: date, *slugs: str) -> dict[str, RunRecord]:
    site.set_day(day)
    moment = datetime(day.year, day.month, day.day, tzinfo=UTC)
    sources = due_sources(observatory, slugs, moment, retired=True)
    return {run.source: run for run in asyncio.run(harvest_sources(observatory, sources, as_of=moment))}


def listed(observatory: Observatory, slug: str) -> set[str]:
    frame = read_sql(observatory.engine, f"select ref from programme_current where source = '{slug}'")
    return set(frame["ref"])


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in KEYS:
        monkeypatch.setenv(f"MICROCRED_KEY_{name.upper()}", "sandbox")


@QUICKLY
def test_every_catalogue_is_read_as_it_is_served(observatory: Observatory, site: Site) -> None:
    runs = harvest(observatory, site, FIRST, *SOURCES)
    assert {slug: (run.outcome, run.reason) for slug, run in runs.items()} == dict.fromkeys(SOURCES, (Outcome.OK, ""))
    served = truth.stock(WORLD, SOURCES, [FIRST]).set_index("source")["listed"]
    assert {slug: run.programmes for slug, run in runs.items()} == {slug: served[slug] for slug in SOURCES}


@QUICKLY
def test_new_and_withdrawn_are_those_of_the_world(observatory: Observatory, site: Site) -> None:
    days = (FIRST, SECOND, THIRD)
    happened = truth.flows(WORLD, FAMILIES, days).set_index(["source", "day"])
    for day in days:
        runs = harvest(observatory, site, day, *FAMILIES)
        for slug, run in runs.items():
            expected = happened.loc[(slug, day)]
            assert run.outcome in {Outcome.OK, Outcome.UNCHANGED}, (slug, day, run.reason)
            assert run.withdrawn == expected["confirmable_left"], (slug, day)
            if day != FIRST:
                assert (run.new, run.changed) == (
                    expected["observable_new"], expected["observable_changed"],
                ), (slug, day)  # fmt: skip


def test_an_unchanged_catalogue_is_known_as_such(observatory: Observatory, site: Site) -> None:
    first = harvest(observatory, site, FIRST, "opensap", "nova_academy")
    files = len(observatory.archive.files())
    moment = datetime(2024, 1, 1, 12, tzinfo=UTC)
    sources = due_sources(observatory, ("opensap", "nova_academy"), moment)
    again = asyncio.run(harvest_sources(observatory, sources, as_of=moment))
    assert {run.outcome for run in again} == {Outcome.UNCHANGED}
    assert [(run.new, run.changed, run.missing) for run in again] == [(0, 0, 0)] * 2
    assert {run.source: run.programmes for run in again} == {slug: run.programmes for slug, run in first.items()}
    assert len(observatory.archive.files()) == files + 2


def test_the_archive_tells_who_asked(observatory: Observatory, site: Site) -> None:
    harvest(observatory, site, FIRST, "opensap")
    [file] = observatory.archive.files()
    with observatory.archive.opened(file) as handle:
        request = next(record for record in records_in(handle, file) if record.kind == "request")
    assert observatory.archive.info(file)["http-header-user-agent"] == request.headers["user-agent"]


FAULTS = {
    "empty": ("opensap", {"kind": "empty"}, Outcome.SUSPECT),
    "refused": ("opensap", {"kind": "status", "status": 403}, Outcome.BLOCKED),
    "challenge": ("opensap", {"kind": "challenge"}, Outcome.BLOCKED),
    "truncated JSON": ("opensap", {"kind": "truncate"}, Outcome.FAILED),
    "gone": ("opensap", {"kind": "status", "status": 404}, Outcome.FAILED),
    "reset": ("opensap", {"kind": "reset"}, Outcome.FAILED),
    "truncated XML": ("cornwall_college", {"kind": "truncate"}, Outcome.PARTIAL),
    "one detail page gone": (
        "nova_academy",
        {"kind": "status", "status": 404, "path": "/en/programmes/"},
        Outcome.PARTIAL,
    ),
    "next page elsewhere": ("edx", {"kind": "offsite_next"}, Outcome.PARTIAL),
}


@pytest.mark.parametrize("fault", FAULTS)
@QUICKLY
def test_a_fault_leaves_the_good_data_untouched_and_says_what_happened(
    observatory: Observatory, site: Site, fault: str
) -> None:
    slug, options, outcome = FAULTS[fault]
    harvest(observatory, site, FIRST, slug)
    before = listed(observatory, slug)
    host = site.hosts(slug)[0]
    for number, day in enumerate((SECOND, THIRD)):
        site.clear_faults()
        site.fault(host, **options)
        run = harvest(observatory, site, day, slug)[slug]
        assert run.outcome is outcome, run.reason
        assert run.reason
        assert (run.missing, run.withdrawn) == (0, 0), number
    assert before <= listed(observatory, slug)
    log = read_sql(observatory.engine, "select outcome, reason from run_log order by as_of")
    assert list(log["outcome"])[1:] == [outcome.value] * 2
    assert all(log["reason"][1:])

    site.clear_faults()
    assert harvest(observatory, site, date(2024, 4, 1), slug)[slug].outcome is Outcome.OK


def test_a_lying_charset_changes_no_letter(observatory: Observatory, site: Site) -> None:
    site.fault(site.hosts("nova_academy")[0], "lie")
    run = harvest(observatory, site, FIRST, "nova_academy")["nova_academy"]
    assert run.outcome is Outcome.OK
    titles = set(read_sql(observatory.engine, "select title from programme_current")["title"])
    printed = {name for one in WORLD.listed("nova_academy", FIRST) for name in (one.title.text, one.title.english)}
    assert len(titles) == run.programmes
    assert titles <= printed


def test_one_bad_source_never_costs_the_rest(observatory: Observatory, site: Site) -> None:
    site.fault("open.sap.com", "status", status=403)
    runs = harvest(observatory, site, FIRST, "opensap", "tartu", "nzqa")
    assert {slug: run.outcome for slug, run in runs.items()} == {
        "opensap": Outcome.BLOCKED,
        "tartu": Outcome.OK,
        "nzqa": Outcome.OK,
    }
