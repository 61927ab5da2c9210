"""The full-text index: which words of which programme stand in it, and the index itself, of each database's own kind.

``programme_search`` is an ordinary table. ``search_words`` is an FTS5 table without content on SQLite (with the
plainest tokenizer: its words are cut already) and a table of ``tsvector`` with a GIN index on PostgreSQL. It is none of
the declared tables, and every migration makes it anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from itertools import chain, repeat

from sqlalchemy import Connection, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from models.bulk import copy_rows
from models.tables import Base
from models.words import WORD_MOST, Part

INDEX = "search_words"
FIELDS = ("title", "about", "description")
"""The columns of the index on SQLite, the weights A, B and C on PostgreSQL."""
_WEIGHTS = "ABC"
_PLACES_MOST = 2**14
"""What a ``tsvector`` counts (https://www.postgresql.org/docs/current/textsearch-limitations.html)."""
_GATHERED_BYTES = 16 * 2**20


class ProgrammeSearch(Base):
    """Which words of a programme stand in the full-text index; derived."""

    __tablename__ = "programme_search"
    __table_args__ = (
        {"comment": "Derived: which facts of a programme, those of its latest version, the full-text index holds."},
    )
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"), primary_key=True, comment="The programme")
    # No reference to the facts: these are thrown away when a source is read again, and each would be looked for here.
    facts_id: Mapped[int] = mapped_column(comment="The facts whose words were indexed; 0 when they are to be again")
    search_row: Mapped[int] = mapped_column(unique=True, comment="Number of the row of its words in search_words")
    words_digest: Mapped[str] = mapped_column(comment="First half of the sha256 of these words")


def make_index(connection: Connection) -> None:
    """Make the index, empty, in the place of any that is there."""
    connection.exec_driver_sql(f"drop table if exists {INDEX}")
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"create table {INDEX} (id bigint primary key, words tsvector not null)")
        connection.exec_driver_sql(f"create index ix_{INDEX}_words on {INDEX} using gin (words)")
        return
    columns = ", ".join(FIELDS)
    connection.exec_driver_sql(
        f"create virtual table {INDEX} using fts5({columns}, content='', columnsize=0, tokenize='ascii')"
    )
    # Words are gathered in memory first: with the 1 MiB that is usual a first load takes half as long again.
    connection.exec_driver_sql(f"insert into {INDEX} ({INDEX}, rank) values ('hashsize', {_GATHERED_BYTES})")  # noqa: S608


def put_words(connection: Connection, words: Mapping[int, Sequence[str]], gone: Iterable[int]) -> None:
    """Write the words of rows, one text a field, and take out rows whose words are no longer in force.

    SQLite leaves these where they are: a table without content needs the words to take them out (before 3.43), and a
    row that no programme names is never found. They are gone when the index is made again.
    """
    if connection.dialect.name == "postgresql":
        _take_out(connection, list(gone))
        if words:
            copy_rows(connection, INDEX, ((number, _vector(texts)) for number, texts in words.items()))
        return
    if words:
        columns = ", ".join(FIELDS)
        connection.exec_driver_sql(
            f"insert into {INDEX} (rowid, {columns}) values (?, ?, ?, ?)",  # noqa: S608 - our names
            [(number, *texts) for number, texts in words.items()],
        )


def _take_out(connection: Connection, rows: list[int]) -> None:
    if rows:
        connection.exec_driver_sql(f"delete from {INDEX} where id = any(%s)", (rows,))  # noqa: S608 - our name


def _vector(texts: Sequence[str]) -> str:
    """Return words as PostgreSQL writes a ``tsvector``, each with its places; no parser of its own has a say."""
    written: list[str] = []
    place = 0
    for text, weight in zip(texts, _WEIGHTS, strict=True):
        place += 1  # the last word of one field is not beside the first of the next
        words = text.split()
        if max(map(len, words), default=0) > WORD_MOST:
            words = [word[:WORD_MOST] for word in words]
        marks = _marks(weight)
        own = chain(marks[place + 1 : place + 1 + len(words)], repeat(marks[-1]))  # all beyond are at the last place
        written += map(str.__add__, words, own)
        place += len(words)
    return "'" + " '".join(written) if written else ""


@cache
def _marks(weight: str) -> list[str]:
    """Return what ends a word at each place, the quotation mark and the place."""
    return [f"':{place}{weight}" for place in range(_PLACES_MOST)]


def search_terms(parts: Sequence[Part], dialect: str) -> tuple[str, str, str]:
    """Return a search as the index of a database understands it: in the title, title or about, anywhere."""
    if dialect == "postgresql":
        return (_query(parts, "A"), _query(parts, "AB"), _query(parts, ""))
    everywhere = " AND ".join(f'"{" ".join(part.words)}"{"*" * part.begins}' for part in parts)
    return (f"{{title}} : ({everywhere})", f"{{title about}} : ({everywhere})", everywhere)


def _query(parts: Sequence[Part], weights: str) -> str:
    def written(part: Part) -> str:
        marks = "*" * part.begins + weights
        return " <-> ".join(f"'{word}'{f':{marks}' if marks else ''}" for word in part.words)

    return " & ".join(f"({written(part)})" for part in parts)
