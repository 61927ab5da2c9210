from __future__ import annotations

from datetime import date

import pytest

from sandbox import truth
from sandbox.organisations import ORGANISATIONS
from sandbox.programme import Dated, Entry, Price, Programme, Span, Title
from sandbox.world import World

Days = tuple[date, ...]


def column(world: World, slug: str, days: Days, name: str) -> list[int]:
    frame = truth.flows(world, [slug], days)
    assert list(frame["day"]) == list(days)
    return list(frame[name])


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        # on the days        24-01 24-04 24-07 24-10 25-01 25-04
        ("listed", [5, 5, 2, 4, 4, 4]),
        ("new", [0, 0, 1, 1, 0, 0]),  # mayfly, born
        ("left", [0, 0, 4, 0, 0, 1]),  # goes returns blinks mayfly; last
        ("relisted", [0, 0, 0, 1, 0, 1]),  # blinks; returns
        ("changed", [0, 0, 1, 1, 1, 1]),  # title of stays; its two prices; born closes; born opens
        ("observable_new", [0, 0, 0, 1, 0, 0]),  # nobody saw mayfly
        ("observable_left", [0, 0, 3, 0, 0, 1]),
        ("observable_relisted", [0, 0, 0, 1, 0, 1]),
        ("observable_changed", [0, 0, 1, 0, 1, 1]),  # the price of stays that went up and down is not seen
        ("observable_title", [0, 0, 1, 0, 0, 0]),
        ("observable_price", [0, 0, 0, 0, 0, 1]),  # returns is dearer, but that is a return and no change
        ("observable_enrolment", [0, 0, 0, 0, 1, 1]),
        ("confirmable_left", [0, 0, 0, 2, 0, 0]),  # goes and returns, missed twice; blinks is back, last missed once
        ("confirmable_relisted", [0, 0, 0, 0, 0, 1]),  # returns; blinks was never believed gone
    ],
)
def test_flows_of_a_world_counted_by_hand(tiny: World, days: Days, name: str, expected: list[int]):
    assert column(tiny, "nova_academy", days, name) == expected


def test_changes_a_catalogue_does_not_print_are_true_and_not_observable(tiny: World, days: Days):
    assert column(tiny, "edx", days, "changed") == [0, 0, 1, 0, 1, 0]  # price of lonely, its second run
    assert column(tiny, "edx", days, "observable_price") == [0, 0, 0, 0, 0, 0]
    assert column(tiny, "edx", days, "observable_runs") == [0, 0, 0, 0, 1, 0]
    assert column(tiny, "edx", days, "observable_changed") == [0, 0, 0, 0, 0, 0]


def test_a_price_of_runs_changes_no_programme():
    old = date(2023, 5, 1)
    fees = (Dated(old, Price(30, "GBP")), Dated(date(2024, 2, 1), Price(60, "GBP")))
    college = Entry("cornwall_college", "a", 1, "a", (Span(old),), prices=fees)
    titles = (Dated(old, Title("Beekeeping")),)
    one = Programme(key="a", organisation=ORGANISATIONS["CORNWALL"], titles=titles, entries=(college,))
    dear = World(programmes=[one])
    days = (date(2024, 1, 1), date(2024, 4, 1))
    assert column(dear, "cornwall_college", days, "observable_price") == [0, 1]
    assert column(dear, "cornwall_college", days, "observable_changed") == [0, 0]
    assert column(dear, "cornwall_college", days, "changed") == [0, 1]


def test_stock_counts_listed_closed_and_believed(tiny: World, days: Days):
    frame = truth.stock(tiny, ["nova_academy"], days)
    assert list(frame["listed"]) == [5, 5, 2, 4, 4, 4]
    assert list(frame["closed"]) == [0, 0, 0, 0, 1, 0]
    assert list(frame["believed_live"]) == [5, 5, 5, 4, 4, 5]


def test_a_credential_in_two_catalogues_counts_once(tiny: World):
    days = (date(2024, 1, 1), date(2024, 7, 1))
    assert list(truth.credentials(tiny, ["nova_academy", "edx"], days)["credentials"]) == [6, 4]
    assert list(truth.credentials(tiny, ["nova_academy", "edx"], days)["listed_twice"]) == [0, 0]
    assert truth.links(tiny, ["nova_academy", "edx"], days) == {
        frozenset({("nova_academy", "nova_academy-2"), ("edx", "edx-2")})
    }
    assert truth.links(tiny, ["nova_academy"], days) == frozenset()
    assert truth.links(tiny, ["nova_academy", "edx"], days[:1]) == frozenset()


def test_days_out_of_order_are_refused(tiny: World):
    with pytest.raises(ValueError, match="in order"):
        truth.stock(tiny, ["edx"], (date(2024, 2, 1), date(2024, 1, 1)))


def test_every_change_of_stock_is_accounted_for(world: World, days: Days):
    frame = truth.flows(world, ["nzqa", "coursera", "tartu"], days)
    for _, ours in frame.groupby("source"):
        steps = ours["listed"].diff().iloc[1:]
        seen = (ours["observable_new"] + ours["observable_relisted"] - ours["observable_left"]).iloc[1:]
        true = (ours["new"] + ours["relisted"] - ours["left"]).iloc[1:]
        assert list(steps) == list(seen) == list(true)
        assert steps.any()
