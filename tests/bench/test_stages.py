"""The bench of the stages goes through catalogues of every kind, those that ask for a key too."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

STAGES = ("fetch and archive", "parse", "parse and normalise", "first harvest, whole", "harvest again, unchanged")


@pytest.mark.parametrize("slug", ["opensap", "kmooc"])
def test_every_stage_has_something_to_do(slug: str) -> None:
    keyless = {name: value for name, value in os.environ.items() if not name.startswith("MICROCRED_KEY_")}
    command = [sys.executable, "-m", "bench.stages", "--json", "--sources", slug]
    done = subprocess.run(command, env=keyless, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    measured = {stage["stage"]: stage["n"] for stage in json.loads(done.stdout)["stages"]}
    assert all(measured[stage] > 0 for stage in STAGES)
    assert measured["parse"] == measured["first harvest, whole"] == measured["harvest again, unchanged"]
