"""How the sources are, at a look: what ``microcred status`` prints and each harvest publishes as an artifact."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import pandas as pd
from sqlalchemy import Engine

from flows.console import records
from flows.errors import told
from flows.keys import has_key
from flows.live import looks_until, next_due
from flows.observatory import open_archive
from flows.settings import Settings
from models.database import shown_url
from models.queries import InStore, Trouble, in_store, source_health, sources_in_trouble
from models.records import Outcome, Source
from scrapers.archive import Archive
from scrapers.bucket import StorageFailed
from scrapers.source import discover
from trends.panels import TOLERANCE_DAYS

Row = dict[str, Any]


class State(StrEnum):
    """How a source is.

    ``held back``: its last look is suspect and waits for a decision. ``failing``: its last look failed or was blocked.
    ``stale``: no look failed, but the last good one is older than trends take for its cadence
    (``trends.panels.TOLERANCE_DAYS``). ``retired``: no longer declared as served. ``never``: not yet harvested;
    ``no key``: nor can it be, without its key.
    """

    HELD_BACK = "held back"
    FAILING = "failing"
    STALE = "stale"
    OK = "ok"
    NO_KEY = "no key"
    NEVER = "never"
    RETIRED = "retired"


ATTENTION = (State.HELD_BACK, State.FAILING, State.STALE)
"""States that somebody has to do something about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """How an installation is at a time.

    Attributes:
        at: the time, aware.
        sources: one row a declared or stored source, by name: ``source, state, since, last_outcome, last_run_at,
            last_good_look_at, age_days, next_due_at, live, missing, waiting, problems, open_problems, reason``.
            ``since`` is the first failing look of an unbroken row, or the last good look of a stale source;
            ``next_due_at`` is null for a source that is not looked at.
        waiting: what waits for a person, one row each: ``source`` (null if it concerns no single one), ``what``, and
            the ``command`` that deals with it.
        stored: what the database holds besides.
        database: its URL without the password.
        archive: where the pages are: a folder, or an address of object storage without credentials.
        archive_files: files in it, and those that wait to be brought there; ``None`` if it cannot be reached.
        archive_bytes: their size.
    """

    at: datetime
    sources: tuple[Row, ...]
    waiting: tuple[Row, ...]
    stored: InStore
    database: str
    archive: str
    archive_files: int | None
    archive_bytes: int | None

    @property
    def in_need(self) -> tuple[Row, ...]:
        """The rows of the sources that somebody has to look at."""
        return tuple(row for row in self.sources if row["state"] in ATTENTION)

    def counts(self) -> dict[str, int]:
        """Return how many sources are in each state that there is."""
        states = [row["state"] for row in self.sources]
        return {state.value: states.count(state) for state in State if state in states}

    def as_json(self) -> dict[str, Any]:
        """Return all of it as JSON values (times still as times)."""
        last = self.stored.last_snapshot
        return {
            "at": self.at,
            "needs_attention": [row["source"] for row in self.in_need],
            "counts": self.counts(),
            "sources": list(self.sources),
            "waiting": list(self.waiting),
            "open_problems": sum(self.stored.open_problems.values()),
            "links_to_review": self.stored.links_to_review,
            "last_snapshot": None
            if last is None
            else {"as_of": last.as_of, "definition": last.definition, "taken_at": last.taken_at},
            "database": {"url": self.database, "bytes": self.stored.database_bytes},
            "archive": {"folder": self.archive, "files": self.archive_files, "bytes": self.archive_bytes},
        }


def status_of(engine: Engine, settings: Settings, at: datetime) -> Status:
    """Return how the sources are at a time, by the runs in the database and today's declarations.

    Args:
        engine: the database; nothing is written.
        settings: say where the archive is, and which keys there are.
        at: aware time that decides what is due and what is stale.
    """
    stored = in_store(engine)
    declared, troubles, good = discover(), sources_in_trouble(engine), looks_until(engine, at)
    health = {
        str(row["source"]): {name: _plain(value) for name, value in row.items()}
        for row in records(source_health(engine))
    }
    rows = tuple(
        _row(
            slug,
            _Known(
                declared=declared.get(slug),
                health=health.get(slug, {}),
                trouble=troubles.get(slug),
                good=good.get(slug),
            ),
            at,
        )
        | {"open_problems": stored.open_problems.get(slug, 0)}
        for slug in sorted({*health, *declared})
    )
    archive = open_archive(settings)
    files, trouble = _files(archive)
    return Status(
        at=at,
        sources=rows,
        waiting=(*(_waiting(row) for row in rows if row["state"] in ATTENTION), *trouble, *_chores(stored)),
        stored=stored,
        database=shown_url(settings.database),
        archive=str(archive),
        archive_files=None if files is None else len(files),
        archive_bytes=None if files is None else sum(files),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What is known of a source: declared today, by the view ``source_health``, failing or not, last seen well."""

    declared: Source | None
    health: Mapping[str, Any]
    trouble: Trouble | None
    good: datetime | None


def _row(slug: str, known: _Known, at: datetime) -> Row:
    state, good = _state(known, at), known.good
    return {
        "source": slug,
        "state": state,
        "since": known.trouble.since if known.trouble is not None else good if state is State.STALE else None,
        "last_outcome": known.health.get("last_outcome"),
        "last_run_at": known.health.get("last_run_at"),
        "last_good_look_at": good,
        "age_days": None if good is None else (at - good).days,
        "next_due_at": _due(known, state, at),
        **{name: known.health.get(name) for name in ("live", "missing", "waiting", "problems")},
        "reason": known.health.get("reason") or "",
    }


def _state(known: _Known, at: datetime) -> State:
    declared, trouble = known.declared, known.trouble
    if trouble is not None and known.health["last_outcome"] == Outcome.SUSPECT:
        return State.HELD_BACK
    if declared is None or declared.retired is not None:
        return State.RETIRED
    if not known.health:
        return State.NEVER if has_key(declared) else State.NO_KEY
    if trouble is not None:
        return State.FAILING
    tolerance = timedelta(days=TOLERANCE_DAYS[declared.cadence])
    return State.STALE if known.good is None or at - known.good > tolerance else State.OK


def _due(known: _Known, state: State, at: datetime) -> datetime | None:
    if known.declared is None or known.declared.retired is not None or state is State.NO_KEY:
        return None
    return at if known.good is None else next_due(known.declared, known.good)


def _waiting(row: Row) -> Row:
    slug = row["source"]
    if row["state"] is State.HELD_BACK:
        command = f'microcred accept {slug} --reason "..."'
    elif row["last_outcome"] == Outcome.BLOCKED:
        command = f"microcred sources check {slug}"
    else:
        command = f"microcred harvest {slug}"
    what = row["reason"] or f"the last look ended {row['last_outcome']}"
    if row["state"] is State.STALE and row["age_days"] is not None:
        what = f"no complete look for {row['age_days']} days; {what}"
    return {"source": slug, "what": what, "command": command}


def _files(archive: Archive) -> tuple[list[int] | None, tuple[Row, ...]]:
    """Return the sizes of the files of the archive, and what about it waits for a person."""
    trouble: tuple[Row, ...] = ()
    if archive.spool is not None and (here := archive.spool.waiting()):
        what = f"{len(here):,} files in {archive.root} are not in {archive} yet, if no harvest is writing them just now"
        trouble = (_chore(what, "microcred harvest"),)
    try:
        return archive.sizes(), trouble
    except StorageFailed as error:
        return None, (*trouble, _chore(told(error), "microcred status"))


def _chores(stored: InStore) -> Iterator[Row]:
    if problems := sum(stored.open_problems.values()):
        yield _chore(f"{problems:,} open problems: words that no rule knows", "microcred problems --group")
    if links := stored.links_to_review:
        yield _chore(f"{links:,} pairs of listings may be one credential", "microcred links --review")


def _chore(what: str, command: str) -> Row:
    return {"source": None, "what": what, "command": command}


def _plain(value: Any) -> Any:
    """Return a value of a frame as Python's own, ``None`` where there is none."""
    if value is None or pd.isna(value):
        return None
    if isinstance(value, pd.Timestamp):
        return value.to_pydatetime()
    return value.item() if hasattr(value, "item") else value
