"""What a look says of programmes beside what the look before said of the same ones. Pure.

A catalogue that lies keeps its refs and its counts; what betrays it is how many programmes say something else at once
(docs/decisions/0031). Programmes whose words are what they were say what they said, and are not looked into.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date, timedelta
from typing import Any

from models.records import PreviousLook, PriceFacts, Programme, Source

PAIRS_MIN = 10
"""Fewer programmes than that may well change together in a week."""
LOST_SHARE = 0.50
"""If more than this share of the programmes that stated a field state it no more, the field is not read any more."""
LEAP = 5.0
"""A price that is so many times what it was, or the like part of it, is another unit or currency."""
SPOILT_MIN = 3
"""So many titles that are spoilt copies of what they were are no accident of an editor."""

CHANGED_SHARE: Mapping[str, float] = {
    "title": 0.25,
    "url": 0.50,
    "languages": 0.25,
    "organisations": 0.50,
    "currency": 0.25,
    "amount": 0.25,
    "offer_state": 0.90,
    "start": 0.25,
}
"""If a fact (``COMPARED_FACTS``) is another one in more than this share of the programmes that state it in both looks,
a person has to look. Of amounts only leaps count, of starts those that were over and were moved, moved by a day, or
have day and month exchanged. All that is open for enrolment may close on one day, so there nearly all must change."""

_NOT_COMPARED = frozenset({"ref", "kind", "verbatim", "offerings", "page_url", "listing_digest", "complete", "price"})
_FIELDS = tuple(f.name for f in fields(Programme) if f.name not in _NOT_COMPARED)
_DAY = timedelta(days=1)
_CHARSETS = ("cp1252", "latin-1")
LOST_LETTER = "\N{REPLACEMENT CHARACTER}"

Facts = Mapping[Hashable, Any]
"""A fact of a programme by what it is a fact of (each start by its offering); empty if it is not stated."""


@dataclass(frozen=True, slots=True)
class Compared:
    """The programmes that are read now (by ref) beside those of the look before.

    ``pairs`` (before, now) say something else than they did. ``weight`` is how many programmes each pair stands for:
    1, unless only some of very many were looked into.
    """

    programmes: Mapping[str, Programme]
    previous: PreviousLook
    pairs: tuple[tuple[Programme, Programme], ...]
    weight: float

    def _alike(self) -> Iterator[Programme]:
        """Yield the programmes in the words they had."""
        for ref in self.previous.refs - self.previous.reworded:
            programme = self.programmes.get(ref)
            if programme is not None and programme.complete:
                yield programme

    def beyond(
        self,
        did: Callable[[Programme, Programme], bool],
        counts: Callable[[Programme, Programme], bool],
        alike_counts: Callable[[Programme], bool],
        most: float,
    ) -> tuple[int, int] | None:
        """Return how many pairs did something, and of how many programmes, if that is more than may; else ``None``.

        Args:
            did: whether a pair did it.
            counts: whether a pair is one of those that it is a share of.
            alike_counts: the same of a programme in the words it had.
            most: the share (0-1) that may.
        """
        many = round(self.weight * sum(did(*pair) for pair in self.pairs))
        if many <= most * PAIRS_MIN:
            return None
        whole = round(self.weight * sum(counts(*pair) for pair in self.pairs))
        if many <= most * whole:
            return None  # those that did not change are most, and need not be looked at
        whole += sum(map(alike_counts, self._alike()))
        return (many, whole) if whole >= PAIRS_MIN and many > most * whole else None


def compared(programmes: Mapping[str, Programme], previous: PreviousLook) -> Compared:
    """Put what is read beside what the look before said; entries known from a summary only are left out."""
    reworded = previous.reworded
    pairs = [(previous.said[ref], programmes[ref]) for ref in sorted(reworded & previous.said.keys())]
    weight = len(reworded) / len(pairs) if pairs else 1.0
    both_whole = tuple((was, now) for was, now in pairs if was.complete and now.complete)
    return Compared(programmes, previous, both_whole, weight)


def gates(source: Source, both: Compared, previous: PreviousLook) -> Iterator[str]:
    """Yield in words and figures what so many programmes do not come to say at once by themselves."""
    on = f"{previous.as_of:%Y-%m-%d}"
    for fact, most in CHANGED_SHARE.items():
        if fact not in source.expect.may_change:
            yield from _changed(fact, most, both, previous.as_of.date(), on)
    for name in (*_FIELDS, "price", "start"):
        if name not in source.expect.fill:  # what is declared is held to the declaration
            yield from _lost(name, both, on)
    spoilt = sum(_is_spoilt(*pair) for pair in both.pairs)
    if spoilt >= SPOILT_MIN:
        yield f"{spoilt} titles are those of {on} in broken characters"


def _changed(fact: str, most: float, both: Compared, before: date, on: str) -> Iterator[str]:
    facts_of, is_other = _FACTS[fact]

    def both_state(was: Programme, now: Programme) -> bool:
        return not facts_of(was).keys().isdisjoint(facts_of(now))

    def changed(was: Programme, now: Programme) -> bool:
        old, new = facts_of(was), facts_of(now)
        return any(is_other(old[key], new[key], before) for key in old.keys() & new.keys())

    found = both.beyond(changed, both_state, lambda programme: bool(facts_of(programme)), most)
    if found is not None:
        yield f"{_WORDS[fact]} in {_share(found, most)} programmes that state it now and on {on}"


def _lost(name: str, both: Compared, on: str) -> Iterator[str]:
    def lost(was: Programme, now: Programme) -> bool:
        return _states(was, name) and not _states(now, name)

    found = both.beyond(lost, lambda was, _: _states(was, name), lambda now: _states(now, name), LOST_SHARE)
    if found is not None:
        yield f"{name} is gone from {_share(found, LOST_SHARE)} programmes that stated it on {on}"


def _share(found: tuple[int, int], most: float) -> str:
    many, whole = found
    return f"{many} of the {whole} ({100 * many / whole:.1f} %, at most {most:.0%})"


def _states(programme: Programme, name: str) -> bool:
    if name == "price":
        return _price(programme) is not None
    if name == "start":
        return bool(_starts(programme))
    if name == "organisations":
        return bool(_bodies(programme))
    return getattr(programme, name) not in (None, (), {})


def _price(programme: Programme) -> PriceFacts | None:
    """Return the price, or that of the first offering that states one."""
    prices = (programme.price, *(offering.price for offering in programme.offerings))
    return next((price for price in prices if price != PriceFacts()), None)


def _amounts(programme: Programme) -> Facts:
    price = _price(programme)
    if price is None:
        return {}
    stated = {"price": price.price_amount, "certificate": price.certificate_price_amount}
    return {name: amount for name, amount in stated.items() if amount is not None}


def _currency(programme: Programme) -> Facts:
    price = _price(programme)
    return _one(price.price_currency if price else None)


def _starts(programme: Programme) -> Facts:
    return {offering.ref: offering.start_date for offering in programme.offerings if offering.start_date}


def _languages(programme: Programme) -> Facts:
    spoken = programme.languages or tuple(sorted({o.language for o in programme.offerings if o.language}))
    return _one(spoken or None)


def _bodies(programme: Programme) -> Facts:
    return _one(frozenset(o.name for o in programme.organisations if o.role != "listed_on") or None)


def _one(value: Any) -> Facts:
    return {} if value is None else {"": value}


def _differs(was: Any, now: Any, before: date) -> bool:
    del before
    return bool(was != now)


def _leaps(was: float, now: float, before: date) -> bool:
    del before
    low, high = sorted((was, now))
    return low != high and (low == 0 or high >= LEAP * low)


def _is_moved(was: date, now: date, before: date) -> bool:
    """Whether a start moved in a way that no plan moves it: what had begun before the look before stays as it was."""
    if was == now:
        return False
    exchanged = (now.year, now.month, now.day) == (was.year, was.day, was.month)
    return exchanged or abs(now - was) == _DAY or (was < before and now < before)


def _is_spoilt(was: Programme, now: Programme) -> bool:
    """Whether the title is what it was, read in a wrong charset on its way to us."""
    old, new = was.title, now.title
    if not old or not new or old == new:
        return False
    lost_letters = LOST_LETTER in new and LOST_LETTER not in old
    return lost_letters or any(_misread(old, charset) == _seen(new) for charset in _CHARSETS)


def _misread(words: str, charset: str) -> str:
    """Return words in UTF-8 as somebody sees them who takes them for another charset."""
    return _seen(words.encode(errors="replace").decode(charset, "ignore"))


def _seen(words: str) -> str:
    return "".join(letter for letter in words if letter.isprintable() and not letter.isspace())


_FACTS: Mapping[str, tuple[Callable[[Programme], Facts], Callable[[Any, Any, date], bool]]] = {
    "title": (lambda programme: _one(programme.title), _differs),
    "url": (lambda programme: _one(programme.url), _differs),
    "languages": (_languages, _differs),
    "organisations": (_bodies, _differs),
    "currency": (_currency, _differs),
    "amount": (_amounts, _leaps),
    "offer_state": (lambda programme: _one(programme.offer_state), _differs),
    "start": (_starts, _is_moved),
}
_WORDS: Mapping[str, str] = {
    "title": "the title is another one",
    "url": "the address is another one",
    "languages": "the languages are other ones",
    "organisations": "the organisations are other ones",
    "currency": "the currency is another one",
    "amount": f"the price is {LEAP:g} times what it was or the like part of it",
    "offer_state": "the state of the offer is another one",
    "start": "a start that was over was moved, or one by a day or with day and month exchanged,",
}
