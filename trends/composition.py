"""What the stock is made of: shares, how concentrated it is, and what it has in common across catalogues.

Whatever nothing tells is unknown. A share of what is known is therefore published with the bounds it would have if all
the unknown were of the one kind or of the other (worst-case bounds: Manski 1989, Journal of Human Resources 24).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from models.vocab import vocabulary
from trends.categories import DEVELOPMENTS, Categories, Numbers
from trends.knowledge import Flags, Integers, Known
from trends.views import View, places

LARGEST = (1, 5, 10)
_NO_PARTNER = [DEVELOPMENTS.index("alone"), DEVELOPMENTS.index("non_hei")]
_PARTNER = [DEVELOPMENTS.index("partnership"), DEVELOPMENTS.index("both")]


@dataclass(frozen=True, slots=True)
class Bounded:
    """A figure and its bounds; ``n`` is what it is over, ``missing_share`` (0-1) the part of that which is unknown.

    All are NaN where there is nothing to be measured, or nothing known.
    """

    value: float
    low: float
    high: float
    n: int
    missing_share: float


def category_shares(stock: pd.Series[int], n: int, unknown: int) -> pd.DataFrame:
    """Return the share of each category in the stock, the unknown among them.

    Args:
        stock: count by category, the category ``unknown`` last.
        n: size of the stock. Under a cut in which an item may count in several categories the shares add up to more.
        unknown: how much of it is unknown.

    Returns:
        One row a category: ``value``, ``low`` (nothing unknown belongs here) and ``high`` (all of it does).
    """
    if n == 0:
        return pd.DataFrame(np.nan, index=stock.index, columns=["value", "low", "high"])
    value = stock.to_numpy(dtype="float64") / n
    low, high = value.copy(), (stock.to_numpy(dtype="float64") + unknown) / n
    low[-1], high[-1] = 0.0, value[-1]
    return pd.DataFrame({"value": value, "low": low, "high": high}, index=stock.index)


def share_of(yes: int, no: int, unknown: int) -> Bounded:
    """Return the share of yes in what is known, between all unknown being no and all being yes."""
    n, known = yes + no + unknown, yes + no
    if known == 0:
        return Bounded(np.nan, 0.0 if n else np.nan, 1.0 if n else np.nan, n, 1.0 if n else np.nan)
    return Bounded(yes / known, yes / n, (yes + unknown) / n, n, unknown / n)


def cross_border_share(view: View, categories: Categories, population: str) -> Bounded:
    """Return the share of the stock whose awarder is of another country than the catalogue that lists it."""
    codes = _listed(view, view.end.codes["cross_border"], categories, population)
    return share_of(int((codes == 1).sum()), int((codes == 0).sum()), int((codes < 0).sum()))


def partnership_share(view: View, categories: Categories, population: str) -> Bounded:
    """Return the share of the stock that an institution developed in partnership (whether or not also alone)."""
    codes = _listed(view, view.end.codes["development"], categories, population)
    partner, alone = np.isin(codes, _PARTNER), np.isin(codes, _NO_PARTNER)
    return share_of(int(partner.sum()), int(alone.sum()), int((codes < 0).sum()))


def concentration(view: View, categories: Categories, by: str, population: str) -> dict[str, Bounded]:
    """Return how concentrated the stock is over awarders or sources.

    ``herfindahl_hirschman``: the sum of squared shares, from 1/(number of holders) to 1 (Hirschman 1964, American
    Economic Review 54). ``share_of_largest_1``, ``_5`` and ``_10``: the part of the largest holders. Over what is
    known; ``low`` if everything unknown had a holder of its own too small to count, ``high`` if all of it belonged to
    the largest.

    Args:
        by: ``awarder_id`` or ``source``.
    """
    codes = _listed(view, view.end.codes[by], categories, population)
    sizes = np.sort(np.bincount(codes[codes >= 0]))[::-1].astype(float)
    n, known = len(codes), float(sizes.sum())
    unknown, missing_share = n - known, (n - known) / n if n else np.nan
    names = ["herfindahl_hirschman", *(f"share_of_largest_{k}" for k in LARGEST)]
    if known == 0:
        nothing = Bounded(np.nan, 0.0 if n else np.nan, 1.0 if n else np.nan, n, missing_share)
        return dict.fromkeys(names, nothing)
    with_all = sizes + np.where(np.arange(len(sizes)) == 0, unknown, 0.0)
    figures = [(_squares(sizes, known), _squares(sizes, n), _squares(with_all, n))]
    figures += [(sizes[:k].sum() / known, sizes[:k].sum() / n, with_all[:k].sum() / n) for k in LARGEST]
    return {
        name: Bounded(float(value), float(low), float(high), n, missing_share)
        for name, (value, low, high) in zip(names, figures, strict=True)
    }


def _squares(sizes: Numbers, total: float) -> float:
    return float(((sizes / total) ** 2).sum())


def _listed(view: View, codes: Integers, categories: Categories, population: str) -> Integers:
    """Return the codes of what is in the record at the end, in a population."""
    is_counted = view.standing.end.is_in & (places(view.end, categories, "total", population) == 0)
    return np.asarray(codes[is_counted])


def overlap(view: View, known: Known, at: pd.Timestamp, is_counted: Flags) -> tuple[pd.Series[int], pd.Series[int]]:
    """Count the units listed at a moment by how many catalogues list them, and by the kinds of these.

    Args:
        is_counted: for each window of the unit whether it is to be counted.

    Returns:
        Counts by number of sources (``1``, ``2``, ``3+``), and by the kinds of source together, in alphabetical order
        (``commercial_platform+institution``).
    """
    windows = known.windows.iloc[view.units.members]
    is_listed = ((windows["opened_at"] < at) & ~(windows["left_at"] < at)).to_numpy()
    place = view.units.place
    chosen = is_listed & is_counted[place]
    members = pd.DataFrame({"place": place, "source": windows["source"], "kind": windows["source_kind"]})[chosen]
    sources = members.drop_duplicates(["place", "source"]).groupby("place").size()
    numbers = sources.astype("str").mask(sources >= 3, "3+")
    kinds = members.drop_duplicates(["place", "kind"]).assign(bit=lambda of: of["kind"].map(_BIT_OF_KIND))
    together = kinds.groupby("place")["bit"].sum().map(_kinds_of)
    return _counted(numbers, ("1", "2", "3+")), _counted(together, ())


_KINDS = tuple(sorted(vocabulary("source_kind")))
_BIT_OF_KIND = {kind: 1 << place for place, kind in enumerate(_KINDS)}


def _kinds_of(bits: int) -> str:
    return "+".join(kind for kind in _KINDS if bits & _BIT_OF_KIND[kind])


def _counted(words: pd.Series[str], always: Sequence[str]) -> pd.Series[int]:
    counts = words.value_counts()
    return counts.reindex(sorted({*counts.index, *always}), fill_value=0)
