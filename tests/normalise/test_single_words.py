"""Languages, countries, levels, and the fields that hold one word of a vocabulary."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from datetime import date
from importlib.resources import files

import langcodes
import pytest

from models.vocab import vocabulary
from normalise.conversions import level_rules
from normalise.countries import LOCALES, country_code
from normalise.languages import language_tag, language_tags
from normalise.levels import eqf_level
from normalise.words import lookup
from scrapers.source import discover

FIELDS = {
    name: table
    for name, table in tomllib.loads(files("normalise").joinpath("words/fields.toml").read_text("utf-8")).items()
    if isinstance(table, dict)
}
VOCABULARY = {"level": "platform_level", "price_kind": "price_type"}


@pytest.mark.parametrize(
    ("words", "tag"),
    [
        ("en", "en"), ("EN", "en"), ("en_US", "en-US"), ("en-us", "en-US"), ("eng", "en"), ("fre", "fr"), ("deu", "de"),
        ("zh-CN", "zh-CN"), ("zh_Hans", "zh-Hans"), ("iw", "he"), ("English", "en"), ("anglais", "en"),
        ("Englisch", "en"), ("inglise keel", "en"), ("Français", "fr"), ("Español", "es"), ("日本語", "ja"),
        ("한국어", "ko"), ("suomi", "fi"), ("Te Reo Māori", "mi"), ("Chinese (Simplified)", "zh-Hans"),
        ("Portuguese (Brazil)", "pt-BR"), ("Norsk", "no"), ("castellano", "es"), ("Vlaams", "nl"), ("ไทย", "th"),
    ],
)  # fmt: skip
def test_a_language_is_read(words: str, tag: str):
    assert language_tag(words).value == tag


@pytest.mark.parametrize("code", LOCALES)
def test_codes_that_are_read_at_once_are_what_the_library_makes_of_them(code: str):
    for printed in (code, code.upper(), f" {code.capitalize()} "):
        assert language_tag(printed).value == langcodes.standardize_tag(printed.strip())


def test_plain_codes_and_known_names_do_not_load_the_library():
    code = (
        "import sys; from normalise.languages import language_tags; "
        "print(language_tags(['en', 'DE', 'English']), 'langcodes' in sys.modules)"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert said.strip() == "(('en', 'de'), ()) False"


def test_several_languages_in_one_text_are_told_apart():
    assert language_tags(["English / French", "en", "Dutch"]) == (("en", "fr", "nl"), ())


@pytest.mark.parametrize("words", ["Klingonish", "xx", "OtherLanguages", "e" * 300])
def test_an_unknown_language_is_trouble_and_never_a_guess(words: str):
    reading = language_tag(words)
    assert reading.value is None
    assert reading.trouble is not None
    assert reading.trouble.code == "unknown_word"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("IE", "IE"), ("ie", "IE"), ("USA", "US"), ("NZL", "NZ"), ("Ireland", "IE"), ("Eesti", "EE"),
        ("Belgique", "BE"), ("Österreich", "AT"), ("United Kingdom", "GB"), ("Scotland", "GB"), ("대한민국", "KR"),
        ("Aotearoa", "NZ"), ("The Netherlands", "NL"), ("Czech Republic", "CZ"), ("Suomi", "FI"),
    ],
)  # fmt: skip
def test_a_country_is_read(words: str, code: str):
    assert country_code(words).value == code


@pytest.mark.parametrize("words", ["EU", "Atlantis", "Korea", "XX", "and"])
def test_what_names_no_one_country_is_trouble(words: str):
    reading = country_code(words)
    assert reading.value is None
    assert reading.trouble is not None


@pytest.mark.parametrize(
    ("words", "level"),
    [
        ("EQF level 6", 6), ("EQF-6", 6), ("eqf_5", 5), ("EKR 7. tase", 7), ("VKS 7", 7), ("SCQF Level 9", 6),
        ("NFQ Level 8", 6), ("Level 9 (NFQ)", 7), ("RQF Level 3", 4), ("EQF level 4 / SCQF 6", 4),
        ("Level 7", None), ("NZQCF level 5", 5), ("AQF 8", None), ("Beginner", None), ("NQF 6", None),
    ],
)  # fmt: skip
def test_eqf_only_where_a_referenced_framework_is_named(words: str, level: int | None):
    reading = eqf_level(words, date(2026, 1, 1))
    assert (reading.value, reading.trouble) == (level, None)


def test_a_bare_level_is_one_of_the_sources_own_framework():
    on = date(2026, 1, 1)
    assert [eqf_level(words, on, "rqf").value for words in ("3", "Level 3", "Niveau 4")] == [4, 4, 5]
    assert eqf_level("EQF 6", on, "rqf").value == 6
    assert [eqf_level(words, on, "rqf").value for words in ("X", "Level 3 or 4", "Beginner", "11")] == [None] * 4
    assert eqf_level("3", on, "no framework we know").value is None


def test_every_framework_that_a_source_declares_is_known():
    known = {word for rule in level_rules(date(2026, 1, 1)) for word in rule.words}
    declared = {source.framework for source in discover().values()} - {""}
    assert declared >= {"rqf", "nzqcf"}
    assert declared <= known


@pytest.mark.parametrize(
    ("words", "code"),
    [("EQF 5-6", "ambiguous"), ("EQF", "ambiguous"), ("SCQF 1", "out_of_range"), ("EQF 9", "out_of_range")],
)
def test_not_one_level_of_a_framework_is_trouble(words: str, code: str):
    reading = eqf_level(words, date(2026, 1, 1))
    assert reading.value is None
    assert reading.trouble is not None
    assert reading.trouble.code == code


@pytest.mark.parametrize(
    ("field", "words", "value"),
    [
        ("delivery", "Online", "online"),
        ("delivery", "On-campus", "presential"),
        ("delivery", "blended learning", "blended"),
        ("delivery", "100% online", "online"),
        ("delivery", "Präsenz", "presential"),
        ("delivery", "à distance", "online"),
        ("pacing", "Self-paced", "self_paced"),
        ("pacing", "self_paced", "self_paced"),
        ("pacing", "instructor", "instructor_paced"),
        ("pacing", "Asynchronous (Date based)", "instructor_paced"),
        ("mode_of_study", "Full Time", "full_time"),
        ("mode_of_study", "PT", "part_time"),
        ("mode_of_study", "berufsbegleitend", "part_time"),
        ("level", "Introductory", "beginner"),
        ("level", "Débutant", "beginner"),
        ("level", "INTERMEDIATE", "intermediate"),
        ("level", "all levels", "all_levels"),
        ("level", "Master", None),
        ("level", "EQF level 6", None),
        ("offer_state", "Enrol now", "open"),
        ("offer_state", "Coming soon", "upcoming"),
        ("offer_state", "fully booked", "closed"),
        ("offer_state", "Archived", "archived"),
        ("offer_state", "n/a", None),
        ("price_period", "MON", "month"),
        ("price_kind", "gratuit", "free"),
        ("organisation_kind", "University", "institution"),
        ("organisation_kind", "Company", "employer"),
    ],
)
def test_a_word_is_looked_up(field: str, words: str, value: str | None):
    reading = lookup(field, words, {})
    assert (reading.value, reading.trouble) == (value, None)


@pytest.mark.parametrize("field", ["delivery", "pacing", "mode_of_study", "level", "offer_state"])
def test_an_unknown_word_is_trouble_and_never_a_default(field: str):
    reading = lookup(field, "purple", {})
    assert reading.value is None
    assert reading.trouble is not None
    assert reading.trouble.code == "unknown_word"


def test_the_words_of_the_source_go_first():
    own = {"On campus + MS Teams": "blended", "online": "hybrid"}
    assert lookup("delivery", "On campus + MS Teams", own).value == "blended"
    assert lookup("delivery", " on campus + ms teams ", own).value == "blended"
    assert lookup("delivery", "Online", own).value == "hybrid"
    assert lookup("delivery", "blended", own).value == "blended"


def test_a_lookup_of_the_source_that_names_no_vocabulary_word_is_trouble():
    reading = lookup("delivery", "Saturdays", {"Saturdays": "weekend"})
    assert reading.value is None
    assert reading.trouble is not None


@pytest.mark.parametrize("field", FIELDS)
def test_tables_give_only_words_of_their_vocabulary_and_each_word_once(field: str):
    assert set(FIELDS[field]) <= set(vocabulary(VOCABULARY.get(field, field)).words)
    owners: dict[str, set[str]] = {}
    for value, words in FIELDS[field].items():
        for word in words:
            owners.setdefault(word.casefold(), set()).add(value)
    assert {word for word, values in owners.items() if len(values) > 1} == set()
