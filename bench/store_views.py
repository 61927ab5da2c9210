"""What is asked of the current state, timed on a PostgreSQL database with a million versions of the real shape.

A small database is made by the real store: 500 programmes with an offering each, seen five times, at another
price, classified. Its rows are copied under other numbers, codes and sources until there are as many as asked for.
"""

from __future__ import annotations

import os
import random
import statistics
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, Engine, insert, select, text

from bench.store_catalogue import FIRST, a_price, a_programme, a_source
from flows.classifying import Rules
from models.load_listed import rebuild_listed
from models.records import Harvested, Judgement, Outcome
from models.run_rows import declare
from models.store import Store
from models.units import table

PROGRAMMES, LOOKS, SOURCES = 500, 5, 40
APART = 10_000
"""Between the numbers of one copy and the next."""
_COPIED = (
    "programme", "offering", "programme_facts", "offering_facts", "programme_role", "programme_classification",
    "offering_classification", "programme_organisation", "development_evidence_entry", "unread_word", "programme_span",
    "offering_span", "programme_window", "offering_window", "programme_version", "offering_version",
    "offering_summary",
)  # fmt: skip
_NUMBERS = frozenset({"id", "programme_id", "offering_id", "facts_id"})

QUERIES = (
    "select * from programme_current where source = 'bench7' and ref = 'mc-0000123-47'",
    "select * from programme_current where source = 'bench7' order by ref limit 50",
    "select * from programme_current where source = 'bench7' and price_eur < 300 order by ref limit 50",
    "select * from programme_current where programme_id = 470124",
    "select * from programme_history where source = 'bench7' and ref = 'mc-0000123-47' order by version_number",
    "select * from offering_current where source = 'bench7' order by programme_ref limit 50",
    "select * from role_current where source = 'bench7' limit 50",
    "select * from credential_current limit 50",
    "select * from open_problem limit 50",
    "select * from open_problem where source = 'bench7' limit 50",
    "select * from source_health",
    "select count(*) from programme_current where source = 'bench7'",
    "select source, count(*) from programme_current group by source",
    "select mc_class, count(*) from programme_current group by mc_class",
    "select count(*) from programme_current",
    "select count(*) from credential_current",
    "select * from organisation order by taught_by desc limit 50",
)


def timed_views(engine: Engine, versions: int) -> Iterator[dict[str, object]]:
    """Fill the database and yield each query with the median of five times, and how it was answered."""
    fill(engine, versions)
    for query in QUERIES:
        with engine.connect() as connection:
            times, rows = [], 0
            for _ in range(5):
                began = time.perf_counter()
                rows = len(connection.exec_driver_sql(query).all())
                times.append(1000 * (time.perf_counter() - began))
            plan = (
                connection.exec_driver_sql(f"explain (analyze, buffers, costs off, summary off) {query}")
                .scalars()
                .all()
            )
        yield {"query": query, "milliseconds": statistics.median(times), "rows": rows, "plan": "\n".join(plan)}


def fill(engine: Engine, versions: int) -> None:
    """Fill an empty PostgreSQL database with so many versions."""
    copies = versions // (PROGRAMMES * LOOKS)
    chance, source = random.Random(7), a_source("bench0")
    listed = [a_programme(number, chance, 1) for number in range(PROGRAMMES)]
    for week in range(LOOKS):
        at = FIRST + timedelta(weeks=week)
        programmes = tuple(
            replace(p, price=a_price(100.0 + week), listing_digest=f"{chance.getrandbits(256):064x}") for p in listed
        )
        Store(engine).record_run(
            source, at, Harvested(programmes=programmes), Judgement(outcome=Outcome.OK), started_at=at, finished_at=at,
            code_version="bench", classifier=Rules(source),
        )  # fmt: skip
    with engine.begin() as connection:
        _declare_others(connection)
        connection.exec_driver_sql("set local session_replication_role = replica")  # references are as they were
        for name in _COPIED:
            _copy(connection, name, copies)
        # Numbers were given past the sequences, and what is listed was copied past the store.
        rebuild_listed(connection)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("vacuum analyze")


def plans_text(timed: Iterable[dict[str, object]], versions: int, server: str) -> str:
    """Return what was timed as a page of Markdown, plans included."""
    rows = list(timed)
    head = (
        "# Plans\n\nHow PostgreSQL answers what is asked of the views, generated by "
        f"`python -m bench.store --plans docs/plans.md` on {datetime.now(UTC):%Y-%m-%d}: {versions:,} versions, "
        f"{versions // LOOKS:,} programmes listed, {SOURCES} sources, {server}, {os.cpu_count()} cores. Milliseconds "
        "are medians of five, all rows fetched.\n"
    )
    lines = [f"| {row['milliseconds']:,.1f} | {row['rows']:,} | `{row['query']}` |" for row in rows]
    table_of_times = "\n".join(["| Milliseconds | Rows | Query |", "| ---: | ---: | --- |", *lines])
    plans = [f"## {row['query']}\n\n```text\n{_shortened(str(row['plan']))}\n```\n" for row in rows]
    return "\n".join([head, table_of_times, "", *plans])


def _shortened(plan: str) -> str:
    """Return a plan without the steps that were not needed, each line at most 160 characters."""
    return "\n".join(line[:160] for line in plan.splitlines() if "never executed" not in line)


def _declare_others(connection: Connection) -> None:
    """Give each of the other sources the runs of the first."""
    run = table("run")
    rows = connection.execute(select(run)).mappings().all()
    for number in range(1, SOURCES):
        declare(connection, a_source(f"bench{number}"), FIRST)
        others = {"source": f"bench{number}"}
        connection.execute(insert(run), [{**row, "id": row["id"] + number * APART, **others} for row in rows])


def _copy(connection: Connection, name: str, copies: int) -> None:
    target = table(name)

    def of(column: str) -> str:
        if column in _NUMBERS:
            return f"t.{column} + {APART} * n"
        if name == "programme" and column in {"source", "ref"}:
            return f"'bench' || n % {SOURCES}" if column == "source" else "t.ref || '-' || n"
        return f"t.{column}"

    columns = [column.name for column in target.columns]
    copied = ", ".join(of(column) for column in columns)
    connection.execute(
        text(f"insert into {name} ({', '.join(columns)}) select {copied} from {name} t, generate_series(1, :copies) n"),
        {"copies": copies - 1},
    )
