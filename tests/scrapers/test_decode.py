"""Bytes to text and trees: charsets that lie, damage that can be recovered, and attacks that must not get in."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pages import page_of

from scrapers.decode import PageUnreadable, html_tree, json_value, local_name, plain, text, xml_tree

XML = "application/xml"
JSON = "application/json"


@pytest.mark.parametrize(
    ("body", "content_type", "words"),
    [
        ("Prüfung".encode(), "text/html", "Prüfung"),
        ("Prüfung".encode(), "text/html; charset=iso-8859-1", "Prüfung"),
        (b"\xef\xbb\xbfPr\xc3\xbcfung", "text/html; charset=windows-1252", "Prüfung"),
        ("Prüfung".encode("utf-16"), "text/html", "Prüfung"),
        ("Prüfung für Ärzte".encode("latin-1"), "text/html; charset=iso-8859-1", "Prüfung für Ärzte"),
        ("<meta charset='windows-1257'>Õppekava ž".encode("windows-1257"), "text/html", "Õppekava ž"),
        ('<?xml version="1.0" encoding="ISO-8859-2"?><a>Łódź</a>'.encode("iso-8859-2"), XML, "Łódź"),
    ],
)
def test_charset_is_found(body: bytes, content_type: str, words: str) -> None:
    assert words in text(page_of(body, content_type))


def test_utf8_with_a_little_damage_stays_utf8() -> None:
    body = ("é" * 100).encode() + b"\xff" + "ü".encode()
    assert text(page_of(body)) == "é" * 100 + "\ufffd" + "ü"


@pytest.mark.parametrize("body", [b"", b"  \n "])
def test_an_empty_page_is_unreadable(body: bytes) -> None:
    with pytest.raises(PageUnreadable, match="empty"):
        text(page_of(body))


@given(st.binary(min_size=1, max_size=300))
def test_text_of_any_bytes(body: bytes) -> None:
    if body.strip():
        assert isinstance(text(page_of(body)), str)


@pytest.mark.parametrize("prefix", ["", "\ufeff", ")]}'\n", ")]}',\n", "for(;;);", "while(1);"])
def test_json_behind_prefixes(prefix: str) -> None:
    assert json_value(page_of(prefix + '{"a": [1, "x"]}', JSON)) == {"a": [1, "x"]}


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        ('{"elements": [{"id": "1"}, {"id": ', "cut off"),
        ('{"a": 1,}', "character [78] of 9"),
        ("<html><body>Log in</body></html>", "found markup"),
        ("[" * 100_000, "deeper than 200"),
        ('{"a":' * 300 + "1" + "}" * 300, "deeper than 200"),
    ],
)
def test_damaged_json_is_never_repaired(body: str, complaint: str) -> None:
    with pytest.raises(PageUnreadable, match=complaint):
        json_value(page_of(body, JSON))


def test_brackets_in_texts_are_not_depth() -> None:
    value = json_value(page_of('{"a": "' + "[" * 1000 + '"}', JSON))
    assert value == {"a": "[" * 1000}


def test_not_a_number_is_no_number() -> None:
    assert json_value(page_of('{"price": NaN, "hours": Infinity}', JSON)) == {"price": None, "hours": None}


@pytest.mark.parametrize(
    ("body", "damage"),
    [
        ('\n\n<?xml version="1.0"?><c><t>Ropes</t></c>', "white space before the XML declaration"),
        ('<c"><t>Ropes</t></c>', "not well formed"),
        ("<c><t>Ropes</t><u>Knots & Ropes</u></c>", "not well formed"),
        ("<c><t>Ropes\x0b</t></c>", "characters that XML does not allow"),
    ],
)
def test_damaged_xml_is_recovered_and_reported(body: str, damage: str) -> None:
    decoded = xml_tree(page_of(body, XML))
    assert (decoded.tree.findtext("t") or "").startswith("Ropes")
    assert [problem.code for problem in decoded.problems] == ["page_damaged"]
    assert damage in decoded.problems[0].message
    assert not decoded.truncated


def test_bare_ampersands_and_names_of_html_are_kept() -> None:
    decoded = xml_tree(page_of("<c><t>Knots & Ropes&nbsp;&amp; Caf&eacute; &unknown; &#38;</t></c>", XML))
    assert decoded.tree.findtext("t") == "Knots & Ropes\u00a0& Café &unknown; &"


def test_xml_in_another_charset_than_declared() -> None:
    decoded = xml_tree(page_of('<?xml version="1.0" encoding="ascii"?><c><t>Õpe</t></c>', XML))
    assert decoded.tree.findtext("t") == "Õpe"
    assert decoded.problems == ()


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ('<urlset:xmln="x"><d>1</d></urlset>', "xmln"),
        ('<a:b:c x="1"><d>1</d></a:b:c>', "b"),
        ("<a x=><d>1</d></a>", "a"),
    ],
)
def test_a_root_whose_name_is_damaged_is_read_and_reported(body: str, name: str) -> None:
    decoded = xml_tree(page_of(body, XML))
    assert local_name(decoded.tree) == name
    assert [problem.code for problem in decoded.problems] == ["page_damaged"]


def test_cut_xml_is_read_as_far_as_it_goes() -> None:
    decoded = xml_tree(page_of("<c><t>One</t><t>Two</t><t>Thr", XML))
    assert [t.text for t in decoded.tree.iter("t")][:2] == ["One", "Two"]
    assert decoded.truncated


@pytest.mark.parametrize(
    "body",
    [
        '<!DOCTYPE c [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><c><t>&b;</t></c>',
        '<!DOCTYPE c [<!ENTITY file SYSTEM "file:///etc/passwd">]><c><t>&file;</t></c>',
    ],
)
def test_entities_are_refused(body: str) -> None:
    with pytest.raises(PageUnreadable, match="entities"):
        xml_tree(page_of(body, XML))


@pytest.mark.parametrize("body", ["just words", "{}", "\x00\x01"])
def test_what_is_no_xml_is_unreadable(body: str) -> None:
    with pytest.raises(PageUnreadable, match="not well-formed XML"):
        xml_tree(page_of(body, XML))


def test_xml_of_the_gzipped_bytes_is_unreadable() -> None:
    with pytest.raises(PageUnreadable):
        xml_tree(page_of(gzip.compress(b"<c><t>x</t></c>"), XML))


@given(st.text(max_size=200))
def test_any_html_gives_a_tree_or_is_named_unreadable(body: str) -> None:
    page = page_of(body.encode("utf-8", "replace") or b"x")
    try:
        tree = html_tree(page)
    except PageUnreadable:
        return
    assert tree.tag == "html"


@pytest.mark.parametrize(
    ("fragment", "words"),
    [
        (None, None),
        ("  ", None),
        ("<p> </p>", None),
        ("Rock &amp; roll", "Rock & roll"),
        ("<p>One</p><p>Two<br>Three</p>", "One\nTwo\nThree"),
        ("<style>p {}</style>Text<script>alert(1)</script>", "Text"),
        ("1 < 2 and 3 > 2", "1 < 2 and 3 > 2"),
        ("&lt;b&gt;", "<b>"),
    ],
)
def test_plain(fragment: str | None, words: str | None) -> None:
    assert plain(fragment) == words


def test_recorded_feeds_are_read(recordings: Path) -> None:
    for file in sorted((recordings / "xcri").glob("*.xml")):
        decoded = xml_tree(page_of(file.read_bytes(), XML))
        assert sum(1 for _ in decoded.tree.iter("{*}course")) > 0, file.name
        assert not decoded.truncated, file.name
