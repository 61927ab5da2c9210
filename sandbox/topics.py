"""Invented topics of programmes, in several languages.

A topic is (subject, {language: words}); every topic has English words. Some words carry characters that break careless
readers on purpose: ampersands, angle brackets, quotes, macrons, ligatures, full-width brackets.
"""

from __future__ import annotations

TOPICS: tuple[tuple[str, dict[str, str]], ...] = (
    (
        "Data & AI",
        {
            "en": "Responsible Machine Learning",
            "et": "vastutustundlik masinõpe",
            "fr": "l’apprentissage automatique responsable",
            "de": "verantwortungsvolles maschinelles Lernen",
            "nl": "verantwoord machinaal leren",
            "ja": "責任ある機械学習",
            "es": "aprendizaje automático responsable",
        },
    ),
    (
        "Data & AI",
        {
            "en": "Statistics where p < 0.05 Is Not Enough",
            "et": "statistika, kui p < 0,05 ei piisa",
            "fr": "la statistique au-delà de p < 0,05",
            "de": "Statistik jenseits von p < 0,05",
            "ja": "統計学入門（p < 0.05を超えて）",
        },
    ),
    (
        "Data & AI",
        {
            "en": "Open Data & Public Registers",
            "et": "avaandmed ja registrid",
            "fr": "les données ouvertes & registres publics",
            "nl": "open data & publieke registers",
            "es": "datos abiertos y registros públicos",
        },
    ),
    (
        "Data & AI",
        {
            "en": "Cyber Security for Small Firms",
            "et": "küberturvalisus väikeettevõttes",
            "fr": "la cybersécurité des PME",
            "de": "IT-Sicherheit für kleine Betriebe",
            "nl": "cyberveiligheid voor kmo’s",
            "ja": "中小企業のサイバーセキュリティ",
        },
    ),
    (
        "Data & AI",
        {"en": "Geodata and Maps", "et": "ruumiandmed ja kaardid", "fr": "les géodonnées", "de": "Geodaten und Karten"},
    ),
    (
        "Data & AI",
        {
            "en": "Programming in R & Python",
            "et": "programmeerimine R-is & Pythonis",
            "fr": "la programmation en R & Python",
        },
    ),
    (
        "Health",
        {
            "en": "Dementia Care at Home",
            "et": "dementsusega inimese hooldus kodus",
            "fr": "l’accompagnement des démences à domicile",
            "de": "Demenzpflege zu Hause",
            "nl": "dementiezorg thuis",
            "es": "cuidado de la demencia en casa",
        },
    ),
    (
        "Health",
        {
            "en": "Wound Care",
            "et": "haavaravi",
            "fr": "la prise en charge des plaies",
            "nl": "wondzorg",
            "de": "Wundversorgung",
        },
    ),
    (
        "Health",
        {
            "en": "Mental Health First Response",
            "et": "vaimse tervise esmaabi",
            "fr": "le premier secours en santé mentale",
            "nl": "eerste hulp bij psychische nood",
            "ja": "こころの応急手当",
        },
    ),
    (
        "Health",
        {
            "en": "Digital Health Records",
            "et": "digitaalne terviselugu",
            "fr": "le dossier médical numérique",
            "nl": "digitale patiëntendossiers",
        },
    ),
    (
        "Health",
        {"en": "Infection Control", "et": "nakkustõrje", "fr": "l’hygiène hospitalière", "de": "Infektionsschutz"},
    ),
    (
        "Health",
        {
            "en": "Nutrition for Athletes",
            "et": "sportlase toitumine",
            "fr": "la nutrition du sportif",
            "es": "nutrición deportiva",
        },
    ),
    (
        "Education",
        {
            "en": "Teaching Mixed-Ability Groups",
            "et": "eritasemeliste rühmade õpetamine",
            "fr": "l’enseignement en classe hétérogène",
            "de": "Unterricht in heterogenen Gruppen",
            "nl": "lesgeven aan gemengde groepen",
        },
    ),
    (
        "Education",
        {
            "en": "Assessment That Helps Learning",
            "et": "õppimist toetav hindamine",
            "fr": "l’évaluation formative",
            "nl": "toetsen om te leren",
        },
    ),
    (
        "Education",
        {
            "en": "Play in Early Childhood",
            "et": "mäng alushariduses",
            "fr": "le jeu dans la petite enfance",
            "es": "el juego en la infancia",
        },
    ),
    (
        "Education",
        {
            "en": "Mentoring New Staff",
            "et": "uue töötaja juhendamine",
            "fr": "le tutorat des nouveaux collègues",
            "nl": "nieuwe collega’s begeleiden",
        },
    ),
    ("Education", {"en": "Te Reo Māori for Classrooms", "fr": "le māori à l’école"}),
    ("Education", {"en": "Coaching “Reluctant” Readers", "et": "lugemishuvi äratamine", "fr": "l’éveil à la lecture"}),
    (
        "Business",
        {
            "en": "Managing R&D Portfolios",
            "et": "R&D-portfelli juhtimine",
            "fr": "le pilotage de la R&D",
            "de": "Steuerung von F&E-Vorhaben",
            "nl": "R&D-portefeuilles beheren",
            "ja": "研究開発マネジメント",
        },
    ),
    (
        "Business",
        {
            "en": '"Soft" Skills for Hard Talks',
            "et": "rasked vestlused",
            "fr": "les entretiens « difficiles »",
            "de": "schwierige Gespräche führen",
        },
    ),
    (
        "Business",
        {
            "en": "Bookkeeping for Sole Traders",
            "et": "FIE raamatupidamine",
            "fr": "la comptabilité de l’indépendant",
            "de": "Buchführung für Selbständige",
        },
    ),
    (
        "Business",
        {
            "en": "Service Design",
            "et": "teenusedisain",
            "fr": "le design de service",
            "de": "Dienstleistungen gestalten",
            "ja": "サービスデザイン",
        },
    ),
    (
        "Business",
        {
            "en": "Supply Chains under Stress",
            "et": "tarneahelate vastupidavus",
            "fr": "les chaînes d’approvisionnement",
            "es": "cadenas de suministro",
        },
    ),
    (
        "Business",
        {
            "en": "Negotiation Across Cultures",
            "et": "kultuuridevahelised läbirääkimised",
            "fr": "la négociation interculturelle",
            "nl": "onderhandelen over grenzen heen",
        },
    ),
    (
        "Business",
        {
            "en": "Family Firms: Handing Over",
            "et": "pereettevõtte üleandmine",
            "fr": "la transmission d’entreprise",
            "de": "Unternehmensnachfolge",
        },
    ),
    (
        "Engineering",
        {
            "en": "Additive Manufacturing",
            "et": "kihtlisandustootmine",
            "fr": "la fabrication additive",
            "de": "additive Fertigung",
            "nl": "additieve productie",
        },
    ),
    (
        "Engineering",
        {
            "en": "Heat Pumps: Sizing & Fitting",
            "et": "soojuspumpade paigaldus",
            "fr": "la pompe à chaleur",
            "de": "Wärmepumpen auslegen & einbauen",
        },
    ),
    (
        "Engineering",
        {
            "en": "Robotics for Food Plants",
            "et": "robootika toidutööstuses",
            "fr": "la robotique agroalimentaire",
            "ja": "食品工場のロボット工学",
        },
    ),
    (
        "Engineering",
        {
            "en": "Timber Construction",
            "et": "puitehitus",
            "fr": "la construction bois",
            "de": "Holzbau",
            "nl": "houtbouw",
        },
    ),
    (
        "Engineering",
        {
            "en": "Railway Signalling",
            "et": "raudtee signalisatsioon",
            "fr": "la signalisation ferroviaire",
            "de": "Bahnsicherungstechnik",
        },
    ),
    (
        "Engineering",
        {
            "en": "Battery Systems (<1 kV)",
            "et": "akusüsteemid (<1 kV)",
            "fr": "les batteries (<1 kV)",
            "de": "Batteriesysteme (<1 kV)",
        },
    ),
    (
        "Environment",
        {
            "en": "Circular Economy at Work",
            "et": "ringmajandus praktikas",
            "fr": "l’économie circulaire",
            "de": "Kreislaufwirtschaft",
            "nl": "circulaire economie",
            "es": "economía circular",
        },
    ),
    (
        "Environment",
        {
            "en": "Climate Risk for Councils",
            "et": "kliimariskid omavalitsuses",
            "fr": "le risque climatique local",
            "nl": "klimaatrisico’s voor gemeenten",
        },
    ),
    (
        "Environment",
        {
            "en": "Peatland Restoration",
            "et": "soode taastamine",
            "fr": "la restauration des tourbières",
            "de": "Moorschutz",
        },
    ),
    ("Environment", {"en": "Kaitiakitanga and Freshwater", "fr": "l’eau douce et ses gardiens"}),
    (
        "Environment",
        {
            "en": "Dairy Herd Health",
            "et": "piimakarja tervis",
            "fr": "la santé du troupeau laitier",
            "nl": "gezondheid van melkvee",
        },
    ),
    (
        "Environment",
        {
            "en": "Beekeeping through the Seasons",
            "et": "mesindus läbi aasta",
            "fr": "l’apiculture au fil des saisons",
            "de": "Imkern im Jahreslauf",
        },
    ),
    (
        "Law & Society",
        {
            "en": "Data Protection in Schools",
            "et": "andmekaitse koolis",
            "fr": "la protection des données à l’école",
            "de": "Datenschutz in der Schule",
        },
    ),
    (
        "Law & Society",
        {
            "en": "Local Government Finance",
            "et": "omavalitsuse eelarve",
            "fr": "les finances locales",
            "nl": "gemeentefinanciën",
        },
    ),
    (
        "Law & Society",
        {
            "en": "Restorative Justice",
            "et": "taastav õigus",
            "fr": "la justice réparatrice",
            "nl": "herstelrecht",
            "es": "justicia restaurativa",
        },
    ),
    (
        "Law & Society",
        {
            "en": "Public Procurement",
            "et": "riigihanked",
            "fr": "la commande publique",
            "nl": "overheidsopdrachten",
            "de": "öffentliche Vergabe",
        },
    ),
    (
        "Arts & Design",
        {
            "en": "Heritage & Digital Archives",
            "et": "pärand & digiarhiivid",
            "fr": "le patrimoine numérisé",
            "nl": "erfgoed & digitale archieven",
        },
    ),
    (
        "Arts & Design",
        {
            "en": "Sound Design for Games",
            "et": "mängude helikujundus",
            "fr": "le son dans le jeu vidéo",
            "ja": "ゲームの音響デザイン",
        },
    ),
    (
        "Arts & Design",
        {
            "en": "Writing for the Web",
            "et": "veebitekstid",
            "fr": "l’écriture web",
            "de": "Texten fürs Web",
            "es": "escribir para la web",
        },
    ),
)
