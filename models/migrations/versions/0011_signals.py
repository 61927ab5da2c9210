"""What cheaper documents said of pages, which pages were not asked for because of it, and how often it was right."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.migrations.words import words

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

PROBLEM_CODES = (
    "page_failed host_refused off_host_link paging_stopped page_damaged page_unreadable selector_missing "
    "selector_ambiguous left_out record_invalid duplicate_ref reference_missing total_mismatch "
    "detail_missing unknown_word title_missing unparsed out_of_range ambiguous gate_failed "
    "archive_damaged signal_missed no_rate"
)
SIGNAL = "What a cheaper document said of the page: kind and value (docs/decisions/0023); null if none spoke of it"
VOUCHED = "Whether the page was not asked for because its signal stood still; the answer is the last real one"
SIGNALS = "What the signals of the walk said, and how often they were right, by kind (JSON object)"


def upgrade() -> None:
    op.add_column("capture", sa.Column("signal", sa.Text(), comment=SIGNAL))
    op.add_column(
        "capture", sa.Column("vouched", sa.Boolean(), server_default=sa.false(), nullable=False, comment=VOUCHED)
    )
    op.add_column("run", sa.Column("signals", sa.JSON(), server_default="{}", nullable=False, comment=SIGNALS))
    name = op.f("ck_problem_code_is_problem_code")
    with op.batch_alter_table("problem") as batch:
        batch.drop_constraint(name, type_="check")
        batch.create_check_constraint(name, words("problem", "code", "problem_code", PROBLEM_CODES).sqltext)
