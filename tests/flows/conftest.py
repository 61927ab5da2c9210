"""What the tests of flows share."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
from command_line import Run, in_a_process


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """The command line in a process of its own, with nothing of our environment but what is given by name."""
    return partial(in_a_process, tmp_path)
