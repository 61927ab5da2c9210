"""What the offerings of a programme state alike now: kept beside the history, so that nobody has to ask for it anew."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, delete, select

from models.bulk import insert_rows
from models.units import chunks, table

_ALIKE = (
    "duration_weeks_min", "duration_weeks_max", "effort_hours_per_week_min", "effort_hours_per_week_max",
    "workload_hours_min", "workload_hours_max", "workload_basis", "delivery", "price_type",
)  # fmt: skip
_PRICE = ("price_amount", "price_amount_max", "price_currency", "price_period")
_EURO = ("price_eur", "price_eur_max")


def load_summaries(connection: Connection, offerings: Iterable[int]) -> None:
    """Summarise anew the offerings of the programmes that ``offerings`` belong to."""
    offering, summary = table("offering"), table("offering_summary")
    programmes: set[int] = set()
    for chunk in chunks(set(offerings)):
        rows = connection.execute(select(offering.c.programme_id).where(offering.c.id.in_(chunk)))
        programmes.update(rows.scalars())
    for chunk in chunks(programmes):
        now = _listed_now(connection, chunk)
        connection.execute(delete(summary).where(summary.c.programme_id.in_(chunk)))
        insert_rows(connection, summary, [{"programme_id": n, **summary_of(rows)} for n, rows in now.items()])


def _listed_now(connection: Connection, programmes: Sequence[int]) -> dict[int, list[Mapping[str, Any]]]:
    """Return what the offerings in force of each programme state."""
    offering, version = table("offering"), table("offering_version")
    facts, classified = table("offering_facts"), table("offering_classification")
    rows = connection.execute(
        select(
            offering.c.programme_id,
            *(facts.c[name] for name in (*_ALIKE, *_PRICE)),
            *(classified.c[name] for name in _EURO),
        )
        .join(version, (version.c.offering_id == offering.c.id) & version.c.valid_to.is_(None))
        .join(facts, facts.c.id == version.c.facts_id)
        .outerjoin(classified, classified.c.facts_id == facts.c.id)
        .where(offering.c.programme_id.in_(programmes))
    ).mappings()
    found: dict[int, list[Mapping[str, Any]]] = defaultdict(list)
    for row in rows:
        found[row["programme_id"]].append(dict(row))
    return found


def summary_of(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the columns of ``offering_summary`` for the offerings of one programme.

    A value stands if all offerings that state one state the same; of prices in one currency and period the ends.
    """
    summary: dict[str, Any] = {"offerings": len(rows), **{name: _alike(rows, name) for name in _ALIKE}}
    priced = [row for row in rows if row["price_amount"] is not None]
    # An amount of nothing has no currency, and goes with every one.
    paid = [row for row in priced if row["price_amount_max"]]
    if len({(row["price_currency"], row["price_period"]) for row in paid}) > 1:
        return summary | dict.fromkeys((*_PRICE, *_EURO))
    summary["price_amount"] = min((row["price_amount"] for row in priced), default=None)
    summary["price_amount_max"] = max((row["price_amount_max"] for row in priced), default=None)
    summary["price_currency"] = paid[0]["price_currency"] if paid else None
    summary["price_period"] = paid[0]["price_period"] if paid else None
    in_euro = all(row["price_eur"] is not None for row in priced)
    summary["price_eur"] = min((row["price_eur"] for row in priced), default=None) if in_euro else None
    summary["price_eur_max"] = max((row["price_eur_max"] for row in priced), default=None) if in_euro else None
    return summary


def _alike(rows: Sequence[Mapping[str, Any]], name: str) -> Any:
    values = {row[name] for row in rows if row[name] is not None}
    return values.pop() if len(values) == 1 else None
