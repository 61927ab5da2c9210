"""The rules of ``development*.toml``: where words are looked for, what they name, and what follows from structure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import tomli

from classify.phrases import Phrase
from models.records import Source

_PART = re.compile(r"%([a-z_]+)%")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A phrase and where it holds.

    ``sources`` are the only kinds of source on which the rule holds (none: all) and ``not_on`` those on which it does
    not; ``countries`` those of an institution among the makers. For names: they stand ``before`` the phrase, ``after``
    it or on both sides, the first ``direct``ly beside it if so marked, and ``needs`` must stand among them.
    """

    phrase: Phrase
    sources: frozenset[str]
    not_on: frozenset[str]
    countries: frozenset[str] = frozenset()
    before: bool = False
    after: bool = True
    direct: bool = False
    needs: re.Pattern[str] | None = None

    def holds_on(self, source: Source) -> bool:
        """Whether the rule may be asked at this source."""
        return source.kind not in self.not_on and (not self.sources or source.kind in self.sources)


@dataclass(frozen=True, slots=True, kw_only=True)
class Structure:
    """A mode that follows from who made the programme; ``condition`` is a key of ``classify.development``."""

    id: str
    mode: str
    condition: str
    confidence: float
    sources: frozenset[str]


@cache
def table() -> dict[str, Any]:
    """Return the data of all files; a family of phrasing stands among the rows of ``word`` once in each language."""
    words = [*_read("development_words.toml")["word"], *_of_families()]
    return {**_read("development.toml"), **_read("development_names.toml"), "word": words}


def _read(name: str) -> dict[str, Any]:
    return tomli.loads(files(__package__).joinpath(name).read_text(encoding="utf-8"))


def _of_families() -> Iterator[dict[str, Any]]:
    shared, data = _read("development.toml")["parts"], _read("development_families.toml")
    languages = {code: words for code, words in _read("development_languages.toml").items() if code != "source"}
    for family in data["family"]:
        for code, words in languages.items():
            parts = {**shared, **words}
            yield {
                **family,
                "id": f"{family['id']}-{code}",
                "languages": [code],
                "source": data["source"],
                "stems": words["stems"][family["stems"]],
                "pattern": _filled(family["pattern"], parts),
                "also": [_filled(pattern, parts) for pattern in family.get("also", ())],
                "unless": [_filled(pattern, parts) for pattern in family["unless"]],
                "examples": family["examples"][code],
                "counterexamples": data["nothing"][code],
            }


def _filled(pattern: str, parts: Mapping[str, Any]) -> str:
    """Return a pattern with its parts, which may have parts of their own, in their places."""
    while _PART.search(pattern):
        pattern = _PART.sub(lambda found: f"(?:{parts[found[1]]})", pattern)
    return pattern


@cache
def groups(name: str) -> tuple[tuple[frozenset[str], tuple[tuple[frozenset[str], frozenset[str]], ...]], ...]:
    """Return the fields that rules of a table (``word``, ``naming``) read, with the languages of such rules.

    Beside the languages stand the stems of their rules: none of these rules holds in a text without any of them.
    """
    found: dict[frozenset[str], dict[frozenset[str], set[str]]] = {}
    for row in table()[name]:
        by_language = found.setdefault(frozenset(row["fields"]), {})
        by_language.setdefault(frozenset(row.get("languages", ())), set()).update(row["stems"])
    return tuple(
        (fields, tuple((languages, frozenset(stems)) for languages, stems in by_language.items()))
        for fields, by_language in found.items()
    )


@cache
def all_stems(name: str) -> frozenset[str]:
    """Return the stems of all rules of a table."""
    return frozenset(stem for row in table()[name] for stem in row["stems"])


@cache
def rules(name: str, fields: frozenset[str], languages: frozenset[str]) -> tuple[Rule, ...]:
    """Return the rules of a group, in the order of the data. Those of a language no text is in are never made."""
    return tuple(
        rule_of(row)
        for row in table()[name]
        if frozenset(row["fields"]) == fields and frozenset(row.get("languages", ())) == languages
    )


def reads(fields: frozenset[str], field: str) -> bool:
    """Whether rules of these fields look at a field."""
    return field in fields or field.partition(".")[0] in fields


def rule_of(row: Mapping[str, Any]) -> Rule:
    """Return the rule of a row of the data."""
    looked_for = _filled(row["pattern"], table()["parts"])
    if row.get("case"):
        looked_for = f"(?-i:{looked_for})"
    needs = row.get("needs")
    unless = "|".join(row.get("unless", ()))
    return Rule(
        phrase=Phrase.read({**row, "says": row.get("mode", ""), "pattern": looked_for, "unless": unless}),
        sources=frozenset(row.get("sources", ())),
        not_on=frozenset(row.get("not_on", ())),
        countries=frozenset(row.get("countries", ())),
        before=row.get("side") in {"before", "both"},
        after=row.get("side") != "before",
        direct=row.get("direct", False),
        needs=re.compile(needs, re.IGNORECASE) if needs else None,
    )


@cache
def structures() -> tuple[Structure, ...]:
    """Return the rules of structure, in the order of the data."""
    return tuple(
        Structure(
            id=row["id"],
            mode=row["mode"],
            condition=row["condition"],
            confidence=row["confidence"],
            sources=frozenset(row.get("sources", ())),
        )
        for row in table()["structure"]
    )


@cache
def pattern(name: str) -> re.Pattern[str]:
    """Return the pattern of names ``name``; companies are told by their legal form, in its own case."""
    return re.compile(table()[name]["pattern"], 0 if name == "companies" else re.IGNORECASE)
