"""``python -m bench.harvest SLUG``: one process that harvests one invented source once; prints what it cost."""

from __future__ import annotations

import argparse
import asyncio
import json
import resource
import sys
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flows.live import harvest_source, open_fetcher, simulated_clock
from flows.observatory import open_observatory
from flows.settings import Settings
from scrapers.source import discover

TICK_SECONDS = 0.005


class Watch:
    """Ticks on the event loop and remembers how late the latest tick came."""

    def __init__(self) -> None:
        self.late_seconds: list[float] = []

    async def tick(self) -> None:
        """Tick until cancelled."""
        while True:
            began = time.perf_counter()
            await asyncio.sleep(TICK_SECONDS)
            self.late_seconds.append(time.perf_counter() - began - TICK_SECONDS)


async def _harvest(settings: Settings, slug: str, as_of: datetime, *, whole: bool) -> dict[str, Any]:
    watch = Watch()
    with open_observatory(settings) as observatory:
        async with open_fetcher(settings, simulated_clock(settings, as_of)) as fetcher:
            ticking = asyncio.create_task(watch.tick())
            began = time.perf_counter()
            record = await harvest_source(observatory, discover()[slug], fetcher, as_of=as_of, whole=whole)
            seconds = time.perf_counter() - began
            ticking.cancel()
            with suppress(asyncio.CancelledError):
                await ticking
    late = 1000 * max(watch.late_seconds)
    return record.as_json() | {"seconds": seconds, "loop_late_ms_max": late}


def main() -> None:
    """Harvest, and print the record of the run and its cost as one line of JSON."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("slug")
    arguments.add_argument("--port", type=int, required=True)
    arguments.add_argument("--data", type=Path, required=True)
    arguments.add_argument("--as-of", default="2024-01-01")
    arguments.add_argument("--whole", action="store_true", help="ask for every page, whatever its signal says")
    asked = arguments.parse_args()
    settings = Settings(data_dir=asked.data, database_url=None, archive_url=None, loopback_port=asked.port)
    as_of = datetime.fromisoformat(asked.as_of).replace(tzinfo=UTC)
    record = asyncio.run(_harvest(settings, asked.slug, as_of, whole=asked.whole))
    # The process that reads beside this one counts too.
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    record["cpu_seconds"] = sum(one.ru_utime + one.ru_stime for one in used)
    sys.stdout.write(json.dumps(record) + "\n")


if __name__ == "__main__":
    main()
