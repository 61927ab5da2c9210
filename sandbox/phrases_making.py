"""How catalogues say who made a programme, and from what: several ways of saying it, in each language.

``{lead}`` and ``{partners}`` are organisations, ``{field}`` and ``{other}`` fields of degree programmes, ``{codes}``
course units of the first of them.
"""

from __future__ import annotations

from collections.abc import Mapping

from sandbox.phrases_award import Phrases

MAKING: Mapping[str, Phrases] = {
    "own_unbundled": {
        "en": (
            "It is made of the course units {codes} of the bachelor’s programme in {field}.",
            "You join existing courses of our master’s programme in {field}: {codes}.",
            "Its parts ({codes}) are regular courses of the degree in {field}, opened to outside learners.",
        ),
        "et": (
            "Programm koosneb magistriõppekava „{field}“ olemasolevatest ainetest {codes}.",
            "Ained {codes} pärinevad bakalaureuseõppekavast „{field}“.",
        ),
        "fr": (
            "La formation reprend les unités d’enseignement {codes} du master « {field} ».",
            "Vous suivez des cours existants de la licence « {field} » : {codes}.",
        ),
        "de": (
            "Der Kurs besteht aus den Modulen {codes} des Masterstudiengangs „{field}“.",
            "Sie besuchen bestehende Lehrveranstaltungen des Bachelorstudiengangs „{field}“ ({codes}).",
        ),
        "nl": (
            "Het bestaat uit de opleidingsonderdelen {codes} van de bachelor {field}.",
            "Je volgt bestaande vakken uit de master {field}: {codes}.",
        ),
        "ja": (
            "修士課程「{field}」の既存科目（{codes}）で構成されています。",
            "学士課程「{field}」の開講科目{codes}を受講します。",
        ),
        "es": (
            "Se compone de las asignaturas {codes} del Grado en {field}.",
            "Reúne asignaturas ya existentes del Máster en {field}: {codes}.",
        ),
    },
    "own_within_degree": {
        "en": (
            "It counts towards our Master of Science in {field}.",
            "Those who go on to the bachelor’s degree in {field} have it recognised as part of that degree.",
            "Completing it gives you exemption from the first module of the Master of Science in {field}.",
        ),
        "et": (
            "Läbitud ained arvestatakse magistriõppekava „{field}“ osana.",
            "Programm on osa bakalaureuseõppekavast „{field}“.",
        ),
        "fr": (
            "Le parcours est pris en compte dans le master « {field} ».",
            "Il fait partie de la licence « {field} » et peut y être validé.",
        ),
        "de": (
            "Die Leistung wird auf den Masterstudiengang „{field}“ angerechnet.",
            "Der Kurs ist Teil des Bachelorstudiengangs „{field}“ und wird dort anerkannt.",
        ),
        "nl": (
            "Het telt mee voor de master {field}.",
            "Wie later de bachelor {field} volgt, krijgt er een vrijstelling voor.",
        ),
        "ja": ("修士課程「{field}」の修了要件に算入できます。", "学士課程「{field}」の単位として認定されます。"),
        "es": (
            "Se reconoce dentro del Máster en {field}.",
            "Forma parte del Grado en {field} y computa para obtenerlo.",
        ),
    },
    "own_combined": {
        "en": (
            "It combines courses from the master’s programmes in {field} and {other}.",
            "Courses are drawn from two degree programmes, {field} and {other}.",
            "Modules of our degrees in {field} and in {other}, taught at two faculties, are brought together here.",
        ),
        "et": (
            "Programm ühendab magistriõppekavade „{field}“ ja „{other}“ aineid.",
            "Ained on valitud kahelt õppekavalt: „{field}“ ja „{other}“.",
        ),
        "fr": (
            "La formation combine des cours des masters « {field} » et « {other} ».",
            "Les enseignements viennent de deux diplômes : « {field} » et « {other} ».",
        ),
        "de": (
            "Das Programm verbindet Module der Studiengänge „{field}“ und „{other}“.",
            "Die Lehrveranstaltungen stammen aus zwei Studiengängen: „{field}“ und „{other}“.",
        ),
        "nl": (
            "Het combineert vakken uit de masters {field} en {other}.",
            "De vakken komen uit twee opleidingen: {field} en {other}.",
        ),
        "ja": (
            "「{field}」と「{other}」の二つの課程の科目を組み合わせています。",
            "二つの研究科（{field}、{other}）の授業科目からなります。",
        ),
        "es": (
            "Combina asignaturas de los másteres en {field} y en {other}.",
            "Las asignaturas proceden de dos titulaciones: {field} y {other}.",
        ),
    },
    "own_mixed": {
        "en": (
            "Existing lectures of our degree programmes are joined by modules newly made for it.",
            "About half of the content comes from existing courses, the rest was newly developed for professionals.",
        ),
        "et": ("Osa aineid on olemasolevad, osa on loodud just selle programmi jaoks.",),
        "fr": ("Des cours existants y sont complétés par des modules créés pour l’occasion.",),
        "de": ("Bestehende Lehrveranstaltungen werden durch neu entwickelte Einheiten ergänzt.",),
        "nl": ("Bestaande vakken worden aangevuld met nieuw ontwikkelde modules.",),
        "ja": ("既存の科目に、新たに開発した内容を加えて構成しています。",),
        "es": ("Une asignaturas existentes con módulos de nueva creación.",),
    },
    "own_new_nondegree": {
        "en": (
            "A short course of our continuing education unit; it is not part of a degree.",
            "It belongs to our programme of continuing professional education.",
            "Part of our executive and professional education.",
            "This is a non-award course for people in work.",
        ),
        "et": ("Tegemist on täienduskoolitusega.", "Toimub ülikooli täiendusõppena töötavatele inimestele."),
        "fr": (
            "Ce parcours relève de la formation continue de l’établissement.",
            "Proposé par le service de formation continue, hors diplôme.",
        ),
        "de": (
            "Ein Angebot der wissenschaftlichen Weiterbildung, ohne Studienabschluss.",
            "Der Kurs gehört zum Weiterbildungsprogramm der Hochschule.",
        ),
        "nl": (
            "Het maakt deel uit van ons aanbod permanente vorming.",
            "Dit is bijscholing voor professionals, los van een diplomaopleiding.",
        ),
        "ja": ("社会人向けのリカレント教育として開講します。", "学位課程とは別の公開講座です。"),
        "es": ("Es un curso de formación permanente, no conducente a título.", "Forma parte de la formación continua."),
    },
}

PARTNERS: Phrases = {
    "en": (
        "Developed jointly by {lead} and {partners}.",
        "{lead} created this course together with {partners}.",
        "A joint offer, designed by {lead} and {partners}.",
        "Co-developed by {lead} and {partners}.",
    ),
    "et": ("Programmi on üheskoos loonud {lead} ja {partners}.", "Ühiselt välja töötanud: {lead} ja {partners}."),
    "fr": (
        "Conçu conjointement par {lead} et {partners}.",
        "Un cours coproduit par {lead} et {partners}.",
        "{lead} et {partners} ont élaboré ce cours ensemble.",
    ),
    "de": (
        "Gemeinsam entwickelt von {lead} und {partners}.",
        "{lead} und {partners} haben den Kurs zusammen konzipiert.",
    ),
    "nl": ("Samen ontwikkeld door {lead} en {partners}.", "{lead} en {partners} maakten dit programma samen."),
    "ja": ("{lead}と{partners}が共同で開発しました。", "{lead}と{partners}の共同開発プログラムです。"),
    "es": (
        "Desarrollado conjuntamente por {lead} y {partners}.",
        "Un curso creado por {lead} junto con {partners}.",
    ),
}  # fmt: skip

LEAD: Phrases = {
    "en": ("A course by {lead}.", "Taught by {lead}.", "Offered by {lead}."),
    "et": ("Korraldaja on {lead}.",),
    "fr": ("Proposé par {lead}.", "Un cours de l’établissement {lead}."),
    "de": ("Anbieter ist {lead}.", "{lead} bietet diesen Kurs an."),
    "nl": ("Aangeboden door {lead}.",),
    "ja": ("{lead}が提供する講座です。",),
    "es": ("Impartido por {lead}.", "Un curso de {lead}."),
}

GUESTS: Phrases = {
    "en": (
        "Guest speakers from {partners} talk about their daily work.",
        "The lecturers include employees of {partners}.",
    ),
    "et": ("Külalislektorid ettevõttest {partners} räägivad oma tööst.",),
    "fr": ("Des intervenants de {partners} présentent leur métier.",),
    "de": ("In Gastvorträgen berichten Fachleute von {partners}.",),
    "nl": ("Gastsprekers van {partners} vertellen over hun werk.",),
    "ja": ("{partners}の社員によるゲスト講演があります。",),
    "es": ("Ponentes invitados de {partners} comparten su experiencia.",),
}

FIELDS: Mapping[str, Mapping[str, str]] = {
    "Data & AI": {
        "en": "Data Science", "et": "Andmeteadus", "fr": "Science des données", "de": "Data Science",
        "nl": "Data Science", "ja": "データサイエンス", "es": "Ciencia de Datos",
    },
    "Health": {
        "en": "Public Health", "et": "Rahvatervishoid", "fr": "Santé publique", "de": "Gesundheitswissenschaften",
        "nl": "Gezondheidswetenschappen", "ja": "公衆衛生学", "es": "Salud Pública",
    },
    "Education": {
        "en": "Education Sciences", "et": "Haridusteadus", "fr": "Sciences de l’éducation",
        "de": "Bildungswissenschaften", "nl": "Onderwijskunde", "ja": "教育学", "es": "Ciencias de la Educación",
    },
    "Business": {
        "en": "Business Administration", "et": "Ärijuhtimine", "fr": "Gestion des entreprises",
        "de": "Betriebswirtschaft", "nl": "Bedrijfskunde", "ja": "経営学", "es": "Administración de Empresas",
    },
    "Engineering": {
        "en": "Mechanical Engineering", "et": "Masinaehitus", "fr": "Génie mécanique", "de": "Maschinenbau",
        "nl": "Werktuigkunde", "ja": "機械工学", "es": "Ingeniería Mecánica",
    },
    "Environment": {
        "en": "Environmental Science", "et": "Keskkonnateadus", "fr": "Sciences de l’environnement",
        "de": "Umweltwissenschaften", "nl": "Milieuwetenschappen", "ja": "環境科学", "es": "Ciencias Ambientales",
    },
    "Law & Society": {
        "en": "Law", "et": "Õigusteadus", "fr": "Droit", "de": "Rechtswissenschaft", "nl": "Rechten", "ja": "法学",
        "es": "Derecho",
    },
    "Arts & Design": {
        "en": "Design", "et": "Disain", "fr": "Design", "de": "Gestaltung", "nl": "Vormgeving", "ja": "デザイン学",
        "es": "Diseño",
    },
}  # fmt: skip
"""The degree programmes of the world by the subject of a programme."""

AND: Mapping[str, str] = {
    "en": " and ", "et": " ja ", "fr": " et ", "de": " und ", "nl": " en ", "ja": "、", "es": " y ",
}  # fmt: skip
"""What stands between the last two of several names."""
