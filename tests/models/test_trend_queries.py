"""The frames that trends are measured from: of histories written by hand and of random ones, on both databases."""

from __future__ import annotations

import random
from datetime import date, datetime
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_runs import Told, a_programme, a_source, at
from sqlalchemy import Engine, insert, select, text
from trend_worlds import COUNTRIES, KINDS, Look, follow, worlds

from models.database import writing
from models.load_search import rebuild_words
from models.queries import TrendFrames, trend_frames
from models.records import Offering, OrganisationRole, Outcome, PriceFacts
from models.schema import METADATA
from models.units import table
from models.vocab import vocabulary
from trends.frames import HISTORY_COLUMNS, LOOK_COLUMNS

MAKER = OrganisationRole(role="developed_by", name="Uni Ü", kind="institution", country="NL")
AWARDER = OrganisationRole(role="awarded_by", name="Uni Ü", kind="institution", country="NL")
SECOND = OrganisationRole(role="awarded_by", name="Another", country="DE")
A = {"languages": ("en-GB", "en"), "ects": 3.0, "workload_hours_min": 75.0, "workload_hours_max": 90.0}
FIRST_A = a_programme("a", words="1", organisations=(MAKER, AWARDER, SECOND), eqf_level=6,
                      statements={"assessment": "an exam", "recognition": "by all"}, **A)  # fmt: skip
LATER_A = a_programme("a", 120, words="2", organisations=(MAKER, AWARDER), eqf_level=7,
                      statements={"recognition": "by all", "assessment": "an exam"}, **A)  # fmt: skip
C = a_programme("c", None, languages=("nl", "fr"), delivery="online", organisations=(SECOND,))


def days(column: pd.Series[Any]) -> list[str | None]:
    return [None if pd.isna(moment) else f"{moment:%m-%d}" for moment in column]


def tell(told: Told, order: int = 0) -> None:
    """Tell of three listings at alpha and one at a register that cannot list everything, in some order of arrival."""
    beta = Told(told.engine, a_source(slug="beta", kind="register", country="BE", complete=False, cadence="monthly"))
    runs: list[Any] = [
        lambda: beta.run("2024-01-02", "x", outcome=Outcome.PARTIAL),
        lambda: told.run("2024-01-01", FIRST_A, "b"),
        lambda: told.run("2024-01-08", LATER_A),
        lambda: told.run("2024-01-10", "b", outcome=Outcome.PARTIAL),
        lambda: told.run("2024-01-15", LATER_A, "b", C),
        lambda: told.run("2024-01-22", LATER_A),
        lambda: told.run("2024-01-29", LATER_A, C),
        lambda: told.run("2024-02-05", LATER_A, "b", C),
        lambda: told.run("2024-02-06", outcome=Outcome.FAILED),
    ]
    random.Random(order).shuffle(runs) if order else None
    for run in runs:
        run()


def test_versions_of_listings_with_the_times_of_their_windows(told: Told):
    tell(told)
    frame = trend_frames(told.engine, definition="eu_2022").listings
    names = zip(frame["item_id"], frame["source"], frame["ref"], frame["window_number"], strict=True)
    assert list(names) == [
        (1, "alpha", "a", 1), (1, "alpha", "a", 1), (2, "alpha", "b", 1), (2, "alpha", "b", 2), (3, "alpha", "c", 1),
        (4, "beta", "x", 1),
    ]  # fmt: skip
    times = {
        "seen_not_before": [None, None, None, "01-29", "01-08", None],
        "opened_at": ["01-01", "01-01", "01-01", "02-05", "01-15", "01-02"],
        "last_seen_at": [None, None, "01-15", None, None, "01-02"],
        "missed_at": [None, None, "01-22", None, None, None],
        "withdrawn_at": [None, None, "01-29", None, None, None],
        "valid_from": ["01-01", "01-08", "01-01", "02-05", "01-15", "01-02"],
        "valid_to": ["01-08", None, "01-29", None, None, None],
    }
    assert {name: days(frame[name]) for name in times} == times
    assert frame["is_first_version_of_window"].tolist() == [True, False, True, True, True, True]
    assert frame["cause"].tolist() == ["look"] * 6
    assert frame["credential_id"].tolist()[::5] == ["alpha/a", "beta/x"]
    assert frame["programme_key"].tolist()[::5] == ["a", "x"]


def test_what_a_version_states_and_what_rules_and_links_say_of_it(told: Told):
    tell(told)
    engine = told.engine
    facts = {(ref, price): number for ref, price, number in told.rows(
        "select p.ref, f.price_amount, f.id from programme_facts f join programme p on p.id = f.programme_id"
    )}  # fmt: skip
    first_a = facts["a", 100.0]
    with writing(engine) as connection:
        connection.execute(
            insert(table("programme_classification")),
            [classified(first_a, oecd_2021="broad", development_modes=["own_mixed", "partner_employer"],
                        isced_broad="06", price_eur=100.0)],
        )  # fmt: skip
        entity = {"id": "nl-uni", "name": "Uni", "kind": "institution", "country": "NL"}
        connection.execute(insert(table("organisation_entity")), [entity])
        known = {"facts_id": first_a, "position": 1, "entity_id": "nl-uni", "kind": "consortium", "country": "BE"}
        connection.execute(insert(table("programme_organisation")), [known])
        number = connection.execute(select(table("programme").c.id).where(table("programme").c.ref == "c")).scalar_one()
        linked = {"programme_id": number, "programme_key": "course-c", "credential_id": "beta/x"}
        connection.execute(insert(table("programme_credential")), [linked])
    frame = trend_frames(engine, definition="oecd_2021").listings
    stated = frame[[
        "mc_class", "development_modes", "isced_broad", "price_eur", "awarder_id", "awarder_kind", "awarder_country",
        "language", "workload_hours", "eqf_level", "delivery", "price_amount",
    ]]  # fmt: skip
    assert plain(stated.iloc[0]) == [
        "broad", ("own_mixed", "partner_employer"), "06", 100.0, "nl-uni", "consortium", "BE", "en", 82.5, 6, None,
        100.0,
    ]  # fmt: skip
    assert plain(stated.iloc[1]) == [
        None, ("unknown",), None, None, "as printed: Uni Ü", "institution", "NL", "en", 82.5, 7, None, 120.0,
    ]  # fmt: skip
    assert plain(stated.iloc[4]) == [
        None, ("unknown",), None, None, "as printed: Another", None, "DE", "mul", None, None, "online", None,
    ]  # fmt: skip
    assert frame.loc[4, ["programme_key", "credential_id"]].tolist() == ["course-c", "beta/x"]
    assert trend_frames(engine, definition="eu_2022").listings["mc_class"].tolist()[0] == "core"


def classified(facts_id: int, **others: Any) -> dict[str, Any]:
    classes = {f"mc_class_{name}": others.pop(name, "core") for name in vocabulary("definition")}
    stated = {f"states_{name}": False for name in (
        "assessment", "quality_assurance", "stackability", "recognition", "prerequisites", "supervision",
    )}  # fmt: skip
    return {"facts_id": facts_id, "rules_version": "1", "elements": [], "eu_elements": 0} | classes | stated | others


def plain(row: pd.Series[Any]) -> list[Any]:
    return [None if not isinstance(value, tuple) and pd.isna(value) else value for value in row]


def test_looks_say_of_each_run_whether_it_shows_absence(told: Told):
    tell(told)
    retired = Told(told.engine, a_source(slug="old", retired=date(2024, 1, 20)))
    retired.run("2024-01-03", "o", outcome=Outcome.UNCHANGED)
    looks = trend_frames(told.engine, definition="eu_2022").looks
    assert list(looks.columns) == list(LOOK_COLUMNS)
    alpha = looks[looks["source"] == "alpha"]
    assert alpha["counts_absences"].tolist() == [True, True, False, True, True, True, True, False]
    assert alpha["as_of"].is_monotonic_increasing
    others = looks[looks["source"] != "alpha"].drop(columns="as_of")
    assert others.to_numpy().tolist() == [
        ["beta", "register", "BE", "monthly", "partial", False, None],
        ["old", "institution", "NL", "weekly", "unchanged", True, date(2024, 1, 20)],
    ]


def test_changes_name_each_field_that_differs_and_nothing_else(told: Told):
    tell(told)
    changes = trend_frames(told.engine, definition="eu_2022").changes
    assert [(item, f"{moment:%m-%d}", field) for item, moment, field in changes.itertuples(index=False)] == [
        (1, "01-08", "eqf_level"), (1, "01-08", "organisations"), (1, "01-08", "price_amount"),
        (1, "01-08", "price_amount_max"),
    ]  # fmt: skip


def test_a_better_reading_and_a_return_are_no_changes(told: Told):
    told.run("2024-01-01", a_programme("a", 1, words="same"), a_programme("b", 1))
    told.run("2024-01-08", a_programme("a", 2, words="same"))
    told.run("2024-01-15", a_programme("a", 2, words="same"))
    told.run("2024-01-22", a_programme("a", 2, words="same"), a_programme("b", 2))
    assert trend_frames(told.engine, definition="eu_2022").changes.empty


def test_statements_are_compared_as_mappings_and_lists_in_their_order(told: Told):
    told.run("2024-01-01", a_programme("a", words="1", statements={"x": "1", "y": "2"}, languages=("nl", "fr")))
    told.run("2024-01-08", a_programme("a", words="2", statements={"y": "2", "x": "1"}, languages=("fr", "nl")))
    told.run("2024-01-15", a_programme("a", words="3", statements={"y": "2"}, languages=("fr", "nl")))
    changes = trend_frames(told.engine, definition="eu_2022").changes
    assert changes["field"].tolist() == ["languages", "statements"]


def test_absences_that_were_taken_back_follow_from_what_was_seen(told: Told):
    tell(told)
    frames = trend_frames(told.engine, definition="eu_2022")
    rows = frames.absences
    assert rows[["item_id", "window_number"]].to_numpy().tolist() == [[2, 1], [3, 1]]
    assert [days(rows[name]) for name in ("last_seen_at", "missed_at", "seen_again_at")] == [
        ["01-01", "01-15"], ["01-08", "01-22"], ["01-10", "01-29"],
    ]  # fmt: skip
    assert frames.offering_absences.empty


def test_offerings_have_what_they_state_else_what_their_programme_stated_then(told: Told):
    own = PriceFacts(price_type="free")
    spring = Offering(ref="spring", delivery="online", language="de-AT", workload_hours_min=10, workload_hours_max=20)
    autumn = Offering(ref="autumn", price=own)
    told.run("2024-01-01", a_programme("z", offerings=(spring,), words="1", delivery="blended", ects=1.0))
    told.run("2024-01-08", a_programme("z", 90, offerings=(autumn,), words="2", languages=("et",), ects=2.0))
    told.run("2024-01-15", a_programme("z", 90, offerings=(spring, autumn), words="3", languages=("et",), ects=2.0))
    frames = trend_frames(told.engine, definition="eu_2022")
    stated = frames.offerings[["item_id", "ref", "kind", "delivery", "price_type", "price_amount", "language", "ects",
                               "workload_hours"]]  # fmt: skip
    assert [plain(row) for _, row in stated.iterrows()] == [
        [1, "autumn", "course", None, "free", None, "et", 2.0, None],
        [2, "spring", "course", "online", "paid", 100.0, "de", 1.0, 15.0],
    ]
    absence = frames.offering_absences
    assert absence[["item_id", "window_number"]].to_numpy().tolist() == [[2, 1]]
    assert [*days(absence["missed_at"]), *days(absence["seen_again_at"])] == ["01-08", "01-15"]


def test_the_frames_do_not_depend_on_the_order_of_storing(told: Told):
    tell(told)
    first = trend_frames(told.engine, definition="eu_2022")
    for order in (1, 2):
        empty(told.engine)
        tell(told, order)
        again = trend_frames(told.engine, definition="eu_2022")
        for name in TrendFrames.__dataclass_fields__:
            pd.testing.assert_frame_equal(getattr(again, name), getattr(first, name))


def empty(engine: Engine) -> None:
    with writing(engine) as connection:
        for target in reversed(METADATA.sorted_tables):
            connection.execute(text(f"delete from {target.name}"))
        rebuild_words(connection)


def test_an_empty_database_gives_frames_with_all_columns(engine: Engine):
    frames = trend_frames(engine, definition="eu_2022")
    assert set(HISTORY_COLUMNS) <= set(frames.listings.columns)
    assert set(HISTORY_COLUMNS) <= set(frames.offerings.columns)
    assert all(getattr(frames, name).empty for name in TrendFrames.__dataclass_fields__)


def test_a_definition_that_does_not_exist_is_refused_with_those_that_do(engine: Engine):
    with pytest.raises(ValueError, match=r"no definition 'mars_2024'; there are: eu_2022, oecd_2021, .*finland_2023"):
        trend_frames(engine, definition="mars_2024")


def test_windows_and_absences_of_random_histories_are_those_of_an_independent_account(engine: Engine):
    @settings(max_examples=10)
    @given(worlds(), st.integers(1, 1000))
    def holds(looks: list[Look], order: int) -> None:
        empty(engine)
        store(engine, looks, order)
        frames = trend_frames(engine, definition="eu_2022")
        windows = {(w.source, str(w.number), w.window): w for w in follow(looks)}
        last = {look.source: look.at for look in looks if look.complete}
        frame = frames.listings.drop_duplicates(["item_id", "window_number"])
        items = {}
        for row in frame.itertuples():
            w = windows.pop((row.source, row.ref, row.window_number))
            seen = last[row.source] if pd.isna(row.last_seen_at) else row.last_seen_at
            assert (row.opened_at, seen) == (w.opened, w.last_seen)
            ends = [None if pd.isna(t) else t for t in (row.seen_not_before, row.missed_at, row.withdrawn_at)]
            assert ends == [w.not_before, w.missed, w.withdrawn]
            items[row.item_id] = (row.source, row.ref)
        assert not windows
        expected = {(w.source, str(w.number), w.window, *times) for w in follow(looks) for times in w.absences}
        found = {(*items[row[0]], *row[1:]) for row in frames.absences.itertuples(index=False, name=None)}
        assert found == expected

    holds()


def store(engine: Engine, looks: list[Look], order: int) -> None:
    arrived = list(looks)
    random.Random(order).shuffle(arrived)
    for look in arrived:
        source = a_source(slug=look.source, kind=KINDS[look.source], country=COUNTRIES[look.source])
        listed = [a_programme(str(n), delivery=fact, words=f"{n} {fact}") for n, fact in look.seen.items()]
        outcome = Outcome.OK if look.complete else Outcome.PARTIAL
        Told(engine, source).run(f"{look.at:%Y-%m-%dT%H:%M}", *listed, outcome=outcome)


def test_times_are_aware(told: Told):
    tell(told)
    frames = trend_frames(told.engine, definition="eu_2022")
    assert frames.listings["opened_at"].iloc[0] == at("2024-01-01")
    moment: datetime = frames.absences["missed_at"].iloc[0].to_pydatetime()
    assert moment.tzinfo is not None
