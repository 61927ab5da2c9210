"""How far each source was covered on a day, and which sources may be compared between two."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest
from trend_frames import looks

from trends.frames import Period
from trends.panels import COVERAGE_COLUMNS, TOLERANCE_DAYS, coverage, quarter_days, source_statuses

QUARTER = Period(date(2024, 3, 31), date(2024, 6, 30))


def test_each_source_has_its_last_complete_look_its_age_and_its_state():
    seen = looks(
        ("alpha", "2024-01-01", "ok"),
        ("alpha", "2024-06-29", "blocked"),
        ("beta", "2024-06-20T13:00", "unchanged"),
        ("beta", "2024-06-29", "partial"),
        ("gamma", "2024-06-01", "partial"),
        ("gamma", "2024-07-01", "ok"),
    )
    rows = coverage(seen, date(2024, 6, 30))
    assert list(rows.columns) == list(COVERAGE_COLUMNS)
    assert rows["source"].tolist() == ["alpha", "beta", "gamma"]
    assert rows["state"].tolist() == ["stale", "ok", "missing"]
    assert rows["last_outcome"].tolist() == ["blocked", "partial", "partial"]
    assert rows["age_days"].tolist() == [181, 10, pd.NA]
    assert rows["last_complete_look"].iloc[1] == pd.Timestamp("2024-06-20T13:00", tz="UTC")
    assert pd.isna(rows["last_complete_look"].iloc[2])


@pytest.mark.parametrize(("cadence", "days"), TOLERANCE_DAYS.items())
def test_a_source_is_stale_when_its_look_is_older_than_its_cadence_allows(cadence: str, days: int):
    day = date(2024, 6, 30)
    last = pd.Timestamp(day) - pd.Timedelta(days=days)
    still = coverage(looks(("alpha", str(last), "ok"), cadence=cadence), day)
    no_more = coverage(looks(("alpha", str(last - pd.Timedelta(days=1)), "ok"), cadence=cadence), day)
    assert [*still["state"], *no_more["state"]] == ["ok", "stale"]


def test_no_look_by_that_day_gives_no_row():
    rows = coverage(looks(("alpha", "2024-05-31", "ok")), date(2024, 1, 1))
    assert rows.empty
    assert list(rows.columns) == list(COVERAGE_COLUMNS)
    assert coverage(looks(), date(2024, 1, 1)).empty
    assert source_statuses(looks(), QUARTER).empty


def test_looks_without_a_time_zone_or_of_an_unknown_cadence_are_refused():
    seen = looks(("alpha", "2024-05-31", "ok"))
    with pytest.raises(ValueError, match="as_of: times without a time zone"):
        coverage(seen.assign(as_of=pd.to_datetime(["2024-05-31"])), date(2024, 6, 30))
    with pytest.raises(ValueError, match="unknown cadence 'yearly'"):
        coverage(seen.assign(cadence="yearly"), date(2024, 6, 30))


def status(*rows: tuple[str, str, str], **others: object) -> str:
    return source_statuses(looks(*rows, **others), QUARTER)["status"].iloc[0]  # type: ignore[arg-type]


def test_a_source_is_matched_when_it_was_looked_at_near_both_ends():
    assert status(("alpha", "2024-03-20", "ok"), ("alpha", "2024-06-20", "unchanged")) == "matched"


def test_a_source_is_stale_when_nobody_looked_near_one_of_the_ends():
    assert status(("alpha", "2024-03-01", "ok"), ("alpha", "2024-06-20", "ok")) == "stale"
    assert status(("alpha", "2024-03-20", "ok"), ("alpha", "2024-06-01", "ok")) == "stale"
    assert status(("alpha", "2024-03-20", "ok"), ("alpha", "2024-06-20", "partial")) == "stale"


def test_one_look_cannot_be_near_both_ends():
    """A look of February is within a quarter of the end of May; it shows nothing of what changed in between."""
    spring = Period(date(2024, 2, 29), date(2024, 5, 31))
    seen = looks(("alpha", "2024-02-28", "ok"), cadence="quarterly")
    assert source_statuses(seen, spring)["status"].tolist() == ["stale"]


def test_a_look_soon_after_an_end_brackets_it_if_it_is_known():
    """Held back or down around 30 June; read again on 10 July, which is known a month later and not then."""
    seen = looks(("alpha", "2024-03-20", "ok"), ("alpha", "2024-06-01", "ok"), ("alpha", "2024-07-10", "ok"))
    later = pd.Timestamp("2024-08-01", tz="UTC")
    assert source_statuses(seen, QUARTER)["status"].tolist() == ["stale"]
    assert source_statuses(seen, QUARTER, until=later)["status"].tolist() == ["matched"]
    summer = Period(date(2024, 6, 30), date(2024, 9, 30))
    read_on = pd.concat([seen, looks(("alpha", "2024-09-25", "ok"))])
    assert source_statuses(read_on, summer)["status"].tolist() == ["matched"]
    assert source_statuses(read_on.iloc[1:2], summer)["status"].tolist() == ["stale"]


def test_a_look_too_long_after_an_end_does_not():
    seen = looks(("alpha", "2024-03-20", "ok"), ("alpha", "2024-06-01", "ok"), ("alpha", "2024-07-16", "ok"))
    assert source_statuses(seen, QUARTER, until=pd.Timestamp("2024-08-01", tz="UTC"))["status"].tolist() == ["stale"]


def test_one_look_between_the_ends_of_a_short_period_is_not_near_both():
    seen = looks(("alpha", "2023-01-01", "ok"), ("alpha", "2024-06-15", "ok"), cadence="monthly")
    month = Period(date(2024, 5, 31), date(2024, 6, 30))
    assert source_statuses(seen, month, until=pd.Timestamp("2024-08-01", tz="UTC"))["status"].tolist() == ["stale"]


def test_a_source_first_read_after_the_period_is_none_of_it():
    seen = looks(("alpha", "2024-06-20", "partial"), ("alpha", "2024-07-02", "ok"), ("beta", "2024-07-02", "ok"))
    statuses = source_statuses(seen, QUARTER, until=pd.Timestamp("2024-08-01", tz="UTC"))
    assert statuses[["source", "status"]].to_numpy().tolist() == [["alpha", "stale"]]


def test_a_source_enters_with_its_first_complete_look_and_leaves_when_it_is_retired():
    assert status(("alpha", "2024-03-20", "partial"), ("alpha", "2024-04-20", "ok")) == "entry"
    seen = (("alpha", "2024-03-25", "ok"), ("alpha", "2024-05-25", "ok"))
    assert status(*seen, retired={"alpha": date(2024, 6, 1)}) == "exit"
    assert status(*seen, retired={"alpha": date(2024, 7, 1)}) == "stale"


def test_a_source_that_is_read_after_it_is_said_to_be_retired_is_not():
    seen = (("alpha", "2024-03-25", "ok"), ("alpha", "2024-06-25", "ok"))
    assert status(*seen, retired={"alpha": date(2019, 12, 31)}) == "matched"
    rows = coverage(looks(*seen, retired={"alpha": date(2024, 6, 26)}), date(2024, 6, 30))
    assert rows["state"].tolist() == ["retired"]


def test_a_source_of_which_only_pieces_were_read_is_stale():
    assert status(("alpha", "2024-05-20", "partial")) == "stale"


def test_chains_go_back_over_first_days_of_quarters_as_long_as_a_source_is_matched_on_each_link():
    seen = [("alpha", f"2023-{month:02d}-{day}", "ok") for month in (3, 4, 6, 7, 9) for day in ("01", "28")]
    seen += [("alpha", "2022-06-28", "ok")]
    # 30 June 2022 is followed by nothing near 1 October 2022 or 1 January 2023.
    assert quarter_days(looks(*seen), date(2023, 10, 1)) == (date(2023, 4, 1), date(2023, 7, 1))
    assert quarter_days(looks(*seen), date(2023, 7, 31)) == (date(2023, 4, 1), date(2023, 7, 1))
    assert quarter_days(looks(*seen), date(2024, 6, 30)) == ()
    assert quarter_days(looks(), date(2024, 6, 30)) == ()
