"""Looks single words up: those a source declares first, then the tables of ``words/fields.toml``. Never fuzzy."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

import tomli

from models.vocab import vocabulary
from normalise.reading import Reading, Trouble
from normalise.text import key

WORD_MOST = 200  # a longer text is no word of any vocabulary
# The vocabulary of a field, where it is not called as the field.
_VOCABULARY = {"level": "platform_level", "price_kind": "price_type"}


def lookup(field: str, words: str, source_words: Mapping[str, str]) -> Reading[str]:
    """Return the vocabulary word for printed words of a field.

    ``source_words`` are the source's own lookups for that field; they go before the table of all sources. An unknown
    word is trouble; a word that says "not stated" gives ``None`` without trouble.
    """
    clipped = words[: WORD_MOST + 1]
    if source_words and (own := _own(field, clipped, tuple(source_words.items()))):
        return own
    return _common(field, clipped)


@lru_cache(maxsize=4_096)
def _own(field: str, words: str, source_words: tuple[tuple[str, str], ...]) -> Reading[str] | None:
    exact = dict(source_words)
    folded = {key(printed): value for printed, value in source_words}
    value = exact.get(words) or folded.get(key(words))
    if value is None:
        return None
    if value in vocabulary(_VOCABULARY.get(field, field)):
        return Reading(value)
    return Reading(None, Trouble("unknown_word", f"the lookup of the source gives {value!r:.60}, no vocabulary word"))


@lru_cache(maxsize=8_192)
def _common(field: str, words: str) -> Reading[str]:
    folded = key(words)
    if not folded or folded in absent_words():
        return Reading(None)
    if value := _table(field).get(folded):
        return Reading(value)
    if field == "level" and _is_qualification(folded):
        return Reading(None)
    return Reading(None, Trouble("unknown_word", f"no word of {_VOCABULARY.get(field, field)} is known for it"))


def _is_qualification(folded: str) -> bool:
    """Whether a printed level is one of qualification, which is another scale."""
    return any(c.isdigit() for c in folded) or any(word in folded for word in _folded_list("qualification"))


def absent_words() -> frozenset[str]:
    """Return the words by which sources say that they state nothing ("n/a")."""
    return _folded_list("absent")


def unscheduled_words() -> frozenset[str]:
    """Return the words by which sources say that no date is set ("self-paced")."""
    return _folded_list("unscheduled")


@cache
def _folded_list(name: str) -> frozenset[str]:
    return frozenset(key(word) for word in words_file("fields")[name])


@cache
def _table(field: str) -> dict[str, str]:
    own = {key(word): word for word in vocabulary(_VOCABULARY.get(field, field))}
    return own | {key(word): value for value, words in words_file("fields")[field].items() for word in words}


@cache
def words_file(name: str) -> dict[str, Any]:
    """Return the content of ``words/<name>.toml``."""
    return tomli.loads(files(__package__).joinpath("words", f"{name}.toml").read_text(encoding="utf-8"))
