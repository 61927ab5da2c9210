"""Which stems of phrases stand in a text: looked for together, word by word, before any phrase is tried.

A phrase is tried only around its stems. There are some two thousand of them, and a text holds few. Catalogues repeat
their words: what stands in a word is found out once. A stem of several words is looked for in the text itself, where
one of its words stands.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from functools import lru_cache

_SIZE = 3
_PIECES = re.compile(".{3}", re.DOTALL)
_WORD_MOST = 40
"""Characters; what is longer (a script without spaces, an address) is seldom met twice and not remembered."""
_WORDS_MOST = 65_536

_Found = tuple[tuple[str, ...], tuple[str, ...]]
"""The stems that stand in a word, and those of which a part does."""


class Stems:
    """Stems ready to be looked for, all in lower case.

    Each is kept under the least common piece of it, of three characters without white space; those without such a
    piece under a character of theirs.
    """

    def __init__(self, stems: Iterable[str], examples: Iterable[str]) -> None:
        """Order ``stems``; ``examples`` tell which pieces are common."""
        distinct = sorted(set(stems))
        held_by = Counter(piece for text in (*distinct, *examples) for piece in _pieces(text))
        self._by_piece: dict[str, list[str]] = defaultdict(list)
        self._by_character: dict[str, list[str]] = defaultdict(list)
        self._blank = tuple(stem for stem in distinct if not stem.split())
        self._part: dict[str, str] = {}
        for stem in distinct:
            pieces = {piece: part for part in stem.split() for piece in _pieces(part)}
            if pieces:
                rarest = min(sorted(pieces), key=held_by.__getitem__)
                self._by_piece[rarest].append(stem)
                self._part[stem] = pieces[rarest]
            elif parts := stem.split():
                self._by_character[parts[0][0]].append(stem)
                self._part[stem] = parts[0]
        self._remembered = lru_cache(maxsize=_WORDS_MOST)(self._in_word)

    def standing_in(self, lowered: str) -> frozenset[str]:
        """Return the stems that stand in a text in lower case."""
        found = {stem for stem in self._blank if stem in lowered}
        perhaps: set[str] = set()
        for word in set(lowered.split()):
            held = self._remembered(word) if len(word) <= _WORD_MOST else self._in_word(word)
            if held is not None:
                found.update(held[0])
                perhaps.update(held[1])
        found.update([stem for stem in perhaps if stem in lowered])
        return frozenset(found)

    def _in_word(self, word: str) -> _Found | None:
        whole: list[str] = []
        parts: list[str] = []
        for stem in self._touching(word):
            part = self._part[stem]
            if part in word:
                (whole if part == stem else parts).append(stem)
        return (tuple(whole), tuple(parts)) if whole or parts else None

    def _touching(self, word: str) -> Iterator[str]:
        for piece in self._by_piece.keys() & _pieces(word):
            yield from self._by_piece[piece]
        for character in self._by_character.keys() & set(word):
            yield from self._by_character[character]


def _pieces(text: str) -> set[str]:
    """Return all that stands in a text within three characters."""
    pieces = set(_PIECES.findall(text))
    pieces.update(_PIECES.findall(text, 1), _PIECES.findall(text, 2))
    return pieces
