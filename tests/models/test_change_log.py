"""The log of changes: every way of writing a version or a judgement leaves the number of its programme."""

from __future__ import annotations

import pytest
from small_runs import Told, a_programme, a_source
from sqlalchemy import Engine, text

from models.change_log import CHANGES, KEPT, make_change_log, mark_of, since
from models.database import writing


@pytest.fixture
def told(engine: Engine) -> Told:
    """Two programmes: number 1 is b, and number 2 is a, which has two versions."""
    told = Told(engine, a_source())
    told.run("2024-01-01", "a", "b")
    told.run("2024-02-01", a_programme("a", 150), "b")
    return told


def changed_by(engine: Engine, *statements: str) -> frozenset[int] | None:
    with engine.connect() as connection:
        mark = mark_of(connection)
    assert mark is not None
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))
    with engine.connect() as connection:
        return since(connection, mark)


@pytest.mark.parametrize(
    ("statement", "programmes"),
    [
        ("update programme_version set valid_to = valid_from where programme_id = 1", {1}),
        ("update programme_version set programme_id = 1, version_number = 9 where version_number = 2", {1, 2}),
        ("delete from programme_version", {1, 2}),
        ("update programme_facts set kind = 'badge' where programme_id = 2", {2}),
        ("update programme_facts set page_url = 'elsewhere'", set()),
        ("update programme_window set missed_at = opened_at", set()),
        ("delete from programme_sighting", set()),
    ],
)
def test_a_statement_is_known_by_the_programmes_it_concerns(told: Told, statement: str, programmes: set[int]) -> None:
    assert changed_by(told.engine, statement) == programmes


def test_looks_are_known_by_what_they_changed(told: Told) -> None:
    with told.engine.connect() as connection:
        before = mark_of(connection)
        assert before is not None
    told.run("2024-03-01", a_programme("a", 150), "b")
    with told.engine.connect() as connection:
        assert (mark_of(connection), since(connection, before)) == (before, frozenset())
    told.run("2024-04-01", a_programme("a", 150), a_programme("b", 7), "c")
    with told.engine.connect() as connection:
        assert since(connection, before) == {1, 3}


def test_nothing_is_known_of_a_log_that_is_not_whole(told: Told) -> None:
    assert changed_by(told.engine, f"insert into {CHANGES} (token) values (1)") is None
    assert changed_by(told.engine, f"update {CHANGES} set token = token + 1") is None
    assert changed_by(told.engine, f"delete from {CHANGES}") is None
    with told.engine.connect() as connection:
        assert mark_of(connection) is None
    with writing(told.engine) as connection:
        make_change_log(connection)
    assert changed_by(told.engine, "delete from programme_version") == {1, 2}


def test_what_was_not_committed_did_not_change(told: Told) -> None:
    with told.engine.connect() as connection:
        before = mark_of(connection)
        assert before is not None
    with told.engine.connect() as connection:
        connection.execute(text("delete from programme_version"))
        connection.rollback()
    with told.engine.connect() as connection:
        assert since(connection, before) == frozenset()


def test_the_log_is_a_ring(told: Told) -> None:
    with told.engine.connect() as connection:
        early = mark_of(connection)
        assert early is not None
    with told.engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text(f"select setval('{CHANGES}_number_seq', {KEPT})"))
        else:
            connection.execute(text(f"insert into {CHANGES} values ({KEPT}, 1, 1)"))
        for _ in range(10):
            connection.execute(text("update programme_version set complete = complete"))
    with told.engine.connect() as connection:
        numbers = connection.execute(text(f"select number from {CHANGES} order by number")).scalars().all()
        assert min(numbers) > max(numbers) - KEPT
        assert since(connection, early) is None
        late = mark_of(connection)
        assert late is not None
        assert since(connection, late) == frozenset()


def test_on_postgresql_a_table_that_is_emptied_at_once_is_noticed(told: Told) -> None:
    if told.engine.dialect.name != "postgresql":
        pytest.skip("SQLite has no statement that empties a table at once")
    assert changed_by(told.engine, "truncate programme_classification") is None
