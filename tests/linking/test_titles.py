"""What is compared of titles. The examples have the forms of recorded catalogues, with subjects of our own."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linking.titles import are_in_two_languages, disagreements, read_title, relation, windows, word_count


@pytest.mark.parametrize(
    ("printed", "words"),
    [
        ("The Care of Wounds & Burns", "care wounds burns"),
        ("Micro-credential: Wound Care", "wound care"),
        ("Wound Care (MOOC)", "wound care"),
        ("Wound Care – Professional Certificate", "wound care"),
        ("Les soins des plaies - session 2", "soins plaies"),
        ("L’histoire de l'Europe", "histoire europe"),
        ("Statistics, Part II", "statistics 2"),
        ("Statistics II", "statistics 2"),
        ("Statistics: Part Two", "statistics 2"),
        ("Calculus I", "calculus 1"),
        ("Why I Teach", "why teach"),
        ("Intro to Mgmt", "introduction management"),
        ("C++ for Engineers", "c++ engineers"),
        ("C# for Engineers", "c# engineers"),
        ("Küberturvalisus algajatele", "kuberturvalisus algajatele"),
        ("Vitamin A", "vitamin a"),
        ("The Course", "course"),
        ("???", ""),
        ("", ""),
    ],
)
def test_words(printed: str, words: str):
    assert read_title(printed).words == words


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("Wound Care", "WOUND CARE ", "same"),
        ("Well-being at Work", "Wellbeing at Work", "same"),
        ("Plaies : soigner !", "Plaies, soigner", "same"),
        ("Burns | 烧伤护理学", "Burns", "beside"),
        ("烧伤护理学 Caring for Severe Burns", "烧伤护理学 | The Care of Burns", "beside"),
        ("Making Sense of Burns: A Primer for Nurses", "Making Sense of Burns", "main"),
        ("Caring for Burns: Methods – What Works", "Caring for Burns: Methods", "main"),
        ("Management of Wounds", "Wounds Management", "reworded"),
        ("Organisational Behaviour", "Organizational Behavior", "reworded"),
        ("Wound Care for Nurses", "Wound Care for Nurses and Midwives in Training", "shortened"),
        ("Foundations of Peatland Hydrology A", "Foundations of Peatland Hydrology B", "near"),
        ("Wound Care", "Wound Care for Nurses", "other"),  # two words are too few to be the same and more
        ("Wound Care", "Burn Care", "other"),
        ("C++ Basics", "C# Basics", "other"),
        ("Leadership: Building Teams", "Leadership", "other"),  # one word before a subtitle says too little
    ],
)
def test_relation(one: str, other: str, expected: str):
    ours, theirs = read_title(one), read_title(other)
    assert relation(ours, theirs) == relation(theirs, ours) == expected


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("Statistics I", "Statistics II", [("numbers", True)]),
        ("Statistics", "Statistics II", [("numbers", False)]),
        ("Statistics II", "Statistics Part 2", []),
        ("The Rule of Law (I): Beginnings", "The Rule of Law, Part 1", []),
        ("数据结构（上）", "数据结构（下）", [("numbers", True)]),
        ("German A2", "German B2", [("numbers", True)]),
        ("Data Protection 2018", "Data Protection 2021", [("years", True)]),
        ("Introduction to Law", "Advanced Law", [("levels", True)]),
        ("Introduction to Law", "Law for Beginners", []),
        ("Recht", "Recht für Fortgeschrittene", [("levels", False)]),
        ("機械学習入門", "機械学習（応用編）", [("levels", True)]),
        ("Machine Learning (Spanish)", "Machine Learning (en français)", [("languages", True)]),
        ("Spanish for Nurses", "French for Nurses", []),  # a subject, not the language of a version
        ("Music of the 20th Century", "20世纪音乐", []),
    ],
)
def test_what_should_agree(one: str, other: str, expected: list[tuple[str, bool]]):
    assert list(disagreements(read_title(one), read_title(other))) == expected


def test_small_words_tell_the_language():
    english, french = read_title("Introduction to Satellites for the Sea"), read_title("Introduction aux satellites")
    assert are_in_two_languages(english, french)
    assert not are_in_two_languages(english, read_title("Satellites"))
    assert not are_in_two_languages(read_title("La mer"), read_title("El mar y la costa"))  # la is French and Spanish


def test_windows_are_half_of_a_title_or_more():
    assert list(windows("care of wounds")) == ["care of wounds", "care of", "of wounds"]
    assert list(windows("one")) == ["one"]
    assert list(windows("烧伤护理")) == ["烧伤护理", "烧伤护", "伤护理", "烧伤", "伤护", "护理"]


def test_three_letters_without_spaces_are_a_word():
    assert word_count("wound care") == 2
    assert word_count("サービスデザイン") == 2
    assert word_count("") == 0


@given(st.text(max_size=80), st.text(max_size=80))
def test_any_two_texts_can_be_compared(one: str, other: str):
    ours, theirs = read_title(one), read_title(other)
    assert relation(ours, ours) == "same"
    assert relation(ours, theirs) == relation(theirs, ours)
    assert {name for name, _ in disagreements(ours, theirs)} == {name for name, _ in disagreements(theirs, ours)}
