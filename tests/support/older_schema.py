"""Databases of an earlier schema: empty, or with what a database of today holds, as far as the earlier one had room."""

from __future__ import annotations

from pathlib import Path

from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from sqlalchemy import Boolean, Connection, Engine, inspect, text

from models.database import VERSION_TABLE, writing
from models.schema import METADATA

MIGRATIONS = Path(__file__).parents[2] / "models" / "migrations"


def migrate_to(connection: Connection, newest: str) -> None:
    """Bring an empty database to an earlier revision, without views: those are today's."""
    scripts = ScriptDirectory(str(MIGRATIONS))
    context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
    with Operations.context(context):
        for script in reversed(list(scripts.walk_revisions(head=newest))):
            script.module.upgrade()
    context.stamp(scripts, newest)


def copy_to(of_today: Engine, older: Engine, revision: str) -> None:
    """Fill an empty database of an earlier revision with the rows of a SQLite database of today."""
    with of_today.connect() as there, writing(older) as here:
        migrate_to(here, revision)
        tables = set(inspect(here).get_table_names())
        known = inspect(there)
        for name in (table.name for table in METADATA.sorted_tables if table.name in tables):
            of_now = {column["name"] for column in known.get_columns(name)}
            columns = {c["name"]: c["type"] for c in inspect(here).get_columns(name) if c["name"] in of_now}
            quoted = ", ".join(f'"{column}"' for column in columns)
            rows = [dict(row) for row in there.execute(text(f"select {quoted} from {name}")).mappings()]
            for row in rows:
                row |= {
                    c: bool(row[c]) for c, kind in columns.items() if isinstance(kind, Boolean) and row[c] is not None
                }
            if rows:
                values = ", ".join(f":{column}" for column in columns)
                here.execute(text(f"insert into {name} ({quoted}) values ({values})"), rows)
