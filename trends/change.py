"""The change between two days, taken apart exactly; growth on the matched panel; chained over time.

    change = within + reclassified + stale + exit + entry

The panels are nested: matched sources; with the stale ones; with those that were retired; with those that came in. Each
part is what the next panel adds to the change. For listings that is the change of the sources concerned. For a unit
that several sources list it is the change of what the panels before did not count yet, so a new catalogue adds only
what no other had, and nothing is counted twice.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np
import pandas as pd

from trends.categories import Categories
from trends.panels import MATCHED, STATUSES
from trends.tallies import BEFORE
from trends.views import View, table

CHANGES = ("change", "change_within", "change_reclassified", "change_stale", "change_exit", "change_entry")


def changes(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Take the change of the stock apart, by category of a cut.

    Args:
        tables: the counts (``trends.views.table``) of the nested panels, by the status that each adds.

    Returns:
        The columns of ``CHANGES``, int64: ``change`` is the stock at the end less that at the start, of all sources;
        ``change_within`` what was new or listed again less what was withdrawn in the matched sources;
        ``change_reclassified`` what moved there between categories; ``change_stale``, ``change_exit`` and
        ``change_entry`` what sources covered at one end only, retired ones and new ones add.
    """
    totals = {status: of["stock"].to_numpy() - of["stock_start"].to_numpy() for status, of in tables.items()}
    reclassified = tables[MATCHED]["reclassified"].to_numpy()
    parts = {
        "change": totals[STATUSES[-1]],
        "change_within": totals[MATCHED] - reclassified,
        "change_reclassified": reclassified,
    }
    for before, status in itertools.pairwise(STATUSES):
        parts[f"change_{status}"] = totals[status] - totals[before]
    return pd.DataFrame(parts, index=tables[MATCHED].index, columns=list(CHANGES))


def growth(matched: pd.DataFrame) -> pd.DataFrame:
    """Return the growth of categories on the matched panel over a period, as shares (0.01 is one per cent).

    Args:
        matched: the counts of the matched panel.

    Returns:
        One row a category, NaN where nothing was listed at the start:

        * ``growth``: of the expected stock (``trends.chances``) from the start to the end, both under the categories of
          the end: a move between categories is no growth. ``growth_low`` and ``growth_high``: from all that may have
          been listed at the start to what surely was at the end, and the other way round.
        * ``growth_of_record``: of the stock in the record, from what entered and left it: ``change_within`` of the
          stock at the start, under the categories of the end.
        * ``entry_rate``, ``exit_rate``: what entered and what left, of the stock at the start; ``churn_rate`` their
          sum (birth, death and churn rates of the Eurostat-OECD Manual on Business Demography Statistics 2007).
    """
    of = {str(name): matched[name].to_numpy(dtype="float64") for name in matched}
    before = {name: np.where(of[name] > 0, of[name], np.nan) for name in BEFORE}
    stock = before["stock_before"]
    entered = of["baseline_entered"] + of["new"] + of["relisted"]
    left = of["withdrawn"] + of["source_exited"]
    return pd.DataFrame(
        {
            "growth": of["stock_estimate"] / before["estimate_before"] - 1,
            "growth_low": of["stock_low"] / before["high_before"] - 1,
            "growth_high": of["stock_high"] / before["low_before"] - 1,
            "growth_of_record": of["stock"] / stock - 1,
            "entry_rate": entered / stock,
            "exit_rate": left / stock,
            "churn_rate": (entered + left) / stock,
        },
        index=matched.index,
    )


def chained(links: Sequence[float]) -> list[float]:
    """Return the chain index of links: 100 at the base, then 100 times the product of the links so far.

    A link is the ratio of a day to the day before, measured on what is matched between these two, which may differ from
    link to link. After a link that is not known (NaN) the index is not known.
    """
    return [float(value) for value in 100 * np.cumprod([1.0, *links])]


def stock_index(
    links: Sequence[View], categories: Categories, days: Sequence[date], population: str = "all"
) -> pd.DataFrame:
    """Chain the growth of a unit over days, each link on the panel matched between two neighbours.

    All links are measured with the same knowledge, so nothing falls between two of them.

    Args:
        links: the matched views between neighbouring days (``trends.views.chain_views``).
        days: in order, each once.

    Returns:
        One row a day: ``as_of``, ``index`` (100 on the first day, NaN from a link on that cannot be measured) and ``n``
        (expected stock of the matched panel at the start of the link, rounded; 0 on the first day).
    """
    totals = [table(view, categories, "total", population) for view in links]
    index = chained([1 + float(growth(total)["growth"].iloc[0]) for total in totals])
    counts = [0, *(round(float(total["estimate_before"].iloc[0])) for total in totals)]
    return pd.DataFrame({"as_of": list(days), "index": index, "n": counts})
