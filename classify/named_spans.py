"""Names in running text that are in no table, told by their own words: "Hochschule Beispielstadt", "例示工科大学"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from classify.development_rules import pattern, table
from classify.organisation_kinds import KindRule, country_named, country_of, kind_of

_KINDS = frozenset({"institution", "employer"})
_WORDS_LEAST = 2  # one word alone ("College") is no name
_WORDS_MOST = 12
_BRIDGE_MOST = 3  # words in small letters between two with a capital: "École d'ingénieurs du Exemple"
_OF = frozenset({"of", "at", "from"})
_SPACED = "[^\\W\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]"  # a letter of a script with spaces between words
_TOKEN = re.compile(rf"[ldLD]['’](?=\w)|{_SPACED}(?:{_SPACED}|[&.'’/-])*|\S")
_BRACKETS = re.compile(r"[\s\"”»’]{0,3}[(（]\s?([^()（）]{2,40}?)\s?[)）]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A name as printed, the rule that tells its kind, and its country (ISO 3166-1 alpha-2; ``None``: unknown).

    ``located`` is true if the country stands in brackets after the name.
    """

    name: str
    rule: KindRule
    country: str | None
    located: bool


def names_by_kind(words: str) -> Iterator[Named]:
    """Yield the institutions and companies in ``words`` whose own name tells what they are."""
    for name, end in (*_unspaced(words), *_capitals(words)):
        rule = _rule(name)
        if rule is not None:
            located = _country_in_brackets(words, end)
            yield Named(name=name, rule=rule, country=located or country_of(name), located=located is not None)


def _country_in_brackets(words: str, end: int) -> str | None:
    """Return the country in brackets right after a name that ends at ``end``: "Example College (France)"."""
    found = _BRACKETS.match(words, end)
    return _country(found[1]) if found else None


@lru_cache(maxsize=1_024)
def _country(words: str) -> str | None:
    return country_named(words)


@lru_cache(maxsize=4_096)
def _rule(name: str) -> KindRule | None:
    rule = kind_of(name)
    return rule if rule is not None and rule.kind in _KINDS else None


def _unspaced(words: str) -> Iterator[tuple[str, int]]:
    if not words.isascii():
        yield from ((found[0], found.end()) for found in pattern("unspaced_institutions").finditer(words))


def _capitals(words: str) -> Iterator[tuple[str, int]]:
    """Yield each run of words with a capital, and of small words between them, that may be one name; and its end."""
    run: list[re.Match[str]] = []
    bridge: list[re.Match[str]] = []
    for token in _TOKEN.finditer(words):
        word = token[0]
        if word[0].isupper() and "'" not in word[:2] and "’" not in word[:2]:
            if bridge and not _bridges(run, bridge):
                yield from _name(words, run)
                run = []
            run += [*(bridge if run else ()), token]
            bridge = []
        elif run and not bridge and word.startswith(_last()):
            yield from _name(words, [*run, token])
            run = []
        elif run and len(bridge) < _BRIDGE_MOST and (word[0].isalpha() or word == "&") and word not in _ending():
            bridge.append(token)
        else:
            yield from _name(words, run)
            run, bridge = [], []
    yield from _name(words, run)


def _bridges(run: list[re.Match[str]], bridge: list[re.Match[str]]) -> bool:
    """Whether small words may stand within a name: one that joins, or an adjective after the first word."""
    return len(run) == len(bridge) == 1 or any(each[0] in _joining() for each in bridge)


def _name(words: str, run: list[re.Match[str]]) -> Iterator[tuple[str, int]]:
    of = next((at for at, each in enumerate(run) if each[0] in _OF), 0)
    if of > 1 and _rule(words[run[0].start() : run[of - 1].end()]) is None:
        run = run[of + 1 :]  # "Jane Doe of Example College"
    if _WORDS_LEAST <= len(run) <= _WORDS_MOST:
        name = words[run[0].start() : run[-1].end()].rstrip("./-")
        yield name, run[0].start() + len(name)


@cache
def _joining() -> frozenset[str]:
    return frozenset(table()["joining"]["words"])


@cache
def _last() -> tuple[str, ...]:
    return tuple(table()["joining"]["last"])


@cache
def _ending() -> frozenset[str]:
    return frozenset(table()["joining"]["never"])
