"""Titles that only one programme has: those of programmes that are listed at home and on platforms.

(subject, {language: title}); each has an English title, and one in the language of a home catalogue besides.
"""

from __future__ import annotations

SIGNATURES: tuple[tuple[str, dict[str, str]], ...] = (
    (
        "Data & AI",
        {
            "en": "Reading Glacier Ice with Satellites",
            "fr": "Lire les glaciers depuis l’espace",
            "de": "Gletschereis aus dem All lesen",
        },
    ),
    (
        "Health",
        {
            "en": "Night Shifts and the Body Clock",
            "fr": "Travail de nuit et horloge biologique",
            "nl": "Nachtwerk en de biologische klok",
            "et": "Öötöö ja keha kell",
        },
    ),
    (
        "Engineering",
        {
            "en": "Acoustics of Timber Concert Halls",
            "nl": "Akoestiek van houten concertzalen",
            "de": "Akustik hölzerner Konzertsäle",
            "et": "Puidust kontserdisaalide akustika",
        },
    ),
    (
        "Environment",
        {
            "en": "Seaweed Farming in Cold Waters",
            "fr": "Cultiver les algues en eaux froides",
            "nl": "Zeewierteelt in koude wateren",
            "et": "Vetikakasvatus külmades vetes",
        },
    ),
    (
        "Law & Society",
        {
            "en": "Who Owns the Seabed?",
            "fr": "À qui appartient le fond des mers ?",
            "de": "Wem gehört der Meeresboden?",
            "nl": "Van wie is de zeebodem?",
        },
    ),
    ("Business", {"en": "Pricing What Nobody Has Sold Yet", "de": "Preise für das, was noch niemand verkauft hat"}),
    (
        "Arts & Design",
        {
            "en": "The Grammar of Stained Glass",
            "fr": "La grammaire du vitrail",
            "nl": "De taal van glas-in-lood",
            "de": "Die Grammatik der Glasmalerei",
        },
    ),
    (
        "Education",
        {
            "en": "Teaching Fractions with Paper Folding",
            "et": "Murdude õpetamine paberivoltimisega",
            "nl": "Breuken leren door papier te vouwen",
            "ja": "折り紙で教える分数",
        },
    ),
    ("Health", {"en": "Listening with Children Who Wear Hearing Aids", "de": "Mit hörgeschädigten Kindern hören üben"}),
    ("Data & AI", {"en": "Forecasting Floods from Sparse Gauges", "fr": "Prévoir les crues avec peu de stations"}),
    ("Engineering", {"en": "Small Bridges for Rural Roads", "es": "Puentes pequeños para caminos rurales"}),
    ("Environment", {"en": "Birdsong Surveys for Planners", "et": "Linnulaulu seire planeerijatele"}),
    ("Law & Society", {"en": "Reading Medieval Court Rolls", "fr": "Lire les rôles judiciaires du Moyen Âge"}),
    ("Arts & Design", {"en": "Writing Radio Plays for Young Ears", "de": "Hörspiele für junge Ohren schreiben"}),
    ("Business", {"en": "Cooperative Grocery Stores That Last", "es": "Tiendas cooperativas que perduran"}),
    (
        "Health",
        {"en": "Foot Care for People with Diabetes", "nl": "Voetzorg bij diabetes", "et": "Diabeetiku jalgade hooldus"},
    ),
    ("Engineering", {"en": "Repairing Household Electronics Safely", "ja": "家電を安全に修理する"}),
    ("Data & AI", {"en": "Counting Whales from Sound", "fr": "Compter les baleines à l’oreille"}),
    (
        "Environment",
        {"en": "Living Roofs for Hot Cities", "es": "Techos vivos para ciudades calurosas", "ja": "暑い都市の屋上緑化"},
    ),
    (
        "Education",
        {"en": "Outdoor Lessons in Winter", "et": "Õuesõpe talvel", "de": "Unterricht im Freien, auch im Winter"},
    ),
    (
        "Law & Society",
        {"en": "Public Records Requests That Succeed", "es": "Solicitudes de registros públicos que prosperan"},
    ),
    (
        "Arts & Design",
        {"en": "Restoring Painted Wooden Ceilings", "nl": "Beschilderde houten plafonds restaureren"},
    ),
    ("Business", {"en": "Succession in Family Vineyards", "fr": "Transmettre un vignoble familial"}),
    ("Health", {"en": "Palliative Care in Remote Villages", "es": "Cuidados paliativos en pueblos remotos"}),
    ("Engineering", {"en": "Corrosion Checks on Offshore Ladders", "nl": "Corrosiecontrole op offshoreladders"}),
    ("Data & AI", {"en": "Spreadsheets That Others Can Audit", "fr": "Des tableurs que d’autres peuvent vérifier"}),
    ("Environment", {"en": "Soil Fungi in Old Orchards", "nl": "Bodemschimmels in oude boomgaarden"}),
    ("Education", {"en": "Chess Clubs in Primary Schools", "et": "Maleringid algkoolis"}),
    ("Law & Society", {"en": "Tenancy Disputes without Courts", "de": "Mietstreit ohne Gericht"}),
    ("Arts & Design", {"en": "Typography for Road Signs", "fr": "La typographie des panneaux routiers"}),
)
