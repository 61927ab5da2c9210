"""The tables of what rules make of facts: derived, one row a row of facts, and made anew whenever the rules change.

They hold values and the evidence of the figures that people ask for most; ``microcred explain`` shows the whole
reasoning, which the rules can give again from the same facts at any time.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Boolean, CheckConstraint, Column, Date, Double, ForeignKey, Index, Integer, Table, text
from sqlalchemy.orm import Mapped, mapped_column

from models.columns import Json, PlainText, one_of
from models.tables import Base
from models.vocab import vocabulary

DEFAULT_DEFINITION = "eu_2022"
"""The definition behind the column ``mc_class`` of the views."""
RULES = "Version of the rules that gave this: a digest of their code, tables and libraries"
STATED_APART = (
    "assessment", "quality_assurance", "stackability", "recognition", "prerequisites", "supervision",
)  # fmt: skip
"""Elements with a column of their own, whether stated or not."""


def class_column(definition: str) -> str:
    """Return the column that holds the class under a definition (vocabulary ``definition``)."""
    return f"mc_class_{definition}"


def _price_columns() -> tuple[Column[Any], ...]:
    return (
        Column("price_eur", Double, comment="Price in euro at the rate of the day of the look; low end of a range"),
        Column("price_eur_max", Double, comment="High end of the range in euro; equal for a single price"),
        Column("certificate_price_eur", Double, comment="Price in euro of the certificate of a free programme"),
        Column("eur_rate", Double, comment="What one euro was worth in price_currency; null if nothing was converted"),
        Column("eur_rate_date", Date, comment="Day of that rate of the European Central Bank"),
        Column("price_problem", PlainText, comment="Why a price that is printed has no value in euro"),
    )


def _without_a_price(unit: str) -> Index:
    """Return an index of the few rows that say why a price has no value in euro."""
    condition = text("price_problem is not null")
    name = f"ix_{unit}_classification_price_problem"
    return Index(name, "facts_id", postgresql_where=condition, sqlite_where=condition)


PROGRAMME_CLASSIFICATION = Table(
    "programme_classification",
    Base.metadata,
    Column("facts_id", Integer, ForeignKey("programme_facts.id"), primary_key=True, comment="The facts"),
    Column("rules_version", PlainText, nullable=False, comment=RULES),
    *(
        Column(class_column(name), PlainText, nullable=False, comment=f"Class (vocabulary mc_class): {meaning}")
        for name, meaning in vocabulary("definition").words.items()
    ),
    Column(
        "development_modes", Json, nullable=False,
        comment="How it was developed (vocabulary development_mode; JSON list, ['unknown'] where nothing tells)",
    ),
    Column("isced_broad", PlainText, comment="Field of education, ISCED-F 2013, two digits (vocabulary isced_broad)"),
    Column("isced_narrow", PlainText, comment="The same, three digits (vocabulary isced_narrow); null if not clear"),
    Column("field_rule", PlainText, comment="The rule that gave the field"),
    Column("field_evidence", PlainText, comment="The words as printed that tell the field"),
    Column("field_found_in", PlainText, comment="Where those words stand: a column, or statements.<name> and the like"),
    Column("field_confidence", Double, comment="How sure the rule is, 0-1"),
    Column(
        "elements", Json, nullable=False,
        comment="Elements that the listing states (vocabulary listing_element; JSON list)",
    ),
    Column("eu_elements", Integer, nullable=False, comment="How many of the 13 listing elements of EU Annex I, 0-13"),
    *(
        Column(f"states_{name}", Boolean, nullable=False, comment=f"Whether it states {name.replace('_', ' ')}")
        for name in STATED_APART
    ),
    *_price_columns(),
    Column("price_eur_per_ects", Double, comment="price_eur divided by ects; null for a price that recurs"),
    Column("price_eur_per_hour", Double, comment="price_eur divided by the middle of the hours of workload; likewise"),
    *(
        CheckConstraint(f"{class_column(name)} in ({', '.join(repr(word) for word in vocabulary('mc_class'))})",
                        name=f"{class_column(name)}_is_class")
        for name in vocabulary("definition")
    ),
    one_of("isced_broad", "isced_broad"),
    one_of("isced_narrow", "isced_narrow"),
    CheckConstraint("eu_elements between 0 and 13", name="eu_elements_are_counted"),
    CheckConstraint("field_confidence between 0 and 1", name="field_confidence_is_a_share"),
    _without_a_price("programme"),
    comment="Derived: what rules make of the facts of a programme; made anew when the rules change.",
)  # fmt: skip

OFFERING_CLASSIFICATION = Table(
    "offering_classification",
    Base.metadata,
    Column("facts_id", Integer, ForeignKey("offering_facts.id"), primary_key=True, comment="The facts"),
    Column("rules_version", PlainText, nullable=False, comment=RULES),
    *_price_columns(),
    _without_a_price("offering"),
    comment="Derived: the price of an offering in euro.",
)


class DevelopmentEvidence(Base):
    """Evidence of how a programme was developed."""

    __tablename__ = "development_evidence_entry"
    __table_args__ = (
        one_of("mode", "development_mode"),
        CheckConstraint("confidence between 0 and 1", name="confidence_is_a_share"),
        {"comment": "Derived: evidence of how a programme was developed, one row a mode and rule."},
    )

    facts_id: Mapped[int] = mapped_column(ForeignKey("programme_facts.id"), primary_key=True, comment="The facts")
    position: Mapped[int] = mapped_column(
        primary_key=True, autoincrement=False, comment="From 0, the strongest evidence first"
    )
    mode: Mapped[str] = mapped_column(index=True, comment="How it was developed (vocabulary development_mode)")
    rule: Mapped[str] = mapped_column(comment="The rule that found it (docs/classification.md)")
    evidence: Mapped[str] = mapped_column(comment="The words it was found in, as printed")
    field: Mapped[str] = mapped_column(comment="Where those words stand: a column, or statements.<name> and the like")
    confidence: Mapped[float] = mapped_column(comment="Share of right answers expected of the rule, 0-1")


class OrganisationEntity(Base):
    """An organisation whatever it is printed as."""

    __tablename__ = "organisation_entity"
    __table_args__ = (
        one_of("kind", "organisation_kind"),
        {"comment": "Derived: an organisation, whatever it is printed as; only those that were met."},
    )

    id: Mapped[str] = mapped_column(primary_key=True, comment="Our own id: country and name in English")
    name: Mapped[str] = mapped_column(comment="Name")
    kind: Mapped[str] = mapped_column(comment="Kind (vocabulary organisation_kind)")
    country: Mapped[str | None] = mapped_column(comment="Country, ISO 3166-1 alpha-2")
    ror: Mapped[str | None] = mapped_column(comment="Id of the Research Organization Registry (ror.org)")


class ProgrammeOrganisation(Base):
    """What an organisation in a role is."""

    __tablename__ = "programme_organisation"
    __table_args__ = (
        one_of("kind", "organisation_kind"),
        CheckConstraint("confidence between 0 and 1", name="confidence_is_a_share"),
        {"comment": "Derived: what the organisation of a row of programme_role is."},
    )

    facts_id: Mapped[int] = mapped_column(ForeignKey("programme_facts.id"), primary_key=True, comment="The facts")
    position: Mapped[int] = mapped_column(
        primary_key=True, autoincrement=False, comment="Place in the order printed, from 0, as in programme_role"
    )
    entity_id: Mapped[str | None] = mapped_column(
        ForeignKey("organisation_entity.id"), index=True, comment="The organisation; null if the name is not known"
    )
    kind: Mapped[str | None] = mapped_column(comment="Its kind (vocabulary organisation_kind), as far as known")
    country: Mapped[str | None] = mapped_column(comment="Its country as far as known, ISO 3166-1 alpha-2")
    rule: Mapped[str | None] = mapped_column(comment="The rule that says so; null if nothing is known")
    confidence: Mapped[float | None] = mapped_column(comment="How sure the rule is, 0-1")


class UnreadWord(Base):
    """Words of a programme that no rule of classification knows."""

    __tablename__ = "unread_word"
    __table_args__ = ({"comment": "Derived: words of a programme's facts that no rule of classification knows."},)

    facts_id: Mapped[int] = mapped_column(ForeignKey("programme_facts.id"), primary_key=True, comment="The facts")
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, comment="From 0")
    lookup: Mapped[str] = mapped_column(comment="The lookup of the source that could hold them: field or organisation")
    words: Mapped[str] = mapped_column(comment="The words as printed")


__all__ = [
    "DEFAULT_DEFINITION", "OFFERING_CLASSIFICATION", "PROGRAMME_CLASSIFICATION", "STATED_APART", "class_column",
]  # fmt: skip
