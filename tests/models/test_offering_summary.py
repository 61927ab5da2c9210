"""What the offerings of a programme state alike, and how the view of programmes falls back on it."""

from __future__ import annotations

from small_runs import Told, a_programme

from models.records import Offering, PriceFacts, Programme


def run_of(ref: str, amount: float | None = None, currency: str = "EUR", **others: object) -> Offering:
    price = PriceFacts() if amount is None else PriceFacts(
        price_type="paid", price_amount=amount, price_amount_max=amount, price_currency=currency
    )  # fmt: skip
    return Offering(ref=ref, price=price, **others)  # type: ignore[arg-type]


PRICES = "select price_type, price_amount, price_amount_max, price_currency, offerings from programme_current"
SIZE = "select duration_weeks_min, workload_hours_min, workload_hours_max, workload_basis from programme_current"


def silent(*offerings: Offering, **others: object) -> Programme:
    return a_programme("a", PriceFacts(), words="a", offerings=offerings, **others)


def test_a_programme_without_a_price_shows_those_of_its_offerings(told: Told):
    told.run("2024-01-01", silent(run_of("1", 30.0), run_of("2", 60.0)))
    assert told.rows(PRICES) == [("paid", 30.0, 60.0, "EUR", 2)]


def test_prices_in_two_currencies_are_not_put_together(told: Told):
    told.run("2024-01-01", silent(run_of("1", 30.0), run_of("2", 60.0, "USD")))
    assert told.rows(PRICES) == [("paid", None, None, None, 2)]


def test_its_own_price_goes_before_those_of_offerings(told: Told):
    told.run("2024-01-01", a_programme("a", 500, offerings=(run_of("1", 30.0),)))
    assert told.rows(PRICES) == [("paid", 500.0, 500.0, "EUR", 1)]


def test_weekly_hours_times_the_weeks_that_all_offerings_have(told: Told):
    weeks = {"duration_weeks_min": 6.0, "duration_weeks_max": 6.0}
    weekly = {"effort_hours_per_week_min": 2.0, "effort_hours_per_week_max": 3.0}
    told.run("2024-01-01", silent(run_of("1", **weeks), run_of("2", **weeks), **weekly))
    assert told.rows(SIZE) == [(6.0, 12.0, 18.0, "hours_per_week_x_weeks")]
    other = {"duration_weeks_min": 8.0, "duration_weeks_max": 8.0}
    told.run("2024-01-08", silent(run_of("1", **weeks), run_of("2", **weeks), run_of("3", **other), **weekly))
    assert told.rows(SIZE) == [(None, None, None, None)]


def test_an_offering_that_went_counts_no_more(told: Told):
    told.run("2024-01-01", silent(run_of("1", 30.0), run_of("2", 60.0)))
    told.run("2024-01-08", silent(run_of("1", 30.0)))
    assert told.rows(PRICES) == [("paid", 30.0, 60.0, "EUR", 2)]
    told.run("2024-01-15", silent(run_of("1", 30.0)))
    assert told.rows(PRICES) == [("paid", 30.0, 30.0, "EUR", 1)]


def test_hours_of_an_offering_itself(told: Told):
    hours = {"workload_hours_min": 16.0, "workload_hours_max": 16.0, "workload_basis": "hours_per_day_x_days"}
    told.run("2024-01-01", silent(run_of("1", **hours)))
    assert told.rows(SIZE) == [(None, 16.0, 16.0, "hours_per_day_x_days")]


def test_a_programme_without_offerings_is_shown_as_it_is(told: Told):
    told.run("2024-01-01", a_programme("a", 100))
    assert told.rows("select price_amount, offerings from programme_current") == [(100.0, None)]
