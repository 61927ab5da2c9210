"""Loading what a look saw into the evidence, and deriving the history of the items it touched. Rules: models.history.

Only differences are written: a look that saw what the look before saw writes nothing here.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, delete, or_, select, update

from models.bulk import Values, insert_values, update_rows
from models.history import Covers, Reading, Sighting, Span, Version, Window, derive, with_look
from models.history_rows import SIGHTING, SPAN, VERSION, WINDOW, Books, Stored, by_item, rows_of
from models.load_facts import Look, SeenOf
from models.records import Cause, Outcome
from models.units import Unit, among, parts, table

_values_of = attrgetter(*Reading.__slots__)
History = tuple[tuple[Window, ...], tuple[Version, ...]]


@dataclass(frozen=True, slots=True)
class Effect:
    """What a look did to the history: counts of items, and the items whose history it may have changed."""

    new: int = 0
    changed: int = 0
    missing: int = 0
    withdrawn: int = 0
    touched: frozenset[int] = frozenset()


def complete_looks(connection: Connection, slug: str) -> list[datetime]:
    """Return the times of the complete looks at a source, in order."""
    return _looks(connection, slug, [outcome for outcome in Outcome if outcome.counts_absences])


def complete_look_before(connection: Connection, slug: str, at: datetime) -> Row[Any, Any] | None:
    """Return ``as_of`` and ``code_version`` of the complete look at a source before a time, if there is one."""
    run = table("run")
    counting = [outcome.value for outcome in Outcome if outcome.counts_absences]
    earlier = select(run.c.as_of, run.c.code_version).where(
        run.c.source == slug, run.c.outcome.in_(counting), run.c.as_of < at
    )
    return connection.execute(earlier.order_by(run.c.as_of.desc()).limit(1)).first()


def is_latest(connection: Connection, slug: str, at: datetime) -> bool:
    """Return whether no look that counts, complete or partial, speaks for a later time than ``at``."""
    looks = _looks(connection, slug, [o for o in Outcome if o.counts_absences or o.writes_versions])
    return not looks or looks[-1] <= at


def _looks(connection: Connection, slug: str, outcomes: Sequence[Outcome]) -> list[datetime]:
    run = table("run")
    named = [outcome.value for outcome in outcomes]
    rows = connection.execute(select(run.c.as_of).where(run.c.source == slug, run.c.outcome.in_(named)))
    return sorted(rows.scalars())


def load_history(look: Look, unit: Unit, seen: SeenOf, *, complete: bool) -> Effect:
    """Take one look into the evidence about the items of a source, and derive anew the history of those it touched.

    Args:
        look: the look, in a transaction that may write; its run is stored already.
        unit: programmes or offerings.
        seen: what was read.
        complete: whether the look listed everything, so that the absence of all others counts.
    """
    looks = complete_looks(look.connection, look.slug)
    of = Books(look, unit)
    earlier_looks = [each for each in looks if each != look.at]
    if not complete:
        sighting = unit.table("sighting")
        sightings = ((n, look.at, *_values_of(reading)) for n, reading in seen.readings.items())
        insert_values(look.connection, sighting, (unit.owner, "at", *Reading.__slots__), sightings)
        touched = set(seen.readings)
        evidence = {n: _Evidence((), (Sighting(seen.readings[n], look.at),)) for n in seen.fresh}
    elif look.is_latest:
        touched = _take_in_latest_look(of, earlier_looks[-1] if earlier_looks else None, seen)
        evidence = {n: _Evidence((Span(seen.readings[n], look.at, None),), ()) for n in seen.fresh}
    else:
        touched = _take_in_complete_look(of, earlier_looks, look.at, seen.readings)
        evidence = {}
    return _effect(_derive_anew(of, touched, evidence, looks), look.at)


def _take_in_latest_look(of: Books, before: datetime | None, seen: SeenOf) -> set[int]:
    """Write the spans that the latest complete look changes, and return the items whose history it may change.

    It is ``with_look`` for a look with none after it: open spans that it reads otherwise, or not at all, end at the
    look before, and what it reads begins a span. Those it reads alike stay as they are and are not even read.
    """
    span = of.unit.table("span")
    ended = (seen.readings.keys() - seen.fresh) | seen.absent
    for part in parts(ended):
        is_open = among(of.connection, of.unit.owner_of(span), part) & span.c.seen_until.is_(None)
        of.connection.execute(update(span).where(is_open).values(seen_until=before))
    _begin_spans(of, ((n, of.look.at, None, *_values_of(reading)) for n, reading in seen.readings.items()))
    return seen.readings.keys() | seen.absent | _missing(of) | _sighted_between(of, before, None)


def _missing(of: Books) -> set[int]:
    """Return the items that are listed and were not in the latest complete look, or were sighted after it."""
    window = of.unit.table("window")
    rows = of.rows(window).where(window.c.withdrawn_at.is_(None), window.c.last_seen_at.is_not(None))
    return of.items(rows, window)


def _take_in_complete_look(of: Books, looks: Sequence[datetime], at: datetime, seen: Mapping[int, Reading]) -> set[int]:
    """Write the spans that a complete look changes, wherever in time it lies, and return the items it may change."""
    place = bisect_left(looks, at)
    before = looks[place - 1] if place else None
    after = looks[place] if place < len(looks) else None
    old = _spans_near(of, before, after)
    changes: dict[int, tuple[Sequence[Span], Sequence[Span]]] = {}
    for item in old.keys() | seen.keys():
        spans = tuple(old.get(item, ()))
        new = with_look(spans, looks, at, seen.get(item))
        if new != spans:
            changes[item] = (spans, new)
    _write_spans(of, changes)
    absent = _listed_at(of, at) - seen.keys()
    return changes.keys() | absent | _sighted_between(of, before, after)


def _spans_near(of: Books, before: datetime | None, after: datetime | None) -> dict[int, list[Span]]:
    """Return the spans that hold, end at, or begin at the complete looks on both sides."""
    span = of.unit.table("span")
    near = of.rows(span)
    if after is not None:
        near = near.where(span.c.seen_from <= after)
    elif before is None:
        return {}
    else:
        near = near.where(span.c.seen_until.is_(None))
    if before is not None and after is not None:
        near = near.where(or_(span.c.seen_until.is_(None), span.c.seen_until >= before))
    return by_item(of, near, SPAN)


def _listed_at(of: Books, at: datetime) -> set[int]:
    """Return the items whose window is open at a time, or ends later."""
    window = of.unit.table("window")
    ends_later = or_(window.c.withdrawn_at.is_(None), window.c.withdrawn_at > at)
    return of.items(of.rows(window).where(window.c.opened_at < at, ends_later), window)


def _sighted_between(of: Books, before: datetime | None, after: datetime | None) -> set[int]:
    partial = _looks(of.connection, of.look.slug, [o for o in Outcome if o.writes_versions and not o.counts_absences])
    if not any((before is None or at > before) and (after is None or at < after) for at in partial):
        return set()
    sighting = of.unit.table("sighting")
    rows = of.rows(sighting)
    if before is not None:
        rows = rows.where(sighting.c.at > before)
    if after is not None:
        rows = rows.where(sighting.c.at < after)
    return of.items(rows, sighting)


def _write_spans(of: Books, changes: Mapping[int, tuple[Sequence[Span], Sequence[Span]]]) -> None:
    """Write differences between old and new spans; a span is known by its item and its first look."""
    target = of.unit.table("span")
    gone, ended, fresh = [], [], []
    for item, (old, new) in changes.items():
        old_by_start = {span.seen_from: span for span in old}
        gone += [{"item": item, "start": start} for start in old_by_start.keys() - {span.seen_from for span in new}]
        for span in new:
            was = old_by_start.get(span.seen_from)
            if was is None:
                fresh.append((item, span.seen_from, span.seen_until, *_values_of(span.reading)))
            elif was != span:
                ended.append({"item": item, "start": span.seen_from, "seen_until": span.seen_until})
    this = and_(of.unit.owner_of(target) == bindparam("item"), target.c.seen_from == bindparam("start"))
    if gone:
        of.connection.execute(delete(target).where(this), gone)
    if ended:
        of.connection.execute(update(target).where(this), ended)
    _begin_spans(of, fresh)


def _begin_spans(of: Books, rows: Iterable[Values]) -> None:
    insert_values(of.connection, of.unit.table("span"), (of.unit.owner, *SPAN.columns), rows)


@dataclass(frozen=True, slots=True)
class _Evidence:
    """All evidence about an item, in order of time."""

    spans: Sequence[Span]
    sightings: Sequence[Sighting]


def _derive_anew(
    of: Books, touched: set[int], whole: Mapping[int, _Evidence], looks: Sequence[datetime]
) -> dict[int, History]:
    """Derive the history of ``touched``, write what differs from what is stored, and return it.

    ``whole`` is the evidence about items of which nothing was stored before the look: it need not be read.
    """
    stored = touched - whole.keys()
    spans, sightings = rows_of(of, stored, SPAN), rows_of(of, stored, SIGHTING)
    evidence = {item: _Evidence(spans.get(item, ()), sightings.get(item, ())) for item in stored} | dict(whole)
    covers = _covers(of, evidence.values())
    derived = {item: derive(each.spans, each.sightings, looks, covers) for item, each in evidence.items()}

    windows, versions = rows_of(of, stored, WINDOW), rows_of(of, stored, VERSION)
    _replace(of, WINDOW, windows, {item: history[0] for item, history in derived.items()})
    _replace(of, VERSION, versions, {item: history[1] for item, history in derived.items()})
    return derived


def _covers(of: Books, evidence: Iterable[_Evidence]) -> Covers:
    """Return the question whether facts state all that others state; facts are read only if it can be asked."""
    in_doubt: set[int] = set()
    for each in evidence:
        readings = [span.reading for span in each.spans] + [sighting.reading for sighting in each.sightings]
        if not all(reading.complete for reading in readings):
            in_doubt |= {reading.facts_id for reading in readings}
    facts = of.unit.table("facts")
    not_said = {"id", of.unit.owner, "verbatim", "page_url", "facts_digest", "read_at"}
    said = {
        row["id"]: {name: value for name, value in row.items() if name not in not_said}
        for part in parts(in_doubt)
        for row in of.connection.execute(select(facts).where(among(of.connection, facts.c.id, part))).mappings()
    }
    return lambda later, earlier: states_all(said[later], said[earlier])


def states_all(later: Mapping[str, Any], earlier: Mapping[str, Any]) -> bool:
    """Return whether ``later`` has every value that ``earlier`` has; lists and mappings may have grown.

    Organisations are left out: a list page often names one of them, the page of the programme all.
    """
    return all(_holds(later[name], value) for name, value in earlier.items())


def _holds(later: Any, earlier: Any) -> bool:
    if earlier is None:
        return True
    if isinstance(earlier, Mapping):
        return isinstance(later, Mapping) and earlier.items() <= later.items()
    if isinstance(earlier, list):
        return isinstance(later, list) and all(value in later for value in earlier)
    return bool(later == earlier)


def _replace(
    of: Books,
    of_rows: Stored[Any],
    stored: Mapping[int, Sequence[Any]],
    derived: Mapping[int, Sequence[Any]],
) -> None:
    """Put derived rows in the place of stored ones.

    Rows that differ in how they end alone are updated; from the first on that differs otherwise, they are
    written anew. They are numbered from 1.
    """
    target = of.unit.table(of_rows.table)
    number = target.c[of_rows.order]
    values_of = attrgetter(*of_rows.columns)
    begun = attrgetter(*(name for name in of_rows.columns if name not in of_rows.ends))
    gone: dict[int, list[int]] = defaultdict(list)
    ended: list[dict[str, Any]] = []
    fresh: list[Values] = []
    for item, rows in derived.items():
        was = stored.get(item, ())
        alike = 0
        for old, new in zip(was, rows, strict=False):
            if old != new:
                if begun(old) != begun(new):
                    break
                end = {name: getattr(new, name) for name in of_rows.ends}
                ended.append({of.unit.owner: item, number.name: alike + 1, **end})
            alike += 1
        if alike < len(was):
            gone[alike].append(item)
        fresh += [(item, *values_of(row)) for row in rows[alike:]]
    update_rows(of.connection, target, (of.unit.owner, number.name), ended)
    for alike, items in gone.items():
        for part in parts(items):
            these = among(of.connection, of.unit.owner_of(target), part)
            of.connection.execute(delete(target).where(these, number > alike))
    insert_values(of.connection, target, (of.unit.owner, *of_rows.columns), fresh)


def _effect(derived: Mapping[int, History], at: datetime) -> Effect:
    windows = [window for history in derived.values() for window in history[0]]
    return Effect(
        new=sum(window.opened_at == at and window.window_number == 1 for window in windows),
        changed=sum(any(_is_change(v, history[0], at) for v in history[1]) for history in derived.values()),
        missing=sum(window.missed_at == at for window in windows),
        withdrawn=sum(window.withdrawn_at == at for window in windows),
        touched=frozenset(derived),
    )


def _is_change(version: Version, windows: Sequence[Window], at: datetime) -> bool:
    opened_at = windows[version.window_number - 1].opened_at
    return version.valid_from == at and version.cause is Cause.LOOK and opened_at != at
