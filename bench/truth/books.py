"""What an observer keeps: evidence by the real rules of history, and the frames that are measured from it."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from models.history import Reading, Sighting, Span, Version, Window, derive, with_look
from models.records import PriceFacts, Programme

Absence = tuple[datetime, datetime, datetime]
"""When it was last seen, first missed, and seen again."""


class Books:
    """Evidence of all sources. Items have numbers, as rows of a database have."""

    def __init__(self) -> None:
        self.items: dict[tuple[str, str], int] = {}
        self.listing_of: list[int] = []
        """By item: the listing of the world that it is."""
        self.facts: list[Programme] = []
        self.looks: dict[str, list[datetime]] = defaultdict(list)
        self._facts_ids: dict[str, int] = {}
        self._programmes: dict[tuple[str, str, str, float], Programme] = {}
        self._spans: dict[int, tuple[Span, ...]] = {}
        self._sightings: dict[int, list[Sighting]] = defaultdict(list)
        self._open: dict[str, set[int]] = defaultdict(set)

    def programme(self, slug: str, ref: str, title: str, amount: float, ects: float) -> Programme:
        """Return a programme as the normaliser would have read it; the same words give the same record."""
        key = (slug, ref, title, amount)
        known = self._programmes.get(key)
        if known is None:
            digest = hashlib.sha256(repr((*key, ects)).encode()).hexdigest()
            known = self._programmes[key] = Programme(
                ref=ref,
                kind="course",
                title=title,
                url=f"https://{slug}.example/{ref}",
                ects=ects,
                price=in_euro(amount),
                listing_digest=digest,
            )
        return known

    def take_in(
        self, slug: str, at: datetime, listings: Sequence[int], programmes: Sequence[Programme], *, complete: bool
    ) -> None:
        """Take in what a look saw; looks at one source come in order of time.

        Args:
            listings: which listing of the world each of ``programmes`` is.
            complete: whether all others count as missed.
        """
        seen = {
            self._item(slug, programme.ref, listing): Reading(self._facts_id(programme), programme.listing_digest)
            for listing, programme in zip(listings, programmes, strict=True)
        }
        if not complete:
            for item, reading in seen.items():
                self._sightings[item].append(Sighting(reading, at))
            return
        looks, still_open = self.looks[slug], self._open[slug]
        for item in still_open | seen.keys():
            self._spans[item] = with_look(self._spans.get(item, ()), looks, at, seen.get(item))
        looks.append(at)
        self._open[slug] = set(seen)

    def history(self, item: int, slug: str) -> tuple[Sequence[Window], Sequence[Version], Mapping[int, list[Absence]]]:
        """Return the windows and versions of an item, and by window the absences that were taken back."""
        spans, sightings, looks = self._spans.get(item, ()), self._sightings.get(item, []), self.looks[slug]
        # All readings are of whole pages, so nothing is ever asked about what they cover.
        windows, versions = derive(spans, sightings, looks, lambda _later, _earlier: False)
        absences = {w.window_number: list(_taken_back(w, spans, sightings, looks)) for w in windows}
        return windows, versions, absences

    def _item(self, slug: str, ref: str, listing: int) -> int:
        item = self.items.setdefault((slug, ref), len(self.items))
        if item == len(self.listing_of):
            self.listing_of.append(listing)
        return item

    def _facts_id(self, programme: Programme) -> int:
        number = self._facts_ids.setdefault(programme.listing_digest, len(self._facts_ids))
        if number == len(self.facts):
            self.facts.append(programme)
        return number


def in_euro(amount: float) -> PriceFacts:
    """Return a price as the normaliser would have read it."""
    if not amount:
        return PriceFacts(price_type="free")
    return PriceFacts(price_type="paid", price_amount=amount, price_amount_max=amount, price_currency="EUR")


def _taken_back(
    window: Window, spans: Sequence[Span], sightings: Sequence[Sighting], looks: Sequence[datetime]
) -> Iterator[Absence]:
    """Yield the absences within a window: complete looks between two sights of it."""
    sights = [(span.seen_from, span.seen_until or looks[-1]) for span in spans]
    sights += [(sighting.at, sighting.at) for sighting in sightings]
    end = window.last_seen_at or looks[-1]
    inside = sorted((start, until) for start, until in sights if start >= window.opened_at and until <= end)
    last = window.opened_at
    for start, until in inside:
        missed = next((look for look in looks if last < look < start), None)
        if missed is not None:
            yield last, missed, start
        last = max(last, until)
