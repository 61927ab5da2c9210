"""Who the texts of listings name as a maker, and whom they only mention."""

from __future__ import annotations

import pytest
from developed import COLLEGE, found, listing, maker, source
from hypothesis import given
from hypothesis import strategies as st

from classify.development import development
from classify.named_spans import names_by_kind

DOMESTIC, FOREIGN, EMPLOYER = "partner_hei_domestic", "partner_hei_foreign", "partner_employer"
MADE_BY = [
    (EMPLOYER, "The module grew out of a joint project between Example College and Muster Maschinen GmbH."),
    (FOREIGN, "A joint programme run by Example College (UK) and Hochschule Musterstadt (Germany)."),
    (DOMESTIC, "Example College has designed this course together with Northern Example University (UK)."),
    (FOREIGN, "Co-created by Example College (United Kingdom) and Université Exemple (France)."),
    (EMPLOYER, "Example College and Example Tooling Ltd have jointly developed this programme."),
    (FOREIGN, "Un programme conjoint d'Example College (Royaume-Uni) et de l’Université Exemple (France)."),
    (EMPLOYER, "Example College a développé cette formation en partenariat avec Exemple SA."),
    (FOREIGN, "Coproduit par Example College (Royaume-Uni) et l’École supérieure Modèle (Belgique)."),
    (FOREIGN, "Elaborado conjuntamente por Example College (Reino Unido) y la Universidad Ejemplo (España)."),
    (EMPLOYER, "Un curso creado por Example College junto con Ejemplo Industrial S.A."),
    (FOREIGN, "Example College (Reino Unido) y la Universidad Ejemplo (Chile) han diseñado este curso en conjunto."),
    (FOREIGN, "Concebido em conjunto por Example College (Reino Unido) e Universidade Exemplo (Portugal)."),
    (EMPLOYER, "Example College criou este curso em parceria com a Exemplo Motores SA."),
    (FOREIGN, "Progettato congiuntamente da Example College (Regno Unito) e Università Esempio (Italia)."),
    (EMPLOYER, "Example College ha realizzato questo corso insieme a Esempio SpA."),
    (
        FOREIGN,
        "Gemeinsam konzipiert von Example College (Vereinigtes Königreich) und der Hochschule Muster (Deutschland).",
    ),
    (EMPLOYER, "Example College hat diesen Kurs zusammen mit der Muster Maschinen GmbH entwickelt."),
    (FOREIGN, "Ein gemeinsames Angebot von Example College (Großbritannien) und Universität Musterstadt (Österreich)."),
    (FOREIGN, "Samen ontwikkeld door Example College (Verenigd Koninkrijk) en Hogeschool Voorbeeld (Nederland)."),
    (EMPLOYER, "Example College heeft deze cursus samen met Voorbeeld Motoren NV ontwikkeld."),
    (FOREIGN, "Utvecklad gemensamt av Example College (Storbritannien) och Exempelstads universitet (Sverige)."),
    (EMPLOYER, "Example College har tagit fram kursen tillsammans med Exempel Energi AB."),
    (FOREIGN, "Kursuse on koostöös loonud Example College (Ühendkuningriik) ja Näidise Ülikool (Eesti)."),
    (FOREIGN, "Example College (Ühendkuningriik) ja Näidise Ülikool (Eesti) lõid kursuse üheskoos."),
    (FOREIGN, "Kurssin ovat kehittäneet yhdessä Example College (Iso-Britannia) ja Esimerkin yliopisto (Suomi)."),
    (FOREIGN, "Example College (Iso-Britannia) ja Esimerkin yliopisto (Suomi) toteuttavat kurssin yhteistyössä."),
    (FOREIGN, "Example College（イギリス）と例示大学（日本）が共同で開発しました。"),
    (EMPLOYER, "例示株式会社と連携して開発した講座です。"),
    (FOREIGN, "Example College(영국)와 예시대학교(대한민국)가 공동으로 개발하였습니다."),
    (FOREIGN, "本课程由Example College（英国）与示例大学（中国）联合开发。"),
]
MADE_BY_NOBODY_ELSE = [
    "Guest lectures are given by experts from Muster Maschinen GmbH.",
    "The course was developed by Example College for employees of Muster Maschinen GmbH.",
    "Created by Example College with guest speakers from Example Tooling Ltd.",
    "Developed in cooperation with the Ministry of Examples.",
    "Students from Hochschule Musterstadt (Germany) take part.",
    "Des intervenants d'Exemple SA témoignent dans ce cours.",
    "Conçu par Example College avec le soutien d'Exemple SA.",
    "Ponentes invitados de Ejemplo Industrial S.A. participan en este curso.",
    "In Gastvorträgen berichten Fachleute der Muster Maschinen GmbH.",
    "Für Beschäftigte der Muster Maschinen GmbH entwickelt.",
    "Gastsprekers van Voorbeeld Motoren NV vertellen over hun werk.",
    "Gästföreläsare från Exempel Energi AB medverkar i kursen.",
    "Külalisloengu peab Näidis Energia OÜ.",
    "Vierailuluennon pitää Esimerkki Oy.",
    "例示株式会社の社員がゲスト講師として登壇します。",
    "示例有限公司的专家参加讲座。",
    "Il corso si rivolge ai dipendenti di Esempio SpA.",
    "Palestrantes convidados da Exemplo Motores SA contam a sua experiência.",
    "예시 주식회사의 강사가 특강을 합니다.",
    "Developed with advice from the Examples Foundation.",
]
GIVEN_BY = [
    "Offered by Hochschule Musterstadt.",
    "Taught by Example Polytechnic and others.",
    "A course from the Northern Example University.",
    "Proposé par l’Université Exemple.",
    "Un MOOC de l’École supérieure Modèle.",
    "Impartido por la Universidad Ejemplo.",
    "Un curso de la Universidad Ejemplo.",
    "Lecionado pela Universidade Exemplo.",
    "Um curso do Instituto Politécnico Exemplo.",
    "Erogato dall’Università Esempio.",
    "Un corso del Politecnico Esempio.",
    "Angeboten von der Hochschule Musterstadt.",
    "Ein Kurs der Universität Musterstadt.",
    "Anbieterin ist die Hochschule Musterstadt.",
    "Aangeboden door Hogeschool Voorbeeld.",
    "Een cursus van de Universiteit Voorbeeld.",
    "Kursen ges av Exempelstads universitet.",
    "Exempelstads universitet ger kursen.",
    "Kursust pakub Näidise Ülikool.",
    "Korraldaja: Näidise Ülikool",
    "Kurssin järjestää Esimerkin yliopisto.",
    "Järjestäjä: Esimerkin ammattikorkeakoulu",
    "提供大学：例示大学",
    "例示大学の講座です。",
    "운영기관: 예시대학교",
    "예시대학교에서 제공하는 강좌입니다.",
    "由示例大学开设的课程。",
    "主办单位：示例大学",
]
GIVEN_BY_NOBODY = [
    "Taught by Jane Doe of Hochschule Musterstadt.",
    "Offered by many.",
    "A tour of Hochschule Musterstadt.",
    "Un cours de chimie.",
    "Ein Kurs der Extraklasse.",
    "Taught by experts who worked at Example Polytechnic.",
]


@pytest.mark.parametrize(("mode", "text"), MADE_BY)
def test_makers_named_in_text(mode: str, text: str):
    assert found("consortium", COLLEGE, description=text) == {mode}


@pytest.mark.parametrize("text", MADE_BY_NOBODY_ELSE)
def test_who_only_helps_or_learns_is_no_maker(text: str):
    assert found("consortium", COLLEGE, description=text) == set()


@pytest.mark.parametrize("text", GIVEN_BY)
def test_institution_that_only_the_text_names(text: str):
    assert found("commercial_platform", description=text) == {"partner_commercial_platform"}


@pytest.mark.parametrize("text", GIVEN_BY_NOBODY)
def test_no_institution_gives_it(text: str):
    assert found("commercial_platform", description=text) == set()


def test_company_that_names_an_institution_is_not_alone():
    company = maker("employer US Example Corp")
    words = "Example Corp created this course together with École d’ingénieurs du Modèle."
    assert found("employer", company, description=words) == {"partner_employer"}
    assert found("commercial_platform", company, description=words) == {
        "partner_employer",
        "partner_commercial_platform",
    }


def test_institution_that_text_declines_or_translates_is_one():
    printed = maker("institution EE Näidise Ülikool")
    translated = maker("institution EE University of Näidise")
    words = "Kursus on loodud Näidise Ülikooli (Eesti) ja Näidis OÜ koostöös."
    assert found("consortium", printed, description=words) == {EMPLOYER}
    assert found("consortium", translated, description=words) == {EMPLOYER}
    assert found("consortium", COLLEGE, description=words) == {EMPLOYER, FOREIGN}


def test_institution_known_by_its_name_alone_is_less_sure():
    words = "Developed jointly by Example College and Example Polytechnic (Canada)."
    (finding,) = development(listing(COLLEGE, description=words), source("consortium"), (COLLEGE,))
    assert (finding.mode, finding.evidence.rule, finding.evidence.confidence) == (FOREIGN, "named-first", 0.75)


def test_name_of_a_ministry_says_nothing_of_the_programme():
    ministry = maker("government FR Ministère de la Formation continue")
    assert found("institution", COLLEGE, ministry) == set()
    assert found("institution", COLLEGE, maker("- - Service de formation continue")) == {"own_new_nondegree"}


NAMES = [
    # words, names with their countries
    ("Example College (France) and Hochschule Muster", [("Example College", "FR"), ("Hochschule Muster", None)]),
    ("der Hochschule für Technik Musterstadt (Österreich)", [("Hochschule für Technik Musterstadt", "AT")]),
    (
        "l’École d’ingénieurs du Modèle et l’Université Exemple",
        [("École d’ingénieurs du Modèle", None), ("Université Exemple", None)],
    ),
    (
        "Esimerkin yliopisto (Suomi) ja Exempelstads universitet",
        [("Esimerkin yliopisto", "FI"), ("Exempelstads universitet", None)],
    ),
    ("Jane Doe of Example Polytechnic", [("Example Polytechnic", None)]),
    ("本課程由例示大学（日本）与模型大学联合开发", [("例示大学", "JP"), ("模型大学", None)]),
    ("예시대학교(대한민국)와 함께", [("예시대학교", "KR")]),
    ("Example Trust, Jane Doe, a college and 大学生", []),
]


@pytest.mark.parametrize(("words", "names"), NAMES)
def test_names_told_by_their_own_words(words: str, names: list[tuple[str, str | None]]):
    assert [(named.name, named.country) for named in names_by_kind(words)] == names


@given(
    st.lists(st.sampled_from(["École", "d’", "University", "of", "Example", "(France)", "大学", "AG", " ", "&", "\n"]))
)
def test_names_stand_in_the_words(pieces: list[str]):
    words = "".join(pieces)
    assert all(named.name in words for named in names_by_kind(words))
