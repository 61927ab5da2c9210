"""Organisations in running text, and what holds of every name."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from organisation_examples import MIT, TARTU, WORLD, national, one, source

from classify.organisation_names import folded
from classify.organisation_table import records
from classify.organisations import find_names, known_organisations
from models.records import OrganisationRole, Programme, Source
from models.vocab import vocabulary

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


@settings(max_examples=150)
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


@settings(max_examples=150)
@given(st.lists(st.one_of(NAMES, st.sampled_from(["by", "and", ",", ".", "The", "'s"])), max_size=8).map(" ".join))
def test_names_found_stand_in_the_text(text: str) -> None:
    found = find_names(text)
    assert all(words in text for _, words in found)
    assert len({entity.id for entity, _ in found}) == len(found)


@given(st.text(max_size=80))
def test_folding_is_idempotent_for_names_without_legal_forms(text: str) -> None:
    once = folded(text)
    assert folded(once) in {once, *(once.rsplit(" ", count)[0] for count in range(1, 6))}
