"""A database of the real schema filled with an invented history by bulk insert, and one more look at it.

What the figures of stocks rest on is filled: sources, runs, programmes, facts of the size that catalogues give, judged
classes and fields, versions and windows. Evidence, organisations, offerings and links are left out.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection, Engine

from models.schema import METADATA
from models.vocab import vocabulary

FIRST_DAY = date(2021, 1, 4)
WEEKS = 261
SOURCES = 63
VERSIONS_A_PROGRAMME = 5
"""On average; each of them reads other facts."""
AT_ONCE = 20_000
_NOT_YET = WEEKS
_WORDS = (
    "applied", "data", "health", "energy", "teaching", "supply", "chain", "design", "policy", "water", "learning",
    "materials", "urban", "finance", "ethics", "software", "nursing", "climate", "quality", "digital", "methods",
)  # fmt: skip
_KINDS = ("institution", "commercial_platform", "government_platform", "register", "consortium", "employer")
_COUNTRIES = ("NL", "DE", "IE", "AU", "NZ", "ES", "US", "CA", "MT", "EE", "MY", "GB")

Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class History:
    """Versions of programmes in the order of programme and time, one element a version; weeks from ``FIRST_DAY``.

    ``until`` is ``WEEKS`` while the version is in force. ``source_of`` has one element a programme.
    """

    programme: Numbers
    begins: Numbers
    until: Numbers
    is_first: npt.NDArray[np.bool_]
    source_of: Numbers

    @property
    def programmes(self) -> int:
        """How many programmes there are, numbered from 0."""
        return len(self.source_of)


def invent(versions: int, seed: int) -> History:
    """Invent a history of five years of weekly looks."""
    chance = np.random.default_rng(seed)
    counts = 1 + chance.poisson(VERSIONS_A_PROGRAMME - 1, size=versions)
    counts = counts[: int(np.searchsorted(np.cumsum(counts), versions)) + 1]
    counts[-1] -= counts.sum() - versions
    programme = np.repeat(np.arange(len(counts)), counts)
    place = np.arange(versions) - np.repeat(np.cumsum(counts) - counts, counts)
    of = counts[programme]
    begins = np.floor((place + 0.9 * chance.random(versions)) * (WEEKS - 3) / of).astype(np.int64)
    begins[(place == 0) & (chance.random(versions) < 0.3)] = 0
    is_last = place == of - 1
    until = np.where(is_last, _NOT_YET, np.append(begins[1:], 0))
    gone = is_last & (chance.random(versions) < 0.3)
    ends = begins + 2 + np.floor(chance.random(versions) * (WEEKS - begins)).astype(np.int64)
    until = np.where(gone, np.minimum(ends, _NOT_YET), until)
    shares = 1 / np.arange(1, SOURCES + 1)
    source_of = np.sort(chance.choice(SOURCES, size=len(counts), p=shares / shares.sum()))
    return History(programme, begins, until, place == 0, source_of.astype(np.int64))


def fill(engine: Engine, history: History, seed: int) -> None:
    """Fill an empty database of the newest schema; numbers of rows begin with 1."""
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("pragma ignore_check_constraints = on")  # they cost more than all else
        _bulk(connection, "source", (_source(n) for n in range(SOURCES)))
        _bulk(connection, "run", (_run(n, week) for n in range(SOURCES) for week in range(WEEKS)))
        sources = (f"source_{n:02d}" for n in history.source_of.tolist())
        programmes = ({"id": n, "source": source, "ref": f"mc-{n:07d}"} for n, source in enumerate(sources, 1))
        _bulk(connection, "programme", programmes)
        rows = zip(range(1, len(history.programme) + 1), (history.programme + 1).tolist(), strict=True)
        _bulk(connection, "programme_facts", facts_rows(rows, seed))
        _bulk(connection, "programme_classification", class_rows(range(1, len(history.programme) + 1), seed))
        _bulk(connection, "programme_window", _windows(history))
        _bulk(connection, "programme_version", _versions(history))
    with engine.begin() as connection:
        connection.exec_driver_sql("analyze")
    engine.dispose()


def look(engine: Engine, history: History, changed: int, seed: int) -> None:
    """Take in one more look at one source that reads other facts of some programmes, as the store would write it."""
    source = SOURCES // 3
    still = history.until == _NOT_YET
    last = np.flatnonzero(still & (history.source_of[history.programme] == source))[:changed]
    numbers = (np.arange(len(last)) + len(history.programme) + 1).tolist()
    programmes = (history.programme[last] + 1).tolist()
    at = str(look_time(source, WEEKS))
    with engine.begin() as connection:
        _bulk(connection, "run", [_run(source, WEEKS) | {"id": SOURCES * WEEKS + 1}])
        _bulk(connection, "programme_facts", facts_rows(zip(numbers, programmes, strict=True), seed + 9))
        _bulk(connection, "programme_classification", class_rows(numbers, seed + 9))
        for programme, facts in zip(programmes, numbers, strict=True):
            number = connection.exec_driver_sql(
                f"select max(version_number) from programme_version where programme_id = {programme}"
            ).scalar_one()
            connection.exec_driver_sql(
                f"update programme_version set valid_to = '{at}' "
                f"where programme_id = {programme} and version_number = {number}"
            )
            row = {"programme_id": programme, "facts_id": facts, "version_number": number + 1, "window_number": 1}
            facts_of = {"valid_from": at, "valid_to": None, "cause": "look", "complete": True}
            _bulk(connection, "programme_version", [row | facts_of])


def look_time(source: int, week: int) -> datetime:
    """Return when a source was looked at in a week (UTC)."""
    return datetime(FIRST_DAY.year, FIRST_DAY.month, FIRST_DAY.day) + timedelta(  # noqa: DTZ001 - stored without zone
        weeks=week, days=source % 7, hours=3, minutes=source
    )


def facts_rows(rows: Iterable[tuple[int, int]], seed: int) -> Iterator[dict[str, Any]]:
    """Yield rows of facts: about 900 bytes each, of which the figures need few."""
    chance = np.random.default_rng(seed + 1)
    words = [" ".join(chance.choice(_WORDS, size=45)) for _ in range(500)]
    kinds, deliveries, types = (tuple(vocabulary(name)) for name in ("listing_kind", "delivery", "price_type"))
    for number, programme in rows:
        picks = chance.integers(0, 10_000, size=6).tolist()
        has_price = picks[2] % 10 < 7
        yield {
            "id": number, "programme_id": programme, "kind": kinds[min(picks[0] % 12, len(kinds) - 1)],
            "title": f"{words[picks[3] % 500][:40]} {programme}", "url": f"https://bench.example/mc-{programme:07d}",
            "description": words[picks[4] % 500], "languages": '["en"]', "subjects": '["Data"]', "statements": "{}",
            "delivery": deliveries[picks[1] % 9] if picks[1] % 5 else None,
            "price_type": types[picks[2] % 5] if has_price else None,
            "price_amount": float(picks[5]) if has_price else None, "price_currency": "EUR" if has_price else None,
            "verbatim": json.dumps({"price": str(picks[5]), "delivery": "online", "hours": str(picks[4])}),
            "facts_digest": f"{number:064x}", "read_at": "2021-01-04 03:00:00.000000",
        }  # fmt: skip


def class_rows(numbers: Iterable[int], seed: int) -> Iterator[dict[str, Any]]:
    """Yield rows of judgements."""
    chance = np.random.default_rng(seed + 2)
    table = METADATA.tables["programme_classification"]
    classes = [name for name in table.c.keys() if name.startswith("mc_class_")]  # noqa: SIM118 - no mapping
    elements = [name for name in table.c.keys() if name.startswith("states_")]  # noqa: SIM118 - no mapping
    words, fields = tuple(vocabulary("mc_class")), tuple(vocabulary("isced_broad"))
    for number in numbers:
        one, other = chance.integers(0, 1_000, size=2).tolist()
        yield {
            "facts_id": number, "rules_version": "bench", "development_modes": '["unknown"]', "elements": "[]",
            "eu_elements": one % 13, "isced_broad": fields[other % 11] if other % 4 else None,
            "field_evidence": "data science" if other % 4 else None,
            **dict.fromkeys(classes, words[one % 5]), **dict.fromkeys(elements, one % 2 == 0),
        }  # fmt: skip


def _source(number: int) -> dict[str, Any]:
    return {
        "slug": f"source_{number:02d}", "name": f"Source {number}", "kind": _KINDS[number % 6],
        "country": _COUNTRIES[number % 12], "language": "en", "cadence": "weekly", "lists_everything": True,
        "terms_url": "https://bench.example/terms", "terms_checked": "2024-01-01", "terms_note": "invented",
        "evidence": "assumed", "evidence_note": "", "declared_at": look_time(number, WEEKS - 1),
    }  # fmt: skip


def _run(source: int, week: int) -> dict[str, Any]:
    at = look_time(source, week)
    counts = ("listings", "programmes", "offerings", "new", "changed", "missing", "withdrawn", "problems",
              "duplicates", "rejected")  # fmt: skip
    return {
        "id": source * WEEKS + week + 1, "source": f"source_{source:02d}", "as_of": at, "origin": "live",
        "started_at": at, "finished_at": at, "outcome": "ok", "reason": "", "code_version": "bench",
        **dict.fromkeys(counts, 0), "by_kind": "{}", "robots": "{}", "incomplete": "[]",
    }  # fmt: skip


def _times() -> list[list[str]]:
    """Return the times of all weeks as text, by source."""
    return [[str(look_time(source, week)) for week in range(WEEKS)] for source in range(SOURCES)]


def _versions(history: History) -> Iterator[dict[str, Any]]:
    times = _times()
    number = 0
    rows = zip(
        history.programme.tolist(), history.source_of[history.programme].tolist(), history.begins.tolist(),
        history.until.tolist(), history.is_first.tolist(), strict=True,
    )  # fmt: skip
    for facts, (programme, source, begins, until, is_first) in enumerate(rows, 1):
        number = 1 if is_first else number + 1
        yield {
            "programme_id": programme + 1, "facts_id": facts, "version_number": number, "window_number": 1,
            "valid_from": times[source][begins], "valid_to": None if until == _NOT_YET else times[source][until],
            "cause": "look", "complete": True,
        }  # fmt: skip


def _windows(history: History) -> Iterator[dict[str, Any]]:
    times = _times()
    first = np.flatnonzero(history.is_first)
    last = np.append(first[1:], len(history.programme)) - 1
    rows = zip(history.begins[first].tolist(), history.until[last].tolist(), history.source_of.tolist(), strict=True)
    for programme, (begins, until, source) in enumerate(rows, 1):
        of, is_gone = times[source], until != _NOT_YET
        yield {
            "programme_id": programme, "window_number": 1, "opened_at": of[begins],
            "last_seen_at": of[max(until - 2, begins)] if is_gone else None,
            "missed_at": of[until - 1] if is_gone else None, "withdrawn_at": of[until] if is_gone else None,
        }  # fmt: skip


def _bulk(connection: Connection, name: str, rows: Iterable[dict[str, Any]]) -> None:
    """Insert rows past SQLAlchemy: by COPY on PostgreSQL; all rows have the columns of the first."""
    driver: Any = connection.connection.driver_connection
    cursor = driver.cursor()
    for part in _parts(rows):
        columns = list(part[0])
        values = [tuple(row[column] for column in columns) for row in part]
        if connection.dialect.name == "postgresql":
            with cursor.copy(f"copy {name} ({', '.join(columns)}) from stdin") as copy:
                for row in values:
                    copy.write_row(row)
        else:
            marks = ", ".join("?" * len(columns))
            cursor.executemany(
                f"insert into {name} ({', '.join(columns)}) values ({marks})",
                [tuple(str(value) if isinstance(value, datetime) else value for value in row) for row in values],
            )


def _parts(rows: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    part: list[dict[str, Any]] = []
    for row in rows:
        part.append(row)
        if len(part) == AT_ONCE:
            yield part
            part = []
    if part:
        yield part
