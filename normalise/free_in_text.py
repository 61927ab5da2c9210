"""Finds in running text that a programme costs nothing, where its source has no field for the price."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache

from normalise.words import words_file

TEXT_MOST = 4_000  # characters of a text that are read: what a programme costs is said near its beginning
QUOTE_MOST = 120
_APART = re.compile(r" |(?=course)|(?<=course)")
_PLACES = frozenset({"course", "gap", "any"})
_TELLING = 4  # letters of a word that is worth looking for before the pattern is tried
_FEW_WORDS = r" (?:[\w'’-]{1,30} ){0,4}"


def free_in_text(text: str) -> str | None:
    """Return the words by which a text says that the programme is free, as printed with a little around them.

    Only a word for free that is bound to a word for what is offered counts ("this free online course"); "free trial" or
    "feel free" say nothing about a price.
    """
    beginning = text[:TEXT_MOST]
    folded = _folded(beginning)
    if not any(word in folded for word in _free_words()):
        return None
    found = _pattern().search(beginning)
    if found is None:
        return None
    room = (QUOTE_MOST - len(found[0])) // 2
    return text[max(0, found.start() - room) : found.end() + room].replace("\n", " ").strip()


@cache
def _free_words() -> tuple[str, ...]:
    """Return folded words of which one stands in every match: few, each of as many phrases as possible."""
    phrases = [
        {folded for word in _APART.split(phrase) if len(folded := _folded(word)) >= _TELLING or not folded.isascii()}
        - _PLACES
        for phrase in words_file("prices")["in_text"]["free"]
    ]
    words: list[str] = []
    while phrases:
        counts = Counter(word for phrase in phrases for word in sorted(phrase))
        words.append(max(counts, key=counts.__getitem__))
        phrases = [phrase for phrase in phrases if words[-1] not in phrase]
    return tuple(words)


def _folded(text: str) -> str:
    """Return text so that whatever a pattern takes for one letter in two cases is one letter."""
    return text.lower() if text.isascii() else text.replace("İ", "i").replace("ı", "i").casefold()


@cache
def _pattern() -> re.Pattern[str]:
    table = words_file("prices")["in_text"]
    course = f"(?:{_any(table['course'])})"
    gap = f"(?:(?:{_any(table['gap'])})[ -]?){{0,2}}"
    phrases = (re.escape(phrase) for phrase in table["free"])
    alternatives = (
        p.replace("course", course)
        .replace(r"\ gap\ ", rf"[ -]{gap}")
        .replace(r"\ any\ ", _FEW_WORDS)
        .replace(r"\ ", r"\s{1,9}")
        for p in phrases
    )
    return re.compile(rf"(?<![^\W\d_])(?<!-)(?<!\b[Oo]ur )(?:{'|'.join(alternatives)})(?![a-zà-ÿ])", re.IGNORECASE)


def _any(words: list[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
