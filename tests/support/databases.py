"""Making and dropping databases on a server."""

from __future__ import annotations

from sqlalchemy import URL, create_engine, text


def administer(server: URL, statement: str) -> None:
    """Run a statement that stands outside of transactions, such as ``create database``."""
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()
