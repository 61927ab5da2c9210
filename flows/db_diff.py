"""``microcred db diff``: what two databases say differently, whatever the numbers of their rows or their kind."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Engine

from models.content import CONTENT, Content, content_rows, key_names, sources_in

SAMPLES_MAX = 3
TABLE_COLUMNS = ("source", "table", "left", "right", "only_left", "only_right", "different", "samples")
FIELD_COLUMNS = ("source", "table", "field", "rows", "example", "left", "right")

Key = tuple[Any, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldDifference:
    """A field that rows known to both sides state differently: how many rows, and one of them with both values."""

    source: str
    table: str
    field: str
    rows: int
    example: str
    left: Any
    right: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class TableDifference:
    """What two databases say of a source in one table: counts of rows, and names of some that are not the same.

    ``different`` are rows that both sides know and that say something else, field by field in ``fields``.
    """

    source: str
    table: str
    left: int
    right: int
    only_left: int
    only_right: int
    different: int
    samples: tuple[str, ...] = ()
    fields: tuple[FieldDifference, ...] = field(default=())

    @property
    def is_equal(self) -> bool:
        """Whether both say the same."""
        return not (self.only_left or self.only_right or self.different)


def differences(left: Engine, right: Engine, sources: Sequence[str] | None = None) -> Iterator[TableDifference]:
    """Yield how two databases compare, table by table of each source that one of them knows.

    Args:
        left: an open database.
        right: another one.
        sources: slugs; all that one of them knows if none.
    """
    with left.connect() as one, right.connect() as other:
        slugs = sources or sorted({*sources_in(one), *sources_in(other)})
        for slug in slugs:
            for content in CONTENT:
                yield _compared(one, other, content, slug)


def _compared(one: Connection, other: Connection, content: Content, slug: str) -> TableDifference:
    waiting = {key: _digest(said) for key, said in content_rows(one, content, slug)}
    in_left, in_right, only_right = len(waiting), 0, list[Key]()
    different: set[Key] = set()
    for key, said in content_rows(other, content, slug):
        in_right += 1
        digest = waiting.pop(key, None)
        if digest is None:
            only_right.append(key)
        elif digest != _digest(said):
            different.add(key)
    samples = [
        *(f"only left: {_named(content, key)}" for key in _first(waiting)),
        *(f"only right: {_named(content, key)}" for key in _first(only_right)),
        *(f"different: {_named(content, key)}" for key in _first(different)),
    ]
    return TableDifference(
        source=slug,
        table=content.name,
        left=in_left,
        right=in_right,
        only_left=len(waiting),
        only_right=len(only_right),
        different=len(different),
        samples=tuple(samples),
        fields=tuple(_fields(one, other, content, slug, different)),
    )


def _fields(
    one: Connection, other: Connection, content: Content, slug: str, different: set[Key]
) -> Iterator[FieldDifference]:
    """Read the rows that differ once more and yield what differs in them, the most frequent field first."""
    if not different:
        return
    was = {key: said for key, said in content_rows(one, content, slug) if key in different}
    counts: Counter[str] = Counter()
    examples: dict[str, tuple[Key, Any, Any]] = {}
    for key, said in content_rows(other, content, slug):
        if key not in was:
            continue
        for name, value in said.items():
            if _plain(was[key][name]) != _plain(value):
                counts[name] += 1
                examples.setdefault(name, (key, was[key][name], value))
    for name, count in sorted(counts.items(), key=lambda counted: (-counted[1], counted[0])):
        key, before, after = examples[name]
        yield FieldDifference(
            source=slug,
            table=content.name,
            field=name,
            rows=count,
            example=_named(content, key),
            left=before,
            right=after,
        )


def table_rows(found: Sequence[TableDifference]) -> list[dict[str, Any]]:
    """Return what is not the same as rows to print, one a source and table."""
    return [
        {name: getattr(one, name) for name in TABLE_COLUMNS[:-1]} | {"samples": "; ".join(one.samples)}
        for one in found
        if not one.is_equal
    ]


def field_rows(found: Sequence[TableDifference]) -> list[dict[str, Any]]:
    """Return the fields that are stated differently as rows to print, one a source, table and field."""
    return [{name: getattr(one, name) for name in FIELD_COLUMNS} for table in found for one in table.fields]


def as_json(found: Sequence[TableDifference]) -> dict[str, Any]:
    """Return everything that was compared as JSON values."""
    return {
        "equal": all(one.is_equal for one in found),
        "tables": [
            {name: getattr(one, name) for name in TABLE_COLUMNS[:-1]} | {"samples": list(one.samples)} for one in found
        ],
        "fields": field_rows(found),
    }


def _first(keys: Mapping[Key, Any] | Sequence[Key] | set[Key]) -> list[Key]:
    return sorted(keys, key=lambda key: tuple(map(str, key)))[:SAMPLES_MAX]


def _named(content: Content, key: Key) -> str:
    names = key_names(content)
    if not names:
        return " | ".join(part for part in map(str, key[:-1]) if part != "None")
    return ", ".join(f"{name} {_shown(value)}" for name, value in zip(names, key, strict=True))


def _shown(value: Any) -> str:
    return f"{value:%Y-%m-%dT%H:%M:%SZ}" if isinstance(value, datetime) else str(value)


def _digest(said: Mapping[str, Any]) -> bytes:
    """Return a digest of a row: many rows are waited for at once, and most are the same."""
    return hashlib.sha256(json.dumps(_plain(said), sort_keys=True).encode()).digest()


def _plain(value: Any) -> Any:
    """Return a value as JSON holds it, numbers alike whether whole or not."""
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int | float):
        return float(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(name): _plain(inner) for name, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, list | tuple) else value
