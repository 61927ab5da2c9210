"""What a harvest may leave unasked: which signals of a source have earned trust, and what counts as the same facts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Engine

from flows.observatory import Observatory
from flows.settings import Settings
from models.records import Listing, Page, Problem, Source, listing_digest
from models.run_queries import signal_looks
from scrapers.scraper import Scraper
from scrapers.signals import Evidence, evidence
from scrapers.vouching import Vouching

SIGNAL_COLUMNS = ("source", "signal", "trust", "checked", "announced", "missed", "pages", "skipped")
FIRST_TO_GO = ("announced", "missed", "checked")
"""Columns that a narrow terminal does without, in this order."""


def evidence_of(engine: Engine, source: Source, as_of: datetime) -> dict[str, Evidence]:
    """Return what each kind of signal of a source has shown before a time, in the format that is in force then.

    Runs that were read by other code count: what a page and a sitemap said does not depend on it. In another format
    other pages were walked, and other entries of lists.
    """
    form = source.format_on(as_of.date())
    looks = signal_looks(engine, source.slug, as_of)
    return evidence(look.signals for look in looks if source.format_on(look.as_of.date()) == form)


def signal_rows(engine: Engine, settings: Settings, sources: Iterable[Source], at: datetime) -> list[dict[str, Any]]:
    """Return one row a source and kind of signal, with what it has shown and what the last look made of it.

    ``trust`` is ``trusted``, ``earning``, ``lost`` (its last miss was not long enough ago) or ``off``; ``checked`` and
    ``announced`` are counted since the last miss, and ``missed`` in the run of it; ``pages`` and ``skipped`` are those
    of the last look: pages that the signal spoke of, and those that were not asked for because of it.
    """
    rows = []
    for source in sources:
        last = next(iter(signal_looks(engine, source.slug, at)), None)
        counts = last.signals if last is not None else {}
        for kind, shown in sorted(evidence_of(engine, source, at).items()):
            may_skip = settings.trust_signals and source.trust_signals
            rows.append(
                {
                    "source": source.slug,
                    "signal": kind,
                    "trust": _trust(shown) if may_skip else "off",
                    "checked": shown.checked,
                    "announced": shown.announced,
                    "missed": shown.missed,
                    "pages": counts.get(kind, {}).get("known", 0),
                    "skipped": counts.get(kind, {}).get("vouched", 0),
                }
            )
    return rows


def _trust(shown: Evidence) -> str:
    if shown.is_trusted:
        return "trusted"
    return "lost" if shown.missed else "earning"


def vouching(observatory: Observatory, scraper: Scraper, as_of: datetime, *, whole: bool) -> Vouching:
    """Return what a run may skip, which the runs before it decide.

    Args:
        observatory: where these are stored, and whose settings say whether anything may be skipped.
        scraper: of the source, in the format of the run.
        as_of: aware time the look speaks for.
        whole: whether every page is to be asked for this once.
    """
    source = scraper.source
    may_skip = source.trust_signals and observatory.settings.trust_signals and not whole
    found = evidence_of(observatory.engine, source, as_of) if may_skip else {}
    return Vouching(
        seed=f"{source.slug} {as_of.isoformat()}",
        as_of=as_of,
        trusted=frozenset(kind for kind, shown in found.items() if shown.is_trusted),
        same_facts=same_facts(scraper),
    )


def same_facts(scraper: Scraper) -> Callable[[Page, Page], bool]:
    """Return a function that says whether two pages of one address, whose bytes differ, hold the same listings.

    Pages that cannot be read do not; nor does anything on a site whose pages are read with tables of other pages.
    """
    joins = type(scraper).references is not Scraper.references

    def is_same(old: Page, new: Page) -> bool:
        if joins:
            return False
        try:
            return _held(scraper, old) == _held(scraper, new)
        except Exception:  # noqa: BLE001 - whatever a page makes a scraper do, it is read again and told of by the run
            return False

    return is_same


def _held(scraper: Scraper, page: Page) -> Counter[str]:
    return Counter(_digest(found) for found in scraper.listings(page, {}))


def _digest(found: Listing | Problem) -> str:
    if isinstance(found, Listing):
        return listing_digest(found)
    return f"{found.code} {found.field} {found.ref} {found.words}"
