"""Selectors on BeautifulSoup's trees, those that are a name, an id and classes answered without the library.

The library compiles its own parser of selectors at first use, which would keep the event loop waiting for a fifteenth
of a second, and each question costs it several times what a walk over the tree does.
"""

from __future__ import annotations

import re
from functools import cache

from bs4 import BeautifulSoup
from bs4.element import Tag

COMPOUND = re.compile(r"(?P<name>[A-Za-z][A-Za-z0-9]*)?(?P<conditions>(?:[.#][A-Za-z_][\w-]*)*)")
"""An element's name, id and classes, as most selectors of declarations are."""

_CONDITION = re.compile(r"[.#][\w-]+")


@cache
def ready() -> None:
    """Have the library's parser of selectors compiled, at best in a thread: it takes a fifteenth of a second once."""
    BeautifulSoup("<p>", "lxml").select("p")


def select(within: Tag, selector: str, limit: int = 0) -> list[Tag]:
    """Return the elements that ``within.select(selector, limit=limit)`` returns.

    A selector that is an element's name, id and classes alone is answered by walking the tree.
    """
    wanted = COMPOUND.fullmatch(selector)
    found = _walked(within, wanted, limit) if wanted is not None and selector else None
    return list(within.select(selector, limit=limit)) if found is None else found


def _walked(within: Tag, wanted: re.Match[str], limit: int) -> list[Tag] | None:
    """Return the elements below that are wanted; ``None`` if there is a template, whose contents are none of them."""
    name, classes, ids = conditions_of(wanted)
    found: list[Tag] = []
    for element in within.descendants:
        if not isinstance(element, Tag):
            continue
        if element.name == "template":
            return None
        if name and element.name.lower() != name:
            continue
        if classes and not classes.issubset(classes_of(element)):
            continue
        if ids and ids != {element.get("id")}:
            continue
        found.append(element)
        if len(found) == limit:
            break
    return found


def conditions_of(wanted: re.Match[str]) -> tuple[str, set[str], set[str]]:
    """Return the name, the classes and the ids that a selector asks for."""
    conditions = _CONDITION.findall(wanted["conditions"])
    classes = {condition[1:] for condition in conditions if condition[0] == "."}
    ids = {condition[1:] for condition in conditions if condition[0] == "#"}
    return (wanted["name"] or "").lower(), classes, ids


def classes_of(element: Tag) -> list[str]:
    """Return the classes of an element."""
    classes = element.get("class")
    return classes if isinstance(classes, list) else []
