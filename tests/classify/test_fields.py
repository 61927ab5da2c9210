"""What is taught: examples read by a person, and the soundness of lexicons and crosswalks."""

from __future__ import annotations

import time
import unicodedata
from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classify import field_words, fields
from classify.field_crosswalks import Crosswalk, crosswalks
from classify.field_words import entries, hits, languages_to_read, lexicon, lexicon_languages
from classify.fields import field_of_education
from models.classification import EVIDENCE_MOST, Evidence, FieldFinding, Unread
from models.records import Format, Programme, Source, Terms
from models.vocab import vocabulary

BROAD = set(vocabulary("isced_broad"))
NARROW = set(vocabulary("isced_narrow"))
KINDS = ("words", "title", "weak", "stems")
TEXT_FIELDS = ("title", "description", "credential_label", "kind_as_published")


def source(slug: str = "example", country: str = "EE", language: str = "en", **lookups: Mapping[str, str]) -> Source:
    return Source(
        slug=slug,
        name="Example",
        kind="institution",
        country=country,
        language=language,
        formats=(Format(platform=None, start=("https://example.org/",)),),
        cadence="weekly",
        complete=True,
        terms=Terms(url="https://example.org/", checked=date(2026, 1, 1), note="example"),
        evidence="assumed",
        lookups=lookups,
    )


def listing(title: str | None = None, **facts: object) -> Programme:
    return Programme(**{"ref": "x", "kind": "course", "title": title, **facts})


def field_of(programme: Programme, declared: Source) -> tuple[str, str | None] | None:
    found, _ = field_of_education(programme, declared)
    return (found.broad, found.narrow) if found else None


# --------------------------------------------------------------------------------------
# Text
# --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        # What a thing is for, of or in is not the thing.
        ("Python for Everybody", ("06", "061")),
        ("Finance for Engineers", ("04", "041")),
        ("History of Medicine", ("02", "022")),
        ("Statistics with Python", ("05", "054")),
        ("Copyright for Librarians", ("04", "042")),
        ("Designing E-Learning for Health", ("01", "011")),
        # The last of two words is the thing in English.
        ("Food Science", ("07", "072")),
        ("Music Theory", ("02", "021")),
        ("Business Law", ("04", "042")),
        ("Agricultural Economics", ("03", "031")),
        ("Business English", ("02", "023")),
        # A longer phrase takes its words with it.
        ("Software Architecture", ("06", "061")),
        ("Gothic Architecture", ("07", "073")),
        ("Medical Education", ("01", "011")),
        ("Natural Language Processing", ("06", "061")),
        ("Programming Languages, Part B", ("06", "061")),
        ("Electricity & Magnetism, Part 2", ("05", "053")),
        # One for each narrow field that a catalogue is likely to hold.
        ("Job Interview Skills", ("00", "003")),
        ("Functional Skills Mathematics", ("00", "002")),
        ("Teaching in the Primary Classroom", ("01", "011")),
        ("Watercolour Painting", ("02", "021")),
        ("Ancient Philosophy: Plato", ("02", "022")),
        ("Spanish for Beginners 3", ("02", "023")),
        ("Social Psychology", ("03", "031")),
        ("Introduction to Journalism", ("03", "032")),
        ("Digital Marketing", ("04", "041")),
        ("International Humanitarian Law", ("04", "042")),
        ("Plant Biology", ("05", "051")),
        ("Climate Change", ("05", "052")),
        ("Organic Chemistry", ("05", "053")),
        ("Linear Algebra", ("05", "054")),
        ("Machine Learning", ("06", "061")),
        ("Welding Level 2", ("07", "071")),
        ("Cake Decoration", ("07", "072")),
        ("Bricklaying", ("07", "073")),
        ("Beekeeping", ("08", "081")),
        ("Woodland Management and Forestry", ("08", "082")),
        ("Fish Farming", ("08", "083")),
        ("Veterinary Nursing", ("08", "084")),
        ("Nutrition and Diabetes", ("09", "091")),
        ("Counselling Skills", ("09", "092")),
        ("Hairdressing", ("10", "101")),
        ("Occupational Health and Safety", ("10", "102")),
        ("Introduction to Policing", ("10", "103")),
        ("Fork Lift Truck Driving", ("10", "104")),
    ],
)
def test_english_titles(title: str, expected: tuple[str, str]):
    assert field_of(listing(title), source()) == expected


@pytest.mark.parametrize("title", [None, "", "Final Project", "Level 2 Award", "Why It Matters", "Xyzzy 101", "🦊"])
def test_words_that_do_not_tell_leave_the_field_unknown(title: str | None):
    assert field_of(listing(title), source()) is None


def test_description_decides_where_the_title_says_nothing():
    programme = listing("Moving On", description="Bookkeeping, payroll and management accounting for a small firm.")
    assert field_of(programme, source()) == ("04", "041")


def test_description_decides_between_two_words_of_the_title():
    words = "Sow, prune and harvest. Soil science, crop production, livestock and horticulture, pest management."
    assert field_of(listing("Farming and Marketing"), source()) in {("08", "081"), ("04", "041"), None}
    assert field_of(listing("Farming and Marketing", description=words), source()) == ("08", "081")


def test_learning_outcomes_purpose_and_course_units_are_read_as_other_statements_are_not():
    words = "Pharmacology, midwifery and epidemiology."
    for name in ("learning_outcomes", "purpose", "course_units"):
        assert field_of(listing("Module 4", statements={name: words}), source()) == ("09", "091")
    assert field_of(listing("Module 4", statements={"prerequisites": words}), source()) is None


def test_only_the_beginning_of_a_long_text_is_read():
    far = "lorem " * 2_000 + "pharmacology midwifery epidemiology"
    assert field_of(listing("Module 4", description=far), source()) is None


def test_a_word_repeated_counts_for_less_each_time():
    words = (
        "cybersecurity " * 50 + "midwifery, epidemiology, pharmacology, paediatrics, cardiology, oncology, anaesthesia"
    )
    assert field_of(listing(None, description=words), source()) == ("09", "091")


def test_evidence_is_the_strongest_word_as_printed():
    found, _ = field_of_education(listing("Advanced MACHINE  learning"), source())
    assert found is not None
    assert found.evidence.rule == "words-en"
    assert found.evidence.field == "title"
    assert found.evidence.words == "Advanced MACHINE  learning"


def test_narrow_field_only_where_it_is_clear_within_the_broad():
    assert field_of(listing("Painting and Poetry"), source()) == ("02", None)


def test_a_clear_title_is_surer_than_one_with_two_subjects():
    clear, _ = field_of_education(listing("Machine Learning with Python"), source())
    mixed, _ = field_of_education(listing("Biology and Law"), source())
    assert clear is not None
    assert mixed is None or mixed.evidence.confidence < clear.evidence.confidence


# --------------------------------------------------------------------------------------
# Languages
# --------------------------------------------------------------------------------------


def test_languages_stated_come_first_then_that_of_the_source_and_english():
    read = languages_to_read(("en-GB",), "en")
    assert read[0] == "en"
    assert set(read) <= {"en", "ru", "ja", "ko", "zh"}
    assert set(languages_to_read((), "xx")) == set(lexicon_languages())


@pytest.mark.parametrize(
    ("title", "languages", "expected"),
    [
        ("Introduction à l'intelligence artificielle", (), "06"),
        ("Droit des contrats", ("fr",), "04"),
        ("Introducción a la contabilidad", (), "04"),
        ("Química orgánica básica", ("es",), "05"),
        ("Introdução à programação", ("pt-BR",), "06"),
        ("Storia dell'arte", ("it",), "02"),
        ("Grundlagen der Betriebswirtschaft", ("de",), "04"),
        ("Inleiding in de psychologie", ("nl",), "03"),
        ("Küberturvalisuse alused", ("et",), "06"),
        ("Kyberturvallisuuden perusteet", ("fi",), "06"),
        ("Tillämpad maskininlärning", ("sv",), "06"),
        ("機械学習入門", ("ja",), "06"),
        ("인공지능 입문", ("ko",), "06"),
        ("经济学导论", (), "03"),
        ("Введение в биоинформатику", (), "05"),
        # Stated English does not keep a text in another script from being read.
        ("Основы бухгалтерского учета", ("en",), "04"),
    ],
)
def test_titles_in_other_languages(title: str, languages: tuple[str, ...], expected: str):
    found, _ = field_of_education(listing(title, languages=languages), source())
    assert found is not None
    assert found.broad == expected
    assert found.evidence.words == title


def test_in_romance_languages_the_first_of_two_words_is_the_thing():
    assert field_of(listing("Derecho ambiental", languages=("es",)), source()) == ("04", "042")
    assert field_of(listing("Environmental law", languages=("en",)), source()) == ("04", "042")


def test_words_without_accents_are_known():
    assert [h.entry.text for h in hits("Résumé", ("en",))] == [h.entry.text for h in hits("Resume", ("en",))]


# --------------------------------------------------------------------------------------
# Other taxonomies
# --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("slug", "country", "subject", "expected", "rule"),
    [
        ("eduxchange", "NL", "ISCED-F 0811", ("08", "081"), "isced_f"),
        ("eduxchange", "NL", "ISCED-F 0588", ("05", "058"), "isced_f"),
        ("eduxchange", "NL", "ISCED-F 06", ("06", None), "isced_f"),
        ("taltech", "EE", "0714 Electronics and automation", ("07", "071"), "isced_f"),
        ("taltech", "EE", "0200 Arts and humanities", ("02", None), "isced_f"),
        ("open_hpi", "DE", "ISCED-F 0611 Computer use", ("06", "061"), "isced_f"),
        ("orca_nrw", "DE", "ISCED-F 0231 Spracherwerb", ("02", "023"), "isced_f"),
        ("nzqa", "NZ", "050101 Animal Husbandry", ("08", "081"), "nzsced"),
        ("nzqa", "NZ", "061101 Veterinary Science", ("08", "084"), "nzsced"),
        ("nzqa", "NZ", "08 Management and Commerce", ("04", "041"), "nzsced"),
        ("credential_registry", "US", "52.1701 Insurance", ("04", "041"), "cip"),
        ("credential_registry", "US", "11.0701 Computer Science", ("06", "061"), "cip"),
        ("credential_registry", "US", "520201", ("04", "041"), "cip"),
        ("ontario_portal", "CA", "48.0510 Computer numerically controlled machinist", ("07", "071"), "cip"),
        ("oxford_continuing_education", "GB", "N400", ("04", "041"), "jacs"),
        ("oxford_continuing_education", "GB", "CAH11-01-01", ("06", "061"), "cah"),
        ("example", "GB", "Building and Construction", ("07", "073"), "uk_ssa"),
        ("imoox", "AT", "ÖFOS 2012: 505", ("04", "042"), "oefos"),
        ("orca_nrw", "DE", "Sprach- und Literaturwissenschaften", ("02", "023"), "destatis"),
        ("coursera", "US", "cs-systems", ("06", "061"), "coursera"),
        ("coursera", "US", "language-learning", ("02", "023"), "coursera"),
        ("edx", "US", "Education & Teacher Training", ("01", "011"), "edx"),
        ("futurelearn", "GB", "Business & Management", ("04", "041"), "futurelearn"),
        ("fun_mooc", "FR", "Économie et finance", None, None),
        ("fun_mooc", "FR", "Droit et juridique", ("04", "042"), "fun_mooc"),
        ("kmooc", "KR", "컴퓨터ㆍ통신", ("06", "061"), "kmooc"),
        ("mit_xpro", "US", "Business:Leadership & Organizations", ("04", "041"), "mit"),
        ("udacity", "US", "Web Development", ("06", "061"), "udacity"),
        ("udacity", "US", "Non-Tech", None, None),
        ("opensap", "DE", "SAP HANA", ("06", "061"), "opensap"),
        ("cornwall_college", "GB", "Construction Trades", ("07", "073"), "cornwall_college"),
        ("microsoft_learn", "US", "data-engineer", ("06", "061"), "microsoft_learn"),
    ],
)
def test_subject_words_of_other_taxonomies(
    slug: str, country: str, subject: str, expected: tuple[str, str | None] | None, rule: str | None
):
    found, unread = field_of_education(listing("Xyzzy", subjects=(subject,)), source(slug, country))
    assert (found and (found.broad, found.narrow)) == expected
    assert unread == ()
    if found:
        assert found.evidence.rule == f"crosswalk-{rule}"
        assert (found.evidence.field, found.evidence.words) == ("subjects", subject)


def test_words_of_a_source_say_nothing_elsewhere():
    assert field_of(listing("Xyzzy", subjects=("ee",)), source("coursera", "US")) == ("07", "071")
    assert field_of(listing("Xyzzy", subjects=("ee",)), source("example", "US")) is None


def test_the_text_decides_among_the_fields_of_a_subject_word():
    declared = source("edx", "US")
    subject = ("Economics & Finance",)
    assert field_of(listing("Introduction to Banking", subjects=subject), declared) == ("04", "041")
    macro, _ = field_of_education(listing("Macroeconomics", subjects=subject), declared)
    assert macro is not None
    assert (macro.broad, macro.narrow, macro.evidence.rule) == ("03", "031", "crosswalk-and-words")


def test_a_subject_word_that_a_closed_taxonomy_does_not_know_is_unread_and_still_read_as_text():
    found, unread = field_of_education(listing("Xyzzy", subjects=("Beekeeping",)), source("edx", "US"))
    assert unread == (Unread(table="field", words="Beekeeping"),)
    assert found is not None
    assert (found.broad, found.evidence.rule) == ("08", "words-en")


def test_free_subject_words_are_no_trouble():
    _, unread = field_of_education(listing("Xyzzy", subjects=("hedges, tools",)), source("cornwall_college", "GB"))
    assert unread == ()


def test_the_source_s_own_table_outweighs_everything():
    declared = source("edx", "US", field={"Bees & Trees": "082", "Hobbies": "10"})
    found, unread = field_of_education(listing("Machine Learning", subjects=("bees & trees", "Music")), declared)
    evidence = Evidence(rule="source-lookup", field="subjects", words="bees & trees", confidence=0.97)
    assert found == FieldFinding(broad="08", narrow="082", evidence=evidence)
    assert unread == ()
    assert field_of(listing("Machine Learning", subjects=("Hobbies",)), declared) == ("10", None)


# --------------------------------------------------------------------------------------
# Properties
# --------------------------------------------------------------------------------------

SOME_WORDS = st.sampled_from(
    [
        "law",
        "for",
        "machine learning",
        "in",
        "health",
        ":",
        "(",
        "数据",
        "经济学",
        "인공지능",
        "информатика",
        "biologie",
        "&",
        "C++",
    ]
)
TEXTS = st.text(max_size=60) | st.lists(SOME_WORDS, max_size=12).map(" ".join)
SUBJECTS = TEXTS | st.sampled_from(["business", "ISCED-F 0712", "ISCED-F 99", "52.1701", "0999 x", "Non-Tech", "CAH99"])
SLUGS = st.sampled_from(["coursera", "nzqa", "edx", "kmooc", "example"])
PROGRAMMES = st.builds(
    listing,
    title=st.none() | TEXTS,
    description=st.none() | TEXTS,
    credential_label=st.none() | TEXTS,
    languages=st.lists(st.sampled_from(["en", "pt-BR", "zh-Hans", "xx", ""]), max_size=2).map(tuple),
    subjects=st.lists(SUBJECTS, max_size=4).map(tuple),
    statements=st.dictionaries(st.sampled_from(["learning_outcomes", "purpose", "other"]), TEXTS, max_size=2),
)


def printed_in(programme: Programme, name: str) -> list[str]:
    if name == "subjects":
        return list(programme.subjects)
    if name.startswith("statements."):
        return [programme.statements[name.partition(".")[2]]]
    assert name in TEXT_FIELDS
    return [getattr(programme, name)]


@given(programme=PROGRAMMES, slug=SLUGS, country=st.sampled_from(["US", "GB", "NZ", "AT", "EE"]))
@settings(max_examples=150)
def test_a_finding_has_codes_of_the_vocabularies_and_its_words_stand_in_the_field_it_names(
    programme: Programme, slug: str, country: str
):
    declared = source(slug, country)
    found, unread = field_of_education(programme, declared)
    assert (found, unread) == field_of_education(programme, declared)
    assert {entry.words for entry in unread} <= set(programme.subjects)
    if found is None:
        return
    assert found.broad in BROAD
    assert found.narrow is None or (found.narrow in NARROW and found.narrow.startswith(found.broad))
    assert 0.0 < found.evidence.confidence <= 1.0
    assert 0 < len(found.evidence.words) <= EVIDENCE_MOST
    assert any(found.evidence.words in printed for printed in printed_in(programme, found.evidence.field))


@pytest.mark.parametrize(
    "text",
    ["a" * 20_000, "law " * 5_000, "machine " * 2_500, "数据" * 10_000, "ﾃﾞｰﾀ" * 5_000, "((((" * 5_000, "İ" * 20_000],
)
def test_hostile_texts_cost_little(text: str):
    programme = listing(text, description=text, subjects=(text,))
    field_of_education(replace(programme, title="Law"), source())
    began = time.perf_counter()
    field_of_education(programme, source())
    assert time.perf_counter() - began < 5


# --------------------------------------------------------------------------------------
# The data
# --------------------------------------------------------------------------------------


def test_narrow_fields_belong_to_broad_fields_and_carry_their_codes():
    assert {code[:2] for code in NARROW} == BROAD
    assert len(BROAD) == 11
    assert vocabulary("isced_narrow").words["084"] == "Veterinary"
    assert vocabulary("isced_broad").words["10"] == "Services"


@pytest.mark.parametrize("crosswalk", crosswalks(), ids=lambda c: c.name)
def test_crosswalks_are_sound(crosswalk: Crosswalk):
    assert crosswalk.title
    assert crosswalk.source
    assert crosswalk.dated <= date(2100, 1, 1)
    assert not crosswalk.closed or crosswalk.sources
    assert crosswalk.codes or crosswalk.words
    assert bool(crosswalk.codes) == (crosswalk.form is not None)
    for shares in (*crosswalk.codes.values(), *crosswalk.words.values()):
        assert set(shares) <= BROAD | NARROW
        assert sum(shares.values()) <= 1.0 + 1e-9
        assert all(0.0 < share <= 1.0 for share in shares.values())


@pytest.mark.parametrize("language", lexicon_languages())
def test_lexicons_are_sound(language: str):
    table = lexicon(language)
    assert table["language"] == language
    assert table["source"]
    assert set(table) <= {"language", "source", "not", *KINDS}
    assert set(table.get("not", {})) <= {"phrases"}
    for kind in KINDS:
        assert set(table.get(kind, {})) <= BROAD | NARROW
        for words in table.get(kind, {}).values():
            assert words == list(dict.fromkeys(words))
            assert all(word == unicodedata.normalize("NFC", word).lower().strip() for word in words)


@pytest.mark.parametrize("language", lexicon_languages())
def test_every_word_of_a_lexicon_is_found(language: str):
    for kind in ("words", "title", "weak"):
        for entry in entries(language, kind):
            found = hits(entry.text, (language,))
            assert found, entry
            assert {(h.start, h.end) for h in found} == {(0, len(entry.text))} or len(found) > 1, entry


def test_no_english_word_stands_in_two_tables():
    words = [entry.text for kind in (*KINDS, "not") for entry in entries("en", kind)]
    assert len(words) == len(set(words))


def test_the_english_lexicon_covers_the_narrow_fields():
    words: dict[str, int] = {}
    for kind in KINDS:
        for entry in entries("en", kind):
            for code in entry.codes:
                words[code] = words.get(code, 0) + 1
    assert sum(words.values()) >= 1_200
    plain = {code for code in NARROW if not code.endswith("8")}
    assert {code for code in plain if words.get(code, 0) < 5} == set()


def test_confidence_falls_with_strength_and_covers_every_strength():
    rows = fields._rules().confidence
    assert [least for least, _ in rows] == sorted((least for least, _ in rows), reverse=True)
    assert [share for _, share in rows] == sorted((share for _, share in rows), reverse=True)
    assert rows[-1][0] <= fields._rules().least


def index_of(*rows: tuple[str, str, str, str]) -> field_words._Index:
    """An index of a few entries of ``(kind, language, code, text)``."""
    entries_of: dict[str, list[field_words.Entry]] = {}
    for kind, language, code, text in rows:
        entries_of.setdefault(language, []).append(field_words.Entry(text, language, kind, (code,), 1.0))
    return field_words._Index([field_words._Lexicon(language, known) for language, known in entries_of.items()])


def test_substrings_of_languages_without_spaces_respect_latin_words():
    index = index_of(("words", "zh", "061", "it产业"))
    assert [hit.start for hit in index.in_characters("IT产业 ｉｔ产业 profit产业")] == [0, 5]


def test_stems_are_beginnings_of_words_and_may_have_several():
    index = index_of(("stems", "ru", "061", "информацион технолог"), ("stems", "ru", "05", "информ"))
    found = [
        (hit.entry.codes[0], hit.start) for hit in index.in_words("Информационные технологии и информация, о форме")
    ]
    assert found == [("061", 0), ("05", 28)]


def test_the_longest_phrase_wins_and_the_first_language_says_what_a_word_means():
    index = index_of(
        ("words", "en", "061", "data"), ("words", "en", "054", "data and statistics"), ("words", "fr", "02", "data")
    )
    text = "Data & statistics, data and more"
    assert [(hit.entry.codes[0], text[hit.start : hit.end]) for hit in index.in_words(text)] == [
        ("054", "Data & statistics"),
        ("061", "data"),
    ]
