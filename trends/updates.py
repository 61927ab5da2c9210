"""What changed while it stayed listed: changes at the source, by item and by field."""

from __future__ import annotations

import numpy as np
import pandas as pd

from trends.frames import CHANGE_COLUMNS, Period, in_utc, require
from trends.knowledge import Flags, Integers, Known
from trends.views import View

AT_SOURCE = "look"
"""The cause of a version that a change at the source made, and not a better reading of the same words."""


def changed_windows(view: View, known: Known, period: Period) -> tuple[Integers, Flags]:
    """Return for each window of a unit how many changes at the source it had in a period, and whether it counts.

    A change is a version of cause ``look`` that is not the first of its window. A unit that changed counts once, in the
    last of its windows that changed.
    """
    versions = known.versions
    is_change = (
        (versions["cause"] == AT_SOURCE)
        & ~versions["is_first_version_of_window"].astype(bool)
        & (versions["valid_from"] >= period.start)
        & (versions["valid_from"] < period.end)
    )
    per_listing = np.bincount(versions.loc[is_change, "window"], minlength=len(known.windows))
    units = view.units
    counts = np.bincount(units.place, weights=per_listing[units.members], minlength=len(units.windows)).astype(np.int64)
    changed = units.windows.loc[counts > 0, "unit_key"]
    counts_once = np.zeros(len(units.windows), dtype=bool)
    counts_once[changed.index[~changed.duplicated(keep="last")]] = True
    return counts, counts_once


def changed_fields(changes: pd.DataFrame, period: Period) -> pd.DataFrame:
    """Count changes of a period by field.

    Args:
        changes: one row a field that a version changed against the one before, at the source: ``item_id``, ``at``
            (aware), ``field``. A row given twice counts once.

    Returns:
        One row a field, in alphabetical order: ``field``, ``changed`` (changes) and ``changed_items``.

    Raises:
        ValueError: if a column is absent or a time is naive.
    """
    require(changes, CHANGE_COLUMNS, "changes")
    known = changes[list(CHANGE_COLUMNS)].assign(at=in_utc(changes["at"], "at")).drop_duplicates()
    in_period = known[(known["at"] >= period.start) & (known["at"] < period.end)]
    by_field = in_period.groupby("field")["item_id"]
    counts = pd.DataFrame({"changed": by_field.size(), "changed_items": by_field.nunique()})
    return counts.rename_axis("field").reset_index()
