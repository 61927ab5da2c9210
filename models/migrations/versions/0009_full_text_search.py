"""Which facts of each programme the full-text index holds. The index is made at the end of every migration."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "programme_search",
        sa.Column("programme_id", sa.Integer(), nullable=False, comment="The programme"),
        sa.Column(
            "facts_id",
            sa.Integer(),
            nullable=False,
            comment="The facts whose words were indexed; 0 when they are to be again",
        ),
        sa.Column("search_row", sa.Integer(), nullable=False, comment="Number of the row of its words in search_words"),
        sa.Column("words_digest", sa.Text(), nullable=False, comment="First half of the sha256 of these words"),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programme.id"], name=op.f("fk_programme_search_programme_id_programme")
        ),
        sa.PrimaryKeyConstraint("programme_id", name=op.f("pk_programme_search")),
        sa.UniqueConstraint("search_row", name=op.f("uq_programme_search_search_row")),
        comment="Derived: which facts of a programme, those of its latest version, the full-text index holds.",
    )
