"""Credentials: what links make of listings, what they are called, and how many there are."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from linkables import groups, listing

from linking.counting import Counts, Overlap, counts, overlap
from linking.credentials import credentials
from linking.linkable import Linkable
from models.linking import Link


def a_link(one: Linkable, other: Linkable, confidence: float = 0.95, **more: Any) -> Link:
    first, second = sorted((one.item_id, other.item_id))
    facts: dict[str, Any] = {
        "item_id": first,
        "other_item_id": second,
        "method": "title_same",
        "confidence": confidence,
        "reasons": ("because",),
        "counts_once": True,
        "review": False,
    }
    return Link(**(facts | more))


@pytest.fixture
def three() -> tuple[Linkable, Linkable, Linkable]:
    return (
        listing("home", "Ice", programme_key="ice"),
        listing("shop", "Ice", programme_key="shop-ice"),
        listing("third", "Ice", programme_key="third-ice"),
    )


def test_links_that_count_once_make_one_credential_of_all(three: tuple[Linkable, ...]):
    home, shop, third = three
    made = credentials(three, [a_link(home, shop), a_link(shop, third)])
    [credential] = made.credentials
    assert credential.credential_id == "home/ice"
    assert credential.item_ids == (home.item_id, shop.item_id, third.item_id)
    assert made.cut == ()


def test_links_for_review_join_nothing(three: tuple[Linkable, ...]):
    home, shop, _ = three
    waiting = a_link(home, shop, counts_once=False, review=True)
    made = credentials(three, [waiting])
    assert [each.credential_id for each in made.credentials] == ["home/ice", "shop/shop-ice", "third/third-ice"]


def test_the_weakest_link_between_two_programmes_of_one_source_is_cut():
    home, other = listing("home", "Ice"), listing("home", "Ice and Snow")
    shop, third = listing("shop", "Ice"), listing("third", "Ice")
    links = [a_link(home, shop, 0.99), a_link(shop, third, 0.97), a_link(third, other, 0.95)]
    made = credentials([home, other, shop, third], links)
    assert groups(made) == {frozenset({home.item_id, shop.item_id, third.item_id})}
    [cut] = made.cut
    assert cut.link == links[2]
    assert cut.reason == f"home/{other.ref} and home/{home.ref} are two programmes of one source"


def test_runs_of_one_course_are_one_credential():
    runs = [listing("shop", "Ice", programme_key="U+ICE") for _ in range(2)]
    home = listing("home", "Ice")
    links = [a_link(runs[0], runs[1], 1.0, method="programme_key"), a_link(runs[1], home)]
    made = credentials([*runs, home], links)
    assert groups(made) == {frozenset({runs[0].item_id, runs[1].item_id, home.item_id})}
    assert made.credentials[0].credential_id == "shop/U+ICE"


# ---- Ids -------------------------------------------------------------------------------


def test_a_listing_that_joins_later_does_not_change_the_id(three: tuple[Linkable, ...]):
    home, shop, _ = three
    before = credentials([home, shop], [a_link(home, shop)])
    late = listing("aaa", "Ice")
    after = credentials([late, home, shop], [a_link(home, shop), a_link(home, late, 0.99)])
    assert [each.credential_id for each in before.credentials] == ["home/ice"]
    assert [each.credential_id for each in after.credentials] == ["home/ice"]


def test_who_was_seen_first_founds_it_whatever_its_number(three: tuple[Linkable, ...]):
    home, shop, _ = (replace(each, first_seen=date(2025, 1, 1)) for each in three)
    early = replace(shop, first_seen=date(2024, 1, 1))
    assert credentials([home, early], [a_link(home, early)]).credentials[0].credential_id == "shop/shop-ice"


def test_an_id_that_was_given_is_kept_while_its_founder_belongs(three: tuple[Linkable, ...]):
    home, shop, third = three
    links = [a_link(home, shop), a_link(shop, third)]
    known = {shop.item_id: "shop/shop-ice", third.item_id: "shop/shop-ice"}
    assert credentials(three, links, known).credentials[0].credential_id == "shop/shop-ice"
    # What its founder is no part of any more gets an id of its own.
    parted = credentials(three, [a_link(home, third)], known)
    assert {each.item_ids: each.credential_id for each in parted.credentials} == {
        (home.item_id, third.item_id): "home/ice",
        (shop.item_id,): "shop/shop-ice",
    }


def test_every_programme_has_an_id_of_its_own(three: tuple[Linkable, ...]):
    ids = [each.credential_id for each in credentials(three, []).credentials]
    assert ids == ["home/ice", "shop/shop-ice", "third/third-ice"]


# ---- Counts ----------------------------------------------------------------------------


def test_counts_before_and_after():
    runs = [listing("shop", "Ice", programme_key="U+ICE") for _ in range(3)]
    home, alone, portal = listing("home", "Ice"), listing("home", "Snow"), listing("third", "Snow")
    every = [*runs, home, alone, portal]
    links = [
        a_link(runs[0], runs[1], method="programme_key"),
        a_link(runs[1], runs[2], method="programme_key"),
        a_link(home, runs[2]),
        a_link(alone, portal),
    ]
    made = credentials(every, links)
    assert counts(every, made) == Counts(listings=6, programmes=4, credentials=2, shared=2)
    assert counts([runs[0], alone], made) == Counts(listings=2, programmes=2, credentials=2, shared=0)
    assert counts([], made) == Counts(listings=0, programmes=0, credentials=0, shared=0)


def test_overlap_of_kinds():
    home, other = listing("home", "Ice"), listing("other", "Snow")
    shop, bazaar, portal = listing("shop", "Ice"), listing("bazaar", "Ice"), listing("third", "Snow")
    every = [home, other, shop, bazaar, portal]
    made = credentials(every, [a_link(home, shop), a_link(shop, bazaar), a_link(other, portal)])

    def row(kind: str, other_kind: str, both: int, of_kind: int, of_other: int) -> Overlap:
        return Overlap(kind=kind, other_kind=other_kind, both=both, of_kind=of_kind, of_other=of_other)

    assert overlap(every, made) == (
        row("commercial_platform", "commercial_platform", 1, 1, 1),
        row("commercial_platform", "government_platform", 0, 1, 1),
        row("commercial_platform", "institution", 1, 1, 2),
        row("government_platform", "government_platform", 0, 1, 1),
        row("government_platform", "institution", 1, 1, 2),
        row("institution", "institution", 0, 2, 2),
    )
    assert overlap([], made) == ()


def test_a_listing_that_is_in_no_credential_is_a_mistake():
    with pytest.raises(KeyError):
        counts([listing("home", "Ice")], credentials([], []))
