"""Writing many rows at once, as each database takes them fastest: COPY on PostgreSQL, one statement on SQLite."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, Table, insert

FEW = 50
"""Below this many rows an ordinary statement is as fast."""


def insert_rows(connection: Connection, into: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows that all have the same columns; none at all is fine. Values are bound as the columns' types say."""
    if not rows:
        return
    if len(rows) < FEW:
        connection.execute(insert(into), rows)
        return
    names = tuple(rows[0])
    quoted = connection.dialect.identifier_preparer.quote
    target = f"{quoted(into.name)} ({', '.join(quoted(name) for name in names)})"
    values = _values(connection, into, names, rows)
    if connection.dialect.name == "postgresql":
        cursor: Any = connection.connection.cursor()
        with cursor.copy(f"copy {target} from stdin") as copy:
            for row in values:
                copy.write_row(row)
        cursor.close()
        return
    places = ", ".join("?" for _ in names)
    connection.exec_driver_sql(f"insert into {target} values ({places})", list(values))  # noqa: S608 - our names


def _values(
    connection: Connection, into: Table, names: Sequence[str], rows: Sequence[dict[str, Any]]
) -> Iterator[tuple[Any, ...]]:
    """Return the values of rows as the driver takes them."""
    columns = []
    for name in names:
        process = into.c[name].type.dialect_impl(connection.dialect).bind_processor(connection.dialect)
        values = [row[name] for row in rows]
        columns.append(values if process is None else [process(value) for value in values])
    return zip(*columns, strict=True)
