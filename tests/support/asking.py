"""Asks an archive through the real fetcher, without pace, in an event loop of its own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import TypeVar

from scrapers.client import FetchLimits
from scrapers.fetch import HttpFetcher

Found = TypeVar("Found")
Result = TypeVar("Result")


async def gathered(found: AsyncIterator[Found]) -> list[Found]:
    return [one async for one in found]


def asked(
    port: int | Mapping[str, int],
    ask: Callable[[HttpFetcher], Awaitable[Result]],
    *,
    limits: FetchLimits | None = None,
    paced: bool = False,
) -> Result:
    async def both() -> Result:
        async with HttpFetcher(
            contact="https://observatory.example/about",
            limits=limits or FetchLimits(),
            loopback_port=port,
            paced=paced,
        ) as fetcher:
            return await ask(fetcher)

    return asyncio.run(both())
