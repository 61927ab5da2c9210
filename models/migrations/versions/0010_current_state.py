"""Indexes of what is in force now, so that neither a look nor a view reads the past to find it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for unit in ("programme", "offering"):
        _index(f"ix_{unit}_span_open", f"{unit}_span", f"{unit}_id", "seen_until is null")
        _index(
            f"ix_{unit}_window_missing",
            f"{unit}_window",
            f"{unit}_id",
            "withdrawn_at is null and last_seen_at is not null",
        )
        _index(f"ix_{unit}_version_in_force", f"{unit}_version", f"{unit}_id", "valid_to is null")
        _index(f"ix_{unit}_version_facts_in_force", f"{unit}_version", "facts_id", "valid_to is null")
        _index(
            f"ix_{unit}_classification_price_problem", f"{unit}_classification", "facts_id", "price_problem is not null"
        )


def _index(name: str, table: str, column: str, where: str) -> None:
    op.create_index(name, table, [column], postgresql_where=sa.text(where), sqlite_where=sa.text(where))
