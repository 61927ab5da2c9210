"""How far the sources of a report are covered, and how much they can be trusted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pandas as pd

from models.queries import run_log, sources_frame
from web.report_parts import ByCategory, Figures, Line, Statement, Table, count_of
from web.words import NOTHING, country_of, day, is_missing, number, plain, share, titled

STATES = {"ok": "in\u00a0time", "stale": "stale", "missing": "no complete look"}
"""State of a source on a day (``trends.method.coverage``) -> words."""
STATUSES = {"matched": "matched", "stale": "one end only", "entry": "came in", "exit": "retired"}
NOT_COMPLETE = ("partial", "blocked", "failed")


@dataclass(frozen=True, slots=True)
class Coverage:
    """The sources of a report: the table, and what is said of them all."""

    table: Table
    statements: Sequence[Statement]
    sources: int
    countries: int


def coverage(figures: Figures, covered: Sequence[Mapping[str, Any]]) -> Coverage:
    """Return how the sources stood on the day.

    Args:
        figures: of the report.
        covered: one mapping a source, as the snapshot stored it (``models.queries.StoredSnapshot.coverage``).
    """
    latest = figures.days.latest
    declared = {row["source"]: row for row in sources_frame(figures.reach.engine).to_dict(orient="records")}
    runs = _runs(figures)
    listed = ByCategory(figures.rows("source", ["stock", "missing"], unit="listing", population="all"))
    here = sorted(covered, key=lambda one: (str(one["source_kind"]), str(one["source"])))
    lines = [
        _line(one, declared.get(one["source"], {}), runs.get(str(one["source"]), {}), listed, figures) for one in here
    ]
    return Coverage(
        table=Table(
            id="sources",
            title=f"The sources on {latest.as_of}",
            columns=["Kind", "Country", "State", "Last complete look", "In the period", "Listings", "Missed once",
                     "Held back", "Not complete", "Format known"],
            lines=lines,
            first_column="Source",
            basis=f"Panel: all sources; runs since {latest.period_start}, as known at the end of {latest.known_at}; "
            "listings of any kind.",
            notes=_NOTES,
            words=frozenset({0, 1, 2, 3, 4, 9}),
        ),
        statements=_statements(figures, here, declared, runs),
        sources=len(here),
        countries=len({one["country"] for one in here}),
    )  # fmt: skip


_NOTES = (
    "State: in time if the last complete look is no older than the cadence of the source allows.",
    "In the period: matched if a complete look lies near either end.",
    "Missed once: share of listings that the last complete look did not find, and no second look has confirmed.",
    "Held back: runs that a gate stopped and nobody has accepted. Not complete: runs partial, blocked or failed.",
    "Format known: how the reading of the source was built (recorded pages, its documents, third parties, or assumed).",
)


def _runs(figures: Figures) -> Mapping[str, Mapping[str, int]]:
    """Return for each source how many of its runs in the period had which outcome; looks known then only."""
    log = run_log(figures.reach.engine)
    start, end = (
        pd.Timestamp(each, tz="UTC") + timedelta(days=1)
        for each in (figures.days.latest.period_start, figures.days.latest.known_at)
    )
    of_period = log[(log["as_of"] >= start) & (log["as_of"] < end)]
    found: dict[str, dict[str, int]] = {}
    for source, outcome in zip(of_period["source"], of_period["outcome"], strict=True):
        of_source = found.setdefault(str(source), {})
        of_source[str(outcome)] = of_source.get(str(outcome), 0) + 1
    return found


def _line(
    one: Mapping[str, Any],
    declared: Mapping[Any, Any],
    runs: Mapping[str, int],
    listed: ByCategory,
    figures: Figures,
) -> Line:
    source = str(one["source"])
    stock = listed.value(figures.days.latest, source, "stock")
    missed = listed.value(figures.days.latest, source, "missing")
    return Line(
        plain(str(declared.get("name") or source)),
        [
            titled(str(one["source_kind"])),
            country_of(str(one["country"])),
            STATES.get(str(one["state"]), str(one["state"])),
            day(one.get("last_complete_look")) if one.get("last_complete_look") else "never",
            STATUSES.get(str(one.get("status")), NOTHING),
            number(stock),
            share(missed / stock) if stock and missed is not None else NOTHING,
            number(runs.get("suspect", 0)),
            number(sum(runs.get(outcome, 0) for outcome in NOT_COMPLETE)),
            NOTHING if is_missing(declared.get("evidence")) else str(declared["evidence"]),
        ],
    )


def _statements(
    figures: Figures,
    covered: Sequence[Mapping[str, Any]],
    declared: Mapping[Any, Mapping[Any, Any]],
    runs: Mapping[str, Mapping[str, int]],
) -> list[Statement]:
    latest, n = figures.days.latest, len(covered)
    state = {word: sum(one["state"] == word for one in covered) for word in STATES}
    matched = sum(one.get("status") == "matched" for one in covered)
    held = {slug: of["suspect"] for slug, of in runs.items() if of.get("suspect")}
    evidence = pd.Series([declared.get(one["source"], {}).get("evidence") for one in covered], dtype="object")
    kinds = ", ".join(f"{word} {count}" for word, count in evidence.value_counts().sort_index().items())
    checked = sum(bool(figures.reach.live_checks.get(str(one["source"]))) for one in covered)
    whole = sum(bool(declared.get(one["source"], {}).get("lists_everything")) for one in covered)
    over = f"Over {count_of(n, 'source', 'sources')}."
    return [
        Statement(
            f"{state['ok']} of {count_of(n, 'source', 'sources')} had a complete look in time, {state['stale']} an "
            f"older one, {state['missing']} none. {matched} can be compared over the period.", over,
        ),
        Statement(
            f"{count_of(whole, 'source lists', 'sources list')} in one look all that is on offer. "
            + ("Of the others an absence says nothing." if whole < n else "So an absence can mean a withdrawal."), over,
        ),
        Statement(
            "Runs held back by a gate and not accepted: none."
            if not held
            else f"{count_of(sum(held.values()), 'run was', 'runs were')} held back by a gate and nobody has accepted "
            f"{'it' if sum(held.values()) == 1 else 'them'}: {', '.join(sorted(held))}. What changed there is not in "
            "the figures.",
            f"Runs after {latest.period_start} up to the end of {latest.known_at}.",
        ),
        Statement(
            f"How the formats are known: {kinds or NOTHING}. For {checked} of {n} a check against the live host is on "
            "record.", over,
        ),
    ]  # fmt: skip
