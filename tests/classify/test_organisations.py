"""Which organisation a printed name is: examples read by a person, traps, the shipped table and its refresh."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_runs import a_source

from classify.organisation_kinds import country_of, is_unit, kind_of
from classify.organisation_names import folded, table
from classify.organisation_table import records
from classify.organisations import find_names, known_organisations
from models.classification import KnownOrganisation, Unread
from models.records import Format, OrganisationRole, Programme, Source
from models.vocab import vocabulary


def source(kind: str = "commercial_platform", country: str = "US", **facts: object) -> Source:
    start = ("https://www.catalogue.example/",)
    declared = {"slug": "example", "kind": kind, "country": country, "formats": (Format(platform=None, start=start),)}
    return a_source(**declared, **facts)


WORLD = source()


def known(*printed: OrganisationRole, on: Source = WORLD) -> tuple[KnownOrganisation, ...]:
    return known_organisations(Programme(ref="1", kind="course", title="Knots", organisations=printed), on)[0]


def one(name: str, on: Source = WORLD, **facts: str) -> KnownOrganisation:
    return known(OrganisationRole(**{"role": "taught_by", "name": name, **facts}), on=on)[0]


def entity_id(organisation: KnownOrganisation) -> str | None:
    return organisation.entity.id if organisation.entity else None


def national(country: str) -> Source:
    return source("government_platform", country)


# --------------------------------------------------------------------------------------
# Names that are an entity
# --------------------------------------------------------------------------------------

TARTU = "ee-university-of-tartu"
MIT = "us-massachusetts-institute-of-technology"


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


# --------------------------------------------------------------------------------------
# Kind, country and role
# --------------------------------------------------------------------------------------


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


# --------------------------------------------------------------------------------------
# Running text
# --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Created by the University of Leeds and IBM.", ["gb-university-of-leeds: University of Leeds", "us-ibm: IBM"]),
        ("by The Open University", ["gb-open-university: The Open University"]),
        ("mit dem Kurs, sap in trees, who should attend: WHO", []),
        ("Google’s tools at MIT's lab", ["us-google: Google", f"{MIT}: MIT"]),
        ("Gradle, Google", ["us-gradle: Gradle", "us-google: Google"]),
        ("Lyft, AT&T, 23andMe", ["us-lyft: Lyft", "us-at-and-t: AT&T", "us-23andme: 23andMe"]),
        ("from edX and deeplearning.ai", ["us-edx: edX", "us-deeplearning-ai: deeplearning.ai"]),
        ("iMooX, eCornell", ["at-imoox: iMooX", "us-cornell-university: eCornell"]),
        ("a game in Unity, an apple, an orange, Unity is strength", []),
        ("Goldsmiths, University of London", ["gb-goldsmiths-university-of-london: Goldsmiths, University of London"]),
        (
            "Bill and Melinda Gates Foundation",
            ["us-bill-and-melinda-gates-foundation: Bill and Melinda Gates Foundation"],
        ),
        ("St. Petersburg State University", ["ru-saint-petersburg-state-university: St. Petersburg State University"]),
        ("Oxford University Press; Oxford University", ["gb-university-of-oxford: Oxford University"]),
        ("Only Oxford University Press", []),
        ("the Technical University of Leeds", []),
        ("Open University of Nowhere", []),
        ("he left the University. Leeds is nice", []),
        ("the open university of leeds", []),
        ("l'Université de Lorraine", ["fr-universite-de-lorraine: Université de Lorraine"]),
        ("de l’Institut Pasteur", ["fr-institut-pasteur: Institut Pasteur"]),
        ("Kooperation der Universität Leipzig mit", ["de-leipzig-university: Universität Leipzig"]),
        ("慶應義塾大学と北京大学生", ["jp-keio-university: 慶應義塾大学"]),
        ("고려대학교에서, 남서울대학교", ["kr-korea-university: 고려대학교"]),
        ("Tartu Ülikool ja TalTech", [f"{TARTU}: Tartu Ülikool", "ee-tallinn-university-of-technology: TalTech"]),
        ("", []),
    ],
)
def test_names_in_running_text(text: str, expected: list[str]) -> None:
    assert [f"{entity.id}: {words}" for entity, words in find_names(text)] == expected


def test_an_entity_is_found_once_and_long_hostile_text_is_no_harm() -> None:
    assert len(find_names("Google and IBM and Google Cloud. " * 600)) == 2
    for hostile in (
        "University of " * 1_400,
        "A" * 20_000,
        "The'" * 5_000,
        "大学" * 10_000,
        "a.a." * 5_000,
        "& " * 10_000,
    ):
        assert find_names(hostile) == ()
        one(hostile)


# --------------------------------------------------------------------------------------
# Properties
# --------------------------------------------------------------------------------------

NAMES = st.one_of(
    st.text(max_size=60),
    st.sampled_from([name for record in records() for name in record.names]),
    st.lists(
        st.sampled_from(
            ["University", "of", "Leeds", "(", ")", ",", "X", "GmbH", "S.A.", "MIT", "Dept", "大学", "the"]
        ),
        max_size=7,
    ).map(" ".join),
)
PRINTED = st.builds(
    OrganisationRole,
    role=st.sampled_from(sorted(vocabulary("role"))),
    name=NAMES,
    kind=st.sampled_from([None, *sorted(vocabulary("organisation_kind"))]),
    country=st.sampled_from([None, "GB", "FR", "??"]),
    url=st.one_of(st.none(), st.text(max_size=30), st.sampled_from(["https://www.uib.no/x", "//[", "https://mit.edu"])),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(PRINTED, max_size=4), st.sampled_from([WORLD, national("FR"), source("institution", "GB")]))
def test_every_value_stands_on_printed_words(printed: list[OrganisationRole], on: Source) -> None:
    programme = Programme(ref="1", kind="course", title="Knots", organisations=tuple(printed))
    found, unread = known_organisations(programme, on)
    assert known_organisations(programme, on) == (found, unread)
    assert [(each.role, each.name) for each in found] == [(each.role, each.name) for each in printed]
    for each, organisation in zip(found, printed, strict=True):
        assert each.kind is None or each.kind in vocabulary("organisation_kind")
        assert (each.evidence is not None) == (
            each.kind is not None or each.country is not None or each.entity is not None
        )
        if each.evidence is not None:
            field = f"organisations.{each.role}"
            fields = {field: organisation.name, f"{field}.url": organisation.url or ""}
            assert each.evidence.words in fields[each.evidence.field]
            assert 0 < each.evidence.confidence <= 1
    assert {each.words for each in unread} == {each.name for each in found if not each.entity and not each.kind}


@settings(max_examples=150, deadline=None)
@given(st.lists(st.one_of(NAMES, st.sampled_from(["by", "and", ",", ".", "The", "'s"])), max_size=8).map(" ".join))
def test_names_found_stand_in_the_text(text: str) -> None:
    found = find_names(text)
    assert all(words in text for _, words in found)
    assert len({entity.id for entity, _ in found}) == len(found)


@given(st.text(max_size=80))
def test_folding_is_idempotent_for_names_without_legal_forms(text: str) -> None:
    once = folded(text)
    assert folded(once) in {once, *(once.rsplit(" ", count)[0] for count in range(1, 6))}
