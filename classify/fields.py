"""What is taught: broad and narrow field of education (ISCED-F 2013), from subject words and from the text.

Every word that speaks for a field adds to its score: subject words that a crosswalk knows, and words of the lexicons in
title, subjects, labels and descriptions, each group up to its weight in ``fields.toml``. The broad field with the
highest score is given if it leads clearly enough; else the field is unknown.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import NamedTuple

import tomli

from classify.field_crosswalks import crosswalks_for
from classify.field_words import Hit, hits, languages_to_read
from classify.texts import quoted
from models.classification import Evidence, FieldFinding, Unread
from models.records import Programme, Source
from normalise.text import key

_LABELS = ("credential_label", "kind_as_published")
_STATEMENTS = ("learning_outcomes", "purpose", "course_units")
# Kinds of lexicon entries that count in short texts; in running text only words and stems do.
_SHORT = ("words", "stems", "title", "weak")
_BREAK = re.compile(r"[:;|()\[\]–—!?/]|\s-\s|\.\s")
_NO_GAP = frozenset({"", " ", "-", "'s ", "’s "})
_GAP_WORD = re.compile(r"[^\W\d_]+")
_ANYTHING = re.compile(r".*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Rules:
    """The weights and thresholds of ``fields.toml``, where each is explained."""

    weights: Mapping[str, float]
    enough: Mapping[str, float]
    later: float
    next: float
    modifier: float
    linked: float
    links: frozenset[str]
    head_first: frozenset[str]
    text_most: int
    smoothing: float
    least: float
    narrow_lead: float
    confidence: tuple[tuple[float, float], ...]
    lookup_confidence: float


class _Word(NamedTuple):
    """A printed word that speaks for fields: how much for each, who knows it, and where it stands."""

    scores: Mapping[str, float]
    rule: str
    field: str
    text: str
    start: int
    end: int


_Weighed = tuple[float, Sequence[_Word]]
"""The words of a group, and by what their scores are to be multiplied."""


def field_of_education(programme: Programme, source: Source) -> tuple[FieldFinding | None, tuple[Unread, ...]]:
    """Return the field of what a programme teaches, ``None`` if its words do not tell, and subject words not known.

    Broad and narrow field are codes of ISCED-F 2013 (vocabularies ``isced_broad`` and ``isced_narrow``). Unread are
    subject words of a source whose subjects are a taxonomy that a crosswalk should know.
    """
    own = {key(word): code for word, code in source.lookups.get("field", {}).items()}
    looked_up = [subject for subject in programme.subjects if key(subject) in own] if own else []
    known, free, unread = _subjects([s for s in programme.subjects if s not in looked_up], source)
    if looked_up:
        return _looked_up(looked_up[0], own[key(looked_up[0])]), unread
    languages = languages_to_read(programme.languages, source.language)
    groups = [_weighed(group, list(found)) for group, found in _groups(programme, free, languages)]
    return _finding([_weighed("crosswalk", known), *groups]), unread


def _looked_up(subject: str, code: str) -> FieldFinding:
    """Return what the source's own table says of a subject word."""
    evidence = Evidence(rule="source-lookup", field="subjects", words=subject, confidence=_rules().lookup_confidence)
    return FieldFinding(broad=code[:2], narrow=code[:3] if len(code) > 2 else None, evidence=evidence)


def _subjects(subjects: list[str], source: Source) -> tuple[list[_Word], list[str], tuple[Unread, ...]]:
    """Return subject words that a crosswalk knows, those that none knows, and which of these one should know."""
    known: list[_Word] = []
    free: list[str] = []
    crosswalks = crosswalks_for(source)
    for subject in dict.fromkeys(subjects):
        for crosswalk in crosswalks:
            if (shares := crosswalk.fields_of(subject)) is not None:
                known.append(_Word(shares, f"crosswalk-{crosswalk.name}", "subjects", subject, 0, len(subject)))
                break
        else:
            free.append(subject)
    closed = any(crosswalk.closed and source.slug in crosswalk.sources for crosswalk in crosswalks)
    return known, free, tuple(Unread(table="field", words=subject) for subject in free if closed)


def _groups(programme: Programme, free: list[str], languages: tuple[str, ...]) -> Iterator[tuple[str, Iterator[_Word]]]:
    """Yield the words found in the text, in groups by the name of their weight."""
    labels = ((name, getattr(programme, name)) for name in _LABELS)
    long = (
        ("description", programme.description),
        *((f"statements.{name}", programme.statements.get(name)) for name in _STATEMENTS),
    )
    yield "title", _in_title(programme.title or "", languages)
    yield "subjects", _in_texts((("subjects", subject) for subject in free), languages, kinds=_SHORT)
    yield "labels", _in_texts(labels, languages, kinds=_SHORT)
    yield "text", _in_texts(long, languages, kinds=("words", "stems"))


def _in_title(title: str, languages: tuple[str, ...]) -> Iterator[_Word]:
    """Yield the words of a title. What a thing is for, of or in counts less than the thing itself."""
    rules = _rules()
    found = hits(title, languages)
    factors = [1.0] * len(found)
    later = linked = 1.0
    for at, (before, after) in enumerate(pairwise(found), start=1):
        gap = title[before.end : after.start]
        if _BREAK.search(gap):
            later, linked = rules.later, 1.0
        elif gap in _NO_GAP and "weak" not in {before.entry.kind, after.entry.kind}:
            # "Food science" is a science, "derecho alimentario" is law.
            head_first = rules.head_first & {before.entry.language, after.entry.language}
            factors[at if head_first else at - 1] *= rules.modifier
        elif any(word.casefold() in rules.links for word in _GAP_WORD.findall(gap)):
            linked = rules.linked
        else:
            later *= rules.next
        factors[at] *= later * linked
    for hit, factor in zip(found, factors, strict=True):
        yield _word(hit, "title", title, factor)


def _in_texts(
    texts: Iterable[tuple[str, str | None]], languages: tuple[str, ...], *, kinds: tuple[str, ...]
) -> Iterator[_Word]:
    """Yield the words of texts, up to a length; each repetition of a word counts for half of the one before."""
    left = _rules().text_most
    factors: dict[str, float] = {}
    for name, text in texts:
        if not text:
            continue
        for hit in hits(text[:left], languages):
            if hit.entry.kind in kinds:
                factor = factors.get(hit.entry.text, 1.0)
                factors[hit.entry.text] = factor / 2
                yield _word(hit, name, text, factor)
        left -= len(text)
        if left <= 0:
            return


def _word(hit: Hit, name: str, text: str, factor: float) -> _Word:
    entry, start, end = hit
    share = entry.weight * factor / len(entry.codes)
    return _Word(dict.fromkeys(entry.codes, share), f"words-{entry.language}", name, text, start, end)


def _weighed(group: str, words: Sequence[_Word]) -> _Weighed:
    """Weigh a group's words so that their scores add up to its weight, or to less if together they say little."""
    rules = _rules()
    total = sum([sum(word.scores.values()) for word in words])
    return rules.weights[group] / max(total, rules.enough[group]), words


def _finding(groups: Sequence[_Weighed]) -> FieldFinding | None:
    """Return the field with the highest score if it leads by enough of the whole, with its strongest word."""
    rules = _rules()
    scores: dict[str, float] = {}
    for factor, words in groups:
        for word in words:
            for code, score in word.scores.items():
                scores[code] = scores.get(code, 0.0) + score * factor
    broad: dict[str, float] = {}
    for code, score in scores.items():
        broad[code[:2]] = broad.get(code[:2], 0.0) + score
    best, lead = _leader(broad)
    strength = lead / (sum(broad.values()) + rules.smoothing)
    if best is None or strength < rules.least:
        return None
    narrow, narrow_lead = _leader({code: s for code, s in scores.items() if len(code) > 2 and code[:2] == best})
    if narrow_lead < rules.narrow_lead * broad[best]:
        narrow = None
    return FieldFinding(broad=best, narrow=narrow, evidence=_evidence(groups, best, strength))


def _leader(scores: Mapping[str, float]) -> tuple[str | None, float]:
    """Return the code with the highest score and by how much it leads."""
    ranked = sorted(scores.items(), key=lambda entry: (-entry[1], entry[0]))
    if not ranked:
        return None, 0.0
    second = ranked[1][1] if len(ranked) > 1 else 0.0
    return ranked[0][0], ranked[0][1] - second


def _evidence(groups: Sequence[_Weighed], broad: str, strength: float) -> Evidence:
    strongest, most, kinds = None, 0.0, set[str]()
    for factor, words in groups:
        for word in words:
            said = sum([score * factor for code, score in word.scores.items() if code[:2] == broad])
            if said > 0:
                kinds.add(word.rule.partition("-")[0])
            if said > most:
                strongest, most = word, said
    assert strongest is not None  # some word speaks for the field that was found
    printed = _ANYTHING.match(strongest.text, strongest.start, strongest.end)
    assert printed is not None  # the pattern matches whatever stands there
    return Evidence(
        rule="crosswalk-and-words" if len(kinds) > 1 else strongest.rule,
        field=strongest.field,
        words=quoted(strongest.text, printed),
        confidence=next(share for least, share in _rules().confidence if strength >= least),
    )


@cache
def _rules() -> Rules:
    table = tomli.loads(files(__package__).joinpath("fields.toml").read_text(encoding="utf-8"))
    return Rules(
        weights={name: group["weight"] for name, group in table["group"].items()},
        enough={name: group["enough"] for name, group in table["group"].items()},
        later=table["title"]["later"],
        next=table["title"]["next"],
        modifier=table["title"]["modifier"],
        linked=table["title"]["linked"],
        links=frozenset(word for words in table["title"]["links"].values() for word in words),
        head_first=frozenset(table["title"]["head_first"]),
        text_most=table["text_most"],
        smoothing=table["smoothing"],
        least=table["least"],
        narrow_lead=table["narrow_lead"],
        confidence=tuple((row["strength"], row["share"]) for row in table["confidence"]),
        lookup_confidence=table["lookup_confidence"],
    )
