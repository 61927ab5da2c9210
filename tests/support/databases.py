"""Making and dropping databases on a server, and looking into one that is being written."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import URL, create_engine, text

QUICKLY = pytest.mark.parametrize(
    "database_url", ["sqlite", pytest.param("postgresql", marks=pytest.mark.faults)], indirect=True
)
"""On SQLite; on PostgreSQL too with `make faults`."""


def administer(server: URL, statement: str) -> None:
    """Run a statement that stands outside of transactions, such as ``create database``."""
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


def runs_in(file: Path) -> int:
    """Return how many runs a SQLite database holds that others may be writing, 0 while it has no tables yet."""
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
        try:
            return int(connection.execute("select count(*) from run").fetchone()[0])
        except sqlite3.OperationalError:
            return 0
