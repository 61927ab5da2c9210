"""Reads countries: ISO 3166-1 alpha-2 from codes and from names in many languages. Exact names only, never fuzzy."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from normalise.reading import Reading, Trouble
from normalise.text import key
from normalise.words import absent_words, words_file

LOCALES = (
    "en", "fr", "de", "es", "it", "pt", "nl", "et", "fi", "sv", "nb", "da", "pl", "cs", "hu",
    "ru", "uk", "el", "tr", "lv", "lt", "sl", "hr", "sk", "ro", "bg", "ca", "eu", "gl", "ko", "ja", "zh",
    "ar", "he", "hi", "id", "th", "vi",
)  # fmt: skip
WORDS_MOST = 200


def country_code(words: str) -> Reading[str]:
    """Return the alpha-2 code of a printed country."""
    return _country_code(words[: WORDS_MOST + 1].strip())


@lru_cache(maxsize=4_096)
def _country_code(text: str) -> Reading[str]:
    folded = key(text)
    if not folded or folded in absent_words():
        return Reading(None)
    if code := _aliases().get(folded) or _of_code(text) or _names().get(folded) or _of_lower_code(text):
        return Reading(code)
    return Reading(None, Trouble("unknown_word", "no country is known by that name"))


def _of_code(text: str) -> str | None:
    """Return the alpha-2 code for a code of two or three capitals."""
    return text if text in _codes() else _alpha3().get(text)


def _of_lower_code(text: str) -> str | None:
    return _of_code(text.upper()) if len(text) == 2 else None


@cache
def _codes() -> frozenset[str]:
    from babel import Locale

    # CLDR also names groups (EU, UN, EZ) and pseudo regions; they are not countries of ISO 3166-1.
    others = {"EU", "EZ", "UN", "QO", "XA", "XB", "XK", "ZZ", "AC", "CP", "CQ", "DG", "EA", "IC", "TA"}
    codes = (str(code) for code in Locale("en").territories)
    return frozenset(code for code in codes if re.fullmatch(r"[A-Z]{2}", code) and code not in others)


@cache
def _alpha3() -> dict[str, str]:
    from babel.core import get_global

    aliases = get_global("territory_aliases")
    return {str(code): to[0] for code, to in aliases.items() if re.fullmatch(r"[A-Z]{3}", str(code)) and len(to) == 1}


@cache
def _names() -> dict[str, str]:
    """Return code by name; a name that two languages give to two countries is left out."""
    from babel import Locale

    found: dict[str, set[str]] = {}
    for locale in LOCALES:
        for code, name in Locale(locale).territories.items():
            if code in _codes():
                found.setdefault(key(str(name)), set()).add(code)
    return {name: next(iter(codes)) for name, codes in found.items() if len(codes) == 1}


@cache
def _aliases() -> dict[str, str]:
    return {key(name): code for code, words in words_file("countries")["names"].items() for name in words}
