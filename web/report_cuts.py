"""What is listed divided by what it is: a table and a picture a cut."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from web import pictures
from web.frontpage import MODES, drawn_words
from web.measures import UNITS
from web.report_parts import TOO_FEW, ByCategory, Figures, Line, Table, basis, between, count_of, signed_share
from web.trendpage import category
from web.words import NOTHING, UNKNOWN, is_missing, number, share

CATEGORIES_MOST = 12
"""How many categories a table shows; the smaller ones are one row."""


@dataclass(frozen=True, slots=True)
class Cut:
    """A way to divide what is listed: the name of the cut, a heading, and what a reader must know of it.

    ``named`` puts the name of a category into words, ``order`` has the categories that have an order of their own; the
    others are in the order of their size.
    """

    name: str
    title: str
    note: str = ""
    named: str = "{}"
    order: tuple[str, ...] = ()

    def category(self, word: str) -> str:
        """Return the name of a category for people."""
        return category(self.name, word) if word == UNKNOWN else self.named.format(category(self.name, word))

    def sorted(self, words: Sequence[str]) -> list[str]:
        """Return categories that come by size in the order they are shown in; unknown comes last."""
        place = {word: number for number, word in enumerate(self.order)}
        return sorted(words, key=lambda word: (word == UNKNOWN, place.get(word, len(place))))


CUTS = (
    Cut("source_kind", "Who publishes: kind of catalogue"),
    Cut("country", "Where: country of the catalogue"),
    Cut("isced_broad", "Field of education (ISCED-F 2013)"),
    Cut("eqf_level", "Level of qualification (EQF)", "Only where a framework of qualifications is named; a platform’s "
        "“beginner” is no level.", "Level {}", tuple("12345678")),
    Cut("ects_band", "Size in ECTS credits", "", "{} ECTS", ("<3", "3-6", "7-15", "16-30", ">30")),
    Cut("price_type", "Free or paid"),
    Cut("delivery", "Delivery"),
    Cut("language", "Language"),
)  # fmt: skip


def cut_table(figures: Figures, cut: Cut) -> Table | None:
    """Return what is listed divided by a cut on the first and the last day, and growth in the matched sources.

    ``None`` if nothing was measured under the cut. Beyond ``CATEGORIES_MOST`` the smallest are one row.
    """
    first, last = figures.days.first, figures.days.latest
    found = ByCategory(figures.rows(cut.name, ["stock", "share"], snapshots=(first, last)))
    order = found.order(last)
    if not order:
        return None
    growth = ByCategory(figures.rows(cut.name, ["growth"], panel="matched"))
    shown, rest = _split(order)
    lines = [_cut_line(figures, found, growth, cut, word) for word in cut.sorted(shown)]
    if rest and cut.name != MODES:
        sums = [sum(found.value(day, word, "stock") or 0 for word in rest) for day in (first, last)]
        shares = sum(found.value(last, word, "share") or 0.0 for word in rest)
        dashes = [NOTHING] * 2
        name = f"{len(rest)} smaller ones together"
        lines.insert(
            len(shown) - (shown[-1] == UNKNOWN),
            Line(name, [number(sums[0]), number(sums[1]), *dashes, share(shares), *dashes]),
        )
    drawn = [
        {"as_of": last.as_of, "category": cut.category(word), "value": found.value(last, word, "stock"),
         "low": None, "high": None}
        for word in cut.sorted(drawn_words(order))
    ]  # fmt: skip
    largest = found.row(last, order[0], "stock")
    more = len(order) - len(drawn)
    return Table(
        id=f"by-{cut.name.replace('_', '-')}",
        title=cut.title,
        columns=[str(first.as_of), str(last.as_of), "At least", "At most", "Share", "Growth", "Growth, bounds"],
        lines=lines,
        basis=basis(largest if cut.name not in {"source_kind", "country"} else figures.one("stock")),
        notes=[cut.note] if cut.note else (),
        picture=pictures.lines(
            drawn, name=cut.name.replace("_", "-"), title=f"{cut.title}, {last.as_of}", unit=UNITS["credential"],
            description=f"{count_of(len(drawn), 'category', 'categories')}; largest: {cut.category(order[0])} "
            f"with {number(found.value(last, order[0], 'stock'))}. The table below has every figure."
            + (f" {count_of(more, 'smaller one is', 'smaller ones are')} in the table only." if more else ""),
        ),
    )  # fmt: skip


def _split(order: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return the categories shown, and those that are one row together; unknown is always shown."""
    if len(order) <= CATEGORIES_MOST:
        return list(order), []
    known = [word for word in order if word != UNKNOWN]
    kept = known[: CATEGORIES_MOST - 1]
    return [*kept, *(word for word in order if word == UNKNOWN)], known[CATEGORIES_MOST - 1 :]


def _cut_line(figures: Figures, found: ByCategory, growth: ByCategory, cut: Cut, word: str) -> Line:
    first, last = figures.days.first, figures.days.latest
    grown = growth.row(last, word, "growth")
    at_start = growth.value(last, word, "growth", "n")
    if at_start is None or is_missing(grown.get("value")):
        said = [NOTHING, NOTHING]
    elif at_start < TOO_FEW:
        said = ["too few", NOTHING]
    else:
        said = [signed_share(grown["value"]), between(grown["low"], grown["high"], signed_share)]
    return Line(
        cut.category(word),
        [
            number(found.value(first, word, "stock")),
            *(number(found.value(last, word, "stock", end)) for end in ("value", "low", "high")),
            share(found.value(last, word, "share")),
            *said,
        ],
    )
