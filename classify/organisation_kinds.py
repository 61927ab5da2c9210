"""What the name of an organisation says about it, by the rules of ``organisations/kinds.toml``."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache

from classify.organisation_names import plain, table, tokens

_NAMES_KEPT = 16_384
"""Names whose answers are remembered: catalogues repeat their organisations."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KindRule:
    """A rule that tells the kind from words of the name; see ``kinds.toml`` for what the fields hold."""

    id: str
    kind: str
    confidence: float
    words: tuple[str, ...]
    ends: frozenset[str]
    parts: tuple[str, ...]
    unless: tuple[str, ...]
    unless_ends: frozenset[str]

    def fits(self, spaced: str, plain_name: str) -> bool:
        """Whether the rule fits a name, given as its folded words between spaces and as plain text."""
        first, _, last = spaced.strip().rpartition(" ")
        if last in self.unless_ends or _any_in(self.unless, spaced):
            return False
        if _any_in(self.words, spaced) or _any_in(self.parts, plain_name):
            return True
        return bool(first) and last in self.ends


def _any_in(those: tuple[str, ...], text: str) -> bool:
    for each in those:  # noqa: SIM110 - half the time of a generator, for a hundred words a name
        if each in text:
            return True
    return False


@lru_cache(maxsize=_NAMES_KEPT)
def kind_of(name: str) -> KindRule | None:
    """Return the first rule that tells the kind of an organisation from its name; ``None``: no rule fits."""
    spaced, plain_name = _spaced(name), plain(name)
    return next((rule for rule in rules() if rule.fits(spaced, plain_name)), None)


@lru_cache(maxsize=_NAMES_KEPT)
def country_of(name: str) -> str | None:
    """Return the country (ISO 3166-1 alpha-2) that a name ends with ("Open University of Finland")."""
    spaced = _spaced(name)
    return next((code for words, code in _countries() if spaced.endswith(words) and spaced != words), None)


def country_named(words: str) -> str | None:
    """Return the country (ISO 3166-1 alpha-2) that words are the name of, and nothing else."""
    return _countries_alone().get(_spaced(words))


@lru_cache(maxsize=_NAMES_KEPT)
def is_unit(name: str) -> bool:
    """Whether a name is that of a part of an institution, which it does not name ("Faculty of Science")."""
    spaced, unit = _spaced(name), table("names.toml")["units"]
    if " university " in spaced:
        return False
    return spaced.startswith(_phrases(tuple(unit["starts"]))) or spaced.endswith(_phrases(tuple(unit["ends"])))


@cache
def rules() -> tuple[KindRule, ...]:
    """Return the rules in their order."""
    return tuple(
        KindRule(
            id=row["id"],
            kind=row["kind"],
            confidence=row["confidence"],
            words=_phrases(tuple(row.get("words", ()))),
            ends=frozenset(plain(word) for word in row.get("ends", ())),
            parts=tuple(plain(part) for part in row.get("parts", ())),
            unless=_phrases(tuple(row.get("unless", ()))),
            unless_ends=frozenset(plain(word) for word in row.get("unless_ends", ())),
        )
        for row in table("kinds.toml")["rule"]
    )


@cache
def _countries() -> tuple[tuple[str, str], ...]:
    return tuple((_spaced(word), code) for code, words in table("kinds.toml")["countries"].items() for word in words)


@cache
def _countries_alone() -> dict[str, str]:
    named = table("kinds.toml")["countries_in_parentheses"]
    return {**{_spaced(word): code for code, words in named.items() for word in words}, **dict(_countries())}


@cache
def _phrases(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(_spaced(word) for word in words)


def _spaced(text: str) -> str:
    """Return the folded words between spaces, so that whole words can be found as text."""
    return f" {' '.join(tokens(text))} "
