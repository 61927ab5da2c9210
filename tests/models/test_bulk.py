"""Many rows written at once come back as they were, whatever they hold, on both databases."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from types import MappingProxyType

import pytest
from failing_databases import cut
from small_runs import at
from sqlalchemy import Connection, Engine, select
from sqlalchemy.exc import DBAPIError, IntegrityError

from models.bulk import AT_ONCE, FEW, ROWS_A_STATEMENT, insert_rows, insert_values, update_rows
from models.columns import json_text
from models.database import open_database, writing
from models.patience import is_gone
from models.units import among, table

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


def _programmes(connection: Connection, refs: Sequence[str]) -> None:
    declared = {
        "slug": "a", "name": "A", "kind": "register", "country": "NL", "language": "nl", "cadence": "weekly",
        "lists_everything": True, "terms_url": "", "terms_checked": date(2024, 1, 1), "terms_note": "", "evidence": "",
        "evidence_note": "", "retired": None, "declared_at": at("2024-01-01"),
    }  # fmt: skip
    insert_rows(connection, table("source"), [declared])
    insert_values(
        connection, table("programme"), ("id", "source", "ref"), ((n, "a", ref) for n, ref in enumerate(refs))
    )


@pytest.mark.parametrize("many", [FEW - 1, FEW, ROWS_A_STATEMENT + 1, 2 * AT_ONCE + ROWS_A_STATEMENT + 7])
def test_none_is_lost_where_pieces_end(engine: Engine, many: int):
    refs = [f"ref {n}" for n in range(many)]
    with writing(engine) as connection:
        _programmes(connection, refs)
    with engine.connect() as connection:
        programme = table("programme")
        found = connection.execute(select(programme.c.id, programme.c.ref).order_by(programme.c.id)).all()
    assert [tuple(row) for row in found] == list(enumerate(refs))


ODD = ("a,b", 'quote "', "back\\slash", "{brace}", "NULL", "null", "", " space ", "née 東京", "'single'", "%s :name")


def test_what_is_asked_for_by_many_values_is_found_by_each(engine: Engine):
    programme = table("programme")
    with writing(engine) as connection:
        _programmes(connection, [*ODD, "other"])
        by_ref = connection.execute(select(programme.c.ref).where(among(connection, programme.c.ref, ODD))).scalars()
        assert set(by_ref) == set(ODD)
        by_id = connection.execute(select(programme.c.id).where(among(connection, programme.c.id, [3, 5, 99])))
        assert set(by_id.scalars()) == {3, 5}


def test_rows_are_updated_one_by_one(engine: Engine):
    search = table("programme_search")
    with writing(engine) as connection:
        _programmes(connection, [*ODD, "other"])
        rows = [
            {"programme_id": n, "facts_id": 0, "search_row": n + 1, "words_digest": "before"}
            for n in range(len(ODD) + 1)
        ]
        insert_rows(connection, search, rows)
        changes = [{"programme_id": n, "facts_id": 10 + n, "words_digest": words} for n, words in enumerate(ODD)]
        update_rows(connection, search, ("programme_id",), changes)
        found = connection.execute(select(search).order_by(search.c.programme_id)).all()
    told = [(n, 10 + n, n + 1, words) for n, words in enumerate(ODD)]
    assert [tuple(row) for row in found] == [*told, (len(ODD), 0, len(ODD) + 1, "before")]


def test_a_row_that_is_refused_is_told_as_any_other_error(engine: Engine):
    with pytest.raises(IntegrityError), writing(engine) as connection:
        _programmes(connection, ["the same"] * (FEW + 1))
    with engine.connect() as connection:
        assert connection.execute(select(table("source"))).all() == []


def test_a_server_that_goes_while_rows_come_is_told_as_gone(database_url: str):
    if database_url.startswith("sqlite"):
        pytest.skip("a file has no server")
    engine = open_database(database_url)

    def refs() -> Iterator[tuple[int, str, str]]:
        yield from ((n, "a", f"ref {n}") for n in range(FEW))
        cut(database_url)
        yield from ((n, "a", f"ref {n}") for n in range(FEW, 40_000))

    met: list[Exception] = []

    def insert(connection: Connection) -> None:
        try:
            insert_values(connection, table("programme"), ("id", "source", "ref"), refs())
        except Exception as error:
            met.append(error)  # that of the insertion itself: taking it back fails as well
            raise

    with pytest.raises(DBAPIError), writing(engine) as connection:
        insert(connection)
    [told] = met
    assert isinstance(told, DBAPIError)
    assert is_gone(told)
    with engine.connect() as connection:
        assert connection.execute(select(table("programme"))).all() == []
    engine.dispose()


def test_mappings_and_words_are_json_as_the_encoder_writes_it():
    words = {"née": 'quote " and \\', "two\nlines": "東京 \u2028", "": ""}
    assert json_text(words) == '{"née": "quote \\" and \\\\", "two\\nlines": "東京 \u2028", "": ""}'
    assert json_text(MappingProxyType(words)) == json_text(words)
    assert json_text({"nul \0": "half \ud800"}) == '{"nul \ufffd": "half \ufffd"}'
    assert json_text({"number": 1, "none": None}) == '{"number": 1, "none": null}'
    with pytest.raises(TypeError):
        json_text({"words": {"a", "set"}})
