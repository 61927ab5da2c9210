"""``microcred explain``: everything the rules make of one programme, with the printed words behind each value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from flows.classifying import Rules
from flows.observatory import Observatory
from models.classification import Classification, Evidence
from models.classification_tables import DEFAULT_DEFINITION
from models.fact_queries import Found, find_programmes
from models.load_classification import UNKNOWN
from models.records import EMPTY, Programme
from models.vocab import vocabulary
from scrapers.source import discover

REASON_COLUMNS = ("about", "value", "words", "found_in", "rule", "confidence")


class NotOneProgramme(ValueError):
    """The words name no programme, or several. The message lists what was found."""


def explained(observatory: Observatory, words: str) -> tuple[Found, Classification]:
    """Return the programme that ``words`` name (see ``find_programmes``) and what today's rules make of it.

    Raises:
        NotOneProgramme: if they name none or several.
    """
    found = find_programmes(observatory.engine, words)
    if len(found) != 1:
        raise NotOneProgramme(_choices(words, found))
    [one] = found
    source = discover().get(one.source)
    if source is None:
        raise NotOneProgramme(f"{one.source} is no longer declared: its rules are not known")
    return one, Rules(source).programme(one.programme, one.read_at.date())


def _choices(words: str, found: Sequence[Found]) -> str:
    if not found:
        return f"no programme is called {words!r}; give SOURCE/REF, an address, or a part of a title"
    listed = "\n".join(f"  {one.source}/{one.programme.ref}  {one.programme.title or ''}" for one in found)
    return f"{len(found)} programmes are called so; name one by SOURCE/REF:\n{listed}"


def as_json(found: Found, made: Classification) -> dict[str, Any]:
    """Return the whole explanation as JSON values."""
    programme = found.programme
    return {
        "programme_id": found.programme_id,
        "source": found.source,
        "ref": programme.ref,
        "title": programme.title,
        "url": programme.url,
        "page_url": programme.page_url,
        "read_at": found.read_at,
        "valid_from": found.valid_from,
        "valid_to": found.valid_to,
        **asdict(made),
    }


def heading(found: Found) -> str:
    """Return what the programme is and where its facts come from, on three lines."""
    programme = found.programme
    state = "in force" if found.valid_to is None else f"until {found.valid_to:%Y-%m-%d}"
    page = f"\nread from {programme.page_url}" if programme.page_url else ""
    return (
        f"{programme.title or '(no title)'}\n{found.source}/{programme.ref}  {programme.url or ''}\n"
        f"facts of {found.valid_from:%Y-%m-%d}, {state}{page}"
    )


def reasons(
    programme: Programme, made: Classification, offerings: Mapping[str, Any] = EMPTY
) -> Iterator[dict[str, Any]]:
    """Yield one row for each value and each piece of evidence for it, in the order people ask.

    Args:
        programme: the facts.
        made: what the rules make of them.
        offerings: what its offerings listed now state alike.
    """
    default = next(one for one in made.classes if one.definition == DEFAULT_DEFINITION)
    yield from _rows(f"class ({DEFAULT_DEFINITION})", default.mc_class, default.reasons)
    others = [f"{one.mc_class} ({one.definition})" for one in made.classes if one.mc_class != default.mc_class]
    yield {"about": "other definitions", "value": ", ".join(others) or f"{default.mc_class} under all"}
    yield from _development(made)
    for known in made.organisations:
        named = f"{known.entity.name} [{known.entity.id}]" if known.entity else "not known"
        value = ", ".join(word for word in (named, known.kind, known.country) if word)
        yield from _rows(known.role, value, [known.evidence] if known.evidence else [], words=known.name)
    yield from _field(made)
    yield from _facts(programme, made)
    if offerings:
        yield {"about": "its offerings", "value": "; ".join(f"{name} {_short(v)}" for name, v in offerings.items())}
    for element, evidence in made.elements.items():
        yield from _rows(f"states {element}", "yes", [evidence])
    missing = [name for name in vocabulary("listing_element") if name not in made.elements]
    yield {"about": "does not state", "value": ", ".join(missing) or "-"}
    for unread in made.unread:
        yield {"about": f"unknown {unread.table}", "value": UNKNOWN, "words": unread.words}


def _development(made: Classification) -> Iterator[dict[str, Any]]:
    if not made.development:
        yield {"about": "developed", "value": UNKNOWN}
    for finding in made.development:
        yield from _rows("developed", finding.mode, [finding.evidence])


def _field(made: Classification) -> Iterator[dict[str, Any]]:
    found = made.field_of_education
    if found is None:
        yield {"about": "field", "value": UNKNOWN}
        return
    names = [f"{found.broad} {vocabulary('isced_broad').words[found.broad]}"]
    if found.narrow:
        names.append(f"{found.narrow} {vocabulary('isced_narrow').words[found.narrow]}")
    yield from _rows("field", " > ".join(names), [found.evidence])


def _facts(programme: Programme, made: Classification) -> Iterator[dict[str, Any]]:
    """Yield level, size and price: typed by ``normalise`` from the words beside them."""
    words = programme.verbatim
    level = f"EQF {programme.eqf_level}" if programme.eqf_level else programme.platform_level or UNKNOWN
    yield {"about": "level", "value": level, "words": programme.level_as_published}
    size = [
        f"{programme.ects:g} ECTS ({programme.ects_basis})" if programme.ects is not None else None,
        _hours(programme),
    ]
    yield {
        "about": "size",
        "value": ", ".join(part for part in size if part) or UNKNOWN,
        "words": "; ".join(words[name] for name in ("credits", "workload", "duration", "effort") if name in words),
    }
    yield {"about": "price", "value": _price(programme, made), "words": words.get("price")}


def _short(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _hours(programme: Programme) -> str | None:
    low, high = programme.workload_hours_min, programme.workload_hours_max
    if low is None and high is None:
        return None
    span = f"{low:g}" if low == high else f"{low or 0:g}-{high or 0:g}"
    return f"{span} hours ({programme.workload_basis})"


def _price(programme: Programme, made: Classification) -> str:
    price = programme.price
    if made.price is None:
        return made.price_problem or price.price_type or UNKNOWN
    parts: Mapping[str, float | None] = {
        "EUR": made.price.eur,
        "EUR for the certificate": made.price.certificate_eur,
        "EUR per ECTS": made.price.eur_per_ects,
        "EUR per hour": made.price.eur_per_hour,
    }
    amounts = ", ".join(f"{value:,.2f} {unit}" for unit, value in parts.items() if value is not None)
    dated = f" (rate of {made.price.rate_date})" if made.price.rate_date else ""
    return f"{price.price_type or 'price'}: {amounts}{dated}"


def _rows(about: str, value: str, evidence: Sequence[Evidence], words: str | None = None) -> Iterator[dict[str, Any]]:
    if not evidence:
        yield {"about": about, "value": value, "words": words}
    for number, one in enumerate(evidence):
        yield {
            "about": about if number == 0 else "",
            "value": value if number == 0 else "",
            "words": words or one.words,
            "found_in": one.field,
            "rule": one.rule,
            "confidence": one.confidence,
        }
