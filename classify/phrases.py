"""Phrases looked for in printed texts: patterns kept as data, each with the words it must and must not be found in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, Self

import tomli

from classify.stems import Stems
from classify.texts import quoted
from models.classification import Evidence

REACH = 120  # characters before and after a stem in which its phrase must stand
TRIES_MOST = 40  # occurrences of a stem that are looked at in one text: bounds the work a hostile text can ask for
PHRASES = ("elements", "credentials", "credential_texts")
"""The tables of phrases beside those of development."""
SHORT = 240  # characters; so short a text need not hold one of the small words that tell a language

_EXAMPLES = ("examples", "counterexamples")
_AS_TYPED = {
    "’": "'", "‘": "'", "“": '"', "”": '"', "„": '"', "–": "-", "—": "-", "…": ".", "•": "*",
    "\u00a0": " ", "\u202f": " ",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Text:
    """Printed words of a field, and the same in lower case with plain punctuation, character by character.

    ``stems`` are the stems of all rules that stand in it; ``None``: not looked for.
    """

    field: str
    words: str
    lowered: str
    stems: frozenset[str] | None

    @classmethod
    def of(cls, field: str, words: str) -> Self:
        """Return the text of a field."""
        lowered = _lowered(words)
        return cls(field, words, lowered, _stems_in(lowered))

    @classmethod
    def for_one(cls, field: str, words: str) -> Self:
        """Return the text of a field in which a single phrase is to be looked for."""
        return cls(field, words, _lowered(words), None)

    def may_be_in(self, languages: frozenset[str]) -> bool:
        """Return whether the text may be in one of these languages: it is short, or holds a small word of one."""
        return len(self.words) < SHORT or not languages.isdisjoint(_languages_of(self.lowered))


@lru_cache(maxsize=64)
def _lowered(words: str) -> str:
    """Return words in lower case. A character that is longer in lower case stays, so that both keep in step."""
    lowered = words.lower()
    if len(lowered) != len(words):
        lowered = "".join(low if len(low := letter.lower()) == 1 else letter for letter in words)
    if not lowered.isascii():
        for printed, typed in _AS_TYPED.items():
            lowered = lowered.replace(printed, typed)
    return lowered


def _stems_in(lowered: str) -> frozenset[str]:
    return _stems_in_label(lowered) if len(lowered) < SHORT else _stems_in_text(lowered)


@lru_cache(maxsize=8_192)
def _stems_in_label(lowered: str) -> frozenset[str]:
    """Return the stems in a short text, which many listings of a catalogue have."""
    return _stems().standing_in(lowered)


@lru_cache(maxsize=64)
def _stems_in_text(lowered: str) -> frozenset[str]:
    return _stems().standing_in(lowered)


@lru_cache(maxsize=64)
def _languages_of(lowered: str) -> frozenset[str]:
    """Return the languages of which a text in lower case holds a small word (``languages.toml``)."""
    marks: Mapping[str, list[str]] = table("languages")["marks"]
    words = frozenset(lowered.split())
    spaced = {language for language, small in marks.items() if not words.isdisjoint(small)}
    if lowered.isascii():
        return frozenset(spaced)
    # Not all languages put spaces between words.
    signs: Mapping[str, list[str]] = table("languages")["signs"]
    return frozenset(spaced | {language for language, own in signs.items() if any(sign in lowered for sign in own)})


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """A pattern, and what a text that holds it says.

    ``stems`` are strings in lower case of which one stands in every match: only around them is the pattern tried.
    ``known_stems`` are the same if they are among those that every text is searched for at once.
    A phrase ``written_in`` some languages is looked for only in texts that may be in one of them.
    Patterns are regular expressions, made ready when they are first looked for: a catalogue needs few of them.
    A match counts if each of ``also``, and not ``unless``, is found within ``REACH`` characters around it in the same
    sentence, and the sentence is no question (unless ``questions`` is true).
    """

    id: str
    says: str
    stems: tuple[str, ...]
    known_stems: frozenset[str] | None
    pattern: str
    also: tuple[str, ...]
    unless: str
    questions: bool
    written_in: frozenset[str]
    confidence: float

    @classmethod
    def read(cls, row: Mapping[str, Any]) -> Self:
        """Return the phrase of a row of data. In its patterns a space is any white space, an apostrophe either form."""
        return cls(
            id=row["id"],
            says=row["says"],
            stems=tuple(row["stems"]),
            known_stems=frozenset(row["stems"]) if _all_stems().issuperset(row["stems"]) else None,
            pattern=row["pattern"],
            also=tuple(row.get("also", ())),
            unless=row.get("unless", ""),
            questions=row.get("questions", True),
            written_in=frozenset(row.get("written_in", ())),
            confidence=row["confidence"],
        )

    def search(self, text: Text) -> re.Match[str] | None:
        """Return the first match that counts, or ``None``."""
        standing = None if self.known_stems is None else text.stems
        if standing is not None and self.known_stems is not None and self.known_stems.isdisjoint(standing):
            return None
        if self.written_in and not text.may_be_in(self.written_in):
            return None
        for stem in self.stems:
            if standing is not None and stem not in standing:
                continue
            at, tries = text.lowered.find(stem), 0
            while at >= 0 and tries < TRIES_MOST:
                if found := self._around(text.words, max(0, at - REACH), at + len(stem) + REACH):
                    return found
                at, tries = text.lowered.find(stem, at + len(stem)), tries + 1
        return None

    def evidence(self, texts: Iterable[Text]) -> Evidence | None:
        """Return the evidence of the first text that holds the phrase, or ``None``."""
        for text in texts:
            if found := self.search(text):
                return Evidence(
                    rule=self.id, field=text.field, words=quoted(text.words, found), confidence=self.confidence
                )
        return None

    def _around(self, words: str, start: int, end: int) -> re.Match[str] | None:
        """Return the first match between two places that counts."""
        pattern = _compiled(self.pattern)
        while found := pattern.search(words, start, end):
            if self._counts(words, found):
                return found
            if found.end() == start:
                break
            start = found.end()
        return None

    def _counts(self, words: str, found: re.Match[str]) -> bool:
        if not self.questions and _asked(words, found):
            return False
        if not self.unless and not self.also:
            return True
        before = _SENTENCE_END.split(words[max(0, found.start() - REACH) : found.start()])[-1]
        after = _SENTENCE_END.split(words[found.end() : found.end() + REACH])[0]
        sentence = before + found[0] + after
        if self.unless and _compiled(self.unless).search(sentence):
            return False
        return all(_compiled(pattern).search(sentence) for pattern in self.also)


_SENTENCE_END = re.compile(r"[.!?;]\s|\n|[。！？]")
_AFTER_A_MARK = " \t\r\n*_#)"


def _asked(words: str, found: re.Match[str]) -> bool:
    """Return whether a match stands in a question."""
    end = _SENTENCE_END.search(words, found.end())
    return words[found.start() : end.end() if end else None].rstrip(_AFTER_A_MARK).endswith(("?", "？"))


class Phrases:
    """Phrases in the order in which they are tried; those without a stem in a text are not."""

    __slots__ = ("_always", "_by_stem", "_phrases", "_stems")

    def __init__(self, phrases: Iterable[Phrase]) -> None:
        """Take ``phrases``, the first of which counts."""
        self._phrases = tuple(phrases)
        by_stem: dict[str, list[int]] = {}
        for place, phrase in enumerate(self._phrases):
            for stem in phrase.known_stems or ():
                by_stem.setdefault(stem, []).append(place)
        self._by_stem = by_stem
        self._stems = frozenset(by_stem)
        self._always = [place for place, phrase in enumerate(self._phrases) if phrase.known_stems is None]

    def __iter__(self) -> Iterator[Phrase]:
        """Yield the phrases in their order."""
        return iter(self._phrases)

    def first_evidence(self, texts: Iterable[Text]) -> Evidence | None:
        """Return the evidence of the first phrase that one of the texts holds, or ``None``."""
        read = tuple(texts)
        for place in self._to_try(read):
            if evidence := self._phrases[place].evidence(read):
                return evidence
        return None

    def _to_try(self, texts: Sequence[Text]) -> Sequence[int]:
        standing: set[str] = set()
        for text in texts:
            standing |= self._stems if text.stems is None else self._stems & text.stems
        if not standing:
            return self._always
        return sorted({place for stem in standing for place in self._by_stem[stem]}.union(self._always))


@cache
def table(name: str) -> Mapping[str, Any]:
    """Return the rules kept in ``<name>.toml`` beside this file."""
    return tomli.loads(files(__package__).joinpath(f"{name}.toml").read_text(encoding="utf-8"))


@cache
def _rows() -> tuple[Mapping[str, Any], ...]:
    """Return the phrases of all rules, as written."""
    from classify.development_rules import table as development  # it reads its own rules as phrases of this module

    tables = (*(table(name)["phrase"] for name in PHRASES), *(development()[name] for name in ("word", "naming")))
    return tuple(row for rows in tables for row in rows)


@cache
def _all_stems() -> frozenset[str]:
    return frozenset(stem for row in _rows() for stem in row["stems"])


@cache
def _stems() -> Stems:
    examples = (each for row in _rows() for name in _EXAMPLES for each in row.get(name, ()))
    # An example of names is the text with the names to be found in it.
    return Stems(_all_stems(), (_lowered(each if isinstance(each, str) else each[0]) for each in examples))


@cache
def phrases(name: str) -> Mapping[str, Phrases]:
    """Return the phrases of ``<name>.toml`` by what they say, in the order of the data.

    Its list ``not_in_questions`` names what a question does not say ("Is there an exam?").
    """
    by_meaning: dict[str, list[Phrase]] = {}
    barred = table(name).get("not_in_questions", ())
    for row in table(name)["phrase"]:
        phrase = Phrase.read({"questions": row["says"] not in barred, **row})
        by_meaning.setdefault(row["says"], []).append(phrase)
    return {says: Phrases(rows) for says, rows in by_meaning.items()}


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern.replace(" ", r"\s").replace("'", "['’]"), re.IGNORECASE)
