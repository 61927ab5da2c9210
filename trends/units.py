"""From the windows of listings to those of what is counted, so that nothing is counted twice.

A programme is what one source lists as runs of one course, a credential what several sources list as one. Such a unit
is listed while any of its listings is: its windows are the union of theirs. It enters once, however many catalogues
take it up, and leaves with the last of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from trends.categories import Categories, Numbers, development_of
from trends.knowledge import Flags, Integers, Known

KEYS: Mapping[str, tuple[str, ...]] = {
    "listing": ("item_id",),
    "programme": ("source", "programme_key"),
    "credential": ("credential_id",),
    "offering": ("item_id",),
}
"""Unit -> what the windows have in common that are one of it. An offering is an item of a history of its own."""
UNITS = tuple(KEYS)
PRECEDENCE = (
    "institution", "register", "consortium", "government_platform", "commercial_platform", "employer",
)  # fmt: skip
"""Whose statement about a unit comes first, by kind of source: those who make it, then those who pass it on."""
_NEVER = np.iinfo(np.int64).max


@dataclass(frozen=True, slots=True)
class Units:
    """The windows of one unit over the listings of some sources.

    ``windows`` has one row a window: ``opened_at``, ``not_before``, ``last_seen_at``, ``missed_at``, ``withdrawn_at``,
    ``left_at`` (aware; NaT as in ``trends.knowledge.Known``), ``gone_probability``, ``is_source_exit``, ``is_first``
    (of its unit), ``is_after_baseline``, and ``unit_key`` (an integer).

    ``members`` are the windows of listings (rows of ``Known.windows``) in the order of their unit's window and of
    precedence, ``place`` the unit's window of each, ``starts`` where the members of each window begin.
    """

    windows: pd.DataFrame
    members: Integers
    place: Integers
    starts: Integers


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known about each window of a unit just before a moment: codes of each cut, modes as bits, amounts."""

    codes: Mapping[str, Integers]
    modes: Integers
    numbers: Mapping[str, Numbers]


def units_of(known: Known, unit: str, is_in_panel: Flags) -> Units:
    """Return the windows of a unit over the listings of a panel.

    A window of the unit lasts from the first of its listings' windows that opens until the last of those that overlap
    it leaves the record. It began no earlier than the earliest, and no later than the first, of its listings can have
    begun; it ended no earlier than the last sight of any, and no later than the last of their misses.

    Args:
        known: windows of listings.
        unit: one of ``UNITS``.
        is_in_panel: for each window whether its source belongs to the panel.

    Raises:
        KeyError: if the unit is unknown.
    """
    chosen = np.flatnonzero(is_in_panel)
    windows = known.windows.iloc[chosen]
    key = windows.groupby(list(KEYS[unit]), sort=False, dropna=False).ngroup().to_numpy(dtype=np.int64)
    opened, left = _ticks(windows["opened_at"]), _ticks(windows["left_at"])
    by_time = np.lexsort((chosen, opened, key))
    place = np.empty(len(chosen), dtype=np.int64)
    place[by_time] = _merged(key[by_time], opened[by_time], left[by_time])
    precedence = windows["source_kind"].map({kind: rank for rank, kind in enumerate(PRECEDENCE)})
    order = np.lexsort((chosen, opened, precedence.fillna(len(PRECEDENCE)).to_numpy(), place))
    starts = np.flatnonzero(np.diff(place[order], prepend=-1))
    return Units(
        windows=_windows(windows, key, place, by_time),
        members=chosen[order],
        place=place[order],
        starts=starts.astype(np.int64),
    )


def facts_at(units: Units, known: Known, categories: Categories, at: pd.Timestamp) -> Facts:
    """Return what is known about each window of a unit just before ``at``.

    What a unit is, is said by its listings that are in the record at that moment; if there are none (it has left, or
    not opened) by all of the window. Each attribute is taken from the first of them that states it, in the order of
    ``PRECEDENCE``, then of age; development modes are those of all together.
    """
    version = known.version_at(at)[units.members]
    windows = known.windows.iloc[units.members]
    is_listed = ((windows["opened_at"] < at) & ~(windows["left_at"] < at)).to_numpy()
    speaks = is_listed | ~_reduced(np.logical_or, is_listed, units.starts)[units.place]
    codes = {}
    for cut, all_codes in categories.codes.items():
        mine = np.where(speaks, all_codes[version], -1)
        codes[cut] = _first_where(mine >= 0, mine, units.starts, -1)
    numbers = {}
    for name, amounts in categories.numbers.items():
        mine_amounts = np.where(speaks, amounts[version], np.nan)
        numbers[name] = _first_where(~np.isnan(mine_amounts), mine_amounts, units.starts, np.nan)
    bits = np.where(speaks, categories.modes[version], 0)
    modes = _reduced(np.bitwise_or, bits, units.starts)
    codes["development"] = development_of(modes, categories.mode_words)
    return Facts(codes=codes, modes=modes, numbers=numbers)


def _merged(key: Integers, opened: Integers, left: Integers) -> Integers:
    """Return the number of the unit's window of each listing's window; all sorted by key and opening."""
    latest = pd.Series(left).groupby(key).cummax().to_numpy(dtype=np.int64)
    begins = np.ones(len(key), dtype=bool)
    begins[1:] = (key[1:] != key[:-1]) | (opened[1:] > latest[:-1])
    return np.cumsum(begins) - 1


def _windows(windows: pd.DataFrame, key: Integers, place: Integers, by_time: Integers) -> pd.DataFrame:
    """Return one row a window of the unit, with the times of its members put together."""
    members = windows.iloc[by_time]
    begins = np.flatnonzero(np.diff(place[by_time], prepend=-1))
    ticks = {name: _ticks(members[name]) for name in _LAST_OF_MEMBERS}
    unit = place[by_time]
    exits = members["is_source_exit"].to_numpy(dtype=bool)
    left_at = _reduced(np.maximum, ticks["left_at"], begins)
    ended_by_exit = _reduced(np.logical_or, exits & (ticks["left_at"] == left_at[unit]), begins)
    # A catalogue that was retired lists nothing: it keeps no unit in doubt that others went on listing.
    is_over = exits & ~ended_by_exit[unit]
    for name in ("missed_at", "withdrawn_at"):
        ticks[name] = np.where(is_over, ticks["left_at"], ticks[name])
    # An unknown time is later than all: while one member is still listed, or its miss not confirmed, so is the unit.
    last = {name: _reduced(np.maximum, of, begins) for name, of in ticks.items()}
    # A unit has gone if all of its listings have; these tend to go together, so it is as likely as the least likely.
    chance = np.where(is_over, 1.0, members["gone_probability"].to_numpy(dtype=float))
    gone = _reduced(np.minimum, chance, begins)
    result = members.iloc[begins][["opened_at", "not_before", "is_after_baseline"]].reset_index(drop=True)
    # What is unknown of the member that opened first stays unknown; the others can only lower a bound that is known.
    earliest = _times(_reduced(np.minimum, _ticks(members["not_before"]), begins))
    return result.assign(
        not_before=earliest.where(result["not_before"].notna()),
        **{name: _times(of) for name, of in last.items()},
        gone_probability=gone,
        is_source_exit=ended_by_exit,
        unit_key=key[by_time][begins],
        is_first=np.diff(key[by_time][begins], prepend=-1) != 0,
    )


_LAST_OF_MEMBERS = ("last_seen_at", "missed_at", "withdrawn_at", "left_at")


def _reduced(reduce: np.ufunc, values: npt.NDArray[Any], begins: Integers) -> npt.NDArray[Any]:
    """Return one value a group of neighbours, each group beginning at a place of ``begins``."""
    return reduce.reduceat(values, begins) if len(values) else values


def _first_where(is_known: Flags, values: npt.NDArray[Any], begins: Integers, otherwise: float) -> npt.NDArray[Any]:
    """Return the first known value of each group of neighbours."""
    if not len(values):
        return values
    at = np.minimum.reduceat(np.where(is_known, np.arange(len(values)), _NEVER), begins)
    return np.where(at < _NEVER, values[np.minimum(at, len(values) - 1)], otherwise)


def _ticks(times: pd.Series[Any]) -> Integers:
    """Return times as microseconds, an unknown time as later than everything."""
    return times.astype("int64").where(times.notna(), _NEVER).to_numpy(dtype=np.int64)


def _times(ticks: Integers) -> pd.Series[Any]:
    """Return the times that ``_ticks`` made microseconds of."""
    known = pd.Series(np.where(ticks == _NEVER, np.iinfo(np.int64).min, ticks).view("datetime64[us]"))
    return known.dt.tz_localize("UTC")
