"""``microcred harvest --prefect``: the harvest as a Prefect flow, on the server named or on a temporary one."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime

from flows import console
from flows.prefect_environment import quiet_prefect

quiet_prefect()

from flows.harvest import HarvestFailed, harvest  # noqa: E402 - Prefect reads its settings when it is imported
from flows.live import FAILING  # noqa: E402


def harvest_as_flow(
    slugs: Sequence[str],
    as_of: datetime,
    *,
    include_retired: bool,
    shard: str | None,
    as_json: bool,
    whole: bool = False,
) -> bool:
    """Run the flow, print its run records, and return whether every source is well."""
    failure: HarvestFailed | None = None
    try:
        rows = asyncio.run(harvest(list(slugs) or None, as_of, include_retired, shard, whole))
    except HarvestFailed as error:
        rows, failure = error.rows, error
    if as_json:
        console.print_json(rows)
    else:
        console.print_table(rows, ("source", "as_of", "outcome", "listings", "new", "changed", "problems", "reason"))
    if failure is not None:
        console.say(f"failed: {failure}", style="bold red")
    return failure is None and not any(row["outcome"] in FAILING for row in rows)
