"""The columns and joins that views are put together of: the SQL of each column, and its meaning (``models.views``)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import JSON, Table

from models.classification_tables import DEFAULT_DEFINITION, class_column
from models.link_views import (
    LINK_STATE,
    LINK_STATE_TEXT,
    last_title,
)
from models.units import OFFERING, PROGRAMME, table

Columns = Mapping[str, tuple[str, str]]
"""Name of each column -> its SQL and its meaning."""


def of_table(source: Table, alias: str, names: Iterable[str] | None = None, **renamed: str) -> Columns:
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
SOURCE = {
    **of_table(table("programme"), "p", ["source"]),
    **of_table(table("source"), "s", source_kind="kind", source_country="country"),
}
WINDOW: Columns = {
    "listing_state": (_STATE, _STATE_TEXT),
    "window_number": ("w.window_number", "Which time it is listed, from 1; a return after a withdrawal is the next"),
    "opened_at": ("w.opened_at", "First look that saw it in this window (UTC)"),
    "last_seen_at": (f"coalesce(w.last_seen_at, {_LATEST_COMPLETE})", "Last look that saw it in this window (UTC)"),
    "missed_at": ("w.missed_at", "First complete look that missed it since it was last seen (UTC)"),
    "withdrawn_at": ("w.withdrawn_at", "Complete look, on a later UTC day, that confirmed the absence (UTC)"),
}
ROLES: Columns = {
    role: (_named(role), f"First organisation named as {words}; all stand in programme_role")
    for role, words in {
        "developed_by": "its developer",
        "taught_by": "teaching it",
        "awarded_by": "awarding the credential",
        "listed_on": "the catalogue or platform that lists it",
    }.items()
}
VERSION = ["version_number", "valid_from", "valid_to", "cause", "complete"]
FIRST: Columns = {
    "is_first_of_window": (
        "v.valid_from = w.opened_at",
        "Whether it is the first version of its window: an appearance, not a change",
    )
}
PROGRAMME_IDENTITY = of_table(table("programme"), "p", programme_id="id", ref="ref")
OFFERING_IDENTITY = {
    **of_table(table("offering"), "i", offering_id="id", programme_id="programme_id", ref="ref"),
    "programme_ref": ("p.ref", "The source's own code for the programme"),
}
PROGRAMME_FACTS = of_table(PROGRAMME.table("facts"), "f", _facts(PROGRAMME.table("facts")))
OFFERING_FACTS = of_table(OFFERING.table("facts"), "f", _facts(OFFERING.table("facts")))

_PROGRAMME_CLASSIFICATION = table("programme_classification")
CLASSIFIED: Columns = {
    "mc_class": (
        f"c.{class_column(DEFAULT_DEFINITION)}",
        f"Class under the definition {DEFAULT_DEFINITION} (vocabulary mc_class); null until classified",
    ),
    **of_table(
        _PROGRAMME_CLASSIFICATION,
        "c",
        [name for name in _PROGRAMME_CLASSIFICATION.c.keys() if name not in {"facts_id", "rules_version"}],  # noqa: SIM118 - a collection of columns is no mapping
    ),
    "classified_by": ("c.rules_version", _PROGRAMME_CLASSIFICATION.c.rules_version.comment or ""),
}
_OFFERING_CLASSIFICATION = table("offering_classification")
OFFERING_PRICED = of_table(
    _OFFERING_CLASSIFICATION,
    "c",
    [name for name in _OFFERING_CLASSIFICATION.c.keys() if name not in {"facts_id", "rules_version"}],  # noqa: SIM118
)

PROGRAMMES = """\
from programme p
join source s on s.slug = p.source
join programme_version v on v.programme_id = p.id
join programme_window w on w.programme_id = p.id and w.window_number = v.window_number
join programme_facts f on f.id = v.facts_id"""
PROGRAMMES_CLASSIFIED = f"{PROGRAMMES}\nleft join programme_classification c on c.facts_id = f.id"
_LISTED = table("programme_listed")
PROGRAMMES_NOW = """\
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
LISTED_NOW: Columns = {
    **of_table(_LISTED, "l", ["source"]),
    **of_table(table("source"), "s", source_kind="kind", source_country="country"),
    "programme_id": ("l.programme_id", PROGRAMME_IDENTITY["programme_id"][1]),
    **of_table(_LISTED, "l", ["ref"]),
    **WINDOW,
    "listing_state": (_LISTED_STATE, _STATE_TEXT),
    **{name: (f"l.{name}", WINDOW[name][1]) for name in ("window_number", "opened_at", "missed_at")},
    "last_seen_at": (f"coalesce(w.last_seen_at, {_LISTED_LATEST})", WINDOW["last_seen_at"][1]),
}

_LAST_TITLE = "Its title as printed last"
LINKED: Columns = {
    "source": ("p.source", "Source of the one listing"),
    "ref": ("p.ref", "That source's own code for it"),
    "title": (last_title("p"), _LAST_TITLE),
    "other_source": ("q.source", "Source of the other listing"),
    "other_ref": ("q.ref", "That source's own code for it"),
    "other_title": (last_title("q"), _LAST_TITLE),
    **of_table(table("credential_link"), "n", ["method", "confidence"]),
    "link_state": (LINK_STATE, LINK_STATE_TEXT),
    **of_table(
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


NARROW = {"kind": PROGRAMME_FACTS["kind"][1], "mc_class": CLASSIFIED["mc_class"][1]}
"""Columns of facts and classifications that are kept in the narrow rows too, with their meaning."""


def or_offerings(columns: Columns) -> Columns:
    """Return columns of a programme, those of ``_OR_OFFERINGS`` with the offerings to fall back on."""
    return {
        name: (_OR_OFFERINGS[name], f"{meaning}; else what its offerings listed now state alike")
        if name in _OR_OFFERINGS
        else (sql, meaning)
        for name, (sql, meaning) in columns.items()
    }


OFFERINGS = """\
from offering i
join programme p on p.id = i.programme_id
join source s on s.slug = p.source
join offering_version v on v.offering_id = i.id
join offering_window w on w.offering_id = i.id and w.window_number = v.window_number
join offering_facts f on f.id = v.facts_id
left join offering_classification c on c.facts_id = f.id"""
NOW = "\nwhere v.valid_to is null"
"""The version in force: a withdrawn item has none."""

ROLE_COUNTS: Columns = {
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
ORGANISATION: Columns = {
    **of_table(table("organisation_listed"), "x", ["organisation_id"]),
    "name": ("max(coalesce(n.name, o.name))", "Name"),
    "kind": ("max(coalesce(n.kind, nullif(x.kind, ''), o.kind))", _ORGANISATION_KIND),
    "country": ("max(coalesce(n.country, nullif(x.country, ''), o.country))", _ORGANISATION_COUNTRY),
    "ror": ("max(n.ror)", "Id of the Research Organization Registry, where our table has it"),
    "spellings": ("count(distinct o.name)", "In how many ways its name is printed"),
}
ORGANISATIONS = """\
from organisation_listed x
join organisation_entry o on o.id = x.entry_id
left join organisation_entity n on n.id = x.organisation_id
group by x.organisation_id"""
ROLE: Columns = {
    **of_table(table("programme_role"), "r", ["role"]),
    **of_table(table("organisation_entry"), "o", name_as_printed="name"),
    "organisation_id": ("coalesce(k.entity_id, 'as printed: ' || o.name)", ORGANISATION["organisation_id"][1]),
    **of_table(table("organisation_entity"), "n", ["name"]),
    "kind": ("coalesce(k.kind, o.kind)", _ORGANISATION_KIND),
    "country": ("coalesce(k.country, o.country)", _ORGANISATION_COUNTRY),
    **of_table(table("organisation_entity"), "n", ["ror"]),
    **of_table(table("programme_organisation"), "k", ["rule", "confidence"]),
}
ROLES_KNOWN = """\
from organisation_entry o
join programme_role r on r.organisation_id = o.id
left join programme_organisation k on k.facts_id = r.facts_id and k.position = r.position
left join organisation_entity n on n.id = k.entity_id"""

PROBLEM: Columns = {
    "source": ("q.source", "The source"),
    "stage": ("q.stage", "fetch, parse, normalise or judge, as in the run; classify for rules of classification"),
    "code": ("q.code", "What kind of problem (vocabulary problem_code)"),
    "field": ("q.field", "The field concerned, which is the name of the lookup that could hold the words"),
    "words": ("q.words", "The words as printed"),
    "ref": ("q.ref", "The source's own code of the programme concerned"),
    "url": ("q.url", "The page concerned"),
    "message": ("q.message", "What happened, for a person"),
}
UNREAD = "join unread_word u on u.facts_id = l.facts_id"
UNREAD_ONE_BY_ONE = "cross join lateral (select w.* from unread_word w where w.facts_id = l.facts_id offset 0) u"
"""The same for PostgreSQL, which would read all words of a union before it gives the first page of them."""
OPEN_PROBLEMS = f"""\
from (
  select r.source, m.stage, m.code, m.field, m.words, m.ref, m.url, m.message
  from problem m join run r on r.id = m.run_id
  where r.as_of = (select max(l.as_of) from run l where l.source = r.source)
  union all
  select l.source, 'classify', 'unknown_word', u.lookup, u.words, l.ref,
    (select f.page_url from programme_facts f where f.id = u.facts_id), 'no rule knows these words'
  from programme_listed l
  {UNREAD}
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

RUN = (
    "source", "as_of", "origin", "outcome", "reason", "accepted_reason", "listings", "programmes", "offerings", "new",
    "changed", "missing", "withdrawn", "problems", "duplicates", "rejected", "by_kind", "started_at", "finished_at",
    "code_version",
)  # fmt: skip


LISTED_BY_SOURCE = """\
left join (
  select source, count(*) - count(missed_at) as live, count(missed_at) as missing
  from programme_listed group by source
) n on n.source = s.slug"""
"""How many programmes of each source are listed: counted once for all of them."""
HEALTH: Columns = {
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

TREND: Columns = {
    "snapshot_id": ("t.snapshot_id", "The snapshot, a digest of what it holds"),
    **of_table(table("snapshot"), "n", ["as_of", "known_at", "period_start", "definition"]),
    **of_table(table("trend_row"), "t", [name for name in table("trend_row").c.keys() if name != "snapshot_id"]),  # noqa: SIM118
    **of_table(table("snapshot"), "n", ["method_version"]),
}
