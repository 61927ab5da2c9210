"""Every page over HTTP, on SQLite and on PostgreSQL: what it shows, what it refuses, and that it cannot write."""

from __future__ import annotations

import csv
import io
import json
import re
from html import unescape
from pathlib import Path
from urllib.parse import quote

import pytest
from lxml import html
from served import DAYS, HOSTILE, SOURCES, Served
from sqlalchemy import delete, insert, select, text
from sqlalchemy.exc import DBAPIError

from models.database import open_database, writing
from models.queries import read_sql
from models.read_only import NotReadable, open_to_read
from models.units import table

PAGES = (
    "/", "/explore", "/explore?state=any", "/trends", "/trends?cut=source&measure=stock&panel=matched", "/sources",
    "/sources/opensap", "/sources/kmooc", "/method", "/method/accuracy", "/dictionary",
)  # fmt: skip


def tree(page: Served, path: str) -> html.HtmlElement:
    answer = page.get(path)
    assert answer.status == 200, (path, answer.text[:2000])
    return html.fromstring(answer.text)


def said(page: Served, path: str) -> str:
    return " ".join(" ".join(tree(page, path).itertext()).split())


def total(page: Served, path: str) -> int:
    (heading,) = tree(page, path).xpath("//h2[@id='found']")
    return int(heading.text_content().split(" of ")[0].replace(",", ""))


def asked(page: Served, sql: str) -> list[tuple[object, ...]]:
    engine = open_to_read(page.database)
    rows = [tuple(row) for row in read_sql(engine, sql).itertuples(index=False, name=None)]
    engine.dispose()
    return rows


@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_whole_and_allows_nothing_from_elsewhere(page: Served, path: str):
    answer = page.get(path)
    assert answer.status == 200
    assert answer.headers["content-security-policy"].startswith("default-src 'none'; style-src 'self';")
    assert "script-src" not in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    shown = html.fromstring(answer.text)
    assert shown.xpath("//script | //@onclick | //@style") == []
    loaded = shown.xpath("//link/@href | //img/@src | //iframe/@src")
    assert [link for link in loaded if not link.startswith(("/static/", "data:,"))] == []


def test_the_front_page_says_what_its_figures_are_over(page: Served):
    words = said(page, "/")
    assert f"As of {DAYS[-1].date()}; flows since {DAYS[-2].date()}" in words
    for title in ("Micro-credentials listed", "Growth over the period", "Made in partnership", "What they cannot say"):
        assert title in words
    rows = asked(
        page,
        "select value, low, high from trend where unit = 'credential' and population = 'core_and_broad' and "
        f"panel = 'all' and cut = 'total' and measure = 'stock' and as_of = '{DAYS[-1].date()}'",
    )
    ((value, low, high),) = rows
    assert f"Micro-credentials listed {value:,.0f} Bounds {low:,.0f} to {high:,.0f}" in words
    assert "Panel sources looked at near both ends of the period Coverage 4 sources matched" in words


@pytest.mark.parametrize(
    ("path", "where"),
    [
        ("/explore", "true"),
        ("/explore?source=opensap", "source = 'opensap'"),
        ("/explore?source=opensap&source=tartu", "source in ('opensap', 'tartu')"),
        ("/explore?state=missing", "listing_state = 'missing'"),
        ("/explore?class=core", "mc_class = 'core'"),
        ("/explore?class=core&definition=new_zealand_2022", "mc_class_new_zealand_2022 = 'core'"),
        ("/explore?class=course_only&mode=partner_commercial_platform",
         "mc_class = 'course_only' and development_modes like '%\"partner_commercial_platform\"%'"),
        ("/explore?delivery=unknown&kind=course", "delivery is null and kind = 'course'"),
        ("/explore?field=06", "isced_broad = '06'"),
        ("/explore?language=en", "languages like '%\"en\"%'"),
        ("/explore?price=free", "price_type = 'free'"),
        ("/explore?eqf=6", "eqf_level = 6"),
        ("/explore?source_kind=institution&country=EE", "source_kind = 'institution' and source_country = 'EE'"),
        ("/explore?q=DATA", "lower(title) like '%data%'"),
    ],
)  # fmt: skip
def test_filters_count_what_sql_counts(page: Served, path: str, where: str):
    where = where.replace("true", "1 = 1")
    ((expected,),) = asked(page, f"select count(*) from programme_current where {where}")
    # Words are looked for in names of organisations and in codes too.
    assert total(page, path) >= expected if "q=" in path else total(page, path) == expected


def test_words_of_descriptions_are_found_and_filtered(page: Served):
    for words in ("volkerk", "V%C3%96LKERKUNDE+ref", "%E6%B0%91%E6%97%8F%E5%AD%A6", "%E6%97%8F"):
        assert total(page, f"/explore?q={words}") == 4
    assert total(page, "/explore?q=volkerkunde&source=opensap") == 0
    assert total(page, "/explore?q=volkerkunde+passwd") == 1
    assert total(page, "/explore?q=asswd") == 1  # a part of a word, in a code
    assert total(page, "/explore?q=%22+OR+title:*+--") == 0
    lines = page.get("/explore.csv?q=volkerkunde").text.splitlines()
    assert len(lines) == 5
    squared = "".join(map(chr, range(0x3300, 0x3358)))  # 88 signs that stand for some 350 kana
    assert page.get(f"/explore?q={quote(squared)}").status == 400
    assert total(page, "/explore?q=" + "x" * 10_000) == 0


def test_counts_of_a_facet_are_those_of_the_page_it_leads_to(page: Served):
    start = "/explore?class=core&class=broad"
    links = tree(page, start).xpath("//aside//li/a")
    assert len(links) > 40
    for link in links[::4]:
        count = int(link.xpath("span[@class='count']")[0].text_content().replace(",", ""))
        if link.get("class") == "chosen":
            continue
        facet = re.split(r"[?&=]", link.get("href"))[-2]
        others = len(tree(page, link.get("href")).xpath(f"//ul[@class='chosen']//a[contains(@href, '{facet}=')]"))
        if facet not in {"class", "state"} and others <= len(links):
            assert total(page, link.get("href")) == count, link.get("href")


def test_pages_of_results_hold_each_programme_once_in_order(page: Served):
    path, titles, links = "/explore?source=coursera&source=tartu", [], []
    while path:
        shown = tree(page, path)
        titles += [each.text_content() for each in shown.xpath("//ol[@class='found']//h3")]
        links += shown.xpath("//ol[@class='found']//h3/a/@href")
        path = next(iter(shown.xpath("//a[@rel='next']/@href")), "")
    assert len(set(links)) == len(links) == total(page, "/explore?source=coursera&source=tartu")
    keys = [re.sub(r"[^a-z0-9]+", " ", title.lower()).strip() for title in titles if title.isascii()]
    assert len(keys) > 20
    assert keys == sorted(keys)


def test_the_download_has_what_is_filtered_and_no_formula(page: Served):
    answer = page.get("/explore.csv?source=hostile")
    assert answer.headers["content-disposition"] == 'attachment; filename="programmes.csv"'
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert len(rows) == 8
    cells = [cell for row in rows for cell in row.values()]
    assert [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))] == []
    assert f"'{HOSTILE['formula']}" in cells
    assert HOSTILE["bidi"] in cells


@pytest.mark.parametrize("ref", HOSTILE)
def test_hostile_words_are_shown_as_words(page: Served, ref: str):
    answer = page.get(f"/programme/hostile/{ref}")
    assert answer.status == 200
    shown = html.fromstring(answer.text)
    assert shown.xpath("//h1/bdi/text()") == [HOSTILE[ref]]
    assert shown.xpath("//script | //img | //*[local-name()='svg']//script | //@onload | //@onerror") == []
    assert not [link for link in shown.xpath("//@href") if link.lower().startswith("javascript:")]
    assert "\u202e" not in shown.xpath("//title")[0].text_content()


def test_every_ref_has_an_address_that_leads_to_it(page: Served):
    links = tree(page, "/explore?source=hostile").xpath("//ol[@class='found']//h3/a")
    titles = {link.text_content(): link.get("href") for link in links}
    assert len(titles) == 8
    for title, link in titles.items():
        assert tree(page, link).xpath("//h1/bdi/text()") == [title]


def test_a_programme_shows_its_words_evidence_history_and_page(page: Served):
    ((source, ref, title),) = asked(
        page,
        "select source, ref, title from programme_history where version_number = 2 and source = 'tartu' "
        "order by ref limit 1",
    )
    ((verbatim,),) = asked(page, f"select verbatim from programme_history where version_number = 2 and ref = '{ref}'")
    assert isinstance(verbatim, str)
    printed = json.loads(verbatim)["credits"]
    shown = tree(page, f"/programme/{source}/{quote(str(ref))}")
    assert str(title) in shown.xpath("string(//h1)")
    tables = {" ".join(table.xpath("string(caption)").split()): table for table in shown.xpath("//table")}
    facts = tables["Facts in force, or the last ones. Words as printed stand beside each; – is not stated or not "
                   "understood."]  # fmt: skip
    credit = next(row for row in facts.xpath("tbody/tr") if row.xpath("string(th)") == "Credits")
    assert credit.xpath("string(td[2])") == printed
    versions = tables["Versions, and what changed in each (UTC)"]
    assert len(versions.xpath("tbody/tr")) >= 2
    assert versions.xpath("tbody/tr[2]//li/del")
    evidence = next(table for caption, table in tables.items() if "each value with the words" in caption)
    assert evidence.xpath("tbody/tr[1]/th/text()") == ["class (eu 2022)"]
    (page_link,) = shown.xpath("//a[starts-with(text(), 'The archived page')]/@href")
    around = tree(page, page_link)
    (frame,) = around.xpath("//iframe")
    assert frame.get("sandbox") == ""
    assert str(title) in unescape(page.get(frame.get("src")).text)


def test_other_listings_of_the_same_credential_are_named_with_the_reasons(page: Served):
    engine = open_database(page.database)
    with writing(engine) as connection:
        named = select(table("programme").c.id, table("programme").c.ref).where(
            table("programme").c.source == "hostile"
        )
        numbers = {ref: number for number, ref in connection.execute(named)}
        pair = sorted(numbers[ref] for ref in ("script", "bidi"))
        for name in ("credential_link", "programme_credential"):
            connection.execute(delete(table(name)).where(table(name).c.programme_id.in_(pair)))
        linked = [{"programme_id": number, "programme_key": "k", "credential_id": "hostile/k"} for number in pair]
        connection.execute(insert(table("programme_credential")), linked)
        connection.execute(
            insert(table("credential_link")),
            {"programme_id": pair[0], "other_programme_id": pair[1], "method": "title_near", "confidence": 0.9,
             "reasons": ["titles: <i>a</i> and b"], "counts_once": True, "review": False},
        )  # fmt: skip
    engine.dispose()
    (item,) = tree(page, "/programme/hostile/script").xpath("//section[@aria-labelledby='same']//li")
    assert item.xpath("a/@href") == ["/programme/hostile/bidi"]
    assert "Title near, confidence 0.90: titles: <i>a</i> and b" in item.text_content()


def test_an_archived_page_runs_nothing(page: Served):
    asked_for = "as_of=2024-01-01T00:00:00Z&url=http%3A%2F%2Fhostile.example%2Fpage"
    answer = page.get(f"/raw/hostile?{asked_for}")
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("sandbox; default-src 'none';")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "Grüße" in answer.text
    left = html.fromstring(answer.text).xpath("//script | //link | //base | //iframe | //meta[@http-equiv]")
    assert left == []
    as_text = page.get(f"/raw/hostile?{asked_for}&as=text")
    assert as_text.headers["content-type"].startswith("text/plain")
    assert "<script>" in as_text.text
    data = page.get("/raw/hostile?as_of=2024-01-01T00:00:00Z&url=http%3A%2F%2Fhostile.example%2Fdata")
    assert data.headers["content-type"].startswith("text/plain")


def test_the_change_is_taken_apart_exactly(page: Served):
    shown = tree(page, "/trends?cut=source_kind&unit=listing")
    parts = next(t for t in shown.xpath("//table") if t.xpath("string(caption)") == "The change taken apart")
    for row in parts.xpath("tbody/tr"):
        cells = [cell.text_content().replace(",", "").replace("−", "-") for cell in row.xpath("td")]
        start, *parts, end = (int(cell) for cell in cells)
        assert start + sum(parts) == end
    assert "In every row the parts add up exactly" in shown.text_content()


def test_the_download_of_a_trend_is_what_the_view_holds(page: Served):
    answer = page.get("/trends.csv?unit=listing&cut=source&measure=stock")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    stored = asked(
        page,
        "select as_of, cut_value, value from trend where unit = 'listing' and population = 'all' and panel = 'all' "
        "and cut = 'source' and measure = 'stock' order by as_of, cut_value",
    )
    assert [(row["as_of"], row["cut_value"], float(row["value"])) for row in rows] == [
        (str(day), word, value) for day, word, value in stored
    ]
    assert {row["cut_value"] for row in rows} == {*SOURCES, "hostile", "unknown"} - {"unknown"} | {
        row["cut_value"] for row in rows if row["cut_value"] == "unknown"
    }


def test_sources_show_health_runs_and_what_is_not_understood(page: Served):
    words = said(page, "/sources/opensap")
    assert "Last complete look 2024-07-01" in words
    assert "never checked against its live host" in words
    runs = next(
        t for t in tree(page, "/sources/opensap").xpath("//table") if "Runs, newest" in t.xpath("string(caption)")
    )
    assert [row.xpath("string(th)") for row in runs.xpath("tbody/tr")] == [
        "2024-07-01 00:00", "2024-04-01 00:00", "2024-01-01 00:00",
    ]  # fmt: skip
    assert "never harvested" in said(page, "/sources/kmooc")
    assert "Hostile <b>College</b>" in said(page, "/sources/hostile")


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/nothing", 404, "There is no such page"),
        ("/programme/opensap/nothing", 404, "There is no programme"),
        ("/programme/opensap", 404, "There is no programme"),
        ("/sources/nothing", 404, "There is no source"),
        ("/method/..%2F..%2Fpyproject", 404, "There is no such page"),
        ("/method/nothing", 404, "is not here"),
        ("/page/opensap?as_of=2024-01-01T00:00:00Z&url=x", 404, "No such page lies in the archive"),
        ("/page/opensap?url=x", 400, "as_of must be a time"),
        ("/explore?page=0", 400, "page must be a whole number"),
        ("/explore?page=99999", 400, "page 99999 is not there"),
        ("/explore?page=%C2%B2", 400, "page must be a whole number"),
        ("/explore?definition=x", 400, "definition cannot be"),
        ("/explore?sort=x", 400, "sort cannot be"),
        ("/explore?state=x", 400, "state cannot be"),
        ("/trends?unit=x", 400, "unit cannot be"),
        ("/trends?from=tomorrow", 400, "from must be a day"),
        ("/trends?from=2030-01-01", 400, "no snapshot lies in these days"),
        ("/trends?at=1999-01-01", 400, "there is no snapshot of 1999-01-01"),
        ("/sources/opensap?before=x", 400, "before must be a time"),
    ],
)
def test_what_there_is_not_is_said_with_the_next_step(page: Served, path: str, status: int, words: str):
    answer = page.get(path)
    assert answer.status == status
    assert words in " ".join(html.fromstring(answer.text).text_content().split())
    assert "Traceback" not in answer.text
    assert html.fromstring(answer.text).xpath("//main//a[@href='/explore']")
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")


def test_values_that_nothing_has_find_nothing(page: Served):
    words = said(page, "/explore?source=%3Cscript%3E&q=%27%22%3B--")
    assert "0 of" in words
    assert "Nothing fits all of this" in words


def test_the_page_cannot_write(page: Served):
    engine = open_to_read(page.database)
    for statement in ("delete from problem", "create table x (y integer)", "update run set reason = 'x'"):
        with pytest.raises(DBAPIError, match="read"), engine.begin() as connection:
            connection.execute(text(statement))
    engine.dispose()


def test_a_database_that_is_not_there_is_not_made(tmp_path: Path):
    with pytest.raises(NotReadable, match="microcred demo"):
        open_to_read(f"sqlite:///{tmp_path / 'none' / 'x.sqlite'}")
    assert list(tmp_path.iterdir()) == []
    empty = tmp_path / "empty.sqlite"
    empty.touch()
    with pytest.raises(NotReadable, match="microcred db upgrade"):
        open_to_read(f"sqlite:///{empty}")
    with pytest.raises(ValueError, match="neither"):
        open_to_read("mysql://localhost/x")
