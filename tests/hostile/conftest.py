"""What the tests of hostile content share."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from uuid import uuid4

import attacked
import pytest
from archive_story import opened
from command_line import Run, in_this_process
from databases import administer
from sqlalchemy import URL

from flows.measuring import take_snapshot
from flows.observatory import Observatory


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the data of the catalogue that attacks, measured once, on SQLite; not to be changed."""
    folder = tmp_path_factory.mktemp("attacked")
    with opened(folder / "data") as observatory:
        attacked.load(observatory, folder / "recording")
        take_snapshot(observatory, date(2024, 1, 31), date(2024, 1, 1))
    return folder


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.faults)])
def beset(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Observatory]:
    """An observatory of that catalogue that may be changed."""
    if request.param == "sqlite":
        shutil.copytree(request.getfixturevalue("filled") / "data", tmp_path / "data")
        with opened(tmp_path / "data") as observatory:
            yield observatory
        return
    server: URL = request.getfixturevalue("postgresql_server")
    name = f"test_{uuid4().hex}"
    administer(server, f"create database {name} template {request.getfixturevalue('migrated_postgresql')}")
    with opened(tmp_path / "data", server.set(database=name).render_as_string(hide_password=False)) as observatory:
        attacked.load(observatory, tmp_path / "recording")
        yield observatory
    administer(server, f"drop database {name} with (force)")


@pytest.fixture
def run_here(
    beset: Observatory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Run]:
    """The command line in this process, over that observatory."""
    with in_this_process(tmp_path, monkeypatch, capsys, MICROCRED_DATABASE_URL=beset.settings.database) as command:
        yield command
