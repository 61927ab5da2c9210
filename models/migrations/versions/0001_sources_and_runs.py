"""Sources, runs, pages, problems, organisations, snapshots."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.migrations.words import words

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "source",
        sa.Column("slug", sa.Text(), nullable=False, comment="Short name; the folder under scrapers/sources"),
        sa.Column("name", sa.Text(), nullable=False, comment="Name for people"),
        sa.Column("kind", sa.Text(), nullable=False, comment="What kind of catalogue (vocabulary source_kind)"),
        sa.Column("country", sa.Text(), nullable=False, comment="Country of the catalogue, ISO 3166-1 alpha-2"),
        sa.Column("language", sa.Text(), nullable=False, comment="Main language of the catalogue, BCP 47"),
        sa.Column(
            "cadence", sa.Text(), nullable=False, comment="How often it should be looked at (vocabulary cadence)"
        ),
        sa.Column(
            "lists_everything",
            sa.Boolean(),
            nullable=False,
            comment="Whether one run lists the whole catalogue, so that absence can mean withdrawal",
        ),
        sa.Column("terms_url", sa.Text(), nullable=False, comment="Where the terms of use stand"),
        sa.Column("terms_checked", sa.Date(), nullable=False, comment="Day on which somebody looked for the terms"),
        sa.Column("terms_note", sa.Text(), nullable=False, comment="How far the terms were read and what they say"),
        sa.Column(
            "evidence",
            sa.Text(),
            nullable=False,
            comment="How the format is known: documented, recorded, third-party or assumed",
        ),
        sa.Column("evidence_note", sa.Text(), nullable=False, comment="Details of that evidence"),
        sa.Column("retired", sa.Date(), nullable=True, comment="Day since which the catalogue is no longer served"),
        sa.Column(
            "declared_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="as_of of the run whose declaration this is",
        ),
        words("source", "cadence", "cadence", "daily weekly monthly quarterly"),
        words(
            "source",
            "kind",
            "source_kind",
            "institution government_platform commercial_platform employer consortium register",
        ),
        sa.PrimaryKeyConstraint("slug", name="pk_source"),
        comment="A catalogue that is harvested, as its source.toml declared it at the last run stored.",
    )
    op.create_table(
        "run",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False, comment="Number of the run"),
        sa.Column("source", sa.Text(), nullable=False, comment="The source"),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False, comment="Time the look speaks for (UTC)"),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False, comment="When the work began (UTC)"),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=False, comment="When the work ended (UTC)"),
        sa.Column("outcome", sa.Text(), nullable=False, comment="ok, unchanged, partial, suspect, blocked or failed"),
        sa.Column(
            "reason", sa.Text(), nullable=False, comment="Why this outcome, in words a person can act on; may be empty"
        ),
        sa.Column("accepted_reason", sa.Text(), nullable=True, comment="Why a suspect run was loaded after all"),
        sa.Column(
            "code_version", sa.Text(), nullable=False, comment="Version of the code and word lists that read the pages"
        ),
        sa.Column("listings", sa.Integer(), nullable=False, comment="Listings read, after duplicates were dropped"),
        sa.Column("programmes", sa.Integer(), nullable=False, comment="Different programmes read"),
        sa.Column("offerings", sa.Integer(), nullable=False, comment="Offerings read"),
        sa.Column(
            "new",
            sa.Integer(),
            nullable=False,
            comment="Programmes first seen in this run, when it was loaded; all of a baseline",
        ),
        sa.Column(
            "changed",
            sa.Integer(),
            nullable=False,
            comment="Programmes whose facts changed at the source, when it was loaded",
        ),
        sa.Column(
            "missing",
            sa.Integer(),
            nullable=False,
            comment="Programmes this run was the first to miss, when it was loaded",
        ),
        sa.Column(
            "withdrawn",
            sa.Integer(),
            nullable=False,
            comment="Programmes whose withdrawal this run confirmed, when it was loaded",
        ),
        sa.Column("problems", sa.Integer(), nullable=False, comment="Problems met"),
        sa.Column(
            "duplicates",
            sa.Integer(),
            nullable=False,
            comment="Listings that repeated another word for word and were dropped",
        ),
        sa.Column("rejected", sa.Integer(), nullable=False, comment="Entries that could not be read as listings"),
        sa.Column("by_kind", sa.JSON(), nullable=False, comment="Listings by listing kind (JSON object)"),
        sa.Column("robots", sa.JSON(), nullable=False, comment="Decision of each host's robots.txt (JSON object)"),
        sa.Column(
            "incomplete",
            sa.JSON(),
            nullable=False,
            comment="Why the walk cannot have seen everything, apart from failed pages (JSON list)",
        ),
        words("run", "outcome", "known", "ok unchanged partial suspect blocked failed"),
        sa.ForeignKeyConstraint(["source"], ["source.slug"], name="fk_run_source"),
        sa.PrimaryKeyConstraint("id", name="pk_run"),
        sa.UniqueConstraint("source", "as_of", name="uq_run_source_as_of"),
        comment="One walk over a source: its outcome, why, and what it changed when it was loaded.",
    )
    op.create_table(
        "capture",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False, comment="Number of the capture"),
        sa.Column("run_id", sa.Integer(), nullable=False, comment="The run that asked for the page"),
        sa.Column("position", sa.Integer(), nullable=False, comment="Place in the order of the walk, from 0"),
        sa.Column("url", sa.Text(), nullable=False, comment="Address asked for"),
        sa.Column("final_url", sa.Text(), nullable=False, comment="Address that answered after redirects"),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, comment="When it was fetched (UTC)"),
        sa.Column("status", sa.Integer(), nullable=False, comment="HTTP status"),
        sa.Column("content_type", sa.Text(), nullable=False, comment="Content-Type as sent; empty if none"),
        sa.Column("digest", sa.Text(), nullable=False, comment="sha256 of the body, with the prefix sha256:"),
        sa.Column(
            "unchanged",
            sa.Boolean(),
            nullable=False,
            comment="Whether the body is that of the last archived capture of the URL",
        ),
        sa.Column(
            "warc_file", sa.Text(), nullable=True, comment="WARC file, relative to the archive, that holds the body"
        ),
        sa.Column("warc_offset", sa.Integer(), nullable=True, comment="Byte offset of the record that holds the body"),
        sa.Column("warc_length", sa.Integer(), nullable=True, comment="Length of that record in bytes"),
        sa.Column("etag", sa.Text(), nullable=True, comment="ETag as sent"),
        sa.Column("last_modified", sa.Text(), nullable=True, comment="Last-Modified as sent"),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name="fk_capture_run_id"),
        sa.PrimaryKeyConstraint("id", name="pk_capture"),
        comment="One response: where it came from and where it lies in the archive.",
    )
    op.create_index("ix_capture_run_id", "capture", ["run_id"])
    op.create_table(
        "page_failure",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False, comment="Number of the failure"),
        sa.Column("run_id", sa.Integer(), nullable=False, comment="The run"),
        sa.Column("url", sa.Text(), nullable=False, comment="Address asked for"),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, comment="When it failed (UTC)"),
        sa.Column("status", sa.Integer(), nullable=True, comment="HTTP status, if there was an answer"),
        sa.Column("reason", sa.Text(), nullable=False, comment="What went wrong"),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name="fk_page_failure_run_id"),
        sa.PrimaryKeyConstraint("id", name="pk_page_failure"),
        comment="A page that was due in a run and could not be had or read.",
    )
    op.create_index("ix_page_failure_run_id", "page_failure", ["run_id"])
    op.create_table(
        "problem",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False, comment="Number of the problem"),
        sa.Column("run_id", sa.Integer(), nullable=False, comment="The run"),
        sa.Column("stage", sa.Text(), nullable=False, comment="fetch, parse, normalise or judge"),
        sa.Column("code", sa.Text(), nullable=False, comment="What kind of problem (vocabulary problem_code)"),
        sa.Column("field", sa.Text(), nullable=True, comment="Field of the listing concerned"),
        sa.Column("words", sa.Text(), nullable=True, comment="The words as printed"),
        sa.Column("ref", sa.Text(), nullable=True, comment="The source's code of the listing concerned"),
        sa.Column("url", sa.Text(), nullable=True, comment="Page concerned"),
        sa.Column("message", sa.Text(), nullable=False, comment="What happened, for a person"),
        words(
            "problem",
            "code",
            "problem_code",
            (
                "page_failed host_refused off_host_link paging_stopped page_damaged page_unreadable "
                "selector_missing selector_ambiguous record_invalid duplicate_ref reference_missing "
                "total_mismatch detail_missing unknown_word title_missing unparsed out_of_range ambiguous "
                "gate_failed archive_damaged"
            ),
        ),
        words("problem", "stage", "known", "fetch parse normalise judge"),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name="fk_problem_run_id"),
        sa.PrimaryKeyConstraint("id", name="pk_problem"),
        comment="Something a rule did not understand in a run, with the words as printed.",
    )
    op.create_index("ix_problem_run_id", "problem", ["run_id"])
    op.create_table(
        "organisation_entry",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False, comment="Number of the organisation"),
        sa.Column("key", sa.Text(), nullable=False, comment="sha256 of name, kind and country as printed"),
        sa.Column("name", sa.Text(), nullable=False, comment="Name as printed"),
        sa.Column(
            "kind", sa.Text(), nullable=True, comment="Kind, if the source says so (vocabulary organisation_kind)"
        ),
        sa.Column("country", sa.Text(), nullable=True, comment="Country, if the source says so; ISO 3166-1 alpha-2"),
        words(
            "organisation_entry",
            "kind",
            "organisation_kind",
            "institution platform employer government consortium association",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_organisation_entry"),
        sa.UniqueConstraint("key", name="uq_organisation_entry_key"),
        comment=("An organisation as printed: name, kind and country together; two spellings are two entries."),
    )
    op.create_table(
        "snapshot",
        sa.Column("id", sa.Text(), nullable=False, comment="Digest of everything the snapshot holds"),
        sa.Column("as_of", sa.Date(), nullable=False, comment="Day whose end is measured (UTC)"),
        sa.Column("period_start", sa.Date(), nullable=False, comment="Flows count after the end of this day (UTC)"),
        sa.Column("method_version", sa.Text(), nullable=False, comment="Version of the definitions in trends.measures"),
        sa.Column("code_version", sa.Text(), nullable=False, comment="Version of the code that measured"),
        sa.Column(
            "coverage", sa.JSON(), nullable=False, comment="How far each source was covered on that day (JSON list)"
        ),
        sa.Column(
            "taken_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="When it was last taken (UTC); the latest of a period is shown",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_snapshot"),
        comment="One measurement of the history as of the end of a day; the same history gives the same id.",
    )
    op.create_index("ix_snapshot_as_of_period_start", "snapshot", ["as_of", "period_start"])
    op.create_table(
        "trend_row",
        sa.Column("snapshot_id", sa.Text(), nullable=False, comment="The snapshot"),
        sa.Column("unit", sa.Text(), nullable=False, comment="What is counted: programme or offering"),
        sa.Column("panel", sa.Text(), nullable=False, comment="Which sources are in: all"),
        sa.Column("cut", sa.Text(), nullable=False, comment="By what the figures are divided; total for none"),
        sa.Column("cut_value", sa.Text(), nullable=False, comment="The category; unknown if nothing is stated"),
        sa.Column("measure", sa.Text(), nullable=False, comment="What is measured (docs/methodology.md)"),
        sa.Column("value", sa.Double(), nullable=False, comment="The figure, a count"),
        sa.Column("n", sa.Integer(), nullable=False, comment="Sum of the measure over all categories of the cut"),
        sa.Column("missing_share", sa.Double(), nullable=True, comment="Share (0-1) of n whose category is unknown"),
        sa.ForeignKeyConstraint(["snapshot_id"], ["snapshot.id"], name="fk_trend_row_snapshot_id"),
        sa.PrimaryKeyConstraint("snapshot_id", "unit", "panel", "cut", "cut_value", "measure", name="pk_trend_row"),
        comment="One figure of a snapshot; the view trend shows those of the latest snapshots.",
    )
