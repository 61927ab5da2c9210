"""Which items a look read: those that the look before read just so are told apart first, and nothing else is asked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, Select, select

from models.bulk import insert_rows
from models.records import Offering, Programme, facts_digest
from models.units import PROGRAMME, Unit, chunks, new_ids, table

Record = Programme | Offering
Key = tuple[Any, str]
"""The source, or the number of the programme, and the ref in it."""

ROWS_AT_ONCE = 5_000


def parted(
    connection: Connection,
    unit: Unit,
    slug: str,
    records: Mapping[Key, Record],
    programme_of: Callable[[Key], Programme],
) -> tuple[dict[Key, int], frozenset[int]]:
    """Return the items that were read just as in the latest complete look, and those listed in it and not read now.

    Args:
        connection: where the evidence is.
        unit: programmes or offerings.
        slug: the source.
        records: what was read.
        programme_of: the programme whose words a record was read from.
    """
    same: dict[Key, int] = {}
    absent: list[int] = []
    for parent, ref, item, facts, words, complete, reread in _listed(connection, unit, slug):
        key = (parent, ref)
        record = records.get(key)
        if record is None:
            absent.append(item)
            continue
        programme = programme_of(key)
        if words != programme.listing_digest or complete != programme.complete or reread:
            continue
        if facts == facts_digest(record):
            same[key] = item
    return same, frozenset(absent)


def _listed(connection: Connection, unit: Unit, slug: str) -> Iterator[Any]:
    """Yield the key and number of each item in the latest complete look, and what was read of it."""
    item, span, facts = unit.item, unit.table("span"), unit.table("facts")
    rows = (
        unit.of_source(span, slug)
        .join(facts, facts.c.id == span.c.facts_id)
        .where(span.c.seen_until.is_(None))
        .with_only_columns(
            _parent(unit), item.c.ref, item.c.id, facts.c.facts_digest, span.c.listing_digest, span.c.complete,
            span.c.reread, maintain_column_froms=True,
        )
    )  # fmt: skip
    for some in connection.execute(rows).partitions(ROWS_AT_ONCE):
        yield from some


def identities(connection: Connection, unit: Unit, slug: str, keys: Iterable[Key]) -> tuple[dict[Key, int], set[Key]]:
    """Return the number of each item by its key, making those that are new, and the keys of these."""
    wanted = list(keys)
    known = {(row[0], row[1]): row[2] for row in _known(connection, unit, slug, wanted)}
    ids = new_ids(connection, unit.item)
    made = {key: next(ids) for key in wanted if key not in known}
    parent = _parent(unit).name
    insert_rows(connection, unit.item, [{"id": n, parent: key[0], "ref": key[1]} for key, n in made.items()])
    return known | made, set(made)


def _known(connection: Connection, unit: Unit, slug: str, keys: list[Key]) -> Iterator[Any]:
    """Yield parent, ref and number of the items with these keys, and of others with the same parents."""
    item, parent = unit.item, _parent(unit)
    asked = select(parent, item.c.ref, item.c.id)
    if unit is not PROGRAMME:
        for chunk in chunks({key[0] for key in keys}):
            yield from connection.execute(asked.where(parent.in_(chunk)))
        return
    if not _has_any(connection, slug):
        return
    for chunk in chunks({key[1] for key in keys}):
        yield from connection.execute(asked.where(parent == slug, item.c.ref.in_(chunk)))


def _has_any(connection: Connection, slug: str) -> bool:
    programme = table("programme")
    any_of_source: Select[Any] = select(programme.c.id).where(programme.c.source == slug).limit(1)
    return connection.execute(any_of_source).first() is not None


def _parent(unit: Unit) -> Any:
    return unit.item.c["source" if unit is PROGRAMME else "programme_id"]
