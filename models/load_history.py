"""Loading what a look saw into the evidence, and deriving the history of the items it touched. Rules: models.history.

Only differences are written: a look that saw what the look before saw writes nothing here.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Connection, RowMapping, Select, Table, and_, bindparam, delete, or_, select, update

from models.history import Covers, Reading, Sighting, Span, Version, Window, derive, with_look
from models.records import Cause, Outcome
from models.units import Unit, chunks, columns_of, insert_rows, table

SCAN = 1_000
"""From so many touched items on, all rows of the source are read at once instead of piece by piece."""

History = tuple[tuple[Window, ...], tuple[Version, ...]]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Books:
    """The tables of one unit, and in them the rows of one source."""

    connection: Connection
    unit: Unit
    slug: str

    def rows(self, target: Table) -> Select[Any]:
        """Return a select of all rows of ``target`` that belong to the source."""
        return self.unit.of_source(target, self.slug)


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
    run = table("run")
    complete = [outcome.value for outcome in Outcome if outcome.counts_absences]
    rows = connection.execute(select(run.c.as_of).where(run.c.source == slug, run.c.outcome.in_(complete)))
    return sorted(rows.scalars())


def load_history(
    connection: Connection, unit: Unit, slug: str, at: datetime, seen: Mapping[int, Reading], *, complete: bool
) -> Effect:
    """Take one look into the evidence about the items of a source, and derive anew the history of those it touched.

    Args:
        connection: a transaction that may write; the run of the look is in it already.
        unit: programmes or offerings.
        slug: the source.
        at: as_of of the look.
        seen: what was read, by the number of the item.
        complete: whether the look listed everything, so that the absence of all others counts.
    """
    looks = complete_looks(connection, slug)
    of = _Books(connection, unit, slug)
    if complete:
        earlier_looks = [look for look in looks if look != at]
        touched = _take_in_complete_look(of, earlier_looks, at, seen)
    else:
        sighting = unit.table("sighting")
        insert_rows(connection, sighting, [{unit.owner: n, "at": at, **columns_of(r)} for n, r in seen.items()])
        touched = set(seen)
    return _effect(_derive_anew(of, touched, looks), at)


def _take_in_complete_look(
    of: _Books,
    looks: Sequence[datetime],
    at: datetime,
    seen: Mapping[int, Reading],
) -> set[int]:
    """Write the spans that the look changes and return the items whose history it may change."""
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


def _spans_near(of: _Books, before: datetime | None, after: datetime | None) -> dict[int, list[Span]]:
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
    return _by_item(of, near.order_by(span.c.seen_from), _span)


def _listed_at(of: _Books, at: datetime) -> set[int]:
    """Return the items whose window is open at a time, or ends later."""
    window = of.unit.table("window")
    ends_later = or_(window.c.withdrawn_at.is_(None), window.c.withdrawn_at > at)
    rows = of.rows(window).where(window.c.opened_at < at, ends_later)
    return set(
        of.connection.execute(rows.with_only_columns(of.unit.owner_of(window), maintain_column_froms=True)).scalars()
    )


def _sighted_between(of: _Books, before: datetime | None, after: datetime | None) -> set[int]:
    sighting = of.unit.table("sighting")
    rows = of.rows(sighting)
    if before is not None:
        rows = rows.where(sighting.c.at > before)
    if after is not None:
        rows = rows.where(sighting.c.at < after)
    owner = of.unit.owner_of(sighting)
    return set(of.connection.execute(rows.with_only_columns(owner, maintain_column_froms=True)).scalars())


def _write_spans(of: _Books, changes: Mapping[int, tuple[Sequence[Span], Sequence[Span]]]) -> None:
    """Write differences between old and new spans; a span is known by its item and its first look."""
    target = of.unit.table("span")
    gone, ended, fresh = [], [], []
    for item, (old, new) in changes.items():
        old_by_start = {span.seen_from: span for span in old}
        gone += [{"item": item, "start": start} for start in old_by_start.keys() - {span.seen_from for span in new}]
        for span in new:
            was = old_by_start.get(span.seen_from)
            if was is None:
                row = {"seen_from": span.seen_from, "seen_until": span.seen_until, **columns_of(span.reading)}
                fresh.append({of.unit.owner: item, **row})
            elif was != span:
                ended.append({"item": item, "start": span.seen_from, "seen_until": span.seen_until})
    this = and_(of.unit.owner_of(target) == bindparam("item"), target.c.seen_from == bindparam("start"))
    if gone:
        of.connection.execute(delete(target).where(this), gone)
    if ended:
        of.connection.execute(update(target).where(this), ended)
    insert_rows(of.connection, target, fresh)


def _derive_anew(of: _Books, touched: set[int], looks: Sequence[datetime]) -> dict[int, History]:
    """Derive the history of ``touched``, write what differs from what is stored, and return it."""
    span, sighting = of.unit.table("span"), of.unit.table("sighting")
    spans = _rows_of(of, touched, span, span.c.seen_from, _span)
    sightings = _rows_of(of, touched, sighting, sighting.c.at, _sighting)
    covers = _covers(of, spans, sightings)
    derived = {item: derive(spans.get(item, ()), sightings.get(item, ()), looks, covers) for item in touched}

    window, version = of.unit.table("window"), of.unit.table("version")
    windows = _rows_of(of, touched, window, window.c.window_number, _window)
    versions = _rows_of(of, touched, version, version.c.version_number, _version)
    _replace(of, window, windows, {item: history[0] for item, history in derived.items()})
    _replace(of, version, versions, {item: history[1] for item, history in derived.items()})
    return derived


def _covers(
    of: _Books,
    spans: Mapping[int, Sequence[Span]],
    sightings: Mapping[int, Sequence[Sighting]],
) -> Covers:
    """Return the question whether facts state all that others state; facts are read only if it can be asked."""
    in_doubt: set[int] = set()
    for item in spans.keys() | sightings.keys():
        readings = [span.reading for span in spans.get(item, ())]
        readings += [sighting.reading for sighting in sightings.get(item, ())]
        if not all(reading.complete for reading in readings):
            in_doubt |= {reading.facts_id for reading in readings}
    facts = of.unit.table("facts")
    not_said = {"id", of.unit.owner, "verbatim", "page_url", "facts_digest", "read_at"}
    said = {
        row["id"]: {name: value for name, value in row.items() if name not in not_said}
        for chunk in chunks(in_doubt)
        for row in of.connection.execute(select(facts).where(facts.c.id.in_(chunk))).mappings()
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
    of: _Books,
    target: Table,
    stored: Mapping[int, Sequence[Any]],
    derived: Mapping[int, Sequence[Any]],
) -> None:
    """Replace the rows of those items whose derived rows differ from the stored ones."""
    differ = [item for item, rows in derived.items() if tuple(stored.get(item, ())) != tuple(rows)]
    gone = [{"item": item} for item in differ if item in stored]
    if gone:
        of.connection.execute(delete(target).where(of.unit.owner_of(target) == bindparam("item")), gone)
    insert_rows(
        of.connection, target, [{of.unit.owner: item, **columns_of(row)} for item in differ for row in derived[item]]
    )


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


def _rows_of(
    of: _Books,
    items: set[int],
    target: Table,
    order: Any,
    make: Callable[[RowMapping], T],
) -> dict[int, list[T]]:
    """Return the rows of ``of`` that belong to ``items``, by item and in order."""
    if len(items) >= SCAN:
        found = _by_item(of, of.rows(target).order_by(order), make)
        return {item: rows for item, rows in found.items() if item in items}
    result: dict[int, list[T]] = {}
    for chunk in chunks(items):
        result |= _by_item(of, select(target).where(of.unit.owner_of(target).in_(chunk)).order_by(order), make)
    return result


def _by_item(of: _Books, rows: Select[Any], make: Callable[[RowMapping], T]) -> dict[int, list[T]]:
    result: dict[int, list[T]] = defaultdict(list)
    for row in of.connection.execute(rows).mappings():
        result[row[of.unit.owner]].append(make(row))
    return dict(result)


def _reading(row: RowMapping) -> Reading:
    return Reading(row["facts_id"], row["listing_digest"], row["complete"], row["reread"])


def _span(row: RowMapping) -> Span:
    return Span(_reading(row), row["seen_from"], row["seen_until"])


def _sighting(row: RowMapping) -> Sighting:
    return Sighting(_reading(row), row["at"])


def _window(row: RowMapping) -> Window:
    return Window(row["window_number"], row["opened_at"], row["last_seen_at"], row["missed_at"], row["withdrawn_at"])


def _version(row: RowMapping) -> Version:
    return Version(
        row["version_number"],
        row["facts_id"],
        row["window_number"],
        row["valid_from"],
        row["valid_to"],
        Cause(row["cause"]),
        row["complete"],
    )
