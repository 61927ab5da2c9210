"""The class of a listing under each definition of a micro-credential (``definitions.toml``), with the reasons.

The order of judging is that of ``tests/labels/GUIDE.md``: ``degree``, ``core``, ``broad``, ``course_only``,
``unknown``. Every definition is asked of every listing, wherever it comes from: jurisdiction is not tested.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache, lru_cache
from operator import attrgetter
from typing import NamedTuple

from classify.credentials import Properties, awarded_by, fact, number, properties
from classify.phrases import table
from models.classification import Classed, Evidence, KnownOrganisation
from models.records import Programme, Source

DEFAULT_DEFINITION = "eu_2022"


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """What one body means by a micro-credential, as far as a catalogue can show it (see ``definitions.toml``).

    ``country`` is ISO 3166-1 alpha-2 or the name of a body of several countries; ``since`` and ``until`` bound the days
    on which the definition was in force (the last excluded). ``assessment`` and the fields after it say what it asks
    for; ``size`` maps a bound ("ects_max", "hours_below") to its value, the definition's own unit first.
    """

    id: str
    name: str
    body: str
    country: str
    since: date
    source: str
    url: str
    checked: date
    assessment: bool
    qualifications: str
    until: date | None = None
    quality_assurance: bool = False
    called: bool = False
    awarder: str = ""
    size_asked: bool = False
    size: Mapping[str, float] = field(default_factory=dict)


@cache
def definitions() -> tuple[Definition, ...]:
    """Return all definitions, in the order of the data."""
    return tuple(Definition(**row) for row in table("definitions")["definition"])


def classes(
    programme: Programme,
    source: Source,
    organisations: Sequence[KnownOrganisation],
    elements: Mapping[str, Evidence],
) -> tuple[Classed, ...]:
    """Return the class (vocabulary ``mc_class``) of a listing under each definition, in the order of the data.

    Args:
        programme: the facts of one listing.
        source: the declaration of its source.
        organisations: what is known of the programme's organisations, in the programme's order.
        elements: the stated elements of the listing, as ``elements.elements`` returns them.
    """
    found = properties(programme, source, elements)
    stated = _Stated(*_stated_by(programme))
    return tuple(_classed(definition, programme, found, organisations, stated) for definition in definitions())


def _classed(
    definition: Definition,
    programme: Programme,
    found: Properties,
    organisations: Sequence[KnownOrganisation],
    stated: _Stated,
) -> Classed:
    excluded = found.qualification if definition.qualifications == "excluded" else None
    size = _size(definition.id, stated)
    if beyond := found.degree or excluded or size.larger:
        return _as(definition, "degree", beyond)
    accepted, refused = awarded_by(definition.awarder, organisations) if definition.awarder else (None, None)
    uncalled = fact("not-called-micro", "kind", programme.kind) if definition.called and not found.micro else None
    if not_accepted := size.smaller or refused or uncalled:
        # None that the definition accepts; with nothing stated at all, it still is not known what the listing is.
        anything = found.credential or found.credits or found.attendance or found.none or found.course
        return _as(definition, "course_only", not_accepted) if anything else _as(definition, "unknown")
    if found.credential:
        asked = (
            (definition.assessment, found.assessed),
            (definition.quality_assurance, found.quality_assured),
            (bool(definition.awarder), accepted),
            (definition.size_asked, size.within),
        )
        complete = all(evidence for wanted, evidence in asked if wanted)
        reasons = (found.credential, *(evidence for wanted, evidence in asked if wanted))
        return _as(definition, "core" if complete else "broad", *reasons)
    if found.credits:
        return _as(definition, "broad", found.credits)
    if without := found.none or found.attendance or found.course:
        return _as(definition, "course_only", without)
    return _as(definition, "unknown")


def _as(definition: Definition, mc_class: str, *reasons: Evidence | None) -> Classed:
    stated = tuple(reason for reason in reasons if reason)
    return Classed(definition=definition.id, mc_class=mc_class, reasons=stated)


class _Stated(NamedTuple):
    """What a listing states of its size: many listings of a catalogue state the same."""

    credits_unit: str | None
    credits_value: float | None
    ects: float | None
    workload_hours_min: float | None
    workload_hours_max: float | None
    duration_weeks_min: float | None
    duration_weeks_max: float | None


_stated_by = attrgetter(*_Stated._fields)


@dataclass(frozen=True, slots=True)
class _Size:
    """How a printed size stands to the bounds of a definition; all ``None`` if none is printed that it bounds."""

    larger: Evidence | None = None
    smaller: Evidence | None = None
    within: Evidence | None = None


@lru_cache(maxsize=16_384)
def _size(name: str, stated: _Stated) -> _Size:
    """Compare the volume, in the first unit that a definition bounds and the listing states, and the weeks.

    A range is larger only if its lower end is, and smaller only if its upper end is.
    """
    bounds = next(definition.size for definition in definitions() if definition.id == name)
    judged = [_judged(bounds, stated, group) for group in _units(tuple(bounds))]
    within = [size.within for size in judged]
    return _Size(
        larger=next((size.larger for size in judged if size.larger), None),
        smaller=next((size.smaller for size in judged if size.smaller), None),
        within=within[0] if within and all(within) else None,
    )


@cache
def _units(bounds: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    """Return the units of bounds in groups of which each must be within: those of volume, and weeks."""
    units = tuple(dict.fromkeys(bound.rpartition("_")[0] for bound in bounds))
    groups = (tuple(unit for unit in units if unit != "weeks"), tuple(unit for unit in units if unit == "weeks"))
    return tuple(group for group in groups if group)


def _judged(bounds: Mapping[str, float], stated: _Stated, units: Sequence[str]) -> _Size:
    for unit in units:
        if size := _stated(stated, unit):
            return _against(bounds, unit, *size)
    return _Size()


def _against(bounds: Mapping[str, float], unit: str, low: float, high: float, name: str) -> _Size:
    words = number(low)
    most, below, least = (bounds.get(f"{unit}_{bound}") for bound in ("max", "below", "min"))
    if (most is not None and low > most) or (below is not None and low >= below):
        return _Size(larger=fact("size.larger", name, words))
    if least is not None and high < least:
        return _Size(smaller=fact("size.smaller", name, words))
    return _Size(within=fact("size.within", name, words))


_FIELDS = {
    "ects": ("ects", "ects"),
    "hours": ("workload_hours_min", "workload_hours_max"),
    "weeks": ("duration_weeks_min", "duration_weeks_max"),
    "nz_credits": ("credits_value", "credits_value"),
}


def _stated(stated: _Stated, unit: str) -> tuple[float, float, str] | None:
    """Return the least and the greatest size in a unit and the field of the former; ``None`` if not stated."""
    if unit == "nz_credits" and stated.credits_unit != "nz_credit":
        return None
    ends: list[tuple[float, str]] = [
        (value, name) for name in _FIELDS[unit] if (value := getattr(stated, name)) is not None
    ]
    return (ends[0][0], ends[-1][0], ends[0][1]) if ends else None
