"""How far each source was covered on a day."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pandas as pd
import pytest

from trends.measures import COVERAGE_COLUMNS, coverage

COLUMNS = ["source", "source_kind", "country", "as_of", "outcome", "counts_absences", "is_first_complete"]


def looks(*rows: tuple[str, str, str]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            (s, "institution", "BE", datetime.fromisoformat(at).replace(tzinfo=UTC), o, o in {"ok", "unchanged"}, False)
            for s, at, o in rows
        ],
        columns=COLUMNS,
    )


def test_each_source_has_its_last_complete_look_its_age_and_its_state():
    seen = looks(
        ("old", "2024-01-01", "ok"),
        ("old", "2024-06-30", "blocked"),
        ("fresh", "2024-06-01T13:00", "unchanged"),
        ("fresh", "2024-06-29", "partial"),
        ("pieces", "2024-06-01", "partial"),
        ("later", "2024-07-01T00:00", "ok"),
    )
    rows = coverage(seen, date(2024, 6, 30))
    assert list(rows.columns) == list(COVERAGE_COLUMNS)
    assert rows["source"].tolist() == ["fresh", "old", "pieces"]
    assert rows["state"].tolist() == ["ok", "stale", "missing"]
    assert rows["last_outcome"].tolist() == ["partial", "blocked", "partial"]
    assert rows["age_days"].tolist() == [29, 181, pd.NA]
    assert rows["last_complete_look"].iloc[0] == pd.Timestamp("2024-06-01T13:00", tz="UTC")
    assert pd.isna(rows["last_complete_look"].iloc[2])


@pytest.mark.parametrize(("days", "state"), [(30, "ok"), (29, "stale")])
def test_the_age_at_which_a_source_is_stale_can_be_set(days: int, state: str):
    rows = coverage(looks(("alpha", "2024-05-31", "ok")), date(2024, 6, 30), stale_after_days=days)
    assert rows["state"].tolist() == [state]


def test_no_look_by_that_day_gives_no_row():
    rows = coverage(looks(("alpha", "2024-05-31", "ok")), date(2024, 1, 1))
    assert rows.empty
    assert list(rows.columns) == list(COVERAGE_COLUMNS)
    assert coverage(looks(), date(2024, 1, 1)).empty


def test_looks_without_a_time_zone_are_refused():
    naive = looks(("alpha", "2024-05-31", "ok")).assign(as_of=pd.to_datetime(["2024-05-31"]))
    with pytest.raises(ValueError, match="as_of: times without a time zone"):
        coverage(naive, date(2024, 6, 30))
