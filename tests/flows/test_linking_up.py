"""Links in the database: what is read for them, what is written, and what people decide."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import permutations
from pathlib import Path

import pytest
from archive_story import ROOT, opened, unequal
from linked_worlds import HOME, PORTAL, RARE, SHOP, a_course, classified, decided, groups, teaching
from small_runs import Told, at
from sqlalchemy import event, text

from flows.linking_up import NoSuchListing, link_listings
from flows.links_shown import credential_of, review
from flows.observatory import Observatory
from flows.rebuild import archived_sources, plan_of, rebuild
from flows.replay import replay
from linking.counting import Counts
from models.linking import Decision
from models.queries import every_listing, link_decisions, listings_numbered, programme_number, read_sql
from models.records import Offering, Outcome
from models.store import Store, open_database


@pytest.fixture
def observatory(tmp_path: Path, database_url: str) -> Iterator[Observatory]:
    with opened(tmp_path, database_url) as found:
        yield found


@pytest.fixture
def home(observatory: Observatory) -> Told:
    return Told(observatory.engine, HOME)


@pytest.fixture
def shop(observatory: Observatory) -> Told:
    return Told(observatory.engine, SHOP)


@pytest.fixture
def portal(observatory: Observatory) -> Told:
    return Told(observatory.engine, PORTAL)


def start(ref: str, day: str) -> Offering:
    return Offering(ref=ref, start_date=date.fromisoformat(day))


# ---- Reading ---------------------------------------------------------------------------


def test_listings_are_read_as_they_were_listed_last(observatory: Observatory, home: Told, shop: Told) -> None:
    spring, autumn = start("s", "2024-03-01"), start("a", "2024-09-01")
    home.run("2024-01-01", a_course("ä", "Old Title", offerings=(spring, autumn)), a_course("Z"), a_course("a/1"))
    latest = a_course("ä", "Jää", offerings=(autumn,), verbatim={"title.en": "Ice"}, ects=3.0, words="2")
    home.run("2024-02-01", latest)
    home.run("2024-03-01", latest)
    shop.run("2024-02-15", a_course("x", offerings=(spring,)))
    shop.run("2024-02-20", a_course("x"))
    shop.run("2024-02-25", a_course("x"))
    found = list(every_listing(observatory.engine))
    assert [(each.source, each.programme.ref) for each in found] == [
        ("home", "Z"), ("home", "a/1"), ("home", "ä"), ("shop", "x"),
    ]  # fmt: skip
    assert [each.is_listed for each in found] == [False, False, True, True]
    last = found[2]
    assert (last.programme.title, last.programme.ects, last.programme.verbatim) == ("Jää", 3.0, {"title.en": "Ice"})
    assert [run.ref for run in last.programme.offerings] == ["a"]
    assert last.first_seen == date(2024, 1, 1)
    # None of its runs is listed any more: those listed last tell what it is.
    assert [run.ref for run in found[3].programme.offerings] == ["s"]
    assert listings_numbered(observatory.engine, [last.programme_id, 99]) == {last.programme_id: last}
    assert programme_number(observatory.engine, "home", "ä") == last.programme_id
    assert programme_number(observatory.engine, "home", "x") is None


def test_organisations_are_read_with_what_rules_make_of_them(observatory: Observatory, home: Told, shop: Told) -> None:
    home.run("2024-01-01", a_course("1", organisations=(*teaching("Tartu Ülikool"), *teaching("Ice Lab"))))
    [before] = every_listing(observatory.engine)
    assert [(each.name, each.entity, each.kind) for each in before.organisations] == [
        ("Tartu Ülikool", None, None), ("Ice Lab", None, None),
    ]  # fmt: skip
    shop.run("2024-01-01", a_course("2", by="University of Tartu"))
    classified(observatory, HOME, SHOP)
    [ours, theirs] = every_listing(observatory.engine)
    assert [each.entity.id if each.entity else None for each in ours.organisations] == ["ee-university-of-tartu", None]
    assert ours.organisations[0].entity == theirs.organisations[0].entity
    assert ours.organisations[0].kind == "institution"
    link_listings(observatory)
    assert groups(home) == {frozenset({"home/1", "shop/2"})}


# ---- Writing ---------------------------------------------------------------------------


def test_links_and_credentials_stand_in_the_tables(
    observatory: Observatory, home: Told, shop: Told, portal: Told
) -> None:
    """Also of sources that are declared nowhere, as those of the tests: the database keeps what is needed."""
    home.run("2024-01-01", a_course("1"), a_course("2", "Frozen Water"))
    shop.run("2024-01-08", a_course("a"), a_course("b", "Snow", by="College of Snow"))
    portal.run("2024-01-09", a_course("p", "Reading Glacier Ice from Space", languages=("nl",)))
    found = link_listings(observatory)
    assert found.ever == found.now == Counts(listings=5, programmes=5, credentials=3, shared=1)
    assert {kind: each.listings for kind, each in found.by_kind.items()} == {
        "commercial_platform": 2, "government_platform": 1, "institution": 2,
    }  # fmt: skip
    assert (found.cut, found.review, found.contradictions, found.changed) == (0, 0, (), True)
    assert home.rows("select credential_id, source, ref, programme_key from credential order by source, ref") == [
        ("home/1", "home", "1", "1"),
        ("home/2", "home", "2", "2"),
        ("home/1", "portal", "p", "p"),
        ("home/1", "shop", "a", "a"),
        ("shop/b", "shop", "b", "b"),
    ]
    assert home.rows("select credential_id, ref, listings, sources from credential_current order by 1") == [
        ("home/1", "1", 3, 3), ("home/2", "2", 1, 1), ("shop/b", "b", 1, 1),
    ]  # fmt: skip
    links = read_sql(observatory.engine, "select * from credential_link_current order by source, ref, other_source")
    assert links[["source", "ref", "other_source", "other_ref"]].to_numpy().tolist() == [
        ["home", "1", "portal", "p"], ["home", "1", "shop", "a"], ["portal", "p", "shop", "a"],
    ]  # fmt: skip
    assert set(links["link_state"]) == {"followed"}
    assert set(links["title"]) == set(links["other_title"]) == {RARE}
    assert "same organisation: name:institute of ice (+1)" in links["reasons"][0]


def test_nothing_is_written_where_nothing_differs(observatory: Observatory, home: Told, shop: Told) -> None:
    home.run("2024-01-01", a_course("1"))
    shop.run("2024-01-08", a_course("a"))
    assert link_listings(observatory).changed
    asked: list[str] = []

    def hear(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        asked.append(statement.lstrip().lower())

    event.listen(observatory.engine, "before_cursor_execute", hear)
    assert not link_listings(observatory).changed
    assert asked
    assert not any(statement.startswith(("insert", "delete", "update")) for statement in asked)


def test_what_is_no_longer_so_goes(observatory: Observatory, home: Told, shop: Told) -> None:
    home.run("2024-01-01", a_course("1"))
    shop.run("2024-01-08", a_course("a"))
    link_listings(observatory)
    shop.run("2024-01-15", a_course("a", "Frozen Water"))
    assert link_listings(observatory).changed
    assert groups(home) == set()
    assert home.rows("select * from credential_link") == []
    assert home.rows("select credential_id from programme_credential order by 1") == [("home/1",), ("shop/a",)]


def test_what_was_withdrawn_stays_what_it_was(observatory: Observatory, home: Told, shop: Told) -> None:
    home.run("2024-01-01", a_course("1"), a_course("2", "Snow"))
    shop.run("2024-01-08", a_course("a"))
    for day in ("2024-02-01", "2024-02-08"):
        home.run(day, a_course("2", "Snow"))
    found = link_listings(observatory)
    assert groups(home) == {frozenset({"home/1", "shop/a"})}
    assert (found.ever.listings, found.ever.shared, found.now.listings, found.now.shared) == (3, 1, 2, 0)
    assert home.rows("select credential_id, source, ref, listings from credential_current order by 1") == [
        ("home/1", "shop", "a", 1), ("home/2", "home", "2", 1),
    ]  # fmt: skip
    states = home.rows("select ref, listing_state, first_seen_at from credential order by ref")
    assert states == [("1", "withdrawn", "01-01"), ("2", "live", "01-01"), ("a", "live", "01-08")]


def test_a_credential_keeps_its_id_when_the_past_comes_in_late(
    observatory: Observatory, home: Told, shop: Told, portal: Told
) -> None:
    shop.run("2024-01-08", a_course("a"))
    home.run("2024-01-15", a_course("1"))
    link_listings(observatory)
    portal.run("2023-01-01", a_course("p"), outcome=Outcome.PARTIAL, reason="a capture")
    link_listings(observatory)
    assert set(home.rows("select credential_id from credential")) == {("shop/a",)}
    # Whoever was seen first, the words are those of the institution.
    assert home.rows("select credential_id, source, ref, sources from credential_current") == [
        ("shop/a", "home", "1", 3)
    ]  # fmt: skip


def test_what_came_in_since_is_a_credential_of_its_own(observatory: Observatory, home: Told, shop: Told) -> None:
    home.run("2024-01-01", a_course("1"))
    link_listings(observatory)
    shop.run("2024-01-08", a_course("a"))
    assert groups(home) == set()
    assert home.rows("select credential_id, listings from credential_current order by 1") == [
        ("home/1", 1), ("shop/a", 1),
    ]  # fmt: skip


def tables(told: Told) -> list[tuple[object, ...]]:
    """All that links say, without the numbers of programmes."""
    of_listings = told.rows("select source, ref, credential_id, programme_key from credential order by 1, 2")
    columns = "source, ref, other_source, other_ref, method, confidence, link_state, reasons, cut"
    return of_listings + told.rows(f"select {columns} from credential_link_current order by 1, 2, 3, 4")


def test_the_order_in_which_listings_come_in_plays_no_part(tmp_path: Path) -> None:
    told = []
    for number, order in enumerate(permutations((HOME, SHOP, PORTAL))):
        with opened(tmp_path / str(number)) as observatory:
            for source in order:
                listed = [
                    a_course("b", ects=3.0),
                    a_course("c", "Snow and Ice in the Alps", effort_hours_per_week_max=4),
                ]
                if source is SHOP:
                    listed = [replace(each, languages=("nl",), ects=6.0) for each in reversed(listed)]
                if source is PORTAL:
                    listed = [replace(each, languages=("en",)) for each in (*listed, a_course("a", ects=3.0))]
                Told(observatory.engine, source).run("2024-01-01", *listed)
            decided(observatory, "shop/c", "home/c", same=False)
            link_listings(observatory)
            told.append(tables(Told(observatory.engine, HOME)))
    assert any(row[2] == "home/b" for row in told[0])
    assert {row[6] for row in told[0][7:]} >= {"followed", "review"}
    dateless = [[tuple(str(value).split(" on 20")[0] for value in row) for row in rows] for rows in told]
    assert all(each == dateless[0] for each in dateless)


# ---- Decisions -------------------------------------------------------------------------


@pytest.fixture
def pair(home: Told, shop: Told) -> Told:
    home.run("2024-01-01", a_course("1"), a_course("2", "Frozen Water"))
    shop.run("2024-01-08", a_course("a"), a_course("b", "Snow"))
    return home


def test_decisions_outweigh_rules_and_outlive_every_run(observatory: Observatory, pair: Told) -> None:
    link_listings(observatory)
    assert groups(pair) == {frozenset({"home/1", "shop/a"})}
    no = decided(observatory, "shop/a", "home/1", same=False, reason="one is for \ud800 \0 beginners")
    yes = decided(observatory, "home/2", "shop/b", same=True)
    for _ in range(2):
        link_listings(observatory)
        assert groups(pair) == {frozenset({"home/2", "shop/b"})}
    assert (no.source, no.ref, no.other_source, no.other_ref) == ("home", "1", "shop", "a")
    assert observatory.decisions.links() == link_decisions(observatory.engine) == (no, yes)
    states = pair.rows("select source, ref, other_ref, method, link_state from credential_link_current order by 2")
    assert states == [("home", "1", "a", "decision", "apart"), ("home", "2", "b", "decision", "followed")]
    # A later one replaces an earlier one.
    decided(observatory, "home/1", "shop/a", same=True)
    link_listings(observatory)
    assert groups(pair) == {frozenset({"home/1", "shop/a"}), frozenset({"home/2", "shop/b"})}


def test_what_was_decided_before_the_database_could_follow_is_followed_later(
    observatory: Observatory, pair: Told
) -> None:
    late = Decision(
        source="shop", ref="b", other_source="home", other_ref="2", same=True, reason="x", decided_at=at("2024-02-01")
    )
    observatory.decisions.link(late)
    link_listings(observatory)
    assert groups(pair) == {frozenset({"home/1", "shop/a"}), frozenset({"home/2", "shop/b"})}
    assert link_decisions(observatory.engine) == (late.in_order,)


@pytest.mark.usefixtures("pair")
@pytest.mark.parametrize(
    ("other", "reason", "said"),
    [
        ("shop/zzz", "x", "there is no listing shop/zzz"),
        ("home/1", "x", "is one listing"),
        ("shop/a", " ", "needs a reason"),
    ],
)
def test_what_cannot_be_decided_is_not_kept(observatory: Observatory, other: str, reason: str, said: str) -> None:
    with pytest.raises(ValueError, match=said) as refused:
        decided(observatory, "home/1", other, same=True, reason=reason)
    assert isinstance(refused.value, NoSuchListing) == ("zzz" in other)
    assert not observatory.decisions.path.exists()
    assert link_decisions(observatory.engine) == ()


@pytest.mark.usefixtures("pair")
def test_what_was_cut_and_what_contradicts_is_said(observatory: Observatory, portal: Told) -> None:
    portal.run("2024-01-09", a_course("p", "Rain"))
    decided(observatory, "home/1", "portal/p", same=True)
    decided(observatory, "shop/a", "portal/p", same=True)
    decided(observatory, "home/1", "shop/a", same=False, reason="two levels")
    found = link_listings(observatory)
    assert found.cut == 1
    [contradiction] = found.contradictions
    assert contradiction == (
        "decisions contradict each other: portal/p and shop/a were decided to be the same, but a person decided that "
        "home/1 and shop/a are not the same"
    )
    shown = credential_of(observatory, programme_number(observatory.engine, "home", "1") or 0)
    assert shown.credential_id == "home/1"
    assert [side.name for side in shown.listings] == ["home/1", "portal/p"]
    assert [(each.one.name, each.other.name, each.link.cut is not None) for each in shown.links] == [
        ("home/1", "portal/p", False), ("home/1", "shop/a", False), ("portal/p", "shop/a", True),
    ]  # fmt: skip


def test_what_waits_for_a_person_waits_until_it_is_decided(observatory: Observatory, home: Told, shop: Told) -> None:
    home.run("2024-01-01", a_course("1", languages=("nl",)))
    shop.run("2024-01-01", a_course("a", languages=("en",)))
    assert link_listings(observatory).review == 1
    [waiting] = review(observatory)
    assert (waiting.one.name, waiting.other.name) == ("home/1", "shop/a")
    assert waiting.link.reasons[-1] == "taught in nl and in en: a person has to look"
    decided(observatory, "home/1", "shop/a", same=False)
    assert link_listings(observatory).review == 0
    assert review(observatory) == ()


# ---- Copies and rebuilding -------------------------------------------------------------


def test_decisions_are_compared_and_copied_with_the_first_of_their_sources(
    observatory: Observatory, pair: Told, tmp_path: Path
) -> None:
    yes = decided(observatory, "shop/b", "home/2", same=True)
    with opened(tmp_path / "other") as other:
        Store(other.engine).save_link_decision(yes)
        for slug in ("home", "shop"):
            other.store.copy_source(slug, observatory.engine)
        assert unequal(observatory, other, "home", "shop") == []
        assert link_decisions(other.engine) == (yes,)
        no = decided(other, "home/1", "shop/a", same=False)
        [difference] = unequal(observatory, other, "home", "shop")
        assert (difference.source, difference.table, difference.only_right) == ("home", "link_decision", 1)
        # What is put in the place of a source leaves what people decided of it.
        other.store.replace_source("home", observatory.engine)
        assert link_decisions(other.engine) == (yes, no)
        link_listings(other)
        assert groups(Told(other.engine, HOME)) == {frozenset({"home/2", "shop/b"})}
    assert pair.rows("select count(*) from link_decision") == [(1,)]


def test_a_rebuilt_database_follows_what_was_decided(tmp_path: Path, database_url: str) -> None:
    with opened(tmp_path) as live:
        for slug in ("opensap", "coursera"):
            replay(live, ROOT / "tests" / "sources" / slug, accept=True)
        [one] = read_sql(live.engine, "select min(ref) as ref from programme where source = 'opensap'")["ref"]
        [other] = read_sql(live.engine, "select min(ref) as ref from programme where source = 'coursera'")["ref"]
        decided(live, f"opensap/{one}", f"coursera/{other}", same=True)
        link_listings(live)
        assert groups(Told(live.engine, HOME)) >= {frozenset({f"opensap/{one}", f"coursera/{other}"})}
        with opened(tmp_path, database_url) as rebuilt:
            slugs = archived_sources(rebuilt.archive)
            rebuild(rebuilt, [plan_of(rebuilt.archive, slug, rebuilt.decisions.acceptances()) for slug in slugs])
            assert unequal(live, rebuilt, *slugs) == []
            assert link_decisions(rebuilt.engine) == link_decisions(live.engine)
            link_listings(rebuilt)
            assert tables(Told(rebuilt.engine, HOME)) == tables(Told(live.engine, HOME))


def test_a_database_without_listings_has_no_links(observatory: Observatory) -> None:
    found = link_listings(observatory)
    assert found.ever == Counts(listings=0, programmes=0, credentials=0, shared=0)
    assert (found.by_kind, found.overlap, found.changed) == ({}, (), False)
    again = open_database(observatory.settings.database)
    with again.connect() as connection:
        assert connection.execute(text("select count(*) from credential")).scalar_one() == 0
    again.dispose()
