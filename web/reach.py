"""What the page is handed by the one that serves it: the doors to rooms that it does not know."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from sqlalchemy import Engine
from starlette.types import ASGIApp

from models.records import ArchivePlace, Source


class NotArchived(Exception):
    """A page cannot be read back from the archive. The message says why, for a person."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One value that rules make of a programme, and what it rests on.

    ``words`` are as printed, ``found_in`` the field they stand in, ``rule`` its id in docs/classification.md,
    ``confidence`` a share (0-1). Each is ``None`` where there is none; ``about`` is empty for further evidence of the
    value above.
    """

    about: str
    value: str
    words: str | None = None
    found_in: str | None = None
    rule: str | None = None
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class LiveCheck:
    """A time somebody asked a live host: when, by which command, and what came of it."""

    on: date
    command: str
    result: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """What the page can reach.

    ``engine`` cannot write (``models.read_only``). ``page_text`` reads the text of an archived page and raises
    ``NotArchived``; its arguments are the place and the Content-Type as sent. ``reasons`` says why a programme
    (source, ref) is classified as it is, and is empty if its source is no longer declared. ``declared`` are the
    declarations by slug, ``live_checks`` the checks of each. ``documents`` is the folder of docs/, ``None`` where it is
    not installed. ``sql_console`` is an application to be mounted at ``/sql``, if there is one. ``seconds_fresh`` is
    how long it is taken for granted that the database is as it was.
    """

    engine: Engine
    page_text: Callable[[ArchivePlace, str], str]
    reasons: Callable[[str, str], Sequence[Reason]]
    declared: Mapping[str, Source]
    live_checks: Mapping[str, Sequence[LiveCheck]] = field(default_factory=dict)
    documents: Path | None = None
    sql_console: ASGIApp | None = None
    seconds_fresh: float = 5.0
