"""Listings to link, made by hand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import count
from typing import Any

from linking.credentials import credentials
from linking.linkable import Linkable, Span
from linking.links import link
from models.linking import Credentials, Decision, Link

KINDS = {"home": "institution", "other": "institution", "third": "government_platform"}
_ids = count(1)


def hours(least: float, most: float | None = None, *, printed: bool = True) -> Span:
    return Span(least=least, most=most or least, printed=printed)


def listing(source: str, title: str, **more: Any) -> Linkable:
    """A listing of the University of A in a source; the platform if the source is none of ``KINDS``."""
    facts: dict[str, Any] = {
        "item_id": next(_ids),
        "source": source,
        "source_kind": KINDS.get(source, "commercial_platform"),
        "kind": "course",
        "organisations": frozenset({"university-a"}),
        "named": True,
    }
    facts |= more
    facts.setdefault("ref", f"ref-{facts['item_id']}")
    facts.setdefault("programme_key", facts["ref"])
    return Linkable(title=title, **facts)


def starting(*days: str) -> frozenset[date]:
    return frozenset(date.fromisoformat(day) for day in days)


def only(links: Sequence[Link]) -> Link:
    [found] = links
    return found


def groups(made: Credentials) -> set[frozenset[int]]:
    """The credentials of two listings or more, as sets of ids."""
    return {frozenset(each.item_ids) for each in made.credentials if len(each.item_ids) > 1}


def linked(*listings: Linkable, decisions: Sequence[Decision] = ()) -> set[frozenset[int]]:
    return groups(credentials(listings, link(listings, decisions)))
