"""What two databases say differently is counted and named; what says nothing of a source does not matter."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from small_runs import Told, a_programme, a_source, in_euro
from sqlalchemy import Engine, text

from flows.db_diff import TableDifference, as_json, differences, field_rows, table_rows
from models.records import Offering, OrganisationRole, Outcome, Problem, Stage
from models.store import open_database

OFFERED = a_programme(
    "a",
    organisations=(OrganisationRole(role="taught_by", name="Uni"),),
    offerings=(Offering(ref="spring", location="Delft"),),
    verbatim={"price": "100"},
)
PROBLEM = Problem(stage=Stage.PARSE, code="unparsed", message="no rule", words="six")


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Engine]:
    engine = open_database(f"sqlite:///{tmp_path / 'other.sqlite'}")
    yield engine
    engine.dispose()


def tell(engine: Engine, *, days: tuple[str, ...] = ("2024-01-01", "2024-01-08"), price: float = 120) -> None:
    told = Told(engine, a_source())
    for day in days:
        dear = replace(OFFERED, price=in_euro(price), listing_digest="2")
        # The same problem twice is two rows that nothing tells apart.
        told.run(day, OFFERED if day.endswith("01") else dear, "b", problems=(PROBLEM, PROBLEM))


def unequal(left: Engine, right: Engine) -> dict[str, TableDifference]:
    return {one.table: one for one in differences(left, right) if not one.is_equal}


def test_equal_databases_are_equal_whatever_the_numbers_of_their_rows(engine: Engine, other: Engine) -> None:
    tell(engine)
    # In another order, and with another source before it, all numbers are others.
    Told(other, a_source(slug="beta")).run("2023-01-01", "x", "y", OFFERED)
    tell(other, days=("2024-01-08", "2024-01-01"))
    with other.begin() as connection:
        # When runs arrive in another order, what they did to the history when they were loaded differs.
        connection.execute(text("update run set new = 2, changed = 0 where as_of = '2024-01-01 00:00:00.000000'"))
        connection.execute(text("update run set new = 0, changed = 1 where as_of = '2024-01-08 00:00:00.000000'"))
        connection.execute(text("update run set started_at = '2020-01-01 00:00:00.000000', code_version = 'other'"))
    assert [one for one in differences(engine, other, ["alpha"]) if not one.is_equal] == []
    assert {one.source for one in differences(engine, other) if not one.is_equal} == {"beta"}


def test_what_differs_is_named_by_table_row_and_field(engine: Engine, other: Engine) -> None:
    tell(engine)
    tell(other, price=130)
    found = unequal(engine, other)
    assert set(found) == {"capture", "programme_facts", "programme_role", "programme_span", "programme_version"}
    facts, version = found["programme_facts"], found["programme_version"]
    assert (facts.left, facts.right, facts.only_left, facts.only_right, facts.different) == (3, 3, 1, 1, 0)
    assert (version.only_left, version.only_right, version.different) == (0, 0, 1)
    assert version.samples == ("different: listing a, valid_from 2024-01-08T00:00:00Z",)
    stated = {one.field: (one.left, one.right) for one in version.fields}
    assert stated["price_amount"] == stated["price_amount_max"] == (120.0, 130.0)
    assert set(stated) == {"facts", "price_amount", "price_amount_max"}


def test_a_run_more_and_a_problem_less_are_seen(engine: Engine, other: Engine) -> None:
    tell(engine, days=("2024-01-01",))
    tell(other, days=("2024-01-01",))
    Told(other, a_source()).run("2024-01-02", outcome=Outcome.FAILED, reason="gone")
    with other.begin() as connection:
        connection.execute(text("delete from problem where id = (select max(id) from problem)"))
        connection.execute(text("update programme_facts set verbatim = '{}'"))
    found = unequal(engine, other)
    assert set(found) == {"run", "capture", "problem", "programme_facts", "source"}
    assert found["run"].samples == ("only right: as_of 2024-01-02T00:00:00Z",)
    assert (found["problem"].left, found["problem"].right, found["problem"].only_left) == (2, 1, 1)
    assert "no rule" in found["problem"].samples[0]
    [verbatim] = [row for row in field_rows(list(found.values())) if row["field"] == "verbatim"]
    assert (verbatim["rows"], verbatim["left"], verbatim["right"]) == (1, {"price": "100"}, {})
    assert len(table_rows(list(found.values()))) == len(found)
    told = as_json(list(found.values()))
    assert told["equal"] is False
    assert {row["table"] for row in told["tables"]} == set(found)


def test_a_source_that_one_does_not_know_is_only_on_one_side(engine: Engine, other: Engine) -> None:
    tell(engine)
    found = unequal(engine, other)
    assert all(one.right == 0 and one.only_left == one.left for one in found.values())
    assert found["source"].samples == ("only left: slug alpha",)
