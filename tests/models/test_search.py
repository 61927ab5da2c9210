"""Full-text search gives the same programmes on both databases, in every script, and follows what is printed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_runs import Told, a_programme, a_source
from sqlalchemy import Engine, text

from models.queries import SEARCH_COLUMNS, QueryRefused, programmes_found, search
from models.records import OrganisationRole, Outcome, Programme
from models.store import Store, open_database
from models.words import excerpt, folded, parts_of, words_of

TITLES = {
    "accents": "Éléments d’économie à São Paulo",
    "german": "Straßenbau für Ingenieure",
    "nordic": "Økonomi og ledelse i Łódź",
    "hyphen": "Micro-credential in E-Learning",
    "quotes": 'The "Art" of O\'Reilly: C++ & R',
    "chinese": "机器学习基础",
    "japanese": "データサイエンス入門コース",
    "korean": "인공지능과 데이터 분석",
    "thai": "การเขียนโปรแกรมเบื้องต้น",
    "hindi": "हिन्दी में कोडिंग",
    "russian": "Введение в ёмкие модели",
    "arabic": "مُقَدِّمَة في البرمجة",
    "greek": "Εισαγωγή στους ΑΛΓΟΡΙΘΜΟΥΣ",
    "turkish": "İstanbul'da IŞIK",
    "operators": "Near and or not: title",
    "fullwidth": "ＡＩ２０２４ ｶﾀｶﾅ",
    "none": "!!! — +++",
}
FOUND = {
    "elements economie": {"accents"},
    "ELÉM sao": {"accents"},
    "d'eco": {"accents"},
    "strasse": {"german"},
    "STRAßENBAU": {"german"},
    "fur ing": {"german"},
    "okonomi lodz": {"nordic"},
    "micro credential": {"hyphen"},
    "micro-cred": {"hyphen"},
    "elearning": set(),  # the hyphen parts words
    "c++": {"quotes"},
    "c": {"quotes"},  # one letter stands for itself, or "credential" would be found
    '"art"': {"quotes"},
    "o'reilly": {"quotes"},
    "reilly": {"quotes"},
    "学习": {"chinese"},
    "机器学习": {"chinese"},
    "学": {"chinese"},
    "础": {"chinese"},
    "学器": set(),
    "サイエンス": {"japanese"},
    "入門": {"japanese"},
    "ﾃﾞｰﾀ": {"japanese"},
    "지능": {"korean"},
    "데이터 인공지능": {"korean"},
    "โปรแกรม": {"thai"},
    "โปรแกรมเบื้องต้น การ": {"thai"},
    "हिन्दी": {"hindi"},
    "हिन": {"hindi"},
    "емкие": {"russian"},
    "ВВЕДЕНИЕ": {"russian"},
    "مقدمة": {"arabic"},
    "αλγοριθμους": {"greek"},
    "εισαγωγη": {"greek"},
    "istanbul": {"turkish"},
    "near": {"operators"},
    "near and or not title": {"operators"},
    "NEAR(near title)": {"operators"},
    "title: near": {"operators"},
    "near OR micro": set(),
    "near -title": {"operators"},
    "near*": {"operators"},
    "ai2024": {"fullwidth"},
    "カタカナ": {"fullwidth"},
    "": set(),
    "   ": set(),
    "+++ !!!": set(),
    "' | & ! <-> :* \\ \0 \ud800": set(),
    "nothing of the sort": set(),
}  # fmt: skip


def refs(engine: Engine, words: str, **others: object) -> set[str]:
    return set(search(engine, words, **others)["ref"])  # type: ignore[arg-type]  # given as they are


@pytest.fixture
def titled(told: Told) -> Told:
    programmes = [a_programme(f"{n:03}", title=title) for n, title in enumerate(TITLES.values())]
    told.run("2024-01-01", *programmes)
    return told


def test_every_script_is_found_alike(titled: Told):
    names = {f"{n:03}": name for n, name in enumerate(TITLES)}
    found = {words: {names[ref] for ref in refs(titled.engine, words)} for words in FOUND}
    assert found == FOUND
    numbers = dict(titled.rows("select programme_id, ref from programme_current"))  # type: ignore[arg-type]  # two columns
    assert {names[numbers[n]] for n in programmes_found(titled.engine, "学习")} == {"chinese"}  # type: ignore[index]


def a_rich_programme(**others: object) -> Programme:
    facts: dict[str, object] = {
        "title": "Cores of ice",
        "description": "How glaciers tell time.\nAnd what <b>bubbles</b> keep.",
        "subjects": ("Earth science", "Climate"),
        "credential_label": "Digital badge",
        "organisations": (OrganisationRole(role="awarded_by", name="Polar University"),),
        "statements": {"learning_outcomes": "Read a drill log", "admission": "a licence"},
    }
    return a_programme("ice-77", **(facts | others))


def test_where_words_are_looked_for(told: Told):
    told.run("2024-01-01", a_rich_programme(), a_programme("b", title="A glacier, climate and its polar university"))
    places = {
        words: [(row.ref, row.found_in) for row in search(told.engine, words).itertuples()]
        for words in ("ice", "climate", "polar univ", "badge", "77", "glacier", "drill", "ice polar bubbles", "licence")
    }
    assert places == {
        "ice": [("ice-77", "title")],
        "climate": [("b", "title"), ("ice-77", "about")],
        "polar univ": [("b", "title"), ("ice-77", "about")],
        "badge": [("ice-77", "about")],
        "77": [("ice-77", "about")],
        "glacier": [("b", "title"), ("ice-77", "description")],
        "drill": [("ice-77", "description")],
        "ice polar bubbles": [("ice-77", "description")],
        "licence": [],
    }
    found = search(told.engine, "bubbles")
    assert tuple(found.columns) == SEARCH_COLUMNS
    [row] = found.to_dict(orient="records")
    assert row == {
        "source": "alpha", "ref": "ice-77", "title": "Cores of ice", "url": "https://alpha.example/ice-77",
        "country": "NL", "listing_state": "live", "found_in": "description",
        "snippet": "How glaciers tell time. And what <b>bubbles</b> keep.",
    }  # fmt: skip


def test_narrowed_and_in_order(told: Told):
    told.run(
        "2024-01-01", *(a_programme(ref, title=title) for ref, title in [("b", "Law"), ("a", "Law"), ("c", "Lawn")])
    )
    other = Told(told.engine, a_source(slug="beta", country="DE"))
    other.run("2024-01-01", a_programme("d", title="Law of the sea"))
    assert list(search(told.engine, "law")["ref"]) == ["a", "b", "c", "d"]
    assert list(search(told.engine, "law", limit=2)["ref"]) == ["a", "b"]
    assert refs(told.engine, "law", source="beta") == {"d"}
    assert refs(told.engine, "law", country="NL") == {"a", "b", "c"}
    assert refs(told.engine, "law", country="NL", source="beta") == set()


def test_the_index_follows_what_is_printed(told: Told):
    told.run("2024-01-01", a_programme("a", title="Old words"), a_programme("b", title="Stays"))
    rows = index_rows(told.engine)
    told.run("2024-01-08", a_programme("a", title="Old words"), a_programme("b", title="Stays"))
    told.run("2024-01-15", a_programme("a", 200, title="Old words"), a_programme("b", title="Stays"))
    assert index_rows(told.engine) == rows  # neither the same again nor another price writes words
    told.run("2024-01-22", a_programme("a", title="New words"), a_programme("b", title="Stays"))
    assert refs(told.engine, "old") == set()
    assert refs(told.engine, "new words") == {"a"}
    told.run("2024-01-10", a_programme("a", title="Between"), outcome=Outcome.PARTIAL)
    assert refs(told.engine, "between") == set()  # a look of the past is no latest version
    told.run("2024-02-01", a_programme("b", title="Stays"))
    told.run("2024-02-08", a_programme("b", title="Stays"))
    assert refs(told.engine, "new") == set()
    assert refs(told.engine, "new", withdrawn=True) == {"a"}
    assert len(programmes_found(told.engine, "new")) == 1
    told.run("2024-02-15", a_programme("a", title="Back again"), a_programme("b", title="Stays"))
    assert refs(told.engine, "back") == {"a"}


def index_rows(engine: Engine) -> list[tuple[int, int]]:
    with engine.connect() as connection:
        rows = connection.execute(text("select programme_id, search_row from programme_search order by 1"))
        return [(row[0], row[1]) for row in rows]


def test_copied_replaced_and_made_again(told: Told, tmp_path: Path):
    told.run("2024-01-01", a_programme("a", title="First reading"), a_programme("b", title="Stays"))
    there = open_database(f"sqlite:///{tmp_path / 'there.sqlite'}")
    corrected = Told(there, told.source)
    corrected.run("2024-01-01", a_programme("x", title="Only here"), a_programme("a", title="Second reading"))
    Told(there, a_source(slug="beta")).run("2024-01-01", a_programme("c", title="Copied reading"))
    store = Store(told.engine)
    store.replace_source("alpha", there)
    store.copy_source("beta", there)
    there.dispose()
    assert refs(told.engine, "reading") == {"a", "c"}
    assert refs(told.engine, "first") == set()
    assert refs(told.engine, "stays", withdrawn=True) == set()  # nothing is said of it any more
    assert refs(told.engine, "only") == {"x"}
    assert store.rebuild_search() == 3
    assert refs(told.engine, "reading") == {"a", "c"}
    assert refs(told.engine, "first", withdrawn=True) == set()
    told.run("2024-01-08", a_programme("a", title="Third reading"))
    assert refs(told.engine, "third") == {"a"}
    assert refs(told.engine, "second") == set()


def test_a_run_that_is_rolled_back_leaves_no_words(told: Told):
    told.run("2024-01-01", a_programme("a", title="Kept"))
    bad = replace(a_programme("b", title="Lost"), kind="no such kind")
    with pytest.raises(Exception, match="listing_kind"):
        told.run("2024-01-08", bad)
    assert refs(told.engine, "lost", withdrawn=True) == set()
    told.run("2024-01-15", a_programme("c", title="After"))
    assert refs(told.engine, "after") == {"c"}


def test_very_long_texts(told: Told):
    """PostgreSQL bounds words, places and vectors; what is beyond ours is not found on either."""
    long = "a" * 3_000
    told.run(
        "2024-01-01", a_programme("word", title=long), a_programme("many", description="x1 " * 20_000 + "beyond"),
        a_programme("near", description="y " * 4_900 + "reached"), a_programme("cjk", description="重复" * 20_000),
        a_programme("ligatures", description="ﷺ" * 9_000 + " behind"),
    )  # fmt: skip
    assert refs(told.engine, "a" * 500) == {"word"}
    assert refs(told.engine, "reached") == {"near"}
    assert refs(told.engine, "beyond") == set()
    assert refs(told.engine, "behind") == set()
    assert refs(told.engine, "复重复") == {"cjk"}
    assert refs(told.engine, "x" * 10_000) == set()
    assert refs(told.engine, "y " * 5_000) == {"near"}
    with pytest.raises(QueryRefused, match="at most 200 words, and this one has 2,000"):
        search(told.engine, " ".join(f"w{n}" for n in range(2_000)))


@settings(max_examples=150)
@given(st.text(max_size=60))
def test_a_text_is_found_by_itself(title: str):
    """The words that are looked for are among those that are indexed, whatever the text."""
    indexed = words_of(title, 1_000).split()
    for part in parts_of(title):
        if part.begins:
            assert any(word.startswith(part.words[0]) for word in indexed)
        else:
            places = range(len(indexed) - len(part.words) + 1)
            assert any(tuple(indexed[at : at + len(part.words)]) == part.words for at in places)
    assert folded(folded(title)) == folded(title)


def test_snippets():
    long = "word " * 100 + "Gletscher erzählen " + "wort " * 100
    shown = excerpt(long, parts_of("ERZAHLEN")) or ""
    assert shown.startswith("… word")
    assert "Gletscher erzählen wort" in shown
    assert shown.endswith("wort …")
    assert len(shown) < 260
    assert excerpt("前" * 300 + "机器学习" + "后" * 300, parts_of("器学")) == f"… {'前' * 79}机器学习{'后' * 157} …"
    assert excerpt("Nothing here", parts_of("glacier")) is None
