"""What people decided, kept in the archive: without it the pages alone could not tell what the database holds.

``decisions.jsonl`` in the root of the archive has one JSON object a line, in the order in which they were decided, and
is only ever added to, but for what concerns a source that is forgotten on request (``flows.forgotten``), which goes.
Every decision has a ``kind`` and ``decided_at`` (RFC 3339); the rest depends on the kind::

    {"kind": "accept", "source": "opensap", "as_of": "...", "reason": "...", "decided_at": "..."}
    {"kind": "link", "source": "edx", "ref": "...", "other_source": "ku_leuven", "other_ref": "...", "same": true,
     "reason": "...", "decided_at": "..."}
    {"kind": "forget", "source": "edx", "by": "...", "reason": "...", "found": {...}, "decided_at": "..."}

A decision is on disk before the database follows it.

In object storage nothing can be added to a file: there each decision is an object of its own with such a line,
``decisions/<decided_at>-<digest>.json``, read in the order of their names, after a ``decisions.jsonl`` that was brought
along. Those about forgetting lie in ``forgotten/``.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

from models.linking import Decision
from scrapers.bucket import Bucket
from scrapers.private import private_file, private_folder, private_if_new

FILE = "decisions.jsonl"
FOLDER = "decisions"
ACCEPT = "accept"
LINK = "link"
"""Kinds that somebody here follows: runs accepted, and listings that people linked."""
FORGETTING_FOLDER = "forgotten"
FORGET, FORGOTTEN, ALLOW = "forget", "forgotten", "allow"
"""Kinds of ``flows.forgotten``: a source is to go, all of it has gone, and it may come back."""
_FORGETTING = frozenset({FORGET, FORGOTTEN, ALLOW})
_LINK_FACTS = ("source", "ref", "other_source", "other_ref", "same", "reason")


@dataclass(frozen=True, slots=True, kw_only=True)
class Acceptance:
    """A person vouches for a run that a gate held back; ``as_of`` is the time of the run. Times are aware."""

    source: str
    as_of: datetime
    reason: str
    decided_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """A line of ``file``. ``facts`` are all its values; ``damage`` says why there are none."""

    file: str
    line: int
    kind: str
    facts: Mapping[str, Any]
    damage: str | None = None


class Decisions:
    """The decisions kept in the archive under ``root``, or in ``bucket``.

    Whoever asks a bucket may meet ``scrapers.bucket.StorageFailed``.
    """

    def __init__(self, root: Path, bucket: Bucket | None = None) -> None:
        self.path = root / FILE
        self._bucket = bucket

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
        if self._bucket is not None:
            digest = hashlib.sha256(line).hexdigest()[:12]
            folder = FORGETTING_FOLDER if kind in _FORGETTING else FOLDER
            self._bucket.add(f"{folder}/{decided_at.astimezone(UTC):%Y%m%dT%H%M%S.%fZ}-{digest}.json", line)
            return
        private_folder(self.path.parent)
        with self._to_add() as file:
            # A line that a crash cut off must not swallow this one.
            whole = file.seek(0, os.SEEK_END) == 0 or _ends_a_line(file.fileno())
            file.write(line if whole else b"\n" + line)
            file.flush()
            os.fsync(file.fileno())

    @contextmanager
    def _to_add(self) -> Iterator[BinaryIO]:
        """Open the file to add to, held against whoever puts another in its place."""
        while True:
            private_if_new(self.path)
            with self.path.open("a+b") as file:
                fcntl.flock(file, fcntl.LOCK_EX)
                if self.path.exists() and os.path.samestat(self.path.stat(), os.fstat(file.fileno())):
                    yield file
                    return

    def accept(self, accepted: Acceptance) -> None:
        """Keep that a run was accepted.

        Raises:
            OSError: if it cannot be written.
        """
        as_of = accepted.as_of.astimezone(UTC).isoformat().replace("+00:00", "Z")
        self.add(ACCEPT, accepted.decided_at, source=accepted.source, as_of=as_of, reason=accepted.reason)

    def link(self, decision: Decision) -> None:
        """Keep what was decided of two listings.

        Raises:
            OSError: if it cannot be written.
        """
        facts = {name: getattr(decision, name) for name in _LINK_FACTS}
        self.add(LINK, decision.decided_at, **facts)

    def all(self) -> Iterator[Decided]:
        """Yield every line; one that cannot be read says so and costs no other."""
        for name, content in self._contents():
            for number, line in enumerate(content.split(b"\n"), start=1):
                if line.strip():
                    yield _decided(name, number, line)

    def _contents(self) -> Iterator[tuple[str, bytes]]:
        if self._bucket is None:
            if self.path.exists():
                yield str(self.path), self.path.read_bytes()
            return
        brought_along = self._bucket.open(FILE)
        if brought_along is not None:
            yield f"{self._bucket}/{FILE}", brought_along.read()
        for folder in (FOLDER, FORGETTING_FOLDER):
            for name, content in self._bucket.contents(folder).items():
                yield f"{self._bucket}/{name}", content

    def about_forgetting(self) -> Iterator[Decided]:
        """Yield the lines of the kinds of ``flows.forgotten``; in a bucket only these are asked for."""
        there: Mapping[str, bytes] = {} if self._bucket is None else self._bucket.contents(FORGETTING_FOLDER)
        lines = self.all() if self._bucket is None else (_decided(name, 1, line) for name, line in there.items())
        yield from (decided for decided in lines if decided.kind in _FORGETTING)

    def drop_lines_about(self, source: str) -> None:
        """Remove what was decided of runs and listings of a source that is forgotten; the file is replaced at once.

        Raises:
            OSError: if that cannot be done; all lines are as they were then.
        """
        if self._bucket is not None:
            for name, content in self._bucket.contents(FOLDER).items():
                if not _lines_without(content, source):
                    self._bucket.remove(name)
            along = self._bucket.open(FILE)
            if along is not None and (kept := _lines_without(content := along.read(), source)) != content:
                self._bucket.remove(FILE)
                self._bucket.add(FILE, kept)
        if not self.path.exists():
            return
        with self.path.open("r+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            content = file.read()
            kept = _lines_without(content, source)
            if kept != content:
                self._replace(kept)

    def _replace(self, content: bytes) -> None:
        fresh = self.path.with_name(f"{self.path.name}.new")
        fresh.unlink(missing_ok=True)
        with private_file(fresh) as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self.path)

    def complaints(self) -> tuple[str, ...]:
        """Return in words which lines cannot be followed, and why."""
        found = []
        for decided in self.all():
            if decided.damage is not None:
                found.append(f"{decided.file}: line {decided.line}: {decided.damage}")
            elif decided.kind not in {ACCEPT, LINK, *_FORGETTING}:
                found.append(f"{decided.file}: line {decided.line}: nobody knows the kind {decided.kind}")
        return tuple(found)

    def acceptances(self) -> tuple[Acceptance, ...]:
        """Return which runs were accepted, in the order of the file; lines that are no such decision are left out."""
        return tuple(found for decided in self.all() if (found := _acceptance(decided)) is not None)

    def links(self) -> tuple[Decision, ...]:
        """Return what was decided of listings, in the order of the file; lines that are no such decision are left out.

        Of the two listings the first by source and ref stands first, whatever the line says.
        """
        return tuple(found for decided in self.all() if (found := _link(decided)) is not None)


def _lines_without(content: bytes, source: str) -> bytes:
    lines = content.splitlines(keepends=True)
    return b"".join(line for line in lines if not (line.strip() and _is_about(_decided("", 0, line), source)))


def _is_about(decided: Decided, source: str) -> bool:
    return decided.kind in {ACCEPT, LINK} and source in {decided.facts.get("source"), decided.facts.get("other_source")}


def _ends_a_line(descriptor: int) -> bool:
    return os.pread(descriptor, 1, os.fstat(descriptor).st_size - 1) == b"\n"


def _decided(file: str, number: int, line: bytes) -> Decided:
    try:
        facts = json.loads(line)
    except ValueError as error:
        return Decided(file=file, line=number, kind="", facts={}, damage=f"no JSON: {error}")
    if not isinstance(facts, dict) or not isinstance(facts.get("kind"), str):
        return Decided(file=file, line=number, kind="", facts={}, damage="no decision: it names no kind")
    decided = Decided(file=file, line=number, kind=facts["kind"], facts=facts)
    if facts["kind"] == ACCEPT and _acceptance(decided) is None:
        lacks = "an acceptance without source, as_of, reason or decided_at"
        return Decided(file=file, line=number, kind="", facts={}, damage=lacks)
    if facts["kind"] == LINK and _link(decided) is None:
        needed = ", ".join(_LINK_FACTS)
        return Decided(
            file=file, line=number, kind="", facts={}, damage=f"a link without all of {needed} and decided_at"
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


def _link(decided: Decided) -> Decision | None:
    if decided.kind != LINK or not isinstance(decided.facts.get("same"), bool):
        return None
    try:
        names = {name: str(decided.facts[name]) for name in _LINK_FACTS if name != "same"}
        decided_at = datetime.fromisoformat(decided.facts["decided_at"]).astimezone(UTC)
    except (KeyError, TypeError, ValueError):
        return None
    return Decision(**names, same=decided.facts["same"], decided_at=decided_at).in_order
