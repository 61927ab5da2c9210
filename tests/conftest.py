from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
RECORDINGS = Path(os.environ.get("MICROCRED_RECORDINGS", ROOT.parent / "shared" / "recordings"))


@pytest.fixture(scope="session")
def recordings() -> Path:
    """The folder of real recordings, or a skip that says how to get it."""
    if not (RECORDINGS / "MANIFEST.tsv").is_file():
        pytest.skip(f"no recordings at {RECORDINGS}: set MICROCRED_RECORDINGS")
    return RECORDINGS
