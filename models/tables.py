"""The tables, with the meaning of every column beside it. Texts here are the data dictionary; nothing repeats them.

Evidence and what is derived from it are kept apart (docs/decisions/0003): ``*_span`` and ``*_sighting`` say what was
seen, ``*_window`` and ``*_version`` are derived from them by ``models.history`` and can be thrown away.
Facts of programmes and offerings stand in ``models.fact_tables``.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, MetaData, UniqueConstraint, false
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from models.columns import Json, PlainText, UtcDateTime, one_of
from models.records import Origin, Outcome, Stage

NAMES = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """The base of all tables: text is made storable, times are aware and in UTC, mappings and lists are JSON."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy's own attribute
        str: PlainText,
        datetime: UtcDateTime,
        dict[str, Any]: Json,
        list[Any]: Json,
    }


def words_of(column: str, words: type[Origin | Outcome | Stage]) -> CheckConstraint:
    """Return the constraint that ``column`` holds a value of an enumeration of ``models.records``."""
    values = ", ".join(f"'{word.value}'" for word in words)
    return CheckConstraint(f"{column} in ({values})", name=f"{column}_is_known")


class Source(Base):
    """A catalogue, as declared in its ``source.toml`` at its last run."""

    __tablename__ = "source"
    __table_args__ = (
        one_of("kind", "source_kind"),
        one_of("cadence", "cadence"),
        {"comment": "A catalogue that is harvested, as its source.toml declared it at the last run stored."},
    )

    slug: Mapped[str] = mapped_column(primary_key=True, comment="Short name; the folder under scrapers/sources")
    name: Mapped[str] = mapped_column(comment="Name for people")
    kind: Mapped[str] = mapped_column(comment="What kind of catalogue (vocabulary source_kind)")
    country: Mapped[str] = mapped_column(comment="Country of the catalogue, ISO 3166-1 alpha-2")
    language: Mapped[str] = mapped_column(comment="Main language of the catalogue, BCP 47")
    cadence: Mapped[str] = mapped_column(comment="How often it should be looked at (vocabulary cadence)")
    lists_everything: Mapped[bool] = mapped_column(
        comment="Whether one run lists the whole catalogue, so that absence can mean withdrawal"
    )
    terms_url: Mapped[str] = mapped_column(comment="Where the terms of use stand")
    terms_checked: Mapped[date] = mapped_column(comment="Day on which somebody looked for the terms")
    terms_note: Mapped[str] = mapped_column(comment="How far the terms were read and what they say")
    evidence: Mapped[str] = mapped_column(
        comment="How the format is known: documented, recorded, third-party or assumed"
    )
    evidence_note: Mapped[str] = mapped_column(comment="Details of that evidence")
    retired: Mapped[date | None] = mapped_column(comment="Day since which the catalogue is no longer served")
    declared_at: Mapped[datetime] = mapped_column(comment="as_of of the run whose declaration this is")


class Run(Base):
    """One walk over a source and what came of it."""

    __tablename__ = "run"
    __table_args__ = (
        UniqueConstraint("source", "as_of"),
        words_of("outcome", Outcome),
        words_of("origin", Origin),
        {"comment": "One walk over a source: its outcome, why, and what it changed when it was loaded."},
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, comment="Number of the run")
    source: Mapped[str] = mapped_column(ForeignKey("source.slug"), comment="The source")
    as_of: Mapped[datetime] = mapped_column(comment="Time the look speaks for (UTC)")
    origin: Mapped[str] = mapped_column(
        server_default=Origin.LIVE.value,
        comment="Where its pages come from: live, replay (a recording), wayback, common_crawl or warc (files)",
    )
    started_at: Mapped[datetime] = mapped_column(comment="When the work began (UTC)")
    finished_at: Mapped[datetime] = mapped_column(comment="When the work ended (UTC)")
    outcome: Mapped[str] = mapped_column(comment="ok, unchanged, partial, suspect, blocked or failed")
    reason: Mapped[str] = mapped_column(comment="Why this outcome, in words a person can act on; may be empty")
    accepted_reason: Mapped[str | None] = mapped_column(comment="Why a suspect run was loaded after all")
    code_version: Mapped[str] = mapped_column(comment="Version of the code and word lists that read the pages")
    listings: Mapped[int] = mapped_column(comment="Listings read, after duplicates were dropped")
    programmes: Mapped[int] = mapped_column(comment="Different programmes read")
    offerings: Mapped[int] = mapped_column(comment="Offerings read")
    new: Mapped[int] = mapped_column(comment="Programmes first seen in this run, when it was loaded; all of a baseline")
    changed: Mapped[int] = mapped_column(comment="Programmes whose facts changed at the source, when it was loaded")
    missing: Mapped[int] = mapped_column(comment="Programmes this run was the first to miss, when it was loaded")
    withdrawn: Mapped[int] = mapped_column(comment="Programmes whose withdrawal this run confirmed, when it was loaded")
    problems: Mapped[int] = mapped_column(comment="Problems met")
    duplicates: Mapped[int] = mapped_column(comment="Listings that repeated another word for word and were dropped")
    rejected: Mapped[int] = mapped_column(comment="Entries that could not be read as listings")
    by_kind: Mapped[dict[str, Any]] = mapped_column(comment="Listings by listing kind (JSON object)")
    robots: Mapped[dict[str, Any]] = mapped_column(comment="Decision of each host's robots.txt (JSON object)")
    incomplete: Mapped[list[Any]] = mapped_column(
        comment="Why the walk cannot have seen everything, apart from failed pages (JSON list)"
    )
    signals: Mapped[dict[str, Any]] = mapped_column(
        server_default="{}",
        comment="What the signals of the walk said, and how often they were right, by kind (JSON object)",
    )


class Capture(Base):
    """One archived response of a run."""

    __tablename__ = "capture"
    __table_args__ = (
        Index("ix_capture_run_id_unchanged", "run_id", "unchanged"),
        {"comment": "One response: where it came from and where it lies in the archive."},
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, comment="Number of the capture")
    run_id: Mapped[int] = mapped_column(ForeignKey("run.id"), comment="The run that asked for the page")
    position: Mapped[int] = mapped_column(comment="Place in the order of the walk, from 0")
    url: Mapped[str] = mapped_column(comment="Address asked for")
    final_url: Mapped[str] = mapped_column(comment="Address that answered after redirects")
    at: Mapped[datetime] = mapped_column(comment="When it was fetched (UTC)")
    status: Mapped[int] = mapped_column(comment="HTTP status")
    content_type: Mapped[str] = mapped_column(comment="Content-Type as sent; empty if none")
    digest: Mapped[str] = mapped_column(comment="sha256 of the body, with the prefix sha256:")
    unchanged: Mapped[bool] = mapped_column(comment="Whether the body is that of the last archived capture of the URL")
    warc_file: Mapped[str | None] = mapped_column(comment="WARC file, relative to the archive, that holds the body")
    warc_offset: Mapped[int | None] = mapped_column(comment="Byte offset of the record that holds the body")
    warc_length: Mapped[int | None] = mapped_column(comment="Length of that record in bytes")
    etag: Mapped[str | None] = mapped_column(comment="ETag as sent")
    last_modified: Mapped[str | None] = mapped_column(comment="Last-Modified as sent")
    signal: Mapped[str | None] = mapped_column(
        comment="What a cheaper document said of the page: kind and value (docs/decisions/0023); null if none "
        "spoke of it"
    )
    vouched: Mapped[bool] = mapped_column(
        server_default=false(),
        comment="Whether the page was not asked for because its signal stood still; the answer is the last real one",
    )


class PageFailed(Base):
    """A page that was due and could not be had or read."""

    __tablename__ = "page_failure"
    __table_args__ = ({"comment": "A page that was due in a run and could not be had or read."},)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, comment="Number of the failure")
    run_id: Mapped[int] = mapped_column(ForeignKey("run.id"), index=True, comment="The run")
    url: Mapped[str] = mapped_column(comment="Address asked for")
    at: Mapped[datetime] = mapped_column(comment="When it failed (UTC)")
    status: Mapped[int | None] = mapped_column(comment="HTTP status, if there was an answer")
    reason: Mapped[str] = mapped_column(comment="What went wrong")


class ProblemMet(Base):
    """Something a rule did not understand, with the words as printed."""

    __tablename__ = "problem"
    __table_args__ = (
        words_of("stage", Stage),
        one_of("code", "problem_code"),
        {"comment": "Something a rule did not understand in a run, with the words as printed."},
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, comment="Number of the problem")
    run_id: Mapped[int] = mapped_column(ForeignKey("run.id"), index=True, comment="The run")
    stage: Mapped[str] = mapped_column(comment="fetch, parse, normalise or judge")
    code: Mapped[str] = mapped_column(comment="What kind of problem (vocabulary problem_code)")
    field: Mapped[str | None] = mapped_column(comment="Field of the listing concerned")
    words: Mapped[str | None] = mapped_column(comment="The words as printed")
    ref: Mapped[str | None] = mapped_column(comment="The source's code of the listing concerned")
    url: Mapped[str | None] = mapped_column(comment="Page concerned")
    message: Mapped[str] = mapped_column(comment="What happened, for a person")


class OrganisationEntry(Base):
    """An organisation as printed; one institution printed in two ways is two entries."""

    __tablename__ = "organisation_entry"
    __table_args__ = (
        one_of("kind", "organisation_kind"),
        {"comment": "An organisation as printed: name, kind and country together; two spellings are two entries."},
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, comment="Number of the organisation")
    key: Mapped[str] = mapped_column(unique=True, comment="sha256 of name, kind and country as printed")
    name: Mapped[str] = mapped_column(comment="Name as printed")
    kind: Mapped[str | None] = mapped_column(comment="Kind, if the source says so (vocabulary organisation_kind)")
    country: Mapped[str | None] = mapped_column(comment="Country, if the source says so; ISO 3166-1 alpha-2")


class Programme(Base):
    """A programme as one source lists it: its identity only; what it says stands in ``programme_facts``."""

    __tablename__ = "programme"
    __table_args__ = (
        UniqueConstraint("source", "ref"),
        {"comment": "A programme as one source lists it: identity only; its facts change, this row never does."},
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, comment="Number of the programme")
    source: Mapped[str] = mapped_column(ForeignKey("source.slug"), comment="The source that lists it")
    ref: Mapped[str] = mapped_column(comment="The source's own code for it")


class Offering(Base):
    """One run of a programme: its identity only."""

    __tablename__ = "offering"
    __table_args__ = (
        UniqueConstraint("programme_id", "ref"),
        {"comment": "One run of a programme (a start, an intake): identity only."},
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, comment="Number of the offering")
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"), comment="The programme it is a run of")
    ref: Mapped[str] = mapped_column(comment="The source's own code for it, unique within the programme")


class Snapshot(Base):
    """One measurement of the history as of a day."""

    __tablename__ = "snapshot"
    __table_args__ = (
        Index("ix_snapshot_as_of_period_start", "as_of", "period_start"),
        one_of("definition", "definition"),
        {"comment": "One measurement of the history as of the end of a day; the same history gives the same id."},
    )

    id: Mapped[str] = mapped_column(primary_key=True, comment="Digest of everything the snapshot holds")
    as_of: Mapped[date] = mapped_column(comment="Day whose end is measured (UTC)")
    known_at: Mapped[date] = mapped_column(
        comment="Day up to whose end looks are used (UTC): as_of itself as known then, a later day for revised figures"
    )
    period_start: Mapped[date] = mapped_column(comment="Flows count after the end of this day (UTC)")
    definition: Mapped[str] = mapped_column(
        comment="Under which definition classes and populations are meant (vocabulary definition)"
    )
    method_version: Mapped[str] = mapped_column(
        comment="Version of the method in trends.method; figures of two versions are not one series"
    )
    code_version: Mapped[str] = mapped_column(comment="Version of the code that measured")
    coverage: Mapped[list[Any]] = mapped_column(
        comment="How far each source was covered on that day, and what it was in the period: matched, stale, entry or "
        "exit (JSON list)"
    )
    taken_at: Mapped[datetime] = mapped_column(comment="When it was last taken (UTC); the latest of a period is shown")


class TrendRow(Base):
    """One figure of a snapshot."""

    __tablename__ = "trend_row"
    __table_args__ = ({"comment": "One figure of a snapshot; the view trend shows those of the latest snapshots."},)

    snapshot_id: Mapped[str] = mapped_column(ForeignKey("snapshot.id"), primary_key=True, comment="The snapshot")
    population: Mapped[str] = mapped_column(
        primary_key=True, comment="Which classes are counted: all, core, core_and_broad"
    )
    unit: Mapped[str] = mapped_column(
        primary_key=True, comment="What is counted: listing, programme, credential or offering"
    )
    panel: Mapped[str] = mapped_column(
        primary_key=True, comment="Which sources are in: all, or those matched (covered at both ends of the period)"
    )
    cut: Mapped[str] = mapped_column(primary_key=True, comment="By what the figures are divided; total for none")
    cut_value: Mapped[str] = mapped_column(primary_key=True, comment="The category; unknown if nothing is stated")
    measure: Mapped[str] = mapped_column(primary_key=True, comment="What is measured (docs/methodology.md)")
    value: Mapped[float | None] = mapped_column(comment="The figure; null if it cannot be measured")
    low: Mapped[float | None] = mapped_column(comment="Lower bound of the figure, if it has one")
    high: Mapped[float | None] = mapped_column(comment="Upper bound of the figure, if it has one")
    n: Mapped[int] = mapped_column(comment="What the figure is over (docs/methodology.md)")
    missing_share: Mapped[float | None] = mapped_column(comment="Share (0-1) of n that is unknown")
    sources_ok: Mapped[int | None] = mapped_column(
        comment="Sources with a complete look near the day; panel matched: sources matched. Null in method 1"
    )
    sources_stale: Mapped[int | None] = mapped_column(comment="Sources whose last complete look is older")
    sources_missing: Mapped[int | None] = mapped_column(
        comment="Sources without a complete look; panel matched: those present at one end only"
    )
