"""What the tests of flows share."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from command_line import Run, in_a_process, in_this_process


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
