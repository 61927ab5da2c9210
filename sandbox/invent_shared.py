"""Invents programmes that are listed at home and on platforms, and such as only look as if they were.

Platforms print another title, another language, another size, another price, or a brand instead of a name. Beside them
stand programmes that are none of the same: the second part, the next level, the same title at another institution, a
short course with the title of a long one, a series with the title of a course.

Everything is drawn from generators of its own and added to what was invented before, which stays as it was.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from itertools import count
from zlib import crc32

from sandbox.addresses import page_address
from sandbox.all_catalogues import CATALOGUES
from sandbox.habits import HABITS
from sandbox.invent import END, generator, invent_programme, life, prices_of, runs
from sandbox.invent_kinds import tells_of, with_kinds
from sandbox.languages import FORMS, sentence_case
from sandbox.making import Organisation
from sandbox.names import Namer
from sandbox.organisations import ORGANISATIONS
from sandbox.phrases_shared import BRANDS, HARDER, SPELLINGS, SUBTITLES
from sandbox.phrases_shared import FORMS as FORMS_OF_OFFER
from sandbox.programme import Dated, Entry, Programme, Shown, Title
from sandbox.refs import make_ref
from sandbox.topics import TOPICS
from sandbox.topics_shared import SIGNATURES

NUMBER_LEAST = 2001
"""Entries from this number on are those that this module adds."""

_SHARED = (
    ("ku_leuven", "edx", 8), ("nova_academy", "edx", 5), ("taltech", "futurelearn", 5), ("tartu", "futurelearn", 5),
    ("tlu", "edx", 4), ("unimelb", "coursera", 8), ("sydney", "coursera", 8), ("deakin", "futurelearn", 8),
    ("rmit_short_courses", "futurelearn", 6), ("unimelb", "microcred_seeker", 7), ("deakin", "microcred_seeker", 6),
    ("sydney", "microcred_seeker", 6), ("rmit_short_courses", "microcred_seeker", 7),
    ("oxford_continuing_education", "edx", 7), ("mitx_online", "mit_learn", 10), ("mit_xpro", "mit_learn", 9),
    ("mit_csail", "mit_learn", 6), ("mit_sloan", "mit_learn", 6), ("mitx_online", "edx", 5),
    ("suny", "credential_registry", 7), ("microcreds_ie", "futurelearn", 7), ("fun_mooc", "coursera", 9),
    ("fun_mooc", "edx", 6), ("open_hpi", "ki_campus", 6), ("imoox", "ki_campus", 5), ("oncampus", "orca_nrw", 5),
    ("jmooc", "jv_campus", 6), ("eduxchange", "euroteq", 4), ("kmooc", "edx", 5), ("federica", "edx", 6),
    ("federica", "coursera", 5), ("swayam", "coursera", 5), ("credly_ibm", "coursera", 5),
    ("credly_google", "coursera", 5), ("microsoft_learn", "coursera", 5), ("openlearning", "microcred_seeker", 6),
    ("mexicox", "edx", 4), ("nzqa", "futurelearn", 5),
)  # fmt: skip
"""Home, platform, and how many programmes of the home the platform lists as well."""

_SIGNED = (
    ("ku_leuven", "edx"), ("unimelb", "coursera"), ("deakin", "futurelearn"), ("fun_mooc", "coursera"),
    ("mitx_online", "mit_learn"), ("tartu", "edx"), ("nova_academy", "futurelearn"), ("open_hpi", "ki_campus"),
    ("rmit_short_courses", "microcred_seeker"), ("oxford_continuing_education", "coursera"),
)  # fmt: skip
"""Home and platform of programmes whose titles nobody else has, in turns."""

_SAME_RUNS, _SAME_SIZE, _SAME_PRICE, _BRANDED = 0.65, 0.85, 0.4, 0.5
_TITLES = {"same": 62, "subtitle": 9, "without_subtitle": 6, "form": 8, "spelling": 6, "english": 4, "both": 5}
_CODED, _HOME_LEADS, _PORTAL_LEADS = 0.35, 0.7, 0.85
_HOURS_PER_ECTS, _HOURS_PER_CATS = 26, 10
_WEEKLY_MOST = 40
_BORN_BEFORE = date(2026, 1, 1)
_TWINS = 5  # of each kind


def with_shared(seed: int, programmes: Sequence[Programme]) -> tuple[Programme, ...]:
    """Return the programmes of the world ``seed`` with more entries on platforms, and with some programmes more."""
    numbers = _Numbers()
    ours = {one.key: one for one in _told_apart(programmes)}
    chance = generator(f"{seed}:shared")
    for home, platform, wanted in _SHARED:
        alone = [one for one in ours.values() if one.entries[0].source == home and _can_be_shared(one, platform)]
        for one in chance.sample(alone, min(wanted, len(alone))):
            ours[one.key] = _listed_too(one, platform, numbers, chance)
    every = [*ours.values(), *_signed(seed, numbers, chance)]
    chance = generator(f"{seed}:shared:names")
    every = [_with_names(one, chance) if len(one.entries) > 1 else one for one in every]
    return (*every, *_twins(seed, [one for one in every if len(one.entries) > 1], numbers))


def _told_apart(programmes: Iterable[Programme]) -> Iterator[Programme]:
    """Yield the programmes, no two of one institution with one title in two catalogues, where it can be helped.

    Titles are drawn from few subjects, and no institution would call two programmes of its own the same. The later one
    is that of another institution of the same country; where a catalogue lists its own programmes only, it stays.
    """
    taken: dict[tuple[str, str], str] = {}
    for one in programmes:
        source, body = one.entries[0].source, one.organisation
        titles = {words for dated in one.titles for words in (dated.value.text, dated.value.english) if words}
        if HABITS[source].lead != "own" and not _is_free(taken, body, titles, source):
            body = next((each for each in _sisters(one) if _is_free(taken, each, titles, source)), body)
        taken.update({(body.code, words): source for words in titles})
        yield replace(one, organisation=body)


def _is_free(taken: Mapping[tuple[str, str], str], body: Organisation, titles: Iterable[str], source: str) -> bool:
    return all(taken.get((body.code, words), source) == source for words in titles)


def _sisters(one: Programme) -> list[Organisation]:
    """Return the invented organisations of the same kind and country, partners left out, in an order of its own."""
    alike = (one.organisation.kind, one.organisation.country)
    invented = [each for each in ORGANISATIONS.values() if ".example/" in each.url and each not in one.partners]
    known = [each for each in invented if (each.kind, each.country) == alike]
    turn = crc32(one.key.encode()) % len(known) if known else 0
    return known[turn:] + known[:turn]


class _Numbers:
    """Counts the entries that are added to each catalogue."""

    def __init__(self) -> None:
        self._next: dict[str, int] = {}

    def of(self, source: str) -> int:
        number = self._next.get(source, NUMBER_LEAST)
        self._next[source] = number + 1
        return number


def _can_be_shared(one: Programme, platform: str) -> bool:
    """Whether a platform may list a programme: one that calls all it lists micro-credentials lists no other courses."""
    habits = HABITS[platform]
    if len(one.entries) > 1 or one.kind in {"program", "degree"} or one.entries[0].spans[0].first >= _BORN_BEFORE:
        return False
    if not (habits.calls or habits.credits):
        return True
    return one.mc_class == "core" if habits.credits == "ects" else one.mc_class in {"core", "broad"}


def _listed_too(one: Programme, platform: str, numbers: _Numbers, chance: random.Random) -> Programme:
    """Return the programme with an entry on a platform, from some time after its birth on."""
    home = one.entries[0]
    first = home.spans[0].first + timedelta(days=chance.randint(0, 150))
    shown = replace(_of_a_size(one, platform, chance), organisation=_branded(one.organisation, platform, chance))
    if chance.random() >= _SAME_RUNS and one.offerings:
        own = runs(f"{platform}-{one.key.replace(':', '-')}", first, one.weeks or 6, chance)
        shown = replace(shown, offerings=own)
    shown = _with_titles(shown, one, chance)
    titles = shown.titles or one.titles
    number = numbers.of(platform)
    ref, slug = make_ref(platform, number, "course", titles[0].value.english or titles[0].value.text)
    prices = prices_of(CATALOGUES[platform], first, chance)
    if home.prices and CATALOGUES[platform].amounts and chance.random() < _SAME_PRICE:
        prices = home.prices
    entry = Entry(
        source=platform, ref=ref, number=number, slug=slug, spans=life(first, chance), prices=prices, shown=shown
    )
    entry = replace(entry, tells=tells_of(one, entry, HABITS[platform], chance))
    return replace(one, entries=(*one.entries, entry))


def _with_names(one: Programme, chance: random.Random) -> Programme:
    """Let the catalogues of a programme name its code, and the pages of each other.

    A catalogue that brings together what others offer leads to these; an institution leads to the platform on which
    one enrols.
    """
    home, *others = one.entries
    code = f"{one.organisation.code[:3]}{1000 + crc32(one.key.encode()) % 9000}" if chance.random() < _CODED else ""
    leads = HABITS[others[0].source].kind == "commercial_platform" and chance.random() < _HOME_LEADS
    named = [
        replace(
            entry,
            code=code,
            names="" if HABITS[entry.source].kind == "commercial_platform" or chance.random() >= _PORTAL_LEADS
            else page_address(home) or "",
        )
        for entry in others
    ]  # fmt: skip
    home = replace(home, code=code, names=(page_address(others[0]) or "") if leads else "")
    return replace(one, entries=(home, *named))


def _of_a_size(one: Programme, platform: str, chance: random.Random) -> Shown:
    """Return weeks and hours a week that come to the hours of the ECTS credits, where the home prints these."""
    if chance.random() >= _SAME_SIZE:
        weeks = chance.randint(*CATALOGUES[platform].weeks)
        return Shown(weeks=weeks, hours=(2, 3))
    home = one.entries[0].source
    factor = _HOURS_PER_CATS if home == "oxford_continuing_education" else _HOURS_PER_ECTS
    if (HABITS[home].credits != "ects" and factor == _HOURS_PER_ECTS) or not one.credits:
        return Shown()
    hours, weeks = one.credits * factor, one.weeks or 0
    if not weeks or hours / weeks > _WEEKLY_MOST:
        weeks = max(3, round(hours / chance.randint(8, 16)))
    weekly = round(hours / weeks)
    return Shown(weeks=weeks, hours=(max(1, weekly - chance.randint(0, 1)), weekly + chance.randint(0, 1)))


def _branded(body: Organisation, platform: str, chance: random.Random) -> Organisation | None:
    if platform != "edx" or body.code not in BRANDS or chance.random() >= _BRANDED:
        return None
    return replace(body, name=BRANDS[body.code])


def _with_titles(shown: Shown, one: Programme, chance: random.Random) -> Shown:
    """Return what is shown with the titles on the platform where they are others, and with their language."""
    way = chance.choices(tuple(_TITLES), weights=tuple(_TITLES.values()))[0]
    english = [_in_english(dated.value, one.language) for dated in one.titles]
    if way in {"english", "both"} and (one.language == "en" or not all(english)):
        way = "same"
    if way == "same":
        return shown
    pick = chance.random()
    titles = tuple(
        Dated(dated.since, _title(dated.value, one.language, way, words, pick))
        for dated, words in zip(one.titles, english, strict=True)
    )
    return replace(shown, titles=titles, language="en" if way == "english" else None)


def _title(title: Title, language: str, way: str, english: str, pick: float) -> Title:
    text = title.text
    if way == "english":
        return Title(english)
    if way == "both":
        return Title(f"{text} | {english}", english)
    if way == "without_subtitle":
        return Title(text.partition(" – ")[0], title.english and title.english.partition(" – ")[0])
    if way == "spelling":
        return Title(_respelt(text), title.english and _respelt(title.english))
    forms = {"subtitle": SUBTITLES, "form": FORMS_OF_OFFER}[way]
    form, in_english = forms[language], forms["en"]
    return Title(
        form[int(pick * len(form))].format(text),
        title.english and in_english[int(pick * len(in_english))].format(title.english),
    )


def _respelt(text: str) -> str:
    return next((text.replace(here, there) for here, there in SPELLINGS if here in text), text)


def _in_english(title: Title, language: str) -> str:
    return title.english or _translations(language).get(title.text, "")


@cache
def _translations(language: str) -> dict[str, str]:
    """Return the English titles of all titles that can be drawn in a language, and of those that nobody else has."""
    drawn = {
        sentence_case(form.format(words[language])): FORMS["en"][place].format(words["en"])
        for place, form in enumerate(FORMS.get(language, ()))
        for _, words in TOPICS
        if language in words
    }
    return drawn | {words[language]: words["en"] for _, words in SIGNATURES if language in words}


# --------------------------------------------------------------------------------------
# Titles that nobody else has, and programmes that only look alike
# --------------------------------------------------------------------------------------


def _signed(seed: int, numbers: _Numbers, chance: random.Random) -> list[Programme]:
    made = []
    for place, (subject, words) in enumerate(SIGNATURES):
        home, platform = _SIGNED[place % len(_SIGNED)]
        languages = [language for language in CATALOGUES[home].languages if language in words]
        language = chance.choice(languages)
        title = Title(words[language], words["en"] if home == "tartu" and language != "en" else None)
        one = _made(home, title, language, numbers, chance, kind="course" if home == "mitx_online" else None)
        one = replace(one, subjects=(subject,))
        kinds = (with_kinds([one], HABITS[home], generator(f"{seed}:signed:{place}:{turn}"))[0] for turn in count())
        made.append(
            _listed_too(next(each for each in kinds if _can_be_shared(each, platform)), platform, numbers, chance)
        )
    return made


def _made(
    source: str, title: Title, language: str, numbers: _Numbers, chance: random.Random, *, kind: str | None = None
) -> Programme:
    """Return a programme of a catalogue with a title of ours, listed from early on."""
    catalogue, number = CATALOGUES[source], numbers.of(source)
    plain = replace(catalogue, kinds={kind: 1} if kind else catalogue.kinds, languages={language: 1})
    one = invent_programme(plain, number, Namer(chance), chance)
    first = min(one.entries[0].spans[0].first, date(2023, 6, 1) + timedelta(days=chance.randint(0, 500)))
    ref, slug = make_ref(source, number, one.kind, title.english or title.text)
    entry = replace(one.entries[0], ref=ref, slug=slug, spans=life(first, chance), closed=())
    ending = catalogue.endings.get(one.kind, "")
    titles = (Dated(first, Title(title.text + ending, title.english)),)
    key = f"{source}:{number}"
    again = runs(f"{source}-{number}", first, one.weeks or 6, chance) if one.offerings else ()
    return replace(one, key=key, titles=titles, entries=(entry,), offerings=again, members=())


def _twins(seed: int, known: Sequence[Programme], numbers: _Numbers) -> list[Programme]:
    """Return programmes on platforms that are none of those listed at home, though they look alike."""
    chance = generator(f"{seed}:twins")
    commercial = {"coursera", "edx", "futurelearn"}
    models = [one for one in known if one.entries[1].source in commercial and one.entries[0].spans[0].first < END]
    made: list[Programme] = []
    for kind in ("part", "level", "elsewhere", "short", "series"):
        for model in chance.sample(models, min(_TWINS, len(models))):
            twin = _twin(kind, model, numbers, chance)
            platform = twin.entries[0].source
            made += with_kinds([twin], HABITS[platform], generator(f"{seed}:twin:{twin.key}"))
    return made


def _twin(kind: str, model: Programme, numbers: _Numbers, chance: random.Random) -> Programme:
    title, platform = model.titles[0].value.text, model.entries[1].source
    if kind == "part":
        title = f"{title} II"
    if kind == "level":
        title = HARDER[model.language].format(title)
    if kind == "series":
        platform = "coursera"
    twin = _made(
        platform, Title(title), model.language, numbers, chance, kind="program" if kind == "series" else "course"
    )
    organisation = model.organisation
    if kind == "elsewhere":
        others = [ORGANISATIONS[code] for code in CATALOGUES[platform].organisations if code != organisation.code]
        organisation = chance.choice(others)
    return replace(
        twin, organisation=organisation, subjects=model.subjects, weeks=2 if kind == "short" else twin.weeks,
        hours=(1, 2) if kind == "short" else twin.hours,
    )  # fmt: skip
