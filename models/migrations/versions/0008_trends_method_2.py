"""Figures of method 2 of the trends: days of knowledge, definitions, populations, bounds, and covered sources."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.migrations.words import words

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

DEFINITIONS = (
    "eu_2022 oecd_2021 unesco_2022 australia_2021 new_zealand_2018 new_zealand_2022 flanders_2023 estonia_2021 "
    "spain_2023 ontario_2022 finland_2023"
)
KEY = ["snapshot_id", "population", "unit", "panel", "cut", "cut_value", "measure"]
COMMENTS = {
    ("snapshot", "method_version"): (
        "Version of the method in trends.method; figures of two versions are not one series"
    ),
    ("snapshot", "coverage"): (
        "How far each source was covered on that day, and what it was in the period: matched, stale, entry or exit "
        "(JSON list)"
    ),
    ("trend_row", "unit"): "What is counted: listing, programme, credential or offering",
    ("trend_row", "panel"): ("Which sources are in: all, or those matched (covered at both ends of the period)"),
    ("trend_row", "value"): "The figure; null if it cannot be measured",
    ("trend_row", "n"): "What the figure is over (docs/methodology.md)",
    ("trend_row", "missing_share"): "Share (0-1) of n that is unknown",
}
NEW = {
    "snapshot": (
        sa.Column(
            "known_at",
            sa.Date(),
            comment="Day up to whose end looks are used (UTC): as_of itself as known then, a later day for revised figures",
        ),
        sa.Column(
            "definition",
            sa.Text(),
            comment="Under which definition classes and populations are meant (vocabulary definition)",
        ),
    ),
    "trend_row": (
        sa.Column("population", sa.Text(), comment="Which classes are counted: all, core, core_and_broad"),
        sa.Column("low", sa.Double(), comment="Lower bound of the figure, if it has one"),
        sa.Column("high", sa.Double(), comment="Upper bound of the figure, if it has one"),
        sa.Column(
            "sources_ok",
            sa.Integer(),
            comment="Sources with a complete look near the day; panel matched: sources matched. Null in method 1",
        ),
        sa.Column("sources_stale", sa.Integer(), comment="Sources whose last complete look is older"),
        sa.Column(
            "sources_missing",
            sa.Integer(),
            comment="Sources without a complete look; panel matched: those present at one end only",
        ),
    ),
}


def upgrade() -> None:
    for table, columns in NEW.items():
        for column in columns:
            op.add_column(table, column)
    # A figure of method 1 was as known on its day, over all classes. What it called a programme is a listing now.
    op.execute("update snapshot set known_at = as_of, definition = 'eu_2022'")
    op.execute("update trend_row set population = 'all'")
    op.execute("update trend_row set unit = 'listing' where unit = 'programme'")
    with op.batch_alter_table("snapshot") as batch:
        batch.alter_column("known_at", existing_type=sa.Date(), nullable=False)
        batch.alter_column("definition", existing_type=sa.Text(), nullable=False)
        check = words("snapshot", "definition", "definition", DEFINITIONS)
        batch.create_check_constraint(op.f("ck_snapshot_definition_is_definition"), check.sqltext)
    with op.batch_alter_table("trend_row") as batch:
        batch.alter_column("population", existing_type=sa.Text(), nullable=False)
        batch.alter_column("value", existing_type=sa.Double(), nullable=True)
        batch.drop_constraint("pk_trend_row", type_="primary")
        batch.create_primary_key("pk_trend_row", KEY)
    if op.get_bind().dialect.name == "postgresql":
        for (table, name), comment in COMMENTS.items():
            op.alter_column(table, name, comment=comment)
