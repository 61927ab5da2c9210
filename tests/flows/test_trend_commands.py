"""``microcred snapshot | trends``: figures on stdout, their legend on stderr, pictures in files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


def test_measure_print_draw_and_explain(run: Any, tmp_path: Path) -> None:
    # Two listings, seen once on 10 January 2025, by a source that should be looked at every week.
    assert run("replay", str(ROOT / "tests" / "sources" / "mit_xpro")).returncode == 0
    taken = run("snapshot", "--as-of", "2025-01-31", "--definition", "eu_2022", "--definition", "spain_2023", "--json")
    assert taken.returncode == 0, taken.stderr
    first, second = json.loads(taken.stdout)
    assert {row["definition"] for row in second["rows"]} == {"spain_2023"}
    assert [row["value"] for row in first["rows"] if is_total_stock(row)] == [2.0]
    assert [source["source"] for source in first["sources"]] == ["mit_xpro"]

    shown = run("snapshot", "--as-of", "2025-03-31", "--period-start", "2025-01-31")
    assert shown.returncode == 0, shown.stderr
    # As of the later day; as known then; since; stock and its bounds; growth, which nothing is matched for; the change.
    assert shown.stdout.split("\n")[1].split() == [
        "2025-03-31", "2025-03-31", "2025-01-31", "2", "2", "to", "2", "-", "-", *("0" for _ in range(6)), "0/1/0",
    ]  # fmt: skip
    assert "change = within + reclassified + stale + exit + entry" in " ".join(shown.stderr.split())

    series = run("trends", "--cut", "source", "--measure", "stock", "--panel", "all", "--png", "t.png", "--json")
    assert series.returncode == 0, series.stderr
    assert [(row["as_of"], row["cut_value"], row["value"]) for row in json.loads(series.stdout)] == [
        ("2025-01-31", "mit_xpro", 2.0), ("2025-01-31", "unknown", 0.0), ("2025-03-31", "mit_xpro", 2.0),
        ("2025-03-31", "unknown", 0.0),
    ]  # fmt: skip
    assert (tmp_path / "t.png").read_bytes().startswith(b"\x89PNG")

    told = run("trends", "--explain", "2025-01-31", "2025-03-31", "--json")
    assert told.returncode == 0, told.stderr
    answer = json.loads(told.stdout)
    assert (answer["before"]["id"], answer["after"]["as_of"]) == (first["snapshot_id"], "2025-03-31")
    parts = ("links_and_rules", "revision", "within", "reclassified", "stale", "exit", "entry")
    assert all(row["before"] + sum(row[part] for part in parts) == row["after"] for row in answer["rows"])
    assert answer["sources"] == [
        {"source": "mit_xpro", "source_kind": "institution", "before": "stale", "after": "stale",
         "in_the_period": "stale"},
    ]  # fmt: skip


def is_total_stock(row: dict[str, Any]) -> bool:
    whole = (row["unit"], row["population"], row["panel"]) == ("credential", "all", "all")
    return whole and (row["cut"], row["measure"]) == ("total", "stock")
