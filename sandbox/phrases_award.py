"""How catalogues say what learners receive and how they are assessed: several ways of saying it, in each language.

In our own words, after what catalogues usually print; nothing here is made to suit those who read it.
"""

from __future__ import annotations

from collections.abc import Mapping

Phrases = Mapping[str, tuple[str, ...]]
"""Ways of saying one thing, by language."""

CREDENTIAL: Mapping[str, Phrases] = {
    "certificate": {
        "en": (
            "Participants who complete all modules receive a certificate.",
            "On completion you earn a certificate that you can add to your CV.",
            "A certificate of completion is included.",
            "You can buy a certificate to prove what you have learnt.",
        ),
        "et": ("Kursuse läbinu saab tunnistuse.", "Lõpetajale väljastatakse tunnistus."),
        "fr": (
            "Un certificat est délivré à la fin de la formation.",
            "Les participants reçoivent un certificat de fin de parcours.",
            "À l’issue du cours, vous obtenez un certificat.",
        ),
        "de": (
            "Zum Abschluss erhalten Sie ein Zertifikat.",
            "Wer alle Einheiten bearbeitet, bekommt ein Zertifikat.",
            "Nach dem Kurs wird ein Zertifikat ausgestellt.",
        ),
        "nl": ("Na afloop ontvang je een certificaat.", "Deelnemers krijgen een getuigschrift."),
        "ja": ("修了者には修了証を発行します。", "全講義を修了すると修了証が授与されます。"),
        "es": (
            "Al finalizar recibirás un certificado.",
            "Se entrega un certificado de finalización.",
            "Quienes completen el curso obtienen un diploma acreditativo.",
        ),
    },
    "microcredential": {
        "en": (
            "It leads to a micro-credential of its own.",
            "Learners who complete it are awarded a micro-credential.",
            "You receive a digital micro-credential.",
        ),
        "et": ("Lõpetaja saab mikrokraadi tunnistuse.", "Programmi läbinule antakse mikrokraad."),
        "fr": ("La formation débouche sur une micro-certification.", "Vous obtenez une micro-certification numérique."),
        "de": ("Sie erwerben ein Micro-Credential.", "Der Kurs schließt mit einem Micro-Credential ab."),
        "nl": (
            "Je behaalt een microcredential.",
            "Wie het programma afrondt, ontvangt een microcredential.",
        ),
        "ja": ("修了者にマイクロクレデンシャルを授与します。", "本講座はマイクロクレデンシャルの対象です。"),
        "es": ("Conduce a una microcredencial.", "Al terminar obtienes una microcredencial digital."),
    },
    "badge": {
        "en": ("You earn a digital badge.", "A digital badge is issued to everyone who completes it."),
        "et": ("Läbinu saab digitaalse õpimärgi.",),
        "fr": ("Un badge numérique est délivré à la fin du parcours.", "Vous recevez un open badge."),
        "de": ("Sie erhalten einen digitalen Badge.", "Nach Abschluss wird ein Open Badge vergeben."),
        "nl": ("Je verdient een digitale badge.",),
        "ja": ("修了者にはデジタルバッジを発行します。", "オープンバッジが取得できます。"),
        "es": ("Obtendrás una insignia digital.",),
    },
    "nanodegree": {"en": ("Graduates receive a Nanodegree certificate.", "You earn a Nanodegree credential.")},
    "qualification": {
        "en": ("You work towards a nationally recognised certificate.", "It is a regulated vocational qualification.")
    },
    "degree": {
        "en": (
            "Successful students are awarded the {degree}.",
            "The course leads to the full {degree}, studied part time.",
        )
    },
    "attendance": {
        "en": (
            "All participants receive a confirmation of participation.",
            "A statement of attendance is available on request.",
        ),
        "et": ("Osalejad saavad osalemistõendi.",),
        "fr": ("Une attestation de participation est remise aux inscrits.", "Une attestation de suivi est délivrée."),
        "de": ("Sie erhalten eine Teilnahmebestätigung.", "Auf Wunsch wird die Teilnahme bescheinigt."),
        "nl": ("Je krijgt een bewijs van deelname.",),
        "ja": ("受講者には受講証明書を発行します。",),
        "es": ("Se entrega una constancia de participación.",),
    },
    "none": {
        "en": (
            "No certificate is issued for this course.",
            "There is no certificate: the course is open to all who are curious.",
        ),
        "et": ("Kursuse lõpus tunnistust ei väljastata.",),
        "fr": ("Ce cours ne donne pas lieu à un certificat.", "Aucune attestation n’est délivrée."),
        "de": ("Ein Zertifikat wird nicht ausgestellt.", "Der Kurs endet ohne Zertifikat."),
        "nl": ("Voor deze cursus wordt geen certificaat uitgereikt.",),
        "ja": ("修了証の発行はありません。",),
        "es": ("Este curso no otorga certificado.",),
    },
}

ASSESSMENT: Mapping[str, Phrases] = {
    "exam": {
        "en": (
            "It ends with a written exam.",
            "The final examination takes two hours and is marked by the teaching staff.",
            "You need 60 % of the points in the final test.",
        ),
        "et": ("Programm lõpeb kirjaliku eksamiga.", "Lõpueksam on hindeline."),
        "fr": (
            "La formation se termine par un examen écrit.",
            "Un examen final noté valide les acquis.",
            "L’évaluation repose sur un examen en ligne.",
        ),
        "de": ("Am Ende steht eine schriftliche Prüfung.", "Die Abschlussprüfung wird benotet."),
        "nl": ("Het programma eindigt met een schriftelijk examen.", "De evaluatie bestaat uit een mondeling examen."),
        "ja": ("最終試験を実施します。", "修了には期末試験の合格が必要です。"),
        "es": ("Concluye con un examen escrito.", "La evaluación consiste en una prueba final."),
    },
    "project": {
        "en": (
            "You hand in a project that is marked against published criteria.",
            "Learners are assessed on a final project.",
            "Reviewers grade the project you submit.",
        ),
        "et": ("Lõpus esitatakse lõputöö, mida hinnatakse.", "Hindamine toimub projekti põhjal."),
        "fr": ("Vous rendez un projet qui est évalué par l’équipe.", "L’évaluation porte sur un projet à remettre."),
        "de": ("Sie reichen eine Projektarbeit ein, die bewertet wird.", "Geprüft wird mit einem Abschlussprojekt."),
        "nl": ("Je wordt beoordeeld op een eindproject.", "Je dient een project in, dat punten krijgt."),
        "ja": ("最終課題のプロジェクトを提出し、評価を受けます。", "プロジェクトの成果物で成績評価を行います。"),
        "es": ("Se evalúa un proyecto final.", "Entregarás un proyecto que será calificado."),
    },
    "assignments": {
        "en": (
            "Graded assignments make up the final result.",
            "Assessment is by two written assignments.",
            "Each module has an assessed task.",
        ),
        "et": ("Hinne kujuneb kodutööde põhjal.", "Iga moodul lõpeb hinnatava ülesandega."),
        "fr": ("Des devoirs notés jalonnent le parcours.", "L’évaluation se fait par contrôle continu."),
        "de": ("Benotete Aufgaben begleiten den Kurs.", "Die Leistung wird mit zwei Hausarbeiten geprüft."),
        "nl": ("Je krijgt punten op opdrachten.", "De evaluatie gebeurt met twee schriftelijke opdrachten."),
        "ja": ("レポートで成績を評価します。", "各回の課題を採点します。"),
        "es": ("Se califican dos trabajos escritos.", "La evaluación es continua, con tareas calificadas."),
    },
    "portfolio": {
        "en": ("Participants are assessed on a portfolio of their work.", "Assessment is by portfolio and interview."),
        "et": ("Hinnatakse õpimappi.",),
        "fr": ("Les acquis sont évalués sur la base d’un portfolio.",),
        "de": ("Bewertet wird ein Portfolio.",),
        "nl": ("Je wordt beoordeeld op een portfolio.",),
        "ja": ("ポートフォリオにより評価します。",),
        "es": ("Se evalúa un portafolio de trabajos.",),
    },
    "quizzes": {
        "en": (
            "Every week closes with a graded quiz.",
            "Tests after each unit count towards the result; 70 % is the pass mark.",
        ),
        "et": ("Iga nädal lõpeb hinnatava testiga.",),
        "fr": ("Chaque semaine se termine par un quiz noté.",),
        "de": ("Jede Woche endet mit einem benoteten Test.",),
        "nl": ("Elke week eindigt met een test op punten.",),
        "ja": ("毎週の確認テストを採点します。",),
        "es": ("Cada semana termina con un cuestionario calificado.",),
    },
    "none": {
        "en": ("There is no exam and nothing is graded.", "No assessment is required."),
        "et": ("Eksamit ei ole.",),
        "fr": ("Il n’y a pas d’examen.",),
        "de": ("Eine Prüfung gibt es nicht.",),
        "nl": ("Er is geen examen.",),
        "ja": ("試験はありません。",),
        "es": ("No hay examen.",),
    },
}
