"""Measures as of a day, from the history: stock, flows and changes. Frames in, frames out.

Knowledge as of the day only: whatever happened, or was confirmed, later is left out, so a figure does not
change when later looks come in. A day ends at midnight UTC; what happens at that midnight belongs to the next day.
The definitions and their formulas are in ``docs/methodology.md``.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pandas as pd

METHOD_VERSION = "1"
"""Raised whenever a definition here changes: figures of two method versions are not one series."""

UNITS = ("programme", "offering")
MEASURES = (
    "stock", "missing", "baseline_entered", "new", "relisted", "withdrawn", "changed", "changed_items",
)  # fmt: skip
STATED_CUTS = ("kind", "delivery", "price_type")
"""Cuts by what the source states about the item; it may state nothing, which is the category ``unknown``."""
DECLARED_CUTS = ("source", "source_kind", "country")
"""Cuts by the declaration of the source: they never change during an item's life."""
CUTS = ("total", *DECLARED_CUTS, *STATED_CUTS)
UNKNOWN = "unknown"
TREND_COLUMNS = (
    "as_of", "period_start", "unit", "panel", "cut", "cut_value", "measure", "value", "n", "missing_share",
)  # fmt: skip
COVERAGE_COLUMNS = ("source", "source_kind", "country", "last_complete_look", "age_days", "last_outcome", "state")

STALE_AFTER_DAYS = 100
"""The longest cadence is a quarter (92 days); a week later the source is overdue."""

_BASE = {measure: measure for measure in MEASURES} | {"missing": "stock"}
"""Which measure's total is a row's ``n``: its own, but the missing are a part of the stock."""
_WINDOW = ["item_id", "window_number"]
_WINDOW_FACTS = ["source", "source_kind", "country", "opened_at", "missed_at", "withdrawn_at"]
_TIMES = ["opened_at", "missed_at", "withdrawn_at", "valid_from"]
_HISTORY_COLUMNS = [*_WINDOW, *_WINDOW_FACTS, "valid_from", "cause", "is_first_version_of_window", *STATED_CUTS]


def measure(history: pd.DataFrame, looks: pd.DataFrame, *, as_of: date, period_start: date, unit: str) -> pd.DataFrame:
    """Measure a history as of the end of ``as_of``; flows are those after the end of ``period_start``.

    ``stock``: windows opened and not confirmed as withdrawn. ``missing``: those of the stock that the last complete
    look did not list (stock - missing is its lower bound). ``baseline_entered``: first windows opened in the period,
    at or before the first complete look at their source ("first seen by us", not new). ``new``: first windows opened
    in the period, later than that look. ``relisted``: later windows opened in the period. ``withdrawn``: windows whose
    withdrawal was confirmed in the period. ``changed``: versions with cause ``look`` that began in the period and are
    not the first of their window; ``changed_items``: the items they belong to. For the total and each declared cut
    ``stock(as_of) = stock(period_start) + baseline_entered + new + relisted - withdrawn`` holds exactly.

    Args:
        history: one row a version: ``item_id``, ``source``, ``source_kind``, ``country``, ``window_number`` (from 1),
            ``opened_at``, ``missed_at``, ``withdrawn_at``, ``valid_from`` (aware; NaT if not happened), ``cause``,
            ``is_first_version_of_window``, ``kind``, ``delivery``, ``price_type``. A row given twice counts once.
        looks: one row a look: ``source``, ``as_of`` (aware), ``counts_absences``.
        as_of: the day whose end is measured.
        period_start: the day after whose end flows count.
        unit: what an item of the history is: ``programme`` or ``offering``.

    Returns:
        One row a cut, category and measure. ``panel`` is ``all``: every source as it is (later versions add
        ``matched``, the sources complete at both ends of the period). ``cut_value`` is the category as stated by the
        last version that began by ``as_of``; for a withdrawn window by its last version. ``value`` is a count,
        ``n`` the sum of the measure over the categories of the cut (of the stock for ``missing``), ``missing_share``
        the share (0-1) of ``n`` whose category is unknown, NaN if ``n`` is 0. A category seen once keeps its
        rows, as zeros.

    Raises:
        ValueError: if the period does not end after it starts, a unit is unknown, a column is missing, a time is
            naive, or the history contradicts itself (one window with two opening times, two open windows of an item).
    """
    if unit not in UNITS:
        raise ValueError(f"unknown unit {unit!r}; there are: {', '.join(UNITS)}")
    if period_start >= as_of:
        raise ValueError(f"the period must start before it ends: {period_start} is not before {as_of}")
    start, end = _end_of(period_start), _end_of(as_of)
    versions = _prepared(history)
    windows = _windows(versions[versions["opened_at"] < end], _first_complete(looks, end), start, end)
    rows = pd.concat([_rows(windows, cut) for cut in CUTS], ignore_index=True)
    rows = rows.assign(as_of=as_of, period_start=period_start, unit=unit, panel="all")
    return rows[list(TREND_COLUMNS)]


def coverage(looks: pd.DataFrame, as_of: date, *, stale_after_days: int = STALE_AFTER_DAYS) -> pd.DataFrame:
    """Say how far each source was covered at the end of ``as_of``.

    Args:
        looks: one row a look: ``source``, ``source_kind``, ``country``, ``as_of`` (aware), ``outcome``,
            ``counts_absences``.
        as_of: the day whose end is meant; later looks are left out.
        stale_after_days: how old the last complete look may be.

    Returns:
        One row a source with a look by then, sorted by source: ``last_complete_look`` (UTC, NaT if none), ``age_days``
        (whole days from that look's day to ``as_of``), ``last_outcome`` and ``state``: ``ok``, ``stale`` (the last
        complete look is too old) or ``missing`` (there is none: withdrawals cannot be known, and what entered is not
        called new).

    Raises:
        ValueError: if a column is missing or a time is naive.
    """
    known = _looks_until(looks, _end_of(as_of))
    last = known.drop_duplicates("source", keep="last").set_index("source")
    complete = known[known["counts_absences"].astype(bool)].groupby("source")["as_of"].max()
    last_complete = complete.reindex(last.index)
    age_days = (pd.Timestamp(as_of, tz="UTC") - last_complete.dt.normalize()).dt.days.astype("Int64")
    state = pd.Series("ok", index=last.index, dtype="object")
    state = state.mask(age_days.gt(stale_after_days).fillna(value=False).astype(bool), "stale")
    state = state.mask(last_complete.isna(), "missing")
    frame = last.assign(
        last_complete_look=last_complete, age_days=age_days, last_outcome=last["outcome"], state=state
    ).reset_index()
    return frame[list(COVERAGE_COLUMNS)].sort_values("source", ignore_index=True)


def _end_of(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), UTC)


def _prepared(history: pd.DataFrame) -> pd.DataFrame:
    """Return the rows once each, times in UTC, in the order of time within each window."""
    _require(history, _HISTORY_COLUMNS, "history")
    versions = history[_HISTORY_COLUMNS].assign(**{name: _utc(history[name], name) for name in _TIMES})
    versions = versions.drop_duplicates().sort_values([*_WINDOW, "valid_from"], ignore_index=True)
    twice = versions.duplicated([*_WINDOW, "valid_from"])
    if twice.any():
        raise ValueError(f"two versions of one window begin at once: item {versions.loc[twice, 'item_id'].iloc[0]!r}")
    windows = versions.drop_duplicates(_WINDOW + _WINDOW_FACTS)
    torn = windows.duplicated(_WINDOW)
    if torn.any():
        raise ValueError(f"the versions of one window disagree on it: item {windows.loc[torn, 'item_id'].iloc[0]!r}")
    return versions


def _looks_until(looks: pd.DataFrame, end: datetime) -> pd.DataFrame:
    _require(looks, ["source", "as_of", "counts_absences"], "looks")
    known = looks.assign(as_of=_utc(looks["as_of"], "as_of"))
    return known[known["as_of"] < end].sort_values(["source", "as_of"], kind="stable")


def _first_complete(looks: pd.DataFrame, end: datetime) -> dict[str, pd.Timestamp]:
    known = _looks_until(looks, end)
    complete = known[known["counts_absences"].astype(bool)]
    first = complete.drop_duplicates("source")
    return dict(zip(first["source"], first["as_of"], strict=True))


def _windows(
    versions: pd.DataFrame, first_complete: dict[str, pd.Timestamp], start: datetime, end: datetime
) -> pd.DataFrame:
    """Return one row a window: its categories at ``end`` and one column a measure with what it adds to it."""
    in_force = versions[versions["valid_from"] < end].drop_duplicates(_WINDOW, keep="last")
    windows = versions.drop_duplicates(_WINDOW)[_WINDOW + _WINDOW_FACTS].merge(
        in_force[[*_WINDOW, *STATED_CUTS]], on=_WINDOW, how="left"
    )
    opened = windows["opened_at"] >= start
    first = windows["window_number"] == 1
    # Where no complete look is known yet the comparison with NaT is false: nothing there can be called new.
    after_baseline = windows["opened_at"] > pd.to_datetime(windows["source"].map(first_complete), utc=True)
    stock = ~(windows["withdrawn_at"] < end)
    _refuse_two_open(windows.loc[stock, "item_id"])
    counted = windows.assign(
        stock=stock,
        missing=stock & (windows["missed_at"] < end),
        baseline_entered=opened & first & ~after_baseline,
        new=opened & first & after_baseline,
        relisted=opened & ~first,
        withdrawn=(windows["withdrawn_at"] >= start) & ~stock,
    )
    return counted.merge(_changes(versions, start, end), on=_WINDOW, how="left").fillna(
        {"changed": 0, "changed_items": 0}
    )


def _refuse_two_open(items: pd.Series) -> None:
    twice = items.duplicated()
    if twice.any():
        raise ValueError(f"an item has two open windows: {items[twice].iloc[0]!r}")


def _changes(versions: pd.DataFrame, start: datetime, end: datetime) -> pd.DataFrame:
    """Return the windows with changes in the period; an item counts once, in the last of its windows that changed."""
    changes = versions[
        (versions["cause"] == "look")
        & ~versions["is_first_version_of_window"].astype(bool)
        & (versions["valid_from"] >= start)
        & (versions["valid_from"] < end)
    ]
    counts = changes.groupby(_WINDOW, as_index=False).size().rename(columns={"size": "changed"})
    return counts.assign(changed_items=~counts.duplicated("item_id", keep="last"))


def _rows(windows: pd.DataFrame, cut: str) -> pd.DataFrame:
    category = _category(windows, cut)
    counts = windows[list(MEASURES)].astype("int64").groupby(category).sum()
    always = ["all"] if cut == "total" else [UNKNOWN] if cut in STATED_CUTS else []
    counts = counts.reindex(counts.index.union(always), fill_value=0)
    totals = counts.sum()
    unknown = counts[counts.index == UNKNOWN].sum()
    rows = counts.rename_axis("cut_value").reset_index().melt("cut_value", var_name="measure", value_name="value")
    base = rows["measure"].map(_BASE)
    n = base.map(totals).astype("int64")
    return rows.assign(cut=cut, n=n, missing_share=base.map(unknown) / n.astype("float64").where(n > 0))


def _category(windows: pd.DataFrame, cut: str) -> pd.Series:
    if cut == "total":
        return pd.Series("all", index=windows.index, dtype="object")
    return windows[cut].astype("object").where(windows[cut].notna(), UNKNOWN)


def _require(frame: pd.DataFrame, columns: list[str], what: str) -> None:
    absent = [name for name in columns if name not in frame.columns]
    if absent:
        raise ValueError(f"{what}: no column {', '.join(absent)}")


def _utc(column: pd.Series, name: str) -> pd.Series:
    """Return the times in UTC; a naive time is refused, because a database that dropped the zone would shift days."""
    if column.dtype == "object":
        naive = any(value.tzinfo is None for value in column.dropna())
    else:
        naive = bool(column.notna().any()) and getattr(column.dt, "tz", None) is None
    if naive:
        raise ValueError(f"{name}: times without a time zone")
    return pd.to_datetime(column, utc=True)
