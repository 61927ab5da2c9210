"""Keeping the full-text index: the words of the latest version of every programme, written when they change."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, func, select, update

from models.bulk import insert_rows, update_rows
from models.columns import storable
from models.records import Programme
from models.search_tables import make_index, put_words
from models.units import PROGRAMME, among, new_ids, parts, table
from models.words import words_of

TITLE_MOST, ABOUT_MOST, DESCRIPTION_MOST = 1_000, 4_000, 10_000
"""Characters that are indexed. PostgreSQL counts the places of words up to 16,383 only, so all of them stay below."""
INDEXED_AT_ONCE = 2_000
_ABOUT = ("credential_label", "kind_as_published", "level_as_published")


def load_words(
    connection: Connection, programmes: Iterable[int], just_read: Mapping[int, Programme] | None = None
) -> None:
    """Index anew those of some programmes whose latest facts are not those indexed.

    Args:
        connection: a transaction that may write.
        programmes: their numbers.
        just_read: facts that need not be read back, by their numbers.
    """
    version = PROGRAMME.table("version")
    stale = [
        row
        for part in parts(set(programmes))
        for row in _stale(connection, among(connection, version.c.programme_id, part))
    ]
    _index(connection, stale, just_read or {})


def load_words_of_source(connection: Connection, slug: str) -> None:
    """Index all programmes of a source anew, after its facts were put in the place of others."""
    search, programme = table("programme_search"), table("programme")
    of_source = select(programme.c.id).where(programme.c.source == slug)
    # The rows stay, so that their numbers are not given again.
    connection.execute(update(search).where(search.c.programme_id.in_(of_source)).values(facts_id=0))
    _index(connection, _stale(connection, programme.c.source == slug), {})


def rebuild_words(connection: Connection) -> int:
    """Make the index anew and return how many programmes it holds."""
    make_index(connection)
    connection.execute(delete(table("programme_search")))
    source = table("source")
    for slug in connection.execute(select(source.c.slug).order_by(source.c.slug)).scalars().all():
        load_words_of_source(connection, slug)
    found: int = connection.execute(select(func.count()).select_from(table("programme_search"))).scalar_one()
    return found


def _stale(connection: Connection, which: ColumnElement[bool]) -> Sequence[Row[Any]]:
    """Return the programmes whose latest facts are not those indexed, with what the index has of them."""
    programme, version, search = table("programme"), PROGRAMME.table("version"), table("programme_search")
    later = version.alias()
    last = (
        select(func.max(later.c.version_number)).where(later.c.programme_id == version.c.programme_id).scalar_subquery()
    )
    found: Sequence[Any] = connection.execute(
        select(version.c.programme_id, programme.c.ref, version.c.facts_id, search.c.search_row, search.c.words_digest)
        .join(programme, programme.c.id == version.c.programme_id)
        .outerjoin(search, search.c.programme_id == version.c.programme_id)
        .where(which, version.c.version_number == last, func.coalesce(search.c.facts_id, 0) != version.c.facts_id)
    ).all()
    return found


def _index(connection: Connection, rows: Sequence[Row[Any]], just_read: Mapping[int, Programme]) -> None:
    numbers = _new_rows(connection)
    for first in range(0, len(rows), INDEXED_AT_ONCE):
        by_facts = {row.facts_id: row for row in rows[first : first + INDEXED_AT_ONCE]}
        fresh: list[dict[str, Any]] = []
        known: list[dict[str, Any]] = []
        words: dict[int, Sequence[str]] = {}
        gone: list[int] = []
        for facts_id, texts in _words(connection, {n: row.ref for n, row in by_facts.items()}, just_read):
            row = by_facts[facts_id]
            digest = hashlib.sha256("\0".join(texts).encode()).hexdigest()[:32]
            number = row.search_row
            if digest != row.words_digest:
                gone += [] if number is None else [number]
                number = next(numbers)
                words[number] = texts
            (fresh if row.search_row is None else known).append(
                {"programme_id": row.programme_id, "facts_id": facts_id, "search_row": number, "words_digest": digest}
            )
        insert_rows(connection, table("programme_search"), fresh)
        update_rows(connection, table("programme_search"), ("programme_id",), known)
        put_words(connection, words, gone)


def _new_rows(connection: Connection) -> Iterator[int]:
    """Yield unused numbers of rows; one that was given is never given again, for SQLite keeps what stood there."""
    return new_ids(connection, table("programme_search"), "search_row")


def _words(
    connection: Connection, refs: Mapping[int, str], just_read: Mapping[int, Programme]
) -> Iterator[tuple[int, tuple[str, str, str]]]:
    """Yield the words of facts, whose numbers ``refs`` has with the codes of their programmes."""
    for facts_id, ref in refs.items():
        if facts_id in just_read:
            programme = just_read[facts_id]
            named = dict.fromkeys(storable(role.name) for role in programme.organisations)
            yield facts_id, _of_texts(programme, ref, named)
    stored = refs.keys() - just_read.keys()
    target = PROGRAMME.table("facts")
    names = ("title", "description", "subjects", "statements", *_ABOUT)
    role, entry = table("programme_role"), table("organisation_entry")
    named_in = select(role.c.facts_id, entry.c.name).join(entry, entry.c.id == role.c.organisation_id)
    for part in parts(stored):
        organisations: dict[int, dict[str, None]] = defaultdict(dict)
        for facts_id, name in connection.execute(
            named_in.where(among(connection, role.c.facts_id, part)).order_by(role.c.position)
        ):
            organisations[facts_id][name] = None
        said = select(target.c.id, *(target.c[name] for name in names)).where(among(connection, target.c.id, part))
        for row in connection.execute(said):
            yield row.id, _of_texts(row, refs[row.id], organisations[row.id])


def _of_texts(said: Any, ref: str, organisations: Iterable[str]) -> tuple[str, str, str]:
    """Return the words of the title, of what is printed about it, of the description; ``said`` has facts by name."""
    about = (*(getattr(said, name) or "" for name in _ABOUT), *(str(subject) for subject in said.subjects or ()))
    return (
        words_of(storable(said.title or ""), TITLE_MOST),
        words_of(storable("\n".join([ref, *organisations, *about])), ABOUT_MOST),
        words_of(storable(_described(said.description, said.statements)), DESCRIPTION_MOST),
    )


def _described(description: str | None, statements: Mapping[str, Any] | None) -> str:
    outcomes = (statements or {}).get("learning_outcomes")
    return f"{description or ''}\n{outcomes}" if outcomes else description or ""
