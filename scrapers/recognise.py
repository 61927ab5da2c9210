"""Recognises what a page is: which family of ``scrapers.platforms`` reads it, and how it would be declared.

Pure. Nothing here decides what is harvested: a proposal is written into a ``source.toml`` that a person reads.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from models.records import Page
from scrapers.decode import PageUnreadable, json_value, local_name, xml_tree

_KEYS = {
    "ref": ("id", "uuid", "uid", "guid", "identifier", "code", "oid", "slug"),
    "title": ("title", "name", "titel", "titre", "nombre", "nimi"),
    "url": ("url", "link", "href", "absolute_url", "permalink", "web_url"),
    "description": ("description", "summary", "short_description", "abstract", "body", "excerpt"),
    "kind_as_published": ("type", "kind", "product_type", "course_type", "category_type"),
    "credits": ("ects", "credits", "credit_value", "number_of_credits", "numberOfCredits"),
    "duration": ("duration", "length"),
    "effort": ("effort", "time_commitment", "weekly_effort"),
    "price": ("price", "fee", "cost", "tuition"),
    "level": ("level", "study_level", "eqf_level"),
    "languages": ("language", "languages", "lang", "inLanguage"),
    "subjects": ("subjects", "topics", "categories", "tags", "subject", "topic", "category"),
    "taught_by": ("provider", "institution", "organisation", "organization", "university", "org_name"),
    "start": ("start", "start_date", "startDate", "starts_at"),
    "end": ("end", "end_date", "endDate", "ends_at"),
}
_LANGUAGES = ("en", "de", "fr", "es", "it", "pt", "nl", "et", "fi", "sv", "ja", "ko")
_DEPTH = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """How a catalogue could be declared: the family that reads it, start addresses, options, and why.

    ``entries`` is how many entries the page that led to it holds, as far as that is known.
    """

    platform: str
    start: tuple[str, ...]
    why: str
    options: Mapping[str, Any] = field(default_factory=dict)
    entries: int | None = None


def recognise(page: Page) -> Proposal | None:
    """Return how the JSON or XML in ``page`` could be declared, or ``None`` if it is neither or holds no list."""
    head = page.body[:2_000].lstrip(b"\xef\xbb\xbf \t\r\n")
    try:
        if head.startswith((b"{", b"[", b")]}'")):
            return _json(page, json_value(page))
        if head.startswith((b"<?xml", b"<rss", b"<feed", b"<urlset", b"<sitemapindex", b"<catalog", b"<rdf:RDF")):
            return _xml(page)
    except PageUnreadable:
        return None
    return None


# --------------------------------------------------------------------------------------
# XML
# --------------------------------------------------------------------------------------


def _xml(page: Page) -> Proposal | None:
    tree = xml_tree(page).tree
    name = local_name(tree)
    if name == "catalog" and next(tree.iter("{*}course"), None) is not None:
        count = sum(1 for _ in tree.iter("{*}course"))
        return Proposal(platform="xcri_cap", start=(page.url,), why="an XCRI-CAP catalogue", entries=count)
    if name in {"rss", "RDF", "feed"}:
        count = sum(1 for _ in tree.iter("{*}item", "{*}entry"))
        return Proposal(platform="feed", start=(page.url,), why=f"a feed (<{name}>)", entries=count)
    return None


# --------------------------------------------------------------------------------------
# JSON
# --------------------------------------------------------------------------------------


def _json(page: Page, answer: Any) -> Proposal | None:
    for read in (_open_edx, _mit_learn, _moochub, _openhpi, _drupal, _shopify, _ooapi, _richie, _ctdl, _credly):
        found = read(answer)
        if found is not None:
            platform, why, count = found
            return Proposal(platform=platform, start=(_bare(page, platform),), why=why, entries=count)
    return _any_list(page, answer)


Recognised = tuple[str, str, int] | None


def _rows(answer: Any, key: str) -> list[Mapping[str, Any]]:
    rows = answer.get(key) if isinstance(answer, Mapping) else None
    return [row for row in rows if isinstance(row, Mapping)] if isinstance(rows, list) else []


def _open_edx(answer: Any) -> Recognised:
    rows = _rows(answer, "results")
    if rows and "course_id" in rows[0] and "blocks_url" in rows[0]:
        return "open_edx", "the courses API of Open edX", len(rows)
    return None


def _mit_learn(answer: Any) -> Recognised:
    rows = _rows(answer, "results")
    if rows and {"readable_id", "offered_by", "resource_type"} <= set(rows[0]):
        return "mit_learn", "the API of MIT Learn", len(rows)
    return None


def _moochub(answer: Any) -> Recognised:
    rows = _rows(answer, "data")
    about = rows[0].get("attributes") if rows else None
    if (
        isinstance(about, Mapping)
        and "name" in about
        and {"moocProvider", "publisher", "learningResourceType"} & set(about)
    ):
        return "moochub", "a MOOChub list of courses", len(rows)
    return None


def _openhpi(answer: Any) -> Recognised:
    rows = _rows(answer, "data")
    about = rows[0].get("attributes") if rows else None
    if isinstance(about, Mapping) and {"slug", "enrollable", "start_at"} <= set(about):
        return "openhpi", "the JSON:API of openHPI", len(rows)
    return None


def _drupal(answer: Any) -> Recognised:
    rows = _rows(answer, "data")
    if rows and str(rows[0].get("type", "")).startswith("node--"):
        return "drupal_jsonapi", f"the JSON:API of Drupal ({rows[0]['type']})", len(rows)
    return None


def _shopify(answer: Any) -> Recognised:
    rows = _rows(answer, "products")
    if rows and {"handle", "variants"} <= set(rows[0]):
        return "shopify", "the product list of a Shopify shop", len(rows)
    return None


def _ooapi(answer: Any) -> Recognised:
    rows = _rows(answer, "items")
    if "hasNextPage" in answer and rows if isinstance(answer, Mapping) else False:
        return "ooapi", "an Open Onderwijs API list", len(rows)
    return None


def _richie(answer: Any) -> Recognised:
    rows = _rows(answer, "objects")
    if rows and isinstance(answer.get("meta"), Mapping) and "course_runs" in rows[0]:
        return "richie", "the courses API of Richie", len(rows)
    return None


def _ctdl(answer: Any) -> Recognised:
    rows = _rows(answer, "@graph") or _rows(answer, "data")
    typed = [row for row in rows if str(row.get("@type", "")).startswith("ceterms:")]
    return ("ctdl", "CTDL resources", len(typed)) if typed else None


def _credly(answer: Any) -> Recognised:
    rows = _rows(answer, "data")
    if rows and {"issuer", "badge_template_activities"} & set(rows[0]):
        return "credly", "badge templates of Credly", len(rows)
    return None


def _bare(page: Page, platform: str) -> str:
    """Return the start address: families that set their own paging begin without one."""
    return page.url.partition("?")[0] if platform in {"open_edx", "shopify", "richie"} else page.url


def _any_list(page: Page, answer: Any) -> Proposal | None:
    """Return a declaration of the longest list of objects that have something like an id and a title."""
    lists = [(path, rows, _fields(rows[0])) for path, rows in _lists(answer)]
    fit = [(path, rows, fields) for path, rows, fields in lists if {"ref", "title"} <= set(fields)]
    if not fit:
        return None
    path, rows, fields = max(fit, key=lambda found: len(found[1]))
    options: dict[str, Any] = {"entries": path, **_paging(answer), "fields": fields}
    why = f"JSON with a list of {len(rows)} objects at {path!r}"
    return Proposal(platform="json_catalogue", start=(page.url,), why=why, options=options, entries=len(rows))


def _lists(value: Any, path: str = "@", depth: int = 0) -> Iterator[tuple[str, list[Mapping[str, Any]]]]:
    if isinstance(value, list) and value and all(isinstance(entry, Mapping) for entry in value):
        yield path, value
    if isinstance(value, Mapping) and depth < _DEPTH:
        for key, inner in value.items():
            name = key if key.isidentifier() else f'"{key}"'
            yield from _lists(inner, name if path == "@" else f"{path}.{name}", depth + 1)


def _fields(row: Mapping[str, Any]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, keys in _KEYS.items():
        about = row.get("attributes")
        path = next((path for key in keys if (path := _path_to_text(row, key)) is not None), None)
        if path is None and isinstance(about, Mapping):
            path = next((f"attributes.{path}" for key in keys if (path := _path_to_text(about, key)) is not None), None)
        if path is not None:
            found[name] = path
    return found


def _path_to_text(row: Mapping[str, Any], key: str) -> str | None:
    value = row.get(key)
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        return key
    if isinstance(value, Mapping):
        inner = next((name for name in (*_LANGUAGES, "name", "title") if isinstance(value.get(name), str)), None)
        return f"{key}.{inner}" if inner else None
    if isinstance(value, list) and value:
        if all(isinstance(entry, str) for entry in value):
            return key
        if all(isinstance(entry, Mapping) and isinstance(entry.get("name"), str) for entry in value):
            return f"{key}[].name"
    return None


def _paging(answer: Any) -> dict[str, Any]:
    """Return the options for the next page and the total, where the answer names them in the usual ways."""
    if not isinstance(answer, Mapping):
        return {}
    tests: tuple[tuple[str, str, Callable[[Any], bool]], ...] = (
        ("next", "next", lambda value: value is None or isinstance(value, str)),
        ("total", "count", lambda value: isinstance(value, int)),
        ("total", "total", lambda value: isinstance(value, int)),
    )
    found: dict[str, Any] = {option: key for option, key, fits in tests if key in answer and fits(answer[key])}
    links = answer.get("links")
    if isinstance(links, Mapping) and isinstance(links.get("next"), str):
        found["next"] = "links.next"
    return found
