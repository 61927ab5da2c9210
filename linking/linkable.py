"""What is compared of a listing: one record, made from its facts and from what its organisations are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from linking.printed import codes_in, host, identifiers_in, page, pages_in, texts_of
from models.classification import KnownOrganisation
from models.records import PriceFacts, Programme, Source, programme_key
from normalise.text import key

OWN_CATALOGUES = frozenset({"institution", "employer"})
"""Kinds of source that list what is their own: who runs the catalogue is an organisation of the programme."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """The least and the most of an amount; ``printed`` is false if it is a product of others (weeks, hours a week)."""

    least: float
    most: float
    printed: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Linkable:
    """What is compared of one listing.

    ``item_id`` is the id of the listing in the database, ``source`` a slug, ``ref`` the source's code; listings of one
    source with one ``programme_key`` are runs of the same course. ``titles`` are further titles printed of it, in other
    languages. ``languages`` are the first parts of BCP 47 tags. ``organisations`` are who develops, teaches or awards
    it (and who runs the catalogue, if it is their own): ids of entities, ``name:`` and the folded name of those that
    are in no table, ``host:`` and the host of their own address. ``named`` is true if one of them is a known entity.
    ``hours`` are those of the whole workload, ``price`` is the currency (ISO 4217) and the amount above 0 that the
    whole costs. ``codes`` are those of courses and units, ``pages`` are addresses named in its texts and ``page`` its
    own, as ``linking.printed.page`` gives them, ``identifiers`` are those of registers. ``first_seen`` is the day of
    the first look that listed it, where known.
    """

    item_id: int
    source: str
    source_kind: str
    ref: str
    programme_key: str
    kind: str
    title: str
    titles: tuple[str, ...] = ()
    languages: frozenset[str] = frozenset()
    organisations: frozenset[str] = frozenset()
    named: bool = False
    page: str = ""
    pages: frozenset[str] = frozenset()
    codes: frozenset[str] = frozenset()
    identifiers: frozenset[str] = frozenset()
    starts: frozenset[date] = frozenset()
    weeks: Span | None = None
    hours: Span | None = None
    ects: float | None = None
    eqf_level: int | None = None
    delivery: str | None = None
    price: tuple[str, float] | None = None
    first_seen: date | None = field(default=None, compare=False)

    @property
    def programme(self) -> tuple[str, str]:
        """What it is a run of, or itself: source and programme key."""
        return self.source, self.programme_key


def linkable(
    item_id: int,
    programme: Programme,
    source: Source,
    organisations: Sequence[KnownOrganisation],
    first_seen: date | None = None,
) -> Linkable:
    """Return what is compared of a listing.

    Args:
        item_id: the id of the listing.
        programme: its facts, with its offerings.
        source: the declaration of its source.
        organisations: what the organisations of the programme are, in its order
            (``classify.organisations.known_organisations``).
        first_seen: the day of the first look that listed it.
    """
    key_of_programme = programme_key(source, programme.ref)
    texts = tuple(texts_of(programme))
    who = _organisations(programme, source, organisations)
    own_page = page(programme.url)
    return Linkable(
        item_id=item_id,
        source=source.slug,
        source_kind=source.kind,
        ref=programme.ref,
        programme_key=key_of_programme,
        kind=programme.kind,
        title=programme.title or "",
        titles=tuple(words for name, words in sorted(programme.verbatim.items()) if name.startswith("title.")),
        languages=frozenset(_languages(programme)),
        organisations=who,
        named=any(":" not in each for each in who),
        page=own_page,
        pages=pages_in(texts) - {own_page},
        codes=codes_in(texts, key_of_programme),
        identifiers=identifiers_in((*texts, programme.url or ""), programme.ref),
        starts=frozenset(run.start_date for run in programme.offerings if run.start_date),
        weeks=_weeks(programme),
        hours=_hours(programme),
        ects=programme.ects,
        eqf_level=programme.eqf_level,
        delivery=programme.delivery,
        price=_price(programme),
        first_seen=first_seen,
    )


def _organisations(programme: Programme, source: Source, known: Sequence[KnownOrganisation]) -> frozenset[str]:
    found: set[str] = set()
    for each, printed in zip(known, programme.organisations, strict=True):
        lists_its_own = each.role == "listed_on" and source.kind in OWN_CATALOGUES
        if each.kind == "platform" or (each.role == "listed_on" and not lists_its_own):
            continue
        if each.entity is not None:
            found.add(each.entity.id)
            continue
        name = key(each.name)
        if " " in name or not name.isascii():  # a code or an acronym may be that of many
            found.add(f"name:{name}")
        own_host = host(printed.url)
        if own_host and not _within(own_host, source.hosts):
            found.add(f"host:{own_host}")
    return frozenset(found)


def _within(own: str, hosts: Iterable[str]) -> bool:
    names = [name.removeprefix("www.") for name in hosts]
    return any(own == name or own.endswith("." + name) for name in names)


def _languages(programme: Programme) -> Iterable[str]:
    printed = programme.languages or [run.language for run in programme.offerings if run.language]
    return (tag.partition("-")[0].lower() for tag in printed if tag)


def _weeks(programme: Programme) -> Span | None:
    """Return the duration in weeks: that of the programme, else the one that all its runs state alike."""
    if programme.duration_weeks_max:
        return Span(
            least=programme.duration_weeks_min or programme.duration_weeks_max, most=programme.duration_weeks_max
        )
    stated = {(run.duration_weeks_min, run.duration_weeks_max) for run in programme.offerings if run.duration_weeks_max}
    if len(stated) != 1:
        return None
    least, most = stated.pop()
    return Span(least=least or most or 0, most=most or 0)


def _hours(programme: Programme) -> Span | None:
    """Return the hours of the whole workload; weekly hours times weeks where only these are stated."""
    if programme.workload_hours_max:
        return Span(
            least=programme.workload_hours_min or programme.workload_hours_max,
            most=programme.workload_hours_max,
            printed=programme.workload_basis in {"stated", "converted"},
        )
    weeks, rate = _weeks(programme), programme.effort_hours_per_week_max
    if weeks is None or not rate:
        return None
    return Span(
        least=weeks.least * (programme.effort_hours_per_week_min or rate), most=weeks.most * rate, printed=False
    )


def _price(programme: Programme) -> tuple[str, float] | None:
    """Return the one price above 0 that is asked for the whole, of the programme or of all its runs alike."""
    prices = [programme.price] if programme.price.price_type else [run.price for run in programme.offerings]
    found = {(price.price_currency, price.price_amount) for price in prices if _is_single(price)}
    if len(found) != 1:
        return None
    currency, amount = found.pop()
    return (currency, amount) if currency and amount else None


def _is_single(price: PriceFacts) -> bool:
    return bool(price.price_amount) and price.price_amount == price.price_amount_max and price.price_period is None
