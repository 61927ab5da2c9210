"""Classes by definition: examples judged by hand after ``tests/labels/GUIDE.md``, and the soundness of the data."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_runs import a_source

from classify.classes import DEFAULT_DEFINITION, classes, definitions
from classify.elements import elements
from classify.phrases import Phrase, Text, table
from models.classification import Classed, KnownOrganisation
from models.records import PriceFacts, Programme, Source
from models.vocab import vocabulary

DATA = table("credentials")
TEXTS = table("credential_texts")
ROWS = [*DATA["phrase"], *TEXTS["phrase"]]
DEFINITIONS = {definition.id: definition for definition in definitions()}

ASSESSED = {"assessment": "A written exam."}


def source(slug: str = "example", kind: str = "institution") -> Source:
    return a_source(slug=slug, name="Example", kind=kind, country="GB")


def programme(kind: str = "course", title: str | None = "Knots", **facts: Any) -> Programme:
    return Programme(ref="1", kind=kind, title=title, **facts)


def organisation(name: str, kind: str | None, role: str = "awarded_by") -> KnownOrganisation:
    return KnownOrganisation(role=role, name=name, kind=kind, country=None, entity=None, evidence=None)


def classed(listing: Programme, on: Source | None = None, *known: KnownOrganisation) -> dict[str, Classed]:
    here = on or source()
    found = classes(listing, here, known, elements(listing, here, known))
    return {entry.definition: entry for entry in found}


def eu(listing: Programme, on: Source | None = None) -> str:
    return classed(listing, on)[DEFAULT_DEFINITION].mc_class


# ---- the data ----


def test_definitions_are_told_apart_dated_and_sourced() -> None:
    assert [definition.id for definition in definitions()] == list(vocabulary("definition"))
    assert DEFAULT_DEFINITION in DEFINITIONS
    for definition in definitions():
        assert definition.name
        assert definition.body
        assert definition.source
        assert definition.url.startswith("http")
        assert definition.until is None or definition.since < definition.until
        assert definition.since < definition.checked
        assert definition.qualifications in {"counted", "excluded"}
        assert definition.awarder in {"", *vocabulary("organisation_kind")}
        units, bounds = (
            zip(*(name.rsplit("_", 1) for name in definition.size), strict=True) if definition.size else ((), ())
        )
        assert set(units) <= {"ects", "hours", "weeks", "nz_credits"}
        assert set(bounds) <= {"min", "max", "below"}


def test_rules_are_told_apart_and_their_confidence_is_a_share() -> None:
    ids = [row["id"] for row in ROWS]
    assert len(ids) == len(set(ids))
    assert {row["says"] for row in ROWS} == {
        "degree",
        "qualification",
        "credential",
        "credential-text",
        "credential-yes",
        "micro",
        "micro-text",
        "attendance",
        "attendance-text",
        "none",
        "none-text",
    }
    assert set(TEXTS["not_in_questions"]) <= {row["says"] for row in TEXTS["phrase"]}
    assert all(0 < row["confidence"] <= 1 for row in ROWS)
    assert all(0 < confidence <= 1 for confidence in DATA["confidence"].values())


@pytest.mark.parametrize("row", ROWS, ids=lambda row: str(row["id"]))
def test_examples_beside_a_rule_hold(row: dict[str, Any]) -> None:
    phrase = Phrase.read(row)
    assert row["examples"], "a rule without an example"
    assert all(stem == stem.lower() for stem in phrase.stems)
    for example in row["examples"]:
        found = phrase.search(Text.of("title", example))
        assert found, example
        assert any(stem in Text.of("", found[0]).lowered for stem in phrase.stems), "no stem in what was found"
    for counterexample in row.get("counterexamples", ()):
        assert phrase.search(Text.of("title", counterexample)) is None, counterexample


# ---- the European Union, 2022 ----


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        # Degrees, by kind, by name and by size.
        ({"kind": "degree", "title": "Bachelor of Knots"}, "degree"),
        ({"kind_as_published": "Foundation Degree", "title": "FdSc Knots"}, "degree"),
        ({"title": "HND in Applied Knots"}, "degree"),
        ({"kind_as_published": "Licence professionnelle", "title": "Nœuds"}, "degree"),
        ({"kind_as_published": "Ylempi korkeakoulututkinto", "title": "Solmut"}, "degree"),
        ({"credential_label": "修士（工学）", "title": "結び目"}, "degree"),
        ({"kind": "microcredential", "ects": 90.0, "statements": ASSESSED}, "degree"),
        ({"credential_label": "Certificate", "workload_hours_min": 1600.0, "workload_hours_max": 2000.0}, "degree"),
        # Not larger: the bound itself, and a range that begins below it.
        ({"kind": "microcredential", "ects": 60.0, "workload_hours_min": 1500.0, "workload_hours_max": 1800.0}, "core"),
        ({"credential_label": "Certificate", "workload_hours_min": 1400.0, "workload_hours_max": 1600.0}, "broad"),
        # Brands that hold the word.
        ({"title": "MicroMasters in Knots"}, "broad"),
        ({"title": "Mini MBA for Sailors"}, "broad"),
        ({"title": "Knots Nanodegree", "kind": "degree"}, "broad"),
        # Titles about degrees.
        ({"title": "Preparing for a Master of Science in Knots"}, "course_only"),
        ({"title": "MBA Insights for Sailors"}, "course_only"),
        ({"title": "Knots: Master Class"}, "course_only"),
        # Certified and assessed.
        ({"credential_label": "Certificate of Completion", "statements": ASSESSED}, "core"),
        ({"kind_as_published": "Award Level 3", "description": "You will be assessed by a portfolio."}, "core"),
        ({"kind": "badge", "statements": {"assessment": "Pass the knots exam."}}, "core"),
        ({"kind": "qualification", "description": "There is a final exam."}, "core"),
        ({"kind": "microcredential", "ects": 3.0}, "core"),
        ({"kind": "microcredential", "credits_value": 5.0, "credits_unit": "nz_credit"}, "core"),
        ({"kind_as_published": "Mikrokraad", "ects": 12.0}, "core"),
        # Certified, assessment not stated.
        ({"kind": "microcredential"}, "broad"),
        ({"kind": "microcredential", "credits_value": 3.0, "credits_unit": "us_credit"}, "broad"),
        ({"kind": "badge", "statements": {"assessment": "Complete the course."}}, "broad"),
        ({"credential_label": "Professional Certificate", "kind": "program"}, "broad"),
        ({"kind_as_published": "Apprenticeship - Level 2"}, "broad"),
        ({"title": "English Language GCSE"}, "broad"),
        ({"statements": {"certificate": "confirmation_of_participation, record_of_achievement"}}, "broad"),
        ({"price": PriceFacts(certificate_price_amount=50.0)}, "broad"),
        ({"price": PriceFacts(price_type="free_with_paid_certificate")}, "broad"),
        ({"verbatim": {"has_certificates": "true"}}, "broad"),
        ({"verbatim": {"verified": "1"}}, "broad"),
        ({"description": "You will earn a certificate of completion."}, "broad"),
        ({"credential_label": "Zertifikat"}, "broad"),
        ({"credential_label": "修了証"}, "broad"),
        ({"statements": {"certificate": "VerifiedCert"}}, "broad"),
        ({"statements": {"certificate": "Yes"}}, "broad"),
        ({"statements": {"certificate": "45 EUR"}}, "broad"),
        ({"statements": {"certificate": "Participants receive a digital badge."}}, "broad"),
        ({"kind": "program", "description": "Al terminar recibirás un diploma."}, "broad"),
        ({"kind": "program", "description": "It leads to a micro-credential."}, "broad"),
        ({"kind": "program", "description": "Une attestation de suivi avec succès est délivrée."}, "broad"),
        ({"description": "Un certificat est délivré. Un examen final clôt le cours."}, "core"),
        # ECTS of what running text calls a micro-credential.
        ({"description": "This micro-credential is for sailors.", "ects": 4.0}, "core"),
        ({"description": "Learn about the future of micro-credentials.", "ects": 4.0}, "broad"),
        # Credits without a credential, also where assessment is stated.
        ({"ects": 5.0, "statements": ASSESSED}, "broad"),
        ({"credits_value": 2.0, "credits_unit": "ceu"}, "broad"),
        # No credential, or attendance only.
        ({}, "course_only"),
        ({"statements": ASSESSED}, "course_only"),
        ({"verbatim": {"has_certificates": "false"}}, "course_only"),
        ({"verbatim": {"verified": "0"}}, "course_only"),
        ({"credential_label": "Attestato di partecipazione"}, "course_only"),
        ({"statements": {"certificate": "confirmation_of_participation"}}, "course_only"),
        ({"credential_label": "Continuing education course, non-award", "kind": "program"}, "course_only"),
        ({"kind": "program", "description": "No certificate is issued."}, "course_only"),
        ({"kind": "program", "statements": {"certificate": "None"}}, "course_only"),
        ({"kind": "program", "statements": {"certificate": "No badge is awarded."}}, "course_only"),
        ({"statements": {"certificate": "On ne délivre pas de certificat."}}, "course_only"),
        ({"kind": "program", "statements": {"certificate": "Se entrega una constancia de asistencia."}}, "course_only"),
        ({"kind": "program", "description": "You are sent a statement of participation."}, "course_only"),
        ({"kind": "program", "description": "Kursen ger inget intyg."}, "course_only"),
        ({"description": "Do I get a certificate? You learn for pleasure."}, "course_only"),
        # Codes and labels that are no credentials.
        ({"credential_label": "RE"}, "course_only"),
        ({"credential_label": "P2"}, "course_only"),
        ({"credential_label": "OSAP eligible"}, "course_only"),
        ({"kind_as_published": "Others (inc College Cert, Tutorial, Enrichment)"}, "course_only"),
        ({"description": "Learners go on to the Level 3 Diploma in Knots."}, "course_only"),
        # Nothing is said.
        ({"kind": "program"}, "unknown"),
        ({"kind": "program", "description": "Five courses on knots."}, "unknown"),
        ({"kind": "program", "description": "Will there be a certificate?"}, "unknown"),
        ({"kind": "program", "description": "No certificate is required to join."}, "unknown"),
        ({"kind": "program", "description": "The free version does not include a certificate."}, "unknown"),
        ({"kind": "program", "description": "It prepares you to obtain a visa. SSL certificates"}, "unknown"),
    ],
)
def test_class_by_the_council_recommendation(facts: dict[str, Any], expected: str) -> None:
    assert eu(programme(**facts)) == expected


def test_what_a_platform_calls_a_degree_by_brand_is_none() -> None:
    listing = programme(kind="degree", title="Knots for Business")
    assert eu(listing, source("udacity", "commercial_platform")) == "broad"
    assert eu(listing) == "degree"


def test_a_credential_stated_in_running_text_gives_way_to_the_statement_that_there_is_none() -> None:
    text = "You will earn a certificate of completion."
    assert eu(programme(description=text, verbatim={"has_certificates": "false"})) == "course_only"


def test_running_text_that_calls_it_a_micro_credential_is_the_source_calling_it_so() -> None:
    listing = programme(description="Those who pass are awarded a micro-credential.", ects=5.0)
    assert classed(listing)["finland_2023"].mc_class == "core"
    assert (
        classed(programme(description="Micro-credentials are debated.", ects=5.0))["finland_2023"].mc_class
        == "course_only"
    )


def test_the_rules_of_a_register_vouch_for_its_micro_credentials() -> None:
    register = source("nzqa", "register")
    listing = programme(kind="microcredential", credits_value=10.0, credits_unit="nz_credit")
    found = classed(listing, register)
    assert found["new_zealand_2022"].mc_class == "core"
    assert "register.quality-assured" in {reason.rule for reason in found["new_zealand_2022"].reasons}
    assert classed(programme(kind="microcredential"), register)["eu_2022"].mc_class == "core"
    assert classed(programme(kind="course"), register)["eu_2022"].mc_class == "course_only"


# ---- the others ----

UNIVERSITY = organisation("University of Knots", "institution")
EMPLOYER = organisation("Rope Works", "employer")


@pytest.mark.parametrize(
    ("definition", "facts", "known", "expected"),
    [
        ("oecd_2021", {"credential_label": "Certificate", "statements": ASSESSED}, (), "core"),
        ("oecd_2021", {"credential_label": "Certificate", "statements": ASSESSED, "ects": 90.0}, (), "core"),
        ("oecd_2021", {"kind": "degree"}, (), "degree"),
        ("unesco_2022", {"kind": "microcredential", "statements": ASSESSED}, (), "broad"),
        (
            "unesco_2022",
            {"kind": "microcredential", "statements": {**ASSESSED, "quality_assurance": "Reviewed each year."}},
            (),
            "core",
        ),
        ("australia_2021", {"kind": "microcredential", "statements": ASSESSED}, (), "core"),
        (
            "australia_2021",
            {"kind": "microcredential", "statements": ASSESSED, "workload_hours_min": 0.5, "workload_hours_max": 0.5},
            (),
            "course_only",
        ),
        ("australia_2021", {"kind_as_published": "Diploma Level 3", "statements": ASSESSED}, (), "degree"),
        ("eu_2022", {"kind_as_published": "Diploma Level 3", "statements": ASSESSED}, (), "core"),
        # New Zealand: 5 to 40 credits, later 1 to 40; other units by conversion.
        (
            "new_zealand_2018",
            {"kind": "microcredential", "credits_value": 4.0, "credits_unit": "nz_credit"},
            (),
            "course_only",
        ),
        (
            "new_zealand_2022",
            {"kind": "microcredential", "credits_value": 4.0, "credits_unit": "nz_credit"},
            (),
            "broad",
        ),
        (
            "new_zealand_2022",
            {"kind": "microcredential", "credits_value": 41.0, "credits_unit": "nz_credit"},
            (),
            "degree",
        ),
        ("new_zealand_2022", {"kind": "microcredential", "ects": 21.0}, (), "degree"),
        (
            "new_zealand_2022",
            {"kind": "microcredential", "workload_hours_min": 8.0, "workload_hours_max": 9.0},
            (),
            "course_only",
        ),
        # Flanders: 3 to 20 ECTS; a size that is not stated is missing.
        ("flanders_2023", {"kind": "microcredential", "ects": 3.0}, (), "core"),
        ("flanders_2023", {"kind": "microcredential", "ects": 20.0}, (), "core"),
        ("flanders_2023", {"kind": "microcredential", "ects": 2.5}, (), "course_only"),
        ("flanders_2023", {"kind": "microcredential", "ects": 21.0}, (), "degree"),
        ("flanders_2023", {"kind": "microcredential", "statements": ASSESSED}, (), "broad"),
        (
            "flanders_2023",
            {"kind": "microcredential", "statements": ASSESSED, "workload_hours_min": 80.0, "workload_hours_max": 80.0},
            (),
            "core",
        ),
        ("estonia_2021", {"kind": "microcredential", "ects": 5.0}, (), "core"),
        ("estonia_2021", {"kind": "microcredential", "ects": 4.0}, (), "course_only"),
        ("estonia_2021", {"kind": "microcredential", "ects": 31.0}, (), "degree"),
        # Spain: less than 15 ECTS, by an institution.
        ("spain_2023", {"kind": "microcredential", "ects": 14.5}, (UNIVERSITY,), "core"),
        ("spain_2023", {"kind": "microcredential", "ects": 15.0}, (UNIVERSITY,), "degree"),
        ("spain_2023", {"kind": "microcredential", "ects": 6.0}, (EMPLOYER,), "course_only"),
        ("spain_2023", {"kind": "microcredential", "ects": 6.0}, (EMPLOYER, UNIVERSITY), "core"),
        ("spain_2023", {"kind": "microcredential", "ects": 6.0}, (), "broad"),
        ("spain_2023", {"kind": "microcredential", "ects": 6.0}, (organisation("Who Knows", None),), "broad"),
        # Ontario: 5 to 300 hours and less than 12 weeks; assessment is not asked for.
        (
            "ontario_2022",
            {
                "kind": "microcredential",
                "workload_hours_min": 45.0,
                "workload_hours_max": 45.0,
                "duration_weeks_min": 6.0,
            },
            (),
            "core",
        ),
        (
            "ontario_2022",
            {"kind": "microcredential", "workload_hours_min": 45.0, "workload_hours_max": 45.0},
            (),
            "broad",
        ),
        ("ontario_2022", {"kind": "microcredential", "duration_weeks_min": 6.0}, (), "broad"),
        (
            "ontario_2022",
            {
                "kind": "microcredential",
                "workload_hours_min": 45.0,
                "workload_hours_max": 45.0,
                "duration_weeks_min": 12.0,
            },
            (),
            "degree",
        ),
        (
            "ontario_2022",
            {"kind": "microcredential", "workload_hours_min": 4.0, "workload_hours_max": 4.0},
            (),
            "course_only",
        ),
        # Finland: called so.
        ("finland_2023", {"kind": "microcredential", "ects": 5.0}, (), "core"),
        ("finland_2023", {"kind_as_published": "Pieni osaamiskokonaisuus", "ects": 5.0}, (), "core"),
        ("finland_2023", {"kind": "microcredential"}, (), "broad"),
        ("finland_2023", {"credential_label": "Certificate", "ects": 5.0, "statements": ASSESSED}, (), "course_only"),
        ("finland_2023", {"kind": "program"}, (), "unknown"),
    ],
)
def test_class_by_other_definitions(
    definition: str, facts: dict[str, Any], known: tuple[KnownOrganisation, ...], expected: str
) -> None:
    assert classed(programme(**facts), None, *known)[definition].mc_class == expected


def test_the_operator_of_a_platform_is_not_asked_who_awards() -> None:
    listing = programme(kind="microcredential", ects=6.0)
    platform = organisation("Example Platform", "platform")
    assert classed(listing, None, platform)["spain_2023"].mc_class == "broad"


# ---- reasons ----


def test_reasons_name_each_property_and_where_it_stands() -> None:
    listing = programme(credential_label="Certificate of Completion", statements=ASSESSED, ects=5.0)
    reasons = {reason.rule: (reason.field, reason.words) for reason in classed(listing)["flanders_2023"].reasons}
    assert reasons == {
        "credential.certificate-en": ("credential_label", "Certificate of Completion"),
        "statement": ("statements.assessment", "A written exam."),
        "size.within": ("ects", "5"),
    }


def test_a_size_out_of_bounds_is_the_reason() -> None:
    (reason,) = classed(programme(kind="microcredential", ects=90.0))["eu_2022"].reasons
    assert (reason.rule, reason.field, reason.words) == ("size.larger", "ects", "90")


def test_an_unknown_class_has_no_reason() -> None:
    assert classed(programme(kind="program"))["eu_2022"] == Classed(definition="eu_2022", mc_class="unknown")


# ---- whatever a listing holds ----

PIECES = [
    "certificate ",
    "no certificate is issued",
    "erhalten Sie ein Zertifikat",
    "? ",
    "diploma level 2",
    "degree",
    "earn a ",
    "micro-credential",
    "participation",
    "\n",
    ". ",
    "İ",
    "BA ",
]
WORDS = st.lists(st.characters(exclude_categories=["Cs"]) | st.sampled_from(PIECES), max_size=12).map("".join)
LISTINGS = st.builds(
    programme,
    kind=st.sampled_from([*vocabulary("listing_kind"), "thing"]),
    title=st.none() | WORDS,
    kind_as_published=st.none() | WORDS,
    credential_label=st.none() | WORDS,
    description=st.none() | WORDS,
    ects=st.none() | st.floats(0, 500),
    workload_hours_min=st.none() | st.floats(0, 10_000),
    workload_hours_max=st.none() | st.floats(0, 10_000),
    duration_weeks_min=st.none() | st.floats(0, 300),
    credits_value=st.none() | st.floats(0, 500),
    credits_unit=st.none() | st.sampled_from(list(vocabulary("quantity_unit"))),
    statements=st.dictionaries(st.sampled_from(["certificate", "assessment", "purpose"]), WORDS, max_size=3),
    verbatim=st.dictionaries(
        st.sampled_from(["credits", "verified", "has_certificates"]), st.sampled_from(["1", "false"])
    ),
)
KNOWN = st.lists(
    st.builds(organisation, WORDS, st.none() | st.sampled_from(list(vocabulary("organisation_kind")))), max_size=2
)


@settings(max_examples=150)
@given(LISTINGS, KNOWN)
def test_one_class_a_definition_each_reason_in_its_field(listing: Programme, known: list[KnownOrganisation]) -> None:
    found = classes(listing, source(), known, elements(listing, source(), known))
    assert [entry.definition for entry in found] == list(DEFINITIONS)
    for entry in found:
        assert entry.mc_class in vocabulary("mc_class")
        assert entry.reasons or entry.mc_class == "unknown"
        for reason in entry.reasons:
            field, _, inner = reason.field.partition(".")
            if field == "organisations":
                assert reason.words in {o.name for o in known}
                continue
            value = getattr(listing, field)
            assert reason.words in str(value[inner] if inner else value)
    assert classes(listing, source(), known, elements(listing, source(), known)) == found


@settings(max_examples=60)
@given(LISTINGS)
def test_core_is_certified_and_assessed(listing: Programme) -> None:
    entry = classed(listing)["eu_2022"]
    if entry.mc_class == "core":
        assert len(entry.reasons) == 2


@pytest.mark.parametrize(
    "words",
    ["certificate ", "earn a a a ", "level ", "a", "İ", "degree of ", "recibe un ", "wird ein Zeugnis ", "証書を"],
)
def test_hostile_texts_cost_little(words: str) -> None:
    text = (words * 20_000)[:20_000]
    listing = programme(title=text[:500], credential_label=text[:300], description=text, statements={"purpose": text})
    begun = time.perf_counter()
    classes(listing, source(), (), {})
    assert time.perf_counter() - begun < 5
