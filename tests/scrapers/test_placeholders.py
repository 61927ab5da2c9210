from __future__ import annotations

import pytest

from scrapers.placeholders import is_placeholder


@pytest.mark.parametrize(
    "title",
    [
        "Test course", "TEST", "Test Course 2", "[test-course]", "Demo Course", "Sample programme", "Lorem ipsum dolor",
        "DO NOT USE - old version", "Please do not enrol", "Testkurs 3", "curso de prueba", "Cours de test",
    ],
)  # fmt: skip
def test_titles_that_nobody_offers_anything_under(title: str) -> None:
    assert is_placeholder(title)


@pytest.mark.parametrize(
    "title",
    [
        None, "", "42", "Testing", "Software Testing", "Test Automation Course", "Testing Mobile Apps", "Test Driven",
        "Sampling in Surveys", "Demography", "A course on test design", "Sandbox Games", "What not to do: use of force",
        "The Lorem ipsum of design", "Template Metaprogramming",
    ],
)  # fmt: skip
def test_titles_of_courses_that_are_about_tests(title: str | None) -> None:
    assert not is_placeholder(title)
