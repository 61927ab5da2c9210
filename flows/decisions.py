"""What people decided, kept in the archive: without it the pages alone could not tell what the database holds.

``decisions.jsonl`` in the root of the archive has one JSON object a line, in the order in which they were decided, and
is only ever added to. Every decision has a ``kind`` and ``decided_at`` (RFC 3339); the rest depends on the kind::

    {"kind": "accept", "source": "opensap", "as_of": "...", "reason": "...", "decided_at": "..."}

A decision is on disk before the database follows it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

FILE = "decisions.jsonl"
ACCEPT = "accept"
LINK = "link"
"""Kinds that somebody here follows: runs accepted, and listings that people linked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Acceptance:
    """A person vouches for a run that a gate held back; ``as_of`` is the time of the run. Times are aware."""

    source: str
    as_of: datetime
    reason: str
    decided_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """A line of the file. ``facts`` are all its values; ``damage`` says why there are none."""

    line: int
    kind: str
    facts: Mapping[str, Any]
    damage: str | None = None


class Decisions:
    """The decisions kept in the archive under ``root``."""

    def __init__(self, root: Path) -> None:
        self.path = root / FILE

    def add(self, kind: str, decided_at: datetime, **facts: Any) -> None:
        """Keep a decision; it is on disk when this returns.

        Args:
            kind: what kind of decision.
            decided_at: aware time.
            facts: what was decided, as JSON values.

        Raises:
            OSError: if it cannot be written.
        """
        told = {"kind": kind, **facts, "decided_at": decided_at.astimezone(UTC).isoformat().replace("+00:00", "Z")}
        line = json.dumps(told, ensure_ascii=False).encode("utf-8", "replace") + b"\n"
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("a+b") as file:
            # A line that a crash cut off must not swallow this one.
            whole = file.seek(0, os.SEEK_END) == 0 or _ends_a_line(file.fileno())
            file.write(line if whole else b"\n" + line)
            file.flush()
            os.fsync(file.fileno())

    def accept(self, accepted: Acceptance) -> None:
        """Keep that a run was accepted.

        Raises:
            OSError: if it cannot be written.
        """
        as_of = accepted.as_of.astimezone(UTC).isoformat().replace("+00:00", "Z")
        self.add(ACCEPT, accepted.decided_at, source=accepted.source, as_of=as_of, reason=accepted.reason)

    def all(self) -> Iterator[Decided]:
        """Yield every line; one that cannot be read says so and costs no other."""
        if not self.path.exists():
            return
        with self.path.open("rb") as file:
            for number, line in enumerate(file, start=1):
                if line.strip():
                    yield _decided(number, line)

    def acceptances(self) -> tuple[Acceptance, ...]:
        """Return which runs were accepted, in the order of the file; lines that are no such decision are left out."""
        return tuple(found for decided in self.all() if (found := _acceptance(decided)) is not None)


def _ends_a_line(descriptor: int) -> bool:
    return os.pread(descriptor, 1, os.fstat(descriptor).st_size - 1) == b"\n"


def _decided(number: int, line: bytes) -> Decided:
    try:
        facts = json.loads(line)
    except ValueError as error:
        return Decided(line=number, kind="", facts={}, damage=f"no JSON: {error}")
    if not isinstance(facts, dict) or not isinstance(facts.get("kind"), str):
        return Decided(line=number, kind="", facts={}, damage="no decision: it names no kind")
    decided = Decided(line=number, kind=facts["kind"], facts=facts)
    if facts["kind"] == ACCEPT and _acceptance(decided) is None:
        return Decided(
            line=number, kind="", facts={}, damage="an acceptance without source, as_of, reason or decided_at"
        )
    return decided


def _acceptance(decided: Decided) -> Acceptance | None:
    if decided.kind != ACCEPT:
        return None
    try:
        return Acceptance(
            source=str(decided.facts["source"]),
            as_of=datetime.fromisoformat(decided.facts["as_of"]).astimezone(UTC),
            reason=str(decided.facts["reason"]),
            decided_at=datetime.fromisoformat(decided.facts["decided_at"]).astimezone(UTC),
        )
    except (KeyError, TypeError, ValueError):
        return None
