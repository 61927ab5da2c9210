"""Keeping the full-text index: the words of the latest version of every programme, written when they change."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import count
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, bindparam, delete, func, select, update

from models.bulk import insert_rows
from models.search_tables import make_index, put_words
from models.units import PROGRAMME, chunks, table
from models.words import words_of

TITLE_MOST, ABOUT_MOST, DESCRIPTION_MOST = 1_000, 4_000, 10_000
"""Characters that are indexed. PostgreSQL counts the places of words up to 16,383 only, so all of them stay below."""
_ABOUT = ("credential_label", "kind_as_published", "level_as_published")


def load_words(connection: Connection, programmes: Iterable[int]) -> None:
    """Index anew those of some programmes whose latest facts are not those indexed."""
    version = PROGRAMME.table("version")
    for chunk in chunks(set(programmes)):
        _index(connection, _stale(connection, version.c.programme_id.in_(chunk)))


def load_words_of_source(connection: Connection, slug: str) -> None:
    """Index all programmes of a source anew, after its facts were put in the place of others."""
    search, programme = table("programme_search"), table("programme")
    of_source = select(programme.c.id).where(programme.c.source == slug)
    # The rows stay, so that their numbers are not given again.
    connection.execute(update(search).where(search.c.programme_id.in_(of_source)).values(facts_id=0))
    _index(connection, _stale(connection, programme.c.source == slug))


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


def _index(connection: Connection, rows: Sequence[Row[Any]]) -> None:
    search = table("programme_search")
    numbers = _new_rows(connection)
    by_facts = {row.facts_id: row for row in rows}
    this = search.c.programme_id == bindparam("this")
    for chunk in chunks(by_facts):
        fresh: list[dict[str, Any]] = []
        known: list[dict[str, Any]] = []
        words: dict[int, Sequence[str]] = {}
        gone: list[int] = []
        for facts_id, texts in _words(connection, chunk, {n: by_facts[n].ref for n in chunk}).items():
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
        insert_rows(connection, search, fresh)
        if known:
            connection.execute(update(search).where(this), [{"this": row.pop("programme_id"), **row} for row in known])
        put_words(connection, words, gone)


def _new_rows(connection: Connection) -> Iterator[int]:
    """Yield unused numbers of rows; one that was given is never given again, for SQLite keeps what stood there."""
    greatest = connection.execute(select(func.max(table("programme_search").c.search_row))).scalar_one()
    return count((greatest or 0) + 1)


def _words(connection: Connection, facts: Sequence[int], refs: Mapping[int, str]) -> dict[int, tuple[str, str, str]]:
    """Return the words of rows of facts: of the title, of what is printed about it, of the description."""
    target = PROGRAMME.table("facts")
    names = ("title", "description", "subjects", "statements", *_ABOUT)
    role, entry = table("programme_role"), table("organisation_entry")
    organisations: dict[int, dict[str, None]] = defaultdict(dict)
    named = select(role.c.facts_id, entry.c.name).join(entry, entry.c.id == role.c.organisation_id)
    for facts_id, name in connection.execute(named.where(role.c.facts_id.in_(facts)).order_by(role.c.position)):
        organisations[facts_id][name] = None
    said = connection.execute(select(target.c.id, *(target.c[name] for name in names)).where(target.c.id.in_(facts)))
    return {
        row.id: (
            words_of(row.title or "", TITLE_MOST),
            words_of("\n".join([refs[row.id], *organisations[row.id], *_about(row)]), ABOUT_MOST),
            words_of(_described(row.description, row.statements), DESCRIPTION_MOST),
        )
        for row in said
    }


def _about(row: Row[Any]) -> Iterable[str]:
    mapping = row._mapping  # noqa: SLF001 - SQLAlchemy's name for a public attribute
    return (*(mapping[name] or "" for name in _ABOUT), *(str(subject) for subject in row.subjects or ()))


def _described(description: str | None, statements: Mapping[str, Any] | None) -> str:
    outcomes = (statements or {}).get("learning_outcomes")
    return f"{description or ''}\n{outcomes}" if outcomes else description or ""
