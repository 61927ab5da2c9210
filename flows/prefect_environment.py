"""Prefect's own settings as this project wants them, wherever the environment does not say otherwise."""

from __future__ import annotations

import os

DEFAULTS = {
    # No traffic but ours: Prefect's server and client otherwise report usage to their maker.
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    # A temporary server took 9 to 17 s to start where this was measured; the default limit is 20 s.
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "90",
    # What our own modules log during a flow, such as how far a harvest is, belongs to the log of its run.
    "PREFECT_LOGGING_EXTRA_LOGGERS": "flows",
    "PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW": "ignore",
}


def quiet_prefect(**more: str) -> None:
    """Set Prefect's environment variables that are unset. Call before the first import of Prefect."""
    for name, value in (DEFAULTS | more).items():
        os.environ.setdefault(name, value)
