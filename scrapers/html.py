"""Strict selectors on BeautifulSoup: where one element is due, none or several is an error and never an empty string.

Selectors are CSS, as BeautifulSoup (soupsieve) understands it. Texts are given with their white space collapsed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from html import escape
from typing import TypeVar

from bs4 import BeautifulSoup
from bs4.element import Tag
from lxml import etree

from models.records import Page
from scrapers.bounds import beyond
from scrapers.decode import PageUnreadable, html_tree
from scrapers.fields import EntryInvalid, absolute
from scrapers.selecting import COMPOUND, classes_of, conditions_of, select

T = TypeVar("T")


class SelectorError(EntryInvalid):
    """A selector did not find what is due. The message names the selector and the page or element it looked at."""


class SelectorMissing(SelectorError):
    """A selector found nothing where one is due."""


class SelectorAmbiguous(SelectorError):
    """A selector found several where one is due."""


def soup(page: Page) -> BeautifulSoup:
    """Return the tree of an HTML page, its charset found as in ``scrapers.decode.text``.

    Raises:
        PageUnreadable: if the page holds no element, too many, or nests too deep.
    """
    tree = html_tree(page)
    _bound(tree)
    return BeautifulSoup(etree.tostring(tree, encoding="unicode", method="html"), "lxml")


def part(page: Page, selector: str) -> Tag:
    """Return what ``one(soup(page), selector)`` returns, made of that part of the page alone, which is much faster.

    Elements around it are there without what stands beside it. A selector that is more than an element's name, id
    and classes is answered by the whole page.

    Raises:
        SelectorMissing: if the selector finds nothing.
        SelectorAmbiguous: if it finds several.
        PageUnreadable: if the page holds no element, or the part too many or too deep.
    """
    wanted = COMPOUND.fullmatch(selector)
    if wanted is None:
        return one(soup(page), selector)
    found = _found(html_tree(page), wanted)
    if not found:
        raise SelectorMissing(f"{selector!r} finds nothing in the page")
    if len(found) > 1:
        raise SelectorAmbiguous(f"{selector!r} finds several in the page where one is due")
    return one(BeautifulSoup(_alone(found[0]), "lxml"), selector)


def _found(tree: etree._Element, wanted: re.Match[str]) -> list[etree._Element]:
    name, classes, ids = conditions_of(wanted)
    return [
        element
        for element in tree.iter(name or etree.Element)
        if classes <= set((element.get("class") or "").split()) and ids <= {element.get("id")}
    ]


def _alone(element: etree._Element) -> str:
    """Return the markup of an element and of those around it, without anything beside."""
    around = list(element.iterancestors())
    _bound(element, len(around))
    markup = etree.tostring(element, encoding="unicode", method="html", with_tail=False)
    for outer in around:
        name = str(outer.tag)
        attributes = "".join(f' {key}="{escape(value)}"' for key, value in _attributes(outer))
        markup = f"<{name}{attributes}>{markup}</{name}>"
    return markup


def _attributes(element: etree._Element) -> Iterator[tuple[str, str]]:
    for name, value in element.attrib.items():
        yield str(name), str(value)


def _bound(tree: etree._Element, depth: int = 0) -> None:
    """Refuse trees that BeautifulSoup, which recurses, would not survive; ``depth`` is that of the tree in its page."""
    reason = beyond(tree, depth=depth)
    if reason is not None:
        raise PageUnreadable(reason)


def one(within: Tag, selector: str) -> Tag:
    """Return the one element that ``selector`` finds.

    Raises:
        SelectorMissing: if it finds none.
        SelectorAmbiguous: if it finds several.
    """
    found = maybe(within, selector)
    if found is None:
        raise SelectorMissing(f"{selector!r} finds nothing in {_name(within)}")
    return found


def maybe(within: Tag, selector: str) -> Tag | None:
    """Return the one element that ``selector`` finds, or ``None``.

    Raises:
        SelectorAmbiguous: if it finds several.
    """
    found = select(within, selector, limit=2)
    if len(found) > 1:
        raise SelectorAmbiguous(f"{selector!r} finds several in {_name(within)} where one is due")
    return found[0] if found else None


def some(within: Tag, selector: str) -> list[Tag]:
    """Return all elements that ``selector`` finds, in document order.

    Raises:
        SelectorMissing: if it finds none.
    """
    found = select(within, selector)
    if not found:
        raise SelectorMissing(f"{selector!r} finds nothing in {_name(within)}")
    return found


def text(element: Tag | None) -> str | None:
    """Return the text of an element, white space collapsed; ``None`` for no element or an empty one."""
    if element is None:
        return None
    return " ".join(element.get_text(" ").split()) or None


def attribute(element: Tag, name: str) -> str:
    """Return an attribute's value.

    Raises:
        SelectorMissing: if the element lacks it or it is empty.
    """
    value = element.get(name)
    words = " ".join(value) if isinstance(value, list) else (value or "").strip()
    if not words:
        raise SelectorMissing(f"{_name(element)} has no {name!r}")
    return words


def link(element: Tag, page: Page) -> str:
    """Return the absolute address an ``<a href>`` points to, without its fragment.

    Raises:
        SelectorMissing: if the element has no ``href`` or it is no web address.
    """
    href = attribute(element, "href")
    try:
        address = absolute(page.final_url, href)
    except ValueError as error:
        raise SelectorMissing(f"{href!r} is no address: {error}") from error
    if not address.startswith(("http://", "https://")):
        raise SelectorMissing(f"{href!r} is no web address")
    return address.partition("#")[0]


def table(element: Tag, required: Iterable[str]) -> list[Mapping[str, Tag]]:
    """Return the data rows of a ``<table>`` as cells by column heading.

    The first row is the header; a header row repeated among the data is passed over, a row of another width too.

    Raises:
        SelectorMissing: if there is no row, or a required heading is not in the first.
        SelectorAmbiguous: if two columns bear one heading.
    """
    rows = [row.find_all(["th", "td"], recursive=False) for row in some(element, "tr")]
    headings = [text(cell) or "" for cell in rows[0]]
    missing = [heading for heading in required if heading not in headings]
    if missing:
        raise SelectorMissing(f"{_name(element)} has no column {', '.join(missing)}; it has: {', '.join(headings)}")
    named = [heading for heading in headings if heading]
    if len(set(named)) != len(named):
        raise SelectorAmbiguous(f"{_name(element)} has two columns of one heading: {', '.join(headings)}")
    return [
        dict(zip(headings, cells, strict=True))
        for cells in rows[1:]
        if len(cells) == len(headings) and [text(cell) or "" for cell in cells] != headings
    ]


def definitions(element: Tag) -> dict[str, list[Tag]]:
    """Return the ``<dd>`` elements of a ``<dl>`` by the text of the ``<dt>`` before them, without its colon."""
    found: dict[str, list[Tag]] = {}
    heading: str | None = None
    for child in element.find_all(["dt", "dd"]):
        if child.name == "dt":
            heading = (text(child) or "").rstrip(":").strip() or None
        elif heading is not None:
            found.setdefault(heading, []).append(child)
    return found


def labelled(within: Tag, labels: Iterable[str]) -> list[str]:
    """Return the texts that stand behind a label, whatever the markup: the printed words decide, not the classes.

    Read are ``<dt>`` with ``<dd>``, a cell with the cells beside it, a label of its own
    (``<strong>Fee</strong>: 90 €``, ``<span>Fee</span><span>90 €</span>``) with what follows up to a line break or
    the next label, and an element like ``Fee: 90 €``. Case, white space and a final colon of labels do not matter.
    """
    wanted = {_label(label) for label in labels}
    found: list[str] = []
    for element in within.find_all(_LABEL_TAGS):
        if len(element.get_text()) <= _LABEL_LENGTH_MAX and _label(element.get_text(" ")) in wanted:
            found.extend(_behind(element))
    if not found:
        found = [words for element in within.find_all(_LINE_TAGS) if (words := _after_colon(element, wanted))]
    return list(dict.fromkeys(found))


def section(within: Tag, headings: Iterable[str]) -> str | None:
    """Return the text under the first heading of this name, up to the next of the same rank or a higher one."""
    wanted = {_label(heading) for heading in headings}
    for heading in within.find_all(_HEADINGS):
        if _label(heading.get_text(" ")) not in wanted:
            continue
        parts: list[str] = []
        holder = heading if _next_element(heading) is not None else heading.parent
        for sibling in holder.find_next_siblings() if holder is not None else ():
            if sibling.name in _HEADINGS and sibling.name <= heading.name:
                break
            parts.append(text(sibling) or "")
        words = "\n".join(part for part in parts if part)
        if words:
            return words
    return None


_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_LABEL_TAGS = ("dt", "th", "td", "strong", "b", "span", "div", "p", "label", "em", *_HEADINGS)
_LINE_TAGS = ("li", "p", "div", "span", "td")
_BREAKS = frozenset({"br", "dt", "strong", "b", "p", "div", "ul", "ol", "table", *_HEADINGS})
_LABEL_LENGTH_MAX = 80
_LINE_LENGTH_MAX = 300


def _label(words: str) -> str:
    return " ".join(words.split()).rstrip(":").strip().casefold()


def _behind(label: Tag) -> list[str]:
    if label.name == "dt":
        return _texts_until(label, "dd", "dt")
    if label.name in {"th", "td"}:
        return _texts_until(label, "td", "th")
    words: list[str] = []
    for node in label.next_siblings:
        if isinstance(node, Tag) and node.name in _BREAKS:
            break
        words.append(node.get_text(" "))
    inline = " ".join(" ".join(words).split()).removeprefix(":").strip()
    if inline:
        return [inline]
    beside = _next_element(label)
    own = text(beside) if beside is not None and beside.name not in {"br", *_HEADINGS} else None
    return [own] if own else []


def _texts_until(label: Tag, wanted: str, end: str) -> list[str]:
    found: list[str] = []
    for sibling in label.find_next_siblings():
        if sibling.name == end:
            break
        if sibling.name == wanted and (words := text(sibling)):
            found.append(words)
    return found


def _next_element(element: Tag) -> Tag | None:
    found = element.find_next_sibling()
    return found if isinstance(found, Tag) else None


def _after_colon(element: Tag, wanted: set[str]) -> str | None:
    words = element.get_text(" ")
    if len(words) > _LINE_LENGTH_MAX or ":" not in words:
        return None
    label, _, rest = words.partition(":")
    return " ".join(rest.split()) or None if _label(label) in wanted else None


def _name(element: Tag) -> str:
    if isinstance(element, BeautifulSoup):
        return "the page"
    return f"<{'.'.join([element.name, *classes_of(element)])}>"
