"""Loading facts: identities, what was said, and organisations; only what the database does not know yet is written."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from models.columns import storable
from models.history import Reading, Readings
from models.load_classification import ToClassify
from models.records import Offering, OrganisationRole, Programme, facts_digest
from models.units import OFFERING, PROGRAMME, Unit, columns_of, insert_rows, new_ids, table

_APART = frozenset({"ref", "price", "organisations", "offerings", "listing_digest", "complete"})
"""Fields of a record that are no column of its facts."""
_WORDS = ("verbatim", "page_url")
"""Columns that follow the earliest look that read the facts, so that they do not depend on the order of arrival."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What one look read, by the numbers of programmes and offerings, and which facts want a (new) classification."""

    programmes: Mapping[int, Reading]
    offerings: Mapping[int, Reading]
    to_classify: ToClassify


def load_facts(
    connection: Connection,
    slug: str,
    at: datetime,
    programmes: Sequence[Programme],
    corrected: Readings | None = None,
) -> Seen:
    """Make sure that all that was read is in the database, and say which rows it is.

    Args:
        connection: a transaction that may write.
        slug: the source, whose row exists.
        at: as_of of the look.
        programmes: what was read; of two with one ref the first counts.
        corrected: what the same look had read before, if its pages were read again.
    """
    records = {storable(programme.ref): programme for programme in reversed(programmes)}
    ids = _identities(connection, PROGRAMME, slug, [(slug, ref) for ref in records])
    by_id = {ids[slug, ref]: record for ref, record in records.items()}
    facts, fresh, reread = _facts(connection, PROGRAMME, slug, at, by_id)
    _load_roles(connection, {facts_id: by_id[item].organisations for item, facts_id in fresh.items()})
    readings = {
        item: Reading(facts[item], p.listing_digest, p.complete, _is_other(corrected, p, storable(p.ref)))
        for item, p in by_id.items()
    }

    runs = {
        (item, storable(offering.ref)): offering
        for item, programme in by_id.items()
        for offering in reversed(programme.offerings)
    }
    run_ids = _identities(connection, OFFERING, slug, runs)
    runs_by_id = {run_ids[key]: run for key, run in runs.items()}
    run_facts, run_fresh, run_reread = _facts(connection, OFFERING, slug, at, runs_by_id)
    # The words of an offering are words of its programme's listing: what was read anew is known by the same digest.
    return Seen(
        programmes=readings,
        offerings={
            run_ids[key]: replace(
                readings[key[0]],
                facts_id=run_facts[run_ids[key]],
                reread=_is_other(corrected, run, storable(by_id[key[0]].ref), key[1]),
            )
            for key, run in runs.items()
        },
        to_classify=ToClassify(
            programmes={n: (by_id[item], at.date()) for item, n in (fresh | reread).items()},
            offerings={n: (runs_by_id[item], at.date()) for item, n in (run_fresh | run_reread).items()},
        ),
    )


def _is_other(corrected: Readings | None, record: Programme | Offering, *key: str) -> bool:
    """Whether a reading is not the one that the same look had given first."""
    if corrected is None:
        return False
    digest, was_other = corrected.get(key, ("", True))
    return was_other or digest != facts_digest(record)


def _identities(
    connection: Connection, unit: Unit, slug: str, keys: Iterable[tuple[Any, str]]
) -> dict[tuple[Any, str], int]:
    """Return the number of each item by (source or programme, ref), making those that are new."""
    parent = "source" if unit is PROGRAMME else "programme_id"
    known = {
        (row[parent], row["ref"]): row["id"] for row in connection.execute(unit.of_source(unit.item, slug)).mappings()
    }
    ids = new_ids(connection, unit.item)
    made = {key: next(ids) for key in keys if key not in known}
    insert_rows(connection, unit.item, [{"id": n, parent: key[0], "ref": key[1]} for key, n in made.items()])
    return known | made


def _facts(
    connection: Connection, unit: Unit, slug: str, at: datetime, records: Mapping[int, Programme | Offering]
) -> tuple[dict[int, int], dict[int, int], dict[int, int]]:
    """Return the number of the facts of each item; of those alone that are new; of those now read earlier."""
    target = unit.table("facts")
    columns = (target.c.id, unit.owner_of(target), target.c.facts_digest, target.c.read_at)
    rows = connection.execute(unit.of_source(target, slug).with_only_columns(*columns, maintain_column_froms=True))
    known = {(row[1], row[2]): (row[0], row[3]) for row in rows}
    ids = new_ids(connection, target)
    found: dict[int, int] = {}
    fresh: dict[int, int] = {}
    reread: dict[int, int] = {}
    new_rows, earlier = [], []
    for item, record in records.items():
        digest = facts_digest(record)
        facts_id, read_at = known.get((item, digest), (None, at))
        if facts_id is None:
            facts_id = fresh[item] = next(ids)
            new_rows.append({"id": facts_id, unit.owner: item, "facts_digest": digest, "read_at": at, **_row(record)})
        elif at < read_at:
            reread[item] = facts_id
            earlier.append({"this": facts_id, "read_at": at, **_words(record)})
        found[item] = facts_id
    insert_rows(connection, target, new_rows)
    if earlier:
        connection.execute(update(target).where(target.c.id == bindparam("this")), earlier)
    return found, fresh, reread


def _row(record: Programme | Offering) -> dict[str, Any]:
    """Return the columns of a record's facts; of a price, one column a field."""
    row = {name: value for name, value in columns_of(record).items() if name not in _APART}
    for name, value in row.items():
        if isinstance(value, tuple):
            row[name] = list(value)
        elif isinstance(value, Mapping):
            row[name] = dict(value)
    return row | columns_of(record.price)


def _words(record: Programme | Offering) -> dict[str, Any]:
    return {name: value for name, value in _row(record).items() if name in _WORDS}


def _load_roles(connection: Connection, roles: Mapping[int, Sequence[OrganisationRole]]) -> None:
    """Store the organisations of new facts, each spelling once."""
    keys = {_organisation_key(role): role for role in _all(roles)}
    if not keys:
        return
    target = table("organisation_entry")
    known = {row.key: row.id for row in connection.execute(select(target.c.key, target.c.id))}
    ids = new_ids(connection, target)
    made = {key: next(ids) for key in keys if key not in known}
    insert_rows(
        connection,
        target,
        [
            {"id": n, "key": key, "name": keys[key].name, "kind": keys[key].kind, "country": keys[key].country}
            for key, n in made.items()
        ],
    )
    known |= made
    insert_rows(
        connection,
        table("programme_role"),
        [
            {
                "facts_id": facts_id,
                "position": position,
                "role": role.role,
                "organisation_id": known[_organisation_key(role)],
                "ref": role.ref,
                "url": role.url,
            }
            for facts_id, ordered in roles.items()
            for position, role in enumerate(ordered)
        ],
    )


def _all(roles: Mapping[int, Sequence[OrganisationRole]]) -> Iterator[OrganisationRole]:
    for ordered in roles.values():
        yield from ordered


def _organisation_key(role: OrganisationRole) -> str:
    words = json.dumps([storable(role.name), role.kind, role.country])
    return hashlib.sha256(words.encode("utf-8", "surrogatepass")).hexdigest()
