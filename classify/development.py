"""How a programme was developed, and with whom: the modes of ``development_mode``, each with its evidence.

The rules are those of ``development.toml``. Words can say a mode of the programme itself (``word``), or name those who
made it (``naming``); who made it, and on what kind of catalogue it stands, then decides the modes of partnership
(``structure``). Makers are those printed as developer, teacher or awarder, those printed as partners, and those named
in words; an operator of a catalogue is none of them unless it is also printed so.

Modes ``own_*`` need an institution and can stand beside partnerships. ``non_hei`` stands alone: it is given only if
every printed maker is known and none is an institution.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from classify.development_rules import Structure, structures, table
from classify.development_texts import Texts
from classify.makers import INSTITUTION, LISTED_ON, Maker, makers
from models.classification import EVIDENCE_MOST, DevelopmentFinding, Evidence, KnownOrganisation
from models.records import Programme, Source
from models.vocab import vocabulary

EVIDENCE_PER_MODE = 3
_STEM_LEAST = 4  # letters that forms of one word have in common
NOT_INSTITUTIONS = frozenset({"employer", "government", "association", "platform", "school"})
"""Kinds of makers that are no institution of higher education. A consortium may consist of them: it decides nothing."""


def development(
    programme: Programme, source: Source, organisations: Sequence[KnownOrganisation]
) -> tuple[DevelopmentFinding, ...]:
    """Return the modes in which a programme was developed, in the order of the vocabulary; none: the listing is silent.

    Of one mode come at most three findings, the surest first, each of another rule.

    Args:
        programme: the facts of the listing.
        source: its declaration: its kind, its country and its lookups of organisations.
        organisations: what is known of ``programme.organisations``, in the same order.
    """
    texts = Texts(programme, {o.name for o in organisations if o.kind in NOT_INSTITUTIONS})
    made_by = makers(source, organisations, texts)
    findings = [*_by_structure(programme, source, made_by), *_by_words(source, made_by, texts)]
    return tuple(_surest(findings))


def _surest(findings: Sequence[DevelopmentFinding]) -> Iterator[DevelopmentFinding]:
    found = {finding.mode for finding in findings}
    for mode in (mode for mode in vocabulary("development_mode") if mode in found):
        of_mode = sorted((f for f in findings if f.mode == mode), key=lambda f: -f.evidence.confidence)
        by_rule = {f.evidence.rule: f for f in reversed(of_mode)}
        yield from [f for f in of_mode if by_rule[f.evidence.rule] is f][:EVIDENCE_PER_MODE]


# --------------------------------------------------------------------------------------
# What words say of the programme
# --------------------------------------------------------------------------------------


def _by_words(source: Source, made_by: Sequence[Maker], texts: Texts) -> Iterator[DevelopmentFinding]:
    if not _of_institution(source, made_by):
        return
    countries = {maker.country for maker in made_by if maker.kind == INSTITUTION} or {source.country}
    for rule, read in texts.asked("word", source):
        if rule.countries and not rule.countries & countries:
            continue
        evidence = rule.phrase.evidence(read)
        if evidence is not None:
            yield DevelopmentFinding(mode=rule.phrase.says, evidence=evidence)


def _of_institution(source: Source, made_by: Sequence[Maker]) -> bool:
    """Whether an institution offers the programme: as a maker, or in its own catalogue with nobody else to be known."""
    if any(maker.kind == INSTITUTION for maker in made_by):
        return True
    return source.kind == INSTITUTION and not any(maker.printed and maker.kind for maker in made_by)


# --------------------------------------------------------------------------------------
# What follows from it
# --------------------------------------------------------------------------------------


def _by_structure(programme: Programme, source: Source, made_by: Sequence[Maker]) -> Iterator[DevelopmentFinding]:
    for structure in structures():
        if structure.sources and source.kind not in structure.sources:
            continue
        evidence = _CONDITIONS[structure.condition](structure, programme, source, made_by)
        if evidence is not None:
            yield DevelopmentFinding(mode=structure.mode, evidence=evidence)


def _institution(structure: Structure, programme: Programme, _: Source, made_by: Sequence[Maker]) -> Evidence | None:
    institutions = [maker for maker in made_by if maker.kind == INSTITUTION]
    if not institutions:
        return None
    evidence = _because(structure, [max(institutions, key=_confidence)])
    hosts = [o.name for o in programme.organisations if o.role == LISTED_ON][:1]
    if evidence.rule != structure.id or not hosts:
        return evidence
    return replace(evidence, words=f"{evidence.words}; listed on {hosts[0]}"[:EVIDENCE_MOST])


def _institution_and_employer(
    structure: Structure, _: Programme, __: Source, made_by: Sequence[Maker]
) -> Evidence | None:
    institutions = [maker for maker in made_by if maker.kind == INSTITUTION]
    employers = [maker for maker in made_by if maker.kind == "employer"]
    if not institutions or not employers:
        return None
    return _because(structure, [max(institutions, key=_confidence), max(employers, key=_confidence)])


def _one_country(structure: Structure, _: Programme, __: Source, made_by: Sequence[Maker]) -> Evidence | None:
    institutions = _distinct(made_by)
    if len(institutions) < 2 or len({maker.country for maker in institutions}) > 1:
        return None
    return _because(structure, institutions)


def _several_countries(structure: Structure, _: Programme, __: Source, made_by: Sequence[Maker]) -> Evidence | None:
    institutions = _distinct(made_by)
    if len({maker.country for maker in institutions}) < 2:
        return None
    return _because(structure, institutions)


def _no_institution(structure: Structure, _: Programme, source: Source, made_by: Sequence[Maker]) -> Evidence | None:
    if not made_by or source.kind == INSTITUTION or any(maker.kind not in NOT_INSTITUTIONS for maker in made_by):
        return None
    return _because(structure, [maker for maker in made_by if maker.printed] or made_by)


def _nobody(structure: Structure, _: Programme, source: Source, made_by: Sequence[Maker]) -> Evidence | None:
    if made_by:
        return None
    return Evidence(rule=structure.id, field="source.kind", words=source.kind, confidence=structure.confidence)


def _units(structure: Structure, programme: Programme, source: Source, made_by: Sequence[Maker]) -> Evidence | None:
    if programme.credits_unit != "ceu" or not _of_institution(source, made_by):
        return None
    return Evidence(
        rule=structure.id, field="credits_unit", words=programme.credits_unit, confidence=structure.confidence
    )


def _brand(structure: Structure, programme: Programme, _: Source, made_by: Sequence[Maker]) -> Evidence | None:
    if made_by or programme.title is None or "nanodegree" not in programme.title.casefold():
        return None
    return Evidence(
        rule=structure.id, field="title", words=programme.title[:EVIDENCE_MOST], confidence=structure.confidence
    )


_CONDITIONS: Mapping[str, Callable[[Structure, Programme, Source, Sequence[Maker]], Evidence | None]] = {
    "institution": _institution,
    "institution and employer": _institution_and_employer,
    "institutions of one country": _one_country,
    "institutions of several countries": _several_countries,
    "no institution": _no_institution,
    "nobody named": _nobody,
    "continuing education units": _units,
    "nanodegree of the platform": _brand,
}


def _distinct(made_by: Sequence[Maker]) -> list[Maker]:
    """Return the institutions whose country is known, each once: as an entity, or else as it is printed first."""
    kept: list[Maker] = []
    for maker in sorted(made_by, key=lambda m: (m.entity is None, not m.printed)):
        counts = maker.kind == INSTITUTION and maker.country and maker.whole
        if counts and not any(_same(maker, other) for other in kept):
            kept.append(maker)
    return kept


def _same(one: Maker, other: Maker) -> bool:
    """Whether two makers are one: by what they are, or by name if one of them is not known or only named in words."""
    if one.entity and other.entity and (one.entity.id == other.entity.id or (one.printed and other.printed)):
        return one.entity.id == other.entity.id
    return _is_called(one, other) or _is_called(other, one)


def _is_called(one: Maker, other: Maker) -> bool:
    """Whether the words of one name stand in the other. Words that text declines or translates need not be the same."""
    if one.words <= other.words or one.printed or one.entity or one.country != other.country:
        return one.words <= other.words
    kinds = tuple(table()["named_by_kind"]["words"])
    telling = {word for word in one.words if not word.startswith(kinds)} or one.words
    return all(any(_is_form(word, printed) for printed in other.words) for word in telling)


def _is_form(one: str, other: str) -> bool:
    """Whether two words may be forms of one: "ülikool" and "ülikooli", "esimerkki" and "esimerkin"."""
    return one == other or one[: max(_STEM_LEAST, len(one) - 2)] == other[: max(_STEM_LEAST, len(one) - 2)]


def _confidence(maker: Maker) -> float:
    return maker.evidence.confidence


def _because(structure: Structure, made_by: Sequence[Maker]) -> Evidence:
    """Return the evidence of what these makers show: the words that name one of them, or their names as printed."""
    confidence = min(structure.confidence, *(maker.evidence.confidence for maker in made_by))
    in_words = [maker.evidence for maker in made_by if not maker.evidence.field.startswith("organisations.")]
    if in_words:
        return replace(min(in_words, key=lambda evidence: evidence.confidence), confidence=confidence)
    fields = {maker.evidence.field for maker in made_by}
    words = "; ".join(dict.fromkeys(maker.name for maker in made_by))
    field = fields.pop() if len(fields) == 1 else "organisations"
    return Evidence(rule=structure.id, field=field, words=words[:EVIDENCE_MOST], confidence=confidence)
