"""Titles made comparable: the words that count, what has to agree, and how two titles stand to each other."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

import tomli
from rapidfuzz import fuzz

from normalise.text import TITLE_MOST, key, one_line

ALIKE = 86.0  # of 100: from here on two words of five letters or more are one word, misspelt or inflected
_ALIKE_LETTERS_LEAST, _ALIKE_LETTERS_MORE = 5, 4
_CLOSE = 85.0  # of 100: two titles whose letters are as near as that are worth a look
_LETTERS_LEAST = 4  # of a title in a script without spaces, or of one that stands beside another
_OTHER_WORDS_MOST = 3  # of either title that the other has not, for the two to be nearly the same
_WORDS_LEAST = 2  # a beginning of one word ("Leadership") is shared by too many titles

_UNSPACED = "\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_TOKEN = re.compile(r"[^\W_]+(?:\+\+|#)?")
_ELIDED = re.compile(r"(?<!\w)(?:[cdjlmnst]|qu|dell|all|nell)['’](?=\w)|['’]s(?!\w)", re.IGNORECASE)
_ACCENTS = re.compile("[\u0300-\u036f]")
_LETTERS = str.maketrans({"ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "ß": "ss"})
_ROMAN = re.compile(r"(?=[ivx])x{0,2}(?:ix|iv|v?i{0,3})")
_ROMAN_VALUES = {"i": 1, "v": 5, "x": 10}
_YEAR = re.compile(r"(?:19|20)\d\d")
_LANGUAGE_LEVEL = re.compile(r"[abc][12]")
_SUBTITLE = re.compile(r"\s*[:：]\s*|\s+[-–—~]\s+|\s*[(（\[【]")
_BESIDE = re.compile(r"\s*[|｜]\s*|\s+/\s+")
_SCRIPTS = re.compile(
    rf"(?<=[{_UNSPACED}])\s*[:：,]?\s*(?=[^\W\d_{_UNSPACED}]{{2}})|(?<=[^\W\d_{_UNSPACED}])\s+(?=[{_UNSPACED}])"
)
_BRACKETS = re.compile(r"[(（\[【]([^)）\]】]{2,60})[)）\]】]")
_SIGN = re.compile(r"[(（\[【](\w{1,4})[)）\]】]")
_LETTER = re.compile(f"[{_UNSPACED}]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Title:
    """A title as it is compared.

    ``words`` are its folded words in order, without small words and words for the form of an offer. ``wholes`` are all
    that may be the whole title of another listing: these words, and those of each title where several stand side by
    side in scripts of their own ("20世纪西方音乐 | Music in the 20th Century"). ``mains`` are the words before a
    subtitle, for each colon, dash or bracket that may begin one. The rest has to agree: ``numbers`` of parts and all
    others, Roman ones as Arabic, ``years``, ``levels`` (``first``, ``middle``, ``last``) and ``languages`` (BCP 47)
    named in brackets. ``written_in`` are the languages that its small words belong to, where these tell.
    """

    words: str
    wholes: tuple[str, ...] = ()
    mains: tuple[str, ...] = ()
    numbers: frozenset[str] = frozenset()
    years: frozenset[str] = frozenset()
    levels: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    written_in: frozenset[str] = frozenset()


@lru_cache(maxsize=65_536)
def read_title(printed: str) -> Title:
    """Return a printed title as it is compared; one without letters and digits has no words."""
    text = unicodedata.normalize("NFKC", one_line(printed[:TITLE_MOST]))
    tokens = _tokens(text)
    words = _words(tokens)
    numbers = {number for token in tokens for number in _numbers(token)} | _halves(text)
    return Title(
        words=words,
        wholes=tuple(each for each in (words, *_sides(text)) if each),
        mains=_mains(text, words),
        numbers=frozenset(numbers),
        years=frozenset(token for token in tokens if _YEAR.fullmatch(token)),
        levels=_levels(tokens, text),
        languages=_languages(text),
        written_in=frozenset(_telling_words()[token] for token in tokens if token in _telling_words()),
    )


def _mains(text: str, words: str) -> tuple[str, ...]:
    """Return the words before each place where a subtitle may begin, if they are enough to tell a course by."""
    beginnings = [text[: found.start()] for found in _SUBTITLE.finditer(text)]
    mains = (_words(tokens) for each in beginnings if _has_content(tokens := _tokens(each)))
    return tuple(dict.fromkeys(main for main in mains if main != words and _is_enough(main)))


def _is_enough(main: str) -> bool:
    return len(main) >= _LETTERS_LEAST if _unspaced(main) else len(main.split()) >= _WORDS_LEAST


def _sides(text: str) -> tuple[str, ...]:
    """Return the titles that stand side by side, if they are in different scripts."""
    parts = [part for part in _BESIDE.split(text) if part]
    if len(parts) == 1:
        parts = [part for part in _SCRIPTS.split(text) if part]
    scripts = {_unspaced(part) for part in parts}
    if len(scripts) == 1:
        return ()
    return tuple(dict.fromkeys(words for part in parts if len(words := _words(_tokens(part))) >= _LETTERS_LEAST))


def _tokens(text: str) -> list[str]:
    """Return the words of a text in order, folded; numerals as digits, counts of runs left out."""
    plain = fold(_ELIDED.sub(" ", text))
    raw = _TOKEN.findall(plain)
    tokens: list[str] = []
    for place, token in enumerate(raw):
        before = raw[place - 1] if place else ""
        if before in _set("runs") and _numeral(token, is_last=True):
            if tokens and tokens[-1] == before:
                tokens.pop()
            continue
        counted = before in _set("parts")
        number = _numeral(token, is_last=counted or place == len(raw) - 1)
        if number is None and counted:
            number = _table()["parts"]["numerals"].get(token)
        if number is not None and tokens and counted and tokens[-1] == before:
            tokens.pop()
        tokens.append(number or _table()["same"].get(token, token))
    return tokens


def _numeral(token: str, *, is_last: bool) -> str | None:
    """Return a numeral in Arabic digits. A single Roman letter is one only at the end or behind "part"."""
    if token.isdecimal():
        return str(int(token))
    if not _ROMAN.fullmatch(token) or (len(token) == 1 and not is_last):
        return None
    values = [_ROMAN_VALUES[letter] for letter in token]
    return str(sum(-a if b > a else a for a, b in zip(values, [*values[1:], 0], strict=True)))


def _words(tokens: Iterable[str]) -> str:
    """Return the words that count, joined by spaces; if all are small or formal, all of them."""
    every = list(tokens)
    kept = [word for place, word in enumerate(every) if word not in _small() or _ends_with_letter(every, place)]
    text = f" {' '.join(kept or every)} "
    for phrase, short in _phrases():
        if phrase in text:
            text = text.replace(phrase, short)
    content = [word for word in text.split() if word not in _set("form")]
    return " ".join(content or kept or every)


def _has_content(tokens: Iterable[str]) -> bool:
    """Whether a text says more than the form of an offer ("Micro-credential: ...")."""
    text = f" {' '.join(word for word in tokens if word not in _small())} "
    for phrase in _table()["form"]["phrases"]:
        text = text.replace(f" {phrase} ", " ")
    return any(word not in _set("form") for word in text.split())


def _ends_with_letter(words: list[str], place: int) -> bool:
    return len(words[place]) == 1 and 0 < place == len(words) - 1


def _numbers(token: str) -> list[str]:
    if _YEAR.fullmatch(token):
        return []
    return (
        [token] if _LANGUAGE_LEVEL.fullmatch(token) else [str(int(digits)) for digits in re.findall(r"[0-9]+", token)]
    )


def _halves(text: str) -> set[str]:
    """Return the numbers of parts that stand in brackets: "(II)", or a sign in Chinese and Japanese titles."""
    signs: Mapping[str, str] = _table()["parts"]["signs"]
    found = (signs.get(part) or _numeral(part.casefold(), is_last=True) for part in _SIGN.findall(text))
    return {number for number in found if number}


def _levels(tokens: Iterable[str], text: str) -> frozenset[str]:
    found = {_level_words()[token] for token in tokens if token in _level_words()}
    if _unspaced(text) or not text.isascii():
        found |= {level for level, parts in _table()["levels_inside"].items() if any(part in text for part in parts)}
    return frozenset(found)


def _languages(text: str) -> frozenset[str]:
    bracketed = (word for part in _BRACKETS.findall(text) for word in _TOKEN.findall(fold(part)))
    return frozenset(_language_words()[word] for word in bracketed if word in _language_words())


def _unspaced(text: str) -> bool:
    return _LETTER.search(text) is not None


@lru_cache(maxsize=65_536)
def fold(text: str) -> str:
    """Return the text in lower case without accents; scripts other than Latin, Greek and Cyrillic as they are."""
    folded = key(text).translate(_LETTERS)
    if folded.isascii():
        return folded
    return unicodedata.normalize("NFC", _ACCENTS.sub("", unicodedata.normalize("NFD", folded)))


# --------------------------------------------------------------------------------------
# Two titles
# --------------------------------------------------------------------------------------


def relation(one: Title, other: Title) -> str:
    """Return how two titles stand to each other, in a word of ``rules.toml`` (``title``).

    ``same``: the same words, however they are spaced. ``beside``: one is printed as a part of the other, in a script of
    its own. ``main``: one is the other without a subtitle. ``reworded``: the same words in another order, inflected or
    misspelt. ``shortened``: one has all words of the other and more. ``near``: nearly the same letters. ``other``: none
    of these.
    """
    if one.words == other.words or one.words.replace(" ", "") == other.words.replace(" ", ""):
        return "same"
    if any(words in other.wholes for words in one.wholes):
        return "beside"
    if any(words in other.wholes for words in one.mains) or any(words in one.wholes for words in other.mains):
        return "main"
    return _by_words(one.words, other.words)


@lru_cache(maxsize=65_536)
def _by_words(one: str, other: str) -> str:
    ours, theirs = set(one.split()), set(other.split())
    left, right = sorted(ours - theirs), sorted(theirs - ours)
    if min(len(left), len(right)) > _OTHER_WORDS_MOST:
        return "other"
    for word in tuple(left):
        like = next((each for each in right if _alike(word, each)), None)
        if like is not None:
            left.remove(word)
            right.remove(like)
    if not left and not right:
        return "reworded"
    if (not left or not right) and len(ours) - len(left) > _WORDS_LEAST:
        return "shortened"
    return "near" if fuzz.token_sort_ratio(one, other, score_cutoff=_CLOSE) else "other"


def _alike(one: str, other: str) -> bool:
    if min(len(one), len(other)) < _ALIKE_LETTERS_LEAST or abs(len(one) - len(other)) > _ALIKE_LETTERS_MORE:
        return False
    if not (one.isalpha() and other.isalpha()):
        return False
    return fuzz.ratio(one, other, score_cutoff=ALIKE) > 0


def are_in_two_languages(one: Title, other: Title) -> bool:
    """Whether the small words of two titles say that they are in different languages."""
    return bool(one.written_in and other.written_in and not one.written_in & other.written_in)


def disagreements(one: Title, other: Title) -> tuple[tuple[str, bool], ...]:
    """Return what should agree in two titles and does not: its name, and whether both sides state it."""
    names = ("numbers", "years", "levels", "languages")
    pairs = ((name, getattr(one, name), getattr(other, name)) for name in names)
    return tuple((name, bool(ours - theirs) and bool(theirs - ours)) for name, ours, theirs in pairs if ours != theirs)


def windows(words: str) -> Iterator[str]:
    """Yield every run of neighbouring words that is at least half of a title, the whole first; letters if unspaced."""
    parts, joint = (list(words), "") if _unspaced(words) and " " not in words else (words.split(), " ")
    for size in range(len(parts), (len(parts) - 1) // 2, -1):
        for place in range(len(parts) - size + 1):
            yield joint.join(parts[place : place + size])


def word_count(words: str) -> int:
    """Return how many words a title has; three letters of a script without spaces count as one."""
    return sum(len(_LETTER.findall(word)) // 3 if _unspaced(word) else 1 for word in words.split())


# --------------------------------------------------------------------------------------
# The table
# --------------------------------------------------------------------------------------


@cache
def _table() -> dict[str, Any]:
    return tomli.loads(files(__package__).joinpath("titles.toml").read_text(encoding="utf-8"))


@cache
def _set(name: str) -> frozenset[str]:
    return frozenset(_table()[name]["words"])


@cache
def _small() -> frozenset[str]:
    return frozenset(word for words in _table()["small"].values() for word in words)


@cache
def _telling_words() -> Mapping[str, str]:
    """Return the small words that only one language has, with the language."""
    counts = Counter(word for words in _table()["small"].values() for word in words)
    return {word: tag for tag, words in _table()["small"].items() for word in words if counts[word] == 1}


@cache
def _phrases() -> tuple[tuple[str, str], ...]:
    form = ((f" {phrase} ", " ") for phrase in _table()["form"]["phrases"])
    return (*form, *((f" {phrase} ", f" {short} ") for phrase, short in _table()["same_phrases"].items()))


@cache
def _level_words() -> Mapping[str, str]:
    return {word: level for level, words in _table()["levels"].items() for word in words}


@cache
def _language_words() -> Mapping[str, str]:
    return {word: tag for tag, words in _table()["languages"].items() for word in words}
