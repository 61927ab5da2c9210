"""What a complete look said, read back so far as a later one has to be compared with it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from heapq import nsmallest
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, Integer, Table, or_, select, type_coerce

from models.fact_queries import offering_of, programmes_of
from models.records import Offering, Programme
from models.units import OFFERING, PROGRAMME, among, parts, table

COMPARED_MAX = 1_000
"""So many programmes tell the share of any change to about three points in a hundred (95 %); no more are read."""


class Words(NamedTuple):
    """A programme as a look read it: its ref, the digest of its words, its number, that of its facts, completeness."""

    ref: str
    digest: str
    programme_id: int
    facts_id: int
    complete: int


def words_at(connection: Connection, slug: str, at: datetime) -> dict[str, Words]:
    """Return what the complete look at a source at a time read of each programme, by ref."""
    programme, span = table("programme"), table("programme_span")
    # SQLite gives truths as 0 and 1: to make truths of them all takes longer than to read them.
    complete = type_coerce(span.c.complete, Integer)
    rows = connection.execute(
        select(programme.c.ref, span.c.listing_digest, programme.c.id, span.c.facts_id, complete)
        .join(span, span.c.programme_id == programme.c.id)
        .where(programme.c.source == slug, _seen_at(span, at))
    )
    return {row[0]: Words._make(row) for row in rows}


def some_of(refs: Iterable[str], words: Mapping[str, Words]) -> dict[str, Words]:
    """Return at most ``COMPARED_MAX`` of the refs with their words: the same of the same, and as good as drawn."""
    drawn = nsmallest(COMPARED_MAX, refs, key=lambda ref: words[ref].digest)
    return {ref: words[ref] for ref in drawn}


def said_at(connection: Connection, at: datetime, words: Mapping[str, Words]) -> dict[str, Programme]:
    """Return what programmes said at a complete look, with their offerings, by ref; ``words`` says which."""
    by_facts = {one.facts_id: (ref, one) for ref, one in words.items()}
    runs = _offerings_at(connection, at, (one.programme_id for one in words.values()))
    programme, facts = PROGRAMME.item, PROGRAMME.table("facts")
    asked = select(facts, programme.c.ref).join(programme, programme.c.id == facts.c.programme_id)
    found: dict[str, Programme] = {}
    for part in parts(by_facts):
        rows = connection.execute(asked.where(among(connection, facts.c.id, part))).mappings().all()
        for number, record in programmes_of(connection, rows).items():
            ref, one = by_facts[number]
            offerings = tuple(runs.get(one.programme_id, ()))
            found[ref] = replace(record, offerings=offerings, complete=bool(one.complete), listing_digest=one.digest)
    return found


def _offerings_at(connection: Connection, at: datetime, programmes: Iterable[int]) -> dict[int, list[Offering]]:
    offering, facts, span = OFFERING.item, OFFERING.table("facts"), OFFERING.table("span")
    asked = (
        select(facts, offering.c.ref, offering.c.programme_id)
        .join(span, span.c.facts_id == facts.c.id)
        .join(offering, offering.c.id == span.c.offering_id)
        .where(_seen_at(span, at))
        .order_by(offering.c.id)
    )
    found: dict[int, list[Offering]] = defaultdict(list)
    for part in parts(programmes):
        for row in connection.execute(asked.where(among(connection, offering.c.programme_id, part))).mappings():
            found[row["programme_id"]].append(offering_of(row))
    return found


def _seen_at(span: Table, at: datetime) -> ColumnElement[bool]:
    return (span.c.seen_from <= at) & or_(span.c.seen_until.is_(None), span.c.seen_until >= at)
