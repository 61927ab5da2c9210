"""The views: the stable public face of the database, the same on SQLite and PostgreSQL.

They are dropped before and made after the migrations of every upgrade, from the texts here; a changed view therefore
needs a revision (it may be empty). Texts of columns that a table has are those of the table.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import JSON, Connection, Table, text

from models.classification_tables import DEFAULT_DEFINITION, class_column
from models.link_views import (
    CREDENTIAL,
    CREDENTIAL_NOW,
    CREDENTIAL_TEXT,
    FIRST_LISTED,
    LINK_STATE,
    LINK_STATE_TEXT,
    LINKS,
    LISTED_LAST,
    counted,
    last_title,
)
from models.units import OFFERING, PROGRAMME, table

_Columns = Mapping[str, tuple[str, str]]
"""Name of each column -> its SQL and its meaning."""


@dataclass(frozen=True, slots=True)
class View:
    """A view: its meaning, its columns with theirs, in order, and the select it stands for."""

    name: str
    comment: str
    columns: Mapping[str, str]
    sql: str


def _view(name: str, comment: str, columns: _Columns, rest: str) -> View:
    selected = ",\n  ".join(f"{sql} as {column}" for column, (sql, _) in columns.items())
    texts = {column: meaning for column, (_, meaning) in columns.items()}
    return View(name=name, comment=comment, columns=texts, sql=f"select\n  {selected}\n{rest}")


def _of(source: Table, alias: str, names: Iterable[str] | None = None, **renamed: str) -> _Columns:
    """Return columns of a table under the alias it has in the select; ``renamed`` maps a new name to its column."""
    chosen = {name: name for name in names} if names is not None else {}
    return {new: (_sql(source, alias, old), source.c[old].comment or "") for new, old in (chosen | renamed).items()}


def _sql(source: Table, alias: str, name: str) -> str:
    column = f"{alias}.{name}"
    return f"cast({column} as text)" if isinstance(source.c[name].type, JSON) else column


def _facts(unit_facts: Table) -> list[str]:
    hidden = {"id", "programme_id", "offering_id", "facts_digest", "read_at", "page_url"}
    return [column.name for column in unit_facts.columns if column.name not in hidden]


def _named(role: str) -> str:
    """Return the first organisation that facts ``f`` name in a role."""
    return (
        "(select o.name from programme_role r join organisation_entry o on o.id = r.organisation_id "  # noqa: S608 - our words
        f"where r.facts_id = f.id and r.role = '{role}' order by r.position limit 1)"
    )


_LATEST_COMPLETE = "(select max(run.as_of) from run where run.source = p.source and run.outcome in ('ok', 'unchanged'))"
_STATE = (
    "case when w.withdrawn_at is not null then 'withdrawn' when w.missed_at is not null then 'missing' else 'live' end"
)
_STATE_TEXT = "live: seen in the last complete look; missing: not seen in it, still counted as listed; withdrawn: gone"
_SOURCE = {
    **_of(table("programme"), "p", ["source"]),
    **_of(table("source"), "s", source_kind="kind", source_country="country"),
}
_WINDOW: _Columns = {
    "listing_state": (_STATE, _STATE_TEXT),
    "window_number": ("w.window_number", "Which time it is listed, from 1; a return after a withdrawal is the next"),
    "opened_at": ("w.opened_at", "First look that saw it in this window (UTC)"),
    "last_seen_at": (f"coalesce(w.last_seen_at, {_LATEST_COMPLETE})", "Last look that saw it in this window (UTC)"),
    "missed_at": ("w.missed_at", "First complete look that missed it since it was last seen (UTC)"),
    "withdrawn_at": ("w.withdrawn_at", "Complete look, on a later UTC day, that confirmed the absence (UTC)"),
}
_ROLES: _Columns = {
    role: (_named(role), f"First organisation named as {words}; all stand in programme_role")
    for role, words in {
        "developed_by": "its developer",
        "taught_by": "teaching it",
        "awarded_by": "awarding the credential",
        "listed_on": "the catalogue or platform that lists it",
    }.items()
}
_VERSION = ["version_number", "valid_from", "valid_to", "cause", "complete"]
_FIRST: _Columns = {
    "is_first_of_window": (
        "v.valid_from = w.opened_at",
        "Whether it is the first version of its window: an appearance, not a change",
    )
}
_PROGRAMME_IDENTITY = _of(table("programme"), "p", programme_id="id", ref="ref")
_OFFERING_IDENTITY = {
    **_of(table("offering"), "i", offering_id="id", programme_id="programme_id", ref="ref"),
    "programme_ref": ("p.ref", "The source's own code for the programme"),
}
_PROGRAMME_FACTS = _of(PROGRAMME.table("facts"), "f", _facts(PROGRAMME.table("facts")))
_OFFERING_FACTS = _of(OFFERING.table("facts"), "f", _facts(OFFERING.table("facts")))

_PROGRAMME_CLASSIFICATION = table("programme_classification")
_CLASSIFIED: _Columns = {
    "mc_class": (
        f"c.{class_column(DEFAULT_DEFINITION)}",
        f"Class under the definition {DEFAULT_DEFINITION} (vocabulary mc_class); null until classified",
    ),
    **_of(
        _PROGRAMME_CLASSIFICATION,
        "c",
        [name for name in _PROGRAMME_CLASSIFICATION.c.keys() if name not in {"facts_id", "rules_version"}],  # noqa: SIM118 - a collection of columns is no mapping
    ),
    "classified_by": ("c.rules_version", _PROGRAMME_CLASSIFICATION.c.rules_version.comment or ""),
}
_OFFERING_CLASSIFICATION = table("offering_classification")
_OFFERING_PRICED = _of(
    _OFFERING_CLASSIFICATION,
    "c",
    [name for name in _OFFERING_CLASSIFICATION.c.keys() if name not in {"facts_id", "rules_version"}],  # noqa: SIM118
)

_PROGRAMMES = """\
from programme p
join source s on s.slug = p.source
join programme_version v on v.programme_id = p.id
join programme_window w on w.programme_id = p.id and w.window_number = v.window_number
join programme_facts f on f.id = v.facts_id"""
_PROGRAMMES_CLASSIFIED = f"{_PROGRAMMES}\nleft join programme_classification c on c.facts_id = f.id"
_LISTED = table("programme_listed")
_PROGRAMMES_NOW = """\
from programme_listed l
left join source s on s.slug = l.source
left join programme_version v on v.programme_id = l.programme_id and v.version_number = l.version_number
left join programme_window w on w.programme_id = l.programme_id and w.window_number = l.window_number
left join programme_facts f on f.id = l.facts_id
left join programme_classification c on c.facts_id = l.facts_id
left join offering_summary u on u.programme_id = l.programme_id"""
"""All joined rows are there; joined from the left, so that a database leaves out those that are not asked for."""
_LISTED_STATE = "case when l.missed_at is not null then 'missing' else 'live' end"
_LISTED_LATEST = _LATEST_COMPLETE.replace("p.source", "l.source")
_LISTED_NOW: _Columns = {
    **_of(_LISTED, "l", ["source"]),
    **_of(table("source"), "s", source_kind="kind", source_country="country"),
    "programme_id": ("l.programme_id", _PROGRAMME_IDENTITY["programme_id"][1]),
    **_of(_LISTED, "l", ["ref"]),
    **_WINDOW,
    "listing_state": (_LISTED_STATE, _STATE_TEXT),
    **{name: (f"l.{name}", _WINDOW[name][1]) for name in ("window_number", "opened_at", "missed_at")},
    "last_seen_at": (f"coalesce(w.last_seen_at, {_LISTED_LATEST})", _WINDOW["last_seen_at"][1]),
}

_LAST_TITLE = "Its title as printed last"
_LINKED: _Columns = {
    "source": ("p.source", "Source of the one listing"),
    "ref": ("p.ref", "That source's own code for it"),
    "title": (last_title("p"), _LAST_TITLE),
    "other_source": ("q.source", "Source of the other listing"),
    "other_ref": ("q.ref", "That source's own code for it"),
    "other_title": (last_title("q"), _LAST_TITLE),
    **_of(table("credential_link"), "n", ["method", "confidence"]),
    "link_state": (LINK_STATE, LINK_STATE_TEXT),
    **_of(
        table("credential_link"), "n", ["reasons", "cut", "counts_once", "review", "programme_id", "other_programme_id"]
    ),
}

_NO_PRICE = "f.price_type is null and f.price_amount is null and f.certificate_price_amount is null"
_WEEKS = {end: f"coalesce(f.duration_weeks_{end}, u.duration_weeks_{end})" for end in ("min", "max")}
_WEEKLY = {end: f"coalesce(f.effort_hours_per_week_{end}, u.effort_hours_per_week_{end})" for end in ("min", "max")}
_HOURS = {
    end: f"coalesce(f.workload_hours_{end}, u.workload_hours_{end}, "
    f"round(cast({_WEEKS[end]} * {_WEEKLY[end]} as numeric), 1))"
    for end in ("min", "max")
}
_PRICE_COLUMNS = ("price_type", "price_amount", "price_amount_max", "price_currency", "price_period")
_OR_OFFERINGS: Mapping[str, str] = {
    "delivery": "coalesce(f.delivery, u.delivery)",
    **{f"duration_weeks_{end}": sql for end, sql in _WEEKS.items()},
    **{f"effort_hours_per_week_{end}": sql for end, sql in _WEEKLY.items()},
    **{f"workload_hours_{end}": sql for end, sql in _HOURS.items()},
    "workload_basis": f"coalesce(f.workload_basis, u.workload_basis, case when {_HOURS['min']} is not null "
    "then 'hours_per_week_x_weeks' end)",
    **{name: f"case when {_NO_PRICE} then u.{name} else f.{name} end" for name in _PRICE_COLUMNS},
    **{name: f"case when {_NO_PRICE} then u.{name} else c.{name} end" for name in ("price_eur", "price_eur_max")},
    "price_eur_per_ects": f"case when {_NO_PRICE} then case when u.price_period is null and f.ects > 0 "
    "then round(cast(u.price_eur / f.ects as numeric), 2) end else c.price_eur_per_ects end",
    "price_eur_per_hour": f"case when {_NO_PRICE} then case when u.price_period is null and {_HOURS['min']} > 0 "
    f"then round(cast(2 * u.price_eur / ({_HOURS['min']} + {_HOURS['max']}) as numeric), 2) end "
    "else c.price_eur_per_hour end",
}
"""What a programme does not state itself and all its offerings listed now state alike: how it is put together."""


_NARROW = {"kind": _PROGRAMME_FACTS["kind"][1], "mc_class": _CLASSIFIED["mc_class"][1]}
"""Columns of facts and classifications that are kept in the narrow rows too, with their meaning."""


def _or_offerings(columns: _Columns) -> _Columns:
    """Return columns of a programme, those of ``_OR_OFFERINGS`` with the offerings to fall back on."""
    return {
        name: (_OR_OFFERINGS[name], f"{meaning}; else what its offerings listed now state alike")
        if name in _OR_OFFERINGS
        else (sql, meaning)
        for name, (sql, meaning) in columns.items()
    }


_OFFERINGS = """\
from offering i
join programme p on p.id = i.programme_id
join source s on s.slug = p.source
join offering_version v on v.offering_id = i.id
join offering_window w on w.offering_id = i.id and w.window_number = v.window_number
join offering_facts f on f.id = v.facts_id
left join offering_classification c on c.facts_id = f.id"""
_NOW = "\nwhere v.valid_to is null"
"""The version in force: a withdrawn item has none."""

_ROLE_COUNTS: _Columns = {
    role: (f"sum(case when x.role = '{role}' then x.programmes else 0 end)", f"Programmes now listed {words}")
    for role, words in {
        "developed_by": "that it designed",
        "taught_by": "that it teaches",
        "awarded_by": "whose credential it awards",
        "listed_on": "whose catalogue or platform it runs",
    }.items()
}

_ORGANISATION_KIND = "Kind (vocabulary organisation_kind), as far as known"
_ORGANISATION_COUNTRY = "Country, ISO 3166-1 alpha-2, as far as known"
_ORGANISATION: _Columns = {
    **_of(table("organisation_listed"), "x", ["organisation_id"]),
    "name": ("max(coalesce(n.name, o.name))", "Name"),
    "kind": ("max(coalesce(n.kind, nullif(x.kind, ''), o.kind))", _ORGANISATION_KIND),
    "country": ("max(coalesce(n.country, nullif(x.country, ''), o.country))", _ORGANISATION_COUNTRY),
    "ror": ("max(n.ror)", "Id of the Research Organization Registry, where our table has it"),
    "spellings": ("count(distinct o.name)", "In how many ways its name is printed"),
}
_ORGANISATIONS = """\
from organisation_listed x
join organisation_entry o on o.id = x.entry_id
left join organisation_entity n on n.id = x.organisation_id
group by x.organisation_id"""
_ROLE: _Columns = {
    **_of(table("programme_role"), "r", ["role"]),
    **_of(table("organisation_entry"), "o", name_as_printed="name"),
    "organisation_id": ("coalesce(k.entity_id, 'as printed: ' || o.name)", _ORGANISATION["organisation_id"][1]),
    **_of(table("organisation_entity"), "n", ["name"]),
    "kind": ("coalesce(k.kind, o.kind)", _ORGANISATION_KIND),
    "country": ("coalesce(k.country, o.country)", _ORGANISATION_COUNTRY),
    **_of(table("organisation_entity"), "n", ["ror"]),
    **_of(table("programme_organisation"), "k", ["rule", "confidence"]),
}
_ROLES_KNOWN = """\
from organisation_entry o
join programme_role r on r.organisation_id = o.id
left join programme_organisation k on k.facts_id = r.facts_id and k.position = r.position
left join organisation_entity n on n.id = k.entity_id"""

_PROBLEM: _Columns = {
    "source": ("q.source", "The source"),
    "stage": ("q.stage", "fetch, parse, normalise or judge, as in the run; classify for rules of classification"),
    "code": ("q.code", "What kind of problem (vocabulary problem_code)"),
    "field": ("q.field", "The field concerned, which is the name of the lookup that could hold the words"),
    "words": ("q.words", "The words as printed"),
    "ref": ("q.ref", "The source's own code of the programme concerned"),
    "url": ("q.url", "The page concerned"),
    "message": ("q.message", "What happened, for a person"),
}
_UNREAD = "join unread_word u on u.facts_id = l.facts_id"
_UNREAD_ONE_BY_ONE = "cross join lateral (select w.* from unread_word w where w.facts_id = l.facts_id offset 0) u"
"""The same for PostgreSQL, which would read all words of a union before it gives the first page of them."""
_OPEN_PROBLEMS = f"""\
from (
  select r.source, m.stage, m.code, m.field, m.words, m.ref, m.url, m.message
  from problem m join run r on r.id = m.run_id
  where r.as_of = (select max(l.as_of) from run l where l.source = r.source)
  union all
  select l.source, 'classify', 'unknown_word', u.lookup, u.words, l.ref,
    (select f.page_url from programme_facts f where f.id = u.facts_id), 'no rule knows these words'
  from programme_listed l
  {_UNREAD}
  union all
  select l.source, 'classify', 'no_rate', 'price', f.price_currency, l.ref, f.page_url, c.price_problem
  from programme_classification c
  join programme_listed l on l.facts_id = c.facts_id
  left join programme_facts f on f.id = c.facts_id
  where c.price_problem is not null
  union all
  select p.source, 'classify', 'no_rate', 'price', f.price_currency, p.ref, f.url, c.price_problem
  from offering_classification c
  join offering_facts f on f.id = c.facts_id
  join offering_version v on v.facts_id = f.id and v.valid_to is null
  join offering i on i.id = v.offering_id
  join programme p on p.id = i.programme_id
  where c.price_problem is not null
) q"""  # noqa: S608 - our words

_RUN = (
    "source", "as_of", "origin", "outcome", "reason", "accepted_reason", "listings", "programmes", "offerings", "new",
    "changed", "missing", "withdrawn", "problems", "duplicates", "rejected", "by_kind", "started_at", "finished_at",
    "code_version",
)  # fmt: skip


_LISTED_BY_SOURCE = """\
left join (
  select source, count(*) - count(missed_at) as live, count(missed_at) as missing
  from programme_listed group by source
) n on n.source = s.slug"""
"""How many programmes of each source are listed: counted once for all of them."""
_HEALTH: _Columns = {
    "source": ("s.slug", "The source"),
    "name": ("s.name", "Name for people"),
    "last_outcome": ("r.outcome", "Outcome of the last run"),
    "last_run_at": ("r.as_of", "as_of of the last run (UTC)"),
    "last_good_look_at": (
        "(select max(g.as_of) from run g where g.source = s.slug and g.outcome in ('ok', 'unchanged'))",
        "as_of of the last complete look (UTC); null if there is none",
    ),
    "live": ("coalesce(n.live, 0)", "Programmes listed now, as far as the last looks saw"),
    "missing": (
        "coalesce(n.missing, 0)",
        "Programmes the last complete look missed; counted as listed until another confirms it",
    ),
    "waiting": (
        "(select count(*) from run x where x.source = s.slug and x.outcome = 'suspect')",
        "Suspect runs that wait for a decision (microcred accept)",
    ),
    "problems": ("r.problems", "Problems of the last run"),
    "reason": ("r.reason", "Why the last run ended so"),
}

_TREND: _Columns = {
    "snapshot_id": ("t.snapshot_id", "The snapshot, a digest of what it holds"),
    **_of(table("snapshot"), "n", ["as_of", "known_at", "period_start", "definition"]),
    **_of(table("trend_row"), "t", [name for name in table("trend_row").c.keys() if name != "snapshot_id"]),  # noqa: SIM118
    **_of(table("snapshot"), "n", ["method_version"]),
}

_ALL = (
    _view(
        "programme_current",
        "Programmes listed now, one row each, with the facts in force. Those missed once are among them; those "
        "withdrawn are not (see programme_history).",
        {
            **_LISTED_NOW, **_of(PROGRAMME.table("version"), "v", ["valid_from"]),
            **_or_offerings(_PROGRAMME_FACTS), **_or_offerings(_CLASSIFIED),
            **{name: (f"l.{name}", meaning) for name, meaning in _NARROW.items()}, **_ROLES,
            **_of(PROGRAMME.table("version"), "v", ["complete"]),
            **_of(table("offering_summary"), "u", ["offerings"]),
        },
        _PROGRAMMES_NOW,
    ),
    _view(
        "programme_history",
        "Every version of every programme, withdrawn ones included. Only the cause look is a change at the source.",
        {
            **_SOURCE, **_PROGRAMME_IDENTITY, **_of(PROGRAMME.table("version"), "v", _VERSION), **_FIRST, **_WINDOW,
            **_PROGRAMME_FACTS, **_CLASSIFIED, **_ROLES,
        },
        _PROGRAMMES_CLASSIFIED,
    ),
    _view(
        "offering_current",
        "Offerings (runs of programmes) listed now, one row each, with the facts in force.",
        {**_SOURCE, **_OFFERING_IDENTITY, **_WINDOW, **_of(OFFERING.table("version"), "v", ["valid_from"]),
         **_OFFERING_FACTS, **_OFFERING_PRICED},
        _OFFERINGS + _NOW,
    ),
    _view(
        "credential",
        "The listings of every credential that was ever listed, one row a listing, with the title printed last; "
        "listings that are linked as one have the same credential_id. `microcred links` brings it up to date.",
        {
            "credential_id": (CREDENTIAL, CREDENTIAL_TEXT),
            **_SOURCE, **_PROGRAMME_IDENTITY,
            "programme_key": (
                "coalesce(m.programme_key, p.ref)", table("programme_credential").c.programme_key.comment or ""
            ),
            **_of(PROGRAMME.table("facts"), "f", ["title", "kind", "url"]),
            "listing_state": _WINDOW["listing_state"],
            "first_seen_at": ("o.opened_at", "First look that saw the listing (UTC)"),
            **{name: _WINDOW[name] for name in ("last_seen_at", "withdrawn_at")},
        },
        f"{_PROGRAMMES}\n{LISTED_LAST}",
    ),
    _view(
        "credential_current",
        "Credentials to be had now, one row each: listings of several catalogues that are linked count once. The words "
        "are those of the institution's own listing, else of a register, a consortium, a platform or an employer; of "
        "several, of the one listed longest. All listings stand in credential.",
        {
            "credential_id": (CREDENTIAL_NOW, CREDENTIAL_TEXT),
            **{name: _LISTED_NOW[name] for name in ("source", "source_kind", "source_country", "programme_id", "ref")},
            **_of(PROGRAMME.table("facts"), "f", [
                "title", "kind", "credential_label", "platform_level", "eqf_level", "credits_value", "credits_unit",
                "ects",
            ]),
            **{role: _ROLES[role] for role in ("awarded_by", "taught_by")},
            "listings": (counted("*"), "How many listings of it are listed now, runs of one course among them"),
            "sources": (counted("distinct z.source"), "How many catalogues list it now"),
        },
        FIRST_LISTED,
    ),
    _view(
        "credential_link_current",
        "Why listings count as one credential, or may: one row a pair that is linked, was cut, waits for a person, or "
        "that a person decided is two. The listing that is the first by source and code stands first.",
        _LINKED,
        LINKS,
    ),
    _view(
        "organisation",
        "Organisations that programmes listed now name, with how many in each role; a name that no rule knows is a row "
        "of its own.",
        {**_ORGANISATION, **_ROLE_COUNTS},
        _ORGANISATIONS,
    ),
    _view(
        "role_current",
        "The organisations of programmes listed now, one row a role: as printed, and what they are.",
        {**_of(table("programme"), "p", ["source"]), **_PROGRAMME_IDENTITY, **_ROLE},
        f"{_ROLES_KNOWN}\njoin programme_version v on v.facts_id = r.facts_id and v.valid_to is null\n"
        "join programme p on p.id = v.programme_id",
    ),
    _view(
        "development_evidence",
        "How programmes were developed and why we say so: one row a mode and rule, of every version.",
        {**_of(table("programme"), "p", ["source"]), **_PROGRAMME_IDENTITY,
         **_of(PROGRAMME.table("facts"), "f", ["title"]),
         **_of(table("development_evidence_entry"), "e", ["mode", "rule", "evidence", "field", "confidence"]),
         **_of(PROGRAMME.table("facts"), "f", ["page_url"]),
         **_of(PROGRAMME.table("version"), "v", ["version_number", "valid_from", "valid_to"]),
         "is_current": ("v.valid_to is null", "Whether the version is in force")},
        "from development_evidence_entry e\njoin programme_facts f on f.id = e.facts_id\n"
        "join programme p on p.id = f.programme_id\njoin programme_version v on v.facts_id = f.id",
    ),
    _view(
        "open_problem",
        "What is not understood now: problems of the last run of each source, and words and prices of programmes and "
        "offerings listed now that no rule of classification knows.",
        _PROBLEM,
        _OPEN_PROBLEMS,
    ),
    _view(
        "run_log",
        "Every run of every source: its outcome, why, and what it changed.",
        _of(table("run"), "r", _RUN),
        "from run r",
    ),
    _view(
        "source_health",
        "Every source that was ever harvested: its last run, its last complete look, and what waits for a decision.",
        _HEALTH,
        "from source s\njoin run r on r.source = s.slug\n"  # noqa: S608 - our words
        f"  and r.as_of = (select max(l.as_of) from run l where l.source = s.slug)\n{_LISTED_BY_SOURCE}",
    ),
    _view(
        "trend",
        "The figures of the snapshots taken last: one of each day, period, day of knowledge and definition. Figures of "
        "two method versions are not one series.",
        _TREND,
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
        of_postgresql = view.sql.replace(_UNREAD, _UNREAD_ONE_BY_ONE)
        connection.exec_driver_sql(f"create view {view.name} as\n{of_postgresql}")
        connection.exec_driver_sql(f"comment on view {view.name} is {_quoted(view.comment)}")
        for column, meaning in view.columns.items():
            connection.exec_driver_sql(f"comment on column {view.name}.{column} is {_quoted(meaning)}")


def _quoted(words: str) -> str:
    return "'" + words.replace("'", "''") + "'"
