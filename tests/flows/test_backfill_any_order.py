"""Rules 12 and 13 of the history at the real store: looks of the present and of archives, in any order of arrival."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from archive_story import opened
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small_runs import a_programme, a_source, at, harvest_of

from flows.classifying import Rules
from flows.measuring import measure
from flows.observatory import Observatory
from models.classification_tables import DEFAULT_DEFINITION
from models.content import CONTENT, content_rows
from models.queries import trend_frames
from models.records import Judgement, Offering, Origin, Outcome

SOURCE = a_source()
SETTINGS = {"deadline": None, "suppress_health_check": [HealthCheck.function_scoped_fixture]}
OF_THE_ORDER = frozenset({"new", "changed", "missing", "withdrawn"})
"""What a run did when it came in is counted on its row, and does depend on what was there before."""


@dataclass(frozen=True)
class Look:
    """Hours since the first day, where it is from, and of each listed ref price, words, whole page, and runs."""

    hours: int
    origin: Origin
    listed: dict[str, tuple[float, str, bool, frozenset[str]]]

    @property
    def moment(self) -> datetime:
        return at("2024-01-01") + timedelta(hours=self.hours)

    @property
    def outcome(self) -> Outcome:
        return Outcome.OK if self.origin is Origin.LIVE else Outcome.PARTIAL


LOOKS = st.lists(
    st.builds(
        Look,
        hours=st.integers(0, 40).map(lambda n: n * 8),
        origin=st.sampled_from([Origin.LIVE, Origin.LIVE, Origin.WAYBACK, Origin.COMMON_CRAWL]),
        listed=st.dictionaries(
            st.sampled_from(["a", "b", "c"]),
            st.tuples(
                st.sampled_from([1.0, 2.0]),
                st.sampled_from(["some words", "other words"]),
                st.booleans(),
                st.frozensets(st.sampled_from(["spring", "autumn"])),
            ),
        ),
    ),
    min_size=2,
    max_size=6,
    unique_by=lambda look: look.hours,
)
IN_TWO_ORDERS = LOOKS.flatmap(lambda looks: st.tuples(st.just(looks), st.permutations(looks)))
Opened = Callable[[], Any]


@pytest.fixture
def empty(tmp_path: Path, migrated_sqlite: Path) -> Opened:
    """Opens an empty observatory, a new one each time."""
    folders = iter(range(10_000))

    @contextmanager
    def another() -> Iterator[Observatory]:
        folder = tmp_path / str(next(folders))
        folder.mkdir()
        shutil.copy(migrated_sqlite, folder / "observatory.sqlite")
        with opened(folder) as observatory:
            yield observatory
        shutil.rmtree(folder)

    return another


def tell(observatory: Observatory, looks: Sequence[Look]) -> None:
    rules = Rules(SOURCE)
    for look in looks:
        programmes = tuple(
            a_programme(
                ref, price, words=words, complete=whole, offerings=tuple(Offering(ref=run) for run in sorted(runs))
            )
            for ref, (price, words, whole, runs) in look.listed.items()
        )
        observatory.store.record_run(
            SOURCE,
            look.moment,
            harvest_of(look.moment, programmes, origin=look.origin),
            Judgement(outcome=look.outcome),
            started_at=look.moment,
            finished_at=look.moment,
            code_version="1",
            classifier=rules,
        )


def content(observatory: Observatory) -> bytes:
    """All that the database says of the source, but for what runs did when they came in."""
    said: dict[str, list[str]] = {}
    with observatory.engine.connect() as connection:
        for table in CONTENT:
            rows = content_rows(connection, table, SOURCE.slug)
            said[table.name] = sorted(
                json.dumps([key, {name: value for name, value in row.items() if name not in left_out}], default=str)
                for key, row in rows
                for left_out in [OF_THE_ORDER if table.name == "run" else frozenset()]
            )
    return json.dumps(said).encode()


def frames(observatory: Observatory) -> list[pd.DataFrame]:
    """All that trends are measured from."""
    found = trend_frames(observatory.engine, definition=DEFAULT_DEFINITION)
    return [found.listings, found.offerings, found.looks, found.changes, found.absences, found.offering_absences]


def ended(observatory: Observatory) -> list[tuple[str, datetime]]:
    sql = "select p.ref, w.missed_at, w.withdrawn_at from programme_window w join programme p on p.id = w.programme_id"
    with observatory.engine.connect() as connection:
        rows = connection.exec_driver_sql(sql).all()
    return [(row[0], datetime.fromisoformat(f"{when}+00:00")) for row in rows for when in row[1:] if when is not None]


def test_any_order_of_arrival_gives_equal_rows(empty: Opened) -> None:
    @settings(max_examples=12, **SETTINGS)  # type: ignore[arg-type]  # options by name
    @given(IN_TWO_ORDERS)
    def holds(both: tuple[list[Look], list[Look]]) -> None:
        looks, shuffled = both
        with empty() as one, empty() as other:
            tell(one, sorted(looks, key=lambda look: look.hours))
            tell(other, shuffled)
            assert content(other) == content(one)
            for was, now in zip(frames(one), frames(other), strict=True):
                pd.testing.assert_frame_equal(now, was)
            absent = {
                (ref, look.moment)
                for look in looks
                for ref in "abc"
                if look.origin is Origin.LIVE and ref not in look.listed
            }
            assert set(ended(other)) <= absent

    holds()


def test_any_order_of_arrival_gives_equal_trends(empty: Opened) -> None:
    """One story with all that matters: an absence that a capture takes back, a withdrawal, a return, a change."""
    some, other = (1.0, "some words", True, frozenset({"spring"})), (2.0, "other words", True, frozenset({"spring"}))
    looks = [
        Look(0, Origin.WAYBACK, {"a": some}),
        Look(24, Origin.LIVE, {"a": some, "b": some}),
        Look(48, Origin.LIVE, {"b": some}),
        Look(60, Origin.COMMON_CRAWL, {"a": some}),
        Look(72, Origin.LIVE, {"b": other}),
        Look(96, Origin.LIVE, {"b": other, "c": some}),
        Look(120, Origin.WAYBACK, {"a": other, "c": some}),
        Look(144, Origin.LIVE, {"a": other, "b": other}),
    ]
    day = date(2024, 1, 7)
    with empty() as one, empty() as another:
        tell(one, looks)
        tell(another, [looks[n] for n in (7, 2, 5, 0, 4, 1, 6, 3)])
        was, now = (measure(told, day, date(2024, 1, 2)) for told in (one, another))
    pd.testing.assert_frame_equal(now.rows, was.rows)
    pd.testing.assert_frame_equal(now.coverage, was.coverage)
    key = {"definition": DEFAULT_DEFINITION, "population": "all", "unit": "listing", "panel": "all", "cut": "total"}
    totals = was.rows[(was.rows[list(key)] == pd.Series(key)).all(axis=1)].set_index("measure")["value"]
    # b and c are listed; a was missed on the 4th and the 5th, after the capture of the 3rd, and was back on the 6th.
    assert [totals[name] for name in ("stock", "new", "withdrawn", "relisted")] == [3.0, 1.0, 1.0, 1.0]
