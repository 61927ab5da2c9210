from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from lxml import etree, html

from sandbox import formats
from sandbox.formats.shared import Answer, Request
from sandbox.world import World

DAY = date(2024, 4, 1)


def ask(world: World, url: str) -> Answer:
    parts = urlsplit(url)
    answer = formats.answer(world, DAY, Request(parts.netloc, parts.path, parts.query))
    assert answer is not None, url
    return answer


def data(world: World, url: str) -> Any:
    return json.loads(ask(world, url).body)


def by_next(
    world: World, url: str, following: Callable[[Any], list[str]], read: Callable[[bytes], Any]
) -> Iterator[Any]:
    for _ in range(50):
        page = read(ask(world, url).body)
        yield page
        links = following(page)
        assert len(links) <= 1
        if not links:
            return
        url = urljoin(url, links[0])
        assert urlsplit(url).scheme == "https"
    raise AssertionError("paging does not end")


def coursera(world: World) -> list[str]:
    refs, start = [], "0"
    while start:
        page = data(world, f"https://api.coursera.org/api/courses.v1?start={start}&limit=30")
        refs += [one["id"] for one in page["elements"]]
        start = page["paging"].get("next", "")
    assert page["paging"]["total"] == len(refs)
    more = data(world, "https://api.coursera.org/api/onDemandSpecializations.v1?limit=100")
    return refs + [one["id"] for one in more["elements"]]


def udacity(world: World) -> list[str]:
    page = data(world, "https://www.udacity.com/public-api/v0/courses")
    return [one["key"] for one in page["courses"] + page["degrees"]]


def cornwall_college(world: World) -> list[str]:
    url = "https://raw.githubusercontent.com/CornwallCollege/xcri/master/formatted_xcri.xml"
    tree = etree.fromstring(ask(world, url).body)
    found = tree.iterfind("{*}provider/{*}course/{http://purl.org/dc/elements/1.1/}identifier")
    return [one.text or "" for one in found]


def fun_mooc(world: World) -> list[str]:
    refs: list[str] = []
    while True:
        page = data(world, f"https://www.fun-mooc.fr/api/v1.0/courses/?limit=21&offset={len(refs)}&scope=objects")
        assert page["meta"]["count"] == len(page["objects"]) <= 21
        refs += [one["id"] for one in page["objects"]]
        if len(refs) >= page["meta"]["total_count"]:
            return refs


def edx(world: World) -> list[str]:
    pages = by_next(
        world,
        "https://www.edx.org/api/v2/report/course-feed/rss",
        lambda tree: tree.xpath("//*[local-name()='link'][@rel='next']/@href"),
        etree.fromstring,
    )
    return [ref for tree in pages for ref in tree.xpath("//item/*[local-name()='id']/text()")]


def mit_xpro(world: World) -> list[str]:
    rows = data(world, "https://xpro.mit.edu/api/courses/") + data(world, "https://xpro.mit.edu/api/programs/")
    return [row["readable_id"] for row in rows]


def mitx_online(world: World) -> list[str]:
    refs = []
    for kind, size in (("courses", 7), ("programs", 1)):
        url = f"https://mitxonline.mit.edu/api/v2/{kind}/?page_size={size}"
        for page in by_next(world, url, lambda page: [page["next"]] if page["next"] else [], json.loads):
            assert len(page["results"]) <= size
            refs += [row["readable_id"] for row in page["results"]]
    return refs


def nova_academy(world: World) -> list[str]:
    pages = list(
        by_next(
            world,
            "https://www.nova-academy.be/en/programmes",
            lambda tree: tree.xpath("//nav[@class='pager']/a[@rel='next']/@href"),
            html.fromstring,
        )
    )
    refs = [ref for tree in pages for ref in tree.xpath("//li[@class='programme']/h2/a/@href")]
    assert {count for tree in pages for count in tree.xpath("//p[@class='result-count']/text()")} == {
        f"{len(refs)} programmes"
    }
    return refs


def tartu(world: World) -> list[str]:
    rows: list[dict[str, Any]] = []
    while True:
        page = data(world, f"https://ois2.ut.ee/api/trainings?start={len(rows) + 1}&take=40")
        rows += page
        if len(page) < 40:
            return [row["code"] for row in rows if row["training_type"]["code"] == "MICRODEGREE"]


def nzqa(world: World) -> list[str]:
    pages = by_next(
        world,
        "https://www.nzqa.govt.nz/nzqf/search/microcredentials.do",
        lambda tree: tree.xpath("//a[@class='next']/@href"),
        html.fromstring,
    )
    return [number for tree in pages for number in tree.xpath("//table[@class='results']//tr/td[1]/text()")]


WALKS: dict[str, Callable[[World], list[str]]] = {
    "coursera": coursera,
    "futurelearn": lambda world: [one["uuid"] for one in data(world, "https://www.futurelearn.com/feeds/courses")],
    "udacity": udacity,
    "cornwall_college": cornwall_college,
    "fun_mooc": fun_mooc,
    "edx": edx,
    "mit_xpro": mit_xpro,
    "mitx_online": mitx_online,
    "opensap": lambda world: [row["id"] for row in data(world, "https://open.sap.com/api/v2/courses")["data"]],
    "nova_academy": nova_academy,
    "tartu": tartu,
    "nzqa": nzqa,
}


@pytest.mark.parametrize("slug", WALKS)
def test_a_walk_meets_every_listed_programme_exactly_once(world: World, slug: str):
    refs = WALKS[slug](world)
    assert len(refs) == len(set(refs))
    assert set(refs) == {one.ref for one in world.listed(slug, DAY)}


@pytest.mark.parametrize("slug", WALKS)
def test_an_empty_catalogue_is_a_valid_one(world: World, slug: str):
    assert WALKS[slug](world.emptied()) == []


@pytest.mark.parametrize(
    "url",
    [
        "https://api.coursera.org/api/instructors.v1",
        "https://www.edx.org/courses",
        "https://ut.ee/api/trainings",
        "https://www.nova-academy.be/en/programmes/nowhere",
        "https://www.nova-academy.be/en/programmes?page=99",
        "https://www.nzqa.govt.nz/nzqf/search/viewQualification.do?selectedItemKey=1",
    ],
)
def test_an_unknown_address_has_no_answer(world: World, url: str):
    parts = urlsplit(url)
    assert formats.answer(world, DAY, Request(parts.netloc, parts.path, parts.query)) is None


def test_the_list_of_tartu_and_its_api_agree(world: World):
    tree = html.fromstring(ask(world, "https://ut.ee/en/content/micro-credential-programmes").body)
    codes = tree.xpath("//div[@class='view-micro-credentials']//tbody/tr/td[2]/text()")
    assert sorted(codes) == sorted(tartu(world))


def test_pages_of_programmes_say_what_the_world_knows(world: World):
    one = next(one for one in world.listed("nova_academy", DAY) if "&" in one.title.text and one.price is not None)
    tree = html.fromstring(ask(world, f"https://www.nova-academy.be{one.ref}").body.decode())
    facts = dict(zip(tree.xpath("//dl/dt/text()"), tree.xpath("//dl/dd/text()"), strict=True))
    assert tree.xpath("string(//main/h1)") == one.title.text
    assert facts["University"] == one.programme.organisation.name
    assert facts["Enrolment"] == ("Closed" if one.closed else "Open")
    assert re.fullmatch(r"€ \d+(\.\d\d)?|Free", facts["Fee"])


def test_nzqa_repeats_its_head_every_twenty_rows(world: World):
    tree = html.fromstring(ask(world, "https://www.nzqa.govt.nz/nzqf/search/microcredentials.do").body)
    heads = [place for place, row in enumerate(tree.xpath("//table[@class='results']//tr")) if row.xpath("./th")]
    assert heads == [0, 21, 42]
    total = len(world.listed("nzqa", DAY))
    assert tree.xpath("string(//p[@class='search-summary'])") == f"Showing 1 to 50 of {total} results"


def test_coursera_gives_only_the_fields_asked_for(world: World):
    page = data(world, "https://api.coursera.org/api/courses.v1?fields=workload,partnerIds&limit=1")
    assert set(page["elements"][0]) == {"id", "slug", "name", "courseType", "workload", "partnerIds"}
    partners = data(world, "https://api.coursera.org/api/partners.v1")["elements"]
    assert page["elements"][0]["partnerIds"][0] in {partner["id"] for partner in partners}


def test_field_names_are_those_of_the_recordings(world: World, recordings: Any):
    """Every field that every real record has is in ours too."""
    pairs: list[tuple[list[dict[str, Any]], list[dict[str, Any]]]] = []

    def real(name: str) -> Any:
        return json.loads((recordings / name).read_bytes())

    pairs.append(
        (real("futurelearn/2017-04_courses_feed.json"), data(world, "https://www.futurelearn.com/feeds/courses"))
    )
    ours = data(world, "https://www.udacity.com/public-api/v0/courses")
    theirs = real("udacity/2016-12_public-api_v0_courses.json")
    pairs += [(theirs[name], ours[name]) for name in ("courses", "degrees", "tracks")]
    pairs.append(
        (
            real("coursera/2019-09_courses.v1_all.json")["elements"],
            data(world, "https://api.coursera.org/api/courses.v1")["elements"],
        )
    )
    for name in ("courses", "programs"):
        ours = data(world, f"https://mitxonline.mit.edu/api/v2/{name}/?page_size=100")["results"]
        pairs.append((real(f"mit/mitxonline_{name}.json")["results"], ours))
        pairs.append((real(f"mit/xpro_{name}.json"), data(world, f"https://xpro.mit.edu/api/{name}/")))
    theirs = [row["attributes"] for row in real("openhpi/opensap_courses_v2.json")["data"]]
    pairs.append((theirs, [row["attributes"] for row in data(world, "https://open.sap.com/api/v2/courses")["data"]]))
    for theirs, ours in pairs:
        due = set.intersection(*(set(record) for record in theirs))
        assert due - {"ingest_content_files_for_ai"} <= set.intersection(*(set(record) for record in ours))
