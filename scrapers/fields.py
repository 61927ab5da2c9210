"""Strict reading of JSON entries: what is mandatory is demanded, what is optional is asked for by its kind."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from math import isfinite
from typing import Any, TypeVar
from urllib.parse import urljoin

from models.records import Listing, Page, Problem, Quantity, Stage

T = TypeVar("T")

_PLAIN_ADDRESS = re.compile(r"https?://[A-Za-z0-9.-]+/[\w~./-]*", re.ASCII)
"""An address with a host and nothing behind its path: where it stands does not matter."""
_PLAIN_PATH = re.compile(r"(?:/[\w~-]+)+/?", re.ASCII)
"""A path from the root, of names that are no ``.`` and no ``..``: of the page it stands on only the host matters."""
_PLAIN_BASE = re.compile(r"https?://[A-Za-z0-9.:-]+(?=/|\?|\Z)", re.ASCII)
_DIGITS_MAX = 100
"""A longer whole number counts nothing."""


class EntryInvalid(Exception):
    """An entry of a catalogue that cannot be read as a listing. The message says what is wrong with it."""


class RecordInvalid(EntryInvalid):
    """An entry that is not of the shape its format gives. The message names the field and what was found."""


class Record:
    """One JSON object of a catalogue. White space alone, empty texts and null all mean: not stated."""

    __slots__ = ("_value",)

    def __init__(self, value: Any, where: str = "the entry") -> None:
        if not isinstance(value, dict):
            raise RecordInvalid(f"{where} is {_kind(value)}, not an object")
        self._value: dict[str, Any] = value

    @property
    def value(self) -> Mapping[str, Any]:
        """The object as it was decoded."""
        return self._value

    def text(self, name: str) -> str | None:
        """Return a text or a number as printed, ``None`` if it is not stated.

        Raises:
            RecordInvalid: if it is a list or an object.
        """
        return _text(self._value.get(name), name)

    def required(self, name: str) -> str:
        """Return a text or a number that no entry may lack.

        Raises:
            RecordInvalid: if it is not stated, or no text.
        """
        found = self.text(name)
        if found is None:
            raise RecordInvalid(f"an entry without {name!r}")
        return found

    def quantity(self, name: str, unit: str | None = None) -> Quantity | None:
        """Return words for an amount, with ``unit`` if the name of the field says it; ``None`` if it is not stated.

        Raises:
            RecordInvalid: if it is a list or an object.
        """
        words = self.text(name)
        return None if words is None else Quantity(text=words, unit=unit)

    def whole(self, name: str) -> int | None:
        """Return a whole number, also if it is printed as a text; ``None`` if it is not stated.

        Raises:
            RecordInvalid: if it is anything else.
        """
        words = self.text(name)
        if words is None:
            return None
        if not (words.strip().isascii() and words.strip().isdecimal()) or len(words) > _DIGITS_MAX:
            raise RecordInvalid(f"{name!r} is {words[:40]!r}, not a whole number")
        return int(words)

    def flag(self, name: str) -> bool | None:
        """Return a truth value, ``None`` if it is not stated.

        Raises:
            RecordInvalid: if it is anything else.
        """
        value = self._value.get(name)
        if value is None or isinstance(value, bool):
            return value
        raise RecordInvalid(f"{name!r} is {_kind(value)}, not true or false")

    def texts(self, name: str) -> tuple[str, ...]:
        """Return a list of texts without empty ones; a single text counts as a list of one.

        Raises:
            RecordInvalid: if it is an object, or an entry of it is no text.
        """
        value = self._value.get(name)
        if value is None:
            return ()
        entries = value if isinstance(value, list) else [value]
        found = [_text(entry, name) for entry in entries]
        return tuple([entry for entry in found if entry is not None])

    def record(self, name: str) -> Record | None:
        """Return an object, ``None`` if it is not stated.

        Raises:
            RecordInvalid: if it is anything else.
        """
        value = self._value.get(name)
        return None if value is None else Record(value, repr(name))

    def records(self, name: str) -> tuple[Record, ...]:
        """Return a list of objects; empty if it is not stated.

        Raises:
            RecordInvalid: if it is anything else.
        """
        entries = self.entries(name)
        if not entries:
            return ()
        where = f"an entry of {name!r}"
        return tuple([Record(entry, where) for entry in entries])

    def entries(self, name: str) -> Sequence[Any]:
        """Return a list of anything; empty if it is not stated.

        Raises:
            RecordInvalid: if it is no list.
        """
        value = self._value.get(name)
        if value is None:
            return ()
        if not isinstance(value, list):
            raise RecordInvalid(f"{name!r} is {_kind(value)}, not a list")
        return value

    def names(self, name: str, key: str = "name") -> tuple[str, ...]:
        """Return the names in a list of objects (``[{"name": "Physics"}]``) or of texts.

        Raises:
            RecordInvalid: if it is neither.
        """
        entries = self.entries(name)
        if not entries:
            return ()
        where = f"an entry of {name!r}"
        found = [entry if isinstance(entry, str) else Record(entry, where).text(key) for entry in entries]
        return tuple([entry for entry in found if entry])


def each(
    entries: Iterable[Any], page: Page, read: Callable[[Record], Iterable[Listing | Problem]]
) -> Iterator[Listing | Problem]:
    """Yield what ``read`` makes of every JSON entry; see ``each_of``."""
    return each_of(entries, page, lambda entry: read(Record(entry)))


def each_of(
    entries: Iterable[T], page: Page, read: Callable[[T], Iterable[Listing | Problem]]
) -> Iterator[Listing | Problem]:
    """Yield what ``read`` makes of every entry; one it cannot read yields a ``Problem`` and costs no other."""
    for number, entry in enumerate(entries, start=1):
        try:
            yield from list(read(entry))
        except EntryInvalid as error:
            yield rejected(f"entry {number}: {error}", page, entry)
        except Exception as error:  # noqa: BLE001 - whatever an entry makes a scraper do is recorded with its number
            yield rejected(f"entry {number}: {type(error).__name__}: {error}", page, entry)


def names_by_id(entries: Iterable[Any], key: str = "name") -> dict[str, str]:
    """Return the names of entries by their ``id``. One that cannot be read is left out: what refers to it says so."""
    found: dict[str, str] = {}
    for entry in entries:
        with suppress(RecordInvalid):
            record = Record(entry)
            name = record.text(key)
            if name is not None:
                found[record.required("id")] = name
    return found


def rejected(message: str, page: Page, entry: Any = None) -> Problem:
    """Return the problem of an entry that could not be read as a listing."""
    words = str(entry)[:200] if isinstance(entry, str | Mapping | list) else None
    return Problem(stage=Stage.PARSE, code="record_invalid", message=message, words=words, url=page.url)


def without_reference(kind: str, code: str, ref: str, page: Page) -> Problem:
    """Return the problem of an id that points to an entry the source does not list."""
    message = f"{kind} {code!r} is not among those the source lists"
    return Problem(stage=Stage.PARSE, code="reference_missing", message=message, words=code, ref=ref, url=page.url)


def absolute(base: str, address: str) -> str:
    """Return an address as it stands on a page at ``base``: ``urljoin``, at a tenth of the cost for a plain one.

    Raises:
        ValueError: if it is no address.
    """
    if _PLAIN_ADDRESS.fullmatch(address):
        return address
    if _PLAIN_PATH.fullmatch(address) and (host := _PLAIN_BASE.match(base)):
        return host[0] + address
    return urljoin(base, address)


def stated(values: Mapping[str, str | None]) -> dict[str, str]:
    """Return the entries that hold a text."""
    return {name: value for name, value in values.items() if value is not None}


def _text(value: Any, name: str) -> str | None:
    if isinstance(value, str):
        return value if value and not value.isspace() else None
    if value is None or isinstance(value, bool):
        return None
    if isinstance(value, float) and not isfinite(value):
        raise RecordInvalid(f"{name!r} is a number too large to be read")
    if isinstance(value, int | float):
        return repr(value) if isinstance(value, int) or value != int(value) else str(int(value))
    raise RecordInvalid(f"{name!r} is {_kind(value)}, not a text")


def _kind(value: Any) -> str:
    if isinstance(value, list):
        return "a list"
    if isinstance(value, Mapping):
        return "an object"
    return {"str": "a text", "NoneType": "null", "bool": "a truth value"}.get(type(value).__name__, "a number")
