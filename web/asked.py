"""What an address asks for: parameters checked one by one, and addresses made of them again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

LONGEST = 200
"""Longest search that is taken, in characters."""
NUMBER_MOST = 1_000_000


class NotUnderstood(ValueError):
    """An address asks for what there is not. The message says what there is."""


def one(asked: QueryParams, name: str, there_are: Iterable[str], default: str) -> str:
    """Return the value of a parameter, ``default`` if it is absent or empty.

    Raises:
        NotUnderstood: if it is none of ``there_are``.
    """
    value = asked.get(name) or default
    known = list(there_are)
    if value not in known:
        raise NotUnderstood(f"{name} cannot be {value[:80]!r}; there are: {', '.join(known)}")
    return value


def number(asked: QueryParams, name: str, default: int = 1) -> int:
    """Return a parameter that is a whole number from 1.

    Raises:
        NotUnderstood: if it is not.
    """
    value = asked.get(name) or str(default)
    if not (value.isascii() and value.isdecimal()) or not 1 <= int(value[:9]) <= NUMBER_MOST:
        raise NotUnderstood(f"{name} must be a whole number from 1, and {value[:80]!r} is not")
    return int(value[:9])


def day(asked: QueryParams, name: str) -> date | None:
    """Return a parameter that is a day, ``None`` if it is absent or empty.

    Raises:
        NotUnderstood: if it is no day.
    """
    value = asked.get(name)
    if not value:
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise NotUnderstood(f"{name} must be a day such as 2026-11-24, and {value[:80]!r} is not") from None


def moment(asked: QueryParams, name: str) -> datetime:
    """Return a parameter that is a time in UTC.

    Raises:
        NotUnderstood: if it is absent or no time.
    """
    value = asked.get(name, "")
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        raise NotUnderstood(f"{name} must be a time such as 2026-11-24T02:15:00Z, not {value[:80]!r}") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def search_words(asked: QueryParams, name: str = "q") -> tuple[str, ...]:
    """Return the words of a search, at most ``LONGEST`` characters of them."""
    return tuple(asked.get(name, "")[:LONGEST].split())


def address(path: str, parameters: Mapping[str, str | Sequence[str] | int | None]) -> str:
    """Return an address with parameters in order; those that are empty are left out."""
    pairs: list[tuple[str, str]] = []
    for name, value in parameters.items():
        values = [value] if isinstance(value, str | int) else list(value or ())
        pairs += [(name, str(each)) for each in values if str(each)]
    return f"{path}?{urlencode(pairs)}" if pairs else path
