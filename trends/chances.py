"""How likely a window had begun and ended by a moment, where looks only say between which two it did.

A begin or end is taken to be uniformly distributed over the time between the looks on either side of it. What a look
missed and none has confirmed counts with the probability that it has gone (``trends.knowledge``). Nothing is assumed of
the time after the last look: what it saw is still there.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from trends.categories import Numbers
from trends.units import Units


def expected(units: Units, at: pd.Timestamp) -> tuple[Numbers, Numbers]:
    """Return for each window the probability that it had begun by a moment, and that it had ended.

    Where nothing is known of earlier days a window begins when it was opened; with a retired catalogue it ends when
    that is retired.
    """
    windows = units.windows
    begun = _uniform(windows["not_before"], windows["opened_at"], at)
    ended = _uniform(windows["last_seen_at"], windows["missed_at"], at) * windows["gone_probability"].to_numpy()
    exited = (windows["left_at"] < at).to_numpy(dtype=float)
    return begun, np.where(windows["is_source_exit"], exited, ended)


def _uniform(after: pd.Series[Any], until: pd.Series[Any], at: pd.Timestamp) -> Numbers:
    """Return the distribution function at a moment of a time that is uniform in (``after``, ``until``]."""
    width = (until - after).dt.total_seconds().to_numpy(dtype=float)
    passed = (at - after).dt.total_seconds().to_numpy(dtype=float)
    is_interval = width > 0
    share = np.divide(passed, width, out=np.zeros_like(width), where=is_interval)
    return np.where(is_interval, np.clip(share, 0.0, 1.0), (until < at).to_numpy(dtype=float))
