"""Copying all that one database holds of a source into another, whatever the numbers of the rows there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, Table, delete, insert, select, update

from models.bulk import insert_rows
from models.content import CONTENT, DECISIONS, IDENTITIES, ROWS_AT_ONCE, SHARED, of_source
from models.records import Outcome
from models.schema import METADATA
from models.units import chunks, new_ids, table

_CONTENT = frozenset(content.name for content in CONTENT) - {DECISIONS}
_KEYS: Mapping[str, tuple[str, ...]] = {
    "programme": ("source", "ref"), "offering": ("programme_id", "ref"), "organisation_entry": ("key",),
}  # fmt: skip

Numbers = dict[str, dict[Any, Any]]
"""Table -> the number of each row in the one database -> that in the other."""


class RunsMissing(ValueError):
    """A source cannot be replaced by what does not know all its runs. ``times`` are the times of those."""

    def __init__(self, slug: str, times: tuple[datetime, ...]) -> None:
        words = ", ".join(f"{at:%Y-%m-%dT%H:%M:%SZ}" for at in times)
        super().__init__(f"{slug}: these runs, or that they were accepted, would be lost: {words}")
        self.times = times


def runs_of(connection: Connection, slug: str) -> dict[datetime, RowMapping]:
    """Return the runs of a source by their times."""
    run = table("run")
    rows = connection.execute(select(run).where(run.c.source == slug)).mappings()
    return {row["as_of"]: row for row in rows}


def refuse_to_lose(here: Connection, there: Connection, slug: str) -> None:
    """Make sure that ``there`` knows every run of a source that ``here`` has, and what was accepted.

    Raises:
        RunsMissing: if it does not.
    """
    other = runs_of(there, slug)
    missing = [at for at, run in runs_of(here, slug).items() if _is_lost(run, other.get(at))]
    if missing:
        raise RunsMissing(slug, tuple(sorted(missing)))


def _is_lost(run: RowMapping, other: RowMapping | None) -> bool:
    if other is None:
        return True
    return run["accepted_reason"] is not None and other["outcome"] == Outcome.SUSPECT


def remove_content(connection: Connection, slug: str) -> None:
    """Remove all that is said of a source; the source, the identities of its items and what people decided stay."""
    for target in reversed(METADATA.sorted_tables):
        if target.name == "run":
            connection.execute(delete(target).where(target.c.source == slug))
        elif target.name in _CONTENT and target.name != "source":
            owner = next(column for column in target.columns if column.foreign_keys)
            parent = next(iter(owner.foreign_keys)).column.table
            of_it = of_source(parent, slug).with_only_columns(parent.c.id, maintain_column_froms=True)
            connection.execute(delete(target).where(owner.in_(of_it)))


def copy_content(there: Connection, here: Connection, slug: str) -> None:
    """Copy all that ``there`` holds of a source to ``here``, which must say nothing of it yet.

    Only identities of its items, and what people decided of them, may be there.
    """
    numbers: Numbers = {}
    for target in METADATA.sorted_tables:
        if target.name == "source":
            _copy_declaration(there, here, slug)
        elif target.name == "organisation_entity":
            _copy_entities(there, here, slug)
        elif target.name == DECISIONS:
            _copy_decisions(there, here, target, slug)
        elif target.name in {*IDENTITIES, "organisation_entry"}:
            numbers[target.name] = _matched(there, here, target, slug, numbers)
        elif target.name in _CONTENT:
            numbers[target.name] = _copied(there, here, target, slug, numbers)


def _copy_declaration(there: Connection, here: Connection, slug: str) -> None:
    source = table("source")
    this = source.c.slug == slug
    row = dict(there.execute(select(source).where(this)).mappings().one())
    known = here.execute(select(source.c.declared_at).where(this)).scalar_one_or_none()
    if known is None:
        here.execute(insert(source).values(row))
    elif known <= row["declared_at"]:
        here.execute(update(source).where(this).values(row))


def _copy_entities(there: Connection, here: Connection, slug: str) -> None:
    entity = table("organisation_entity")
    rows = {row["id"]: dict(row) for row in _shared(there, entity, slug)}
    known: set[str] = set()
    for chunk in chunks(rows):
        known.update(here.execute(select(entity.c.id).where(entity.c.id.in_(chunk))).scalars())
    for number in known:
        here.execute(update(entity).where(entity.c.id == number).values(rows[number]))
    insert_rows(here, entity, [row for number, row in rows.items() if number not in known])


def _copy_decisions(there: Connection, here: Connection, target: Table, slug: str) -> None:
    """Add what people decided there to what they decided here."""
    key = [column.name for column in target.primary_key.columns]
    known = {tuple(row[name] for name in key) for row in here.execute(of_source(target, slug)).mappings()}
    rows = (dict(row) for row in there.execute(of_source(target, slug)).mappings())
    insert_rows(here, target, [row for row in rows if tuple(row[name] for name in key) not in known])


def _shared(there: Connection, target: Table, slug: str) -> Iterator[RowMapping]:
    """Yield the rows of a table of organisations that a source refers to."""
    referring = table("programme_role" if target.name == "organisation_entry" else "programme_organisation")
    column = next(c for c in referring.columns if any(key.column.table is target for key in c.foreign_keys))
    used = of_source(referring, slug).with_only_columns(column, maintain_column_froms=True)
    yield from there.execute(select(target).where(target.c.id.in_(used))).mappings()


def _matched(there: Connection, here: Connection, target: Table, slug: str, numbers: Numbers) -> dict[Any, Any]:
    """Return the numbers of rows that are known by their names, making those that are new."""
    key = _KEYS[target.name]
    is_shared = target.name in SHARED
    rows = _shared(there, target, slug) if is_shared else there.execute(of_source(target, slug)).mappings()
    mapped = {row["id"]: _renumbered(row, target, numbers) for row in rows}
    known_rows = here.execute(select(target) if is_shared else of_source(target, slug)).mappings()
    known = {tuple(row[name] for name in key): row["id"] for row in known_rows}
    ids = new_ids(here, target)
    found, made = {}, []
    for number, row in mapped.items():
        name = tuple(row[column] for column in key)
        if name not in known:
            known[name] = next(ids)
            made.append(row | {"id": known[name]})
        found[number] = known[name]
    insert_rows(here, target, made)
    return found


def _copied(there: Connection, here: Connection, target: Table, slug: str, numbers: Numbers) -> dict[Any, Any]:
    """Copy rows and return their new numbers, if they have any."""
    has_number = "id" in target.c
    ids = new_ids(here, target) if has_number else iter(())
    found: dict[Any, Any] = {}
    rows = of_source(target, slug).execution_options(yield_per=ROWS_AT_ONCE)
    for part in there.execute(rows).mappings().partitions():
        made = [_renumbered(row, target, numbers) for row in part]
        for row in made if has_number else ():
            number = next(ids)
            found[row["id"]], row["id"] = number, number
        insert_rows(here, target, made)
    return found


def _renumbered(row: RowMapping, target: Table, numbers: Numbers) -> dict[str, Any]:
    """Return a row that refers to the rows of the other database."""
    values = dict(row)
    for column in target.columns:
        referred = next((key.column.table.name for key in column.foreign_keys), None)
        if referred in numbers and values[column.name] is not None:
            values[column.name] = numbers[referred][values[column.name]]
    return values
