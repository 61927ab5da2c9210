"""The public views row by row, with the type of each column: what exports are made of.

A part of ``models.queries`` without frames: rows stream in batches, and everything that one export reads is read in one
transaction, so that its files agree with each other.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from typing import Any, Literal

from sqlalchemy import JSON, Boolean, Connection, Date, DateTime, Engine, Float, Integer, Numeric, text
from sqlalchemy.types import TypeDecorator, TypeEngine

from models.columns import UtcDateTime
from models.database import revision
from models.schema import METADATA
from models.views import VIEWS, View

ColumnKind = Literal["text", "integer", "number", "boolean", "date", "datetime", "list", "object"]
"""What the values of a column are in Python: str, int, float, bool, date, aware datetime, list or dict."""
ROWS_A_BATCH = 1_000
_VOCABULARY = re.compile(r"vocabulary (\w+)")
_TABLES = re.compile(r"\b(?:from|join)\s+(\w+)\s+(\w+)\b")
_COLUMN = re.compile(r"(?:cast\()?(\w+)\.(\w+)(?: as text\))?")
_KEYS = (
    "programme_id", "offering_id", "credential_id", "organisation_id", "snapshot_id", "source", "version_number",
    "as_of", "known_at", "period_start", "definition", "population", "unit", "panel", "cut", "cut_value", "measure",
    "role", "mode", "rule", "stage", "code", "field", "words", "ref", "name", "name_as_printed",
)  # fmt: skip
"""Columns that tell rows apart, in the order in which they sort them; a view sorts by those of them that it has."""


@dataclass(frozen=True, slots=True)
class PublicColumn:
    """A column of a view; ``vocabulary`` is the word list its meaning names, if any."""

    name: str
    kind: ColumnKind
    meaning: str
    vocabulary: str | None


@dataclass(frozen=True, slots=True)
class PublicTable:
    """A view: its meaning, and its columns in order."""

    name: str
    meaning: str
    columns: tuple[PublicColumn, ...]


@dataclass(frozen=True, slots=True)
class SourceTerms:
    """What a source's declaration says that whoever publishes data of it must know. ``last_look`` is aware."""

    source: str
    name: str
    language: str
    country: str
    terms_url: str
    terms_checked: date
    terms_note: str
    last_look: datetime | None


@cache
def public_tables() -> Mapping[str, PublicTable]:
    """Return the public views with the types of their columns, by name, in the order of ``models.views``."""
    return {view.name: PublicTable(view.name, view.comment, tuple(_columns(view))) for view in VIEWS.values()}


@dataclass(frozen=True, slots=True)
class PublicReader:
    """One reading of the database: whatever it is asked, it answers as of the moment of the first question."""

    connection: Connection

    @property
    def revision(self) -> str | None:
        """The revision of the schema."""
        return revision(self.connection)

    @property
    def dialect(self) -> str:
        """``sqlite`` or ``postgresql``."""
        return self.connection.dialect.name

    def count(self, view: str) -> int:
        """Return how many rows a public view has."""
        found: int = self.connection.execute(text(f"select count(*) from {_known(view).name}")).scalar_one()  # noqa: S608 - a known name
        return found

    def rows(self, view: str) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of a public view as Python values, ordered by what tells them apart.

        Raises:
            ValueError: if there is no such view.
        """
        table = _known(view)
        names = [column.name for column in table.columns]
        keys = ", ".join(key for key in _KEYS if key in names) or "1"
        sql = text(f"select {', '.join(names)} from {view} order by {keys}")  # noqa: S608 - known names
        converters = [_CONVERTERS.get(column.kind) for column in table.columns]
        result = self.connection.execute(sql, execution_options={"yield_per": ROWS_A_BATCH})
        for batch in result.partitions():
            for row in batch:
                yield _converted(row, converters)

    def snapshots(self) -> list[str]:
        """Return the ids of the snapshots whose figures the view ``trend`` shows, oldest first."""
        rows = self.connection.execute(text("select snapshot_id, max(as_of) from trend group by 1 order by 2, 1"))
        return [str(row[0]) for row in rows]

    def sources(self) -> list[SourceTerms]:
        """Return the declarations of all sources that were ever harvested, by slug."""
        rows = self.connection.execute(
            text(
                "select slug, name, language, country, terms_url, terms_checked, terms_note, "
                "(select max(r.as_of) from run r where r.source = s.slug "
                "and r.outcome in ('ok', 'unchanged', 'partial')) from source s order by slug"
            )
        )
        return [
            SourceTerms(slug, name, language, country, url, _as_date(checked), note, look and _as_datetime(look))
            for slug, name, language, country, url, checked, note, look in rows
        ]


@contextmanager
def reading(engine: Engine) -> Iterator[PublicReader]:
    """Open one reading of the database, in a transaction that sees one state of it."""
    one_state = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    reader = engine.execution_options(**one_state) if engine.dialect.name == "postgresql" else engine
    with reader.connect() as connection:
        yield PublicReader(connection)


def _known(view: str) -> PublicTable:
    table = public_tables().get(view)
    if table is None:
        raise ValueError(f"there is no view {view!r}; there are: {', '.join(public_tables())}")
    return table


# --------------------------------------------------------------------------------------
# Types of columns: views state none, on SQLite not even for plain columns
# --------------------------------------------------------------------------------------


def _columns(view: View) -> Iterator[PublicColumn]:
    aliases = {alias: name for name, alias in reversed(_TABLES.findall(view.sql)) if name in METADATA.tables}
    for name, expression in _expressions(view):
        meaning = view.columns[name]
        named = _VOCABULARY.search(meaning)
        counted = re.search(rf"\bcount\([^()]*\) as {name}\b", view.sql)
        kind = "integer" if counted else _kind(name, expression, meaning, aliases)
        yield PublicColumn(name, kind, meaning, named[1] if named else None)


def _expressions(view: View) -> Iterator[tuple[str, str]]:
    """Yield each column with its SQL, as ``models.views`` puts the list of columns together."""
    rest = view.sql.removeprefix("select\n  ")
    for name in view.columns:
        expression, _, rest = re.split(rf" as {name}(,\n  |\n)", rest, maxsplit=1)
        yield name, expression


def _kind(name: str, expression: str, meaning: str, aliases: Mapping[str, str]) -> ColumnKind:
    """Return what a column holds, by the first of these that tells: its text, its table, its SQL, its name."""
    if "JSON list" in meaning or "JSON object" in meaning:
        return "list" if "JSON list" in meaning else "object"
    if plain := _COLUMN.fullmatch(expression):
        table = METADATA.tables.get(aliases.get(plain[1], ""))
        if table is not None and plain[2] in table.c:
            return _kind_of(table.c[plain[2]].type)
    for pattern, kind in _BY_SQL:
        if pattern.match(expression):
            return kind
    for affix, kind in _BY_AFFIX:
        if name.startswith(affix) or name.endswith(affix):
            return kind
    return _kinds_by_name().get(name, "text")


_BY_SQL: Sequence[tuple[re.Pattern[str], ColumnKind]] = (
    (re.compile(r"(?:case when \S+ is null then 1 else )?(?:\(select )?count\(|sum\(|\d+$"), "integer"),
    (re.compile(r".*\|\|", re.DOTALL), "text"),
)
_BY_AFFIX: Sequence[tuple[str, ColumnKind]] = (("is_", "boolean"), ("_at", "datetime"))


@cache
def _kinds_by_name() -> Mapping[str, ColumnKind]:
    """Return the kind of every column name of the tables that means one kind wherever it stands."""
    found: dict[str, set[ColumnKind]] = {}
    for table in METADATA.tables.values():
        for column in table.columns:
            found.setdefault(column.name, set()).add(_kind_of(column.type))
    return {name: kinds.pop() for name, kinds in found.items() if len(kinds) == 1}


def _kind_of(kind: TypeEngine[Any]) -> ColumnKind:
    if isinstance(kind, UtcDateTime):
        return "datetime"
    bare = kind.impl_instance if isinstance(kind, TypeDecorator) else kind
    for sort, name in _KINDS:
        if isinstance(bare, sort):
            return name
    return "text"


_KINDS: Sequence[tuple[type[TypeEngine[Any]], ColumnKind]] = (
    (Boolean, "boolean"),
    (Integer, "integer"),
    (Float, "number"),
    (Numeric, "number"),
    (DateTime, "datetime"),
    (Date, "date"),
    (JSON, "object"),
)


# --------------------------------------------------------------------------------------
# Values: the two databases give back different Python types for the same
# --------------------------------------------------------------------------------------


def _converted(row: Sequence[Any], converters: Sequence[Callable[[Any], Any] | None]) -> tuple[Any, ...]:
    return tuple(
        value if value is None or convert is None else convert(value)
        for value, convert in zip(row, converters, strict=True)
    )


def _as_datetime(value: Any) -> datetime:
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def _as_date(value: Any) -> date:
    return value if isinstance(value, date) else date.fromisoformat(value[:10])


def _as_json(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


_CONVERTERS: Mapping[ColumnKind, Callable[[Any], Any]] = {
    "integer": int,
    "number": float,
    "boolean": bool,
    "datetime": _as_datetime,
    "date": _as_date,
    "list": _as_json,
    "object": _as_json,
}
