"""Which items a look read: those that the look before read just so are told apart first, and nothing else is asked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Connection, Integer, Select, null, select, type_coerce

from models.bulk import insert_values
from models.records import Offering, Programme, facts_digest
from models.units import PROGRAMME, Unit, among, new_ids, parts, table

Record = Programme | Offering
Key = str | tuple[int, str]
"""The ref of a programme in its source; of an offering the number of its programme, and the ref in that."""

ROWS_AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class Parted:
    """What a look read, beside the latest complete look before it.

    ``same`` was read just so, ``other`` was listed too and is not the same, both by key; ``absent`` was listed and is
    not read now.
    """

    same: Mapping[Key, int]
    other: Mapping[Key, int]
    absent: frozenset[int]


def parted(
    connection: Connection,
    unit: Unit,
    slug: str,
    records: Mapping[Key, Record],
    programme_of: Callable[[Key], Programme],
    *,
    words_tell: bool,
) -> Parted:
    """Return which items were read just as in the latest complete look.

    Args:
        connection: where the evidence is.
        unit: programmes or offerings.
        slug: the source.
        records: what was read.
        programme_of: the programme whose words a record was read from.
        words_tell: whether the same words were read as the same facts in both looks; the facts are compared otherwise.
    """
    same: dict[Key, int] = {}
    other: dict[Key, int] = {}
    absent: list[int] = []
    of_programmes = unit is PROGRAMME
    for parent, ref, item, words, complete, reread, facts in _listed(connection, unit, slug, with_facts=not words_tell):
        key = ref if of_programmes else (parent, ref)
        record = records.get(key)
        if record is None:
            absent.append(item)
            continue
        programme = record if isinstance(record, Programme) else programme_of(key)
        is_same = words == programme.listing_digest and complete == programme.complete and not reread
        if is_same and (words_tell or facts == facts_digest(record)):
            same[key] = item
        else:
            other[key] = item
    return Parted(same, other, frozenset(absent))


def _listed(connection: Connection, unit: Unit, slug: str, *, with_facts: bool) -> Iterator[Any]:
    """Yield the key and number of each item in the latest complete look, and what was read of it."""
    item, span, facts = unit.item, unit.table("span"), unit.table("facts")
    listed = unit.of_source(span, slug).where(span.c.seen_until.is_(None))
    if with_facts:
        listed = listed.join(facts, facts.c.id == span.c.facts_id)
    parent = null() if unit is PROGRAMME else item.c.programme_id
    digest = facts.c.facts_digest if with_facts else null()

    def as_it_is(truth: Column[Any]) -> Any:
        """Return a column that SQLite gives as 0 or 1: to make truths of them all takes longer than to read them."""
        return type_coerce(truth, Integer)

    rows = listed.with_only_columns(
        parent, item.c.ref, item.c.id, span.c.listing_digest, as_it_is(span.c.complete), as_it_is(span.c.reread),
        digest, maintain_column_froms=True,
    )  # fmt: skip
    for some in connection.execute(rows).partitions(ROWS_AT_ONCE):
        yield from some


def identities(connection: Connection, unit: Unit, slug: str, keys: Iterable[Key]) -> tuple[dict[Key, int], set[Key]]:
    """Return the number of each item by its key, making those that are new, and the keys of these."""
    wanted = list(keys)
    if not wanted:
        return {}, set()
    known = dict(_known(connection, unit, slug, wanted))
    ids = new_ids(connection, unit.item)
    made = {key: next(ids) for key in wanted if key not in known}
    owner = "source" if unit is PROGRAMME else "programme_id"
    rows = ((n, slug, key) if isinstance(key, str) else (n, *key) for key, n in made.items())
    insert_values(connection, unit.item, ("id", owner, "ref"), rows)
    return known | made, set(made)


def _known(connection: Connection, unit: Unit, slug: str, keys: list[Key]) -> Iterator[tuple[Key, int]]:
    """Yield the keys and numbers of the items with these keys, and of others of the same programmes."""
    item = unit.item
    if unit is not PROGRAMME:
        parent = item.c.programme_id
        for part in parts({key[0] for key in keys if not isinstance(key, str)}):
            of_part = select(parent, item.c.ref, item.c.id).where(among(connection, parent, part))
            for number, ref, offering in connection.execute(of_part):
                yield (number, ref), offering
        return
    if not _has_any(connection, slug):
        return
    for refs in parts({key for key in keys if isinstance(key, str)}):
        asked = select(item.c.ref, item.c.id).where(item.c.source == slug, among(connection, item.c.ref, refs))
        yield from ((ref, programme) for ref, programme in connection.execute(asked))


def _has_any(connection: Connection, slug: str) -> bool:
    programme = table("programme")
    any_of_source: Select[Any] = select(programme.c.id).where(programme.c.source == slug).limit(1)
    return connection.execute(any_of_source).first() is not None
