"""What the imitated world is made of: programmes with a life, listed in one catalogue or in several.

Spans of days are half-open: ``first`` is the first day on which something holds, ``until`` the first on which it does
not any more (``None``: it never ends). A ``Dated`` value holds from its day until the next one of the same series.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Generic, TypeVar

from models.vocab import vocabulary
from sandbox.habits import HABITS
from sandbox.making import PLAIN, Making, Organisation, development_modes, true_class

Value = TypeVar("Value")


TELLS = frozenset({"credential", "assessment", "own", "partners", "lead", "guests"})
"""Facts of a making that a catalogue prints or not; ``lead`` is the name of the programme's organisation."""


@dataclass(frozen=True, slots=True)
class Span:
    """Days from ``first`` on and before ``until`` (``None``: without end)."""

    first: date
    until: date | None = None

    def holds(self, day: date) -> bool:
        """Whether ``day`` is in the span."""
        return self.first <= day and (self.until is None or day < self.until)


@dataclass(frozen=True, slots=True)
class Dated(Generic[Value]):
    """``value`` holds from the day ``since`` on."""

    since: date
    value: Value


def value_on(series: Sequence[Dated[Value]], day: date) -> Value:
    """Return the value of ``series`` (in order of days) that holds on ``day``; before all of them, the first."""
    held = [dated.value for dated in series if dated.since <= day]
    return held[-1] if held else series[0].value


@dataclass(frozen=True, slots=True)
class Title:
    """A title in the programme's own language, and in English where the programme has an English one besides."""

    text: str
    english: str | None = None


@dataclass(frozen=True, slots=True)
class Price:
    """``amount`` in units of ``currency`` (ISO 4217). An amount of 0 is printed as free."""

    amount: float
    currency: str


@dataclass(frozen=True, slots=True)
class Offering:
    """One run. It is shown in catalogues from ``announced`` on. ``end`` is ``None`` for a run without a stated end."""

    ref: str
    announced: date
    start: date
    end: date | None
    enrolment_start: date
    enrolment_end: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What a catalogue prints otherwise than the programme's home does; ``None``: nothing.

    ``organisation`` is the same one under another name, ``offerings`` are runs of its own; the rest is as in
    ``Programme``.
    """

    titles: tuple[Dated[Title], ...] | None = None
    language: str | None = None
    organisation: Organisation | None = None
    weeks: int | None = None
    hours: tuple[int, int] | None = None
    offerings: tuple[Offering, ...] | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """The listing of a programme in one catalogue.

    ``ref`` is the catalogue's own code; ``number`` and ``slug`` are further names that its addresses use.
    ``spans`` are the times in which it is listed, in order and apart from each other; ``closed`` the times in which it
    is listed but closed for enrolment; ``prices`` what this catalogue asks, empty if it states no price. ``tells`` says
    which facts of the programme's making this catalogue prints (words of ``TELLS``, in order), the same all its life.
    ``shown`` is what it prints otherwise than the home does. ``names`` is the address of the programme's page in
    another catalogue and ``code`` the code of the course, where its text names them.
    """

    source: str
    ref: str
    number: int
    slug: str
    spans: tuple[Span, ...]
    closed: tuple[Span, ...] = ()
    prices: tuple[Dated[Price], ...] = ()
    tells: tuple[str, ...] = ()
    shown: Shown | None = None
    names: str = ""
    code: str = ""

    def __post_init__(self) -> None:
        """Refuse a life that contradicts itself, and words that stand for no fact."""
        if not TELLS.issuperset(self.tells):
            raise ValueError(f"{self.ref}: {self.tells} tell what nobody knows")
        if not self.spans:
            raise ValueError(f"{self.ref}: an entry needs a time in which it is listed")
        for span in self.spans:
            if span.until is not None and span.until <= span.first:
                raise ValueError(f"{self.ref}: a span ends before it begins")
        for earlier, later in zip(self.spans, self.spans[1:], strict=False):
            if earlier.until is None or later.first <= earlier.until:
                raise ValueError(f"{self.ref}: spans must be in order and apart from each other")

    def listed(self, day: date) -> bool:
        """Whether the catalogue shows the programme on ``day``."""
        return any(span.holds(day) for span in self.spans)


@dataclass(frozen=True, slots=True, kw_only=True)
class Programme:
    """One programme, that is one credential, whatever the number of catalogues that list it.

    ``kind`` is a word of the vocabulary ``listing_kind``, ``delivery`` of ``delivery``, ``level`` of
    ``platform_level``; ``language`` is BCP 47. ``weeks`` is the duration, ``hours`` the least and the most hours a
    week, ``credits`` an amount in the unit of the catalogue (ECTS; in New Zealand the national credit; at MIT xPRO the
    continuing education unit). ``units`` names the parts, ``members`` the keys of programmes of the same catalogue that
    make up this one. ``making`` and ``partners``, who developed it with ``organisation``, are what its class and its
    development modes follow from; neither changes during its life.
    """

    key: str
    organisation: Organisation
    titles: tuple[Dated[Title], ...]
    entries: tuple[Entry, ...]
    kind: str = "course"
    language: str = "en"
    delivery: str = "online"
    level: str | None = None
    subjects: tuple[str, ...] = ()
    weeks: int | None = None
    hours: tuple[int, int] | None = None
    credits: float | None = None
    offerings: tuple[Offering, ...] = ()
    units: tuple[str, ...] = ()
    members: tuple[str, ...] = ()
    making: Making = PLAIN
    partners: tuple[Organisation, ...] = ()

    def __post_init__(self) -> None:
        """Refuse words that no vocabulary knows, and a programme without a title."""
        for name, word in (("listing_kind", self.kind), ("delivery", self.delivery), ("platform_level", self.level)):
            if word is not None and word not in vocabulary(name):
                raise ValueError(f"{self.key}: {word!r} is not a word of {name}")
        if not self.titles:
            raise ValueError(f"{self.key}: a programme needs a title")

    @property
    def mc_class(self) -> str:
        """What it is, by the Council Recommendation of 2022: a word of ``mc_class``, never ``unknown``."""
        return true_class(self.making)

    @property
    def modes(self) -> frozenset[str]:
        """How it was developed: words of ``development_mode``. Platforms that list it beside its home count."""
        kinds = [HABITS[entry.source].kind for entry in self.entries]
        return development_modes((self.organisation, *self.partners), self.making.own, kinds)

    def entry(self, source: str) -> Entry | None:
        """Return the listing in the catalogue ``source``, if there is one."""
        return next((entry for entry in self.entries if entry.source == source), None)

    def as_shown(self, entry: Entry) -> Programme:
        """Return the programme with what the catalogue of ``entry`` prints otherwise."""
        if entry.shown is None:
            return self
        others = {field.name: getattr(entry.shown, field.name) for field in fields(Shown)}
        return replace(self, **{name: value for name, value in others.items() if value is not None})


@dataclass(frozen=True, slots=True)
class Listed:
    """One programme as one catalogue shows it on a day. ``offerings`` are the runs announced by then, oldest first."""

    programme: Programme
    entry: Entry
    title: Title
    price: Price | None
    closed: bool
    offerings: tuple[Offering, ...]

    @property
    def ref(self) -> str:
        """The catalogue's own code."""
        return self.entry.ref

    @property
    def english_title(self) -> str:
        """The English title, or the only one."""
        return self.title.english or self.title.text


def listed_on(programme: Programme, source: str, day: date) -> Listed | None:
    """Return ``programme`` as ``source`` shows it on ``day``, or ``None`` if it does not."""
    entry = programme.entry(source)
    if entry is None or not entry.listed(day):
        return None
    programme = programme.as_shown(entry)
    return Listed(
        programme=programme,
        entry=entry,
        title=value_on(programme.titles, day),
        price=value_on(entry.prices, day) if entry.prices else None,
        closed=any(span.holds(day) for span in entry.closed),
        offerings=tuple(run for run in programme.offerings if run.announced <= day),
    )
