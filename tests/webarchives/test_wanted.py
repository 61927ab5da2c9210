"""What is asked of an archive about a source, and what of the answers is wanted."""

from __future__ import annotations

import re
from datetime import date
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import pytest
from asking import asked, gathered
from hypothesis import given
from hypothesis import strategies as st
from live_site import source_of
from wayback_site import Held, WaybackSite

from models.records import ArchivedAddresses, Format, Source
from scrapers.source import SourceInvalid, discover, load_source
from scrapers.webarchives.captures import selected
from scrapers.webarchives.wanted import (
    ONE_DOCUMENT,
    PAGED_BY_QUERY,
    Prefix,
    literal_prefixes,
    wanted,
)
from scrapers.webarchives.wayback import Wayback

if TYPE_CHECKING:
    from pathlib import Path

    from live_site import Site

    from scrapers.fetch import HttpFetcher
    from scrapers.webarchives.wanted import Wanted

DAY = date(2023, 1, 2)
START = "https://www.tu.example/courses"


def source(platform: str | None, start: str = START, options: dict[str, Any] | None = None, **facts: Any) -> Source:
    form = Format(platform=platform, start=(start,), options=options or {}, **facts)
    return Source(**{name: getattr(source_of(), name) for name in Source.__slots__} | {"formats": (form,)})


def of(platform: str | None, start: str = START, options: dict[str, Any] | None = None, **facts: Any) -> Wanted:
    return wanted(source(platform, start, options, **facts), DAY)


def test_every_platform_is_decided() -> None:
    bases = {"drf", "json_api"}
    by_options = {"html_catalogue", "jsonld_sitemap"}
    folder = files("scrapers.platforms")
    names = {file.name.removesuffix(".py") for file in folder.iterdir() if re.fullmatch(r"[a-z]\w*\.py", file.name)}
    assert names == bases | by_options | ONE_DOCUMENT | PAGED_BY_QUERY
    assert not ONE_DOCUMENT & PAGED_BY_QUERY


@pytest.mark.parametrize("slug", sorted(discover()))
def test_every_source_can_be_asked_for_or_is_posted(slug: str) -> None:
    one = discover()[slug]
    days = [DAY, date(2027, 1, 1), *(date(form.until.year - 1, 1, 1) for form in one.formats if form.until)]
    for day in days:
        what = wanted(one, day)
        assert set(what.urls) | set(what.posted) == set(one.format_on(day).start)
        assert all(what.matches(url) for url in what.urls)
        assert len(list(what.queries())) >= len(what.urls)


def test_one_document() -> None:
    what = of("futurelearn")
    assert (what.urls, what.prefixes, what.posted) == ((START,), (), ())
    assert what.matches("http://tu.example:80/courses/")
    assert not what.matches(f"{START}?page=2")


@pytest.mark.parametrize("platform", ["open_edx", None])
def test_lists_that_are_paged_by_query(platform: str | None) -> None:
    what = of(platform, f"{START}?kind=mc")
    assert what.urls == (f"{START}?kind=mc",)
    assert what.prefixes == (Prefix(f"{START}?"),)
    assert what.matches(f"{START}?page=2&kind=mc")
    assert what.matches("http://tu.example/courses/?page=2")
    assert not what.matches(f"{START}/1")
    assert not what.matches(f"{START}2?page=2")


def test_the_format_of_the_day_decides() -> None:
    today = Format(platform="open_edx", start=(START,))
    earlier = Format(platform="futurelearn", start=("https://old.tu.example/feed",), until=date(2020, 1, 1))
    one = Source(
        **{name: getattr(source_of(), name) for name in Source.__slots__} | {"formats": (today, earlier)},
    )
    assert wanted(one, date(2019, 12, 31)).urls == ("https://old.tu.example/feed",)
    assert wanted(one, date(2020, 1, 1)).urls == (START,)


@pytest.mark.parametrize(
    ("platform", "options"),
    [("json_catalogue", {"post": {"query": "x"}}), ("ctdl", {"query": {"a": 1}})],
)
def test_posted_searches_cannot_be_asked_for(platform: str, options: dict[str, Any]) -> None:
    what = of(platform, options=options)
    assert (what.urls, what.prefixes, what.posted) == ((), (), (START,))
    assert list(what.queries()) == []
    assert not what.matches(START)


def test_sitemaps_and_the_pages_they_list() -> None:
    what = of("jsonld_sitemap", "https://www.tu.example/sitemap_index.xml", {"match": "/(?:mooc|kurs)/[^/]+/?$"})
    assert what.urls == ("https://www.tu.example/sitemap_index.xml",)
    assert [prefix.address for prefix in what.prefixes] == [
        "https://www.tu.example/sitemap",
        "https://www.tu.example/mooc/",
        "https://www.tu.example/kurs/",
    ]
    for url in (
        "https://www.tu.example/sitemap-2.xml.gz",
        "http://tu.example/mooc/a/",
        "https://www.tu.example/kurs/b",
    ):
        assert what.matches(url)
    for url in (
        "https://www.tu.example/mooc/",
        "https://www.tu.example/mooc/a/b",
        "https://www.tu.example/sitemap.html",
    ):
        assert not what.matches(url)


@pytest.mark.parametrize(
    ("match", "addresses"),
    [
        ("/courses/[^/]+$", ["https://www.tu.example/courses/"]),
        (r"^https?://www\.tu\.example/a/", ["https://www.tu.example/a/"]),
        (r"https://shop\.tu\.example/a/", ["https://shop.tu.example/a/"]),
        ("[a-z]+-course$", ["https://www.tu.example/"]),
        ("/a/|/b/", ["https://www.tu.example/"]),
        ("", ["https://www.tu.example/"]),
        ("https://", ["https://www.tu.example/"]),
    ],
)
def test_where_pages_of_entries_lie(match: str, addresses: list[str]) -> None:
    what = of("jsonld_sitemap", "https://www.tu.example/sitemap.xml", {"match": match})
    assert [prefix.address for prefix in what.prefixes[1:]] == addresses
    assert {prefix.match for prefix in what.prefixes[1:]} == {match}


@pytest.mark.parametrize(
    ("options", "start", "addresses"),
    [
        ({"items": "li", "link": "a", "next": "a"}, START, [f"{START}?", f"{START}/"]),
        ({"items": "li", "link": "a"}, f"{START}.html", [f"{START}/"]),
        ({"items": "li", "page": {"query": "p"}}, START, [f"{START}?"]),
        ({"items": "li"}, START, []),
        ({"items": "li", "link": "a", "next": "a"}, "https://www.tu.example/", ["https://www.tu.example/?"]),
        (
            {"details": "sitemap", "match": "/kurs/"},
            "https://www.tu.example/sitemap.xml",
            ["https://www.tu.example/sitemap", "https://www.tu.example/kurs/"],
        ),
    ],
)
def test_html_catalogues(options: dict[str, Any], start: str, addresses: list[str]) -> None:
    assert [prefix.address for prefix in of("html_catalogue", start, options).prefixes] == addresses


def test_further_pages_and_entries_below_a_list() -> None:
    what = of("html_catalogue", options={"items": "li", "link": "a", "next": "a"})
    for url in (f"{START}/page/2/", f"{START}/biology", f"{START}?page=2", START):
        assert what.matches(url)
    assert not what.matches("https://www.tu.example/course")


def test_what_is_declared() -> None:
    declared = ArchivedAddresses(
        urls=("http://old.tu.example/list.asp",), prefixes=("https://www.tu.example/study/course-",)
    )
    what = of("futurelearn", archive=declared)
    assert what.urls == ("http://old.tu.example/list.asp", START)
    assert what.matches("https://www.tu.example/study/course-1?a=b")
    assert not what.matches("https://www.tu.example/study/")


def test_declarations_in_a_file(tmp_path: Path) -> None:
    text = """
name = "Example"
kind = "institution"
country = "NL"
language = "en"
platform = "futurelearn"
start = ["https://www.tu.example/feed"]
cadence = "weekly"
complete = true
evidence = "assumed"
evidence_note = "nobody saw it"
terms = { url = "", checked = 2026-11-23, note = "not read" }
archive = { urls = ["http://tu.example/feed.asp"], prefixes = ["https://www.tu.example/c/"] }
"""
    earlier = '\n[[earlier]]\nuntil = 2020-01-01\nplatform = "udacity"\nstart = ["https://www.tu.example/old"]\n'

    def declare(text: str) -> Source:
        (tmp_path / "source.toml").write_text(text, encoding="utf-8")
        return load_source(tmp_path)

    one = declare(text + earlier + 'archive = { urls = ["https://www.tu.example/older"] }\n')
    assert one.format_on(DAY).archive == ArchivedAddresses(
        urls=("http://tu.example/feed.asp",), prefixes=("https://www.tu.example/c/",)
    )
    assert one.format_on(date(2019, 1, 1)).archive == ArchivedAddresses(urls=("https://www.tu.example/older",))
    assert one.hosts == ("www.tu.example",)
    assert declare(text + earlier).format_on(date(2019, 1, 1)).archive == ArchivedAddresses()
    for wrong, complaint in [
        ('prefixes = ["https://www.tu.example/c?x="]', "without a query"),
        ('prefixes = "https://www.tu.example/c/"', "without a query"),
        ('urls = ["www.tu.example"]', "a list of addresses"),
        ("colour = 1", "unknown key colour"),
    ]:
        with pytest.raises(SourceInvalid, match=complaint):
            declare(re.sub(r"(?m)^archive = .*$", f"archive = {{ {wrong} }}", text))


@pytest.mark.parametrize(
    ("pattern", "prefixes"),
    [
        ("/courses/[^/]+$", ("/courses/",)),
        ("/(?:mooc|corsi)/[^/]+", ("/mooc/", "/corsi/")),
        ("/(?:a|b)/(?:c|d)/", ("/a/c/", "/a/d/", "/b/c/", "/b/d/")),
        (r"\.html$", (".html",)),
        (r"/a\d+", ("/a",)),
        ("/ab?c", ("/a",)),
        ("/a(?:b|c)+", ("",)),
        ("/a(b)c", ("/a",)),
        ("^/a", ("/a",)),
        ("/a|/b", ("",)),
        ("", ("",)),
        ("(?:a|b)" * 9, ("",)),
    ],
)
def test_what_a_pattern_begins_with(pattern: str, prefixes: tuple[str, ...]) -> None:
    assert literal_prefixes(pattern) == prefixes


@given(
    st.from_regex(r"(/[a-z]{1,3}|\(\?:[a-z]{1,2}\|[a-z]{1,2}\)|\[a-z\]|x\?|\\\.|y\*){1,5}", fullmatch=True), st.data()
)
def test_whatever_a_pattern_finds_begins_so(pattern: str, data: st.DataObject) -> None:
    found = data.draw(st.from_regex(pattern, fullmatch=True))
    assert found.startswith(literal_prefixes(pattern))


def test_from_a_source_to_its_captures(site: Site) -> None:
    held = [
        Held(url=START, timestamp="20190105101112"),
        Held(url="http://tu.example:80/courses?page=2", timestamp="20190105101113"),
        Held(url=f"{START}2", timestamp="20190105101114"),
        Held(url=f"{START}/biology", timestamp="20190105101115"),
        Held(url="https://www.tu.example/about", timestamp="20190105101116"),
        Held(url=START, timestamp="20210105101112"),
    ]
    site.otherwise = WaybackSite(held=held).answer
    what = of("html_catalogue", options={"items": "li", "link": "a", "next": "a"})

    async def ask(fetcher: HttpFetcher) -> list[str]:
        archive = Wayback.opened(fetcher)
        found = []
        for query in what.queries(until=date(2020, 12, 31), limit=2):
            found += await gathered(archive.captures(query))
        return [capture.url for capture in selected(found, wanted=what.matches)]

    assert set(asked(site.port, ask)) == {START, "http://tu.example/courses?page=2", f"{START}/biology"}
