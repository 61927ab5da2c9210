"""What is compared to link listings, and the links, credentials and decisions that are stored.

A part of ``models.queries`` that needs no frames.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, RowMapping, Select, func, select

from models.classification import Entity, KnownOrganisation
from models.content import sources_in
from models.fact_queries import offering_of, programmes_of
from models.linking import Decision, KeptLink
from models.records import Offering, Programme, Source, Terms
from models.units import CHUNK, chunks, columns_of, table

_NEVER_ENDED = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredListing:
    """A listing as the database knows it last.

    ``programme`` has the facts of its latest version, and of its offerings those in force, or if none is, those that
    were in force last, in the order of their refs. ``organisations`` are what those of the programme are, in its order,
    without evidence. ``first_seen`` is the day (UTC) of the first look that saw it, ``is_listed`` whether it is listed
    now.
    """

    programme_id: int
    source: str
    programme: Programme
    organisations: tuple[KnownOrganisation, ...]
    first_seen: date
    is_listed: bool


# --------------------------------------------------------------------------------------
# Listings
# --------------------------------------------------------------------------------------


def every_listing(engine: Engine) -> Iterator[StoredListing]:
    """Yield every listing that was ever listed, by source and ref in the order of code points, all as of one moment."""
    with _one_moment(engine) as connection:
        for slug in sorted(sources_in(connection)):
            rows = connection.execute(_latest().where(table("programme").c.source == slug)).mappings()
            # Databases order text each in its own way.
            latest = sorted(rows, key=lambda row: row["ref"])
            for start in range(0, len(latest), CHUNK):
                yield from _listings(connection, latest[start : start + CHUNK])


def listings_numbered(engine: Engine, programme_ids: Iterable[int]) -> dict[int, StoredListing]:
    """Return the listings with these numbers; those that were never listed are left out."""
    found: dict[int, StoredListing] = {}
    with _one_moment(engine) as connection:
        for chunk in chunks(set(programme_ids)):
            rows = connection.execute(_latest().where(table("programme").c.id.in_(chunk))).mappings().all()
            found |= {each.programme_id: each for each in _listings(connection, rows)}
    return found


def programme_number(engine: Engine, slug: str, ref: str) -> int | None:
    """Return the number of the programme that a source lists under a code, ``None`` if it never did."""
    programme = table("programme")
    with engine.connect() as connection:
        row = connection.execute(_latest().where(programme.c.source == slug, programme.c.ref == ref))
        return row.scalar_one_or_none()


def stored_sources(engine: Engine) -> dict[str, Source]:
    """Return the sources as their last runs declared them, as far as the database keeps it: no formats, no hosts."""
    with engine.connect() as connection:
        return {row["slug"]: _source(row) for row in connection.execute(select(table("source"))).mappings()}


def _source(row: RowMapping) -> Source:
    return Source(
        slug=row["slug"],
        name=row["name"],
        kind=row["kind"],
        country=row["country"],
        language=row["language"],
        formats=(),
        cadence=row["cadence"],
        complete=row["lists_everything"],
        terms=Terms(url=row["terms_url"], checked=row["terms_checked"], note=row["terms_note"]),
        evidence=row["evidence"],
        evidence_note=row["evidence_note"],
        retired=row["retired"],
    )


@contextmanager
def _one_moment(engine: Engine) -> Iterator[Connection]:
    """Yield a connection whose questions are all answered as of one moment, whatever is written meanwhile."""
    if engine.dialect.name == "postgresql":
        engine = engine.execution_options(isolation_level="REPEATABLE READ")
    with engine.connect() as connection:
        yield connection


def _latest() -> Select[Any]:
    """Return a select of the number, source and ref of programmes, with the latest version and the first window."""
    programme, version, window = table("programme"), table("programme_version"), table("programme_window")
    return (
        select(
            programme.c.id,
            programme.c.source,
            programme.c.ref,
            version.c.facts_id,
            version.c.valid_to,
            window.c.opened_at,
        )
        .join(version, version.c.programme_id == programme.c.id)
        .join(window, (window.c.programme_id == programme.c.id) & (window.c.window_number == 1))
        .where(version.c.version_number == _newest("programme"))
    )


def _newest(unit: str) -> Any:
    """Return the number of the latest version of an item of a select."""
    item, newer = table(unit), table(f"{unit}_version").alias("newer")
    return (
        select(func.max(newer.c.version_number)).where(newer.c[f"{unit}_id"] == item.c.id).correlate(item)
    ).scalar_subquery()


def _listings(connection: Connection, latest: Sequence[RowMapping]) -> Iterator[StoredListing]:
    facts, programme = table("programme_facts"), table("programme")
    numbers = [row["facts_id"] for row in latest]
    rows = connection.execute(
        select(facts, programme.c.ref)
        .join(programme, programme.c.id == facts.c.programme_id)
        .where(facts.c.id.in_(numbers))
    )
    records = programmes_of(connection, rows.mappings())
    organisations = _organisations(connection, numbers)
    offerings = _offerings(connection, [row["id"] for row in latest])
    for row in latest:
        yield StoredListing(
            programme_id=row["id"],
            source=row["source"],
            programme=replace(records[row["facts_id"]], offerings=offerings.get(row["id"], ())),
            organisations=tuple(organisations.get(row["facts_id"], ())),
            first_seen=row["opened_at"].date(),
            is_listed=row["valid_to"] is None,
        )


def _organisations(connection: Connection, facts: Sequence[int]) -> Mapping[int, list[KnownOrganisation]]:
    """Return the organisations of facts in order; what no rule has looked at yet is as the source says."""
    role, entry = table("programme_role"), table("organisation_entry")
    known, entity = table("programme_organisation"), table("organisation_entity")
    rows = connection.execute(
        select(
            role.c.facts_id,
            role.c.role,
            entry.c.name,
            func.coalesce(known.c.kind, entry.c.kind).label("kind"),
            func.coalesce(known.c.country, entry.c.country).label("country"),
            *(column.label(f"entity_{column.name}") for column in entity.columns),
        )
        .join(entry, entry.c.id == role.c.organisation_id)
        .outerjoin(known, (known.c.facts_id == role.c.facts_id) & (known.c.position == role.c.position))
        .outerjoin(entity, entity.c.id == known.c.entity_id)
        .where(role.c.facts_id.in_(facts))
        .order_by(role.c.facts_id, role.c.position)
    ).mappings()
    found: dict[int, list[KnownOrganisation]] = defaultdict(list)
    for row in rows:
        values = {name.removeprefix("entity_"): row[name] for name in row if name.startswith("entity_")}
        found[row["facts_id"]].append(
            KnownOrganisation(
                role=row["role"],
                name=row["name"],
                kind=row["kind"],
                country=row["country"],
                entity=Entity(**values) if values["id"] is not None else None,
                evidence=None,
            )
        )
    return found


def _offerings(connection: Connection, programmes: Sequence[int]) -> dict[int, tuple[Offering, ...]]:
    """Return of each programme the offerings that ended last, those in force having no end."""
    offering, version, facts = table("offering"), table("offering_version"), table("offering_facts")
    rows = connection.execute(
        select(facts, offering.c.ref, offering.c.programme_id, version.c.valid_to)
        .select_from(offering)
        .join(version, version.c.offering_id == offering.c.id)
        .join(facts, facts.c.id == version.c.facts_id)
        .where(offering.c.programme_id.in_(programmes), version.c.version_number == _newest("offering"))
    ).mappings()
    of_programme: dict[int, list[RowMapping]] = defaultdict(list)
    for row in rows:
        of_programme[row["programme_id"]].append(row)
    found: dict[int, tuple[Offering, ...]] = {}
    for number, runs in of_programme.items():
        end = max(row["valid_to"] or _NEVER_ENDED for row in runs)
        last = (offering_of(row) for row in runs if (row["valid_to"] or _NEVER_ENDED) == end)
        found[number] = tuple(sorted(last, key=lambda run: run.ref))
    return found


# --------------------------------------------------------------------------------------
# Links, credentials, decisions
# --------------------------------------------------------------------------------------


def credential_ids(engine: Engine) -> dict[int, str]:
    """Return which credential each programme was counted as when links were last brought up to date."""
    counted = table("programme_credential")
    with engine.connect() as connection:
        return {row[0]: row[1] for row in connection.execute(select(counted.c.programme_id, counted.c.credential_id))}


def programmes_of_credential(engine: Engine, credential_id: str) -> tuple[int, ...]:
    """Return the numbers of the programmes that count as a credential, in order."""
    counted = table("programme_credential")
    with engine.connect() as connection:
        rows = connection.execute(
            select(counted.c.programme_id)
            .where(counted.c.credential_id == credential_id)
            .order_by(counted.c.programme_id)
        )
        return tuple(rows.scalars())


def links_for_review(engine: Engine) -> tuple[KeptLink, ...]:
    """Return the links that wait for a person, the likeliest first."""
    with engine.connect() as connection:
        found = _links(connection, table("credential_link").c.review)
    return tuple(sorted(found, key=lambda link: (-link.confidence, link.pair)))


def links_of(engine: Engine, programme_ids: Iterable[int]) -> tuple[KeptLink, ...]:
    """Return the links of some programmes, whatever became of them, in the order of the numbers."""
    link = table("credential_link")
    found: dict[tuple[int, int], KeptLink] = {}
    with engine.connect() as connection:
        for chunk in chunks(set(programme_ids)):
            for side in (link.c.programme_id, link.c.other_programme_id):
                found |= {each.pair: each for each in _links(connection, side.in_(chunk))}
    return tuple(found[pair] for pair in sorted(found))


def _links(connection: Connection, wanted: ColumnElement[bool]) -> list[KeptLink]:
    rows = connection.execute(select(table("credential_link")).where(wanted)).mappings()
    return [KeptLink(**{**row, "reasons": tuple(row["reasons"])}) for row in rows]


def link_decisions(engine: Engine) -> tuple[Decision, ...]:
    """Return what people decided of listings, in the order in which they did."""
    with engine.connect() as connection:
        found = [Decision(**row) for row in connection.execute(select(table("link_decision"))).mappings()]
    return tuple(sorted(found, key=_when_and_what))


def _when_and_what(decision: Decision) -> tuple[Any, ...]:
    values = columns_of(decision)
    return values.pop("decided_at"), *values.values()
