"""How deep and how large what strangers publish may be, told in one pass over it and without recursion."""

from __future__ import annotations

import re

from lxml import etree

DEPTH_MAX = 200
"""Catalogues nest a few dozen levels deep; deeper trees are attacks, or noise that recursive readers die of."""

ELEMENTS_MAX = 500_000
"""A page of more elements is not a catalogue page (the largest list recorded has 20,000)."""

MARKS_MAX = 2_000_000
"""More tags, or more lists and objects of JSON, are not taken into memory, where each is many times as large."""

ATTRIBUTES_MAX = 1_000
"""The parser's time grows with the square of the attributes of one tag: a million would take it an hour."""

_ATTRIBUTES_LOOKED_AT = 100_000
"""Characters of a page; the attributes of a smaller one can take no time to speak of."""
_PART_OF_TAG = r"""(?:[^\s"'>/]++|"[^"]*+"|'[^']*+'|[\s/]++)"""
_TAG = re.compile(rf"<[A-Za-z]{_PART_OF_TAG}*+")
_PARTS_OF_TAG = re.compile(_PART_OF_TAG)
_PARTS_MAX = 3 * ATTRIBUTES_MAX
"""An attribute has two parts or three: its name with a bare value, a quoted value, and what parts it from the next."""

# A text that never ends counts as one to the end of the document; else each of its quotes would be tried again.
_STRING_OR_BRACKET = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"?|[\[{]|[\]}]', re.DOTALL)
_ESCAPED = b"\x01"
"""Stands for an escaped quote or backslash: each quote that is left begins or ends a text. No JSON but in a text."""
_MARKS = b'[]{}"\\' + _ESCAPED
_NO_MARKS = bytes(set(range(256)) - set(_MARKS))
_ONE_KIND = bytes.maketrans(b"{}", b"[]")
_TEXT = re.compile(rb'"[^"]*+"')


def json_depth(document: str) -> int:
    """Return the deepest nesting of brackets outside texts; at most one more than ``DEPTH_MAX`` is counted."""
    brackets = _brackets(document)
    depth = 0
    while brackets:
        outer = brackets.replace(b"[]", b"")
        if len(outer) == len(brackets) or depth == DEPTH_MAX:
            return _counted_depth(document)  # too deep, or not JSON: something is left that does not pair
        brackets = outer
        depth += 1
    return depth


def _brackets(document: str) -> bytes:
    """Return the brackets outside texts, of one kind, by whole passes: a sixth of the time of a step for each text.

    What is no JSON (a backslash outside a text, a text that never ends) leaves other characters in between.
    """
    escaped = document.encode("utf-8", "surrogatepass").replace(b"\\\\", _ESCAPED).replace(b'\\"', _ESCAPED)
    marks = escaped.translate(_ONE_KIND, _NO_MARKS)
    return _TEXT.sub(b"", marks.replace(b'""', b""))


def _counted_depth(document: str) -> int:
    """Return the depth as ``json_depth`` does, of any characters at all."""
    deepest = depth = 0
    for token in _STRING_OR_BRACKET.finditer(document):
        character = token[0]
        if character in "[{":
            depth += 1
            deepest = max(deepest, depth)
            if deepest > DEPTH_MAX:
                return deepest
        elif character in "]}":
            depth -= 1
    return deepest


def json_beyond(document: str) -> str | None:
    """Return why a document of JSON is more than is read, ``None`` if it is not."""
    brackets = document.count("[") + document.count("{")
    if brackets > MARKS_MAX:
        return f"JSON of more than {MARKS_MAX:,} lists and objects"
    if brackets > DEPTH_MAX and json_depth(document) > DEPTH_MAX:
        return f"JSON nests deeper than {DEPTH_MAX} levels"
    return None


def markup_beyond(document: str) -> str | None:
    """Return why a document of HTML or XML is more than is read, ``None`` if it is not."""
    return f"markup of more than {MARKS_MAX:,} tags" if document.count("<") > MARKS_MAX else None


def html_beyond(document: str) -> str | None:
    """Return why a document of HTML is more than is read, ``None`` if it is not."""
    if len(document) > _ATTRIBUTES_LOOKED_AT and any(map(_has_too_many_attributes, _TAG.finditer(document))):
        return f"a tag of more than {ATTRIBUTES_MAX:,} attributes"
    return markup_beyond(document)


def _has_too_many_attributes(tag: re.Match[str]) -> bool:
    return tag.end() - tag.start() > _PARTS_MAX and len(_PARTS_OF_TAG.findall(tag[0])) > _PARTS_MAX


def beyond(tree: etree._Element, *, depth: int = 0, elements_most: int = ELEMENTS_MAX) -> str | None:
    """Return why a tree of HTML is more than readers that recurse would survive, ``None`` if it is not.

    Args:
        tree: the tree, or a part of it.
        depth: how deep the tree stands in its page.
        elements_most: how many elements are too many.
    """
    elements = 0
    for event, _ in etree.iterwalk(tree, events=("start", "end")):
        depth += 1 if event == "start" else -1
        elements += event == "start"
        if depth > DEPTH_MAX:
            return f"HTML nests deeper than {DEPTH_MAX} levels"
        if elements > elements_most:
            return f"HTML of more than {elements_most:,} elements"
    return None
