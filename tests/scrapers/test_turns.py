"""Other work of the event loop goes on while pages that are there already are taken up, yielded and read."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from itertools import pairwise

import pytest

from models.records import Page
from scrapers.turns import TURN_SECONDS, in_turn

PAGES = 6


class Rounds:
    """Counts how often the event loop has gone round."""

    def __init__(self) -> None:
        self.count = 0

    async def counted(self) -> None:
        while True:
            self.count += 1
            await asyncio.sleep(0)


def a_page(number: int) -> Page:
    url = f"https://a.example/{number}"
    return Page(
        url=url, final_url=url, at=datetime(2024, 1, 1, tzinfo=UTC), status=200, content_type="text/html", body=b"",
        digest=f"sha256:{number:064x}",
    )  # fmt: skip


def no_request(_: str) -> asyncio.Task[Page]:
    raise AssertionError("no page needs to be asked for")


def steps_in(
    steps: Iterable[str | Page], ask: Callable[[str], asyncio.Task[Page]] = no_request
) -> AsyncGenerator[Page]:
    return in_turn(steps, ask, at_once=4, is_stopped=lambda: False)


async def rounds_between(pages: AsyncGenerator[Page], reading_seconds: float) -> list[int]:
    """Return how often the loop had gone round when each page came; reading one takes a while without waiting."""
    rounds = Rounds()
    counting = asyncio.create_task(rounds.counted())
    await asyncio.sleep(0)
    seen = []
    async for _ in pages:
        seen.append(rounds.count)
        time.sleep(reading_seconds)  # noqa: ASYNC251 - as long work on the loop does
    counting.cancel()
    with suppress(asyncio.CancelledError):
        await counting
    return seen


def test_pages_that_are_there_leave_the_loop_its_turns_while_each_is_read() -> None:
    seen = asyncio.run(rounds_between(steps_in(map(a_page, range(PAGES))), 2 * TURN_SECONDS))
    assert len(seen) == PAGES
    assert all(later > earlier for earlier, later in pairwise(seen))


def test_pages_that_all_have_come_while_one_was_read_leave_the_loop_its_turns_too() -> None:
    async def harvested() -> list[int]:
        async def fetched(url: str) -> Page:
            return a_page(int(url))

        asked = steps_in(map(str, range(PAGES)), lambda url: asyncio.create_task(fetched(url)))
        return await rounds_between(asked, 2 * TURN_SECONDS)

    seen = asyncio.run(harvested())
    assert len(seen) == PAGES
    assert all(later > earlier for earlier, later in pairwise(seen))


def test_taking_up_what_is_there_leaves_the_loop_its_turns_before_the_first_page() -> None:
    def slowly() -> Iterator[Page]:
        for number in range(PAGES):
            time.sleep(2 * TURN_SECONDS)
            yield a_page(number)

    seen = asyncio.run(rounds_between(steps_in(slowly()), 0))
    assert seen[0] >= PAGES


@pytest.mark.parametrize("stop_after", [1, 3])
def test_who_stops_taking_pages_leaves_no_request_behind(stop_after: int) -> None:
    async def left_behind() -> int:
        async def fetched(url: str) -> Page:
            await asyncio.sleep(0 if int(url) < stop_after else 3600)
            return a_page(int(url))

        pages = steps_in(map(str, range(PAGES)), lambda url: asyncio.create_task(fetched(url)))
        for _ in range(stop_after):
            await anext(pages)
        await pages.aclose()
        return len(asyncio.all_tasks()) - 1  # but for this one

    assert asyncio.run(left_behind()) == 0
