"""What people decide outweighs every rule and holds through every run."""

from __future__ import annotations

from datetime import UTC, datetime

from linkables import linked, listing, only, starting

from linking.credentials import credentials
from linking.linkable import Linkable
from linking.links import link
from models.linking import Decision

RARE = "Reading Glacier Ice from Space"


def decision(one: Linkable, other: Linkable, *, same: bool, day: int = 1) -> Decision:
    return Decision(
        source=one.source,
        ref=one.ref,
        other_source=other.source,
        other_ref=other.ref,
        same=same,
        reason="read both",
        decided_at=datetime(2026, 3, day, tzinfo=UTC),
    )


def test_a_decision_joins_what_no_rule_would():
    one, other = listing("home", "Ice"), listing("shop", "Frozen Water", organisations=frozenset({"university-b"}))
    found = only(link([one, other], [decision(other, one, same=True)]))
    assert (found.pair, found.method, found.confidence) == ((one.item_id, other.item_id), "decision", 1.0)
    assert found.reasons == ("decided on 2026-03-01: the same: read both",)
    assert (found.counts_once, found.review) == (True, False)


def test_a_decision_parts_what_the_rules_would_join():
    one, other = listing("home", RARE), listing("shop", RARE)
    assert linked(one, other) == {frozenset({one.item_id, other.item_id})}
    found = only(link([one, other], [decision(one, other, same=False)]))
    assert (found.method, found.confidence, found.counts_once, found.review) == ("decision", 0.0, False, False)
    assert found.reasons == ("decided on 2026-03-01: not the same: read both",)
    assert linked(one, other, decisions=[decision(one, other, same=False)]) == set()


def test_what_is_decided_is_not_asked_again():
    one, other = listing("home", RARE), listing("shop", RARE, languages=frozenset({"nl"}))
    one = listing("home", RARE, languages=frozenset({"en"}))
    assert only(link([one, other])).review
    assert not any(each.review for each in link([one, other], [decision(one, other, same=False)]))


def test_the_later_of_two_decisions_holds():
    one, other = listing("home", RARE), listing("shop", RARE)
    both = [decision(one, other, same=False, day=2), decision(other, one, same=True, day=1)]
    assert linked(one, other, decisions=both) == set()
    assert linked(one, other, decisions=[*both, decision(one, other, same=True, day=3)]) != set()


def test_a_decision_on_what_is_not_there_waits():
    one, other, gone = listing("home", RARE), listing("shop", RARE), listing("shop", "Gone")
    assert link([one, other], [decision(one, gone, same=True)]) == link([one, other])


def test_a_decision_settles_which_listing_of_a_source_it_is():
    home = listing("home", RARE, starts=starting("2025-03-11"))
    right, wrong = listing("shop", "Glacier Ice"), listing("shop", RARE, starts=starting("2025-03-11"))
    found = only(link([home, right, wrong], [decision(home, right, same=True)]))
    assert found.pair == (home.item_id, right.item_id)


def test_no_joins_what_a_person_held_apart_through_a_third():
    one = listing("home", RARE, codes=frozenset({"ICE2041"}))
    middle = listing("shop", RARE, codes=frozenset({"ICE2041"}))
    last = listing("third", RARE)
    apart = decision(one, last, same=False)
    made = credentials([one, middle, last], link([one, middle, last], [apart]))
    assert {frozenset(each.item_ids) for each in made.credentials} == {
        frozenset({one.item_id, middle.item_id}),
        frozenset({last.item_id}),
    }
    [cut] = made.cut
    assert cut.link.pair == (middle.item_id, last.item_id)
    assert cut.reason == f"a person decided that home/{one.ref} and third/{last.ref} are not the same"
    assert made.contradictions == ()


def test_decisions_that_contradict_each_other_are_reported():
    one, middle, last = listing("home", "Ice"), listing("shop", "Snow"), listing("third", "Rain")
    decisions = [
        decision(one, middle, same=True, day=1),
        decision(middle, last, same=True, day=2),
        decision(one, last, same=False, day=3),
    ]
    made = credentials([one, middle, last], link([one, middle, last], decisions))
    [cut] = made.contradictions
    assert cut.link.method == "decision"
    assert {frozenset(each.item_ids) for each in made.credentials} == {
        frozenset({one.item_id, middle.item_id}),
        frozenset({last.item_id}),
    }


def test_a_person_may_join_two_listings_of_one_source():
    twice = [listing("shop", RARE), listing("shop", "The Same under Another Code")]
    assert linked(*twice, decisions=[decision(*twice, same=True)]) == {frozenset(each.item_id for each in twice)}


def test_a_person_may_part_what_a_source_calls_runs_of_one_course():
    runs = [listing("shop", title, programme_key="U+ICE") for title in ("Ice: the Basics", "Ice: the Rest")]
    assert linked(*runs) == {frozenset(each.item_id for each in runs)}
    made = credentials(runs, link(runs, [decision(*runs, same=False)]))
    assert [each.credential_id for each in made.credentials] == [f"shop/{each.ref}" for each in runs]
