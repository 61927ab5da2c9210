"""Looks that other code reads again, beside an independent account: a better reading is no change at the source."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_runs import Told, a_page, a_programme, a_source, at, harvest_of
from sqlalchemy import Engine, text

from models.content import CONTENT, IDENTITIES, SHARED
from models.queries import read_sql
from models.records import Judgement, Offering, Outcome
from models.run_queries import readings_at
from models.schema import METADATA
from models.search_tables import make_index
from models.store import RunsMissing, Store, open_database

REFS = ("a", "b")
WORDS = ("some words", "other words", "more words")
Code = Mapping[str, float]
"""What a code makes of words: the price it reads."""
CODES = st.fixed_dictionaries({words: st.sampled_from([1.0, 2.0]) for words in WORDS})


@dataclass(frozen=True)
class Look:
    """A run: hours since the first day, outcome, and the words of each listed ref."""

    hours: int
    outcome: Outcome
    listed: dict[str, str]

    @property
    def moment(self) -> datetime:
        return at("2024-01-01") + timedelta(hours=self.hours)


LOOKS = st.lists(
    st.builds(
        Look,
        hours=st.integers(0, 20).map(lambda n: n * 8),
        outcome=st.sampled_from([Outcome.OK, Outcome.OK, Outcome.UNCHANGED, Outcome.PARTIAL, Outcome.SUSPECT]),
        listed=st.dictionaries(st.sampled_from(REFS), st.sampled_from(WORDS)),
    ),
    min_size=1,
    max_size=7,
    unique_by=lambda look: look.hours,
)


def account_of(looks: list[Look], ref: str, was: Code, now: Code) -> list[tuple[Any, ...]]:
    """Follow one programme through all looks as ``now`` reads them; ``was`` is what read them first."""
    versions: list[dict[str, Any]] = []
    words_before: str | None = None
    missed: datetime | None = None
    is_listed = False
    for look in sorted(looks, key=lambda look: look.hours):
        words = look.listed.get(ref)
        if look.outcome is Outcome.SUSPECT or (words is None and not is_listed):
            continue
        if words is None:
            if look.outcome is Outcome.PARTIAL:
                continue
            if missed is None:
                missed = look.moment
            elif missed.date() != look.moment.date():
                versions[-1]["to"], is_listed = look.moment, False
            continue
        price = now[words]
        if not is_listed:
            cause = "look" if was[words] == price else "reparse"
            versions.append({"price": price, "from": look.moment, "to": None, "cause": cause})
        elif price != versions[-1]["price"]:
            versions[-1]["to"] = look.moment
            cause = "look" if words != words_before else "reparse"
            versions.append({"price": price, "from": look.moment, "to": None, "cause": cause})
        words_before, missed, is_listed = words, None, True
    return [tuple(version.values()) for version in versions]


def versions_of(engine: Engine, ref: str) -> list[tuple[Any, ...]]:
    return Told(engine, a_source()).engine_rows(
        f"select price_amount, valid_from, valid_to, cause from programme_history where ref = '{ref}' "
        "order by version_number"
    )


def windows_of(engine: Engine) -> list[tuple[Any, ...]]:
    return Told(engine, a_source()).engine_rows(
        "select p.ref, w.window_number, w.opened_at, w.last_seen_at, w.missed_at, w.withdrawn_at "
        "from programme_window w join programme p on p.id = w.programme_id order by 1, 2"
    )


def empty(engine: Engine) -> None:
    with engine.execution_options(microcred_writes=True).begin() as connection:
        for target in reversed(METADATA.sorted_tables):
            connection.execute(text(f"delete from {target.name}"))
        make_index(connection)


def read_by(engine: Engine, code: Code, looks: list[Look], corrects: Engine | None = None) -> None:
    """Store looks as a code reads them, in the order given."""
    source = a_source()
    for look in looks:
        listed = tuple(a_programme(ref, code[words], words=words) for ref, words in look.listed.items())
        page = a_page("https://alpha.example/", f"{look}", look.moment)
        Store(engine).record_run(
            source,
            look.moment,
            harvest_of(look.moment, listed, pages=(page,)),
            Judgement(outcome=look.outcome),
            started_at=look.moment,
            finished_at=look.moment,
            code_version=str(code),
            corrected=readings_at(corrects, source.slug, look.moment) if corrects else None,
        )


@pytest.fixture
def beside(tmp_path: Path) -> Iterator[Engine]:
    """An empty database beside the one in use."""
    engine = open_database(f"sqlite:///{tmp_path / 'beside.sqlite'}")
    yield engine
    engine.dispose()


def reread(engine: Engine, beside: Engine, code: Code, looks: list[Look]) -> None:
    empty(beside)
    read_by(beside, code, looks, corrects=engine)
    Store(engine).replace_source("alpha", beside)


def test_a_history_read_again_is_that_of_the_better_code_and_its_changes_are_those_of_the_source(
    engine: Engine, beside: Engine
) -> None:
    @settings(max_examples=60 if engine.dialect.name == "sqlite" else 15)
    @given(LOOKS, CODES, CODES)
    def holds(looks: list[Look], was: Code, now: Code) -> None:
        empty(engine)
        read_by(engine, was, looks)
        windows = windows_of(engine)
        for _ in range(2):  # a second time changes nothing
            reread(engine, beside, now, looks)
            assert windows_of(engine) == windows
            for ref in REFS:
                assert versions_of(engine, ref) == account_of(looks, ref, was, now)

    holds()


def test_a_look_after_the_correction_sees_no_change(engine: Engine, beside: Engine) -> None:
    was, now = {"some words": 1.0}, {"some words": 2.0}
    looks = [Look(0, Outcome.OK, {"a": "some words"}), Look(24, Outcome.OK, {"a": "some words"})]
    read_by(engine, was, looks)
    reread(engine, beside, now, looks)
    later = Look(48, Outcome.OK, {"a": "some words"})
    read_by(engine, now, [later])
    assert versions_of(engine, "a") == [(2.0, at("2024-01-01"), None, "reparse")]
    spans = read_sql(engine, "select seen_from, seen_until, reread from programme_span order by 1")
    assert spans["reread"].tolist() == [True, False]
    assert read_sql(engine, "select new, changed from run_log order by as_of").to_numpy().tolist() == [
        [1, 0], [0, 0], [0, 0],
    ]  # fmt: skip


def test_offerings_are_corrected_and_keep_their_numbers(engine: Engine, beside: Engine) -> None:
    def stored(into: Engine, delivery: str | None, corrects: Engine | None = None) -> None:
        offered = a_programme("a", offerings=(Offering(ref="spring", delivery=delivery), Offering(ref="autumn")))
        moment = at("2024-01-01")
        Store(into).record_run(
            a_source(), moment, harvest_of(moment, (offered,), pages=()), Judgement(outcome=Outcome.OK),
            started_at=moment, finished_at=moment, code_version="x",
            corrected=readings_at(corrects, "alpha", moment) if corrects else None,
        )  # fmt: skip

    stored(beside, "online")
    Store(engine).copy_source("alpha", beside)
    numbers = "select o.id, o.ref from offering o order by o.ref"
    before = read_sql(engine, numbers).to_numpy().tolist()
    empty(beside)
    stored(beside, "blended", corrects=engine)
    Store(engine).replace_source("alpha", beside)
    assert read_sql(engine, numbers).to_numpy().tolist() == before
    causes = "select i.ref, v.cause from offering_version v join offering i on i.id = v.offering_id order by 1"
    assert read_sql(engine, causes).to_numpy().tolist() == [["autumn", "look"], ["spring", "reparse"]]


def test_a_source_is_not_replaced_by_what_does_not_know_its_runs(engine: Engine, beside: Engine) -> None:
    looks = [Look(0, Outcome.OK, {"a": "some words"}), Look(24, Outcome.SUSPECT, {})]
    read_by(engine, {"some words": 1.0}, looks)
    read_by(beside, {"some words": 2.0}, looks[:1])
    with pytest.raises(RunsMissing, match=r"alpha: .*: 2024-01-02T00:00:00Z"):
        Store(engine).replace_source("alpha", beside)
    assert versions_of(engine, "a") == [(1.0, at("2024-01-01"), None, "look")]


def test_every_table_is_compared_and_copied_or_left_out_on_purpose() -> None:
    """A new table belongs in ``models.content.CONTENT`` unless what it holds is derived over several sources."""
    of_all_sources = {"snapshot", "trend_row", "programme_credential", "credential_link"}
    made_anew_after_a_copy = {"programme_search", "programme_listed", "organisation_listed"}
    left_out = {*IDENTITIES, *SHARED, *of_all_sources, *made_anew_after_a_copy}
    assert {content.name for content in CONTENT} | left_out == set(METADATA.tables)
