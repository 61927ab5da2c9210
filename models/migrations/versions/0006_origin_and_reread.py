"""Where the pages of a run come from; which looks were read again by later code."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

ORIGIN = "Where its pages come from: live, replay (a recording), wayback, common_crawl or warc (files)"
KNOWN = "origin in ('live', 'replay', 'wayback', 'common_crawl', 'warc')"
CAUSE = (
    "look: seen so at the source; completion: a page missing before could be had; "
    "reparse: other code read the same words, or read the pages of the look again. Only look is a change at the source"
)
REREAD = "Whether the archived pages of those looks were read again by later code, with another result"


def upgrade() -> None:
    name = op.f("ck_run_origin_is_known")
    if op.get_bind().dialect.name == "sqlite":
        # SQLite takes the check with the column; otherwise the whole table would be copied.
        op.execute(f"alter table run add column origin text default 'live' not null constraint {name} check ({KNOWN})")
    else:
        op.add_column("run", sa.Column("origin", sa.Text(), server_default="live", nullable=False, comment=ORIGIN))
        op.create_check_constraint(name, "run", KNOWN)
        for unit in ("programme", "offering"):
            op.alter_column(f"{unit}_version", "cause", comment=CAUSE)
    for unit in ("programme", "offering"):
        for evidence in ("span", "sighting"):
            op.add_column(
                f"{unit}_{evidence}",
                sa.Column("reread", sa.Boolean(), server_default=sa.false(), nullable=False, comment=REREAD),
            )
