"""Links between programmes that are one credential, and what people decided of them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.migrations.words import words

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

METHODS = (
    "decision programme_key identifier page title_same title_beside title_main title_reworded title_shortened "
    "title_near other_language"
)


def upgrade() -> None:
    op.create_table(
        "programme_credential",
        sa.Column("programme_id", sa.Integer(), nullable=False, comment="The programme"),
        sa.Column(
            "programme_key",
            sa.Text(),
            nullable=False,
            comment="Key that runs of one course have in common at their source; else the source's code",
        ),
        sa.Column(
            "credential_id",
            sa.Text(),
            nullable=False,
            comment="The credential: source and key of the programme of it that was seen first",
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programme.id"], name=op.f("fk_programme_credential_programme_id_programme")
        ),
        sa.PrimaryKeyConstraint("programme_id", name=op.f("pk_programme_credential")),
        comment="Derived: which credential a programme counts as; made anew by every run of `microcred links`.",
    )
    op.create_index(op.f("ix_programme_credential_credential_id"), "programme_credential", ["credential_id"])
    op.create_table(
        "credential_link",
        sa.Column(
            "programme_id",
            sa.Integer(),
            nullable=False,
            comment="The one programme, by source and ref the first",
        ),
        sa.Column("other_programme_id", sa.Integer(), nullable=False, comment="The other programme"),
        sa.Column("method", sa.Text(), nullable=False, comment="How the link was found (vocabulary link_method)"),
        sa.Column(
            "confidence", sa.Double(), nullable=False, comment="Share of right links expected of links like it, 0-1"
        ),
        sa.Column(
            "reasons",
            sa.JSON(),
            nullable=False,
            comment="What was compared, with the values on both sides (JSON list)",
        ),
        sa.Column(
            "counts_once",
            sa.Boolean(),
            nullable=False,
            comment="Whether it makes one credential of both, unless it is cut",
        ),
        sa.Column(
            "review",
            sa.Boolean(),
            nullable=False,
            comment="Whether it waits for a person (microcred links --review)",
        ),
        sa.Column("cut", sa.Text(), comment="Why a link that counts once was not followed; null if it was"),
        words("credential_link", "method", "link_method", METHODS),
        sa.CheckConstraint("confidence between 0 and 1", name=op.f("ck_credential_link_confidence_is_a_share")),
        sa.CheckConstraint("programme_id <> other_programme_id", name=op.f("ck_credential_link_are_two")),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programme.id"], name=op.f("fk_credential_link_programme_id_programme")
        ),
        sa.ForeignKeyConstraint(
            ["other_programme_id"], ["programme.id"], name=op.f("fk_credential_link_other_programme_id_programme")
        ),
        sa.PrimaryKeyConstraint("programme_id", "other_programme_id", name=op.f("pk_credential_link")),
        comment="Derived: two programmes that are or may be one credential, and why; no link merges anything.",
    )
    op.create_index(op.f("ix_credential_link_other_programme_id"), "credential_link", ["other_programme_id"])
    op.create_table(
        "link_decision",
        sa.Column("source", sa.Text(), nullable=False, comment="Slug of the source of the one"),
        sa.Column("ref", sa.Text(), nullable=False, comment="The source's code for it"),
        sa.Column("other_source", sa.Text(), nullable=False, comment="Slug of the source of the other"),
        sa.Column("other_ref", sa.Text(), nullable=False, comment="The source's code for it"),
        sa.Column(
            "decided_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="When (UTC); of several the latest holds",
        ),
        sa.Column("same", sa.Boolean(), nullable=False, comment="Whether they are one credential"),
        sa.Column("reason", sa.Text(), nullable=False, comment="Why, in the words of who decided"),
        sa.PrimaryKeyConstraint(
            "source", "ref", "other_source", "other_ref", "decided_at", name=op.f("pk_link_decision")
        ),
        comment="What people decided of two programmes; it outweighs every rule and outlives every run of them.",
    )
