"""Programmes, offerings and their facts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.migrations.words import words

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "programme",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False, comment="Number of the programme"),
        sa.Column("source", sa.Text(), nullable=False, comment="The source that lists it"),
        sa.Column("ref", sa.Text(), nullable=False, comment="The source's own code for it"),
        sa.ForeignKeyConstraint(["source"], ["source.slug"], name="fk_programme_source"),
        sa.PrimaryKeyConstraint("id", name="pk_programme"),
        sa.UniqueConstraint("source", "ref", name="uq_programme_source_ref"),
        comment="A programme as one source lists it: identity only; its facts change, this row never does.",
    )
    op.create_table(
        "offering",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False, comment="Number of the offering"),
        sa.Column("programme_id", sa.Integer(), nullable=False, comment="The programme it is a run of"),
        sa.Column(
            "ref", sa.Text(), nullable=False, comment="The source's own code for it, unique within the programme"
        ),
        sa.ForeignKeyConstraint(["programme_id"], ["programme.id"], name="fk_offering_programme_id"),
        sa.PrimaryKeyConstraint("id", name="pk_offering"),
        sa.UniqueConstraint("programme_id", "ref", name="uq_offering_programme_id_ref"),
        comment="One run of a programme (a start, an intake): identity only.",
    )
    op.create_table(
        "programme_facts",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False, comment="Number of the facts"),
        sa.Column("programme_id", sa.Integer(), nullable=False, comment="The programme"),
        sa.Column("kind", sa.Text(), nullable=False, comment="What the source lists it as (vocabulary listing_kind)"),
        sa.Column("title", sa.Text(), nullable=True, comment="Title as printed"),
        sa.Column("url", sa.Text(), nullable=True, comment="Address of its own page"),
        sa.Column("kind_as_published", sa.Text(), nullable=True, comment="The source's own word for its kind"),
        sa.Column("description", sa.Text(), nullable=True, comment="Description as printed"),
        sa.Column("languages", sa.JSON(), nullable=False, comment="Languages of teaching, BCP 47 (JSON list)"),
        sa.Column("credential_label", sa.Text(), nullable=True, comment="Name of the credential as printed"),
        sa.Column("level_as_published", sa.Text(), nullable=True, comment="Level as printed"),
        sa.Column(
            "platform_level",
            sa.Text(),
            nullable=True,
            comment="Level in the words of platforms (vocabulary platform_level); no qualification level",
        ),
        sa.Column(
            "eqf_level", sa.Integer(), nullable=True, comment="Level of the European Qualifications Framework, 1-8"
        ),
        sa.Column("workload_hours_min", sa.Double(), nullable=True, comment="Least total workload, in hours"),
        sa.Column("workload_hours_max", sa.Double(), nullable=True, comment="Greatest total workload, in hours"),
        sa.Column("workload_basis", sa.Text(), nullable=True, comment="Where the hours come from (vocabulary basis)"),
        sa.Column("credits_value", sa.Double(), nullable=True, comment="Credits as printed, in units of credits_unit"),
        sa.Column("credits_unit", sa.Text(), nullable=True, comment="Unit of the credits (vocabulary quantity_unit)"),
        sa.Column("ects", sa.Double(), nullable=True, comment="Credits in ECTS"),
        sa.Column("ects_basis", sa.Text(), nullable=True, comment="Where the ECTS come from (vocabulary basis)"),
        sa.Column("subjects", sa.JSON(), nullable=False, comment="Subjects as printed (JSON list)"),
        sa.Column(
            "statements",
            sa.JSON(),
            nullable=False,
            comment="Printed statements under the keys of the vocabulary statement (JSON object)",
        ),
        sa.Column("page_url", sa.Text(), nullable=True, comment="Page the words were read from, at read_at"),
        sa.Column("delivery", sa.Text(), nullable=True, comment="How it is delivered (vocabulary delivery)"),
        sa.Column("pacing", sa.Text(), nullable=True, comment="Who sets the pace (vocabulary pacing)"),
        sa.Column("mode_of_study", sa.Text(), nullable=True, comment="Full or part time (vocabulary mode_of_study)"),
        sa.Column("duration_weeks_min", sa.Double(), nullable=True, comment="Shortest duration, in weeks"),
        sa.Column("duration_weeks_max", sa.Double(), nullable=True, comment="Longest duration, in weeks"),
        sa.Column("effort_hours_per_week_min", sa.Double(), nullable=True, comment="Least weekly effort, in hours"),
        sa.Column("effort_hours_per_week_max", sa.Double(), nullable=True, comment="Greatest weekly effort, in hours"),
        sa.Column(
            "offer_state",
            sa.Text(),
            nullable=True,
            comment=(
                "Whether one can enrol, as the source states it (vocabulary offer_state); not whether it is listed"
            ),
        ),
        sa.Column("price_type", sa.Text(), nullable=True, comment="Free, paid ... (vocabulary price_type)"),
        sa.Column(
            "price_amount", sa.Double(), nullable=True, comment="Price in units of price_currency; low end of a range"
        ),
        sa.Column(
            "price_amount_max", sa.Double(), nullable=True, comment="High end of the range; equal for a single price"
        ),
        sa.Column("price_currency", sa.Text(), nullable=True, comment="Currency of the price, ISO 4217"),
        sa.Column(
            "price_period", sa.Text(), nullable=True, comment="Period of a price that recurs (vocabulary price_period)"
        ),
        sa.Column("price_is_from", sa.Boolean(), nullable=True, comment="Whether it is printed as 'from' an amount"),
        sa.Column(
            "certificate_price_amount",
            sa.Double(),
            nullable=True,
            comment="Price of the certificate of an otherwise free programme, in units of price_currency",
        ),
        sa.Column(
            "verbatim",
            sa.JSON(),
            nullable=False,
            comment="The words as printed, under the names of the fields they became (JSON object)",
        ),
        sa.Column(
            "facts_digest",
            sa.Text(),
            nullable=False,
            comment="sha256 of the facts; the verbatim words are not part of it",
        ),
        sa.Column(
            "read_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="Earliest look that read these facts (UTC); the verbatim words are of that look",
        ),
        words(
            "programme_facts",
            "credits_unit",
            "quantity_unit",
            (
                "minute hour day week month semester year hour_per_week hour_per_day hour_per_month ects "
                "nz_credit uk_credit us_credit ceu credit point"
            ),
        ),
        words(
            "programme_facts",
            "delivery",
            "delivery",
            ("blended coil hybrid joint_delivery online presential project_based research_lab_based work_based"),
        ),
        words(
            "programme_facts",
            "ects_basis",
            "basis",
            "stated converted hours_per_week_x_weeks hours_per_part_x_parts hours_per_day_x_days",
        ),
        sa.CheckConstraint("eqf_level between 1 and 8", name=op.f("ck_programme_facts_eqf_level_is_known")),
        words("programme_facts", "kind", "listing_kind", "course program microcredential degree badge qualification"),
        words("programme_facts", "mode_of_study", "mode_of_study", "full_time part_time dual_training self_paced"),
        words("programme_facts", "offer_state", "offer_state", "open upcoming closed archived"),
        words("programme_facts", "pacing", "pacing", "self_paced instructor_paced"),
        words("programme_facts", "platform_level", "platform_level", "beginner intermediate advanced all_levels"),
        words("programme_facts", "price_period", "price_period", "week month semester year"),
        words(
            "programme_facts",
            "price_type",
            "price_type",
            "free paid subscription free_with_paid_certificate partly_free",
        ),
        words(
            "programme_facts",
            "workload_basis",
            "basis",
            "stated converted hours_per_week_x_weeks hours_per_part_x_parts hours_per_day_x_days",
        ),
        sa.ForeignKeyConstraint(["programme_id"], ["programme.id"], name="fk_programme_facts_programme_id"),
        sa.PrimaryKeyConstraint("id", name="pk_programme_facts"),
        sa.UniqueConstraint("programme_id", "facts_digest", name="uq_programme_facts_programme_id_facts_digest"),
        comment="What a programme said, typed; null always means not stated or not understood.",
    )
    op.create_table(
        "offering_facts",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False, comment="Number of the facts"),
        sa.Column("offering_id", sa.Integer(), nullable=False, comment="The offering"),
        sa.Column("url", sa.Text(), nullable=True, comment="Address of its own page"),
        sa.Column("start_date", sa.Date(), nullable=True, comment="First day as printed"),
        sa.Column(
            "start_is_unscheduled", sa.Boolean(), nullable=True, comment="Whether the source says that no start is set"
        ),
        sa.Column("end_date", sa.Date(), nullable=True, comment="Last day as printed"),
        sa.Column("enrolment_start_date", sa.Date(), nullable=True, comment="First day to enrol as printed"),
        sa.Column("enrolment_end_date", sa.Date(), nullable=True, comment="Last day to enrol as printed"),
        sa.Column("location", sa.Text(), nullable=True, comment="Place as printed"),
        sa.Column("language", sa.Text(), nullable=True, comment="Language of teaching, BCP 47"),
        sa.Column("delivery", sa.Text(), nullable=True, comment="How it is delivered (vocabulary delivery)"),
        sa.Column("pacing", sa.Text(), nullable=True, comment="Who sets the pace (vocabulary pacing)"),
        sa.Column("mode_of_study", sa.Text(), nullable=True, comment="Full or part time (vocabulary mode_of_study)"),
        sa.Column("duration_weeks_min", sa.Double(), nullable=True, comment="Shortest duration, in weeks"),
        sa.Column("duration_weeks_max", sa.Double(), nullable=True, comment="Longest duration, in weeks"),
        sa.Column("effort_hours_per_week_min", sa.Double(), nullable=True, comment="Least weekly effort, in hours"),
        sa.Column("effort_hours_per_week_max", sa.Double(), nullable=True, comment="Greatest weekly effort, in hours"),
        sa.Column(
            "offer_state",
            sa.Text(),
            nullable=True,
            comment=(
                "Whether one can enrol, as the source states it (vocabulary offer_state); not whether it is listed"
            ),
        ),
        sa.Column("price_type", sa.Text(), nullable=True, comment="Free, paid ... (vocabulary price_type)"),
        sa.Column(
            "price_amount", sa.Double(), nullable=True, comment="Price in units of price_currency; low end of a range"
        ),
        sa.Column(
            "price_amount_max", sa.Double(), nullable=True, comment="High end of the range; equal for a single price"
        ),
        sa.Column("price_currency", sa.Text(), nullable=True, comment="Currency of the price, ISO 4217"),
        sa.Column(
            "price_period", sa.Text(), nullable=True, comment="Period of a price that recurs (vocabulary price_period)"
        ),
        sa.Column("price_is_from", sa.Boolean(), nullable=True, comment="Whether it is printed as 'from' an amount"),
        sa.Column(
            "certificate_price_amount",
            sa.Double(),
            nullable=True,
            comment="Price of the certificate of an otherwise free programme, in units of price_currency",
        ),
        sa.Column(
            "verbatim",
            sa.JSON(),
            nullable=False,
            comment="The words as printed, under the names of the fields they became (JSON object)",
        ),
        sa.Column(
            "facts_digest",
            sa.Text(),
            nullable=False,
            comment="sha256 of the facts; the verbatim words are not part of it",
        ),
        sa.Column(
            "read_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="Earliest look that read these facts (UTC); the verbatim words are of that look",
        ),
        words(
            "offering_facts",
            "delivery",
            "delivery",
            ("blended coil hybrid joint_delivery online presential project_based research_lab_based work_based"),
        ),
        words("offering_facts", "mode_of_study", "mode_of_study", "full_time part_time dual_training self_paced"),
        words("offering_facts", "offer_state", "offer_state", "open upcoming closed archived"),
        words("offering_facts", "pacing", "pacing", "self_paced instructor_paced"),
        words("offering_facts", "price_period", "price_period", "week month semester year"),
        words(
            "offering_facts",
            "price_type",
            "price_type",
            "free paid subscription free_with_paid_certificate partly_free",
        ),
        sa.ForeignKeyConstraint(["offering_id"], ["offering.id"], name="fk_offering_facts_offering_id"),
        sa.PrimaryKeyConstraint("id", name="pk_offering_facts"),
        sa.UniqueConstraint("offering_id", "facts_digest", name="uq_offering_facts_offering_id_facts_digest"),
        comment="What an offering said, typed; null always means not stated or not understood.",
    )
    op.create_table(
        "programme_role",
        sa.Column("facts_id", sa.Integer(), nullable=False, comment="The facts"),
        sa.Column(
            "position", sa.Integer(), autoincrement=False, nullable=False, comment="Place in the order printed, from 0"
        ),
        sa.Column(
            "role",
            sa.Text(),
            nullable=False,
            comment="developed_by, taught_by, awarded_by or listed_on (vocabulary role)",
        ),
        sa.Column("organisation_id", sa.Integer(), nullable=False, comment="The organisation"),
        sa.Column("ref", sa.Text(), nullable=True, comment="The source's own code for the organisation"),
        sa.Column("url", sa.Text(), nullable=True, comment="Address of the organisation as printed"),
        words("programme_role", "role", "role", "developed_by taught_by awarded_by listed_on"),
        sa.ForeignKeyConstraint(["facts_id"], ["programme_facts.id"], name="fk_programme_role_facts_id"),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation_entry.id"], name="fk_programme_role_organisation_id"
        ),
        sa.PrimaryKeyConstraint("facts_id", "position", name="pk_programme_role"),
        comment="An organisation in a role towards a programme, as one row of its facts states it.",
    )
    op.create_index("ix_programme_role_organisation_id", "programme_role", ["organisation_id"])
    op.create_table(
        "development_evidence_entry",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False, comment="Number of the evidence"),
        sa.Column("programme_id", sa.Integer(), nullable=False, comment="The programme"),
        sa.Column("mode", sa.Text(), nullable=False, comment="How it was developed"),
        sa.Column("rule", sa.Text(), nullable=False, comment="The rule that found it"),
        sa.Column("evidence", sa.Text(), nullable=False, comment="The words it was found in"),
        sa.Column("field", sa.Text(), nullable=False, comment="The field those words stand in"),
        sa.Column("page_url", sa.Text(), nullable=True, comment="The page those words stand on"),
        sa.Column("confidence", sa.Double(), nullable=False, comment="How sure the rule is, 0-1"),
        sa.CheckConstraint(
            "confidence between 0 and 1", name=op.f("ck_development_evidence_entry_confidence_is_a_share")
        ),
        sa.ForeignKeyConstraint(["programme_id"], ["programme.id"], name="fk_development_evidence_entry_programme_id"),
        sa.PrimaryKeyConstraint("id", name="pk_development_evidence_entry"),
        comment=("Evidence of how a programme was developed: one row a mode and rule. Empty until rules exist."),
    )
    op.create_index("ix_development_evidence_entry_programme_id", "development_evidence_entry", ["programme_id"])
