"""Which programmes' history or judgement changed, in the order of the changes: kept by the database itself.

Triggers write it, so no way of writing can forget it: a look, a backfill, a reread, other rules, a source replaced or
copied, a statement typed by hand. Whoever keeps something made of the history asks what changed since (``since``).

``history_change`` is a ring of the latest ``KEPT`` changes. Each has a number and a random token, so that a database
which was put back from a copy, or went on from one, is not taken for the one that was asked before. It is none of the
declared tables: every migration makes it and its triggers anew, and whatever was kept before is of no use then.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, inspect

CHANGES = "history_change"
KEPT = 200_000
"""So many changes are known; who asks later than that must read everything again."""
COMPARED = 1_000
"""So many of the changes before a mark must be the same for it to be a mark of this database."""
_FACTS_SHOWN = ("kind", "delivery", "price_type", "eqf_level", "platform_level")
"""Columns of facts that an update of a row may change and a figure of stocks shows; all else is written once."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A moment of a database: its latest change, and what tells that the changes up to it are the same.

    ``under_way`` are the transactions of PostgreSQL that had not ended: what they changed may have a lower number.
    """

    number: int
    compared: int
    tokens: int
    under_way: str = ""


def drop_change_log(connection: Connection) -> None:
    """Take the triggers away: a migration copies the tables they are on, and may not find those they name."""
    postgresql = connection.dialect.name == "postgresql"
    tables = set(inspect(connection).get_table_names())
    for name, _, target, _ in _watched():
        if target in tables:
            connection.exec_driver_sql(f"drop trigger if exists {name}" + (f" on {target}" if postgresql else ""))


def make_change_log(connection: Connection) -> None:
    """Make the log and its triggers, in the place of any that are there."""
    drop_change_log(connection)
    if connection.dialect.name == "postgresql":
        _make_on_postgresql(connection)
    else:
        _make_on_sqlite(connection)


def mark_of(connection: Connection) -> Mark | None:
    """Return the mark of the database as the transaction sees it; ``None`` if its changes are not all logged."""
    if not _is_watched(connection):
        return None
    number = connection.exec_driver_sql(f"select max(number) from {CHANGES}").scalar()  # noqa: S608 - our name
    under_way = ""
    if connection.dialect.name == "postgresql":
        running = "select string_agg(cast(x as text), ',') from pg_snapshot_xip(pg_current_snapshot()) x"
        under_way = connection.exec_driver_sql(running).scalar() or ""
    return None if number is None else _mark(connection, int(number), under_way)


def since(connection: Connection, mark: Mark) -> frozenset[int] | None:
    """Return the numbers of the programmes that may have changed since a mark.

    Returns:
        ``None`` if that cannot be told: the mark is of another database or too old, or changes are not all logged.
    """
    if not _is_watched(connection) or _mark(connection, mark.number, mark.under_way) != mark:
        return None
    latest = connection.exec_driver_sql(f"select max(number) from {CHANGES}").scalar()  # noqa: S608 - our name
    if latest is None or latest - mark.number >= KEPT - COMPARED:
        return None
    later = f"number > {mark.number:d}" + (f" or writer in ({_numbers(mark)})" if mark.under_way else "")
    rows = connection.exec_driver_sql(
        f"select distinct programme_id from {CHANGES} where {later}"  # noqa: S608 - our name, numbers
    ).scalars()
    changed = frozenset(rows)
    return None if None in changed else changed


def _numbers(mark: Mark) -> str:
    return ", ".join(str(int(number)) for number in mark.under_way.split(","))


def _mark(connection: Connection, number: int, under_way: str) -> Mark:
    settled = f" and writer not in ({_numbers(Mark(0, 0, 0, under_way))})" if under_way else ""
    compared, tokens = connection.exec_driver_sql(
        f"select count(*), coalesce(sum(token), 0) from {CHANGES} "  # noqa: S608 - our name, numbers
        f"where number > {number - COMPARED:d} and number <= {number:d}{settled}"
    ).one()
    return Mark(number, int(compared), int(tokens), under_way)


_EVENTS = ("insert", "update", "delete")


def _watched() -> Iterator[tuple[str, str, str, Mapping[str, str]]]:
    """Yield each trigger: its name, its event, its table, and the programme it concerns, by the row that tells it."""
    direct = {row: f"{row}.programme_id" for row in ("old", "new")}
    of_facts = "(select programme_id from programme_facts where id = {row}.facts_id)"
    by_facts = {row: of_facts.replace("{row}", row) for row in ("old", "new")}
    for name, owner in (("programme_version", direct), ("programme_classification", by_facts)):
        for event in _EVENTS:
            rows = {"insert": ("new",), "delete": ("old",), "update": ("old", "new")}[event]
            yield f"{CHANGES}_{name}_{event}", event, name, {row: owner[row] for row in rows}
    columns = ", ".join(_FACTS_SHOWN)
    yield f"{CHANGES}_programme_facts_update", f"update of {columns}", "programme_facts", {"new": direct["new"]}


def _is_watched(connection: Connection) -> bool:
    names = {name for name, *_ in _watched()}
    if connection.dialect.name == "postgresql":
        triggers = "select tgname from pg_trigger where tgenabled in ('O', 'A') and tgname like 'history_change_%%'"
        found = connection.exec_driver_sql(
            f"{triggers} union all select cast(to_regclass('{CHANGES}') as text)"
        ).scalars()
        return names | {CHANGES} <= set(found)
    found = connection.exec_driver_sql("select name from sqlite_master where type in ('trigger', 'table')").scalars()
    return names | {CHANGES} <= set(found)


def _changed(target: str, action: str) -> str:
    """Return the select, for PostgreSQL, of the programmes that a statement concerns: one for all of its rows."""
    if target == "programme_facts":
        new, old = (", ".join(f"{rows}.{column}" for column in _FACTS_SHOWN) for rows in ("n", "o"))
        return (
            "select distinct n.programme_id from new_rows n join old_rows o on o.id = n.id "  # noqa: S608 - our names
            f"where ({new}) is distinct from ({old})"
        )
    rows = {"insert": ("new_rows",), "delete": ("old_rows",), "update": ("old_rows", "new_rows")}[action]
    if target == "programme_version":
        return " union ".join(f"select programme_id from {each}" for each in rows)  # noqa: S608 - our names
    of_facts = "select f.programme_id from {} r left join programme_facts f on f.id = r.facts_id"
    return " union ".join(of_facts.format(each) for each in rows)


def _make_on_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql(f"drop table if exists {CHANGES}")
    connection.exec_driver_sql(
        f"create table {CHANGES} (number integer primary key, token integer not null, programme_id integer)"
    )
    connection.exec_driver_sql(f"insert into {CHANGES} (token) values (abs(random() % 2147483647))")  # noqa: S608 - our name
    latest = f"(select max(number) from {CHANGES})"  # noqa: S608 - our name
    for name, event, target, owners in _watched():
        moved = f" where {owners['old']} is not {owners['new']}" if len(owners) > 1 else ""
        logged = " ".join(
            f"insert into {CHANGES} (token, programme_id) "
            f"select abs(random() % 2147483647), {owner}{moved if row == 'old' else ''};"
            for row, owner in owners.items()
        )
        connection.exec_driver_sql(
            f"create trigger {name} after {event} on {target} begin {logged} "  # noqa: S608 - our names
            # An update that moves a row logs two changes, so two leave the ring.
            f"delete from {CHANGES} where number in ({latest} - {KEPT}, {latest} - {KEPT + 1}); end"
        )


def _make_on_postgresql(connection: Connection) -> None:
    connection.exec_driver_sql(f"drop table if exists {CHANGES}")
    connection.exec_driver_sql(
        f"create table {CHANGES} (number bigint generated always as identity primary key, "
        "token integer not null default (random() * 2147483646)::integer, programme_id integer, "
        "writer bigint not null default (pg_current_xact_id()::text::bigint))"
    )
    connection.exec_driver_sql(f"insert into {CHANGES} (programme_id) values (null)")  # noqa: S608 - our name
    for name, event, target, _ in _watched():
        action = event.split()[0]
        tables = {"insert": "new table as new_rows", "delete": "old table as old_rows"}
        tables["update"] = f"{tables['delete']} {tables['insert']}"
        connection.exec_driver_sql(
            f"create or replace function {name}() returns trigger language plpgsql as $$ "  # noqa: S608 - our names
            "declare logged bigint; latest bigint; begin "
            f"insert into {CHANGES} (programme_id) {_changed(target, action)}; get diagnostics logged = row_count; "
            f"select max(number) into latest from {CHANGES}; "
            # Each number is passed once: a range without a beginning would go through all that was deleted before.
            # What another writer is taking out at the moment is left to it: two would wait for each other.
            f"delete from {CHANGES} where number in (select number from {CHANGES} "
            f"where number > latest - {KEPT} - logged and number <= latest - {KEPT} for update skip locked); "
            "return null; end $$"
        )
        connection.exec_driver_sql(
            f"create trigger {name} after {action} on {target} referencing {tables[action]} "
            f"for each statement execute function {name}()"
        )
    for target in sorted({target for _, _, target, _ in _watched()}):
        name = f"{CHANGES}_{target}_truncate"
        connection.exec_driver_sql(
            f"create or replace function {name}() returns trigger language plpgsql as $$\n"  # noqa: S608 - our names
            f"begin insert into {CHANGES} (programme_id) values (null); return null; end $$"
        )
        connection.exec_driver_sql(f"drop trigger if exists {name} on {target}")
        connection.exec_driver_sql(
            f"create trigger {name} after truncate on {target} for each statement execute function {name}()"
        )
