"""Reads amounts of time and credits out of words: "5 周课程, 2-4 小时/周", "8 - 10 horas por semana", "7,5 hp".

The amounts are found by ``amount_grammar``; here it is told what they mean together. What is printed with more than
one reading is trouble, never a guess.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

import isodate

from normalise.amount_grammar import DURATIONS, HOURS, Amount, find_amounts, is_kind
from normalise.conversions import weeks_per
from normalise.lexicon import Token, tokens
from normalise.reading import Span, Trouble

TEXT_MOST = 600
_CREDITS = frozenset({"ects", "nz_credit", "uk_credit", "us_credit", "ceu", "point", "credit"})
_ISO = re.compile(r"p(?=.)(?:\d+(?:[.,]\d+)?[ymwd])*(?:t(?:\d+(?:[.,]\d+)?[hms])+)?", re.IGNORECASE)
_PARTS_MOST = 200.0


@dataclass(frozen=True, slots=True)
class Amounts:
    """What a text says: weeks of duration, hours a week, hours in all, credits by unit, and what could not be read.

    ``days`` is the duration if it is printed in days, which may be days of teaching, ``hours_per_day`` for such days.
    ``hours_of_parts`` is the product of hours for a part and the number of parts ("6 modules, 2-3 hours/module").
    ``total_said`` is true if a word ("in total") or the form (ISO 8601) says that ``hours`` are those of the whole.
    ``several`` is true if ``hours_per_week`` is not the same in every week or not all of it, so that it must not be
    multiplied by the weeks.
    """

    weeks: Span | None = None
    days: Span | None = None
    hours_per_week: Span | None = None
    hours_per_day: Span | None = None
    hours: Span | None = None
    hours_of_parts: Span | None = None
    credits: tuple[tuple[Span, str], ...] = ()
    troubles: tuple[Trouble, ...] = ()
    several: bool = False
    total_said: bool = False

    @property
    def empty(self) -> bool:
        """Whether nothing at all was read."""
        rates = self.hours_per_week or self.hours_per_day
        return not (self.weeks or rates or self.hours or self.hours_of_parts or self.credits)


def amounts(text: str, unit: str | None = None) -> Amounts:
    """Read a text; ``unit`` (vocabulary ``quantity_unit``) is what a figure without a unit of its own counts."""
    if len(text) > TEXT_MOST:
        return Amounts(troubles=(Trouble("unparsed", "too long for an amount"),))
    return _amounts(text.strip(), unit)


@lru_cache(maxsize=16_384)
def _amounts(text: str, unit: str | None) -> Amounts:
    if _ISO.fullmatch(text):
        return _iso(text.upper())
    pieces = tokens(text)
    found = find_amounts(pieces)
    if unit:
        found = _with_declared_unit(found, pieces, unit)
    return _understood(found, pieces)


# ---- figures whose unit the source declares ------------------------------------------


def _with_declared_unit(found: list[Amount], pieces: list[Token], unit: str) -> list[Amount]:
    rate = unit.removeprefix("hour_per_") if unit.startswith("hour_per_") else None
    if found:
        return [replace(a, by=rate) if rate and a.unit in HOURS and not a.by else a for a in found]
    bare = _bare(pieces)
    if bare is None:
        return []
    return [Amount(bare, "hour", 0, 0, by=rate) if rate else Amount(bare, unit, 0, 0)]


def _bare(pieces: list[Token]) -> Span | None:
    """Return the only number or range of a text that holds nothing else of meaning ("6", "4-6", "about 5")."""
    numbers = [(at, token.number) for at, token in enumerate(pieces) if token.number is not None]
    if not numbers or any(token.unit and token.number is None for token in pieces):
        return None
    (first, low), (last, high) = numbers[0], numbers[-1]
    if len(numbers) == 1:
        before = pieces[first - 1] if first else None
        if is_kind(pieces, first + 1, "plus") or (before and before.has("at_least")):
            return Span(low, None)
        return Span(None, low) if before and before.has("at_most") else Span.of(low)
    if len(numbers) == 2 and last == first + 2 and pieces[first + 1].has("range", "and"):
        return Span.of(low, high)
    return None


# ---- from amounts to what they mean together -----------------------------------------


def _understood(found: list[Amount], pieces: list[Token]) -> Amounts:
    if not found:
        return Amounts(troubles=(Trouble("unparsed", "no amount with a unit"),))
    if any(_beside_a_figure(amount, found, pieces) for amount in found):
        return Amounts(troubles=(Trouble("ambiguous", "two figures side by side, and one unit"),))
    troubles: list[Trouble] = []
    if any(token.has("odd") for token in pieces):
        troubles.append(
            Trouble("ambiguous", "a figure with a slash or colon: a fraction, a time of day or two figures")
        )
    weeks = _duration([a for a in found if a.unit in DURATIONS], troubles)
    hours = _sharing_rates([replace(a, span=a.span.times(HOURS[a.unit])) for a in found if a.unit in HOURS])
    weekly, several = _weekly(hours, pieces, troubles)
    total = _total(hours, weeks, weekly, pieces, troubles)
    if troubles and _names_a_week(pieces):
        weekly = None  # the figure holds for some weeks only
    read = Amounts(
        weeks=weeks,
        days=_only([a.span for a in found if a.unit in DURATIONS], all(a.unit in {"day", *HOURS} for a in found)),
        hours_per_week=weekly,
        hours_per_day=_only([a.span for a in hours], all(a.by == "day" for a in hours)),
        hours=total,
        hours_of_parts=None if weekly or total or troubles else _hours_of_parts(hours, pieces),
        credits=tuple(dict.fromkeys((a.span, a.unit) for a in found if a.unit in _CREDITS)),
        troubles=tuple(troubles),
        several=several or bool(troubles),
        total_said=any(a.by == "total" for a in hours) or any(t.has("total") for t in pieces),
    )
    if read.empty and not troubles:
        why = Trouble("ambiguous", "an amount for a part, and no figure for the whole or a week")
        return replace(read, troubles=(why,))
    return read


def _beside_a_figure(amount: Amount, found: list[Amount], pieces: list[Token]) -> bool:
    """Whether a figure that belongs to no amount stands right before one: "twenty four hours", "3 x 2 hours"."""
    before = amount.first - 1
    if is_kind(pieces, before, "distributive"):
        before -= 1
    taken = any(other.first <= before < other.last for other in found)
    return is_kind(pieces, before, "number") and pieces[before].unit is None and not taken


def _names_a_week(pieces: list[Token]) -> bool:
    """Whether a certain week is spoken of ("week 4")."""
    return any(
        token.unit == "week"
        and token.number is None
        and not is_kind(pieces, at - 1, "number")
        and is_kind(pieces, at + 1, "number")
        and not is_kind(pieces, at + 2, "unit")
        for at, token in enumerate(pieces)
    )


def _duration(found: list[Amount], troubles: list[Trouble]) -> Span | None:
    factors = weeks_per()
    if any(a.unit == "semester" for a in found):
        troubles.append(Trouble("ambiguous", "a semester has no fixed number of weeks"))
        found = [a for a in found if a.unit != "semester"]
    spans = _summed([replace(a, span=a.span.times(factors[a.unit])) for a in found])
    if len(spans) > 1:
        troubles.append(Trouble("ambiguous", "several different durations"))
        return None
    return spans[0] if spans else None


# ---- hours a week --------------------------------------------------------------------


def _weekly(hours: list[Amount], pieces: list[Token], troubles: list[Trouble]) -> tuple[Span | None, bool]:
    """Return hours a week, and whether they differ from week to week."""
    rates = [a for a in hours if a.by == "week"]
    if not rates:
        return next((a.span.times(1 / weeks_per()["month"]) for a in hours if a.by == "month"), None), False
    spans = _summed(rates)
    if len(spans) == 1:
        if any(_side_by_side(pieces, before, after) for before, after in pairwise(rates)):
            troubles.append(Trouble("ambiguous", "the same figure of hours a week twice: said again, or to be added"))
            return None, False
        return spans[0], False
    alternatives = _names_a_week(pieces) or any(t.has("alternative") for t in pieces)
    if not alternatives or _more_is_said(pieces):
        troubles.append(Trouble("ambiguous", "several different figures of hours a week"))
        return None, False
    return _hull(spans), True


def _more_is_said(pieces: list[Token]) -> bool:
    """Whether one figure comes on top of another ("plus 2 hours", "5 hours + reading")."""
    return any(
        token.has("additional") or (token.has("plus") and not is_kind(pieces, at + 1, "unit"))
        for at, token in enumerate(pieces)
    )


def _side_by_side(pieces: list[Token], before: Amount, after: Amount) -> bool:
    """Whether nothing tells a figure said again (a second language, a bracket) from a second thing to do."""
    between = pieces[before.last : after.first]
    return not after.added and not any(t.has("stop", "bracket", "number") for t in between)


def _sharing_rates(hours: list[Amount]) -> list[Amount]:
    """Give a figure the rate of the one added to it: "2 h of video + 3-8 h of practice a week"."""
    shared = list(hours)
    for at, (before, after) in enumerate(pairwise(hours)):
        if after.added and after.by == "week" and before.by in {"", "content"}:
            shared[at] = replace(before, by="week")
    return shared


# ---- hours in all --------------------------------------------------------------------


def _total(
    hours: list[Amount], weeks: Span | None, weekly: Span | None, pieces: list[Token], troubles: list[Trouble]
) -> Span | None:
    if totals := [a for a in hours if a.by == "total"]:
        return _said_total(totals, hours, pieces, troubles)
    others = [a for a in hours if a.by in {"", "content"}]
    if not others or (troubles and weeks is None):
        return None
    everything = _all([a.span for a in others])
    if weekly is not None and everything == weekly:
        return None  # the weekly figure, told by its parts
    apart = any(a.by in {"day", "part"} for a in hours) or bool(troubles)
    one_block = weeks in {None, Span(1.0, 1.0)} or all(a.by == "content" for a in others)
    alone = weekly is None and not apart and one_block
    product = weekly.product(weeks) if weekly is not None and weeks is not None else None
    fits = product is not None and len(others) == 1 and not _names_a_week(pieces) and everything.meets(product)
    if alone or fits:
        return everything
    troubles.append(Trouble("ambiguous", "hours that may be for a week, a part or the whole"))
    return None


def _said_total(totals: list[Amount], hours: list[Amount], pieces: list[Token], troubles: list[Trouble]) -> Span | None:
    """Return the figure called a total. What stands before it tells its parts; what is said to come on top is added."""
    later = [a for a in hours if a.by in {"", "content"} and a.first > totals[-1].last]
    on_top = bool(later) and any(t.has("additional") for t in pieces[totals[-1].last : later[0].first])
    optional = any(t.has("alternative") for t in pieces)
    if len(_summed(totals)) > 1 or (on_top and (optional or len(later) > 1)):
        troubles.append(Trouble("ambiguous", "several totals of hours, or more beside one"))
        return None
    return totals[0].span.plus(later[0].span) if on_top else totals[0].span


def _hours_of_parts(hours: list[Amount], pieces: list[Token]) -> Span | None:
    """Return hours for one part times the number of parts, if one of each is printed and nothing else."""
    counts = {
        token.number
        for at, token in enumerate(pieces)
        if token.number is not None and is_kind(pieces, at + 1, "part") and (not at or pieces[at - 1].text != "-")
    }
    spans = {a.span for a in hours}
    if len(counts) != 1 or len(spans) != 1 or any(a.by != "part" for a in hours):
        return None
    count = counts.pop()
    return spans.pop().times(count) if 1 < count <= _PARTS_MOST else None


def _only(spans: list[Span], holds: bool) -> Span | None:
    """Return the one span there is, if a condition holds for it."""
    return spans[0] if holds and len(set(spans)) == 1 else None


def _summed(found: list[Amount]) -> list[Span]:
    """Return the different spans, those joined by a plus sign or "and" added up."""
    spans: list[Span] = []
    for amount in found:
        if amount.added and spans:
            spans[-1] = spans[-1].plus(amount.span)
        else:
            spans.append(amount.span)
    return list(dict.fromkeys(spans))


def _all(spans: list[Span]) -> Span:
    total = spans[0]
    for span in spans[1:]:
        total = total.plus(span)
    return total


def _hull(spans: list[Span]) -> Span:
    """Return the least span that holds all; an end that one leaves open stays open."""
    lows, highs = [s.low for s in spans], [s.high for s in spans]
    return Span(
        None if None in lows else min(v for v in lows if v is not None),
        None if None in highs else max(v for v in highs if v is not None),
    )


def _iso(text: str) -> Amounts:
    """Read an ISO 8601 duration: hours and minutes alone are hours of work, everything else is calendar time."""
    try:
        parsed = isodate.parse_duration(text.replace(",", "."))
    except (isodate.ISO8601Error, ValueError, OverflowError):
        return Amounts(troubles=(Trouble("unparsed", "not an ISO 8601 duration"),))
    factors = weeks_per()
    fixed = getattr(parsed, "tdelta", parsed)
    months, years = float(getattr(parsed, "months", 0)), float(getattr(parsed, "years", 0))
    days, _, time = text.removeprefix("P").partition("T")
    weeks = years * factors["year"] + months * factors["month"] + fixed.days * factors["day"] if days else 0.0
    hours = (fixed.seconds if days else fixed.total_seconds()) / 3600 if time else 0.0
    if not weeks and not hours:
        return Amounts(troubles=(Trouble("out_of_range", "a duration of nothing"),))
    return Amounts(
        weeks=Span.of(round(weeks, 4)) if weeks else None,
        hours=Span.of(round(hours, 4)) if hours else None,
        total_said=True,
    )
