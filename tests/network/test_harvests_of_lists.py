"""Whole harvests of lists and sitemaps that never end, lead elsewhere or explode, under any robots.txt."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from harvest_faults import Fault, endlessly, recover, recover_from_each, sitemap, status, suffer
from live_site import BASE
from raw_catalogue import COURSES, Looks, catalogue, entries, listed
from raw_server import Answering, Asked, RawServer, Script, answer, head
from sqlalchemy import Engine

from models.records import Outcome

BLOCKED, FAILED, PARTIAL, SUSPECT, OK, UNCHANGED = (
    Outcome.BLOCKED, Outcome.FAILED, Outcome.PARTIAL, Outcome.SUSPECT, Outcome.OK, Outcome.UNCHANGED,
)  # fmt: skip
EVERY_COURSE = tuple(f"/course/{n}" for n in COURSES)
SITEMAP = "application/xml"


def endless_list(asked: Asked) -> Script:
    """A list whose next page is always there: what is listed repeats, and no two pages are the same bytes."""
    if not asked.path.startswith("/list"):
        return catalogue(asked)
    page = int(asked.path.partition("page=")[2] or "1")
    return answer(listed(1, more=f'<a rel="next" href="/list?page={page + 1}">page {page + 1}</a>'))


def endless_courses(asked: Asked) -> Script:
    """A list that goes on with courses nobody has heard of."""
    if not asked.path.startswith("/list"):
        return catalogue(asked)
    page = int(asked.path.partition("page=")[2] or "1")
    rows = "".join(f'<li><a href="/course/{page * 100 + n}">Course</a></li>' for n in range(6))
    return answer(f'<html><body><ul>{rows}</ul><a rel="next" href="/list?page={page + 1}">more</a></body></html>')


def last_page_again(asked: Asked) -> Script:
    """A host that gives its last page for every number beyond the end."""
    page = int(asked.path.partition("page=")[2] or "1")
    return answer(listed(min(page, 2))) if asked.path.startswith("/list") else catalogue(asked)


def last_answer_again(asked: Asked) -> Script:
    """As ``last_page_again`` in JSON: the next page of the last one is another address with the same answer."""
    page = int(asked.path.partition("page=")[2] or "1")
    following = f"{BASE}/api?page=2" if page == 1 else f"{BASE}/api?page=3"
    if page > 2:
        following = f"{BASE}/api?page={page + 1}"
    return answer(entries(min(page, 2), following), kind="application/json")


def half_and_more(asked: Asked) -> Script:
    """The first page of a JSON list again and again, as long as somebody asks, under a total that it never reaches."""
    page = int(asked.path.partition("page=")[2] or "1")
    return answer(entries(1, f"{BASE}/api?page={page + 1}"), kind="application/json")


PAGING = [
    Fault("a next that always leads further", "tu_next", {}, PARTIAL, "the list repeats itself", ("paging_stopped",),
          requests_max=3 + 12, otherwise=endless_list),
    Fault("a next to ever new courses", "tu_next", {}, SUSPECT, "more than 60 pages", ("paging_stopped",),
          requests_max=64, otherwise=endless_courses),
    Fault("a next that leads back", "tu_next",
          {"/list?page=2": answer(listed(2, more='<a rel="next" href="/list">more</a>'))}, PARTIAL,
          "the list leads back to", ("paging_stopped",)),
    Fault("a next that leads to itself", "tu_next",
          {"/list?page=2": answer(listed(2, more='<a rel="next" href="/list?page=2">more</a>'))}, PARTIAL,
          "the list leads back to", ("paging_stopped",)),
    Fault("the last page for every number", "tu_numbers", {}, PARTIAL, "the list repeats itself", ("paging_stopped",),
          requests_max=4 + 12, otherwise=last_page_again),
    Fault("the last answer again, all of it read", "tu_json", {}, OK, "", requests_max=5, otherwise=last_answer_again),
    Fault("half of the total again and again", "tu_json", {}, PARTIAL, "the list repeats itself", ("paging_stopped",),
          requests_max=4, otherwise=half_and_more),
    *(
        Fault(f"a next to {place}", "tu_next",
              {"/list?page=2": answer(listed(2, more=f'<a rel="next" href="{place}">more</a>'))}, PARTIAL, words, codes)
        for place, words, codes in (
            ("https://elsewhere.example/list", "is not a host this source declares", ("off_host_link",)),
            ("//elsewhere.example/list", "is not a host this source declares", ("off_host_link",)),
            ("https://127.0.0.1/list", "is not a host this source declares", ("off_host_link",)),
            ("https://[::1]:8000/list", "is not a host this source declares", ("off_host_link",)),
            ("https://www.tu.example:8443/list", "is not a host this source declares", ("off_host_link",)),
            ("file:///etc/passwd", "not an absolute http or https address", ()),
            ("javascript:void(0)", "not an absolute http or https address", ()),
            ("https://user@www.tu.example/", "an address with a user name", ()),
            ("https://[::1/list", "the list breaks off", ()),
        )
    ),
    Fault("a next that robots.txt forbids", "tu_next",
          {"/list?page=2": answer(listed(2, more='<a rel="next" href="/private/list">more</a>'))}, BLOCKED,
          "robots.txt of www.tu.example forbids /private/list", ("host_refused",)),
]  # fmt: skip

ENTITIES = (
    '<!DOCTYPE urlset [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    + f"]><urlset><url><loc>{BASE}/&i;</loc></url></urlset>"
)
INDEXES = [f"/sitemap-{number}.xml" for number in range(50_000)]
SITEMAPS = [
    Fault("an index that lists itself", "tu_sitemap", {"/sitemap.xml": sitemap("/sitemap.xml", index=True)}, SUSPECT,
          "no listing", requests_max=2),
    Fault("two indexes that list each other", "tu_sitemap", {
        "/sitemap.xml": sitemap("/sitemap-b.xml", index=True), "/sitemap-b.xml": sitemap("/sitemap.xml", index=True),
    }, SUSPECT, "no listing", requests_max=3),
    Fault("an index in circles beside the catalogue", "tu_sitemap", {
        "/sitemap.xml": sitemap("/sitemap.xml", "/sitemap-b.xml", "/sitemap-b.xml", index=True),
        "/sitemap-b.xml": sitemap(*EVERY_COURSE),
    }, OK, "", requests_max=15),
    Fault("an index of 50,000 indexes", "tu_sitemap", {"/sitemap.xml": sitemap(*INDEXES, index=True)}, FAILED,
          "more than 60 pages", ("paging_stopped",), requests_max=64, limits={"body_bytes": 8_000_000}),
    Fault("indexes for ever", "tu_sitemap", {}, FAILED, "more than 60 pages", ("paging_stopped",), requests_max=64,
          otherwise=lambda asked: catalogue(asked) if asked.path == "/robots.txt" else sitemap(
              f"{asked.path.removesuffix('.xml')}a.xml", f"{asked.path.removesuffix('.xml')}b.xml", index=True)),
    Fault("a gzip bomb by name", "tu_sitemap",
          {"/sitemap.xml": answer(gzip.compress(bytes(70_000_000), 9), kind=SITEMAP)}, FAILED,
          "more than 67,108,864 bytes when unpacked", requests_max=2),
    Fault("entities within entities", "tu_sitemap", {"/sitemap.xml": answer(ENTITIES, kind=SITEMAP)}, FAILED,
          "declares entities", requests_max=2),
    Fault("a sitemap of another host", "tu_sitemap",
          {"/sitemap.xml": answer("<urlset><url><loc>https://a.example/course/1</loc></url></urlset>", kind=SITEMAP)},
          SUSPECT, "is not a host this source declares", ("off_host_link",), requests_max=2),
]  # fmt: skip


def robots(body: str | bytes) -> Script:
    return answer(body, kind="text/plain")


def endless_robots(rule: bytes) -> Answering:
    return endlessly(head(kind="text/plain") + b"User-agent: *\nDisallow: " + rule + b"\n", b"# and so on\n" * 5000)


ROBOTS = [
    Fault("robots.txt without an end", "tu_next", {"/robots.txt": endless_robots(b"/private")}, UNCHANGED, ""),
    Fault("robots.txt without an end that forbids", "tu_next", {"/robots.txt": endless_robots(b"/list")}, BLOCKED,
          "robots.txt of www.tu.example forbids /list", ("host_refused",), requests_max=3),
    Fault("robots.txt that trickles", "tu_next", {"/robots.txt": endlessly(head(kind="text/plain"), b"#", 0.05)},
          BLOCKED, "out of reach: no whole answer within 1 s", ("host_refused",), requests_max=2),
    Fault("robots.txt in circles", "tu_next", {"/robots.txt": status("302 Found", "Location: /robots.txt")},
          BLOCKED, "out of reach: more than 5 redirects", ("host_refused",), requests_max=6),
    Fault("robots.txt elsewhere", "tu_next", {"/robots.txt": status("302 Found", "Location: https://127.0.0.1/")},
          BLOCKED, "out of reach: not followed", ("host_refused", "off_host_link"), requests_max=3),
    Fault("robots.txt of bytes", "tu_next", {"/robots.txt": robots(bytes(range(256)) * 400)}, UNCHANGED, ""),
    Fault("robots.txt with a delay of a year", "tu_next",
          {"/robots.txt": robots("User-agent: *\nCrawl-delay: 31536000")}, BLOCKED, "more than we wait",
          ("host_refused",), requests_max=3),
    Fault("robots.txt with a rate of numbers too large", "tu_next",
          {"/robots.txt": robots(f"User-agent: *\nRequest-rate: 1/{'9' * 400}")}, BLOCKED, "more than we wait",
          ("host_refused",), requests_max=3),
]  # fmt: skip
FAULTS = [*PAGING, *SITEMAPS, *ROBOTS]


# A part of them; all, on either database, with `make faults`.
@pytest.mark.parametrize("fault", FAULTS[::4], ids=lambda fault: fault.name)
def test_a_harvest_survives(looks: dict[str, Looks], fault: Fault) -> None:
    suffer(looks[fault.slug], fault)


def test_all_is_well_afterwards(looks: dict[str, Looks]) -> None:
    recover(*looks.values())


@pytest.mark.faults
@pytest.mark.usefixtures("_sources")
def test_a_harvest_survives_on_either_database(engine: Engine, server: RawServer, tmp_path: Path) -> None:
    recover_from_each(FAULTS, engine, tmp_path, server)
