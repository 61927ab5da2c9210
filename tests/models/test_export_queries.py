"""What exports read: every public view with the types of its columns, streamed in one state of the database."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from small_runs import Told, a_programme, at
from sqlalchemy import Engine, text

from models.export_queries import ROWS_A_BATCH, public_tables, reading
from models.records import Offering, OrganisationRole
from models.views import VIEWS

POSTGRESQL = {
    "text": {"text", "character varying"},
    "integer": {"integer", "bigint", "smallint"},
    "number": {"double precision", "numeric", "real"},
    "boolean": {"boolean"},
    "date": {"date"},
    "datetime": {"timestamp with time zone"},
    "list": {"text"},
    "object": {"text"},
}
PYTHON: dict[str, type[Any] | tuple[type[Any], ...]] = {
    "text": str, "integer": int, "number": float, "boolean": bool, "date": date, "datetime": datetime, "list": list,
    "object": dict,
}  # fmt: skip


@pytest.fixture
def filled(told: Told) -> Told:
    maker = OrganisationRole(role="developed_by", name="Uni Ü", kind="institution", country="NL")
    spring = Offering(ref="1", start_date=date(2024, 4, 1), start_is_unscheduled=False, location="Ü")
    rich = a_programme("a", languages=("nl", "en"), organisations=(maker,), ects=3.0, eqf_level=6, offerings=(spring,),
                       statements={"assessment": "schriftlich – 100 %"})  # fmt: skip
    told.run("2024-01-01", rich, "b")
    told.run("2024-01-08", rich)
    return told


def test_the_types_are_those_postgresql_tells(engine: Engine):
    if engine.dialect.name != "postgresql":
        pytest.skip("SQLite does not know the types of a view")
    with engine.connect() as connection:
        told = connection.execute(text("select table_name, column_name, data_type from information_schema.columns"))
        types = {(table, column): kind for table, column, kind in told}
    wrong = {
        (table.name, column.name, column.kind): types[table.name, column.name]
        for table in public_tables().values()
        for column in table.columns
        if types[table.name, column.name] not in POSTGRESQL[column.kind]
    }
    assert wrong == {}


def test_every_view_is_public_with_its_columns_in_order():
    assert list(public_tables()) == list(VIEWS)
    for name, table in public_tables().items():
        assert {column.name: column.meaning for column in table.columns} == dict(VIEWS[name].columns)
    vocabularies = {column.name: column.vocabulary for column in public_tables()["programme_current"].columns}
    assert (vocabularies["delivery"], vocabularies["title"]) == ("delivery", None)


def test_rows_have_values_of_these_types(filled: Told):
    with reading(filled.engine) as reader:
        for table in public_tables().values():
            for row in reader.rows(table.name):
                for column, value in zip(table.columns, row, strict=True):
                    assert value is None or type(value) is PYTHON[column.kind], (table.name, column, value)
        names = [column.name for column in public_tables()["programme_current"].columns]
        [first] = [row for row in (dict(zip(names, r, strict=True)) for r in reader.rows("programme_current"))
                   if row["ref"] == "a"]  # fmt: skip
        assert reader.count("programme_current") == 2
        assert [(one.source, one.language, one.last_look) for one in reader.sources()] == [
            ("alpha", "en", at("2024-01-08"))
        ]
        assert reader.snapshots() == []
    assert first["languages"] == ["nl", "en"]
    assert first["statements"] == {"assessment": "schriftlich – 100 %"}
    assert first["last_seen_at"] == datetime(2024, 1, 8, tzinfo=UTC)
    assert (first["ects"], first["eqf_level"], first["complete"]) == (3.0, 6, True)


def test_several_views_stream_at_once_and_show_one_state(told: Told):
    told.run("2024-01-01", *(f"p{number}" for number in range(ROWS_A_BATCH + 1)))
    with reading(told.engine) as reader:
        one, other = reader.rows("programme_current"), reader.rows("programme_history")
        assert next(one)[3:5] == next(other)[3:5]
        told.run("2024-01-08", "late")
        assert sum(1 for _ in one) == ROWS_A_BATCH
        assert sum(1 for _ in other) == ROWS_A_BATCH
        assert reader.count("run_log") == 1


def test_a_view_that_does_not_exist_is_an_error(engine: Engine):
    with reading(engine) as reader:
        with pytest.raises(ValueError, match="there is no view 'run'; there are: programme_current, "):
            next(reader.rows("run"))
        with pytest.raises(ValueError, match="no view"):
            reader.count("programme; drop table run")
