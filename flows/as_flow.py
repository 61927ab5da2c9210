"""``microcred harvest --prefect``: the harvest as a Prefect flow, on the server named or on a temporary one."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime

import httpx

from flows import console
from flows.prefect_environment import quiet_prefect

quiet_prefect()

from flows.harvest import HarvestFailed, harvest  # noqa: E402 - Prefect reads its settings when it is imported
from flows.live import FAILING  # noqa: E402

_UNREACHED = "Failed to reach API"
"""What Prefect (3.8.8) says in a plain RuntimeError if its server does not answer at first."""


class ServerGone(OSError):
    """Prefect's server does not answer. The message says what became of the harvest, and what to do."""


def harvest_as_flow(
    slugs: Sequence[str],
    as_of: datetime,
    *,
    include_retired: bool,
    shard: str | None,
    as_json: bool,
    whole: bool = False,
) -> bool:
    """Run the flow, print its run records, and return whether every source is well.

    Raises:
        ServerGone: if Prefect's server does not answer, or no longer.
    """
    failure: HarvestFailed | None = None
    try:
        rows = asyncio.run(harvest(list(slugs) or None, as_of, include_retired, shard, whole))
    except HarvestFailed as error:
        rows, failure = error.rows, error
    except (httpx.TransportError, RuntimeError) as error:
        if isinstance(error, RuntimeError) and _UNREACHED not in str(error):
            raise
        raise ServerGone(
            f"Prefect's server does not answer ({error}); what was looked at so far is stored, and `microcred status` "
            "shows it: start the server again, or unset PREFECT_API_URL and harvest without it"
        ) from None
    if as_json:
        console.print_json(rows)
    else:
        console.print_table(rows, ("source", "as_of", "outcome", "listings", "new", "changed", "problems", "reason"))
    if failure is not None:
        console.say(f"failed: {failure}", style="bold red")
    return failure is None and not any(row["outcome"] in FAILING for row in rows)
