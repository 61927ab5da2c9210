"""The lexicons of the languages other than English are sound, whatever reads them."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any

import pytest

from models.vocab import vocabulary

LANGUAGES = ("de", "es", "et", "fi", "fr", "it", "ja", "ko", "nl", "pt", "ru", "sv", "zh")
WITHOUT_SPACES = frozenset({"ja", "ko", "zh"})
WHOLE = ("words", "title", "weak")  # tables of whole words and phrases
KINDS = (*WHOLE, "stems")
BROAD = set(vocabulary("isced_broad"))
NARROW = set(vocabulary("isced_narrow"))
INTERDISCIPLINARY = {code for code in NARROW if code.endswith("8")}

CJK = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
TOKEN = re.compile(r"[^\W_]+[+#]*|&")

# What each says is plain to a reader; the phrase says something else than the word in it.
MEANT = [
    ("de", "words", "wirtschaftsinformatik", "061"),
    ("de", "words", "arbeitsrecht", "042"),
    ("de", "stems", "datenschutz", "042"),
    ("de", "words", "deutsch als fremdsprache", "023"),
    ("es", "weak", "gestión", "041"),
    ("es", "words", "gestión de la diabetes", "091"),
    ("es", "words", "economía circular", "052"),
    ("et", "stems", "puitehit", "073"),
    ("et", "stems", "eripedagoog", "011"),
    ("fi", "stems", "kyber", "061"),
    ("fi", "words", "lastensuojelun", None),
    ("fi", "stems", "lastensuoj", "092"),
    ("fr", "title", "environnement", "052"),
    ("fr", "words", "droit de l'environnement", "042"),
    ("fr", "words", "informatique", "061"),
    ("it", "words", "beni culturali", "022"),
    ("it", "words", "sicurezza sul lavoro", "102"),
    ("ja", "words", "文学", None),
    ("ja", "title", "文学", "023"),
    ("ja", "words", "天文学", "053"),
    ("ko", "words", "화학", "053"),
    ("ko", "words", "강화학습", "061"),
    ("nl", "words", "wondzorg", "091"),
    ("nl", "words", "boekhouden", None),
    ("nl", "stems", "boekhoud", "041"),
    ("pt", "words", "saneamento básico", "071"),
    ("pt", "words", "segurança do trabalho", "102"),
    ("ru", "stems", "машинн обучен", "061"),
    ("ru", "words", "сопротивление материалов", "071"),
    ("sv", "words", "offentlig upphandling", "041"),
    ("sv", "words", "svenska som andraspråk", "023"),
    ("zh", "words", "強化學習", "061"),
    ("zh", "words", "护理学", "091"),
]
BOTH_SCRIPTS = [("经济", "經濟"), ("法学", "法學"), ("机器学习", "機器學習"), ("医学", "醫學"), ("数据库", "資料庫")]
# Words that are fields in one language and everyday words in another that may be read beside it.
FALSE_FRIENDS = [
    *((language, word) for language in ("de", "nl", "et", "sv") for word in ("it", "some", "mat", "male")),
    ("pt", "sus"), ("pt", "ele"), ("es", "dele"), ("fr", "odd"), ("it", "api"), ("nl", "dans"), ("sv", "el"),
    ("sv", "miljon"), ("fi", "some"), ("et", "pagar"), ("nl", "lassen"), ("pt", "lei"), ("fr", "son"),
]  # fmt: skip


@cache
def lexicon(language: str) -> dict[str, Any]:
    return tomllib.loads(files("classify").joinpath("lexicon", f"{language}.toml").read_text(encoding="utf-8"))


def entries(language: str, *kinds: str) -> Iterator[tuple[str, str]]:
    for kind in kinds:
        for code, words in lexicon(language).get(kind, {}).items():
            for word in words:
                yield word, code


def not_phrases(language: str) -> list[str]:
    return list(lexicon(language)["not"]["phrases"])


def folded(text: str) -> str:
    """The text without accents, as a reader may look it up."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not "\u0300" <= c <= "\u036f")
    return unicodedata.normalize("NFC", plain)


@cache
def pattern(language: str) -> re.Pattern[str]:
    """Any whole word of a lexicon, or any word or words that begin as one of its stems say."""
    whole = {folded(word) for word, _ in entries(language, *WHOLE)}
    apart = [r"\W+".join(map(re.escape, TOKEN.findall(word))) for word in whole if not CJK.search(word)]
    begun = [r"\w*\W+".join(map(re.escape, folded(stem).split())) for stem, _ in entries(language, "stems")]
    within = [re.escape(word) for word in whole if CJK.search(word)]
    choices = [rf"\b(?:{'|'.join(apart)})(?!\w)", *(rf"\b(?:{'|'.join(b)})" for b in [begun] if b), *within]
    return re.compile("|".join(choices))


def holds_a_word(phrase: str, language: str) -> bool:
    return pattern(language).search(folded(phrase)) is not None


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_lexicon_says_what_it_is(language: str):
    table = lexicon(language)
    assert table["language"] == language
    assert re.search(r"\b20\d\d-\d\d\b", table["source"])
    assert set(table) <= {"language", "source", "not", *KINDS}
    assert set(table["not"]) == {"phrases"}
    assert not (language in WITHOUT_SPACES and "stems" in table)


@pytest.mark.parametrize("language", LANGUAGES)
def test_codes_are_of_isced_f_and_every_narrow_field_has_words(language: str):
    used = Counter(code for _, code in entries(language, *KINDS))
    assert set(used) <= (BROAD | NARROW) - INTERDISCIPLINARY
    assert [code for code in sorted(NARROW - INTERDISCIPLINARY) if not used[code]] == []
    assert all(
        used[code] >= 30 for code in ("011", "021", "022", "023", "031", "041", "042", "051", "053", "061", "071")
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_are_written_as_they_are_looked_up(language: str):
    for word in [*(word for word, _ in entries(language, *KINDS)), *not_phrases(language)]:
        assert word == unicodedata.normalize("NFC", word).lower(), word
        assert word == " ".join(word.split()), word
        assert "’" not in word, word
        assert TOKEN.search(word), word


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_word_is_a_single_letter_and_no_stem_is_short(language: str):
    assert [word for word, _ in entries(language, *WHOLE) if len(word) < 2] == []
    assert [stem for stem, _ in entries(language, "stems") if len(stem) < 4] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_word_stands_once_and_for_one_broad_field(language: str):
    for kinds in (WHOLE, ("stems",)):
        words = Counter(word for word, _ in entries(language, *kinds))
        assert [word for word, count in words.items() if count > 1] == []
        broad: dict[str, set[str]] = {}
        for word, code in entries(language, *kinds):
            broad.setdefault(folded(word), set()).add(code[:2])
        assert [word for word, codes in broad.items() if len(codes) > 1] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_word_is_there_that_a_stem_of_its_field_catches(language: str):
    stems: dict[str, tuple[str, ...]] = {}
    for stem, code in entries(language, "stems"):
        stems[code] = (*stems.get(code, ()), folded(stem))
    words = entries(language, "words")
    assert [w for w, code in words if " " not in w and folded(w).startswith(stems.get(code, ("\0",)))] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_phrase_that_only_looks_like_a_field_holds_a_word(language: str):
    phrases = not_phrases(language)
    assert phrases == list(dict.fromkeys(phrases))
    assert set(phrases).isdisjoint(word for word, _ in entries(language, *WHOLE))
    # English is read beside every other language, and other languages where none is stated.
    beside = (language, *(other for other in ("en", *LANGUAGES) if other != language))
    assert [phrase for phrase in phrases if not any(holds_a_word(phrase, other) for other in beside)] == []


@pytest.mark.parametrize(("language", "kind", "word", "code"), MEANT)
def test_words_mean_what_a_reader_takes_them_for(language: str, kind: str, word: str, code: str | None):
    assert dict(entries(language, kind)).get(word) == code


@pytest.mark.parametrize(("simplified", "traditional"), BOTH_SCRIPTS)
def test_chinese_words_stand_in_both_scripts(simplified: str, traditional: str):
    words = dict(entries("zh", *WHOLE))
    assert words[simplified] == words[traditional]


@pytest.mark.parametrize(("language", "word"), FALSE_FRIENDS)
def test_everyday_words_of_other_languages_are_left_out(language: str, word: str):
    assert word not in {folded(known_word) for known_word, _ in entries(language, *WHOLE)}
