"""What a listing leads to, property by property, each with its evidence.

``credentials.toml`` holds the words of labels and the flags, ``credential_texts.toml`` the words of running text.

The properties are facts of the listing under no definition; ``classes`` judges them by each definition.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from classify.elements import says_nothing
from classify.phrases import Phrases, Text, phrases, table
from models.classification import EVIDENCE_MOST, Evidence, KnownOrganisation
from models.records import Programme, Source

_TABLE = "credentials"
_TEXTS = "credential_texts"
_CERTIFIED_KINDS = ("microcredential", "badge", "qualification")
_OWN_KINDS = ("microcredential", "badge")
# Credits of these schemes are awarded only after assessment (ECTS Users' Guide 2015; NZQCF; UK credit frameworks).
_ASSESSED_CREDITS = ("ects", "nz_credit", "uk_credit")


@dataclass(frozen=True, slots=True, kw_only=True)
class Properties:
    """What was found, each property with its evidence; ``None``: not stated.

    ``attendance`` is proof of attendance and ``none`` the statement that there is no credential. ``credits`` are
    credits of any scheme. ``micro`` says that its source calls it a micro-credential, ``course`` that it is listed as
    a course.
    """

    degree: Evidence | None = None
    qualification: Evidence | None = None
    credential: Evidence | None = None
    micro: Evidence | None = None
    attendance: Evidence | None = None
    none: Evidence | None = None
    credits: Evidence | None = None
    assessed: Evidence | None = None
    quality_assured: Evidence | None = None
    course: Evidence | None = None


def properties(programme: Programme, source: Source, elements: Mapping[str, Evidence]) -> Properties:
    """Return the properties of a listing that definitions ask for, as far as it states them.

    Args:
        programme: the facts of one listing.
        source: the declaration of its source: a register vouches for what its rules ask for.
        elements: the stated elements of the listing.
    """
    labels, texts = (
        _prepared(programme, table(_TABLE)["label_fields"]),
        _prepared(programme, table(_TEXTS)["text_fields"]),
    )
    # A label may be a sentence that says that there is no credential; its words name none then.
    naming = tuple(label for label in labels if label.field == "title" or not _text_says("none-text", (label,)))
    qualification = _says("qualification", labels)
    micro = _micro(programme, naming)
    certified = _certified(programme, source, naming, micro) or qualification
    none = _flag(programme, "no") or _says("none", labels)
    if certified is None:
        none = none or _text_says("none-text", texts)
    if certified is None and none is None:
        certified = _text_says("credential-yes", _prepared(programme, ("statements.certificate",)))
    if none is None:
        # Running text gives way to the statement that there is no credential.
        micro = micro or _text_says("micro-text", texts)
        certified = certified or micro or _text_says("credential-text", texts)
    attendance = _says("attendance", labels)
    if certified is None:
        attendance = attendance or _text_says("attendance-text", texts)
    return Properties(
        degree=_degree(programme, source, labels),
        qualification=qualification,
        credential=certified,
        micro=micro,
        attendance=attendance,
        none=none,
        credits=_credits(programme),
        assessed=elements.get("assessment")
        or _assessed_credits(programme, micro)
        or _vouched(programme, source, "assessed"),
        quality_assured=elements.get("quality_assurance") or _vouched(programme, source, "quality_assured"),
        course=_kind(programme) if programme.kind == "course" else None,
    )


def awarded_by(kind: str, organisations: Sequence[KnownOrganisation]) -> tuple[Evidence | None, Evidence | None]:
    """Return evidence that an organisation of a kind awards or teaches, and evidence that only others do.

    Both are ``None`` if not enough is known; the operators of platforms and catalogues are not asked.
    """
    own = [o for o in organisations if o.role in {"awarded_by", "taught_by"} and o.kind != "platform"]
    for known in own:
        if known.kind == kind:
            return fact("awarder.accepted", f"organisations.{known.role}", known.name), None
    if own and all(known.kind is not None for known in own):
        return None, fact("awarder.not-accepted", f"organisations.{own[0].role}", own[0].name)
    return None, None


@lru_cache(maxsize=4_096)
def fact(rule: str, field: str, words: str) -> Evidence:
    """Return the evidence of a rule whose confidence stands in the data."""
    confidence: float = table(_TABLE)["confidence"][rule]
    return Evidence(rule=rule, field=field, words=words[:EVIDENCE_MOST], confidence=confidence)


def number(value: float) -> str:
    """Return a typed number as words of evidence: as it stands in its field, a whole one without decimals."""
    return str(value).removesuffix(".0")


def _prepared(programme: Programme, names: Iterable[str]) -> tuple[Text, ...]:
    found = ((name, _words(programme, name)) for name in names)
    return tuple(Text.of(name, words) for name, words in found if words)


def _words(programme: Programme, name: str) -> str | None:
    field, _, statement = name.partition(".")
    words: str | None = programme.statements.get(statement) if statement else getattr(programme, field)
    return words


def _says(what: str, labels: Iterable[Text]) -> Evidence | None:
    return _phrases(what).first_evidence(labels)


def _text_says(what: str, texts: Iterable[Text]) -> Evidence | None:
    return phrases(_TEXTS)[what].first_evidence(texts)


def _kind(programme: Programme) -> Evidence:
    return fact(f"kind.{programme.kind}", "kind", programme.kind)


def _degree(programme: Programme, source: Source, labels: tuple[Text, ...]) -> Evidence | None:
    """Return evidence of a degree: by the source's own kind or by its name, and not where it is a brand's word."""
    if programme.kind in _OWN_KINDS:
        return None
    if programme.kind == "degree":
        return None if _brand(programme, source, labels) else _kind(programme)
    return _says("degree", labels)


def _brand(programme: Programme, source: Source, labels: tuple[Text, ...]) -> Evidence | None:
    """Return evidence that what its source calls a degree is a credential of a platform ("Nanodegree")."""
    if found := _brands().first_evidence(labels):
        return found
    if programme.kind == "degree" and source.slug in table(_TABLE)["brands"]["degree"]:
        return fact("kind.brand", "kind", programme.kind)
    return None


def _certified(
    programme: Programme, source: Source, labels: tuple[Text, ...], micro: Evidence | None
) -> Evidence | None:
    """Return evidence of a certificate, badge or named credential below a degree."""
    if programme.kind in _CERTIFIED_KINDS:
        return _kind(programme)
    brand = _brand(programme, source, labels) if programme.kind == "degree" else None
    return micro or brand or _says("credential", labels) or _priced(programme) or _flag(programme, "yes")


def _priced(programme: Programme) -> Evidence | None:
    """Return evidence of a certificate that has a price."""
    amount, kind = programme.price.certificate_price_amount, programme.price.price_type
    if amount is not None:
        return fact("price.certificate", "price.certificate_price_amount", number(amount))
    return fact("price.certificate", "price.price_type", kind) if kind == "free_with_paid_certificate" else None


def _micro(programme: Programme, labels: tuple[Text, ...]) -> Evidence | None:
    return _kind(programme) if programme.kind == "microcredential" else _says("micro", labels)


def _credits(programme: Programme) -> Evidence | None:
    for field in ("ects", "credits_value"):
        if (value := getattr(programme, field)) is not None:
            printed = programme.verbatim.get("credits")
            return fact("credits", "verbatim.credits" if printed else field, printed or number(value))
    return None


def _assessed_credits(programme: Programme, micro: Evidence | None) -> Evidence | None:
    """Return evidence of credits that are awarded after assessment only, of something called a micro-credential."""
    if micro is None or (programme.ects is None and programme.credits_unit not in _ASSESSED_CREDITS):
        return None
    stated = _credits(programme)
    return fact("credits.assessed", stated.field, stated.words) if stated else None


def _vouched(programme: Programme, source: Source, what: str) -> Evidence | None:
    """Return evidence that the rules of the register which lists a micro-credential ask for a property."""
    register = _registers().get(source.slug)
    if register is None or not register[what] or programme.kind not in _OWN_KINDS:
        return None
    return fact(f"register.{what.replace('_', '-')}", "source.kind", source.kind)


def _flag(programme: Programme, answer: str) -> Evidence | None:
    rule = "flag.certificate" if answer == "yes" else "flag.no-certificate"
    for flag in table(_TABLE)["flag"]:
        words = programme.verbatim.get(flag["field"])
        if words and words.casefold() in flag[answer]:
            return fact(rule, f"verbatim.{flag['field']}", words)
    statement = programme.statements.get("certificate")
    if answer == "no" and statement and says_nothing(statement):
        return fact(rule, "statements.certificate", statement)
    return None


def _phrases(what: str) -> Phrases:
    return phrases(_TABLE)[what]


@cache
def _brands() -> Phrases:
    return Phrases(phrase for phrase in _phrases("credential") if phrase.id.startswith("brand."))


@cache
def _registers() -> Mapping[str, Mapping[str, Any]]:
    return {row["source"]: row for row in table(_TABLE)["register"]}
