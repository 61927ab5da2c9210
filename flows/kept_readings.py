"""What pages were read as, kept so that a page which is what it was need not be read again (docs/decisions/0028).

Reading is pure: the same bytes read by the same code give the same listings, and those the same programmes. So what is
kept here may be thrown away at any time, and is, as soon as the code, the format or a table in force is another one.
It is data and no code (MessagePack with typed fields): a file that somebody spoilt costs a reading and nothing else.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Self

from flows.packed import Packing, digest_of
from models.records import Listing, Page, Problem, Programme
from normalise.conversions import in_force_alike
from scrapers.private import private_folder

log = logging.getLogger(__name__)

LAYOUT = "1"
ROWS_AT_ONCE = 500

_SCHEMA = """
create table about (name text primary key, value text not null) without rowid;
create table page (url text primary key, digest text not null, entries blob not null) without rowid;
create table programme (ref text primary key, listing blob not null, reading blob not null) without rowid;
"""


@dataclass(frozen=True, slots=True)
class _Entry:
    """One entry of a page: a listing or a problem."""

    listing: Listing | None = None
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class _Normalised:
    """What a listing was normalised to."""

    programme: Programme
    problems: tuple[Problem, ...]


_ENTRIES: Packing[tuple[_Entry, ...]] = Packing(tuple[_Entry, ...])
_NORMALISED: Packing[_Normalised] = Packing(_Normalised)


class KeptReadings:
    """The readings kept of one source, in a file of its own; a context, at whose end what is new is on disk.

    Not being able to read or write the file is no failure of a look: it is logged, and everything is read anew.

    Args:
        file: the file; made when needed.
        code_version: of the code that reads.
        form: whatever tells the format of the source apart from others.
        on: day that picks the rows of dated conversion tables.
    """

    def __init__(self, file: Path, *, code_version: str, form: object, on: date) -> None:
        self._file = file
        self._about = {"layout": LAYOUT, "code": code_version, "form": repr(form), "on": on.isoformat()}
        self._on = on
        self.added: list[Programme] = []
        """The programmes that were not known and are kept now."""
        self._connection: sqlite3.Connection | None = None
        self._asked: tuple[Listing | None, bytes | None] = None, None
        self._pages: list[tuple[str, str, bytes]] = []
        self._programmes: list[tuple[str, bytes, bytes]] = []

    def __enter__(self) -> Self:
        try:
            self._connection = self._opened()
        except (OSError, sqlite3.Error) as error:
            self._do_without(error)
        return self

    def __exit__(self, *_: object) -> None:
        self._flush()
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def entries(self, page: Page) -> Sequence[Listing | Problem] | None:
        """Return what a page with this address and these bytes held when it was read, ``None`` if that is not kept."""
        row = self._row("select entries from page where url = ? and digest = ?", page.url, page.digest)
        found = None if row is None else _ENTRIES.record(row[0])
        if found is None:
            return None
        return [*_told(found)]

    def keep_entries(self, page: Page, entries: Iterable[Listing | Problem]) -> None:
        """Keep what a page held that was read to its end."""
        told = tuple(_Entry(problem=e) if isinstance(e, Problem) else _Entry(listing=e) for e in entries)
        words = _ENTRIES.packed(told)
        if words is not None:
            self._pages.append((page.url, page.digest, words))
            self._flush(ROWS_AT_ONCE)

    def programme(self, listing: Listing) -> tuple[Programme, tuple[Problem, ...]] | None:
        """Return what an equal listing was normalised to, and the problems met, ``None`` if that is not kept."""
        key = self._key(listing)
        row = None if key is None else self._row(
            "select reading from programme where ref = ? and listing = ?", listing.ref, key
        )  # fmt: skip
        found = None if row is None else _NORMALISED.record(row[0])
        return None if found is None else (found.programme, found.problems)

    def keep_programme(self, listing: Listing, programme: Programme, problems: Iterable[Problem]) -> None:
        """Keep what a listing was normalised to."""
        self.added.append(programme)
        key = self._key(listing)
        words = _NORMALISED.packed(_Normalised(programme, tuple(problems)))
        if key is not None and words is not None:
            self._programmes.append((listing.ref, key, words))
            self._flush(ROWS_AT_ONCE)

    def _key(self, listing: Listing) -> bytes | None:
        """Return the digest of a listing, which is asked for, and kept right afterwards if it was not known."""
        if self._asked[0] is not listing:
            self._asked = listing, digest_of(listing)
        return self._asked[1]

    def _row(self, question: str, *words: object) -> tuple[Any, ...] | None:
        if self._connection is None:
            return None
        try:
            row: tuple[Any, ...] | None = self._connection.execute(question, words).fetchone()
        except (sqlite3.Error, UnicodeEncodeError) as error:
            if isinstance(error, sqlite3.Error):
                self._do_without(error)
            return None
        return row

    def _flush(self, at_least: int = 1) -> None:
        if self._connection is None or max(len(self._pages), len(self._programmes)) < at_least:
            return
        try:
            with self._connection:
                self._connection.executemany("insert or replace into page values (?, ?, ?)", self._pages)
                self._connection.executemany("insert or replace into programme values (?, ?, ?)", self._programmes)
        except sqlite3.Error as error:
            self._do_without(error)
        self._pages, self._programmes = [], []

    def _opened(self) -> sqlite3.Connection:
        private_folder(self._file.parent)
        if self._file.exists() and not self._still_holds():
            self._file.unlink(missing_ok=True)
        connection = sqlite3.connect(self._file, timeout=1)
        # What is lost when the power fails is read again.
        connection.execute("pragma synchronous = off")
        if not connection.execute("select 1 from sqlite_master").fetchone():
            connection.executescript(_SCHEMA)
            connection.executemany("insert into about values (?, ?)", self._about.items())
            connection.commit()
        return connection

    def _still_holds(self) -> bool:
        try:
            with closing(sqlite3.connect(self._file, timeout=1)) as connection:
                about = dict(connection.execute("select name, value from about"))
        except sqlite3.DatabaseError:
            return False
        day = about.pop("on", None)
        ours = {name: value for name, value in self._about.items() if name != "on"}
        return about == ours and day is not None and in_force_alike(date.fromisoformat(day), self._on)

    def _do_without(self, error: Exception) -> None:
        log.warning("%s: readings are not kept: %s", self._file, error)
        if self._connection is not None:
            self._connection.close()
        self._connection = None


def _told(entries: Iterable[_Entry]) -> Iterator[Listing | Problem]:
    for entry in entries:
        if entry.listing is not None:
            yield entry.listing
        elif entry.problem is not None:
            yield entry.problem
