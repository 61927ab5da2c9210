"""The catalogues that speak the format of a family, many sources on one: their hosts and what they tend to offer."""

from __future__ import annotations

from sandbox.catalogues import Catalogue

TITLE = frozenset({"title"})
TITLE_RUNS = frozenset({"title", "runs"})
PRICED = frozenset({"title", "price", "runs"})
_SIZE = 48
_MICRO = {"microcredential": 1}
_MOOCHUB = {
    "open_hpi": ("open.hpi.de", {"en": 2, "de": 2}, ("NORDH",)),
    "ki_campus": ("learn.ki-campus.org", {"de": 4, "en": 1}, ("NORDH", "KRISTALL")),
    "egov_campus": ("learn.egov-campus.org", {"de": 1}, ("NORDH",)),
    "imoox": ("imoox.at", {"de": 3, "en": 1}, ("KRISTALL",)),
    "oncampus": ("moodalis.oncampus.de", {"de": 1}, ("NORDH",)),
    "futurelearnlab": ("futurelearnlab.de", {"de": 3, "en": 1}, ("NORDH",)),
    "orca_nrw": ("www.orca.nrw", {"de": 1}, ("NORDH", "KRISTALL")),
    "open_vhb": ("open.vhb.org", {"de": 1}, ("KRISTALL",)),
}
_OPEN_EDX = {
    "mexicox": ("mexicox.gob.mx", {"es": 1, "en": 1}, ("SIERRA", "ANDES")),
    "campus_il": ("courses.campus.gov.il", {"en": 1}, ("LAKE",)),
    "navoica": ("navoica.pl", {"en": 1}, ("NORDH",)),
    "nau": ("lms.nau.edu.pt", {"es": 1, "en": 1}, ("SIERRA",)),
    "uned_abierta": ("iedra.uned.es", {"es": 1, "en": 1}, ("UNED",)),
    "swissmooc": ("courses.swissmooc.ch", {"fr": 1, "de": 1, "en": 1}, ("VALM", "NORDH")),
    "skill_india": ("courses.skillindiadigital.gov.in", {"en": 1}, ("QUARRY",)),
    "openedu_urfu": ("courses.openedu.urfu.ru", {"en": 1}, ("URFU",)),
    "thai_mooc": ("lms.thaimooc.org", {"en": 1}, ("HIKARI",)),
}
_CREDLY = {"credly_google": "GOOGLE", "credly_ibm": "IBM", "credly_aws": "AWS", "credly_microsoft": "MICROSOFT"}
# slug: host, languages, organisations, currency, credits, kinds
_HTML: dict[str, tuple[str, dict[str, int], tuple[str, ...], str, tuple[float, ...], dict[str, int]]] = {
    "ku_leuven": ("www.kuleuven.be", {"en": 1, "nl": 1}, ("KULEUVEN",), "EUR", (3.0, 6.0), _MICRO),
    "taltech": ("taltech.ee", {"en": 2, "et": 1}, ("TALTECH",), "EUR", (6.0, 12.0, 24.0), _MICRO),
    "tlu": ("www.tlu.ee", {"et": 1}, ("TLU",), "EUR", (6.0, 12.0, 18.0), _MICRO),
    "unimelb": ("study.unimelb.edu.au", {"en": 1}, ("UNIMELB",), "AUD", (3.125, 6.25), _MICRO),
    "deakin": ("www.deakin.edu.au", {"en": 1}, ("DEAKIN",), "AUD", (), {"course": 1}),
    "sydney": ("www.sydney.edu.au", {"en": 1}, ("SYDNEY",), "AUD", (), {"course": 1}),
    "suny": ("www.suny.edu", {"en": 1}, ("LAKE",), "USD", (3.0, 6.0, 9.0), _MICRO),
    "microcreds_ie": ("microcreds.ie", {"en": 1}, ("LOUGH",), "EUR", (5.0, 10.0), _MICRO),
    "ontario_portal": ("microlearnontario.ca", {"en": 1}, ("MAPLE",), "CAD", (), _MICRO),
    "microcred_seeker": ("www.microcredseeker.edu.au", {"en": 1}, ("BANKSIA",), "AUD", (), _MICRO),
    "eciu": ("engage.eciu.eu", {"en": 1}, ("POLDER", "LOUGH"), "EUR", (1.0, 3.0), _MICRO),
    "euroteq": ("euroteq.eurotech-universities.eu", {"en": 1}, ("NORDH", "POLDER"), "EUR", (3.0, 5.0), {"course": 1}),
    "shibaura": ("www.shibaura-it.ac.jp", {"en": 1}, ("SHIBAURA",), "JPY", (2.0,), {"course": 1}),
    "jv_campus": ("www.jv-campus.org", {"ja": 1, "en": 1}, ("HIKARI",), "JPY", (), _MICRO),
    "jmooc": ("www.jmooc.jp", {"ja": 1, "en": 1}, ("HIKARI",), "JPY", (), {"course": 1}),
}
_WITHOUT_PRICES = frozenset({"eciu", "euroteq", "suny"})
_AMOUNTS = {"JPY": (0.0, 3300.0, 11000.0)}


def family_catalogues() -> tuple[Catalogue, ...]:
    """Return the catalogues of all families."""
    return (*_moochub(), *_open_edx(), *_credly(), *_html(), *_feeds_and_files(), *_interfaces(), *_with_a_key())


def _moochub() -> list[Catalogue]:
    return [
        Catalogue(
            slug=slug, family="moochub", hosts=(host,), prints=TITLE_RUNS, size=_SIZE, languages=languages,
            organisations=organisations, weeks=(2, 8), closes=0.0, credits=(1.0, 2.0, 5.0),
        )
        for slug, (host, languages, organisations) in _MOOCHUB.items()
    ]  # fmt: skip


def _open_edx() -> list[Catalogue]:
    return [
        Catalogue(
            slug=slug, family="open_edx", hosts=(host,), prints=TITLE_RUNS, size=_SIZE, languages=languages,
            organisations=organisations, weeks=(4, 12), self_paced=0.3, closes=0.0,
        )
        for slug, (host, languages, organisations) in _OPEN_EDX.items()
    ]  # fmt: skip


def _credly() -> list[Catalogue]:
    return [
        Catalogue(
            slug=slug, family="credly", hosts=("www.credly.com",), prints=TITLE, size=_SIZE, kinds={"badge": 1},
            organisations=(organisation,), self_paced=1.0, closes=0.0,
        )
        for slug, organisation in _CREDLY.items()
    ]  # fmt: skip


def _html() -> list[Catalogue]:
    return [
        Catalogue(
            slug=slug, family="html_catalogue", hosts=(host,), size=_SIZE, languages=languages,
            prints=TITLE_RUNS if slug in _WITHOUT_PRICES else PRICED,
            organisations=organisations, currency=currency, credits=size, kinds=kinds, closes=0.0,
            amounts=() if slug in _WITHOUT_PRICES else _AMOUNTS.get(currency, (0.0, 180.0, 495.0, 1250.0)),
            delivery={"online": 3, "blended": 2, "presential": 1},
        )
        for slug, (host, languages, organisations, currency, size, kinds) in _HTML.items()
    ]  # fmt: skip


def _feeds_and_files() -> tuple[Catalogue, ...]:
    return (
        Catalogue(
            slug="oxford_continuing_education", family="xcri_oxford", hosts=("data.ox.ac.uk",), prints=PRICED,
            prices_on_runs=True, size=_SIZE, organisations=("OXFORD",), credits=(10.0, 20.0), closes=0.0,
            amounts=(95.0, 320.0, 2400.0), currency="GBP", delivery={"online": 2, "presential": 1},
        ),
        Catalogue(
            slug="eduopen", hosts=("learn.eduopen.org",), prints=TITLE, size=_SIZE, organisations=("VALM",), closes=0.0,
        ),
        Catalogue(
            slug="federica", family="jsonld", hosts=("www.federica.eu",), prints=PRICED, size=_SIZE,
            organisations=("VALM", "CAUSSE"), amounts=(0.0, 0.0, 49.0), closes=0.0,
        ),
        Catalogue(
            slug="rmit_short_courses", family="shopify", hosts=("shortcourses.rmit.edu.au",),
            prints=frozenset({"title", "price", "enrolment"}), size=_SIZE, organisations=("RMIT",),
            amounts=(350.0, 1600.0, 1990.0), currency="AUD", self_paced=1.0, closes=0.25,
        ),
    )  # fmt: skip


def _interfaces() -> tuple[Catalogue, ...]:
    return (
        Catalogue(
            slug="opintopolku", hosts=("opintopolku.fi",), prints=TITLE, size=_SIZE, kinds=_MICRO, closes=0.0,
            organisations=("SAIMAA",), credits=(2.0, 5.0, 10.0), self_paced=1.0,
        ),
        Catalogue(
            slug="susa_navet", hosts=("api.skolverket.se",), prints=TITLE, size=_SIZE, organisations=("FJALL",),
            credits=(3.0, 7.5, 15.0), self_paced=1.0, closes=0.0,
        ),
        Catalogue(
            slug="swayam", hosts=("swayam.gov.in",), prints=frozenset({"title", "enrolment", "runs"}), size=_SIZE,
            organisations=("QUARRY",), credits=(2.0, 3.0, 4.0), weeks=(4, 12),
        ),
        Catalogue(
            slug="microsoft_learn", hosts=("learn.microsoft.com",), prints=TITLE, size=_SIZE, kinds={"badge": 1},
            organisations=("MICROSOFT",), self_paced=1.0, closes=0.0,
        ),
        Catalogue(
            slug="mit_csail", family="prolearn", hosts=("prolearn.mit.edu",), prints=PRICED, size=_SIZE, closes=0.0,
            kinds={"course": 4, "program": 1}, organisations=("CSAIL",), amounts=(900.0, 2500.0), currency="USD",
        ),
        Catalogue(
            slug="mit_learn", hosts=("api.learn.mit.edu",), prints=PRICED, size=_SIZE, closes=0.0,
            kinds={"course": 4, "program": 1}, organisations=("MITX", "MITXPRO"), amounts=(99.0, 1350.0, 2350.0),
            currency="USD",
        ),
    )  # fmt: skip


def _with_a_key() -> tuple[Catalogue, ...]:
    return (
        Catalogue(
            slug="kmooc", hosts=("apis.data.go.kr",), prints=TITLE_RUNS, size=_SIZE, organisations=("HANEUL",),
            closes=0.0, key="kmooc",
        ),
        Catalogue(
            slug="openlearning", hosts=("api.openlearning.com",), prints=frozenset({"title", "price"}), size=_SIZE,
            organisations=("BANKSIA",), amounts=(0.0, 90.0, 450.0), currency="AUD", self_paced=1.0, closes=0.0,
            key="openlearning",
        ),
        Catalogue(
            slug="credential_registry", family="ctdl", hosts=("apps.credentialengine.org",),
            prints=frozenset({"title", "price", "enrolment"}), size=_SIZE, kinds=_MICRO, organisations=("LAKE",),
            amounts=(120.0, 250.0, 600.0), currency="USD", self_paced=1.0, key="credential_registry",
        ),
        Catalogue(
            slug="eduxchange", family="ooapi", hosts=("api.eduxchange.nl",), prints=PRICED, prices_on_runs=True,
            size=_SIZE, organisations=("POLDER",), credits=(2.5, 5.0), amounts=(0.0, 340.84), closes=0.0,
            key="eduxchange",
        ),
        Catalogue(
            slug="mit_sloan", hosts=("executive.mit.edu",), prints=PRICED, prices_on_runs=True, size=_SIZE, closes=0.0,
            organisations=("SLOAN",), credits=(1.5, 2.0), amounts=(2900.0, 4500.0), currency="USD", key="mit_sloan",
        ),
    )  # fmt: skip
