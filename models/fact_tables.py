"""The tables of facts: one row each time a programme or an offering was first read to say just this.

Every field of ``models.records.Programme`` and ``Offering`` has a column of its name; a price has one column a field.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.columns import one_of
from models.tables import Base

READ_AT = "Earliest look that read these facts (UTC); the verbatim words are of that look"


class _SharedFacts:
    """What a programme and an offering may both state."""

    delivery: Mapped[str | None] = mapped_column(comment="How it is delivered (vocabulary delivery)")
    pacing: Mapped[str | None] = mapped_column(comment="Who sets the pace (vocabulary pacing)")
    mode_of_study: Mapped[str | None] = mapped_column(comment="Full or part time (vocabulary mode_of_study)")
    duration_weeks_min: Mapped[float | None] = mapped_column(comment="Shortest duration, in weeks")
    duration_weeks_max: Mapped[float | None] = mapped_column(comment="Longest duration, in weeks")
    effort_hours_per_week_min: Mapped[float | None] = mapped_column(comment="Least weekly effort, in hours")
    effort_hours_per_week_max: Mapped[float | None] = mapped_column(comment="Greatest weekly effort, in hours")
    workload_hours_min: Mapped[float | None] = mapped_column(comment="Least total workload, in hours")
    workload_hours_max: Mapped[float | None] = mapped_column(comment="Greatest total workload, in hours")
    workload_basis: Mapped[str | None] = mapped_column(comment="Where the hours come from (vocabulary basis)")
    offer_state: Mapped[str | None] = mapped_column(
        comment="Whether one can enrol, as the source states it (vocabulary offer_state); not whether it is listed"
    )
    price_type: Mapped[str | None] = mapped_column(comment="Free, paid ... (vocabulary price_type)")
    price_amount: Mapped[float | None] = mapped_column(comment="Price in units of price_currency; low end of a range")
    price_amount_max: Mapped[float | None] = mapped_column(comment="High end of the range; equal for a single price")
    price_currency: Mapped[str | None] = mapped_column(comment="Currency of the price, ISO 4217")
    price_period: Mapped[str | None] = mapped_column(comment="Period of a price that recurs (vocabulary price_period)")
    price_is_from: Mapped[bool | None] = mapped_column(comment="Whether it is printed as 'from' an amount")
    certificate_price_amount: Mapped[float | None] = mapped_column(
        comment="Price of the certificate of an otherwise free programme, in units of price_currency"
    )
    certificate_price_amount_max: Mapped[float | None] = mapped_column(
        comment="High end of the price of the certificate; equal for a single price"
    )
    verbatim: Mapped[dict[str, Any]] = mapped_column(
        comment="The words as printed, under the names of the fields they became (JSON object)"
    )
    facts_digest: Mapped[str] = mapped_column(comment="sha256 of the facts; the verbatim words are not part of it")
    read_at: Mapped[datetime] = mapped_column(comment=READ_AT)


def _shared_checks() -> tuple[CheckConstraint, ...]:
    columns = ("delivery", "pacing", "mode_of_study", "offer_state", "price_type", "price_period")
    return (*(one_of(column, column) for column in columns), one_of("workload_basis", "basis"))


class ProgrammeFacts(_SharedFacts, Base):
    """What a programme said, typed, with the words it was read from."""

    __tablename__ = "programme_facts"
    __table_args__ = (
        UniqueConstraint("programme_id", "facts_digest"),
        *_shared_checks(),
        one_of("kind", "listing_kind"),
        one_of("platform_level", "platform_level"),
        one_of("credits_unit", "quantity_unit"),
        one_of("ects_basis", "basis"),
        CheckConstraint("eqf_level between 1 and 8", name="eqf_level_is_known"),
        {"comment": "What a programme said, typed; null always means not stated or not understood."},
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, sort_order=-9, comment="Number of the facts")
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"), sort_order=-8, comment="The programme")
    kind: Mapped[str] = mapped_column(sort_order=-7, comment="What the source lists it as (vocabulary listing_kind)")
    title: Mapped[str | None] = mapped_column(sort_order=-7, comment="Title as printed")
    url: Mapped[str | None] = mapped_column(sort_order=-7, comment="Address of its own page")
    kind_as_published: Mapped[str | None] = mapped_column(sort_order=-7, comment="The source's own word for its kind")
    description: Mapped[str | None] = mapped_column(sort_order=-7, comment="Description as printed")
    languages: Mapped[list[Any]] = mapped_column(sort_order=-7, comment="Languages of teaching, BCP 47 (JSON list)")
    credential_label: Mapped[str | None] = mapped_column(sort_order=-7, comment="Name of the credential as printed")
    level_as_published: Mapped[str | None] = mapped_column(sort_order=-7, comment="Level as printed")
    platform_level: Mapped[str | None] = mapped_column(
        sort_order=-7, comment="Level in the words of platforms (vocabulary platform_level); no qualification level"
    )
    eqf_level: Mapped[int | None] = mapped_column(
        sort_order=-7, comment="Level of the European Qualifications Framework, 1-8"
    )
    credits_value: Mapped[float | None] = mapped_column(comment="Credits as printed, in units of credits_unit")
    credits_unit: Mapped[str | None] = mapped_column(comment="Unit of the credits (vocabulary quantity_unit)")
    ects: Mapped[float | None] = mapped_column(comment="Credits in ECTS")
    ects_basis: Mapped[str | None] = mapped_column(comment="Where the ECTS come from (vocabulary basis)")
    subjects: Mapped[list[Any]] = mapped_column(comment="Subjects as printed (JSON list)")
    statements: Mapped[dict[str, Any]] = mapped_column(
        comment="Printed statements under the keys of the vocabulary statement (JSON object)"
    )
    page_url: Mapped[str | None] = mapped_column(comment="Page the words were read from, at read_at")


class OfferingFacts(_SharedFacts, Base):
    """What an offering said, typed, with the words it was read from."""

    __tablename__ = "offering_facts"
    __table_args__ = (
        UniqueConstraint("offering_id", "facts_digest"),
        *_shared_checks(),
        {"comment": "What an offering said, typed; null always means not stated or not understood."},
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, sort_order=-9, comment="Number of the facts")
    offering_id: Mapped[int] = mapped_column(ForeignKey("offering.id"), sort_order=-8, comment="The offering")
    url: Mapped[str | None] = mapped_column(sort_order=-7, comment="Address of its own page")
    start_date: Mapped[date | None] = mapped_column(sort_order=-7, comment="First day as printed")
    start_is_unscheduled: Mapped[bool | None] = mapped_column(
        sort_order=-7, comment="Whether the source says that no start is set"
    )
    end_date: Mapped[date | None] = mapped_column(sort_order=-7, comment="Last day as printed")
    enrolment_start_date: Mapped[date | None] = mapped_column(sort_order=-7, comment="First day to enrol as printed")
    enrolment_end_date: Mapped[date | None] = mapped_column(sort_order=-7, comment="Last day to enrol as printed")
    location: Mapped[str | None] = mapped_column(sort_order=-7, comment="Place as printed")
    language: Mapped[str | None] = mapped_column(sort_order=-7, comment="Language of teaching, BCP 47")


class ProgrammeRole(Base):
    """An organisation in one of four roles towards a programme, as facts state it."""

    __tablename__ = "programme_role"
    __table_args__ = (
        one_of("role", "role"),
        {"comment": "An organisation in a role towards a programme, as one row of its facts states it."},
    )

    facts_id: Mapped[int] = mapped_column(ForeignKey("programme_facts.id"), primary_key=True, comment="The facts")
    position: Mapped[int] = mapped_column(
        primary_key=True, autoincrement=False, comment="Place in the order printed, from 0"
    )
    role: Mapped[str] = mapped_column(comment="developed_by, taught_by, awarded_by or listed_on (vocabulary role)")
    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisation_entry.id"), index=True, comment="The organisation"
    )
    ref: Mapped[str | None] = mapped_column(comment="The source's own code for the organisation")
    url: Mapped[str | None] = mapped_column(comment="Address of the organisation as printed")
