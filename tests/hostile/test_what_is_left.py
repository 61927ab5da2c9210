"""What is still read of a page that attacks: one bad value never costs the others, and words keep what can be said."""

from __future__ import annotations

import gzip
import io
import json
import math
import time
from datetime import UTC, datetime
from typing import Any

import pytest
from fuzzing.targets import in_time
from pages import page_of

from classify.organisation_table import read as read_organisations
from models.records import Listing, Problem
from normalise.text import key, one_line, paragraphs
from scrapers import schemaorg
from scrapers.decode import PageUnreadable, json_value, plain, text, xml_tree
from scrapers.fields import Record, RecordInvalid
from scrapers.platforms.json_catalogue import Path
from scrapers.robots import Rules
from scrapers.structured import nodes
from scrapers.warc import sha256
from scrapers.warc_reading import ArchiveDamaged, record_at

JSON, XML = "application/json", "application/xml"
AT = datetime(2026, 3, 2, 6, tzinfo=UTC)
HEADER = "id,name,kind,country,ror,domains,aliases,source\n"


def course(**more: Any) -> dict[str, Any]:
    return {"@type": "Course", "name": "Ropes", "identifier": "1", **more}


def listed(*values: Any) -> tuple[list[Listing], list[Problem]]:
    scripts = "".join(f'<script type="application/ld+json">{json.dumps(value)}</script>' for value in values)
    found = list(schemaorg.listings(page_of(f"<html>{scripts}</html>")))
    return [e for e in found if isinstance(e, Listing)], [e for e in found if isinstance(e, Problem)]


# ---- JSON --------------------------------------------------------------------------------


def test_a_number_of_a_million_digits_stays_words_and_costs_no_other_entry():
    digits = "9" * 1_000_000
    assert json_value(page_of(f'[{{"id": {digits}}}, {{"id": 2}}]', JSON)) == [{"id": digits}, {"id": 2}]


@pytest.mark.parametrize("number", ["1e999", "-1e999999"])
def test_a_number_beyond_all_is_no_text(number: str):
    entry = json_value(page_of(f'{{"price": {number}, "title": "Ropes"}}', JSON))
    assert Record(entry).text("title") == "Ropes"
    with pytest.raises(RecordInvalid, match="too large"):
        Record(entry).text("price")
    with pytest.raises(RecordInvalid, match="too large"):
        Path("price", "fields.price").texts(entry)


def test_a_count_of_thousands_of_digits_is_refused_by_name():
    with pytest.raises(RecordInvalid, match="not a whole number"):
        Record({"count": "9" * 5_000}).whole("count")


def test_of_a_key_that_stands_twice_the_last_counts():
    assert json_value(page_of('{"a": 1, "a": 2}', JSON)) == {"a": 2}


# ---- XML ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "document",
    [
        f'<!--{"x" * 150_000}--><!DOCTYPE c [<!ENTITY a "b">]><c>&a;</c>',
        '<!DOCTYPE c [<!ENT\x01ITY a "b">]><c>&a;</c>',
    ],
)
def test_a_declaration_of_entities_is_found_wherever_it_hides(document: str):
    with pytest.raises(PageUnreadable, match="entities"):
        xml_tree(page_of(document, XML))


def test_a_text_about_entities_is_no_declaration():
    decoded = xml_tree(page_of("<c><t><![CDATA[What <!ENTITY does]]></t></c>", XML))
    assert decoded.tree.findtext("t") == "What <!ENTITY does"


def test_a_declaration_after_the_root_expands_nothing():
    tree = xml_tree(page_of('<c><d/></c><!DOCTYPE c [<!ENTITY a "owned">]><c>&a;</c>', XML)).tree
    assert "owned" not in "".join(tree.itertext())


def test_nothing_is_included():
    document = '<c xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include href="/etc/passwd" parse="text"/></c>'
    assert "".join(xml_tree(page_of(document, XML)).tree.itertext()) == ""


# ---- HTML --------------------------------------------------------------------------------


@pytest.mark.parametrize("charset", ["hex", "idna", "zlib", "rot13", "no-such"])
def test_a_charset_that_is_none_costs_no_page(charset: str):
    assert "Ropes" in text(page_of(f"<meta charset={charset}><p>Ropes \xe9</p>".encode("latin-1"), "text/html"))


def test_courses_named_in_circles_cost_no_other():
    circle = [
        {"@type": "Course", "@id": "#a", "name": {"@id": "#b"}, "identifier": "2"},
        {"@id": "#b", "name": {"@id": "#a"}},
    ]
    found, problems = listed(course(), {"@graph": circle})
    assert [listing.ref for listing in found] == ["1"]
    assert [problem.code for problem in problems] == ["record_invalid"]


def test_a_course_that_points_at_its_page_and_is_pointed_at_is_not_lost():
    graph = [
        {"@type": "Organization", "@id": "#o", "name": "Tester"},
        {"@type": "WebPage", "@id": "#p", "mainEntity": {"@id": "#c"}},
        {**course(), "@id": "#c", "isPartOf": {"@id": "#p"}, "provider": {"@id": "#o"}},
    ]
    [listing], _ = listed({"@graph": graph})
    assert (listing.title, [body.name for body in listing.organisations]) == ("Ropes", ["Tester"])


def test_names_that_double_at_each_step_take_no_time():
    doubling = [{"@id": f"#{n}", "name": [{"@id": f"#{n + 1}"}] * 2} for n in range(60)]
    with in_time(2):
        found, _ = listed({"@graph": [course(about={"@id": "#0"}), *doubling]})
    assert [listing.title for listing in found] == ["Ropes"]


def test_a_run_with_a_bad_address_costs_neither_course_nor_run():
    [listing], problems = listed(course(hasCourseInstance=[{"url": "http://[", "startDate": "2026-03-02"}]))
    assert [(run.url, run.start) for run in listing.offerings] == [(None, "2026-03-02")]
    assert problems == []


def test_microdata_that_the_library_cannot_read_is_a_problem():
    page = page_of("<div itemscope itemtype='http://schema.org/Course'><a itemprop=url href='http://['>x</a></div>")
    assert [problem.code for problem in nodes(page)[1]] == ["page_damaged"]


def test_a_prefix_of_rdfa_is_no_regular_expression():
    head = f"<head prefix='{'a' * 50}!'><meta property='(a+)+$:x' content=y><meta property='(a+)+$:x' content=z></head>"
    body = "<body vocab='http://schema.org/' typeof=Course><p property=name>Ropes</p></body>"
    began = time.process_time()
    with in_time(5):  # which the library catches, and goes on
        found, _ = nodes(page_of(f"<html>{head}{body}</html>"))
    assert time.process_time() - began < 4
    assert [node["name"] for node in found] == [["Ropes"]]


@pytest.mark.parametrize("piece", ["<script>", "<style>", "<!--", "\u3000", "<br ", "&lt;", "<a "])
def test_the_time_of_plain_text_grows_with_its_length_alone(piece: str):
    def seconds(count: int) -> float:
        document = "<p>x\n" + piece * count
        began = time.process_time()
        plain(document)
        return time.process_time() - began

    seconds(1_000)
    assert seconds(160_000) < 40 * max(seconds(10_000), 0.002)


def test_scripts_styles_and_comments_of_any_length_are_left_out():
    long = "x" * 300_000
    assert plain(f"a<!-- <p>{long}</p> -->b<script>{long}</script>c<STYLE>{long}</style >d") == "ab c d"
    assert plain("a<script>b") == "ab"
    assert plain("a<!-- b") == "a<!-- b"


# ---- robots.txt, archive, tables --------------------------------------------------------------


@pytest.mark.parametrize("rate", ["1/" + "9" * 400 + "s", "9" * 400 + "/1s", "0/0", "1/0", "x"])
def test_a_rate_beyond_all_is_a_number(rate: str):
    rules = Rules.of(f"User-agent: *\nRequest-rate: {rate}".encode(), AT)
    assert math.isfinite(rules.delay)
    assert rules.allows("https://a.example/")


def test_a_record_whose_status_is_no_number_is_damaged():
    http = "HTTP/1.1 \u00b2\u00b3 OK\r\nA: b\r\n\r\nx".encode()
    head = (
        b"WARC/1.1\r\nWARC-Type: response\r\nWARC-Target-URI: http://a.example/\r\nWARC-Date: 2026-03-02T06:00:00Z\r\n"
        b"WARC-Payload-Digest: " + sha256(b"x").encode() + b"\r\nContent-Type: application/http; msgtype=response\r\n"
    )
    member = gzip.compress(head + f"Content-Length: {len(http)}\r\n\r\n".encode() + http + b"\r\n\r\n")
    with pytest.raises(ArchiveDamaged):
        record_at(io.BytesIO(member), "a.warc.gz", 0)


@pytest.mark.parametrize("rows", ["a,b\n", "a,b,c,d,e,f,g,h,i\n", "x" * 200_000 + ",,,,,,,\n"])
def test_a_table_of_organisations_that_is_none_is_refused_by_name(rows: str):
    with pytest.raises(ValueError, match=r"cells|CSV"):
        read_organisations(HEADER + rows)


# ---- what nobody sees ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("printed", "shown"),
    [
        ("Safe \u202egnp.exe\u202c course", "Safe gnp.exe course"),
        ("\u2067Data\u2069", "Data"),
        ("Da\u200bta\ufeff", "Data"),
        ("Data\U000e0041\U000e007f", "Data"),
        ("Da\u034fta", "Data"),
        ("Data\u3164science", "Data science"),
        ("Data\u2800", "Data"),
        ("\x1b]0;owned\x07Data", "]0;owned Data"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("葛\U000e0100城", "葛\U000e0100城"),
    ],
)
def test_signs_that_nobody_sees_are_not_kept(printed: str, shown: str):
    assert one_line(printed) == shown
    assert paragraphs(printed) == shown


ALIKE = ["Da\u200bta Sci\u00adence", "Ｄａｔａ　Ｓｃｉｅｎｃｅ", "Data\ufe0f Science", "Data Science\U000e0041"]


@pytest.mark.parametrize("printed", ALIKE)
def test_names_that_look_the_same_are_matched_as_the_same(printed: str):
    assert key(printed) == "data science"


def test_letters_of_another_script_are_other_letters():
    assert key("Dеlft") != key("Delft")  # with a Cyrillic letter
