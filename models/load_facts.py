"""Loading facts: identities, what was said, and organisations; only what the database does not know yet is written."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from models.bulk import insert_shared, insert_values
from models.columns import storable, storable_all
from models.history import Reading, Readings
from models.load_classification import ToClassify
from models.load_items import Key, Parted, Record, identities, parted
from models.records import Offering, OrganisationRole, PriceFacts, Programme, facts_digest
from models.units import OFFERING, PROGRAMME, Unit, among, new_ids, parts, table

_APART = frozenset({"ref", "price", "organisations", "offerings", "listing_digest", "complete"})
"""Fields of a record that are no column of its facts."""
_RECORDS: Mapping[Unit, Any] = {PROGRAMME: Programme, OFFERING: Offering}
_WORDS = frozenset({"verbatim", "page_url"})
"""Columns that follow the earliest look that read the facts, so that they do not depend on the order of arrival."""


@dataclass(frozen=True, slots=True)
class SeenOf:
    """What one look read of programmes, or of offerings, by their numbers.

    ``readings`` are those that the complete look before did not give just so; all, unless the look is the latest one.
    ``fresh`` were never read before, ``absent`` were listed in the complete look before and are not in this one.
    """

    readings: Mapping[int, Reading]
    fresh: frozenset[int]
    absent: frozenset[int]


@dataclass(frozen=True, slots=True)
class Seen:
    """What one look read, and which facts want a (new) classification."""

    programmes: SeenOf
    offerings: SeenOf
    to_classify: ToClassify


@dataclass(frozen=True, slots=True)
class Look:
    """A look while it is loaded.

    ``is_latest``: it is complete, no later look of the source counts, and its pages were not read before.
    ``words_tell``: the complete look before was read by the same code under the same tables, so that the same words are
    the same facts. ``corrected`` is what the same look had read before, if its pages were read again.
    """

    connection: Connection
    slug: str
    at: datetime
    is_latest: bool
    words_tell: bool = False
    corrected: Readings | None = None


@dataclass(frozen=True, slots=True)
class _Loaded:
    """Items by key, what was read of them, and their facts that are new (``fresh``) or were now read earlier."""

    ids: Mapping[Key, int]
    seen: SeenOf
    fresh: Mapping[Key, int]
    earlier: Mapping[Key, int]


def load_facts(look: Look, programmes: Sequence[Programme]) -> Seen:
    """Make sure that all that was read is in the database, and say which rows it is.

    Args:
        look: the look, in a transaction that may write; the row of its source exists.
        programmes: what was read; of two with one ref the first counts.
    """
    refs = storable_all([programme.ref for programme in programmes])
    records: dict[Key, Programme] = dict(zip(reversed(refs), reversed(programmes), strict=True))
    loaded = _load(look, PROGRAMME, records, records.__getitem__)
    _load_roles(look.connection, {number: records[key].organisations for key, number in loaded.fresh.items()})
    parents = {loaded.ids[key]: programme for key, programme in records.items() if programme.offerings}
    runs: dict[Key, Offering] = {
        (item, storable(offering.ref)): offering
        for item, programme in parents.items()
        for offering in reversed(programme.offerings)
    }
    # The words of an offering are words of its programme's listing: what was read anew is known by the same digest.
    of_runs = _load(look, OFFERING, runs, lambda key: parents[int(key[0])])
    on = look.at.date()
    return Seen(
        programmes=loaded.seen,
        offerings=of_runs.seen,
        to_classify=ToClassify(
            programmes={n: (records[key], on) for key, n in (*loaded.fresh.items(), *loaded.earlier.items())},
            offerings={n: (runs[key], on) for key, n in (*of_runs.fresh.items(), *of_runs.earlier.items())},
        ),
    )


def _load(look: Look, unit: Unit, records: Mapping[Key, Record], programme_of: Callable[[Key], Programme]) -> _Loaded:
    """Load what was read of programmes, or of offerings; ``programme_of`` gives the programme of a key."""
    known = Parted({}, {}, frozenset())
    if look.is_latest:
        known = parted(look.connection, unit, look.slug, records, programme_of, words_tell=look.words_tell)
    rest = {key: record for key, record in records.items() if key not in known.same}
    found, made = identities(look.connection, unit, look.slug, (key for key in rest if key not in known.other))
    ids = {**known.same, **known.other, **found}
    facts = _facts(look, unit, {ids[key]: record for key, record in rest.items()}, {ids[key] for key in made})
    readings = {}
    for key, record in rest.items():
        programme = programme_of(key)
        printed_as = (storable(programme.ref),) if isinstance(key, str) else (storable(programme.ref), key[1])
        reread = _is_other(look.corrected, record, *printed_as)
        item = ids[key]
        readings[item] = Reading(facts.found[item], programme.listing_digest, programme.complete, reread)
    return _Loaded(
        ids=ids,
        seen=SeenOf(readings, frozenset(ids[key] for key in made), known.absent),
        fresh={key: facts.fresh[ids[key]] for key in rest if ids[key] in facts.fresh},
        earlier={key: facts.earlier[ids[key]] for key in rest if ids[key] in facts.earlier},
    )


def _is_other(corrected: Readings | None, record: Record, *key: str) -> bool:
    """Whether a reading is not the one that the same look had given first."""
    if corrected is None:
        return False
    digest, was_other = corrected.get(key, ("", True))
    return was_other or digest != facts_digest(record)


@dataclass(frozen=True, slots=True)
class _Facts:
    """The numbers of the facts of each item; of those alone that are new; of those now read earlier than before."""

    found: dict[int, int]
    fresh: dict[int, int]
    earlier: dict[int, int]


def _facts(look: Look, unit: Unit, records: Mapping[int, Record], fresh_items: Collection[int]) -> _Facts:
    """Store the facts of items that are new, and note those that were read earlier than known."""
    connection, target = look.connection, unit.table("facts")
    known = _known_facts(connection, unit, records.keys() - fresh_items)
    facts = _Facts({}, {}, {})
    digests: dict[int, str] = {}
    for item, record in records.items():
        digest = facts_digest(record)
        facts_id, read_at = known.get((item, digest), (None, look.at))
        if facts_id is None:
            digests[item] = digest
            continue
        facts.found[item] = facts_id
        if look.at < read_at:
            facts.earlier[item] = facts_id
    facts.fresh.update(zip(digests, new_ids(connection, target), strict=False))
    facts.found.update(facts.fresh)
    names, values_of = _columns(unit)
    insert_values(
        connection,
        target,
        ("id", unit.owner, "facts_digest", "read_at", *names),
        ((facts.fresh[item], item, digest, look.at, *values_of(records[item])) for item, digest in digests.items()),
    )
    words = _WORDS & set(names)
    read_earlier = [
        {"this": facts_id, "read_at": look.at, **{name: getattr(records[item], name) for name in words}}
        for item, facts_id in facts.earlier.items()
    ]
    if read_earlier:
        connection.execute(update(target).where(target.c.id == bindparam("this")), read_earlier)
    return facts


def _known_facts(
    connection: Connection, unit: Unit, items: Iterable[int]
) -> dict[tuple[int, str], tuple[int, datetime]]:
    """Return number and time of the facts of items, by item and digest."""
    target = unit.table("facts")
    owner = unit.owner_of(target)
    asked = select(owner, target.c.facts_digest, target.c.id, target.c.read_at)
    return {
        (row[0], row[1]): (row[2], row[3])
        for part in parts(items)
        for row in connection.execute(asked.where(among(connection, owner, part)))
    }


@cache
def _columns(unit: Unit) -> tuple[tuple[str, ...], Callable[[Record], tuple[Any, ...]]]:
    """Return the columns that the facts of a record fill, and what takes their values from it; of a price, one each."""
    own = [name for name in _RECORDS[unit].__dataclass_fields__ if name not in _APART]
    of_price = [*PriceFacts.__dataclass_fields__]
    return (*own, *of_price), attrgetter(*own, *(f"price.{name}" for name in of_price))


def _load_roles(connection: Connection, roles: Mapping[int, Sequence[OrganisationRole]]) -> None:
    """Store the organisations of new facts, each spelling once."""
    keys = {_organisation_key(role): role for role in _all(roles)}
    if not keys:
        return
    target = table("organisation_entry")
    known = {
        row.key: row.id
        for part in parts(keys)
        for row in connection.execute(select(target.c.key, target.c.id).where(among(connection, target.c.key, part)))
    }
    ids = new_ids(connection, target)
    made = {key: next(ids) for key in sorted(keys) if key not in known}
    rows = [
        {"id": n, "key": key, "name": keys[key].name, "kind": keys[key].kind, "country": keys[key].country}
        for key, n in made.items()
    ]
    known |= made | insert_shared(connection, target, rows, "key")
    insert_values(
        connection,
        table("programme_role"),
        ("facts_id", "position", "role", "organisation_id", "ref", "url"),
        (
            (facts_id, position, role.role, known[_organisation_key(role)], role.ref, role.url)
            for facts_id, ordered in roles.items()
            for position, role in enumerate(ordered)
        ),
    )


def _all(roles: Mapping[int, Sequence[OrganisationRole]]) -> Iterator[OrganisationRole]:
    for ordered in roles.values():
        yield from ordered


def _organisation_key(role: OrganisationRole) -> str:
    return _key(role.name, role.kind, role.country)


@lru_cache(maxsize=8_192)
def _key(name: str, kind: str | None, country: str | None) -> str:
    words = json.dumps([storable(name), kind, country])
    return hashlib.sha256(words.encode("utf-8", "surrogatepass")).hexdigest()
