"""The schema that migrations leave is the schema that the tables declare."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from older_schema import MIGRATIONS, migrate_to
from sqlalchemy import URL, CheckConstraint, Connection, Engine, inspect, make_url, text

from models.change_log import CHANGES
from models.database import (
    VERSION_TABLE,
    SchemaTooNew,
    make_engine,
    migrate,
    newest_revision,
    open_database,
    revision,
    writing,
)
from models.queries import programmes_found
from models.schema import METADATA
from models.search_tables import INDEX
from models.views import VIEWS


def test_migrations_leave_the_declared_tables(engine: Engine):
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"version_table": VERSION_TABLE, "compare_type": True, "include_name": declared}
        )
        assert compare_metadata(context, METADATA) == []


def declared(name: str | None, kind: str, parents: object) -> bool:
    del parents
    return kind != "table" or (name not in VIEWS and not (name or "").startswith((INDEX, CHANGES)))


def words_in(condition: str) -> tuple[str, ...]:
    """The quoted words of a check, sorted: PostgreSQL writes conditions in its own way."""
    return tuple(sorted(re.findall(r"'([^']*)'", condition)))


def test_migrations_leave_the_declared_checks(engine: Engine):
    """A word that was added to a vocabulary or an enumeration must be added to the schema by a migration."""
    inspector = inspect(engine)
    for table in METADATA.sorted_tables:
        declared = {
            str(check.name): words_in(str(check.sqltext))
            for check in table.constraints
            if isinstance(check, CheckConstraint)
        }
        found = {str(c["name"]): words_in(c["sqltext"]) for c in inspector.get_check_constraints(table.name)}
        assert found == {full_name(table.name, name): words for name, words in declared.items()}


def full_name(table: str, name: str) -> str:
    return name if name.startswith(f"ck_{table}_") else f"ck_{table}_{name}"


def test_the_names_of_migrations_tell_the_newest_revision():
    assert newest_revision() == ScriptDirectory(str(MIGRATIONS)).get_current_head()


def test_opening_again_changes_nothing(database_url: str, engine: Engine):
    with engine.connect() as connection:
        before = revision(connection)
    again = open_database(database_url)
    with again.connect() as connection:
        assert revision(connection) == before
    again.dispose()


def test_a_database_that_something_else_uses_too_keeps_its_tables(tmp_path: Path):
    file = tmp_path / "shared.sqlite"
    engine = make_engine(make_url(f"sqlite:///{file}"))
    with engine.begin() as connection:
        connection.execute(text("create table alembic_version (version_num text)"))
        connection.execute(text("insert into alembic_version values ('of something else')"))
    migrate(engine)
    with engine.connect() as connection:
        assert connection.execute(text("select * from alembic_version")).scalar_one() == "of something else"
        assert connection.execute(text("select count(*) from run_log")).scalar_one() == 0
    engine.dispose()


def test_a_schema_of_a_newer_version_is_refused(database_url: str, engine: Engine):
    with engine.begin() as connection:
        connection.execute(text(f"update {VERSION_TABLE} set version_num = '9999'"))
    with pytest.raises(SchemaTooNew, match="the database has schema 9999"):
        open_database(database_url)


def test_a_migration_that_fails_leaves_nothing(tmp_path: Path):
    file = tmp_path / "broken.sqlite"
    engine = make_engine(make_url(f"sqlite:///{file}"))
    with engine.begin() as connection:
        connection.execute(text("create table trend_row (this_is_in_the_way text)"))
    with pytest.raises(Exception, match="trend_row"):
        migrate(engine)
    assert inspect(engine).get_table_names() == ["trend_row"]
    engine.dispose()


def test_folders_are_made_and_other_databases_refused(tmp_path: Path):
    open_database(f"sqlite:///{tmp_path / 'a' / 'b' / 'observatory.sqlite'}").dispose()
    assert (tmp_path / "a" / "b" / "observatory.sqlite").is_file()
    for url in ("sqlite://", "sqlite:///:memory:", "mysql://somebody:secret@somewhere/x"):
        with pytest.raises(ValueError, match="not a SQLite file") as refused:
            open_database(url)
        assert "secret" not in str(refused.value)


def test_texts_are_kept_where_the_database_can_hold_them(engine: Engine):
    if engine.dialect.name == "sqlite":
        assert inspect(engine).get_columns("run")[0]["name"] == "id"
        return
    with engine.connect() as connection:
        said = connection.execute(text("select obj_description('programme_current'::regclass)")).scalar_one()
    assert said == VIEWS["programme_current"].comment
    assert inspect(engine).get_table_comment("run")["text"] == METADATA.tables["run"].comment


def test_a_plain_postgresql_url_is_opened_with_psycopg(postgresql_server: URL):
    engine = make_engine(postgresql_server.set(drivername="postgresql"))
    assert engine.dialect.driver == "psycopg"
    engine.dispose()


def fill(connection: Connection, name: str, **known: Any) -> None:
    """Insert a row with the values known, and some for all columns that must have one."""
    some = {"INTEGER": 1, "BOOLEAN": 1, "DATETIME": "2024-01-01 00:00:00.000000", "DATE": "2024-01-01", "JSON": "{}"}
    columns = [column for column in inspect(connection).get_columns(name) if not column["nullable"]]
    row = {column["name"]: some.get(str(column["type"]), "x") for column in columns} | known
    connection.execute(
        text(f"insert into {name} ({', '.join(row)}) values ({', '.join(f':{column}' for column in row)})"), row
    )


def test_a_database_with_rows_is_upgraded_and_keeps_them(tmp_path: Path):
    """SQLite changes the checks of a table by copying it, whatever rows of others refer to it."""
    engine = make_engine(make_url(f"sqlite:///{tmp_path / 'old.sqlite'}"))
    with writing(engine) as connection:
        migrate_to(connection, "0004")
        fill(connection, "source", slug="a", kind="register", cadence="weekly")
        fill(connection, "run", source="a", outcome="ok")
        fill(connection, "problem", stage="fetch", code="unparsed")
        fill(connection, "programme", source="a")
        fill(connection, "offering")
        for unit in ("programme", "offering"):
            fill(connection, f"{unit}_facts", **({"kind": "course", "title": "Été"} if unit == "programme" else {}))
            fill(connection, f"{unit}_span")
            fill(connection, f"{unit}_version", cause="look")
    migrate(engine)
    with engine.connect() as connection:
        assert revision(connection) == newest_revision()
        assert connection.execute(text("select origin, outcome from run_log")).all() == [("live", "ok")]
        for unit in ("programme", "offering"):
            evidence = f"select s.reread from {unit}_span s join {unit}_facts f on f.id = s.facts_id"
            assert connection.execute(text(evidence)).all() == [(0,)]
        assert connection.exec_driver_sql("pragma foreign_keys").scalar() == 1
    assert programmes_found(engine, "ete").tolist() == [1]
    engine.dispose()


def test_figures_of_method_1_stay_and_say_what_they_count(tmp_path: Path):
    engine = make_engine(make_url(f"sqlite:///{tmp_path / 'old.sqlite'}"))
    with writing(engine) as connection:
        migrate_to(connection, "0007")
        fill(connection, "snapshot", id="s", as_of="2024-03-31", period_start="2023-12-31", method_version="1",
             coverage="[]")  # fmt: skip
        for unit in ("programme", "offering"):
            fill(connection, "trend_row", snapshot_id="s", unit=unit, value=7.0)
    migrate(engine)
    with engine.connect() as connection:
        days = "select as_of, known_at, period_start, definition, method_version from snapshot"
        assert connection.execute(text(days)).all() == [("2024-03-31", "2024-03-31", "2023-12-31", "eu_2022", "1")]
        rows = "select population, unit, value, low, high, sources_ok, method_version from trend order by unit"
        assert connection.execute(text(rows)).all() == [
            ("all", "listing", 7.0, None, None, None, "1"), ("all", "offering", 7.0, None, None, None, "1"),
        ]  # fmt: skip
    engine.dispose()
