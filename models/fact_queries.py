"""Stored facts read back as the records they were made from: what rules are applied to again.

A part of ``models.queries`` that needs no frames.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Engine, RowMapping, Select, func, select

from models.load_classification import ToClassify
from models.records import Offering, OrganisationRole, PriceFacts, Programme
from models.units import OFFERING, PROGRAMME, Unit, chunks, table

_PRICE = tuple(f.name for f in fields(PriceFacts))
_PROGRAMME = tuple(f.name for f in fields(Programme))
_OFFERING = tuple(f.name for f in fields(Offering))


def stale_facts(connection: Connection, slug: str, rules_version: str, most: int) -> ToClassify:
    """Return facts of a source that are not classified by ``rules_version``: programmes first, ``most`` altogether."""
    programmes = _stale(connection, PROGRAMME, slug, rules_version, most)
    offerings = _stale(connection, OFFERING, slug, rules_version, most - len(programmes))
    return ToClassify(
        programmes=_with_days(programmes, programmes_of(connection, programmes)),
        offerings=_with_days(offerings, {row["id"]: offering_of(row) for row in offerings}),
    )


def programmes_of(connection: Connection, rows: Iterable[RowMapping]) -> dict[int, Programme]:
    """Return the records of rows of ``programme_facts`` (each with the programme's ``ref``), by number of the facts.

    Offerings are not among what a programme's facts hold, and are left out.
    """
    facts = {row["id"]: row for row in rows}
    roles = _roles(connection, facts)
    return {number: _programme(row, roles.get(number, ())) for number, row in facts.items()}


def offerings_of(connection: Connection, facts: Iterable[int]) -> set[int]:
    """Return the numbers of the offerings whose facts have these numbers."""
    target = table("offering_facts")
    found: set[int] = set()
    for chunk in chunks(facts):
        found.update(connection.execute(select(target.c.offering_id).where(target.c.id.in_(chunk))).scalars())
    return found


def with_ref(unit: Unit, slug: str) -> Select[Any]:
    """Return a select of all rows of facts of a source, each with the ``ref`` of its item."""
    return unit.of_source(unit.table("facts"), slug).add_columns(unit.item.c.ref.label("ref"))


def _stale(connection: Connection, unit: Unit, slug: str, rules_version: str, most: int) -> list[RowMapping]:
    facts, classified = unit.table("facts"), table(f"{unit.name}_classification")
    of_today = select(classified.c.facts_id).where(
        classified.c.facts_id == facts.c.id, classified.c.rules_version == rules_version
    )
    rows = with_ref(unit, slug).where(~of_today.exists()).order_by(facts.c.id).limit(most)
    return list(connection.execute(rows).mappings())


def _with_days(rows: Sequence[RowMapping], records: Mapping[int, Any]) -> dict[int, tuple[Any, date]]:
    return {row["id"]: (records[row["id"]], row["read_at"].date()) for row in rows}


def _roles(connection: Connection, facts: Iterable[int]) -> dict[int, tuple[OrganisationRole, ...]]:
    role, entry = table("programme_role"), table("organisation_entry")
    columns = (role.c.facts_id, role.c.role, entry.c.name, entry.c.kind, entry.c.country, role.c.ref, role.c.url)
    joined = (
        select(*columns).join(entry, entry.c.id == role.c.organisation_id).order_by(role.c.facts_id, role.c.position)
    )
    found: dict[int, list[OrganisationRole]] = defaultdict(list)
    for chunk in chunks(facts):
        for row in connection.execute(joined.where(role.c.facts_id.in_(chunk))).mappings():
            values = dict(row)
            found[values.pop("facts_id")].append(OrganisationRole(**values))
    return {number: tuple(roles) for number, roles in found.items()}


def _programme(row: RowMapping, organisations: tuple[OrganisationRole, ...]) -> Programme:
    values = {name: row[name] for name in _PROGRAMME if name in row}
    lists = {name: tuple(values[name]) for name in ("languages", "subjects")}
    return Programme(**(values | lists), organisations=organisations, price=_price(row))


def offering_of(row: RowMapping) -> Offering:
    """Return the record of a row of ``offering_facts`` with the offering's ``ref``."""
    return Offering(**{name: row[name] for name in _OFFERING if name in row}, price=_price(row))


def _price(row: RowMapping) -> PriceFacts:
    return PriceFacts(**{name: row[name] for name in _PRICE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A stored programme with the facts of its latest version, and where they come from.

    ``read_at`` is the earliest look that read the facts (aware), ``valid_to`` the time since which the version is no
    longer in force, ``None`` if it is.
    """

    programme_id: int
    source: str
    facts_id: int
    read_at: datetime
    valid_from: datetime
    valid_to: datetime | None
    programme: Programme


def find_programmes(engine: Engine, words: str, *, most: int = 20) -> tuple[Found, ...]:
    """Return the programmes that ``words`` name, by the first of these that finds any.

    The number of the programme; ``SOURCE/REF``; its ref; its address; a part of its title.
    """
    programme, facts = table("programme"), table("programme_facts")
    source, _, ref = words.partition("/")
    ways = [
        *([programme.c.id == int(words)] if words.isdecimal() and len(words) < 18 else []),
        (programme.c.source == source) & (programme.c.ref == ref),
        programme.c.ref == words,
        facts.c.url == words,
        func.lower(facts.c.title).contains(words.lower(), autoescape=True),
    ]
    with engine.connect() as connection:
        for way in ways:
            rows = connection.execute(_latest().where(way).order_by(programme.c.id).limit(most)).mappings().all()
            if rows:
                records = programmes_of(connection, rows)
                return tuple(_found(row, records[row["id"]]) for row in rows)
    return ()


def _latest() -> Select[Any]:
    """Return a select of the facts of the latest version of each programme."""
    programme, facts, version = table("programme"), table("programme_facts"), table("programme_version")
    newest = (
        select(func.max(version.c.version_number))
        .where(version.c.programme_id == programme.c.id)
        .correlate(programme)
        .scalar_subquery()
    )
    return (
        select(facts, programme.c.ref, programme.c.source, version.c.valid_from, version.c.valid_to)
        .join(programme, programme.c.id == facts.c.programme_id)
        .join(version, (version.c.facts_id == facts.c.id) & (version.c.programme_id == programme.c.id))
        .where(version.c.version_number == newest)
    )


def _found(row: RowMapping, programme: Programme) -> Found:
    return Found(
        programme_id=row["programme_id"],
        source=row["source"],
        facts_id=row["id"],
        read_at=row["read_at"],
        valid_from=row["valid_from"],
        valid_to=row["valid_to"],
        programme=programme,
    )


def offerings_summary(engine: Engine, programme_id: int) -> Mapping[str, Any]:
    """Return what the offerings of a programme listed now state alike (see ``offering_summary``); empty if none are."""
    summary = table("offering_summary")
    with engine.connect() as connection:
        row = connection.execute(select(summary).where(summary.c.programme_id == programme_id)).mappings().one_or_none()
    return {name: value for name, value in (row or {}).items() if value is not None and name != "programme_id"}
