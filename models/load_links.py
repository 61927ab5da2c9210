"""Loading links: what is stored becomes what is given, and only rows that differ are written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table, bindparam, delete, insert, select

from models.bulk import insert_rows
from models.linking import CountedAs, Decision, KeptLink
from models.units import columns_of, table


def load_links(connection: Connection, counted: Iterable[CountedAs], links: Iterable[KeptLink]) -> bool:
    """Put credentials and links in the place of all that are stored, and say whether anything differed."""
    of_programmes = _replace(connection, table("programme_credential"), [columns_of(each) for each in counted])
    of_links = [columns_of(each) | {"reasons": list(each.reasons)} for each in links]
    return _replace(connection, table("credential_link"), of_links) or of_programmes


def load_decision(connection: Connection, decision: Decision) -> None:
    """Keep a decision, unless it is kept already."""
    target, row = table("link_decision"), columns_of(decision)
    this = (target.c[name] == row[name] for name in target.primary_key.columns.keys())  # noqa: SIM118 - a collection of columns is no mapping
    if connection.execute(select(target.c.same).where(*this)).one_or_none() is None:
        connection.execute(insert(target).values(row))


def _replace(connection: Connection, target: Table, rows: Sequence[dict[str, Any]]) -> bool:
    names = [column.name for column in target.primary_key.columns]

    def key(row: Mapping[str, Any]) -> tuple[Any, ...]:
        return tuple(row[name] for name in names)

    given = {key(row): row for row in rows}
    stored = {key(row): row for row in map(dict, connection.execute(select(target)).mappings())}
    outdated = [number for number, row in stored.items() if given.get(number) != row]
    if outdated:
        this = (target.c[name] == bindparam(f"this_{name}") for name in names)
        numbers = [dict(zip((f"this_{name}" for name in names), number, strict=True)) for number in outdated]
        connection.execute(delete(target).where(*this), numbers)
    fresh = [row for number, row in given.items() if stored.get(number) != row]
    insert_rows(connection, target, fresh)
    return bool(outdated or fresh)
