"""Which elements of Annex I of the Council Recommendation a listing states, and where it does.

An element is stated if a typed field holds it, if the source prints a text under its name, or if words in running text
say it (``elements.toml``). What is not found is not stated; nothing here says that something does not exist.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache

from classify.phrases import Phrases, Text, phrases, table
from models.classification import EVIDENCE_MOST, Evidence, KnownOrganisation
from models.records import Programme, Source
from models.vocab import vocabulary
from normalise.text import key

_TABLE = "elements"
_ISSUERS = ("awarded_by", "taught_by", "developed_by")
_NONE_IS_A_STATEMENT = frozenset({"prerequisites"})
_FULL_VALUE = ("workload_hours_min", "ects", "credits_value")

# A level of qualification. A number alone is one where the source's field is a level ("3" on a register); words such as
# "beginner" are levels of a platform, and single letters are codes.
_QUALIFICATION_LEVEL = re.compile(
    r"^\W*(?:level|niveau|nivel|livello|nivå|taso|tase|stufe|eqf|nqf|nfq)?[\s_-]*(?:[1-9]|10)\W*$"
    r"|\b(?:eqf|nqf|nfq|rqf|aqf|nzqcf|vks)[\s_-]*(?:level)?[\s_-]*[1-9]"
    r"|\b(?:level|niveau|nivel|livello|nivå|stufe)\s(?:[1-9]|10)\b"
    r"|\b(?:bachelor|master|doctora|undergraduate|(?:post)?graduate|associate|secondary|sekundar|grundnivå"
    r"|avancerad nivå|licence|grado|posgrado|laurea|bakalaureus|magist|kandidaat|ylempi|alempi)"
    r"|学士|修士|博士|学部|대학원|학사|석사|本科|硕士",
    re.IGNORECASE,
)


def elements(
    programme: Programme, source: Source, organisations: Sequence[KnownOrganisation]
) -> Mapping[str, Evidence]:
    """Return the stated elements (vocabulary ``listing_element``, in its order), each with where it stands.

    Args:
        programme: the facts of one listing.
        source: the declaration of its source; what a listing states is read the same way everywhere.
        organisations: what is known of the programme's organisations, in the programme's order.
    """
    del source
    texts = _Texts(programme)
    stated = _typed(programme, organisations)
    for element, rule in _rules().items():
        if element not in stated and (evidence := _stated(element, rule, programme, texts)):
            stated[element] = evidence
    return {element: stated[element] for element in vocabulary("listing_element") if element in stated}


class _Texts:
    """The running texts of a programme by the names that ``Evidence`` gives them, each prepared once."""

    def __init__(self, programme: Programme) -> None:
        self._programme = programme
        self._prepared: dict[str, Text | None] = {}

    def named(self, names: Sequence[str]) -> list[Text]:
        """Return the texts of these names that there are."""
        prepared = self._prepared
        for name in names:
            if name not in prepared:
                words = self._words(name)
                prepared[name] = Text.of(name, words) if words else None
        return [text for name in names if (text := prepared[name]) is not None]

    def _words(self, name: str) -> str | None:
        field, _, inner = name.partition(".")
        value = getattr(self._programme, field)
        words: str | None = value.get(inner) if inner else value
        return words


def _typed(programme: Programme, organisations: Sequence[KnownOrganisation]) -> dict[str, Evidence]:
    """Return the elements that stand in typed fields."""
    found = {
        "title": _quote("title", "title", programme.title),
        "country": _country(programme, organisations),
        "awarding_body": _awarding_body(organisations),
        "workload": _workload(programme),
        "level": _level(programme),
        "participation": _participation(programme),
        "further_information": _quote("description", "description", programme.description),
    }
    return {element: evidence for element, evidence in found.items() if evidence}


def _country(programme: Programme, organisations: Sequence[KnownOrganisation]) -> Evidence | None:
    """Return the country of whoever awards, else teaches, else developed it: as printed, else as the name is known."""
    for role in _ISSUERS:
        for known, printed in zip(organisations, programme.organisations, strict=False):
            if known.role == role and (printed.country or known.country):
                return _quote("country", f"organisations.{role}", known.name)
    return None


def _awarding_body(organisations: Sequence[KnownOrganisation]) -> Evidence | None:
    awarders = (o for o in organisations if o.role == "awarded_by" and o.kind != "platform")
    return next((_quote("awarding-body", "organisations.awarded_by", o.name) for o in awarders), None)


def _workload(programme: Programme) -> Evidence | None:
    """Return the total workload: credits, or hours. Hours a week alone are no total."""
    if all(getattr(programme, field) is None for field in _FULL_VALUE):
        return None
    printed = ("workload", "credits") if programme.credits_value is None else ("credits", "workload")
    for name in (*printed, "effort"):
        if words := programme.verbatim.get(name):
            return _quote("workload", f"verbatim.{name}", words)
    field = next(field for field in reversed(_FULL_VALUE) if getattr(programme, field) is not None)
    return _quote("workload", field, str(getattr(programme, field)).removesuffix(".0"))


def _level(programme: Programme) -> Evidence | None:
    printed = programme.level_as_published
    if printed and (programme.eqf_level is not None or _QUALIFICATION_LEVEL.search(printed)):
        return _quote("level", "level_as_published", printed)
    return None


def _participation(programme: Programme) -> Evidence | None:
    # Not the delivery of the offerings: they come and go, and the element of the programme would with them.
    for name in ("delivery", "mode_of_study"):
        if value := getattr(programme, name):
            printed = programme.verbatim.get(name)
            return _quote("participation", f"verbatim.{name}" if printed else name, printed or value)
    return None


def _stated(element: str, rule: _Rule, programme: Programme, texts: _Texts) -> Evidence | None:
    """Return where a text under the element's own name, else running text, states it."""
    for name in rule.statements:
        words = programme.statements.get(name)
        if words and (evidence := _statement(element, name, words, programme, texts)):
            return evidence
    return rule.phrases.first_evidence(texts.named(rule.texts))


def _statement(element: str, name: str, words: str, programme: Programme, texts: _Texts) -> Evidence | None:
    """Return what a text printed under the name of the element states; a blank states nothing."""
    field = f"statements.{name}"
    if says_nothing(words):
        says = element in _NONE_IS_A_STATEMENT and not _blank(words)
        return _quote("statement-says-none", field, words) if says else None
    if name == "assessment":
        return _assessment(field, words, programme, texts)
    return _quote("statement", field, words)


def _assessment(field: str, words: str, programme: Programme, texts: _Texts) -> Evidence | None:
    """Return what a text printed as "assessment" states: it may say that there is none, or ask for attendance alone."""
    said = phrases(_TABLE)
    if programme.kind == "badge":
        # Whatever a badge asks for is printed as its criteria; only some of it is assessment.
        return _of_badges().first_evidence(texts.named((field,)))
    if said["no_assessment"].first_evidence(texts.named((field,))):
        return said["assessment"].first_evidence(texts.named((field,)))
    return _quote("statement", field, words)


def says_nothing(words: str) -> bool:
    """Return whether words that stand where a text is due say that there is none ("None", "n/a", "-", "nvt")."""
    return _blank(words) or (len(words) <= _longest_nothing() and key(words) in _nothing())


def _blank(words: str) -> bool:
    return _blank_pattern().search(words[:EVIDENCE_MOST]) is not None or key(words[:EVIDENCE_MOST]) in _blanks()


def _quote(rule: str, field: str, words: str | None) -> Evidence | None:
    if not words:
        return None
    return Evidence(rule=rule, field=field, words=words[:EVIDENCE_MOST], confidence=table(_TABLE)["confidence"][rule])


class _Rule:
    """Where an element is looked for: names of statements, names of running texts, and the phrases that say it."""

    __slots__ = ("phrases", "statements", "texts")

    def __init__(self, element: str, row: Mapping[str, Sequence[str]]) -> None:
        self.statements = tuple(row.get("statements", ()))
        self.texts = tuple(row["texts"])
        self.phrases = phrases(_TABLE).get(element, Phrases(()))


@cache
def _rules() -> Mapping[str, _Rule]:
    return {element: _Rule(element, row) for element, row in table(_TABLE)["element"].items()}


@cache
def _of_badges() -> Phrases:
    said = phrases(_TABLE)
    return Phrases((*said["assessment"], *said["criteria"]))


@cache
def _nothing() -> frozenset[str]:
    return frozenset(key(words) for words in table(_TABLE)["nothing"])


@cache
def _blanks() -> frozenset[str]:
    return frozenset(table(_TABLE)["blank"])


@cache
def _longest_nothing() -> int:
    return 2 * max(len(words) for words in table(_TABLE)["nothing"])


@cache
def _blank_pattern() -> re.Pattern[str]:
    return re.compile(table(_TABLE)["blank_pattern"], re.IGNORECASE)
