"""A problem may say that a rule left an entry out."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.migrations.words import words

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    name = op.f("ck_problem_code_is_problem_code")
    with op.batch_alter_table("problem") as batch:
        batch.drop_constraint(name, type_="check")
        batch.create_check_constraint(name, _codes().sqltext)


def _codes() -> sa.CheckConstraint:
    return words(
        "problem",
        "code",
        "problem_code",
        (
            "page_failed host_refused off_host_link paging_stopped page_damaged page_unreadable "
            "selector_missing selector_ambiguous left_out record_invalid duplicate_ref reference_missing "
            "total_mismatch detail_missing unknown_word title_missing unparsed out_of_range ambiguous "
            "gate_failed archive_damaged"
        ),
    )
