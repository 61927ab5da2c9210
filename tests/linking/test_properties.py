"""What holds of links and credentials whatever is listed."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from linking.candidates import candidates
from linking.corpus import Corpus
from linking.credentials import credentials
from linking.linkable import Linkable, Span
from linking.links import link
from linking.rules import rules
from models.linking import Decision

TITLES = (
    "Ice", "Ice II", "Advanced Ice", "Reading Glacier Ice from Space", "Reading Glacier Ice from Space: A Primer",
    "Glacier Ice from Space, Reading", "Reading Glacier Ice from Space II", "Lire la glace depuis l’espace", "",
)  # fmt: skip
DAYS = (date(2025, 3, 11), date(2025, 9, 9))


@st.composite
def linkables(draw: st.DrawFn) -> list[Linkable]:
    def one(item_id: int) -> Linkable:
        facts: dict[str, Any] = {
            "organisations": draw(st.frozensets(st.sampled_from(("a", "b", "name:school of ice")), max_size=2)),
            "starts": draw(st.frozensets(st.sampled_from(DAYS), max_size=2)),
            "weeks": draw(st.sampled_from((None, Span(least=6, most=6), Span(least=20, most=20)))),
            "codes": draw(st.frozensets(st.sampled_from(("ICE2041",)), max_size=1)),
            "languages": draw(st.frozensets(st.sampled_from(("en", "fr")), max_size=1)),
            "page": draw(st.sampled_from(("", "a.example/ice"))),
        }
        return Linkable(
            item_id=item_id,
            source=draw(st.sampled_from(("home", "shop", "third"))),
            source_kind="institution",
            ref=str(item_id),
            programme_key=draw(st.sampled_from(("x", str(item_id)))),
            kind=draw(st.sampled_from(("course", "program"))),
            title=draw(st.sampled_from(TITLES)),
            named=any(":" not in each for each in facts["organisations"]),
            **facts,
        )

    return [one(number) for number in range(1, draw(st.integers(0, 12)) + 1)]


@st.composite
def decided(draw: st.DrawFn) -> tuple[list[Linkable], list[Decision]]:
    listings = draw(linkables())
    if len(listings) < 2:
        return listings, []
    pairs = st.tuples(st.sampled_from(listings), st.sampled_from(listings), st.booleans())
    decisions = [
        Decision(
            source=one.source, ref=one.ref, other_source=other.source, other_ref=other.ref, same=same, reason="read",
            decided_at=datetime(2026, 3, day, tzinfo=UTC),
        )
        for day, (one, other, same) in enumerate(draw(st.lists(pairs, max_size=6)), start=1)
    ]  # fmt: skip
    return listings, decisions


@settings(max_examples=80)
@given(linkables(), st.randoms(use_true_random=False))
def test_the_order_of_listings_plays_no_part(listings: list[Linkable], chance: Any):
    links = link(listings)
    shuffled = list(listings)
    chance.shuffle(shuffled)
    assert link(shuffled) == links
    assert credentials(shuffled, links).credentials == credentials(listings, links).credentials


@settings(max_examples=80)
@given(linkables())
def test_every_listing_is_in_one_credential_and_no_credential_has_two_programmes_of_a_source(listings: list[Linkable]):
    by_id = {each.item_id: each for each in listings}
    made = credentials(listings, link(listings))
    members = [item_id for each in made.credentials for item_id in each.item_ids]
    assert sorted(members) == sorted(by_id)
    assert len({each.credential_id for each in made.credentials}) == len(made.credentials)
    for each in made.credentials:
        programmes = {by_id[item_id].programme for item_id in each.item_ids}
        assert len({source for source, _ in programmes}) == len(programmes)
        assert each.credential_id in {"/".join(programme) for programme in programmes}


@settings(max_examples=80)
@given(linkables())
def test_links_say_what_they_are(listings: list[Linkable]):
    by_id = {each.item_id: each for each in listings}
    links = link(listings)
    assert len({each.pair for each in links}) == len(links)
    for each in links:
        one, other = by_id[each.item_id], by_id[each.other_item_id]
        assert each.item_id < each.other_item_id
        assert each.counts_once != each.review
        assert each.reasons
        assert (one.source == other.source) == (each.method == "programme_key")
        assert (each.confidence >= rules().confidence_of(rules().counts_once)) == each.counts_once


@settings(max_examples=80)
@given(decided())
def test_decisions_hold(case: tuple[list[Linkable], list[Decision]]):
    listings, decisions = case
    links = link(listings, decisions)
    made = credentials(listings, links)
    of = {item_id: each.credential_id for each in made.credentials for item_id in each.item_ids}
    ids = {(each.source, each.ref): each.item_id for each in listings}
    latest = {each.pair: each for each in decisions if len(each.pair) == 2}
    cut = {each.link.pair for each in made.contradictions}
    for pair, each in latest.items():
        one, other = sorted(ids[key] for key in pair)
        if not each.same:
            assert of[one] != of[other]
        elif of[one] != of[other]:
            assert (one, other) in cut
    assert link(listings, decisions) == links  # a second run says the same


@settings(max_examples=60)
@given(linkables())
def test_ids_stay_when_a_listing_joins_or_another_leaves(listings: list[Linkable]):
    links = link(listings)
    before = {
        item_id: each.credential_id for each in credentials(listings, links).credentials for item_id in each.item_ids
    }
    for gone in listings:
        rest = [each for each in listings if each is not gone]
        after = credentials(rest, link(rest), before)
        for each in after.credentials:
            former = {before[item_id] for item_id in each.item_ids}
            founded = {"/".join(one.programme) for one in rest if one.item_id in each.item_ids}
            if former & founded:
                assert each.credential_id in former


@settings(max_examples=60)
@given(linkables())
def test_candidates_are_of_two_sources_and_come_once(listings: list[Linkable]):
    corpus = Corpus(listings)
    pairs = list(candidates(corpus))
    assert len(set(pairs)) == len(pairs)
    for one, other in pairs:
        assert one < other
        assert corpus.read[one].listing.source != corpus.read[other].listing.source


def test_candidates_grow_with_listings_and_not_with_their_square():
    def pairs(size: int) -> int:
        listings = [
            Linkable(
                item_id=number, source=f"s{number % 7}", source_kind="institution", ref=str(number),
                programme_key=str(number), kind="course", title=f"Course on Ice {number // 3}",
                organisations=frozenset({"a"}), named=True,
            )
            for number in range(size)
        ]  # fmt: skip
        return sum(1 for _ in candidates(Corpus(listings)))

    assert pairs(4_000) <= 2.2 * pairs(2_000)
