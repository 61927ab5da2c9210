"""How much of what real catalogues print is read: floors, so that a change that reads less is seen."""

from __future__ import annotations

import html
import json
import re
from datetime import date
from pathlib import Path

import pytest

from models.records import Quantity
from normalise.quantities import volume


def share_read(field: str, texts: list[str]) -> float:
    """Return the share of texts out of which at least one typed value is read."""
    place = {"duration": 0, "effort": 1, "workload": 2}[field]
    read = 0
    for text in texts:
        quantities = [Quantity(text=text) if at == place else None for at in range(4)]
        size = volume(*quantities, country="US", on=date(2019, 9, 1))
        read += any(value is not None for value in (size.weeks, size.hours_per_week, size.hours, size.credits_value))
    return read / len(texts)


def test_coursera_workload(recordings: Path):
    answer = json.loads((recordings / "coursera" / "2019-09_courses.v1_all.json").read_text(encoding="utf-8"))
    texts = [e["workload"] for e in answer["elements"] if (e.get("workload") or "").strip()]
    assert len(texts) > 2_500
    assert share_read("workload", texts) >= 0.99


@pytest.mark.parametrize(("element", "field", "floor"), [("effort", "effort", 0.93), ("length", "duration", 0.96)])
def test_edx_feed(recordings: Path, element: str, field: str, floor: float):
    feed = (recordings / "edx" / "course-feed_rss_page0.xml").read_text(encoding="utf-8")
    found = re.findall(rf"<course:{element}>([^<]+)</", feed)
    texts = [html.unescape(text) for text in found if text.strip()]
    assert len(texts) > 90
    assert share_read(field, texts) >= floor


def test_mit_sloan_durations(recordings: Path):
    courses = json.loads((recordings / "mit" / "test_sloan_courses.json").read_text(encoding="utf-8"))
    runs = json.loads((recordings / "mit" / "test_sloan_runs.json").read_text(encoding="utf-8"))
    texts = [row["Duration"] for row in (*courses, *runs) if row.get("Duration")]
    assert len(texts) > 100
    assert share_read("duration", texts) >= 0.99
