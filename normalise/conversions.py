"""The dated conversion table ``conversions.toml``: no factor stands in code."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

import tomli

from normalise.reading import Span


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditRule:
    """What one credit of a scheme is worth: hours of workload (least, most) and ECTS credits (``None``: no rule)."""

    unit: str
    country: str
    hours_min: float
    hours_max: float
    valid_from: date
    source: str
    ects: float | None = None
    valid_until: date | None = None

    def hours(self, credits_value: float) -> Span:
        """Return the hours of workload that so many credits stand for."""
        return Span(round(credits_value * self.hours_min, 1), round(credits_value * self.hours_max, 1))


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemeRule:
    """The scheme that a bare word for credits means in a country (NZ: "credits" are those of the NZQCF)."""

    word: str
    country: str
    unit: str
    valid_from: date
    source: str
    valid_until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelRule:
    """Which EQF level each level of a framework is referenced to. ``words`` are the names of the framework, folded."""

    words: tuple[str, ...]
    eqf: dict[int, int]
    valid_from: date
    source: str
    valid_until: date | None = None


@cache
def weeks_per() -> dict[str, float]:
    """Return how many weeks a day, a month and a year last; a semester has no fixed length."""
    return {unit: float(weeks) for unit, weeks in _table()["weeks_per"].items()} | {"week": 1.0}


@lru_cache(maxsize=4_096)
def credit_rule(unit: str, country: str | None, on: date) -> CreditRule | None:
    """Return the rule for one credit of ``unit`` in ``country`` (ISO 3166-1 alpha-2) on a day; ``None``: no rule."""
    rules = [r for r in _credit_rules() if r.unit == unit and _in_force(r, on)]
    own = [r for r in rules if r.country == country]
    return next(iter(own or [r for r in rules if r.country == "*"]), None)


@lru_cache(maxsize=4_096)
def scheme(word: str, country: str | None, on: date) -> str:
    """Return the unit that a word for credits means in ``country`` on a day; the word itself if no rule says."""
    fits = (r.unit for r in _scheme_rules() if r.word == word and r.country == country and _in_force(r, on))
    return next(fits, word)


@lru_cache(maxsize=64)
def level_rules(on: date) -> tuple[LevelRule, ...]:
    """Return the rules for levels of qualification in force on a day."""
    return tuple(rule for rule in _level_rules() if _in_force(rule, on))


def in_force_alike(day: date, other: date) -> bool:
    """Return whether all rules that hold on one day hold on the other, and no more."""
    rules: tuple[CreditRule | SchemeRule | LevelRule, ...] = (*_credit_rules(), *_scheme_rules(), *_level_rules())
    return all(_in_force(rule, day) == _in_force(rule, other) for rule in rules)


def _in_force(rule: CreditRule | SchemeRule | LevelRule, on: date) -> bool:
    return rule.valid_from <= on and (rule.valid_until is None or on < rule.valid_until)


@cache
def _table() -> dict[str, Any]:
    return tomli.loads(files(__package__).joinpath("conversions.toml").read_text(encoding="utf-8"))


@cache
def _credit_rules() -> tuple[CreditRule, ...]:
    return tuple(CreditRule(**row) for row in _rows("credit"))


@cache
def _scheme_rules() -> tuple[SchemeRule, ...]:
    return tuple(SchemeRule(**row) for row in _rows("scheme"))


@cache
def _level_rules() -> tuple[LevelRule, ...]:
    return tuple(
        LevelRule(
            **{**row, "words": tuple(row["words"]), "eqf": {int(level): eqf for level, eqf in row["eqf"].items()}}
        )
        for row in _rows("level")
    )


def _rows(name: str) -> list[dict[str, Any]]:
    return list(_table()[name])
