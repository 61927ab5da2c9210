"""The demo as a whole: the Prefect flow over several dates, and figures that are those of the imitated world."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

COMMAND = Path(sys.executable).parent / "microcred"


def test_demo_measures_what_is_true_of_the_world(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("MICROCRED_", "PREFECT_"))}
    done = subprocess.run(
        [str(COMMAND), "demo", "--seed", "11", "--dates", "4", "--sources", "opensap,tartu,mitx_online", "--json"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert len(result["runs"]) == 4 * 3
    assert {run["outcome"] for run in result["runs"]} == {"ok"}
    assert [row["as_of"] for row in result["trend"]] == ["2023-01-01", "2023-04-01", "2023-07-01", "2023-10-01"]
    for row in result["trend"]:
        for measure in ("stock", "new", "relisted", "withdrawn", "changed"):
            assert row[measure] == row[f"{measure}_true"], (row["as_of"], measure)
    assert result["trend"][-1]["stock"] > 0
    assert sum(row["withdrawn"] for row in result["trend"]) > 0

    for file in result["files"]:
        assert (tmp_path / file).exists(), file
    with closing(sqlite3.connect(tmp_path / "data" / "demo" / "observatory.sqlite")) as database:
        assert database.execute("select count(distinct snapshot_id) from trend").fetchone() == (4,)
    assert list((tmp_path / "data" / "demo" / "archive").rglob("*.warc.gz"))
