from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
import served
from served import Served
from small_runs import Told, a_source
from sqlalchemy import URL, Engine, create_engine, text

from models.database import open_database


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "page" in metafunc.fixturenames:
        metafunc.parametrize("page", ["sqlite", "postgresql"], indirect=True, scope="session")


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory with archive and database: harvests of the imitated world, hostile words, two snapshots."""
    folder = tmp_path_factory.mktemp("served")
    served.fill(folder)
    return folder


@pytest.fixture(scope="session")
def on_sqlite(filled: Path) -> Iterator[Served]:
    with served.serving(filled) as running:
        yield running


@pytest.fixture(scope="session")
def page(request: pytest.FixtureRequest) -> Iterator[Served]:
    """The page, once over SQLite and once over PostgreSQL."""
    if request.param == "sqlite":
        yield request.getfixturevalue("on_sqlite")
        return
    filled: Path = request.getfixturevalue("filled")
    server: URL = request.getfixturevalue("postgresql_server")
    template: str = request.getfixturevalue("migrated_postgresql")
    name = f"web_{uuid4().hex}"
    administer(server, f"create database {name} template {template}")
    url = server.set(database=name).render_as_string(hide_password=False)
    there = open_database(f"sqlite:///{filled / 'observatory.sqlite'}")
    with served.opened(filled, url) as observatory:
        served.copy(there, observatory)
    there.dispose()
    with served.serving(filled, url) as running:
        yield running
    administer(server, f"drop database {name} with (force)")


def administer(server: URL, statement: str) -> None:
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


@pytest.fixture
def screenshots(tmp_path: Path) -> Path:
    """Where pictures of the page go: MICROCRED_SCREENSHOTS, to be looked at, or away with the test."""
    named = os.environ.get("MICROCRED_SCREENSHOTS")
    return Path(named) if named else tmp_path


@pytest.fixture
def told(engine: Engine) -> Told:
    """An empty database to which runs are told."""
    return Told(engine, a_source())
