"""What the shell offers behind a command or an option: names that are at hand without reading or loading much."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from importlib.util import find_spec
from pathlib import Path

VIEWS = (
    "programme_current", "programme_history", "offering_current", "credential", "credential_current",
    "credential_link_current", "organisation", "role_current", "development_evidence", "open_problem", "run_log",
    "source_health", "trend",
)  # fmt: skip
CUTS = (
    "total", "source", "source_kind", "country", "kind", "mc_class", "delivery", "language", "isced_broad", "eqf_level",
    "platform_level", "price_type", "awarder_kind", "awarder_country", "ects_band", "hours_band", "cross_border",
    "development", "development_modes",
)  # fmt: skip
UNITS = ("listing", "programme", "credential", "offering")
PANELS = ("all", "matched")
POPULATIONS = ("all", "core", "core_and_broad")
MEASURES = (
    "baseline_entered", "became_free", "became_paid", "change", "change_entry", "change_exit", "change_reclassified",
    "change_stale", "change_within", "changed", "changed_items", "churn_rate", "cross_border_share", "entry_rate",
    "exit_rate", "growth", "growth_of_record", "half_life_days", "half_life_weibull_days", "herfindahl_hirschman",
    "listings", "missing", "new", "new_estimate", "partnership_share", "price_changed_share", "price_eur_median",
    "price_eur_per_ects_median", "price_eur_per_ects_q1", "price_eur_per_ects_q3", "price_eur_per_hour_median",
    "price_eur_per_hour_q1", "price_eur_per_hour_q3", "price_eur_q1", "price_eur_q3", "price_relative",
    "reclassified", "relisted", "share", "share_of_largest_1", "share_of_largest_10", "share_of_largest_5",
    "source_exited", "stock", "stock_estimate", "stock_start", "survival_365_days", "survival_90_days", "withdrawn",
    "withdrawn_estimate",
)  # fmt: skip
LOOKUPS = (
    "delivery", "level", "mode_of_study", "offer_state", "organisation_kind", "pacing", "field", "organisation",
)  # fmt: skip
"""These are written out because the rooms that own them load frames; a test holds them against those rooms."""

Offer = Callable[[str], list[str]]


def sources(incomplete: str) -> list[str]:
    """Return the slugs that begin so: the folders of sources, of which none is read."""
    spec = find_spec("scrapers.sources")
    places = [Path(place) for place in (spec.submodule_search_locations or ())] if spec else []
    own = os.environ.get("MICROCRED_SOURCES_DIR")
    places += [Path(own)] if own and Path(own).is_dir() else []
    folders = {folder.name for place in places for folder in place.iterdir() if (folder / "source.toml").is_file()}
    return _beginning(folders, incomplete)


def definitions(incomplete: str) -> list[str]:
    """Return the names of definitions that begin so."""
    from models.vocab import vocabulary

    return _beginning(vocabulary("definition"), incomplete)


def problem_codes(incomplete: str) -> list[str]:
    """Return the codes of problems that begin so."""
    from models.vocab import vocabulary

    return _beginning(vocabulary("problem_code"), incomplete)


def one_of(words: Iterable[str]) -> Offer:
    """Return what offers the words of a fixed list."""

    def offered(incomplete: str) -> list[str]:
        return _beginning(words, incomplete)

    return offered


def _beginning(words: Iterable[str], incomplete: str) -> list[str]:
    return sorted(word for word in words if word.startswith(incomplete))
