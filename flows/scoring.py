"""Comparing what we say of a listing with what a reader took from it: counts, shares, and where they differ."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flows.labels import NOT_STATED, Label

UNKNOWN = "unknown"
_HOURS_APART = 0.03
"""Share by which hours may differ: 8.5 and 8.6 are the same amount, rounded otherwise."""

Seen = Mapping[str, Any]


@dataclass
class Score:
    """Counts over labelled listings: what the listing states, what we give, and what is right.

    ``stated``: the reader found a value (for modes: values). ``given``: we give one. ``right``: ours is the reader's.
    ``read``: listings labelled. ``missed`` lists where we differ, for people who mend rules.
    """

    read: int = 0
    stated: int = 0
    given: int = 0
    right: int = 0
    given_of_stated: int = 0
    missed: list[tuple[Label, str, str]] = field(default_factory=list)

    @property
    def precision(self) -> float | None:
        """Share of right ones among those we give."""
        return self.right / self.given if self.given else None

    @property
    def recall(self) -> float | None:
        """Share of those stated that we give rightly."""
        return self.right / self.stated if self.stated else None

    @property
    def coverage(self) -> float | None:
        """Share of those stated for which we give any value."""
        return self.given_of_stated / self.stated if self.stated else None

    def add(self, label: Label, wanted: frozenset[str], ours: frozenset[str], right: int) -> None:
        """Count one listing: the values a reader took, the values we give, and how many of ours are right."""
        self.read += 1
        self.stated += len(wanted)
        self.given += len(ours)
        self.right += right
        self.given_of_stated += min(len(wanted), len(ours))
        if right < max(len(wanted), len(ours)):
            self.missed.append((label, " ".join(sorted(wanted)) or NOT_STATED, " ".join(sorted(ours)) or NOT_STATED))


@dataclass(frozen=True, slots=True)
class Accuracy:
    """Scores by attribute, by attribute and language, and the confusion of classes (reader's, ours)."""

    total: Mapping[str, Score]
    held_out: Mapping[str, Score]
    by_language: Mapping[tuple[str, str], Score]
    classes: Mapping[tuple[str, str], int]
    without_evidence: int
    absent: int


def measure(labels: Sequence[Label], seen: Mapping[tuple[str, str], Seen], without_evidence: int) -> Accuracy:
    """Compare labels with what the database says.

    Args:
        labels: what readers took from listings.
        seen: rows of ``programme_current`` by recording and ref.
        without_evidence: how many values stand in the database without evidence.
    """
    total: dict[str, Score] = defaultdict(Score)
    held_out: dict[str, Score] = defaultdict(Score)
    by_language: dict[tuple[str, str], Score] = defaultdict(Score)
    classes: dict[tuple[str, str], int] = defaultdict(int)
    absent = 0
    for label in labels:
        row = seen.get((label.recording, label.ref))
        if row is None:
            absent += 1
            continue
        for attribute, cell in label.values.items():
            wanted, ours, right = COMPARISONS[attribute](cell, row)
            halves = [held_out[attribute]] if label.is_held_out else []
            language = by_language[attribute, label.language.partition("-")[0]]
            for score in (total[attribute], language, *halves):
                score.add(label, wanted, ours, right)
        if "mc_class" in label.values:
            classes[label.values["mc_class"], row["mc_class"]] += 1
    return Accuracy(total, held_out, by_language, classes, without_evidence, absent)


Compared = tuple[frozenset[str], frozenset[str], int]
"""The values a reader took, the values we give, and how many of ours are right."""


def _words(cell: str, ours: Any) -> Compared:
    """Compare single words or numbers; the cell may name two that are both right, the better one first."""
    alternatives = frozenset(cell.split("|")) - {NOT_STATED, UNKNOWN}
    given = frozenset() if _is_none(ours) or ours == UNKNOWN else frozenset({_plain(ours)})
    right = len(given & alternatives)
    wanted = given if right else frozenset(list(cell.split("|"))[:1]) - {NOT_STATED, UNKNOWN}
    return wanted, given, right


def _modes(cell: str, row: Seen) -> Compared:
    wanted = frozenset(cell.split()) - {UNKNOWN, NOT_STATED}
    given = frozenset(json.loads(row["development_modes"])) - {UNKNOWN}
    return wanted, given, len(wanted & given)


def _hours(cell: str, row: Seen) -> Compared:
    # Labels hold hours that are printed, or the product of printed figures; those converted from credits are neither.
    printed = row["workload_basis"] != "converted"
    return _span(cell, _ends(row["workload_hours_min"], row["workload_hours_max"]) if printed else None)


def _price(cell: str, row: Seen) -> Compared:
    amount, _, rest = cell.partition(" ")
    currency, _, which = rest.partition(" ")
    main = _ends(row["price_amount"], row["price_amount_max"])
    ends = main if main and main[1] else None
    if which == "certificate" or ends is None:
        certificate = _ends(row["certificate_price_amount"], row["certificate_price_amount_max"])
        ends = certificate or ends
    wanted, given, right = _span(amount, ends)
    same = _is_none(row["price_currency"]) or row["price_currency"] == currency
    return wanted, given, right if same else 0


def _span(cell: str, ours: tuple[float, float] | None) -> Compared:
    given = frozenset({f"{ours[0]:g}-{ours[1]:g}"}) if ours else frozenset[str]()
    if cell == NOT_STATED:
        return frozenset(), given, 0
    low, _, high = cell.partition("-")
    wanted = (float(low), float(high or low))
    right = ours is not None and all(abs(a - b) <= _HOURS_APART * max(a, b) for a, b in zip(wanted, ours, strict=True))
    return frozenset({f"{wanted[0]:g}-{wanted[1]:g}"}), given, int(right)


def _ends(low: Any, high: Any) -> tuple[float, float] | None:
    if _is_none(low) and _is_none(high):
        return None
    return float(high if _is_none(low) else low), float(low if _is_none(high) else high)


def _is_none(value: Any) -> bool:
    return value is None or value != value  # noqa: PLR0124 - not-a-number is the only value unequal to itself


def _plain(value: Any) -> str:
    return f"{value:g}" if isinstance(value, int | float) else str(value)


COMPARISONS: Mapping[str, Callable[[str, Seen], Compared]] = {
    "mc_class": lambda cell, row: _words(cell, row["mc_class"]),
    "mode": _modes,
    "field_broad": lambda cell, row: _words(cell, row["isced_broad"]),
    "field_narrow": lambda cell, row: _words(cell, row["isced_narrow"]),
    "eqf_level": lambda cell, row: _words(cell, row["eqf_level"]),
    "platform_level": lambda cell, row: _words(cell, row["platform_level"]),
    "workload_hours": _hours,
    "ects": lambda cell, row: _words(cell, row["ects"]),
    "price_type": lambda cell, row: _words(cell, row["price_type"]),
    "price": _price,
}
