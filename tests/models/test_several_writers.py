"""On PostgreSQL several processes store different sources at once, and never the same one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier

import pytest
from small_runs import Told, a_programme, a_source
from sqlalchemy import Engine, select, text

from flows.classifying import Rules
from models.change_log import mark_of, since
from models.database import open_database, writing
from models.records import OrganisationRole
from models.store import Store
from models.units import new_ids, table

SHARED = tuple(
    OrganisationRole(role="taught_by", name=f"College {number}", kind="institution", country="NL")
    for number in range(70)
)
WAITS_SECONDS = 0.5


@pytest.fixture
def postgresql(engine: Engine) -> Engine:
    if engine.dialect.name != "postgresql":
        pytest.skip("on SQLite one writes at a time")
    return engine


@contextmanager
def threads(count: int) -> Iterator[Callable[..., Future[object]]]:
    with ThreadPoolExecutor(count) as pool:
        yield pool.submit


def is_waiting(work: Future[object]) -> bool:
    try:
        work.result(timeout=WAITS_SECONDS)
    except TimeoutError:
        return True
    return False


def test_a_source_is_stored_while_another_is_and_waits_only_for_itself(postgresql: Engine) -> None:
    alpha, beta = Told(postgresql, a_source()), Told(postgresql, a_source(slug="beta", name="Beta"))
    with threads(3) as begin:
        with writing(postgresql, "alpha"):
            assert begin(beta.run, "2024-01-01", "a", "b").result(timeout=20)
            same = begin(alpha.run, "2024-01-01", "a", "b")
            whole = begin(Store(postgresql).save_links, [], [])
            assert is_waiting(same)
            assert is_waiting(whole), "what concerns all sources waits for all writers"
        same.result(timeout=20)
        whole.result(timeout=20)
    assert alpha.rows("select source, count(*) from programme group by source order by source") == [
        ("alpha", 2), ("beta", 2),
    ]  # fmt: skip


def test_writers_of_several_sources_share_organisations_and_give_each_row_a_number_of_its_own(
    postgresql: Engine,
) -> None:
    slugs = [f"source_{number}" for number in range(4)]
    together = Barrier(len(slugs))

    def store(slug: str, backwards: bool) -> None:
        engine = open_database(postgresql.url.render_as_string(hide_password=False))
        told = Told(engine, a_source(slug=slug, name=slug))
        roles = SHARED[::-1] if backwards else SHARED
        for month in (1, 2, 3):
            together.wait(timeout=60)
            programmes = [a_programme(f"p{n}", month, organisations=roles[n : n + 3]) for n in range(67)]
            told.run(f"2024-0{month}-01", *programmes)
        engine.dispose()

    with threads(len(slugs)) as begin:
        for work in [begin(store, slug, bool(number % 2)) for number, slug in enumerate(slugs)]:
            work.result(timeout=120)
    told = Told(postgresql, a_source())
    assert told.rows("select count(*), count(distinct key) from organisation_entry") == [(70, 70)]
    assert told.rows("select count(*) from programme_version") == [(4 * 67 * 3,)]
    assert told.rows("select count(distinct programme_id), count(distinct search_row) from programme_search") == [
        (268, 268)
    ]
    named = (
        "select p.source, count(distinct e.name) from programme p join programme_facts f on f.programme_id = p.id "
        "join programme_role r on r.facts_id = f.id join organisation_entry e on e.id = r.organisation_id "
        "group by p.source order by p.source"
    )
    assert told.rows(named) == [(slug, 69) for slug in slugs]


def test_entities_that_two_sources_name_are_kept_once(postgresql: Engine) -> None:
    together = Barrier(2)
    role = OrganisationRole(role="taught_by", name="Tallinn University", kind="institution", country="EE")

    def store(slug: str) -> None:
        source = a_source(slug=slug, name=slug)
        told = Told(postgresql, source)
        programme = a_programme("ice", organisations=(role,))
        told.run("2024-01-01", programme)
        together.wait(timeout=60)
        while Store(postgresql).classify(slug, Rules(source)):
            pass

    with threads(2) as begin:
        for work in [begin(store, slug) for slug in ("one", "two")]:
            work.result(timeout=120)
    rows = Told(postgresql, a_source()).rows(
        "select count(distinct entity_id), count(*) from programme_organisation where entity_id is not null"
    )
    assert rows == [(1, 2)]


def test_numbers_pass_over_those_that_somebody_wrote_without_asking(engine: Engine) -> None:
    told = Told(engine, a_source())
    told.run("2024-01-01", "a")
    with writing(engine) as connection:
        connection.execute(table("programme").insert(), [{"id": 25_003, "source": "alpha", "ref": "by hand"}])
    told.run("2024-02-01", "a", "b", "c")
    with engine.connect() as connection:
        refs = connection.execute(select(table("programme").c.ref).order_by(table("programme").c.id)).scalars().all()
        assert refs[:2] == ["a", "by hand"]
        assert set(refs[2:]) == {"b", "c"}
        numbers = new_ids(connection, table("programme"))
        some = [next(numbers) for _ in range(30_000)]
        assert some == sorted(set(some))
        assert some[0] > 25_005


def test_a_change_that_is_stored_after_later_ones_is_known_too(postgresql: Engine) -> None:
    alpha, beta = Told(postgresql, a_source()), Told(postgresql, a_source(slug="beta", name="Beta"))
    alpha.run("2024-01-01", "a")
    beta.run("2024-01-01", "a")
    [(first,), (second,)] = alpha.rows("select id from programme order by source")
    with writing(postgresql, "alpha") as slow:
        slow.execute(text(f"update programme_facts set kind = 'badge' where programme_id = {first}"))
        beta.run("2024-02-01", a_programme("a", 7))
        with postgresql.connect() as connection:
            before = mark_of(connection)
            assert before is not None
            assert since(connection, before) == frozenset()
    with postgresql.connect() as connection:
        assert since(connection, before) == {first}
        after = mark_of(connection)
        assert after is not None
        assert since(connection, after) == frozenset()
    beta.run("2024-03-01", a_programme("a", 8))
    with postgresql.connect() as connection:
        assert since(connection, before) == {first, second}
        assert since(connection, after) == {second}
