"""A year of looks is harvested for real, and told in medians."""

from __future__ import annotations

import pytest

from bench.year import by_quarter, looks

PAGES = 40


@pytest.mark.parametrize("whole", [False, True], ids=["as signals say", "every page"])
def test_every_look_is_one_of_the_same_site_a_week_later(*, whole: bool):
    first, second, third = looks(PAGES, 3, whole=whole)
    assert (first["new"], second["new"], third["new"]) == (PAGES, 0, 0)
    assert [look["requests"] for look in (first, second, third)] == [PAGES + 1] * 3
    assert first["archive_kib"] > 10 * second["archive_kib"] > 0
    assert first["database_kib"] > second["database_kib"] >= 0


def test_looks_are_told_one_by_one_then_in_medians_of_thirteen():
    cost = {"cpu_seconds": 1, "requests": 1, "changed": 1, "archive_kib": 1, "database_kib": 1, "loop_late_ms_max": 1}
    rows = by_quarter([cost | {"seconds": number} for number in range(1, 18)])
    assert [(row["looks"], row["seconds"]) for row in rows] == [("1", 1), ("2", 2), ("3 to 15", 9), ("16 to 17", 16.5)]
