"""Which captures make one look. Pure.

A walk begins at a start page, so a look is made around each capture of one: it speaks for the time of that capture, and
every other address is read from the capture nearest to it, never further away than a declared number of days. Of a
period there is one look: the one around which most addresses were captured.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import accumulate
from typing import Literal

from scrapers.webarchives.captures import ArchivedCapture, address_key, ordered
from scrapers.webarchives.wanted import Wanted

Every = Literal["day", "week", "month", "quarter"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedLook:
    """One look to be made of captures.

    ``as_of`` is the time of the capture of the start page (aware, UTC). ``captures`` holds, by ``address_key``, the
    captures of each address that are near enough: whole ones first, of these the nearest first. ``wanted`` is what the
    archive was asked for: of such addresses there is nothing else.
    """

    as_of: datetime
    near: timedelta
    wanted: Wanted
    captures: Mapping[str, tuple[ArchivedCapture, ...]]

    @property
    def first(self) -> datetime:
        """The time of the earliest capture that would be read."""
        return min(captures[0].at for captures in self.captures.values())

    @property
    def last(self) -> datetime:
        """The time of the latest capture that would be read."""
        return max(captures[0].at for captures in self.captures.values())


def period_of(day: date, every: Every) -> tuple[int, ...]:
    """Return what two days of one period share: ISO weeks, calendar months and quarters, all in UTC."""
    if every == "day":
        return (day.toordinal(),)
    if every == "week":
        return day.isocalendar()[:2]
    return (day.year, day.month if every == "month" else (day.month - 1) // 3)


def planned_looks(
    captures: Iterable[ArchivedCapture],
    wanted: Wanted,
    starts: Collection[str],
    *,
    since: date,
    until: date,
    every: Every,
    near: timedelta,
) -> tuple[PlannedLook, ...]:
    """Return the looks that captures give between two days (UTC, both included), oldest first.

    Neither order nor repetition of ``captures`` matters.

    Args:
        captures: of pages, not of errors and redirects; also from days before and after.
        wanted: what the archive was asked for to get them.
        starts: the addresses where walks begin.
        since: the first day a look may speak for.
        until: the last one.
        every: of which period there is one look.
        near: how far from the capture of the start page others may lie.
    """
    keys = {address_key(url) for url in starts}
    by_address: dict[str, list[ArchivedCapture]] = {}
    for capture in ordered(captures):
        by_address.setdefault(address_key(capture.url), []).append(capture)
    begun = {capture.at for key in keys for capture in by_address.get(key, ())}
    moments = sorted(at for at in begun if since <= at.date() <= until)
    best: dict[tuple[int, ...], tuple[int, datetime]] = {}
    for moment, count in zip(moments, _captured_near(by_address.values(), moments, near), strict=True):
        period = period_of(moment.date(), every)
        if period not in best or count > best[period][0]:
            best[period] = (count, moment)
    chosen = sorted(moment for _, moment in best.values())
    return tuple(
        PlannedLook(as_of=moment, near=near, wanted=wanted, captures=_near(by_address, moment, near))
        for moment in chosen
    )


def _captured_near(
    addresses: Iterable[Sequence[ArchivedCapture]], moments: Sequence[datetime], near: timedelta
) -> list[int]:
    """Return how many addresses were captured near each moment."""
    changes = [0] * (len(moments) + 1)
    for captures in addresses:
        end = 0
        for capture in captures:
            # What is near an earlier capture of the address is counted already.
            start = max(end, bisect_left(moments, capture.at - near))
            end = max(end, bisect_right(moments, capture.at + near))
            changes[start] += 1
            changes[end] -= 1
    return list(accumulate(changes[:-1]))


def _near(
    by_address: Mapping[str, Sequence[ArchivedCapture]], moment: datetime, near: timedelta
) -> dict[str, tuple[ArchivedCapture, ...]]:
    found = {}
    for key, captures in by_address.items():
        start = bisect_left(captures, moment - near, key=lambda capture: capture.at)
        end = bisect_right(captures, moment + near, key=lambda capture: capture.at)
        if start < end:
            found[key] = nearest_first(captures[start:end], moment)
    return found


def nearest_first(captures: Iterable[ArchivedCapture], moment: datetime) -> tuple[ArchivedCapture, ...]:
    """Return captures in the order in which they are tried: whole ones before cut ones, then by nearness."""
    return tuple(sorted(captures, key=lambda one: (one.truncated is not None, abs(one.at - moment), one.at)))
