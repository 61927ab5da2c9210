"""Types prices: "MX$3,052", "€23.99/month", "1 200,50 €", "30만원", "from 300 €", "Was $300 Now $150", "Gratis".

A figure is a price only beside a currency, or alone with nothing but words that go with prices ("excl. VAT"):
"12 weeks" is none. The sign $ means what it means in the country of the source, and nothing where that is unknown.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

from models.records import Price, PriceFacts
from normalise.price_text import TEXT_MOST, PriceText, declared_currency, read_price_text
from normalise.price_words import price_words
from normalise.reading import Span, Trouble
from normalise.words import WORD_MOST, lookup

AMOUNT_MOST = 1e7
AMOUNT_MOST_SMALL_UNIT = 1e9
PRICES_MOST = 50


@dataclass(frozen=True, slots=True)
class PriceReading:
    """What one price says, its text and the fields beside it put together. ``kind``: vocabulary ``price_type``."""

    span: Span | None = None
    currency: str | None = None
    period: str | None = None
    is_from: bool = False
    free: bool = False
    kind: str | None = None
    certificate: Span | None = None
    troubles: tuple[Trouble, ...] = ()


def price_facts(prices: tuple[Price, ...], country: str | None) -> tuple[PriceFacts, tuple[Trouble, ...]]:
    """Return the typed price of a programme out of all prices it prints, and what could not be read.

    Several prices in one currency give the range they span; of more than 50 the first 50 are read. ``country``
    (ISO 3166-1 alpha-2) is the country of the source, ``None`` if it sells in many.
    """
    if not prices:
        return PriceFacts(), ()
    return _facts(tuple(_clipped(price) for price in prices[:PRICES_MOST]), country)


def price_as_printed(price: Price) -> str:
    """Return the words of a price and of the fields beside it."""
    return " ".join(words for words in (price.text, price.currency, price.kind, price.period) if words)


def _clipped(price: Price) -> Price:
    """Return the price with texts just too long to be read instead of any longer ones: the cache is bounded."""
    beside = (price.currency, price.kind, price.period)
    if len(price.text) <= TEXT_MOST and all(len(words or "") <= WORD_MOST for words in beside):
        return price
    currency, kind, period = (words[: WORD_MOST + 1] if words else None for words in beside)
    return replace(price, text=price.text.strip()[: TEXT_MOST + 1], currency=currency, kind=kind, period=period)


@lru_cache(maxsize=8_192)
def _facts(prices: tuple[Price, ...], country: str | None) -> tuple[PriceFacts, tuple[Trouble, ...]]:
    readings = [(price, read_price(price, country)) for price in prices]
    troubles = [trouble for _, reading in readings for trouble in reading.troubles]
    main = [r for p, r in readings if not p.certificate and (r.span or r.kind)]
    certificate = _certificate(readings)
    currencies = {r.currency for r in main if r.span and not r.free}
    if len(currencies) > 1:
        troubles.append(Trouble("ambiguous", "prices in several currencies"))
        return PriceFacts(), tuple(dict.fromkeys(troubles))
    price_type = _type(main, certificate)
    if any(r.free for r in main) and any(r.span and not r.free for r in main):
        troubles.append(Trouble("ambiguous", "free and for a price, and no word which is for what"))
        price_type = None
    spans = [r.span for r in main if r.span]
    facts = PriceFacts(
        price_type=price_type,
        price_amount=min((s.low for s in spans if s.low is not None), default=None),
        price_amount_max=max((s.high for s in spans if s.high is not None), default=None),
        price_currency=next(iter(currencies), None) or next((r.currency for _, r in readings if r.currency), None),
        price_period=next((r.period for r in main if r.period), None),
        price_is_from=any(r.is_from for r in main) if spans else None,
        certificate_price_amount=certificate.low if certificate else None,
        certificate_price_amount_max=certificate.high if certificate else None,
    )
    return facts, tuple(dict.fromkeys(troubles))


def _certificate(readings: list[tuple[Price, PriceReading]]) -> Span | None:
    """Return the ends of the price of the certificate, where one is printed apart."""
    spans = [r.span for p, r in readings if p.certificate and r.span]
    spans += [r.certificate for _, r in readings if r.certificate]
    lows = [span.low for span in spans if span.low is not None]
    highs = [span.high for span in spans if span.high is not None]
    return Span(min(lows, default=None), max(highs, default=None)) if spans else None


def _type(main: list[PriceReading], certificate: Span | None) -> str | None:
    kinds = {r.kind for r in main if r.kind}
    if main and all(r.free or (r.span is None and r.kind == "free") for r in main):
        return "free_with_paid_certificate" if certificate else min(kinds - {"free"}, default="free")
    if "subscription" in kinds or any(r.period for r in main):
        return "subscription"
    if "partly_free" in kinds:
        return "partly_free"
    if any(r.span and (r.span.low or r.span.high) for r in main):
        return "paid"
    return kinds.pop() if len(kinds) == 1 else None


@lru_cache(maxsize=8_192)
def read_price(price: Price, country: str | None) -> PriceReading:
    """Read one printed price."""
    troubles: list[Trouble] = []
    kind = _word("price_kind", price.kind, troubles)
    period = _word("price_period", price.period, troubles)
    declared = _declared(price.currency, country, troubles)
    text = price.text.strip()
    read = read_price_text(text, declared, country) if text else PriceText(currency=declared)
    troubles += [trouble for trouble in (read.trouble, read.currency_trouble) if trouble]
    span = _in_major_units(read.span, read.currency) if price.minor_units else read.span
    span, certificate = (_plausible(s, read.currency, troubles) for s in (span, read.certificate))
    if kind == "free" and span and span.high:
        troubles.append(Trouble("ambiguous", "said to be free, and a price"))
        kind = None
    free = read.free or (kind == "free" and span is None) or span == Span(0.0, 0.0)
    return PriceReading(
        span=Span(0.0, 0.0) if free else span,
        currency=read.currency if span or certificate else None,
        period=(read.period or period) if span and not free else None,
        is_from=read.is_from,
        free=free,
        kind=kind,
        certificate=certificate,
        troubles=tuple(troubles),
    )


def _word(field: str, printed: str | None, troubles: list[Trouble]) -> str | None:
    if not printed:
        return None
    reading = lookup(field, printed, {})
    if reading.trouble:
        troubles.append(reading.trouble)
    return reading.value


def _declared(printed: str | None, country: str | None, troubles: list[Trouble]) -> str | None:
    if not printed or not printed.strip():
        return None
    code = declared_currency(printed, country)
    if code is None:
        troubles.append(Trouble("unknown_word", "no currency has that name"))
    return code


def _in_major_units(span: Span | None, currency: str | None) -> Span | None:
    """Return an amount printed in cents or pence in whole units, by the number of decimals of ISO 4217.

    Without a currency nothing says how many minor units make one: the amount stays unknown.
    """
    if span is None or (currency is None and span.high):
        return None
    table = price_words()
    decimals = 0 if currency in table.no_minor_unit else 3 if currency in table.three_decimals else 2
    return span.times(10.0**-decimals)


def _plausible(span: Span | None, currency: str | None, troubles: list[Trouble]) -> Span | None:
    if span is None:
        return None
    most = AMOUNT_MOST_SMALL_UNIT if currency in price_words().small_unit else AMOUNT_MOST
    if all(0 <= end <= most for end in (span.low, span.high) if end is not None):
        return span
    troubles.append(Trouble("out_of_range", f"a price above {most:g}"))
    return None
