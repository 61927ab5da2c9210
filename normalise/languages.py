"""Reads languages: BCP 47 tags from codes ("en_US", "EN", "fre") and from names in many languages ("anglais")."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache, lru_cache

from normalise.countries import LOCALES
from normalise.reading import Reading, Trouble
from normalise.text import key
from normalise.words import absent_words, words_file

WORDS_MOST = 200
_CODE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8}){0,4}")
_SEPARATORS = re.compile(r"[,;/|&+、]| and | und | et | y | e | ja | en | og | och | or ")


def language_tags(words: Iterable[str]) -> tuple[tuple[str, ...], tuple[tuple[str, Trouble], ...]]:
    """Return the tags of printed languages in printed order without repeats, and the words that are none."""
    tags: list[str] = []
    troubles: list[tuple[str, Trouble]] = []
    for printed in words:
        reading = _several(printed)
        tags.extend(reading.value or ())
        if reading.trouble:
            troubles.append((printed, reading.trouble))
    return tuple(dict.fromkeys(tags)), tuple(troubles)


def language_tag(words: str) -> Reading[str]:
    """Return the tag of one printed language."""
    reading = _several(words)
    if reading.value and len(reading.value) > 1:
        return Reading(None, Trouble("ambiguous", "several languages where one is due"))
    return Reading(reading.value[0] if reading.value else None, reading.trouble)


def _several(words: str) -> Reading[tuple[str, ...]]:
    if len(words) > WORDS_MOST:
        return Reading(None, Trouble("unknown_word", "too long for the name of a language"))
    return _short(words)


@lru_cache(maxsize=4_096)
def _short(words: str) -> Reading[tuple[str, ...]]:
    unknown = Trouble("unknown_word", "no language is known by that name")
    if key(words) in absent_words() or not key(words):
        return Reading(())
    if whole := _one(words):
        return Reading((whole,))
    parts = [part for part in _SEPARATORS.split(words) if part.strip()]
    if len(parts) < 2:
        return Reading(None, unknown)
    tags = [_one(part) for part in parts]
    known = tuple(tag for tag in tags if tag)
    return Reading(known, None if len(known) == len(tags) else unknown)


def _one(words: str) -> str | None:
    text = words.strip()
    folded = key(text)
    if not folded or folded in absent_words():
        return None
    if alias := _aliases().get(folded):
        return alias
    if not _CODE.fullmatch(text):
        return _names().get(folded)
    if text.lower() in LOCALES:
        return text.lower()  # what most pages print; the library, which takes 45 ms to load, would say the same
    import langcodes

    if langcodes.tag_is_valid(text):
        # Two letters are a code; three may be a word ("ore"), so they count only with a two-letter equivalent.
        tag = str(langcodes.standardize_tag(text))
        if len(re.split(r"[-_]", text)[0]) == 2 or len(tag.partition("-")[0]) == 2:
            return tag
    return _names().get(folded)


@cache
def _names() -> dict[str, str]:
    """Return tag by name, out of CLDR in many languages; a name that stands for two languages is left out.

    The finder of langcodes is not used: it takes "Klingonish" for Klingon and "English, French" for English.
    """
    from babel import Locale

    found: dict[str, set[str]] = {}
    for locale in LOCALES:
        for code, name in Locale(locale).languages.items():
            found.setdefault(key(str(name)), set()).add(code.replace("_", "-"))
    return {name: next(iter(codes)) for name, codes in found.items() if len(codes) == 1}


@cache
def _aliases() -> dict[str, str]:
    return {key(name): tag for tag, words in words_file("languages")["names"].items() for name in words}
