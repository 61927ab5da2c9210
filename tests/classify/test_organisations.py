"""Which organisation a printed name is: examples read by a person, traps, hosts, lookups, units."""

from __future__ import annotations

import pytest
from organisation_examples import MIT, TARTU, WORLD, entity_id, known, national, one, source

from classify.organisation_kinds import is_unit
from models.records import OrganisationRole

# --------------------------------------------------------------------------------------
# Names that are an entity
# --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Univ. of Tartu", TARTU),
        ("Tartu Ülikool", TARTU),
        ("University of Tartu", TARTU),
        ("TARTU ULIKOOL", TARTU),
        ("The Open University", "gb-open-university"),
        ("Open Universiteit", "nl-open-universiteit"),
        (
            "Korea Advanced Institute of Science and Technology(KAIST)",
            "kr-korea-advanced-institute-of-science-and-technology",
        ),
        ("UEA (University of East Anglia)", "gb-university-of-east-anglia"),
        ("UNSW Sydney (The University of New South Wales)", "au-unsw-sydney"),
        ("Ludwig-Maximilians-Universität München (LMU)", "de-ludwig-maximilians-universitat-munchen"),
        ("London School of Hygiene and Tropical Medicine", "gb-london-school-of-hygiene-and-tropical-medicine"),
        ("Universite de Lorraine", "fr-universite-de-lorraine"),
        ("Le Cnam", "fr-conservatoire-national-des-arts-et-metiers"),
        ("ComUE d’Aquitaine", "fr-comue-d-aquitaine"),
        ("Université de Lille 1, Sciences et technologies", "fr-universite-lille-1"),
        ("MongoDB Inc.", "us-mongodb"),
        ("Siemens AG", "de-siemens"),
        ("(ISC)²", "us-isc-2"),
        ("D&AD", "gb-d-and-ad"),
        ("AT&T", "us-at-and-t"),
        ("Xi'an Jiaotong University", "cn-xi-an-jiaotong-university"),
        ("慶應義塾大学", "jp-keio-university"),
        ("서울대학교", "kr-seoul-national-university"),
        ("Национальный исследовательский ядерный университет «МИФИ»", "ru-national-research-nuclear-university-mephi"),
        ("MIT xPRO", MIT),
        ("MIT Sloan School of Management", MIT),
        ("The Wharton School", "us-university-of-pennsylvania"),
        ("Saïd Business School", "gb-university-of-oxford"),
        ("Google Career Certificates", "us-google"),
        ("Cresça com o Google", "us-google"),
        ("Blacks at Microsoft", "us-microsoft"),
        ("openSAP", "de-sap"),
        ("Paris Diderot", "fr-universite-paris-diderot"),
        ("Facebook", "us-meta"),
    ],
)
def test_a_name_in_any_of_its_forms_is_one_entity(name: str, expected: str) -> None:
    found = one(name)
    assert entity_id(found) == expected
    assert found.evidence is not None
    assert (found.evidence.rule, found.evidence.field, found.evidence.words) == (
        "alias",
        "organisations.taught_by",
        name,
    )


@pytest.mark.parametrize(
    ("name", "expected", "rule"),
    [
        ("MITx", MIT, "alias"),
        ("UC BerkeleyX", "us-university-of-california-berkeley", "alias"),
        ("SmithX", "us-smith-college", "alias"),
        ("TrinityX", "us-trinity-college-connecticut", "alias"),
        ("Amnesty InternationalX", "gb-amnesty-international", "alias"),
        ("UppsalaUniversityX", None, None),
        ("Uppsala UniversityX", "se-uppsala-university", "edx-code"),
        ("KAISTx", "kr-korea-advanced-institute-of-science-and-technology", "alias"),
        ("EPFLx", "ch-ecole-polytechnique-federale-de-lausanne", "alias"),
        ("Universidad Lux", None, "words-institution"),
    ],
)
def test_codes_of_edx(name: str, expected: str | None, rule: str | None) -> None:
    found = one(name)
    assert entity_id(found) == expected
    assert (found.evidence.rule if found.evidence else None) == rule


@pytest.mark.parametrize(
    "name",
    [
        "University of Nowhere",
        "UW",
        "CMU",
        "IPN",
        "Victoria University",
        "Queen's University",
        "Northeastern University (China)",
        "Hogeschool voor de Kunsten Utrecht (HKU)",
        "University of Leeds (University of Kent)",
        "Universidad de Los Lagos",
        "Oxford University Press",
        "Medical University of Leeds",
        "X",
        "",
        "the",
    ],
)
def test_a_name_that_may_be_another_is_none(name: str) -> None:
    assert one(name).entity is None


@pytest.mark.parametrize(
    ("name", "country", "expected"),
    [
        ("UW", "PL", "pl-university-of-warsaw"),
        ("UW", "US", "us-university-of-washington"),
        ("CMU", "TH", "th-chiang-mai-university"),
        ("IPN", "MX", "mx-instituto-politecnico-nacional"),
        ("INA", "PT", "pt-instituto-nacional-de-administracao"),
        ("UAb", "PT", "pt-universidade-aberta"),
        ("UniSA", "AU", "au-university-of-south-australia"),
        ("UniSA", "ZA", "za-university-of-south-africa"),
        ("Victoria University", "AU", "au-victoria-university-australia"),
        ("Université de Palermo", "IT", "it-university-of-palermo"),
    ],
)
def test_the_country_of_a_national_catalogue_tells_who_is_meant(name: str, country: str, expected: str) -> None:
    assert entity_id(one(name, on=national(country))) == expected
    assert entity_id(one(name, country=country)) == expected
    # A catalogue for the world says nothing about where its partners are.
    assert entity_id(one(name, on=source("commercial_platform", country))) != expected


def test_a_name_of_two_countries_says_which_rule_told_them_apart() -> None:
    found = one("UniSA", on=national("ZA"))
    assert found.evidence is not None
    assert found.evidence.rule == "alias-in-country"
    assert one("UniSA").entity is None


def test_letters_tell_apart_what_folding_makes_one() -> None:
    assert entity_id(one("Universidad de Palermo")) == "ar-universidad-de-palermo"
    assert entity_id(one("Università di Palermo")) == "it-university-of-palermo"
    assert entity_id(one("Université du Maine")) == "fr-le-mans-universite"
    assert entity_id(one("University of Maine")) == "us-university-of-maine"


def test_companies_and_platforms_are_at_home_in_many_countries() -> None:
    assert (one("IBM", country="DE").country, one("Coursera", country="FR").country) == ("US", "US")


def test_a_printed_country_that_is_another_forbids_the_match() -> None:
    found = one("York University", country="GB")
    assert (found.entity, found.kind, found.country) == (None, "institution", "GB")


# --------------------------------------------------------------------------------------
# Hosts, lookups, units
# --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://www.uib.no/en/node/36362", "no-university-of-bergen"),
        ("http://WWW.HUMANITIES.OX.AC.UK/", "gb-university-of-oxford"),
        ("https://www.andersen.sdu.dk/index_e.html", "dk-university-of-southern-denmark"),
        ("https://notuib.no/", None),
        ("https://www.credly.com/org/example", None),
        ("https://www.linkedin.com/company/example", None),
        ("https://sites.google.com/view/example", None),
        ("http://[broken", None),
        ("uib.no", None),
    ],
)
def test_the_host_of_the_organisations_own_address(url: str, expected: str | None) -> None:
    found = one("Example Circle", url=url)
    assert entity_id(found) == expected
    if expected:
        assert found.evidence is not None
        assert (found.evidence.rule, found.evidence.field) == ("domain", "organisations.taught_by.url")
        assert found.evidence.words == url


def test_a_page_of_the_catalogue_is_no_address_of_the_organisation() -> None:
    own = "https://www.jyu.fi/partners/example"
    assert entity_id(one("Example Circle", url=own)) == "fi-university-of-jyvaskyla"
    assert one("Example Circle", on=source("consortium", "FI", hosts=("www.jyu.fi",)), url=own).entity is None


def test_a_host_in_another_country_than_printed_is_no_match() -> None:
    assert one("Example Circle", url="https://www.uib.no/", country="SE").entity is None


def test_the_name_outweighs_the_host() -> None:
    assert entity_id(one("University of Leeds", url="https://www.uib.no/")) == "gb-university-of-leeds"


def test_the_lookup_of_the_source_outweighs_all() -> None:
    lookups = {"organisation": {"uni leeds": TARTU, "Ours": TARTU, "Broken": "ee-no-such-entity"}}
    on = source(lookups=lookups)
    for name in ("Uni  Leeds", "Ours", "ours"):
        found = one(name, on=on)
        assert entity_id(found) == TARTU
        assert found.evidence is not None
        assert (found.evidence.rule, found.evidence.confidence) == ("source-lookup", 1.0)
    assert one("Broken", on=on).entity is None


def test_a_unit_belongs_to_the_institution_whose_catalogue_prints_it() -> None:
    here = source("institution", "EE")
    catalogue = OrganisationRole(role="listed_on", name="Tallinn University")
    for unit in ("School of Educational Sciences", "Haridusteaduste instituut", "Department for Continuing Education"):
        found = known(OrganisationRole(role="taught_by", name=unit, kind="institution"), catalogue, on=here)[0]
        assert entity_id(found) == "ee-tallinn-university"
        assert found.evidence is not None
        assert found.evidence.rule == "unit-of-catalogue"
        assert known(OrganisationRole(role="taught_by", name=unit), catalogue, on=WORLD)[0].entity is None
    for other in ("School of Law, University of Nowhere", "Nowhere University", "Farm School"):
        assert known(OrganisationRole(role="taught_by", name=other), catalogue, on=here)[0].entity is None


def test_a_unit_belongs_to_the_institution_after_the_comma() -> None:
    found = one("Department of Physics, University of Leeds")
    assert entity_id(found) == "gb-university-of-leeds"
    assert found.evidence is not None
    assert found.evidence.rule == "unit-of"
    assert one("Friends of Physics, University of Leeds").entity is None


@pytest.mark.parametrize(
    "name", ["Faculty of Science", "Humanities Division", "Department of History", "Õigusteaduskond"]
)
def test_units(name: str) -> None:
    assert is_unit(name) is (name != "Õigusteaduskond")
