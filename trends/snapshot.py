"""The trend table of one day and period: every figure as a row, the same rows for the same input."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

from trends import totals
from trends.categories import CUTS, DECLARED_CUTS, Categories, categorise
from trends.frames import Period, end_of
from trends.knowledge import Known, known_by
from trends.panels import ENTRY, EXIT, MATCHED, STALE, STATUSES, coverage, source_statuses
from trends.rows import count_rows
from trends.updates import changed_windows
from trends.views import View, chain_views, nested_views

COVERAGE = ("sources_ok", "sources_stale", "sources_missing")
ROW_KEY = ("definition", "population", "unit", "panel", "cut", "cut_value", "measure")
"""What tells the rows of one snapshot apart."""
TREND_COLUMNS = (
    "as_of", "known_at", "period_start", *ROW_KEY, "value", "low", "high", "n", "missing_share", *COVERAGE,
)  # fmt: skip
KEY_CUTS = ("total", "source_kind", "country", "kind", "price_type", "development")


@dataclass(frozen=True, slots=True)
class Plan:
    """What is published of a unit: the cuts of each population, and which figures of the whole.

    ``level_cuts`` are the cuts by which prices have levels.
    """

    unit: str
    cuts: Mapping[str, Sequence[str]]
    survival_of: Sequence[str] = ()
    indices_of: Sequence[str] = ()
    with_overlap: bool = False
    with_price_index: bool = False
    level_cuts: Sequence[str] = totals.LEVEL_CUTS


PLANS = (
    Plan(
        "listing", {"all": CUTS, "core": KEY_CUTS, "core_and_broad": KEY_CUTS}, survival_of=("all",),
        indices_of=("all", "core_and_broad"), with_price_index=True,
    ),
    Plan("programme", {"all": ("total", *DECLARED_CUTS)}),
    Plan(
        "credential", {"all": CUTS, "core": KEY_CUTS, "core_and_broad": CUTS}, survival_of=("all", "core_and_broad"),
        indices_of=("all", "core_and_broad"), with_overlap=True,
    ),
    Plan("offering", {"all": ("total", *DECLARED_CUTS, "delivery", "price_type")}, with_price_index=True),
)  # fmt: skip


def snapshot(
    listings: pd.DataFrame,
    offerings: pd.DataFrame,
    looks: pd.DataFrame,
    changes: pd.DataFrame,
    *,
    as_of: date,
    period_start: date,
    definition: str,
    known_at: date | None = None,
    absences: pd.DataFrame | None = None,
    offering_absences: pd.DataFrame | None = None,
    chain_days: Sequence[date] = (),
    plans: Sequence[Plan] = PLANS,
) -> pd.DataFrame:
    """Measure a history as of the end of ``as_of``, and what happened after the end of ``period_start``.

    Args:
        listings: versions of listings (see ``trends.frames.checked_history``). Programmes and credentials are made of
            them by their keys.
        offerings: versions of offerings, with the same columns.
        looks: runs of the sources (``trends.frames.LOOK_COLUMNS``).
        changes: fields of listings that changed (``trends.frames.CHANGE_COLUMNS``).
        as_of: the day whose end is measured (UTC).
        period_start: the day after whose end flows count.
        definition: under which definition ``mc_class`` of the frames says what a listing is; a name for the rows.
        known_at: the day up to whose end looks are used; by default ``as_of`` ("as known then"). See
            ``trends.knowledge`` for what a later day changes.
        absences: absences of listings that were taken back (see ``trends.knowledge.known_by``).
        offering_absences: those of offerings.
        chain_days: days before ``as_of`` over which the indices are chained, in order; the first is their base. Without
            them there are no rows of indices.
        plans: what is published of each unit; fewer plans give fewer rows, each the same.

    Returns:
        One row a figure, sorted by ``ROW_KEY``, with ``TREND_COLUMNS``. ``value``, ``low``, ``high`` and
        ``missing_share`` are float64, NaN where there is none; ``n`` and the counts of sources are int64. For the panel
        ``all`` the sources are those of ``trends.panels.coverage`` (of the category, under a cut by declaration); for
        ``matched`` they are the sources matched, stale, and present at one end only.

    Raises:
        ValueError: if the period does not end after it starts, ``known_at`` is before ``as_of``, ``chain_days`` are not
            in order and before ``as_of``, or a frame is not acceptable.
    """
    period = Period(period_start, as_of)
    days = (*chain_days, as_of)
    if list(days) != sorted(set(days)):
        raise ValueError("chain_days must be in order, each once, and before as_of")
    known_day = known_at or as_of
    histories = {
        "listing": known_by(listings, looks, as_of=as_of, known_at=known_day, absences=absences),
        "offering": known_by(offerings, looks, as_of=as_of, known_at=known_day, absences=offering_absences),
    }
    categories = {name: categorise(known.versions) for name, known in histories.items()}
    figures = []
    for plan in plans:
        history = "offering" if plan.unit == "offering" else "listing"
        rows = _unit_rows(plan, histories[history], categories[history], period, days)
        figures.append(rows.assign(unit=plan.unit))
    fields = totals.field_rows(changes, period).assign(unit="listing", population="all")
    rows = pd.concat([*figures, fields], ignore_index=True).assign(
        as_of=as_of, known_at=known_day, period_start=period_start, definition=definition
    )
    rows = _with_coverage(rows, looks, period, end_of(known_day))
    return rows.sort_values(list(ROW_KEY), ignore_index=True)[list(TREND_COLUMNS)]


def _unit_rows(plan: Plan, known: Known, categories: Categories, period: Period, days: Sequence[date]) -> pd.DataFrame:
    views = nested_views(known, categories, plan.unit, period)
    changed = changed_windows(views[STATUSES[-1]], known, period)
    links = chain_views(known, categories, plan.unit, days) if plan.indices_of else []
    found = []
    for population, cuts in plan.cuts.items():
        rows = [count_rows(views, categories, cut, population, changed) for cut in cuts]
        rows += _whole_rows(plan, categories, population, views)
        rows.append(totals.estimate_rows(views[STATUSES[-1]], categories, population, period))
        if plan.with_overlap:
            rows.append(totals.overlap_rows(views[STATUSES[-1]], known, categories, population, period.end))
        if links and population in plan.indices_of:
            rows.append(totals.index_rows(links, categories, days, population, with_prices=plan.with_price_index))
        found.append(pd.concat(rows, ignore_index=True).assign(population=population))
    return pd.concat(found, ignore_index=True)


def _whole_rows(
    plan: Plan, categories: Categories, population: str, views: Mapping[str, View]
) -> Iterator[pd.DataFrame]:
    everything = views[STATUSES[-1]]
    yield totals.structure_rows(everything, categories, population)
    yield totals.price_rows(
        everything, views[MATCHED], categories, population, level_cuts=plan.level_cuts, with_index=plan.with_price_index
    )
    if population in plan.survival_of:
        yield totals.survival_rows(everything, categories, population)


def _with_coverage(rows: pd.DataFrame, looks: pd.DataFrame, period: Period, until: pd.Timestamp) -> pd.DataFrame:
    covered = coverage(looks, period.as_of)
    state = covered["state"].map({"ok": COVERAGE[0], "stale": COVERAGE[1], "missing": COVERAGE[2]})
    statuses = source_statuses(looks, period, until=until)["status"]
    status = statuses.map({MATCHED: COVERAGE[0], STALE: COVERAGE[1], ENTRY: COVERAGE[2], EXIT: COVERAGE[2]})
    result = rows.assign(**_counts_of(state))
    is_matched = result["panel"] == MATCHED
    for name, count in _counts_of(status).items():
        result[name] = result[name].mask(is_matched, count)
    for cut in DECLARED_CUTS:
        here = (result["cut"] == cut) & ~is_matched
        by_category = pd.crosstab(covered[cut], state).reindex(columns=list(COVERAGE), fill_value=0)
        for name in COVERAGE:
            counts = result["cut_value"].map(by_category[name]).fillna(0).astype("int64")
            result[name] = result[name].mask(here, counts)
    return result


def _counts_of(words: pd.Series[str]) -> dict[str, int]:
    return {name: int((words == name).sum()) for name in COVERAGE}
