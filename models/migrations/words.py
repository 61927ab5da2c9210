"""Checks of word lists as they stood when a migration was written: migrations never read today's vocabularies."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


def words(table: str, column: str, vocabulary: str, listed: str) -> sa.CheckConstraint:
    """Return the check that ``column`` holds one of the ``listed`` words, which are separated by spaces."""
    quoted = ", ".join(f"'{word}'" for word in listed.split())
    return sa.CheckConstraint(f"{column} in ({quoted})", name=op.f(f"ck_{table}_{column}_is_{vocabulary}"))
