"""History from evidence, as pure functions: the rules of docs/decisions/0003, without a database.

Evidence about an item (a programme or an offering of one source):

- *complete looks* of the source: the ordered times at which a run listed everything;
- *spans*: the item was seen with the same reading in every complete look from one to another, and the span cannot be
  made longer. Two spans of an item never touch with the same reading, so there is one way only to write them down;
- *sightings*: the item was seen in a partial look, which shows presence and never absence.

``with_look`` takes one complete look into the spans of an item, wherever in time it lies. ``derive`` makes windows
and versions of the evidence. Both give the same result whatever the order in which runs arrive.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from models.records import Cause


@dataclass(frozen=True, slots=True)
class Reading:
    """What a look read of an item: which facts, from which words, and whether all pages about it could be had.

    ``reread`` is true if the archived pages of the look were read again later and gave something else than before
    (docs/decisions/0011). Readings that differ in any of these are different evidence, although their facts may be the
    same.
    """

    facts_id: int
    listing_digest: str
    complete: bool = True
    reread: bool = False


@dataclass(frozen=True, slots=True)
class Span:
    """Consecutive complete looks with one reading; ``seen_until`` is ``None`` if the latest complete look is in it."""

    reading: Reading
    seen_from: datetime
    seen_until: datetime | None


@dataclass(frozen=True, slots=True)
class Sighting:
    """An item seen in a partial look."""

    reading: Reading
    at: datetime


@dataclass(frozen=True, slots=True)
class Window:
    """A time during which an item was listed.

    ``last_seen_at`` is ``None`` while the last look that saw it is the latest complete look of the source, so that
    nothing need be written for items that simply stay. ``missed_at`` is the first complete look without it since it
    was last seen, ``withdrawn_at`` the first such look on another UTC day.
    """

    window_number: int
    opened_at: datetime
    last_seen_at: datetime | None
    missed_at: datetime | None
    withdrawn_at: datetime | None


@dataclass(frozen=True, slots=True)
class Version:
    """Facts in force from ``valid_from`` until just before ``valid_to`` (``None``: still in force)."""

    version_number: int
    facts_id: int
    window_number: int
    valid_from: datetime
    valid_to: datetime | None
    cause: Cause
    complete: bool


Readings = Mapping[tuple[str, ...], tuple[str, bool]]
"""What a stored look had read: the digest of the facts of each item, and whether it was reread before.

Keys are ``(ref,)`` for a programme and ``(ref of the programme, ref)`` for an offering.
"""

Covers = Callable[[int, int], bool]
"""``covers(later, earlier)``: whether the facts ``later`` state all that the facts ``earlier`` state."""


def with_look(
    spans: Sequence[Span], looks: Sequence[datetime], at: datetime, reading: Reading | None
) -> tuple[Span, ...]:
    """Return the spans of an item after one more complete look at its source.

    Args:
        spans: spans in order of time; at least those that hold or touch ``at``, others pass through unchanged.
        looks: the complete looks of the source in order of time, without ``at``.
        at: time of the look.
        reading: what the look read of the item, or ``None`` if it did not list it.
    """
    place = bisect_left(looks, at)
    before = looks[place - 1] if place else None
    after = looks[place] if place < len(looks) else None
    result: list[Span] = []
    fresh = None if reading is None else Span(reading, at, None if after is None else at)
    for span in spans:
        if span.seen_from < at and after is not None and (span.seen_until is None or span.seen_until > at):
            if span.reading == reading:
                return tuple(spans)
            result += [_ending(span, before), replace(span, seen_from=after)]
        elif before is not None and span.seen_from <= before and span.seen_until in _ends(before, after):
            fresh, kept = _after(span, fresh, before)
            result += kept
        elif span.seen_from == after and fresh is not None and span.reading == fresh.reading:
            fresh = replace(span, seen_from=fresh.seen_from)
        else:
            result.append(span)
    if fresh is not None:
        result.append(fresh)
    return tuple(sorted(result, key=lambda span: span.seen_from))


def _ends(before: datetime, after: datetime | None) -> tuple[datetime | None, ...]:
    """How ``seen_until`` of a span says that the look ``before`` is its last."""
    return (before,) if after is not None else (None,)


def _ending(span: Span, last: datetime | None) -> Span:
    return replace(span, seen_until=last)


def _after(span: Span, fresh: Span | None, before: datetime) -> tuple[Span | None, list[Span]]:
    """Put the look right after ``span``: lengthen it if it was read the same, else end it at the look before."""
    if fresh is not None and fresh.reading == span.reading:
        return replace(span, seen_until=fresh.seen_until), []
    return fresh, [_ending(span, before)]


def derive(
    spans: Sequence[Span], sightings: Sequence[Sighting], looks: Sequence[datetime], covers: Covers
) -> tuple[tuple[Window, ...], tuple[Version, ...]]:
    """Return the windows and versions that the evidence about one item amounts to, in order of time.

    An item is withdrawn when two complete looks on different UTC days, one after the other and with no sight of it
    between them, did not list it; it counts as listed until the second. Seen again before that, the window goes on;
    seen again later, the next window opens. The first version of a window has the cause ``look``, or ``reparse`` if its
    facts are not those that were read first.

    Args:
        spans: spans of the item in order of time.
        sightings: sightings of the item in order of time; none at the time of a complete look.
        looks: the complete looks of the source in order of time.
        covers: whether facts state all that others state; asked only about readings that are not complete.
    """
    if not sightings and len(spans) == 1 and spans[0].seen_until is None:
        return _as_ever(spans[0])
    history = _History(covers)
    covered_until: datetime | None = None
    last: datetime | None = None
    for at, reading, end in _presences(spans, sightings, looks):
        if last is not None and (covered_until is None or at > covered_until):
            history.absent(looks[bisect_right(looks, last) : bisect_left(looks, at)])
        if end is not None:
            covered_until = end
        history.present(at, reading)
        last = at
    if last is not None:
        history.absent(looks[bisect_right(looks, last) :])
    return history.close(looks[-1] if looks else None)


def _as_ever(span: Span) -> tuple[tuple[Window, ...], tuple[Version, ...]]:
    """Return the history of an item that every look since the first has read alike: most items, most of the time."""
    reading = span.reading
    cause = Cause.REPARSE if reading.reread else Cause.LOOK
    window = Window(1, span.seen_from, None, None, None)
    return (window,), (Version(1, reading.facts_id, 1, span.seen_from, None, cause, reading.complete),)


def _presences(
    spans: Sequence[Span], sightings: Sequence[Sighting], looks: Sequence[datetime]
) -> list[tuple[datetime, Reading, datetime | None]]:
    """Return the moments at which the item was seen that decide its history, in order of time.

    The third value is the end of the span that begins there. A span is seen at both its ends and at the first look
    after each sighting within it: what it read is then in force again.
    """
    moments: list[tuple[datetime, Reading, datetime | None]] = [(s.at, s.reading, None) for s in sightings]
    for span in spans:
        end = looks[-1] if span.seen_until is None else span.seen_until
        moments.append((span.seen_from, span.reading, end))
        again = {end, *_looks_after_sightings(span.seen_from, end, sightings, looks)} - {span.seen_from}
        moments.extend((at, span.reading, None) for at in again)
    return sorted(moments, key=lambda moment: moment[0])


def _looks_after_sightings(
    start: datetime, end: datetime, sightings: Sequence[Sighting], looks: Sequence[datetime]
) -> Iterator[datetime]:
    for sighting in sightings:
        if start < sighting.at < end:
            yield looks[bisect_right(looks, sighting.at)]


class _History:
    """Windows and versions while they are made, from presences and absences in order of time."""

    def __init__(self, covers: Covers) -> None:
        self._covers = covers
        self._windows: list[Window] = []
        self._versions: list[Version] = []
        self._read: Reading | None = None
        """The last reading of the open window that could tell anything new; ``None`` if no window is open."""

    def present(self, at: datetime, reading: Reading) -> None:
        """Take in that the item was seen."""
        if self._read is None:
            self._windows.append(Window(len(self._windows) + 1, at, at, None, None))
            self._add(at, reading, Cause.REPARSE if reading.reread else Cause.LOOK)
        else:
            window = self._windows[-1]
            self._windows[-1] = Window(window.window_number, window.opened_at, at, None, window.withdrawn_at)
            version = self._versions[-1]
            if self._tells_less(reading, version):
                return
            self._compare(at, reading, self._read, version)
        self._read = reading

    def _tells_less(self, reading: Reading, version: Version) -> bool:
        """Whether less was read only because a page was missing: nothing says that what it held has changed."""
        if reading.complete or reading.facts_id == version.facts_id:
            return False
        return self._covers(version.facts_id, reading.facts_id)

    def _compare(self, at: datetime, reading: Reading, before: Reading, version: Version) -> None:
        if reading.facts_id == version.facts_id:
            if reading.complete and not version.complete:
                self._versions[-1] = replace(version, complete=True)
            return
        self._end_version(at)
        self._add(at, reading, self._cause(reading, before, version))

    def _cause(self, reading: Reading, before: Reading, version: Version) -> Cause:
        if reading.complete and not version.complete and self._covers(reading.facts_id, version.facts_id):
            return Cause.COMPLETION
        if before.listing_digest == reading.listing_digest:
            return Cause.REPARSE
        return Cause.LOOK

    def absent(self, looks: Sequence[datetime]) -> None:
        """Take in complete looks, one after the other, that did not list the item."""
        if not looks or self._read is None:
            return
        missed = looks[0]
        withdrawn = next((at for at in looks if at.date() != missed.date()), None)
        self._windows[-1] = replace(self._windows[-1], missed_at=missed, withdrawn_at=withdrawn)
        if withdrawn is not None:
            self._end_version(withdrawn)
            self._read = None

    def close(self, latest: datetime | None) -> tuple[tuple[Window, ...], tuple[Version, ...]]:
        """Return what was made; ``latest`` is the latest complete look of the source."""
        if self._windows and self._windows[-1].last_seen_at == latest:
            self._windows[-1] = replace(self._windows[-1], last_seen_at=None)
        return tuple(self._windows), tuple(self._versions)

    def _add(self, at: datetime, reading: Reading, cause: Cause) -> None:
        number, window = len(self._versions) + 1, self._windows[-1].window_number
        self._versions.append(Version(number, reading.facts_id, window, at, None, cause, reading.complete))

    def _end_version(self, at: datetime) -> None:
        self._versions[-1] = replace(self._versions[-1], valid_to=at)
