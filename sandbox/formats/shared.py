"""What the formats share: a request, an answer, and the small ways of writing JSON, dates and numbers."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar
from urllib.parse import parse_qs, urlencode

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Answer:
    """A body with its content type. ``status`` is an HTTP status, ``location`` where a redirect leads."""

    body: bytes
    content_type: str
    status: int = 200
    location: str = ""


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked: ``path`` as in the address, ``query`` without the question mark.

    ``body`` is what was posted, ``key`` the value of a header that holds one.
    """

    host: str
    path: str
    query: str = ""
    body: bytes = b""
    key: str = ""

    def value(self, name: str) -> str | None:
        """Return the first value of the query parameter ``name``."""
        values = parse_qs(self.query).get(name)
        return values[0] if values else None

    def number(self, name: str, otherwise: int) -> int:
        """Return the query parameter ``name`` as a number of 0 or more; ``otherwise`` if absent or no such number."""
        value = self.value(name)
        return int(value) if value is not None and value.isdecimal() else otherwise

    def with_query(self, **changes: int) -> str:
        """Return this address on the public host, over https, with some query parameters set."""
        query = {name: values[0] for name, values in parse_qs(self.query).items()}
        query.update({name: str(value) for name, value in changes.items()})
        return f"https://{self.host}{self.path}?{urlencode(query)}"


def refused() -> Answer:
    """Return what an interface says to those who bring no key."""
    return Answer(b'{"error":"missing or invalid key"}', "application/json", 401)


def in_json(data: Any, content_type: str = "application/json") -> Answer:
    """Return ``data`` as a JSON body in UTF-8, characters beyond ASCII unescaped."""
    return Answer(json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode(), content_type)


def in_html(body: str) -> Answer:
    """Return a page of HTML."""
    return Answer(body.encode(), "text/html; charset=utf-8")


def page_of(items: Sequence[Item], number: int, size: int) -> Sequence[Item]:
    """Return page ``number`` (from 1) of pages of ``size``."""
    return items[(number - 1) * size : number * size]


def page_count(total: int, size: int) -> int:
    """Return how many pages of ``size`` hold ``total`` entries: at least one."""
    return max(1, -(-total // size))


def span_words(least: int, most: int, unit: str) -> str:
    """Return ``3-5 hours`` or, for one number, ``3 hours``."""
    return f"{least} {unit}" if least == most else f"{least}-{most} {unit}"


def midnight(day: date | None, clock: str = "00:00:00Z") -> str | None:
    """Return ``day`` with a time of day in ISO 8601; ``None`` stays ``None``."""
    return None if day is None else f"{day.isoformat()}T{clock}"


def plain_number(amount: float) -> str:
    """Return 450 as ``450`` and 320.5 as ``320.50``."""
    return f"{amount:.0f}" if amount == int(amount) else f"{amount:.2f}"
