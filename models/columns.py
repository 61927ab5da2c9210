"""Column types shared by all tables: the two databases must give back what was put in."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import JSON, CheckConstraint, DateTime, Dialect, Text, TypeDecorator

from models.vocab import vocabulary


class UtcDateTime(TypeDecorator[datetime]):
    """An aware timestamp in UTC. SQLite drops the zone of a timestamp; this puts it back and refuses naive ones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Store in UTC.

        Raises:
            ValueError: if the timestamp is naive.
        """
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a naive timestamp cannot be stored: {value}")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Give back an aware timestamp in UTC."""
        if value is None:
            return None
        moment: datetime = value
        return moment.replace(tzinfo=UTC) if dialect.name == "sqlite" else moment.astimezone(UTC)

    def coerce_compared_value(self, op: Any, value: Any) -> Any:
        """Compare with timestamps as timestamps."""
        del op, value
        return self


class PlainText(TypeDecorator[str]):
    """Text of strangers: what a database cannot hold (NUL, half of a surrogate pair) becomes U+FFFD."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Replace what neither database can store."""
        del dialect
        return None if value is None else storable(value)


def storable(text: str) -> str:
    """Return ``text`` with U+FFFD for NUL and for lone surrogates: PostgreSQL refuses both, SQLite the latter."""
    if text.isascii() and "\0" not in text:
        return str(text)
    return text.replace("\0", "\ufffd").encode("utf-16", "surrogatepass").decode("utf-16", "replace")


_written = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode


def json_text(value: Any) -> str:
    """Return ``value`` as JSON text, letters of all scripts as they are: the serialiser of both databases."""
    if value.__class__ is tuple and all(each.__class__ is str for each in value):
        return _list_of_words(value)
    return _as_text(value)


@lru_cache(maxsize=8_192)
def _list_of_words(words: tuple[str, ...]) -> str:
    """Return languages or subjects, which many listings have in common."""
    return _as_text(words)


def _as_text(value: Any) -> str:
    return storable(_written(value).replace("\\u0000", "\ufffd"))


Json = JSON
"""JSON kept as text: on PostgreSQL ``json``, not ``jsonb``, so that both give back the same text."""


def one_of(column: str, vocabulary_name: str) -> CheckConstraint:
    """Return the constraint that ``column`` holds a word of a vocabulary, or nothing.

    A check and not a lookup table: the lists are short, readers see the word itself without a join, and a new
    word is a change of meaning that deserves a migration.
    """
    words = ", ".join(f"'{word}'" for word in vocabulary(vocabulary_name))
    return CheckConstraint(f"{column} in ({words})", name=f"{column}_is_{vocabulary_name}")
