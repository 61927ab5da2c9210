"""What rules make of a programme's facts: plain, frozen records. No value stands without its ``Evidence``.

The room ``classify`` fills them, the store keeps them beside the facts they were made from, and a change of rules makes
them anew from the same facts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

EVIDENCE_MOST = 300  # characters of printed words that are kept as evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Why a value was given.

    ``rule`` is the id of the rule. ``field`` is the field of ``Programme`` in which ``words`` stand as printed, with a
    dot for what is inside (``statements.partners``, ``organisations.awarded_by``, ``verbatim.host``), or
    ``source.kind`` for a fact of the declaration. ``confidence`` (0-1) is the share of right answers expected of the
    rule; it is written beside the rule and measured by ``make accuracy``.
    """

    rule: str
    field: str
    words: str
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DevelopmentFinding:
    """One way in which the programme was developed (vocabulary ``development_mode``), and why we say so."""

    mode: str
    evidence: Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldFinding:
    """Field of education, ISCED-F 2013: ``broad`` has two digits ("06"), ``narrow`` three ("061") or is unknown."""

    broad: str
    narrow: str | None
    evidence: Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """An organisation whatever it is printed as.

    ``id`` is ours and never changes ("ee-university-of-tartu"); ``kind`` is a word of ``organisation_kind``,
    ``country`` ISO 3166-1 alpha-2, ``ror`` the id of the Research Organization Registry (ror.org), ``None`` if unknown.
    """

    id: str
    name: str
    kind: str
    country: str | None = None
    ror: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownOrganisation:
    """An organisation of a programme, as printed, and what it is. ``entity`` is ``None`` if the name is not known.

    ``kind`` and ``country`` are those of the entity, else what the source says, else what the name itself says
    ("Université de ..." is an institution), else ``None``; ``evidence`` says which.
    """

    role: str
    name: str
    kind: str | None
    country: str | None
    entity: Entity | None
    evidence: Evidence | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Classed:
    """The class (vocabulary ``mc_class``) of a programme under one definition, and the reasons, one a property."""

    definition: str
    mc_class: str
    reasons: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparablePrice:
    """A price in euro at the reference rate of ``rate_date`` (ISO 8601 day): whole, per ECTS credit and per hour."""

    eur: float
    eur_max: float | None
    per_ects: float | None
    per_hour: float | None
    rate: float
    rate_date: str
    rate_source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """Words that no rule knows, under the name of the table that could hold them (``field.coursera``, ...)."""

    table: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Classification:
    """Everything the rules make of one row of facts.

    ``elements`` maps each of the listing elements of EU Annex I to the field that states it; those not stated are
    left out. ``price_problem`` says why a printed price has no value in euro.
    """

    classes: tuple[Classed, ...]
    development: tuple[DevelopmentFinding, ...]
    organisations: tuple[KnownOrganisation, ...]
    field_of_education: FieldFinding | None
    elements: Mapping[str, str] = field(default_factory=dict)
    price: ComparablePrice | None = None
    price_problem: str | None = None
    unread: tuple[Unread, ...] = ()
