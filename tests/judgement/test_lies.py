"""A catalogue that lies: what a look says of it, that nothing good is lost by it, and that the next look is right."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from lies_told import BY_SITEMAP, FIRST, LIES, SECOND, THIRD, Told
from sqlalchemy import Engine, text

from flows.accept import accept
from flows.live import harvest_source
from flows.observatory import Observatory
from flows.settings import Settings
from models.records import Format, Outcome, RunRecord, Source
from models.store import Store, open_database
from sandbox.lies import KINDS as LIES_OF_CONTENTS
from sandbox.pretences import PRETENCES
from sandbox.server import serve
from sandbox.site import Site
from sandbox.world import World
from scrapers.archive import Archive
from scrapers.fetch import HttpFetcher
from scrapers.source import discover

NOVA = "nova_academy"


def small_world() -> World:
    """A world in which the catalogue with a page for each entry has few of them."""
    world = World(seed=3)
    kept = [p for p in world.programmes if (entry := p.entry(NOVA)) is None or entry.number % 5 < 2]
    return World(world.seed, programmes=kept, aside=world.aside)


WORLD = small_world()
TABLE = Path(__file__).parents[2] / "docs" / "judgement.md"
HELD = """
select p.ref, v.version_number, v.window_number, v.valid_from, v.valid_to, v.cause, v.complete, f.facts_digest
from programme_version v join programme p on p.id = v.programme_id join programme_facts f on f.id = v.facts_id
order by p.ref, v.version_number
"""
RUNS_HELD = """
select p.ref, o.ref, v.version_number, v.window_number, v.valid_from, v.valid_to, v.cause, v.complete, f.facts_digest
from offering_version v join offering o on o.id = v.offering_id join programme p on p.id = o.programme_id
join offering_facts f on f.id = v.facts_id
order by p.ref, o.ref, v.version_number
"""
MISSED = """
select p.ref from programme_window w join programme p on p.id = w.programme_id
where w.missed_at is not null and w.withdrawn_at is null order by p.ref
"""
WITHDRAWN = "select count(*) from programme_window where withdrawn_at is not null"
LISTED = "select p.ref, l.facts_id from programme_listed l join programme p on p.id = l.programme_id order by p.ref"
TITLES = "select ref, title from programme_current order by ref"


@dataclass(frozen=True)
class Stage:
    """An observatory and the site it looks at."""

    observatory: Observatory
    site: Site

    def look(self, source: Source, on: date, *, shown: date) -> RunRecord:
        self.site.set_day(shown)
        moment = datetime(on.year, on.month, on.day, tzinfo=UTC)
        return asyncio.run(self._harvested(source, moment))

    async def _harvested(self, source: Source, moment: datetime) -> RunRecord:
        # Not through ``open_fetcher``, which collects garbage after each look: it would be half of these tests.
        async with HttpFetcher(contact=None, clock=lambda: moment, loopback_port=self.site.port) as fetcher:
            return await harvest_source(self.observatory, source, fetcher, as_of=moment)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        with self.observatory.engine.connect() as connection:
            return [tuple(row) for row in connection.execute(text(sql))]

    def held(self) -> list[Any]:
        return [self.rows(sql) for sql in (HELD, RUNS_HELD, MISSED, LISTED)]


def source_of(name: str) -> Source:
    if name != BY_SITEMAP:
        return discover()[name]
    source = discover()[NOVA]
    [form] = source.formats
    options = {**form.options, "details": "sitemap", "match": "/en/programmes/."}
    sitemap = Format(platform=form.platform, start=("https://www.nova-academy.be/sitemap.xml",), options=options)
    return replace(source, formats=(sitemap,))


def observatory_in(folder: Path, site: Site, engine: Engine) -> Observatory:
    settings = Settings(data_dir=folder, loopback_port=site.port, _env_file=None)
    return Observatory(settings=settings, engine=engine, store=Store(engine), archive=Archive(folder / "archive"))


@pytest.fixture(scope="module")
def serving() -> Iterator[Site]:
    with serve(WORLD, day=FIRST) as served:
        yield served


@pytest.fixture
def site(serving: Site) -> Iterator[Site]:
    yield serving
    serving.clear_faults()


@pytest.fixture(scope="module")
def good_looks(tmp_path_factory: pytest.TempPathFactory, serving: Site, migrated_sqlite: Path) -> Callable[[str], Path]:
    """Give the folder of an observatory that has had two good looks at a catalogue, to be copied."""
    made: dict[str, Path] = {}

    def folder_of(name: str) -> Path:
        if name not in made:
            folder = made[name] = tmp_path_factory.mktemp("good")
            shutil.copy(migrated_sqlite, folder / "observatory.sqlite")
            engine = open_database(f"sqlite:///{folder / 'observatory.sqlite'}")
            stage = Stage(observatory_in(folder, serving, engine), serving)
            look_well(stage, source_of(name))
            engine.dispose()
        return made[name]

    return folder_of


@pytest.fixture
def stage_of(tmp_path: Path, site: Site, good_looks: Callable[[str], Path]) -> Iterator[Callable[[str], Stage]]:
    engines: list[Engine] = []

    def made(name: str) -> Stage:
        folder = tmp_path / "data"
        shutil.copytree(good_looks(name), folder)
        engines.append(open_database(f"sqlite:///{folder / 'observatory.sqlite'}"))
        return Stage(observatory_in(folder, site, engines[-1]), site)

    yield made
    for engine in engines:
        engine.dispose()


def look_well(stage: Stage, source: Source) -> None:
    """Look on two days of the world, and once more, so that what went between them is known to have gone."""
    for day in (FIRST, SECOND):
        run = stage.look(source, day, shown=day)
        assert run.outcome is Outcome.OK, run.reason
    assert stage.look(source, SECOND + timedelta(days=1), shown=SECOND).outcome is Outcome.UNCHANGED


def lied_to(stage: Stage, source: Source, lie: Told) -> RunRecord:
    for host in stage.site.hosts(source.slug):
        stage.site.fault(host, lie.kind, **lie.options)
    run = stage.look(source, SECOND + timedelta(days=7), shown=SECOND)
    stage.site.clear_faults()
    return run


def check(stage: Stage, source: Source, lie: Told) -> None:
    before, withdrawn = stage.held(), stage.rows(WITHDRAWN)
    run = lied_to(stage, source, lie)
    assert (run.outcome.value, lie.says in run.reason) == (lie.outcome, True), (run.outcome, run.reason)
    versions, of_runs, missed, listed = stage.held()
    assert [versions, of_runs] == before[:2]
    assert [row[0] for row in listed] == [row[0] for row in before[3]]
    assert len(missed) == len(before[2]) + lie.hides
    assert stage.rows(WITHDRAWN) == withdrawn

    after = stage.look(source, THIRD, shown=THIRD)
    assert after.outcome is Outcome.OK, after.reason
    there = {one.ref: one.title for one in WORLD.listed(source.slug, THIRD)}
    missed_now = {row[0] for row in stage.rows(MISSED)}
    assert not missed_now & there.keys()
    titles = {ref: title for ref, title in stage.rows(TITLES) if ref not in missed_now}
    assert titles.keys() == there.keys()
    assert all(title in {there[ref].text, there[ref].english} for ref, title in titles.items())
    assert after.withdrawn == 0 or {ref for ref, *_ in listed} - there.keys()


@pytest.mark.parametrize("name", LIES)
def test_a_lie_costs_nothing_good_and_the_next_look_is_right(stage_of: Callable[[str], Stage], name: str) -> None:
    lie = LIES[name]
    check(stage_of(lie.source), source_of(lie.source), lie)


@pytest.mark.faults
@pytest.mark.parametrize("name", LIES)
def test_the_same_on_either_database(engine: Engine, site: Site, tmp_path: Path, name: str) -> None:
    lie = LIES[name]
    source = source_of(lie.source)
    stage = Stage(observatory_in(tmp_path, site, engine), site)
    look_well(stage, source)
    check(stage, source, lie)


@pytest.mark.parametrize("name", ["other_currency", "titles_translated"])
def test_what_only_a_person_can_know_is_let_in_by_a_person(stage_of: Callable[[str], Stage], name: str) -> None:
    lie = LIES[name]
    stage, source = stage_of(lie.source), source_of(lie.source)
    assert lied_to(stage, source, lie).outcome is Outcome.SUSPECT
    run = accept(stage.observatory, source.slug, reason="so it is")
    assert run.outcome is Outcome.OK
    assert run.changed == 60 or name == "other_currency"
    currencies = {row[0] for row in stage.rows("select price_currency from offering_current")} - {None}
    titles = {row[0][:6] for row in stage.rows("select title from programme_current")}
    assert (currencies, titles) == ({"USD"}, titles) if name == "other_currency" else ({"EUR"}, {"Kurso:"})


def test_every_lie_of_the_sandbox_is_told_and_stands_in_the_table_of_the_documents() -> None:
    told = {lie.kind for lie in LIES.values()}
    assert {*LIES_OF_CONTENTS, *PRETENCES} <= told
    rows = [line.split("|")[1:-1] for line in TABLE.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    written = {row[0].strip().strip("`"): row[2].strip() for row in rows}
    assert written.keys() == told
    for kind in told:
        outcomes = {lie.outcome for lie in LIES.values() if lie.kind == kind}
        assert outcomes == set(written[kind].split(", ")), kind
