"""Into which categories a version falls: the cuts of every table, as small integers that are fast to count.

A cut is a way to divide the items. Each has the category ``unknown`` for what nothing tells; it is a category like the
others, and no figure drops it. In the arrays here it is -1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from models.vocab import vocabulary
from trends.frames import NUMBERS, UNKNOWN
from trends.knowledge import Integers

DECLARED_CUTS = ("source", "source_kind", "country")
"""By the declaration of the catalogue: they never change during an item's life."""
STATED_CUTS = (
    "kind", "mc_class", "delivery", "language", "isced_broad", "eqf_level", "platform_level", "price_type",
    "awarder_kind", "awarder_country",
)  # fmt: skip
"""By what a listing states or is classified as."""
DERIVED_CUTS = ("ects_band", "hours_band", "cross_border")
"""By what follows from several facts or from a number."""
DEVELOPMENT_CUTS = ("development", "development_modes")
"""``development_modes``: an item counts in each of its modes. ``development``: each item once (``DEVELOPMENTS``)."""
CUTS = ("total", *DECLARED_CUTS, *STATED_CUTS, *DERIVED_CUTS, *DEVELOPMENT_CUTS)
ALL = "all"
"""The one category of the cut ``total``."""

ECTS_BANDS = {"<3": 3.0, "3-6": 7.0, "7-15": 16.0, "16-30": np.nextafter(30.0, 31.0), ">30": np.inf}
"""Band -> the least number of credits above it. Whole credits decide: 6.5 ECTS are in "3-6", and 30 is not above 30."""
HOURS_BANDS = {
    "<25": 25.0, "25-74": 75.0, "75-174": 175.0, "175-399": 400.0, "400-750": np.nextafter(750.0, 751.0),
    ">750": np.inf,
}  # fmt: skip
"""Hours of workload: the bands of ECTS at 25 hours a credit (ECTS Users' Guide 2015: 25 to 30), the lowest divided."""
DEVELOPMENTS = ("alone", "both", "non_hei", "partnership")
"""Alone, in partnership, in both ways, or by no institution of higher education; the order is that of the codes."""
_CROSS_BORDER = ("no", "yes")
_ALONE, _BOTH, _NON_HEI, _PARTNERSHIP = range(4)
_ALONE_PREFIX, _PARTNER_PREFIX, _NON_HEI_MODE = "own_", "partner_", "non_hei"

Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Categories:
    """The categories of versions, one element a version.

    ``codes`` maps each cut with one category an item (and ``awarder_id``) to int64 codes, -1 for unknown; ``words``
    says what each code means, in alphabetical order. ``modes`` has one bit for each word of ``mode_words``, 0 for
    unknown. ``numbers`` are the amounts that are measured, NaN for unknown.
    """

    codes: Mapping[str, Integers]
    words: Mapping[str, tuple[str, ...]]
    modes: Integers
    mode_words: tuple[str, ...]
    numbers: Mapping[str, Numbers]


def categorise(versions: pd.DataFrame) -> Categories:
    """Return the categories of checked versions (see ``trends.frames``)."""
    stated = {cut: _coded(versions[cut]) for cut in (*DECLARED_CUTS, *STATED_CUTS, *_ONLY_COMPARED)}
    mode_words, modes = _mode_bits(versions["development_modes"])
    codes = {cut: codes for cut, (codes, _) in stated.items()} | {
        "ects_band": banded(versions["ects"].to_numpy(), ECTS_BANDS),
        "hours_band": banded(versions["workload_hours"].to_numpy(), HOURS_BANDS),
        "cross_border": _crossing(versions),
    }
    words = {cut: words for cut, (_, words) in stated.items()} | {
        "ects_band": tuple(ECTS_BANDS),
        "hours_band": tuple(HOURS_BANDS),
        "cross_border": _CROSS_BORDER,
        "development": DEVELOPMENTS,
    }
    numbers = {name: versions[name].to_numpy(dtype="float64") for name in NUMBERS}
    return Categories(codes=codes, words=words, modes=modes, mode_words=mode_words, numbers=numbers)


_ONLY_COMPARED = ("awarder_id", "price_currency", "price_period")
"""Coded as the cuts are, but never shown as one: too many categories, or of no meaning by themselves."""


def banded(amounts: Numbers, bands: Mapping[str, float]) -> Integers:
    """Return in which band each amount is, in the order of ``bands``; -1 where the amount is not known."""
    found = np.searchsorted(np.array(list(bands.values())), amounts, side="right").astype(np.int64)
    return np.where(np.isnan(amounts), -1, np.minimum(found, len(bands) - 1))


def development_of(modes: Integers, mode_words: tuple[str, ...]) -> Integers:
    """Return for sets of development modes, as bits, the one of ``DEVELOPMENTS`` they amount to; -1 for none known."""
    alone, partner, non_hei = (
        sum(1 << place for place, word in enumerate(mode_words) if word.startswith(prefix))
        for prefix in (_ALONE_PREFIX, _PARTNER_PREFIX, _NON_HEI_MODE)
    )
    has_alone, has_partner, has_non_hei = ((modes & bits) != 0 for bits in (alone, partner, non_hei))
    return np.select(
        [has_alone & has_partner, has_alone, has_partner, has_non_hei], [_BOTH, _ALONE, _PARTNERSHIP, _NON_HEI], -1
    ).astype(np.int64)


def _coded(column: pd.Series[Any]) -> tuple[Integers, tuple[str, ...]]:
    known = column.where(column.notna() & (column != UNKNOWN))
    codes, words = pd.factorize(known, sort=True)
    return codes.astype(np.int64), tuple(_as_word(word) for word in words)


def _as_word(value: object) -> str:
    """Return a category as text: an EQF level is "6", also where a column with gaps made a float of it."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _mode_bits(column: pd.Series) -> tuple[tuple[str, ...], Integers]:
    words = tuple(sorted(set(vocabulary("development_mode")) - {UNKNOWN}))
    places = {word: 1 << place for place, word in enumerate(words)} | {UNKNOWN: 0}
    sets, distinct = pd.factorize(column.map(lambda modes: tuple(modes or ())))
    bits = np.array([sum({places[word] for word in one}) for one in distinct], dtype=np.int64)
    return words, bits[sets] if len(bits) else np.zeros(len(column), dtype=np.int64)


def _crossing(versions: pd.DataFrame) -> Integers:
    """Return whether the awarder is of another country than the catalogue: the places of ``_CROSS_BORDER``."""
    known = versions["awarder_country"].notna() & versions["country"].notna()
    crosses = (versions["awarder_country"] != versions["country"]).to_numpy(dtype=np.int64)
    return np.where(known, crosses, -1)
