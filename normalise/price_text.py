"""Reads one printed price: which figures are prices, in which currency, and how they hang together."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from babel import Locale

from normalise.price_words import Piece, is_piece, price_pieces, price_words
from normalise.reading import Span, Trouble

TEXT_MOST = 300
_BELOW_NOTHING = re.compile(r"\s*(?:[^\w\s]{1,2}|[A-Z]{3})?\s*[-−]\s?(?=[\d.,]*[1-9])")
# What may stand around a figure without a currency: it is a price then, and its currency is unknown or declared apart.
_HARMLESS = frozenset({"number", "noise", "from", "until", "between", "range", "now", "period", "percent"})


@dataclass(frozen=True, slots=True)
class PriceText:
    """What one printed price says. ``span`` is in units of ``currency``; a free offer has the span 0 to 0."""

    span: Span | None = None
    currency: str | None = None
    period: str | None = None
    is_from: bool = False
    free: bool = False
    certificate: Span | None = None
    trouble: Trouble | None = None
    currency_trouble: Trouble | None = None


def read_price_text(text: str, declared: str | None, country: str | None) -> PriceText:
    """Read a printed price. ``declared``: the currency if the source gives it in a field of its own (ISO 4217).

    ``country`` (ISO 3166-1 alpha-2) decides what a sign means that several countries use.
    """
    if len(text) > TEXT_MOST:
        return _unread("unparsed", "too long for a price")
    if _BELOW_NOTHING.match(text):
        return _unread("out_of_range", "a price below nothing")
    pieces = price_pieces(text)
    if any(piece.kind == "number" for piece in pieces):
        return _with_figures(pieces, declared, country)
    kinds = {piece.kind for piece in pieces}
    if "free" in kinds and kinds <= {"free", "noise", "range"}:
        return PriceText(span=Span(0.0, 0.0), free=True)
    if "quote" in kinds and kinds <= {"quote", "noise", "range"}:
        return PriceText()  # said not to be stated
    return _unread("unparsed", "no price")


def declared_currency(words: str, country: str | None) -> str | None:
    """Return the ISO 4217 code of a currency given in a field of its own; ``None`` if no such currency is known."""
    folded = unicodedata.normalize("NFKC", words).strip().casefold()
    table = price_words()
    shared = table.shared.get(folded, {}).get(country) if country else None
    return table.signs.get(folded) or shared or _english_names().get(folded)


@cache
def _english_names() -> Mapping[str, str]:
    """Return the codes of currencies by their English names (Unicode CLDR); a name that several share is left out."""
    names = [(name.casefold(), code) for code, name in Locale("en").currencies.items()]
    counted = Counter(name for name, _ in names)
    return {name: code for name, code in names if counted[name] == 1}


def _unread(code: str, message: str) -> PriceText:
    return PriceText(trouble=Trouble(code, message))


def _with_figures(pieces: list[Piece], declared: str | None, country: str | None) -> PriceText:
    kinds = {piece.kind for piece in pieces}
    priced = _priced(pieces)
    if not priced:
        return _unread("unparsed", "figures without a currency among other words")
    if "apart" in kinds:
        return _unread("ambiguous", "an amount that may not be the price of the whole")
    priced = _after_reduction(pieces, priced)
    span = _span(pieces, priced)
    if span is None:
        return _unread("ambiguous", "several prices in one text")
    currency, trouble = _currency(pieces, priced, declared, country)
    if "free" in kinds and span.high:
        if "certificate" in kinds:
            return PriceText(
                span=Span(0.0, 0.0), free=True, currency=currency, certificate=span, currency_trouble=trouble
            )
        return _unread("ambiguous", "free, and a price")
    is_from, span = _open_ends(pieces, priced[0], span)
    period = _period(pieces, priced[0])
    return PriceText(span=span, currency=currency, period=period, is_from=is_from, currency_trouble=trouble)


def _priced(pieces: list[Piece]) -> list[int]:
    """Return the places of the figures that are prices: those beside a currency, or one or two among harmless words."""
    numbers = [at for at, piece in enumerate(pieces) if piece.kind == "number"]
    if signed := [at for at in numbers if _signs(pieces, at) or _joined_to_signed(pieces, at)]:
        return signed
    harmless = {piece.kind for piece in pieces} <= _HARMLESS
    return numbers if harmless and len(numbers) <= 2 else []


def _signs(pieces: list[Piece], at: int) -> list[str]:
    """Return the currency signs that belong to the number at ``at``."""
    signs = []
    before = at - 1
    while is_piece(pieces, before, "sign"):
        signs.append(pieces[before].text)
        before -= 1
    end = at + 1
    while is_piece(pieces, end, "sign"):
        end += 1
    if signs and is_piece(pieces, end, "number"):
        return signs  # "€250 £300": the second sign is the next number's
    return signs + [piece.text for piece in pieces[at + 1 : end]]


def _joined_to_signed(pieces: list[Piece], at: int) -> bool:
    return any(
        is_piece(pieces, at + step, "range")
        and (other := _next_number(pieces, at + step, step)) is not None
        and bool(_signs(pieces, other))
        for step in (-1, 1)
    )


def _next_number(pieces: list[Piece], at: int, step: int) -> int | None:
    at += step
    while is_piece(pieces, at, "sign") or is_piece(pieces, at, "range"):
        at += step
    return at if is_piece(pieces, at, "number") else None


def _after_reduction(pieces: list[Piece], priced: list[int]) -> list[int]:
    """Leave out the old price of "Was $300 Now $150"."""
    now = next((at for at, piece in enumerate(pieces) if piece.kind == "now"), None)
    if now is not None and (later := [at for at in priced if at > now]):
        return later[:1] if not is_piece(pieces, later[0] + 1, "range") else later[:2]
    if len(priced) > 1 and any(piece.kind == "was" for piece in pieces):
        return [at for at in priced if not any(is_piece(pieces, b, "was") for b in _beside(pieces, at)[:2])] or priced
    return priced


def _span(pieces: list[Piece], priced: list[int]) -> Span | None:
    values = list(dict.fromkeys(pieces[at].value for at in priced))
    if len(values) == 1:
        return Span.of(values[0])
    first, last = priced[0], priced[-1]
    between = [piece.kind for piece in pieces[first + 1 : last]]
    if len(priced) == 2 and "range" in between and set(between) <= {"range", "sign"}:
        return Span.of(pieces[first].value, pieces[last].value)
    return None


def _open_ends(pieces: list[Piece], at: int, span: Span) -> tuple[bool, Span]:
    """Return whether the price is one "from" which others go up, and the span, open below after "up to"."""
    if span.low != span.high:
        return False, span
    beside = _beside(pieces, at)
    if any(is_piece(pieces, place, "from") for place in beside):
        return True, span
    until = any(is_piece(pieces, place, "until") for place in beside)
    return False, Span(None, span.high) if until else span


def _period(pieces: list[Piece], at: int) -> str | None:
    """Return the period a price is for: the first behind the figure, else the first at all."""
    periods = [(place, piece.text) for place, piece in enumerate(pieces) if piece.kind == "period"]
    return next((text for place, text in periods if place > at), periods[0][1] if periods else None)


def _beside(pieces: list[Piece], at: int) -> list[int]:
    """Return the places next to a number, its signs passed over: the one before, the one before that, the one after."""
    before, after = at - 1, at + 1
    while is_piece(pieces, before, "sign") or (is_piece(pieces, before, "noise") and pieces[before].text in ":.("):
        before -= 1
    while is_piece(pieces, after, "sign"):
        after += 1
    return [before, before - 1 if is_piece(pieces, before, "noise") else before, after]


def _currency(
    pieces: list[Piece], priced: list[int], declared: str | None, country: str | None
) -> tuple[str | None, Trouble | None]:
    table = price_words()
    signs = {sign for at in priced for sign in _signs(pieces, at)}
    codes = {table.signs[sign] for sign in signs if sign in table.signs} | ({declared} if declared else set())
    if len(codes) > 1:
        return None, Trouble("ambiguous", "two currencies for one price")
    if not codes and country:
        shared = [table.shared[sign] for sign in signs if sign in table.shared]
        codes = {by_country[country] for by_country in shared if country in by_country}
    if len(codes) == 1:
        return next(iter(codes)), None
    if any(pieces[at].value for at in priced):
        return None, Trouble("ambiguous", "a price, and nothing says in which currency")
    return None, None
