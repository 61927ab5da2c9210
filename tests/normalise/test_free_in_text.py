"""Running text that says that a programme costs nothing."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_runs import a_source

from models.records import Listing, Price
from normalise.free_in_text import QUOTE_MOST, free_in_text
from normalise.programme import normalise
from normalise.words import words_file


@pytest.mark.parametrize(
    "text",
    [
        "Join this free online course and learn to code.",
        "A free course from the open university of somewhere",
        "This course is free.",
        "Ce cours gratuit s'adresse à tous",
        "Un curso gratuito en línea sobre el clima",
        "Dieser kostenlose Online-Kurs führt ein",
        "Tasuta kursus algajatele",
        "無料講座です",
        "Free, self-paced: take this course for free",
    ],
)
def test_words_for_free_that_are_bound_to_the_course(text: str):
    assert free_in_text(text) is not None


@pytest.mark.parametrize(
    "text",
    [
        "Feel free to ask. The course costs 300 euro.",
        "Start your free trial today", "A gluten-free course of cooking", "Free parking beside the course",
        "Freedom of course", "Duty-free courses", "The cursor is gratis", "Learn about free markets in this course",
        "",
    ],
)  # fmt: skip
def test_words_that_say_nothing_about_the_price(text: str):
    assert free_in_text(text) is None


def listing(**others: object) -> Listing:
    facts = {"ref": "a", "kind": "course", "title": "A", "description": "This free online course is for you."}
    return Listing(**(facts | others))  # type: ignore[arg-type]


def test_the_price_is_read_from_text_only_where_no_field_has_one():
    on = date(2024, 1, 1)
    free, _ = normalise(listing(), a_source(), on)
    assert (free.price.price_type, free.price.price_amount, free.price.price_currency) == ("free", 0.0, None)
    assert "free online course" in free.verbatim["price"]
    paid, _ = normalise(listing(prices=(Price(text="300 EUR"),)), a_source(), on)
    assert (paid.price.price_type, paid.price.price_amount) == ("paid", 300.0)


@given(st.text(max_size=400))
def test_what_is_quoted_stands_in_the_text(text: str):
    found = free_in_text(f"{text} a free course {text}")
    assert found is None or (
        len(found) <= QUOTE_MOST + 40 and found.strip() in f"{text} a free course {text}".replace("\n", " ")
    )


@pytest.mark.parametrize("phrase", words_file("prices")["in_text"]["free"])
def test_every_phrase_is_found_in_both_cases_whatever_is_looked_for_first(phrase: str):
    words = phrase.replace(" gap ", " online ").replace(" any ", " new ")
    for text in (words, words.upper(), words.replace("i", "İ"), words.replace("s", "ſ")):
        assert free_in_text(f"2024: {text}!") is not None, text
