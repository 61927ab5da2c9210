"""A process that harvests a hundred times holds no more than after ten times."""

from __future__ import annotations

import csv
import subprocess
import sys
from pathlib import Path

import pytest

from bench.environment import with_bytecode_kept

LOOKS = 100
MOST = 1.10  # times what is held after ten looks, when everything that is loaded once is loaded


@pytest.mark.faults
def test_a_hundred_looks_hold_no_more_than_ten(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "bench.two_years", "--weeks", str(LOOKS), "--sources", "1", "--largest", "60"]
    command += ["--without-questions", "--figures", str(tmp_path)]
    subprocess.run(command, check=True, env=with_bytecode_kept(), capture_output=True)
    with (tmp_path / "sqlite.csv").open(encoding="utf-8", newline="") as file:
        rows = [{name: float(value) for name, value in row.items()} for row in csv.DictReader(file)]
    warm, old = rows[9], rows[LOOKS - 1]
    assert (warm["week"], old["week"]) == (10, LOOKS)
    assert old["resident_bytes"] <= MOST * warm["resident_bytes"]
    assert old["objects"] <= MOST * warm["objects"]
    assert old["descriptors"] <= warm["descriptors"]
    assert old["threads"] <= warm["threads"]
