"""Many rows written at once come back as they were, whatever they hold, on both databases."""

from __future__ import annotations

from datetime import date

from small_runs import at
from sqlalchemy import Engine, select

from models.bulk import FEW, insert_rows
from models.database import writing
from models.units import table

WORDS = ("plain", "tab\tand\nline", "back\\slash \\N \\.", 'quote " and ,', "née 東京", "nul \0 and \ud800 half", "")


def test_rows_come_back_as_they_were(engine: Engine):
    source, programme, facts = table("source"), table("programme"), table("offering_facts")
    declared = {
        "slug": "a", "name": "A", "kind": "register", "country": "NL", "language": "nl", "cadence": "weekly",
        "lists_everything": True, "terms_url": "", "terms_checked": date(2024, 1, 1), "terms_note": "", "evidence": "",
        "evidence_note": "", "retired": None, "declared_at": at("2024-01-01"),
    }  # fmt: skip
    rows = [
        {
            "id": n, "offering_id": n, "facts_digest": str(n), "read_at": at("2024-01-01T12:00"),
            "location": WORDS[n % len(WORDS)], "start_date": date(2024, 1, 1) if n % 2 else None,
            "start_is_unscheduled": n % 3 == 0, "price_amount": n / 7, "verbatim": {"words": WORDS[n % len(WORDS)]},
        }
        for n in range(FEW + 20)
    ]  # fmt: skip
    with writing(engine) as connection:
        insert_rows(connection, source, [declared])
        insert_rows(connection, programme, [{"id": row["id"], "source": "a", "ref": str(row["id"])} for row in rows])
        insert_rows(connection, table("offering"), [{"id": n, "programme_id": n, "ref": ""} for n in range(len(rows))])
        insert_rows(connection, facts, rows)
        insert_rows(connection, facts, [])
    with engine.connect() as connection:
        found = [dict(row) for row in connection.execute(select(facts).order_by(facts.c.id)).mappings()]
    kept = {word: word.replace("\0", "\ufffd").replace("\ud800", "\ufffd") for word in WORDS}
    assert [{name: row[name] for name in rows[0]} for row in found] == [
        {**row, "location": kept[str(row["location"])], "verbatim": {"words": kept[str(row["location"])]}}
        for row in rows
    ]
