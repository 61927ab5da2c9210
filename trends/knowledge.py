"""History as it was known at the end of a day: the windows of listings, and when each entered and left the record.

An item leaves the record at

    left_at = max(missed_at, withdrawn_at - lag),    lag = known_at - as_of

so that the stock of every day is counted with the same delay of knowledge: with no delay it leaves when a second look
confirms the absence; with a delay of two looks or more it leaves at the first look without it, which is nearer to the
truth. Counting both ends of a period alike is what keeps a growth rate free of the bias that withdrawals become known
later than arrivals (the same correction as comparing first releases with first releases, Croushore and Stark 2001,
Journal of Econometrics 105).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from trends.frames import (
    ABSENCE_COLUMNS,
    IDENTITY,
    WINDOW_KEY,
    WINDOW_TIMES,
    Period,
    checked_history,
    checked_looks,
    end_of,
    in_utc,
    require,
)

PARTIAL = "partial"

Integers = npt.NDArray[np.integer[Any]]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Known:
    """What was known at the end of a day.

    ``windows`` has one row a window of a listing, in the order of item and window: the identity columns of the
    history; ``not_before``, ``opened_at``, ``last_seen_at``, ``missed_at``, ``withdrawn_at`` (aware, as far as known);
    ``gone_probability`` (that what was missed has gone: 1 if confirmed, 0 if nothing is missed); ``left_at`` (when it
    leaves the record, NaT while in it); ``is_source_exit`` (it left because its catalogue was retired) and
    ``is_after_baseline`` (it opened later than the first complete look at its source).

    ``versions`` has one row a version, in the order of its window (``window``, a row of ``windows``) and time.
    ``looks`` are those known: before ``until``, the midnight (UTC) that ends the day. ``matched`` keeps which windows
    are of matched sources, by period, as far as it was asked (``trends.views``).
    """

    windows: pd.DataFrame
    versions: pd.DataFrame
    looks: pd.DataFrame
    until: pd.Timestamp
    matched: dict[Period, Flags] = field(default_factory=dict, compare=False, repr=False)

    def version_at(self, at: pd.Timestamp) -> Integers:
        """Return for each window the row of the version that was in force just before ``at``.

        For a window that had not opened by then it is its first version, for one that had left its last.
        """
        began = (self.versions["valid_from"] < at).to_numpy()
        window = self.versions["window"].to_numpy()
        size = len(self.windows)
        counts = np.bincount(window, minlength=size)
        first = np.cumsum(counts) - counts
        reached = np.bincount(window[began], minlength=size)
        return first + np.maximum(reached - 1, 0)


def known_by(
    history: pd.DataFrame,
    looks: pd.DataFrame,
    *,
    as_of: date,
    known_at: date,
    absences: pd.DataFrame | None = None,
) -> Known:
    """Return what was known at the end of ``known_at`` of a history that is measured as of the end of ``as_of``.

    Args:
        history: see ``trends.frames.checked_history``.
        looks: see ``trends.frames.LOOK_COLUMNS``.
        as_of: the last day that is measured.
        known_at: the day up to whose end looks may be used; the lag is ``known_at - as_of``.
        absences: absences that were taken back, one row each: ``item_id``, ``window_number``, ``last_seen_at``,
            ``missed_at`` and ``seen_again_at``. A window does not tell of them; with them what was missing on a past
            day can be computed as it was known then, without them it may come out smaller.

    Raises:
        ValueError: if ``known_at`` is before ``as_of``, or a frame is not acceptable.
    """
    if known_at < as_of:
        raise ValueError(f"what is measured as of {as_of} cannot be known at {known_at} already")
    until = end_of(known_at)
    known_looks = checked_looks(looks, until)
    versions = checked_history(history)
    versions = versions[(versions["opened_at"] < until) & (versions["valid_from"] < until)].reset_index(drop=True)
    begins = ~versions.duplicated(list(WINDOW_KEY))
    windows = versions.loc[begins, [*WINDOW_KEY, *IDENTITY, *WINDOW_TIMES]].reset_index(drop=True)
    versions = versions.assign(window=begins.cumsum().to_numpy() - 1)
    windows = _as_known(windows, known_looks, until, absences)
    windows = windows.assign(gone_probability=_gone_probability(windows, absences, until))
    windows = _with_exits(windows, known_looks, until, until - end_of(as_of))
    return Known(windows=windows, versions=versions, looks=known_looks, until=until)


def retirements(looks: pd.DataFrame, until: pd.Timestamp) -> pd.Series[Any]:
    """Return when each source that is no longer served was retired, by source: the midnight that begins the day.

    A source that was read on that day or later is served still, whatever its declaration says.

    Args:
        looks: checked looks (see ``trends.frames``).
        until: retirements at it or later are left out.
    """
    retired = looks.groupby("source")["retired"].max().dropna()
    read = looks[looks["counts_absences"] | (looks["outcome"] == PARTIAL)].groupby("source")["as_of"].max()
    contradicted = retired <= read.reindex(retired.index)
    return retired[~contradicted & (retired < until)]


def _as_known(
    windows: pd.DataFrame, looks: pd.DataFrame, until: pd.Timestamp, absences: pd.DataFrame | None
) -> pd.DataFrame:
    """Forget what was seen later: a miss, a confirmation, a last sight after ``until``."""
    complete = looks[looks["counts_absences"]].groupby("source")["as_of"]
    first, last = (_of_source(times, windows) for times in (complete.min(), complete.max()))
    missed = windows["missed_at"].where(windows["missed_at"] < until)
    withdrawn = windows["withdrawn_at"].where(windows["withdrawn_at"] < until)
    # A window that no known look missed was seen in the last complete look, however much later it was seen again.
    seen = windows["last_seen_at"].where(missed.notna(), last)
    if absences is not None:
        missed, seen = _with_absences(windows, missed, seen, absences, until)
    opened = windows["opened_at"]
    return windows.assign(
        not_before=windows["seen_not_before"],
        last_seen_at=seen.where(seen > opened, opened),
        missed_at=missed,
        withdrawn_at=withdrawn,
        # Where no complete look is known the comparison with NaT is false: nothing there can be called new.
        is_after_baseline=opened > first,
    ).drop(columns="seen_not_before")


def _with_absences(
    windows: pd.DataFrame, missed: pd.Series[Any], seen: pd.Series[Any], absences: pd.DataFrame, until: pd.Timestamp
) -> tuple[pd.Series[Any], pd.Series[Any]]:
    """Put back the absences that were open at ``until`` and taken back later."""
    require(absences, ABSENCE_COLUMNS, "absences")
    times = {name: in_utc(absences[name], name) for name in ABSENCE_COLUMNS[2:]}
    open_then = absences.assign(**times)
    open_then = open_then[(open_then["missed_at"] < until) & (open_then["seen_again_at"] >= until)]
    found = windows[list(WINDOW_KEY)].merge(
        open_then.drop_duplicates(list(WINDOW_KEY)), on=list(WINDOW_KEY), how="left", validate="one_to_one"
    )
    was_open = found["missed_at"].notna()
    return missed.mask(was_open, found["missed_at"]), seen.mask(was_open, found["last_seen_at"])


def _gone_probability(windows: pd.DataFrame, absences: pd.DataFrame | None, until: pd.Timestamp) -> pd.Series[float]:
    """Return the probability that each window has ended: 1 if that is confirmed, 0 if no look missed it.

    What a look missed and none has confirmed or taken back has gone with the probability

        (confirmed + 1) / (confirmed + taken back + 2) * min(1, most / open)

    of its source: the share of its absences that were confirmed, by Laplace's rule of succession (1774); and no more of
    the ``open`` ones are believed at once than the ``most`` that a single look of this source ever missed rightly, so
    that one look that went wrong makes no wave.
    """
    source, is_confirmed = windows["source"], windows["withdrawn_at"].notna()
    is_open = windows["missed_at"].notna() & ~is_confirmed
    confirmed, undecided = is_confirmed.groupby(source).sum(), is_open.groupby(source).sum()
    most = windows[is_confirmed].groupby(["source", "missed_at"]).size().groupby("source").max()
    back = _taken_back(windows, absences, until).reindex(confirmed.index, fill_value=0)
    believed = (most.reindex(confirmed.index, fill_value=0) / undecided.where(undecided > 0)).clip(upper=1)
    chance = (confirmed + 1) / (confirmed + back + 2) * believed
    return is_confirmed.astype("float64").mask(is_open, source.map(chance))


def _taken_back(windows: pd.DataFrame, absences: pd.DataFrame | None, until: pd.Timestamp) -> pd.Series[int]:
    """Return how many absences of each source had been taken back by then."""
    if absences is None:
        return pd.Series(dtype="int64")
    then = absences[in_utc(absences["seen_again_at"], "seen_again_at") < until]
    return then.merge(windows[[*WINDOW_KEY, "source"]], on=list(WINDOW_KEY)).groupby("source").size()


def _of_source(times: pd.Series[Any], windows: pd.DataFrame) -> pd.Series[Any]:
    """Return for each window the time of its source, NaT if it has none."""
    return times.reindex(windows["source"]).set_axis(windows.index)


def _with_exits(windows: pd.DataFrame, looks: pd.DataFrame, until: pd.Timestamp, lag: pd.Timedelta) -> pd.DataFrame:
    confirmed = windows["withdrawn_at"] - lag
    left = confirmed.where(confirmed > windows["missed_at"], windows["missed_at"].where(confirmed.notna()))
    retired = _of_source(retirements(looks, until), windows)
    retired = retired.where(windows["opened_at"] < retired)
    is_source_exit = retired.notna() & ~(left <= retired)
    return windows.assign(left_at=left.mask(is_source_exit, retired), is_source_exit=is_source_exit)
