"""The summary of a report: what the figures say in a few sentences, and what they do not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from web.frontpage import MODES
from web.report_parts import TOO_FEW, ByCategory, Figures, Statement, basis, between, count_of, signed_share
from web.report_sources import Coverage
from web.series import Snapshot
from web.words import UNKNOWN, is_missing, label, number, share


def statements(figures: Figures, covered: Coverage) -> list[Statement]:
    """Return what can be said: how many, of how many, growth, how developed, at what price; each with its basis."""
    made = [_how_many(figures, covered), _of_all(figures), *_growths(figures), _development(figures), _prices(figures)]
    return [one for one in made if one is not None]


def _how_many(figures: Figures, covered: Coverage) -> Statement | None:
    row = figures.one("stock")
    if row is None:
        return None
    if is_missing(row["low"]):
        bounds = ""
    elif row["low"] == row["high"]:
        bounds = " What is known allows no other number."
    else:
        bounds = f" What is known allows {number(row['low'])} to {number(row['high'])}."
    return Statement(
        f"{count_of(covered.sources, 'catalogue', 'catalogues')} in "
        f"{count_of(covered.countries, 'country', 'countries')} listed {number(row['value'])} {figures.counted} at the "
        f"end of {figures.days.latest.as_of}.{bounds}",
        basis(row),
    )


def _of_all(figures: Figures) -> Statement | None:
    every, mine = figures.one("stock", population="all"), figures.one("stock")
    core, programmes = figures.one("stock", population="core"), figures.one("stock", unit="programme", population="all")
    if figures.population == "all" or every is None or mine is None:
        return None
    n = float(every["value"])
    part = f" ({share(float(mine['value']) / n)})" if n >= TOO_FEW else ""
    stated = (
        f" {number(core['value'])} of the micro-credentials state all that the definition asks for"
        + ("." if core["value"] == mine["value"] else "; the others state a credential, but not all of it.")
        if core is not None
        else ""
    )
    behind = f" Counted as programmes, all kinds are {number(programmes['value'])}." if programmes is not None else ""
    return Statement(
        f"These are {number(mine['value'])} of the {number(n)} credentials of any kind listed{part}.{stated}{behind}",
        basis(every),
    )


def _growths(figures: Figures) -> list[Statement]:
    days = figures.days
    return [
        said
        for snapshot in (days.latest, days.year)
        if snapshot is not None and (said := _growth(figures, snapshot)) is not None
    ]


def _growth(figures: Figures, snapshot: Snapshot) -> Statement | None:
    row = figures.one("growth", of=snapshot, panel="matched")
    if row is None or float(row["n"]) < TOO_FEW:
        return None
    return Statement(
        f"From {snapshot.period_start} to {snapshot.as_of}, in the sources that can be compared, the number of "
        f"{figures.counted} {moved(row)}.",
        basis(row, "matched"),
    )


def moved(row: Mapping[Any, Any]) -> str:
    """Return in which direction something went and how far; without a direction where the bounds allow either."""
    value, low, high = (None if is_missing(row[end]) else float(row[end]) for end in ("value", "low", "high"))
    assert value is not None
    if low is None or high is None:
        return f"changed by {signed_share(value)} (no bounds are known)"
    bounds = between(low, high, signed_share)
    if low == high == 0:
        return "did not change"
    if low >= 0:
        return f"grew by {share(value)}{' or not at all' if low == 0 else ''} ({bounds})"
    if high <= 0:
        return f"fell by {share(-value)}{' or not at all' if high == 0 else ''} ({bounds})"
    return f"changed by {signed_share(value)}; what is known allows {bounds}, so whether it grew or fell is open"


def _development(figures: Figures) -> Statement | None:
    row = figures.one("partnership_share")
    last = figures.days.latest
    if row is None or _known(row) < TOO_FEW:
        return None
    missing = float(row["missing_share"])
    modes = ByCategory(figures.rows(MODES, ["stock"]))
    named = [word for word in modes.order(last) if word != UNKNOWN][:2]
    largest = " and ".join(
        f"{label(MODES, word).lower()} ({number(modes.value(last, word, 'stock'))})" for word in named
    )
    frequent = f" The most frequent ways: {largest}." if named else ""
    return Statement(
        f"Of those for which it is known how they were developed, {share(row['value'])} were made in partnership, "
        f"whether or not also alone. For {share(missing)} it is unknown; depending on these the share lies between "
        f"{share(row['low'])} and {share(row['high'])}.{frequent}",
        basis(row),
    )


def _prices(figures: Figures) -> Statement | None:
    row = figures.one("price_eur_median")
    if row is None or is_missing(row["n"]) or int(row["n"]) < TOO_FEW:
        return None
    missing = f" No price is known of {share(row['missing_share'])} of what is paid for, or may be."
    return Statement(
        f"Half of the {number(row['n'])} prices known in euro are {number(row['value'])} euro or less."
        f"{missing if row['missing_share'] else ''}",
        basis(row),
    )


def cannot_say(figures: Figures, covered: Coverage, states: Mapping[str, Sequence[Mapping[str, Any]]]) -> list[str]:
    """Return what a reader might look for and the figures do not say; ``states`` is the coverage of each snapshot."""
    days = figures.days
    catalogues = f"{count_of(covered.sources, 'catalogue is', 'catalogues are')} no sample"
    said = [
        f"How many there are in the world or in a country: {catalogues}, and the number grows when a source is added.",
        "How many people learn, complete or benefit: catalogues print offers, and nothing here counts learners.",
        "What came and went between two looks: it was never seen.",
    ]
    said += _growth_refused(figures, days.latest, states[days.latest.id])
    if days.year is None and days.latest.months != 12:
        said.append("Growth over a year: no snapshot of a period of twelve months to this day was taken.")
    elif days.year is not None:
        said += _growth_refused(figures, days.year, states[days.year.id])
    if len(days.days) == 1:
        said.append("A trend: only one day was measured.")
    partnership = figures.one("partnership_share")
    if _known(partnership) < TOO_FEW:
        said.append(f"Which share was made in partnership: how is known of {_known(partnership)} only; {_NEEDED}.")
    price = figures.one("price_eur_median")
    if price is None or int(price["n"]) < TOO_FEW:
        said.append(f"What they cost: {number(price['n']) if price else 0} prices are known in euro; {_NEEDED}.")
    return said


_NEEDED = f"at least {TOO_FEW} are needed"


def _growth_refused(figures: Figures, snapshot: Snapshot, coverage_rows: Sequence[Mapping[str, Any]]) -> list[str]:
    row = figures.one("growth", of=snapshot, panel="matched")
    period = f"Growth from {snapshot.period_start} to {snapshot.as_of}"
    if row is None:
        matched = sum(one.get("status") == "matched" for one in coverage_rows)
        why = "no source was looked at completely near both ends" if not matched else "nothing was listed at its start"
        return [f"{period}: {why}, so too little of the past is known."]
    if float(row["n"]) < TOO_FEW:
        listed = f"{number(row['n'])} listed at its start in sources that can be compared"
        return [f"{period}: only {listed}; {_NEEDED}."]
    return []


def _known(row: Mapping[Any, Any] | None) -> int:
    """Return of how many it is known what a share of what is known is over."""
    return 0 if row is None else round(float(row["n"]) * (1 - float(row["missing_share"])))
