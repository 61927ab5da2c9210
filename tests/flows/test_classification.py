"""What rules make of facts, stored beside them: with each run, and anew from the database when rules change."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from small_runs import a_programme, a_source, at, harvest_of
from sqlalchemy import Engine, text

from classify.classes import DEFAULT_DEFINITION as DEFAULT_OF_RULES
from classify.classes import definitions
from flows.classifying import Rules, reclassify
from flows.explaining import NotOneProgramme, as_json, explained, heading, reasons
from flows.observatory import Observatory
from flows.problems import listed
from flows.replay import replay
from flows.settings import Settings
from models.classification_tables import DEFAULT_DEFINITION
from models.queries import read_sql
from models.records import Judgement, OrganisationRole, Outcome, PriceFacts, Programme
from models.store import Store
from models.vocab import vocabulary
from scrapers.archive import Archive

EXAMPLES = Path(__file__).parents[1] / "sources"
DERIVED = (
    "programme_classification", "offering_classification", "development_evidence_entry", "programme_organisation",
    "unread_word", "organisation_entity", "offering_summary", "programme_listed", "organisation_listed",
)  # fmt: skip
TARTU = OrganisationRole(role="taught_by", name="Tartu Ülikool")


@pytest.fixture
def observatory(engine: Engine, tmp_path: Path) -> Observatory:
    settings = Settings(data_dir=tmp_path, _env_file=None)
    return Observatory(settings=settings, engine=engine, store=Store(engine), archive=Archive(tmp_path / "archive"))


def rows(engine: Engine, sql: str) -> list[tuple[Any, ...]]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(sql))]


def derived(engine: Engine) -> dict[str, list[tuple[Any, ...]]]:
    return {name: sorted(rows(engine, f"select * from {name}"), key=repr) for name in DERIVED}


def store(observatory: Observatory, when: str, *programmes: Programme, classified: bool = True) -> None:
    source = a_source(slug="coursera", kind="commercial_platform", country="US")
    observatory.store.record_run(
        source, at(when), harvest_of(at(when), programmes), Judgement(outcome=Outcome.OK), started_at=at(when),
        finished_at=at(when), code_version="1", classifier=Rules(source) if classified else None,
    )  # fmt: skip


def test_every_example_is_classified_with_its_run_and_the_same_from_the_database(observatory: Observatory):
    """The facts read back give what the facts just read gave: nothing of a programme is lost on the way."""
    for slug in (
        "coursera",
        "cornwall_college",
        "fun_mooc",
        "nova_academy",
        "nzqa",
        "tartu",
        "mit_sloan",
        "credly_aws",
    ):
        replay(observatory, EXAMPLES / slug, accept=True)
    stored = derived(observatory.engine)
    count = rows(observatory.engine, "select count(*) from programme_facts")[0][0]
    assert count > 10
    assert len(stored["programme_classification"]) == count
    assert stored["development_evidence_entry"]
    assert stored["organisation_entity"]

    with observatory.engine.begin() as connection:
        for name in ("programme_classification", "offering_classification"):
            connection.execute(text(f"update {name} set rules_version = 'of an earlier day'"))
    done = reclassify(observatory)
    assert sum(done.values()) == count + len(stored["offering_classification"])
    assert derived(observatory.engine) == stored
    assert reclassify(observatory) == {}


def test_facts_stored_without_rules_are_classified_later(observatory: Observatory):
    store(observatory, "2024-01-01", a_programme("a", organisations=(TARTU,)), classified=False)
    shown = "select mc_class, development_modes from programme_current"
    assert rows(observatory.engine, shown) == [(None, None)]
    assert reclassify(observatory, ["coursera"]) == {"coursera": 1}
    [(mc_class, modes)] = rows(observatory.engine, shown)
    assert (mc_class, json.loads(modes)) == ("course_only", ["partner_commercial_platform"])


def test_a_price_is_in_euro_at_the_day_of_the_earliest_look(observatory: Observatory):
    dollars = PriceFacts(price_type="paid", price_amount=109.21, price_amount_max=109.21, price_currency="USD")
    shown = "select price_eur, eur_rate, cast(eur_rate_date as text) from programme_current"
    store(observatory, "2024-03-01", a_programme("a", dollars, words="a"))
    [(later, rate, day)] = rows(observatory.engine, shown)
    assert (day, rate) == ("2024-03-01", 1.0813)
    # A look that was kept elsewhere comes in late: it read the same facts earlier.
    store(observatory, "2024-01-05", a_programme("a", dollars, words="a"))
    assert rows(observatory.engine, shown) == [(100.0, 1.0921, "2024-01-05")]
    assert later != 100.0


def test_evidence_stands_beside_each_mode(observatory: Observatory):
    store(observatory, "2024-01-01", a_programme("a", organisations=(TARTU,)))
    evidence = rows(
        observatory.engine, "select ref, mode, rule, field, evidence, confidence, is_current from development_evidence"
    )
    [(ref, mode, rule, field, words, confidence, current)] = evidence
    assert (ref, mode, field, bool(current)) == ("a", "partner_commercial_platform", "organisations.taught_by", True)
    assert "Tartu Ülikool" in words
    assert rule
    assert 0 < confidence <= 1


def test_spellings_are_one_organisation(observatory: Observatory):
    names = ("Tartu Ülikool", "University of Tartu", "Univ. of Tartu", "Qwerty Zzyx")
    programmes = [a_programme(n, organisations=(OrganisationRole(role="taught_by", name=n),)) for n in names]
    store(observatory, "2024-01-01", *programmes)
    shown = rows(
        observatory.engine,
        "select organisation_id, name, kind, country, spellings, taught_by from organisation order by spellings desc",
    )
    assert shown == [
        ("ee-university-of-tartu", "University of Tartu", "institution", "EE", 3, 3),
        ("as printed: Qwerty Zzyx", "Qwerty Zzyx", None, None, 1, 1),
    ]
    roles = rows(observatory.engine, "select name_as_printed, organisation_id, ror from role_current order by ref")
    assert ("Tartu Ülikool", "ee-university-of-tartu", "03z77qz90") in roles


def test_organisations_are_counted_as_programmes_come_change_and_go(observatory: Observatory):
    shown = "select organisation_id, spellings, taught_by, listed_on from organisation order by organisation_id"
    tartu = OrganisationRole(role="taught_by", name="University of Tartu")
    guild = OrganisationRole(role="taught_by", name="Qwerty Zzyx")
    seat = OrganisationRole(role="listed_on", name="Qwerty Zzyx")
    both = a_programme("a", organisations=(TARTU, tartu, seat))
    store(observatory, "2024-01-01", both, a_programme("b", organisations=(TARTU,)), classified=False)
    assert rows(observatory.engine, shown) == [
        ("as printed: Qwerty Zzyx", 1, 0, 1), ("as printed: Tartu Ülikool", 1, 2, 0),
        ("as printed: University of Tartu", 1, 1, 0),
    ]  # fmt: skip
    reclassify(observatory)
    named = [("as printed: Qwerty Zzyx", 1, 0, 1), ("ee-university-of-tartu", 2, 2, 0)]
    assert rows(observatory.engine, shown) == named
    store(observatory, "2024-01-08", both)
    assert rows(observatory.engine, shown) == named, "b is missing once, and still counted"
    store(observatory, "2024-01-15", both, a_programme("c", 7, organisations=(guild,)))
    assert rows(observatory.engine, shown) == [
        ("as printed: Qwerty Zzyx", 1, 1, 1), ("ee-university-of-tartu", 2, 1, 0),
    ]  # fmt: skip
    store(observatory, "2024-01-22", a_programme("a", organisations=(guild,), words="others"))
    assert rows(observatory.engine, shown) == [("as printed: Qwerty Zzyx", 1, 2, 0)]


def test_what_no_rule_knows_is_counted_with_the_way_to_teach_it(observatory: Observatory):
    guild = OrganisationRole(role="taught_by", name="Qwerty Zzyx")
    pesos = PriceFacts(price_type="paid", price_amount=9e4, price_amount_max=9e4, price_currency="CLP")
    programmes = [
        a_programme(ref, pesos, words=ref, organisations=(guild,), subjects=("zzz-unheard-of",)) for ref in ("a", "b")
    ]
    store(observatory, "2024-01-01", *programmes)
    grouped = {row["words"]: row for row in listed(observatory, "coursera", None, grouped=True)}
    assert grouped["Qwerty Zzyx"]["listings"] == 2
    assert grouped["Qwerty Zzyx"]["add"] == ("microcred sources lookup coursera organisation 'Qwerty Zzyx' VALUE")
    assert grouped["zzz-unheard-of"]["add"] == "microcred sources lookup coursera field zzz-unheard-of VALUE"
    assert (grouped["CLP"]["code"], grouped["CLP"]["add"]) == ("no_rate", None)
    assert len(listed(observatory, None, "no_rate", grouped=False)) == 2
    assert listed(observatory, "another", None, grouped=False) == []


def test_a_programme_is_explained_by_any_of_its_names(observatory: Observatory):
    store(observatory, "2024-01-01", a_programme("a/1", organisations=(TARTU,)), a_programme("b"))
    for words in ("coursera/a/1", "a/1", "https://alpha.example/a/1", "course A/1"):
        found, made = explained(observatory, words)
        assert found.programme.ref == "a/1"
    assert "Course a/1" in heading(found)
    told = {row["about"]: row for row in reasons(found.programme, made)}
    assert told["developed"]["value"] == "partner_commercial_platform"
    assert told["taught_by"]["value"] == "University of Tartu [ee-university-of-tartu], institution, EE"
    assert as_json(found, made)["organisations"][0]["entity"]["id"] == "ee-university-of-tartu"
    with pytest.raises(NotOneProgramme, match="2 programmes are called so"):
        explained(observatory, "Course")
    with pytest.raises(NotOneProgramme, match="no programme is called"):
        explained(observatory, "nothing of the kind")


def test_definitions_are_those_of_the_vocabulary():
    assert [definition.id for definition in definitions()] == list(vocabulary("definition"))
    assert DEFAULT_DEFINITION == DEFAULT_OF_RULES


def test_the_view_shows_the_class_under_every_definition(observatory: Observatory):
    store(observatory, "2024-01-01", a_programme("a"))
    frame = read_sql(observatory.engine, "select * from programme_current")
    for name in vocabulary("definition"):
        assert frame.loc[0, f"mc_class_{name}"] in vocabulary("mc_class")
    assert frame.loc[0, "mc_class"] == frame.loc[0, f"mc_class_{DEFAULT_DEFINITION}"]
