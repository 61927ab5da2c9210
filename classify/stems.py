"""Which stems of phrases stand in a text: looked for together, by three characters of each, before any phrase is tried.

A phrase is tried only around its stems. There are some two thousand of them, and a text holds few: what is cut into
pieces of three characters once need not be searched for each.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

_SIZE = 3
_PIECES = re.compile(".{3}", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Stems:
    """Stems, each under the least common piece of it; those shorter than a piece under their first character."""

    by_piece: Mapping[str, tuple[str, ...]]
    by_character: Mapping[str, tuple[str, ...]]

    @classmethod
    def of(cls, stems: Iterable[str], examples: Iterable[str]) -> Stems:
        """Return stems ready to be looked for, all in lower case; ``examples`` tell which pieces are common."""
        distinct = sorted(set(stems))
        held_by = Counter(piece for text in (*distinct, *examples) for piece in _pieces(text))
        by_piece: dict[str, list[str]] = defaultdict(list)
        by_character: dict[str, list[str]] = defaultdict(list)
        for stem in distinct:
            if len(stem) < _SIZE:
                by_character[stem[0]].append(stem)
            else:
                by_piece[min(sorted(_pieces(stem)), key=held_by.__getitem__)].append(stem)
        return cls(
            {piece: tuple(those) for piece, those in by_piece.items()},
            {first: tuple(those) for first, those in by_character.items()},
        )

    def standing_in(self, lowered: str) -> frozenset[str]:
        """Return the stems that stand in a text in lower case."""
        found = [
            stem
            for piece in self.by_piece.keys() & _pieces(lowered)
            for stem in self.by_piece[piece]
            if stem in lowered
        ]
        for first in self.by_character.keys() & set(lowered):
            found += [stem for stem in self.by_character[first] if stem in lowered]
        return frozenset(found)


def _pieces(text: str) -> set[str]:
    """Return all that stands in a text within three characters."""
    pieces = set(_PIECES.findall(text))
    pieces.update(_PIECES.findall(text, 1), _PIECES.findall(text, 2))
    return pieces
