"""Strict selectors: none or several where one is due is an error, and a missing value is never an empty text."""

from __future__ import annotations

import pytest
from pages import page_of

from scrapers.decode import DEPTH_MAX, PageUnreadable
from scrapers.html import (
    SelectorAmbiguous,
    SelectorMissing,
    attribute,
    definitions,
    link,
    maybe,
    one,
    some,
    soup,
    table,
    text,
)

PAGE = page_of(
    """<html><body><h1> Soil
      <b>Basics</b></h1><p class="a">1</p><p class="a">2</p><i></i>
    <a id="good" href="../next?p=2#top">n</a><a id="none">n</a><a id="mail" href="mailto:x@a.example">m</a>
    <table><tr><th>Number</th><th>Title</th></tr><tr><td>1</td><td>A</td></tr>
      <tr><th>Number</th><th>Title</th></tr><tr><td colspan="2">advert</td></tr><tr><td>2</td><td>B</td></tr></table>
    <dl><dt>Fee:</dt><dd>€ 5</dd><dt>Place</dt><dd>A</dd><dd>B</dd></dl></body></html>""",
    url="https://a.example/list/x",
)
TREE = soup(PAGE)


def test_one_text() -> None:
    assert text(one(TREE, "h1")) == "Soil Basics"


@pytest.mark.parametrize("select", [one, some])
def test_nothing_found(select: object) -> None:
    assert callable(select)
    with pytest.raises(SelectorMissing, match=r"'h7' finds nothing in the page"):
        select(TREE, "h7")


@pytest.mark.parametrize("select", [one, maybe])
def test_several_found(select: object) -> None:
    assert callable(select)
    with pytest.raises(SelectorAmbiguous, match="finds several"):
        select(TREE, "p.a")


def test_optional_element() -> None:
    assert maybe(TREE, "h7") is None
    assert text(maybe(TREE, "h7")) is None
    assert text(one(TREE, "i")) is None
    assert [text(p) for p in some(TREE, "p.a")] == ["1", "2"]


def test_link_is_absolute_without_fragment() -> None:
    assert link(one(TREE, "#good"), PAGE) == "https://a.example/next?p=2"


@pytest.mark.parametrize("anchor", ["#none", "#mail"])
def test_no_link(anchor: str) -> None:
    with pytest.raises(SelectorMissing):
        link(one(TREE, anchor), PAGE)


def test_missing_attribute() -> None:
    with pytest.raises(SelectorMissing, match="no 'href'"):
        attribute(one(TREE, "#none"), "href")


def test_table_passes_over_repeated_headers_and_rows_of_another_width() -> None:
    rows = table(one(TREE, "table"), ["Number", "Title"])
    assert [(text(row["Number"]), text(row["Title"])) for row in rows] == [("1", "A"), ("2", "B")]


def test_table_without_a_due_column() -> None:
    with pytest.raises(SelectorMissing, match="no column Credits; it has: Number, Title"):
        table(one(TREE, "table"), ["Credits"])


def test_table_with_two_columns_of_one_name() -> None:
    tree = soup(page_of("<table><tr><th>A</th><th>A</th></tr></table>"))
    with pytest.raises(SelectorAmbiguous):
        table(one(tree, "table"), [])


def test_definitions() -> None:
    found = {name: [text(e) for e in elements] for name, elements in definitions(one(TREE, "dl")).items()}
    assert found == {"Fee": ["€ 5"], "Place": ["A", "B"]}


@pytest.mark.parametrize("depth", [150, 100_000])
def test_deep_html_is_read_or_named_unreadable(depth: int) -> None:
    page = page_of("<div>" * depth + "x")
    try:
        tree = soup(page)
    except PageUnreadable:
        assert depth > DEPTH_MAX
        return
    assert one(tree, "body")


def test_too_deep_html_is_unreadable() -> None:
    with pytest.raises(PageUnreadable, match="deeper than 200"):
        soup(page_of("<div>" * 250 + "x"))
