"""What sentences in thirteen languages state of a credential and of assessment (``wordings.toml``, judged by hand)."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from small_runs import a_source

from classify.classes import DEFAULT_DEFINITION, classes
from classify.elements import elements
from classify.phrases import SHORT, Text, table
from models.classification import Classed
from models.records import Programme

WORDINGS: dict[str, Any] = tomllib.loads(Path(__file__).with_name("wordings.toml").read_text(encoding="utf-8"))

SOURCE = a_source(slug="example", name="Example", country="GB")


def sentences(*meanings: str) -> list[Any]:
    """The sentences of some meanings, each with its language."""
    return [
        pytest.param(language, words, id=f"{meaning}-{language}-{place}")
        for meaning in meanings
        for language, told in WORDINGS[meaning].items()
        for place, words in enumerate(told)
    ]


def amid_others(language: str, words: str) -> str:
    """The sentence in a long text of its language."""
    others = "\n".join([WORDINGS["around"][language]] * 20)
    return f"{others}\n{words}\n{others}"


def listing(**facts: Any) -> Programme:
    return Programme(ref="1", kind="program", title="Knots", **facts)


def eu(programme: Programme) -> Classed:
    found = classes(programme, SOURCE, (), elements(programme, SOURCE, ()))
    return next(entry for entry in found if entry.definition == DEFAULT_DEFINITION)


def is_assessed(programme: Programme) -> bool:
    return "assessment" in elements(programme, SOURCE, ())


def test_every_language_has_its_sentences() -> None:
    languages = set(WORDINGS["around"])
    assert all(set(WORDINGS[meaning]) == languages for meaning in WORDINGS)
    assert languages == {"en"} | set(table("languages")["marks"]) | set(table("languages")["signs"])


@pytest.mark.parametrize("language", [language for language in WORDINGS["around"] if language != "en"])
def test_a_long_text_is_known_for_its_language(language: str) -> None:
    text = Text.of("description", WORDINGS["around"][language] * 20)
    assert text.may_be_in(frozenset({language}))
    assert len(text.words) > SHORT


def test_a_long_text_is_not_taken_for_another_language() -> None:
    text = Text.of("description", WORDINGS["around"]["en"] * 20)
    assert not text.may_be_in(frozenset(WORDINGS["around"]))


def test_the_other_sentences_state_nothing() -> None:
    for words in WORDINGS["around"].values():
        assert eu(listing(description=words)).mc_class == "unknown"
        assert not is_assessed(listing(description=words))


@pytest.mark.parametrize(("language", "words"), sentences("credential"))
def test_a_credential_is_stated(language: str, words: str) -> None:
    assert eu(listing(description=words)).mc_class in {"broad", "core"}
    assert eu(listing(description=amid_others(language, words))).mc_class in {"broad", "core"}


@pytest.mark.parametrize(("language", "words"), sentences("none", "attendance"))
def test_no_credential_is_stated(language: str, words: str) -> None:
    for facts in ({"description": words}, {"description": amid_others(language, words)}):
        found = eu(listing(**facts))
        assert found.mc_class == "course_only"
        assert found.reasons[0].rule.partition(".")[0] in {"none", "attendance"}
    assert eu(listing(statements={"certificate": words})).mc_class == "course_only"
    assert not is_assessed(listing(description=words))


@pytest.mark.parametrize(("language", "words"), sentences("assessment"))
def test_assessment_is_stated(language: str, words: str) -> None:
    assert is_assessed(listing(description=words))
    assert is_assessed(listing(description=amid_others(language, words)))
    assert is_assessed(listing(statements={"assessment": words}))


@pytest.mark.parametrize(("language", "words"), sentences("no_assessment"))
def test_that_nothing_is_assessed_is_not_taken_for_assessment(language: str, words: str) -> None:
    assert not is_assessed(listing(description=words))
    assert not is_assessed(listing(description=amid_others(language, words)))
    assert not is_assessed(listing(statements={"assessment": words}))
