"""Searching the catalogue: from an address to a page of programmes, facets with counts, and a download."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from starlette.datastructures import QueryParams

from models.queries import CLASS_COLUMNS, DEFAULT_DEFINITION
from models.vocab import vocabulary
from publishing.cells import guarded
from web.asked import NotUnderstood, address, number, one, search_words
from web.catalogue import CLASS, FACETS, SORTS, Catalogue, Integers, Wanted
from web.words import (
    UNKNOWN,
    country_of,
    day,
    is_missing,
    label,
    languages_of,
    meaning,
    programme_address,
    titled,
)
from web.words import number as number_text

PAGE_SIZE = 25
VALUES_SHOWN = 8
"""How many values of a facet are shown before the others."""
VALUES_MOST = 100
TITLES = {
    "state": "Listing state", CLASS: "Class", "mode": "How it was developed", "field": "Field of education",
    "eqf": "EQF level", "level": "Level, in words of platforms", "delivery": "Delivery", "price": "Type of price",
    "language": "Language", "kind": "Kind of listing", "source_kind": "Kind of source", "country": "Country of source",
    "source": "Source",
}  # fmt: skip
SORT_TITLES = {
    "title": "Title", "newest": "First seen, newest first", "oldest": "First seen, oldest first",
    "price": "Price, lowest first", "ects": "ECTS, fewest first",
}  # fmt: skip
DEFAULT_STATES = ("live", "missing")
ANY = "any"
"""Stands for all states in an address: without a state only what is listed now is shown."""
STATES = {"live": "Listed", "missing": "Missed by the last look", "withdrawn": "Withdrawn"}


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks of the catalogue."""

    wanted: Wanted
    page: int


@dataclass(frozen=True, slots=True)
class FacetValue:
    """A value of a facet: its count under the other filters, and the address with it chosen or no longer chosen."""

    name: str
    meaning: str
    count: int
    is_chosen: bool
    link: str


@dataclass(frozen=True, slots=True)
class Facet:
    """A facet.

    ``shown`` are its most frequent values and those chosen, ``others`` the rest, ``left_out`` how many are not shown.
    """

    name: str
    title: str
    shown: Sequence[FacetValue]
    others: Sequence[FacetValue]
    left_out: int
    is_filtered: bool


@dataclass(frozen=True, slots=True)
class Found:
    """A programme in the list of results; texts of strangers are as printed."""

    title: str
    link: str
    organisations: str
    source: str
    state: str
    facts: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Chosen:
    """A filter in force, and the address without it."""

    title: str
    value: str
    without: str


@dataclass(frozen=True, slots=True)
class ExplorePage:
    """A page of results."""

    found: Sequence[Found]
    total: int
    listed: int
    page: int
    pages: int
    facets: Sequence[Facet]
    chosen: Sequence[Chosen]
    before: str | None
    after: str | None
    csv: str
    hidden: Sequence[tuple[str, str]]


def asked_of(parameters: QueryParams) -> Asked:
    """Return what the parameters of an address ask for.

    Raises:
        NotUnderstood: if a parameter has a value that there is not.
    """
    chosen = {facet: tuple(dict.fromkeys(w for w in parameters.getlist(facet) if w)) for facet in FACETS}
    if not chosen["state"]:
        chosen["state"] = DEFAULT_STATES
    if chosen["state"] == (ANY,):
        chosen["state"] = ()
    unknown = [state for state in chosen["state"] if state not in STATES]
    if unknown:
        raise NotUnderstood(f"state cannot be {unknown[0][:80]!r}; there are: {', '.join(STATES)}, {ANY}")
    definition = one(parameters, "definition", CLASS_COLUMNS, DEFAULT_DEFINITION)
    wanted = Wanted(
        words=search_words(parameters),
        definition=definition,
        chosen=chosen,
        sort=one(parameters, "sort", SORTS, SORTS[0]),
    )
    return Asked(wanted=wanted, page=number(parameters, "page"))


def parameters_of(wanted: Wanted) -> dict[str, str | Sequence[str]]:
    """Return the parameters of an address that asks for this; what is so anyway is left out."""
    chosen: dict[str, str | Sequence[str]] = {name: words for name, words in wanted.chosen.items() if name != "state"}
    states = tuple(wanted.chosen["state"])
    return {
        "q": " ".join(wanted.words),
        "definition": "" if wanted.definition == DEFAULT_DEFINITION else wanted.definition,
        "state": "" if set(states) == set(DEFAULT_STATES) else states or ANY,
        **chosen,
        "sort": "" if wanted.sort == SORTS[0] else wanted.sort,
    }


def explore_page(catalogue: Catalogue, asked: Asked, indexed: Integers) -> ExplorePage:
    """Return what is shown of the programmes asked for; ``indexed`` hold the words by the index of the database.

    Raises:
        NotUnderstood: if there are not so many pages.
    """
    result = catalogue.find(asked.wanted, indexed)
    total = len(result.rows)
    pages = max(1, -(-total // PAGE_SIZE))
    if asked.page > pages:
        raise NotUnderstood(f"page {asked.page} is not there; there are {pages} with these filters")
    rows = result.rows[(asked.page - 1) * PAGE_SIZE : asked.page * PAGE_SIZE]
    parameters = parameters_of(asked.wanted)

    def page_link(page: int) -> str:
        return address("/explore", {**parameters, "page": page if page > 1 else ""})

    return ExplorePage(
        found=[_found(row, asked.wanted) for row in catalogue.frame.iloc[rows].to_dict(orient="records")],
        total=total,
        listed=len(catalogue),
        page=asked.page,
        pages=pages,
        facets=[_facet(name, result.facets[name], asked.wanted) for name in FACETS],
        chosen=_chosen(asked.wanted),
        before=page_link(asked.page - 1) if asked.page > 1 else None,
        after=page_link(asked.page + 1) if asked.page < pages else None,
        csv=address("/explore.csv", parameters),
        hidden=_hidden(parameters),
    )


def _hidden(parameters: Mapping[str, str | Sequence[str]]) -> list[tuple[str, str]]:
    """Return the parameters that the search form hands on without a field of its own."""
    pairs = []
    for name, value in parameters.items():
        if name not in {"q", "definition", "sort"}:
            pairs += [(name, each) for each in ([value] if isinstance(value, str) else value) if each]
    return pairs


def _facet(name: str, counts: Mapping[str, int], wanted: Wanted) -> Facet:
    chosen = set(wanted.chosen.get(name, ()))
    known = {**dict.fromkeys(wanted.chosen.get(name, ()), 0), **counts}
    ordered = sorted(known, key=lambda word: (word not in chosen, word == UNKNOWN, -known[word], word))
    values = [_value(name, word, known[word], wanted) for word in ordered[:VALUES_MOST]]
    return Facet(
        name=name,
        title=TITLES[name],
        shown=values[:VALUES_SHOWN],
        others=values[VALUES_SHOWN:],
        left_out=len(ordered) - len(values),
        is_filtered=bool(chosen) and not (name == "state" and chosen == set(DEFAULT_STATES)),
    )


def _value(facet: str, word: str, count: int, wanted: Wanted) -> FacetValue:
    chosen = tuple(wanted.chosen.get(facet, ()))
    after = tuple(w for w in chosen if w != word) if word in chosen else (*chosen, word)
    return FacetValue(
        name=value_name(facet, word),
        meaning=meaning(facet, word),
        count=count,
        is_chosen=word in chosen,
        link=_with(wanted, facet, after),
    )


def _with(wanted: Wanted, facet: str, words: Sequence[str]) -> str:
    changed = replace(wanted, chosen={**wanted.chosen, facet: tuple(words)})
    return address("/explore", parameters_of(changed))


def _chosen(wanted: Wanted) -> list[Chosen]:
    found = []
    for facet, words in wanted.chosen.items():
        if facet == "state" and set(words) == set(DEFAULT_STATES):
            continue
        for word in words:
            rest = tuple(w for w in words if w != word)
            found.append(Chosen(TITLES[facet], value_name(facet, word), _with(wanted, facet, rest)))
    return found


def value_name(facet: str, word: str) -> str:
    """Return the name of a value of a facet for people."""
    if word == UNKNOWN:
        return label(facet, word)
    names = {
        "state": lambda: STATES.get(word, word),
        "language": lambda: languages_of(word),
        "country": lambda: country_of(word),
        "eqf": lambda: f"EQF {word}",
        "level": lambda: titled(word),
        "price": lambda: titled(word),
    }
    return names[facet]() if facet in names else label(facet, word)


def _found(row: Mapping[Any, Any], wanted: Wanted) -> Found:
    modes = json.loads(row["development_modes"]) if isinstance(row["development_modes"], str) else []
    facts = [
        ("Class", _named("class", row[CLASS_COLUMNS[wanted.definition]])),
        ("Developed", "; ".join(_named("mode", mode) for mode in modes if mode != UNKNOWN)),
        ("Field", _named("field", row["isced_broad"])),
        ("Delivery", _named("delivery", row["delivery"])),
        ("Size", "" if is_missing(row["ects"]) else f"{number_text(row['ects'])} ECTS"),
        ("Price", _price(row)),
        ("First seen", day(row["opened_at"])),
    ]
    return Found(
        title=row["title"] or "",
        link=programme_address(row["source"], row["ref"]),
        organisations=row["organisations"],
        source=row["source"],
        state="" if row["listing_state"] == "live" else STATES[row["listing_state"]],
        facts=[(name, value) for name, value in facts if value],
    )


def _named(facet: str, word: Any) -> str:
    return "" if is_missing(word) else value_name(facet, str(word))


def _price(row: Mapping[Any, Any]) -> str:
    kind = "" if is_missing(row["price_type"]) else titled(row["price_type"])
    amount = "" if is_missing(row["price_eur"]) else f"{number_text(row['price_eur'])} EUR"
    return ", ".join(part for part in (kind, amount) if part)


CSV_CHUNK = 2_000


def csv_lines(catalogue: Catalogue, wanted: Wanted, indexed: Integers) -> Iterator[str]:
    """Yield the programmes wanted as CSV, in chunks; columns are those of ``programme_current``."""
    frame = catalogue.frame.drop(columns="programme_id")
    rows = catalogue.find(wanted, indexed).rows
    yield csv_text([[str(name) for name in frame.columns]])
    for start in range(0, len(rows), CSV_CHUNK):
        chunk = frame.iloc[rows[start : start + CSV_CHUNK]]
        yield csv_text(chunk.itertuples(index=False, name=None))


def csv_text(rows: Iterable[Iterable[Any]]) -> str:
    """Return rows as CSV whose cells no spreadsheet runs as a formula, by the rule of all exports (decision 0015)."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerows([_cell(value) for value in row] for row in rows)
    return text.getvalue()


def _cell(value: Any) -> Any:
    if is_missing(value):
        return ""
    if isinstance(value, str):
        return guarded(value)
    return value.isoformat().replace("+00:00", "Z") if isinstance(value, date) else value


def definition_choices() -> Sequence[tuple[str, str]]:
    """Return the definitions of a micro-credential and their names."""
    return tuple((name, titled(name)) for name in vocabulary("definition"))
