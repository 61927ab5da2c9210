"""Names of organisations made comparable, by the tables of ``organisations/names.toml``."""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

import tomli

from normalise.text import NAME_MOST, key

ACRONYM_MOST = 4  # letters: so short a name is borne by many organisations

_ACCENTS = re.compile("[\u0300-\u036f]")
_LETTERS = str.maketrans(
    {"ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "’": "'", "ʻ": "'"}
)
_POSSESSIVE = re.compile(r"(?<=\w)'s\b")
_INITIALS = re.compile(r"\b\w(?:\.\w)+\b")
_TOKEN = re.compile(r"\w+(?:&\w+)*|&")


@cache
def table(name: str) -> dict[str, Any]:
    """Return a table of the folder ``organisations`` ("names.toml")."""
    return tomli.loads(files(__package__).joinpath("organisations", name).read_text(encoding="utf-8"))


def plain(text: str) -> str:
    """Return the text in lower case, without accents, dashes and typographic quotes; other scripts as they are."""
    folded_case = key(text)
    if folded_case.isascii():
        return folded_case
    folded_case = folded_case.translate(_LETTERS)
    if folded_case.isascii():
        return folded_case
    # Only the marks of Latin, Greek and Cyrillic go: those of kana, Hangul and Indian scripts are letters.
    return unicodedata.normalize("NFC", _ACCENTS.sub("", unicodedata.normalize("NFD", folded_case)))


def tokens(text: str) -> tuple[str, ...]:
    """Return the folded words of a name in order; words that mean the same become one ("Universität": "university")."""
    same = _same()
    bare = plain(text)
    if "'" in bare:
        bare = _POSSESSIVE.sub("s", bare)
    if "." in bare:
        bare = _INITIALS.sub(lambda found: found[0].replace(".", ""), bare)
    return tuple(same.get(word, word) for word in _TOKEN.findall(bare))


@lru_cache(maxsize=16_384)
def folded(name: str) -> str:
    """Return the form under which a name is compared: see ``names.toml`` for what it ignores.

    A name that consists of nothing else keeps its words: ``folded("SAS")`` is ``"sas"``.
    """
    words = tokens(name[:NAME_MOST])
    kept = [word for word in words if word not in _words("dropped")] or list(words)
    while len(kept) > 1 and kept[-1] in _words("legal"):
        kept.pop()
    return " ".join(kept)


def needs_country(name: str) -> bool:
    """Whether a name says who is meant only together with a country: "UW" or "Victoria University", but not "MIT"."""
    if is_acronym(name):
        return name not in _everywhere()
    return plain(name) in _words("homonyms")


def is_acronym(name: str) -> bool:
    """Whether a name is an acronym of at most four letters; those of more are borne by one organisation as a rule."""
    return len(name) <= ACRONYM_MOST and sum(letter.isupper() for letter in name) > 1 and not name.endswith("x")


@cache
def _same() -> dict[str, str]:
    return {other: word for word, others in table("names.toml")["same"].items() for other in others}


@cache
def _words(section: str) -> frozenset[str]:
    return frozenset(plain(word) for word in table("names.toml")[section]["words"])


@cache
def _everywhere() -> frozenset[str]:
    return frozenset(table("names.toml")["acronyms"]["everywhere"])
