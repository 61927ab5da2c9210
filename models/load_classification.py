"""Loading what rules make of facts: derived rows, written with the facts or made anew when the rules change."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Connection, Table, bindparam, delete, select, update

from models.bulk import insert_rows, insert_shared
from models.classification import Classification, Classifier, ComparablePrice, Entity
from models.classification_tables import STATED_APART, class_column
from models.records import Offering, Programme
from models.units import chunks, columns_of, parts, table

NOT_IN_ANNEX_I = "recognition"
UNKNOWN = "unknown"
AT_ONCE = 250
"""Programmes whose classifications are in memory at a time; each holds a dozen pieces of evidence."""
_OF_PROGRAMMES = (
    "programme_classification", "development_evidence_entry", "programme_organisation", "unread_word",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ToClassify:
    """Facts without a classification of today's rules, by their numbers, each with the day of the look that read it."""

    programmes: Mapping[int, tuple[Programme, date]] = field(default_factory=dict)
    offerings: Mapping[int, tuple[Offering, date]] = field(default_factory=dict)


def load_classifications(connection: Connection, classifier: Classifier, facts: ToClassify) -> None:
    """Classify facts and put the result in the place of whatever was there before.

    Args:
        connection: a transaction that may write.
        classifier: the rules, ready for the source that the facts are of.
        facts: what to classify; the rows of facts exist.
    """
    version = classifier.rules_version
    for part in parts(facts.programmes, AT_ONCE):
        made = {number: classifier.programme(*facts.programmes[number]) for number in part}
        classified_before = _among(connection, table("programme_classification"), made)
        for name in _OF_PROGRAMMES:
            _remove(connection, table(name), classified_before)
        _keep_entities(connection, made.values())
        insert_rows(connection, table("programme_classification"), [_row(n, version, c) for n, c in made.items()])
        insert_rows(connection, table("development_evidence_entry"), list(_each(made, _development)))
        insert_rows(connection, table("programme_organisation"), list(_each(made, _organisations)))
        insert_rows(connection, table("unread_word"), list(_each(made, _unread)))

    priced = {number: classifier.offering(offering, on) for number, (offering, on) in facts.offerings.items()}
    target = table("offering_classification")
    _remove(connection, target, priced)
    rows = [{"facts_id": n, "rules_version": version, **_price(*price)} for n, price in priced.items()]
    insert_rows(connection, target, rows)


def _among(connection: Connection, target: Table, facts: Iterable[int]) -> list[int]:
    """Return those of some facts that have a row."""
    column = target.c.facts_id
    return [number for chunk in chunks(facts) for number in connection.scalars(select(column).where(column.in_(chunk)))]


def _remove(connection: Connection, target: Table, facts: Iterable[int]) -> None:
    for chunk in chunks(facts):
        connection.execute(delete(target).where(target.c.facts_id.in_(chunk)))


def _row(facts_id: int, version: str, made: Classification) -> dict[str, Any]:
    found = made.field_of_education
    modes = list(dict.fromkeys(finding.mode for finding in made.development)) or [UNKNOWN]
    return {
        "facts_id": facts_id,
        "rules_version": version,
        **{class_column(one.definition): one.mc_class for one in made.classes},
        "development_modes": modes,
        "isced_broad": found.broad if found else None,
        "isced_narrow": found.narrow if found else None,
        "field_rule": found.evidence.rule if found else None,
        "field_evidence": found.evidence.words if found else None,
        "field_found_in": found.evidence.field if found else None,
        "field_confidence": found.evidence.confidence if found else None,
        "elements": sorted(made.elements),
        "eu_elements": len(made.elements.keys() - {NOT_IN_ANNEX_I}),
        **{f"states_{name}": name in made.elements for name in STATED_APART},
        **_price(made.price, made.price_problem),
        "price_eur_per_ects": made.price.eur_per_ects if made.price else None,
        "price_eur_per_hour": made.price.eur_per_hour if made.price else None,
    }


def _price(price: ComparablePrice | None, problem: str | None) -> dict[str, Any]:
    return {
        "price_eur": price.eur if price else None,
        "price_eur_max": price.eur_max if price else None,
        "certificate_price_eur": price.certificate_eur if price else None,
        "eur_rate": price.rate if price else None,
        "eur_rate_date": price.rate_date if price else None,
        "price_problem": problem,
    }


def _each(
    made: Mapping[int, Classification], rows: Callable[[Classification], Iterator[dict[str, Any]]]
) -> Iterator[dict[str, Any]]:
    for facts_id, classification in made.items():
        for position, row in enumerate(rows(classification)):
            yield {"facts_id": facts_id, "position": position, **row}


def _development(made: Classification) -> Iterator[dict[str, Any]]:
    for finding in made.development:
        yield {
            "mode": finding.mode,
            "rule": finding.evidence.rule,
            "evidence": finding.evidence.words,
            "field": finding.evidence.field,
            "confidence": finding.evidence.confidence,
        }


def _organisations(made: Classification) -> Iterator[dict[str, Any]]:
    for known in made.organisations:
        yield {
            "entity_id": known.entity.id if known.entity else None,
            "kind": known.kind,
            "country": known.country,
            "rule": known.evidence.rule if known.evidence else None,
            "confidence": known.evidence.confidence if known.evidence else None,
        }


def _unread(made: Classification) -> Iterator[dict[str, Any]]:
    for unread in dict.fromkeys(made.unread):
        yield {"lookup": unread.table, "words": unread.words}


def _keep_entities(connection: Connection, made: Iterable[Classification]) -> None:
    """Keep the entities that were met, as the table of organisations has them today."""
    met = {known.entity.id: known.entity for one in made for known in one.organisations if known.entity}
    target = table("organisation_entity")
    stored = {
        row["id"]: Entity(**row)
        for chunk in chunks(met)
        for row in connection.execute(select(target).where(target.c.id.in_(chunk))).mappings()
    }
    changed = [columns_of(entity) for entity in met.values() if stored.get(entity.id, entity) != entity]
    if changed:
        rows = [{"this": row.pop("id"), **row} for row in changed]
        connection.execute(update(target).where(target.c.id == bindparam("this")), rows)
    fresh = [columns_of(met[number]) for number in sorted(met.keys() - stored.keys())]
    insert_shared(connection, target, fresh, "id")
