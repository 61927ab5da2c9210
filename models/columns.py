"""Column types shared by all tables: the two databases must give back what was put in."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from json.encoder import encode_basestring
from typing import Any, TypeVar

from sqlalchemy import JSON, CheckConstraint, DateTime, Dialect, Text, TypeDecorator
from sqlalchemy.dialects import postgresql
from sqlalchemy.types import TypeEngine, UserDefinedType

from models.vocab import vocabulary

MaybeText = TypeVar("MaybeText", bound=str | None)


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
    if _is_storable(text):
        return str(text)
    return text.replace("\0", "\ufffd").encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def storable_all(texts: Sequence[MaybeText]) -> Sequence[MaybeText]:
    """Return many texts made storable; they nearly always are, which is asked of all of them at once."""
    if set(map(type, texts)) <= _TEXT_OR_NONE and _is_storable("".join(filter(None, texts))):
        return texts
    known: dict[Any, Any] = {text: None if text is None else storable(text) for text in set(texts)}
    return [known[text] for text in texts]


def _is_storable(text: str) -> bool:
    if "\0" in text:
        return False
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


_TEXT, _TEXT_OR_NONE = {str}, {str, type(None)}


def _plain_mapping(value: Any) -> dict[Any, Any]:
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{value.__class__.__name__} is no JSON")


_written = json.JSONEncoder(ensure_ascii=False, allow_nan=False, default=_plain_mapping).encode


def json_text(value: Any) -> str:
    """Return ``value`` as JSON text, letters of all scripts as they are: the serialiser of both databases."""
    if value.__class__ is tuple and set(map(type, value)) <= _TEXT:
        return _list_of_words(value)
    if value.__class__ is dict and {*map(type, value), *map(type, value.values())} <= _TEXT:
        return _object_of_words(value)
    return _plain(_written(value))


@lru_cache(maxsize=8_192)
def _list_of_words(words: tuple[str, ...]) -> str:
    """Return languages or subjects, which many listings have in common."""
    return _plain(_written(words))


def _object_of_words(words: dict[str, str]) -> str:
    """Return words by name as the encoder would, which takes longer to begin than to write them."""
    said = [f"{encode_basestring(name)}: {encode_basestring(each)}" for name, each in words.items()]
    return _plain("{" + ", ".join(said) + "}")


def _plain(written: str) -> str:
    return storable(written.replace("\\u0000", "\ufffd"))


def array_text(values: Sequence[Any]) -> str:
    """Return values as PostgreSQL reads an array (https://www.postgresql.org/docs/current/arrays.html#ARRAYS-IO)."""
    return "{" + ",".join(map(str if set(map(type, values)) <= {int} else _element, values)) + "}"


def _element(value: Any) -> str:
    if value is None:
        return "NULL"
    if not isinstance(value, str):
        return str(value)
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


_POSTGRESQL: Dialect = postgresql.dialect()  # type: ignore[no-untyped-call]


class ArrayText(UserDefinedType[Any]):
    """Values that are handed to PostgreSQL as one, as text: its driver would make an array of each of them apart.

    The parameter itself has the type of the array. Text that is cast to it would be read anew for each row.
    """

    cache_ok = True
    render_bind_cast = True

    def __init__(self, item: TypeEngine[Any]) -> None:
        self.item = item

    def get_col_spec(self, **_: Any) -> str:
        """Return the type of the parameter."""
        return f"{self.item.compile(_POSTGRESQL)}[]"

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any]:
        """Return what makes text of the values."""
        del dialect
        return array_text


Json = JSON
"""JSON kept as text: on PostgreSQL ``json``, not ``jsonb``, so that both give back the same text."""


def one_of(column: str, vocabulary_name: str) -> CheckConstraint:
    """Return the constraint that ``column`` holds a word of a vocabulary, or nothing.

    A check and not a lookup table: the lists are short, readers see the word itself without a join, and a new
    word is a change of meaning that deserves a migration.
    """
    words = ", ".join(f"'{word}'" for word in vocabulary(vocabulary_name))
    return CheckConstraint(f"{column} in ({words})", name=f"{column}_is_{vocabulary_name}")
