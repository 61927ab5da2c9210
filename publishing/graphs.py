"""JSON-LD: listings with their offerings and organisations as one graph, written node by node."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from publishing.tables import Filled

Node = dict[str, Any]
Facts = Mapping[str, Any]
"""A row as a mapping from column to value."""
_PROGRAMME = "programme_id"


@dataclass(frozen=True, slots=True)
class Listing:
    """A programme with its offerings and with the organisations of its roles, as rows of the views."""

    programme: Facts
    offerings: tuple[Facts, ...]
    roles: tuple[Facts, ...]

    def organisations(self, role: str) -> list[Facts]:
        """Return the organisations of a role (vocabulary ``role``), each once."""
        found = {one["organisation_id"]: one for one in self.roles if one["role"] == role}
        return list(found.values())


def listings(programmes: Filled, offerings: Filled, roles: Filled) -> Iterator[Listing]:
    """Yield programmes with what belongs to them; all three must come in the order of ``programme_id``."""
    offered, held = _Groups(offerings), _Groups(roles)
    for programme in _facts(programmes):
        number = programme[_PROGRAMME]
        yield Listing(programme, offered.take(number), held.take(number))


class _Groups:
    """Rows in the order of ``programme_id``, taken one programme at a time."""

    def __init__(self, filled: Filled) -> None:
        self._groups = groupby(_facts(filled), itemgetter(_PROGRAMME))
        self._next = next(self._groups, None)

    def take(self, number: int) -> tuple[Facts, ...]:
        while self._next is not None and self._next[0] < number:
            self._next = next(self._groups, None)
        if self._next is None or self._next[0] != number:
            return ()
        taken = tuple(self._next[1])
        self._next = next(self._groups, None)
        return taken


def _facts(filled: Filled) -> Iterator[Facts]:
    names = [column.name for column in filled.table.columns]
    for row in filled.rows:
        yield dict(zip(names, row, strict=True))


def write_graph(path: Path, context: Any, nodes: Iterable[Node]) -> int:
    """Write nodes as one JSON-LD document, one node a line, and return how many there are.

    Every line between the first and the last is a node and, but for the last node, a comma: a line-wise reader can
    take the document apart without loading it.
    """
    count = 0
    with path.open("w", encoding="utf-8", errors="backslashreplace") as file:
        file.write(f'{{"@context": {json.dumps(context)}, "@graph": [')
        for count, node in enumerate(nodes, 1):
            file.write(",\n" if count > 1 else "\n")
            file.write(json.dumps(node, ensure_ascii=False, allow_nan=False))
        file.write("\n]}\n")
    return count


def stable_id(*parts: str) -> str:
    """Return a URN that is always the same for the same parts: a name-based UUID (RFC 9562, version 5)."""
    return f"urn:uuid:{uuid5(NAMESPACE_URL, json.dumps(parts, ensure_ascii=True))}"


def known(**values: Any) -> Node:
    """Return only what is known: no nulls, no empty texts, no empty lists; a list of one is its item."""
    kept = {name: _unwrapped(value) for name, value in values.items()}
    return {name: value for name, value in kept.items() if value is not None and value not in ("", [])}


def _unwrapped(value: Any) -> Any:
    return value[0] if isinstance(value, list) and len(value) == 1 else value


def single(facts: Facts, name: str) -> float | None:
    """Return a quantity whose two ends, ``<name>_min`` and ``<name>_max``, are the same; ``None`` for a range."""
    low, high = facts[f"{name}_min"], facts[f"{name}_max"]
    return None if low is None or low != high else float(low)


def iso_duration(*, weeks: float | None = None, hours: float | None = None) -> str | None:
    """Return a length of time as ISO 8601: weeks as whole days; hours, and less than a day, as hours and minutes."""
    if weeks is not None:
        return f"P{weeks * 7:.0f}D" if weeks * 7 >= 1 else iso_duration(hours=weeks * 7 * 24)
    if hours is None:
        return None
    whole, minutes = divmod(round(hours * 60), 60)
    return f"PT{whole}H" if not minutes else f"PT{whole}H{minutes}M"
