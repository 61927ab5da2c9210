"""Prices: their level on a day, and how the price of the same thing has moved.

The level says what a price is among all that are listed, and moves when what is listed changes. The index follows the
same items from day to day (the matched-model method) and moves only when their prices do.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

from trends.categories import Categories, Numbers
from trends.change import chained
from trends.frames import UNKNOWN
from trends.knowledge import Flags
from trends.units import Facts
from trends.views import View, category_names, places

LEVELS = ("price_eur", "price_eur_per_ects", "price_eur_per_hour")
QUARTILES = {"q1": 0.25, "median": 0.5, "q3": 0.75}
PRICE_TYPE = "price_type"
PAID, FREE = "paid", "free"
COMPARED = ("price_currency", PRICE_TYPE, "price_period")
"""What must be alike at both ends for two prices to be prices of the same thing; so must ECTS and hours."""


def price_levels(view: View, categories: Categories, cut: str, population: str) -> pd.DataFrame:
    """Return the quartiles of prices in euro at the end of a period, by category of a cut.

    Only prices for the whole are compared: of type ``paid``, above zero and not per month or year. What is free has a
    share (cut ``price_type``) and no level. Quartiles interpolate linearly (type 7 of Hyndman and Fan 1996, The
    American Statistician 50).

    Returns:
        One row a category and level: ``category``, ``level`` (one of ``LEVELS``), ``n`` (prices used), ``q1``,
        ``median``, ``q3`` (euro; euro per ECTS credit; euro per hour of workload; NaN if ``n`` is 0), and
        ``missing_share``: the share without such a figure of what is paid for or may be (type unknown); NaN of nothing.
    """
    codes = np.where(view.standing.end.is_in, places(view.end, categories, cut, population), -1)
    price_types = _words_at(view.end, categories, PRICE_TYPE)
    concerned = np.isin(price_types, [PAID, UNKNOWN])
    amounts = _levels(view.end, price_types)
    rows = []
    for place, name in enumerate(category_names(categories, cut)):
        here = concerned & (codes == place)
        for level, values in amounts.items():
            known = values[here & ~np.isnan(values)]
            quartiles = np.quantile(known, list(QUARTILES.values())) if len(known) else np.full(len(QUARTILES), np.nan)
            rows.append(
                {
                    "category": name,
                    "level": level,
                    "n": len(known),
                    **dict(zip(QUARTILES, quartiles, strict=True)),
                    "missing_share": 1 - len(known) / here.sum() if here.any() else np.nan,
                }
            )
    return pd.DataFrame(rows)


def _levels(facts: Facts, price_types: npt.NDArray[np.object_]) -> dict[str, Numbers]:
    recurs = facts.codes["price_period"] >= 0
    is_level = (price_types == PAID) & ~recurs & (facts.numbers["price_eur"] > 0)
    price = np.where(is_level, facts.numbers["price_eur"], np.nan)
    return {
        "price_eur": price,
        "price_eur_per_ects": price / _positive(facts.numbers["ects"]),
        "price_eur_per_hour": price / _positive(facts.numbers["workload_hours"]),
    }


def _positive(amounts: Numbers) -> Numbers:
    return np.where(amounts > 0, amounts, np.nan)


def price_relatives(view: View) -> pd.DataFrame:
    """Return the items whose price can be followed over a period.

    An item counts if it is in the record at both ends in the same window and has a price above zero at both, in the
    same currency, of the same type and for the same period of time, and neither its ECTS nor its hours are known to
    differ: a course of twice the size is another product.

    Args:
        view: of a unit whose windows are single listings or offerings, on the matched panel.

    Returns:
        One row a window of the view: ``was_priced`` (in the record at the start, with a price above zero),
        ``is_matched`` and ``log_relative``, the natural logarithm of the price at the end over that at the start, both
        as printed (so rates of exchange do not move it); NaN if not matched.
    """
    start, end = view.start, view.end
    before, after = (facts.numbers["price_amount"] for facts in (start, end))
    was_priced = view.standing.start.is_in & (before > 0)
    alike = start.codes["price_currency"] >= 0
    for name in COMPARED:
        alike &= start.codes[name] == end.codes[name]
    for name in ("ects", "workload_hours"):
        alike &= ~(np.abs(start.numbers[name] - end.numbers[name]) > 0)
    is_matched = was_priced & view.standing.end.is_in & (after > 0) & alike
    with np.errstate(divide="ignore", invalid="ignore"):
        log_relative = np.where(is_matched, np.log(after / before), np.nan)
    return pd.DataFrame({"was_priced": was_priced, "is_matched": is_matched, "log_relative": log_relative})


def jevons(view: View, categories: Categories, cut: str, population: str) -> pd.DataFrame:
    """Return how prices of the same items moved over a period, by category of a cut at its end.

    The elementary index of Jevons: the geometric mean of the price relatives, each item with the same weight
    (Consumer Price Index Manual 2020, ILO, IMF, OECD, EU, UN, World Bank; elementary indices). Nobody publishes what is
    enrolled or spent, so there are no weights to be had.

    Returns:
        One row a category: ``price_relative`` (1.02: two per cent dearer; NaN if ``n`` is 0), ``n`` (items matched),
        ``changed_share`` (of those, with another price), ``missing_share`` (of what was priced at the start, not
        matched at the end), ``became_free`` and ``became_paid`` (items listed at both ends whose type of price went
        from paid to free or back, which no index of relatives can hold).
    """
    relatives = price_relatives(view)
    codes = places(view.end, categories, cut, population)
    staying = view.standing.start.is_in & view.standing.end.is_in
    types = [_words_at(facts, categories, PRICE_TYPE) for facts in (view.start, view.end)]
    rows = []
    for place, name in enumerate(category_names(categories, cut)):
        here = codes == place
        logs = relatives["log_relative"].to_numpy()[here & relatives["is_matched"].to_numpy()]
        priced = int((here & relatives["was_priced"].to_numpy()).sum())
        rows.append(
            {
                "category": name,
                "price_relative": float(np.exp(logs.mean())) if len(logs) else np.nan,
                "n": len(logs),
                "changed_share": float((logs != 0).mean()) if len(logs) else np.nan,
                "missing_share": 1 - len(logs) / priced if priced else np.nan,
                "became_free": _moved(here & staying, types, PAID, FREE),
                "became_paid": _moved(here & staying, types, FREE, PAID),
            }
        )
    return pd.DataFrame(rows)


def price_index(
    links: Sequence[View], categories: Categories, days: Sequence[date], population: str = "all"
) -> pd.DataFrame:
    """Chain the index of Jevons over days, each link over the items matched between two neighbours.

    Chaining lets items come and go; the geometric mean makes the chain free of drift for items that stay (it is
    transitive), so a price that goes up and comes back leaves no trace.

    Args:
        links: the matched views between neighbouring days (``trends.views.chain_views``), of listings or offerings.
        days: in order, each once.

    Returns:
        One row a day: ``as_of``, ``index`` (100 on the first day, NaN from a link on over no item) and ``n`` (items of
        the link, 0 on the first day).
    """
    totals = [jevons(view, categories, "total", population).iloc[0] for view in links]
    index = chained([float(total["price_relative"]) for total in totals])
    return pd.DataFrame({"as_of": list(days), "index": index, "n": [0, *(int(total["n"]) for total in totals)]})


def _words_at(facts: Facts, categories: Categories, cut: str) -> npt.NDArray[np.object_]:
    """Return the category of each window as a word."""
    return np.array([*categories.words[cut], UNKNOWN], dtype=object)[facts.codes[cut]]


def _moved(flags: Flags, words: Sequence[npt.NDArray[np.object_]], before: str, after: str) -> int:
    return int((flags & (words[0] == before) & (words[1] == after)).sum())
