"""Kind, country and role of a printed organisation, and the examples that stand beside the rules."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from organisation_examples import WORLD, known, one

from classify.organisation_kinds import country_of, kind_of
from classify.organisation_names import table
from classify.organisations import known_organisations
from models.classification import Unread
from models.records import OrganisationRole, Programme
from models.vocab import vocabulary


def test_roles_stay_apart_and_in_order() -> None:
    printed = (
        OrganisationRole(role="taught_by", name="University of Leeds"),
        OrganisationRole(role="awarded_by", name="Coursera"),
        OrganisationRole(role="developed_by", name="IBM"),
        OrganisationRole(role="listed_on", name="Coursera", kind="institution", country="FR"),
    )
    found = known(*printed)
    assert [(each.role, each.name, each.kind, each.country) for each in found] == [
        ("taught_by", "University of Leeds", "institution", "GB"),
        ("awarded_by", "Coursera", "platform", "US"),
        ("developed_by", "IBM", "employer", "US"),
        ("listed_on", "Coursera", "platform", "US"),
    ]


def test_a_platform_that_makes_programmes_of_its_own_is_a_company_where_it_makes_them() -> None:
    found = known(*(OrganisationRole(role=role, name="Udacity") for role in vocabulary("role")))
    assert {each.role: each.kind for each in found} == {
        "developed_by": "employer",
        "taught_by": "employer",
        "awarded_by": "employer",
        "listed_on": "platform",
    }
    assert {each.entity.kind for each in found if each.entity} == {"platform"}


@pytest.mark.parametrize(
    ("name", "kind", "country"),
    [
        ("Coursera", "platform", "US"),
        ("FUN-MOOC", "platform", "FR"),
        ("K-MOOC", "platform", "KR"),
        ("JV-Campus", "platform", "JP"),
        ("ECIU University", "consortium", "NL"),
        ("Nova Academy", "consortium", "BE"),
        ("HESAM Université", "consortium", "FR"),
        ("The World Bank Group", "government", None),
        ("UNESCO", "government", None),
        ("Le Ministère de l'Enseignement Supérieur, de la Recherche et de l'Innovation", "government", "FR"),
        ("The Museum of Modern Art", "association", "US"),
        ("The Royal College of Physicians", "association", "GB"),
        ("Goldman Sachs", "employer", "US"),
        ("Curtis Institute of Music", "institution", "US"),
    ],
)
def test_kind_and_country_are_those_of_the_entity(name: str, kind: str, country: str | None) -> None:
    found = one(name)
    assert (found.kind, found.country) == (kind, country)


def test_what_the_source_says_outweighs_the_name() -> None:
    found = one("Example University", kind="employer", country="NZ")
    assert (found.entity, found.kind, found.country) == (None, "employer", "NZ")
    assert found.evidence is not None
    assert found.evidence.rule == "stated"


def test_what_the_name_says_where_nothing_else_is_known() -> None:
    found = one("Keystone University of Finland")
    assert (found.entity, found.kind, found.country) == (None, "institution", "FI")
    assert found.evidence is not None
    assert (found.evidence.rule, found.evidence.words) == ("words-institution", "Keystone University of Finland")


def test_what_no_rule_knows_is_unread_once() -> None:
    printed = [OrganisationRole(role=role, name="Wychwolf.com") for role in ("taught_by", "awarded_by")]
    printed += [OrganisationRole(role="taught_by", name=name) for name in ("Farm School", "University of Leeds")]
    programme = Programme(ref="1", kind="course", title="Knots", organisations=tuple(printed))
    found, unread = known_organisations(programme, WORLD)
    assert unread == (Unread(table="organisation", words="Wychwolf.com"),)
    assert [(each.entity, each.kind, each.country, each.evidence) for each in found[:2]] == [(None,) * 4] * 2
    assert known_organisations(Programme(ref="1", kind="course", title=None), WORLD) == ((), ())


KIND_ROWS = [(row, example) for row in table("kinds.toml")["rule"] for example in row["examples"]]
COUNTER_ROWS = [(row, example) for row in table("kinds.toml")["rule"] for example in row["counterexamples"]]


@pytest.mark.parametrize(("row", "example"), KIND_ROWS, ids=[example for _, example in KIND_ROWS])
def test_examples_of_the_kind_rules_hold(row: Mapping[str, str], example: str) -> None:
    rule = kind_of(example)
    assert rule is not None
    assert rule.id == row["id"]


@pytest.mark.parametrize(("row", "example"), COUNTER_ROWS, ids=[example for _, example in COUNTER_ROWS])
def test_counterexamples_of_the_kind_rules_hold(row: Mapping[str, str], example: str) -> None:
    rule = kind_of(example)
    assert rule is None or rule.id != row["id"]


@pytest.mark.parametrize(
    ("name", "country"),
    [
        ("Open University of Finland", "FI"),
        ("Universidad Católica de Chile", "CL"),
        ("Torrens University Australia", "AU"),
        ("University of New Mexico", None),
        ("University of Georgia", None),
        ("Indiana University", None),
        ("Australian Catholic University", None),
        ("Canada", None),
    ],
)
def test_countries_at_the_end_of_a_name(name: str, country: str | None) -> None:
    assert country_of(name) == country
