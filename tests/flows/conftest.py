"""What the tests of flows share."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

COMMAND = Path(sys.executable).parent / "microcred"

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """The command line in a process of its own, with nothing of our environment but what is given by name."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("MICROCRED_", "PREFECT_"))}
    environment = kept | {"MICROCRED_DATA_DIR": str(tmp_path / "data")}

    def run_command(*arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(COMMAND), *arguments], cwd=tmp_path, env=environment | more, capture_output=True, text=True,
            timeout=240, check=False,
        )  # fmt: skip

    return run_command
