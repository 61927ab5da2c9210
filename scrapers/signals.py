"""What cheaper documents say of a page: signals, when one can say "the same", and when its kind has earned trust.

A signal is a short text, its kind and a value: ``sitemap_lastmod 2026-01-02`` has the words of a sitemap's
``<lastmod>``, ``entry 5f0c...`` a digest of the entry of a list that links to the page. Pure; for reasons see
docs/decisions/0023.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache

Signal = str
"""A kind and a value with a space between them."""

SITEMAP_LASTMOD, ENTRY = "sitemap_lastmod", "entry"

CHECKED_MIN = 300
"""So many pages on which a kind said "the same" must have been checked without a miss: then at most 3/300 = 1 % of such
pages are missed, at 95 % (Hanley & Lippman-Hand 1983, "If nothing goes wrong, is everything all right?", JAMA
249(13))."""
ANNOUNCED_MIN = 5
"""So many changes of facts a kind must have announced: one that is silent about half passes in 1 of 32 cases."""
VALUE_MAX = 64
"""A longer value is no date; its digest stands for it."""
DIGEST_DIGITS = 32

_ANYWHERE = timedelta(hours=12)
"""How long after its end in UTC a day ends in the last zone on earth."""
_SPANS = {
    "%Y": timedelta(days=366),
    "%Y-%m": timedelta(days=31),
    "%Y-%m-%d": timedelta(days=1),
    "%Y-%m-%dT%H:%M%z": timedelta(minutes=1),
    "%Y-%m-%dT%H:%M:%S%z": timedelta(seconds=1),
    "%Y-%m-%dT%H:%M:%S.%f%z": timedelta(seconds=1),
    "%Y-%m-%dT%H:%M": timedelta(minutes=1),
    "%Y-%m-%dT%H:%M:%S": timedelta(seconds=1),
    "%Y-%m-%dT%H:%M:%S.%f": timedelta(seconds=1),
}
"""The forms of https://www.w3.org/TR/NOTE-datetime, those of a time without a zone too, and how much time each leaves
open."""
_FRACTION = re.compile(r"\.(\d{6})\d+")


def lastmod(words: str | None) -> Signal | None:
    """Return the signal in the words of a sitemap's ``<lastmod>``, ``None`` if it has none."""
    value = "".join((words or "").split())
    if not value:
        return None
    return f"{SITEMAP_LASTMOD} {value if len(value) <= VALUE_MAX else _digest([value])}"


def entry(parts: Iterable[str]) -> Signal:
    """Return the signal of an entry of a list, given all that it says of the page it links to."""
    return f"{ENTRY} {_digest(parts)}"


def kind_of(signal: Signal) -> str:
    """Return the kind of a signal."""
    return signal.partition(" ")[0]


def is_settled(signal: Signal, at: datetime) -> bool:
    """Whether a change after ``at``, when the page was had, would have given another signal.

    A date says of two changes on one day the same, so what was fetched on that day may be older than the second of
    them; HTTP calls such a validator weak (RFC 9110, 8.8.2.2). Words that are no date are never settled.
    """
    kind, _, value = signal.partition(" ")
    if kind != SITEMAP_LASTMOD:
        return True
    end = _end_of(value)
    return end is not None and at >= end


@lru_cache(maxsize=4096)
def _end_of(value: str) -> datetime | None:
    """Return when the time is over that a date names, wherever on earth it is meant; ``None`` if it is no date."""
    value = _FRACTION.sub(r".\1", value)
    for form, span in _SPANS.items():
        try:
            begin = datetime.strptime(value, form)  # noqa: DTZ007 - what has no zone is given the last one below
        except ValueError:
            continue
        try:
            return begin + span if begin.tzinfo else begin.replace(tzinfo=UTC) + span + _ANYWHERE
        except OverflowError:
            return None
    return None


def _digest(parts: Iterable[str]) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part.encode("utf-8", "surrogatepass"))
        digest.update(b"\0")
    return digest.hexdigest()[:DIGEST_DIGITS]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What a kind of signal of one source has shown since it was last wrong.

    ``checked`` pages on which it said "the same" were asked for all the same, and their facts were; ``announced`` pages
    on which it moved had other facts; it was found wrong on ``missed`` pages of the run in which that last happened.
    """

    checked: int = 0
    announced: int = 0
    missed: int = 0

    @property
    def is_trusted(self) -> bool:
        """Whether pages may be skipped for it."""
        return self.checked >= CHECKED_MIN and self.announced >= ANNOUNCED_MIN


def evidence(looks: Iterable[Mapping[str, Mapping[str, int]]]) -> dict[str, Evidence]:
    """Return what each kind has shown, given what the signals of runs said, the latest first (``run.signals``)."""
    found: dict[str, Evidence] = {}
    for look in looks:
        for kind, counts in look.items():
            known = found.get(kind, Evidence())
            if not known.missed:
                found[kind] = _with(known, counts)
    return found


def _with(known: Evidence, counts: Mapping[str, int]) -> Evidence:
    missed = counts.get("missed", 0)
    if missed:
        return Evidence(checked=known.checked, announced=known.announced, missed=missed)
    return Evidence(
        checked=known.checked + counts.get("checked", 0), announced=known.announced + counts.get("announced", 0)
    )
