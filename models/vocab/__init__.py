"""Closed word lists: every enumerated value of the database, each with its meaning, kept as TOML beside this file.

A file ``<name>.toml`` holds ``source`` (where the list comes from) and a table ``[words]`` of word = meaning.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import tomli


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """A closed list of words. ``words`` maps each word to its meaning; ``source`` says whose list it is."""

    name: str
    source: str
    words: Mapping[str, str]

    def __contains__(self, word: object) -> bool:
        return word in self.words

    def __iter__(self) -> Iterator[str]:
        return iter(self.words)


@cache
def vocabulary(name: str) -> Vocabulary:
    """Return the vocabulary ``name``.

    Raises:
        KeyError: if there is no such vocabulary.
    """
    file = files(__package__) / f"{name}.toml"
    if not file.is_file():
        raise KeyError(f"no vocabulary {name!r}; there are: {', '.join(names())}")
    data = tomli.loads(file.read_text(encoding="utf-8"))
    return Vocabulary(name=name, source=data["source"], words=data["words"])


def names() -> tuple[str, ...]:
    """Return the names of all vocabularies, sorted."""
    return tuple(sorted(f.name.removesuffix(".toml") for f in files(__package__).iterdir() if f.name.endswith(".toml")))
