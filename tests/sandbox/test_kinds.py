"""What programmes are and how they were developed: the truth is sound, and catalogues print what is called knowable."""

from __future__ import annotations

import base64
import json
from collections import Counter
from collections.abc import Iterator
from datetime import date
from hashlib import sha256
from html import unescape
from string import Formatter

import httpx
import pytest

from models.vocab import vocabulary
from sandbox import truth
from sandbox.all_catalogues import CATALOGUES
from sandbox.formats import prose
from sandbox.formats.credly import ISSUERS
from sandbox.formats.moochub import PATHS
from sandbox.habits import HABITS, WAYS
from sandbox.invent_shared import NUMBER_LEAST
from sandbox.languages import LANGUAGE_NAMES
from sandbox.making import ASSESSMENTS, CREDENTIALS, Making, Organisation
from sandbox.organisations import ORGANISATIONS
from sandbox.phrases_award import ASSESSMENT, CREDENTIAL, Phrases
from sandbox.phrases_making import AND, FIELDS, GUESTS, LEAD, MAKING, PARTNERS
from sandbox.programme import Dated, Entry, Listed, Programme, Span, Title, listed_on
from sandbox.server import serve
from sandbox.telling import Told, knowable_class, knowable_modes, told
from sandbox.topics import TOPICS
from sandbox.world import SOURCES, World

DAY = date(2024, 4, 1)
DAYS = (date(2023, 1, 1), date(2023, 10, 1), DAY, date(2025, 1, 1), date(2026, 7, 1))
BEFORE_KINDS = "5609a5d8e3d35ea146a306d15f919d17ade6d39430de1b84999f0b6f76fb214e"
"""Of refs, titles, spans and prices of seed 7, taken before programmes had a class and development modes."""


# --------------------------------------------------------------------------------------
# The truth
# --------------------------------------------------------------------------------------


def test_lives_titles_and_prices_are_drawn_as_they_always_were():
    rows = [
        (
            entry.ref,
            [(str(dated.since), dated.value.text, dated.value.english) for dated in one.titles],
            [(str(span.first), str(span.until)) for span in entry.spans],
            [(str(dated.since), dated.value.amount, dated.value.currency) for dated in entry.prices],
        )
        for one in World(7).programmes
        for entry in one.entries
        if entry.number < NUMBER_LEAST  # later ones were added since
    ]
    assert sha256(repr(rows).encode()).hexdigest() == BEFORE_KINDS


@pytest.mark.parametrize("seed", [7, 11])
def test_every_programme_has_a_class_and_a_mode_of_the_vocabularies(seed: int):
    classes, modes = Counter[str](), Counter[str]()
    for one in World(seed).programmes:
        assert one.modes
        assert "non_hei" not in one.modes or len(one.modes) == 1
        assert len(one.modes & {"partner_hei_domestic", "partner_hei_foreign"}) < 2
        classes[one.mc_class] += 1
        modes.update(one.modes)
    assert set(classes) == set(vocabulary("mc_class")) - {"unknown"}
    assert set(modes) == set(vocabulary("development_mode")) - {"unknown"}
    assert min(modes.values()) >= 100
    assert classes["core"] > classes["broad"] > classes["course_only"] > classes["degree"] >= 3


def test_modes_follow_from_who_made_it(world: World):
    for one in world.programmes:
        bodies = (one.organisation, *one.partners)
        assert len(set(bodies)) == len(bodies)
        heis = [body for body in bodies if body.kind == "institution"]
        kinds = {HABITS[entry.source].kind for entry in one.entries}
        assert ("non_hei" in one.modes) == (not heis)
        assert ("partner_employer" in one.modes) == bool(heis and any(body.kind == "employer" for body in bodies))
        assert ("partner_gov_platform" in one.modes) == bool(heis and "government_platform" in kinds)
        assert ("partner_commercial_platform" in one.modes) == bool(heis and "commercial_platform" in kinds)
        assert ("partner_hei_foreign" in one.modes) == (len({body.country for body in heis}) > 1)
        assert {mode for mode in one.modes if mode.startswith("own_")} == set(one.making.own)


def test_the_truth_of_a_listing_never_changes(world: World):
    seen: dict[tuple[str, str], set[tuple[object, ...]]] = {}
    for day in DAYS:
        for row in truth.classes(world, SOURCES, day).itertuples(index=False):
            seen.setdefault((row.slug, row.ref), set()).add(tuple(row))
        for slug in SOURCES:
            for one in world.listed(slug, day):
                seen[slug, one.ref].add((prose.description(one), told(one)))
    assert {len(rows) for rows in seen.values()} == {2}


def test_classes_have_one_row_a_listing(world: World):
    frame = truth.classes(world, ["nova_academy", "edx"], DAY)
    assert list(frame.columns) == ["slug", "ref", "mc_class", "modes", "knowable_class", "knowable_modes"]
    listings = [(slug, one.ref) for slug in ("nova_academy", "edx") for one in world.listed(slug, DAY)]
    assert list(zip(frame["slug"], frame["ref"], strict=True)) == listings
    assert all(modes == tuple(sorted(modes)) for modes in (*frame["modes"], *frame["knowable_modes"]))
    assert truth.classes(world, [], DAY).empty
    with pytest.raises(KeyError, match="nowhere"):
        truth.classes(world, ["nowhere"], DAY)


WEAKER = {
    "degree": {"degree"},
    "core": {"core", "broad", "course_only", "unknown"},
    "broad": {"broad", "course_only", "unknown"},
    "course_only": {"course_only", "unknown"},
}


def test_what_is_knowable_is_part_of_the_truth(world: World):
    frame = truth.classes(world, SOURCES, DAY)
    for row in frame.itertuples():
        assert row.knowable_class in WEAKER[row.mc_class], row
        assert set(row.knowable_modes) <= set(row.modes), row
    assert set(frame["knowable_class"]) == set(vocabulary("mc_class"))
    assert {mode for modes in frame["knowable_modes"] for mode in modes} == set(vocabulary("development_mode")) - {
        "unknown"
    }
    assert 0.6 < (frame["knowable_class"] == frame["mc_class"]).mean() < 0.8
    assert 0.5 < (frame["knowable_modes"] == frame["modes"]).mean() < 0.7
    # Of what only words can tell, since neither the kind of the catalogue nor the names of all its courses do.
    own = frame[[any(mode.startswith("own_") for mode in modes) for modes in frame["modes"]]]
    assert 0.3 < own["knowable_modes"].map(lambda modes: any(mode.startswith("own_") for mode in modes)).mean() < 0.6


# --------------------------------------------------------------------------------------
# What a reader can know, by the labelling guide
# --------------------------------------------------------------------------------------


def listing(source: str, making: Making, *tells: str, lead: str = "LAKE", kind: str = "course", **more: str) -> Listed:
    partners = tuple(ORGANISATIONS[code] for code in more.get("partners", "").split())
    entry = Entry(source, "r", 1, "s", (Span(DAY),), tells=tells)
    one = Programme(
        key="k", organisation=ORGANISATIONS[lead], titles=(Dated(DAY, Title("T")),), entries=(entry,), kind=kind,
        making=making, partners=partners, subjects=("Health",),
    )  # fmt: skip
    shown = listed_on(one, source, DAY)
    assert shown is not None
    return shown


EXAM = Making(credential="certificate", assessment="exam")
UNGRADED = Making(credential="certificate")
MICRO = Making(credential="microcredential", assessment="project")


@pytest.mark.parametrize(
    ("source", "making", "tells", "expected"),
    [
        ("edx", EXAM, "credential assessment", "core"),
        ("edx", EXAM, "credential", "broad"),
        ("edx", EXAM, "assessment", "course_only"),
        ("edx", EXAM, "", "course_only"),
        ("edx", UNGRADED, "credential assessment", "broad"),  # it says that there is no exam
        ("edx", Making(credential="attendance"), "credential", "course_only"),
        ("edx", Making(credential="none", assessment="quizzes"), "credential assessment", "course_only"),
        ("nova_academy", MICRO, "", "core"),  # a micro-credential with ECTS
        ("nzqa", MICRO, "", "broad"),  # credits of another kind
        ("nzqa", MICRO, "assessment", "core"),
        ("ontario_portal", MICRO, "", "broad"),
        ("jv_campus", MICRO, "", "course_only"),
        ("jv_campus", MICRO, "credential", "broad"),
        ("eciu", MICRO, "credential", "core"),  # called a micro-credential in words, with ECTS
        ("susa_navet", EXAM, "", "broad"),  # credits without a credential
        ("euroteq", EXAM, "credential", "broad"),  # ECTS of what nobody calls a micro-credential
        ("cornwall_college", Making(credential="degree", assessment="exam"), "credential", "degree"),
    ],
)
def test_the_class_that_a_reader_can_know(source: str, making: Making, tells: str, expected: str):
    assert knowable_class(listing(source, making, *tells.split())) == expected


def test_a_programme_that_is_silent_is_unknown():
    assert knowable_class(listing("coursera", EXAM, kind="program")) == "unknown"
    assert knowable_class(listing("coursera", EXAM, "credential", kind="program")) == "broad"


OWN = Making(own=("own_unbundled", "own_within_degree"), fields=("Health",))
TALKS = Making(guests=(ORGANISATIONS["NORTHWIND"],))


@pytest.mark.parametrize(
    ("source", "bodies", "making", "tells", "expected"),
    [
        ("coursera", "LAKE", EXAM, "", "partner_commercial_platform"),
        ("coursera", "QUARRY", EXAM, "", "non_hei"),
        ("coursera", "QUARRY LAKE", EXAM, "partners", "partner_commercial_platform partner_employer"),
        ("coursera", "LAKE NORTHWIND", EXAM, "", "partner_commercial_platform"),
        ("coursera", "LAKE", TALKS, "guests", "partner_commercial_platform"),
        ("edx", "LAKE CEDAR", EXAM, "partners", "partner_commercial_platform partner_hei_domestic"),
        ("edx", "LAKE SERRA", EXAM, "partners", "partner_commercial_platform partner_hei_foreign"),
        ("fun_mooc", "VALM MINISTERE", EXAM, "partners", "partner_gov_platform"),
        ("mexicox", "SIERRA", EXAM, "", ""),
        ("mexicox", "SIERRA", EXAM, "lead", "partner_gov_platform"),
        ("udacity", "UDACITY", EXAM, "", ""),
        ("udacity", "UDACITY NORTHWIND", EXAM, "lead partners", "non_hei"),
        ("udacity", "UDACITY LAKE", EXAM, "lead partners", "partner_commercial_platform"),
        ("nova_academy", "UGENT", OWN, "", ""),
        ("nova_academy", "UGENT VUB", OWN, "own partners", "own_unbundled own_within_degree partner_hei_domestic"),
        ("tartu", "UTARTU BALTGRID", EXAM, "partners", "partner_employer"),
        ("deakin", "DEAKIN", EXAM, "", "own_new_nondegree"),
        ("credly_ibm", "IBM", EXAM, "", "non_hei"),
        ("opensap", "SAP NORDH", EXAM, "partners", "partner_employer"),
        ("nzqa", "SKILLSNZ", MICRO, "", "non_hei"),
    ],
)
def test_the_modes_that_a_reader_can_know(source: str, bodies: str, making: Making, tells: str, expected: str):
    lead, _, partners = bodies.partition(" ")
    one = listing(source, making, *tells.split(), lead=lead, partners=partners)
    assert knowable_modes(one) == set(expected.split())


def test_institutions_stand_with_their_countries_where_there_are_several():
    words = prose.making(listing("edx", EXAM, "partners", partners="SERRA NORTHWIND"))
    assert "Great Lake State University (United States)" in words
    assert "Universidade da Serra Alta (Portugal) and Northwind Semiconductors Inc." in words
    assert "(" not in prose.making(listing("edx", EXAM, "partners", partners="NORTHWIND"))


def test_impossible_makings_are_refused():
    with pytest.raises(ValueError, match="alone"):
        Making(own=("partner_employer",))
    with pytest.raises(ValueError, match="field"):
        Making(own=("own_combined",))
    with pytest.raises(ValueError, match="medal"):
        Making(credential="medal")
    with pytest.raises(ValueError, match="organisation_kind"):
        Organisation("A", "A", "BE", "https://a.example/", "guild")
    with pytest.raises(ValueError, match="nobody knows"):
        Entry("edx", "r", 1, "s", (Span(DAY),), tells=("weather",))


# --------------------------------------------------------------------------------------
# What is printed
# --------------------------------------------------------------------------------------

PUBLIC = {
    "coursera": ("/api/courses.v1", "/api/onDemandSpecializations.v1", "/api/partners.v1"),
    "futurelearn": ("/feeds/courses",),
    "udacity": ("/public-api/v0/courses",),
    "cornwall_college": ("/CornwallCollege/xcri/master/formatted_xcri.xml",),
    "fun_mooc": ("/api/v1.0/courses/?limit=500", "/api/v1.0/organizations/?limit=500"),
    "edx": tuple(f"/api/v2/report/course-feed/rss?page={page}" for page in range(3)),
    "mit_xpro": ("/api/courses/", "/api/programs/"),
    "mitx_online": ("/api/v2/courses/?page_size=100", "/api/v2/programs/?page_size=100"),
    "opensap": ("/api/v2/courses",),
    "tartu": ("/api/trainings?start=1&take=300",),
    "oxford_continuing_education": ("/feeds/all-public/conted.xml",),
    "eduopen": ("/rss/courses.php",),
    "rmit_short_courses": ("/products.json?limit=250&page=1", "/products.json?limit=250&page=2"),
    "opintopolku": ("/konfo-backend/external/search/koulutukset?size=100&page=1",),
    "susa_navet": tuple(f"/susa-navet/emil3/educationInfos?page={page}" for page in range(2)),
    "microsoft_learn": ("/api/catalog/",),
    "mit_learn": ("/api/v1/courses/?limit=100", "/api/v1/programs/?limit=100"),
    "kmooc": ("/B552881/kmooc_v2_0/courseList_v2_0?serviceKey=k&size=100",),
    "openlearning": tuple(f"/v2.1/courses/?api_key=k&page={page}" for page in (1, 2, 3)),
    "eduxchange": tuple(f"/courses?pageNumber={page}" for page in (1, 2, 3)),
    "mit_sloan": ("/api/courses",),
    "swayam": tuple(
        f'/modules/gql/query?q={{courseList(after:"{base64.urlsafe_b64encode(start).decode()}")}}'
        for start in (b"0", b"25")
    ),
}
LIKE_CODES = {"nzqa": "/nzqf/search/viewQualification.do?selectedItemKey={}"}
POSTED = {
    "mit_csail": ("/graphql", [{"query": "MIT CSAIL"}]),
    "credential_registry": (
        "/assistant/search/ctdl",
        [{"Query": {"@type": "ceterms:MicroCredential"}, "Skip": skip, "Take": 20} for skip in (0, 20, 40)],
    ),
}


def addresses(slug: str, listed: tuple[Listed, ...]) -> tuple[str, ...]:
    """Where a catalogue prints everything it tells of what it lists."""
    if slug in PUBLIC:
        return PUBLIC[slug]
    ways = {
        "moochub": tuple(f"{PATHS.get(slug)}?page={page}" for page in (1, 2, 3)),
        "open_edx": ("/api/courses/v1/courses/?page_size=100",),
        "credly": tuple(f"/organizations/{ISSUERS.get(slug)}/badges?page={page}" for page in (1, 2)),
        "jsonld": tuple(f"/mooc/{one.entry.slug}/" for one in listed),
    }
    by_ref = tuple(LIKE_CODES.get(slug, "{}").format(one.ref) for one in listed)
    return ways.get(CATALOGUES[slug].family, by_ref)


@pytest.fixture(scope="module")
def client(world: World) -> Iterator[httpx.Client]:
    with (
        serve(world, day=DAY) as site,
        httpx.Client(base_url=f"http://127.0.0.1:{site.port}", headers={"Authorization": "Bearer k"}) as client,
    ):
        yield client


def served(client: httpx.Client, slug: str, listed: tuple[Listed, ...]) -> str:
    headers = {"Host": CATALOGUES[slug].hosts[0]}
    if slug in POSTED:
        path, bodies = POSTED[slug]
        answers = [client.post(path, json=body, headers=headers) for body in bodies]
    else:
        answers = [client.get(address, headers=headers) for address in addresses(slug, listed)]
    assert answers[0].status_code == 200, slug
    # Feeds hold escaped HTML in XML, which is escaped twice.
    return unescape(unescape("\n".join(answer.content.decode() for answer in answers if answer.status_code == 200)))


IN_A_FIELD = {"sydney", "microcred_seeker"}
"""Catalogues that print a credential behind a label, in a few words."""


def sentences(one: Listed) -> list[str]:
    """Everything a catalogue tells of one making, but for the names of organisations."""
    credential = None if one.entry.source in IN_A_FIELD else prose.credential(one)
    found = [credential, prose.assessment(one), *(prose.own(one, mode) for mode in told(one).own)]
    return [words for words in found if words]


@pytest.mark.parametrize("slug", SOURCES)
def test_what_is_told_is_printed_and_nothing_else(client: httpx.Client, world: World, slug: str):
    listed = world.with_aside(slug, DAY)
    text = served(client, slug, listed)
    due = Counter(words for one in listed for words in sentences(one))
    for words, count in due.items():
        assert text.count(words) >= count, words
    for words in (
        w for table in (CREDENTIAL, ASSESSMENT) for ways in table.values() for ws in ways.values() for w in ws
    ):
        if "{" not in words:
            assert text.count(words) <= 2 * due[words], words  # some formats print a text twice
    says: list[Told] = [told(one) for one in listed]
    names = Counter(body.name for say in says for body in (*say.partners, *say.guests))
    names.update(say.lead.name for say in says if say.lead and say.spelt)
    for name, count in names.items():
        assert text.count(name) >= count, name


def test_second_organisations_stand_where_the_format_has_them(client: httpx.Client, world: World):
    def records(slug: str) -> list[dict[str, object]]:
        answer = client.get(addresses(slug, ())[0], headers={"Host": CATALOGUES[slug].hosts[0]}).content
        found = json.loads(answer)
        return found if isinstance(found, list) else next(iter(v for v in found.values() if isinstance(v, list)))

    for slug, field in (("coursera", "partnerIds"), ("fun_mooc", "organizations")):
        expected = {one.ref: len(told(one).bodies) for one in world.listed(slug, DAY)}
        printed = {str(row["id"]): len(row[field]) for row in records(slug)}  # type: ignore[arg-type]
        assert printed.items() <= expected.items()
        assert max(printed.values()) > 1


def test_flags_of_certificates_say_what_is_true(client: httpx.Client, world: World):
    rows = client.get("/feeds/courses", headers={"Host": "www.futurelearn.com"}).json()
    flags = {row["uuid"]: row["has_certificates"] for row in rows}
    assert flags == {one.ref: one.programme.mc_class != "course_only" for one in world.listed("futurelearn", DAY)}
    assert set(flags.values()) == {True, False}
    courses = client.get("/api/v1.0/courses/?limit=500", headers={"Host": "www.fun-mooc.fr"}).json()["objects"]
    assert all(row["certificate_offer"] for row in courses if row["certificate_price"])
    assert {row["certificate_offer"] for row in courses} == {"paid", "free", None}


# --------------------------------------------------------------------------------------
# Words and habits
# --------------------------------------------------------------------------------------

OF_ENGLISH_CATALOGUES = {"nanodegree", "qualification", "degree"}
NAMES = {"lead", "partners", "field", "other", "codes", "degree"}


def test_everything_can_be_said_in_every_language():
    tables: list[tuple[str, Phrases]] = [
        *CREDENTIAL.items(), *ASSESSMENT.items(), *MAKING.items(),
        ("partners", PARTNERS), ("lead", LEAD), ("guests", GUESTS),
    ]  # fmt: skip
    for fact, phrases in tables:
        assert set(phrases) == ({"en"} if fact in OF_ENGLISH_CATALOGUES else set(LANGUAGE_NAMES)), fact
        for ways in phrases.values():
            assert len(set(ways)) == len(ways) > 0
            assert {name for words in ways for _, name, _, _ in Formatter().parse(words) if name} <= NAMES
    assert set(CREDENTIAL) == CREDENTIALS
    assert set(ASSESSMENT) == ASSESSMENTS
    assert set(MAKING) == {mode for mode in vocabulary("development_mode") if mode.startswith("own_")}
    assert set(FIELDS) == {subject for subject, _ in TOPICS}
    assert {frozenset(names) for names in (*FIELDS.values(), AND)} == {frozenset(LANGUAGE_NAMES)}


def test_every_catalogue_has_habits():
    assert set(HABITS) == set(SOURCES)
    assert {way for habits in HABITS.values() for way in habits.ways} == set(WAYS)
    assert {habits.kind for habits in HABITS.values()} == set(vocabulary("source_kind"))
    assert {organisation.kind for organisation in ORGANISATIONS.values()} == set(vocabulary("organisation_kind")) - {
        "consortium"
    }
