"""What web archives hold of a source in some days, and the looks it would make: their indexes are asked, no pages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from models.records import Format, Source
from scrapers.webarchives.captures import ArchivedCapture, address_key, deduplicated
from scrapers.webarchives.holdings import Holdings
from scrapers.webarchives.looks import Every, PlannedLook, planned_looks
from scrapers.webarchives.wanted import wanted


@dataclass(frozen=True, slots=True, kw_only=True)
class BackfillPlan:
    """Captures and looks in the order of time, and in words what days or pages cannot be asked for."""

    source: str
    captures: tuple[ArchivedCapture, ...]
    looks: tuple[PlannedLook, ...]
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FormatSpan:
    """The days, both included, on which a format was in force."""

    form: Format
    first: date
    last: date


async def plan_backfill(source: Source, holdings: Holdings, *, since: date, until: date, every: Every) -> BackfillPlan:
    """Ask an archive what it holds of a source between two days (UTC, both included), format by format.

    Raises:
        ValueError: if the days are in the wrong order.
        ArchiveFailed: if the archive cannot say.
        SourceBlocked: if it refuses us.
    """
    if since > until:
        raise ValueError(f"the first day must not be after the last: {since} is after {until}")
    captures: list[ArchivedCapture] = []
    looks: list[PlannedLook] = []
    left_out: list[str] = []
    for span in _formats_between(source, since, until, left_out):
        near = timedelta(days=span.form.archive.near_days)
        asked_for = wanted(source, span.first)
        starts = [url for url in span.form.start if url not in asked_for.posted]
        left_out += [f"{url}: archives keep no answers to what was posted" for url in asked_for.posted]
        if not starts:
            continue
        found = await holdings.about(asked_for, span.first - near, span.last + near)
        captures += found
        looks += planned_looks(found, asked_for, starts, since=span.first, until=span.last, every=every, near=near)
    return BackfillPlan(
        source=source.slug,
        captures=tuple(deduplicated(captures)),
        looks=tuple(sorted(looks, key=lambda look: look.as_of)),
        left_out=tuple(left_out),
    )


def addresses_of(plan: BackfillPlan) -> list[dict[str, Any]]:
    """Return one row an address: how often it was captured, when first, when last, and on how many days (UTC)."""
    by_address: dict[str, list[ArchivedCapture]] = {}
    for capture in plan.captures:
        by_address.setdefault(address_key(capture.url), []).append(capture)
    return [
        {
            "url": captures[-1].url,
            "captures": len(captures),
            "days": len({capture.at.date() for capture in captures}),
            "first": captures[0].at,
            "last": captures[-1].at,
        }
        for _, captures in sorted(by_address.items())
    ]


def _formats_between(source: Source, since: date, until: date, left_out: list[str]) -> Iterator[FormatSpan]:
    """Yield the formats in force between two days; days before any format is known go to ``left_out``."""
    day = since
    while day <= until:
        form = source.format_on(day)
        last = until if form.until is None else min(until, form.until - timedelta(days=1))
        first = day if form.since is None else max(day, form.since)
        if first > day:
            left_out.append(f"{day} to {min(last, first - timedelta(days=1))}: no format of {source.slug} is known")
        if first <= last:
            yield FormatSpan(form, first, last)
        day = last + timedelta(days=1)
