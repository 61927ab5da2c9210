"""What a catalogue is to the world: its hosts, which facts it prints, what it tends to offer; and the first twelve."""

from __future__ import annotations

from dataclasses import dataclass, field

FACTS = ("title", "price", "enrolment", "runs")
"""What can change in a listing during its life."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """One catalogue.

    ``family`` is the module of ``sandbox.formats`` that writes it, the slug's own if empty. ``hosts`` answer for it;
    some are shared by several catalogues. ``prints`` are the ``FACTS`` that can be read in it: a catalogue without
    prices hides every change of price. Whether one can enrol counts as printed only where a word or a flag says so, not
    where it would have to be computed from dates. ``prices_on_runs``: a price belongs to a run and not to the programme
    (XCRI-CAP presentations, Richie course runs), so that a new price changes offerings only.

    The rest says what is invented for it: ``size`` programmes over the whole time, by shares of kinds, languages and
    kinds of delivery; weeks, hours a week, credits, amounts in ``currency``; the share ``self_paced`` without fixed
    runs, the share that once ``closes`` for enrolment, and ``endings`` of titles by kind. ``key`` names the key
    that it asks for.
    """

    slug: str
    family: str = ""
    hosts: tuple[str, ...]
    prints: frozenset[str]
    prices_on_runs: bool = False
    size: int
    kinds: dict[str, int] = field(default_factory=lambda: {"course": 1})
    languages: dict[str, int] = field(default_factory=lambda: {"en": 1})
    delivery: dict[str, int] = field(default_factory=lambda: {"online": 1})
    organisations: tuple[str, ...] = ()
    weeks: tuple[int, int] = (3, 8)
    hours: tuple[int, int] = (2, 6)
    credits: tuple[float, ...] = ()
    amounts: tuple[float, ...] = ()
    currency: str = "EUR"
    self_paced: float = 0.0
    closes: float = 0.15
    endings: dict[str, str] = field(default_factory=dict)
    key: str = ""


def first_catalogues() -> tuple[Catalogue, ...]:
    """Return the catalogues that have a format of their own from the beginning."""
    title_runs = frozenset({"title", "runs"})
    return (
        Catalogue(
            slug="coursera",
            hosts=("api.coursera.org",),
            prints=frozenset({"title"}),
            size=150,
            kinds={"course": 5, "program": 1},
            endings={"program": " Specialization"},
            languages={"en": 9, "es": 2, "ja": 1, "fr": 1},
            organisations=("VALM", "NORDH", "LAKE", "HIKARI", "ANDES", "QUARRY"),
            self_paced=0.7,
            closes=0.0,
        ),
        Catalogue(
            slug="futurelearn",
            hosts=("www.futurelearn.com",),
            prints=title_runs,
            size=90,
            organisations=("LAKE", "MOOR", "GLEN", "QUARRY"),
            weeks=(2, 8),
            closes=0.0,
        ),
        Catalogue(
            slug="udacity",
            hosts=("www.udacity.com",),
            prints=frozenset({"title"}),
            size=70,
            kinds={"course": 3, "degree": 1},
            endings={"degree": " Nanodegree"},
            organisations=("UDACITY",),
            self_paced=1.0,
            closes=0.0,
        ),
        Catalogue(
            slug="cornwall_college",
            hosts=("raw.githubusercontent.com",),
            prints=frozenset({"title", "price", "runs"}),
            prices_on_runs=True,
            size=110,
            delivery={"presential": 5, "blended": 1},
            organisations=("CORNWALL",),
            weeks=(4, 36),
            amounts=(30.0, 60.0, 150.0, 495.0, 7500.0),
            currency="GBP",
            closes=0.0,
        ),
        Catalogue(
            slug="fun_mooc",
            hosts=("www.fun-mooc.fr",),
            prints=frozenset(FACTS),
            prices_on_runs=True,
            size=96,
            languages={"fr": 6, "en": 1},
            organisations=("VALM", "RIVAGE", "CAUSSE"),
            amounts=(0.0, 0.0, 0.0, 60.0, 120.0),
            closes=0.3,
        ),
        Catalogue(
            slug="edx",
            hosts=("www.edx.org",),
            prints=title_runs,
            size=160,
            languages={"en": 6, "es": 1},
            organisations=("LAKE", "HIKARI", "NORDH", "ANDES"),
            weeks=(4, 12),
            self_paced=0.4,
            closes=0.0,
        ),
        Catalogue(
            slug="mit_xpro",
            hosts=("xpro.mit.edu",),
            prints=frozenset({"title", "price", "runs"}),
            size=42,
            kinds={"course": 4, "program": 1},
            endings={"program": ": Professional Certificate"},
            organisations=("MITXPRO",),
            credits=(1.25, 2.0, 2.5),
            amounts=(849.0, 999.0, 1529.0),
            currency="USD",
            closes=0.0,
        ),
        Catalogue(
            slug="mitx_online",
            hosts=("mitxonline.mit.edu",),
            prints=frozenset({"title", "price", "runs"}),
            size=64,
            kinds={"course": 6, "program": 1},
            endings={"program": " Series"},
            organisations=("MITX",),
            weeks=(6, 14),
            amounts=(75.0, 100.0, 150.0, 300.0),
            currency="USD",
            closes=0.0,
        ),
        Catalogue(
            slug="opensap",
            hosts=("open.sap.com",),
            prints=frozenset({"title", "enrolment", "runs"}),
            size=60,
            languages={"en": 6, "de": 2, "ja": 1},
            organisations=("SAP",),
            weeks=(2, 6),
        ),
        Catalogue(
            slug="nova_academy",
            hosts=("www.nova-academy.be",),
            prints=frozenset(FACTS),
            size=84,
            kinds={"microcredential": 1},
            languages={"en": 2, "nl": 3},
            delivery={"blended": 2, "presential": 2, "online": 1},
            organisations=("UANTWERP", "UGENT", "VUB"),
            weeks=(6, 14),
            credits=(3.0, 4.0, 5.0, 6.0, 9.0),
            amounts=(0.0, 250.0, 320.5, 450.0, 690.0, 1150.0),
        ),
        Catalogue(
            slug="tartu",
            hosts=("ois2.ut.ee", "ut.ee"),
            prints=frozenset({"title", "price", "runs"}),
            size=80,
            kinds={"microcredential": 1},
            languages={"et": 3, "en": 1},
            delivery={"blended": 3, "online": 2, "presential": 1},
            organisations=("UTARTU",),
            weeks=(10, 30),
            credits=(6.0, 12.0, 15.0, 20.0, 24.0),
            amounts=(450.0, 900.0, 1200.0, 2100.0),
            closes=0.0,
        ),
        Catalogue(
            slug="nzqa",
            hosts=("www.nzqa.govt.nz",),
            prints=frozenset({"title", "enrolment"}),
            size=120,
            kinds={"microcredential": 1},
            organisations=("KAURI", "HARAKEKE", "TOTARA", "SKILLSNZ"),
            weeks=(2, 20),
            credits=(2.0, 5.0, 10.0, 15.0, 20.0, 40.0),
            self_paced=1.0,
            closes=0.2,
        ),
    )
