"""The measures of docs/methodology.md in the words of the page: a name, and what it is in one sentence."""

from __future__ import annotations

from typing import Any

from web.words import number, share, titled

PARTS = {
    "change_within": ("Within matched sources", "new or listed again less withdrawn, in sources covered at both ends"),
    "change_reclassified": ("Reclassified", "moved between categories in these sources, net"),
    "change_stale": ("Stale sources", "in sources whose look near one of the ends is missing"),
    "change_exit": ("Sources that went", "in catalogues that were retired"),
    "change_entry": ("Sources that came in", "in catalogues whose first complete look lies in the period"),
}
"""The parts of a change, which add up to it exactly -> name and meaning."""
UNITS = {
    "credential": "Credentials", "programme": "Programmes", "listing": "Listings", "offering": "Offerings",
}  # fmt: skip
UNIT_MEANINGS = {
    "credential": "what several catalogues list as one counts once",
    "programme": "runs of one course at one source count once",
    "listing": "one entry of one catalogue",
    "offering": "one run with dates",
}
MEASURES = {
    "stock": ("Listed", "listed at the end of the day"),
    "stock_start": ("Listed at the start", "listed at the start of the period"),
    "stock_estimate": ("Listed, estimated", "expected number at midnight, given when things were seen and missed"),
    "missing": ("Missed once", "of those listed, missed by a look that no second one has confirmed"),
    "baseline_entered": ("First seen with a source", "found by the first complete look at a source: not new"),
    "new": ("New", "first seen in the period, after the first complete look at the source"),
    "relisted": ("Listed again", "came back in the period after a withdrawal"),
    "withdrawn": ("Withdrawn", "withdrawn in the period"),
    "new_estimate": ("New, estimated", "expected number of beginnings in the period"),
    "withdrawn_estimate": ("Withdrawn, estimated", "expected number of ends in the period"),
    "source_exited": ("Ended with their source", "ended because their catalogue was retired"),
    "reclassified": ("Reclassified", "moves between categories in the period, net"),
    "changed": ("Changes", "changes that sources made in the period"),
    "changed_items": ("Changed", "those that a source changed in the period"),
    "change": ("Change", "listed at the end less listed at the start, all sources"),
    "growth": ("Growth", "growth over the period in matched sources, estimated"),
    "growth_of_record": ("Growth of the record", "growth over the period in matched sources, as recorded"),
    "entry_rate": ("Entry rate", "what entered in the period, as a share of what was listed at its start"),
    "exit_rate": ("Exit rate", "what left in the period, as a share of what was listed at its start"),
    "churn_rate": ("Churn rate", "entry rate and exit rate together"),
    "share": ("Share", "share of all that is listed"),
    "listings": ("Listings behind them", "entries of catalogues behind what is counted"),
    "cross_border_share": ("Cross-border share", "awarded from another country than the catalogue's"),
    "partnership_share": ("Made in partnership", "developed by an institution together with others"),
    "herfindahl_hirschman": ("Concentration", "Herfindahl-Hirschman index of what is known"),
    "stock_index": ("Index", "growth chained from day to day, the first day is 100"),
    "price_index": ("Price index", "prices of the same items chained, the first day is 100"),
    "price_relative": ("Price change", "prices of the same items at the end over those at the start"),
}  # fmt: skip
_SHARES = frozenset({"growth", "growth_of_record", "entry_rate", "exit_rate", "churn_rate", "share"})


def name_of(measure: str) -> str:
    """Return the name of a measure."""
    if measure in MEASURES:
        return MEASURES[measure][0]
    return PARTS[measure][0] if measure in PARTS else titled(measure)


def meaning_of(measure: str) -> str:
    """Return what a measure is, empty for those that only docs/methodology.md explains."""
    found = MEASURES.get(measure) or PARTS.get(measure)
    return found[1] if found else ""


def is_share(measure: str) -> bool:
    """Return whether values of a measure are shares (0-1)."""
    return measure in _SHARES or measure.endswith("_share") or measure.startswith(("share_", "survival_"))


def shown(measure: str, value: Any) -> str:
    """Return a value of a measure as people read it."""
    return share(value) if is_share(measure) else number(value)
