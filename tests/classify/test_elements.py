"""Which elements a listing states: examples read by a person, and the examples that stand beside the rules."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_runs import a_source

from classify.elements import elements, says_nothing
from classify.phrases import Phrase, Text, table
from models.classification import EVIDENCE_MOST, Evidence, KnownOrganisation
from models.records import OrganisationRole, Programme
from models.vocab import vocabulary

DATA = table("elements")
ROWS = DATA["phrase"]

SOURCE = a_source(slug="example", name="Example", country="GB")


def programme(kind: str = "course", title: str | None = None, **facts: Any) -> Programme:
    return Programme(ref="1", kind=kind, title=title, **facts)


def stated(listing: Programme, *known: KnownOrganisation) -> dict[str, Evidence]:
    return dict(elements(listing, SOURCE, known))


def organisation(role: str, name: str, kind: str | None = None, country: str | None = None) -> KnownOrganisation:
    return KnownOrganisation(role=role, name=name, kind=kind, country=country, entity=None, evidence=None)


def printed(evidence: Evidence, listing: Programme) -> str:
    """Everything that is printed in the field that evidence names."""
    field, _, inner = evidence.field.partition(".")
    if field == "organisations":
        return "\n".join(o.name for o in listing.organisations if o.role == inner)
    if inner:
        return str(getattr(listing, field)[inner])
    return str(getattr(listing, field))


# ---- the data ----


def test_rules_are_told_apart_and_say_what_the_vocabulary_knows() -> None:
    ids = [row["id"] for row in ROWS]
    assert len(ids) == len(set(ids))
    known = {*vocabulary("listing_element"), "criteria", "no_assessment"}
    assert {row["says"] for row in ROWS} <= known
    assert set(DATA["element"]) <= known
    assert set(DATA["not_in_questions"]) <= known
    assert {name for row in DATA["element"].values() for name in row.get("statements", ())} <= set(
        vocabulary("statement")
    )
    assert all(0 < row["confidence"] <= 1 for row in ROWS)
    assert all(0 < confidence <= 1 for confidence in DATA["confidence"].values())


def test_texts_that_are_searched_exist() -> None:
    for row in DATA["element"].values():
        for name in row["texts"]:
            field, _, inner = name.partition(".")
            assert hasattr(programme(), field)
            assert inner in vocabulary("statement") if field == "statements" else inner in {"", "faq"}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: str(row["id"]))
def test_examples_beside_a_rule_hold(row: dict[str, Any]) -> None:
    phrase = Phrase.read(row)
    assert row["examples"], "a rule without an example"
    assert all(stem == stem.lower() for stem in phrase.stems)
    for example in row["examples"]:
        found = phrase.search(Text.of("description", example))
        assert found, example
        assert any(stem in Text.of("", found[0]).lowered for stem in phrase.stems), "no stem in what was found"
    for counterexample in row.get("counterexamples", ()):
        assert phrase.search(Text.of("description", counterexample)) is None, counterexample


# ---- typed fields ----


def test_a_listing_that_says_nothing_states_nothing() -> None:
    assert stated(programme()) == {}


def test_every_element_stands_in_the_order_of_the_vocabulary() -> None:
    listing = programme(
        title="Knots",
        description="Tie five knots.",
        organisations=(OrganisationRole(role="awarded_by", name="University of Knots", country="EE"),),
        ects=6.0,
        credits_value=6.0,
        credits_unit="ects",
        eqf_level=6,
        level_as_published="EQF level 6",
        delivery="online",
        statements={
            "recognition": "Recognised by the guild.",
            "stackability": "Part of a larger certificate.",
            "supervision": "Unsupervised.",
            "prerequisites": "None",
            "quality_assurance": "Reviewed each year.",
            "assessment": "An exam.",
            "learning_outcomes": "Ties five knots.",
        },
    )
    known = organisation("awarded_by", "University of Knots", "institution", "EE")
    assert list(stated(listing, known)) == list(vocabulary("listing_element"))


def test_country_is_that_of_the_awarding_body_before_that_of_the_teacher() -> None:
    roles = (
        OrganisationRole(role="taught_by", name="Escuela de Nudos", country="ES"),
        OrganisationRole(role="awarded_by", name="University of Knots"),
    )
    known = (
        organisation("taught_by", "Escuela de Nudos", None, "ES"),
        organisation("awarded_by", "University of Knots"),
    )
    assert stated(programme(organisations=roles), *known)["country"].words == "Escuela de Nudos"
    known = (known[0], organisation("awarded_by", "University of Knots", "institution", "EE"))
    assert stated(programme(organisations=roles), *known)["country"].words == "University of Knots"


def test_the_operator_of_a_catalogue_gives_no_country() -> None:
    role = OrganisationRole(role="listed_on", name="Example Platform", country="US")
    assert "country" not in stated(
        programme(organisations=(role,)), organisation("listed_on", "Example Platform", "platform", "US")
    )


def test_a_platform_is_no_awarding_body() -> None:
    role = OrganisationRole(role="awarded_by", name="Example Platform")
    listing = programme(organisations=(role,))
    assert "awarding_body" not in stated(listing, organisation("awarded_by", "Example Platform", "platform"))
    assert stated(listing, organisation("awarded_by", "Example Platform"))["awarding_body"].words == "Example Platform"


@pytest.mark.parametrize(
    ("facts", "field", "words"),
    [
        ({"ects": 6.0, "credits_value": 6.0, "verbatim": {"credits": "6 EAP"}}, "verbatim.credits", "6 EAP"),
        ({"workload_hours_min": 40.0, "verbatim": {"workload": "40 hours"}}, "verbatim.workload", "40 hours"),
        ({"workload_hours_min": 40.0}, "workload_hours_min", "40"),
        ({"credits_value": 2.5, "credits_unit": "ceu"}, "credits_value", "2.5"),
    ],
)
def test_workload_is_quoted_as_printed_where_the_words_were_kept(facts: dict[str, Any], field: str, words: str) -> None:
    evidence = stated(programme(**facts))["workload"]
    assert (evidence.field, evidence.words) == (field, words)


def test_hours_a_week_are_no_workload() -> None:
    assert "workload" not in stated(programme(effort_hours_per_week_min=4.0, verbatim={"effort": "4 hours"}))


@pytest.mark.parametrize(
    "words", ["3", "Level 9", "eqf_7", "Master", "Undergraduate", "Associates Degree Level", "学士"]
)
def test_levels_of_qualification(words: str) -> None:
    assert stated(programme(level_as_published=words))["level"].words == words


@pytest.mark.parametrize("words", ["Beginner", "Foundational", "X", "E", "Anfänger", "all levels", "Advanced"])
def test_other_levels_are_none(words: str) -> None:
    assert "level" not in stated(programme(level_as_published=words))


def test_a_level_in_running_text_counts_with_its_framework_only() -> None:
    assert "level" in stated(programme(description="A module at EQF level 5."))
    assert "level" not in stated(programme(description="Swimming for level 5."))


def test_participation_is_quoted_as_printed() -> None:
    listing = programme(delivery="presential", verbatim={"delivery": "On campus"})
    assert stated(listing)["participation"].words == "On campus"
    assert stated(programme(mode_of_study="part_time"))["participation"].field == "mode_of_study"


# ---- texts under the name of an element ----


def test_none_is_a_statement_about_prerequisites_and_about_nothing_else() -> None:
    listing = programme(statements={"prerequisites": "None.", "assessment": "None.", "stackability": "n/a"})
    assert set(stated(listing)) == {"prerequisites"}
    assert stated(listing)["prerequisites"].rule == "statement-says-none"


@pytest.mark.parametrize("words", ["-", "–", ".", "   ", "TBA", "*** Condition PROFILE DESCRIPTION MISSING ***"])
def test_a_form_left_blank_states_nothing(words: str) -> None:
    assert stated(programme(statements={"prerequisites": words, "admission": words})) == {}


@pytest.mark.parametrize(
    "words", ["None", "none.", "N/A", "Geen", "Keine", "Aucun", "Ninguno", "なし", "없음", "Puuduvad", "No assessment"]
)
def test_words_for_nothing(words: str) -> None:
    assert says_nothing(words)


@pytest.mark.parametrize(
    "words", ["None of the usual exams", "Nothing! This course is for beginners.", "An exam", "Nobel"]
)
def test_words_that_say_something(words: str) -> None:
    assert not says_nothing(words)


def test_admission_is_a_prerequisite() -> None:
    assert (
        stated(programme(statements={"admission": "A bachelor in knots."}))["prerequisites"].field
        == "statements.admission"
    )


@pytest.mark.parametrize(
    ("criteria", "expected"),
    [
        ("Successfully passed the Knots exam.", True),
        ("Complete seven projects.", True),
        ("Must demonstrate five knots.", True),
        ("Complete the introductory course.", False),
        ("Attend the workshop.", False),
        ("Ten hours of volunteering.", False),
    ],
)
def test_criteria_of_a_badge_are_assessment_if_they_ask_for_more_than_attendance(criteria: str, expected: bool) -> None:
    listing = programme(kind="badge", statements={"assessment": criteria})
    assert ("assessment" in stated(listing)) is expected
    assert "assessment" in stated(replace(listing, kind="course"))


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("A written exam.", True),
        ("Reflection on one's own knots", True),
        ("There is no exam. You are graded on two essays.", True),
        ("There is no exam.", False),
        ("Attendance and active participation", False),
        ("Nothing is graded; the quizzes are for yourself.", False),
        ("この講座に試験はない。", False),
        ("Aktive Teilnahme", False),
    ],
)
def test_a_text_printed_as_assessment_may_say_that_there_is_none(words: str, expected: bool) -> None:
    assert ("assessment" in stated(programme(statements={"assessment": words}))) is expected


def test_criteria_of_a_badge_that_ask_for_no_exam() -> None:
    listing = programme(kind="badge", statements={"assessment": "Finish all lessons.\nThere is no exam."})
    assert "assessment" not in stated(listing)


# ---- running texts ----


@pytest.mark.parametrize(
    ("description", "expected"),
    [
        ("You will be assessed by two essays.", {"assessment"}),
        ("You will learn how to assess risks to a bridge.", {"learning_outcomes"}),
        ("A lecture on environmental impact assessment.", set()),
        ("Software testing and quality assurance are its subjects.", set()),
        ("It helps you to prepare for the final exam of the guild.", set()),
        ("No previous experience is required.", {"prerequisites"}),
        ("A basic knowledge of rope is needed. The exam is proctored.", {"assessment", "prerequisites", "supervision"}),
        ("This online course is the second in a three part series.", {"participation", "stackability"}),
        ("The course is accredited by the Guild of Ropemakers.", {"quality_assurance"}),
        ("Taking this course here will not earn credit towards the degree.", set()),
        ("It gives a nationally recognised qualification.", {"recognition"}),
        ("Der Kurs endet mit einer Abschlussprüfung. Vorkenntnisse sind nicht nötig.", {"assessment", "prerequisites"}),
        ("Un examen final. Prérequis : aucun.", {"assessment", "prerequisites"}),
        ("Hay un examen final; no se requieren conocimientos previos.", {"assessment", "prerequisites"}),
        ("Kursus lõpeb eksamiga. Õpiväljundid: viis sõlme.", {"assessment", "learning_outcomes"}),
        ("Osaamistavoitteet: viisi solmua. Opinnot voi hyväksilukea.", {"learning_outcomes", "stackability"}),
        ("期末テストと小テストがあります。前提知識は不要です。", {"assessment", "prerequisites"}),
        ("기말고사가 있습니다. 선수과목 없음.", {"assessment", "prerequisites"}),
        ("期末考试占60%。先修课程：无。", {"assessment", "prerequisites"}),
    ],
)
def test_what_running_text_states(description: str, expected: set[str]) -> None:
    assert set(stated(programme(description=description))) - {"further_information"} == expected


def test_assessment_on_entry_is_no_assessment_of_learning() -> None:
    listing = programme(statements={"prerequisites": "Applicants sit a final exam and an online assessment."})
    assert set(stated(listing)) == {"prerequisites"}


@pytest.mark.parametrize(
    "syllabus",
    [
        "Project 1: a rope ladder. Reviewers will give feedback on your projects.",
        "Students finish the programme with a capstone project.",
        "Read the project rubric before you hand in your knots.",
        "Week 8: final exam",
    ],
)
def test_a_syllabus_states_assessment(syllabus: str) -> None:
    evidence = stated(programme(statements={"course_units": syllabus}))["assessment"]
    assert evidence.field == "statements.course_units"


def test_projects_of_a_syllabus_that_nobody_reviews_state_none() -> None:
    listing = programme(statements={"course_units": "Project 1: a rope ladder\nProject 2: a net\nProject 3: a sail"})
    assert "assessment" not in stated(listing)


def test_an_answer_states_what_its_question_does_not() -> None:
    asked = "**Q. Is there a final exam?**\n"
    assert "assessment" not in stated(programme(verbatim={"faq": f"{asked}You learn at your own pace."}))
    evidence = stated(programme(verbatim={"faq": f"{asked}Yes, you sit an online exam."}))["assessment"]
    assert evidence.field == "verbatim.faq"


@pytest.mark.parametrize(
    "description",
    [
        "Will I be assessed by an essay?",
        "How do the guild's examiners mark your knots?",
        "Only the finest ropes are graded by colour.",
        "The critics' marks are given in stars.",
        "Les épreuves de la vie en mer",
        "El museo presenta el trabajo de un pintor.",
        "Wie Unternehmen bewertet werden",
        "Het beoordelen van bronnen",
        "Det bedöms att havet stiger.",
        "高く評価される作品",
        "세계적으로 평가받는 작가",
        "全世界60%以上的人口",
    ],
)
def test_what_is_no_assessment_of_the_learner(description: str) -> None:
    assert "assessment" not in stated(programme(description=description))


def test_evidence_of_a_long_text_holds_the_words_found() -> None:
    text = "Rope. " * 1_000 + "You will be assessed by two essays. " + "Rope. " * 1_000
    evidence = stated(programme(description=text))["assessment"]
    assert "assessed by two essays" in evidence.words
    assert len(evidence.words) == EVIDENCE_MOST


def test_letters_that_grow_in_lower_case_do_not_shift_the_words() -> None:
    listing = programme(description="İİİİİ İstanbul. You’ll be able to read a map.")
    assert "able to read a map" in stated(listing)["learning_outcomes"].words


# ---- whatever a listing holds ----

PIECES = [
    "exam",
    "assessed ",
    "no ",
    "project is graded",
    "? ",
    "試験はない",
    "prerequisite",
    "part of the ",
    "\n",
    ". ",
    "’",
    "İ",
    "assessment is by ",
    "EQF level 5",
]
WORDS = st.lists(st.characters(exclude_categories=["Cs"]) | st.sampled_from(PIECES), max_size=30).map("".join)
LISTINGS = st.builds(
    programme,
    kind=st.sampled_from([*vocabulary("listing_kind"), "thing"]),
    title=st.none() | WORDS,
    description=st.none() | WORDS,
    level_as_published=st.none() | WORDS,
    delivery=st.none() | st.sampled_from(list(vocabulary("delivery"))),
    ects=st.none() | st.floats(0, 500),
    workload_hours_min=st.none() | st.floats(0, 10_000),
    eqf_level=st.none() | st.integers(1, 8),
    statements=st.dictionaries(st.sampled_from(list(vocabulary("statement"))), WORDS, max_size=4),
    verbatim=st.dictionaries(st.sampled_from(["credits", "workload", "delivery", "effort"]), WORDS, max_size=3),
    organisations=st.lists(
        st.builds(
            OrganisationRole,
            role=st.sampled_from(list(vocabulary("role"))),
            name=WORDS,
            country=st.none() | st.just("EE"),
        ),
        max_size=3,
    ).map(tuple),
)


@settings(max_examples=150)
@given(LISTINGS)
def test_every_value_has_evidence_that_stands_in_its_field(listing: Programme) -> None:
    known = tuple(organisation(o.role, o.name, o.kind, o.country) for o in listing.organisations)
    found = stated(listing, *known)
    assert list(found) == [element for element in vocabulary("listing_element") if element in found]
    for evidence in found.values():
        assert evidence.words
        assert evidence.words in printed(evidence, listing)
        assert len(evidence.words) <= EVIDENCE_MOST
        assert 0 < evidence.confidence <= 1
    assert stated(listing, *known) == found


@pytest.mark.parametrize(
    "words",
    [
        "assessed ",
        "a",
        "part of the ",
        "knowledge ",
        "basic good a ",
        "exam assessment test ",
        "İ",
        "project is the ",
        "Arbeit der ",
        "évalué par ",
        "試験を",
    ],
)
def test_hostile_texts_cost_little(words: str) -> None:
    text = (words * 20_000)[:20_000]
    listing = programme(description=text, statements={"purpose": text, "certificate": text, "assessment": text})
    begun = time.perf_counter()
    stated(listing)
    assert time.perf_counter() - begun < 5
