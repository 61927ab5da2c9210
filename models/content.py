"""What the database holds of a source, row by row, under names instead of the numbers that a database gave its rows.

Two databases say the same of a source if these rows are the same. Left out are identities without content (an item
that anything is said of appears with it), figures (snapshots are measured from the history), links (they are made anew;
what people decided of them is compared), and columns that tell of our work and not of the source.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, FromClause, Select, Table, select

from models.units import table

Row = tuple[tuple[Any, ...], dict[str, Any]]
"""What tells a row apart in its table, and all that it says, by name."""

ROWS_AT_ONCE = 2_000

_NAMES: Mapping[str, Mapping[str, str]] = {
    "source": {},
    "run": {"source": "source", "as_of": "as_of"},
    "programme": {"source": "source", "ref": "listing"},
    "offering": {"programme_id": "", "ref": "offering"},
    "programme_facts": {"programme_id": "", "facts_digest": "facts"},
    "offering_facts": {"offering_id": "", "facts_digest": "facts"},
    "organisation_entry": {"name": "organisation", "kind": "organisation_kind", "country": "organisation_country"},
    "organisation_entity": {
        "id": "entity", "name": "entity_name", "kind": "entity_kind", "country": "entity_country", "ror": "entity_ror",
    },
}  # fmt: skip
"""How a row is named where others refer to it: its columns, and what they are called there."""
_NOT_SAID = frozenset({"id", "programme_id", "offering_id", "verbatim", "page_url", "facts_digest", "read_at"})
"""Columns of facts that are no facts."""


@dataclass(frozen=True, slots=True)
class Content:
    """A table that says something of a source.

    ``key`` are the columns that tell its rows apart; if empty, rows that say the same count. ``left_out`` are columns
    that say nothing of the source. With ``facts`` the facts that its rows refer to are shown with them.
    """

    name: str
    key: tuple[str, ...] = ()
    left_out: frozenset[str] = frozenset({"id"})
    facts: bool = False


def _of(unit: str) -> tuple[Content, ...]:
    owner = f"{unit}_id"
    return (
        Content(f"{unit}_facts", (owner, "facts_digest")),
        Content(f"{unit}_span", (owner, "seen_from")),
        Content(f"{unit}_sighting", (owner, "at")),
        Content(f"{unit}_window", (owner, "window_number")),
        # By time and not by number, so that one version more does not make all later ones differ.
        Content(f"{unit}_version", (owner, "valid_from"), frozenset({"version_number"}), facts=True),
        Content(f"{unit}_classification", ("facts_id",), frozenset({"rules_version"})),
    )


DECISIONS = "link_decision"
"""The table of what people decided of two listings; a decision belongs to the source of the first of them."""
CONTENT: tuple[Content, ...] = (
    Content("source", ("slug",)),
    Content("run", ("as_of",), frozenset({"id", "started_at", "finished_at", "code_version"})),
    Content("capture", ("run_id", "position")),
    Content("page_failure"),
    Content("problem"),
    *_of("programme"),
    Content("programme_role", ("facts_id", "position")),
    Content("programme_organisation", ("facts_id", "position")),
    Content("development_evidence_entry", ("facts_id", "position")),
    Content("unread_word", ("facts_id", "position")),
    *_of("offering"),
    Content("offering_summary", ("programme_id",)),
    Content(DECISIONS, ("source", "ref", "other_source", "other_ref", "decided_at")),
)
"""The tables that are compared and copied, source by source."""
_OWNERS: Mapping[str, str] = {"source": "slug", DECISIONS: "source"}
"""Tables that name the source of their rows without referring to it, and the column that does."""
IDENTITIES = ("programme", "offering")
SHARED = ("organisation_entry", "organisation_entity")
"""Tables whose rows several sources refer to."""


def sources_in(connection: Connection) -> tuple[str, ...]:
    """Return the slugs of the sources that the database knows, in order."""
    return tuple(connection.execute(select(table("source").c.slug).order_by(table("source").c.slug)).scalars())


def content_rows(connection: Connection, content: Content, slug: str) -> Iterator[Row]:
    """Yield what a table says of a source, in no order, each row under its name.

    Rows that nothing tells apart are numbered among those that say the same.
    """
    found = _Found(table(content.name))
    key, said = _said(found, content)
    seen: dict[tuple[Any, ...], int] = {}
    rows = found.of(slug, *said.values()).execution_options(yield_per=ROWS_AT_ONCE)
    for row in connection.execute(rows).mappings():
        values = dict(row)
        name = tuple(values[label] for label in key)
        if not content.key:
            name = tuple(str(value) for value in values.values())
            seen[name] = seen.get(name, 0) + 1
            name = (*name, seen[name])
        yield name, values


def key_names(content: Content) -> tuple[str, ...]:
    """Return the names of what tells the rows of a table apart, empty if nothing does."""
    return _said(_Found(table(content.name)), content)[0] if content.key else ()


def of_source(target: Table, slug: str) -> Select[Any]:
    """Return a select of the rows of a table that belong to a source."""
    found = _Found(target)
    for column in target.columns:
        if found.owner is None and _referred(column) is not None:
            found.follow(column)
    return found.of(slug, *target.columns)


class _Found:
    """A table with the tables that its rows refer to, each joined once, and the column that names the source."""

    def __init__(self, target: Table) -> None:
        self.joined: FromClause = target
        self.owner: ColumnElement[Any] | None = target.c[_OWNERS[target.name]] if target.name in _OWNERS else None
        self._met = {target.name}

    def follow(self, column: Column[Any]) -> dict[str, ColumnElement[Any]]:
        """Return the columns that name the row that ``column`` refers to; none if it is named by others already."""
        referred = _referred(column)
        if referred is None or referred.name in self._met:
            return {}
        if referred.name == "source":
            self.owner = column
            return {}
        self._met.add(referred.name)
        self.joined = self.joined.join(referred, referred.c.id == column, isouter=bool(column.nullable))
        named: dict[str, ColumnElement[Any]] = {}
        for name, label in _NAMES[referred.name].items():
            of_it = referred.c[name]
            named |= {label: of_it} if _referred(of_it) is None else self.follow(of_it)
        return named

    def of(self, slug: str, *columns: ColumnElement[Any]) -> Select[Any]:
        """Return a select of columns of the rows that belong to a source."""
        if self.owner is None:
            raise ValueError("a table whose rows belong to no source")
        return select(*columns).select_from(self.joined).where(self.owner == slug)


def _said(found: _Found, content: Content) -> tuple[tuple[str, ...], dict[str, ColumnElement[Any]]]:
    """Return the names of the key of a table, and all its columns by name, labelled."""
    key: list[str] = []
    said: dict[str, ColumnElement[Any]] = {}
    for column in table(content.name).columns:
        if column.name in content.left_out:
            continue
        named = found.follow(column) if _referred(column) is not None else {column.name: column}
        key += named if column.name in content.key else ()
        said |= named
    if content.facts:
        facts = table(content.name.replace("version", "facts"))
        said |= {column.name: column for column in facts.columns if column.name not in _NOT_SAID}
    return tuple(key), {name: column.label(name) for name, column in said.items()}


def _referred(column: Column[Any]) -> Table | None:
    return next((key.column.table for key in column.foreign_keys), None)
