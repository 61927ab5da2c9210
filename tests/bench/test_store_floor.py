"""What SQLite takes for the rows of a first look is measured with just those rows."""

from __future__ import annotations

import pytest

from bench import store_floor
from bench.store_floor import Statement, floor


def test_the_rows_of_a_look_are_given_again_and_cost_less_than_to_make_them_too():
    found = floor(300)
    assert 0 < found.driver_seconds < found.store_seconds
    assert found.driver_seconds == pytest.approx(sum(found.by_statement.values()))
    assert {"insert into programme_facts", "insert into search_words", "commit"} <= found.by_statement.keys()
    assert found.microseconds(0.003) == pytest.approx(10)


def test_other_rows_are_no_measure(monkeypatch: pytest.MonkeyPatch):
    given_again = store_floor.given_again

    def without_roles(engine: object, statements: list[Statement]) -> dict[str, float]:
        return given_again(engine, [each for each in statements if "into programme_role" not in each.about])

    monkeypatch.setattr(store_floor, "given_again", without_roles)
    with pytest.raises(RuntimeError, match="did not make the same rows"):
        floor(50)
