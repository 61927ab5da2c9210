"""Views and questions give the same answers on both databases, and nothing can be written through them."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest
from small_runs import Told, a_programme, a_source, at
from sqlalchemy import Engine, text

from models.queries import (
    QueryRefused,
    last_good_looks,
    read_sql,
    run_log,
    source_health,
    stored_snapshots,
    trend_frame,
    trend_frames,
)
from models.records import Offering, OrganisationRole, Outcome
from models.views import VIEWS
from trends.method import coverage, snapshot


@pytest.fixture
def observed(told: Told) -> Told:
    """Three looks at one source and one at another that cannot list everything."""
    maker = OrganisationRole(role="developed_by", name="Uni Ü", kind="institution", country="NL")
    awarder = OrganisationRole(role="awarded_by", name="Uni Ü", kind="institution", country="NL")
    second = OrganisationRole(role="awarded_by", name="Another")
    spring = Offering(ref="1", start_date=date(2024, 4, 1), start_is_unscheduled=False)
    rich = a_programme("a", languages=("nl", "en"), organisations=(maker, awarder, second), ects=3.0, eqf_level=6,
                       offerings=(spring,), statements={"assessment": "schriftlich – 100 %"})  # fmt: skip
    told.run("2024-01-01", rich, "b")
    told.run("2024-01-08", rich, a_programme("c", None))
    told.run("2024-01-15", rich, outcome=Outcome.SUSPECT, reason="one of two gone")
    beta = Told(told.engine, a_source(slug="beta", kind="register", country="BE", complete=False))
    beta.run("2024-01-10", "x", outcome=Outcome.PARTIAL, reason="the source cannot list everything")
    return told


def test_every_view_has_its_columns_with_their_texts(engine: Engine):
    with engine.connect() as connection:
        for view in VIEWS.values():
            assert list(connection.execute(text(f"select * from {view.name}")).keys()) == list(view.columns)
            assert view.comment
            assert all(view.columns.values())
    assert list(VIEWS) == [
        "programme_current", "programme_history", "offering_current", "credential", "credential_current",
        "credential_link_current", "organisation", "role_current", "development_evidence", "open_problem", "run_log",
        "source_health", "trend",
    ]  # fmt: skip


def test_programmes_listed_now(observed: Told):
    frame = read_sql(observed.engine, "select * from programme_current order by source, ref")
    assert frame["ref"].tolist() == ["a", "b", "c", "x"]
    assert frame["listing_state"].tolist() == ["live", "missing", "live", "live"]
    assert frame["last_seen_at"].tolist() == [at("2024-01-08"), at("2024-01-01"), at("2024-01-08"), at("2024-01-10")]
    first = frame.iloc[0]
    assert first["languages"] == '["nl", "en"]'
    assert first["statements"] == '{"assessment": "schriftlich – 100 %"}'
    assert (first["developed_by"], first["awarded_by"], first["taught_by"]) == ("Uni Ü", "Uni Ü", None)
    assert (first["ects"], first["eqf_level"], first["complete"]) == (3.0, 6, True)
    assert frame["price_amount"].tolist()[1] == 100.0
    assert frame["eqf_level"].tolist()[1] is None


def test_offerings_organisations_and_credentials(observed: Told):
    assert read_sql(observed.engine, "select ref, start_date, start_is_unscheduled from offering_current").to_dict(
        orient="records"
    ) == [{"ref": "1", "start_date": date(2024, 4, 1), "start_is_unscheduled": False}]
    assert observed.rows("select name, country, developed_by, awarded_by from organisation order by name") == [
        ("Another", None, 0, 1), ("Uni Ü", "NL", 1, 1),
    ]  # fmt: skip
    assert observed.rows("select ref, awarded_by, listings from credential_current order by ref") == [
        ("a", "Uni Ü", 1), ("b", None, 1), ("c", None, 1), ("x", None, 1),
    ]  # fmt: skip
    assert observed.rows("select * from development_evidence") == []


def test_health_of_sources_and_the_log(observed: Told):
    health = source_health(observed.engine).set_index("source")
    assert health["last_outcome"].to_dict() == {"alpha": "suspect", "beta": "partial"}
    assert health["last_run_at"].to_dict() == {"alpha": at("2024-01-15"), "beta": at("2024-01-10")}
    assert health.loc["alpha", "last_good_look_at"] == at("2024-01-08")
    assert pd.isna(health.loc["beta", "last_good_look_at"])
    assert health[["live", "missing", "waiting"]].to_dict(orient="index") == {
        "alpha": {"live": 2, "missing": 1, "waiting": 1}, "beta": {"live": 1, "missing": 0, "waiting": 0},
    }  # fmt: skip
    assert health["reason"].to_dict()["alpha"] == "one of two gone"
    log = run_log(observed.engine)
    assert log["outcome"].tolist() == ["ok", "ok", "suspect", "partial"]
    assert log["by_kind"].tolist()[0] == '{"course": 2}'
    assert last_good_looks(observed.engine) == {"alpha": at("2024-01-08"), "beta": at("2024-01-10")}


def test_the_frames_fit_the_method(observed: Told):
    frames = trend_frames(observed.engine, definition="eu_2022")
    rows = snapshot(
        frames.listings, frames.offerings, frames.looks, frames.changes, as_of=date(2024, 1, 31),
        period_start=date(2024, 1, 2), definition="eu_2022", absences=frames.absences,
        offering_absences=frames.offering_absences,
    )  # fmt: skip
    of = (rows["unit"] == "listing") & (rows["population"] == "all") & (rows["panel"] == "all")
    total = rows[of & (rows["cut"] == "total")].set_index("measure")["value"]
    counts = ("stock", "missing", "baseline_entered", "new", "relisted", "withdrawn", "changed", "changed_items")
    # The look of the 8th had missed b; that of beta was no complete one, so what it saw is not called new.
    assert total[list(counts)].tolist() == [4, 1, 1, 1, 0, 0, 0, 0]
    covered = coverage(frames.looks, date(2024, 1, 31)).set_index("source")["state"].to_dict()
    assert covered == {"alpha": "stale", "beta": "missing"}


def test_an_empty_database_gives_empty_frames_that_can_be_measured(engine: Engine):
    assert trend_frame(engine).empty
    assert stored_snapshots(engine) == ()
    assert source_health(engine).empty
    assert last_good_looks(engine) == {}
    frames = trend_frames(engine, definition="eu_2022")
    rows = snapshot(
        frames.listings, frames.offerings, frames.looks, frames.changes, as_of=date(2024, 1, 31),
        period_start=date(2024, 1, 2), definition="eu_2022", absences=frames.absences,
        offering_absences=frames.offering_absences,
    )  # fmt: skip
    assert set(rows[rows["measure"] == "stock"]["value"]) == {0}


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("delete from run", "only one SELECT"),
        ("drop table run", "only one SELECT"),
        ("pragma query_only = off", "only one SELECT"),
        ("attach database 'x' as x", "only one SELECT"),
        ("", "only one SELECT"),
        ("select 1; delete from run", "one statement"),
        ("with gone as (select 1) delete from problem", "only read"),
        ("select nothing from nowhere", "does not understand"),
        ("select 'unfinished", "does not understand"),
    ],
)
def test_questions_that_are_refused(told: Told, sql: str, said: str):
    told.run("2024-01-01", "a")
    with pytest.raises(QueryRefused, match=said):
        read_sql(told.engine, sql)
    assert told.rows("select count(*) from run") == [(1,)]
    assert told.run("2024-01-08", "a").outcome is Outcome.OK


def test_questions_may_hold_what_drivers_take_for_placeholders(told: Told):
    told.run("2024-01-01", "a")
    sql = "-- one\n/* two */ select ref, ':x' as colon from programme_current where title like 'Course%';"
    assert told.rows(sql) == [("a", ":x")]
