"""Reads subject words of other taxonomies as fields of education, by the tables ``crosswalks/<name>.toml``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

import tomli

from models.records import Source
from models.vocab import vocabulary
from normalise.text import key

_ISCED = "isced_f"


@dataclass(frozen=True, slots=True, kw_only=True)
class Crosswalk:
    """One taxonomy and what its words or codes are in ISCED-F 2013.

    ``sources`` (slugs) and ``countries`` (ISO 3166-1 alpha-2 of the source) say where it holds; neither: everywhere.
    ``form`` finds the code in the printed word, in its group ``code``. A word or code maps to fields and the share of
    listings (0-1) expected in each; one that says nothing about the field maps to none. ``closed``: its sources print
    no other words.
    """

    name: str
    title: str
    source: str
    dated: date
    sources: frozenset[str] = frozenset()
    countries: frozenset[str] = frozenset()
    closed: bool = False
    form: re.Pattern[str] | None = None
    codes: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    words: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    def fields_of(self, word: str) -> Mapping[str, float] | None:
        """Return the ISCED-F codes of a printed word and their shares; ``None`` if this taxonomy does not know it."""
        for part in (word, *reversed(word.split(":"))):
            if (known := self.words.get(key(part))) is not None:
                return known
        if self.form is None or not (found := self.form.match(word)):
            return None
        code = re.sub(r"\W", "", found["code"]).upper()
        return next((self.codes[code[:end]] for end in range(len(code), 0, -1) if code[:end] in self.codes), None)


def crosswalks_for(source: Source) -> tuple[Crosswalk, ...]:
    """Return the crosswalks that hold for a source: its own, those of its country, then those that hold everywhere."""
    return _crosswalks_for(source.slug, source.country)


@lru_cache(maxsize=256)
def _crosswalks_for(slug: str, country: str) -> tuple[Crosswalk, ...]:
    own = [c for c in crosswalks() if slug in c.sources]
    near = [c for c in crosswalks() if country in c.countries and c not in own]
    return (*own, *near, *(c for c in crosswalks() if not c.sources and not c.countries))


@cache
def crosswalks() -> tuple[Crosswalk, ...]:
    """Return all crosswalks, by name."""
    folder = files(__package__).joinpath("crosswalks")
    names = sorted(f.name.removesuffix(".toml") for f in folder.iterdir() if f.name.endswith(".toml"))
    return tuple(
        _crosswalk(name, tomli.loads(folder.joinpath(f"{name}.toml").read_text(encoding="utf-8"))) for name in names
    )


def _crosswalk(name: str, table: Mapping[str, Any]) -> Crosswalk:
    sure = table["sure"]
    codes = {code: _shares(value, sure) for code, value in table.get("codes", {}).items()}
    if name == _ISCED:
        codes |= {code: {code: sure} for level in ("isced_broad", "isced_narrow") for code in vocabulary(level)}
    return Crosswalk(
        name=name,
        title=table["title"],
        source=table["source"],
        dated=table["dated"],
        sources=frozenset(table.get("sources", ())),
        countries=frozenset(table.get("countries", ())),
        closed=table.get("closed", False),
        form=re.compile(table["form"]) if "form" in table else None,
        codes=codes,
        words={key(word): _shares(value, sure) for word, value in table.get("words", {}).items()},
    )


def _shares(value: str | Mapping[str, float], sure: float) -> Mapping[str, float]:
    """Return shares by code: a single code has that of the whole table, an empty one says nothing."""
    if isinstance(value, str):
        return {value: sure} if value else {}
    return value
