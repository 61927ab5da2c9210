"""Reads levels of qualification: the EQF level, only where a framework is named that is referenced to it.

The framework stands in the printed words ("NFQ level 8"), or in the declaration of a source that prints bare numbers.
"""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache

from normalise.conversions import LevelRule, level_rules
from normalise.reading import Reading, Trouble
from normalise.text import key
from normalise.words import WORD_MOST

_PIECES = re.compile(r"[^\W\d_]+|\d+")
_BARE = re.compile(r"(?:level|niveau|tase|taso)?\s?\d{1,2}")
_REACH = 3  # how many words may stand between the name of a framework and its level


def eqf_level(words: str, on: date, framework: str = "") -> Reading[int]:
    """Return the EQF level (1-8) of a printed level of qualification on a day.

    A level without the name of its framework ("Level 7") is one of ``framework``, the source's own; without that it
    gives ``None`` without trouble, and is kept as published. A printed EQF level goes before the one a national level
    is referenced to.
    """
    return _eqf_level(words[:WORD_MOST], on, framework)


@lru_cache(maxsize=4_096)
def _eqf_level(words: str, on: date, framework: str) -> Reading[int]:
    folded = key(words)
    # The first rule of the table is the EQF itself.
    rule = next((r for r in level_rules(on) if any(_stands_in(name, folded) for name in r.words)), None)
    if rule is not None:
        return _level_of(rule, folded)
    own = next((r for r in level_rules(on) if framework in r.words), None)
    if own is None or not _BARE.fullmatch(folded):
        return Reading(None)
    return Reading(own.eqf.get(_numbers(_PIECES.findall(folded))[0]))


def _stands_in(name: str, folded: str) -> bool:
    return re.search(rf"(?<![^\W\d_]){re.escape(name)}(?![^\W\d_])", folded) is not None


def _level_of(rule: LevelRule, folded: str) -> Reading[int]:
    name = next(name for name in rule.words if _stands_in(name, folded))
    before, _, after = folded.partition(name)
    levels = _numbers(_PIECES.findall(after)[:_REACH]) or _numbers(_PIECES.findall(before)[-_REACH:])
    if len(levels) != 1:
        return Reading(None, Trouble("ambiguous", "a framework of qualifications, and not one level of it"))
    eqf = rule.eqf.get(levels[0])
    if eqf is None:
        return Reading(None, Trouble("out_of_range", f"no level of {name.upper()} that is referenced to the EQF"))
    return Reading(eqf)


def _numbers(pieces: list[str]) -> list[int]:
    return [int(piece) for piece in pieces if piece.isdecimal() and len(piece) <= 2]
