"""Which organisation a printed name is: examples read by a person, traps, the shipped table and its refresh."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_runs import a_source

from classify.organisation_kinds import country_of, is_unit, kind_of
from classify.organisation_names import folded, table
from classify.organisation_table import by_id, by_name, read, records, shared_hosts, valid_ror, written
from classify.organisations import find_names, known_organisations
from classify.refresh_ror import main
from models.classification import KnownOrganisation, Unread
from models.records import Format, OrganisationRole, Programme, Source
from models.vocab import vocabulary
from normalise.countries import country_code
from scrapers.source import discover


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


# --------------------------------------------------------------------------------------
# The table
# --------------------------------------------------------------------------------------


@pytest.mark.parametrize("ror", ["03z77qz90", "042nb2s44", "0175hh227", "05mzfcs16", "00cv9y106"])
def test_checksums_of_ror_ids_hold(ror: str) -> None:
    assert valid_ror(ror)
    other = str((int(ror[-1]) + 1) % 10)
    assert not valid_ror(ror[:-1] + other)
    assert not valid_ror("1" + ror[1:])
    assert not valid_ror(ror.upper())
    assert not valid_ror(ror + "0")


def test_the_table_is_sound() -> None:
    ids = Counter(record.entity.id for record in records())
    rors = Counter(record.entity.ror for record in records() if record.entity.ror)
    domains = Counter(domain for record in records() for domain in record.domains)
    assert {*ids.values(), *rors.values(), *domains.values()} == {1}
    keys = set(table("sources.toml")) - {"date"}
    for record in records():
        entity = record.entity
        assert re.fullmatch(rf"{(entity.country or 'int').lower()}(-[a-z0-9]+)+", entity.id)
        assert entity.name.strip() == entity.name
        assert entity.kind in vocabulary("organisation_kind")
        assert entity.country is None or country_code(entity.country).value == entity.country
        assert entity.ror is None or valid_ror(entity.ror)
        assert all(re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+", domain) for domain in record.domains)
        assert not shared_hosts() & {*record.domains}
        assert all(folded(name) for name in record.names)
        assert len(set(record.names)) == len(record.names)
        assert record.source
        assert {each.partition(" ")[0] for each in record.source} <= keys
        # An id of the registry is never from memory alone.
        assert entity.ror is None or {each.partition(" ")[0] for each in record.source} - {
            "memory",
            "catalogue",
            "swot",
        }


def test_names_that_entities_share_are_known_and_no_more() -> None:
    shared = {name for name, bearers in by_name().items() if len(bearers) > 1 and not name.startswith("=")}
    assert shared == {
        *("cmu", "tu", "uab", "uib", "unisa", "upm", "uva", "uw"),
        *("open university", "university maine", "university palermo"),
    }


def test_the_table_is_written_as_it_is_read() -> None:
    assert read(written(records())) == records()
    with pytest.raises(ValueError, match="columns"):
        read("id,name\n")


def test_the_lists_of_names_name_what_is_there() -> None:
    names = {name for record in records() for name in record.names}
    lists = table("names.toml")
    assert set(lists["running_text"]["also"]) <= names
    assert not set(lists["running_text"]["also"]) & set(lists["running_text"]["never"])
    for platform in lists["platforms"]["own_programmes"]:
        assert by_id()[platform].kind == "platform"
    assert all(0 < share <= 1 for share in lists["confidence"].values())


@pytest.mark.parametrize("slug", sorted(discover()))
def test_every_organisation_that_a_source_declares_is_known(slug: str) -> None:
    declared = discover()[slug]
    rows = [row for form in declared.formats for row in form.options.get("organisations", ())]
    printed = tuple(OrganisationRole(**{**row, "country": row.get("country", declared.country)}) for row in rows)
    assert all(each.entity and each.country == declared.country for each in known(*printed, on=declared))


# --------------------------------------------------------------------------------------
# The refresh
# --------------------------------------------------------------------------------------

HEADER = "id,name,kind,country,ror,domains,aliases,source\n"
TABLE = HEADER + (
    "ee-example,Example University,institution,EE,,example.ee,Näidise Ülikool,memory\n"
    "fi-sample,Sample University,institution,FI,03z77qz90,sample.fi,,openapc|memory\n"
    "gb-first,First College,institution,GB,,,,memory\n"
    "gb-gone,Gone College,institution,GB,042nb2s44,,,openapc\n"
    "gb-twice,Twice College,institution,GB,,,,memory\n"
    "int-world,World Body,government,,,,,memory\n"
)


def entry(ror: str, name: str, country: str, **facts: object) -> dict[str, object]:
    """A record of the registry in schema 2."""
    names = [{"value": name, "types": ["ror_display", "label"], "lang": "en"}, {"value": "EX", "types": ["acronym"]}]
    places = [{"geonames_id": 1, "geonames_details": {"country_code": country}}]
    return {"id": f"https://ror.org/{ror}", "status": "active", "names": names, "locations": places, **facts}


def old_entry(ror: str, name: str, country: str, **facts: object) -> dict[str, object]:
    """A record of the registry in schema 1."""
    return {
        "id": f"https://ror.org/{ror}",
        "name": name,
        "country": {"country_name": "Somewhere", "country_code": country},
        "aliases": [],
        "labels": [],
        "acronyms": [],
        "links": [],
        **facts,
    }


DUMP = [
    entry("0175hh227", "University of Example (unlike)", "EE"),
    entry("05mzfcs16", "Näidise Ülikool", "EE", links=[{"type": "website", "value": "https://www.naidis.ee/"}]),
    entry("03z77qz90", "Renamed University", "FI", domains=["sample.fi", "renamed.fi", "example.ee", "github.com"]),
    old_entry("00cv9y106", "First College", "GB", links=["http://www.first.ac.uk", "http://www.host.ac.uk/first"]),
    entry("0546hnb39", "Twice College", "GB"),
    old_entry("01c1w6d29", "Twice college", "GB"),
    entry("02hpadn98", "World Body", "CH"),
    entry("046ak2485", "Example University", "EE", status="withdrawn"),
    entry("046ak2486", "Example University", "EE"),
    "no record",
    {"id": 7, "names": "x", "locations": [None], "links": {}, "status": None},
]


@pytest.fixture
def dump(tmp_path: Path) -> Path:
    file = tmp_path / "v1.70-2026-10-15-ror-data.json"
    file.write_text(json.dumps(DUMP), encoding="utf-8")
    return file


@pytest.fixture
def shipped(tmp_path: Path) -> Path:
    file = tmp_path / "entities.csv"
    file.write_text(TABLE, encoding="utf-8")
    return file


def test_a_refresh_says_what_it_would_change(dump: Path, shipped: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(dump), "--table", str(shipped)]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "3 changed",
        "  ee-example by its alias: ror 05mzfcs16 domains + naidis.ee",
        "  fi-sample by its id: domains + renamed.fi",
        "  gb-first by its name: ror 00cv9y106 domains + first.ac.uk",
        "1 ambiguous, left as they are",
        "  gb-twice: 01c1w6d29, 0546hnb39",
        "1 with an id that the dump does not hold, left as they are",
        "  gb-gone: 042nb2s44 is not among the active records",
    ]
    assert shipped.read_text(encoding="utf-8") == TABLE


def test_a_refresh_writes_once(dump: Path, shipped: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(dump), "--table", str(shipped), "--write"]) == 0
    assert shipped.read_text(encoding="utf-8") == HEADER + (
        "ee-example,Example University,institution,EE,05mzfcs16,example.ee|naidis.ee,Näidise Ülikool,"
        "memory|ror 2026-10-15\n"
        "fi-sample,Sample University,institution,FI,03z77qz90,sample.fi|renamed.fi,,openapc|memory|ror 2026-10-15\n"
        "gb-first,First College,institution,GB,00cv9y106,first.ac.uk,,memory|ror 2026-10-15\n"
        "gb-gone,Gone College,institution,GB,042nb2s44,,,openapc\n"
        "gb-twice,Twice College,institution,GB,,,,memory\n"
        "int-world,World Body,government,,,,,memory\n"
    )
    capsys.readouterr()
    assert main([str(dump), "--table", str(shipped), "--write"]) == 0
    assert capsys.readouterr().out.startswith("0 changed\n")


def test_one_id_goes_to_one_entity(dump: Path, shipped: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shipped.write_text(TABLE + "gb-second,Second College,institution,GB,,,First College,memory\n", encoding="utf-8")
    assert main([str(dump), "--table", str(shipped)]) == 0
    assert "  gb-second: 00cv9y106 is gb-first\n" in capsys.readouterr().out


@pytest.mark.parametrize("content", ["{}", "[]", "not json", '[{"id": "https://ror.org/000000000"}]'])
def test_what_is_no_dump_is_refused(
    content: str, dump: Path, shipped: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    dump.write_text(content, encoding="utf-8")
    assert main([str(dump), "--table", str(shipped), "--write"]) == 1
    assert capsys.readouterr().err
    assert shipped.read_text(encoding="utf-8") == TABLE


def test_a_table_or_a_dump_that_is_not_there_is_refused(dump: Path, tmp_path: Path) -> None:
    assert main([str(dump), "--table", str(tmp_path / "none.csv")]) == 1
    assert main([str(tmp_path / "none-2026-10-15.json")]) == 1


@pytest.mark.parametrize("arguments", [[], ["dump.json"], ["dump-2026-13-45.json"], ["dump.json", "--date", "soon"]])
def test_wrong_usage(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    assert stop.value.code == 2
    assert "usage" in capsys.readouterr().err


def test_help_says_where_dumps_are(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["--help"])
    assert stop.value.code == 0
    assert "https://zenodo.org/communities/ror-data" in capsys.readouterr().out
