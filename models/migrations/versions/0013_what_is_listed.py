"""What is listed now in narrow rows, and the organisations that are named there. They are filled at the end of every migration."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "programme_listed",
        sa.Column("programme_id", sa.Integer(), nullable=False, comment="The programme"),
        sa.Column("source", sa.Text(), nullable=False, comment="The source that lists it"),
        sa.Column("ref", sa.Text(), nullable=False, comment="The source's own code for it"),
        sa.Column("facts_id", sa.Integer(), nullable=False, comment="The facts in force"),
        sa.Column("version_number", sa.Integer(), nullable=False, comment="The version in force"),
        sa.Column("window_number", sa.Integer(), nullable=False, comment="The window it belongs to"),
        sa.Column(
            "opened_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="First look that saw it in this window (UTC)",
        ),
        sa.Column(
            "missed_at",
            sa.DateTime(timezone=True),
            comment="First complete look that missed it since it was last seen (UTC)",
        ),
        sa.Column("kind", sa.Text(), nullable=False, comment="What the source lists it as (vocabulary listing_kind)"),
        sa.Column(
            "mc_class",
            sa.Text(),
            comment="Class under the definition eu_2022 (vocabulary mc_class); null until classified",
        ),
        sa.PrimaryKeyConstraint("programme_id", name=op.f("pk_programme_listed")),
        comment="Derived: the programmes listed now, a narrow row each, so that neither a count nor a page of a view "
        "reads all that was ever said.",
    )
    op.create_index("ix_programme_listed_source_ref", "programme_listed", ["source", "ref"])
    op.create_table(
        "organisation_listed",
        sa.Column("source", sa.Text(), nullable=False, comment="The source that lists the programmes"),
        sa.Column(
            "organisation_id",
            sa.Text(),
            nullable=False,
            comment="Our own id of the organisation; 'as printed: ' and the name where no rule knows it",
        ),
        sa.Column("entry_id", sa.Integer(), nullable=False, comment="The organisation as printed (organisation_entry)"),
        sa.Column("role", sa.Text(), nullable=False, comment="In which role it is named (vocabulary role)"),
        sa.Column("kind", sa.Text(), nullable=False, comment="Its kind as rules know it; empty if they do not"),
        sa.Column("country", sa.Text(), nullable=False, comment="Its country as rules know it; empty likewise"),
        sa.Column("mentions", sa.Integer(), nullable=False, comment="How often it is named so"),
        sa.Column(
            "programmes",
            sa.Integer(),
            nullable=False,
            comment="In how many programmes it is named so and in no other way before: summed, each counts once",
        ),
        sa.PrimaryKeyConstraint(
            "source", "organisation_id", "entry_id", "role", "kind", "country", name=op.f("pk_organisation_listed")
        ),
        comment="Derived: which organisations the programmes listed now name, by source, spelling and role; the view "
        "organisation sums it up.",
    )
