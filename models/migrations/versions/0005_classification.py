"""What rules make of facts: classes, field, development, organisations, euro; and what offerings state alike now."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.migrations.words import words

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

PROBLEM_CODES = (
    "page_failed host_refused off_host_link paging_stopped page_damaged page_unreadable selector_missing "
    "selector_ambiguous left_out record_invalid duplicate_ref reference_missing total_mismatch "
    "detail_missing unknown_word title_missing unparsed out_of_range ambiguous gate_failed "
    "archive_damaged no_rate"
)
BASES = "stated converted hours_per_week_x_weeks hours_per_part_x_parts hours_per_day_x_days"
CERTIFICATE_MAX = "High end of the price of the certificate; equal for a single price"


def upgrade() -> None:
    op.drop_table("development_evidence_entry")  # it was empty: no rule had filled it
    name = op.f("ck_problem_code_is_problem_code")
    with op.batch_alter_table("problem") as batch:
        batch.drop_constraint(name, type_="check")
        batch.create_check_constraint(name, words("problem", "code", "problem_code", PROBLEM_CODES).sqltext)
    for facts in ("programme_facts", "offering_facts"):
        op.add_column(facts, sa.Column("certificate_price_amount_max", sa.Double(), comment=CERTIFICATE_MAX))
    with op.batch_alter_table("offering_facts") as batch:
        batch.add_column(sa.Column("workload_hours_min", sa.Double(), comment="Least total workload, in hours"))
        batch.add_column(sa.Column("workload_hours_max", sa.Double(), comment="Greatest total workload, in hours"))
        batch.add_column(sa.Column("workload_basis", sa.Text(), comment="Where the hours come from (vocabulary basis)"))
        check = words("offering_facts", "workload_basis", "basis", BASES)
        batch.create_check_constraint(op.f("ck_offering_facts_workload_basis_is_basis"), check.sqltext)
    op.create_table(
        "organisation_entity",
        sa.Column("id", sa.Text(), nullable=False, comment="Our own id: country and name in English"),
        sa.Column("name", sa.Text(), nullable=False, comment="Name"),
        sa.Column("kind", sa.Text(), nullable=False, comment="Kind (vocabulary organisation_kind)"),
        sa.Column("country", sa.Text(), nullable=True, comment="Country, ISO 3166-1 alpha-2"),
        sa.Column("ror", sa.Text(), nullable=True, comment="Id of the Research Organization Registry (ror.org)"),
        sa.CheckConstraint(
            "kind in ('institution', 'platform', 'employer', 'government', 'consortium', 'association')",
            name=op.f("ck_organisation_entity_kind_is_organisation_kind"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation_entity")),
        comment="Derived: an organisation, whatever it is printed as; only those that were met.",
    )
    op.create_table(
        "offering_summary",
        sa.Column("programme_id", sa.Integer(), nullable=False, comment="The programme"),
        sa.Column("offerings", sa.Integer(), nullable=False, comment="How many offerings are listed now"),
        sa.Column(
            "price_type", sa.Text(), nullable=True, comment="Type of price, if all that state one state the same"
        ),
        sa.Column(
            "price_amount",
            sa.Double(),
            nullable=True,
            comment="Lowest price, if all prices have one currency and period",
        ),
        sa.Column("price_amount_max", sa.Double(), nullable=True, comment="Highest price, likewise"),
        sa.Column("price_currency", sa.Text(), nullable=True, comment="Currency of these prices, ISO 4217"),
        sa.Column("price_period", sa.Text(), nullable=True, comment="Period of these prices (vocabulary price_period)"),
        sa.Column("price_eur", sa.Double(), nullable=True, comment="Lowest price in euro, likewise"),
        sa.Column("price_eur_max", sa.Double(), nullable=True, comment="Highest price in euro, likewise"),
        sa.Column(
            "duration_weeks_min", sa.Double(), nullable=True, comment="Shortest duration in weeks, if all are alike"
        ),
        sa.Column(
            "duration_weeks_max", sa.Double(), nullable=True, comment="Longest duration in weeks, if all are alike"
        ),
        sa.Column(
            "effort_hours_per_week_min", sa.Double(), nullable=True, comment="Least weekly hours, if all are alike"
        ),
        sa.Column(
            "effort_hours_per_week_max", sa.Double(), nullable=True, comment="Most weekly hours, if all are alike"
        ),
        sa.Column(
            "workload_hours_min", sa.Double(), nullable=True, comment="Least workload in hours, if all are alike"
        ),
        sa.Column(
            "workload_hours_max", sa.Double(), nullable=True, comment="Greatest workload in hours, if all are alike"
        ),
        sa.Column("workload_basis", sa.Text(), nullable=True, comment="Where the hours come from (vocabulary basis)"),
        sa.Column(
            "delivery", sa.Text(), nullable=True, comment="How they are delivered, if all that state it are alike"
        ),
        sa.CheckConstraint(
            "delivery in ('blended', 'coil', 'hybrid', 'joint_delivery', 'online', 'presential', 'project_based', 'research_lab_based', 'work_based')",
            name=op.f("ck_offering_summary_delivery_is_delivery"),
        ),
        sa.CheckConstraint(
            "price_period in ('week', 'month', 'semester', 'year')",
            name=op.f("ck_offering_summary_price_period_is_price_period"),
        ),
        sa.CheckConstraint(
            "price_type in ('free', 'paid', 'subscription', 'free_with_paid_certificate', 'partly_free')",
            name=op.f("ck_offering_summary_price_type_is_price_type"),
        ),
        sa.CheckConstraint(
            "workload_basis in ('stated', 'converted', 'hours_per_week_x_weeks', 'hours_per_part_x_parts', 'hours_per_day_x_days')",
            name=op.f("ck_offering_summary_workload_basis_is_basis"),
        ),
        sa.ForeignKeyConstraint(["programme_id"], ["programme.id"], name=op.f("fk_offering_summary_programme_id")),
        sa.PrimaryKeyConstraint("programme_id", name=op.f("pk_offering_summary")),
        comment="Derived: what the offerings of a programme that are listed now state alike.",
    )
    op.create_table(
        "development_evidence_entry",
        sa.Column("facts_id", sa.Integer(), nullable=False, comment="The facts"),
        sa.Column(
            "position",
            sa.Integer(),
            autoincrement=False,
            nullable=False,
            comment="From 0, the strongest evidence first",
        ),
        sa.Column("mode", sa.Text(), nullable=False, comment="How it was developed (vocabulary development_mode)"),
        sa.Column("rule", sa.Text(), nullable=False, comment="The rule that found it (docs/classification.md)"),
        sa.Column("evidence", sa.Text(), nullable=False, comment="The words it was found in, as printed"),
        sa.Column(
            "field",
            sa.Text(),
            nullable=False,
            comment="Where those words stand: a column, or statements.<name> and the like",
        ),
        sa.Column(
            "confidence", sa.Double(), nullable=False, comment="Share of right answers expected of the rule, 0-1"
        ),
        sa.CheckConstraint(
            "mode in ('own_unbundled', 'own_within_degree', 'own_combined', 'own_mixed', 'own_new_nondegree', 'partner_gov_platform', 'partner_commercial_platform', 'partner_employer', 'partner_hei_domestic', 'partner_hei_foreign', 'non_hei', 'unknown')",
            name=op.f("ck_development_evidence_entry_mode_is_development_mode"),
        ),
        sa.CheckConstraint(
            "confidence between 0 and 1", name=op.f("ck_development_evidence_entry_confidence_is_a_share")
        ),
        sa.ForeignKeyConstraint(
            ["facts_id"], ["programme_facts.id"], name=op.f("fk_development_evidence_entry_facts_id")
        ),
        sa.PrimaryKeyConstraint("facts_id", "position", name=op.f("pk_development_evidence_entry")),
        comment="Derived: evidence of how a programme was developed, one row a mode and rule.",
    )
    op.create_index(op.f("ix_development_evidence_entry_mode"), "development_evidence_entry", ["mode"], unique=False)
    op.create_table(
        "programme_classification",
        sa.Column("facts_id", sa.Integer(), nullable=False, comment="The facts"),
        sa.Column(
            "rules_version",
            sa.Text(),
            nullable=False,
            comment="Version of the rules that gave this: a digest of their code, tables and libraries",
        ),
        sa.Column(
            "mc_class_eu_2022",
            sa.Text(),
            nullable=False,
            comment="Class (vocabulary mc_class): Council of the European Union, Recommendation of 16 June 2022 (2022/C 243/02)",
        ),
        sa.Column(
            "mc_class_oecd_2021",
            sa.Text(),
            nullable=False,
            comment="Class (vocabulary mc_class): OECD, Micro-credential innovations in higher education (2021)",
        ),
        sa.Column(
            "mc_class_unesco_2022",
            sa.Text(),
            nullable=False,
            comment="Class (vocabulary mc_class): UNESCO, Towards a common definition of micro-credentials (2022)",
        ),
        sa.Column(
            "mc_class_australia_2021",
            sa.Text(),
            nullable=False,
            comment="Class (vocabulary mc_class): Australia, National Microcredentials Framework (2021)",
        ),
        sa.Column(
            "mc_class_new_zealand_2018",
            sa.Text(),
            nullable=False,
            comment="Class (vocabulary mc_class): New Zealand, NZQA rules of 2018: 5 to 40 credits",
        ),
        sa.Column(
            "mc_class_new_zealand_2022",
            sa.Text(),
            nullable=False,
            comment="Class (vocabulary mc_class): New Zealand, NZQA listing rules of 2022: 1 to 40 credits",
        ),
        sa.Column(
            "mc_class_flanders_2023",
            sa.Text(),
            nullable=False,
            comment="Class (vocabulary mc_class): Flanders, framework for micro-credentials (2023): 3 to 20 ECTS",
        ),
        sa.Column(
            "mc_class_estonia_2021",
            sa.Text(),
            nullable=False,
            comment="Class (vocabulary mc_class): Estonia, micro-degrees and micro-credential programmes of universities (since 2021)",
        ),
        sa.Column(
            "mc_class_spain_2023",
            sa.Text(),
            nullable=False,
            comment="Class (vocabulary mc_class): Spain, Plan Microcreds and Royal Decree 822/2021: less than 15 ECTS",
        ),
        sa.Column(
            "mc_class_ontario_2022",
            sa.Text(),
            nullable=False,
            comment="Class (vocabulary mc_class): Ontario, rapid training programmes eligible for student aid (OSAP)",
        ),
        sa.Column(
            "mc_class_finland_2023",
            sa.Text(),
            nullable=False,
            comment="Class (vocabulary mc_class): Finland, small competence wholes of the national register",
        ),
        sa.Column(
            "development_modes",
            sa.JSON(),
            nullable=False,
            comment="How it was developed (vocabulary development_mode; JSON list, ['unknown'] where nothing tells)",
        ),
        sa.Column(
            "isced_broad",
            sa.Text(),
            nullable=True,
            comment="Field of education, ISCED-F 2013, two digits (vocabulary isced_broad)",
        ),
        sa.Column(
            "isced_narrow",
            sa.Text(),
            nullable=True,
            comment="The same, three digits (vocabulary isced_narrow); null if not clear",
        ),
        sa.Column("field_rule", sa.Text(), nullable=True, comment="The rule that gave the field"),
        sa.Column("field_evidence", sa.Text(), nullable=True, comment="The words as printed that tell the field"),
        sa.Column(
            "field_found_in",
            sa.Text(),
            nullable=True,
            comment="Where those words stand: a column, or statements.<name> and the like",
        ),
        sa.Column("field_confidence", sa.Double(), nullable=True, comment="How sure the rule is, 0-1"),
        sa.Column(
            "elements",
            sa.JSON(),
            nullable=False,
            comment="Elements that the listing states (vocabulary listing_element; JSON list)",
        ),
        sa.Column(
            "eu_elements",
            sa.Integer(),
            nullable=False,
            comment="How many of the 13 listing elements of EU Annex I, 0-13",
        ),
        sa.Column("states_assessment", sa.Boolean(), nullable=False, comment="Whether it states assessment"),
        sa.Column(
            "states_quality_assurance", sa.Boolean(), nullable=False, comment="Whether it states quality assurance"
        ),
        sa.Column("states_stackability", sa.Boolean(), nullable=False, comment="Whether it states stackability"),
        sa.Column("states_recognition", sa.Boolean(), nullable=False, comment="Whether it states recognition"),
        sa.Column("states_prerequisites", sa.Boolean(), nullable=False, comment="Whether it states prerequisites"),
        sa.Column("states_supervision", sa.Boolean(), nullable=False, comment="Whether it states supervision"),
        sa.Column(
            "price_eur",
            sa.Double(),
            nullable=True,
            comment="Price in euro at the rate of the day of the look; low end of a range",
        ),
        sa.Column(
            "price_eur_max",
            sa.Double(),
            nullable=True,
            comment="High end of the range in euro; equal for a single price",
        ),
        sa.Column(
            "certificate_price_eur",
            sa.Double(),
            nullable=True,
            comment="Price in euro of the certificate of a free programme",
        ),
        sa.Column(
            "eur_rate",
            sa.Double(),
            nullable=True,
            comment="What one euro was worth in price_currency; null if nothing was converted",
        ),
        sa.Column("eur_rate_date", sa.Date(), nullable=True, comment="Day of that rate of the European Central Bank"),
        sa.Column(
            "price_problem", sa.Text(), nullable=True, comment="Why a price that is printed has no value in euro"
        ),
        sa.Column(
            "price_eur_per_ects",
            sa.Double(),
            nullable=True,
            comment="price_eur divided by ects; null for a price that recurs",
        ),
        sa.Column(
            "price_eur_per_hour",
            sa.Double(),
            nullable=True,
            comment="price_eur divided by the middle of the hours of workload; likewise",
        ),
        sa.CheckConstraint(
            "isced_broad in ('00', '01', '02', '03', '04', '05', '06', '07', '08', '09', '10')",
            name=op.f("ck_programme_classification_isced_broad_is_isced_broad"),
        ),
        sa.CheckConstraint(
            "isced_narrow in ('001', '002', '003', '011', '018', '021', '022', '023', '028', '031', '032', '038', '041', '042', '048', '051', '052', '053', '054', '058', '061', '068', '071', '072', '073', '078', '081', '082', '083', '084', '088', '091', '092', '098', '101', '102', '103', '104', '108')",
            name=op.f("ck_programme_classification_isced_narrow_is_isced_narrow"),
        ),
        sa.CheckConstraint(
            "mc_class_australia_2021 in ('core', 'broad', 'course_only', 'degree', 'unknown')",
            name=op.f("ck_programme_classification_mc_class_australia_2021_is_class"),
        ),
        sa.CheckConstraint(
            "mc_class_estonia_2021 in ('core', 'broad', 'course_only', 'degree', 'unknown')",
            name=op.f("ck_programme_classification_mc_class_estonia_2021_is_class"),
        ),
        sa.CheckConstraint(
            "mc_class_eu_2022 in ('core', 'broad', 'course_only', 'degree', 'unknown')",
            name=op.f("ck_programme_classification_mc_class_eu_2022_is_class"),
        ),
        sa.CheckConstraint(
            "mc_class_finland_2023 in ('core', 'broad', 'course_only', 'degree', 'unknown')",
            name=op.f("ck_programme_classification_mc_class_finland_2023_is_class"),
        ),
        sa.CheckConstraint(
            "mc_class_flanders_2023 in ('core', 'broad', 'course_only', 'degree', 'unknown')",
            name=op.f("ck_programme_classification_mc_class_flanders_2023_is_class"),
        ),
        sa.CheckConstraint(
            "mc_class_new_zealand_2018 in ('core', 'broad', 'course_only', 'degree', 'unknown')",
            name=op.f("ck_programme_classification_mc_class_new_zealand_2018_is_class"),
        ),
        sa.CheckConstraint(
            "mc_class_new_zealand_2022 in ('core', 'broad', 'course_only', 'degree', 'unknown')",
            name=op.f("ck_programme_classification_mc_class_new_zealand_2022_is_class"),
        ),
        sa.CheckConstraint(
            "mc_class_oecd_2021 in ('core', 'broad', 'course_only', 'degree', 'unknown')",
            name=op.f("ck_programme_classification_mc_class_oecd_2021_is_class"),
        ),
        sa.CheckConstraint(
            "mc_class_ontario_2022 in ('core', 'broad', 'course_only', 'degree', 'unknown')",
            name=op.f("ck_programme_classification_mc_class_ontario_2022_is_class"),
        ),
        sa.CheckConstraint(
            "mc_class_spain_2023 in ('core', 'broad', 'course_only', 'degree', 'unknown')",
            name=op.f("ck_programme_classification_mc_class_spain_2023_is_class"),
        ),
        sa.CheckConstraint(
            "mc_class_unesco_2022 in ('core', 'broad', 'course_only', 'degree', 'unknown')",
            name=op.f("ck_programme_classification_mc_class_unesco_2022_is_class"),
        ),
        sa.CheckConstraint(
            "eu_elements between 0 and 13", name=op.f("ck_programme_classification_eu_elements_are_counted")
        ),
        sa.CheckConstraint(
            "field_confidence between 0 and 1", name=op.f("ck_programme_classification_field_confidence_is_a_share")
        ),
        sa.ForeignKeyConstraint(
            ["facts_id"], ["programme_facts.id"], name=op.f("fk_programme_classification_facts_id")
        ),
        sa.PrimaryKeyConstraint("facts_id", name=op.f("pk_programme_classification")),
        comment="Derived: what rules make of the facts of a programme; made anew when the rules change.",
    )
    op.create_table(
        "programme_organisation",
        sa.Column("facts_id", sa.Integer(), nullable=False, comment="The facts"),
        sa.Column(
            "position",
            sa.Integer(),
            autoincrement=False,
            nullable=False,
            comment="Place in the order printed, from 0, as in programme_role",
        ),
        sa.Column("entity_id", sa.Text(), nullable=True, comment="The organisation; null if the name is not known"),
        sa.Column("kind", sa.Text(), nullable=True, comment="Its kind (vocabulary organisation_kind), as far as known"),
        sa.Column("country", sa.Text(), nullable=True, comment="Its country as far as known, ISO 3166-1 alpha-2"),
        sa.Column("rule", sa.Text(), nullable=True, comment="The rule that says so; null if nothing is known"),
        sa.Column("confidence", sa.Double(), nullable=True, comment="How sure the rule is, 0-1"),
        sa.CheckConstraint(
            "kind in ('institution', 'platform', 'employer', 'government', 'consortium', 'association')",
            name=op.f("ck_programme_organisation_kind_is_organisation_kind"),
        ),
        sa.CheckConstraint("confidence between 0 and 1", name=op.f("ck_programme_organisation_confidence_is_a_share")),
        sa.ForeignKeyConstraint(
            ["entity_id"], ["organisation_entity.id"], name=op.f("fk_programme_organisation_entity_id")
        ),
        sa.ForeignKeyConstraint(["facts_id"], ["programme_facts.id"], name=op.f("fk_programme_organisation_facts_id")),
        sa.PrimaryKeyConstraint("facts_id", "position", name=op.f("pk_programme_organisation")),
        comment="Derived: what the organisation of a row of programme_role is.",
    )
    op.create_index(op.f("ix_programme_organisation_entity_id"), "programme_organisation", ["entity_id"], unique=False)
    op.create_table(
        "unread_word",
        sa.Column("facts_id", sa.Integer(), nullable=False, comment="The facts"),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False, comment="From 0"),
        sa.Column(
            "lookup",
            sa.Text(),
            nullable=False,
            comment="The lookup of the source that could hold them: field or organisation",
        ),
        sa.Column("words", sa.Text(), nullable=False, comment="The words as printed"),
        sa.ForeignKeyConstraint(["facts_id"], ["programme_facts.id"], name=op.f("fk_unread_word_facts_id")),
        sa.PrimaryKeyConstraint("facts_id", "position", name=op.f("pk_unread_word")),
        comment="Derived: words of a programme's facts that no rule of classification knows.",
    )
    op.create_table(
        "offering_classification",
        sa.Column("facts_id", sa.Integer(), nullable=False, comment="The facts"),
        sa.Column(
            "rules_version",
            sa.Text(),
            nullable=False,
            comment="Version of the rules that gave this: a digest of their code, tables and libraries",
        ),
        sa.Column(
            "price_eur",
            sa.Double(),
            nullable=True,
            comment="Price in euro at the rate of the day of the look; low end of a range",
        ),
        sa.Column(
            "price_eur_max",
            sa.Double(),
            nullable=True,
            comment="High end of the range in euro; equal for a single price",
        ),
        sa.Column(
            "certificate_price_eur",
            sa.Double(),
            nullable=True,
            comment="Price in euro of the certificate of a free programme",
        ),
        sa.Column(
            "eur_rate",
            sa.Double(),
            nullable=True,
            comment="What one euro was worth in price_currency; null if nothing was converted",
        ),
        sa.Column("eur_rate_date", sa.Date(), nullable=True, comment="Day of that rate of the European Central Bank"),
        sa.Column(
            "price_problem", sa.Text(), nullable=True, comment="Why a price that is printed has no value in euro"
        ),
        sa.ForeignKeyConstraint(["facts_id"], ["offering_facts.id"], name=op.f("fk_offering_classification_facts_id")),
        sa.PrimaryKeyConstraint("facts_id", name=op.f("pk_offering_classification")),
        comment="Derived: the price of an offering in euro.",
    )
