"""``microcred reference``: published counts on stdout, ours of a real snapshot beside them, reasons where none is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from command_line import Run

ROOT = Path(__file__).parents[2]


def test_our_figure_of_a_snapshot_stands_beside_and_is_drawn(run_here: Run, tmp_path: Path):
    # The example of this source lists one micro-credential, on 2 March 2026.
    assert run_here("replay", str(ROOT / "tests" / "sources" / "suny")).returncode == 0
    assert run_here("snapshot", "--as-of", "2026-03-31").returncode == 0

    done = run_here("reference", "suny_microcredentials", "suny_campuses", "microcreds_ie_courses", "--json")
    assert done.returncode == 0, done.stderr
    rows = json.loads(done.stdout)
    assert len(rows) == 7 + 7 + 1
    newest = rows[6]
    assert (newest["series"], newest["date_from"], newest["value"]) == ("suny_microcredentials", "2024-01-01", 588.0)
    assert (newest["our_value"], newest["our_as_of"], newest["why_blank"]) == (1.0, "2026-03-31", "")
    assert newest["days_apart"] == 455.0
    assert (rows[7]["our_value"], rows[7]["why_blank"]) == (None, rows[7]["no_figure"])
    assert (rows[14]["our_value"], rows[14]["low"], rows[14]["why_blank"]) == (None, 300.0, "no date")

    drawn = run_here("reference", "suny_microcredentials", "--picture", "suny.svg")
    assert drawn.returncode == 0, drawn.stderr
    assert "State University of New York counts: microcredentials of its campuses" in " ".join(drawn.stdout.split())
    assert "588" in drawn.stdout
    assert "drawn: suny.svg" in drawn.stderr
    assert "Blue, programmes, source suny" in (tmp_path / "suny.svg").read_text(encoding="utf-8")


def test_without_snapshots_every_count_has_its_reason_and_fits_a_terminal(run_here: Run):
    done = run_here("reference")
    assert done.returncode == 0, done.stderr
    heading, *lines = [line.rstrip() for line in done.stdout.splitlines()]
    assert heading.split() == ["series", "time", "stated", "ours", "our", "day"]
    assert len(lines) == 58
    assert max(map(len, lines)) <= 80
    assert lines[0].split() == ["suny_microcredentials", "2018", "21", "-", "no", "snapshot"]
    ends = {line.split("-  ")[-1] for line in lines}
    assert ends == {"no snapshot", "no date", "not counted"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["no_such_series"], "no series no_such_series"),
        (["suny_campuses", "--picture", "suny.pdf"], "a picture is a .png or .svg file"),
        (["microcreds_ie_courses", "--picture", "x.svg"], "no count with a date is left to draw"),
    ],
)
def test_wrong_usage_is_told(run_here: Run, arguments: list[str], said: str):
    done = run_here("reference", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.said
