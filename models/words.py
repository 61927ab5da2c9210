"""The words of a text as the full-text index holds them: the same on every database, in every script, by our rules.

A database cuts text into words in its own way, and none cuts Chinese, Japanese, Korean or Thai. So texts are cut here:

- Letters lose their case (Unicode full case folding), their compatibility forms (NFKD) and the accents of Latin, Greek,
  Cyrillic, Hebrew and Arabic letters. Marks of other scripts stay: without them other words would be meant.
- A word is a run of letters and figures; everything else parts words, so a hyphen does too. Nothing is stemmed.
- Han, kana, hangul, Thai, Lao, Khmer and Burmese have no spaces, or words that grow: a run of them becomes its
  overlapping pairs of characters and its last character, as in the CJK analysers of Lucene. A phrase of pairs is then
  a part of the text, wherever it begins.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

WORD_MOST = 60
"""Characters of a word that are indexed and looked for. PostgreSQL holds no word above 2,046 bytes."""
WORDS_MOST = 200
"""Words (pairs of characters among them) that a search may hold."""

_UNSPACED = (
    "\u0e01-\u0e3a\u0e40-\u0e4e\u0e50-\u0e59\u0e81-\u0ede\u1000-\u1049\u1050-\u109f\u1100-\u11ff\u1780-\u17d3\u17e0-\u17e9"
    "\u3005\u3007\u3041-\u3096\u3099\u309a\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u3105-\u312f\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff\U00020000-\U0003ffff"
)
_MARKED = "\u0900-\u0963\u0966-\u096f\u0971-\u0df3"
"""The scripts of India, whose vowel signs are no letters to Python's ``re``."""
_RUN = re.compile(f"(?P<unspaced>[{_UNSPACED}]+)|(?:[{_MARKED}]|[^\\W_{_UNSPACED}])+")
_BETWEEN = re.compile(f"(?:[^\\w{_MARKED}]|_)+")
_HAS_UNSPACED = re.compile(f"[{_UNSPACED}]")
_APART = {code: " " for code in range(128) if not chr(code).isalnum()}
_ACCENT = re.compile("[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670]")
_PRINTED = re.compile(r"\S+")
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h"})
"""Letters that Unicode does not take apart, as people write them without the key for them."""


@dataclass(frozen=True, slots=True)
class Part:
    """What a search looks for: ``words`` side by side; if ``begins``, the one word need only begin so."""

    words: tuple[str, ...]
    begins: bool


def folded(text: str) -> str:
    """Return text without case, compatibility forms and accents."""
    if text.isascii():
        return text.lower()
    plain = _ACCENT.sub("", unicodedata.normalize("NFKD", text.casefold()))
    return unicodedata.normalize("NFC", plain).casefold().translate(_LETTERS)


def words_of(text: str, most: int) -> str:
    """Return the words of the first ``most`` characters of a text, in order, with spaces between them."""
    plain = folded(text[:most])[:most]
    if plain.isascii():
        return plain.translate(_APART)
    if not _HAS_UNSPACED.search(plain):
        return _BETWEEN.sub(" ", plain)
    return " ".join(" ".join(_pairs(run)) if is_unspaced else run for run, is_unspaced in _runs(plain))


def parts_of(text: str) -> Sequence[Part]:
    """Return what somebody looks for who wrote ``text``: all of the parts. Nothing in it is an operator.

    A word of one letter is looked for as it is (the C of C++), a longer one as the beginning of words; characters of
    scripts without spaces as a part of the text.

    Raises:
        ValueError: if it holds more than ``WORDS_MOST`` words.
    """
    found: dict[Part, None] = {}
    for run, is_unspaced in _runs(folded(text)):
        if is_unspaced:
            pairs = tuple(_pairs(run))
            found[Part(pairs[:-1], begins=False) if len(pairs) > 1 else Part(pairs, begins=True)] = None
        else:
            found[Part((run[:WORD_MOST],), begins=len(run) > 1)] = None
    words = sum(len(part.words) for part in found)
    if words > WORDS_MOST:
        raise ValueError(f"a search holds at most {WORDS_MOST} words, and this one has {words:,}: use fewer")
    return tuple(found)


def _runs(text: str) -> Iterator[tuple[str, bool]]:
    return ((match[0], match["unspaced"] is not None) for match in _RUN.finditer(text))


def _pairs(run: str) -> list[str]:
    """Return each character with the one after it; the last alone."""
    return [run[place : place + 2] for place in range(len(run))]


def excerpt(text: str, parts: Sequence[Part], around: int = 80) -> str | None:
    """Return the words of a text around the first of ``parts`` in it, in one line; ``None`` if none stands there."""
    at = _first(text, parts)
    if at is None:
        return None
    start, end = max(0, at - around), min(len(text), at + 2 * around)
    if start:
        start = text.find(" ", start, at) + 1 or start
    if end < len(text):
        space = text.rfind(" ", at + around, end)
        end = space if space > 0 else end
    shown = " ".join(text[start:end].split())
    return f"{'… ' if start else ''}{shown}{' …' if end < len(text) else ''}"


def _first(text: str, parts: Sequence[Part]) -> int | None:
    """Return about where in a text the first of ``parts`` stands: folding may move it by a few characters."""
    # Pairs overlap: the first characters of all but the last, and the last, are what was looked for.
    unspaced = ["".join(w[0] for w in p.words[:-1]) + p.words[-1] for p in parts if _HAS_UNSPACED.match(p.words[0])]
    exact = {p.words[0] for p in parts if not p.begins}
    beginnings = tuple(p.words[0] for p in parts if p.begins)
    for match in _PRINTED.finditer(text):
        words = words_of(match[0], len(match[0])).split()
        if any(word in exact or word.startswith(beginnings) for word in words) or any(
            each in folded(match[0]) for each in unspaced
        ):
            places = [folded(match[0]).find(each) for each in unspaced]
            return match.start() + min((place for place in places if place >= 0), default=0)
    return None
