"""Typed rows of a question in SQL, without frames."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from small_runs import Told, a_source
from sqlalchemy import Boolean, Date, Engine

from models.columns import UtcDateTime
from models.queries import read_sql
from models.rows import DAYS, TIMES, TRUTHS, QueryRefused, query_rows
from models.schema import METADATA

ONLY_IN_VIEWS = {
    "first_seen_at", "last_run_at", "last_good_look_at", "is_first_of_window", "is_first_version_of_window",
    "counts_absences", "is_current",
}  # fmt: skip


@pytest.mark.parametrize(("kind", "names"), [(UtcDateTime, TIMES), (Date, DAYS), (Boolean, TRUTHS)])
def test_the_names_are_those_of_the_tables(kind: type[Any], names: frozenset[str]) -> None:
    columns = (column for table in METADATA.tables.values() for column in table.columns)
    assert names - ONLY_IN_VIEWS == {column.name for column in columns if isinstance(column.type, kind)} - ONLY_IN_VIEWS


def test_values_are_typed_alike_on_both_databases(engine: Engine) -> None:
    Told(engine, a_source(retired=date(2025, 1, 2))).run("2024-01-01T12:30", "a")
    sql = "select as_of, listings, accepted_reason from run_log"
    assert query_rows(engine, sql) == (
        ["as_of", "listings", "accepted_reason"],
        [(datetime(2024, 1, 1, 12, 30, tzinfo=UTC), 1, None)],
    )
    assert query_rows(engine, "select retired, lists_everything from source")[1] == [(date(2025, 1, 2), True)]
    assert query_rows(engine, "select ref from programme_current where ref = 'zzz'") == (["ref"], [])
    assert read_sql(engine, sql)["as_of"].tolist() == [datetime(2024, 1, 1, 12, 30, tzinfo=UTC)]
    with pytest.raises(QueryRefused, match="can only read"):
        query_rows(engine, "update run set reason = 'x'")
