"""What catalogues print of a programme that several of them list: titles, brands, codes, and each other's pages."""

from __future__ import annotations

SUBTITLES: dict[str, tuple[str, ...]] = {
    "en": ("{}: From Theory to Practice", "{} – Skills for Working Professionals", "{}: What Works and Why"),
    "et": ("{}: teooriast praktikani",),
    "fr": ("{} : de la théorie à la pratique",),
    "de": ("{}: Von der Theorie zur Praxis",),
    "nl": ("{}: van theorie naar praktijk",),
    "ja": ("{}：理論から実践へ",),
    "es": ("{}: de la teoría a la práctica",),
}
"""Subtitles that a platform adds."""

FORMS: dict[str, tuple[str, ...]] = {
    "en": ("{} (MOOC)", "Micro-credential: {}", "{} | Online Course"),
    "et": ("{} (MOOC)",),
    "fr": ("MOOC {}",),
    "de": ("{} (Online-Kurs)",),
    "nl": ("{} (MOOC)",),
    "ja": ("{}（MOOC）",),
    "es": ("{} (MOOC)",),
}
"""Words for the form of the offer that a platform adds."""

SPELLINGS = (
    (" & ", " and "),
    ("Behaviour", "Behavior"),
    ("Programme", "Program"),
    (" with ", " With "),
    ("ä", "ae"),
    ("é", "e"),
)
"""What a platform spells in another way, in the order in which it is tried."""

HARDER: dict[str, str] = {
    "en": "Advanced {}", "et": "{} – edasijõudnutele", "fr": "Approfondir : {}", "de": "{} für Fortgeschrittene",
    "nl": "{} voor gevorderden", "ja": "{}（応用編）", "es": "{} (nivel avanzado)",
}  # fmt: skip
"""The title of a programme on the same subject for those who know more."""

BRANDS: dict[str, str] = {
    "KULEUVEN": "KULeuvenX", "OXFORD": "OxfordX", "MITX": "MITx", "TALTECH": "TalTechX", "LAKE": "GreatLakeX",
    "VALM": "ValmontX",
}  # fmt: skip
"""What edX calls an institution: some brands are in our table of organisations, those of invented ones are not."""

ALSO: dict[str, str] = {
    "en": "More about this course and how to register: {address}",
    "et": "Kursuse leht ja registreerumine: {address}",
    "fr": "Page du cours et inscription : {address}",
    "de": "Zur Seite des Kurses und zur Anmeldung: {address}",
    "nl": "Pagina van de cursus en inschrijving: {address}",
    "ja": "コースのページと申し込み： {address}",
    "es": "Página del curso e inscripción: {address}",
}
"""Where the page of the programme in another catalogue is named."""

CODE: dict[str, str] = {
    "en": "Course code {code}.", "et": "Kursuse kood {code}.", "fr": "Code du cours : {code}.",
    "de": "Kurs-Nr. {code}.", "nl": "Vakcode {code}.", "ja": "科目コード {code}。", "es": "Código del curso: {code}.",
}  # fmt: skip
