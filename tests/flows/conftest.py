"""What the tests of flows share."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from archive_story import tell
from command_line import Run, in_a_process, in_this_process

from sandbox.all_catalogues import KEYS


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """The command line in a process of its own, with nothing of our environment but what is given by name."""
    return partial(in_a_process, tmp_path)


@pytest.fixture
def run_here(
    tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Run]:
    """The command line in this process, on an empty database of each kind."""
    with in_this_process(tmp_path, monkeypatch, capsys, MICROCRED_DATABASE_URL=database_url) as command:
        yield command


@pytest.fixture(scope="session")
def told(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data directory of the story, with its archive and the database that its runs made. Not to be changed."""
    folder = tmp_path_factory.mktemp("story")
    with pytest.MonkeyPatch.context() as patch:
        for name in KEYS:
            patch.setenv(f"MICROCRED_KEY_{name.upper()}", "sandbox")
        tell(folder)
    return folder
