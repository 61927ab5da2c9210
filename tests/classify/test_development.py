"""How listings say that they were developed: examples read by a person, and those that stand beside the rules."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_runs import a_source

from classify.development import _CONDITIONS, EVIDENCE_PER_MODE, development
from classify.development_rules import Rule, pattern, rule_of, table
from classify.makers import windows
from classify.named_spans import names_by_kind
from classify.organisations import known_organisations
from classify.phrases import Text
from classify.texts import texts_of
from models.classification import EVIDENCE_MOST, DevelopmentFinding, Entity, KnownOrganisation
from models.records import OrganisationRole, Programme, Source
from models.vocab import vocabulary

DATA = table()
WORD_ROWS = [(rule_of(row), row) for row in DATA["word"]]
NAMING_ROWS = [(rule_of(row), row) for row in DATA["naming"]]
LANGUAGES = {"en", "fr", "es", "pt", "it", "de", "nl", "et", "fi", "sv", "ja", "ko", "zh"}
EVERY_KIND = tuple(vocabulary("source_kind"))


def source(kind: str, country: str = "GB") -> Source:
    return a_source(slug="example", name="Example", kind=kind, country=country)


def maker(said: str, role: str = "taught_by") -> KnownOrganisation:
    """An organisation from "kind country name"; a dash for what is not known."""
    kind, country, name = said.split(" ", 2)
    known = {"kind": None if kind == "-" else kind, "country": None if country == "-" else country}
    return KnownOrganisation(role=role, name=name, entity=None, evidence=None, **known)


def listing(*makers: KnownOrganisation, **facts: object) -> Programme:
    roles = tuple(OrganisationRole(role=m.role, name=m.name, kind=m.kind, country=m.country) for m in makers)
    return Programme(**{"ref": "x", "kind": "course", "title": "Knots", "organisations": roles, **facts})


def found(on: str, *makers: KnownOrganisation, country: str = "GB", **facts: object) -> set[str]:
    return {f.mode for f in development(listing(*makers, **facts), source(on, country), makers)}


def as_harvested(programme: Programme, declared: Source) -> tuple[DevelopmentFinding, ...]:
    return development(programme, declared, known_organisations(programme, declared)[0])


COLLEGE = maker("institution GB Example College")
FIRM = "Example Tooling Ltd"

# --------------------------------------------------------------------------------------
# Words of listings
# --------------------------------------------------------------------------------------

SAID = [
    # source, makers, facts, modes
    ("institution", [COLLEGE], {}, set()),
    ("institution", [], {"kind_as_published": "Recreational Courses"}, {"own_new_nondegree"}),
    ("institution", [], {"kind_as_published": "Other Short Courses (Less Than 30 GLH)"}, {"own_new_nondegree"}),
    ("institution", [], {"kind_as_published": "Diploma Level 2"}, set()),
    ("institution", [], {"credential_label": "Continuing education course, non-award"}, {"own_new_nondegree"}),
    ("institution", [], {"kind_as_published": "Masterclass"}, set()),
    ("institution", [], {"description": "Then try one of our other short courses."}, set()),
    ("institution", [], {"credits_unit": "ceu"}, {"own_new_nondegree"}),
    ("institution", [maker("- - Department for Continuing Education")], {}, {"own_new_nondegree"}),
    ("institution", [maker("institution US Example Executive Education", "listed_on")], {}, {"own_new_nondegree"}),
    ("commercial_platform", [COLLEGE], {"title": "A Short Course in Knots"}, {"partner_commercial_platform"}),
    ("commercial_platform", [COLLEGE], {"description": "This short course is free."}, {"partner_commercial_platform"}),
    (
        "commercial_platform",
        [COLLEGE],
        {"kind_as_published": "Executive Education"},
        {"partner_commercial_platform", "own_new_nondegree"},
    ),
    (
        "commercial_platform",
        [COLLEGE],
        {"description": "Whoever passes can earn 30 UK credits towards the College’s BA in Knot Management."},
        {"partner_commercial_platform", "own_within_degree"},
    ),
    (
        "institution",
        [],
        {"statements": {"stackability": "Credit for one unit of the Master of Knots."}},
        {"own_within_degree"},
    ),
    ("institution", [], {"statements": {"stackability": "Counts towards a master’s subject."}}, set()),
    ("institution", [], {"statements": {"stackability": "Digital Business"}}, set()),
    ("institution", [], {"statements": {"prerequisites": "45 credits towards the BSc Botany"}}, set()),
    ("institution", [], {"statements": {"course_units": "Rope Statistics (G0A17A, 6 ECTS)"}}, {"own_unbundled"}),
    ("institution", [], {"statements": {"course_units": "Rope (6 ECTS)\nHemp (3 ECTS)"}}, set()),
    ("institution", [], {"description": "It combines courses from different degree programmes."}, {"own_combined"}),
    ("institution", [], {"description": "Existing course units and newly developed modules in one."}, {"own_mixed"}),
    ("register", [], {"kind_as_published": "Short course"}, set()),
    (
        "commercial_platform",
        [maker("employer US Example Corp")],
        {"kind_as_published": "Executive Education"},
        {"non_hei"},
    ),
    # Co-developers in words: known by legal form, or not at all.
    ("institution", [COLLEGE], {"description": f"The course was developed with {FIRM}."}, {"partner_employer"}),
    ("institution", [COLLEGE], {"description": "The course was developed with Somebody Unknown."}, set()),
    ("institution", [COLLEGE], {"description": f"The course was developed with support from {FIRM}."}, set()),
    ("institution", [COLLEGE], {"description": f"In the course you use Ropes, developed by {FIRM}."}, set()),
    ("institution", [COLLEGE], {"description": f"Taught by a lecturer who works at {FIRM}."}, set()),
    ("institution", [COLLEGE], {"statements": {"partners": f"{FIRM}, Somebody Unknown"}}, {"partner_employer"}),
    ("institution", [COLLEGE], {"statements": {"prerequisites": f"A course created with {FIRM}."}}, set()),
    (
        "institution",
        [COLLEGE],
        {"description": "Der Kurs entstand in Kooperation mit der Muster GmbH."},
        {"partner_employer"},
    ),
    ("consortium", [COLLEGE], {"description": "例示株式会社と共同で開発した講座です。"}, {"partner_employer"}),
    ("register", [], {"description": f"The course was developed by {FIRM}."}, {"non_hei"}),
    ("commercial_platform", [], {"title": "Knots Nanodegree"}, {"non_hei"}),
    ("commercial_platform", [], {"title": "Knots"}, set()),
]


@pytest.mark.parametrize(("on", "makers", "facts", "modes"), SAID)
def test_listing_says(on: str, makers: list[KnownOrganisation], facts: dict[str, object], modes: set[str]):
    assert found(on, *makers, **facts) == modes


def test_estonian_micro_degrees_combine_programmes_and_flemish_labels_do_not():
    label = {"kind_as_published": "Micro-degree"}
    assert found("institution", maker("institution EE Näidisülikool"), country="EE", **label) == {"own_combined"}
    assert found("institution", maker("institution BE Voorbeeld"), country="BE", **label) == set()


def test_platform_that_lists_is_no_maker():
    campus = (maker("institution JP 例示大学"), maker("institution JP JV-Campus", "awarded_by"))
    listed = maker("platform JP JV-Campus", "listed_on")
    assert found("government_platform", *campus, listed) == {"partner_gov_platform"}
    assert found("government_platform", listed) == set()


def test_one_institution_under_two_names_is_one():
    tech = Entity(id="xx-tech", name="Example Tech", kind="institution", country="US")
    one = KnownOrganisation(
        role="taught_by", name="Example Tech", kind="institution", country="US", entity=tech, evidence=None
    )
    alias = replace(one, name="ETx", role="awarded_by")
    other = replace(one, entity=replace(tech, id="xx-other", name="Other Tech"), name="Other Tech")
    assert found("consortium", one, alias) == set()
    assert found("consortium", one, other) == {"partner_hei_domestic"}


def test_evidence_says_who_and_where():
    makers = (COLLEGE, maker("platform GB FutureLearn", "listed_on"))
    (finding,) = development(listing(*makers), source("commercial_platform"), makers)
    assert (finding.evidence.field, finding.evidence.words) == (
        "organisations.taught_by",
        "Example College; listed on FutureLearn",
    )
    (finding,) = development(listing(), source("employer"), ())
    assert (finding.evidence.field, finding.evidence.words) == ("source.kind", "employer")
    words = f"New. The course was developed with {FIRM}."
    (finding,) = development(listing(COLLEGE, description=words), source("institution"), (COLLEGE,))
    assert (finding.evidence.rule, finding.evidence.field) == ("named-made-by", "description")
    assert finding.evidence.words == words


# --------------------------------------------------------------------------------------
# Who is named as a maker
# --------------------------------------------------------------------------------------

DOMESTIC, FOREIGN, EMPLOYER = "partner_hei_domestic", "partner_hei_foreign", "partner_employer"
MADE_BY = [
    (EMPLOYER, "The module grew out of a joint project between Example College and Muster Maschinen GmbH."),
    (FOREIGN, "A joint programme run by Example College (UK) and Hochschule Musterstadt (Germany)."),
    (DOMESTIC, "Example College has designed this course together with Northern Example University (UK)."),
    (FOREIGN, "Co-created by Example College (United Kingdom) and Université Exemple (France)."),
    (EMPLOYER, "Example College and Example Tooling Ltd have jointly developed this programme."),
    (FOREIGN, "Un programme conjoint d'Example College (Royaume-Uni) et de l’Université Exemple (France)."),
    (EMPLOYER, "Example College a développé cette formation en partenariat avec Exemple SA."),
    (FOREIGN, "Coproduit par Example College (Royaume-Uni) et l’École supérieure Modèle (Belgique)."),
    (FOREIGN, "Elaborado conjuntamente por Example College (Reino Unido) y la Universidad Ejemplo (España)."),
    (EMPLOYER, "Un curso creado por Example College junto con Ejemplo Industrial S.A."),
    (FOREIGN, "Example College (Reino Unido) y la Universidad Ejemplo (Chile) han diseñado este curso en conjunto."),
    (FOREIGN, "Concebido em conjunto por Example College (Reino Unido) e Universidade Exemplo (Portugal)."),
    (EMPLOYER, "Example College criou este curso em parceria com a Exemplo Motores SA."),
    (FOREIGN, "Progettato congiuntamente da Example College (Regno Unito) e Università Esempio (Italia)."),
    (EMPLOYER, "Example College ha realizzato questo corso insieme a Esempio SpA."),
    (
        FOREIGN,
        "Gemeinsam konzipiert von Example College (Vereinigtes Königreich) und der Hochschule Muster (Deutschland).",
    ),
    (EMPLOYER, "Example College hat diesen Kurs zusammen mit der Muster Maschinen GmbH entwickelt."),
    (FOREIGN, "Ein gemeinsames Angebot von Example College (Großbritannien) und Universität Musterstadt (Österreich)."),
    (FOREIGN, "Samen ontwikkeld door Example College (Verenigd Koninkrijk) en Hogeschool Voorbeeld (Nederland)."),
    (EMPLOYER, "Example College heeft deze cursus samen met Voorbeeld Motoren NV ontwikkeld."),
    (FOREIGN, "Utvecklad gemensamt av Example College (Storbritannien) och Exempelstads universitet (Sverige)."),
    (EMPLOYER, "Example College har tagit fram kursen tillsammans med Exempel Energi AB."),
    (FOREIGN, "Kursuse on koostöös loonud Example College (Ühendkuningriik) ja Näidise Ülikool (Eesti)."),
    (FOREIGN, "Example College (Ühendkuningriik) ja Näidise Ülikool (Eesti) lõid kursuse üheskoos."),
    (FOREIGN, "Kurssin ovat kehittäneet yhdessä Example College (Iso-Britannia) ja Esimerkin yliopisto (Suomi)."),
    (FOREIGN, "Example College (Iso-Britannia) ja Esimerkin yliopisto (Suomi) toteuttavat kurssin yhteistyössä."),
    (FOREIGN, "Example College（イギリス）と例示大学（日本）が共同で開発しました。"),
    (EMPLOYER, "例示株式会社と連携して開発した講座です。"),
    (FOREIGN, "Example College(영국)와 예시대학교(대한민국)가 공동으로 개발하였습니다."),
    (FOREIGN, "本课程由Example College（英国）与示例大学（中国）联合开发。"),
]
MADE_BY_NOBODY_ELSE = [
    "Guest lectures are given by experts from Muster Maschinen GmbH.",
    "The course was developed by Example College for employees of Muster Maschinen GmbH.",
    "Created by Example College with guest speakers from Example Tooling Ltd.",
    "Developed in cooperation with the Ministry of Examples.",
    "Students from Hochschule Musterstadt (Germany) take part.",
    "Des intervenants d'Exemple SA témoignent dans ce cours.",
    "Conçu par Example College avec le soutien d'Exemple SA.",
    "Ponentes invitados de Ejemplo Industrial S.A. participan en este curso.",
    "In Gastvorträgen berichten Fachleute der Muster Maschinen GmbH.",
    "Für Beschäftigte der Muster Maschinen GmbH entwickelt.",
    "Gastsprekers van Voorbeeld Motoren NV vertellen over hun werk.",
    "Gästföreläsare från Exempel Energi AB medverkar i kursen.",
    "Külalisloengu peab Näidis Energia OÜ.",
    "Vierailuluennon pitää Esimerkki Oy.",
    "例示株式会社の社員がゲスト講師として登壇します。",
    "示例有限公司的专家参加讲座。",
    "Il corso si rivolge ai dipendenti di Esempio SpA.",
    "Palestrantes convidados da Exemplo Motores SA contam a sua experiência.",
    "예시 주식회사의 강사가 특강을 합니다.",
    "Developed with advice from the Examples Foundation.",
]
GIVEN_BY = [
    "Offered by Hochschule Musterstadt.",
    "Taught by Example Polytechnic and others.",
    "A course from the Northern Example University.",
    "Proposé par l’Université Exemple.",
    "Un MOOC de l’École supérieure Modèle.",
    "Impartido por la Universidad Ejemplo.",
    "Un curso de la Universidad Ejemplo.",
    "Lecionado pela Universidade Exemplo.",
    "Um curso do Instituto Politécnico Exemplo.",
    "Erogato dall’Università Esempio.",
    "Un corso del Politecnico Esempio.",
    "Angeboten von der Hochschule Musterstadt.",
    "Ein Kurs der Universität Musterstadt.",
    "Anbieterin ist die Hochschule Musterstadt.",
    "Aangeboden door Hogeschool Voorbeeld.",
    "Een cursus van de Universiteit Voorbeeld.",
    "Kursen ges av Exempelstads universitet.",
    "Exempelstads universitet ger kursen.",
    "Kursust pakub Näidise Ülikool.",
    "Korraldaja: Näidise Ülikool",
    "Kurssin järjestää Esimerkin yliopisto.",
    "Järjestäjä: Esimerkin ammattikorkeakoulu",
    "提供大学：例示大学",
    "例示大学の講座です。",
    "운영기관: 예시대학교",
    "예시대학교에서 제공하는 강좌입니다.",
    "由示例大学开设的课程。",
    "主办单位：示例大学",
]
GIVEN_BY_NOBODY = [
    "Taught by Jane Doe of Hochschule Musterstadt.",
    "Offered by many.",
    "A tour of Hochschule Musterstadt.",
    "Un cours de chimie.",
    "Ein Kurs der Extraklasse.",
    "Taught by experts who worked at Example Polytechnic.",
]


@pytest.mark.parametrize(("mode", "text"), MADE_BY)
def test_makers_named_in_text(mode: str, text: str):
    assert found("consortium", COLLEGE, description=text) == {mode}


@pytest.mark.parametrize("text", MADE_BY_NOBODY_ELSE)
def test_who_only_helps_or_learns_is_no_maker(text: str):
    assert found("consortium", COLLEGE, description=text) == set()


@pytest.mark.parametrize("text", GIVEN_BY)
def test_institution_that_only_the_text_names(text: str):
    assert found("commercial_platform", description=text) == {"partner_commercial_platform"}


@pytest.mark.parametrize("text", GIVEN_BY_NOBODY)
def test_no_institution_gives_it(text: str):
    assert found("commercial_platform", description=text) == set()


def test_company_that_names_an_institution_is_not_alone():
    company = maker("employer US Example Corp")
    words = "Example Corp created this course together with École d’ingénieurs du Modèle."
    assert found("employer", company, description=words) == {"partner_employer"}
    assert found("commercial_platform", company, description=words) == {
        "partner_employer",
        "partner_commercial_platform",
    }


def test_institution_that_text_declines_or_translates_is_one():
    printed = maker("institution EE Näidise Ülikool")
    translated = maker("institution EE University of Näidise")
    words = "Kursus on loodud Näidise Ülikooli (Eesti) ja Näidis OÜ koostöös."
    assert found("consortium", printed, description=words) == {EMPLOYER}
    assert found("consortium", translated, description=words) == {EMPLOYER}
    assert found("consortium", COLLEGE, description=words) == {EMPLOYER, FOREIGN}


def test_institution_known_by_its_name_alone_is_less_sure():
    words = "Developed jointly by Example College and Example Polytechnic (Canada)."
    (finding,) = development(listing(COLLEGE, description=words), source("consortium"), (COLLEGE,))
    assert (finding.mode, finding.evidence.rule, finding.evidence.confidence) == (FOREIGN, "named-first", 0.75)


def test_name_of_a_ministry_says_nothing_of_the_programme():
    ministry = maker("government FR Ministère de la Formation continue")
    assert found("institution", COLLEGE, ministry) == set()
    assert found("institution", COLLEGE, maker("- - Service de formation continue")) == {"own_new_nondegree"}


NAMES = [
    # words, names with their countries
    ("Example College (France) and Hochschule Muster", [("Example College", "FR"), ("Hochschule Muster", None)]),
    ("der Hochschule für Technik Musterstadt (Österreich)", [("Hochschule für Technik Musterstadt", "AT")]),
    (
        "l’École d’ingénieurs du Modèle et l’Université Exemple",
        [("École d’ingénieurs du Modèle", None), ("Université Exemple", None)],
    ),
    (
        "Esimerkin yliopisto (Suomi) ja Exempelstads universitet",
        [("Esimerkin yliopisto", "FI"), ("Exempelstads universitet", None)],
    ),
    ("Jane Doe of Example Polytechnic", [("Example Polytechnic", None)]),
    ("本課程由例示大学（日本）与模型大学联合开发", [("例示大学", "JP"), ("模型大学", None)]),
    ("예시대학교(대한민국)와 함께", [("예시대학교", "KR")]),
    ("Example Trust, Jane Doe, a college and 大学生", []),
]


@pytest.mark.parametrize(("words", "names"), NAMES)
def test_names_told_by_their_own_words(words: str, names: list[tuple[str, str | None]]):
    assert [(named.name, named.country) for named in names_by_kind(words)] == names


@given(
    st.lists(st.sampled_from(["École", "d’", "University", "of", "Example", "(France)", "大学", "AG", " ", "&", "\n"]))
)
def test_names_stand_in_the_words(pieces: list[str]):
    words = "".join(pieces)
    assert all(named.name in words for named in names_by_kind(words))


# --------------------------------------------------------------------------------------
# The organisations as the room knows them
# --------------------------------------------------------------------------------------

HARVESTED = [
    # source, roles, facts, modes
    ("commercial_platform", [("taught_by", "University of Reading")], {}, {"partner_commercial_platform"}),
    ("commercial_platform", [("taught_by", "Google Cloud")], {}, {"non_hei"}),
    ("government_platform", [("taught_by", "Le Cnam")], {}, {"partner_gov_platform"}),
    (
        "commercial_platform",
        [("taught_by", "University of Virginia"), ("taught_by", "BCG")],
        {},
        {"partner_commercial_platform", "partner_employer"},
    ),
    (
        "commercial_platform",
        [("taught_by", "University of Copenhagen"), ("taught_by", "Copenhagen Business School")],
        {},
        {"partner_commercial_platform", "partner_hei_domestic"},
    ),
    (
        "commercial_platform",
        [("taught_by", "McMaster University"), ("taught_by", "University of California San Diego")],
        {},
        {"partner_commercial_platform", "partner_hei_foreign"},
    ),
    (
        "commercial_platform",
        [],
        {"statements": {"partners": "Georgia Institute of Technology"}},
        {"partner_commercial_platform"},
    ),
    ("commercial_platform", [], {"statements": {"partners": "Google"}}, {"non_hei"}),
    ("commercial_platform", [], {"statements": {"partners": "Google, Somebody Unknown"}}, set()),
    ("commercial_platform", [], {"title": "Knots in a Weekend by Google: Ropes"}, {"non_hei"}),
    (
        "commercial_platform",
        [("taught_by", "University of Leeds")],
        {"description": "A course developed by academics from the Leeds University Business School and IBM."},
        {"partner_commercial_platform", "partner_employer"},
    ),
    (
        "commercial_platform",
        [("taught_by", "HEC Paris")],
        {"title": "Investing in Knots by HEC Paris and IBM"},
        {"partner_commercial_platform", "partner_employer"},
    ),
    (
        "commercial_platform",
        [("taught_by", "University of Leeds")],
        {"description": "Built in partnership with experts such as Jane Doe from Google."},
        {"partner_commercial_platform"},
    ),
    (
        "commercial_platform",
        [("taught_by", "University of Leeds")],
        {"description": "Learn a language that was created by Google, on a computer of IBM."},
        {"partner_commercial_platform"},
    ),
]


@pytest.mark.parametrize(("on", "roles", "facts", "modes"), HARVESTED)
def test_with_real_organisations(on: str, roles: list[tuple[str, str]], facts: dict[str, object], modes: set[str]):
    organisations = tuple(OrganisationRole(role=role, name=name) for role, name in roles)
    programme = Programme(**{"ref": "x", "kind": "course", "title": "Knots", "organisations": organisations, **facts})
    assert {f.mode for f in as_harvested(programme, source(on))} == modes


# --------------------------------------------------------------------------------------
# The data is sound
# --------------------------------------------------------------------------------------


def test_ids_modes_and_conditions_are_known():
    rows = [*DATA["word"], *DATA["naming"], *DATA["structure"]]
    assert len({row["id"] for row in rows}) == len(rows)
    for row in (*DATA["word"], *DATA["structure"]):
        assert row["mode"] in vocabulary("development_mode")
        assert row["mode"] != "unknown"
    assert {row["condition"] for row in DATA["structure"]} == set(_CONDITIONS)
    for row in rows:
        assert 0.5 <= row["confidence"] <= 1
        assert row["source"]
        assert set(row.get("sources", ())) | set(row.get("not_on", ())) <= set(EVERY_KIND)
        assert set(row.get("languages", ())) <= LANGUAGES


def test_fields_are_fields_of_evidence():
    single = {"title", "credential_label", "kind_as_published", "subjects", "description", "statements"}
    dotted = {f"statements.{s}" for s in vocabulary("statement")} | {f"organisations.{r}" for r in vocabulary("role")}
    for row in (*DATA["word"], *DATA["naming"]):
        assert set(row["fields"]) <= single | dotted, row["id"]


def said(example: str | list[str]) -> str:
    """The text of an example: of a family of phrasing it stands alone, else the words to be found follow it."""
    return example if isinstance(example, str) else example[0]


@pytest.mark.parametrize(("rule", "row"), WORD_ROWS, ids=[row["id"] for _, row in WORD_ROWS])
def test_examples_of_word_rules(rule: Rule, row: dict[str, object]):
    assert row["examples"]
    assert row["counterexamples"]
    for example in row["examples"]:
        match = rule.phrase.search(Text.of("x", said(example)))
        assert match is not None, example
        assert isinstance(example, str) or match[0] == example[1]
    for text in row["counterexamples"]:
        assert rule.phrase.search(Text.of("x", text)) is None, text


FAMILY_ROWS = [row for row in DATA["word"] if isinstance(row["examples"][0], str)]


def of_words(text: str) -> set[str]:
    return found("institution", maker("institution - Example College"), description=text)


@pytest.mark.parametrize("row", FAMILY_ROWS, ids=[row["id"] for row in FAMILY_ROWS])
def test_families_of_phrasing_say_one_mode(row: dict[str, object]):
    for text in row["examples"]:
        assert of_words(text) == {row["mode"]}, text
    for text in row["counterexamples"]:
        assert of_words(text) == set(), text


def test_every_family_speaks_every_language():
    families = {row["id"].rpartition("-")[0] for row in FAMILY_ROWS}
    assert {row["id"] for row in FAMILY_ROWS} == {f"{family}-{code}" for family in families for code in LANGUAGES}


@pytest.mark.parametrize(("rule", "row"), NAMING_ROWS, ids=[row["id"] for _, row in NAMING_ROWS])
def test_examples_of_naming_rules(rule: Rule, row: dict[str, object]):
    def names(text: str) -> str:
        match = rule.phrase.search(Text.of("x", text))
        if match is None or (rule.needs and not rule.needs.search(text, match.end())):
            return ""
        return " | ".join(words for words, _ in windows(rule, text, match))

    for text, named in row["examples"]:
        assert named in names(text)
    for text in row["counterexamples"]:
        assert names(text).strip() == ""


@pytest.mark.parametrize(
    "name", ["companies", "schools", "unions", "departments", "name_ends", "opening", "unspaced_institutions"]
)
def test_examples_of_names(name: str):
    for text in DATA[name]["examples"]:
        assert pattern(name).search(text), text
    for text in DATA[name]["counterexamples"]:
        assert not pattern(name).search(text), text


@pytest.mark.parametrize("row", DATA["structure"], ids=[row["id"] for row in DATA["structure"]])
def test_examples_of_structure_rules(row: dict[str, object]):
    def rules_found(example: dict[str, object]) -> set[str]:
        facts = {name: value for name, value in example.items() if name not in {"on", "by"}}
        makers = tuple(maker(said) for said in example["by"])
        return {f.mode for f in development(listing(*makers, **facts), source(example["on"]), makers)}

    for example in row["examples"]:
        assert row["mode"] in rules_found(example), example
    for example in row["counterexamples"]:
        assert row["mode"] not in rules_found(example), example


# --------------------------------------------------------------------------------------
# Whatever is printed
# --------------------------------------------------------------------------------------

PIECES = [
    *(text for row in DATA["word"] for text in map(said, row["examples"])),
    *(text for row in DATA["naming"] for text in map(said, row["examples"])),
    "IBM",
    "University of Oxford",
    "course developed by ",
    "\n",
    "。",
    "İ",
]
TEXTS = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=20)), max_size=8).map(" ".join)
MAKERS = st.builds(
    KnownOrganisation,
    role=st.sampled_from(list(vocabulary("role"))),
    name=st.one_of(st.sampled_from(["Example College", "School of Engineering", "IBM", "大学"]), st.text(max_size=30)),
    kind=st.sampled_from([None, *vocabulary("organisation_kind")]),
    country=st.sampled_from([None, "GB", "FR"]),
    entity=st.none(),
    evidence=st.none(),
)
LISTINGS = st.tuples(
    st.sampled_from(EVERY_KIND),
    st.lists(MAKERS, max_size=4).map(tuple),
    st.fixed_dictionaries(
        {},
        optional={
            "title": st.one_of(st.none(), TEXTS),
            "description": TEXTS,
            "kind_as_published": TEXTS,
            "credential_label": TEXTS,
            "credits_unit": st.sampled_from(["ceu", "ects"]),
            "subjects": st.lists(TEXTS, max_size=2).map(tuple),
            "statements": st.dictionaries(st.sampled_from(list(vocabulary("statement"))), TEXTS, max_size=3),
        },
    ),
)
OWN_AND_PARTNER = ("own_", "partner_")


@settings(max_examples=150, deadline=None)
@given(LISTINGS)
def test_every_listing_is_explained(case: tuple[str, tuple[KnownOrganisation, ...], dict[str, object]]):
    on, makers, facts = case
    programme = listing(*makers, **facts)
    findings = development(programme, source(on), makers)
    assert findings == development(programme, source(on), makers)
    modes = [f.mode for f in findings]
    assert "unknown" not in modes
    assert sorted(modes, key=list(vocabulary("development_mode")).index) == modes
    assert all(modes.count(mode) <= EVIDENCE_PER_MODE for mode in modes)
    assert len({(f.mode, f.evidence.rule) for f in findings}) == len(findings)
    assert "non_hei" not in modes or not any(mode.startswith(OWN_AND_PARTNER) for mode in modes)
    for finding in findings:
        assert_quoted(finding, programme, source(on))


def assert_quoted(finding: DevelopmentFinding, programme: Programme, declared: Source) -> None:
    evidence = finding.evidence
    assert 0 < evidence.confidence <= 1
    assert len(evidence.words) <= EVIDENCE_MOST
    if evidence.field == "source.kind":
        assert evidence.words == declared.kind
    elif evidence.field == "credits_unit":
        assert evidence.words == programme.credits_unit
    elif evidence.field.startswith("organisations") and evidence.rule in {row["id"] for row in DATA["structure"]}:
        printed = [o.name for o in programme.organisations]
        assert evidence.words.startswith(tuple(name[:EVIDENCE_MOST] for name in printed))
    else:
        assert any(f == evidence.field and evidence.words in words for f, words in texts_of(programme))


@pytest.mark.parametrize(
    "text",
    [
        "The course has been developed by " * 600,
        "developed by with in partnership with " * 500,
        "A" * 20_000,
        "Ab " * 6_600,
        "credits " + "to the " * 2_800,
        "Master of " * 2_000,
        "株式会社" * 5_000,
        "part of the " * 1_600,
        "existing units and " * 1_000,
        "modules of the master's programme " * 600,
        "õppekavade „Õigus“ ja " * 900,
        "Example College (France) and " * 700,
        "Developed jointly by École d’" * 700,
    ],
)
def test_hostile_texts_cost_no_time(text: str):
    development(listing(COLLEGE), source("institution"), (COLLEGE,))
    begun = time.perf_counter()
    development(listing(COLLEGE, description=text), source("institution"), (COLLEGE,))
    assert time.perf_counter() - begun < 5
