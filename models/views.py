"""The views: the stable public face of the database, the same on SQLite and PostgreSQL.

They are dropped before and made after the migrations of every upgrade, from the texts here; a changed view therefore
needs a revision (it may be empty). Texts of columns that a table has are those of the table.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, text

from models.link_views import (
    CREDENTIAL,
    CREDENTIAL_NOW,
    CREDENTIAL_TEXT,
    FIRST_LISTED,
    LINKS,
    LISTED_LAST,
    counted,
)
from models.units import OFFERING, PROGRAMME, table
from models.view_columns import (
    CLASSIFIED,
    FIRST,
    HEALTH,
    LINKED,
    LISTED_BY_SOURCE,
    LISTED_NOW,
    NARROW,
    NOW,
    OFFERING_FACTS,
    OFFERING_IDENTITY,
    OFFERING_PRICED,
    OFFERINGS,
    OPEN_PROBLEMS,
    ORGANISATION,
    ORGANISATIONS,
    PROBLEM,
    PROGRAMME_FACTS,
    PROGRAMME_IDENTITY,
    PROGRAMMES,
    PROGRAMMES_CLASSIFIED,
    PROGRAMMES_NOW,
    ROLE,
    ROLE_COUNTS,
    ROLES,
    ROLES_KNOWN,
    RUN,
    SOURCE,
    TREND,
    UNREAD,
    UNREAD_ONE_BY_ONE,
    VERSION,
    WINDOW,
    Columns,
    of_table,
    or_offerings,
)


@dataclass(frozen=True, slots=True)
class View:
    """A view: its meaning, its columns with theirs, in order, and the select it stands for."""

    name: str
    comment: str
    columns: Mapping[str, str]
    sql: str


def _view(name: str, comment: str, columns: Columns, rest: str) -> View:
    selected = ",\n  ".join(f"{sql} as {column}" for column, (sql, _) in columns.items())
    texts = {column: meaning for column, (_, meaning) in columns.items()}
    return View(name=name, comment=comment, columns=texts, sql=f"select\n  {selected}\n{rest}")


_ALL = (
    _view(
        "programme_current",
        "Programmes listed now, one row each, with the facts in force. Those missed once are among them; those "
        "withdrawn are not (see programme_history).",
        {
            **LISTED_NOW, **of_table(PROGRAMME.table("version"), "v", ["valid_from"]),
            **or_offerings(PROGRAMME_FACTS), **or_offerings(CLASSIFIED),
            **{name: (f"l.{name}", meaning) for name, meaning in NARROW.items()}, **ROLES,
            **of_table(PROGRAMME.table("version"), "v", ["complete"]),
            **of_table(table("offering_summary"), "u", ["offerings"]),
        },
        PROGRAMMES_NOW,
    ),
    _view(
        "programme_history",
        "Every version of every programme, withdrawn ones included. Only the cause look is a change at the source.",
        {
            **SOURCE, **PROGRAMME_IDENTITY, **of_table(PROGRAMME.table("version"), "v", VERSION), **FIRST, **WINDOW,
            **PROGRAMME_FACTS, **CLASSIFIED, **ROLES,
        },
        PROGRAMMES_CLASSIFIED,
    ),
    _view(
        "offering_current",
        "Offerings (runs of programmes) listed now, one row each, with the facts in force.",
        {**SOURCE, **OFFERING_IDENTITY, **WINDOW, **of_table(OFFERING.table("version"), "v", ["valid_from"]),
         **OFFERING_FACTS, **OFFERING_PRICED},
        OFFERINGS + NOW,
    ),
    _view(
        "credential",
        "The listings of every credential that was ever listed, one row a listing, with the title printed last; "
        "listings that are linked as one have the same credential_id. `microcred links` brings it up to date.",
        {
            "credential_id": (CREDENTIAL, CREDENTIAL_TEXT),
            **SOURCE, **PROGRAMME_IDENTITY,
            "programme_key": (
                "coalesce(m.programme_key, p.ref)", table("programme_credential").c.programme_key.comment or ""
            ),
            **of_table(PROGRAMME.table("facts"), "f", ["title", "kind", "url"]),
            "listing_state": WINDOW["listing_state"],
            "first_seen_at": ("o.opened_at", "First look that saw the listing (UTC)"),
            **{name: WINDOW[name] for name in ("last_seen_at", "withdrawn_at")},
        },
        f"{PROGRAMMES}\n{LISTED_LAST}",
    ),
    _view(
        "credential_current",
        "Credentials to be had now, one row each: listings of several catalogues that are linked count once. The words "
        "are those of the institution's own listing, else of a register, a consortium, a platform or an employer; of "
        "several, of the one listed longest. All listings stand in credential.",
        {
            "credential_id": (CREDENTIAL_NOW, CREDENTIAL_TEXT),
            **{name: LISTED_NOW[name] for name in ("source", "source_kind", "source_country", "programme_id", "ref")},
            **of_table(PROGRAMME.table("facts"), "f", [
                "title", "kind", "credential_label", "platform_level", "eqf_level", "credits_value", "credits_unit",
                "ects",
            ]),
            **{role: ROLES[role] for role in ("awarded_by", "taught_by")},
            "listings": (counted("*"), "How many listings of it are listed now, runs of one course among them"),
            "sources": (counted("distinct z.source"), "How many catalogues list it now"),
        },
        FIRST_LISTED,
    ),
    _view(
        "credential_link_current",
        "Why listings count as one credential, or may: one row a pair that is linked, was cut, waits for a person, or "
        "that a person decided is two. The listing that is the first by source and code stands first.",
        LINKED,
        LINKS,
    ),
    _view(
        "organisation",
        "Organisations that programmes listed now name, with how many in each role; a name that no rule knows is a row "
        "of its own.",
        {**ORGANISATION, **ROLE_COUNTS},
        ORGANISATIONS,
    ),
    _view(
        "role_current",
        "The organisations of programmes listed now, one row a role: as printed, and what they are.",
        {**of_table(table("programme"), "p", ["source"]), **PROGRAMME_IDENTITY, **ROLE},
        f"{ROLES_KNOWN}\njoin programme_version v on v.facts_id = r.facts_id and v.valid_to is null\n"
        "join programme p on p.id = v.programme_id",
    ),
    _view(
        "development_evidence",
        "How programmes were developed and why we say so: one row a mode and rule, of every version.",
        {**of_table(table("programme"), "p", ["source"]), **PROGRAMME_IDENTITY,
         **of_table(PROGRAMME.table("facts"), "f", ["title"]),
         **of_table(table("development_evidence_entry"), "e", ["mode", "rule", "evidence", "field", "confidence"]),
         **of_table(PROGRAMME.table("facts"), "f", ["page_url"]),
         **of_table(PROGRAMME.table("version"), "v", ["version_number", "valid_from", "valid_to"]),
         "is_current": ("v.valid_to is null", "Whether the version is in force")},
        "from development_evidence_entry e\njoin programme_facts f on f.id = e.facts_id\n"
        "join programme p on p.id = f.programme_id\njoin programme_version v on v.facts_id = f.id",
    ),
    _view(
        "open_problem",
        "What is not understood now: problems of the last run of each source, and words and prices of programmes and "
        "offerings listed now that no rule of classification knows.",
        PROBLEM,
        OPEN_PROBLEMS,
    ),
    _view(
        "run_log",
        "Every run of every source: its outcome, why, and what it changed.",
        of_table(table("run"), "r", RUN),
        "from run r",
    ),
    _view(
        "source_health",
        "Every source that was ever harvested: its last run, its last complete look, and what waits for a decision.",
        HEALTH,
        "from source s\njoin run r on r.source = s.slug\n"  # noqa: S608 - our words
        f"  and r.as_of = (select max(l.as_of) from run l where l.source = s.slug)\n{LISTED_BY_SOURCE}",
    ),
    _view(
        "trend",
        "The figures of the snapshots taken last: one of each day, period, day of knowledge and definition. Figures of "
        "two method versions are not one series.",
        TREND,
        "from trend_row t\njoin snapshot n on n.id = t.snapshot_id\n"
        "where n.taken_at = (select max(x.taken_at) from snapshot x\n"
        "  where x.as_of = n.as_of and x.period_start = n.period_start and x.known_at = n.known_at\n"
        "    and x.definition = n.definition)",
    ),
)  # fmt: skip

VIEWS: Mapping[str, View] = {view.name: view for view in _ALL}


def drop_views(connection: Connection) -> None:
    """Drop all views, so that the tables below them can change."""
    for name in VIEWS:
        connection.execute(text(f"drop view if exists {name}"))


def create_views(connection: Connection) -> None:
    """Make all views, and on PostgreSQL, which can hold them, their texts."""
    for view in VIEWS.values():
        if connection.dialect.name != "postgresql":
            connection.exec_driver_sql(f"create view {view.name} as\n{view.sql}")
            continue
        of_postgresql = view.sql.replace(UNREAD, UNREAD_ONE_BY_ONE)
        connection.exec_driver_sql(f"create view {view.name} as\n{of_postgresql}")
        connection.exec_driver_sql(f"comment on view {view.name} is {_quoted(view.comment)}")
        for column, meaning in view.columns.items():
            connection.exec_driver_sql(f"comment on column {view.name}.{column} is {_quoted(meaning)}")


def _quoted(words: str) -> str:
    return "'" + words.replace("'", "''") + "'"
