"""Evidence of looks, and the windows and versions derived from it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.migrations.words import words

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "programme_span",
        sa.Column("programme_id", sa.Integer(), nullable=False, comment="The programme"),
        sa.Column("facts_id", sa.Integer(), nullable=False, comment="What was seen"),
        sa.Column("seen_from", sa.DateTime(timezone=True), nullable=False, comment="First look of the span (UTC)"),
        sa.Column(
            "seen_until",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="Last look of the span (UTC); null while that is the latest complete look of the source",
        ),
        sa.Column(
            "listing_digest",
            sa.Text(),
            nullable=False,
            comment="Digest of the programme's words as printed in those looks",
        ),
        sa.Column(
            "complete",
            sa.Boolean(),
            nullable=False,
            comment="Whether all pages about it could be had; if not, only a summary is known",
        ),
        sa.ForeignKeyConstraint(["facts_id"], ["programme_facts.id"], name="fk_programme_span_facts_id"),
        sa.ForeignKeyConstraint(["programme_id"], ["programme.id"], name="fk_programme_span_programme_id"),
        sa.PrimaryKeyConstraint("programme_id", "seen_from", name="pk_programme_span"),
        comment=("Evidence: consecutive complete looks of a source that all saw a programme with the same facts."),
    )
    op.create_table(
        "programme_sighting",
        sa.Column("programme_id", sa.Integer(), nullable=False, comment="The programme"),
        sa.Column("facts_id", sa.Integer(), nullable=False, comment="What was seen"),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, comment="as_of of the partial look (UTC)"),
        sa.Column(
            "listing_digest",
            sa.Text(),
            nullable=False,
            comment="Digest of the programme's words as printed in those looks",
        ),
        sa.Column(
            "complete",
            sa.Boolean(),
            nullable=False,
            comment="Whether all pages about it could be had; if not, only a summary is known",
        ),
        sa.ForeignKeyConstraint(["facts_id"], ["programme_facts.id"], name="fk_programme_sighting_facts_id"),
        sa.ForeignKeyConstraint(["programme_id"], ["programme.id"], name="fk_programme_sighting_programme_id"),
        sa.PrimaryKeyConstraint("programme_id", "at", name="pk_programme_sighting"),
        comment="Evidence: a partial look saw a programme; it shows presence and never absence.",
    )
    op.create_table(
        "programme_window",
        sa.Column("programme_id", sa.Integer(), nullable=False, comment="The programme"),
        sa.Column(
            "window_number",
            sa.Integer(),
            autoincrement=False,
            nullable=False,
            comment="From 1; a return after a withdrawal opens the next",
        ),
        sa.Column(
            "opened_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="First look that saw it in this window (UTC)",
        ),
        sa.Column(
            "last_seen_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment=(
                "Last look that saw it in this window (UTC); null while that is the latest complete look of the source"
            ),
        ),
        sa.Column(
            "missed_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="First complete look that missed it since it was last seen (UTC)",
        ),
        sa.Column(
            "withdrawn_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment=(
                "Complete look, on a later UTC day, that confirmed the absence (UTC); counted as listed until then"
            ),
        ),
        sa.ForeignKeyConstraint(["programme_id"], ["programme.id"], name="fk_programme_window_programme_id"),
        sa.PrimaryKeyConstraint("programme_id", "window_number", name="pk_programme_window"),
        comment="Derived: a time during which a programme was listed, with all times of its end.",
    )
    op.create_table(
        "programme_version",
        sa.Column("programme_id", sa.Integer(), nullable=False, comment="The programme"),
        sa.Column("facts_id", sa.Integer(), nullable=False, comment="The facts in force"),
        sa.Column(
            "version_number",
            sa.Integer(),
            autoincrement=False,
            nullable=False,
            comment="From 1 in the order of time, over all windows",
        ),
        sa.Column("window_number", sa.Integer(), nullable=False, comment="The window it belongs to"),
        sa.Column(
            "valid_from", sa.DateTime(timezone=True), nullable=False, comment="First look that saw these facts (UTC)"
        ),
        sa.Column(
            "valid_to",
            sa.DateTime(timezone=True),
            nullable=True,
            comment=("Look that saw other facts or confirmed the withdrawal (UTC, not included); null while in force"),
        ),
        sa.Column(
            "cause",
            sa.Text(),
            nullable=False,
            comment=(
                "look: seen so at the source; completion: a page missing before could be had; reparse: "
                "other code read the same words. Only look is a change at the source"
            ),
        ),
        sa.Column(
            "complete",
            sa.Boolean(),
            nullable=False,
            comment="Whether all pages about it could be had; if not, only a summary is known",
        ),
        words("programme_version", "cause", "known", "look completion reparse"),
        sa.ForeignKeyConstraint(["facts_id"], ["programme_facts.id"], name="fk_programme_version_facts_id"),
        sa.ForeignKeyConstraint(["programme_id"], ["programme.id"], name="fk_programme_version_programme_id"),
        sa.PrimaryKeyConstraint("programme_id", "version_number", name="pk_programme_version"),
        comment=("Derived: the facts of a programme from one look to another, and why they differ from before."),
    )
    op.create_table(
        "offering_span",
        sa.Column("offering_id", sa.Integer(), nullable=False, comment="The offering"),
        sa.Column("facts_id", sa.Integer(), nullable=False, comment="What was seen"),
        sa.Column("seen_from", sa.DateTime(timezone=True), nullable=False, comment="First look of the span (UTC)"),
        sa.Column(
            "seen_until",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="Last look of the span (UTC); null while that is the latest complete look of the source",
        ),
        sa.Column(
            "listing_digest",
            sa.Text(),
            nullable=False,
            comment="Digest of the programme's words as printed in those looks",
        ),
        sa.Column(
            "complete",
            sa.Boolean(),
            nullable=False,
            comment="Whether all pages about it could be had; if not, only a summary is known",
        ),
        sa.ForeignKeyConstraint(["facts_id"], ["offering_facts.id"], name="fk_offering_span_facts_id"),
        sa.ForeignKeyConstraint(["offering_id"], ["offering.id"], name="fk_offering_span_offering_id"),
        sa.PrimaryKeyConstraint("offering_id", "seen_from", name="pk_offering_span"),
        comment=("Evidence: consecutive complete looks of a source that all saw an offering with the same facts."),
    )
    op.create_table(
        "offering_sighting",
        sa.Column("offering_id", sa.Integer(), nullable=False, comment="The offering"),
        sa.Column("facts_id", sa.Integer(), nullable=False, comment="What was seen"),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, comment="as_of of the partial look (UTC)"),
        sa.Column(
            "listing_digest",
            sa.Text(),
            nullable=False,
            comment="Digest of the programme's words as printed in those looks",
        ),
        sa.Column(
            "complete",
            sa.Boolean(),
            nullable=False,
            comment="Whether all pages about it could be had; if not, only a summary is known",
        ),
        sa.ForeignKeyConstraint(["facts_id"], ["offering_facts.id"], name="fk_offering_sighting_facts_id"),
        sa.ForeignKeyConstraint(["offering_id"], ["offering.id"], name="fk_offering_sighting_offering_id"),
        sa.PrimaryKeyConstraint("offering_id", "at", name="pk_offering_sighting"),
        comment="Evidence: a partial look saw an offering; it shows presence and never absence.",
    )
    op.create_table(
        "offering_window",
        sa.Column("offering_id", sa.Integer(), nullable=False, comment="The offering"),
        sa.Column(
            "window_number",
            sa.Integer(),
            autoincrement=False,
            nullable=False,
            comment="From 1; a return after a withdrawal opens the next",
        ),
        sa.Column(
            "opened_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="First look that saw it in this window (UTC)",
        ),
        sa.Column(
            "last_seen_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment=(
                "Last look that saw it in this window (UTC); null while that is the latest complete look of the source"
            ),
        ),
        sa.Column(
            "missed_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="First complete look that missed it since it was last seen (UTC)",
        ),
        sa.Column(
            "withdrawn_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment=(
                "Complete look, on a later UTC day, that confirmed the absence (UTC); counted as listed until then"
            ),
        ),
        sa.ForeignKeyConstraint(["offering_id"], ["offering.id"], name="fk_offering_window_offering_id"),
        sa.PrimaryKeyConstraint("offering_id", "window_number", name="pk_offering_window"),
        comment="Derived: a time during which an offering was listed, with all times of its end.",
    )
    op.create_table(
        "offering_version",
        sa.Column("offering_id", sa.Integer(), nullable=False, comment="The offering"),
        sa.Column("facts_id", sa.Integer(), nullable=False, comment="The facts in force"),
        sa.Column(
            "version_number",
            sa.Integer(),
            autoincrement=False,
            nullable=False,
            comment="From 1 in the order of time, over all windows",
        ),
        sa.Column("window_number", sa.Integer(), nullable=False, comment="The window it belongs to"),
        sa.Column(
            "valid_from", sa.DateTime(timezone=True), nullable=False, comment="First look that saw these facts (UTC)"
        ),
        sa.Column(
            "valid_to",
            sa.DateTime(timezone=True),
            nullable=True,
            comment=("Look that saw other facts or confirmed the withdrawal (UTC, not included); null while in force"),
        ),
        sa.Column(
            "cause",
            sa.Text(),
            nullable=False,
            comment=(
                "look: seen so at the source; completion: a page missing before could be had; reparse: "
                "other code read the same words. Only look is a change at the source"
            ),
        ),
        sa.Column(
            "complete",
            sa.Boolean(),
            nullable=False,
            comment="Whether all pages about it could be had; if not, only a summary is known",
        ),
        words("offering_version", "cause", "known", "look completion reparse"),
        sa.ForeignKeyConstraint(["facts_id"], ["offering_facts.id"], name="fk_offering_version_facts_id"),
        sa.ForeignKeyConstraint(["offering_id"], ["offering.id"], name="fk_offering_version_offering_id"),
        sa.PrimaryKeyConstraint("offering_id", "version_number", name="pk_offering_version"),
        comment=("Derived: the facts of an offering from one look to another, and why they differ from before."),
    )
