"""What rules make of a programme's facts: plain, frozen records. No value stands without its ``Evidence``.

The room ``classify`` fills them, the store keeps them beside the facts they were made from, and a change of rules makes
them anew from the same facts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from models.records import Offering, Programme

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
    """A price in euro at a reference rate of the European Central Bank.

    ``eur`` and ``eur_max`` are the ends of the price as printed, for one ``price_period`` if it recurs;
    ``certificate_eur`` is that of the certificate of an otherwise free programme. ``eur_per_ects`` and ``eur_per_hour``
    divide ``eur`` by the ECTS credits and by the middle of the hours of workload; ``None`` where these are not known or
    the price recurs. ``rate`` is what one euro was worth in the currency printed on ``rate_date``: the day of the look,
    or the last day before it that has a rate (at most a week). Both are ``None`` where nothing had to be converted.
    """

    eur: float | None
    eur_max: float | None = None
    certificate_eur: float | None = None
    eur_per_ects: float | None = None
    eur_per_hour: float | None = None
    rate: float | None = None
    rate_date: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """Words that no rule knows, under the name of the lookup that could hold them (``field``, ``organisation``)."""

    table: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Classification:
    """Everything the rules make of one row of facts.

    ``classes`` has one entry a definition. ``development`` is empty if the listing does not say how it was developed.
    ``organisations`` are those of the programme, in its order. ``elements`` maps each element that the listing states
    (vocabulary ``listing_element``) to where it stands; those not stated are left out. ``price_problem`` says why a
    printed price has no value in euro.
    """

    classes: tuple[Classed, ...]
    development: tuple[DevelopmentFinding, ...]
    organisations: tuple[KnownOrganisation, ...]
    field_of_education: FieldFinding | None
    elements: Mapping[str, Evidence] = field(default_factory=dict)
    price: ComparablePrice | None = None
    price_problem: str | None = None
    unread: tuple[Unread, ...] = ()


class Classifier(Protocol):
    """Rules made ready for one source: what the store asks, so that it need not know the room of the rules."""

    @property
    def rules_version(self) -> str:
        """The version of the rules: a digest that differs as soon as they do."""

    def programme(self, programme: Programme, on: date) -> Classification:
        """Classify the facts of a programme as a look on a day read them."""

    def offering(self, offering: Offering, on: date) -> tuple[ComparablePrice | None, str | None]:
        """Return the price of an offering in euro, and why there is none although one is printed."""
