"""Finds the words of the lexicons ``lexicon/<language>.toml`` in a text, and the fields of education they stand for.

A text is cut into words once; phrases, words and beginnings of words are looked up by hash. Languages that set no
spaces are searched by substring.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from importlib.resources import files
from typing import Any, NamedTuple

import tomli

WITHOUT_SPACES = ("zh", "ja", "ko")
ENGLISH = "en"
# Scripts that only these languages of ours are written in: their lexicons can never mislead in another language.
_BY_SCRIPT = ("ru", *WITHOUT_SPACES)

_CJK = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
_HAS_CJK = re.compile(f"[{_CJK}]")
_WORD = re.compile(rf"[^\W_{_CJK}]+[+#]*|&")
_MARKS = re.compile("[\u0300-\u036f]")
_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}

# How much a hit says: longer phrases are surer, a weak word says little, one Chinese character less than a word.
_BY_WORDS = (1.0, 1.5, 1.8)
_BY_CHARACTERS = (0.5, 1.0, 1.2, 1.5)
_WEAK = 0.35


@dataclass(frozen=True, slots=True)
class Entry:
    """A word or phrase of a lexicon.

    ``kind`` is the table it stands in: ``words``, ``stems`` (a beginning of words), ``title`` (says nothing in running
    text), ``weak`` (says little in a title and nothing in running text), ``not`` (only looks like a field). ``codes``
    are ISCED-F 2013 codes of two or three digits; the weight is shared among them.
    """

    text: str
    language: str
    kind: str
    codes: tuple[str, ...]
    weight: float


class Hit(NamedTuple):
    """An entry found in a text, from character ``start`` to before ``end``."""

    entry: Entry
    start: int
    end: int


def hits(text: str, languages: tuple[str, ...]) -> list[Hit]:
    """Return what the lexicons know in a text, in its order and without overlaps; the longest phrase wins.

    ``languages`` are BCP 47 base languages, the first of them that knows a word says what it means. A phrase that
    only looks like a field takes its words with it and is left out.
    """
    index = _index(languages)
    found = list(index.in_words(text))
    if not text.isascii() and _HAS_CJK.search(text):
        found = sorted([*found, *index.in_characters(text)], key=lambda hit: hit.start)
    return [hit for hit in found if hit.entry.codes]


@lru_cache(maxsize=1_024)
def languages_to_read(stated: tuple[str, ...], source: str) -> tuple[str, ...]:
    """Return the languages whose lexicons to use, first the most credible.

    Those stated, that of the source and English; all there are if none is stated. Tags are BCP 47 ("pt-BR"). Lexicons
    of a script of their own are always used.
    """
    base = dict.fromkeys(tag.lower().partition("-")[0] for tag in (*stated, source, ENGLISH))
    wanted = (*base, *_BY_SCRIPT) if stated else (*base, *_BY_SCRIPT, *lexicon_languages())
    return tuple(language for language in dict.fromkeys(wanted) if language in lexicon_languages())


@cache
def lexicon_languages() -> tuple[str, ...]:
    """Return the languages that have a lexicon, sorted."""
    folder = files(__package__).joinpath("lexicon")
    return tuple(sorted(f.name.removesuffix(".toml") for f in folder.iterdir() if f.name.endswith(".toml")))


@cache
def lexicon(language: str) -> Mapping[str, Any]:
    """Return the lexicon of a language as written, by kind of entry and code."""
    return tomli.loads(files(__package__).joinpath("lexicon", f"{language}.toml").read_text(encoding="utf-8"))


def entries(language: str, kind: str) -> Iterator[Entry]:
    """Yield the entries of one table of a lexicon; a word listed under several codes yields one entry."""
    codes: dict[str, list[str]] = {}
    for code, words in lexicon(language).get(kind, {}).items():
        for word in words:
            codes.setdefault(word, []).append("" if kind == "not" else code)
    for word, listed in codes.items():
        weight = _weight(word, language) * (_WEAK if kind == "weak" else 1.0)
        yield Entry(word, language, kind, tuple(code for code in listed if code), weight)


def _weight(word: str, language: str) -> float:
    if language in WITHOUT_SPACES and _HAS_CJK.search(word):
        return _BY_CHARACTERS[min(len(word), len(_BY_CHARACTERS)) - 1]
    count = len(_WORD.findall(word))
    return _BY_WORDS[max(1, min(count, len(_BY_WORDS))) - 1]


@lru_cache(maxsize=65_536)
def fold(word: str) -> str:
    """Return a word as it is looked up: case folded, without the accents of Latin, Greek and Cyrillic letters."""
    folded = "and" if word == "&" else word.casefold()
    if folded.isascii():
        return folded
    return unicodedata.normalize("NFC", _MARKS.sub("", unicodedata.normalize("NFKD", folded)))


def _folded(phrase: str) -> tuple[str, ...]:
    return tuple(fold(word) for word in _WORD.findall(phrase))


class _Node(dict[str, "_Node"]):
    """The words that can follow in a phrase; ``entry`` is the phrase that ends here, if one does."""

    __slots__ = ("entry",)

    def __init__(self) -> None:
        super().__init__()
        self.entry: Entry | None = None

    def add(self, words: tuple[str, ...], entry: Entry) -> None:
        """Add a phrase; the first of one form counts."""
        node = self
        for word in words:
            node = node.setdefault(word, _Node())
        node.entry = node.entry or entry


_Stem = tuple[tuple[str, ...], Entry]
"""The beginnings of the words that follow the one with which a stem begins, and what it says."""


class _Lexicon:
    """The entries of one language, by how they are looked up."""

    def __init__(self, language: str, found: Iterable[Entry] | None = None) -> None:
        """Read the entries of a language, unless they are given."""
        self.phrases = _Node()
        self.stems: dict[str, list[_Stem]] = {}
        self.substrings: dict[str, Entry] = {}
        kinds = ("not", "words", "title", "weak", "stems")
        for entry in found or (entry for kind in kinds for entry in entries(language, kind)):
            self._add(entry)

    def _add(self, entry: Entry) -> None:
        if entry.language in WITHOUT_SPACES and _HAS_CJK.search(entry.text):
            self.substrings.setdefault(_even(entry.text), entry)
        elif words := _folded(entry.text):
            if entry.kind == "stems" and entry.language not in WITHOUT_SPACES:
                self.stems.setdefault(words[0], []).append((words[1:], entry))
            else:
                self.phrases.add(words, entry)


@cache
def _lexicon(language: str) -> _Lexicon:
    return _Lexicon(language)


def _merged(nodes: Sequence[_Node]) -> _Node | None:
    """Return nodes as one in which the first that knows a phrase says what it means."""
    if len(nodes) < 2:
        return nodes[0] if nodes else None
    merged = _Node()
    merged.entry = next((node.entry for node in nodes if node.entry is not None), None)
    for word in dict.fromkeys(word for node in nodes for word in node):
        following = _merged([node[word] for node in nodes if word in node])
        assert following is not None  # one of them has the word
        merged[word] = following
    return merged


@dataclass(frozen=True, slots=True)
class _Start:
    """What can begin with a word: phrases, and stems with the beginnings of the words that follow, longest first.

    ``alone`` is what the word says whatever follows; it counts unless ``goes_on``: then the words after it may matter.
    ``says`` is false for a word with which nothing begins, as most are.
    """

    word: str
    phrases: _Node | None
    stems: tuple[_Stem, ...]
    goes_on: bool
    alone: Entry | None
    says: bool


class _Index:
    """Lexicons, as if they were one: the first that knows a word says what it means."""

    def __init__(self, lexicons: Sequence[_Lexicon]) -> None:
        self._lexicons = lexicons
        self._start = lru_cache(maxsize=65_536)(self._look_up)

    @cached_property
    def _substrings(self) -> Mapping[str, Entry]:
        return {text: entry for lexicon in reversed(self._lexicons) for text, entry in lexicon.substrings.items()}

    @cached_property
    def _lengths(self) -> Mapping[str, tuple[int, ...]]:
        """Which lengths, longest first, the entries have that begin with a character."""
        lengths: dict[str, set[int]] = {}
        for text in self._substrings:
            lengths.setdefault(text[0], set()).add(len(text))
        return {first: tuple(sorted(known, reverse=True)) for first, known in lengths.items()}

    def _look_up(self, word: str) -> _Start:
        folded = fold(word)
        phrases = _merged([node for each in self._lexicons if (node := each.phrases.get(folded)) is not None])
        stems = [
            stem
            for length in range(len(folded), 1, -1)
            for each in self._lexicons
            for stem in each.stems.get(folded[:length], ())
        ]
        stems.sort(key=lambda stem: -len(stem[0]))
        alone = phrases.entry if phrases is not None else None
        if alone is None and stems:
            alone = stems[0][1]
        goes_on = bool(phrases) or any(rest for rest, _ in stems)
        return _Start(folded, phrases, tuple(stems), goes_on, alone, says=goes_on or alone is not None)

    def in_words(self, text: str) -> Iterator[Hit]:
        """Yield the hits of phrases, words and stems, longest first at each word."""
        words = list(_WORD.finditer(text))
        starts = [self._start(word[0]) for word in words]
        end = 0
        for at, start in enumerate(starts):
            if at < end or not start.says:
                continue
            entry, end = start.alone, at + 1
            if start.goes_on:
                entry, end = self._phrase(starts, at)
                if start.stems:
                    entry, end = self._stem(starts, at, entry, end)
            if entry is not None:
                yield Hit(entry, words[at].start(), words[end - 1].end())

    @staticmethod
    def _phrase(starts: list[_Start], at: int) -> tuple[Entry | None, int]:
        """Return the longest phrase from a word on and where it ends; ``None`` and the next word if there is none."""
        node, following = starts[at].phrases, at + 1
        entry, end = (None if node is None else node.entry), following
        while node and following < len(starts):
            node = node.get(starts[following].word)
            following += 1
            if node is not None and node.entry is not None:
                entry, end = node.entry, following
        return entry, end

    @staticmethod
    def _stem(starts: list[_Start], at: int, entry: Entry | None, end: int) -> tuple[Entry | None, int]:
        """Return the longest stem from a word on if it takes more words than the phrase that was found there."""
        for rest, stem in starts[at].stems:
            last = at + 1 + len(rest)
            if entry is not None and last <= end:
                break
            if last <= len(starts) and all(map(_begins, starts[at + 1 : last], rest)):
                return stem, last
        return entry, end

    def in_characters(self, text: str) -> Iterator[Hit]:
        """Yield the hits of languages without spaces between words, longest first at each character."""
        even = _even(text)
        at = 0
        while at < len(even):
            end = next((at + size for size in self._lengths.get(even[at], ()) if self._is_word(even, at, at + size)), 0)
            if end:
                yield Hit(self._substrings[even[at:end]], at, end)
            at = end or at + 1

    def _is_word(self, text: str, start: int, end: int) -> bool:
        """Whether an entry stands here; where it begins or ends with a Latin letter, a Latin word must do so too."""
        if end > len(text) or text[start:end] not in self._substrings:
            return False
        return not (_splits(text, start) or _splits(text, end))


def _begins(start: _Start, beginning: str) -> bool:
    return start.word.startswith(beginning)


def _splits(text: str, at: int) -> bool:
    """Whether a position lies inside a run of letters without which it would be a word of its own ("IT" in "WITH")."""
    if at in {0, len(text)}:
        return False
    before, after = text[at - 1], text[at]
    return before.isascii() and before.isalnum() and after.isascii() and after.isalnum()


def _even(text: str) -> str:
    """Return the text in small letters of one width, each character in its place."""
    even = text.translate(_WIDE).lower()
    return even if len(even) == len(text) else text


@lru_cache(maxsize=64)
def _index(languages: tuple[str, ...]) -> _Index:
    return _Index([_lexicon(language) for language in languages])
