"""Evidence in any order of arrival, the past after the present: the same spans, windows and versions (pure)."""

from __future__ import annotations

from bisect import insort
from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from small_runs import at

from models.history import Reading, Sighting, Span, Version, Window, derive, with_look

FIRST = at("2024-01-01")
READINGS = st.builds(
    Reading,
    facts_id=st.integers(1, 3),
    listing_digest=st.sampled_from(["some words", "other words"]),
    complete=st.booleans(),
    reread=st.booleans(),
)
Told = tuple[int, bool, Reading | None]
"""Hours since the first day, whether the look was complete, and what it read of the item."""
LOOKS = st.lists(
    st.tuples(st.integers(0, 30).map(lambda n: n * 8), st.booleans(), st.none() | READINGS),
    max_size=12,
    unique_by=lambda look: look[0],
)


def moment(hours: int) -> datetime:
    return FIRST + timedelta(hours=hours)


def covers(later: int, earlier: int) -> bool:
    """Facts with a larger number state all that others state, and more."""
    return later >= earlier


def arrived(told: list[Told]) -> tuple[tuple[Span, ...], list[Sighting], list[datetime]]:
    """Take in looks in the order in which they are told."""
    spans: tuple[Span, ...] = ()
    sightings: list[Sighting] = []
    looks: list[datetime] = []
    for hours, complete, reading in told:
        if complete:
            spans = with_look(spans, looks, moment(hours), reading)
            insort(looks, moment(hours))
        elif reading is not None:
            insort(sightings, Sighting(reading, moment(hours)), key=lambda sighting: sighting.at)
    return spans, sightings, looks


def history(told: list[Told]) -> tuple[tuple[Window, ...], tuple[Version, ...]]:
    spans, sightings, looks = arrived(told)
    return derive(spans, sightings, looks, covers)


@settings(max_examples=200)
@given(LOOKS.flatmap(lambda looks: st.tuples(st.just(looks), st.permutations(looks))))
def test_any_order_of_arrival_gives_equal_bytes(both: tuple[list[Told], list[Told]]) -> None:
    looks, shuffled = both
    in_time = sorted(looks, key=lambda look: look[0])
    assert repr(arrived(shuffled)).encode() == repr(arrived(in_time)).encode()
    assert repr(history(shuffled)).encode() == repr(history(in_time)).encode()


@settings(max_examples=200)
@given(LOOKS)
def test_only_complete_looks_without_an_item_withdraw_it(looks: list[Told]) -> None:
    absent = {moment(hours) for hours, complete, reading in looks if complete and reading is None}
    windows, _ = history(looks)
    for window in windows:
        assert {window.missed_at, window.withdrawn_at} <= {None} | absent


@settings(max_examples=200)
@given(LOOKS)
def test_partial_looks_only_ever_add_to_what_is_listed(looks: list[Told]) -> None:
    def listed(told: list[Told]) -> set[int]:
        windows, _ = history(told)
        return {
            hours
            for hours, _, _ in looks
            for window in windows
            if window.opened_at <= moment(hours)
            and (window.withdrawn_at is None or moment(hours) < window.withdrawn_at)
        }

    assert listed([look for look in looks if look[1]]) <= listed(looks)
