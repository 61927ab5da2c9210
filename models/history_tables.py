"""The tables of history, the same shape for programmes and for offerings: evidence, and what is derived from it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, false, text
from sqlalchemy.orm import Mapped, mapped_column

from models.columns import one_of
from models.records import Cause
from models.tables import Base

READING = "Digest of the programme's words as printed in those looks"
COMPLETE = "Whether all pages about it could be had; if not, only a summary is known"
REREAD = "Whether the archived pages of those looks were read again by later code, with another result"


def _cause_is_known() -> CheckConstraint:
    causes = ", ".join(f"'{cause.value}'" for cause in Cause)
    return CheckConstraint(f"cause in ({causes})", name="cause_is_known")


def _partial(name: str, column: str, condition: str) -> Index:
    """Return an index of those rows alone that fulfil a condition: of what is now, whatever has been."""
    return Index(name, column, postgresql_where=text(condition), sqlite_where=text(condition))


def _open_spans(unit: str) -> Index:
    return _partial(f"ix_{unit}_span_open", f"{unit}_id", "seen_until is null")


def _missing(unit: str) -> Index:
    condition = "withdrawn_at is null and last_seen_at is not null"
    return _partial(f"ix_{unit}_window_missing", f"{unit}_id", condition)


def _in_force(unit: str) -> tuple[Index, Index]:
    return (
        _partial(f"ix_{unit}_version_in_force", f"{unit}_id", "valid_to is null"),
        _partial(f"ix_{unit}_version_facts_in_force", "facts_id", "valid_to is null"),
    )


class _SpanColumns:
    seen_from: Mapped[datetime] = mapped_column(primary_key=True, comment="First look of the span (UTC)")
    seen_until: Mapped[datetime | None] = mapped_column(
        comment="Last look of the span (UTC); null while that is the latest complete look of the source"
    )
    listing_digest: Mapped[str] = mapped_column(comment=READING)
    complete: Mapped[bool] = mapped_column(comment=COMPLETE)
    reread: Mapped[bool] = mapped_column(server_default=false(), comment=REREAD)


class _SightingColumns:
    at: Mapped[datetime] = mapped_column(primary_key=True, comment="as_of of the partial look (UTC)")
    listing_digest: Mapped[str] = mapped_column(comment=READING)
    complete: Mapped[bool] = mapped_column(comment=COMPLETE)
    reread: Mapped[bool] = mapped_column(server_default=false(), comment=REREAD)


class _WindowColumns:
    window_number: Mapped[int] = mapped_column(
        primary_key=True, autoincrement=False, comment="From 1; a return after a withdrawal opens the next"
    )
    opened_at: Mapped[datetime] = mapped_column(comment="First look that saw it in this window (UTC)")
    last_seen_at: Mapped[datetime | None] = mapped_column(
        comment="Last look that saw it in this window (UTC); null while that is the latest complete look of the source"
    )
    missed_at: Mapped[datetime | None] = mapped_column(
        comment="First complete look that missed it since it was last seen (UTC)"
    )
    withdrawn_at: Mapped[datetime | None] = mapped_column(
        comment="Complete look, on a later UTC day, that confirmed the absence (UTC); counted as listed until then"
    )


class _VersionColumns:
    version_number: Mapped[int] = mapped_column(
        primary_key=True, autoincrement=False, comment="From 1 in the order of time, over all windows"
    )
    window_number: Mapped[int] = mapped_column(comment="The window it belongs to")
    valid_from: Mapped[datetime] = mapped_column(comment="First look that saw these facts (UTC)")
    valid_to: Mapped[datetime | None] = mapped_column(
        comment="Look that saw other facts or confirmed the withdrawal (UTC, not included); null while in force"
    )
    cause: Mapped[str] = mapped_column(
        comment="look: seen so at the source; completion: a page missing before could be had; "
        "reparse: other code read the same words, or read the pages of the look again. "
        "Only look is a change at the source"
    )
    complete: Mapped[bool] = mapped_column(comment=COMPLETE)


class ProgrammeSpan(_SpanColumns, Base):
    """Evidence of complete looks about a programme."""

    __tablename__ = "programme_span"
    __table_args__ = (
        _open_spans("programme"),
        {"comment": "Evidence: consecutive complete looks of a source that all saw a programme with the same facts."},
    )
    programme_id: Mapped[int] = mapped_column(
        ForeignKey("programme.id"), primary_key=True, sort_order=-2, comment="The programme"
    )
    facts_id: Mapped[int] = mapped_column(ForeignKey("programme_facts.id"), sort_order=-1, comment="What was seen")


class OfferingSpan(_SpanColumns, Base):
    """Evidence of complete looks about an offering."""

    __tablename__ = "offering_span"
    __table_args__ = (
        _open_spans("offering"),
        {"comment": "Evidence: consecutive complete looks of a source that all saw an offering with the same facts."},
    )
    offering_id: Mapped[int] = mapped_column(
        ForeignKey("offering.id"), primary_key=True, sort_order=-2, comment="The offering"
    )
    facts_id: Mapped[int] = mapped_column(ForeignKey("offering_facts.id"), sort_order=-1, comment="What was seen")


class ProgrammeSighting(_SightingColumns, Base):
    """Evidence of a partial look about a programme."""

    __tablename__ = "programme_sighting"
    __table_args__ = ({"comment": "Evidence: a partial look saw a programme; it shows presence and never absence."},)
    programme_id: Mapped[int] = mapped_column(
        ForeignKey("programme.id"), primary_key=True, sort_order=-2, comment="The programme"
    )
    facts_id: Mapped[int] = mapped_column(ForeignKey("programme_facts.id"), sort_order=-1, comment="What was seen")


class OfferingSighting(_SightingColumns, Base):
    """Evidence of a partial look about an offering."""

    __tablename__ = "offering_sighting"
    __table_args__ = ({"comment": "Evidence: a partial look saw an offering; it shows presence and never absence."},)
    offering_id: Mapped[int] = mapped_column(
        ForeignKey("offering.id"), primary_key=True, sort_order=-2, comment="The offering"
    )
    facts_id: Mapped[int] = mapped_column(ForeignKey("offering_facts.id"), sort_order=-1, comment="What was seen")


class ProgrammeWindow(_WindowColumns, Base):
    """A time during which a programme was listed; derived."""

    __tablename__ = "programme_window"
    __table_args__ = (
        _missing("programme"),
        {"comment": "Derived: a time during which a programme was listed, with all times of its end."},
    )
    programme_id: Mapped[int] = mapped_column(
        ForeignKey("programme.id"), primary_key=True, sort_order=-2, comment="The programme"
    )


class OfferingWindow(_WindowColumns, Base):
    """A time during which an offering was listed; derived."""

    __tablename__ = "offering_window"
    __table_args__ = (
        _missing("offering"),
        {"comment": "Derived: a time during which an offering was listed, with all times of its end."},
    )
    offering_id: Mapped[int] = mapped_column(
        ForeignKey("offering.id"), primary_key=True, sort_order=-2, comment="The offering"
    )


class ProgrammeVersion(_VersionColumns, Base):
    """Facts of a programme from one look to another; derived."""

    __tablename__ = "programme_version"
    __table_args__ = (
        _cause_is_known(),
        *_in_force("programme"),
        {"comment": "Derived: the facts of a programme from one look to another, and why they differ from before."},
    )
    programme_id: Mapped[int] = mapped_column(
        ForeignKey("programme.id"), primary_key=True, sort_order=-2, comment="The programme"
    )
    facts_id: Mapped[int] = mapped_column(ForeignKey("programme_facts.id"), sort_order=-1, comment="The facts in force")


class OfferingVersion(_VersionColumns, Base):
    """Facts of an offering from one look to another; derived."""

    __tablename__ = "offering_version"
    __table_args__ = (
        _cause_is_known(),
        *_in_force("offering"),
        {"comment": "Derived: the facts of an offering from one look to another, and why they differ from before."},
    )
    offering_id: Mapped[int] = mapped_column(
        ForeignKey("offering.id"), primary_key=True, sort_order=-2, comment="The offering"
    )
    facts_id: Mapped[int] = mapped_column(ForeignKey("offering_facts.id"), sort_order=-1, comment="The facts in force")


class OfferingSummary(Base):
    """What the offerings of a programme that are listed now state alike; derived."""

    __tablename__ = "offering_summary"
    __table_args__ = (
        one_of("price_type", "price_type"),
        one_of("price_period", "price_period"),
        one_of("delivery", "delivery"),
        one_of("workload_basis", "basis"),
        {"comment": "Derived: what the offerings of a programme that are listed now state alike."},
    )
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"), primary_key=True, comment="The programme")
    offerings: Mapped[int] = mapped_column(comment="How many offerings are listed now")
    price_type: Mapped[str | None] = mapped_column(comment="Type of price, if all that state one state the same")
    price_amount: Mapped[float | None] = mapped_column(
        comment="Lowest price, if all prices have one currency and period"
    )
    price_amount_max: Mapped[float | None] = mapped_column(comment="Highest price, likewise")
    price_currency: Mapped[str | None] = mapped_column(comment="Currency of these prices, ISO 4217")
    price_period: Mapped[str | None] = mapped_column(comment="Period of these prices (vocabulary price_period)")
    price_eur: Mapped[float | None] = mapped_column(comment="Lowest price in euro, likewise")
    price_eur_max: Mapped[float | None] = mapped_column(comment="Highest price in euro, likewise")
    duration_weeks_min: Mapped[float | None] = mapped_column(comment="Shortest duration in weeks, if all are alike")
    duration_weeks_max: Mapped[float | None] = mapped_column(comment="Longest duration in weeks, if all are alike")
    effort_hours_per_week_min: Mapped[float | None] = mapped_column(comment="Least weekly hours, if all are alike")
    effort_hours_per_week_max: Mapped[float | None] = mapped_column(comment="Most weekly hours, if all are alike")
    workload_hours_min: Mapped[float | None] = mapped_column(comment="Least workload in hours, if all are alike")
    workload_hours_max: Mapped[float | None] = mapped_column(comment="Greatest workload in hours, if all are alike")
    workload_basis: Mapped[str | None] = mapped_column(comment="Where the hours come from (vocabulary basis)")
    delivery: Mapped[str | None] = mapped_column(comment="How they are delivered, if all that state it are alike")


class ProgrammeListed(Base):
    """A programme that is listed now, in a narrow row; derived."""

    __tablename__ = "programme_listed"
    __table_args__ = (
        Index("ix_programme_listed_source_ref", "source", "ref"),
        {
            "comment": "Derived: the programmes listed now, a narrow row each, so that neither a count nor a page of a "
            "view reads all that was ever said."
        },
    )
    # Nothing here refers to other tables: a reference would be looked up for each row of each look.
    programme_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, comment="The programme")
    source: Mapped[str] = mapped_column(comment="The source that lists it")
    ref: Mapped[str] = mapped_column(comment="The source's own code for it")
    facts_id: Mapped[int] = mapped_column(comment="The facts in force")
    version_number: Mapped[int] = mapped_column(comment="The version in force")
    window_number: Mapped[int] = mapped_column(comment="The window it belongs to")
    opened_at: Mapped[datetime] = mapped_column(comment="First look that saw it in this window (UTC)")
    missed_at: Mapped[datetime | None] = mapped_column(
        comment="First complete look that missed it since it was last seen (UTC)"
    )
    kind: Mapped[str] = mapped_column(comment="What the source lists it as (vocabulary listing_kind)")
    mc_class: Mapped[str | None] = mapped_column(
        comment="Class under the definition eu_2022 (vocabulary mc_class); null until classified"
    )


class OrganisationListed(Base):
    """In how many programmes of a source that are listed now an organisation is named; derived."""

    __tablename__ = "organisation_listed"
    __table_args__ = (
        {
            "comment": "Derived: which organisations the programmes listed now name, by source, spelling and role; the "
            "view organisation sums it up."
        },
    )
    source: Mapped[str] = mapped_column(primary_key=True, comment="The source that lists the programmes")
    organisation_id: Mapped[str] = mapped_column(
        primary_key=True, comment="Our own id of the organisation; 'as printed: ' and the name where no rule knows it"
    )
    entry_id: Mapped[int] = mapped_column(
        primary_key=True, autoincrement=False, comment="The organisation as printed (organisation_entry)"
    )
    role: Mapped[str] = mapped_column(primary_key=True, comment="In which role it is named (vocabulary role)")
    kind: Mapped[str] = mapped_column(primary_key=True, comment="Its kind as rules know it; empty if they do not")
    country: Mapped[str] = mapped_column(primary_key=True, comment="Its country as rules know it; empty likewise")
    mentions: Mapped[int] = mapped_column(comment="How often it is named so")
    programmes: Mapped[int] = mapped_column(
        comment="In how many programmes it is named so and in no other way before: summed, each counts once"
    )
