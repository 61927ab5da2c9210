"""Keeping what is listed now in narrow rows, and in how many of them each organisation stands.

What a look or new rules may change is taken out before and put in after, in the same transaction. So the counts are
those of the rows that are there, whatever is changed of them in between.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Select, any_, case, delete, func, literal, select
from sqlalchemy.dialects import postgresql, sqlite

from models.classification_tables import DEFAULT_DEFINITION, class_column
from models.units import PROGRAMME, among, parts, table

_KEYS = frozenset({"programme_id", "source", "ref"})
"""What tells the rows of ``programme_listed`` apart and never changes."""


Which = Callable[[Column[Any]], ColumnElement[bool]]
"""The condition that a column names one of some programmes."""


@contextmanager
def listed_anew(connection: Connection, slug: str, programmes: Iterable[int]) -> Iterator[None]:
    """Take some programmes of a source out of the counts, and put them in as they are listed when the work is done."""
    pieces: list[Which] = [partial(_is_among, connection, part) for part in parts(set(programmes))]
    for which in pieces:
        _count_organisations(connection, slug, which, -1)
    yield
    for which in pieces:
        _put_in(connection, slug, which)
    if pieces:
        _forget_unnamed(connection)


def _is_among(connection: Connection, programmes: Sequence[int], column: Column[Any]) -> ColumnElement[bool]:
    return among(connection, column, programmes)


@contextmanager
def facts_listed_anew(connection: Connection, slug: str, facts: Iterable[int]) -> Iterator[None]:
    """Do the same for the programmes of a source that said some facts."""
    target = PROGRAMME.table("facts")
    programmes: set[int] = set()
    for part in parts(set(facts)):
        said = select(target.c.programme_id).where(among(connection, target.c.id, part))
        programmes.update(connection.execute(said).scalars())
    with listed_anew(connection, slug, programmes):
        yield


@contextmanager
def source_listed_anew(connection: Connection, slug: str) -> Iterator[None]:
    """Do the same for all programmes of a source."""
    programme = table("programme")
    of_source = select(programme.c.id).where(programme.c.source == slug)

    def which(column: Column[Any]) -> ColumnElement[bool]:
        return column.in_(of_source)

    _count_organisations(connection, slug, which, -1)
    yield
    _put_in(connection, slug, which)
    _forget_unnamed(connection)


def rebuild_listed(connection: Connection) -> None:
    """Make all rows anew."""
    connection.execute(delete(table("organisation_listed")))
    connection.execute(delete(table("programme_listed")))
    source = table("source")
    for slug in connection.execute(select(source.c.slug).order_by(source.c.slug)).scalars().all():
        with source_listed_anew(connection, slug):
            pass


def _put_in(connection: Connection, slug: str, which: Which) -> None:
    listed, programme = table("programme_listed"), table("programme")
    version, window, facts = (PROGRAMME.table(kind) for kind in ("version", "window", "facts"))
    classified = table("programme_classification")
    is_of_window = (window.c.programme_id == programme.c.id) & (window.c.window_number == version.c.window_number)
    now = (
        select(
            programme.c.id, programme.c.source, programme.c.ref, version.c.facts_id, version.c.version_number,
            version.c.window_number, window.c.opened_at, window.c.missed_at, facts.c.kind,
            classified.c[class_column(DEFAULT_DEFINITION)],
        )
        .join(version, version.c.programme_id == programme.c.id)
        .join(window, is_of_window)
        .join(facts, facts.c.id == version.c.facts_id)
        .outerjoin(classified, classified.c.facts_id == facts.c.id)
        .where(which(programme.c.id), version.c.valid_to.is_(None))
    )  # fmt: skip
    in_force = select(version.c.programme_id).where(
        version.c.programme_id == listed.c.programme_id, version.c.valid_to.is_(None)
    )
    connection.execute(delete(listed).where(which(listed.c.programme_id), ~in_force.exists()))
    # Rows are updated where they are: their keys, which are what is indexed, stay.
    added = _dialect(connection).insert(listed).from_select(list(listed.c.keys()), now)
    others = {column.name: added.excluded[column.name] for column in listed.c if column.name not in _KEYS}
    connection.execute(added.on_conflict_do_update(index_elements=["programme_id"], set_=others))
    _count_organisations(connection, slug, which, 1)


def _forget_unnamed(connection: Connection) -> None:
    counted = table("organisation_listed")
    connection.execute(delete(counted).where(counted.c.mentions == 0))


def _count_organisations(connection: Connection, slug: str, which: Which, times: int) -> None:
    """Add the organisations that listed programmes of a source name to the counts, or take them away (``times`` -1).

    A programme that names an organisation twice in a role, in two spellings say, counts for the first of them.
    """
    listed, counted = table("programme_listed"), table("organisation_listed")
    role, entry, known = table("programme_role"), table("organisation_entry"), table("programme_organisation")
    organisation = func.coalesce(known.c.entity_id, "as printed: " + entry.c.name)
    place = func.row_number().over(partition_by=(role.c.facts_id, role.c.role, organisation), order_by=role.c.position)
    named = (
        select(
            literal(slug).label("source"), organisation.label("organisation_id"), entry.c.id.label("entry_id"),
            role.c.role, func.coalesce(known.c.kind, "").label("kind"),
            func.coalesce(known.c.country, "").label("country"), place.label("place"),
        )
        .join(entry, entry.c.id == role.c.organisation_id)
        .outerjoin(known, (known.c.facts_id == role.c.facts_id) & (known.c.position == role.c.position))
        .where(_is_any_of(connection, role.c.facts_id, select(listed.c.facts_id).where(which(listed.c.programme_id))))
        .subquery()
    )  # fmt: skip
    keys = [column.name for column in counted.primary_key.columns]
    by_key = [named.c[name] for name in keys]
    firsts = func.sum(case((named.c.place == 1, 1), else_=0))
    rows = select(*by_key, times * func.count(), times * firsts).where(named.c.place > 0).group_by(*by_key)
    added = _dialect(connection).insert(counted).from_select([*keys, "mentions", "programmes"], rows)
    connection.execute(
        added.on_conflict_do_update(
            index_elements=keys,
            set_={name: counted.c[name] + added.excluded[name] for name in ("mentions", "programmes")},
        )
    )


def _is_any_of(connection: Connection, column: Column[Any], found: Select[Any]) -> ColumnElement[bool]:
    """Return the condition that a column holds one of the numbers that a select finds, which are found first.

    PostgreSQL would join the two, and go through the whole table of the column where it has not counted the rows yet.
    """
    if connection.dialect.name == "postgresql":
        return column == any_(func.array(found.scalar_subquery()))
    return column.in_(found)


def _dialect(connection: Connection) -> Any:
    return postgresql if connection.dialect.name == "postgresql" else sqlite
