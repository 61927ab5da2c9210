"""Applying the rules of classification to stored facts: with each run, and again when the rules have changed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from classify.money import comparable_price, rates_until
from classify.programme import classify
from flows.declared import named
from flows.observatory import Observatory, digest_of_rooms
from flows.packed import CLASSIFICATIONS, PRICES, digest_of
from models.classification import Classification, ComparablePrice
from models.records import Offering, Programme, Source
from scrapers.source import discover

ROOMS_OF_RULES = ("classify", "models.vocab")
LOOKUPS = ("field", "organisation")
"""The lookups of a source that rules of classification read."""


@dataclass(frozen=True)
class Rules:
    """The rules of classification, ready for one source (see ``models.classification.Classifier``).

    ``made`` is what they made of facts elsewhere, on the same day: packed, by the digest of the facts.
    """

    source: Source
    made: Mapping[bytes, bytes] | None = None

    @cached_property
    def rules_version(self) -> str:
        """A digest of the rules, of the source's lookups for them, and the last day of the rates of exchange."""
        own = json.dumps({name: dict(self.source.lookups.get(name, {})) for name in LOOKUPS}, sort_keys=True)
        rules = f"{digest_of_rooms(ROOMS_OF_RULES)} {own} {self.source.kind} {self.source.country}"
        return f"{hashlib.sha256(rules.encode()).hexdigest()[:12]}+rates{rates_until():%Y%m%d}"

    def programme(self, programme: Programme, on: date) -> Classification:
        """Classify the facts of a programme."""
        made = CLASSIFICATIONS.record(self._made_of(programme))
        if made is not None:
            return made
        return classify(programme, self.source, on)

    def offering(self, offering: Offering, on: date) -> tuple[ComparablePrice | None, str | None]:
        """Return the price of an offering in euro, or why there is none."""
        made = PRICES.record(self._made_of(offering))
        if made is not None:
            return made.price, made.problem
        return comparable_price(offering, on)

    def _made_of(self, facts: Programme | Offering) -> bytes:
        if not self.made:
            return b""
        key = digest_of(facts)
        return self.made.get(key, b"") if key is not None else b""


def reclassify(
    observatory: Observatory, slugs: list[str] | None = None, on_batch: Callable[[str, int], None] | None = None
) -> dict[str, int]:
    """Classify all stored facts that other rules, or none, have classified. Can be broken off and begun again.

    Args:
        observatory: where the facts are.
        slugs: sources; all that are declared if none.
        on_batch: told the source and how many rows of facts were classified, after each transaction.

    Returns:
        How many rows of facts were classified, by source; sources without any are left out.

    Raises:
        ValueError: if a source is not declared.
    """
    sources = discover()
    done: dict[str, int] = {}
    for slug in named(slugs or ()) or sources:
        rules = Rules(sources[slug])
        while count := observatory.store.classify(slug, rules):
            done[slug] = done.get(slug, 0) + count
            if on_batch is not None:
                on_batch(slug, count)
    return done
