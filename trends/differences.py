"""Why two figures differ: the difference of two stocks, taken apart row by row, without a remainder.

    after - before = links_and_rules + revision + within + reclassified + stale + exit + entry

where ``before`` is a stock as it was published, and ``after`` a later one. What was known of the earlier day may have
been linked or classified otherwise since (``links_and_rules``), and looks may have come in (``revision``); the rest is
the change between the two days as the later snapshot takes it apart (``trends.change``).
"""

from __future__ import annotations

import pandas as pd

from trends.categories import ALL, CUTS
from trends.change import CHANGES
from trends.snapshot import ROW_KEY

KEY = tuple(name for name in ROW_KEY if name not in {"panel", "measure"})
PARTS = ("links_and_rules", "revision", *(name.removeprefix("change_") for name in CHANGES if name != "change"))
COLUMNS = (*KEY, "before", "after", "difference", *PARTS)


def differences(before: pd.DataFrame, after: pd.DataFrame, *, again: pd.DataFrame | None = None) -> pd.DataFrame:
    """Explain every stock of a snapshot by one of an earlier day.

    Args:
        before: rows of a snapshot (``trends.snapshot.snapshot``), as stored.
        after: rows of a snapshot that begins where the earlier one ended (``period_start`` is its ``as_of``), or of one
            of the same day and known later.
        again: the snapshot of ``before`` computed again now, with the same days: the same looks, but today's links,
            rules and method. Without it what these changed is part of the revision.

    Returns:
        One row a stock (panel ``all``) in either, sorted by ``KEY``: the columns of ``COLUMNS``, float64. A row that a
        snapshot does not have counts as 0 in it. ``difference`` is the sum of the ``PARTS``.

    Raises:
        ValueError: if a frame holds rows of several snapshots, or the three do not follow each other as said.
    """
    day, later = _only(before, "as_of"), _only(after, "as_of")
    is_same_day = day == later
    if not is_same_day and _only(after, "period_start") != day:
        raise ValueError(f"the later snapshot begins at {_only(after, 'period_start')}, not at the end of {day}")
    if again is not None and [_only(again, name) for name in ("as_of", "known_at")] != [
        day, _only(before, "known_at"),
    ]:  # fmt: skip
        raise ValueError("the snapshot computed again is of another day, or of other knowledge")
    figures = {
        "before": _stocks(before, "stock"),
        "again": _stocks(before if again is None else again, "stock"),
        "start": _stocks(after, "stock" if is_same_day else "stock_start"),
        "after": _stocks(after, "stock"),
        **{name: _stocks(after, name) for name in CHANGES if name != "change"},
    }
    wide = pd.DataFrame(figures).fillna(0.0)
    parts = {
        "links_and_rules": wide["again"] - wide["before"],
        "revision": wide["start"] - wide["again"],
        **{
            name.removeprefix("change_"): wide[name] * (0.0 if is_same_day else 1.0)
            for name in CHANGES
            if name != "change"
        },
    }
    explained = wide.assign(difference=wide["after"] - wide["before"], **parts)
    return explained.rename_axis(list(KEY)).reset_index().sort_values(list(KEY), ignore_index=True)[list(COLUMNS)]


def _stocks(rows: pd.DataFrame, measure: str) -> pd.Series[float]:
    """Return a measure of all sources by what it is of; only under cuts whose changes are taken apart."""
    chosen = rows[(rows["panel"] == ALL) & (rows["measure"] == measure) & rows["cut"].isin(CUTS)]
    stocks: pd.Series[float] = chosen.set_index(list(KEY))["value"]
    return stocks


def _only(rows: pd.DataFrame, name: str) -> object:
    """Return the one value of a column."""
    values = rows[name].unique()
    if len(values) != 1:
        raise ValueError(f"rows of one snapshot are expected; there are {len(values)} values of {name}")
    return values[0]
