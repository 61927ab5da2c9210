"""Our words as concepts of the vocabularies of the European Learning Model, and ISO codes as those of the EU's lists.

Concepts were read in public code that works with the model; where there is no concept that means the same, there is
no entry, and ``docs/elm.md`` says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import langcodes
from babel.core import get_global

_SNB = "http://data.europa.eu/snb"
_AUTHORITY = "http://publications.europa.eu/resource/authority"
_SCHEME = "25831c2"
"""The id of the scheme of each vocabulary under ``http://data.europa.eu/snb``."""
Concept = tuple[str, str]
"""The IRI of a concept and that of its scheme."""

_MODES: Mapping[str, str] = {
    "blended": "e92d221e4d",
    "hybrid": "c_3a90b26d",
    "online": "920fbb3cbe",
    "presential": "9191af2ed9",
    "project_based": "7813801c77",
    "research_lab_based": "ed4c557045",
    "work_based": "729f3bed4b",
}
_TYPES: Mapping[str, str] = {"course": "05053c1cbe", "program": "79343569f3", "degree": "79343569f3"}
_SCHEDULES: Mapping[str, str] = {"full_time": "72a0ab92fa"}
_WITHDRAWN_COUNTRIES = frozenset({"BUR", "DDR", "FXX", "TMP", "YMD", "ZAR"})
"""Codes of ISO 3166-3 that CLDR still knows beside the one in force."""


def mode(delivery: str | None) -> Concept | None:
    """Return the mode of learning (vocabulary ``delivery``), if the model has it."""
    return _snb("learning-assessment", _MODES.get(delivery or ""))


def opportunity_type(kind: str | None) -> Concept | None:
    """Return the type of learning opportunity (vocabulary ``listing_kind``), if the model has it."""
    return _snb("learning-opportunity", _TYPES.get(kind or ""))


def schedule(mode_of_study: str | None) -> Concept | None:
    """Return the schedule; only full time has a counterpart, part time is two concepts by weekly hours."""
    return _snb("learning-schedule", _SCHEDULES.get(mode_of_study or ""))


def field(isced: str | None) -> Concept | None:
    """Return the field of a code of ISCED-F 2013 of two to four digits."""
    return _snb("isced-f", isced)


ECTS: Concept = (f"{_SNB}/education-credit/6fcec5c5af", f"{_SNB}/education-credit/{_SCHEME}")
"""The European Credit Transfer System as a framework of credit points."""


def language(tag: str | None) -> Concept | None:
    """Return a language of the EU's list, whose codes are those of ISO 639-3 in capitals, from a BCP 47 tag."""
    if not tag or tag == "und":
        return None
    try:
        code = langcodes.Language.get(tag).to_alpha3()
    except LookupError:
        return None
    return _listed("language", code.upper())


def country(alpha_2: str | None) -> Concept | None:
    """Return a country of the EU's list, whose codes are those of ISO 3166-1 alpha-3."""
    code = _alpha_3().get(alpha_2 or "")
    return None if code is None else _listed("country", code)


def currency(code: str | None) -> Concept | None:
    """Return a currency of the EU's list, whose codes are those of ISO 4217."""
    return None if not code else _listed("currency", code)


@cache
def _alpha_3() -> Mapping[str, str]:
    aliases: Mapping[str, list[str]] = get_global("territory_aliases")
    return {
        now[0]: code
        for code, now in aliases.items()
        if len(code) == 3 and code.isalpha() and len(now) == 1 and code not in _WITHDRAWN_COUNTRIES
    }


def _snb(vocabulary: str, code: str | None) -> Concept | None:
    return None if code is None else (f"{_SNB}/{vocabulary}/{code}", f"{_SNB}/{vocabulary}/{_SCHEME}")


def _listed(authority: str, code: str) -> Concept:
    return f"{_AUTHORITY}/{authority}/{code}", f"{_AUTHORITY}/{authority}"
