"""Cuts a text about amounts into tokens: numbers, units, and the small words between them, in many languages."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass
from functools import cache

from normalise.words import words_file

_FRACTIONS = {"½": ".5", "¼": ".25", "¾": ".75"}
_LISTS = (
    "part", "weekly", "per", "each", "distributive", "between", "range", "and", "at_least", "at_most", "total",
    "spread", "content", "ordinal", "alternative", "additional",
)  # fmt: skip
_CJK_LISTS = ("weekly", "total", "content", "range", "ordinal")
_SIGNS = {"/": "slash", "-": "range", "~": "range", "+": "plus", ",": "comma", ":": "colon", "@": "distributive"}
_CJK = "[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]"
_ABBREVIATED = re.compile(r"(?<![^\W\d_])(h|hs|hr|hrs|std|min|ca|approx|aprox|акад|insg|wk|wks|tim)\.")


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a text. One word may be several ``kinds`` ("a": between two numbers, and per)."""

    text: str
    kinds: frozenset[str]
    number: float | None = None
    unit: str | None = None

    def has(self, *kinds: str) -> bool:
        """Whether the token is of one of these kinds."""
        return any(kind in self.kinds for kind in kinds)


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The words of ``words/amounts.toml``, ready for looking up."""

    words: dict[str, Token]
    phrases: re.Pattern[str]
    phrase_values: dict[str, str]
    pieces: re.Pattern[str]


@cache
def lexicon() -> Lexicon:
    """Return the lexicon, read once."""
    data = words_file("amounts")
    kinds: dict[str, set[str]] = defaultdict(set)
    units: dict[str, str] = {}
    numbers: dict[str, float] = {}
    cjk: set[str] = set()
    for table, lists, words_of in ((data, _LISTS, None), (data["cjk"], _CJK_LISTS, cjk)):
        for name in lists:
            for word in table[name]["words"]:
                kinds[fold(word)].add(name)
        for unit, words in table["unit"].items():
            units.update((fold(word), unit) for word in words)
        for number, words in table["number"].items():
            numbers.update((fold(word), float(number)) for word in words)
        if words_of is not None:
            for entry in (*table["unit"].values(), *table["number"].values(), *(table[n]["words"] for n in lists)):
                words_of.update(fold(word) for word in entry)
    # A unit goes by its own name too: a source may declare "ects", a phrase may stand for "nz_credit".
    units.update((unit, unit) for unit in data["unit"])
    tokens = {
        word: Token(
            word,
            frozenset(
                kinds[word] | ({"unit"} if word in units else set()) | ({"number"} if word in numbers else set())
            ),
            numbers.get(word),
            units.get(word),
        )
        for word in {*kinds, *units, *numbers}
    }
    phrases = {fold(words): value for words, value in data["phrase"].items()}
    return Lexicon(
        words=tokens,
        phrases=re.compile(r"(?<!\w)(?:" + _alternatives(phrases) + r")(?!\w)"),
        phrase_values=phrases,
        pieces=re.compile(
            r"(?P<clock>\d{1,3}h\d{2}(?!\d))"
            r"|(?P<whole>\d{1,4}) +1/(?P<part>[234])(?![\d/])|(?<![\d/])1/(?P<alone>[234])(?![\d/])"
            r"|(?P<odd>\d+[/:]\d+)"
            r"|(?P<number>\d{1,3}(?:[ ']\d{3})+(?![\d.,])|\d+(?:[.,]\d+)*)"
            rf"|(?P<cjk>{_alternatives(cjk)})"
            rf"|(?P<word>(?:(?!{_CJK})[^\W\d])+)"
            r"|(?P<stop>[.](?=\s|$)|[;|?!\n])|(?P<sign>[-/+,:~@()])"
        ),
    )


def fold(text: str) -> str:
    """Return the text as the lexicon spells it: NFKC, case folded, one kind of dash and apostrophe."""
    for sign, value in _FRACTIONS.items():
        if sign in text:
            text = re.sub(rf"(?<=\d)\s*{sign}", value, text).replace(sign, "0" + value)
    folded = _ABBREVIATED.sub(r"\1", unicodedata.normalize("NFKC", text).casefold())
    return (
        re.sub(r"[‐-―−]", "-", folded)
        .replace("’", "'")
        .replace("〜", "~")
        .replace("、", ",")
        .replace("،", ",")
        .replace("。", "; ")
    )


def tokens(text: str) -> list[Token]:
    """Return the tokens of a text, in order; signs that say nothing are left out."""
    words = lexicon()
    folded = words.phrases.sub(lambda found: words.phrase_values[found[0]], fold(text))
    return [_token(found, words) for found in words.pieces.finditer(folded)]


def _token(found: re.Match[str], words: Lexicon) -> Token:
    text, group = found[0], found.lastgroup or "word"
    if group in {"word", "cjk"}:
        return words.words.get(text, Token(text, frozenset({"word"})))
    if group == "clock":
        hours, minutes = text.split("h")
        return Token(text, frozenset({"number", "unit"}), int(hours) + int(minutes) / 60, "hour")
    if group in {"odd", "stop"}:
        return Token(text, frozenset({group}))
    if group == "sign":
        return Token(text, frozenset({_SIGNS.get(text, "bracket")}))
    return Token(text, frozenset({"number"}), _figure(found))


def _figure(found: re.Match[str]) -> float | None:
    if found["alone"]:
        return 1 / int(found["alone"])
    if found["part"]:
        return int(found["whole"]) + 1 / int(found["part"])
    return decimal(found[0])


def decimal(text: str) -> float | None:
    """Return the value of digits with separators: a comma before three digits groups thousands, else it is decimal.

    A space and an apostrophe group thousands, a point is always decimal ("3.125 points"). ``None`` if the separators
    make no number ("1.2.3").
    """
    if len(text) > 15 or re.fullmatch(r"[1-9]\d{0,2}(?:\.000)+", text):
        return None  # "5.000" is 5 in one country and 5,000 in another
    text = re.sub(r"[ ']", "", text)
    plain = text.replace(",", "") if re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", text) else text.replace(",", ".")
    return float(plain) if plain.count(".") <= 1 else None


def _alternatives(words: dict[str, str] | set[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True) if word)
