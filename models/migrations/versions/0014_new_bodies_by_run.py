"""Answers with a new body are found by their run, without reading those that said what was known."""

from __future__ import annotations

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_capture_run_id_unchanged", "capture", ["run_id", "unchanged"])
    op.drop_index("ix_capture_run_id", "capture")
