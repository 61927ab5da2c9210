"""The words of the trend table in one place, and the version of the method.

The definitions and their formulas are in ``docs/methodology.md``; the other modules of this room compute them.
"""

from __future__ import annotations

from trends.categories import CUTS
from trends.change import CHANGES
from trends.panels import COVERAGE_COLUMNS, TOLERANCE_DAYS, coverage, quarter_days, source_statuses
from trends.rows import PANELS, RATES
from trends.snapshot import ROW_KEY, TREND_COLUMNS, snapshot
from trends.tallies import FLOWS
from trends.units import UNITS
from trends.views import POPULATIONS

__all__ = [
    "CHANGES", "COVERAGE_COLUMNS", "CUTS", "FLOWS", "METHOD_VERSION", "PANELS", "POPULATIONS", "RATES", "ROW_KEY",
    "TOLERANCE_DAYS", "TREND_COLUMNS", "UNITS", "coverage", "quarter_days", "snapshot", "source_statuses",
]  # fmt: skip

METHOD_VERSION = "2"
"""Raised whenever a definition here changes: figures of two method versions are not one series."""
