"""A harvest of the imitated world into a database of each kind, and what one says that nobody disturbed."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import failing_databases as failing
import pytest
from sqlalchemy import Engine

from flows.db_diff import differences
from flows.live import harvest_sources
from flows.observatory import Observatory, open_observatory
from flows.settings import Settings
from models.database import open_database
from models.records import Outcome, RunRecord
from models.run_queries import stored_runs
from sandbox.server import Site, serve
from sandbox.world import World
from scrapers.source import discover

SOURCES = ("opensap", "tartu")
MOMENT = datetime(2024, 6, 1, tzinfo=UTC)
AS_OF = ("--as-of", MOMENT.isoformat())
LONG_SECONDS = 20.0
"""More patience than any of these faults lasts."""


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with serve(World(seed=3), day=MOMENT.date()) as served:
        yield served


@dataclass(frozen=True)
class Place:
    """Where a harvest of the imitated world goes to."""

    site: Site
    folder: Path
    url: str

    @contextmanager
    def opened(self, patience_seconds: float) -> Iterator[Observatory]:
        settings = Settings(
            data_dir=self.folder, database_url=self.url, loopback_port=self.site.port, reader_process=False,
            database_patience_seconds=patience_seconds, _env_file=None,
        )  # fmt: skip
        with open_observatory(settings) as observatory:
            yield observatory

    def harvest(self, patience_seconds: float, moments: failing.Moments | None = None) -> dict[str, RunRecord]:
        with self.opened(patience_seconds) as observatory:
            if moments is not None:
                moments.on(observatory.engine)
            return look(observatory)

    def assert_right(self, undisturbed: Engine) -> None:
        """The database says what one says that nobody disturbed, and each run is there once."""
        engine = open_database(self.url)
        found = [one for one in differences(undisturbed, engine) if one.table != "capture"]
        assert len(found) > len(SOURCES)
        assert [one for one in found if not one.is_equal] == []
        assert [len(stored_runs(engine, slug)) for slug in SOURCES] == [1, 1]
        engine.dispose()


def look(observatory: Observatory, slugs: Sequence[str] = SOURCES) -> dict[str, RunRecord]:
    sources = [discover()[slug] for slug in slugs]
    return {run.source: run for run in asyncio.run(harvest_sources(observatory, sources, as_of=MOMENT))}


def outcomes(runs: dict[str, RunRecord]) -> list[Outcome]:
    return [runs[slug].outcome for slug in SOURCES]


@pytest.fixture(scope="module")
def undisturbed(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    folder = tmp_path_factory.mktemp("undisturbed")
    place = Place(site, folder, f"sqlite:///{folder}/observatory.sqlite")
    assert outcomes(place.harvest(0)) == [Outcome.OK, Outcome.OK]
    engine = open_database(place.url)
    yield engine
    engine.dispose()


@pytest.fixture
def place(site: Site, tmp_path: Path, database_url: str) -> Place:
    return Place(site, tmp_path, database_url)


@pytest.fixture
def on_postgresql(place: Place) -> Place:
    if not place.url.startswith("postgresql"):
        pytest.skip("a file has no server")
    return place


@pytest.fixture
def on_sqlite(place: Place) -> Place:
    if not place.url.startswith("sqlite"):
        pytest.skip("a server has no file of ours")
    return place
