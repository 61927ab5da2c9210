"""Cuts a printed price into pieces: numbers, signs of currencies, periods, and the words that go with prices."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache

from normalise.words import words_file

_LISTS = ("free", "from", "until", "between", "range", "now", "was", "certificate", "quote", "apart", "noise")
_MYRIAD = re.compile(r"(\d[\d,.]*)\s*[万萬만](?:\s*(\d[\d,]*)\s*([千천])?)?")
_THOUSAND_SIGN = re.compile(r"(\d[\d,.]*)\s?(?:k(?![^\W\d_])|[千천])")
_NUMBER = r"(?P<number>\d{1,3}(?:[ '’]\d{3})+(?:[.,]\d{1,2})?(?!\d)|\d+(?:[.,]\d+)*)"
_DIGITS_MOST = 30


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a price. ``kind``: "number", "sign", "period", "percent", "word", or a list of words/prices.toml."""

    kind: str
    text: str
    value: float = 0.0


@dataclass(frozen=True, slots=True)
class PriceWords:
    """The words of ``words/currencies.toml`` and ``words/prices.toml``, ready for looking up.

    ``signs`` gives the code of a sign of one currency, ``shared`` the codes of a sign of several by country.
    ``also`` holds all the lists a word stands in, ``kinds`` the first of them.
    """

    signs: dict[str, str]
    shared: dict[str, dict[str, str]]
    kinds: dict[str, str]
    also: dict[str, frozenset[str]]
    periods: dict[str, str]
    pattern: re.Pattern[str]
    no_minor_unit: frozenset[str]
    three_decimals: frozenset[str]
    small_unit: frozenset[str]


@cache
def price_words() -> PriceWords:
    """Return the words, read once."""
    money, words = words_file("currencies"), words_file("prices")
    signs = {code.casefold(): code for code in money["codes"]["active"]}
    signs |= {sign: code for code, names in money["sign"].items() for sign in names}
    kinds: dict[str, str] = {}
    also: dict[str, set[str]] = {}
    for name in _LISTS:
        for phrase in words[name]:
            kinds.setdefault(phrase, name)
            also.setdefault(phrase, set()).add(name)
    periods = {phrase: period for period, phrases in words["period"].items() for phrase in phrases}
    kinds |= dict.fromkeys(periods, "period")
    signs_pattern = "|".join(_bounded(sign) for sign in sorted({*signs, *money["shared"]}, key=len, reverse=True))
    phrases_pattern = "|".join(_bounded(phrase) for phrase in sorted(kinds, key=len, reverse=True))
    return PriceWords(
        signs=signs,
        shared=money["shared"],
        kinds=kinds,
        also={phrase: frozenset(names) for phrase, names in also.items()},
        periods=periods,
        pattern=re.compile(
            rf"{_NUMBER}|(?P<sign>{signs_pattern})|(?P<phrase>{phrases_pattern})|(?P<percent>%)|(?P<word>[^\W\d_]+)"
        ),
        no_minor_unit=frozenset(money["codes"]["no_minor_unit"]),
        three_decimals=frozenset(money["codes"]["three_decimals"]),
        small_unit=frozenset(money["codes"]["small_unit"]),
    )


def price_pieces(text: str) -> list[Piece]:
    """Return the pieces of a price in printed order; figures of percent are left out."""
    words = price_words()
    folded = unicodedata.normalize("NFKC", text).casefold()
    folded = re.sub(r"[‐-―−]", "-", folded).replace("〜", "~")
    folded = re.sub(r"(?<=\d)[.,][-–]+(?!\d)", " ", folded)  # "250,-"
    folded = re.sub(r"\s+", " ", folded)
    folded = _THOUSAND_SIGN.sub(_thousands, _MYRIAD.sub(_myriads, folded))
    pieces = [_piece(found, words) for found in words.pattern.finditer(folded)]
    return [p for at, p in enumerate(pieces) if not (p.kind == "number" and is_piece(pieces, at + 1, "percent"))]


def is_piece(pieces: list[Piece], at: int, kind: str) -> bool:
    """Whether there is a piece at ``at`` and it is of a kind, or its word stands in the list of that name too."""
    return 0 <= at < len(pieces) and (pieces[at].kind == kind or kind in price_words().also.get(pieces[at].text, ()))


def number_value(digits: str) -> float | None:
    """Return the value of digits with separators, ``None`` if they make no number ("1.2.3").

    The last separator is decimal unless three digits follow it; one that stands several times groups thousands.
    """
    plain = re.sub(r"[ '’]", "", digits)
    if len(plain) > _DIGITS_MOST:
        return None
    marks = [mark for mark in ".," if mark in plain]
    if len(marks) == 2:
        return _with_both_marks(plain)
    return _with_one_mark(plain, marks[0]) if marks else float(plain)


def _with_both_marks(plain: str) -> float | None:
    decimal = max(".,", key=plain.rfind)
    whole, _, part = plain.rpartition(decimal)
    grouping = "," if decimal == "." else "."
    return float(f"{whole.replace(grouping, '')}.{part}") if decimal not in whole and part else None


def _with_one_mark(plain: str, mark: str) -> float | None:
    first, *groups = plain.split(mark)
    if len(groups) == 1 and (len(groups[0]) != 3 or len(first) > 3 or first == "0"):
        return float(f"{first}.{groups[0]}")
    # Thousands in threes, or as in India two by two before the last three.
    if len(groups[-1]) == 3 and {len(group) for group in groups[:-1]} in (set(), {3}, {2}) and len(first) <= 3:
        return float("".join((first, *groups)))
    return None


def _piece(found: re.Match[str], words: PriceWords) -> Piece:
    text, kind = found[0], found.lastgroup or "word"
    if kind == "number":
        value = number_value(text)
        return Piece("word", text) if value is None else Piece(kind, text, value)
    if kind == "phrase":
        return Piece(words.kinds[text], words.periods.get(text, text))
    return Piece(kind, text)


def _myriads(found: re.Match[str]) -> str:
    whole, rest = number_value(found[1]), number_value(found[2]) if found[2] else 0.0
    if whole is None or rest is None:
        return found[0]
    return f"{whole * 10_000 + rest * (1000 if found[3] else 1):.2f} "


def _thousands(found: re.Match[str]) -> str:
    value = number_value(found[1])
    return found[1] if value is None else f"{value * 1000:.2f} "


def _bounded(phrase: str) -> str:
    """Return a pattern for a phrase that must not begin or end inside a word written with letters."""
    start = r"(?<![^\W\d_])" if phrase[0].isalpha() and phrase[0] < "\u1100" else ""
    end = r"(?![^\W\d_])" if phrase[-1].isalpha() and phrase[-1] < "\u1100" else ""
    return start + re.escape(phrase) + end
