"""The formats of families, read here by means of their own: every listed programme is served, junk beside it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

import httpx
import pytest
from lxml import etree, html

from sandbox import formats
from sandbox.all_catalogues import CATALOGUES, KEYS
from sandbox.formats.credly import ISSUERS
from sandbox.formats.layouts import LAYOUTS, facts
from sandbox.formats.moochub import PATHS
from sandbox.formats.shared import Answer, Request
from sandbox.server import serve
from sandbox.world import SOURCES, World

DAY = date(2024, 4, 1)


def ask(world: World, url: str, *, key: str = "", body: bytes = b"") -> Answer:
    parts = urlsplit(url)
    answer = formats.answer(world, DAY, Request(parts.netloc, parts.path, parts.query, body, key))
    assert answer is not None, url
    return answer


def data(world: World, url: str, **more: Any) -> Any:
    return json.loads(ask(world, url, **more).body)


def host(slug: str) -> str:
    return f"https://{CATALOGUES[slug].hosts[0]}"


def moochub(world: World, slug: str) -> list[str]:
    url: str | None = host(slug) + PATHS[slug]
    refs = []
    while url:
        page = data(world, url)
        refs += [row["id"] for row in page["data"]]
        url = page["links"].get("next")
    return refs


def open_edx(world: World, slug: str) -> list[str]:
    """All rows, junk included."""
    url: str | None = f"{host(slug)}/api/courses/v1/courses/?page_size=20"
    refs = []
    while url:
        page = data(world, url)
        refs += [row["course_id"] for row in page["results"]]
        url = page["pagination"]["next"]
    assert page["pagination"]["count"] == len(refs)
    return refs


def credly(world: World, slug: str) -> list[str]:
    url: str | None = f"{host(slug)}/organizations/{ISSUERS[slug]}/badges"
    refs = []
    while url:
        page = data(world, url)
        refs += [row["id"] for row in page["data"]]
        url = page["metadata"]["next_page_url"]
    assert page["metadata"]["total_count"] == len(refs)
    return refs


def pages_of_html(world: World, slug: str) -> list[str]:
    url: str | None = host(slug) + LAYOUTS[slug].path
    refs = []
    while url:
        tree = html.fromstring(ask(world, url).body)
        refs += tree.xpath("//main//h3/a/@href | //main//td/a/@href")
        following = tree.xpath("//a[@rel='next']/@href")
        url = urljoin(url, following[0]) if following else None
    return refs


def counted_up(world: World, url: str, read: Callable[[Any], list[str]], first: int = 1) -> list[str]:
    refs: list[str] = []
    for page in range(first, 20):
        found = read(data(world, url.format(page=page)))
        if not found:
            return refs
        refs += found
    raise AssertionError("the list does not end")


def swayam(world: World) -> list[str]:
    refs, cursor = [], ""
    while True:
        query = "{courseList(first:100" + (f',after:"{cursor}"' if cursor else "") + ")}"
        body = ask(world, f"https://swayam.gov.in/modules/gql/query?q={quote(query)}").body
        assert body.startswith(b")]}'\n")
        found = json.loads(body[5:])["data"]["courseList"]
        refs += [edge["node"]["id"] for edge in found["edges"]]
        if not found["pageInfo"]["hasNextPage"]:
            return refs
        cursor = found["pageInfo"]["endCursor"]


def registry(world: World) -> list[str]:
    refs: list[str] = []
    while True:
        query = json.dumps({"Query": {"@type": "ceterms:MicroCredential"}, "Skip": len(refs), "Take": 100}).encode()
        page = data(world, "https://apps.credentialengine.org/assistant/search/ctdl", key="k", body=query)
        refs += [row["ceterms:ctid"] for row in page["data"]]
        if len(refs) == page["extra"]["TotalResults"]:
            return refs


def ooapi(world: World) -> list[str]:
    refs, page, more = [], 1, True
    while more:
        answer = data(world, f"https://api.eduxchange.nl/courses?pageNumber={page}&pageSize=250", key="k")
        refs += [item["courseId"] for item in answer["items"]]
        page, more = page + 1, answer["hasNextPage"]
    return refs


def mit_learn(world: World) -> list[str]:
    refs = []
    for kind in ("courses", "programs"):
        url: str | None = f"https://api.learn.mit.edu/api/v1/{kind}/"
        while url:
            page = data(world, url)
            refs += [row["readable_id"] for row in page["results"]]
            url = page["next"]
    return refs


def federica(world: World) -> list[str]:
    index = etree.fromstring(ask(world, "https://www.federica.eu/sitemap.xml").body)
    [sitemap] = index.findall(".//{*}loc")
    found = etree.fromstring(ask(world, str(sitemap.text)).body)
    refs = []
    for url in [str(loc.text) for loc in found.findall(".//{*}loc")]:
        scripts = html.fromstring(ask(world, url).body).xpath("//script[@type='application/ld+json']/text()")
        refs += [json.loads(script)["courseCode"] for script in scripts]
    return refs


def eduopen(world: World) -> list[str]:
    links = etree.fromstring(ask(world, "https://learn.eduopen.org/rss/courses.php").body).findall(".//item/link")
    return [str(link.text).removeprefix("https://learn.eduopen.org") for link in links]


def oxford(world: World) -> list[str]:
    tree = etree.fromstring(ask(world, "https://data.ox.ac.uk/feeds/all-public/conted.xml").body)
    return [str(course.findall("{*}identifier")[1].text) for course in tree.iter("{*}course")]


WALKS: dict[str, Callable[[World], list[str]]] = {
    "oxford_continuing_education": oxford,
    "eduopen": eduopen,
    "federica": federica,
    "swayam": swayam,
    "credential_registry": registry,
    "eduxchange": ooapi,
    "mit_learn": mit_learn,
    "rmit_short_courses": lambda world: counted_up(
        world,
        "https://shortcourses.rmit.edu.au/products.json?limit=250&page={page}",
        lambda page: [str(row["id"]) for row in page["products"]],
    ),
    "opintopolku": lambda world: counted_up(
        world,
        "https://opintopolku.fi/konfo-backend/external/search/koulutukset?size=10&page={page}",
        lambda page: [hit["oid"] for hit in page["hits"]],
    ),
    "kmooc": lambda world: counted_up(
        world,
        "https://apis.data.go.kr/B552881/kmooc_v2_0/courseList_v2_0?serviceKey=k&size=10&page={page}",
        lambda page: [item.get("id") or item["CourseId"] for item in page["items"]],
    ),
    "openlearning": lambda world: counted_up(
        world,
        "https://api.openlearning.com/v2.1/courses/?api_key=k&page={page}",
        lambda page: [row["id"] for row in page["data"]],
    ),
    "susa_navet": lambda world: [
        row["content"]["identifier"]
        for page in (0, 1)
        for row in data(world, f"https://api.skolverket.se/susa-navet/emil3/educationInfos?page={page}")[
            "educationInfos"
        ]
        if row["content"]["configuration"]["code"] == "kurs" and float(row["content"]["credits"]["credits"]) <= 15
    ],
    "microsoft_learn": lambda world: [
        row["uid"] for rows in data(world, "https://learn.microsoft.com/api/catalog/").values() for row in rows
    ],
    "mit_csail": lambda world: [
        row["url"]
        for row in data(world, "https://prolearn.mit.edu/graphql", body=b'{"query": "department MIT CSAIL"}')["data"][
            "searchAPISearch"
        ]["documents"]
    ],
    "mit_sloan": lambda world: [
        row["Course_Id"] for row in data(world, "https://executive.mit.edu/api/courses", key="k")
    ],
}
FAMILY_WALKS = {"moochub": moochub, "open_edx": open_edx, "credly": credly, "html_catalogue": pages_of_html}
OF_FAMILIES = [slug for slug in SOURCES if CATALOGUES[slug].family in FAMILY_WALKS]


def walk(world: World, slug: str) -> list[str]:
    family = FAMILY_WALKS.get(CATALOGUES[slug].family)
    return family(world, slug) if family else WALKS[slug](world)


@pytest.mark.parametrize("slug", [*WALKS, *OF_FAMILIES])
def test_a_walk_meets_every_listed_programme_exactly_once(world: World, slug: str) -> None:
    refs = walk(world, slug)
    assert len(refs) == len(set(refs))
    junk = set(refs) - {one.ref for one in world.listed(slug, DAY)}
    assert {one.ref for one in world.listed(slug, DAY)} <= set(refs)
    assert len(junk) == (5 if CATALOGUES[slug].family == "open_edx" else 0)


@pytest.mark.parametrize("slug", OF_FAMILIES)
def test_an_empty_catalogue_is_a_valid_one(world: World, slug: str) -> None:
    assert walk(world.emptied(), slug) == []


@pytest.mark.parametrize("slug", [s for s in OF_FAMILIES if CATALOGUES[s].family == "html_catalogue"])
def test_every_entry_of_a_list_has_its_page(world: World, slug: str) -> None:
    for one in world.listed(slug, DAY):
        tree = html.fromstring(ask(world, host(slug) + one.ref).body.decode())
        assert tree.xpath("string(//main/h1)") == one.title.text


def test_facts_are_printed_in_every_style() -> None:
    for style in {layout.style for layout in LAYOUTS.values()}:
        printed = facts(style, [("Fee", "90 < 100"), ("Start", "May")])
        assert printed.index("Fee") < printed.index("90 &lt; 100") < printed.index("Start") < printed.index("May")


@pytest.mark.parametrize(
    "url",
    [
        "https://apis.data.go.kr/B552881/kmooc_v2_0/courseList_v2_0?page=1",
        "https://api.openlearning.com/v2.1/courses/?page=1",
        "https://apps.credentialengine.org/assistant/search/ctdl",
        "https://api.eduxchange.nl/courses",
        "https://executive.mit.edu/api/courses",
    ],
)
def test_without_a_key_an_interface_refuses(world: World, url: str) -> None:
    assert ask(world, url).status == 401
    assert len(KEYS) == 5


def test_posts_and_keys_arrive_over_http(world: World) -> None:
    with serve(world, day=DAY) as site:
        url = f"http://127.0.0.1:{site.port}/assistant/search/ctdl"
        headers = {"Host": "apps.credentialengine.org", "Authorization": "Bearer k"}
        query = {"Query": {"@type": "ceterms:MicroCredential"}, "Skip": 0, "Take": 5}
        answer = httpx.post(url, json=query, headers=headers)
        assert [row["ceterms:ctid"] for row in answer.json()["data"]] == registry(world)[:5]
        assert "etag" not in answer.headers
        assert httpx.post(url, json=query, headers={"Host": "apps.credentialengine.org"}).status_code == 401
