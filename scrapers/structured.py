"""Data embedded in HTML pages (JSON-LD, microdata, RDFa) as nodes of one shape.

A node is a mapping: ``@type`` holds a list of schema.org type names, ``@id`` an address if the page gives one, and
every other key is a schema.org property with a list of values, each a text or a node. What the nodes of courses and
credentials mean as listings is said in ``scrapers.schemaorg``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from html import unescape
from typing import Any

import json_repair
from lxml import etree

from models.records import Page, Problem, Stage
from scrapers.decode import DEPTH_MAX, PageUnreadable, html_tree, json_text, text

Node = dict[str, Any]

_SCRIPT = re.compile(
    r"<script\b[^>]{0,500}\btype\s{0,9}=\s{0,9}[\"']?\s{0,9}application/ld\+json[^>]{0,500}>(.*?)</script\s{0,9}>",
    re.IGNORECASE | re.DOTALL,
)
_WRAPPING = re.compile(r"^\s*(?:<!--|//\s*<!\[CDATA\[|<!\[CDATA\[)|(?:-->|//\s*\]\]>|\]\]>)\s*$")
_SCHEMA_ORG = re.compile(r"^(?:https?://(?:www\.)?schema\.org/|schema:)")
_LOOKS_LIKE_NODES = re.compile(r"^\s*[\[{].{0,4000}?\"@(?:type|context|graph)\"", re.DOTALL)
_SCRIPTS_MAX = 500
_NODES_MAX = 20_000


def nodes(page: Page) -> tuple[list[Node], list[Problem]]:
    """Return the outermost nodes a page embeds, in document order, and what could not be read of them.

    JSON-LD is preferred; microdata and RDFa are read only where a page has no JSON-LD node, since pages that have both
    say the same twice. References by ``@id`` within the page are put in place.

    Raises:
        PageUnreadable: if the page is no text.
    """
    document = text(page)
    found, problems = _json_ld(document, page)
    if not found and "itemtype" in document:
        found = [_of_microdata(item) for item in _microdata(page)]
    if not found and "typeof" in document:
        found = _of_rdf(_rdfa(page))
    return found[:_NODES_MAX], problems


def types(node: Node) -> Sequence[str]:
    """Return the schema.org type names of a node."""
    names: Sequence[str] = node.get("@type", ())
    return names


def values(node: Node, name: str) -> Sequence[Any]:
    """Return the values of a property, texts and nodes; empty if the page does not state it."""
    found: Sequence[Any] = node.get(name, ())
    return found


def within(found: Sequence[Node]) -> Iterator[Node]:
    """Yield the nodes and all nodes inside them, outer before inner, each once."""
    waiting, seen = list(reversed(found)), set[int]()
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
    for number, script in enumerate(_SCRIPT.finditer(document)):
        if number >= _SCRIPTS_MAX:
            break
        value, damage = _script_values(script[1])
        if damage:
            problems.append(Problem(stage=Stage.PARSE, code="page_damaged", message=damage, url=page.url))
        found.extend(_of_json(entry) for entry in _entries(value))
    return _resolved(found), problems


def _script_values(script: str) -> tuple[list[Any], str | None]:
    """Return the JSON values of one script, and what was wrong with it, if anything."""
    cleaned = _WRAPPING.sub("", script.strip("\ufeff \t\r\n")).strip("\ufeff \t\r\n;")
    if not cleaned:
        return [], None
    read = _json_values(cleaned)
    if read is None and "&" in cleaned:
        read = _json_values(unescape(cleaned))
    if read is not None:
        return read, None
    if not _LOOKS_LIKE_NODES.match(cleaned):
        return [], f"a script of type application/ld+json holds no JSON: {cleaned[:60]!r}"
    # The gate above matters: the repair makes something of any prose.
    repaired = json_repair.loads(cleaned, skip_json_loads=True)
    if isinstance(repaired, dict | list) and repaired:
        return [repaired], "JSON-LD was not well formed and has been repaired"
    return [], "JSON-LD is not well formed and could not be repaired"


def _json_values(document: str) -> list[Any] | None:
    """Return all JSON values that stand one after another in a script (some pages put several), or ``None``."""
    try:
        return [json_text(document)]
    except PageUnreadable:
        pass
    decoder, position, read = json.JSONDecoder(strict=False), 0, []
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
    outermost = [node for node in found if node.get("@id") not in placed]
    return outermost or found


# --------------------------------------------------------------------------------------
# Microdata and RDFa
# --------------------------------------------------------------------------------------


def _microdata(page: Page) -> list[dict[str, Any]]:
    # It loads a quarter of a second of libraries, which pages with JSON-LD never need.
    from extruct.w3cmicrodata import MicrodataExtractor

    items: list[dict[str, Any]] = MicrodataExtractor(nested=True).extract_items(
        html_tree(page, finds_ids=True), base_url=page.final_url
    )
    return list(items)


def _of_microdata(item: Mapping[str, Any]) -> dict[str, Any]:
    node: Node = {"@type": [_local(name) for name in _as_list(item.get("type", [])) if name]}
    if item.get("id"):
        node["@id"] = item["id"]
    for name, entry in item.get("properties", {}).items():
        found = [_of_microdata(v) if isinstance(v, Mapping) else str(v).strip() for v in _as_list(entry)]
        node[_local(name)] = [v for v in found if v]
    return node


def _rdfa(page: Page) -> list[dict[str, Any]]:
    from extruct.rdfa import RDFaExtractor

    tree = html_tree(page)
    for element in tree.xpath("//*[@property and @datetime and not(@content)]"):
        # RDFa in HTML reads the machine's form of a time; the library follows RDFa in XHTML, which has none.
        element.set("content", element.get("datetime"))
    document = etree.tostring(tree, encoding="unicode", method="html")
    triples: list[dict[str, Any]] = RDFaExtractor().extract(document, base_url=page.final_url)
    return triples


def _of_rdf(subjects: Sequence[Mapping[str, Any]]) -> list[Node]:
    found = _resolved([_of_json(subject) for subject in subjects if "@type" in subject])
    for node in within(found):
        if node.get("@id", "").startswith("_:"):
            # The library numbers nodes without an address anew each time.
            del node["@id"]
    return found
