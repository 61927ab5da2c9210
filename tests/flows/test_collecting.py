"""Python's collector of garbage is as it was when a harvest is over."""

from __future__ import annotations

import gc
import weakref

import pytest

from flows.collecting import pass_over_what_is_there, seldom


class _Stop(Exception):
    pass


def broken_off(threshold: int, frozen: int) -> None:
    with seldom():
        assert gc.get_threshold()[0] > threshold
        assert gc.get_freeze_count() > frozen
        raise _Stop


def test_what_was_there_is_passed_over_until_the_harvest_is_over() -> None:
    before, frozen = gc.get_threshold(), gc.get_freeze_count()
    with pytest.raises(_Stop):
        broken_off(before[0], frozen)
    assert (gc.get_threshold(), gc.get_freeze_count()) == (before, frozen)


class _Cycle:
    """Something that only it itself refers to."""

    def __init__(self) -> None:
        self.itself = self


def test_what_a_harvest_left_in_cycles_is_gone_when_the_next_is_over() -> None:
    with seldom():
        left = weakref.ref(_Cycle())
    assert left() is None

    left = weakref.ref(_Cycle())  # between two harvests: the second begins by passing over it
    with seldom():
        pass
    assert left() is None


def test_what_a_run_has_made_is_passed_over_until_the_harvest_is_over() -> None:
    with seldom():
        made = weakref.ref(_Cycle())
        pass_over_what_is_there()
        gc.collect()
        assert made() is not None
    assert made() is None


def test_outside_a_harvest_nothing_is_passed_over() -> None:
    frozen = gc.get_freeze_count()
    made = weakref.ref(_Cycle())
    pass_over_what_is_there()
    assert gc.get_freeze_count() == frozen
    gc.collect()
    assert made() is None
