"""The tables of links: which listings count as one credential, why, and what people decided."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from models.columns import one_of
from models.tables import Base


class ProgrammeCredential(Base):
    """Which credential a programme counts as."""

    __tablename__ = "programme_credential"
    __table_args__ = (
        {"comment": "Derived: which credential a programme counts as; made anew by every run of `microcred links`."},
    )

    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"), primary_key=True, comment="The programme")
    programme_key: Mapped[str] = mapped_column(
        comment="Key that runs of one course have in common at their source; else the source's code"
    )
    credential_id: Mapped[str] = mapped_column(
        index=True, comment="The credential: source and key of the programme of it that was seen first"
    )


class CredentialLink(Base):
    """Two programmes that are or may be one credential."""

    __tablename__ = "credential_link"
    __table_args__ = (
        one_of("method", "link_method"),
        CheckConstraint("confidence between 0 and 1", name="confidence_is_a_share"),
        CheckConstraint("programme_id <> other_programme_id", name="are_two"),
        {"comment": "Derived: two programmes that are or may be one credential, and why; no link merges anything."},
    )

    programme_id: Mapped[int] = mapped_column(
        ForeignKey("programme.id"), primary_key=True, comment="The one programme, by source and ref the first"
    )
    other_programme_id: Mapped[int] = mapped_column(
        ForeignKey("programme.id"), primary_key=True, index=True, comment="The other programme"
    )
    method: Mapped[str] = mapped_column(comment="How the link was found (vocabulary link_method)")
    confidence: Mapped[float] = mapped_column(comment="Share of right links expected of links like it, 0-1")
    reasons: Mapped[list[Any]] = mapped_column(comment="What was compared, with the values on both sides (JSON list)")
    counts_once: Mapped[bool] = mapped_column(comment="Whether it makes one credential of both, unless it is cut")
    review: Mapped[bool] = mapped_column(comment="Whether it waits for a person (microcred links --review)")
    cut: Mapped[str | None] = mapped_column(comment="Why a link that counts once was not followed; null if it was")


class LinkDecision(Base):
    """What a person decided of two programmes."""

    __tablename__ = "link_decision"
    __table_args__ = (
        {"comment": "What people decided of two programmes; it outweighs every rule and outlives every run of them."},
    )

    source: Mapped[str] = mapped_column(primary_key=True, comment="Slug of the source of the one")
    ref: Mapped[str] = mapped_column(primary_key=True, comment="The source's code for it")
    other_source: Mapped[str] = mapped_column(primary_key=True, comment="Slug of the source of the other")
    other_ref: Mapped[str] = mapped_column(primary_key=True, comment="The source's code for it")
    decided_at: Mapped[datetime] = mapped_column(primary_key=True, comment="When (UTC); of several the latest holds")
    same: Mapped[bool] = mapped_column(comment="Whether they are one credential")
    reason: Mapped[str] = mapped_column(comment="Why, in the words of who decided")
