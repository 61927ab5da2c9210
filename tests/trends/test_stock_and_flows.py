"""Stock and flows of listings: figures counted by hand on small histories."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pandas as pd
import pytest
from trend_frames import at, counts, gone, history, later, looks, total, version

from trends.frames import Period
from trends.knowledge import known_by
from trends.updates import changed_fields

ALPHA = looks(*[("alpha", f"2024-0{month}-01", "ok") for month in range(1, 7)])
BASE = "2024-01-01"
YEAR_BEFORE = "2023-12-31"


def test_the_first_complete_look_is_the_baseline_and_later_first_windows_are_new():
    frame = history(version(1, BASE), version(2, BASE), version(3, "2024-02-01", seen_not_before=BASE))
    got = total(frame, ALPHA, (YEAR_BEFORE, "2024-03-01"))
    assert got == {"stock": 3, "stock_low": 3, "stock_high": 3, "baseline_entered": 2, "new": 1}


def test_what_a_partial_look_showed_before_the_first_complete_one_is_baseline():
    seen = looks(("alpha", "2023-06-01", "partial"), ("alpha", BASE, "ok"))
    frame = history(version(1, "2023-06-01"))
    expected = {"stock": 1, "stock_low": 1, "stock_high": 1, "baseline_entered": 1}
    assert total(frame, seen, ("2023-05-01", BASE)) == expected
    # Known or not known yet, the first complete look gives the same figure for the earlier day.
    assert total(frame, seen, ("2023-05-01", "2023-07-01")) == expected


def test_one_miss_is_still_listed_with_a_bound_and_two_are_withdrawn():
    frame = history(version(1, BASE, **gone(BASE, "2024-02-01", "2024-03-01")), version(2, BASE))
    after_one = total(frame, ALPHA, (BASE, "2024-02-01"))
    assert after_one == {
        "stock_start": 2, "stock": 2, "missing": 1, "stock_low": 1, "stock_high": 2,
    }  # fmt: skip
    after_two = total(frame, ALPHA, ("2024-02-01", "2024-03-01"))
    assert after_two == {
        "stock_start": 2, "stock": 1, "withdrawn": 1, "stock_low": 1, "stock_high": 1,
    }  # fmt: skip


def test_what_is_known_later_dates_the_withdrawal_at_the_first_look_without_it():
    frame = history(version(1, BASE, **gone(BASE, "2024-02-01", "2024-03-01")), version(2, BASE))
    revised = total(frame, ALPHA, (BASE, "2024-02-01"), known_at="2024-03-01")
    assert revised == {
        "stock_start": 2, "stock": 1, "withdrawn": 1, "stock_low": 1, "stock_high": 1,
    }  # fmt: skip
    # And the period after that has no withdrawal: each counts once, whatever the lag.
    next_period = total(frame, ALPHA, ("2024-02-01", "2024-03-01"), known_at="2024-03-30")
    assert next_period == {"stock_start": 1, "stock": 1, "stock_low": 1, "stock_high": 1}


def test_a_lag_shorter_than_the_time_to_confirm_dates_it_in_between():
    """Confirmed on 1 March; with 10 days of later knowledge it leaves the record on 20 February."""
    frame = history(version(1, BASE, **gone(BASE, "2024-02-01", "2024-03-01")))
    assert total(frame, ALPHA, (BASE, "2024-02-19"), known_at="2024-02-29")["stock"] == 1
    assert "stock" not in total(frame, ALPHA, (BASE, "2024-02-20"), known_at="2024-03-01")


def test_an_item_whose_end_lies_around_the_day_is_not_surely_listed():
    """Seen on 1 February, missed on 1 March: on 10 February it may have been there or not."""
    frame = history(version(1, BASE, **gone("2024-02-01", "2024-03-01", "2024-04-01")), version(2, BASE))
    got = total(frame, ALPHA, (BASE, "2024-02-10"), known_at="2024-04-01")
    assert (got["stock"], got["stock_low"], got["stock_high"]) == (2, 1, 2)


def test_an_item_whose_birth_lies_around_the_day_may_have_been_listed():
    new = version(2, "2024-03-01", seen_not_before="2024-02-01")
    frame = history(version(1, BASE), new)
    got = total(frame, ALPHA, (BASE, "2024-02-10"), known_at="2024-04-01")
    assert (got["stock"], got["stock_low"], got["stock_high"]) == (1, 1, 2)
    # Nobody can know that on the day itself.
    assert total(frame, ALPHA, (BASE, "2024-02-10"))["stock_high"] == 1


def test_a_return_is_relisted_and_not_new():
    first = version(1, BASE, **gone(BASE, "2024-02-01", "2024-03-01"))
    second = version(1, "2024-04-01", window_number=2, seen_not_before="2024-03-01")
    got = total(history(first, second), ALPHA, ("2024-02-01", "2024-05-01"))
    assert got == {
        "stock_start": 1, "stock": 1, "withdrawn": 1, "relisted": 1, "stock_low": 1, "stock_high": 1,
    }  # fmt: skip


def test_a_window_that_opens_and_closes_within_the_period_shows_in_both_flows():
    brief = version(1, "2024-02-01", seen_not_before=BASE, **gone("2024-02-01", "2024-03-01", "2024-04-01"))
    assert total(history(brief), ALPHA, ("2024-01-15", "2024-06-01")) == {"new": 1, "withdrawn": 1}


def test_what_a_retired_catalogue_listed_leaves_with_it_and_is_not_withdrawn():
    seen = looks(("alpha", BASE, "ok"), ("alpha", "2024-02-01", "ok"), retired={"alpha": date(2024, 2, 10)})
    frame = history(version(1, BASE), version(2, BASE, **gone(BASE, "2024-02-01")))
    assert total(frame, seen, (BASE, "2024-02-09"))["stock"] == 2
    assert total(frame, seen, (BASE, "2024-02-10")) == {"stock_start": 2, "source_exited": 2}


def test_the_day_ends_at_midnight_utc_and_that_midnight_is_the_next_day():
    just_before = datetime(2024, 2, 1, 23, 59, 59, 999999, tzinfo=UTC)
    midnight = datetime(2024, 2, 2, tzinfo=UTC)
    frame = history(
        version(1, BASE, **gone(BASE, "2024-01-31") | {"withdrawn_at": just_before}),
        version(2, BASE, **gone(BASE, "2024-01-31") | {"withdrawn_at": midnight}),
    )
    got = total(frame, ALPHA, (BASE, "2024-02-01"))
    assert (got["stock"], got["withdrawn"]) == (1, 1)


def test_times_of_another_zone_are_read_as_the_instants_they_are():
    # 1 February 01:00 in Seoul is still 31 January in UTC.
    seoul = datetime(2024, 2, 1, 1, tzinfo=timezone(timedelta(hours=9)))
    frame = history(version(1, BASE, opened_at=seoul, valid_from=seoul))
    assert total(frame, ALPHA, (BASE, "2024-01-31"))["stock"] == 1
    assert "stock" not in total(frame, ALPHA, (BASE, "2024-01-30"))


def test_categories_are_those_of_the_version_in_force_and_unknown_is_one_of_them():
    frame = history(
        version(1, BASE, delivery="online"),
        version(1, BASE, **later("2024-02-01", delivery="blended")),
        version(2, BASE, delivery=None),
        version(3, BASE, delivery="unknown"),
    )
    before = counts(frame, ALPHA, (YEAR_BEFORE, "2024-01-31"), cut="delivery")
    assert before["stock"].to_dict() == {"online": 1, "unknown": 2}
    after = counts(frame, ALPHA, ("2024-01-31", "2024-02-01"), cut="delivery")
    assert after["stock_start"].to_dict() == {"blended": 0, "online": 1, "unknown": 2}
    assert after["stock"].to_dict() == {"blended": 1, "online": 0, "unknown": 2}
    assert after["reclassified"].to_dict() == {"blended": 1, "online": -1, "unknown": 0}


def test_what_is_withdrawn_counts_under_its_last_version_and_its_move_as_one():
    ended = gone("2024-01-20", "2024-02-01", "2024-03-01")
    frame = history(
        version(1, BASE, price_type="free", **ended),
        version(1, BASE, **ended, **later("2024-01-20", price_type="paid")),
    )
    rows = counts(frame, ALPHA, ("2024-01-10", "2024-03-01"), cut="price_type")
    assert rows["stock_start"].to_dict() == {"free": 1, "paid": 0, "unknown": 0}
    assert rows["reclassified"].to_dict() == {"free": -1, "paid": 1, "unknown": 0}
    assert rows["withdrawn"].to_dict() == {"free": 0, "paid": 1, "unknown": 0}


def test_an_item_counts_in_each_of_its_development_modes_and_once_in_the_exclusive_cut():
    frame = history(
        version(1, BASE, development_modes=("own_new_nondegree",)),
        version(2, BASE, development_modes=("own_unbundled", "partner_employer")),
        version(3, BASE, development_modes=("partner_employer", "partner_commercial_platform")),
        version(4, BASE, development_modes=("non_hei",)),
        version(5, BASE, development_modes=("unknown",)),
        version(6, BASE, development_modes=None),
    )
    by_mode = counts(frame, ALPHA, (YEAR_BEFORE, BASE), cut="development_modes")["stock"]
    assert by_mode[by_mode > 0].to_dict() == {
        "non_hei": 1, "own_new_nondegree": 1, "own_unbundled": 1, "partner_commercial_platform": 1,
        "partner_employer": 2, "unknown": 2,
    }  # fmt: skip
    exclusive = counts(frame, ALPHA, (YEAR_BEFORE, BASE), cut="development")["stock"]
    assert exclusive.to_dict() == {"alone": 1, "both": 1, "non_hei": 1, "partnership": 1, "unknown": 2}


def test_bands_close_their_gaps_by_whole_credits():
    ects = [0.5, 2.99, 3, 6, 6.5, 7, 15, 15.9, 16, 30, 30.1, 60, None]
    frame = history(*(version(number, BASE, ects=value) for number, value in enumerate(ects)))
    bands = counts(frame, ALPHA, (YEAR_BEFORE, BASE), cut="ects_band")["stock"]
    assert bands.to_dict() == {"<3": 2, "3-6": 3, "7-15": 3, "16-30": 2, ">30": 2, "unknown": 1}


def test_a_population_is_a_set_of_classes_and_a_move_into_it_is_no_growth():
    frame = history(
        version(1, BASE, mc_class="core"),
        version(2, BASE, mc_class="broad"),
        version(2, BASE, **later("2024-02-01", mc_class="core")),
        version(3, BASE, mc_class="course_only"),
        version(4, BASE, mc_class=None),
    )
    period = ("2024-01-10", "2024-02-10")
    core = total(frame, ALPHA, period, population="core")
    assert (core["stock_start"], core["stock"], core["reclassified"]) == (1, 2, 1)
    assert total(frame, ALPHA, period, population="core_and_broad")["stock"] == 2
    assert total(frame, ALPHA, period)["stock"] == 4


def test_the_cut_across_borders_compares_the_awarder_with_the_catalogue():
    frame = history(
        version(1, BASE, awarder_country="BE"), version(2, BASE, awarder_country="FR"), version(3, BASE),
    )  # fmt: skip
    rows = counts(frame, ALPHA, (YEAR_BEFORE, BASE), cut="cross_border")
    assert rows["stock"].to_dict() == {"no": 1, "yes": 1, "unknown": 1}


def test_levels_of_qualification_are_whole_numbers_however_they_come():
    frame = history(version(1, BASE, eqf_level=6.0), version(2, BASE, eqf_level=None))
    assert counts(frame, ALPHA, (YEAR_BEFORE, BASE), cut="eqf_level")["stock"].to_dict() == {"6": 1, "unknown": 1}


def test_an_empty_history_gives_zeros_and_not_nothing():
    assert total(history(), looks(), (YEAR_BEFORE, BASE)) == {}
    assert counts(history(), looks(), (YEAR_BEFORE, BASE), cut="delivery").index.tolist() == ["unknown"]


def test_a_row_given_twice_counts_once():
    frame = history(version(1, BASE), version(1, BASE))
    assert total(frame, ALPHA, (YEAR_BEFORE, BASE))["stock"] == 1


@pytest.mark.parametrize(
    ("second", "message"),
    [
        (version(1, BASE, delivery="blended"), "two versions of one window begin at once"),
        (version(1, "2024-01-02", valid_from="2024-01-05"), "disagree"),
        (version(1, "2024-01-05", window_number=2), "two open windows"),
    ],
)
def test_a_history_that_contradicts_itself_is_refused(second: dict[str, object], message: str):
    with pytest.raises(ValueError, match=message):
        total(history(version(1, BASE), second), ALPHA, (YEAR_BEFORE, "2024-02-01"))


def test_a_naive_time_an_absent_column_and_impossible_days_are_refused():
    frame = history(version(1, BASE))
    with pytest.raises(ValueError, match="opened_at: times without a time zone"):
        total(frame.assign(opened_at=pd.to_datetime([BASE])), ALPHA, (YEAR_BEFORE, BASE))
    with pytest.raises(ValueError, match="history: no column delivery"):
        total(frame.drop(columns="delivery"), ALPHA, (YEAR_BEFORE, BASE))
    with pytest.raises(ValueError, match="is not before"):
        Period(date(2024, 1, 1), date(2024, 1, 1))
    with pytest.raises(ValueError, match="cannot be known"):
        known_by(frame, ALPHA, as_of=date(2024, 2, 1), known_at=date(2024, 1, 31))


def test_changes_by_field_count_those_of_the_period_once_each():
    changes = pd.DataFrame(
        [
            (1, at("2024-02-01"), "price"),
            (1, at("2024-02-01"), "price"),
            (1, at("2024-02-15"), "price"),
            (1, at("2024-02-15"), "title"),
            (2, at("2024-02-01"), "price"),
            (2, at("2024-03-01"), "price"),
        ],
        columns=["item_id", "at", "field"],
    )
    rows = changed_fields(changes, Period(date(2024, 1, 15), date(2024, 2, 20)))
    assert rows.to_dict("records") == [
        {"field": "price", "changed": 3, "changed_items": 2},
        {"field": "title", "changed": 1, "changed_items": 1},
    ]
