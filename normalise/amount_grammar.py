"""Finds the amounts in a text cut into tokens: a number or a range with a unit after it, and what it is counted by.

An amount of hours is a weekly figure if the words around it say so ("per week", "semanales", "each week ..."), a figure
for something else ("per module"), a total, or plain. What the amounts mean together is told in ``amounts``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from normalise.lexicon import Token
from normalise.reading import Span

DURATIONS = frozenset({"day", "week", "month", "semester", "year"})
HOURS = {"hour": 1.0, "minute": 1 / 60}
_OF = frozenset({"of", "de", "di", "von", "à", "x", "@", "по"})
_REACH = 9  # how many words after an amount may still say what it is counted by


@dataclass(frozen=True, slots=True)
class Amount:
    """One amount. ``first`` is the index of its first token, ``last`` the one after its last.

    ``by``: "week", "day", "month", "part" (a module), "total", "content" (hours of videos: a total too), "" for plain.
    ``added``: joined to the amount before it by "+" or "and".
    """

    span: Span
    unit: str
    first: int
    last: int
    by: str = ""
    added: bool = False


@dataclass(slots=True)
class _Heard:
    """What has been said before the place that is read."""

    weekly: bool = False  # "each week ...:" said before the figures it speaks of
    distributive: bool = False
    counted: str | None = None  # what the last count counted: "6 modules. Each ..."

    def hear(self, pieces: list[Token], at: int) -> None:
        here = pieces[at]
        orphan = any(t.unit in HOURS for t in pieces[max(0, at - 2) : at])  # hours whose number was not understood
        self.weekly = (says_weekly(pieces, at) and not orphan) or (self.weekly and not here.has("stop"))
        self.distributive = here.has("each", "distributive") or (self.distributive and not here.has("stop"))
        if here.has("part") and is_kind(pieces, at - 1, "number"):
            self.counted = "part"


def find_amounts(pieces: list[Token]) -> list[Amount]:
    """Return the amounts of a text in printed order."""
    found: list[Amount] = []
    heard = _Heard()
    at = 0
    while at < len(pieces):
        amount = _amount_at(pieces, at)
        if amount is None:
            heard.hear(pieces, at)
            at += 1
        elif amount.unit in DURATIONS:
            at = _take_duration(pieces, amount, heard, found)
        elif amount.unit in HOURS:
            at = _take_hours(pieces, amount, heard, found)
        else:
            found.append(amount)
            at = amount.last
    return found


def _take_duration(pieces: list[Token], amount: Amount, heard: _Heard, found: list[Amount]) -> int:
    """Add a duration, unless it is one for a part or one of several; return where to read on."""
    by, end = _counted_by(pieces, amount.last, strict=True)
    rated = by in {"day", "week", "month", "part"}
    for_a_part = heard.distributive and heard.counted == "part"
    if not rated and not for_a_part and not is_kind(pieces, amount.first - 1, "ordinal"):
        heard.counted = "week" if amount.unit == "week" else heard.counted
        found.append(replace(amount, added=_added(pieces, amount, found)))
    return max(amount.last, end if rated else 0)


def _take_hours(pieces: list[Token], amount: Amount, heard: _Heard, found: list[Amount]) -> int:
    """Add hours with what they are counted by; return where to read on."""
    by, end = _counted_by(pieces, amount.last)
    if by == "each" or (not by and heard.distributive):
        by = "week" if heard.counted == "week" else "part" if heard.counted == "part" or by == "each" else by
    if by in {"", "content"}:
        part = "part" if _of_each_part(pieces, amount.first) else ""
        by = _said_before(pieces, amount.first, found, weekly=heard.weekly) or part or by
    found.append(replace(amount, by=by, added=_added(pieces, amount, found)))
    return max(amount.last, end)


# ---- one amount ----------------------------------------------------------------------


def _amount_at(pieces: list[Token], at: int) -> Amount | None:
    first = pieces[at]
    if first.number is None or (first.has("word") and first.unit is None):
        return None
    unit, end, open_above = first.unit, at + 1, False
    if unit is None and is_kind(pieces, end, "plus") and is_kind(pieces, end + 1, "unit", "range", "part"):
        open_above, end = True, end + 1
    inner, inner_end = (unit, end) if unit else _unit_at(pieces, end)
    second, second_end = _range_end(pieces, inner_end if inner else end, between=is_kind(pieces, at - 1, "between"))
    if inner and second is not None and (ends := _two_units(pieces, at, inner, second, second_end)):
        return ends
    if inner:
        return Amount(_bounded(pieces, at, Span.of(first.number), open_above=open_above), inner, at, inner_end)
    if second is None:
        unit, end = _unit_near(pieces, end)
        span = _bounded(pieces, at, Span.of(first.number), open_above=open_above)
        return Amount(span, unit, at, end) if unit else None
    return _range_amount(pieces, at, second, second_end)


def _two_units(pieces: list[Token], at: int, inner: str, second: float, second_end: int) -> Amount | None:
    """Return a range both ends of which carry a unit of one kind: "1h à 2h", "90 minutes to 2 hours"."""
    outer, end = pieces[second_end - 1].unit, second_end
    if outer is None:
        outer, end = _unit_at(pieces, second_end)
    low = pieces[at].number
    if low is None or outer is None or (outer != inner and not {outer, inner} <= HOURS.keys()):
        return None
    factor = HOURS.get(inner, 1.0) / HOURS.get(outer, 1.0)
    return Amount(Span.of(low * factor, second), outer, at, end)


def _range_amount(pieces: list[Token], at: int, second: float, second_end: int) -> Amount | None:
    """Return a range with one unit behind it: "4 - 8 hours", "4-8+ hours"."""
    low = pieces[at].number
    open_above = is_kind(pieces, second_end, "plus") and is_kind(pieces, second_end + 1, "unit")
    unit, end = _unit_near(pieces, second_end + open_above)
    if unit is None or low is None:
        return None
    return Amount(Span(min(low, second), None) if open_above else Span.of(low, second), unit, at, end)


def _range_end(pieces: list[Token], at: int, *, between: bool) -> tuple[float | None, int]:
    """Return the second number of a range that goes on at ``at`` and the index after it."""
    if not is_kind(pieces, at, "range") and not (between and is_kind(pieces, at, "and")):
        return None, at
    after = at + 1
    while is_kind(pieces, after, "range", "per"):
        after += 1  # "de 1 à 3", "2- 5"
        if after > at + 2:
            return None, at
    if after < len(pieces) and pieces[after].number is not None:
        return pieces[after].number, after + 1
    return None, at


def _unit_at(pieces: list[Token], at: int) -> tuple[str | None, int]:
    """Return the unit right at ``at`` (a hyphen may stand before it) and the index after it."""
    if is_kind(pieces, at, "range") and pieces[at].text == "-" and is_kind(pieces, at + 1, "unit"):
        at += 1
    if at < len(pieces) and pieces[at].unit and not pieces[at].number:
        return pieces[at].unit, at + 1
    return None, at


def _unit_near(pieces: list[Token], at: int) -> tuple[str | None, int]:
    """As ``_unit_at``, with up to two plain words between ("5 academic hours")."""
    for skipped in range(3):
        unit, end = _unit_at(pieces, at + skipped)
        if unit and (skipped == 0 or unit in HOURS or unit in DURATIONS):
            return unit, end
        if at + skipped >= len(pieces) or pieces[at + skipped].kinds - {"word", "content", "ordinal"}:
            return None, at
    return None, at


def _bounded(pieces: list[Token], at: int, span: Span, *, open_above: bool) -> Span:
    before = pieces[at - 1] if at else None
    if open_above or (before and (before.has("at_least") or before.text == "min")):
        return Span(span.low, None)
    if before and before.has("at_most"):
        return Span(None, span.high)
    return span


# ---- what an amount is counted by ----------------------------------------------------


def _counted_by(pieces: list[Token], start: int, *, strict: bool = False) -> tuple[str, int]:
    """Return what an amount that ends at ``start`` is counted by, and the index after the words that say so.

    ``strict``: a week counts only behind a word like "per" (4 weeks including a project week).
    """
    per = each = content = False
    end = start
    for at in range(start, min(len(pieces), start + _REACH)):
        token = pieces[at]
        if _ends_the_phrase(pieces, at, per=per, strict=strict):
            break
        if said := _rate_word(pieces, at, rated=per or each, strict=strict):
            return said, at + 1
        if token.has("content") and not per:
            content, end = True, at + 1
        per = token.has("per", "slash")
        each = each or token.has("each")
    if each:
        return "each", end
    return ("content", end) if content else ("", start)


def _ends_the_phrase(pieces: list[Token], at: int, *, per: bool, strict: bool) -> bool:
    token = pieces[at]
    if token.has("comma"):
        return strict or not _goes_on(pieces, at + 1)
    if token.has("odd", "stop", "plus", "colon") or token.unit in HOURS:
        return True
    return token.number is not None and not _per_one(pieces, at, per=per)


def _goes_on(pieces: list[Token], at: int) -> bool:
    """Whether the words behind a comma still speak of the amount before it."""
    if is_kind(pieces, at, "spread", "each"):
        return True
    says = is_kind(pieces, at, "total") or says_weekly(pieces, at)
    return says and _no_number_before_stop(pieces, at)


def _rate_word(pieces: list[Token], at: int, *, rated: bool, strict: bool) -> str:
    """Return what the word at ``at`` says an amount is counted by; ``rated``: behind a word like "per"."""
    token = pieces[at]
    if token.has("weekly"):
        return "week"
    if token.unit == "week" and not rated and not strict:
        named = is_kind(pieces, at + 1, "number") and not is_kind(pieces, at + 1, "unit")  # "week 4"
        if not named:
            return "week"
    if rated and token.unit in {"day", "week", "month"}:
        return token.unit
    if rated and token.has("part"):
        return "part"
    return "total" if token.has("total", "spread") else ""


def _per_one(pieces: list[Token], at: int, *, per: bool) -> bool:
    """Whether the number at ``at`` is the one of "in one week", which still means per week."""
    return per and pieces[at].number == 1 and is_kind(pieces, at + 1, "unit") and not pieces[at].text.isdigit()


def says_weekly(pieces: list[Token], at: int) -> bool:
    """Whether the words at ``at`` mean "each week"."""
    if at >= len(pieces):
        return False
    if pieces[at].has("weekly"):
        return True
    if pieces[at].unit == "week" and is_kind(pieces, at + 1, "number"):
        return not pieces[at].text.isascii() and len(pieces[at].text) == 1  # 주 3시간, 週3時間
    return pieces[at].has("each", "per", "slash") and at + 1 < len(pieces) and pieces[at + 1].unit == "week"


def _no_number_before_stop(pieces: list[Token], at: int) -> bool:
    for token in pieces[at:]:
        if token.has("stop", "comma"):
            return True
        if token.number is not None and not token.has("weekly"):
            return False
    return True


def _added(pieces: list[Token], amount: Amount, found: list[Amount]) -> bool:
    """Whether an amount is joined to the one before by a plus sign, or by "and" right before it.

    The word "plus" joins durations only: hours a week it may add for some learners and not for others.
    """
    if not found or (found[-1].unit in DURATIONS) != (amount.unit in DURATIONS):
        return False
    between = pieces[found[-1].last : amount.first]
    if any(t.has("plus") or (t.text == "plus" and amount.unit in DURATIONS) for t in between):
        return True
    before = next((t for t in reversed(between) if t.kinds != {"word"}), None)
    return before is not None and before.has("and") and not before.has("per", "range")


def _of_each_part(pieces: list[Token], first: int) -> bool:
    """Whether an amount is that of each of several parts: "10 sessions of 2 hours", "5 módulos de 3h"."""
    return is_kind(pieces, first - 2, "part") and pieces[first - 1].text in _OF


def _said_before(pieces: list[Token], first: int, found: list[Amount], *, weekly: bool) -> str:
    """Return what the words before an amount say it is counted by."""
    content = False
    for token in reversed(pieces[found[-1].last if found else 0 : first]):
        if token.has("stop", "comma"):
            break
        if token.has("total"):
            return "total"
        content = content or token.has("content")
    if weekly:
        return "week"
    return "content" if content else ""


def is_kind(pieces: list[Token], at: int, *kinds: str) -> bool:
    """Whether there is a token at ``at`` and it is of one of these kinds."""
    return 0 <= at < len(pieces) and pieces[at].has(*kinds)
