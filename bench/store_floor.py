"""``python -m bench.store_floor``: how much of a first look's time SQLite itself takes.

Every statement of a first look (see ``bench.store``) is written down with its rows, and then given, ready made, to a
new database through its driver alone. What is left is the time that no other way of making the rows can save. Of
PostgreSQL ``bench.store`` prints the processor time of the server, which says the same.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, event, func, select

from bench.store import a_database, measure
from models.tables import Base

_SHOWN_MICROSECONDS = 0.1
_OF_TRANSACTIONS = ("begin", "commit", "pragma", "rollback")


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement, and the rows it was given (``is_many``) or its parameters."""

    sql: str
    given: Any
    is_many: bool

    @property
    def about(self) -> str:
        """What it does, to which table."""
        return " ".join(self.sql.split()[:3]).lower()


@dataclass(frozen=True, slots=True)
class Floor:
    """Seconds of a first look through the store, and of the same rows through the driver alone, by statement."""

    programmes: int
    store_seconds: float
    driver_seconds: float
    by_statement: dict[str, float]

    def microseconds(self, seconds: float) -> float:
        """Return what a time of all is for each programme."""
        return 1e6 * seconds / self.programmes


def floor(programmes: int) -> Floor:
    """Measure a first look at ``programmes`` invented programmes.

    Raises:
        RuntimeError: if the statements did not make the same number of rows again, in any table.
    """
    with a_database("sqlite", None) as engine:
        with written_down(engine) as statements:
            (look,) = measure(engine, programmes, offerings=0, classified=False, until="first", name="sqlite")
        rows = rows_of(engine)
    with a_database("sqlite", None) as engine:
        by_statement = given_again(engine, statements)
        if rows_of(engine) != rows:
            raise RuntimeError("the statements that were written down did not make the same rows again")
    return Floor(programmes, look.seconds, sum(by_statement.values()), by_statement)


@contextmanager
def written_down(engine: Engine) -> Iterator[list[Statement]]:
    """Yield a list that takes in what the connections of an engine are told, in the order told."""
    told: list[Statement] = []

    def tell(_: object, __: object, sql: str, given: Any, ___: object, is_many: bool) -> None:
        if not sql.lower().startswith(_OF_TRANSACTIONS):
            told.append(Statement(sql, given, is_many))

    event.listen(engine, "before_cursor_execute", tell)
    try:
        yield told
    finally:
        event.remove(engine, "before_cursor_execute", tell)


def given_again(engine: Engine, statements: Sequence[Statement]) -> dict[str, float]:
    """Return how many seconds each kind of statement took in one transaction, and the end of that."""
    seconds: dict[str, float] = defaultdict(float)
    with closing(engine.raw_connection()) as connection, closing(connection.cursor()) as cursor:
        cursor.execute("begin immediate")
        for statement in statements:
            began = time.perf_counter()
            if statement.is_many:
                cursor.executemany(statement.sql, statement.given)
            else:
                cursor.execute(statement.sql, statement.given)
                cursor.fetchall()
            seconds[statement.about] += time.perf_counter() - began
        began = time.perf_counter()
        cursor.execute("commit")
        seconds["commit"] = time.perf_counter() - began
    return seconds


def rows_of(engine: Engine) -> dict[str, int]:
    """Return how many rows each table has."""
    with engine.connect() as connection:
        return {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in Base.metadata.sorted_tables
        }


def main() -> None:
    """Measure, and print a table or JSON."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--programmes", type=int, default=50_000)
    arguments.add_argument("--json", action="store_true", help="one JSON object")
    asked = arguments.parse_args()
    found = floor(asked.programmes)
    by_statement = {about: found.microseconds(took) for about, took in found.by_statement.items()}
    store, driver = found.microseconds(found.store_seconds), found.microseconds(found.driver_seconds)
    if asked.json:
        row = {"programmes": found.programmes, "store_microseconds": store, "driver_microseconds": driver}
        sys.stdout.write(json.dumps(row | {"by_statement": by_statement}) + "\n")
        return
    sys.stdout.write(
        f"a first look at {found.programmes:,} programmes on SQLite, microseconds each: {store:.1f} through the store, "
        f"{driver:.1f} for the same rows through the driver alone\n"
    )
    for about, took in sorted(by_statement.items(), key=lambda each: -each[1]):
        if took >= _SHOWN_MICROSECONDS:
            sys.stdout.write(f"{took:>8.1f}  {about}\n")


if __name__ == "__main__":
    main()
