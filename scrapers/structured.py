"""Data embedded in HTML pages (JSON-LD, microdata, RDFa) as nodes of one shape.

A node is a mapping: ``@type`` holds a list of schema.org type names, ``@id`` an address if the page gives one, and
every other key is a schema.org property with a list of values, each a text or a node. What the nodes of courses and
credentials mean as listings is said in ``scrapers.schemaorg``.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from html import unescape
from typing import Any

from lxml import etree

from models.records import Page, Problem, Stage
from scrapers.bounds import DEPTH_MAX, beyond, json_beyond
from scrapers.decode import PageUnreadable, html_tree, json_text, text

Node = dict[str, Any]

_SCRIPT = re.compile(
    r"<script\b[^>]{0,500}\btype\s{0,9}=\s{0,9}[\"']?\s{0,9}application/ld\+json[^>]{0,500}>", re.IGNORECASE
)
_SCRIPT_END = re.compile(r"</script\s{0,9}>", re.IGNORECASE)
_WRAPPING = re.compile(r"^\s*(?:<!--|//\s*<!\[CDATA\[|<!\[CDATA\[)|(?:-->|//\s*\]\]>|\]\]>)\s*$")
_SCHEMA_ORG = re.compile(r"^(?:https?://(?:www\.)?schema\.org/|schema:)")
_LOOKS_LIKE_NODES = re.compile(r"^\s*[\[{].{0,4000}?\"@(?:type|context|graph)\"", re.DOTALL)
_SCRIPTS_MAX = 500
_NODES_MAX = 20_000
_REPAIRED_MAX = 200_000
"""The longest script, in characters, that is repaired if it is not well formed; the repair takes its time."""
_RDFA_ELEMENTS_MAX = 50_000
"""RDFa is read at some thousand elements a second."""
_RDFA_NAMES = re.compile(r"[\w:/.#\s-]*")
"""Names of properties; the library takes their prefix for a regular expression, so nothing else may come to it."""


def nodes(page: Page) -> tuple[list[Node], list[Problem]]:
    """Return the outermost nodes a page embeds, in document order, and what could not be read of them.

    JSON-LD is preferred; microdata and RDFa are read only where a page has no JSON-LD node, since pages that have both
    say the same twice. References by ``@id`` within the page are put in place.

    Raises:
        PageUnreadable: if the page is no text, or marks up more, or deeper, than is read.
    """
    document = text(page)
    found, problems = _json_ld(document, page)
    for mark, read in (("itemtype", _microdata), ("typeof", _rdfa)):
        if not found and mark in document:
            try:
                found = read(page)
            except PageUnreadable:
                raise
            except Exception as error:  # noqa: BLE001 - the libraries were not made for pages that attack
                damage = f"what {mark} marks cannot be read: {type(error).__name__}: {str(error)[:200]}"
                problems.append(Problem(stage=Stage.PARSE, code="page_damaged", message=damage, url=page.url))
    return found[:_NODES_MAX], problems


def types(node: Node) -> Sequence[str]:
    """Return the schema.org type names of a node."""
    names: Sequence[str] = node.get("@type", ())
    return names


def values(node: Node, name: str) -> Sequence[Any]:
    """Return the values of a property, texts and nodes; empty if the page does not state it."""
    found: Sequence[Any] = node.get(name, ())
    return found


def within(found: Sequence[Node], *, met: set[int] | None = None) -> Iterator[Node]:
    """Yield the nodes and all nodes inside them, outer before inner, each once.

    Those whose ``id`` is among ``met`` are left out, and with them what is inside; those yielded are added to it.
    """
    waiting, seen = list(reversed(found)), set[int]() if met is None else met
    while waiting:
        node = waiting.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        yield node
        inner = [v for key, vs in node.items() if not key.startswith("@") for v in vs if isinstance(v, dict)]
        waiting.extend(reversed(inner))


# --------------------------------------------------------------------------------------
# JSON-LD
# --------------------------------------------------------------------------------------


def _json_ld(document: str, page: Page) -> tuple[list[Node], list[Problem]]:
    found: list[Node] = []
    problems: list[Problem] = []
    for script in itertools.islice(_scripts(document), _SCRIPTS_MAX):
        value, damage = _script_values(script)
        if damage:
            problems.append(Problem(stage=Stage.PARSE, code="page_damaged", message=damage, url=page.url))
        found.extend(_of_json(entry) for entry in _entries(value))
    return _resolved(found), problems


def _scripts(document: str) -> Iterator[str]:
    """Yield the contents of all scripts that are JSON-LD; one pass, since a script without an end is the last."""
    start = _SCRIPT.search(document)
    while start is not None:
        end = _SCRIPT_END.search(document, start.end())
        if end is None:
            return
        yield document[start.end() : end.start()]
        start = _SCRIPT.search(document, end.end())


def _script_values(script: str) -> tuple[list[Any], str | None]:
    """Return the JSON values of one script, and what was wrong with it, if anything."""
    cleaned = _WRAPPING.sub("", script.strip("\ufeff \t\r\n")).strip("\ufeff \t\r\n;")
    if not cleaned:
        return [], None
    reason = json_beyond(cleaned)
    if reason is not None:
        return [], reason
    read = _json_values(cleaned)
    if read is None and "&" in cleaned:
        read = _json_values(unescape(cleaned))
    if read is not None:
        return read, None
    if not _LOOKS_LIKE_NODES.match(cleaned):
        return [], f"a script of type application/ld+json holds no JSON: {cleaned[:60]!r}"
    # The gate above matters: the repair makes something of any prose.
    repaired = _repaired(cleaned) if len(cleaned) <= _REPAIRED_MAX else None
    if repaired:
        return [repaired], "JSON-LD was not well formed and has been repaired"
    return [], "JSON-LD is not well formed and could not be repaired"


def _repaired(document: str) -> dict[str, Any] | list[Any] | None:
    import json_repair  # few pages need it, and loading it takes as long as reading hundreds of others

    try:
        value = json_repair.loads(document, skip_json_loads=True)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict | list) else None


def _json_values(document: str) -> list[Any] | None:
    """Return all JSON values that stand one after another in a script (some pages put several), or ``None``."""
    try:
        return [json_text(document)]
    except PageUnreadable:
        pass
    decoder, position, read = json.JSONDecoder(strict=False, parse_constant=lambda _: None), 0, []
    try:
        while position < len(document):
            value, position = decoder.raw_decode(document, position)
            read.append(value)
            while position < len(document) and document[position] in " \t\r\n,;":
                position += 1
    except (ValueError, RecursionError):
        return None
    return read


def _entries(value: Any, depth: int = 0) -> Iterator[Mapping[str, Any]]:
    """Yield the entries of lists and graphs, however they are nested."""
    if depth > DEPTH_MAX:
        return
    if isinstance(value, list):
        for entry in value:
            yield from _entries(entry, depth + 1)
    elif isinstance(value, Mapping):
        if "@graph" in value:
            yield from _entries(value["@graph"], depth + 1)
        if "@type" in value or "@graph" not in value:
            yield {key: entry for key, entry in value.items() if key not in {"@context", "@graph"}}


def _of_json(value: Mapping[str, Any], depth: int = 0) -> Node:
    node: Node = {}
    for key, entry in value.items():
        if key in {"@type", "type"}:
            node["@type"] = [_local(name) for name in _as_list(entry) if isinstance(name, str)]
        elif key in {"@id", "id"}:
            node["@id"] = str(entry)
        elif not key.startswith("@"):
            node[_local(key)] = [v for item in _as_list(entry) for v in _values(item, depth + 1)]
    return node


def _values(item: Any, depth: int) -> Iterator[Any]:
    if isinstance(item, list):
        for inner in item:
            yield from _values(inner, depth)
    elif isinstance(item, Mapping):
        if "@value" in item:
            yield str(item["@value"])
        elif "@list" in item or "@set" in item:
            yield from _values(_as_list(item.get("@list", item.get("@set"))), depth)
        elif depth <= DEPTH_MAX:
            yield _of_json(item, depth)
    elif isinstance(item, bool):
        yield "true" if item else "false"
    elif item is not None and str(item).strip():
        yield str(item).strip()


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _local(name: str) -> str:
    return _SCHEMA_ORG.sub("", name)


def _resolved(found: list[Node]) -> list[Node]:
    """Put nodes in the place of references to them, and leave out those that then stand inside another."""
    by_id = {n["@id"]: n for n in within(found) if "@id" in n and len(n) > 1}
    placed: set[str] = set()
    for node in list(within(found)):
        for entries in [entries for key, entries in node.items() if not key.startswith("@")]:
            for number, entry in enumerate(entries):
                if not isinstance(entry, Mapping) or set(entry) != {"@id"}:
                    continue
                target = by_id.get(entry["@id"])
                # What the page says no more about is an address.
                entries[number] = entry["@id"] if target is None or target is node else target
                if entries[number] is target:
                    placed.add(entry["@id"])
    outermost = {id(node) for node in found if node.get("@id") not in placed}
    reached: set[int] = set()
    for _ in within([node for node in found if id(node) in outermost], met=reached):
        pass
    for node in found:
        if id(node) not in reached:
            # It stands in a circle of nodes that point at each other, and in no other node.
            outermost.add(id(node))
            for _ in within([node], met=reached):
                pass
    return [node for node in found if id(node) in outermost]


# --------------------------------------------------------------------------------------
# Microdata and RDFa
# --------------------------------------------------------------------------------------


def _microdata(page: Page) -> list[Node]:
    # It loads a quarter of a second of libraries, which pages with JSON-LD never need.
    from extruct.w3cmicrodata import MicrodataExtractor

    tree = html_tree(page, finds_ids=True)
    reason = beyond(tree)
    if reason is not None:
        raise PageUnreadable(reason)
    items = MicrodataExtractor(nested=True).extract_items(tree, base_url=page.final_url)
    return [_of_microdata(item) for item in items]


def _of_microdata(item: Mapping[str, Any]) -> dict[str, Any]:
    node: Node = {"@type": [_local(name) for name in _as_list(item.get("type", [])) if name]}
    if item.get("id"):
        node["@id"] = item["id"]
    for name, entry in item.get("properties", {}).items():
        found = [_of_microdata(v) if isinstance(v, Mapping) else str(v).strip() for v in _as_list(entry)]
        node[_local(name)] = [v for v in found if v]
    return node


def _rdfa(page: Page) -> list[Node]:
    tree = html_tree(page)
    if not tree.xpath("boolean(//*[@typeof])"):
        return []  # the word stands in a script
    reason = beyond(tree, elements_most=_RDFA_ELEMENTS_MAX)
    if reason is not None:
        raise PageUnreadable(reason)
    from extruct.rdfa import RDFaExtractor

    for element in tree.xpath("//*[@property]"):
        if not _RDFA_NAMES.fullmatch(element.get("property")):
            del element.attrib["property"]
        elif element.get("datetime") and element.get("content") is None:
            # RDFa in HTML reads the machine's form of a time; the library follows RDFa in XHTML, which has none.
            element.set("content", element.get("datetime"))
    document = etree.tostring(tree, encoding="unicode", method="html")
    triples: list[dict[str, Any]] = RDFaExtractor().extract(document, base_url=page.final_url)
    return _of_rdf(triples)


def _of_rdf(subjects: Sequence[Mapping[str, Any]]) -> list[Node]:
    found = _resolved([_of_json(subject) for subject in subjects if "@type" in subject])
    for node in within(found):
        if node.get("@id", "").startswith("_:"):
            # The library numbers nodes without an address anew each time.
            del node["@id"]
    return found
