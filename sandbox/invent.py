"""Invents programmes and their lives from a seed: births, deaths, returns, renamings, new prices, closed times.

Nothing here looks at the clock. Every catalogue draws from its own generator, so that adding one changes no other.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta

from sandbox.all_catalogues import CATALOGUES
from sandbox.catalogues import Catalogue
from sandbox.habits import HABITS, TRAININGS
from sandbox.invent_kinds import with_kinds
from sandbox.names import Namer
from sandbox.organisations import ORGANISATIONS
from sandbox.programme import Dated, Entry, Offering, Price, Programme, Span, Title, value_on
from sandbox.refs import make_ref

BEGIN = date(2023, 1, 1)
END = date(2027, 1, 1)
"""The first day of the world that is told, and the first after it."""

_OLDEST = date(2021, 1, 1)
_OLD_SHARE = 0.62  # of programmes are listed before BEGIN
_YEARLY_DEATHS = 0.13
_RETURNS = 0.09  # of programmes go and come back
_GONE_DAYS = (200, 420)  # more than two quarters, so that looks a quarter apart miss it twice
_RENAMED = 0.10
_NEW_PRICE = 0.30
_ALSO_LISTED = (("tartu", "edx", 6), ("nova_academy", "futurelearn", 5), ("nova_academy", "coursera", 5))
_ALSO_LISTED_AT_MIT = ("mitx_online", "edx", 4)


def invent(seed: int) -> tuple[tuple[Programme, ...], tuple[Programme, ...]]:
    """Return the programmes of the world ``seed``, and those that catalogues serve beside micro-credentials."""
    programmes: dict[str, list[Programme]] = {}
    for catalogue in CATALOGUES.values():
        programmes[catalogue.slug] = _programmes_of(catalogue, generator(f"{seed}:{catalogue.slug}"))
    chance = generator(f"{seed}:both")
    for home, platform, count in (*_ALSO_LISTED, _ALSO_LISTED_AT_MIT):
        _list_elsewhere(programmes[home], platform, count, chance)
    aside = with_kinds(_trainings(generator(f"{seed}:aside")), TRAININGS, generator(f"{seed}:aside:kinds"))
    made = (with_kinds(ours, HABITS[slug], generator(f"{seed}:{slug}:kinds")) for slug, ours in programmes.items())
    return tuple(one for ours in made for one in ours), tuple(aside)


def generator(name: str) -> random.Random:
    """Return a generator of its own for ``name``, which includes the seed."""
    return random.Random(name)  # noqa: S311 - chance that can be repeated is the point, secrecy is not


def _programmes_of(catalogue: Catalogue, chance: random.Random) -> list[Programme]:
    namer = Namer(chance)
    ours = [invent_programme(catalogue, number, namer, chance) for number in range(1, catalogue.size + 1)]
    return _with_members(ours, chance)


def invent_programme(catalogue: Catalogue, number: int, namer: Namer, chance: random.Random) -> Programme:
    """Return the programme ``number`` of a catalogue, of one organisation and with one entry, that in the catalogue."""
    language = _draw(catalogue.languages, chance)
    kind = _draw(catalogue.kinds, chance)
    first = _birth(chance)
    subject, title = namer.title(language, ending=catalogue.endings.get(kind, ""), in_english=catalogue.slug == "tartu")
    ref, slug = make_ref(catalogue.slug, number, kind, title.english or title.text)
    entry = Entry(
        source=catalogue.slug,
        ref=ref,
        number=number,
        slug=slug,
        spans=life(first, chance),
        closed=_closed(first, chance) if chance.random() < catalogue.closes else (),
        prices=prices_of(catalogue, first, chance),
    )
    weeks = chance.randint(*catalogue.weeks)
    least = chance.randint(*catalogue.hours)
    programme = Programme(
        key=f"{catalogue.slug}:{number}",
        organisation=ORGANISATIONS[chance.choice(catalogue.organisations)],
        titles=_titles(title, language, first, namer, chance),
        entries=(entry,),
        kind=kind,
        language=language,
        delivery=_draw(catalogue.delivery, chance),
        level=chance.choice(("beginner", "intermediate", "advanced")),
        subjects=(subject,),
        weeks=weeks,
        hours=(least, least + chance.randint(0, 3)),
        credits=chance.choice(catalogue.credits) if catalogue.credits else None,
        units=namer.units(chance.randint(2, 4)) if kind in {"microcredential", "degree"} else (),
    )
    if kind == "microcredential" and chance.random() < 0.7:
        chance.choice(range(4))  # for nothing: what follows must stay as it was drawn when this chose a sentence
    if kind not in {"course", "microcredential"}:
        return programme
    if chance.random() < catalogue.self_paced:
        return programme
    return replace(programme, offerings=runs(f"{catalogue.slug}-{number}", first, weeks, chance))


def _draw(shares: dict[str, int], chance: random.Random) -> str:
    return chance.choices(tuple(shares), weights=tuple(shares.values()))[0]


def _between(first: date, until: date, chance: random.Random) -> date:
    return first + timedelta(days=chance.randrange((until - first).days))


def _birth(chance: random.Random) -> date:
    if chance.random() < _OLD_SHARE:
        return _between(_OLDEST, BEGIN, chance)
    return _between(BEGIN + timedelta(days=1), END, chance)


def life(first: date, chance: random.Random) -> tuple[Span, ...]:
    """Return when a programme born on ``first`` is listed: deaths are spread evenly over the years from BEGIN on."""
    from_day = max(first, BEGIN)
    years = chance.expovariate(_YEARLY_DEATHS)
    death = from_day + timedelta(days=30 + round(years * 365.25)) if years < 20 else END
    until = death if death < END else None
    last = until or END
    if chance.random() >= _RETURNS or (last - from_day).days < _GONE_DAYS[1] + 200:
        return (Span(first, until),)
    gone = _between(from_day + timedelta(days=60), last - timedelta(days=_GONE_DAYS[1] + 60), chance)
    back = gone + timedelta(days=chance.randint(*_GONE_DAYS))
    return (Span(first, gone), Span(back, until))


def _closed(first: date, chance: random.Random) -> tuple[Span, ...]:
    begin = _between(max(first, BEGIN) + timedelta(days=1), END + timedelta(days=60), chance)
    return (Span(begin, begin + timedelta(days=chance.randint(60, 400))),)


def _titles(title: Title, language: str, first: date, namer: Namer, chance: random.Random) -> tuple[Dated[Title], ...]:
    titles = [Dated(first, title)]
    if chance.random() < _RENAMED:
        day = _between(max(first, BEGIN) + timedelta(days=1), END + timedelta(days=1), chance)
        titles.append(Dated(day, namer.renamed(title, language)))
    return tuple(titles)


def prices_of(catalogue: Catalogue, first: date, chance: random.Random) -> tuple[Dated[Price], ...]:
    """Return what a catalogue asks for one programme from ``first`` on; nothing if it states no prices."""
    if not catalogue.amounts:
        return ()
    amount = chance.choice(catalogue.amounts)
    prices = [Dated(first, Price(amount, catalogue.currency))]
    if chance.random() >= _NEW_PRICE:
        return tuple(prices)
    day = max(first, BEGIN)
    for _ in range(chance.randint(1, 2)):
        day = _between(day + timedelta(days=1), day + timedelta(days=600), chance)
        amount = round(amount * chance.choice((0.8, 0.9, 1.1, 1.15, 1.25)), 0) if amount else 50.0
        prices.append(Dated(day, Price(amount, catalogue.currency)))
    return tuple(prices)


def runs(name: str, first: date, weeks: int, chance: random.Random) -> tuple[Offering, ...]:
    """Return a run about every half year, the first announced when the programme is."""
    found: list[Offering] = []
    announced = first
    while announced < END:
        start = announced + timedelta(days=chance.randint(20, 70))
        found.append(
            Offering(
                ref=f"{name}-run-{len(found) + 1}",
                announced=announced,
                start=start,
                end=start + timedelta(weeks=weeks),
                enrolment_start=announced,
                enrolment_end=start + timedelta(days=chance.choice((-10, 0, 14))),
            )
        )
        announced += timedelta(days=chance.randint(150, 240))
    return tuple(found)


def _with_members(ours: list[Programme], chance: random.Random) -> list[Programme]:
    """Give every programme of several courses its courses: such as are never renamed, so that it stays as it is."""
    steady = [one.key for one in ours if one.kind == "course" and len(one.titles) == 1]
    return [
        replace(one, members=tuple(chance.sample(steady, min(3, len(steady))))) if one.kind == "program" else one
        for one in ours
    ]


def _list_elsewhere(ours: list[Programme], platform: str, count: int, chance: random.Random) -> None:
    """List ``count`` programmes of an institution on a platform as well, from some time after their birth on."""
    alone = [
        place for place, one in enumerate(ours)
        if len(one.entries) == 1 and one.kind != "program" and one.entries[0].spans[0].first < date(2025, 6, 1)
    ]  # fmt: skip
    offset = CATALOGUES[platform].size + 10 * sorted(CATALOGUES).index(ours[0].entries[0].source) + 1
    for number, place in enumerate(chance.sample(alone, min(count, len(alone))), start=offset):
        one = ours[place]
        first = max(one.entries[0].spans[0].first, _OLDEST) + timedelta(days=chance.randint(0, 200))
        title = value_on(one.titles, first)
        ref, slug = make_ref(platform, number, "course", title.english or title.text)
        entry = Entry(source=platform, ref=ref, number=number, slug=slug, spans=life(first, chance))
        ours[place] = replace(one, entries=(*one.entries, entry))


def _trainings(chance: random.Random) -> tuple[Programme, ...]:
    """Return further trainings of the University of Tartu that are no micro-credentials."""
    tartu = CATALOGUES["tartu"]
    plain = replace(tartu, kinds={"course": 1}, size=30, weeks=(1, 4), credits=(1.0, 2.0, 3.0))
    return tuple(_numbered(_programmes_of(plain, chance), 200))


def _numbered(ours: Iterable[Programme], offset: int) -> Iterable[Programme]:
    for one in ours:
        entry = one.entries[0]
        number = entry.number + offset
        ref, slug = make_ref(entry.source, number, one.kind, one.titles[0].value.text)
        moved = replace(entry, number=number, ref=ref, slug=slug)
        yield replace(one, key=f"{entry.source}:{number}", entries=(moved,))
