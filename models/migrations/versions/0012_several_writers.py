"""Numbers of rows from sequences on PostgreSQL, so that several may write at once; the change log says who wrote."""

from __future__ import annotations

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

NUMBERED = {
    "run": "id", "capture": "id", "page_failure": "id", "problem": "id", "organisation_entry": "id", "programme": "id",
    "offering": "id", "programme_facts": "id", "offering_facts": "id", "programme_search": "search_row",
}  # fmt: skip


def upgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    for table, column in NUMBERED.items():
        sequence = f"{table}_{column}_seq"
        op.execute(f"create sequence {sequence} owned by {table}.{column}")
        greatest = f"select coalesce(max({column}), 0) + 1 from {table}"  # noqa: S608 - our names
        op.execute(f"select setval('{sequence}', ({greatest}), false)")
