"""Records as canonical JSON, which digests are made of: keys sorted, no spaces, letters of all scripts as they are.

The text is that of ``json.dumps`` with these options over plain values, written record by record: every listing of
every look comes by here, and most of them say what they said before.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import Field, fields, is_dataclass
from datetime import date
from functools import cache, lru_cache
from json.encoder import encode_basestring
from math import isfinite
from operator import attrgetter
from typing import Any

_written = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode
_NOTHING: frozenset[str] = frozenset()


def canonical(record: Any, left_out: frozenset[str], *, unstated: bool) -> str:
    """Return the fields of a dataclass, but for some, as canonical JSON.

    Args:
        record: the record; what it holds may be records too, of which fields that are ``None`` are left out.
        left_out: names of its fields that are not part of the text.
        unstated: whether fields of ``record`` itself that are ``None`` stand in the text.
    """
    names, values_of, form = _shape(record.__class__, left_out)
    if unstated:
        return form % tuple(["null" if each is None else _WRITERS[each.__class__](each) for each in values_of(record)])
    said = [
        f'"{name}":{_WRITERS[each.__class__](each)}'
        for name, each in zip(names, values_of(record), strict=True)
        if each is not None
    ]
    return "{" + ",".join(said) + "}"


@cache
def _shape(kind: Any, left_out: frozenset[str]) -> tuple[tuple[str, ...], Callable[[Any], tuple[Any, ...]], str]:
    """Return the fields of a class in order, how to read them all at once, and an object with room for their values."""
    names = tuple(sorted(name for name in kind.__dataclass_fields__ if name not in left_out))
    form = "{" + ",".join(f'"{name}":%s' for name in names) + "}"
    return names, attrgetter(*names), form


def _float(value: float) -> str:
    return float.__repr__(value) if isfinite(value) else _written(value)


def _bool(value: bool) -> str:
    return "true" if value else "false"


def _nothing(_: None) -> str:
    return "null"


def _list(values: tuple[Any, ...] | list[Any]) -> str:
    if not values:
        return "[]"
    return "[" + ",".join([_WRITERS[each.__class__](each) for each in values]) + "]"


def _date(day: date) -> str:
    return f'"{day.isoformat()}"'


def _mapping(values: Mapping[Any, Any]) -> str:
    if not values:
        return "{}"
    named = {str(name): each for name, each in values.items()}
    said = [f"{encode_basestring(name)}:{_WRITERS[named[name].__class__](named[name])}" for name in sorted(named)]
    return "{" + ",".join(said) + "}"


def _record(record: Any) -> str:
    return canonical(record, _NOTHING, unstated=False)


def _is_of_words(of: tuple[Field[Any], ...]) -> bool:
    """Whether a record holds words alone. Equal ones are then written alike, which 1, 1.0 and true are not."""
    return all(field.type in {"str", "str | None"} for field in of)


def _words(record: Any) -> str:
    """Return a record of words, such as an organisation, which stands in many others."""
    names, values_of, _ = _shape(record.__class__, _NOTHING)
    return _said(names, values_of(record))


@lru_cache(maxsize=8_192)
def _said(names: tuple[str, ...], words: tuple[str | None, ...]) -> str:
    said = (
        f'"{name}":{_WRITERS[each.__class__](each)}'
        for name, each in zip(names, words, strict=True)
        if each is not None
    )
    return "{" + ",".join(said) + "}"


class _Writers(dict[type[Any], Callable[[Any], str]]):
    """What writes values of a class; a class that was not met before is looked at once."""

    def __missing__(self, kind: type[Any]) -> Callable[[Any], str]:
        if is_dataclass(kind):
            self[kind] = _words if _is_of_words(fields(kind)) else _record
        else:
            self[kind] = next((write for kinds, write in _BY_KIND if issubclass(kind, kinds)), _mapping)
        return self[kind]


_BY_KIND: tuple[tuple[tuple[type[Any], ...], Callable[[Any], str]], ...] = (
    ((str,), encode_basestring),
    ((float,), _float),
    ((bool,), _bool),
    ((int,), int.__repr__),
    ((type(None),), _nothing),
    ((tuple, list), _list),
    ((date,), _date),
)
_WRITERS = _Writers()
