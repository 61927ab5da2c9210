"""Printed prices, read by a person, beside what the rules make of them."""

from __future__ import annotations

import pytest

from models.records import Price, PriceFacts
from normalise.money import price_facts
from normalise.reading import Trouble


def facts(*prices: Price | str, country: str | None = None) -> tuple[PriceFacts, tuple[Trouble, ...]]:
    return price_facts(tuple(Price(text=p) if isinstance(p, str) else p for p in prices), country)


# words, country of the source, least, most, currency
AMOUNTS = [
    ("MX$3,052", None, 3052, 3052, "MXN"),
    ("$1870", "US", 1870, 1870, "USD"),
    ("$1,870.00", "CA", 1870, 1870, "CAD"),
    ("1.234,50 €", None, 1234.5, 1234.5, "EUR"),
    ("1 200,50 €", None, 1200.5, 1200.5, "EUR"),
    ("€1,234.50", None, 1234.5, 1234.5, "EUR"),
    ("€ 1.250", None, 1250, 1250, "EUR"),
    ("1.000 EUR", None, 1000, 1000, "EUR"),
    ("EUR 1000", None, 1000, 1000, "EUR"),
    ("CHF 1'200.-", None, 1200, 1200, "CHF"),
    ("NOK 4 500,-", None, 4500, 4500, "NOK"),
    ("4 500 kr", "SE", 4500, 4500, "SEK"),
    ("kr 4.500", "DK", 4500, 4500, "DKK"),
    ("¥12,000", "JP", 12000, 12000, "JPY"),
    ("¥1,280", "CN", 1280, 1280, "CNY"),
    ("12,000円", None, 12000, 12000, "JPY"),
    ("30만원", None, 300000, 300000, "KRW"),
    ("3万円", None, 30000, 30000, "JPY"),
    ("₩150,000", None, 150000, 150000, "KRW"),
    ("R$ 199,90", None, 199.9, 199.9, "BRL"),
    ("₹ 1,20,000", None, 120000, 120000, "INR"),
    ("12 000 ₽", None, 12000, 12000, "RUB"),
    ("A$1,250", None, 1250, 1250, "AUD"),
    ("$ 1,999.00 USD", None, 1999, 1999, "USD"),
    ("£1,200 + VAT", None, 1200, 1200, "GBP"),
    ("€250–€2000", None, 250, 2000, "EUR"),
    ("100-200 €", None, 100, 200, "EUR"),
    ("between 100 and 200 €", None, 100, 200, "EUR"),
    ("300 to 500 GBP", None, 300, 500, "GBP"),
    ("Was $300 Now $150", "US", 150, 150, "USD"),
    ("up to 500 €", None, None, 500, "EUR"),
]


@pytest.mark.parametrize(("words", "country", "least", "most", "currency"), AMOUNTS)
def test_an_amount_is_read_with_its_currency(
    words: str, country: str | None, least: float | None, most: float, currency: str | None
):
    price, troubles = facts(words, country=country)
    assert (price.price_amount, price.price_amount_max, price.price_currency) == (least, most, currency)
    assert (price.price_type, troubles) == ("paid", ())


@pytest.mark.parametrize(
    "words", ["Free", "Gratis", "gratuit", "kostenlos", "無料", "免费", "무료", "free of charge", "€0.00", "Tasuta"]
)
def test_free_is_nothing_to_pay(words: str):
    price, troubles = facts(words)
    assert (price.price_type, price.price_amount, price.price_amount_max, troubles) == ("free", 0, 0, ())


@pytest.mark.parametrize(
    ("words", "amount", "currency", "period"),
    [
        ("€23.99/month", 23.99, "EUR", "month"),
        ("US$ 49 per month", 49, "USD", "month"),
        ("29 € pro Monat", 29, "EUR", "month"),
        ("£300 per year", 300, "GBP", "year"),
        ("39 €/mois", 39, "EUR", "month"),
    ],
)
def test_a_price_that_recurs_is_a_subscription(words: str, amount: float, currency: str | None, period: str):
    price, troubles = facts(words)
    assert (price.price_type, price.price_amount, price.price_currency) == ("subscription", amount, currency)
    assert (price.price_period, troubles) == (period, ())


@pytest.mark.parametrize("words", ["from 300 €", "ab 300 EUR", "à partir de 300 €", "desde 300 €"])
def test_from_is_kept(words: str):
    price, _ = facts(words)
    assert (price.price_amount, price.price_is_from) == (300, True)


def test_a_free_programme_with_a_paid_certificate():
    expected = PriceFacts(
        price_type="free_with_paid_certificate",
        price_amount=0,
        price_amount_max=0,
        price_currency="EUR",
        price_is_from=False,
        certificate_price_amount=49,
        certificate_price_amount_max=49,
    )
    assert facts("Free, certificate €49") == (expected, ())
    assert facts("Free", Price(text="49", currency="EUR", certificate=True)) == (expected, ())


def test_several_prices_give_their_range():
    price, _ = facts("€300", "€250", "€400")
    assert (price.price_amount, price.price_amount_max) == (250, 400)


@pytest.mark.parametrize(
    ("price", "amount", "currency"),
    [
        (Price(text="4900", currency="GBP", minor_units=True), 49, "GBP"),
        (Price(text="4900", currency="JPY", minor_units=True), 4900, "JPY"),
        (Price(text="4900", currency="KWD", minor_units=True), 4.9, "KWD"),
        (Price(text="2950.0", currency="usd"), 2950, "USD"),
        (Price(text="499", currency="$"), 499, "USD"),
    ],
)
def test_fields_beside_the_text_are_used(price: Price | str, amount: float, currency: str | None):
    read, troubles = facts(price, country="US")
    assert (read.price_amount, read.price_currency, troubles) == (amount, currency, ())


@pytest.mark.parametrize(
    ("price", "code"),
    [
        ("$500", "ambiguous"),  # of which country?
        ("¥12,000", "ambiguous"),
        ("499", "ambiguous"),
        ("$500 per credit", "ambiguous"),
        ("3 payments of $100", "ambiguous"),
        ("Free or €49", "ambiguous"),
        ("€100 £90", "ambiguous"),
        ("12 weeks", "unparsed"),
        ("Course 101", "unparsed"),
        ("see website", "unparsed"),
        ("1.2.3 EUR", "unparsed"),
        ("€" + "1" * 400, "unparsed"),
        ("-50 €", "out_of_range"),
        ("€99999999999", "out_of_range"),
        (Price(text="49", currency="doubloons"), "unknown_word"),
        (Price(text="49 €", kind="barter"), "unknown_word"),
    ],
)
def test_what_is_not_understood_is_trouble(price: Price | str, code: str):
    assert code in {trouble.code for trouble in facts(price)[1]}


def test_partly_free_is_neither_free_nor_paid():
    read, troubles = facts(Price(text="60.00", currency="EUR", kind="partially_free"))
    assert (read.price_type, read.price_amount, troubles) == ("partly_free", 60, ())


def test_a_price_without_a_known_currency_keeps_its_amount_and_no_currency():
    price, _ = facts("$500")
    assert (price.price_amount, price.price_currency) == (500, None)


def test_minor_units_of_an_unknown_currency_stay_unknown():
    price, troubles = facts(Price(text="4900", minor_units=True))
    assert (price.price_amount, [t.code for t in troubles]) == (None, ["ambiguous"])


@pytest.mark.parametrize("words", ["TBA", "on request", "n/a", ""])
def test_a_price_said_not_to_be_stated_is_no_trouble(words: str):
    assert facts(words) == (PriceFacts(), ())


def test_no_price_is_nothing():
    assert facts() == (PriceFacts(), ())
