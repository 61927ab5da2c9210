"""Python's collector of garbage is as it was when a harvest is over."""

from __future__ import annotations

import asyncio
import gc
import weakref
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from flows.collecting import pass_over_what_is_there, seldom
from flows.live import harvest_source, open_fetcher, simulated_clock
from flows.observatory import open_observatory
from flows.processes import Processes
from flows.settings import Settings
from sandbox.server import serve
from sandbox.world import World
from scrapers.source import discover


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


def test_a_look_passes_over_the_programmes_it_has_made(tmp_path: Path) -> None:
    as_of = datetime(2024, 1, 1, tzinfo=UTC)
    frozen: list[int] = []
    with serve(World(seed=3), day=date(2024, 1, 1)) as site:
        settings = Settings(data_dir=tmp_path, loopback_port=site.port, _env_file=None)

        async def harvest() -> int:
            async with open_fetcher(settings, simulated_clock(settings, as_of)) as fetcher:
                frozen.append(gc.get_freeze_count())
                run = await harvest_source(observatory, discover()["nova_academy"], fetcher, as_of=as_of)
                frozen.append(gc.get_freeze_count())
                return run.programmes

        with open_observatory(settings) as observatory:
            programmes = asyncio.run(harvest())
    begun, over = frozen
    assert over > begun + programmes


def test_a_process_that_works_for_another_collects_as_seldom():
    pool = Processes(1)
    try:
        theirs = pool.submit(gc.get_threshold).result(timeout=60)
    finally:
        pool.shutdown()
    with seldom():
        assert theirs == gc.get_threshold()
    assert theirs != gc.get_threshold()
