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
from trends.frames import Period
from trends.knowledge import Known
from trends.panels import MATCHED, STATUSES
from trends.tallies import BEFORE
from trends.views import matched_view, table

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
    totals = {status: of["stock"] - of["stock_start"] for status, of in tables.items()}
    reclassified = tables[MATCHED]["reclassified"]
    parts = {
        "change": totals[STATUSES[-1]],
        "change_within": totals[MATCHED] - reclassified,
        "change_reclassified": reclassified,
    }
    for before, status in itertools.pairwise(STATUSES):
        parts[f"change_{status}"] = totals[status] - totals[before]
    return pd.DataFrame(parts)[list(CHANGES)]


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
    before = {name: matched[name].where(matched[name] > 0).astype("float64") for name in BEFORE}
    stock = before["stock_before"]
    entered = matched["baseline_entered"] + matched["new"] + matched["relisted"]
    left = matched["withdrawn"] + matched["source_exited"]
    return pd.DataFrame(
        {
            "growth": matched["stock_estimate"] / before["estimate_before"] - 1,
            "growth_low": matched["stock_low"] / before["high_before"] - 1,
            "growth_high": matched["stock_high"] / before["low_before"] - 1,
            "growth_of_record": matched["stock"] / stock - 1,
            "entry_rate": entered / stock,
            "exit_rate": left / stock,
            "churn_rate": (entered + left) / stock,
        }
    )


def chained(links: Sequence[float]) -> list[float]:
    """Return the chain index of links: 100 at the base, then 100 times the product of the links so far.

    A link is the ratio of a day to the day before, measured on what is matched between these two, which may differ from
    link to link. After a link that is not known (NaN) the index is not known.
    """
    return [float(value) for value in 100 * np.cumprod([1.0, *links])]


def stock_index(
    known: Known, categories: Categories, unit: str, days: Sequence[date], population: str = "all"
) -> pd.DataFrame:
    """Chain the growth of a unit over days, each link on the panel matched between two neighbours.

    All links are measured with the same knowledge, so nothing falls between two of them.

    Args:
        days: in order, each once; none after the day that the history is measured as of.

    Returns:
        One row a day: ``as_of``, ``index`` (100 on the first day, NaN from a link on that cannot be measured) and ``n``
        (expected stock of the matched panel at the start of the link, rounded; 0 on the first day).
    """
    links, counts = [], [0]
    for period in itertools.starmap(Period, itertools.pairwise(days)):
        view = matched_view(known, categories, unit, period)
        total = table(view, categories, "total", population)
        links.append(1 + float(growth(total)["growth"].iloc[0]))
        counts.append(round(float(total["estimate_before"].iloc[0])))
    return pd.DataFrame({"as_of": list(days), "index": chained(links), "n": counts})
