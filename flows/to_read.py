"""What a process asks of another that reads beside it (``flows.reading_beside``); loads nothing that one has alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from models.records import Listing, Page, Problem, Programme


@dataclass(frozen=True, slots=True, kw_only=True)
class ToRead:
    """Pages of one walk, and where what was read is kept; ``on`` is the day of the look.

    A page that was read already comes without its body, and with what it holds.
    """

    slug: str
    on: date
    readings: Path
    code_version: str
    pages: tuple[tuple[Page, Sequence[Listing | Problem] | None], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ToClassify:
    """Programmes of one source that were read here; ``on`` is the day of the look."""

    slug: str
    on: date
    programmes: tuple[Programme, ...]


@dataclass(frozen=True, slots=True)
class Made:
    """What the rules make of what was read, packed, by the digest of what it was made of (``flows.packed``).

    ``is_all``: whether nothing was met that has yet to be put together before it can be normalised and classified.
    """

    classified: Mapping[bytes, bytes]
    is_all: bool


def done(work: ToRead | ToClassify) -> Made:
    """Do what is asked, in the process that reads."""
    from flows.reading_process import made_of_all, read_pages  # loads rules and word lists, which have no place here

    return read_pages(work) if isinstance(work, ToRead) else made_of_all(work)
