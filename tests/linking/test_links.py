"""Links by keys and by rules: each story is made by hand and says what a careful reader would conclude."""

from __future__ import annotations

from typing import Any

import pytest
from linkables import hours, linked, listing, only, starting

from linking.links import link

CROWD = [
    listing("crowd", title, organisations=frozenset({"university-z"}))
    for title in ("Wound Care", "Data Protection", "Statistics", "Teaching", "Peatland Restoration", "Cyber Security")
]
"""Another institution whose courses make these titles usual."""

GENERIC = "Wound Care"
RARE = "Reading Glacier Ice from Space"


def pair(title: str, other: str, **both: Any) -> list[Any]:
    """A listing at home and one on a platform; facts of the platform alone are in ``platform``."""
    platform = both.pop("platform", {})
    home = both.pop("home", {})
    return [listing("home", title, **(both | home)), listing("shop", other, **(both | platform))]


# ---- Keys ------------------------------------------------------------------------------


def test_runs_of_one_course_are_linked_by_the_key_of_the_source():
    runs = [listing("shop", f"Law, run {run}", programme_key="U+LAW") for run in (1, 2, 3)]
    links = link(runs)
    assert [(each.pair, each.method, each.confidence) for each in links] == [
        ((runs[0].item_id, runs[1].item_id), "programme_key", 1.0),
        ((runs[1].item_id, runs[2].item_id), "programme_key", 1.0),
    ]
    assert links[0].reasons == ("runs of U+LAW at shop",)


def test_two_listings_of_one_source_are_never_one_by_rules():
    twice = [listing("shop", RARE, starts=starting("2025-03-03"), codes=frozenset({"ICE101"})) for _ in range(2)]
    assert link(twice) == ()


@pytest.mark.parametrize(
    ("method", "facts"),
    [("identifier", {"identifiers": frozenset({"ce-1"})}), ("page", {"page": "uni.example/ice"})],
)
def test_the_same_identifier_or_page_needs_nothing_else(method: str, facts: dict[str, Any]):
    found = only(link(pair("Ice", "Frozen Water", platform={"organisations": frozenset({"university-b"})}, **facts)))
    assert (found.method, found.counts_once, found.review) == (method, True, False)
    assert found.confidence >= 0.98


@pytest.mark.parametrize(
    "facts",
    [{"identifiers": frozenset({"ce-1"})}, {"page": "uni.example/courses"}, {"pages": frozenset({"uni.example/c"})}],
)
def test_what_all_listings_of_a_source_name_is_no_key(facts: dict[str, Any]):
    home = [listing("home", f"Subject {letter}", **facts) for letter in "abc"]
    shop = [listing("shop", f"Matter {letter}", **facts) for letter in "xyz"]
    assert link([*CROWD, *home, *shop]) == ()


# ---- The same title --------------------------------------------------------------------


def test_a_title_that_nobody_else_has_counts_once_in_one_organisation():
    found = only(link([*CROWD, *pair(RARE, RARE)]))
    assert (found.method, found.counts_once) == ("title_same", True)
    assert found.reasons == (
        "same organisation: university-a (+2)",
        f"same title: “{RARE}” and “{RARE}” (+4)",
        "nothing else is called so: “reading glacier ice space” (+3)",
    )


def test_a_usual_title_alone_is_for_a_person():
    found = only(link([*CROWD, *pair(GENERIC, GENERIC)]))
    assert (found.counts_once, found.review) == (False, True)


@pytest.mark.parametrize(
    "facts",
    [
        {"starts": starting("2025-03-11")},
        {"codes": frozenset({"NUR2041"})},
        {"weeks": hours(6), "ects": 3.0},
        {"hours": hours(75, 90)},
        {"weeks": hours(6), "price": ("EUR", 450.0)},
        {"organisations": frozenset({"university-a", "hospital-b"}), "weeks": hours(6)},
        {"home": {"pages": frozenset({"shop.example/w"})}, "platform": {"page": "shop.example/w"}},
    ],
)
def test_a_usual_title_counts_once_with_what_agrees(facts: dict[str, Any]):
    assert only(link([*CROWD, *pair(GENERIC, GENERIC, **facts)])).counts_once


@pytest.mark.parametrize(
    ("home", "platform"),
    [
        ({"hours": hours(250, 300)}, {"hours": hours(12, 18, printed=False)}),
        ({"ects": 12.0}, {"ects": 3.0}),
        ({"weeks": hours(14)}, {"weeks": hours(3)}),
        ({"eqf_level": 5}, {"eqf_level": 7}),
    ],
)
def test_a_rare_title_is_for_a_person_where_the_size_speaks_against_it(home: dict[str, Any], platform: dict[str, Any]):
    found = only(link([*CROWD, *pair(RARE, RARE, home=home, platform=platform)]))
    assert (found.counts_once, found.review) == (False, True)
    assert any("(-" in reason for reason in found.reasons)


def test_more_weeks_for_the_same_hours_speak_against_nothing():
    both = pair(GENERIC, GENERIC, home={"hours": hours(75, 90), "weeks": hours(3)},
                platform={"hours": hours(78, 91, printed=False), "weeks": hours(7)})  # fmt: skip
    found = only(link([*CROWD, *both]))
    assert found.counts_once
    assert not any("weeks" in reason for reason in found.reasons)


def test_the_day_on_which_everything_begins_says_little():
    term = starting("2025-09-22")
    home = [listing("home", f"Subject {letter}", starts=term) for letter in "abcdefgh"]
    both = pair(GENERIC, GENERIC, starts=term)
    found = only([each for each in link([*CROWD, *home, *both]) if each.item_id == both[0].item_id])
    assert not found.counts_once
    assert "same start: 2025-09-22 (+1)" in found.reasons


def test_a_code_that_many_have_says_nothing():
    norm = frozenset({"XY27001"})
    many = [listing("home", f"Subject {number}", codes=norm) for number in range(20)]
    both = pair(GENERIC, GENERIC, codes=norm)
    assert not any(each.counts_once for each in link([*CROWD, *many, *both]))


# ---- Titles that differ ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("title", "other", "method"),
    [
        (RARE, f"{RARE}: From Theory to Practice", "title_main"),
        (RARE, "Reading Glacier Ice from Space (MOOC)", "title_same"),
        (RARE, "Reading Glaciers' Ice from Space", "title_reworded"),
        ("冰川遥感入门课程", "冰川遥感入门课程 | Glaciers Seen from Space", "title_beside"),
    ],
)
def test_the_platform_prints_a_title_of_its_own(title: str, other: str, method: str):
    found = only(link([*CROWD, *pair(title, other)]))
    assert (found.method, found.counts_once) == (method, True)


def test_a_title_printed_in_another_language_is_as_good():
    home = listing("home", "Reading Glacier Ice", titles=("Liustikujää lugemine satelliidilt",))
    found = only(link([*CROWD, home, listing("shop", "Liustikujää lugemine satelliidilt")]))
    assert (found.method, found.counts_once) == ("title_beside", True)


def test_a_title_in_another_language_is_for_a_person_whatever_agrees():
    everything = {"starts": starting("2025-03-11", "2025-09-09"), "ects": 3.0, "codes": frozenset({"NUR2041"})}
    both = pair("Wondzorg voor thuis", "Wound Care at Home", **everything,
                home={"languages": frozenset({"nl"})}, platform={"languages": frozenset({"en"})})  # fmt: skip
    found = only(link([*CROWD, *both]))
    assert (found.method, found.counts_once, found.review) == ("other_language", False, True)


def test_two_titles_of_one_language_that_differ_are_two_programmes_whatever_agrees():
    everything = {"starts": starting("2025-03-11", "2025-09-09"), "ects": 3.0, "weeks": hours(6)}
    assert link([*CROWD, *pair("Wound Care at Home", "Peatland Restoration", **everything)]) == ()


@pytest.mark.parametrize(
    ("title", "other"),
    [
        ("Statistics for Nurses I", "Statistics for Nurses II"),
        ("Statistics for Nurses", "Statistics for Nurses II"),
        ("Introduction to Glacier Ice", "Advanced Glacier Ice"),
        ("Data Law Update 2023", "Data Law Update 2024"),
        ("Glacier Ice (English)", "Glacier Ice (Spanish)"),
    ],
)
def test_parts_levels_years_and_versions_must_agree(title: str, other: str):
    everything = {"starts": starting("2025-03-11"), "ects": 3.0, "weeks": hours(6), "codes": frozenset({"GLA2041"})}
    assert link([*CROWD, *pair(title, other, **everything)]) == ()


@pytest.mark.parametrize(
    ("home", "platform"),
    [
        ({"kind": "course"}, {"kind": "program"}),
        ({"kind": "microcredential"}, {"kind": "degree"}),
        ({"languages": frozenset({"nl"})}, {"languages": frozenset({"en"})}),
    ],
)
def test_another_kind_or_language_is_for_a_person_whatever_agrees(home: dict[str, Any], platform: dict[str, Any]):
    found = only(link([*CROWD, *pair(RARE, RARE, starts=starting("2025-03-11"), home=home, platform=platform)]))
    assert (found.counts_once, found.review) == (False, True)


# ---- Organisations ---------------------------------------------------------------------


def test_two_institutions_with_one_title_are_two_programmes():
    everything = {"starts": starting("2025-03-11"), "ects": 3.0, "weeks": hours(6)}
    both = pair(RARE, RARE, **everything, platform={"organisations": frozenset({"university-b"})})
    assert link([*CROWD, *both]) == ()


def test_without_an_organisation_the_title_is_not_enough_and_more_is():
    lost: dict[str, Any] = {"organisations": frozenset(), "named": False}
    assert link([*CROWD, *pair(RARE, RARE, platform=lost)]) == ()
    assert only(link([*CROWD, *pair(RARE, RARE, platform=lost, starts=starting("2025-03-11"))])).review
    assert only(link([*CROWD, *pair(RARE, RARE, platform=lost, codes=frozenset({"GLA2041"}))])).counts_once


def test_a_name_in_no_table_counts_less_than_an_institution():
    named: dict[str, Any] = {"organisations": frozenset({"name:school of ice"}), "named": False}
    found = only(link([*CROWD, *pair(RARE, RARE, **named)]))
    assert "same organisation: name:school of ice (+1)" in found.reasons
    assert found.counts_once
    assert not only(link([*CROWD, *pair(GENERIC, GENERIC, **named, weeks=hours(6))])).counts_once


# ---- Several candidates ----------------------------------------------------------------


def test_only_the_best_listing_of_a_source_is_linked():
    home = listing("home", GENERIC, starts=starting("2025-03-11"))
    right = listing("shop", GENERIC, starts=starting("2025-03-11"))
    wrong = listing("shop", GENERIC, starts=starting("2025-05-06"), weeks=hours(6))
    found = only(link([*CROWD, home, right, wrong]))
    assert found.pair == (home.item_id, right.item_id)
    assert found.counts_once


def test_two_that_fit_as_well_are_for_a_person():
    home = listing("home", RARE, starts=starting("2025-03-11"))
    both = [listing("shop", RARE, starts=starting("2025-03-11")) for _ in range(2)]
    links = link([*CROWD, home, *both])
    assert len(links) == 2
    assert all(each.review and each.reasons[-1].startswith("another listing") for each in links)


def test_runs_of_one_course_are_no_rivals():
    home = listing("home", RARE)
    runs = [listing("shop", RARE, programme_key="U+ICE") for _ in range(2)]
    assert linked(*CROWD, home, *runs) == {frozenset({home.item_id, *(run.item_id for run in runs)})}


def test_a_silent_listing_does_not_join_two_that_speak_against_each_other():
    long = listing("home", RARE, hours=hours(250, 300), weeks=hours(14), starts=starting("2025-03-11"))
    silent = listing("shop", RARE, starts=starting("2025-03-11"))
    short = listing("third", RARE, hours=hours(4), weeks=hours(2))
    links = {each.pair: each for each in link([*CROWD, long, silent, short])}
    assert links[long.item_id, silent.item_id].counts_once
    doubtful = links[silent.item_id, short.item_id]
    assert doubtful.review
    assert doubtful.reasons[-1].startswith("speaks against another listing")


def test_nobody_has_to_look_at_what_is_one_through_others():
    first = listing("home", GENERIC, starts=starting("2025-03-11"), codes=frozenset({"NUR2041"}))
    second = listing("shop", GENERIC, starts=starting("2025-03-11"))
    third = listing("third", GENERIC, codes=frozenset({"NUR2041"}))
    links = link([*CROWD, first, second, third])
    assert {each.pair for each in links} == {(first.item_id, second.item_id), (first.item_id, third.item_id)}
    assert all(each.counts_once for each in links)
