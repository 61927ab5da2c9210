"""Strict selectors: none or several where one is due is an error, and a missing value is never an empty text."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from bs4.element import Tag
from pages import page_of

from scrapers.bounds import DEPTH_MAX
from scrapers.decode import PageUnreadable
from scrapers.html import (
    SelectorAmbiguous,
    SelectorError,
    SelectorMissing,
    attribute,
    definitions,
    link,
    maybe,
    one,
    part,
    some,
    soup,
    table,
    text,
)
from scrapers.selecting import COMPOUND, select
from scrapers.source import discover

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


AROUND = page_of(
    """<html lang="nl"><body class="page wide"><nav><a href="/">x</a></nav>
    <main id="course" class="a b" data-q='say "&lt;b&gt;"'><h1>T &amp; U</h1><p>1<br>2</p>
      <table><tr><td>3</table></main>
    <aside><main-note class="b">n</main-note></aside><footer><p class="b">f</p></footer></body></html>""",
    url="https://a.example/x",
)


@pytest.mark.parametrize(
    "selector", ["main", "main#course", ".a.b", "#course", "MAIN", "footer", "table", "body", "td"]
)
def test_a_part_is_the_element_that_the_whole_page_gives(selector: str) -> None:
    assert str(part(AROUND, selector)) == str(one(soup(AROUND), selector))


@pytest.mark.parametrize("selector", ["body.wide main h1", "html[lang=nl] h1", "main > h1"])
def test_a_part_knows_the_elements_around_it(selector: str) -> None:
    assert text(one(part(AROUND, "main"), selector)) == "T & U"


@pytest.mark.parametrize("selector", ["nav + main", "main, footer > p.x", "main:not(.c)"])
def test_other_selectors_are_answered_by_the_whole_page(selector: str) -> None:
    assert str(part(AROUND, selector)) == str(one(soup(AROUND), selector))


@pytest.mark.parametrize(
    ("selector", "error"), [(".b", SelectorAmbiguous), ("h7", SelectorMissing), ("#b", SelectorMissing)]
)
def test_a_part_that_is_not_there_once(selector: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        part(AROUND, selector)


def test_a_part_that_nests_too_deep() -> None:
    deep = page_of(f"<html><body><main>{'<div>' * (DEPTH_MAX + 5)}</main></body></html>", url="https://a.example/x")
    with pytest.raises(PageUnreadable, match="deeper"):
        part(deep, "main")


SELECTORS = (
    "body",
    "main",
    "h1",
    "article",
    "form",
    "nav",
    "ul",
    "footer",
    ".content",
    "#content",
    "#main",
    "div.container",
)


def test_parts_of_recorded_pages(recordings: Path) -> None:
    """Every recorded page of HTML gives the same part, or the same error, both ways."""
    compared = 0
    for file in sorted(recordings.rglob("*.html")):
        page = replace(AROUND, body=file.read_bytes())
        try:
            whole = soup(page)
        except PageUnreadable:
            continue
        for selector in SELECTORS:
            assert _given(lambda: part(page, selector)) == _given(lambda: one(whole, selector)), (file, selector)  # noqa: B023
            compared += 1
    assert compared >= len(SELECTORS)


def _given(ask: Callable[[], Tag]) -> str:
    try:
        return str(ask())
    except SelectorError as error:
        return str(error)


def strings_in(value: object) -> Iterator[str]:
    """All texts in an option, however deep."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        yield from (text for inner in value.values() for text in strings_in(inner))
    elif isinstance(value, Sequence):
        yield from (text for inner in value for text in strings_in(inner))


def walked_selectors() -> list[str]:
    """What stands in any declaration and is a selector that we answer without the library, and some more."""
    declared = {text for source in discover().values() for form in source.formats for text in strings_in(form.options)}
    more = {"main", "body", "h1", "H2", "a", "div.card", ".title", "#main", "main#content", "span.a.b", "li", "html"}
    return sorted(text for text in declared | more if text and COMPOUND.fullmatch(text))


def compared_with_the_library(files: Sequence[Path]) -> None:
    selectors = walked_selectors()
    assert len(files) >= 10
    assert len(selectors) > 20
    for file in files:
        try:
            tree = soup(page_of(file.read_bytes()))
        except PageUnreadable:
            continue
        for selector in selectors:
            wanted = [id(element) for element in tree.select(selector)]
            assert [id(element) for element in select(tree, selector)] == wanted, (file, selector)
            assert [id(element) for element in select(tree, selector, limit=2)] == wanted[:2], (file, selector)


def test_a_selector_that_is_walked_finds_what_the_library_finds() -> None:
    compared_with_the_library(sorted((Path(__file__).parents[1] / "sources").rglob("*.html")))


def test_a_selector_that_is_walked_finds_what_the_library_finds_on_recordings(recordings: Path) -> None:
    compared_with_the_library(sorted(recordings.rglob("*.html")))


def test_what_a_template_holds_is_not_found() -> None:
    tree = soup(page_of("<main><template><p class='a'>1</p></template><p class='a'>2</p></main>"))
    assert [text(element) for element in select(tree, "p.a")] == ["2"]
