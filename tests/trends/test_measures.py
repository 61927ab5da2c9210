"""Stock and flows as of a day: figures counted by hand on small histories."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pandas as pd
import pytest

from trends.measures import CUTS, MEASURES, TREND_COLUMNS, measure

COLUMNS = [
    "item_id", "source", "source_kind", "country", "window_number", "opened_at", "last_seen_at", "missed_at",
    "withdrawn_at", "valid_from", "valid_to", "cause", "is_first_version_of_window", "kind", "delivery", "price_type",
]  # fmt: skip


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def version(item: int, opened: str, **others: Any) -> dict[str, Any]:
    row = {
        "item_id": item,
        "source": "alpha",
        "source_kind": "institution",
        "country": "BE",
        "window_number": 1,
        "opened_at": at(opened),
        "last_seen_at": at(opened),
        "missed_at": pd.NaT,
        "withdrawn_at": pd.NaT,
        "valid_from": at(opened),
        "valid_to": pd.NaT,
        "cause": "look",
        "is_first_version_of_window": True,
        "kind": "course",
        "delivery": "online",
        "price_type": "paid",
    }
    return row | others


def history(*rows: dict[str, Any]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=COLUMNS)


def looks(*rows: tuple[str, str, str]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "source": source,
                "source_kind": "institution",
                "country": "BE",
                "as_of": at(when),
                "outcome": outcome,
                "counts_absences": outcome in {"ok", "unchanged"},
                "is_first_complete": False,
            }
            for source, when, outcome in rows
        ],
        columns=["source", "source_kind", "country", "as_of", "outcome", "counts_absences", "is_first_complete"],
    )


ALPHA = looks(("alpha", "2024-01-01", "ok"), ("alpha", "2024-02-01", "ok"), ("alpha", "2024-03-01", "ok"))


def totals(frame: pd.DataFrame, looks_frame: pd.DataFrame, as_of: date, start: date) -> dict[str, int]:
    rows = measure(frame, looks_frame, as_of=as_of, period_start=start, unit="programme")
    total = rows[rows["cut"] == "total"]
    return {str(m): int(v) for m, v in zip(total["measure"], total["value"], strict=True)}


def of(rows: pd.DataFrame, cut: str, value: str, name: str) -> pd.Series[Any]:
    chosen = rows[(rows["cut"] == cut) & (rows["cut_value"] == value) & (rows["measure"] == name)]
    assert len(chosen) == 1, (cut, value, name, len(chosen))
    return chosen.iloc[0]


NOTHING = dict.fromkeys(MEASURES, 0)


def test_first_complete_look_is_baseline_and_later_first_windows_are_new():
    frame = history(version(1, "2024-01-01"), version(2, "2024-01-01"), version(3, "2024-02-01"))
    got = totals(frame, ALPHA, date(2024, 3, 1), date(2023, 12, 31))
    assert got == NOTHING | {"stock": 3, "baseline_entered": 2, "new": 1}


def test_what_a_partial_look_showed_before_the_first_complete_one_is_baseline():
    seen = looks(("alpha", "2023-06-01", "partial"), ("alpha", "2024-01-01", "ok"))
    frame = history(version(1, "2023-06-01"))
    assert totals(frame, seen, date(2024, 1, 1), date(2023, 5, 1)) == NOTHING | {"stock": 1, "baseline_entered": 1}
    # Known or not known yet, the first complete look gives the same figure for the earlier day.
    assert totals(frame, seen, date(2023, 7, 1), date(2023, 5, 1)) == NOTHING | {"stock": 1, "baseline_entered": 1}


def test_one_complete_miss_is_still_live_and_two_are_withdrawn():
    gone = version(1, "2024-01-01", missed_at=at("2024-02-01"), withdrawn_at=at("2024-03-01"))
    frame = history(gone, version(2, "2024-01-01"))
    after_one = totals(frame, ALPHA, date(2024, 2, 1), date(2024, 1, 1))
    assert after_one == NOTHING | {"stock": 2, "missing": 1}
    after_two = totals(frame, ALPHA, date(2024, 3, 1), date(2024, 2, 1))
    assert after_two == NOTHING | {"stock": 1, "withdrawn": 1}
    assert totals(frame, ALPHA, date(2024, 3, 2), date(2024, 3, 1)) == NOTHING | {"stock": 1}


def test_a_return_is_relisted_and_not_new():
    first = version(1, "2024-01-01", missed_at=at("2024-02-01"), withdrawn_at=at("2024-03-01"))
    second = version(1, "2024-04-01", window_number=2)
    got = totals(history(first, second), ALPHA, date(2024, 5, 1), date(2024, 2, 1))
    assert got == NOTHING | {"stock": 1, "withdrawn": 1, "relisted": 1}


def test_a_window_that_opens_and_closes_within_the_period_shows_in_both_flows():
    brief = version(1, "2024-02-01", missed_at=at("2024-03-01"), withdrawn_at=at("2024-04-01"))
    assert totals(history(brief), ALPHA, date(2024, 6, 1), date(2024, 1, 15)) == NOTHING | {"new": 1, "withdrawn": 1}


def test_changes_are_versions_of_cause_look_that_are_not_the_first_of_their_window():
    later: dict[str, Any] = {"is_first_version_of_window": False}
    frame = history(
        version(1, "2024-01-01"),
        version(1, "2024-01-01", valid_from=at("2024-02-01"), price_type="free", **later),
        version(1, "2024-01-01", valid_from=at("2024-02-15"), price_type="paid", **later),
        version(2, "2024-01-01"),
        version(2, "2024-01-01", valid_from=at("2024-02-01"), cause="reparse", **later),
        version(3, "2024-01-01"),
        version(3, "2024-01-01", valid_from=at("2024-02-01"), cause="completion", **later),
        version(4, "2024-01-01"),
        version(4, "2024-01-01", valid_from=at("2024-03-01"), **later),
    )
    got = totals(frame, ALPHA, date(2024, 2, 20), date(2024, 1, 15))
    assert got == NOTHING | {"stock": 4, "changed": 2, "changed_items": 1}


def test_the_day_ends_at_midnight_utc_and_that_midnight_is_the_next_day():
    just_before = datetime(2024, 2, 1, 23, 59, 59, 999999, tzinfo=UTC)
    midnight = datetime(2024, 2, 2, tzinfo=UTC)
    frame = history(
        version(1, "2024-01-01", withdrawn_at=just_before),
        version(2, "2024-01-01", withdrawn_at=midnight),
    )
    assert totals(frame, ALPHA, date(2024, 2, 1), date(2024, 1, 1)) == NOTHING | {"stock": 1, "withdrawn": 1}


def test_times_of_another_zone_are_read_as_the_instants_they_are():
    # 1 February 01:00 in Seoul is still 31 January in UTC.
    seoul = datetime(2024, 2, 1, 1, tzinfo=timezone(timedelta(hours=9)))
    frame = history(version(1, "2024-01-05", opened_at=seoul, valid_from=seoul))
    assert totals(frame, ALPHA, date(2024, 1, 31), date(2024, 1, 2))["stock"] == 1
    assert totals(frame, ALPHA, date(2024, 1, 30), date(2024, 1, 2))["stock"] == 0


@pytest.mark.parametrize("as_object", [False, True])
def test_a_naive_time_is_refused(as_object: bool):
    naive = pd.Series([datetime(2024, 1, 1)], dtype="object" if as_object else "datetime64[us]")  # noqa: DTZ001
    frame = history(version(1, "2024-01-01")).assign(opened_at=naive)
    with pytest.raises(ValueError, match="opened_at: times without a time zone"):
        totals(frame, ALPHA, date(2024, 2, 1), date(2024, 1, 1))


def test_categories_are_those_stated_by_the_version_in_force_and_unknown_is_one_of_them():
    frame = history(
        version(1, "2024-01-01", delivery="online"),
        version(1, "2024-01-01", valid_from=at("2024-02-01"), delivery="blended", is_first_version_of_window=False),
        version(2, "2024-01-01", delivery=None),
        version(3, "2024-01-01", delivery="online"),
        version(4, "2024-01-01", delivery="online", source="beta", country="NZ", kind="microcredential"),
    )
    before = measure(frame, ALPHA, as_of=date(2024, 1, 31), period_start=date(2024, 1, 1), unit="programme")
    assert of(before, "delivery", "online", "stock")["value"] == 3
    after = measure(frame, ALPHA, as_of=date(2024, 2, 1), period_start=date(2024, 1, 1), unit="programme")
    assert of(after, "delivery", "online", "stock")["value"] == 2
    assert of(after, "delivery", "blended", "stock")["value"] == 1
    unknown = of(after, "delivery", "unknown", "stock")
    assert (unknown["value"], unknown["n"], unknown["missing_share"]) == (1, 4, 0.25)
    assert of(after, "delivery", "online", "stock")["missing_share"] == 0.25
    assert of(after, "delivery", "blended", "changed")["value"] == 1
    assert of(after, "price_type", "unknown", "stock")["value"] == 0
    assert of(after, "country", "NZ", "stock")["value"] == 1
    assert of(after, "source", "alpha", "stock")["value"] == 3
    assert of(after, "kind", "microcredential", "stock")["value"] == 1
    assert of(after, "source_kind", "institution", "stock")["value"] == 4


def test_a_withdrawn_window_counts_under_its_last_version():
    gone: dict[str, Any] = {"missed_at": at("2024-02-10"), "withdrawn_at": at("2024-02-20")}
    frame = history(
        version(1, "2024-01-01", valid_to=at("2024-01-20"), price_type="free", **gone),
        version(
            1, "2024-01-01", valid_from=at("2024-01-20"), valid_to=at("2024-02-20"), price_type="paid",
            is_first_version_of_window=False, **gone,
        ),
    )  # fmt: skip
    rows = measure(frame, ALPHA, as_of=date(2024, 3, 1), period_start=date(2024, 2, 1), unit="programme")
    assert of(rows, "price_type", "paid", "withdrawn")["value"] == 1
    assert "free" not in set(rows["cut_value"])
    assert of(rows, "price_type", "paid", "stock")["value"] == 0


def test_n_is_the_sum_over_the_cut_and_the_missing_are_a_part_of_the_stock():
    frame = history(
        version(1, "2024-01-01", delivery=None, missed_at=at("2024-02-01")),
        version(2, "2024-01-01"),
        version(3, "2024-02-01", delivery=None),
        version(4, "2024-02-01"),
    )
    rows = measure(frame, ALPHA, as_of=date(2024, 2, 1), period_start=date(2024, 1, 1), unit="programme")
    assert of(rows, "delivery", "online", "new")["n"] == 2
    assert of(rows, "delivery", "online", "new")["missing_share"] == 0.5
    missing = of(rows, "delivery", "unknown", "missing")
    assert (missing["value"], missing["n"], missing["missing_share"]) == (1, 4, 0.5)
    withdrawn = of(rows, "delivery", "online", "withdrawn")
    assert (withdrawn["value"], withdrawn["n"]) == (0, 0)
    assert pd.isna(withdrawn["missing_share"])


def test_an_item_changed_in_two_windows_is_one_changed_item():
    later: dict[str, Any] = {"is_first_version_of_window": False}
    closed: dict[str, Any] = {"missed_at": at("2024-02-10"), "withdrawn_at": at("2024-02-20")}
    frame = history(
        version(1, "2024-01-01", **closed),
        version(1, "2024-01-01", valid_from=at("2024-02-01"), delivery="blended", **closed, **later),
        version(1, "2024-03-01", window_number=2),
        version(1, "2024-03-01", window_number=2, valid_from=at("2024-03-10"), delivery="presential", **later),
    )
    rows = measure(frame, ALPHA, as_of=date(2024, 4, 1), period_start=date(2024, 1, 15), unit="programme")
    assert of(rows, "total", "all", "changed")["value"] == 2
    assert of(rows, "total", "all", "changed_items")["value"] == 1
    assert of(rows, "delivery", "presential", "changed_items")["value"] == 1
    assert of(rows, "delivery", "blended", "changed_items")["value"] == 0


def test_a_category_seen_once_keeps_its_rows():
    gone = version(1, "2024-01-01", source="beta", withdrawn_at=at("2024-02-01"))
    rows = measure(history(gone), ALPHA, as_of=date(2024, 6, 1), period_start=date(2024, 5, 1), unit="programme")
    assert of(rows, "source", "beta", "stock")["value"] == 0


def test_an_empty_history_gives_zeros_and_not_nothing():
    rows = measure(history(), looks(), as_of=date(2024, 2, 1), period_start=date(2024, 1, 1), unit="offering")
    assert list(rows.columns) == list(TREND_COLUMNS)
    total = rows[rows["cut"] == "total"]
    assert set(total["measure"]) == set(MEASURES)
    assert (rows["value"] == 0).all()
    assert rows["missing_share"].isna().all()
    assert set(rows["unit"]) == {"offering"}
    assert set(rows["panel"]) == {"all"}


def test_a_history_that_is_all_later_gives_zeros():
    rows = measure(
        history(version(1, "2025-01-01")),
        ALPHA,
        as_of=date(2024, 2, 1),
        period_start=date(2024, 1, 1),
        unit="programme",
    )
    assert (rows["value"] == 0).all()
    assert "alpha" not in set(rows["cut_value"])


def test_a_row_given_twice_counts_once():
    frame = history(version(1, "2024-01-01"), version(1, "2024-01-01"))
    assert totals(frame, ALPHA, date(2024, 2, 1), date(2024, 1, 1))["stock"] == 1


@pytest.mark.parametrize(
    ("second", "message"),
    [
        (version(1, "2024-01-01", delivery="blended"), "two versions of one window begin at once"),
        (version(1, "2024-01-02", valid_from=at("2024-01-05")), "disagree"),
        (version(1, "2024-01-05", window_number=2), "two open windows"),
    ],
)
def test_a_history_that_contradicts_itself_is_refused(second: dict[str, Any], message: str):
    with pytest.raises(ValueError, match=message):
        totals(history(version(1, "2024-01-01"), second), ALPHA, date(2024, 2, 1), date(2024, 1, 1))


def test_wrong_arguments_are_refused():
    frame = history(version(1, "2024-01-01"))
    with pytest.raises(ValueError, match="unknown unit 'course'"):
        measure(frame, ALPHA, as_of=date(2024, 2, 1), period_start=date(2024, 1, 1), unit="course")
    with pytest.raises(ValueError, match="the period must start before it ends"):
        measure(frame, ALPHA, as_of=date(2024, 2, 1), period_start=date(2024, 2, 1), unit="programme")
    with pytest.raises(ValueError, match="history: no column delivery"):
        measure(
            frame.drop(columns="delivery"), ALPHA, as_of=date(2024, 2, 1), period_start=date(2024, 1, 1),
            unit="programme",
        )  # fmt: skip


def test_every_cut_has_every_measure_once_a_category():
    frame = history(version(1, "2024-01-01"), version(2, "2024-01-01", kind=None))
    rows = measure(frame, ALPHA, as_of=date(2024, 2, 1), period_start=date(2024, 1, 1), unit="programme")
    assert set(rows["cut"]) == set(CUTS)
    assert not rows.duplicated(["cut", "cut_value", "measure"]).any()
    assert (rows.groupby(["cut", "cut_value"]).size() == len(MEASURES)).all()
