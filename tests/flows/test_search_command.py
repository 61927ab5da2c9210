"""``microcred search``: data on stdout, all else on stderr."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from small_runs import Told, a_programme, a_source

from models.store import open_database


def test_search(run: Any, tmp_path: Path):
    none = run("search", "ice")
    assert (none.returncode, none.stdout) == (2, "")
    assert "there is no database" in none.stderr

    assert run("db", "upgrade").returncode == 0
    [file] = tmp_path.rglob("observatory.sqlite")
    engine = open_database(f"sqlite:///{file}")
    told = Told(engine, a_source())
    told.run("2024-01-01", a_programme("a", title="Éléments de glace"), a_programme("b", description="Glaces; 冰川学"))
    engine.dispose()

    found = run("search", "GLACE")
    assert found.returncode == 0, found.stderr
    assert "Éléments de glace" in found.stdout
    rows = json.loads(run("search", "glace", "--json", "--country", "nl").stdout)
    assert [(row["ref"], row["found_in"], row["snippet"]) for row in rows] == [
        ("a", "title", None), ("b", "description", "Glaces; 冰川学"),
    ]  # fmt: skip
    assert [row["ref"] for row in json.loads(run("search", "川学", "--json").stdout)] == ["b"]
    assert json.loads(run("search", "glace", "--json", "--source", "beta").stdout) == []
    assert json.loads(run("search", "glace", "--json", "--limit", "1").stdout) == [rows[0]]

    nothing = run("search", "--", "-- +++")
    assert (nothing.returncode, nothing.stdout) == (0, "")
    assert "nothing found" in nothing.stderr
    long = run("search", " ".join(f"w{n}" for n in range(2_500)))
    assert (long.returncode, long.stdout) == (2, "")
    assert "at most 200 words" in long.stderr
    again = run("db", "upgrade", "--search")
    assert again.returncode == 0
    assert "2 programmes can be searched" in again.stderr
