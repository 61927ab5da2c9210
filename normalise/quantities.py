"""Duration, weekly effort, workload and credits of a listing, out of all the words it prints about them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from models.records import Quantity
from models.vocab import vocabulary
from normalise.amounts import TEXT_MOST, Amounts, amounts
from normalise.conversions import CreditRule, credit_rule, scheme
from normalise.reading import Span, Trouble
from normalise.text import key
from normalise.words import absent_words

# What is plausible. Beyond: null and a problem. The longest programmes listed are degrees of several years.
WEEKS_MOST = 522.0  # ten years
HOURS_PER_WEEK_MOST = 168.0  # all the hours of a week
HOURS_MOST = 10_000.0  # some 400 ECTS credits
CREDITS_MOST = 1_000.0

FIELDS = ("duration", "effort", "workload", "credits")


@dataclass(frozen=True, slots=True, kw_only=True)
class Volume:
    """The typed quantities of a programme; units in the names.

    ``troubles`` pairs a field of the listing with its trouble.
    """

    weeks: Span | None = None
    hours_per_week: Span | None = None
    hours: Span | None = None
    workload_basis: str | None = None
    credits_value: float | None = None
    credits_unit: str | None = None
    ects: float | None = None
    ects_basis: str | None = None
    troubles: tuple[tuple[str, Trouble], ...] = ()


def volume(
    duration: Quantity | None,
    effort: Quantity | None,
    workload: Quantity | None = None,
    credit: Quantity | None = None,
    *,
    country: str | None,
    on: date,
) -> Volume:
    """Read the quantities of a listing; a figure in its own field goes before the same figure in another.

    ``country`` (ISO 3166-1 alpha-2) and ``on`` choose the rows of the conversion table. Workload is what is stated in
    hours; else credits converted; else weekly hours times weeks, daily hours times days, or hours of a part times the
    parts, if both are printed as one figure or range each.
    """
    return _volume(tuple(_clipped(q) for q in (duration, effort, workload, credit)), country, on)


def _clipped(quantity: Quantity | None) -> Quantity | None:
    """Return the quantity with a text just too long to be read instead of one of any length: the cache is bounded."""
    if quantity is None or max(len(quantity.text), len(quantity.unit or "")) <= TEXT_MOST:
        return quantity
    unit = quantity.unit[: TEXT_MOST + 1] if quantity.unit else quantity.unit
    return replace(quantity, text=quantity.text[: TEXT_MOST + 1], unit=unit)


@lru_cache(maxsize=16_384)
def _volume(quantities: tuple[Quantity | None, ...], country: str | None, on: date) -> Volume:
    troubles: list[tuple[str, Trouble]] = []
    read = {
        name: _read(name, quantity, troubles)
        for name, quantity in zip(FIELDS, quantities, strict=True)
        if quantity is not None
    }
    weeks = _first(
        (read[n].weeks for n in ("duration", "workload", "effort") if n in read), WEEKS_MOST, "duration", troubles
    )
    rates = [read[n] for n in ("effort", "workload", "duration") if n in read and read[n].hours_per_week]
    rate = _first((r.hours_per_week for r in rates), HOURS_PER_WEEK_MOST, "effort", troubles)
    sizes = [read[n] for n in ("workload", "effort", "duration") if n in read]
    stated = _first((size.hours for size in sizes), HOURS_MOST, "workload", troubles)
    of_parts = _first((size.hours_of_parts for size in sizes), HOURS_MOST, "workload", troubles)
    of_days = _hours_of_days(read)
    value, unit = _credits(read, country, on, troubles)
    rule = credit_rule(unit, country, on) if unit else None
    hours, basis = _workload(
        stated,
        rule.hours(value) if value and rule else None,
        rate.product(weeks) if rate and weeks and not rates[0].several else None,
        of_days,
        of_parts,
    )
    if hours is None and rate is None and any(size.hours_per_day for size in sizes):
        troubles.append(("effort", Trouble("ambiguous", "hours a day, and the number of days is not printed")))
    ects, ects_basis = _ects(value, unit, rule)
    return Volume(
        weeks=weeks,
        hours_per_week=rate,
        hours=hours,
        workload_basis=basis,
        credits_value=value,
        credits_unit=unit,
        ects=ects,
        ects_basis=ects_basis,
        troubles=tuple(troubles),
    )


def _read(name: str, quantity: Quantity, troubles: list[tuple[str, Trouble]]) -> Amounts:
    if key(quantity.text) in absent_words() or not quantity.text.strip():
        return Amounts()
    read = amounts(quantity.text, _declared_unit(name, quantity, troubles))
    if name == "effort" and quantity.unit is None and _may_be_weekly(read):
        troubles.append((name, Trouble("ambiguous", "hours of effort, for a week or for the whole")))
        return Amounts(credits=read.credits)
    troubles.extend((name, trouble) for trouble in read.troubles)
    return read


def _may_be_weekly(read: Amounts) -> bool:
    """Whether hours of effort are printed alone, which in a field of that name may be meant for a week."""
    return bool(read.hours) and not (read.weeks or read.hours_per_week or read.total_said)


def _declared_unit(name: str, quantity: Quantity, troubles: list[tuple[str, Trouble]]) -> str | None:
    if quantity.unit is None:
        return "credit" if name == "credits" else None  # the field says that they are credits; the scheme is not named
    if quantity.unit in vocabulary("quantity_unit"):
        return quantity.unit
    unit = _unit_of(quantity.unit)
    if unit is None:
        troubles.append((name, Trouble("unknown_word", "no unit of quantity has the name the source gives")))
    return unit


def _unit_of(words: str) -> str | None:
    """Return the unit that a source names in words ("weeks")."""
    read = amounts(f"1 {words}")
    if read.weeks:
        return next((u for u in ("day", "week", "month", "year") if amounts(f"1 {u}").weeks == read.weeks), None)
    if read.hours:
        return "hour" if read.hours == Span.of(1.0) else "minute"
    if read.hours_per_week:
        return "hour_per_week"
    return read.credits[0][1] if read.credits else None


def _first(spans: Iterator[Span | None], most: float, name: str, troubles: list[tuple[str, Trouble]]) -> Span | None:
    for span in spans:
        if span is None:
            continue
        if span.within(most):
            return span
        troubles.append((name, Trouble("out_of_range", f"not above 0 and at most {most:g}")))
        return None
    return None


def _credits(
    read: dict[str, Amounts], country: str | None, on: date, troubles: list[tuple[str, Trouble]]
) -> tuple[float | None, str | None]:
    found = next(
        (read[n].credits for n in ("credits", "workload", "duration", "effort") if n in read and read[n].credits), ()
    )
    if not found:
        return None, None
    if len(found) > 1:
        # "7.5 hp (7.5 ECTS)" is one; two schemes side by side are told apart by the one that says most.
        found = tuple(item for item in found if item[1] == "ects") or found
    span, unit = found[0]
    if len(found) > 1 or span.low is None or span.low != span.high:
        troubles.append(("credits", Trouble("ambiguous", "not one number of credits")))
        return None, None
    if not 0 <= span.low <= CREDITS_MOST:
        troubles.append(("credits", Trouble("out_of_range", f"not between 0 and {CREDITS_MOST:g} credits")))
        return None, None
    return span.low, scheme(unit, country, on)


def _hours_of_days(read: dict[str, Amounts]) -> Span | None:
    """Return hours a day times the days of a duration printed in days, if both are printed."""
    days = next((r.days for r in read.values() if r.days), None)
    rate = next((r.hours_per_day for r in read.values() if r.hours_per_day), None)
    return rate.product(days) if rate and days else None


def _workload(
    stated: Span | None, converted: Span | None, of_weeks: Span | None, of_days: Span | None, of_parts: Span | None
) -> tuple[Span | None, str | None]:
    """Return the hours of workload and their basis (vocabulary ``basis``): printed figures before computed ones."""
    ways = (
        (stated, "stated"),
        (converted, "converted"),
        (of_weeks, "hours_per_week_x_weeks"),
        (of_days, "hours_per_day_x_days"),
        (of_parts, "hours_per_part_x_parts"),
    )
    return next(((span, basis) for span, basis in ways if span and span.within(HOURS_MOST)), (None, None))


def _ects(value: float | None, unit: str | None, rule: CreditRule | None) -> tuple[float | None, str | None]:
    if value is None:
        return None, None
    if unit == "ects":
        return value, "stated"
    if rule is not None and rule.ects is not None:
        return round(value * rule.ects, 4), "converted"
    return None, None
