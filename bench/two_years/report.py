"""The figures of the two years as tables of Markdown."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from bench.two_years.living import Looked, Week
from bench.two_years.measuring import Stored

MARKS = (1, 10, 26, 52, 78, 100, 104)
"""The weeks of which figures are printed."""
_KIBI, _MEBI = 1024, 1024**2


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """What was measured in a week of ``MARKS``.

    ``again`` is a second look on the same day, ``grown`` by how much the disk grew with it; ``answers`` are those of
    ``bench.two_years.asking``, empty if nothing was asked.
    """

    week: Week
    again: Looked
    grown: Stored
    answers: Mapping[str, Mapping[str, float]]


def marks_of(weeks: int) -> frozenset[int]:
    """Return the weeks of which figures are printed; the last is one."""
    return frozenset({mark for mark in MARKS if mark <= weeks} | {weeks})


def tables(name: str, weeks: Sequence[Week], marked: Sequence[Marked]) -> Iterator[str]:
    """Yield the tables of one life: what there is at each mark, what it grew by, and what it takes to ask."""
    yield f"{name}: what there is"
    yield from _table(_HEAD_OF_STATE, (_state(weeks, one) for one in marked))
    yield f"{name}: growth"
    yield from _table(_HEAD_OF_GROWTH, _growths(weeks, marked))
    if marked[0].answers:
        yield f"{name}: questions, ms"
        yield from _by_mark("question", "milliseconds", marked)
        yield f"{name}: rows"
        yield from _by_mark("table", "rows", marked)


_HEAD_OF_STATE = (
    "week", "listings", "database MiB", "archive MiB", "archive files", "readings MiB", "RSS MiB", "objects",
    "descriptors", "threads", "processor s a run",
)  # fmt: skip


def _state(weeks: Sequence[Week], one: Marked) -> Sequence[object]:
    week = one.week
    # The run of the first week reads everything; later marks stand for the nine runs before them.
    lately = [each.looked.cpu_seconds for each in weeks if max(1, week.week - 9) < each.week <= week.week]
    return (
        week.week, week.looked.listings, week.stored.database_bytes / _MEBI, week.stored.archive_bytes / _MEBI,
        week.stored.archive_files, week.stored.readings_bytes / _MEBI, week.held.resident_bytes / _MEBI, week.objects,
        week.held.descriptors, week.held.threads, statistics.median(lately or [week.looked.cpu_seconds]),
    )  # fmt: skip


_HEAD_OF_GROWTH = (
    "weeks", "looks", "unchanged", "programmes touched", "database KiB a look", "database KiB a programme touched",
    "archive KiB a look", "archive KiB a programme touched", "database bytes an unchanged look",
    "archive bytes an unchanged look", "processor ms an unchanged look",
)  # fmt: skip


def _growths(weeks: Sequence[Week], marked: Sequence[Marked]) -> Iterator[Sequence[object]]:
    """Yield what the looks since the mark before cost the disk; what snapshots took in between is left out."""
    since = 0
    for one in marked:
        between = [each for each in weeks if since < each.week <= one.week.week]
        looks, touched = (sum(getattr(each.looked, what) for each in between) for what in ("looks", "touched"))
        database, archive = (
            sum(getattr(each.grown, what) for each in between) for what in ("database_bytes", "archive_bytes")
        )
        unchanged = sum(each.looked.unchanged for each in between)
        yield (
            f"{since + 1} to {one.week.week}", looks, unchanged, touched, database / looks / _KIBI,
            database / max(1, touched) / _KIBI, archive / looks / _KIBI, archive / max(1, touched) / _KIBI,
            one.grown.database_bytes / one.again.looks, one.grown.archive_bytes / one.again.looks,
            1000 * one.again.cpu_seconds / one.again.looks,
        )  # fmt: skip
        since = one.week.week


def _by_mark(what: str, of: str, marked: Sequence[Marked]) -> Iterator[str]:
    """Yield a table of answers: a row each, a column for each mark."""
    head = (what, *(f"week {one.week.week}" for one in marked))
    yield from _table(head, ((name, *(one.answers[of][name] for one in marked)) for name in marked[0].answers[of]))


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    yield f"\n| {' | '.join(head)} |\n| --- |{' ---: |' * (len(head) - 1)}"
    for row in rows:
        yield f"| {' | '.join(_cell(value) for value in row)} |"
    yield ""


def _cell(value: object) -> str:
    if isinstance(value, float):
        return f"{value:,.1f}"
    return f"{value:,}" if isinstance(value, int) else str(value)
