"""What the tests of faults share."""

from __future__ import annotations

from killed_runs import SEED, second, undisturbed
from live_site import _server, site

__all__ = ["_server", "second", "site", "undisturbed"]


def pytest_report_header() -> str:
    return f"moments of faults: MICROCRED_TEST_SEED={SEED}"
