"""What speaks for and against two listings being one credential, in points and in words with the values compared."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from math import isclose

from linking.corpus import Corpus, Read
from linking.linkable import Linkable, Span
from linking.rules import Rules, rules
from linking.titles import Title, are_in_two_languages, disagreements, relation, word_count

_TELLING = frozenset({"same", "beside", "main", "reworded"})
"""Relations of titles whose common words may be distinctive."""
_STRICT = frozenset({"reworded", "shortened", "near"})
"""Relations of titles that are too loose for one to name a part or a level and the other none."""
_KINDS_APART = ("program", "degree")
"""A series of courses is hardly one credential with what is none, though it may be called the same; nor is a degree."""
_QUOTED_MOST = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """What was found of a pair. ``against`` is the sum of the points below 0.

    ``capped``: however many points there are, a person has to look.
    """

    method: str
    points: int
    against: int
    reasons: tuple[str, ...]
    capped: bool = False

    @property
    def counts(self) -> bool:
        """Whether the pair counts as one credential, as far as it alone tells."""
        return not self.capped and self.points >= rules().counts_once


@dataclass(frozen=True, slots=True)
class Point:
    """One piece of evidence, and how many points it gives or takes."""

    points: int
    words: str


def exact(one: Linkable, other: Linkable, corpus: Corpus) -> tuple[str, str] | None:
    """Return the method and the reason by which two listings are one whatever else they print, if there is one.

    An identifier or a page that several programmes of a source have (that of their institution, say) is none.
    """

    def is_of_both_alone(name: str) -> bool:
        return corpus.is_of_one(one, name) and corpus.is_of_one(other, name)

    if shared := [name for name in one.identifiers & other.identifiers if is_of_both_alone(name)]:
        return "identifier", f"same identifier: {_some(shared)}"
    if one.page == other.page and is_of_both_alone(one.page):
        return "page", f"same page: {one.page}"
    return None


def weigh(one: Read, other: Read, corpus: Corpus) -> Weighed | None:
    """Return what speaks for and against a pair; ``None`` if they are not one credential, or nothing hints at it."""
    organisation = _organisation(one.listing, other.listing)
    if organisation is None:
        return None
    best = _best_titles(one, other)
    mismatches = disagreements(best.ours, best.theirs) if best.relation != "other" else _numbers_only(best)
    if any(both for _, both in mismatches) or (mismatches and best.relation in _STRICT):
        return None
    unlike = best.relation == "other"
    translated = are_in_two_languages(best.ours, best.theirs)
    if unlike and not translated and not _are_taught_in_two_languages(one, other):
        return None
    found = [organisation, *_title_points(best, one, other, corpus), *_evidence(one.listing, other.listing, corpus)]
    caps = [f"only one names its {name}" for name, _ in mismatches] + _caps(one.listing, other.listing)
    if translated or unlike:
        caps.append("the titles are in two languages")
    return Weighed(
        method="other_language" if unlike else f"title_{best.relation}",
        points=sum(each.points for each in found),
        against=sum(min(each.points, 0) for each in found),
        reasons=tuple(f"{each.words} ({each.points:+d})" for each in found)
        + tuple(f"{cap}: a person has to look" for cap in caps),
        capped=bool(caps),
    )


# --------------------------------------------------------------------------------------
# Titles
# --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Titles:
    relation: str
    ours: Title
    theirs: Title


def _best_titles(one: Read, other: Read) -> _Titles:
    """Return the two titles, of all that are printed, that are nearest to each other."""
    ours, theirs = one.titles[0], other.titles[0]
    best = _Titles(relation(ours, theirs), ours, theirs)
    if len(one.titles) == len(other.titles) == 1 or best.relation == "same":
        return best
    pairs = [_Titles(relation(a, b), a, b) for a, b in product(one.titles, other.titles)]
    best = max(pairs, key=lambda pair: rules().title[pair.relation])
    translated = best.relation == "same" and (best.ours is not ours or best.theirs is not theirs)
    return _Titles("beside", best.ours, best.theirs) if translated else best


def _numbers_only(titles: _Titles) -> tuple[tuple[str, bool], ...]:
    """Return whether the numbers differ: all that can be compared of titles in two languages."""
    pairs = disagreements(titles.ours, titles.theirs)
    return tuple((name, both) for name, both in pairs if name in {"numbers", "years"} and both)


def _title_points(titles: _Titles, one: Read, other: Read, corpus: Corpus) -> Iterator[Point]:
    table = rules()
    words = f"{titles.relation} title: “{_cut(one.listing.title)}” and “{_cut(other.listing.title)}”"
    yield Point(table.title[titles.relation], words)
    if titles.relation not in _TELLING or not one.listing.organisations & other.listing.organisations:
        return
    common = _common_words(titles)
    length = min(word_count(each) for each in common)
    if length > 1 and all(corpus.is_distinctive(each, one, other) for each in common):
        points = table.evidence["distinctive_title" if length > 2 else "short_distinctive_title"]
        yield Point(points, f"nothing else is called so: “{common[0]}”")
    elif length > 2 and all(corpus.is_their_own(each, one, other) for each in common):
        yield Point(table.evidence["own_title"], f"no other organisation calls a programme so: “{common[0]}”")


def _common_words(titles: _Titles) -> tuple[str, ...]:
    ours, theirs = titles.ours, titles.theirs
    if titles.relation == "main":
        return tuple(words for words in ours.mains if words in theirs.wholes) or tuple(
            words for words in theirs.mains if words in ours.wholes
        )
    if titles.relation == "beside":
        return tuple(words for words in ours.wholes if words in theirs.wholes)[:1] or (ours.words,)
    return tuple(dict.fromkeys((ours.words, theirs.words)))


def _are_taught_in_two_languages(one: Read, other: Read) -> bool:
    ours, theirs = one.listing.languages, other.listing.languages
    return bool(ours and theirs and not ours & theirs)


# --------------------------------------------------------------------------------------
# Everything else
# --------------------------------------------------------------------------------------


def _organisation(one: Linkable, other: Linkable) -> Point | None:
    """Return what their organisations say; ``None`` if both are known and others."""
    if shared := one.organisations & other.organisations:
        known = any(not each.startswith("name:") for each in shared)
        return Point(rules().organisation["shared" if known else "same_name"], f"same organisation: {_some(shared)}")
    if one.named and other.named:
        return None
    return Point(rules().organisation["unknown"], "no organisation in common, and one of them is not known")


def _evidence(one: Linkable, other: Linkable, corpus: Corpus) -> Iterator[Point]:
    table = rules()
    if (further := len(one.organisations & other.organisations) - 1) > 0:
        yield Point(
            table.evidence["partners"], f"{further} more in common: {_some(one.organisations & other.organisations)}"
        )
    yield from _starts(one, other, corpus)
    if codes := {code for code in one.codes & other.codes if corpus.codes[code] <= table.code_listings_most}:
        yield Point(table.evidence["code"], f"same code: {_some(codes)}")
    if named := _named_page(one, other, corpus) or _named_page(other, one, corpus):
        yield Point(table.evidence["names_page"], f"one names the page of the other: {named}")
    yield from _sizes(one, other, table)
    if one.price is not None and one.price == other.price:
        yield Point(table.evidence["price"], f"same price: {one.price[1]:g} {one.price[0]}")
    yield from _against(one, other, table)


def _named_page(one: Linkable, by: Linkable, corpus: Corpus) -> str:
    """Return the page of a listing if another names it and it is that of no other programme, else nothing."""
    return one.page if one.page in by.pages and corpus.is_of_one(one, one.page) else ""


def _starts(one: Linkable, other: Linkable, corpus: Corpus) -> Iterator[Point]:
    days = sorted(one.starts & other.starts)
    if not days:
        return
    table = rules().evidence
    if len(days) > 1:
        yield Point(table["several_starts"], f"{len(days)} starts in common: {_some(str(day) for day in days)}")
        return
    usual = corpus.is_usual_start(one.source, days[0]) or corpus.is_usual_start(other.source, days[0])
    yield Point(table["usual_start" if usual else "start"], f"same start: {days[0]}")


def _sizes(one: Linkable, other: Linkable, table: Rules) -> Iterator[Point]:
    if one.ects and other.ects:
        points = table.evidence["ects"] if isclose(one.ects, other.ects) else table.against["ects"]
        yield Point(points, f"{one.ects:g} and {other.ects:g} ECTS")
    hours = (
        _hours(one.hours, other.hours, table) if one.hours and other.hours and not (one.ects and other.ects) else None
    )
    if hours is not None:
        yield hours
    weeks = _weeks(one.weeks, other.weeks, table) if one.weeks and other.weeks else None
    # The same workload may be spread over more weeks.
    if weeks is not None and (weeks.points > 0 or hours is None or hours.points < 0):
        yield weeks


def _hours(ours: Span, theirs: Span, table: Rules) -> Point | None:
    words, rough = f"{_span(ours)} and {_span(theirs)} hours", not (ours.printed and theirs.printed)
    if ours.least == ours.most == theirs.least == theirs.most and not rough:
        return Point(table.evidence["same_hours"], words)
    if _are_near(ours.least, theirs.least, table.near) and _are_near(ours.most, theirs.most, table.near):
        return Point(table.evidence["hours"], words)
    factor = _factor(ours, theirs)
    if factor < table.apart:
        return None
    name = ("far_" if factor >= table.far else "") + ("rough_hours" if rough else "hours")
    return Point(table.against[name], words)


def _weeks(ours: Span, theirs: Span, table: Rules) -> Point | None:
    words, factor = f"{_span(ours)} and {_span(theirs)} weeks", _factor(ours, theirs)
    if (ours.least, ours.most) == (theirs.least, theirs.most):
        return Point(table.evidence["weeks"], words)
    if factor < table.apart_weeks:
        return None
    return Point(table.against["far_weeks" if factor >= table.far_weeks else "weeks"], words)


def _against(one: Linkable, other: Linkable, table: Rules) -> Iterator[Point]:
    if one.eqf_level and other.eqf_level and one.eqf_level != other.eqf_level:
        yield Point(table.against["eqf_level"], f"EQF levels {one.eqf_level} and {other.eqf_level}")
    if {one.delivery, other.delivery} == {"presential", "online"}:
        yield Point(table.against["delivery"], f"{one.delivery} and {other.delivery}")


def _caps(one: Linkable, other: Linkable) -> list[str]:
    caps = []
    if any((one.kind == kind) != (other.kind == kind) for kind in _KINDS_APART):
        caps.append(f"one is a {one.kind}, the other a {other.kind}")
    if one.languages and other.languages and not one.languages & other.languages:
        caps.append(f"taught in {_some(one.languages)} and in {_some(other.languages)}")
    return caps


def _factor(ours: Span, theirs: Span) -> float:
    """Return 1 for amounts that overlap, else the least of the larger one by the most of the smaller one."""
    low, high = sorted((ours, theirs), key=lambda span: span.least)
    return max(1.0, high.least / low.most) if low.most else 1.0


def _are_near(one: float, other: float, factor: float) -> bool:
    return max(one, other) <= factor * min(one, other)


def _span(span: Span) -> str:
    return f"{span.least:g}" if span.least == span.most else f"{span.least:g}-{span.most:g}"


def _some(values: Iterable[str]) -> str:
    every: Sequence[str] = sorted(values)
    return ", ".join(every[:3]) + (" ..." if len(every) > 3 else "")


def _cut(text: str) -> str:
    return text if len(text) <= _QUOTED_MOST else text[: _QUOTED_MOST - 1].rstrip() + "…"
